#!/bin/bash
# usage.sh - options, exit codes, forms of output: the contract of psearch as scripts see it.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

expect 0 "help" psearch help; prints "help" "usage: psearch"
expect 0 "-h" psearch -h; prints "-h" "usage: psearch"
expect 0 "--version" psearch --version; prints "--version" "psearch "
expect 0 "help of a command" psearch help search; prints "help search" "--timeout"
expect 0 "command --help" psearch search --help; prints "search --help" "--timeout"
for form in man bash zsh fish; do expect 0 "help $form" psearch help $form; [ -s out ] || fail "help $form is empty"; done
psearch help bash >completion && bash -n completion || fail "the bash completion is not bash"
expect 2 "no command" psearch
expect 2 "unknown command" psearch frobnicate; says "unknown command" "no such command"
expect 2 "unknown option" psearch search --frobnicate x; says "unknown option" "no such option"
expect 2 "bad number" psearch search -n ten x
expect 2 "bad unit" psearch put --memory 12Q x
expect 2 "bad choice" psearch search --format=yaml x
for c in init similar complete spell merge schema export backup restore upgrade reindex serve shell; do
    expect 2 "$c" psearch $c; says "$c" "not in this version"
done
for o in --facet=a --collapse=a --sort=a --filter=a --after=a --explain; do
    expect 2 "search $o" psearch search $o x; says "search $o" "not in this version"
done
expect 2 "rm --query" psearch rm --query=x; says "rm --query" "not in this version"
expect 2 "check --repair" psearch check --repair; says "check --repair" "not in this version"
expect 2 "--threads" psearch put --threads 2 x; says "--threads" "not in this version"
expect 2 "--format=csv" psearch search --format=csv x; says "--format=csv" "not in this version"
expect 2 "--input=html" psearch put --input=html x; says "--input=html" "not in this version"

expect 3 "no index named" psearch search x
expect 3 "missing index" psearch -i nowhere search x; says "missing index" "nowhere"
printf '{"id":"a","title":"Apple pie","body":"An apple a day"}\n{"id":"b","body":"pear -apple","tags":["x","y"]}\n' >two.ndjson
expect 0 "put" psearch -i ix put two.ndjson; silent "put"
expect 0 "-i after the command" psearch search -i ix apple
expect 0 "--index=" psearch search --index=ix apple
PSEARCH_INDEX=ix expect 0 "PSEARCH_INDEX" psearch search apple
mkdir -p deep/er && cp -r ix .psearch && cd deep/er && { psearch search apple >/dev/null 2>&1 || fail "nearest .psearch"; cd "$work"; }
expect 1 "nothing found" psearch -i ix search zebra
expect 0 "found" psearch -i ix search apple
expect 0 "options end at the query" psearch -i ix search apple -pear; prints "-pear" "Apple"
expect 0 "after --" psearch -i ix search --format=ids -- '-pear'; [ "$(cat out)" = a ] || fail "-- -pear: $(cat out)"
expect 0 "ids" psearch -i ix search --format=ids apple; [ "$(sort out | tr '\n' ' ')" = "a b " ] || fail "ids: $(cat out)"
expect 0 "n" psearch -i ix search --format=ids -n 1 apple; [ "$(wc -l <out)" = 1 ] || fail "-n 1"
expect 0 "count" psearch -i ix search --count apple; [ "$(cat out)" = 2 ] || fail "--count: $(cat out)"
expect 0 "json" psearch -i ix search --format=json apple
prints "json" '{"v":1,"index":"'; prints "json" '"generation":'; prints "json" '"total":{"value":2,"relation":"eq"}'
prints "json" '"took_us":'; prints "json" '"next":null'; prints "json" '"spans":[[0,5]]'
expect 0 "jsonl" psearch -i ix search --format=jsonl apple; [ "$(wc -l <out)" = 2 ] || fail "jsonl lines"
expect 0 "fields" psearch -i ix search --format=json --fields=title apple
grep -q '"fields":{[^}]*body' out && fail "--fields=title shows the body"
expect 0 "lenient" psearch -i ix search '(apple'; says "lenient" "note: at byte"
expect 2 "strict" psearch -i ix search --strict '(apple'
expect 0 "colour" psearch -i ix search --color=always apple; grep -q $'\033' out || fail "--color=always"
expect 0 "no colour on a pipe" psearch -i ix search apple; grep -q $'\033' out && fail "colour on a pipe"
expect 0 "get" psearch -i ix get a b; [ "$(wc -l <out)" = 2 ] || fail "get"
expect 1 "get none" psearch -i ix get nobody
expect 0 "rm --dry-run" psearch -i ix rm --dry-run a nobody; [ "$(cat out)" = 1 ] || fail "rm --dry-run"
expect 0 "rm" psearch -i ix rm a; expect 1 "rm again" psearch -i ix rm a; count_is ix 1
echo b >keys; expect_in 0 "rm -" keys psearch -i ix rm -; count_is ix 0
expect 0 "analyze" psearch analyze '達267%。'; prints "analyze" '"term":"267%"'; prints "analyze" '"start":3,"end":7'
printf '近24州' >text; expect_in 0 "analyze -" text psearch analyze; prints "analyze -" '"term":"州"'
expect 0 "parse" psearch parse '+gpt-4 -x'; prints "parse" '"tree":{'
expect 0 "put again" psearch -i ix put two.ndjson
expect 0 "terms" psearch -i ix terms --field body --prefix app; prints "terms" appl
expect 0 "terms --top" psearch -i ix terms --field body --top 1; [ "$(wc -l <out)" = 1 ] || fail "terms --top"
expect 2 "terms of no field" psearch -i ix terms --field nothing
expect 0 "info" psearch -i ix info; prints "info" documents
expect 0 "info --json" psearch -i ix info --json; prints "info --json" '"documents":2'
for level in --quick "" --deep; do expect 0 "check $level" psearch -i ix check $level; done
printf '1\tapple +pear\n2\tzebra\n' >q.tsv
expect 0 "run" psearch -i ix run --queries q.tsv -k 5 --tag t
grep -Eq '^1 Q0 [ab] 1 [0-9]+\.[0-9]{6} t$' out || fail "run: $(cat out)"
expect 2 "run without queries" psearch -i ix run
printf 'apple\n+apple +pear\n"apple pie"\n' >q.txt
expect 0 "bench" psearch -i ix bench --queries q.txt --repeat 3 --warmup 1; prints "bench" "p99"
expect 0 "bench --json" psearch -i ix bench --queries q.txt --repeat 3 --json --mode=top10+count; prints "bench --json" '"qps"'
psearch -i ix search apple 2>/dev/null | true
finish
