#!/bin/bash
# schema.sh - the fields of an index, shown and changed.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

printf '{"id":"a","title":"Apple","note":"old words"}\n{"id":"b","title":"Pear"}\n' >docs.ndjson
expect 0 "put" psearch put -i ix docs.ndjson

# ---- show
expect 0 "show" psearch schema -i ix show; quiet "show"
is "show" "$(sed -n 2,3p out | tr -s ' ')" "$(printf 'id keyword key stored indexed\ntitle text 2 stored indexed many positions lengths')"
cp out shown; expect 0 "show is the default" psearch -i ix schema; cmp -s out shown || fail "schema is not schema show"
expect 0 "show, JSON" psearch schema -i ix --format=json
json "show, JSON" 'd["v"] == 1 and d["generation"] == 2 and d["schema"]["key"] == "id" and d["schema"]["fields"][1]["boost"] == 2'
expect 2 "show with more" psearch schema -i ix show more; expect 2 "no such thing" psearch schema -i ix drop; says "no such thing" "add-field"
expect 3 "no index" psearch schema -i none

# ---- add-field
expect 0 "add-field" psearch schema -i ix add-field note text --boost 3; silent "add-field"; says "add-field" "ix: field note added, generation 3"
expect 0 "with options" psearch schema -i ix add-field topics keyword --many --column --stored=no
expect 0 "as JSON" psearch schema -i ix add-field '{"name":"price","type":"f64"}' --format=json
json "as JSON" 'd["generation"] == 5 and d["schema"]["fields"][-1]["name"] == "price"'
expect 0 "analyzer" psearch schema -i ix add-field code text --analyzer=whitespace --positions=no --lengths=no
expect 0 "analyzer options" psearch schema -i ix add-field raw text --analyzer-options='{"stem":"off"}'
expect 0 "show what was added" psearch schema -i ix
for line in 'note text 3 stored indexed many positions lengths' 'topics keyword indexed column many' 'price f64 stored column' \
    'code text 1 stored indexed many analyzer=whitespace' 'raw text 1 stored indexed many positions lengths options={"stem":"off"}'; do
    tr -s ' ' <out | grep -qxF "$line" || fail "show lacks '$line': $(cat out)"
done
expect 1 "old documents have no value" psearch -i ix search note:words
echo '{"id":"c","note":"new words","topics":["x","y"],"price":2,"code":"A B"}' >new.ndjson
expect 0 "put" psearch put -i ix new.ndjson
expect 0 "new ones do" psearch -i ix search --format=ids note:words; is "new ones do" "$(cat out)" c
expect 0 "keyword" psearch -i ix search --format=ids topics:y; is "keyword" "$(cat out)" c
expect 0 "unstored" psearch -i ix get c; is "unstored" "$(cat out)" '{"id":"c","note":"new words","price":2,"code":"A B"}'
expect 0 "a document put again" psearch put -i ix docs.ndjson
expect 0 "has a value then" psearch -i ix search --count note:words; is "has a value then" "$(cat out)" 2
expect 0 "whole" psearch check -i ix --deep
generation=$(psearch schema -i ix --format=json | grep -o '"generation":[0-9]*')
while IFS='|' read -r args what; do
    eval "expect 2 'add-field refused' psearch schema -i ix add-field $args"; says "add-field $args" "$what"
done <<'E'
note text|there is a field note already
x|a NAME and a TYPE
x text more|a NAME and a TYPE
x string|one of text, keyword
'bad name' text|bad name
x i64 --positions=yes|cannot be "positions"
x text --column|cannot be "column"
x i64 --boost=2|only a text field has a boost
x text --boost=101|0 to 100
x text --analyzer=frobnicate|frobnicate
x text --analyzer-options=x|JSON object
'{"name":"x"}'|"type" must be given
'{"name":"x","type":"text"'|column
'{"name":"x","type":"text","more":1}'|unknown member "more"
E
is "refused ones change nothing" "$(psearch schema -i ix --format=json | grep -o '"generation":[0-9]*')" "$generation"
expect 2 "a choice" psearch schema -i ix add-field x text --stored=maybe; says "a choice" "yes|no"
expect 2 "an option of others" psearch schema -i ix --load; expect 2 "--boost elsewhere" psearch search --boost=2 x

# ---- set
psearch schema -i ix --format=json >now.json
if has python3; then
    # edit PYTHON   new.json: the schema of now.json (d, its fields f) changed by it
    edit() { python3 -c "import json; d = json.load(open('now.json'))['schema']; f = d['fields']; $1; json.dump(d, open('new.json', 'w'))"; }
    edit 'f[1]["boost"] = 9; f[3]["stored"] = False; f[0]["stored"] = True'
    expect 0 "set" psearch schema -i ix set new.json; says "set" "schema changed"
    expect 0 "set is seen" psearch schema -i ix --format=json; json "set is seen" 'd["schema"]["fields"][1]["boost"] == 9 and not d["schema"]["fields"][3]["stored"]'
    psearch schema -i ix --format=json >now.json
    while IFS='|' read -r what text; do
        edit "$what"; expect 2 "set: $what" psearch schema -i ix set new.json; says "set: $what" "$text"; says "set: $what" "reindex"
    done <<'E'
f[4]["type"] = "i64"|field date: type date cannot become i64: reindex
f.pop()|field raw cannot be taken out: reindex
f.insert(0, f.pop())|place
f[3]["stored"] = True|field url: stored false cannot become true: reindex
f[5]["column"] = False|field lang: column true cannot become false: reindex
f[5]["many"] = False|field lang: many true cannot become false: reindex
f[2]["positions"] = False|field body: positions true cannot become false: reindex
f[2]["analyzer"] = "whitespace"|field body: analyzer mixed-v1 cannot become whitespace: reindex
d["key"] = "url"; f[3]["stored"] = True|reindex
E
else
    skip "set (it needs python3)"
fi
expect 2 "set without a file" psearch schema -i ix set; expect 7 "set of no file" psearch schema -i ix set none.json
expect 0 "and it is still whole" psearch check -i ix --deep
finish
