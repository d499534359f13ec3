#!/bin/bash
# look.sh - analyze, parse, terms, info: looking inside.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

# analyze: JSON lines of exactly these names, offsets in bytes of the input
expect 0 "analyze" psearch analyze '達267%。'
is "analyze" "$(cat out)" '{"term":"达","pos":0,"span":1,"start":0,"end":3}
{"term":"267","pos":1,"span":1,"start":3,"end":6}
{"term":"267%","pos":1,"span":1,"start":3,"end":7}'
printf 'Running\n數據' >text; expect_in 0 "analyze standard input" text psearch analyze
json_lines "analyze standard input" '[(t["term"],t["start"],t["end"]) for t in d] == [("run",0,7),("数",8,11),("数据",8,14),("据",11,14)]'
expect 0 "words are one text" psearch analyze two words; json_lines "one text" 'd[1]["start"] == 4'
expect 0 "a text like an option" psearch analyze -- -x; json_lines "a text like an option" 'd[0]["start"] == 1'
expect 0 "a keyword field" psearch analyze --field tags 'Data Center'; json_lines "keyword" '[t["term"] for t in d] == ["data center"]'
expect 2 "no such field" psearch analyze --field zebra x; says "no such field" "zebra"
expect 0 "ill-formed" psearch analyze $'a\xffb'; json_lines "ill-formed" '[(t["start"],t["end"]) for t in d] == [(0,1),(2,3)]'
expect 0 "nothing" psearch analyze; silent "nothing"

# parse: a JSON object with the tree and the notes; no index is needed
expect 0 "parse" psearch parse '+gpt -"dark pattern"'
json "parse" 'list(d) == ["v","index","generation","query","shape","tree","notes"] and d["v"] == 1 and d["index"] is None'
json "the tree" 'd["tree"]["must"][0]["key"]["text"] == "gpt" and d["tree"]["must_not"][0]["type"] == "phrase" and d["notes"] == []'
expect 0 "notes" psearch parse 'word (x'; json "notes" 'd["notes"][0]["at"] == 5 and "parenthesis" in d["notes"][0]["text"]'
expect 0 "operator" psearch parse --default-operator=and one two; json "operator" 'len(d["tree"]["must"]) == 2'
expect 0 "fields" psearch parse --fields-searched=title^3 one; json "fields" 'd["tree"]["fields"] == {"title":3}'
expect 0 "ill-formed" psearch parse $'a\xff'; json "ill-formed" 'd["query"] == "a\ufffd"'

printf '{"id":"a","title":"Apple pie","body":"apple apple tree","tags":"Red"}\n{"id":"b","body":"apple 數據"}\n' >docs.ndjson
expect 0 "put" psearch -i ix put docs.ndjson
expect 0 "parse with an index" psearch -i ix parse x; json "parse with an index" 're.fullmatch("[0-9a-f]{32}", d["index"]) and d["generation"] >= 1'

# terms
expect 0 "terms" psearch -i ix terms --field body
is "terms" "$(sed 's/  */ /g' out)" " 2 3 appl
 1 1 tree
 1 1 据
 1 1 数
 1 1 数据"
expect 0 "--prefix" psearch -i ix terms --field body --prefix app --format=ids; is "--prefix" "$(cat out)" appl
expect 0 "--top" psearch -i ix terms --field body --top 1 --format=jsonl
is "--top" "$(cat out)" '{"term":"appl","kind":"word","df":2,"cf":3}'
expect 0 "--prefix --top" psearch -i ix terms --field body --prefix 数 --top 1 --format=ids; is "--prefix --top" "$(cat out)" 数
expect 0 "keywords" psearch -i ix terms --field tags --format=ids; is "keywords" "$(cat out)" red
expect 0 "JSON" psearch -i ix terms --field body --format=json
json "JSON" 'list(d) == ["v","index","generation","field","terms"] and len(d["terms"]) == 5 and d["terms"][0]["df"] == 2'
expect 1 "no such term" psearch -i ix terms --field body --prefix zebra --format=json; json "no such term" 'd["terms"] == []'
expect 2 "no such field" psearch -i ix terms --field zebra; says "no such field" "zebra: no such field"

# info
expect 0 "info" psearch -i ix info; quiet "info"
for word in documents deleted segments generation field component terms body title; do prints "info" "$word"; done
for how in --json --format=json; do
    expect 0 "info $how" psearch -i ix info $how
    json "info $how" 'd["v"] == 1 and d["documents"] == 2 and d["deleted"] == 0 and d["segments"] == 1 and d["uuid"] == d["index"]'
    json "info: bytes" 'd["bytes"] == sum(d["components"].values()) and d["fields"]["body"]["bytes"] > 0'
    json "info: schema and versions" '[f["name"] for f in d["schema"]["fields"]] == ["id","title","body","url","date","lang","source","tags"] and d["format"] and d["library"]'
done
expect 0 "rm" psearch -i ix rm a
expect 0 "info after rm" psearch -i ix info --json; json "info after rm" 'd["documents"] == 1 and d["deleted"] in (0, 1)'
finish
