# lib.sh - what the psearch tests share: a work folder, TAP-free checks, exit codes.
# Sourced by tests/cli/*.sh; psearch is found on PATH (the build folder comes first).
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
unset PSEARCH_INDEX NO_COLOR
failed=0

fail() {
    printf 'FAIL: %s\n' "$*"
    failed=1
}

# expect CODE NAME command...   runs it with output in $work/out and $work/err
expect() {
    local want=$1 name=$2 got
    shift 2
    "$@" >out 2>err </dev/null
    got=$?
    [ "$got" = "$want" ] || fail "$name: exit $got, not $want: $(head -c 300 err)"
}

# expect_in CODE NAME FILE command...   the same with a standard input
expect_in() {
    local want=$1 name=$2 file=$3 got
    shift 3
    "$@" >out 2>err <"$file"
    got=$?
    [ "$got" = "$want" ] || fail "$name: exit $got, not $want: $(head -c 300 err)"
}

says() { grep -qF -- "$2" err || fail "$1: standard error lacks '$2': $(head -c 300 err)"; }
prints() { grep -qF -- "$2" out || fail "$1: standard output lacks '$2': $(head -c 300 out)"; }
silent() { [ ! -s out ] || fail "$1: printed $(head -c 200 out)"; }
count_is() { [ "$(psearch -i "$1" search --count -- '*:*' 2>/dev/null)" = "$2" ] || fail "$1 does not hold $2 documents"; }
finish() { exit "$failed"; }
