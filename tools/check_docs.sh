#!/bin/bash
# check_docs.sh - does every file say what it is for, is every file tested, is every public name
# explained?
#
#   head essays   lib, cli, bindings and bench open with "/* file.c - question"; over 100 lines of C the essay has
#                 at least 4 lines
#   twins         lib/<layer>/x.c has tests/unit/<layer>/test_x.c; x_read.c and x_write.c, which share
#                 x.h, may share test_x.c; else a line in tests/unit/EXEMPT gives a reason
#   public        each declaration in include/ has a comment above it, beside it, or above its group; a
#                 function that can fail has one of its own, which says "Errors", and who owns what a
#                 "**out" hands over
#   names         a file name occurs once in lib/
#   manual        a function that docs/man speaks of is in lib/prismsearch.sym
. "$(dirname "$0")/lint.sh"

ESSAY_FROM=100
ESSAY_LINES=4

check_head() {
    local file=$1 name lines essay
    name=$(basename "$file")
    case $(head -n 1 "$file") in
    "/* $name - "?*) ;;
    *)
        complain "$file:1" "does not open with \"/* $name - ...\""
        return
        ;;
    esac
    case $file in *.h) return ;; esac
    lines=$(wc -l < "$file")
    [ "$lines" -gt $ESSAY_FROM ] || return 0
    essay=$(awk '{ n++ } /\*\// { print n; exit }' "$file")
    [ "$essay" -ge $ESSAY_LINES ] ||
        complain "$file:1" "$lines lines of code and a head essay of $essay; $ESSAY_LINES are the least"
}

# The test of FILE: that of its name, or of the header it implements a part of.
twin_of() {
    local layer full name
    layer=$(basename "$(dirname "$1")")
    full=$(basename "${1%.*}")
    name=$full
    while [ ! -e "tests/unit/$layer/test_$name.c" ]; do
        if [ "${name%_*}" = "$name" ] || [ -e "lib/$layer/$name.h" ]; then
            name=$full
            break
        fi
        name=${name%_*}
    done
    echo "tests/unit/$layer/test_$name.c"
}

check_twins() {
    local file twin what reason
    declare -A exempt
    if [ -e tests/unit/EXEMPT ]; then
        while read -r what reason; do
            case $what in '' | '#'*) continue ;; esac
            exempt[$what]=1
            [ -n "$reason" ] || complain tests/unit/EXEMPT "$what has no reason"
            [ -e "$what" ] || complain tests/unit/EXEMPT "there is no $what"
        done < tests/unit/EXEMPT
    fi
    source_files lib -- c cc | grep -v '^lib/analysis/gen/' | while read -r file; do
        twin=$(twin_of "$file")
        if [ -e "$twin" ]; then
            [ -z "${exempt[$file]:-}" ] || complain tests/unit/EXEMPT "$file has a test by now"
        elif [ -z "${exempt[$file]:-}" ]; then
            complain "$file" "has no $twin and no line in tests/unit/EXEMPT"
        fi
    done
}

# A declaration (PRISM_API, typedef, or a constant) is explained by a comment that ends on the line
# above, by one on its own line, or by that of the declarations it directly follows.
check_public() {
    awk '
        function where() { return FILENAME ":" FNR ": " }
        # A declaration of a function that can fail, read to its end.
        function judge() {
            gsub(/[[:space:]]+/, " ", head)
            if (head !~ /prism_error \*err\)/) return
            if (said !~ /Errors/) print at "no Errors in the comment of: " head
            if (head ~ /\*\*out/ && said !~ /owned:/ && said !~ /as prism_|Params, /)
                print at "no owner of *out in the comment of: " head
        }
        FNR == 1 { explained = 0; comment = 0; said = ""; head = "" }
        head != "" { head = head " " $0; if (/;/) { judge(); head = said = "" } next }
        comment { said = said $0; if (/\*\//) { comment = 0; explained = 1 } next }
        /^[[:space:]]*$/ { explained = 0; said = ""; next }
        /^\/\*/ { said = $0; if (!/\*\//) comment = 1; else explained = 1; next }
        /^#(if|ifn?def|else|elif|endif|include|undef)/ || /^extern "C"/ { next }
        /^#define PRISMSEARCH_[A-Z_]*H$/ || /^#define PRISM_[A-Z_]*(API|_INIT)/ { next }
        /^(PRISM_API|typedef|#define PRISM_)/ {
            if (!explained && !/\/\*/ && !/^typedef (struct|enum) [a-z_]+ [a-z_]+;/)
                print where() "no comment explains: " $0
            explained = 1
        }
        /^PRISM_API prism_status / {
            head = $0
            at = where()
            if (/;/) { judge(); head = said = "" }
        }
    ' "$1"
}

source_files include lib cli bindings bench | grep -v '^lib/analysis/gen/' | while read -r file; do
    check_head "$file"
done
check_twins
source_files include -- h | while read -r file; do
    check_public "$file" | complain_lines
done
for page in docs/man/*; do
    [ -e "$page" ] || continue
    sed -nE 's/^\.Fn (prism_[a-z0-9_]+).*/\1/p' "$page" | sort -u | while read -r name; do
        grep -qx "$name" lib/prismsearch.sym || complain "$page" "there is no function $name"
    done
done
source_files lib -- c cc | sed 's|.*/||' | sort | uniq -d |
    sed 's/$/: the name occurs more than once in lib/' | complain_lines
finish
