# lib.sh - what the psearch tests share: a work folder, exit codes, JSON, a terminal.
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
quiet() { [ ! -s err ] || fail "$1: said $(head -c 200 err)"; }
is() { [ "$2" = "$3" ] || fail "$1: '$2', not '$3'"; }
count_is() { [ "$(psearch -i "$1" search --count -- '*:*' 2>/dev/null)" = "$2" ] || fail "$1 does not hold $2 documents"; }
finish() { exit "$failed"; }

has() { command -v "$1" >/dev/null; }
skip() { echo "# $*: skipped"; }

cat >judge.py <<'E'
import json, re, sys
with open("out", encoding="utf-8") as f:
    d = [json.loads(line) for line in f] if sys.argv[1] == "lines" else json.load(f)
assert eval(sys.argv[2])
E

# json NAME EXPRESSION         what was printed is one JSON value `d` for which the Python expression holds
# json_lines NAME EXPRESSION   the same with `d` the list of the lines
json() { judge whole "$@"; }
json_lines() { judge lines "$@"; }
judge() {
    has python3 || return 0
    python3 judge.py "$1" "$3" 2>json_err || fail "$2: not so: $3: $(tail -n 1 json_err) $(head -c 400 out)"
}

# on_terminal COLUMNS COMMAND   runs a shell command on a terminal of that width; what it showed is in out
on_terminal() {
    TERM=xterm script -qec "stty cols $1 rows 40; $2" /dev/null >out 2>err </dev/null
    sed -i 's/\r$//' out
}
