#!/bin/bash
# export.sh - what comes out of an index goes into another one, and makes it equal.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

printf '%s\n' '{"id":"z","title":"Apple pie","body":"apples, apples and 蘋果派","tags":["a","b"],"date":"2025-01-02","unknown":{"deep":[1,{"x":null}]},"n":1.50}' \
    '{"id":"b","title":"Pear \u6885 \ud83c\udf50 \"quoted\"","body":"pears\nand\ttabs","source":"x","big":12345678901234567890}' \
    '{"title":"no id","body":"its key is made"}' '{"id":"m","body":"apple","lang":""}' '{"id":"k","title":"gone"}' '{}' >docs.ndjson
expect 0 "put" psearch put -i ix docs.ndjson
printf '{"id":"b","title":"Pear \\u6885 again","body":"an apple\\nbeside tabs","big":12345678901234567890}\n' >again.ndjson
expect 0 "put again" psearch put -i ix again.ndjson; expect 0 "rm" psearch rm -i ix k
expect 0 "export" psearch export -i ix; quiet "export"
cp out all.ndjson
is "live documents only" "$(wc -l <all.ndjson)" 5
is "in the order in which they were put" "$(grep -o '"id":"[zbm]"' all.ndjson | tr '\n' ' ')" '"id":"z" "id":"m" "id":"b" '
grep -qF '"unknown":{"deep":[1,{"x":null}]},"n":1.50}' all.ndjson || fail "unknown members: $(cat all.ndjson)"
grep -qF '"big":12345678901234567890' all.ndjson || fail "a large number: $(cat all.ndjson)"

# ---- an equal index
expect_in 0 "put reads it" all.ndjson psearch put -i copy -
expect 0 "and gives it back" psearch export -i copy; cmp -s out all.ndjson || fail "the copy gives $(diff out all.ndjson | head -n 3)"
# Scores count deleted documents until they are purged, so they are compared without any.
expect 0 "reindex" psearch reindex -i ix
for q in apple 蘋果 'title:pear' '"apples and"' 'tags:b' 'tabs' 'made' 'pie -pear'; do
    psearch -i ix search --format=jsonl "$q" >one 2>/dev/null || fail "nothing for $q"
    is "the hits for $q" "$(cat one)" "$(psearch -i copy search --format=jsonl "$q" 2>/dev/null)"
done

# ---- forms
expect 0 "--fields" psearch export -i ix --fields title,tags
json_lines "--fields" 'len(d) == 5 and d[0] == {"title": "Apple pie", "tags": ["a", "b"]}'
expect 0 "numbers keep their bytes" psearch export -i ix --fields n,big,unknown; is "numbers keep their bytes" "$(head -n 1 out)" '{"unknown":{"deep":[1,{"x":null}]},"n":1.50}'; prints "numbers" '{"big":12345678901234567890}'
expect 0 "ids" psearch export -i ix --format=ids; is "ids" "$(grep -cx '[zbm]' out)" 3; is "made ids" "$(grep -cx '[0-9a-f]\{32\}' out)" 2
psearch init -i void 2>/dev/null; expect 0 "an empty index" psearch export -i void; silent "an empty index"
expect 3 "no index" psearch export -i none; expect 2 "an argument" psearch export -i ix more
printf '{"key":"id","fields":[{"name":"id","type":"keyword"},{"name":"secret","type":"text","stored":false}]}' >s.json
psearch init -i unstored --schema s.json 2>/dev/null; echo '{"id":"a","secret":"words"}' | psearch put -i unstored - 2>/dev/null
expect 0 "unstored fields" psearch export -i unstored; says "unstored fields" "field secret is not stored"; is "unstored fields" "$(cat out)" '{"id":"a"}'

# ---- -o FILE
expect 0 "-o" psearch export -i ix -o all.out; silent "-o"; says "-o" "all.out: 5 documents"
cmp -s all.out all.ndjson || fail "-o: another text"
is "-o: as the mask says" "$(umask 027; psearch export -i ix -o masked 2>/dev/null; stat -c %a masked)" 640
expect 0 "-o over a file" psearch export -i ix -o all.out; cmp -s all.out all.ndjson || fail "-o over a file"
expect 0 "-o -" psearch export -i ix -o -; cmp -s out all.ndjson || fail "-o -"
expect 8 "-o nowhere" psearch export -i ix -o no/such/file; says "-o nowhere" "no/such/file"
is "nothing left behind" "$(ls -d all.out.* masked.* 2>/dev/null)" ""
if [ -w /dev/full ]; then
    expect 8 "a full disk" psearch export -i ix -o /dev/full; says "a full disk" "/dev/full"
    psearch export -i ix >/dev/full 2>err; is "a full standard output" $? 8
fi

# ---- large: memory does not grow with the index, a reader that goes away is no error of ours, an interrupt leaves no file
awk 'BEGIN { srand(1); for (i = 0; i < 40000; i++) { printf "{\"id\":\"k%d\",\"body\":\"", i; for (j = 0; j < 40; j++) printf "%x ", rand() * 4294967296; print "\"}" } }' >wide.ndjson
expect 0 "put wide" psearch put -i wide --load wide.ndjson
expect 0 "export wide" psearch export -i wide; cmp -s out wide.ndjson || fail "wide: another text"
peak() { /usr/bin/time -f %M "$@" 2>&1 >/dev/null | tail -n 1; }
if [ -x /usr/bin/time ]; then
    small=$(peak psearch export -i ix); large=$(peak psearch export -i wide) size=$(du -k wide.ndjson | cut -f1)
    [ $((large - small)) -lt "$size" ] || fail "memory: $small KiB for a small index, $large for one of $size"
else
    skip "memory (it needs /usr/bin/time)"
fi
psearch export -i wide 2>err | head -n 1 >/dev/null; is "a reader that goes away" "${PIPESTATUS[0]}" 141; quiet "a reader that goes away"
mkfifo full_pipe; psearch export -i wide -o full_pipe 2>/dev/null & job=$!
exec 8<full_pipe; kill -INT $job; exec 8<&-; wait $job; code=$?
[ $code = 130 ] || [ $code = 141 ] || fail "an interrupt: exit $code"
finish
