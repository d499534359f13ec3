#!/bin/bash
# documents.sh - get and rm: documents by key (by query: rm.sh).
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

printf '{"id":"a","title":"Äpfel","n":1.50,"tags":["x","y"]}\n{"title":"two","id":"b c"}\n{"id":"數據","title":"three"}\n' >docs.ndjson
expect 0 "put" psearch -i ix put docs.ndjson

expect 0 "get, in the order asked" psearch -i ix get "b c" a; quiet "get"
is "get, the stored bytes" "$(cat out)" '{"title":"two","id":"b c"}
{"id":"a","title":"Äpfel","n":1.50,"tags":["x","y"]}'
expect 0 "get Han" psearch -i ix get 數據; prints "get Han" '"three"'
expect 0 "some of them" psearch -i ix get nobody a; is "some of them" "$(wc -l <out)" 1
expect 1 "none of them" psearch -i ix get nobody nothing; silent "none"
expect 0 "--fields" psearch -i ix get --fields=title,n a; is "--fields" "$(cat out)" '{"title":"Äpfel","n":1.50}'
printf '{"id":"big","title":"numbers","n":18446744073709551615,"m":9223372036854775808,"x":{"y":[1e2,-0.0]}}\n' >big.ndjson
expect 0 "big numbers" psearch -i big put big.ndjson
expect 0 "--fields of big numbers" psearch -i big get --fields=m,n,title nobody big
is "--fields of big numbers" "$(cat out)" '{"title":"numbers","n":18446744073709551615,"m":9223372036854775808}'
expect 0 "big numbers as JSON" psearch -i big search --format=json numbers
prints "big numbers as JSON" '"fields":{"id":"big","title":"numbers","n":18446744073709551615,"m":9223372036854775808,"x":{"y":[1e2,-0.0]}},"highlights"'
expect 0 "some of them" psearch -i big search --format=jsonl --fields=n numbers; prints "some of them" '"fields":{"n":18446744073709551615},'
json_lines "some of them" 'd[0]["fields"]["n"] == 2**64 - 1 and d[0]["highlights"]["title"][0]["text"] == "numbers"'
expect 0 "big numbers for people" psearch -i big search numbers; prints "for people" " 1. numbers"
expect 0 "ids" psearch -i ix get --format=ids nobody a 數據; is "ids" "$(tr '\n' ' ' <out)" "a 數據 "
expect 1 "a beginning is no key" psearch -i ix get b

expect 0 "rm --dry-run" psearch -i ix rm --dry-run a nobody; is "rm --dry-run" "$(cat out)" 1; count_is ix 3
expect 0 "rm --dry-run, named twice" psearch -i ix rm --dry-run a a 數據 a; is "named twice" "$(cat out)" 2
expect 1 "rm --dry-run of nothing" psearch -i ix rm --dry-run nobody; is "of nothing" "$(cat out)" 0
expect 0 "rm" psearch -i ix rm a; silent "rm"; says "rm" "1 document deleted"; count_is ix 2
expect 1 "rm again" psearch -i ix rm a; says "rm again" "0 documents deleted"
expect 1 "get what was deleted" psearch -i ix get a
expect 1 "search what was deleted" psearch -i ix search äpfel
generation=$(psearch -i ix info --json | sed 's/.*"generation":\([0-9]*\).*/\1/')
expect 1 "rm of nothing makes no commit" psearch -i ix rm nobody
is "rm of nothing makes no commit" "$(psearch -i ix info --json | sed 's/.*"generation":\([0-9]*\).*/\1/')" "$generation"
printf 'b c\r\n\n數據\nnobody\n' >keys
expect_in 0 "rm -" keys psearch -i ix rm --format=json -
json "rm as JSON" 'd["v"] == 1 and d["deleted"] == 2 and d["dry_run"] is False and re.fullmatch("[0-9a-f]{32}", d["index"])'
json "rm as JSON: the generation after it" "d['generation'] == $generation + 1"; count_is ix 0
expect 0 "put after rm" psearch -i ix put docs.ndjson; count_is ix 3
finish
