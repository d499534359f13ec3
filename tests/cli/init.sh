#!/bin/bash
# init.sh - a new index with the schema that is asked for, and the schema that a file asks for.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

# ---- the default schema, and where the index goes
expect 0 "init" psearch init -i ix; silent "init"; says "init" "ix: a new index, 8 fields, key id"
count_is ix 0
expect 3 "an index is left alone" psearch init -i ix; says "an index" "already"
expect 0 "init, JSON" psearch init -i j --format=json; quiet "init, JSON"
json "init, JSON" 'd["v"] == 1 and re.fullmatch("[0-9a-f]{32}", d["index"]) and d["generation"] == 1 and d["schema"]["key"] == "id" and len(d["schema"]["fields"]) == 8'
expect 2 "an argument" psearch init ix2; says "an argument" "named by -i"
PSEARCH_INDEX=env expect 0 "PSEARCH_INDEX" psearch init; count_is env 0
mkdir up; expect 0 "here" bash -c 'cd up && psearch init'; count_is up/.psearch 0
mkdir up/down; expect 0 "not the nearest one upwards" bash -c 'cd up/down && psearch init'; count_is up/down/.psearch 0
mkdir full empty; echo x >full/file
expect 3 "a directory with other things" psearch init -i full; says "full" "not empty"; is "full" "$(ls full)" file
expect 0 "an empty directory" psearch init -i empty; count_is empty 0
expect 3 "no parent" psearch init -i no/such/dir; expect 3 "a file" psearch init -i full/file
expect 0 "the key of the default schema" psearch init -i url --key url; says "url" "key url"
expect 2 "a key that is no keyword" psearch init -i k --key title; says "--key title" "title"; [ -e k ] && fail "--key title made an index"
expect 2 "a key that is no field" psearch init -i k --key nobody; says "--key nobody" "nobody"

# ---- --schema
cat >s.json <<'E'
{"key": "id", "fields": [
  {"name": "id", "type": "keyword"},
  {"name": "title", "type": "text", "boost": 3},
  {"name": "n", "type": "i64", "many": true}]}
E
expect 0 "--schema" psearch init -i s --schema s.json; says "--schema" "3 fields"
echo '{"id":"a","n":[1,2]}' | psearch put -i s - 2>/dev/null || fail "put into it"
expect_in 0 "--schema -" s.json psearch init -i s2 --schema -
expect 0 "schema show as a file" bash -c 'psearch schema -i s --format=json >shown.json && psearch init -i s3 --schema shown.json --format=json'
json "schema show as a file" 'd["schema"] == json.load(open("shown.json"))["schema"]'
expect 7 "no such file" psearch init -i t --schema none.json; says "no such file" "none.json"
printf '{"key":"id",\n"fields":[{"name":"id" "type":"keyword"}]}' >bad.json
expect 7 "no JSON" psearch init -i t --schema bad.json; grep -q '^psearch: bad.json:2:[0-9]*: ' err || fail "no JSON: $(cat err)"
printf '{"fields":[{"name":"id","type":"keyword","name":"x"}]}' >bad.json
expect 7 "a name twice" psearch init -i t --schema bad.json; grep -q '^psearch: bad.json:1:[0-9]*: ' err || fail "a name twice: $(cat err)"
while IFS='|' read -r text what; do
    printf '%s' "$text" >bad.json
    expect 7 "$what" psearch init -i t --schema bad.json; says "$what" "bad.json"; says "$what" "$what"
done <<'E'
[]|one JSON object
{"fields":[]}|at least one field
{"key":"x","fields":[{"name":"id","type":"keyword"}]}|key field x
{"fields":[{"name":"id","type":"string"}]}|one of text, keyword
{"fields":[{"name":"id","type":"i64","positions":true}]}|cannot be "positions"
{"fields":[{"name":"id","type":"text","analyser":"x"}]}|unknown member "analyser"
{"fields":[{"name":"id","type":"text","analyzer":"x"}]}|field id
{"fields":[{"name":"id","type":"bool","partial":true}]}|unknown member "partial"
E
[ -e t ] && fail "a bad schema made an index"
expect 2 "--schema and --infer" psearch init --schema s.json --infer s.json
expect 7 "--schema and a key" psearch init -i t --schema s.json --key n; says "--schema and a key" "keyword"

# ---- --infer
cat >d.ndjson <<'E'
{"id":"1","title":"Apple pie","year":2024,"price":1.5,"ok":true,"date":"2025-01-02","tags":["a","b"],"cat":"food","url":"https://x/1","x":{"y":1},"bad name":3,"zip":"01234","huge":1,"mixed":1}
{"id":"2","title":"Pear tart","year":-5,"price":2,"ok":false,"date":"2025-02-02T10:00:00Z","tags":[],"cat":"food","url":"https://x/2","n":null,"zip":"11234","huge":9223372036854775808,"mixed":"two"}

