#!/bin/bash
# queries.sh - do the sampled queries mean what bench/peers/README.md says, and would the comparison
# of two builds notice a wrong answer?  Counts are computed a second time, from the text.
set -u
build=$(cd "${PRISM_BUILDDIR:-.}" && pwd)
bench=$(cd "${PRISM_SRCDIR:-.}" && pwd)/bench
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
export PYTHONDONTWRITEBYTECODE=1
failed=0
fail() { echo "FAIL: $*"; failed=1; }
for script in "$bench"/queries "$bench"/query_ab; do
    python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "$script" || fail "$script"
done

# words of Latin letters, and some runs of pairs
"$build/bench/zipf" --docs 4000 | python3 -c '
import json, re, sys
for i, line in enumerate(sys.stdin):
    words = re.findall("[a-z0-9]+", json.loads(line)["body"].lower())
    run = "".join(chr(0x4e00 + (i * 7 + j * j) % 40) for j in range(17))
    print(" ".join(words + ([run[j:j + 2] for j in range(16)] if i % 3 == 0 else [])))' >"$work/text.tok"
"$build/bench/prism_build" query:whitespace "$work/text.tok" "$work/index" 67108864 >/dev/null || fail "prism_build"
"$bench/queries" "$work/text.tok" --per-class 6 >"$work/q.tsv" || fail "queries"
"$bench/queries" "$work/text.tok" --per-class 6 | cmp - "$work/q.tsv" || fail "not the same queries again"
"$bench/queries" "$work/text.tok" --per-class 6 --classes or-3 | cmp - <(grep '^or-3' "$work/q.tsv") || fail "a class alone"
"$bench/queries" "$work/text.tok" --per-class 6 --seed 2 >"$work/other.tsv" && cmp -s "$work/other.tsv" "$work/q.tsv" && fail "the seed is not used"
for class in term-1 and-many or-2 phrase-2 phrase-stop-3 must-should not-or filter-phrase stop-and paragraph prefix han-2 han-8 han-question; do
    [ "$(grep -c "^$class	" "$work/q.tsv")" = 6 ] || [ $class = term-1 ] || fail "class $class: $(grep -c "^$class	" "$work/q.tsv") queries"
done
"$build/bench/prism_query" "$work/index" "$work/q.tsv" --repeat 1 >"$work/answers.jsonl" || fail "prism_query"
"$build/bench/prism_query" "$work/index" "$work/q.tsv" --repeat 1 --exhaustive --cpu scalar >"$work/exhaustive.jsonl" || fail "--exhaustive"
"$build/bench/prism_query" "$work/index" "$work/q.tsv" --repeat 1 --threads 2 --modes top100count,count >"$work/threads.jsonl" || fail "--threads"

cat >"$work/judge.py" <<'P'
import json, re, sys
work = sys.argv[1]
docs = [line.rstrip("\n").split(" ") for line in open(work + "/text.tok", encoding="utf-8")]
sets = [set(d) for d in docs]

def mixed(i):
    i = (i ^ i >> 16) * 0x7feb352d % 2 ** 32
    i = (i ^ i >> 15) * 0x846ca68b % 2 ** 32
    return (i ^ i >> 16) // 2 ** 22

number = [mixed(i) for i in range(len(docs))]

def matches(i, text):
    if text.startswith('"'):
        words = text.strip('"').split(" ")
        return set(words) <= sets[i] and any(docs[i][j:j + len(words)] == words for j in range(len(docs[i])))
    return any(w.startswith(text[:-1]) for w in docs[i]) if text.endswith("*") else text in sets[i]

def count(query):
    low, high = 0, 1023
    if "#" in query:
        query, _, ends = query.partition("#")
        low, high = map(int, ends.split(".."))
    parts = re.findall(r'([+-]?)("[^"]*"|\S+)', query)
    must, no, may = ([t for s, t in parts if s == sign] for sign in ("+", "-", ""))
    return sum(low <= number[i] <= high and all(matches(i, t) for t in must) and not any(matches(i, t) for t in no)
               and (bool(must) or any(matches(i, t) for t in may)) for i in range(len(docs)))

def rows(name):
    return [json.loads(line) for line in open(f"{work}/{name}.jsonl", encoding="utf-8")]

known = {}
for r in rows("answers"):
    want = known.setdefault(r["query"], None)
    if want is None:
        want = known[r["query"]] = count(r["query"])
        assert want > 0 or r["class"].startswith(("filter", "stop-and")), ("finds nothing", r)
    if r["mode"] in ("count", "top100count"):
        assert r["count"] == want, (want, r)
    assert r["ns"] >= r["min"] >= 0 < r["ns"] and r["runs"] >= 1 and len(r["ids"]) == (0 if r["mode"] == "count" else min(10, want)), r
answers = {(r["query"], r["mode"]): (r["ids"], r["scores"], r["count"]) for r in rows("answers")}
for r in rows("exhaustive") + rows("threads"):
    ids, scores, found = answers[r["query"], r["mode"]]
    assert (r["ids"], r["scores"]) == (ids, scores), r
for q in known:
    assert len({json.dumps(answers[q, m][:2]) for m in ("top10", "top100", "top1000", "top100count")}) == 1, q
assert len(rows("threads")) == 2 * 2 * len([q for q in open(work + "/q.tsv", encoding="utf-8")])
print(len(known), "queries")
P
python3 "$work/judge.py" "$work" || fail "the answers"

"$build/bench/prism_query" "$work/index" "$work/q.tsv" --open >"$work/open.json" && grep -q '"open_and_search_ns":[1-9]' "$work/open.json" || fail "--open"

# two builds beside each other; one that lies is told
"$bench/query_ab" "$build" "$build:--exhaustive" "$work/index" "$work/q.tsv" --per-class 2 --turns 1 --repeat 1 \
    --modes top10,count --classes 'or-*,phrase-2' >"$work/ab" || fail "query_ab: $(cat "$work/ab")"
grep -q '^or-3  *top10  *2 |' "$work/ab" && grep -q '^ALL  *count' "$work/ab" || fail "query_ab printed $(cat "$work/ab")"
grep -q '^and' "$work/ab" && fail "a class that was not asked for"
mkdir -p "$work/liar/bench"
cat >"$work/liar/bench/prism_query" <<'P'
#!/usr/bin/env python3
import sys
for line in sys.stdin:
    print('{"ns":5000,"min":5000,"wall":5000,"runs":1,"count":12345,"ids":[],"scores":[]}', flush=True)
P
chmod +x "$work/liar/bench/prism_query"
"$bench/query_ab" "$work/liar" "$work/liar" "$work/index" "$work/q.tsv" --per-class 1 --turns 1 --modes count >"$work/ab" || fail "equal answers"
grep -q 'ALL .* 5\.0 .* 1\.000 ' "$work/ab" || fail "figures: $(tail -8 "$work/ab")"
"$bench/query_ab" "$build" "$work/liar" "$work/index" "$work/q.tsv" --per-class 1 --turns 1 --modes count --classes or-2 >"$work/ab" && fail "a wrong answer passed"
grep -q 'DIFFERENT answers: count' "$work/ab" || fail "a wrong answer is not told"
exit "$failed"
