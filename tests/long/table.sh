#!/bin/bash
# Does the table of counters add up, and do the jobs of the long programme make sense?
set -euo pipefail
src=${PRISM_SRCDIR:-$(dirname "$0")/../..}
tool=$src/tools/reliability_table.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
    echo "table: $*"
    exit 1
}
need_row() { # FILE ROW
    grep -qxF "$2" "$1" || fail "no row '$2' in: $(cat "$1")"
}

cat > "$dir/jobs" << 'END'
# a comment | T0 | 1 | no job | true
one | T1 | 3 | The first | true
two | T2 | 1 | The second, a command with a bar | echo a
END
printf 'before\n<!-- counters -->\n<!-- /counters -->\nafter\n' > "$dir/table"

bash "$tool" "$dir/table" "$dir/jobs" < /dev/null
need_row "$dir/table" '| one | T1 | The first | 0 | 0 | 0 | - | 0 |'
need_row "$dir/table" before
need_row "$dir/table" after

printf 'noise\ncounters: one cases=1200 seconds=3.5 seed=7 findings=0\ncounters: two cases=5 seconds=1 seed=8 findings=2\n' > "$dir/log"
bash "$tool" "$dir/table" "$dir/jobs" < "$dir/log"
need_row "$dir/table" '| one | T1 | The first | 1 | 1,200 | 4 | 7 | 0 |'
need_row "$dir/table" '| two | T2 | The second, a command with a bar | 1 | 5 | 1 | 8 | 2 |'

cp "$dir/table" "$dir/once"
bash "$tool" "$dir/table" "$dir/jobs" < "$dir/log"
cmp -s "$dir/table" "$dir/once" || fail 'the same log twice changes the table'

# A job may have one seed for ever: another run of it counts.
cp "$dir/table" "$dir/other"
echo 'counters: one cases=1200 seconds=4.5 seed=7 findings=0' | bash "$tool" "$dir/other" "$dir/jobs"
need_row "$dir/other" '| one | T1 | The first | 2 | 2,400 | 8 | 7 | 0 |'
for run in 11 12 12; do
    echo "counters: one cases=1 seconds=1 seed=7 findings=0 run=$run" | bash "$tool" "$dir/other" "$dir/jobs"
done
need_row "$dir/other" '| one | T1 | The first | 4 | 2,402 | 10 | 7 | 0 |'
bash "$tool" "$dir/other" "$dir/jobs" < "$dir/log" # the run before the last: cannot be known again
need_row "$dir/other" '| two | T2 | The second, a command with a bar | 1 | 5 | 1 | 8 | 2 |'

echo 'counters: one cases=999000 seconds=10 seed=9 findings=1' | bash "$tool" "$dir/table" "$dir/jobs"
need_row "$dir/table" '| one | T1 | The first | 2 | 1,000,200 | 14 | 9 | 1 |'

echo 'counters: three cases=1 seconds=1 seed=1 findings=0' | bash "$tool" "$dir/table" "$dir/jobs"
need_row "$dir/table" '| three |  |  | 1 | 1 | 1 | 1 | 0 |'
[ "$(grep -c '^| one ' "$dir/table")" = 1 ] || fail 'a row doubled'

cp "$dir/table" "$dir/before"
echo 'counters: one cases=many seconds=1 seed=2 findings=0' | bash "$tool" "$dir/table" "$dir/jobs" 2> /dev/null &&
    fail 'counters that are none were taken'
cmp -s "$dir/table" "$dir/before" || fail 'counters that are none changed the table'
echo 'no table' > "$dir/none"
bash "$tool" "$dir/none" "$dir/jobs" < "$dir/log" 2> /dev/null && fail 'a file without a table was taken'

# The driver, over jobs of its own: counted, skipped, failed.
cat > "$dir/jobs" << 'END'
good | T1 | 1 | Good | counters good 3 1 "$SEED" 0
same | T1 | 1 | Has one seed for ever | counters same 1 1 20261130 0
lacks | T2 | 1 | Has not what it needs | echo 'no clang'; exit 77
bad | T3 | 1 | Fails without counters | exit 3
END
printf '<!-- counters -->\n<!-- /counters -->\n' > "$dir/table"
run() {
    PRISM_BUILDDIR=$dir PRISM_LONG_JOBS=$dir/jobs PRISM_LONG_TABLE=$dir/table bash "$src/tools/check_long.sh" "$@" > "$dir/out" 2>&1
}
run 1 1/4 || fail "a good shard fails: $(cat "$dir/out")"
run 1 2/4 || fail "a good shard fails: $(cat "$dir/out")"
run 1 3/4 || fail "a shard that is skipped fails: $(cat "$dir/out")"
run 1 4/4 && fail 'a bad shard passes'
run 1 1/1 same || fail "a named job fails: $(cat "$dir/out")"
grep -q '^| same | T1 | .* | 2 | 2 | 2 | 20261130 | 0 |$' "$dir/table" || fail "same: $(cat "$dir/table")"
run 1 1/1 good || fail "a named job fails: $(cat "$dir/out")"
grep -q '^| good | T1 | Good | 2 | 6 | 2 | [0-9]* | 0 |$' "$dir/table" || fail "good: $(cat "$dir/table")"
grep -q '^| lacks | T2 | .* | 0 | 0 | 0 | - | 0 |$' "$dir/table" || fail "lacks: $(cat "$dir/table")"
grep -q '^| bad | T3 | .* | 1 | 0 | 60 | [0-9]* | 1 |$' "$dir/table" || fail "bad: $(cat "$dir/table")"
run 1 5/4 && fail 'a shard beyond the last is taken'

# The real lists: every row complete, every fuzz program with its job and its inputs.
awk -F'|' '!/^#/ && NF { if (NF < 5 || $3 !~ /^ *[0-9]+ *$/ || seen[$1]++) { print "jobs.txt: " $0; bad = 1 } } END { exit bad }' \
    "$src/tests/long/jobs.txt" || fail 'a job is not understood'
for file in "$src"/tests/fuzz/fuzz_*.c; do
    name=$(basename "$file" .c)
    [ "$name" = fuzz_image ] && continue
    grep -q "^$name |" "$src/tests/long/jobs.txt" || fail "$name has no job"
    [ -s "$src/tests/fuzz/$name.txt" ] || fail "$name has no inputs"
done
cp "$src/docs/RELIABILITY.md" "$dir/real"
bash "$tool" "$dir/real" "$src/tests/long/jobs.txt" < /dev/null
cmp -s "$dir/real" "$src/docs/RELIABILITY.md" || fail 'docs/RELIABILITY.md: lay the table out anew (tools/reliability_table.sh)'
echo 'the table of counters adds up'
