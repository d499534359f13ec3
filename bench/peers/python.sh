# python.sh - need_python OUT_DIR PACKAGE...: an environment with these packages in OUT_DIR/venv, and
# OUT_DIR/driver, which runs driver.py in it; or say `skipped:` and end with 77.  For install.sh to
# read in, which sets `here`.
need_python() {
    python_out=$1
    shift
    mkdir -p "$python_out"
    if [ "$(cat "$python_out/packages" 2> /dev/null)" != "$*" ]; then
        { python3 -m venv "$python_out/venv" && "$python_out/venv/bin/pip" install -q "$@"; } \
            > "$python_out/pip.log" 2>&1 ||
            { echo "skipped: could not install $*, see $python_out/pip.log"; exit 77; }
        echo "$*" > "$python_out/packages"
    fi
    cat > "$python_out/driver" <<END
#!/bin/sh
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1
exec "$python_out/venv/bin/python3" "$here/driver.py" "\$@"
END
    chmod +x "$python_out/driver"
}
