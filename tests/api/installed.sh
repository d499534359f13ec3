#!/bin/bash
# Does `make install` give a stranger all it takes?
#
#   files      every header of include/, the library, prismsearch.pc, manual pages
#   headers    each alone, in every dialect, by every compiler that is here (tests/lint/public_headers.sh)
#   programs   outside.c, compiled by what pkg-config says and nothing else, as C99 and C++17, runs; those
#              of examples/ compile
set -euo pipefail
srcdir=${PRISM_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
builddir=${PRISM_BUILDDIR:-$srcdir/build}
. "$srcdir/tests/lint/compilers.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/prismsearch-installed-XXXXXX")
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

if nm -D --undefined-only "$builddir/.libs/libprismsearch.so" | grep -qE '__(asan|tsan|ubsan|msan)_'; then
    echo 'an instrumented library needs programs that are instrumented too'
    exit 77
fi

# Our own make: not the one that runs the tests, whose flags and job server are none of its business.
if ! env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$builddir" install "DESTDIR=$work/root" > "$work/log" 2>&1; then
    cat "$work/log"
    exit 99
fi

export PKG_CONFIG_SYSROOT_DIR=$work/root
PKG_CONFIG_PATH=$(dirname "$(find "$work/root" -name prismsearch.pc)")
export PKG_CONFIG_PATH
include=$work/root$(PKG_CONFIG_SYSROOT_DIR='' pkg-config --variable=includedir prismsearch)
library=$work/root$(PKG_CONFIG_SYSROOT_DIR='' pkg-config --variable=libdir prismsearch)

(cd "$srcdir/include" && find . -name '*.h' | sort) > "$work/written"
(cd "$include" && find . -name '*.h' | sort) > "$work/installed"
diff "$work/written" "$work/installed" ||
    fail 'the installed headers are not those of include/'
for page in libprismsearch.3 psearch-query.7 psearch.1; do
    [ -n "$(find "$work/root" -name "$page")" ] || fail "$page is not installed"
done
[ "$(pkg-config --modversion prismsearch)" = "$(awk '/define PRISM_VERSION_STRING/ { gsub(/"/, ""); print $3 }' \
    "$include/prismsearch/base.h")" ] || fail 'prismsearch.pc and the headers are of two versions'
bash "$srcdir/tests/lint/public_headers.sh" "$include" || fail 'an installed header does not stand alone'

# run_outside COMPILER DIALECT SUFFIX
run_outside() {
    local flags
    flags=$(pkg-config --cflags --libs prismsearch)
    cp "$srcdir/tests/api/outside.c" "$work/outside.$3"
    # shellcheck disable=SC2086 # flags and compiler are several words
    if ! $1 "-std=$2" $strict_flags "$work/outside.$3" $flags -o "$work/outside"; then
        fail "outside.c does not compile as $2 by $1"
        return
    fi
    rm -rf "$work/index"
    LD_LIBRARY_PATH=$library "$work/outside" "$work/index" > "$work/out" 2>&1 ||
        fail "outside.c as $2 by $1: $(cat "$work/out")"
}

for example in embed stream tokenizer; do
    # shellcheck disable=SC2046
    ${CC:-cc} -std=c99 $strict_flags "$srcdir/examples/$example.c" $(pkg-config --cflags --libs prismsearch) \
        -o "$work/example" || fail "examples/$example.c does not compile outside of the tree"
done
while read -r compiler; do run_outside "$compiler" c99 c; done <<< "$(c_compilers)"
while read -r compiler; do run_outside "$compiler" c++17 cc; done <<< "$(cxx_compilers)"
exit $((failures > 0))