{"id":"3","title":"蘋果派食譜","year":9007199254740993,"price":-3e2,"ok":false,"date":"2025-03","tags":["b","a"],"cat":"drink","url":"https://x/3","zip":"21234"}
{"id":"4","title":"Peach","year":0,"price":0.0,"ok":false,"date":"1999-12-31","tags":["b"],"cat":"food","url":"https://x/4","zip":"31234"}
E
expect 0 "--infer" psearch init --infer d.ndjson
json "--infer" 'd["key"] == "id" and [(f["name"], f["type"], f.get("many"), f.get("column")) for f in d["fields"]] == [("id", "keyword", None, None), ("title", "text", None, None), ("year", "i64", None, None), ("price", "f64", None, None), ("ok", "bool", None, None), ("date", "date", None, None), ("tags", "keyword", True, True), ("cat", "keyword", None, True), ("url", "keyword", None, None), ("zip", "keyword", None, None), ("huge", "f64", None, None), ("mixed", "keyword", None, None)]'
says "--infer" "field x is left out: objects"; says "--infer" '"bad name"'; says "--infer" "field n is left out: it has no value"
[ -e .psearch ] && fail "--infer made an index"
cp out guessed.json
expect 0 "what was guessed makes an index" psearch init -i g --schema guessed.json
expect 0 "that takes the file" psearch put -i g d.ndjson; count_is g 4
expect 0 "one line" psearch init --infer d.ndjson --format=json; is "one line" "$(wc -l <out)" 1
expect 0 "--infer --key" psearch init --infer d.ndjson --key url; json "--infer --key" 'd["key"] == "url"'
expect 2 "a key of arrays" psearch init --infer d.ndjson --key tags; says "a key of arrays" "arrays"
expect 2 "a key that is not there" psearch init --infer d.ndjson --key nobody; silent "a key that is not there"
expect 0 "a key that some have not" psearch init --infer d.ndjson --key mixed; says "a key that some have not" "2 documents have no mixed"
gzip -k d.ndjson; expect 0 "gzip" psearch init --infer d.ndjson.gz; cmp -s out guessed.json || fail "gzip: another schema"
expect_in 0 "a pipe" d.ndjson psearch init --infer -; cmp -s out guessed.json || fail "a pipe: another schema"
printf '{"a":1}\n{"a":}\n' >bad.ndjson
expect 7 "a bad line" psearch init --infer bad.ndjson; grep -q '^psearch: bad.ndjson:2:[0-9]*: ' err || fail "a bad line: $(cat err)"; silent "a bad line"
printf '{"a":1}\n[1]\n' >bad.ndjson; expect 7 "no object" psearch init --infer bad.ndjson; says "no object" "bad.ndjson:2:1"
: >void.ndjson; expect 7 "nothing in it" psearch init --infer void.ndjson; says "nothing in it" "no document"
expect 7 "no file" psearch init --infer none.ndjson; says "no file" "none.ndjson"
echo '{"a":"x"}' >no_id.ndjson; expect 0 "no id" psearch init --infer no_id.ndjson; says "no id" "one is added"
json "no id" 'd["key"] == "id" and d["fields"][0] == {"name": "id", "type": "keyword"}'

printf '\xef\xbb\xbfid,title,n,p,ok,when,note\r\n007,"Apple, ""red""",1,1.5,true,2025-01-01,\r\n008,"two\nlines",2,2,false,2025-01-02,x y\r\n\r\n009,Pear,3,3,true,2025-01-03' >t.csv
expect 0 "CSV" psearch init --infer t.csv
json "CSV" '[(f["name"], f["type"]) for f in d["fields"]] == [("id", "keyword"), ("title", "text"), ("n", "i64"), ("p", "f64"), ("ok", "bool"), ("when", "date"), ("note", "text")]'
tr ',' '\t' <t.csv >t.tsv
expect 0 "TSV" psearch init --infer t.tsv; json "TSV" 'len(d["fields"]) == 7 and d["fields"][2]["type"] == "i64"'
expect_in 0 "TSV by its look" t.tsv psearch init --infer -; json "TSV by its look" 'len(d["fields"]) == 7'
expect_in 0 "CSV by its look" t.csv psearch init --infer -; json "CSV by its look" 'len(d["fields"]) == 7'
printf 'id,a\n1,"x\n' >bad.csv; expect 7 "an open quote" psearch init --infer bad.csv; says "an open quote" "bad.csv:2:1: a quoted value has no end"
printf 'id,a\n1,"x"y\n' >bad.csv; expect 7 "text behind a quote" psearch init --infer bad.csv; says "text behind a quote" "bad.csv:2:1"
printf 'id,a\n1,2,3\n' >bad.csv; expect 7 "too many values" psearch init --infer bad.csv; says "too many values" "bad.csv:2:1"
finish
