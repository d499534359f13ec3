#!/bin/bash
# signals.sh - what do Ctrl-C and a reader that goes away do?
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

printf '{"id":"a","title":"Apple"}\n' >one.ndjson
expect 0 "put" psearch -i ix put one.ndjson

# await COMMAND...   up to ten seconds for it to become true
await() {
    for _ in $(seq 100); do
        "$@" 2>/dev/null && return
        sleep 0.1
    done
    fail "waited in vain for: $*"
}
# Has it become psearch, with a handler for SIGINT (bit 1 of the caught signals)?
listening() {
    local caught
    case $(readlink "/proc/$1/exe") in *psearch) ;; *) return 1 ;; esac
    caught=$(sed -n 's/^SigCgt:.*\(.\)$/\1/p' "/proc/$1/status")
    case $caught in [2367abefABEF]) ;; *) return 1 ;; esac
}
holds_two() { [ "$(psearch -i ix search --count -- '*:*')" = 2 ]; }

# interrupted NAME SIGNAL COMMAND...   with a standard input that never ends; exit 130
mkfifo pipe || exit 77
interrupted() {
    local name=$1 signal=$2 pid
    shift 2
    # A shell without job control starts background jobs deaf to Ctrl-C; env opens their ears again.
    env --default-signal=INT "$@" <pipe >out 2>err & pid=$!
    exec 9>pipe; printf '{"id":"never","title":"seen"}\n' >&9
    await listening "$pid"
    case $name in *every) await holds_two ;; esac
    kill -"$signal" "$pid"
    wait "$pid"; is "$name: exit" $? 130
    exec 9>&-
}
if env --default-signal=INT true 2>/dev/null && [ -r /proc/self/status ]; then
    interrupted "put, SIGINT" INT psearch -i ix put --input=ndjson -
    says "put, SIGINT" "nothing was added"; count_is ix 1
    interrupted "put, SIGTERM" TERM psearch -i ix put --input=ndjson -; count_is ix 1
    interrupted "put of a text" INT psearch -i ix put --input=text -; count_is ix 1
    interrupted "put --commit-every" INT psearch -i ix put --input=ndjson --commit-every=1 -
    says "put --commit-every" "of the last commit are kept"; count_is ix 2
    interrupted "rm" INT psearch -i ix rm -; count_is ix 2
    expect 0 "check afterwards" psearch -i ix check
    # A long bench ends between two searches.
    awk 'BEGIN { for (i = 0; i < 500; i++) print "apple" }' >q.txt
    env --default-signal=INT psearch -i ix bench --queries q.txt --repeat=10000 >out 2>err & pid=$!
    await listening "$pid"; kill -INT "$pid"; wait "$pid"; is "bench: exit" $? 130
    silent "bench"
else
    skip "interrupts (they need /proc and an env that restores signals)"
fi

# A reader that goes away: no message, whatever signals our parent ignores.
awk 'BEGIN { for (i = 0; i < 9000; i++) printf "{\"id\":\"doc %d\",\"body\":\"apple %d\"}\n", i, i }' >many.ndjson
expect 0 "put many" psearch -i many put many.ndjson
for command in "search -n 9000 --format=ids apple" "search -n 9000 apple" "search -n 9000 --format=jsonl apple" \
    "terms --field body"; do
    for trap in '' "trap '' PIPE;"; do
        bash -c "$trap psearch -i many $command 2>err | head -n 1 >out"
        [ -s err ] && fail "$command | head: said $(head -c 200 err)"
        [ -s out ] || fail "$command | head: nothing came"
    done
done
finish
