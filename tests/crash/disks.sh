#!/bin/bash
# disks.sh - T2b, T2c: real file systems on loop devices that lose power or are full.  They need root, mount
# namespaces and loop devices; without them the program says what is missing.
cd "${PRISM_BUILDDIR:-.}/tests/crash" || exit 99
code=77
run() {
    ./"$@" >out.$$; local status=$?
    cat out.$$
    if [ $status != 0 ]; then code=1; elif ! grep -q SKIP out.$$ && [ $code = 77 ]; then code=0; fi
    rm -f out.$$
}
run power ext4 --cases 10
run power xfs --cases 10
run enospc tmpfs
run enospc ext4
[ $code != 77 ] || echo "no real file system could be tested: skipped"
exit $code
