#!/bin/bash
# progress.sh - a bar on a terminal only; lines when asked for; results never among them.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

awk 'BEGIN { for (i = 0; i < 3000; i++) printf "{\"id\":\"k%d\",\"body\":\"number %d\"}\n", i, i }' >docs.ndjson
expect 0 "off a terminal" psearch -i ix put docs.ndjson; is "off a terminal: one line" "$(wc -l <err)" 1
grep -q $'[\r\033]' err && fail "a bar off a terminal"
slow='{ head -n 1500 docs.ndjson; sleep 0.5; tail -n 1500 docs.ndjson; }'
expect 0 "off a terminal, slowly" bash -c "$slow | TERM=xterm psearch -i ix put -"; is "slowly: one line" "$(wc -l <err)" 1
grep -q $'[\r\033]' err && fail "a bar off a terminal: $(cat -v err)"
expect 0 "never" psearch -i ix put --progress=never docs.ndjson; is "never: one line" "$(wc -l <err)" 1
expect 0 "plain" psearch -i ix put --progress=plain docs.ndjson; silent "plain"
grep -qx 'indexing: 3,000 documents, [0-9.]* kB, [0-9.]* s' err || fail "plain: $(cat err)"
expect 0 "json" psearch -i ix put --progress=json docs.ndjson; silent "json"
grep '^{' err | tail -n 1 >out
json "json" 'd["documents"] == 3000 and d["done"] == d["total"] > 0 and d["bytes"] == d["total"] and d["seconds"] > 0 and d["doing"] == "indexing"'
gzip -c docs.ndjson >docs.gz; mkdir tree; cp docs.ndjson docs.gz tree
expect 0 "a tree" psearch -i ix put --progress=json tree; grep '^{' err | tail -n 1 >out
json "a tree: done is counted as it lies on disk" 'd["done"] == d["total"] < d["bytes"] and d["documents"] == 6000'
expect_in 0 "a pipe" docs.ndjson bash -c 'cat | psearch -i ix put --progress=json -'; grep '^{' err | tail -n 1 >out
json "a pipe: nobody knows the whole" 'd["total"] == 0 and d["documents"] == 3000'
expect 0 "check" psearch -i ix check --progress=plain; grep -q '^checking: ' err || fail "check: $(cat err)"
printf '1\tnumber\n' >q.tsv
expect 0 "run" psearch -i ix run --queries q.tsv --progress=plain; grep -q '^running: ' err || fail "run: $(cat err)"
printf 'number\n' >q.txt
expect 0 "bench" psearch -i ix bench --queries q.txt --progress=plain; grep -q '^timing: ' err || fail "bench: $(cat err)"
expect 0 "a message ends no bar's line" psearch -i ix put --progress=never --on-error=skip docs.ndjson
expect 2 "no such form" psearch put --progress=loud x

# On a terminal, slowly: the second half comes late enough for the bar to be drawn.
if has script && script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    for width in 40 80; do
        on_terminal $width "$slow | psearch -i bar put -"
        tr '\r' '\n' <out | sed -n 's/\x1b\[K\(indexing .*\)/\1/p' >bars
        [ -s bars ] || fail "no bar on a terminal of $width: $(cat -v out)"
        awk -v w=$width 'length > w - 1 { exit 1 }' bars || fail "the bar does not fit into $width columns: $(cat bars)"
    done
    grep -q 'documents  .*kB  .*MB/s' bars || fail "the bar tells no documents, size and speed: $(cat bars)"
    tail -n 1 out | grep -q '^' || fail "nothing at the end"
    on_terminal 80 "$slow | TERM=dumb psearch -i bar put -"; grep -q 'indexing' out && fail "a bar on a dumb terminal"
    on_terminal 80 "$slow | psearch -i bar put --progress=never -"; grep -q 'indexing' out && fail "a bar against --progress=never"
    mkfifo slow; awk 'BEGIN { for (i = 0; i < 30000; i++) printf "{\"id\":\"b%d\",\"body\":\"number %d of some more words\"}\n", i, i }' >big.ndjson
    on_terminal 80 "psearch -i bar2 put big.ndjson"
    if tr '\r' '\n' <out | grep -q 'indexing'; then
        tr '\r' '\n' <out | grep -q 'indexing \[[#.]*\] [0-9,]* documents' || fail "no bar of a known size: $(cat -v out)"
    fi
else
    skip "a terminal (no script, or no terminal to be had)"
fi
finish
