#!/bin/bash
# Is the C of README.md a program that is compiled and run?  It must be the part of examples/embed.c
# between its two [README] marks, to the letter.
set -euo pipefail
srcdir=${PRISM_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
work=$(mktemp -d "${TMPDIR:-/tmp}/prismsearch-readme-XXXXXX")
trap 'rm -rf "$work"' EXIT
awk '/^```/ { on = /^```c$/; next } on' "$srcdir/README.md" > "$work/readme"
awk '/^\/\* \[README\] \*\/$/ { on = !on; next } on' "$srcdir/examples/embed.c" > "$work/embed"
[ -s "$work/embed" ] || { echo 'FAILED: examples/embed.c has no part between [README] marks'; exit 1; }
diff "$work/readme" "$work/embed" || { echo 'FAILED: README.md and examples/embed.c differ'; exit 1; }
