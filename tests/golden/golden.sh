#!/bin/bash
# golden.sh - are the golden indexes still read, answered and written as they were?
#
#     golden.sh                 for each index of tests/golden/v1.0:
#       dump      the second reader sees what it saw
#       agree     the library says the same, and so does an inversion of the stored documents
#       check     psearch check --deep finds nothing
#       answers   fixed queries have the hits and scores they had
#       bytes     the same documents make the same files, byte for byte
#     golden.sh regen DIR       writes them anew into DIR (make regen-golden)
#
# "large" is kept packed, and of its dump the checksum.
#
# Two libraries have a say: another Snowball is another analyzer, so answers and bytes cannot be compared (exit 77);
# another zstd may pack frames otherwise, so .doc files, and the commit with their digests, are compared by the dump.
set -u
here=${PRISM_SRCDIR:-.}/tests/golden/v1.0
built=${PRISM_BUILDDIR:-.}
indexes="tiny mixed groups large grown pairs ordered"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0
skipped=0

fail() {
    printf 'FAIL: %s\n' "$*"
    failed=1
}

skip() {
    printf 'SKIP: %s\n' "$*"
    skipped=1
}

ref_check() { "$built/tests/golden/ref_check" "$@"; }

# same WHAT KEPT NEW
same() { cmp -s "$2" "$3" || fail "$1: $(diff -a "$2" "$3" | head -n 4 | cut -c 1-200)"; }

make_all() {
    local name
    for name in $indexes; do
        "$built/tests/conformance/golden_maker" "$name" "$1/$name" || exit 99
        rm -f "$1/$name/write.lock"
    done
}

dump() {
    if [ "$(basename "$1")" = large ]; then ref_check dump "$1" | cksum; else ref_check dump "$1"; fi
}

describe() {
    dump "$1" > "$2.dump" || fail "the second reader refuses $1"
    ref_check answers "$1" > "$2.answers" || fail "no answers from $1"
}

if [ "${1:-}" = regen ]; then
    rm -rf "$2"
    mkdir -p "$2" || exit 99
    make_all "$2"
    for name in $indexes; do describe "$2/$name" "$2/$name"; done
    (cd "$2" && tar --sort=name --owner=0 --group=0 --mtime=@0 -cf - large | gzip -9n > large.tar.gz) || exit 99
    rm -rf "$2/large"
    ref_check zstd > "$2/zstd_version"
    exit $failed
fi

# What the hashes of FORMAT.md section 3 cover, they cover for an independent reader too.
flips_are_seen() {
    local name=$1 file len at byte
    [ "$name" != large ] || return 0
    cp -r "$here/$name" "$work/damaged" && chmod -R u+w "$work/damaged" || exit 99
    for file in "$work/damaged"/*; do
        len=$(stat -c %s "$file")
        for at in 0 9 40 57 64 $((len / 3)) $((len / 2)) $((len - 70)) $((len - 60)) $((len - 1)); do
            byte=$(od -An -tu1 -j "$at" -N 1 "$file")
            printf "\\x$(printf %x $((byte ^ 16)))" | dd of="$file" bs=1 seek="$at" conv=notrunc 2> /dev/null
            ref_check dump "$work/damaged" > /dev/null 2>&1 &&
                fail "$name: the second reader does not see a flip in $(basename "$file") at $at"
            printf "\\x$(printf %x $((byte)))" | dd of="$file" bs=1 seek="$at" conv=notrunc 2> /dev/null
        done
    done
    ref_check dump "$work/damaged" > /dev/null || fail "$name: flips were not undone"
    rm -rf "$work/damaged"
}

compare_bytes() {
    local name=$1 home=$2 file kept
    for file in "$home"/*; do
        kept=$(basename "$file")
        cmp -s "$file" "$work/$name/$kept" && continue
        case $kept in
        *.doc | commit-*) [ "$same_zstd" = 1 ] || continue ;;
        esac
        fail "$name: made anew, $kept has other bytes"
    done
    [ "$(ls "$home")" = "$(ls "$work/$name")" ] || fail "$name: made anew, it has other files"
}

make_all "$work"
same_zstd=0
[ "$(ref_check zstd)" = "$(cat "$here/zstd_version")" ] && same_zstd=1
[ "$same_zstd" = 1 ] || skip "zstd $(ref_check zstd) may pack otherwise: frames are compared unpacked"

mkdir "$work/kept" && tar -C "$work/kept" -xzf "$here/large.tar.gz" || exit 99
for name in $indexes; do
    home=$here/$name
    [ -d "$home" ] || home=$work/kept/$name
    dump "$home" > "$work/kept.dump" || fail "$name: the second reader refuses it"
    same "$name, seen by the second reader" "$here/$name.dump" "$work/kept.dump"
    dump "$work/$name" > "$work/new.dump" || fail "$name: the second reader refuses a new one"
    ref_check dump "$home" | grep -ao 'analyzer .*' > "$work/kept.id"
    ref_check dump "$work/$name" | grep -ao 'analyzer .*' > "$work/new.id"
    if ! cmp -s "$work/kept.id" "$work/new.id"; then
        skip "$name: the stemmer of this machine is another one than that of the golden index"
        continue
    fi
    flips_are_seen "$name"
    ref_check agree "$home" || fail "$name: two readers disagree"
    psearch -i "$home" check --deep > "$work/check" 2>&1 || fail "$name: $(cat "$work/check")"
    ref_check answers "$home" > "$work/answers" || fail "$name: no answers"
    same "$name, answers" "$here/$name.answers" "$work/answers"
    same "$name, made anew" "$here/$name.dump" "$work/new.dump"
    compare_bytes "$name" "$home"
done
[ $failed = 0 ] || exit 1
[ $skipped = 0 ] || exit 77
