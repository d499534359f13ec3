#!/bin/bash
# tools/static_analysis.sh - what do the analyzers say of lib/ and cli/?
#
#     tools/static_analysis.sh [gcc] [cppcheck] [tidy] [scan]     default: all that are installed
#
#     gcc        -fanalyzer (C only)
#     cppcheck   warning, performance, portability
#     tidy       clang-tidy: bugprone, cert, clang-analyzer, less what clashes with the house rules (below)
#     scan       scan-build (clang's analyzer over whole files)
#
# Findings that were looked at and are none stand in tools/static_allow.txt, a line each: a fixed part of the
# message and, behind " # ", the reason.  Needs a configured build folder (PRISM_BUILDDIR, default build) for
# config.h.  Ends with `counters: static_analysis cases=FILES ... findings=N`; exit 1 if N > 0, 77 without tools.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
build=${PRISM_BUILDDIR:-build}
found=$(mktemp) allowed=$(mktemp)
trap 'rm -f "$found" "$allowed"' EXIT
sed -n '/^#/!s/ # .*//p' tools/static_allow.txt 2> /dev/null | sed '/^ *$/d' > "$allowed"
flags=(-std=c11 -D_GNU_SOURCE -DHAVE_CONFIG_H -DSIMDJSON_THREADS_ENABLED=1 -ffp-contract=off "-I$build" -Iinclude -Ilib -Icli)
mapfile -t files < <(find lib cli -name '*.c' | sort)
# What the kernels of a CPU level are compiled with; m4/prs_flags.m4 has the same.
level_of() { # FILE
    local avx2="-mavx2 -mbmi -mbmi2 -mpopcnt -mlzcnt"
    case $1 in
    *_sse42.c) echo "-msse4.2 -mpopcnt" ;;
    *_avx2.c) echo "$avx2" ;;
    *_avx512.c) echo "$avx2 -mavx512f -mavx512bw -mavx512vl -mavx512dq" ;;
    esac
}
[ $# -gt 0 ] || set -- gcc cppcheck tidy scan
ran=0 begin=$SECONDS

have() {
    if command -v "$1" > /dev/null; then
        ran=$((ran + 1))
        echo "== $1" >&2
        return 0
    fi
    echo "static_analysis: no $1" >&2
    return 1
}

# shellcheck disable=SC2046 # level_of gives a list
for tool in "$@"; do
    case $tool in
    gcc)
        have gcc || continue
        for file in "${files[@]}"; do
            gcc "${flags[@]}" $(level_of "$file") -O1 -fanalyzer -Wno-analyzer-use-of-uninitialized-value -c "$file" -o /dev/null 2>&1 |
                grep -E 'warning: .*\[-Wanalyzer'
        done >> "$found"
        ;;
    cppcheck)
        have cppcheck || continue
        cppcheck --quiet --std=c11 --language=c -j2 --enable=warning,performance,portability --inline-suppr \
            --suppress=missingIncludeSystem --suppress=unknownMacro --template='{file}:{line}: {severity}: {message} [{id}]' \
            -D__GNUC__=12 -D__x86_64__ -D_GNU_SOURCE "-I$build" -Iinclude -Ilib -Icli "${files[@]}" 2>&1 |
            grep -E ': (error|warning|performance|portability): ' >> "$found"
        ;;
    tidy)
        have clang-tidy-14 || continue
        # Left out: names with _ behind (PRS_TRY), swappable parameters, narrowing (clang -Wconversion is on), ...
        checks='-*,bugprone-*,cert-*,clang-analyzer-*,-bugprone-easily-swappable-parameters,-bugprone-reserved-identifier,-cert-dcl37-c,-cert-dcl51-cpp,-bugprone-narrowing-conversions,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,-bugprone-macro-parentheses,-bugprone-assignment-in-if-condition,-cert-err33-c,-bugprone-implicit-widening-of-multiplication-result,-cert-msc24-c,-cert-msc33-c'
        for file in "${files[@]}"; do
            clang-tidy-14 --quiet --checks="$checks" "$file" -- "${flags[@]}" $(level_of "$file") 2> /dev/null | grep -E 'warning: '
        done >> "$found"
        ;;
    scan)
        have clang-14 || continue
        for file in "${files[@]}"; do
            clang-14 --analyze -Xclang -analyzer-output=text "${flags[@]}" $(level_of "$file") "$file" 2>&1 | grep -E 'warning: '
        done >> "$found"
        ;;
    esac
done
[ "$ran" -gt 0 ] || exit 77
sed -i "s|$PWD/||" "$found"
sort -u "$found" -o "$found"
if [ -s "$allowed" ]; then grep -vF -f "$allowed" "$found" > "$found.new" || true; mv "$found.new" "$found"; fi
cat "$found"
n=$(wc -l < "$found")
echo "counters: static_analysis cases=$((${#files[@]} * ran)) seconds=$((SECONDS - begin)) seed=$(date +%s) findings=$n"
[ "$n" = 0 ]
