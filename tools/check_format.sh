#!/bin/bash
# check_format.sh - is the layout what .clang-format says, and is no line over 100 columns?
# Layout is judged by clang-format 14 only (versions differ); without it that part is left out.
. "$(dirname "$0")/lint.sh"

COLUMNS_MAX=100

clang_format=
for candidate in clang-format-14 clang-format; do
    if command -v $candidate > /dev/null && $candidate --version | grep -q 'version 14\.'; then
        clang_format=$candidate
        break
    fi
done

our_files() {
    source_files include lib cli bindings bench examples tests | grep -v '^lib/analysis/gen/'
}

if [ -n "$clang_format" ]; then
    our_files | xargs -r $clang_format --dry-run 2>&1 |
        sed -nE 's/^([^ ]*:[0-9]+):[0-9]+: (warning|error): .*/\1: layout, run make format/p' | sort -u | complain_lines
else
    echo 'check_format.sh: no clang-format 14, layout not looked at'
fi

# Columns are characters: continuation bytes of UTF-8 do not count.
our_files | xargs -r awk -v max=$COLUMNS_MAX '
    { s = $0; gsub(/[\200-\277]/, "", s) }
    length(s) > max { print FILENAME ":" FNR ": " length(s) " columns, " max " at most" }
    /\t/ { print FILENAME ":" FNR ": a tab" }
    / $/ { print FILENAME ":" FNR ": blanks at the end" }' | complain_lines
finish
