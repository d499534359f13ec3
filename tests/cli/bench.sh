#!/bin/bash
# bench.sh - timed queries: the forms of query files, classes, figures, what is skipped.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

awk 'BEGIN { for (i = 0; i < 400; i++) printf "{\"id\":\"k%d\",\"title\":\"apple\",\"body\":\"pear number %d\"}\n", i, i }' >docs.ndjson
expect 0 "put" psearch -i ix put docs.ndjson
B="psearch -i ix bench --repeat=3 --warmup=1"

printf 'apple\n+apple +pear\n\n"pear number"\napple pear\npea*\n' >q.txt
expect 0 "a query a line" $B --queries q.txt; quiet "a query a line"
for word in p50 p95 p99 mean QPS phrase prefix '+apple +pear' all; do prints "human" "$word"; done
is "rows" "$(grep -c '[0-9]$' out)" 11
expect 0 "JSON" $B --queries q.txt --json
json "JSON" 'd["v"] == 1 and d["mode"] == "top10" and d["repeat"] == 3 and d["skipped"] == 0 and re.fullmatch("[0-9a-f]{32}", d["index"])'
json "classes" 'sorted(d["classes"]) == ["and","or","phrase","prefix","term"] and sum(c["queries"] for c in d["classes"].values()) == 5'
json "figures" 'all(0 < c["p50"] <= c["p95"] <= c["p99"] and c["mean"] > 0 and c["qps"] > 0 for c in [d["all"], *d["classes"].values()])'
json "figures of a query" 'all(0 < q["min"] <= q["p50"] <= q["p95"] <= q["p99"] for q in d["queries"]) and len(d["queries"]) == 5'
json "QPS" 'abs(d["all"]["qps"] - 1e6 * 5 / sum(q["p50"] for q in d["queries"])) < 1'
expect 0 "lines" $B --queries q.txt --format=jsonl; json_lines "lines" '[q["class"] for q in d] == ["term","and","phrase","or","prefix"]'

for mode in top10 top100 top1000 count top10+count; do expect 0 "$mode" $B --queries q.txt --mode=$mode --json; json "$mode" "d['mode'] == '$mode'"; done
expect 0 "count is exact" $B --queries q.txt --mode=count --json; json "count is exact" '[q["total"] for q in d["queries"]] == [400] * 5'
for more in --exhaustive --cpu=scalar --checksums=lazy --checksums=eager --checksums=off --default-operator=and --fields-searched=title; do
    expect 0 "$more" $B --queries q.txt $more
done
expect 2 "no such CPU" $B --queries q.txt --cpu=mmx
expect 2 "no repeat" psearch -i ix bench --queries q.txt --repeat=0
best=$($B --queries q.txt --json --mode=count | sed 's/.*"queries":\[//; s/"\(p50\|p95\|p99\|mean\|min\)":[0-9.e-]*//g')
scalar=$($B --queries q.txt --json --mode=count --cpu=scalar | sed 's/.*"queries":\[//; s/"\(p50\|p95\|p99\|mean\|min\)":[0-9.e-]*//g')
is "scalar kernels find the same" "$scalar" "$best"

# JSON lines with tags: a query counts for each of its tags
printf '{"query":"+apple +pear","tags":["intersection","global"]}\n{"query":"apple pear","tags":["union","global"]}\n{"query":"apple"}\n{"nothing":1}\nnot json\n' >q.jsonl
expect 0 "tags" $B --queries q.jsonl --json
json "tags" '{k: c["queries"] for k, c in d["classes"].items()} == {"intersection":1,"union":1,"global":2,"term":1} and d["all"]["queries"] == 3'
json "lines that are none" 'd["skipped"] == 2'; says "lines that are none" "q.jsonl: 2 skipped, the first at line 4: "

# luceneutil tasks: frequencies left out, forms not built skipped and told
cat >q.tasks <<'T'
# a remark
Term: apple # freq=8159148
AndHighHigh: +apple +pear # freq=1579829 freq=1325903
AndHighOrMedMed: +apple +(pear number) # freq=1 freq=2 freq=3
Phrase: "pear number" # freq=4925025
SloppyPhrase: "number pear"~4 # freq=3624270
SpanNear: near//pear number # freq=2056495
CountTerm: count(apple) # freq=708472
CountPhrase: count("pear number")
Prefix3: app*

Fuzzy1: sabre~1
Fuzzy2: cheer~2
Wildcard: th*e
IntNRQ: nrq//timesecnum 10044 66714
TermTitleSort: titledvsort//0 # freq=708472
TermGroup100: group100//0 # freq=708472
TermDateFacets: 0 +facets:taxonomy:Date # freq=708472
FilteredTerm: 0 +filter=5%
VectorSearch: vector//publisher backstory
Respell: biker
T
expect 0 "tasks" $B --queries q.tasks --json
json "tasks: classes" 'sorted(d["classes"]) == ["AndHighHigh","AndHighOrMedMed","CountPhrase","CountTerm","Phrase","Prefix3","SloppyPhrase","SpanNear","Term"]'
json "tasks: texts" '[q["query"] for q in d["queries"] if q["class"] in ("Term","SpanNear","CountPhrase")] == ["apple","\"pear number\"~10","\"pear number\""]'
json "tasks: counts" '[q["total"] for q in d["queries"] if q["class"].startswith("Count")] == [400, 400]'
json "tasks: skipped" 'd["skipped"] == 10 and sum(d["skipped_forms"].values()) == 10'
json "tasks: told by form" 'd["skipped_forms"]["a fuzzy word is not in this version"] == 2'
says "tasks" "q.tasks: 2 skipped, the first at line 12: a fuzzy word is not in this version"
printf 'Fuzzy1: sabre~1\n' >none.tasks; expect 1 "nothing to ask" $B --queries none.tasks

# the shared lists are read whole
shared=${PRISM_SHARED:-${PRISM_SRCDIR:-.}/../shared}/queries
if [ -d "$shared" ]; then
    for f in "$shared"/*.tasks "$shared"/*.jsonl; do
        expect 0 "$f" psearch -i ix bench --repeat=1 --warmup=0 --queries "$f" --json
        lines=$(grep -cv -e '^#' -e '^ *$' "$f"); json "$f" "d['all']['queries'] + d['skipped'] == $lines and d['all']['queries'] > 100"
    done
else
    skip "the shared query lists (no $shared)"
fi
finish
