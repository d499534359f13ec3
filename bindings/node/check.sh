#!/bin/bash
# check.sh - does the Node package install from its sources into a clean copy, and do its tests pass there?
#
#     check.sh [BUILD]      BUILD: a built tree whose objects are taken (default: $PRISM_BUILDDIR; none =
#                           the library is built, too)
#
# Where BUILD was configured with --enable-sanitizers, so is the addon, and the tests of leaks and of the package
# (types, examples) and the binary for others are left out.
#
# Node 18 or later is needed, with node_api.h (Debian: libnode-dev) and a C compiler.  fast-check and typescript
# come by `npm ci` where npm and a registry are at hand; without them the tests of fuzzed input and of types
# skip.  Exit: 0 passed, 77 skipped, else failed.  Last it prints "# PASS:  n" as automake.
set -uo pipefail
build=${1:-${PRISM_BUILDDIR:-}} preload=
if [ -n "$build" ]; then build=$(cd "$build" && pwd) || exit 1; fi
cd "$(dirname "$0")"
here=$PWD
root=$(cd ../.. && pwd)
node=${NODE:-node}

skip() {
    echo "bindings/node skipped: $*"
    echo '# SKIP:  1'
    exit 77
}

fail() {
    echo "bindings/node: $*"
    echo '# FAIL:  1'
    exit 1
}

command -v "$node" > /dev/null || skip 'there is no node (Debian: nodejs, libnode-dev)'
"$node" -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)' || skip "$("$node" --version) is older than Node 18"
"$node" build.js --headers > /dev/null || skip 'node_api.h is missing (Debian: libnode-dev)'

work=$(mktemp -d "${TMPDIR:-/tmp}/prismsearch-node-XXXXXX")
trap 'rm -rf "$work"' EXIT
if [ -n "$build" ]; then
    export PRISMSEARCH_BUILD=$build
    make -C "$build" --no-print-directory -s libprs.la || fail 'the library cannot be built'
fi

run=()
tests=(test/*.test.js)
sanitized=
if [ -n "$build" ] && grep -q '^S\["SANITIZERS_TRUE"\]=""' "$build/config.status"; then
    sanitized=yes
    flags='-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer'
    export CFLAGS="-O1 $flags"
    for library in libasan.so libubsan.so libstdc++.so; do preload+=" $(${CC:-cc} -print-file-name=$library)"; done
    run=(env "LD_PRELOAD=$preload" ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1)
    tests=()
    for test in test/*.test.js; do [[ $test =~ (leaks|package) ]] || tests+=("$test"); done
fi

# The sources are copied: nothing is written beside them, and several checks may run at once.
copy_sources() {
    mkdir -p "$work/tree/bindings"
    if [ -n "$build" ]; then
        cp -R "$root/include" "$work/tree/include"
        cp "$here/../bundle.sh" "$work/tree/bindings/"
    else
        (cd "$root" && tar cf - --exclude=./build* --exclude=./.git --exclude=node_modules .) | tar xf - -C "$work/tree"
        rm -rf "$work/tree/bindings/node"
    fi
    (cd "$here/.." && tar cf - --exclude=node/node_modules --exclude=node/build --exclude=node/prebuilds --exclude=node/core node) |
        tar xf - -C "$work/tree/bindings"
    chmod -R u+w "$work/tree"
}

# The install script builds; without npm it is called by itself.
install_package() {
    cd "$work/tree/bindings/node" || return 1
    if command -v npm > /dev/null && npm ci --ignore-scripts > "$work/npm.log" 2>&1; then
        echo 'npm ci: done'
    else
        [ -e "$work/npm.log" ] && tail -n 2 "$work/npm.log"
        echo 'fast-check and typescript are not to be had: their tests skip'
    fi
    if [ -n "$sanitized" ]; then
        "$node" build.js # whether it loads cannot be seen without the sanitizers' libraries
    else
        "$node" build.js --if-needed
    fi
}

copy_sources || fail 'the sources cannot be copied'
(install_package) || fail 'the addon cannot be built'
cd "$work/tree/bindings/node" || exit 1
export PRISM_SRCDIR=$root
"${run[@]}" "$node" --test --test-reporter=tap "${tests[@]}" > "$work/log" 2>&1
status=$?
if [ "$status" != 0 ]; then grep -A 25 -E '^ *not ok' "$work/log" || cat "$work/log"; fi

# The binary for others, with its libraries beside it.
check_prebuilt() {
    if ! command -v dpkg > /dev/null; then
        echo 'the binary for others is not made: licences come from dpkg'
        return 0
    fi
    "$node" build.js --prebuild > "$work/prebuild.log" 2>&1 || {
        tail -n 5 "$work/prebuild.log"
        return 1
    }
    tail -n 1 "$work/prebuild.log"
    rm -rf build # now the one in prebuilds is taken
    "$node" --test --test-reporter=tap test/{scenarios,search,threads}.test.js > "$work/log2" 2>&1 && cat "$work/log2" >> "$work/log" && return 0
    grep -A 25 -E '^ *not ok' "$work/log2" || cat "$work/log2"
    return 1
}
[ -n "$sanitized" ] || check_prebuilt || status=1

# number WORD: the sum of the last lines of the reports.
number() {
    sed -nE "s/^# $1 ([0-9]+)$/\1/p" "$work/log" | awk '{ n += $1 } END { print n + 0 }'
}
failed=$(($(number fail) + $(number cancelled)))
if [ "$status" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
echo "# PASS:  $(($(number pass) + 0))"
echo "# SKIP:  $(($(number skipped) + 0))"
echo "# FAIL:  $failed"
exit "$status"
