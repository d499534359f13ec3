#!/bin/bash
# peers.sh - can what bench/run prints be believed?  The bound is computed a second time from its
# formulas, our driver's counts are compared with it, bench/bytes must account for every byte, and a
# ratio may appear only where both engines have indexed the same.  No peer is needed.
set -u
build=${PRISM_BUILDDIR:-.}
bench=${PRISM_SRCDIR:-.}/bench
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
export PYTHONDONTWRITEBYTECODE=1
failed=0
fail() { echo "FAIL: $*"; failed=1; }

for script in "$bench"/peers/*/install.sh "$bench"/peers/*.sh; do
    sh -n "$script" || fail "$script"
done
for script in "$bench"/run "$bench"/corpora "$bench"/bytes "$bench"/peers/*.py "$bench"/peers/*/*.py; do
    python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "$script" || fail "$script"
done

# a collection of lower-case words: long and short lists, rare and frequent words
"$build/bench/zipf" --docs 3000 | python3 -c '
import json, re, sys
for line in sys.stdin:
    print(" ".join(re.findall("[a-z0-9]+", json.loads(line)["body"].lower())))' >"$work/text.tok"
"$build/bench/prism_bound" "$work/text.tok" >"$work/bound.json" || fail "prism_bound"
for mode in tokens tokens:whitespace tokens-nopos; do
    "$build/bench/prism_build" "$mode" "$work/text.tok" "$work/$mode" 67108864 >"$work/$mode.json" ||
        fail "prism_build $mode"
    "$bench/bytes" "$work/$mode" >"$work/$mode.bytes" || fail "bytes $mode"
done

cat >"$work/judge.py" <<'P'
import collections, json, math, re, sys
work = sys.argv[1]
docs = [line.split() for line in open(work + "/text.tok")]
df, cf = collections.Counter(), collections.Counter()
for d in docs:
    df.update(set(d))
    cf.update(d)
log2 = lambda n, k: math.log2(math.comb(n, k))
def bound(listed):
    freqs, positions = collections.Counter(), 0
    for d in docs:
        for t, f in collections.Counter(d).items():
            if not listed or df[t] > 4 or cf[t] > 32:
                freqs[f] += 1
                positions += log2(len(d), f)
    n = sum(freqs.values())
    return {"docs": sum(log2(len(docs), k) for t, k in df.items() if not listed or k > 4 or cf[t] > 32) / 8,
            "freqs": -sum(c * math.log2(c / n) for c in freqs.values()) / 8, "positions": positions / 8,
            "postings": n, "tokens": sum(f * c for f, c in freqs.items())}
got = json.load(open(work + "/bound.json"))
want = {"docs": len(docs), "terms": len(df), "postings": sum(df.values()), "tokens": sum(cf.values())}
for name, value in want.items():
    assert got[name] == value, ("bound", name, got[name], value)
for listed in (False, True):
    for name, value in bound(listed).items():
        key = ("listed_" if listed else "") + name
        if key in got["bound"]:
            assert abs(got["bound"][key] - value) <= 1, (key, got["bound"][key], value)
assert got["bound"]["listed_postings"] == bound(True)["postings"] < want["postings"]
for mode in ("tokens", "tokens:whitespace", "tokens-nopos"):
    built = json.load(open(f"{work}/{mode}.json"))
    for name, value in want.items():
        assert built[name] == value, (mode, name, built[name], value)
    assert built["segments"] == 1 and built["bytes_written"] >= sum(built["components"].values())
    assert (built["parts"]["positions"] > 0) == (mode != "tokens-nopos")
    sizes = [(line.split(":")[0], int(line.split(":")[1].split()[0]))
             for line in open(f"{work}/{mode}.bytes") if not line.startswith(" ")]
    lists = sum(n for name, n in sizes if name != "dictionary")
    assert lists == built["components"]["postings"], (mode, lists, built["components"])
    assert dict(sizes)["dictionary"] == built["components"]["terms"], (mode, sizes)
P
python3 "$work/judge.py" "$work" || fail "the numbers"

# words of the pre-tokenized text
python3 - "$bench/corpora" <<'P' || fail "corpora"
import importlib.machinery, importlib.util, sys
loader = importlib.machinery.SourceFileLoader("corpora", sys.argv[1])
corpora = importlib.util.module_from_spec(importlib.util.spec_from_loader("corpora", loader))
loader.exec_module(corpora)
article = {"title": "It's A1", "body": "caf\u00e9 \u4e2d\u6587\u5b57 \u4e2d \u212aelvin\n" + "x" * 65}
assert list(corpora.tokens(article)) == ["it", "s", "a1", "caf", "elvin"]
assert list(corpora.tokens(article, corpora.WORD_OR_HAN)) == [
    "it", "s", "a1", "caf", "\u4e2d\u6587", "\u6587\u5b57", "\u4e2d", "elvin"]
P

# ratios: the median of rounds; none where the counts differ, or where nothing was timed
made() { # TERMS_OF_THE_PEER
    cat <<END
{"kind":"run","run":"r","started":"s","commit":"c","cpu":"x","cores":2,"pin":"1","load":0}
{"kind":"engine","run":"r","engine":"prismsearch","version":"1"}
{"kind":"engine","run":"r","engine":"lucene","version":"2"}
{"kind":"corpus","run":"r","corpus":"en-tokens","form":"tokens","docs":3,"terms":5,"postings":9,"tokens":12,"text_bytes":60,"bound":{"listed_docs":4,"listed_freqs":4,"listed_positions":10}}
END
    local round=0 pair
    for pair in 1,8 2,6 1,5; do
        cat <<END
{"kind":"build","run":"r","engine":"prismsearch","corpus":"en-tokens","mode":"tokens","phase":"timed","round":$round,"docs":3,"terms":5,"postings":9,"tokens":12,"text_bytes":60,"cpu_s":${pair%,*},"wall_s":9,"index_bytes":50,"parts":{"docs_freqs":10,"positions":11}}
{"kind":"build","run":"r","engine":"lucene","corpus":"en-tokens","mode":"tokens","phase":"timed","round":$round,"docs":3,"terms":$1,"postings":9,"tokens":12,"text_bytes":60,"cpu_s":${pair#*,},"wall_s":9,"index_bytes":100,"parts":{"docs_freqs":20}}
END
        round=$((round + 1))
    done
}
made 5 >"$work/good.jsonl"
made 6 >"$work/bad.jsonl"
"$bench/run" --report "$work/good.jsonl" >"$work/good" || fail "report"
grep -q "MB/s, CPU  *5.000  (3.000 to 8.000)" "$work/good" || fail "median of ratios of rounds"
grep -q "index bytes  *0.500" "$work/good" || fail "ratio of bytes"
grep -q "docs+freqs 1.250   positions 1.100" "$work/good" || fail "ratio to the bound"
"$bench/run" --report "$work/bad.jsonl" >"$work/bad" && fail "exit of unequal counts"
grep -q "unequal: en-tokens, tokens, lucene: terms 6, not 5" "$work/bad" || fail "unequal not told"
grep -q "to lucene" "$work/bad" && fail "a ratio of unequal indexes"
exit "$failed"
