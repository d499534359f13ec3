# lint.sh - what the house checks share; sourced by tools/check_*.sh.
#
#     check_x.sh [ROOT]      looks at the tree ROOT (default: the one this script lies in)
#
# Each check prints one line for each violation, "file:line: what is wrong", and ends with 0 or 1.
#
# Lines travel through pipes, and the last command of a pipe runs in this shell (lastpipe), so that it
# can count: <(...) would need /dev/fd, which a bare chroot has not.
set -eu
shopt -s lastpipe
export LC_ALL=C

root=$(cd "${1:-$(dirname "${BASH_SOURCE[0]}")/..}" && pwd)
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
violations=0
cd "$root"

# complain PLACE TEXT
complain() {
    printf '%s: %s\n' "$1" "$2"
    violations=$((violations + 1))
}

# Read complaints, one a line, from standard input.
complain_lines() {
    local line
    while IFS= read -r line; do
        [ -n "$line" ] || continue
        printf '%s\n' "$line"
        violations=$((violations + 1))
    done
}

# source_files DIR... [-- EXT...]: files of our own below the folders that exist, sorted.
source_files() {
    local dirs=() exts=() seen=0 arg
    for arg in "$@"; do
        if [ "$arg" = -- ]; then
            seen=1
        elif [ "$seen" = 1 ]; then
            exts+=(-o -name "*.$arg")
        elif [ -d "$arg" ]; then
            dirs+=("$arg")
        fi
    done
    [ "$seen" = 1 ] || exts=(-o -name '*.c' -o -name '*.h' -o -name '*.cc')
    [ ${#dirs[@]} -gt 0 ] || return 0
    find "${dirs[@]}" -type f \( "${exts[@]:1}" \) -not -path '*/.libs/*' | sort
}

# Code without comments and literals of the files named on standard input, as "file:line:code".
strip_code() {
    xargs -r awk -f "$tools/strip_c.awk"
}

finish() {
    if [ "$violations" -gt 0 ]; then
        printf '%s: %d violations\n' "$(basename "$0")" "$violations"
        exit 1
    fi
    exit 0
}
