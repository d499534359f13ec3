#!/bin/bash
# Does README.md tell the truth?  Its C must be the part of examples/embed.c between its two [README]
# marks, to the letter; its psearch commands are run, one after the other, and must end with 0
# (a search that finds nothing ends with 1).
set -euo pipefail
srcdir=${PRISM_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
work=$(mktemp -d "${TMPDIR:-/tmp}/prismsearch-readme-XXXXXX")
trap 'rm -rf "$work"' EXIT
awk '/^```/ { on = /^```c$/; next } on' "$srcdir/README.md" > "$work/readme"
awk '/^\/\* \[README\] \*\/$/ { on = !on; next } on' "$srcdir/examples/embed.c" > "$work/embed"
[ -s "$work/embed" ] || { echo 'FAILED: examples/embed.c has no part between [README] marks'; exit 1; }
diff "$work/readme" "$work/embed" || { echo 'FAILED: README.md and examples/embed.c differ'; exit 1; }

# The commands as they stand there, in a folder with `build` and some articles.
programs=${PRISM_BUILDDIR:-$srcdir/build}
cd "$work"
ln -s "$programs" build
cp -r "$srcdir/examples/articles" articles
unset PSEARCH_INDEX
awk '/^    .*build\/psearch/ { sub(/^ */, ""); print }' "$srcdir/README.md" > commands
[ "$(wc -l < commands)" -ge 16 ] || { echo 'FAILED: README.md has lost its commands'; exit 1; }
while IFS= read -r command; do
    case $command in *jq*) command -v jq > /dev/null || continue ;; esac
    bash -o pipefail -c "$command" > out 2> err < /dev/null || {
        echo "FAILED: $command: exit $?: $(head -c 300 err)"
        exit 1
    }
done < commands
