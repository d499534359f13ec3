#!/bin/bash
# merge.sh - merge: fewer segments; other indexes added; Ctrl-C leaves all as it was.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

doc() { printf '{"id":"%s","title":"%s","body":"common %s 數據"}\n' "$1" "$2" "$2"; }
for i in 1 2 3; do doc "a$i" ours >"d$i.ndjson"; expect 0 "put" psearch -i ix put "d$i.ndjson"; done
segments() { psearch -i "$1" info --json | sed 's/.*"segments":\([0-9]*\).*/\1/'; }
generation() { psearch -i "$1" info --json | sed 's/.*"generation":\([0-9]*\).*/\1/'; }
ids() { psearch -i "$1" search --format=ids -n 10000 '*:*' | sort | tr '\n' ' '; }
title() { psearch -i ix get --fields title "$1"; }

is "before" "$(segments ix)" 3
expect 0 "two" psearch -i ix merge --max-segments 2; silent "two"; says "two" "3 documents in 2 segments"
expect 0 "one" psearch -i ix merge; says "one" "3 documents in 1 segment"; is "one" "$(segments ix)" 1
before=$(generation ix)
expect 0 "nothing to do" psearch -i ix merge --format=json; quiet "nothing to do"
json "as JSON" "d['v'] == 1 and d['added'] == 0 and d['documents'] == 3 and d['segments'] == 1 and d['generation'] == $before"
expect 0 "rm" psearch -i ix rm a3
expect 0 "a purge" psearch -i ix merge; psearch -i ix info --json >out; json "a purge" 'd["deleted"] == 0 and d["documents"] == 2'

# Other indexes: the same key is replaced, in the order they are given; they stay as they are.
{ doc a1 first; doc b1 first; doc b2 first; } >first.ndjson
{ doc b2 second; doc c1 second; } >second.ndjson
for i in first second; do expect 0 "put $i" psearch -i $i put $i.ndjson; done
cp -r first kept
expect 0 "--from" psearch -i ix merge --from first second; silent "--from"
says "--from" "5 documents added"; says "--from" "5 documents in 1 segment"
is "what is there" "$(ids ix)" "a1 a2 b1 b2 c1 "
is "replaced" "$(title a1)" '{"title":"first"}'; is "replaced in order" "$(title b2)" '{"title":"second"}'
expect 0 "found" psearch -i ix search --count '"數據"'; is "found" "$(cat out)" 5
expect 0 "check" psearch -i ix check --deep
diff -r first kept >/dev/null || fail "the other index was changed"
expect 0 "again, the other way" psearch -i ix merge --max-segments=9 --format=json --from=second --from first
json "again" 'd["added"] == 5 and d["documents"] == 5 and d["segments"] == 3'; is "the other way" "$(title b2)" '{"title":"first"}'

# Refusals change nothing and name what is at fault.
before=$(generation ix)
expect 2 "itself" psearch -i ix merge --from first ix; says "itself" "ix: this is the index itself"
expect 2 "a copy of itself" bash -c 'cp -r ix copy && psearch -i ix merge --from copy'; says "a copy" "copy: this is"
expect 3 "no such index" psearch -i ix merge --from first nowhere/x; says "no such index" "nowhere/x: "
expect 3 "no index here" psearch -i nowhere merge
expect 2 "arguments without --from" psearch -i ix merge first; says "arguments" "--from"
expect 2 "no segments" psearch -i ix merge --max-segments 0
for order in nothing title -; do
    expect 2 "--reorder=$order" psearch -i ix merge --reorder=$order; says "--reorder" "\"$order\""
