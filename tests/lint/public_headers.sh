#!/bin/bash
# Does each public header compile alone, in every dialect a caller may use, without a warning?
#
#     public_headers.sh [INCLUDE]      INCLUDE: default the tree's own; tests/api gives the installed one
#
# Each compiler of CC, CXX, gcc, clang, g++, clang++ that is there is asked.
set -euo pipefail
srcdir=${PRISM_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
include=${1:-$srcdir/include}
. "$srcdir/tests/lint/compilers.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/prismsearch-headers-XXXXXX")
trap 'rm -rf "$work"' EXIT
failures=0

# compile COMPILER DIALECT SUFFIX HEADER: included twice, and nothing else.
compile() {
    printf '#include <%s>\n#include <%s>\nint main(void) { return 0; }\n' "$4" "$4" > "$work/x.$3"
    # shellcheck disable=SC2086 # a compiler may be several words
    if ! $1 "-std=$2" $strict_flags -fsyntax-only -I "$include" "$work/x.$3"; then
        echo "FAILED: $4 as $2 by $1"
        failures=$((failures + 1))
    fi
}

cd "$include"
headers=$(find prismsearch.h prismsearch -name '*.h' | sort)
while read -r compiler; do
    for header in $headers; do
        for dialect in c99 c11 c17; do compile "$compiler" $dialect c "$header"; done
    done
done <<< "$(c_compilers)"
while read -r compiler; do
    for header in $headers; do
        for dialect in c++11 c++17; do compile "$compiler" $dialect cc "$header"; done
    done
done <<< "$(cxx_compilers)"
exit $((failures > 0))
