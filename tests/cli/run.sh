#!/bin/bash
# run.sh - a TREC run: ids, ranks, scores, plain words.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

awk 'BEGIN { for (i = 0; i < 60; i++) printf "{\"id\":\"k%d\",\"title\":\"apple\",\"body\":\"pear %s\"}\n", i, i % 7 ? "apple" : "plum plum" }' >docs.ndjson
printf '{"id":"with blank","title":"quince"}\n{"id":"op","title":"and or not title:apple a*b (c)"}\n' >>docs.ndjson
expect 0 "put" psearch -i ix put docs.ndjson
printf '1\tapple pear\r\nq-2\tplum\n\n3\tzebra\n' >q.tsv
expect 0 "run" psearch -i ix run --queries q.tsv; quiet "run"
grep -Evq '^[^ ]+ Q0 [^ ]+ [0-9]+ [0-9]+\.[0-9]{6} psearch$' out && fail "a line: $(grep -Ev -m1 ' psearch$' out)"
awk '$1 != id { id = $1; rank = 0; score = 1e9 } $4 != ++rank || $5 > score { exit 1 } { score = $5 }' out || fail "ranks or scores"
is "hits of 1" "$(grep -c "^1 " out)" 61; is "hits of q-2" "$(grep -c '^q-2 ' out)" 9; is "hits of 3" "$(grep -c '^3 ' out)" 0
expect 0 "-k and --tag" psearch -i ix run --queries q.tsv -k 3 --tag mine; is "-k 3" "$(wc -l <out)" 6; is "--tag" "$(grep -c ' mine$' out)" 6
expect 0 "exhaustive" psearch -i ix run --queries q.tsv -k 5 --exhaustive; cp out all
expect 0 "pruned" psearch -i ix run --queries q.tsv -k 5; cmp -s out all || fail "pruned and exhaustive differ"
expect 0 "fields" psearch -i ix run --queries q.tsv --fields-searched=title; is "fields" "$(grep -c '^q-2 ' out)" 0

# no character is an operator
printf '1\t-apple +zebra\n2\ttitle:apple\n3\t"plum pear"\n4\tapple AND zebra\n5\tap*\n' >plain.tsv
expect 0 "plain words" psearch -i ix run --queries plain.tsv; quiet "plain words"
for q in 1 2 3 4; do grep -q "^$q " out || fail "query $q found nothing"; done
grep -q '^5 ' out && fail "a star was an operator"

printf '1\tquince\n' >blank.tsv
expect 0 "a blank in an id" psearch -i ix run --queries blank.tsv; says "a blank" "with blank"; prints "a blank" "1 Q0 with_blank 1 "
expect_in 0 "standard input" q.tsv psearch -i ix run --queries=-; grep -q '^q-2 ' out || fail "standard input"
gzip -c q.tsv >q.gz; expect 0 "packed" psearch -i ix run --queries q.gz
printf '1\tapple\nno tab\n' >bad.tsv
expect 7 "no tab" psearch -i ix run --queries bad.tsv; says "no tab" "bad.tsv:2:1: "
printf '\tapple\n' >noid.tsv; expect 7 "no id" psearch -i ix run --queries noid.tsv; says "no id" "noid.tsv:1:1: "
finish