done
cp -r first damaged
doc=$(ls damaged/*.doc); dd if=/dev/zero of="$doc" bs=1 seek=70 count=8 conv=notrunc 2>/dev/null
expect 4 "damage" psearch -i ix merge --from second damaged; says "damage" "$doc"
is "refusals: no commit" "$(generation ix)" "$before"
expect 0 "check afterwards" psearch -i ix check
is "nothing is left behind" "$(ls ix | grep -c '\.idx')" "$(segments ix)"

# Another order of documents: smaller lists, the same answers, the texts as they were put.
awk 'BEGIN { srand(3); for (i = 0; i < 3000; i++) { t = i % 12
    printf "{\"id\":\"k%d\",\"date\":\"2024-01-%02d\",\"body\":\"all", i, 1 + (i * 7) % 28
    for (j = 0; j < 40; j++) printf " t%dw%d", (j % 4 ? t : 99), int(rand() * 60); print "\"}" } }' >topics.ndjson
expect 0 "put topics" psearch -i topics put topics.ndjson
answers() { for q in all t3w5 '+t3w5 t3w6' '"all t99w5"' 'date:[2024-01-05 TO 2024-01-09] t1w1'; do
    psearch -i topics search -n 200 --format=ids "$q"; psearch -i topics search -n 50 --format=ids --sort=date "$q"; done; }
postings() { psearch -i topics info --json | sed 's/.*"postings":\([0-9]*\),"positions".*/\1/'; }
answers >before; psearch -i topics export >texts; bytes=$(postings)
for order in "" =bp =-date =random:5 =date; do
    expect 0 "--reorder$order" psearch -i topics merge --reorder$order
    says "--reorder$order" "3,000 documents in 1 segment"
    answers | cmp -s before - || fail "--reorder$order: other answers"
    psearch -i topics export | cmp -s texts - || fail "--reorder$order: export in another order"
    expect 0 "check" psearch -i topics check --deep
    [[ -n $order ]] || [[ $(postings) -lt $((bytes * 9 / 10)) ]] || fail "--reorder: $(postings) of $bytes bytes"
done
expect 2 "put --reorder=BAD" psearch -i none put --reorder=BAD topics.ndjson; says "put --reorder=BAD" "\"BAD\""
[[ ! -e none ]] || fail "put --reorder=BAD: an index was made"
expect 0 "put --reorder" psearch -i loaded put --load --reorder topics.ndjson
expect 0 "same order" psearch -i loaded export; cmp -s out texts || fail "put --reorder: other texts"

# Progress, and Ctrl-C in the middle of a long merge.
awk 'BEGIN { srand(7); for (i = 0; i < 30000; i++) { printf "{\"id\":\"k%d\",\"body\":\"", i
    for (j = 0; j < 40; j++) printf "w%d ", int(rand() * 50000); print "\"}" } }' >many.ndjson
expect 0 "put many" psearch -i many put --commit-every=10000 many.ndjson
expect 0 "plain" psearch -i ix merge --progress=plain --from many
grep -q '^adding: ' err && grep -q '^merging: ' err || fail "progress: $(cat err)"
if has script; then
    expect 0 "put more" psearch -i bar put d1.ndjson
    on_terminal 80 'psearch -i bar merge --from many'
    grep -q 'adding\|merging' out || skip "a bar (the merge was too fast for one)"
fi
interrupt() { # NAME COMMAND...   Ctrl-C once it listens; not interrupted if it was faster
    local name=$1 pid code
    shift
    env --default-signal=INT "$@" >out 2>err & pid=$!
    for _ in $(seq 200); do
        case $(readlink "/proc/$pid/exe") in *psearch) ;; *) sleep 0.01; continue ;; esac
        case $(sed -n 's/^SigCgt:.*\(.\)$/\1/p' "/proc/$pid/status" 2>/dev/null) in [2367abefABEF]) break ;; esac
        sleep 0.01
    done
    kill -INT "$pid" 2>/dev/null
    wait "$pid"; code=$?
    [ "$code" = 0 ] || is "$name: exit" "$code" 130
    [ "$code" = 130 ]
}
if env --default-signal=INT true 2>/dev/null && [ -r /proc/self/status ]; then
    interrupted=0
    for _ in 1 2 3; do
        rm -rf target; cp -r first target
        interrupt "--from" psearch -i target merge --from many || continue
        interrupted=$((interrupted + 1))
        says "--from" "as it was"
        is "--from: documents" "$(ids target)" "$(ids first)"; is "--from: no commit" "$(generation target)" "$(generation first)"
        is "--from: nothing is left behind" "$(ls target | sort)" "$(ls first | sort)"
        expect 0 "--from: life goes on" psearch -i target merge --from second; count_is target 4
    done
    [ "$interrupted" -gt 0 ] || fail "no merge --from was interrupted"
    expect 0 "put to many" psearch -i many put d1.ndjson
    rm -rf kept; cp -r many kept
    if interrupt "merge" psearch -i many merge; then
        is "merge: files" "$(ls many | sort)" "$(ls kept | sort)"; count_is many 30001
    fi
    expect 0 "check many" psearch -i many check
else
    skip "interrupts (they need /proc and an env that restores signals)"
fi
finish
