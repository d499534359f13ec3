#!/bin/bash
# backup.sh - a copy of a live index, proved and whole or not there at all; and the way back.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

awk 'BEGIN { for (i = 0; i < 3000; i++) printf "{\"id\":\"k%d\",\"title\":\"apple %d\",\"body\":\"number %d of many\"}\n", i, i, i * 7919 }' >docs.ndjson
expect 0 "put" psearch -i ix put docs.ndjson; expect 0 "rm" psearch -i ix rm k1 k2
expect 0 "backup" psearch -i ix backup b1; silent "backup"; says "backup" "2,998 documents"; says "backup" "all proved"
expect 0 "check" psearch -i b1 check --deep; count_is b1 2998
[ "$(ls b1 | grep -v lock)" = "$(ls ix | grep -v lock | grep -v commit-0*2$ | grep -v commit-0*1$)" ] || fail "other files: $(ls b1 ix)"
[ "$(stat -c %i ix/*.doc)" = "$(stat -c %i b1/*.doc)" ] || fail "not linked where it could be"
expect 0 "JSON" psearch -i ix backup --copy --format=json b2
json "JSON" 'd["v"] == 1 and re.fullmatch("[0-9a-f]{32}", d["index"]) and d["generation"] == 3 and d["documents"] == 2998 and d["files"] == d["files_copied"] == 4 and d["files_linked"] == 0 and d["bytes"] == d["bytes_copied"] > 1000 and d["path"] == "b2"'
[ "$(stat -c %i ix/*.doc)" != "$(stat -c %i b2/*.doc)" ] || fail "linked, though told to copy"
expect 0 "base" psearch -i ix backup --base=b2 --format=jsonl b3; json "base" 'd["files_linked"] == 3'
expect 0 "progress" psearch -i ix backup --progress=json b4; grep -q '"doing":"copying"' err || fail "no progress: $(cat err)"

# What stands there is left alone.
expect 3 "an index is there" psearch -i ix backup b1; says "an index is there" "b1: there is an index already"
mkdir half; cp ix/*.idx half; expect 3 "half a backup is there" psearch -i ix backup half; says "half a backup" "without a commit"
expect 3 "no parent" psearch -i ix backup no/such/place; says "no parent" "no/such/place"
expect 3 "no base" psearch -i ix backup --base=nowhere b5; says "no base" "nowhere"; [ -e b5 ] && fail "b5 is there"
expect 2 "no directory" psearch -i ix backup; expect 2 "two" psearch -i ix backup x y
expect 3 "no index" psearch -i nothing backup b5
expect 3 "the index itself" psearch -i ix backup ix; says "the index itself" "already"

# While it is written to: each backup is one commit, whole.
( for i in 1 2 3 4 5 6 7 8; do sed "s/number/round$i/" docs.ndjson | psearch -i ix put --progress=never - 2>/dev/null; done ) &
for i in 1 2 3 4 5 6; do
    expect 0 "live $i" psearch -i ix backup live$i; expect 0 "live $i: check" psearch -i live$i check
    psearch -i live$i search --count -- '*:*' >n; case $(cat n) in 2998 | 3000) ;; *) fail "live $i: $(cat n) documents" ;; esac
done
wait

# Damage is told, and nothing is left.
hurt() { local f; f=$(ls "$1"/$2 | tail -n 1); chmod u+w "$f"; printf '\252\125' | dd of="$f" bs=1 seek=150 conv=notrunc status=none; }
for file in '*.idx' '*.doc' 'commit-*'; do
    rm -rf bad; cp -r b1 bad; hurt bad "$file"
    expect 4 "damage in $file" psearch -i bad backup b6; says "damage in $file" "bad/"; [ -e b6 ] && fail "$file: b6 is there"
    expect 4 "restore, $file" psearch -i new restore bad; says "restore, $file" "bad/"; [ -e new ] && fail "$file: new is there"
done
# A disk that is full leaves nothing either.
if [ "$(id -u)" = 0 ] && has unshare && unshare -m true 2>/dev/null; then
    mkdir small; unshare -m sh -c "mount -t tmpfs -o size=40k none small && psearch -i b2 backup small/b; echo \$? >code; ls -A small >left" 2>err
    is "a full disk" "$(cat code)" 8; is "a full disk: what is left" "$(cat left)" ""
else
    skip "a full disk (it needs root)"
fi

# And back.
expect 0 "restore" psearch -i back restore b2; says "restore" "2,998 documents"; expect 0 "restore: check" psearch -i back check --deep; count_is back 2998
expect 0 "it lives on" psearch -i back put docs.ndjson; count_is back 3000; expect 0 "b2 is as it was" psearch -i b2 check --deep; count_is b2 2998
expect 3 "never over an index" psearch -i back restore b1; says "never over an index" "back: there is an index already"; count_is back 3000
expect 3 "no backup" psearch -i new restore nowhere; says "no backup" "nowhere"; [ -e new ] && fail "new is there"
mkdir here; (cd here && psearch restore ../b1 2>/dev/null) || fail "restore into .psearch"; [ -d here/.psearch ] || fail "no .psearch"
finish
