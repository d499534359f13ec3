#!/bin/bash
# check_gen_unicode.sh - are the checked-in Unicode tables what tools/gen_unicode makes?
# Skips with an ICU of another UCD version: the tables are pinned, ICU is not.
set -u
out=$(mktemp -d) || exit 99
trap 'rm -rf "$out"' EXIT
"${PRISM_BUILDDIR:-.}/tools/gen_unicode" "$out"
status=$?
[ $status -eq 77 ] && exit 77
[ $status -eq 0 ] || exit 99
diff -r "$out" "${PRISM_SRCDIR:-.}/lib/analysis/gen" >&2 ||
    { echo "run make regen-unicode, and give the change a new rules version" >&2; exit 1; }
