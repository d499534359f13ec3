#!/bin/bash
# exits.sh - does every exit code of the contract come when it should?  (130: signals.sh; 4: check.sh)
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

printf '{"id":"a","title":"Apple pie","body":"An apple a day"}\n{"id":"b","body":"pear -apple"}\n' >two.ndjson
expect 0 "0: put" psearch -i ix put two.ndjson
expect 0 "0: found" psearch -i ix search apple
expect 1 "1: nothing found" psearch -i ix search zebra
expect 1 "1: no such document" psearch -i ix get nobody
expect 1 "1: nothing to delete" psearch -i ix rm nobody
expect 1 "1: no such term" psearch -i ix terms --field body --prefix zebra
printf '1\tzebra\n' >none.tsv
expect 1 "1: a run without a hit" psearch -i ix run --queries none.tsv; silent "1: run"
expect 2 "2: usage" psearch -i ix search --frobnicate apple
expect 2 "2: strict" psearch -i ix search --strict '(apple'; says "2: strict" "column 1: "
expect 2 "2: strict, later" psearch -i ix search --strict 'apple (pear'; says "2: strict, later" "column 7: "
expect 2 "2: strict parse" psearch parse --strict '(x'
expect 3 "3: missing" psearch -i nowhere search x; says "3: missing" "nowhere"
expect 3 "3: missing, info" psearch -i nowhere info
expect 3 "3: missing, check" psearch -i nowhere check
expect 3 "3: missing, rm" psearch -i nowhere rm x
expect 3 "3: missing, analyze" psearch -i nowhere analyze x
expect 3 "3: no index named" psearch search x; says "3: no index named" "PSEARCH_INDEX"
expect 6 "6: the time is up" psearch -i ix search --timeout=1us apple; says "6" "time was up"
expect 6 "6: as JSON" psearch -i ix search --timeout=1us --format=json apple
json "6: a partial answer is a whole JSON value" 'd["total"]["relation"] == "gte" and d["hits"] == []'
expect 0 "0: enough time" psearch -i ix search --timeout=1m apple
echo 'not json' >bad.ndjson
expect 7 "7: a record" psearch -i ix put bad.ndjson; says "7: a record" "bad.ndjson:1:"
expect 7 "7: a missing file" psearch -i ix put missing.txt; says "7: a missing file" "missing.txt: "
expect 7 "7: missing queries" psearch -i ix run --queries missing.tsv; says "7: missing queries" "missing.tsv: "
expect 7 "7: missing queries of bench" psearch -i ix bench --queries missing.tsv
echo 'no tab' >bad.tsv
expect 7 "7: a line that is no query" psearch -i ix run --queries bad.tsv; says "7: no query" "bad.tsv:1:"

# 8: the system refuses.  Every command that prints, on a full device.
if [ -c /dev/full ]; then
    printf '1\tapple\n' >one.tsv
    full() { expect 8 "8: $1 on a full device" bash -c "psearch -i ix $1 >/dev/full"; says "8: $1" "No space left"; }
    full "search apple"; full "search --format=json apple"; full "search --format=jsonl apple"
    full "search --format=ids apple"; full "search --count apple"; full "get a"; full "info"
    full "info --json"; full "terms --field body"; full "run --queries one.tsv"
    full "bench --queries one.tsv --repeat=1"; full "analyze x"; full "parse x"; full "rm --dry-run a"
    full "help"; full "search --help"; full "help man"
    expect 8 "8: rejects on a full device" psearch -i ix put --on-error=skip --rejects=/dev/full bad.ndjson
    says "8: rejects" "/dev/full: No space left"
    printf '{"id":"new","body":"x"}\nnot json\n' >mixed.ndjson
    expect 8 "8: rejects on a full device" psearch -i ix put --on-error=skip --rejects=/dev/full mixed.ndjson
    count_is ix 2 # no commit while its rejects are lost
    # More than a buffer of output, so that a write fails long before the end.
    awk 'BEGIN { for (i = 0; i < 20000; i++) printf "w%d ", i }' >words
    expect 8 "8: a long output" bash -c "psearch analyze <words >/dev/full"
    is "8: a long output is told once" "$(wc -l <err)" 1
fi
expect 8 "8: rejects that cannot be made" psearch -i ix put --on-error=skip --rejects=no/where bad.ndjson
expect 8 "8: standard output is closed" bash -c "psearch -i ix search apple >&-"
expect 7 "7: standard input is closed" bash -c "psearch -i ix put --input=ndjson - <&-"
# A closed standard file must not become the number of another: what is printed would be written into that.
expect 8 "put with closed output" bash -c "psearch -i ix put --format=json two.ndjson >&-"
# (The program itself: the script that libtool puts before it fills such gaps.)
libs=$(dirname "$(command -v psearch)")/.libs; real=$libs/psearch; [ -x "$real" ] || real=psearch
expect 0 "put with closed messages" env LD_LIBRARY_PATH="$libs" bash -c "$real -i ix put --on-error=skip --rejects=rej bad.ndjson 2>&-"
is "rejects hold records alone" "$(cat rej)" "not json"
expect 0 "put with everything closed" bash -c "psearch -i closed put --progress=plain two.ndjson <&- >&- 2>&-"
expect 0 "check after it" psearch -i closed check; count_is closed 2; count_is ix 2

# 5: another writer
if has flock && mkfifo pipe; then
    psearch -i ix put --input=ndjson - <pipe >/dev/null 2>&1 & holder=$!
    exec 9>pipe; printf '{"id":"held"}\n' >&9; sleep 0.5
    expect 5 "5: put while another puts" psearch -i ix put two.ndjson; says "5" "ix/write.lock: another writer has this index open (process "
    expect 5 "5: rm while another puts" psearch -i ix rm a
    expect 5 "5: rm --query while another puts" psearch -i ix rm --query x
    expect 1 "a dry run needs no lock" psearch -i ix rm --dry-run --query nothing
    expect 5 "5: merge while another puts" psearch -i ix merge
    expect 5 "5: merge --from while another puts" psearch -i ix merge --from closed
    expect 0 "5: readers do not wait" psearch -i ix search apple
    exec 9>&-; wait $holder; count_is ix 3
fi
finish
