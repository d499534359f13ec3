#!/bin/bash
# run_queries.sh - can the table of bench/run-queries be believed?  Figures and ratios are computed a
# second time, a class that is not counted alike has no ratio, gates fall on the side they should; and
# a small run of our own engine goes through from articles to table.  No peer is needed.
set -u
build=$(cd "${PRISM_BUILDDIR:-.}" && pwd)
bench=$(cd "${PRISM_SRCDIR:-.}" && pwd)/bench
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
export PYTHONDONTWRITEBYTECODE=1
failed=0
fail() { echo "FAIL: $*"; failed=1; }
for script in "$bench"/run-queries "$bench"/query_rows.py "$bench"/rig.py "$bench"/peers/*.py "$bench"/peers/*/*.py; do
    python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "$script" || fail "$script"
done

cat >"$work/judge.py" <<'P'
import json, math, sys, types
sys.path.insert(0, sys.argv[1])
import query_rows
work = sys.argv[2]
records = [{"kind": "corpus", "run": "r", "corpus": "c", "docs": 200000}]
def write(kind, **members):
    records.append({"kind": kind, "run": "r", **members})
bench = types.SimpleNamespace(times={}, answers={}, write=write, options=types.SimpleNamespace(out=work + "/made"))
def add(name, query, engine, mode, turns, count, ids=(1, 2), scores=(2.0, 1.0)):
    bench.times.setdefault(("c", name, mode, engine), {})[query] = [(ns, ns - 1, ns + 1) for ns in turns]
    bench.answers["c", engine, mode, query] = count, list(ids), list(scores)
for q, ours, theirs in (("a", (1000, 9000, 2000), (4000, 4000, 4000)), ("b", (8000, 8000, 8000), (1000, 2000, 4000))):
    for mode, count in (("top10", -1), ("count", 7)):
        add("or-2", q, "prismsearch", mode, ours, count)
        add("or-2", q, "lucene", mode, theirs, count, ids=(2, 3))
        add("and-2", "+" + q, "prismsearch", mode, (1000,), 5)
        add("and-2", "+" + q, "lucene", mode, (1000,), 5 if q == "a" else 6)
    add("or-2", q, "bm25s", "top10", (1000,), -1, scores=(2.0, 1.0 + (.00005 if q == "a" else .0005)))
query_rows.judge(bench, "c", ["prismsearch", "lucene", "bm25s"])
def one(kind, **members):
    found = [r for r in records if r["kind"] == kind and all(r.get(k) == v for k, v in members.items())]
    assert len(found) == 1, (kind, members, found)
    return found[0]
l = one("latency", **{"class": "or-2"}, mode="top10", engine="prismsearch")
assert (l["mean"], l["max"], l["slowest"], l["n"], l["turns"]) == (5, 8, "b", 2, 3), l
r = one("query_ratio", **{"class": "or-2"}, mode="top10", peer="lucene")
assert r["geomean"] == round(math.sqrt(.5 * 4), 4) and r["mean"] == round(5 / 3, 4), r  # .25, 2.25, .5 and 8, 4, 2
assert (r["wins"], r["worst"], r["worst_query"], r["n"]) == (1, 4, "b", 2), r
assert r["overlap"] == .5, r
assert not [r for r in records if r["kind"] == "query_ratio" and r["class"] == "and-2"]
u = one("unequal", **{"class": "and-2"}, engine="lucene")
assert (u["what"], u["query"], u["got"], u["want"]) == ("count", "+b", 6, 5), u
u = one("unequal", **{"class": "or-2"}, engine="bm25s")
assert (u["what"], u["query"]) == ("scores", "b"), u
mix = one("query_ratio", **{"class": "all"}, mode="top10", peer="lucene")
assert mix["n"] == 2 and mix["geomean"] == r["geomean"], mix
gates = {(g[0], g[1], g[2]): g for g in query_rows.gates_of(records, "c")}
assert gates["top-10 or", "or-2", "top10"][4] == r["mean"] and ("top-10 and", "and-2", "top10") not in gates
text = query_rows.table(records)
assert "MISSED  top-10 or" in text and "unequal: c, lucene: and-2 top10 +b: count 6, not 5" in text, text
assert len(open(work + "/made.each").readlines()) == 18
print("rows")
P
python3 "$work/judge.py" "$bench" "$work" || fail "the rows"

