# seed.sh - does a house check see what it is there to see?  Sourced by tests/lint/test_check_*.sh.
#
# A small clean tree is made; the check must pass on it.  Then each `seeds` call puts one violation
# in, and the check must fail and name it; the tree is made anew for each.
set -euo pipefail

srcdir=${PRISM_SRCDIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
work=$(mktemp -d "${TMPDIR:-/tmp}/prismsearch-lint-XXXXXX")
trap 'rm -rf "$work"' EXIT
tree=$work/tree
failures=0
check= # set by the test: the script's name

# put PATH: standard input becomes that file of the tree.
put() {
    mkdir -p "$tree/$(dirname "$1")"
    cat > "$tree/$1"
}

make_tree() {
    rm -rf "$tree"
    mkdir -p "$tree/include/prismsearch"
    put lib/LAYERS < "$srcdir/lib/LAYERS"
    put lib/base/good.h << 'END'
/* good.h - a header without fault. */
#include "base/other.h"
END
    put lib/base/other.h << 'END'
/* other.h - another. */
#include <stdint.h>
END
    put lib/codec/pack.c << 'END'
/* pack.c - how is a file without fault written?  With words like malloc( and printf( in comments. */
#include "base/good.h"

static int double_of(int x) {
    const char *text = "abort() and \" exit( in a text"; /* free( */
    return text[0] + 2 * x; // printf(
}
END
    put tests/unit/codec/test_pack.c << 'END'
/* Tests of pack.c. */
#include "base/good.h"
END
    put include/prismsearch/base.h << 'END'
/* base.h - what is public. */
#ifndef PRISMSEARCH_BASE_H
#define PRISMSEARCH_BASE_H
#define PRISM_API
/** Says hello.
 *  Errors : none */
PRISM_API int prism_hello(int x);
#define PRISM_LIMIT 3 /* things */
#endif
END
}

run_check() {
    "$BASH" "$srcdir/tools/$check" "$tree" "$@" > "$work/out" 2>&1
}

# The clean tree passes.
passes() {
    if run_check "$@"; then
        echo "ok: $check passes on ${what:-a clean tree}"
    else
        echo "FAILED: $check complains about ${what:-a clean tree}:"
        cat "$work/out"
        failures=$((failures + 1))
    fi
}

# seeds DESCRIPTION PATTERN PATH: a clean tree with the file PATH from standard input must fail, with a
# line that matches PATTERN.
seeds() {
    make_tree
    put "$3"
    expect_failure "$1" "$2"
}

# expect_failure DESCRIPTION PATTERN [ARGUMENT...]
expect_failure() {
    local description=$1 pattern=$2
    shift 2
    if run_check "$@"; then
        echo "FAILED: $check does not see: $description"
        failures=$((failures + 1))
    elif ! grep -qE "$pattern" "$work/out"; then
        echo "FAILED: $check fails, but not for: $description"
        cat "$work/out"
        failures=$((failures + 1))
    else
        echo "ok: $check sees: $description"
    fi
}

lines() {
    local i
    for ((i = 0; i < $1; i++)); do echo "$2"; done
}

done_seeding() {
    exit $((failures > 0))
}
