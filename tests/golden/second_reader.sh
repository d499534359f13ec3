#!/bin/bash
# second_reader.sh - do the library and the second reader agree on indexes that were just made?
# One of examples/articles, put in three commits with documents replaced and removed between, then merged; one with
# dictionary words; one of the shared articles, if they are there.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99
ref_check="${PRISM_BUILDDIR:-.}/tests/golden/ref_check"
articles=${PRISM_SRCDIR:-.}/examples/articles
skipped=0

expect 0 "put" psearch -i steps put "$articles"/0*.md
expect 0 "more" psearch -i steps put "$articles"/1*.md
expect 0 "again" psearch -i steps put "$articles"/0[1-4]*.md "$articles"/2*.md
expect 0 "remove" psearch -i steps rm "$articles/05-gpt-4-class-models-on-a-laptop.md"
expect 0 "agree on three segments" "$ref_check" agree steps
expect 0 "put at once" psearch -i whole put "$articles"
expect 0 "agree on one segment" "$ref_check" agree whole

expect 0 "make dictionary words" "${PRISM_BUILDDIR:-.}/tests/conformance/golden_maker" words words
expect 0 "agree on dictionary words" "$ref_check" agree words
expect 0 "list dictionary words" psearch -i words terms --field t --format jsonl
prints "dictionary words" '"kind":"hanword"'

small=${PRISM_SHARED:-}/data/articles-small.ndjson.zst
if [ -n "${PRISM_SHARED:-}" ] && [ -e "$small" ]; then
    expect 0 "put the shared articles" psearch -i small put "$small"
    expect 0 "agree on the shared articles" "$ref_check" agree small
else
    echo "SKIP: no shared articles (configure --with-shared=DIR)"
    skipped=1
fi
[ "$failed" = 0 ] || exit 1
[ "$skipped" = 0 ] || exit 77
