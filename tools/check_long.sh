#!/bin/bash
# tools/check_long.sh - run a shard of the long programme and count it.
#
#     make check-long MINUTES=150 SHARD=i/n [JOBS='fuzz_open damage_all']
#     tools/check_long.sh MINUTES i/n [NAME...]
#
# Jobs are the lines of tests/long/jobs.txt; shard i of n has each n-th line from the i-th (1 <= i <= n),
# or those named.  The minutes are shared out by weight; a job gets one share more to come to its end and
# is then stopped.  Output of each: long/NAME.log in the build folder.  The counters go to docs/RELIABILITY.md
# (PRISM_LONG_TABLE=FILE for another table, "none" for none).  Exit 1 when a job failed or found something.
# Run it in a build folder: PRISM_BUILDDIR, by default ./build.
set -uo pipefail
SRC=$(cd "$(dirname "$0")/.." && pwd)
export SRC PRISM_SRCDIR=$SRC
cd "${PRISM_BUILDDIR:-$SRC/build}" || exit 2
export PRISM_BUILDDIR=$PWD PRISM_SHARED=${PRISM_SHARED:-$SRC/../shared}
jobs_file=${PRISM_LONG_JOBS:-$SRC/tests/long/jobs.txt}
table=${PRISM_LONG_TABLE:-$SRC/docs/RELIABILITY.md}
export FUZZ_DIR=$PWD/../build-fuzz

usage() {
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
    exit 2
}
[ $# -ge 2 ] || usage
minutes=$1 shard=${2%/*} shards=${2#*/}
shift 2
case $minutes$shard$shards in *[!0-9]* | '') usage ;; esac
[ "$shard" -ge 1 ] && [ "$shard" -le "$shards" ] || usage

# ---- what jobs call ---------------------------------------------------------------------------------

counters() { # NAME CASES SECONDS SEED FINDINGS
    echo "counters: $1 cases=$2 seconds=$3 seed=$4 findings=$5"
}

# A fuzz target: under libFuzzer where there is clang, else by its own driver.
fuzz() {
    if command -v "${FUZZ_CC:-clang-14}" > /dev/null; then
        [ -x "$FUZZ_DIR/fuzz/$1" ] || "$SRC/tools/fuzz.sh" build || return 99
        FUZZ_SEED=$SEED "$SRC/tools/fuzz.sh" run "$1" "$SECONDS_LEFT"
    else
        PRISM_SEED=$SEED PRISM_FUZZ_SECONDS=$SECONDS_LEFT "tests/fuzz/fuzz_$1"
    fi
}

# A program of tests/crash or tests/stress, which prints its own counters.
have() {
    [ -x "$1" ] || { echo "$1 is not built"; return 77; }
    "$@" --seconds "$SECONDS_LEFT" --seed "$SEED"
}

# It prints no counters: half of the time with segments that one thread builds, half with several threads
# that build one and several that search.
threads() {
    local begin=$SECONDS status=0 half=$((SECONDS_LEFT / 2))
    [ -x tests/stress/stress_threads ] || { echo "not built"; return 77; }
    export PRISM_SEED=$SEED
    tests/stress/stress_threads --seconds "$half" || status=$?
    tests/stress/stress_threads --seconds "$half" --memory 128 --threads 3 --text 20000 --still 300000 \
        --search-threads 4 || status=$?
    counters T6-threads 1 $((SECONDS - begin)) "$SEED" $((status != 0))
    return "$status"
}

# again diff_search: with a new seed, until the time is over.
again() {
    local begin=$SECONDS cases=0 out n seed=$SEED
    while [ $((SECONDS - begin)) -lt "$SECONDS_LEFT" ]; do
        out=$(tests/diff/"$1" 50 100 "$seed" 2>&1) || {
            echo "$out"
            counters "$1" $((cases + 1)) $((SECONDS - begin)) "$seed" 1
            return 1
        }
        n=$(sed -n 's/^# \([0-9]*\) queries.*/\1/p' <<< "$out")
        cases=$((cases + n)) seed=$((seed + 1))
    done
    counters "$1" "$cases" $((SECONDS - begin)) "$((seed - 1))" 0
}

