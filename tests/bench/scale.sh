#!/bin/bash
# scale.sh - does bench/scale.py measure what it says, and say what does not hold?
set -u
scale=${PRISM_SRCDIR:-.}/bench/scale.py
build=${PRISM_BUILDDIR:-.}
command -v python3 >/dev/null || { echo "no python3: skipped"; exit 77; }
grep -q RssAnon /proc/self/status 2>/dev/null && [ -r /proc/self/io ] || { echo "no RssAnon or io in /proc: skipped"; exit 77; }
nm -D "$build/.libs/libprismsearch.so" 2>/dev/null | grep -q '__[at]san_' && { echo "sanitizers hold memory of their own: skipped"; exit 77; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
failed=0

python3 "$scale" --psearch "$build/psearch" --zipf "$build/bench/zipf" --sizes 500,12000 --memory 64M --rounds 1 \
    --out lines.jsonl >out 2>err || { echo "FAIL: exit $?"; cat err; failed=1; }
cmp -s out lines.jsonl || { echo "FAIL: --out is not what was printed"; failed=1; }
python3 - <<'P' || failed=1
import json
rows = [json.loads(line) for line in open("lines.jsonl")]
assert rows[0]["kind"] == "run" and rows[0]["cores"] > 0 and rows[0]["started"], rows[0]
rows = rows[1:]
assert [(r["mode"], r["docs"]) for r in rows] == [("load", 500), ("load", 12000), ("steady", 500), ("steady", 12000)]
for r in rows:
    assert r["cpu_s"] > 0 and r["peak_anon"] > 1 << 20 and r["index_bytes"] > 400 * r["docs"], r
    assert abs(r["us_per_doc"] - 1e6 * r["cpu_s"] / r["docs"]) < 1 and r["written"] >= r["index_bytes"], r
assert rows[1]["segments"] == 1 and rows[1]["amplification"] < 1.1, rows[1]
assert 1 <= rows[3]["segments"] <= 3, rows[3]  # three commits
P

# judge NAME CODE TEXT CHANGES...   of the lines, with members changed
judge() {
    local name=$1 code=$2 text=$3
    shift 3
    python3 - "$@" <<'P'
import json, sys
base = {"kind": "scale", "mode": "load", "memory": 64 << 20, "docs": 100000, "us_per_doc": 20, "wall_s": 1,
        "peak_anon": 1, "over_budget": 1.0, "amplification": 2.0, "segments": 1}
with open("judged.jsonl", "w") as f:
    for change in ["{}"] + sys.argv[1:]:
        print(json.dumps({**base, **json.loads(change)}), file=f)
P
    python3 "$scale" --judge judged.jsonl >out 2>&1
    [ $? = "$code" ] || { echo "FAIL: $name: not exit $code"; cat out; failed=1; }
    grep -qF -- "$text" out || { echo "FAIL: $name: no '$text'"; cat out; failed=1; }
}
judge "flat" 0 "1.140" '{"docs": 1000000, "us_per_doc": 22.8}' '{"docs": 10000, "us_per_doc": 60}'
judge "not flat" 1 "load, 64M, 1000000: cost of a document 1.200" '{"docs": 1000000, "us_per_doc": 24}'
judge "memory" 1 "memory 1.20 of the budget" '{"docs": 10000, "over_budget": 1.2}'
judge "written" 1 "written 2.10 times" '{"docs": 10000, "amplification": 2.1}'
judge "steady" 0 "3.90" '{"mode": "steady", "amplification": 3.9, "segments": 30}'
judge "steady, written" 1 "written 4.10 times" '{"mode": "steady", "amplification": 4.1}'
judge "steady, segments" 1 "31 segments" '{"mode": "steady", "segments": 31}'
exit "$failed"
