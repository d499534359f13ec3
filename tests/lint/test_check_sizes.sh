#!/bin/bash
# Does tools/check_sizes.sh see long files, long functions and idle exceptions?
. "$(dirname "$0")/seed.sh"
check=check_sizes.sh

# function_of LINES [HEAD]: a function of that many lines.
function_of() {
    echo "${2:-static int work(int x) {}"
    lines $(($1 - 2)) '    x++;'
    echo '}'
}

make_tree
passes

make_tree
lines 800 'int x;' | put lib/base/long.c
what='a file of 800 lines' passes
make_tree
function_of 100 | put lib/base/long.c
what='a function of 100 lines' passes
make_tree
{ echo 'static const int table[] = {'; lines 300 '    1,'; echo '};'; } | put lib/base/table.c
what='a long table' passes
make_tree
lines 900 'x' | put lib/analysis/gen/tables.h
what='generated tables' passes

seeds 'a file of 801 lines' 'lib/base/long\.c: 801 lines' lib/base/long.c <<< "$(lines 801 'int x;')"
seeds 'a long script' 'tools/x\.sh: 900 lines' tools/x.sh <<< "$(lines 900 'true')"
seeds 'a function of 101 lines' 'lib/base/f\.c:1: work has 101 lines' lib/base/f.c <<< "$(function_of 101)"
seeds 'a long function with a head of two lines' 'work has 102 lines' lib/base/f.c <<< "$(
    echo 'static int work(int x,'
    function_of 101 '                int y) {'
)"
seeds 'a long test' 'test has 120 lines' tests/unit/base/test_f.c <<< "$(function_of 120 'START_TEST(f) {')"

make_tree
function_of 70 | put lib/base/f.c
run_check && grep -q 'warning: work has 70 lines' "$work/out" ||
    { echo 'FAILED: no warning for 70 lines'; failures=$((failures + 1)); }

make_tree
function_of 120 | put lib/base/f.c
echo 'lib/base/f.c:work one state machine, see its head' | put tools/size_allow.txt
what='a long function with an exception' passes
echo 'lib/base/f.c:work' | put tools/size_allow.txt
expect_failure 'an exception without a reason' 'has no reason'
make_tree
echo 'lib/base/gone.c it was long' | put tools/size_allow.txt
expect_failure 'an exception that is not needed' 'lib/base/gone\.c needs no exception'
done_seeding
