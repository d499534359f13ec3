#!/bin/bash
# put.sh - put and add: replacing, commits, ids, unknown names, what is told at the end.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

printf '{"id":"a","title":"one"}\n{"id":"b","title":"two"}\n' >two.ndjson
expect 0 "put" psearch -i ix put two.ndjson; silent "put"; says "put" "2 documents, "; says "put" "generation 2"; count_is ix 2
expect 0 "put again replaces" psearch -i ix put two.ndjson; count_is ix 2
printf '{"id":"a","title":"first"}\n{"id":"a","title":"last"}\n' >same.ndjson
expect 0 "one id twice" psearch -i ix put same.ndjson; count_is ix 2
expect 0 "the last wins" psearch -i ix get a; is "the last wins" "$(cat out)" '{"id":"a","title":"last"}'
printf '{"id":"c","title":"three"}\n' >c.ndjson
expect 0 "add" psearch -i ix add c.ndjson; count_is ix 3
expect_in 0 "several inputs, - among them" same.ndjson psearch -i ix put two.ndjson - c.ndjson; says "several" "5 documents"
expect 0 "nothing on standard input" psearch -i ix put -; says "nothing" "0 documents"; says "nothing" "without anything in it"
expect 0 "as JSON" psearch -i ix put --format=json two.ndjson
json "as JSON" 'd["v"] == 1 and re.fullmatch("[0-9a-f]{32}", d["index"]) and d["documents"] == 2 and d["rejected"] == 0'

# commits: --commit-every keeps what was committed before the bad record, without it nothing is kept
awk 'BEGIN { for (i = 0; i < 25; i++) printf "{\"id\":\"n%d\",\"title\":\"t\"}\n", i; print "oops" }' >oops.ndjson
expect 7 "stop" psearch -i none put oops.ndjson; says "stop" "oops.ndjson:26:1: "; says "stop" "nothing was added"; count_is none 0
expect 7 "stop, after commits" psearch -i some put --commit-every 10 oops.ndjson; says "after commits" "of the last commit are kept"; count_is some 20
expect 0 "skip" psearch -i all put --on-error=skip oops.ndjson; says "skip" "1 record rejected"; count_is all 25
expect 0 "--load" psearch -i load put --load --commit-every 5 --memory=32M two.ndjson; count_is load 2
expect 0 "merging while loading" psearch -i beside put --threads 2 --commit-every 2 --on-error=skip oops.ndjson; count_is beside 25
expect 0 "merged, and whole" psearch -i beside check
expect 0 "a budget in units" psearch -i load put --memory=0.05G two.ndjson

# ids: as typed for files, from the content for records and texts without one
mkdir d; echo "A file" >d/f.txt
expect 0 "path as typed" psearch -i paths put d/f.txt ./d/f.txt "$work/d/f.txt"; count_is paths 3
for id in d/f.txt ./d/f.txt "$work/d/f.txt"; do expect 0 "$id" psearch -i paths get "$id"; done
expect 0 "a directory's files" psearch -i dir put d/; expect 0 "d/f.txt" psearch -i dir get d/f.txt
printf '{"title":"no id"}\n{"title":"no id"}\n{"title":"another"}\n' >noid.ndjson
expect 0 "records without id" psearch -i noid put noid.ndjson; count_is noid 2
expect 0 "its id" psearch -i noid search --format=ids another; id=$(cat out)
printf '%s' "$id" | grep -Eqx '[0-9a-f]{32}' || fail "a given id is not XXH3-128 in hex: $id"
if has xxhsum && xxhsum --help 2>&1 | grep -q H2; then
    printf '{"title":"another"}' >content; is "given id" "$id" "$(xxhsum -H2 content | cut -d' ' -f1)"
fi
echo "from a pipe" | psearch -i noid put - 2>err || fail "a text from a pipe: $(cat err)"
expect 0 "a text from a pipe" psearch -i noid search --format=ids pipe
grep -Eqx '[0-9a-f]{32}' out || fail "a text from a pipe has the id $(cat out)"
printf 'x' >$'caf\xe9.txt' 2>/dev/null && printf 'x' >$'caf\xe8.txt' && {
    expect 0 "ill-formed names" psearch -i latin put $'caf\xe9.txt' $'caf\xe8.txt'; count_is latin 2
    expect 0 "ill-formed names" psearch -i latin get caf%E9.txt
    expect 0 "ill-formed names, JSON" psearch -i latin search --format=json x; json "ill-formed names" 'len(d["hits"]) == 2'
}

# names that the schema does not know
printf '{"id":"u","title":"t","colour":"red","n":{"x":[1]}}\n{"id":"v","title":"t","size":3}\n' >unknown.ndjson
expect 0 "unknown names" psearch -i un put unknown.ndjson; says "unknown names" "2 documents with names that the schema does not know (the first: colour)"
is "reported once" "$(grep -c 'schema does not know' err)" 1
expect 0 "kept" psearch -i un get u; is "kept" "$(cat out)" '{"id":"u","title":"t","colour":"red","n":{"x":[1]}}'
expect 7 "--strict-schema" psearch -i un2 put --strict-schema unknown.ndjson; says "--strict-schema" 'unknown.ndjson:1:'; says "--strict-schema" '"colour"'; count_is un2 0
printf -- '---\ntitle: T\ncolour: red\n---\nbody\n' >front.md
expect 0 "unknown front matter" psearch -i un3 put front.md; says "unknown front matter" "1 name in front matter that the schema does not know (the first: colour)"
expect 7 "strict front matter" psearch -i un3 put --strict-schema front.md; says "strict front matter" 'front.md:3:1: the schema has no field "colour"'

# an index may lie in the tree that is indexed
mkdir tree; echo "In the tree" >tree/a.txt
expect 0 "an index inside its input" psearch -i tree/ix put tree
expect 0 "again" psearch -i tree/ix put tree; says "again" "tree/ix: this is an index: passed over"; count_is tree/ix 1
expect 0 "a hidden index inside its input" bash -c "cd tree && psearch put ."; count_is tree/.psearch 1
finish
