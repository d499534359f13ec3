#!/bin/bash
# reindex.sh - an index built anew: in place, elsewhere, under another schema; and upgrade.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

printf '%s\n' '{"id":"a","title":"Running","extra":"more words","date":"2025-01-02"}' '{"id":"b","title":"Walked","tags":["x"]}' '{"id":"c","title":"gone"}' >docs.ndjson
expect 0 "put" psearch put -i ix docs.ndjson; expect 0 "rm" psearch rm -i ix c
psearch export -i ix >before

# ---- in place
expect 0 "reindex" psearch reindex -i ix; silent "reindex"; says "reindex" "ix: 2 documents reindexed, generation 4"
psearch export -i ix | cmp -s - before || fail "reindex: other documents"
expect 0 "deep" psearch check -i ix --deep
expect 0 "reindex, JSON" psearch reindex -i ix --format=json; quiet "reindex, JSON"; json "reindex, JSON" 'd["v"] == 1 and d["generation"] == 5 and d["documents"] == 2'

# ---- another schema
expect 1 "not a field yet" psearch -i ix search --strict 'extra\:words'
psearch schema -i ix --format=json >now.json
cat >new.json <<'E'
{"key":"id","fields":[{"name":"id","type":"keyword"},{"name":"extra","type":"text"},
 {"name":"title","type":"text","options":{"stem":"off"}},{"name":"date","type":"keyword"}]}
E
expect 0 "stemmed" psearch -i ix search --count title:run; is "stemmed" "$(cat out)" 1
expect 0 "--schema" psearch reindex -i ix --schema new.json
expect 0 "a field now" psearch -i ix search --format=ids extra:words; is "a field now" "$(cat out)" a
expect 1 "not stemmed any more" psearch -i ix search title:run
expect 0 "a keyword now" psearch -i ix search --format=ids date:2025-01-02; is "a keyword now" "$(cat out)" a
psearch export -i ix | cmp -s - before || fail "--schema: other documents"
expect 0 "and back, from schema show" psearch reindex -i ix --schema now.json
expect 0 "stemmed again" psearch -i ix search --count title:run

# ---- refused: nothing changes
generation() { psearch info -i ix --json | grep -o '"generation":[0-9]*' | head -n 1; }
g=$(generation)
sed 's/"name":"extra","type":"text"/"name":"extra","type":"i64"/' new.json >bad.json
expect 7 "a value that does not fit" psearch reindex -i ix --schema bad.json; says "a value that does not fit" "document a: field extra"
echo '{' >broken.json; expect 7 "no schema" psearch reindex -i ix --schema broken.json; says "no schema" "broken.json:"
expect 7 "no file" psearch reindex -i ix --schema none.json
expect 3 "no index" psearch reindex -i none; expect 2 "an argument" psearch reindex -i ix more
expect 2 "too little memory" psearch reindex -i ix --memory=1M
is "nothing changed" "$(generation)" "$g"

# ---- elsewhere
expect 0 "--to" psearch reindex -i ix --schema new.json --to there; says "--to" "there: 2 documents reindexed, generation 1"
is "the source is as it was" "$(generation)" "$g"
psearch export -i there | cmp -s - before || fail "--to: other documents"
expect 0 "it is another one" psearch -i there search --count extra:words
expect 3 "there is one already" psearch reindex -i ix --to there; is "there is one already" "$(cat err)" "psearch: there: there is an index already: nothing was touched"
mkdir other; echo x >other/file
expect 3 "other things there" psearch reindex -i ix --to other; says "other things there" "not empty"; is "other" "$(ls other)" file
expect 7 "a document that does not fit" psearch reindex -i ix --schema bad.json --to failed
expect 3 "makes no index" psearch -i failed search x
expect 0 "the next try does" psearch reindex -i ix --to failed; count_is failed 2

# ---- fields that nobody has stored
printf '{"key":"id","fields":[{"name":"id","type":"keyword"},{"name":"u","type":"text","stored":false},{"name":"v","type":"i64","stored":false}]}' >s.json
psearch init -i lossy --schema s.json 2>/dev/null; echo '{"id":"a","u":"words","v":3}' | psearch put -i lossy - 2>/dev/null
expect 2 "unstored" psearch reindex -i lossy; says "unstored" "fields u, v are not stored"; says "unstored" "--drop-unstored"
expect 0 "still there" psearch -i lossy search u:words
expect 0 "--drop-unstored" psearch reindex -i lossy --drop-unstored
expect 1 "gone" psearch -i lossy search u:words; count_is lossy 1

# ---- a lock, an interrupt
mkfifo pipe
psearch put -i ix - <pipe >/dev/null 2>&1 & writer=$!
exec 9>pipe; printf '{"id":"p"}\n' >&9
# the writer that has it names itself; a probe by a writer of our own could be in its way
for _ in $(seq 200); do grep -q " $writer$" ix/write.lock && break; sleep 0.05; done
expect 5 "locked" psearch reindex -i ix; expect 5 "locked: upgrade" psearch upgrade -i ix; expect 5 "locked: add-field" psearch schema -i ix add-field y text
exec 9>&-; wait $writer; count_is ix 3
awk 'BEGIN { srand(1); for (i = 0; i < 60000; i++) { printf "{\"id\":\"k%d\",\"body\":\"", i; for (j = 0; j < 30; j++) printf "%x ", rand() * 4294967296; print "\"}" } }' >wide.ndjson
psearch put -i wide --load wide.ndjson 2>/dev/null
bash -c 'psearch reindex -i wide 2>err & job=$!; sleep 0.2; kill -INT $job; wait $job'; code=$?
[ $code = 130 ] || [ $code = 0 ] || fail "an interrupt: exit $code: $(cat err)"
count_is wide 60000; expect 0 "whole after it" psearch check -i wide --quick

# ---- killed: the old index or the new one, whole, and the next try goes through
for after in 0.05 0.3 0.6; do
    psearch reindex -i wide 2>/dev/null & job=$!
    sleep $after; kill -KILL $job 2>/dev/null; wait $job 2>/dev/null
    count_is wide 60000; expect 0 "whole after a kill" psearch check -i wide --quick
done
expect 0 "and again" psearch reindex -i wide; count_is wide 60000
is "nothing is left behind" "$(ls wide/*.doc | wc -l)" 2 # this commit's and the last one's

# ---- upgrade
g=$(generation)
expect 0 "upgrade" psearch upgrade -i ix; silent "upgrade"; says "upgrade" "nothing to do"
expect 0 "upgrade, JSON" psearch upgrade -i ix --format=json; json "upgrade, JSON" 'd["v"] == 1 and d["rewritten"] == 0'
is "upgrade changed nothing" "$(generation)" "$g"
expect 3 "upgrade of no index" psearch upgrade -i none; expect 2 "upgrade with an argument" psearch upgrade -i ix more
finish
