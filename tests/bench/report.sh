#!/bin/bash
# report.sh - are the figures of the README those of the results file, and does the check see it when not?
set -u
src=$(cd "${PRISM_SRCDIR:-.}" && pwd)
command -v python3 >/dev/null || { echo "no python3: skipped"; exit 77; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
failed=0

# expect CODE NAME TEXT COMMAND...   output has TEXT
expect() {
    local want=$1 name=$2 text=$3 got
    shift 3
    "$@" >out 2>&1
    got=$?
    [ "$got" = "$want" ] || { echo "FAIL: $name: exit $got, not $want"; cat out; failed=1; }
    [ -z "$text" ] || grep -qF -- "$text" out || { echo "FAIL: $name: no '$text' in"; cat out; failed=1; }
}
report() { python3 "$src/bench/report.py" --root "$work/tree" "$@"; }
has() { grep -qF -- "$2" "tree/$1" || { echo "FAIL: $1 lacks $2"; failed=1; }; }
lacks() { ! grep -qF -- "$2" "tree/$1" || { echo "FAIL: $1 has $2"; failed=1; }; }

# this tree
python3 "$src/bench/report.py" --root "$src" --check || failed=1

# a small one, whose figures are known
mkdir -p tree/docs/bench/results
cp "$src/tests/bench/report/peers.jsonl" "$src/tests/bench/report/own.jsonl" tree/docs/bench/results || exit 99
printf 'before\n<!-- bench -->\nold 1.23x\n<!-- /bench -->\nbehind\n' >tree/README.md
expect 1 "stale" "README.md is not what" report --check
expect 0 "written" "written: README.md" report
expect 0 "nothing to do" "" report
[ ! -s out ] || { echo "FAIL: written twice:"; cat out; failed=1; }
expect 0 "fresh" "" report --check
has README.md "| English articles: the same tokens, positions | 66 MB/s | 5.0x, 0.94 | 2.4x, 0.86 | 2.0x, 0.60 |"
has README.md "| Chinese articles: own analyzers, positions | 66 MB/s | 5.0x, 0.94 |  |  |"
has README.md "| 1,000,000 | 24.0 µs | 1.20 | 0.50 | 1.50 | 3 |"
lacks README.md "old 1.23x"
[ "$(head -n 1 tree/README.md) $(tail -n 1 tree/README.md)" = "before behind" ] || { echo "FAIL: what stands around was touched"; failed=1; }
has docs/bench/README.md "| English articles: the same tokens, positions | SQLite FTS5 | 66.0 MB/s | 2.00x (2.00 to 2.00) | 0.60 |"
lacks docs/bench/README.md "Xapian | 66" # it did not index the same
has docs/bench/README.md "| English articles: the same tokens, positions | prismsearch | 1.286 | 1.200 |" # the lists outside the dictionary
has docs/bench/README.md "| merge | merge | 8 segments | 125 kdocs/s | 0.67x 2 segments |"
for text in Lucene "SQLite FTS5" "Test CPU" 2026-01-02 abcdef0 10.3.1 "(5.0x slower)"; do has docs/bench/build-speed.svg "$text"; done
has docs/bench/index-size.svg positions
has docs/bench/scale.svg "load, 256 MiB"
has docs/bench/codec.svg "decode, sse42"
python3 - tree/docs/bench/*.svg <<'P' || { echo "FAIL: a plot is not well-formed, or runs out of its frame"; failed=1; }
import sys, xml.etree.ElementTree as tree
assert len(sys.argv) == 6, sys.argv
for path in sys.argv[1:]:
    root = tree.parse(path).getroot()
    width, height = float(root.get("width")), float(root.get("height"))
    for e in root.iter():
        for name, most in (("x", width), ("x2", width), ("cx", width), ("y", height), ("y2", height), ("cy", height)):
            assert 0 <= float(e.get(name, 0)) <= most, (path, e.attrib)
        if e.tag.endswith("text") and "end" not in (e.get("class") or "").split() and "mid" not in (e.get("class") or "").split():
            size = 5.6 if e.get("class") in ("note", "tick") else 9.3 if e.get("class") == "title" else 6.8
            assert float(e.get("x")) + size * len(e.text) <= width, (path, e.text)
P

# what was changed by hand, on either side, is seen
sed -i 's/66 MB/77 MB/' tree/README.md
expect 1 "README by hand" "README.md is not what" report --check
expect 0 "mended" "written: README.md" report
sed -i 's/"cpu_s": 1.515/"cpu_s": 1.200/' tree/docs/bench/results/peers.jsonl
expect 1 "other results" "build-speed.svg is not what" report --check
rm tree/docs/bench/results/own.jsonl
expect 0 "a plot without results" "removed: docs/bench/scale.svg" report
printf 'no block\n' >tree/README.md
expect 1 "README without a block" "no <!-- bench -->" report
echo '{"kind":' >>tree/docs/bench/results/peers.jsonl
expect 1 "broken results" "peers.jsonl:" report --check
exit "$failed"
