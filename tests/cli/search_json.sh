#!/bin/bash
# search_json.sh - search JSON, version 1: every name of it, spans in the unit asked for, JSON lines.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99
has python3 || { echo "# skipped: needs python3"; exit 77; }

cat >docs.ndjson <<'T'
{"id":"a","title":"Apple 😀 pie","body":"蘋果 and 😀 apple","extra":{"k":[1,2]},"tags":["x","y"]}
{"id":"b","title":"Pear","body":"no fruit like an apple"}
T
expect 0 "put" psearch put -i ix docs.ndjson
S="psearch search -i ix"

expect 0 "the whole" $S --format=json apple
json "the names at the top" 'list(d) == ["v","index","generation","query","took_us","total","hits","facets","next","notes"]'
json "the values at the top" 'd["v"] == 1 and re.fullmatch("[0-9a-f]{32}", d["index"]) and d["query"] == "apple" and isinstance(d["took_us"], int)'
json "total, facets, next, notes" 'd["total"] == {"value":2,"relation":"eq"} and d["facets"] == {} and d["next"] is None and d["notes"] == []'
json "a hit" 'all(list(h) == ["id","score","fields","highlights"] for h in d["hits"]) and [h["id"] for h in d["hits"]] == ["a","b"]'
json "scores fall" 'd["hits"][0]["score"] > d["hits"][1]["score"] > 0'
json "the stored document, unknown names too" 'd["hits"][0]["fields"]["extra"] == {"k":[1,2]} and d["hits"][0]["fields"]["tags"] == ["x","y"]'
json "spans are bytes of UTF-8" 'all(h["text"].encode()[s:e].lower() == b"apple" for i in d["hits"] for f in i["highlights"].values() for h in f for s, e in h["spans"])'
json "a field without a match has no highlight" 'list(d["hits"][1]["highlights"]) == ["body"]'
is "one line" "$(wc -l <out)" 1
generation=$(python3 -c 'import json; print(json.load(open("out"))["generation"])')

expect 0 "Han spans" $S --format=json 苹果
json "Han spans are bytes" '[h["text"].encode()[s:e].decode() for h in d["hits"][0]["highlights"]["body"] for s, e in h["spans"]] == ["蘋果"]'
expect 0 "bytes" $S --format=json --offsets=byte -n 1 pie
json "bytes" 'd["hits"][0]["highlights"]["title"][0]["spans"] == [[11,14]]'
expect 0 "characters" $S --format=json --offsets=char -n 1 pie
json "characters" 'd["hits"][0]["highlights"]["title"][0]["spans"] == [[8,11]]'
expect 0 "UTF-16" $S --format=json --offsets=utf16 -n 1 pie
json "UTF-16" 'd["hits"][0]["highlights"]["title"][0]["spans"] == [[9,12]]'

expect 0 "--fields" $S --format=json --fields=title,tags apple
json "--fields" '[list(h["fields"]) for h in d["hits"]] == [["title","tags"],["title"]]'
expect 0 "--fields none of them" $S --format=json --fields=zebra apple
json "--fields none of them" '[h["fields"] for h in d["hits"]] == [{},{}]'
expect 1 "nothing" $S --format=json zebra
json "nothing is a whole answer too" 'd["total"] == {"value":0,"relation":"eq"} and d["hits"] == []'
expect 0 "count" $S --format=json --count apple
json "count" 'd["total"]["value"] == 2 and d["hits"] == []'
expect 0 "notes" $S --format=json 'apple (pear fuzzy~'
json "notes" '[n["at"] for n in d["notes"]] == [6,12] or [n["at"] for n in d["notes"]] == [12,6]'
quiet "notes of the JSON form"
expect 0 "an ill-formed query" $S --format=json $'apple \xff'
json "an ill-formed query is mended" 'd["query"] == "apple \ufffd"'
expect 0 "format-version" $S --format=json --format-version=1 apple
expect 0 "--highlight" $S --format=json --highlight apple
json "--highlight gives the whole field" 'd["hits"][0]["highlights"]["body"][0]["text"] == "蘋果 and 😀 apple"'

expect 0 "lines" $S --format=jsonl apple
json_lines "lines" '[list(x) for x in d] == [["id","score","fields","highlights"]] * 2'
expect 1 "no lines" $S --format=jsonl zebra; silent "no lines"

expect 0 "another commit" psearch put -i ix docs.ndjson
expect 0 "generation" $S --format=json apple
json "the generation grows, the index stays" "d['generation'] > $generation"
finish
