#!/bin/sh
# quality.sh - how well are the shared collections ranked?  Usage: bench/quality.sh BUILD_DIR SHARED_DIR
# Prints a line a collection; compares with nothing (tests/cli/quality.sh holds the floors).
set -eu
build=$1
shared=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for c in cranfield cisi xquad-en cmrc2018; do
    docs=$shared/collections/$c/docs.ndjson
    [ -f "$docs" ] || docs=$docs.zst
    "$build/psearch" put -i "$work/$c" "$docs" 2>/dev/null
    "$build/psearch" run -i "$work/$c" --queries "$shared/collections/$c/queries.tsv" >"$work/$c.run"
    printf '%-10s ' "$c"
    "$build/bench/prism_eval" "$shared/collections/$c/qrels.txt" "$work/$c.run"
done
