#!/bin/bash
# torture.sh - kill a loading psearch again and again: is what it acknowledged always there, whole?
#
#     tools/torture.sh [--kills N] [--seconds N] [--seed S] [FOLDER]
#
# A loader puts batches of 60 documents, each batch with a version of its own, committing every 20,
# and notes each batch for which `psearch put` returned 0.  It is killed (kill -9) after 1 to 200 ms,
# or up to as long as it takes that about every other life acknowledges something (a busy machine);
# then `psearch check` must find nothing, each batch that was noted must be there in its version, and
# of the one on its way the first 0, 20, 40 or 60 documents.  500 kills unless told otherwise; psearch
# is the one on PATH.  FOLDER is made, and kept if anything is wrong.
set -u
kills=500 seconds=0 seed=${PRISM_SEED:-20261130} folder=
while [ $# -gt 0 ]; do
    case $1 in
    --kills | --cases) kills=$2; shift ;;
    --seconds) seconds=$2; shift ;;
    --seed) seed=$2; shift ;;
    -*) echo "torture.sh: $1: no such option" >&2; exit 2 ;;
    *[!0-9]*) folder=$1 ;;
    *) kills=$1 ;;
    esac
    shift
done
command -v psearch >/dev/null || { echo "torture.sh: no psearch on PATH" >&2; exit 99; }
if [ -n "$folder" ]; then
    mkdir -p "$folder"
else # what a killed process wrote is in the kernel, wherever the files are: in memory it is quicker
    folder=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
fi
cd "$folder" || exit 99
RANDOM=$((seed % 32768)) findings=0 n=0 start=$SECONDS
BATCHES=12 SIZE=60 EVERY=20

finding() { echo "finding: kill $n: $*"; findings=$((findings + 1)); }

# batch B VERSION: its documents
batch() {
    awk -v b="$1" -v v="$2" -v size=$SIZE 'BEGIN {
        for (i = 0; i < size; i++) printf "{\"id\":\"b%d-%d\",\"title\":\"torture 数据\",\"body\":\"document %d of batch %d in version %d\",\"tags\":[\"v%d\"]}\n", b, i, i, b, v, v }'
}

# Puts batches FROM, FROM + 1, ... for ever; noted.new tells what was acknowledged.
load() {
    local v=$1
    while :; do
        batch $((v % BATCHES)) "$v" >batch.new
        psearch -i ix put --progress=never --commit-every=$EVERY batch.new 2>load.err || exit 1
        echo "$v" >>noted.new
        v=$((v + 1))
    done
}

all=()
for ((b = 0; b < BATCHES; b++)); do for ((i = 0; i < SIZE; i++)); do all+=("b$b-$i"); done; done

# judge NOTED: versions 1 .. NOTED are acknowledged, NOTED + 1 may be there in part
judge() {
    if ! psearch -i ix check --progress=never >found 2>err; then finding "check: $(head -n 3 found err)"; fi
    psearch -i ix get "${all[@]}" 2>get.err | sed -n 's/.*"id":"b\([0-9]*\)-\([0-9]*\)".*in version \([0-9]*\)".*/\1 \2 \3/p' >there
    awk -v noted="$1" -v batches=$BATCHES -v size=$SIZE -v every=$EVERY '
        { version[$1, $2] = $3 }
        END {
            next_one = noted + 1
            for (b = 0; b < batches; b++) {
                want = 0 # the newest acknowledged version of this batch
                for (v = noted; v > noted - batches && v > 0; v--) if (v % batches == b) want = v
                new = 0
                for (i = 0; i < size; i++) {
                    v = version[b, i] + 0
                    if (b == next_one % batches && v == next_one && new == i) { new++; continue }
                    if (v != want) { print "b" b "-" i " is in version " v ", not " want; exit }
                }
                if (new % every) { print "batch " b ": " new " documents of version " next_one; exit }
            }
        }' there >wrong
    [ ! -s wrong ] || finding "$(cat wrong), $1 batches are acknowledged"
}

noted=0 life=200
: >noted.new
while { [ "$seconds" -gt 0 ] || [ "$n" -lt "$kills" ]; } && { [ "$seconds" = 0 ] || [ $((SECONDS - start)) -lt "$seconds" ]; }; do
    # a process group of its own, so that the kill meets psearch in the middle of its work
    set -m
    load $((noted + 1)) &
    loader=$!
    set +m
    ms=$((1 + RANDOM % life))
    sleep "$((ms / 1000)).$(printf '%03d' $((ms % 1000)))"
    kill -9 -- -$loader 2>/dev/null || finding "the loader had ended: $(head -c 200 load.err)"
    wait $loader 2>/dev/null
    n=$((n + 1))
    last=$(tail -n 1 noted.new)
    if [ "${last:-$noted}" = "$noted" ]; then life=$((life * 21 / 20)); else life=$((life * 19 / 20)); fi
    [ "$life" -ge 200 ] || life=200
    [ "$life" -le 10000 ] || life=10000
    noted=${last:-$noted}
    [ -d ix ] && psearch -i ix info >/dev/null 2>&1 && judge "$noted"
    [ $((n % 100)) = 0 ] && echo "$n kills, $noted batches acknowledged, $findings findings"
done
[ "$noted" -gt 0 ] && [ ! -d ix ] && finding "the index is gone"
echo "$n kills of a loading psearch: $noted batches of $SIZE documents acknowledged, $findings findings"
echo "counters: torture cases=$n seconds=$((SECONDS - start)).0 seed=$seed findings=$findings"
cd / && { [ "$findings" -gt 0 ] && echo "kept: $folder" || rm -rf "$folder"; }
[ "$findings" = 0 ]
