#!/bin/bash
# sort.sh - --sort, --filter, --after: news by date, page by page, as JSON and for a person.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99
has python3 || { echo "# skipped: needs python3"; exit 77; }

cat >docs.ndjson <<'T'
{"id":"a","title":"Chips of winter","body":"chips chips chips","date":"2025-01-10","tags":["b","c"],"lang":"en"}
{"id":"b","title":"Old chips","body":"chips","date":"1969-07-20T20:17:40.5Z","tags":["a"],"lang":"en"}
{"id":"c","title":"Chips of spring","body":"chips","date":"2025-03-05T09:30:00Z","tags":["d"],"lang":"zh"}
{"id":"d","title":"Chips without a date","body":"chips"}
{"id":"e","title":"Chips of winter again","body":"chips","date":"2025-01-31","lang":"en"}
{"id":"f","title":"Something else","body":"fish","date":"2025-02-01","lang":"en"}
T
expect 0 "put" psearch put -i ix docs.ndjson
S="psearch search -i ix"
order() { is "$1" "$(tr '\n' ' ' <out)" "$2"; }

# orders
expect 0 "newest first" $S --format=ids --sort=date:desc chips; order "newest first" "c e a b d "
expect 0 "oldest first" $S --format=ids --sort date chips; order "oldest first" "b a e c d "
expect 0 "least tag" $S --format=ids --sort=tags '*:*'; order "least tag" "b a c d e f "
expect 0 "greatest tag" $S --format=ids --sort=tags:desc,_arrival:desc '*:*'; order "greatest tag" "c a b f e d "
expect 0 "by two" $S --format=ids --sort=lang,date:desc '*:*'; order "by two" "f e a b c d "
expect 0 "by score" $S --format=ids --sort=_score,date chips; is "by score" "$(head -n 1 out)" "$($S --format=ids chips 2>err | head -n 1)"
expect 0 "last arrived first" $S --format=ids --sort=_arrival:desc '*:*'; order "last arrived first" "f e d c b a "

# ranges and filters
expect 0 "a month" $S --format=ids --sort=date 'date:2025-01'; order "a month" "a e "
expect 0 "through a month" $S --format=ids --sort=date 'date:[2025-01 TO 2025-02]'; order "through a month" "a e f "
expect 0 "after a month" $S --format=ids --sort=date 'date:>2025-01'; order "after a month" "f c "
expect 0 "a filter" $S --format=ids --sort=date --filter '+date:[2025 TO *] -lang:zh' chips; order "a filter" "a e "
expect 1 "a filter of nothing" $S --filter 'lang:fr' chips
expect 0 "filtered count" $S --count --filter 'lang:en' chips; is "filtered count" "$(cat out)" 3
expect 0 "unfiltered scores" $S --format=json chips
cp out unfiltered
expect 0 "filtered scores" $S --format=json --filter lang:en chips
json "a filter changes no score" 'len(d["hits"]) == 3 and all([h["id"], h["score"]] in [[g["id"], g["score"]] for g in json.load(open("unfiltered"))["hits"]] for h in d["hits"])'

# JSON
expect 0 "JSON" $S --format=json --sort=date:desc,tags,lang chips
json "sort values" '[h["sort"] for h in d["hits"]] == [["2025-03-05T09:30:00Z","d","zh"],["2025-01-31T00:00:00Z",None,"en"],["2025-01-10T00:00:00Z","b","en"],["1969-07-20T20:17:40.500Z","a","en"],[None,None,None]]'
json "names of a sorted hit" 'all(list(h) == ["id","score","fields","highlights","sort"] for h in d["hits"])'
json "no scores were asked for" 'all(h["score"] is None for h in d["hits"])'
expect 0 "scores asked for" $S --format=json --sort=lang,_score:desc chips
json "scores asked for" 'all(abs(h["sort"][1] - h["score"]) < 1e-6 and h["score"] > 0 for h in d["hits"])'
expect 0 "lines" $S --format=jsonl --sort=date chips; json_lines "lines" 'd[0]["sort"] == ["1969-07-20T20:17:40.500Z"]'

# pages
pages() { # pages NAME WANTED OPTIONS...
    local name=$1 wanted=$2 got="" next="" n=0
    shift 2
    while [ $n -lt 9 ]; do
        if [ -n "$next" ]; then
            expect 0 "$name" $S --format=json -n 2 "$@" --after "$next" chips
        else
            expect 0 "$name" $S --format=json -n 2 "$@" chips
        fi
        json "$name: the whole count on each page" 'd["total"] == {"value":5,"relation":"eq"}'
        got="$got$(python3 -c 'import json; print("".join(h["id"] for h in json.load(open("out"))["hits"]))')"
        next=$(python3 -c 'import json; print(json.load(open("out"))["next"] or "")')
        n=$((n + 1))
        [ -n "$next" ] || break
    done
    is "$name" "$got" "$wanted"
    is "$name: pages" "$n" 3
}
pages "pages by date" ceabd --sort=date:desc
pages "pages by tag" bacde --sort=tags
pages "pages, best first" "$($S --format=ids chips 2>err | tr -d '\n')"

# for a person
expect 0 "human" $S --sort=date:desc,lang -n 2 chips
prints "a date is shown" "2025-03-05T09:30:00Z"; grep -q score out && fail "a score was shown where there is none"
is "a date is shown once" "$(grep -o 2025-03-05T09:30:00Z out | wc -l)" 1
prints "what it stands by" "lang zh"
says "how to go on" "more: --after "
token=$(sed -n 's/.*--after //p' err)
expect 0 "human, the next page" $S --sort=date:desc,lang -n 9 --after "$token" chips
says "the next page" "3 more of 5 documents"; grep -q -- "--after" err && fail "there is nothing behind the last page"

# mistakes
expect 2 "no such field" $S --sort=nosuch chips; says "no such field" "--sort: the order names \"nosuch\""
expect 2 "a text" $S --sort=title chips; says "a text" "no column"
expect 2 "twice" $S --sort=date,date:desc chips; says "twice" "twice"
expect 2 "no way" $S --sort=date:down chips; says "no way" ":asc or :desc"
expect 2 "no token" $S --sort=date --after hello chips; says "no token" "no token"
expect 2 "an empty token" $S --after '' chips
expect 2 "a token of another order" $S --sort=lang --after "$token" chips; says "a token of another order" "another order"
expect 0 "a bad value in a filter is noted" $S --filter 'date:2025-13 lang:en' chips; says "a bad value in a filter" "--filter: "
expect 2 "a bad value in a filter, strictly" $S --strict --filter 'date:2025-13' chips
expect 2 "a bad value, strictly" $S --strict 'date:2025-13'; says "a bad value, strictly" "2025-13"; says "a bad value, strictly" "psearch: column "
expect 2 "a bad filter, strictly" $S --strict --filter 'date:2025-13' chips; says "a bad filter, strictly" "psearch: --filter: column "

# bench
printf 'chips\n' >q.txt
expect 0 "bench" psearch bench -i ix --queries q.txt --repeat 1 --warmup 0 --json --sort date:desc --filter lang:en --mode top10+count
json "bench" 'd["queries"][0]["total"] == 3'
expect 2 "bench, a bad filter" psearch bench -i ix --queries q.txt --filter 'date:x'
finish
