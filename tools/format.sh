#!/bin/bash
# format.sh - lay out C the house's way: long comments folded, then clang-format 14.
#
#     tools/format.sh [FILE...]     default: all of our own files
set -euo pipefail
cd "$(dirname "$0")/.."

format=clang-format
if command -v clang-format-14 > /dev/null; then format=clang-format-14; fi
$format --version | grep -q 'version 14\.' || { echo 'format.sh: clang-format 14 is needed'; exit 1; }

if [ $# -eq 0 ]; then
    mapfile -t files <<< "$(find include lib cli bindings bench examples tests -type f \
        \( -name '*.c' -o -name '*.h' -o -name '*.cc' \) -not -path 'lib/analysis/gen/*' 2> /dev/null)"
    set -- "${files[@]}"
fi
for file in "$@"; do
    # Twice: laying out code may push a comment behind it over the edge, and the other way round.
    for _ in 1 2; do
        LC_ALL=C awk -f tools/wrap_comments.awk "$file" > "$file.new"
        cmp -s "$file" "$file.new" || cat "$file.new" > "$file"
        rm -f "$file.new"
        $format -i "$file"
    done
done
