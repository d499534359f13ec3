#!/bin/bash
# examples.sh - are the worked examples of FORMAT.md the bytes of the golden index?
#
# A block that opens with "```hex FILE OFFSET" holds bytes of tests/golden/v1.0/tiny/FILE from OFFSET on: on each line pairs of
# hexadecimal digits, and what stands behind two blanks explains them.
set -u
shopt -s lastpipe # the loop counts in this shell
root=${PRISM_SRCDIR:-.}
tiny=$root/tests/golden/v1.0/tiny
failed=0
blocks=0

bytes_at() { od -An -v -tx1 -j "$(($2))" -N "$3" "$tiny/$1" | tr -d ' \n'; }

awk '
    /^```hex / { inside = 1; head = $2 " " $3; hex = ""; next }
    inside && /^```/ { print head, hex; inside = 0 }
    inside { sub(/   *[^ ].*/, ""); gsub(/ /, ""); hex = hex $0 }' "$root/FORMAT.md" |
    while read -r file offset hex; do
        blocks=$((blocks + 1))
        found=$(bytes_at "$file" "$offset" $((${#hex} / 2)))
        [ "$found" = "$hex" ] && continue
        printf 'FORMAT.md: the block %s %s has\n%s, the file\n%s\n' "$file" "$offset" "$hex" "$found"
        failed=1
    done
[ "$blocks" -ge 10 ] || { echo "FORMAT.md: only $blocks blocks of bytes were found"; failed=1; }
exit $failed
