#!/bin/bash
# check_sizes.sh - is every file at most 800 lines, every function at most 100?
# Functions over 60 are named as a warning.  tools/size_allow.txt lists exceptions, each with its
# reason, "path reason..." or "path:function reason..."; an exception that is not needed fails too.
. "$(dirname "$0")/lint.sh"

FILE_MAX=800
FUNCTION_MAX=100
FUNCTION_WARN=60

# "name lines first_line" of each function of a file laid out by .clang-format: a function begins on
# a line that starts in column 0 and ends in "{", and ends at a "}" in column 0.
functions_of() {
    awk '
        /^#/ || continued { continued = /\\$/; next }
        !inside && /^[A-Za-z_]/ && !/;[[:space:]]*$/ { head = ""; first = FNR; collecting = 1 }
        !inside && collecting {
            head = head $0 " "
            if (/;[[:space:]]*$/) collecting = 0
            if (/\{[[:space:]]*(\/\*.*\*\/)?[[:space:]]*$/) { inside = head ~ /\(/; collecting = 0 }
            next
        }
        inside && /^\}/ {
            sub(/\(.*/, "", head)
            if (head ~ /^START_TEST *$/) head = "test"
            n = split(head, words, /[^A-Za-z0-9_]+/)
            name = words[n] != "" ? words[n] : words[n - 1]
            print name, FNR - first + 1, first
            inside = 0
        }
    ' "$1"
}

declare -A allowed used
if [ -e tools/size_allow.txt ]; then
    while read -r what reason; do
        case $what in '' | '#'*) continue ;; esac
        allowed[$what]=1
        [ -n "$reason" ] || complain tools/size_allow.txt "$what has no reason"
    done < tools/size_allow.txt
fi

# over WHAT PLACE TEXT: a complaint, unless allowed.
over() {
    if [ -n "${allowed[$1]:-}" ]; then
        used[$1]=1
    else
        complain "$2" "$3"
    fi
}

source_files include lib cli bindings bench examples tests tools -- c cc h sh py awk |
    grep -v '^lib/analysis/gen/' | while read -r file; do
    lines=$(wc -l < "$file")
    [ "$lines" -le $FILE_MAX ] || over "$file" "$file" "$lines lines, $FILE_MAX at most"
    case $file in *.c | *.cc | *.h) ;; *) continue ;; esac
    functions_of "$file" | while read -r name length first; do
        if [ "$length" -gt $FUNCTION_MAX ]; then
            over "$file:$name" "$file:$first" "$name has $length lines, $FUNCTION_MAX at most"
        elif [ "$length" -gt $FUNCTION_WARN ]; then
            echo "$file:$first: warning: $name has $length lines, $FUNCTION_WARN are enough"
        fi
    done
done

for what in "${!allowed[@]}"; do
    [ -n "${used[$what]:-}" ] || complain tools/size_allow.txt "$what needs no exception"
done
finish
