#!/bin/bash
# check_exports.sh - does the built library show exactly what lib/prismsearch.sym lists?
#
#     check_exports.sh [ROOT [LIBRARY]]     LIBRARY: default $PRISM_BUILDDIR/.libs/libprismsearch.so
#
#   names     exported = listed = declared with PRISM_API
#   kinds     functions only: exported data would fix its size in every program
#   needs     nothing that ends the process, prints or is unsafe is undefined
#   globals   no mutable data of our own but what tools/globals_allow.txt gives a reason for (not looked
#             at in instrumented builds)
. "$(dirname "$0")/lint.sh"

library=${2:-${PRISM_BUILDDIR:-build}/.libs/libprismsearch.so}
if [ ! -e "$library" ]; then
    echo "no $library: build first"
    exit 77
fi
listed=lib/prismsearch.sym

# only_in_first NAMES OTHERS TEXT: a complaint for each name that is not among the others.
only_in_first() {
    grep -vxF -e "$2" <<< "$1" | sed "s~\$~: is $3~"
}

# Globals of tools/globals_allow.txt, each of which has its reason there.
without_allowed() {
    local name rest
    while read -r name rest; do
        grep -qE "^${name%:} .+" tools/globals_allow.txt 2> /dev/null || echo "$name $rest"
    done
}

is_instrumented() {
    nm -D --undefined-only "$library" | grep -qE '__asan_|__ubsan_|__tsan_|__msan_' ||
        nm "$library" 2> /dev/null | grep -q '__gcov_'
}

exported=$(nm -D --defined-only "$library" | awk '{ print $3 }' | sed 's/@.*//' | sort)
# declared_in FILES on standard input: what they declare.
declared_in() {
    strip_code | sed -nE 's/^[^:]*:[0-9]+:PRISM_API .*[^a-z0-9_](prism_[a-z0-9_]+)\(.*/\1/p' | sort
}
declared=$(source_files include -- h | declared_in)
sort -c "$listed" 2> /dev/null || complain "$listed" 'is not sorted'

only_in_first "$exported" "$(sort "$listed")" "exported, not listed in $listed" | complain_lines
only_in_first "$(sort "$listed")" "$exported" "listed in $listed, not exported" | complain_lines
only_in_first "$exported" "$declared" 'exported, not declared in include' | complain_lines
only_in_first "$declared" "$exported" 'declared in include, not exported' | complain_lines
nm -D --defined-only "$library" |
    awk '$2 != "T" { print $3 ": exported, and not a function" }' | complain_lines

if ! is_instrumented; then
    banned='abort|exit|_exit|printf|__printf_chk|fprintf|__fprintf_chk|puts|putchar|perror|strcpy|__strcpy_chk|strcat|__strcat_chk|sprintf|__sprintf_chk|gets|atoi|strtok|rand|srand|random|getenv|setlocale|signal|sigaction|stdout|stderr'
    nm -D --undefined-only "$library" | awk '{ print $2 }' | sed 's/@.*//' |
        grep -xE "$banned" | sed 's/$/: undefined in the library, and banned/' | complain_lines
    objdump -t "$library" |
        awk '$0 ~ / O \.(data|bss|tdata|tbss)[[:space:]]/ { print $NF ": mutable global" }' |
        grep -vE '^(completed\.|__dso_handle|_DYNAMIC|__TMC_END__|__cpu_model:|__cpu_features2:|DW\.ref\.|_ZGV|_ZSt|_ZNSt)' |
        without_allowed | complain_lines
fi
finish
