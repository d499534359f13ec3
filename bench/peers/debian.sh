# debian.sh - need_packages OUT_DIR PACKAGE...: install what is missing of Debian's packages, or say
# `skipped:` and end with 77.  For install.sh to read in; installing needs root.
need_packages() {
    mkdir -p "$1"
    packages_log=$1/packages.log
    shift
    packages_missing=
    for package; do
        dpkg -s "$package" > /dev/null 2>&1 || packages_missing="$packages_missing $package"
    done
    [ -n "$packages_missing" ] || return 0
    # shellcheck disable=SC2086  # names are words
    { apt-get update && apt-get install -y --no-install-recommends $packages_missing; } \
        > "$packages_log" 2>&1 ||
        { echo "skipped: could not install$packages_missing, see $packages_log"; exit 77; }
}
