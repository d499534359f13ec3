#!/bin/bash
# torture.sh - tools/torture.sh works: a few kills, and a loader that lies is caught.
tool=${PRISM_SRCDIR:-.}/tools/torture.sh
bash "$tool" --kills 8 || exit 1
# acknowledged before it is done: must be noticed
liar=$(mktemp)
sed 's/echo "$v" >>noted.new/echo $((v + 1)) >>noted.new/' "$tool" >"$liar"
# (a kill between a lie and its truth is what shows it: on a busy machine not one of four needs to)
caught=0
for kills in 4 16 64; do
    bash "$liar" --kills $kills >"$liar.out" || { caught=1; break; }
done
[ $caught = 1 ] || { echo "a loader that lies is not caught"; cat "$liar.out"; exit 1; }
grep -q 'is in version' "$liar.out" || { echo "caught for another reason: $(cat "$liar.out")"; exit 1; }
kept=$(sed -n 's/^kept: //p' "$liar.out"); [ -n "$kept" ] && rm -rf "$kept"
rm -f "$liar" "$liar.out"
