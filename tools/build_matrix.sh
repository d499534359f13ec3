#!/bin/bash
# tools/build_matrix.sh - do all compilers and levels give the same bits, and do sanitizers agree?
#
#     tools/build_matrix.sh NAME... | all | list
#
#     gcc-O0 gcc-O2 gcc-O3 gcc-lto clang-O0 clang-O2 clang-O3 clang-lto
#                  unit programs, the golden indexes (bytes and answers), a short differential test, fuzz corpora
#     clang-asan   the same with AddressSanitizer, LeakSanitizer and all of UBSan that is about mistakes
#     msan         MemorySanitizer (clang) over base, codec, store and format without third-party code: xxHash
#                  comes in by its header, stored documents (zstd) are left out; the fuzz programs of the decoders
#                  over their corpora
#
# Builds in build-matrix/NAME, one after another; PRISM_SEED for the differential test.  A compiler that is
# missing skips its configurations.  Prints `counters: build_matrix ...` or `counters: msan ...`.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
src=$PWD
export PRISM_SRCDIR=$src PRISM_SHARED=${PRISM_SHARED:-$src/../shared}
clang=${FUZZ_CC:-clang-14} clangxx=${FUZZ_CXX:-clang++-14} seed=${SEED:-${PRISM_SEED:-20261130}}
all=(gcc-O0 gcc-O2 gcc-O3 gcc-lto clang-O0 clang-O2 clang-O3 clang-lto clang-asan)
layers=$(sed -n "s/^\([a-z]*\):.*/\1/p" lib/LAYERS | tr "\n" " ")
launcher=
command -v ccache > /dev/null && launcher="ccache "
cases=0 findings=0 skipped=0

configure_one() { # NAME
    local flags=() cc=gcc cxx=g++ level=-O2 more=
    case $1 in clang-*) cc=$clang cxx=$clangxx ;; esac
    case $1 in
    *-O?) level=-${1##*-} ;;
    *-lto) more=-flto ;;
    clang-asan) level=-O1 more="-fsanitize=address,undefined,nullability,float-divide-by-zero -fno-sanitize-recover=all -fno-omit-frame-pointer" ;;
    esac
    [ "$1" = gcc-O0 ] || [ "$1" = clang-O0 ] || [ "$1" = clang-asan ] && flags+=(--disable-hardening)
    [ "$1" = clang-lto ] && flags+=(AR=llvm-ar-14 RANLIB=llvm-ranlib-14)
    command -v "$cc" > /dev/null || return 77
    "$src/configure" --quiet --enable-assertions CC="$launcher$cc" CXX="$launcher$cxx" CFLAGS="-g $level $more" \
        CXXFLAGS="-g $level $more" "${flags[@]}"
}

programs() {
    local layer file
    for layer in $layers; do echo "tests/unit/$layer/${layer}_tests"; done
    for file in "$src"/tests/fuzz/fuzz_*.txt; do echo "tests/fuzz/$(basename "$file" .txt)"; done
    echo tests/diff/diff_search tests/golden/ref_check tests/conformance/golden_maker
}

must() { # WHAT COMMAND...
    local what=$1
    shift
    cases=$((cases + 1))
    if ! "$@" > log.txt 2>&1; then
        echo "FAILED: $name: $what"
        tail -n 30 log.txt
        findings=$((findings + 1))
    fi
}

one() {
    name=$1
    mkdir -p "build-matrix/$name"
    cd "build-matrix/$name" || exit 2
    echo "== $name"
    local status=0 layer file
    [ -e Makefile ] || configure_one "$name" > configure.txt 2>&1 || status=$?
    if [ "$status" = 77 ]; then
        echo "no compiler for $name"
        skipped=$((skipped + 1))
    elif [ "$status" != 0 ]; then
        tail -n 5 configure.txt
        findings=$((findings + 1))
    else
        export PRISM_BUILDDIR=$PWD
        # shellcheck disable=SC2046 # a list
        must build make -s -j"${MATRIX_JOBS:-2}" all $(programs)
        for layer in $layers; do must "$layer" "tests/unit/$layer/${layer}_tests"; done
        must golden env PATH="$PWD:$PATH" bash "$src/tests/golden/golden.sh"
        must diff tests/diff/diff_search 20 100 "$seed"
        for file in "$src"/tests/fuzz/fuzz_*.txt; do
            must "$(basename "$file" .txt)" env PRISM_FUZZ_RUNS=2 PRISM_FUZZ_CPU=60 "tests/fuzz/$(basename "$file" .txt)"
        done
    fi
    cd "$src" || exit 2
}

