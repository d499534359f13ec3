#!/bin/bash
# micro.sh - do the small benches still run, and is what they print what bench/report.py reads?
# One short round each: figures are not looked at, checks inside the benches are.
set -u
build=${PRISM_BUILDDIR:-.}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0
mkdir "$work"/way{0,1,2,3}
echo '{"lang":"en","body":"Words of an article, and more words."}' >"$work/docs.ndjson"
run() {
    local name=$1
    shift
    "$build/bench/micro/${name}_bench" --json --rounds 1 --seconds 0 "$@" >>"$work/out" 2>"$work/err" <"$work/docs.ndjson" ||
        { echo "FAIL: $name: exit $?"; cat "$work/err"; failed=1; }
}
run analysis en 1
run codec
run docstore
run invert
run memo --only 30000
run merge "$work"
run scan "$work/docs.ndjson"
for wrong in "--rounds 0" "--rounds 102" "--seconds x" "--rounds" "surplus"; do
    # shellcheck disable=SC2086
    "$build/bench/micro/codec_bench" $wrong >/dev/null 2>&1
    [ $? = 2 ] || { echo "FAIL: codec_bench took $wrong"; failed=1; }
done
command -v python3 >/dev/null || exit "$failed"
python3 - "$work/out" <<'P' || failed=1
import json, sys
with open(sys.argv[1], encoding="utf-8") as f:
    rows = [json.loads(line) for line in f]
assert {r["bench"] for r in rows} == {"analysis", "codec", "docstore", "invert", "memo", "merge", "scan"}
for r in rows:
    assert r["kind"] == "micro" and (r.get("per_s", 0) > 0) != ("value" in r), r
    assert ("over" in r) == ("ratio" in r) and r.get("least", 0) <= r.get("ratio", 0) <= r.get("greatest", 0), r
print(f"{len(rows)} rows")
P
exit "$failed"
