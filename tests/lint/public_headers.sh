#!/bin/bash
# Does each public header compile alone, in every dialect a caller may use, without a warning?
set -euo pipefail
srcdir=${PRISM_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
work=$(mktemp -d "${TMPDIR:-/tmp}/prismsearch-headers-XXXXXX")
trap 'rm -rf "$work"' EXIT
failures=0

# compile COMPILER DIALECT SUFFIX HEADER
compile() {
    printf '#include <%s>\n#include <%s>\nint main(void) { return 0; }\n' "$4" "$4" > "$work/x.$3"
    if ! $1 "-std=$2" -pedantic -Wall -Wextra -Werror -fsyntax-only -I "$srcdir/include" "$work/x.$3"; then
        echo "FAILED: $4 as $2"
        failures=$((failures + 1))
    fi
}

cd "$srcdir/include"
for header in prismsearch.h prismsearch/*.h; do
    [ -e "$header" ] || continue
    for dialect in c99 c11 c17; do compile "${CC:-cc}" $dialect c "$header"; done
    for dialect in c++11 c++17; do compile "${CXX:-c++}" $dialect cc "$header"; done
done
exit $((failures > 0))
