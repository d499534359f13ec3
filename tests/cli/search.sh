#!/bin/bash
# search.sh - the options of search, as far as they show in ids, counts and the human form.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

cat >docs.ndjson <<'T'
{"id":"a","title":"Apple pie","body":"An apple a day keeps the doctor away","date":"2025-01-02","tags":["x","y"]}
{"id":"b","title":"Pears","body":"A pear is not an apple","url":"https://example.org/b"}
{"id":"c","title":"Nothing","body":"Neither this nor that"}
{"id":"d","body":"A plum without a title"}
T
expect 0 "put" psearch put -i ix docs.ndjson
ids() { local name=$1 want=$2; shift 2; expect "$([ -n "$want" ] && echo 0 || echo 1)" "$name" psearch search -i ix --format=ids "$@"; is "$name" "$(tr '\n' ' ' <out)" "$want"; quiet "$name"; }

ids "ranked: title first" "a b " apple
ids "-n" "a " -n 1 apple
ids "-n before and glued" "a " -n1 apple
ids "--offset" "b " --offset=1 apple
ids "--offset behind the end" "" --offset=7 zebra
ids "or by default" "b a " pear apple
ids "--default-operator=and" "b " --default-operator=and pear apple
ids "must and must not" "b " -- +apple -doctor
ids "--fields-searched" "a " --fields-searched=title apple
ids "--fields-searched with weights" "b a " --fields-searched=title,body^5 pear^9 apple
ids "--exhaustive is the same" "a b " --exhaustive apple
ids "--threads is the same" "a b " --threads=3 apple
ids "field:" "b " title:pears
ids "everything" "a b c d " '*:*'
ids "nothing" "" zebra
expect 2 "an unknown field to search" psearch search -i ix --fields-searched=zebra apple; says "unknown field" "zebra"

expect 0 "--count" psearch search -i ix --count apple; is "--count" "$(cat out)" 2
expect 1 "--count of nothing" psearch search -i ix --count zebra; is "--count 0" "$(cat out)" 0
expect 0 "-n 0 counts" psearch search -i ix -n 0 apple; silent "-n 0"; says "-n 0" "2 documents"

score() { psearch search -i ix --format=jsonl "$@" apple | sed 's/.*"score":\([0-9.]*\).*/\1/' | xargs printf %.3f; }

# the human form: results on standard output, the count on standard error
expect 0 "human" psearch search -i ix apple
is "human" "$(cat out)" " 1. Apple pie
    An apple a day keeps the doctor away
    score $(score -n 1) · 2025-01-02 · a

 2. Pears
    A pear is not an apple
    score $(score --offset 1) · https://example.org/b · b"
says "human" "2 documents in "
expect 0 "human, one of two" psearch search -i ix -n 1 apple; says "one of two" "1 of 2 documents in "
expect 0 "human, the second" psearch search -i ix -n 1 --offset 1 apple; says "the second" "2 of 2 documents"; prints "the second" " 2. Pears"
expect 1 "human, nothing" psearch search -i ix zebra; silent "nothing"; says "nothing" "nothing found"
expect 0 "without a title the id leads" psearch search -i ix plum; is "no title" "$(head -n 1 out)" " 1. d"
grep -q ' · d$' out && fail "the id is shown twice"
expect 0 "colour" psearch search -i ix --color=always apple; prints "colour" $'\033[1;31mapple\033[0m'
for o in "" --color=auto --color=never; do
    expect 0 "no colour: $o" psearch search -i ix $o apple; grep -q $'\033' out && fail "colour off a terminal ($o)"
done

# notes: on standard error, at a byte of the query as typed
expect 0 "a note" psearch search -i ix '(apple'; says "a note" "note: at byte 0: "
expect 0 "a note further on" psearch search -i ix apple '(pear'; says "a note" "note: at byte 6: "
expect 2 "strict" psearch search -i ix --strict '(apple'; says "strict" "column 1: "; silent "strict"

# words of one's own; stop words only rank
printf '# fruit\nstop thanks\nsame plum, damson, apple pie\n' >words
ids "synonyms: title first" "a d " --vocabulary words damson
ids "synonyms, required" "a d " --vocabulary words --default-operator=and damson
ids "without them" "" damson
ids "a stop word finds nothing" "d " --vocabulary words thanks title
printf 'stop a\nsame plum\n' >bad
expect 7 "bad words" psearch search -i ix --vocabulary bad plum; says "bad words" "bad:2:10: "; silent "bad words"
expect 7 "no words" psearch search -i ix --vocabulary nowhere plum; says "no words" "nowhere"
ids "an English stop word finds nothing" "d " the plum
finish
