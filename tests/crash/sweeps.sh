#!/bin/bash
# sweeps.sh - T1, T2, T3 as make check runs them: every call index with the fault rotated, every change in each
# kind of state, every fifth allocation.  Longer: tests/crash/sweep t1|t2|t2r|t3, tests/crash/syscalls.
cd "${PRISM_BUILDDIR:-.}/tests/crash" || exit 99
[ -x sweep ] || { echo "sweep is not built: skipped"; exit 77; }
code=0
./sweep t1 || code=1
./sweep t2 --cases 6 || code=1
./sweep t2r --cases 300 || code=1
./sweep t3 --cases 5 || code=1
./syscalls || code=1
exit $code
