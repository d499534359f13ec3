#!/bin/bash
# bad_input.sh - whatever comes in, a clear message with its place, the right exit code, and every earlier commit intact.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

printf '{"id":"good","body":"kept for ever"}\n' >good.ndjson
expect 0 "a good one" psearch -i ix put good.ndjson

# bad NAME CODE PLACE FILE: stops, tells the place, keeps what was there
bad() {
    expect "$2" "$1" psearch -i ix put "$4"
    says "$1" "$3"
    count_is ix 1
}
printf '{"id":"a","body":"x"}\n{"id":"b","body":"\xff\xfe"}\n' >utf8.ndjson
bad "ill-formed UTF-8" 7 "utf8.ndjson:2:" utf8.ndjson
printf '{"id":"a","body":"x"}\n{"id":"b","bo' >cut.ndjson
bad "truncated line" 7 "cut.ndjson:2:" cut.ndjson
printf '{"id":"a"}\n[1,2]\n' >array.ndjson
bad "not an object" 7 "array.ndjson:2:" array.ndjson
printf '{"id":"a","title":"x","title":"y"}\n' >twice.ndjson
bad "a name twice" 7 "twice.ndjson:1:" twice.ndjson
printf '{"id":"a","x":{"y":1,"y":2}}\n' >inner.ndjson
bad "a name twice inside" 7 "inner.ndjson:1:" inner.ndjson
printf '{"id":"%s"}\n' "$(head -c 40960 /dev/zero | tr '\0' k)" >key.ndjson
bad "a key of 40 KB" 7 "key.ndjson:1:" key.ndjson
{ printf '{"id":"big","body":"'; head -c 209715200 /dev/zero | tr '\0' x; printf '"}\n'; } >big.ndjson
bad "a line of 200 MB" 7 "big.ndjson:1:" big.ndjson
rm -f big.ndjson
printf 'ELF\0\1\2' >binary
bad "a binary file" 7 "binary" binary
bad "a missing file" 7 "missing.txt" missing.txt
printf '{"id":"a","date":"last tuesday"}\n' >date.ndjson
bad "a date that is none" 7 "date.ndjson:1:" date.ndjson
printf '{"id":"a","body":{"x":1}}\n' >object.ndjson
bad "an object as text" 7 "object.ndjson:1:" object.ndjson
printf '{"id":"nul","body":"a\0b"}\n' >nul.ndjson
bad "a NUL byte" 7 "nul.ndjson:1:" nul.ndjson
if [ "$(id -u)" != 0 ]; then
    : >closed.txt; chmod 0 closed.txt
    bad "an unreadable file" 7 "closed.txt" closed.txt
fi
printf '\037\213garbage' >bad.gz
bad "a damaged gzip" 7 "bad.gz" bad.gz

: >empty.ndjson
expect 0 "an empty NDJSON file" psearch -i ix put empty.ndjson; count_is ix 1
printf '{"id":"t","title":"one"}\n{"id":"t","title":"two"}\n' >same.ndjson
expect 0 "one id twice: the last wins" psearch -i ix put same.ndjson; count_is ix 2
psearch -i ix get t | grep -q two || fail "one id twice: the last does not win"
expect 0 "rm" psearch -i ix rm t

# skip counts, says where, and keeps the records
printf '{"id":"s1","body":"x"}\nnot json\n{"id":"s2","body":"y"}\n{"id":"s3","bo\n' >mixed.ndjson
expect 0 "skip" psearch -i ix put --on-error=skip --rejects rej mixed.ndjson
says "skip" "2 records were rejected"; says "skip" "mixed.ndjson:2:"; count_is ix 3
[ "$(wc -l <rej)" = 2 ] && head -1 rej | grep -qx 'not json' || fail "rejects: $(cat rej)"
expect 0 "skip a missing file" psearch -i ix put --on-error=skip missing.txt good.ndjson; count_is ix 3

# directories
mkdir -p tree/sub; printf 'Title line\nwords\xff here\n' >tree/a.txt; printf -- '---\ntitle: From front matter\ntags: [x, y]\n---\n# Head\n\nbody\n' >tree/sub/b.md
ln -s .. tree/sub/loop
expect 0 "a directory loop" psearch -i ix2 put tree; says "a directory loop" "loop"
says "ill-formed text" "read as separators"
count_is ix2 2
psearch -i ix2 get tree/sub/b.md | grep -q '"title":"From front matter"' || fail "front matter"
psearch -i ix2 get tree/a.txt | grep -q '"title":"Title line"' || fail "title of a text file"
printf 'x' | gzip >one.txt.gz; expect 0 "gzip" psearch -i ix2 put one.txt.gz; count_is ix2 3
if command -v zstd >/dev/null; then
    zstd -q good.ndjson; expect 0 "zstd" psearch -i ix2 put good.ndjson.zst; count_is ix2 4
fi
expect_in 0 "standard input" good.ndjson psearch -i ix3 put -; count_is ix3 1

# not an index
mkdir notes; echo hello >notes/mine.txt
expect 3 "a foreign directory" psearch -i notes put good.ndjson; [ "$(ls notes)" = mine.txt ] || fail "a foreign directory was touched"
expect 3 "a file as index" psearch -i good.ndjson search x
expect 3 "an empty directory" psearch -i tree/sub search x
# an index of another version: the major version is byte 9 of the newest commit file
cp -r ix ix9; c=$(ls ix9/commit-* | tail -1); chmod u+w "$c"; printf '\011' | dd of="$c" bs=1 seek=9 conv=notrunc status=none
psearch -i ix9 search kept >out 2>err; code=$?
[ $code = 3 ] || [ $code = 4 ] || fail "another version: exit $code"
[ -s err ] || fail "another version: no message"

# a full disk
if [ "$(id -u)" = 0 ] && mkdir small && mount -t tmpfs -o size=1m none small 2>/dev/null; then
    trap 'umount "$work/small" 2>/dev/null; rm -rf "$work"' EXIT
    expect 0 "small disk" psearch -i small/ix put good.ndjson
    for i in $(seq 1 60000); do printf '{"id":"n%d","body":"%d number %d of many %d"}\n' $i $RANDOM $RANDOM $RANDOM; done >many.ndjson
    expect 8 "a full disk" psearch -i small/ix put many.ndjson; says "a full disk" "no space"
    count_is small/ix 1
    expect 0 "check after a full disk" psearch -i small/ix check
    umount small
else
    echo "# a full disk: skipped (needs root and tmpfs)"
fi

# locked
if command -v flock >/dev/null; then
    mkfifo pipe; psearch -i ix put - <pipe >/dev/null 2>&1 & holder=$!
    exec 9>pipe; printf '{"id":"held"}\n' >&9; sleep 0.5
    expect 5 "locked" psearch -i ix put good.ndjson
    exec 9>&-; wait $holder
fi
expect 0 "check --deep at the end" psearch -i ix check --deep
finish