# No bit left out; a seed would change nothing, so the time of the run stands for it.
damage() {
    local begin=$SECONDS out status=0 cases
    out=$(tests/golden/damage "$SRC/tests/golden/v1.0" 1 2>&1) || status=$?
    echo "$out"
    cases=$(sed -n 's/.*: \([0-9]*\) damages.*/\1/p' <<< "$out" | awk '{ n += $1 } END { print n + 0 }')
    counters damage_all "$cases" $((SECONDS - begin)) "$(date +%s)" $((status != 0))
    return "$status"
}

hostile() {
    local begin=$SECONDS out status=0 cases
    out=$(tests/fuzz/hostile_queries 2>&1) || status=$?
    [ "$status" = 0 ] || echo "$out"
    cases=$(grep -c '^ok' <<< "$out")
    out=$(PRISM_SEED=$SEED PRISM_FUZZ_SECONDS=$((SECONDS_LEFT > 60 ? SECONDS_LEFT - 30 : 30)) tests/fuzz/fuzz_query 2>&1) || {
        echo "$out"
        status=1
    }
    cases=$((cases + $(sed -n 's/.*cases=\([0-9]*\).*/\1/p' <<< "$out")))
    counters hostile_queries "$cases" $((SECONDS - begin)) "$SEED" $((status != 0))
    return "$status"
}

msan() { "$SRC/tools/build_matrix.sh" msan; }
matrix() { "$SRC/tools/build_matrix.sh" all; }
static() { "$SRC/tools/static_analysis.sh"; }
mutate() { python3 "$SRC/tools/mutate.py" --seed "$SEED" --seconds "$SECONDS_LEFT" --build "$PWD"; }

# ---- dealing out ------------------------------------------------------------------------------------

names=() weights=() commands=() total=0
line_no=0
while IFS='|' read -r name _ weight _ command; do
    name=${name// /}
    case $name in '#'* | '') continue ;; esac
    line_no=$((line_no + 1))
    if [ $# -gt 0 ]; then
        [[ " $* " == *" $name "* ]] || continue
    elif [ $(((line_no - shard) % shards)) != 0 ]; then
        continue
    fi
    names+=("$name") weights+=("${weight// /}") commands+=("$command")
    total=$((total + ${weight// /}))
done < "$jobs_file"
[ ${#names[@]} -gt 0 ] || { echo "check-long: no jobs in shard $shard/$shards"; exit 0; }

export -f counters fuzz have threads again damage hostile msan matrix static mutate
mkdir -p long
all=long/counters.$$
: > "$all"
failed=0
for i in "${!names[@]}"; do
    name=${names[$i]}
    SECONDS_LEFT=$((minutes * 60 * weights[i] / total))
    [ "$SECONDS_LEFT" -ge 5 ] || SECONDS_LEFT=5
    SEED=$((($(date +%s%N) / 1000 + i * 7919) % 2147483647 + 1))
    export SECONDS_LEFT SEED
    echo "== $name: $SECONDS_LEFT s, seed $SEED"
    status=0
    timeout -k 30 $((2 * SECONDS_LEFT + 120)) bash -c "${commands[$i]}" > "long/$name.log" 2>&1 || status=$?
    grep -a '^counters: ' "long/$name.log" | sed "s/\$/ run=$(date +%s%N)/" | tee -a "$all"
    case $status in
    0) ;;
    77) echo "   skipped: $(grep -av '^counters' "long/$name.log" | tail -1)" ;;
    124) echo "   not finished in its time" ;;
    *)
        failed=1
        echo "   FAILED ($status): long/$name.log"
        tail -n 20 "long/$name.log"
        grep -qa '^counters: ' "long/$name.log" || counters "$name" 0 "$SECONDS_LEFT" "$SEED" 1 | tee -a "$all"
        ;;
    esac
done
if [ "$table" != none ]; then "$SRC/tools/reliability_table.sh" "$table" "$jobs_file" < "$all" || failed=1; fi
rm -f "$all"
exit "$failed"
