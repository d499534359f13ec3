#!/bin/bash
# rm.sh - rm --query: all that match, and nothing else.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

for i in 1 2 3 4 5 6; do
    printf '{"id":"d%s","title":"Title %s","body":"%s common 數據中心","lang":"%s"}\n' $i $i \
        "$([ $((i % 2)) = 0 ] && echo even || echo odd)" "$([ $i -gt 4 ] && echo zh || echo en)"
done >docs.ndjson
expect 0 "put" psearch -i ix put docs.ndjson
generation() { psearch -i "$1" info --json | sed 's/.*"generation":\([0-9]*\).*/\1/'; }
before=$(generation ix)

expect 0 "dry run" psearch -i ix rm --dry-run --query 'odd'; is "dry run" "$(cat out)" 3; count_is ix 6
expect 1 "dry run, nothing" psearch -i ix rm --query 'nowhere' --dry-run; is "dry run, nothing" "$(cat out)" 0
expect 1 "nothing matches" psearch -i ix rm --query nowhere; says "nothing matches" "0 documents deleted"
is "nothing matches: no commit" "$(generation ix)" "$before"
expect 0 "dry run as JSON" psearch -i ix rm --dry-run --query '+odd -lang:zh' --format=json
json "dry run as JSON" "d['v'] == 1 and d['deleted'] == 2 and d['dry_run'] is True and d['notes'] == [] and d['generation'] == $before"

expect 0 "rm --query" psearch -i ix rm --query '+odd -lang:zh'; silent "rm --query"; says "rm --query" "2 documents deleted"
is "rm --query: one commit" "$(generation ix)" $((before + 1))
is "what is left" "$(psearch -i ix search --format=ids common | sort | tr '\n' ' ')" "d2 d4 d5 d6 "
expect 0 "a prefix" psearch -i ix rm --dry-run --query 'eve*'; is "a prefix" "$(cat out)" 3
expect 0 "operator or" psearch -i ix rm --dry-run --query 'even common'; is "operator or" "$(cat out)" 4
expect 0 "operator and" psearch -i ix rm --dry-run --default-operator=and --query 'even common'; is "operator and" "$(cat out)" 3
expect 0 "fields searched" psearch -i ix rm --dry-run --fields-searched title --query 'title even'; is "fields searched" "$(cat out)" 4
expect 0 "Han" psearch -i ix rm --query '"數據"' --dry-run; is "Han" "$(cat out)" 4

# Lenient: a note, and what is left of the query.  Strict: nothing happens.
expect 2 "strict" psearch -i ix rm --strict --query 'even /regex/'; says "strict" "column"; count_is ix 4
expect 2 "strict dry run" psearch -i ix rm --dry-run --strict --query '"open'; count_is ix 4
expect 0 "lenient" psearch -i ix rm --dry-run --query 'even "open'; [ -s err ] || fail "lenient: no note"
expect 0 "lenient as JSON" psearch -i ix rm --dry-run --query '"even' --format=json; quiet "lenient as JSON"
json "lenient as JSON" 'len(d["notes"]) == 1 and d["deleted"] == 3'

expect 2 "keys and a query" psearch -i ix rm --query x a; says "keys and a query" "not both"; count_is ix 4
expect 2 "neither" psearch -i ix rm; says "neither" "a key is needed"
expect 3 "no index" psearch -i nowhere rm --query x
expect 3 "no index, dry run" psearch -i nowhere rm --query x --dry-run
expect 0 "everything" psearch -i ix rm --query '*:*'; says "everything" "4 documents deleted"; count_is ix 0
expect 1 "everything again" psearch -i ix rm --query '*:*'
expect 0 "check" psearch -i ix check --deep
finish
