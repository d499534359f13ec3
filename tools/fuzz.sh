#!/bin/bash
# tools/fuzz.sh - explore with libFuzzer what make check only replays.
#
#     tools/fuzz.sh build                  clang, AddressSanitizer, UBSan; all programs, in build-fuzz/fuzz
#     tools/fuzz.sh run TARGET SECONDS     explore; found inputs in build-fuzz/corpus/TARGET,
#                                          crashes in build-fuzz/found/TARGET-*
#     tools/fuzz.sh keep TARGET            the fewest inputs of the same coverage -> tests/fuzz/corpus/TARGET
#     tools/fuzz.sh list                   the targets
#
# The last line of a run is `counters: fuzz_TARGET cases=N seconds=S seed=X findings=F` for
# tools/check_long.sh.  Works on a checkout of its own build folder: FUZZ_DIR (default build-fuzz).
# Bounds of each case: 256 MiB above what the program needs itself; 20 s by the clock (FUZZ_TIMEOUT; on an idle machine 2 is
# enough).  The drivers of make check measure CPU time.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=${FUZZ_DIR:-build-fuzz}
clang=${FUZZ_CC:-clang-14} clangxx=${FUZZ_CXX:-clang++-14}
launcher=
command -v ccache > /dev/null && launcher="ccache "
sanitize=address,undefined

targets() {
    local file
    for file in tests/fuzz/fuzz_*.c; do
        file=${file##*/fuzz_}
        case $file in image.c | index.c | lists.c) ;; *) echo "${file%.c}" ;; esac
    done
}

compile() { # FILE... -> objects in $dir/fuzz
    local file
    for file in "$@"; do
        $launcher"$clang" -std=c11 -D_GNU_SOURCE -DHAVE_CONFIG_H -DSIMDJSON_THREADS_ENABLED=1 -O1 -g \
            -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,$sanitize -fno-sanitize-recover=undefined \
            -I"$dir" -Iinclude -Ilib -Itests -Icli -c "$file" -o "$dir/fuzz/$(basename "$file" .c).o"
    done
}

build() {
    local flags="-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,$sanitize -fno-sanitize-recover=undefined"
    mkdir -p "$dir/fuzz"
    [ -e configure ] || autoreconf -fi
    if [ ! -e "$dir/Makefile" ]; then
        (cd "$dir" && ../configure --quiet --disable-hardening --disable-long-tests --enable-assertions \
            --enable-static --disable-shared CC="$launcher$clang" CXX="$launcher$clangxx" \
            CFLAGS="$flags" CXXFLAGS="$flags")
    fi
    make -C "$dir" -s -j"${FUZZ_JOBS:-2}" libprs.la
    local libs target shared cli
    libs=$(sed -n 's/^DEPS_LIBS = //p; s/^STEMMER_LIBS = //p; s/^LIBS = //p' "$dir/Makefile" | tr '\n' ' ')
    shared=(tests/fuzz/fuzz.c tests/fuzz/fuzz_image.c tests/harness/fault_dir.c)
    compile "${shared[@]}" cli/article.c cli/input.c cli/kind.c cli/width.c cli/walk.c
    for target in ${FUZZ_ONLY:-$(targets)}; do
        compile "tests/fuzz/fuzz_$target.c"
        cli=
        [ "$target" = input ] && cli="$dir/fuzz/article.o $dir/fuzz/input.o $dir/fuzz/kind.o $dir/fuzz/width.o $dir/fuzz/walk.o"
        # shellcheck disable=SC2086 # lists
        "$clangxx" -g -fsanitize=fuzzer,$sanitize "$dir/fuzz/fuzz_$target.o" "$dir/fuzz/fuzz.o" \
            "$dir/fuzz/fuzz_image.o" "$dir/fuzz/fault_dir.o" $cli "$dir"/.libs/libprs.a $libs \
            -o "$dir/fuzz/$target"
    done
}

# The hand-written inputs as files (how bytes are written: tests/fuzz/driver.c).
seeds() {
    local target=$1 to=$2 n=0 line
    mkdir -p "$to"
    [ -e "tests/fuzz/fuzz_$target.txt" ] || return 0
    while IFS= read -r line; do
        case $line in '#'* | '') continue ;; esac
        printf '%b' "$line" > "$to/seed-$n"
        n=$((n + 1))
    done < "tests/fuzz/fuzz_$target.txt"
}

options() { # what every run has
    echo "-timeout=${FUZZ_TIMEOUT:-20} -rss_limit_mb=${FUZZ_RSS:-1024} -malloc_limit_mb=256 -max_len=${FUZZ_MAX_LEN:-4096}"
}

run() {
    local target=$1 seconds=$2 seed=${FUZZ_SEED:-} log status=0 cases before
    [ -n "$seed" ] || seed=$((($(date +%s) * 31 + $$) % 2147483647 + 1))
    mkdir -p "$dir/corpus/$target" "$dir/found" "$dir/logs"
    seeds "$target" "$dir/seeds/$target"
    log=$dir/logs/$target-$seed.log
    before=$(ls "$dir/found" | grep -c "^$target-" || true)
    # shellcheck disable=SC2046 # a list
    TIMEFORMAT=%U
    {
        time ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1 \
            nice -n "${FUZZ_NICE:-10}" "$dir/fuzz/$target" $(options) -seed="$seed" -print_final_stats=1 -verbosity=1 \
            -max_total_time="$seconds" -artifact_prefix="$dir/found/$target-" $(dictionary "$target") \
            "$dir/corpus/$target" "$dir/seeds/$target" $(kept "$target") > "$log" 2>&1 || status=$?
    } 2> "$log.cpu"
    cases=$(sed -n 's/^stat::number_of_executed_units: //p' "$log" | tail -1)
    if [ "$status" != 0 ]; then tail -n 40 "$log"; fi
    local after
    after=$(ls "$dir/found" | grep -c "^$target-" || true)
    echo "counters: fuzz_$target cases=${cases:-0} seconds=$(tail -1 "$log.cpu") seed=$seed findings=$((after - before))"
    [ "$status" = 0 ]
}

dictionary() {
    [ ! -e "tests/fuzz/fuzz_$1.dict" ] || echo "-dict=tests/fuzz/fuzz_$1.dict"
}

kept() {
    [ ! -d "tests/fuzz/corpus/$1" ] || echo "tests/fuzz/corpus/$1"
}

keep() {
    local target=$1 to=tests/fuzz/corpus/$1 new
    new=$(mktemp -d)
    seeds "$target" "$dir/seeds/$target"
    # shellcheck disable=SC2046 # lists
    "$dir/fuzz/$target" $(options) -merge=1 "$new" $(kept "$target") "$dir/corpus/$target" > "$dir/logs/keep-$target.log" 2>&1
    mkdir -p "$to"
    find "$to" -type f -delete
    # Small ones, and not too many: the merge keeps the shortest input for each thing reached.
    (cd "$new" && find . -type f -size -"${FUZZ_KEEP_KIB:-5}"k -printf '%s %P\n' | sort -n |
        awk -v most="${FUZZ_KEEP:-200}" -v bytes="${FUZZ_KEEP_BYTES:-120000}" \
            'NR <= most && (sum += $1) <= bytes { print $2 }') |
        while read -r name; do cp "$new/$name" "$to/${name:0:16}"; done
    rm -rf "$new"
    echo "$target: $(find "$to" -type f | wc -l) inputs, $(du -sb "$to" | cut -f1) bytes"
}

case ${1:-} in
build) build ;;
run) run "$2" "${3:-60}" ;;
keep) keep "$2" ;;
list) targets ;;
*)
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
