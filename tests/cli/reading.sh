#!/bin/bash
# reading.sh - how an index is read: mapped or not, an older commit, and never written to by who only reads.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

awk 'BEGIN { for (i = 0; i < 300; i++) printf "{\"id\":\"k%d\",\"title\":\"apple %d\",\"body\":\"number %d of many\"}\n", i, i, i * 7919 }' >docs.ndjson
expect 0 "put" psearch -i ix put docs.ndjson
for c in "search --format=json apple" "get k1 k7" "terms --field body" "info --json" "parse apple" "analyze apple"; do
    psearch -i ix $c >mapped 2>err; psearch -i ix ${c%% *} --io=pread ${c#* } >out 2>err || fail "$c by pread: $(cat err)"
    sed -i 's/"took_us":[0-9]*//' mapped out; cmp -s mapped out || fail "$c: by pread something else"
done
expect 2 "no such io" psearch -i ix search --io=magic apple

# older commits
echo '{"id":"new","title":"pear"}' | psearch -i ix put - 2>/dev/null
expect 0 "newest" psearch -i ix search --count pear; expect 1 "one before" psearch -i ix search --commits-back 1 --count pear
expect 0 "info" psearch -i ix info --commits-back=1 --json; json "info" 'd["generation"] == 2 and d["documents"] == 300'
expect 3 "so many are not kept" psearch -i ix info --commits-back=9; says "so many are not kept" "ix: no commit so old is kept"
expect 2 "not a number" psearch -i ix info --commits-back=x
expect 0 "a backup of it" psearch -i ix backup --commits-back=1 old; count_is old 300
f=$(ls ix/commit-* | tail -n 1); chmod u+w "$f"; printf 'zz' | dd of="$f" bs=1 seek=90 conv=notrunc status=none
expect 4 "never by itself" psearch -i ix search --count apple; expect 0 "when asked" psearch -i ix search --commits-back=1 --count apple

# Who only reads needs no permission to write, and writes nothing: not even the lock file.
expect 0 "restore" psearch -i mine restore old; rm -f mine/write.lock; chmod a-w mine; chmod a+rx . mine; ls -lA --time-style=full-iso mine >before
reads() { for c in "search --format=json apple" "get k1" "info" "check --deep" "terms --field body" "backup $1"; do
    $2 psearch -i mine $c >out 2>err || fail "$3: $c: exit $? $(cat err)"; done; }
if [ "$(id -u)" = 0 ]; then
    if has setpriv && mkdir -m 777 theirs && setpriv --reuid=65534 --regid=65534 --clear-groups "$(command -v psearch)" -i mine info >out 2>err; then
        reads theirs/b "setpriv --reuid=65534 --regid=65534 --clear-groups" "as nobody"
        setpriv --reuid=65534 --regid=65534 --clear-groups psearch -i mine put docs.ndjson >out 2>err; is "nobody may not write" $? 3
    else
        skip "reading without permission to write (it needs setpriv and a build that others can read)"
    fi
else
    reads b "" "in a directory that cannot be written"
    expect 3 "may not write" psearch -i mine put docs.ndjson
fi
ls -lA --time-style=full-iso mine >after; sed -i 's/^\(-[^ ]*\) *[0-9]* /\1 /' before after; cmp -s before after || fail "something was written: $(diff before after)"
chmod u+w mine
finish
