#!/bin/bash
# zipf.sh - is the generated corpus the same everywhere, and does it follow the law of bench/zipf.h?
# Hashes are of bytes made on x86-64 by gcc; whoever changes a constant of the corpus changes them,
# and with them the meaning of every curve measured before.
set -u
zipf=${PRISM_BUILDDIR:-.}/bench/zipf
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0

# same NAME HASH ARGUMENTS...
same() {
    local name=$1 want=$2 got
    shift 2
    got=$("$zipf" "$@" | sha256sum | cut -c 1-32)
    [ "$got" = "$want" ] || { echo "FAIL: $name: hash $got, not $want"; failed=1; }
}
same "defaults" 3da14f21855557c253a529b0539f81be --docs 2000
same "another seed" d7c60ff0f471220b6c3535a04d73a60b --docs 500 --seed 18446744073709551615
same "Han" c186878e4103dc626e2cb714262c4d7e --docs 1000 --text han
same "mixed" 9147a169c53e54b7d1bd78f7dbff89d3 --docs 1000 --text mixed --first 999000000
same "long" 4224d82ce7b6a01680ab067d8e200b3a --docs 20 --median 2000 --sigma 1500
same "none" e3b0c44298fc1c149afbf4c8996fb924 --docs 0

# a slice is the same documents
"$zipf" --docs 300 | tail -n 100 >"$work/tail"
"$zipf" --docs 100 --first 200 | cmp - "$work/tail" || { echo "FAIL: a slice is other documents"; failed=1; }

for wrong in "--docs" "--docs x" "--docs -1" "--median 0" "--median 20001" "--sigma 5001" "--text klingon" \
    "--seed 18446744073709551616" "--what 1"; do
    # shellcheck disable=SC2086
    "$zipf" $wrong >/dev/null 2>&1
    [ $? = 2 ] || { echo "FAIL: $wrong was taken"; failed=1; }
done
"$zipf" --docs 1000000 2>/dev/null | head -n 1 >/dev/null # a reader that goes away ends it

command -v python3 >/dev/null || { echo "no python3: the shape was not looked at"; exit "$failed"; }
cat >"$work/shape.py" <<'P'
import collections, json, math, sys
han = sys.argv[1] == "han"
words, lengths, growth, n = collections.Counter(), [], [], 0
for line in sys.stdin:
    d = json.loads(line)
    assert d["lang"] == ("zh" if han else "en") and len(d["id"]) == 10 and len(d["tags"]) <= 3
    assert "2000-01-01" <= d["date"] <= "2024-12-28"
    body = d["body"]
    if han:
        n += len(body)
        words.update(c for c in body if c not in "，。")
        continue
    body = body.lower().replace(".", "").split()
    lengths.append(len(body))
    words.update(body)
    n += len(body)
    if len(lengths) in (2000, 40000):
        growth.append((math.log(n), math.log(len(words))))

def near(name, got, want, share):
    print(f"{name}: {got:.4f}, {want:.4f} by the law")
    assert abs(got - want) <= share * want, name

counts = [c for _, c in words.most_common()]
if han:
    assert len(words) == 2048, len(words)  # characters
    sys.exit()
for rank in (1, 2, 3, 10, 30, 100, 300, 1000):
    near(f"share of rank {rank}", counts[rank - 1] / n * (rank + 2.7), .1100, .02 if rank < 300 else .06)
head = sum(1 / (r + 2.7) for r in range(1, 7874))  # and behind it 1 / .77 of what rank 7873 would add
near("share of the head", sum(counts[:7873]) / n, head / (head + 1 / .77), .01)
(a, b), (c, d) = growth
near("growth of the vocabulary", (d - b) / (c - a), 1 / 1.77, .03)
lengths.sort()
near("median length", lengths[len(lengths) // 2], 60, .02)
near("quarters of the lengths", math.log(lengths[len(lengths) * 3 // 4] / lengths[len(lengths) // 4]), 2 * .6745 * .6, .03)
P
"$zipf" --docs 40000 | python3 "$work/shape.py" ascii || failed=1
"$zipf" --docs 5000 --text han | python3 "$work/shape.py" han || failed=1
exit "$failed"
