#!/bin/bash
# help.sh - help, the manual and the completions, all from one table.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99
commands="put add rm merge search get info check analyze parse terms run bench init schema export reindex upgrade help"

expect 0 "help" psearch help; prints "help" "usage: psearch"; quiet "help"
expect 0 "-h" psearch -h; prints "-h" "usage: psearch"
expect 0 "--help" psearch --help; prints "--help" "usage: psearch"
expect 0 "--version" psearch --version; grep -Eqx 'psearch [0-9]+\.[0-9]+\.[0-9]+' out || fail "--version: $(cat out)"
expect 2 "help of no command" psearch help frobnicate
expect 2 "help of a command to come" psearch help serve; says "help serve" "not in this version"
for c in $commands; do
    psearch help | grep -q "^  $c " || fail "help does not list $c"
    expect 0 "help $c" psearch help "$c"; prints "help $c" "usage: psearch $c"
    grep -v '^  psearch\|^  some' out | grep -q '.\{81\}' && fail "help $c: a line over 80 columns"
    [ "$c" = help ] && continue
    long=$(wc -l <out)
    expect 0 "$c --help" psearch "$c" --help; prints "$c --help" "usage: psearch $c"
    [ "$(wc -l <out)" -lt "$long" ] || fail "$c --help is not shorter than help $c"
done
expect 0 "search --help" psearch search --help; prints "search --help" "--timeout"; prints "search --help" "examples:"
expect 0 "search -h" psearch search -h apple; prints "search -h" "examples:"

expect 0 "man" psearch help man
for code in 0 1 2 3 4 5 6 7 8 130; do grep -qx "\.It $code" out || fail "the manual lacks exit status $code"; done
for c in $commands; do grep -qx "\.Ss $c" out || fail "the manual lacks $c"; done
if has mandoc; then
    mandoc -Tlint out | grep -v 'referenced manual not found' >lint
    [ -s lint ] && fail "mandoc: $(head -n 3 lint)"
fi
if has man; then
    LC_ALL=C.UTF-8 man --warnings -l out 2>lint >/dev/null; [ -s lint ] && fail "man: $(head -n 3 lint)"
fi

psearch help bash >psearch.bash; bash -n psearch.bash || fail "the bash completion is not bash"
cat >try.sh <<'T'
. ./psearch.bash; complete -p psearch >/dev/null || exit 1
want=$1; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
_psearch 2>/dev/null
[ "${COMPREPLY[*]}" = "$want" ] || { echo "$*: '${COMPREPLY[*]}', not '$want'"; exit 1; }
T
try() { bash try.sh "$@" >tried 2>&1 || fail "bash: $(cat tried)"; }
touch notes.txt
try "search" psearch se
try "search" psearch -i notes.txt se
try "search" psearch --index = notes.txt se
try "--format= --format-version=" psearch search --form
try "json jsonl" psearch search --format = j
try "auto always never" psearch search --color =
try "auto always never" psearch search --color ""
try "put parse" psearch help p
try "notes.txt" psearch put no
try "notes.txt" psearch -i no
try "notes.txt" psearch --index = no
psearch help zsh >_psearch
if has zsh; then zsh -n _psearch || fail "the zsh completion is not zsh"; else skip "zsh"; fi
psearch help fish >psearch.fish
if has fish; then
    fish -n psearch.fish || fail "the fish completion is not fish"
    offers() { is "fish: $1" "$(fish -c "source psearch.fish; complete -C '$1'" 2>&1 | cut -f1 | tr '\n' ' ')" "$2"; }
    offers "psearch -i notes.txt sea" "search "
    offers "psearch search --format=js" "--format=json --format=jsonl "
    offers "psearch help pa" "parse "
else
    skip "fish"
fi
# An apostrophe in a summary must not end a quotation.
for f in _psearch psearch.fish; do grep -q "r's notes" $f && fail "$f: $(grep "'s notes" $f)"; done
finish