# What the kernels of a CPU level are compiled with; m4/prs_flags.m4 has the same.
level_of() { # FILE
    local avx2="-mavx2 -mbmi -mbmi2 -mpopcnt -mlzcnt"
    case $1 in
    *_sse42.c) echo "-msse4.2 -mpopcnt" ;;
    *_avx2.c) echo "$avx2" ;;
    *_avx512.c) echo "$avx2 -mavx512f -mavx512bw -mavx512vl -mavx512dq" ;;
    esac
}

msan() {
    local dir=$src/build-matrix/msan file object target objects=() begin=$SECONDS bad=0 n=0 out
    command -v "$clang" > /dev/null || { echo "no $clang"; return 77; }
    mkdir -p "$dir"
    [ -e "$dir/config.h" ] || (cd "$dir" && "$src/configure" --quiet CC="$launcher$clang" CXX="$launcher$clangxx" > /dev/null 2>&1)
    local flags="-std=c11 -D_GNU_SOURCE -DHAVE_CONFIG_H -DXXH_INLINE_ALL -O1 -g -fno-omit-frame-pointer
        -fsanitize=memory -fsanitize-memory-track-origins -fno-sanitize-recover=all -ffp-contract=off
        -I$dir -I$src/include -I$src/lib -I$src/tests"
    for file in lib/base/*.c lib/codec/*.c lib/store/*.c lib/format/*.c lib/api/api_base.c tests/fuzz/fuzz.c tests/fuzz/driver.c; do
        case $file in lib/format/docstore* | lib/format/frames* | lib/format/zstd*) continue ;; esac
        object=$dir/$(basename "$file" .c).o
        # shellcheck disable=SC2086,SC2046 # lists
        $launcher$clang $flags $(level_of "$file") -c "$file" -o "$object" || return 1
        objects+=("$object")
    done
    for target in block positions postings terms column deletes manifest parts envelope \
        join_column join_keys join_lists planes short stops term_block; do
        # shellcheck disable=SC2086
        $launcher$clang $flags -c "tests/fuzz/fuzz_$target.c" -o "$dir/fuzz_$target.o" &&
            "$clang" -fsanitize=memory "$dir/fuzz_$target.o" "${objects[@]}" -lm -lpthread -o "$dir/fuzz_$target" || return 1
        if out=$(PRISM_SEED=$seed PRISM_FUZZ_RUNS="${MSAN_RUNS:-40}" PRISM_FUZZ_CPU=60 "$dir/fuzz_$target" 2>&1); then
            n=$((n + $(sed -n 's/.* \([0-9]*\) cases$/\1/p' <<< "$out")))
        else
            echo "$out" | tail -n 40
            bad=$((bad + 1))
        fi
    done
    echo "counters: msan cases=$n seconds=$((SECONDS - begin)) seed=$seed findings=$bad"
    [ "$bad" = 0 ]
}

[ $# -gt 0 ] || set -- list
case $1 in
list) printf '%s\n' "${all[@]}" msan ;;
msan) msan ;;
*)
    [ "$1" = all ] && set -- "${all[@]}"
    for config in "$@"; do one "$config"; done
    [ "$skipped" -lt $# ] || exit 77
    echo "counters: build_matrix cases=$cases seconds=$SECONDS seed=$seed findings=$findings"
    [ "$findings" = 0 ]
    ;;
esac