# from articles to the table, twice: indexes and queries are kept
command -v zstd >/dev/null && command -v taskset >/dev/null || { echo "no zstd, or no taskset: no run"; exit "$failed"; }
mkdir -p "$work/shared/data" "$work/b/bench" "$work/b/.libs"
"$build/bench/zipf" --docs 600 | python3 -c '
import json, sys
for i, line in enumerate(sys.stdin):
    print(json.dumps({"id": str(i), "title": "t", "body": json.loads(line)["body"], "lang": "en"}))' | zstd -q >"$work/shared/data/articles-00.ndjson.zst"
for name in bench/prism_query bench/prism_build bench/prism_bound; do
    program=$build/$name
    [ -x "$build/${name%/*}/.libs/${name##*/}" ] && program=$build/${name%/*}/.libs/${name##*/}
    ln -s "$program" "$work/b/$name"
done
ln -s "$build"/.libs/libprismsearch.so* "$work/b/.libs/" 2>/dev/null
run() {
    "$bench/run-queries" --build "$work/b" --shared "$work/shared" --corpora en-tokens --quick --core 0 --warm .2 \
        --classes 'term-1,or-2,phrase-*' --per-class 3 --turns 2 --repeat 1 "$@" >"$work/table" 2>"$work/log"
}
run --engines prismsearch,prismsearch-exhaustive || fail "run-queries: $(cat "$work/log" "$work/table")"
grep -q '^or-2  *top10  *3 ' "$work/table" && grep -q '^all  *count ' "$work/table" || fail "the table: $(cat "$work/table")"
cp "$work/b/query-results.jsonl" "$work/first.jsonl"
grep -q '^Alone, en-tokens: open and first query .* lists, top 100, [0-9.]* ns a posting' "$work/table" || fail "no limits: $(cat "$work/table")"
grep -q 'prismsearch builds' "$work/log" || fail "no index: $(cat "$work/log")"
run --engines prismsearch || fail "once more: $(cat "$work/log")"
grep -q 'builds' "$work/log" && fail "built again"
cp "$work/table" "$work/plain"
run --ablations --turns 1 --modes top10,count --out "$work/own.jsonl" || fail "--ablations: $(cat "$work/log" "$work/table")"
for state in shuffled reordered ten deleted exhaustive; do
    grep -q "\"peer\": \"prismsearch-$state\"" "$work/own.jsonl" || fail "no ratio to $state"
done
grep -q '^Threads, en-tokens' "$work/table" || fail "no threads"
segments() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["segments"])' "$work/b/peers/indexes/quick/en-tokens-prismsearch-query-whitespace$1.json"; }
[ "$(segments -ten) $(segments -reordered) $(segments -deleted) $(segments '')" = "10 1 1 1" ] || fail "segments: $(segments -ten)"
cp "$work/plain" "$work/table"
"$bench/run-queries" --report "$work/b/query-results.jsonl" | cmp - "$work/table" || fail "--report"
[ "$(python3 -c '
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
print(len({r["run"] for r in rows}), sorted({r["kind"] for r in rows}))' "$work/b/query-results.jsonl")" = \
    "2 ['corpus', 'engine', 'latency', 'limits', 'query_ratio', 'run']" ] || fail "kinds of rows"

# growth: more documents, the same queries; and all of it as plots, tables and figures
python3 "$bench/query_growth.py" --build "$build" --sizes 500,3000 --per-class 2 --modes top10,count --folder "$work/growth" \
    --out "$work/growth.jsonl" >/dev/null 2>"$work/log" || fail "query_growth: $(cat "$work/log")"
grep -q '^or-2  *count .* [0-9]' "$work/log" || fail "the table of growth: $(cat "$work/log")"
mkdir -p "$work/tree/docs/bench/results"
printf '<!-- bench -->\n<!-- /bench -->\n' >"$work/tree/README.md"
{
    sed 's/"prismsearch-exhaustive"/"lucene"/; s/prismsearch-exhaustive/lucene/' "$work/first.jsonl"
    cat "$work/growth.jsonl"
} >"$work/tree/docs/bench/results/queries.jsonl"
python3 "$bench/report.py" --root "$work/tree" >"$work/log" 2>&1 || fail "report: $(cat "$work/log")"
for name in query-top10.svg query-count.svg query-growth.svg; do
    python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$work/tree/docs/bench/$name" || fail "$name"
done
grep -q '^| or-2 | top 10 | ' "$work/tree/docs/bench/README.md" || fail "no table"
grep -q '^| any word | [0-9.]* | [0-9.]* |$' "$work/tree/README.md" || fail "no figures: $(cat "$work/tree/README.md")"
python3 "$bench/report.py" --root "$work/tree" --check || fail "not stable"
exit "$failed"
