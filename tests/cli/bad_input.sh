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
bad "ill-formed UTF-8" 7 "utf8.ndjson:2:19: " utf8.ndjson
printf '\xef\xbb\xbf{"id":"a","body":"\xff"}\n' >mark.ndjson
bad "ill-formed UTF-8 behind a mark" 7 "mark.ndjson:1:22: " mark.ndjson
printf '{"id":"a","body":"\xed\xa0\x80"}\n' >surrogate.ndjson
bad "a surrogate" 7 "surrogate.ndjson:1:19: " surrogate.ndjson
printf '{"id":"a","body":"x"}\n{"id":"b","bo' >cut.ndjson
bad "truncated line" 7 "cut.ndjson:2:" cut.ndjson
printf '{"id":"a"}\n[1,2]\n' >array.ndjson
bad "not an object" 7 "array.ndjson:2:" array.ndjson
printf '{"id":"a","title":"x","title":"y"}\n' >twice.ndjson
bad "a name twice" 7 "twice.ndjson:1:23: " twice.ndjson
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
bad "a NUL byte" 7 "nul.ndjson:1:22: " nul.ndjson
if [ "$(id -u)" != 0 ]; then
    : >closed.txt; chmod 0 closed.txt
    bad "an unreadable file" 7 "closed.txt" closed.txt
fi
printf '\037\213garbage' >bad.gz
bad "a damaged gzip" 7 "bad.gz: byte " bad.gz
awk 'BEGIN { for (i = 0; i < 2000; i++) printf "{\"id\":\"z%d\",\"body\":\"%d\"}\n", i, i * 7919 }' >z.ndjson
gzip -c <z.ndjson | head -c 3000 >cut.ndjson.gz
bad "a truncated gzip" 7 "cut.ndjson.gz: byte 3000: the gzip data ends too early" cut.ndjson.gz
gzip -c <z.ndjson | { head -c 2000; printf XXXX; } >spoilt.gz
bad "a spoilt gzip" 7 "spoilt.gz: byte " spoilt.gz
if has zstd; then
    zstd -qc <z.ndjson | head -c 3000 >cut.ndjson.zst
    bad "a truncated zstd" 7 "cut.ndjson.zst: byte 3000: the zstd data ends too early" cut.ndjson.zst
fi
long=$(printf 'd%.0s' $(seq 200)); mkdir "$long"; echo oops >"$long/x.ndjson"
bad "a long path is told whole" 7 "$long/x.ndjson:1:" "$long/x.ndjson"
bad "a directory with a bad file" 7 "$long/x.ndjson:1:" "$long"

: >empty.ndjson
expect 0 "an empty NDJSON file" psearch -i ix put empty.ndjson; count_is ix 1
printf '{"id":"t","title":"one"}\n{"id":"t","title":"two"}\n' >same.ndjson
expect 0 "one id twice: the last wins" psearch -i ix put same.ndjson; count_is ix 2
psearch -i ix get t | grep -q two || fail "one id twice: the last does not win"
expect 0 "rm" psearch -i ix rm t

# skip counts, says where, and keeps the records
printf '{"id":"s1","body":"x"}\nnot json\n{"id":"s2","body":"y"}\n{"id":"s3","bo\n' >mixed.ndjson
expect 0 "skip" psearch -i ix put --on-error=skip --rejects rej mixed.ndjson
says "skip" "2 records rejected"; says "skip" "mixed.ndjson:2:"; count_is ix 3
[ "$(wc -l <rej)" = 2 ] && head -1 rej | grep -qx 'not json' || fail "rejects: $(cat rej)"
# a line longer than any document is kept whole
awk 'BEGIN { printf "{\"id\":\"long\",\"body\":\""; for (i = 0; i < 2200000; i++) printf "word %06d,", i; print "\"}" }' >long
{ printf '{"id":"before"}\n'; cat long; printf '{"id":"after"}\n'; head -c 20000000 long; } >longs
expect 0 "long lines" psearch -i longs_ix put --on-error=skip --rejects rej_long --input=ndjson longs; count_is longs_ix 2
says "long lines" "longs:2:1: the line is longer than a document may be (16 MiB)"; says "long lines" "longs:4:1:"
{ cat long; head -c 20000000 long; echo; } | cmp -s - rej_long || fail "long lines: not kept as they came: $(wc -c <rej_long)"
expect 7 "a long line" psearch -i longs_ix put --input=ndjson longs; count_is longs_ix 2
expect 0 "long lines, not kept" psearch -i longs_ix put --on-error=skip --input=ndjson longs
rm -f long longs rej_long
expect 0 "skip a missing file" psearch -i ix put --on-error=skip missing.txt good.ndjson; count_is ix 3

# not an index
mkdir notes; echo hello >notes/mine.txt
expect 3 "a foreign directory" psearch -i notes put good.ndjson; [ "$(ls notes)" = mine.txt ] || fail "a foreign directory was touched"
expect 3 "a file as index" psearch -i good.ndjson search x
mkdir empty; expect 3 "an empty directory" psearch -i empty search x; says "an empty directory" "empty"
expect 3 "an index below a file" psearch -i good.ndjson/ix put good.ndjson

# an index that may only be read, and one that may not
if [ "$(id -u)" = 0 ] && has setpriv && chmod 755 "$work" && chown -R 65534:65534 ix; then
    as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
    if as_nobody psearch help >out 2>&1; then
        chmod a-w ix
        expect 0 "search where nothing may be written" as_nobody psearch -i ix search kept
        expect 0 "check where nothing may be written" as_nobody psearch -i ix check
        expect 3 "put where nothing may be written" as_nobody psearch -i ix put good.ndjson; says "read-only" "ix: "
        expect 3 "rm where nothing may be written" as_nobody psearch -i ix rm good
        chmod 0 ix
        expect 3 "search where nothing may be read" as_nobody psearch -i ix search kept; says "closed" "ix"
        : >closed.txt; chmod 0 closed.txt; chown 65534 closed.txt; mkdir shut; chmod 0 shut
        chmod 755 ix
        expect 7 "an unreadable file" as_nobody psearch -i ix put closed.txt; says "an unreadable file" "closed.txt: "
        expect 7 "an unreadable directory" as_nobody psearch -i ix put shut; says "an unreadable directory" "shut: "
    else
        skip "permissions (the program cannot be run by another user)"
    fi
    chmod 755 ix
fi
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

expect 0 "check --deep at the end" psearch -i ix check --deep
finish
