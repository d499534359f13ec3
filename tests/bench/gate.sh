#!/bin/bash
# gate.sh - does the gate see what became slower, and only that?  A small run of bench/gate is counted
# and held against baselines that were tampered with, and against more work.
set -u
gate=${PRISM_SRCDIR:-.}/bench/gate.py
build=${PRISM_BUILDDIR:-.}
for tool in python3 valgrind; do command -v $tool >/dev/null || { echo "no $tool: skipped"; exit 77; }; done
[ -x "$build/libtool" ] || { echo "no libtool in $build: skipped"; exit 77; }
nm -D "$build/.libs/libprismsearch.so" 2>/dev/null | grep -q '__[at]san_' && { echo "sanitizers and valgrind do not go together: skipped"; exit 77; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
failed=0
small="--builddir $build --docs 400 --flags gcc"

# expect CODE NAME TEXT COMMAND...   output has TEXT
expect() {
    local want=$1 name=$2 text=$3 got
    shift 3
    "$@" >out 2>&1
    got=$?
    [ "$got" = "$want" ] || { echo "FAIL: $name: exit $got, not $want"; cat out; failed=1; }
    grep -qF -- "$text" out || { echo "FAIL: $name: no '$text' in"; cat out; failed=1; }
}

# tamper EXPRESSION   changes build 0 (b) of the baseline
tamper() {
    python3 - "$1" <<'P'
import json, sys
with open("whole.json") as f:
    d = json.load(f)
b = d["builds"][0]
exec(sys.argv[1])
with open("changed.json", "w") as f:
    json.dump(d, f)
P
}
compare() { python3 "$gate" compare changed.json counts.json; }

# shellcheck disable=SC2086
{
    expect 0 "record" "20 phases recorded" python3 "$gate" record whole.json $small --keep counts.json
    expect 0 "record again" "20 phases recorded" python3 "$gate" record whole.json $small --cpu scalar
}
[ $failed = 0 ] || exit 1
tamper 'assert len(d["builds"]) == 2 and d["builds"][1]["environment"]["cpu"] == "scalar"' || failed=1
expect 0 "the same" "+0.00 %" compare
tamper 'b["phases"]["merge"] = int(b["phases"]["merge"] / 1.025)'
expect 0 "2.5 % more" "+2.50 %" compare
tamper 'b["phases"]["merge"] = int(b["phases"]["merge"] / 1.04); b["functions"]["prs_term_write"] //= 2'
expect 1 "4 % more" "phases: merge" compare
expect 1 "4 % more: the function" "prs_term_write" compare
tamper 'b["phases"]["or"] *= 2'
expect 0 "less" "make bench-baseline" compare
tamper 'del b["phases"]["sort"]'
expect 1 "a phase that is new" "phases: sort" compare
tamper 'b["phases"]["facet"] = 1'
expect 1 "a phase that is gone" "phases: facet" compare
tamper 'b["environment"]["libraries"]["libzstd"] = "libzstd.so.9"; del d["builds"][1]'
expect 77 "another library" "libzstd: recorded libzstd.so.9, here libzstd.so" compare
tamper 'b["environment"]["flags"] = "-O3"; del d["builds"][1]'
expect 77 "another build" "flags: recorded -O3" compare
tamper 'd["builds"] = []'
expect 77 "nothing recorded" "the baseline is empty" compare

# truly more work: 424 documents, passed off as the recorded 400
tamper 'b["environment"]["documents"] = 424'
# shellcheck disable=SC2086
expect 1 "more work" "phases: build_en" python3 "$gate" check changed.json $small --docs 424
cat out
exit $failed
