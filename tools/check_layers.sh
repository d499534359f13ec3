#!/bin/bash
# check_layers.sh - does every file include only what its layer may?  The rules are lib/LAYERS,
# and three about the system: threads in base/sync, files in store, xxHash in base/hash.
. "$(dirname "$0")/lint.sh"

declare -A may
while IFS=: read -r layer allowed; do
    case $layer in '' | '#'*) continue ;; esac
    may[$layer]=" $layer $allowed "
done < lib/LAYERS

# "file:line:included" for every quoted include of the files named on standard input.
quoted_includes() {
    xargs -r grep -nHE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' |
        sed -E 's/^([^:]*:[0-9]+):[^"]*"([^"]*)".*/\1:\2/' || true
}

check_library() {
    local file line included layer target
    while IFS=: read -r file line included; do
        layer=${file#lib/}
        layer=${layer%%/*}
        target=${included%%/*}
        if [ -z "${may[$layer]:-}" ]; then
            complain "$file:$line" "folder lib/$layer is not in lib/LAYERS"
        elif [ "$target" = "$included" ]; then
            complain "$file:$line" "include \"$included\" is written without its layer"
        elif [ "${may[$layer]#* "$target" }" = "${may[$layer]}" ]; then
            complain "$file:$line" "$layer may not include $target (\"$included\")"
        elif [ ! -e "lib/$included" ]; then
            complain "$file:$line" "there is no lib/$included"
        fi
    done
}

# Outside of lib/: no internal header, however it is written.
check_outsiders() {
    local file line included
    while IFS=: read -r file line included; do
        if [ -n "${may[${included%%/*}]:-}" ] || [ "${included#*lib/}" != "$included" ]; then
            complain "$file:$line" "sees include/ only, not \"$included\""
        fi
    done
}

# The reference engine shares nothing with what it judges.
check_reference() {
    local file line included
    while IFS=: read -r file line included; do
        case $included in
        naive.h | ref/*) ;;
        *) complain "$file:$line" "the reference engine includes libc only, not \"$included\"" ;;
        esac
    done
}

# only_in HEADERS FILES REASON: the system headers (a pattern) belong to the files (a pattern).
only_in() {
    source_files lib | grep -vE "$2" |
        xargs -r grep -nHE "^[[:space:]]*#[[:space:]]*include[[:space:]]*<($1)>" |
        sed -E "s~^([^:]*:[0-9]+):.*<(.*)>.*~\1: <\2>: $3~" || true
}

source_files lib | quoted_includes | check_library
source_files cli bindings bench examples tests/api tests/examples tests/diff tests/golden |
    grep -v '^bench/micro/' | quoted_includes | check_outsiders
source_files tests/ref | quoted_includes | check_reference
{
    only_in 'pthread\.h|threads\.h|semaphore\.h' '^lib/base/sync\.' 'threads are for base/sync'
    only_in 'fcntl\.h|dirent\.h|sys/mman\.h|sys/stat\.h|sys/file\.h|sys/vfs\.h' '^lib/store/' \
        'POSIX files are for store'
    only_in 'unistd\.h' '^lib/(store/|base/sync\.c)' 'POSIX files are for store'
    only_in 'xxhash\.h' '^lib/base/hash\.c' 'hashes come from base/hash.h'
} | complain_lines
finish
