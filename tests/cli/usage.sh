#!/bin/bash
# usage.sh - what may be said on the command line, and how is the index found?
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

expect 2 "no command" psearch
expect 2 "unknown command" psearch frobnicate; says "unknown command" "no such command"
expect 2 "unknown option" psearch search --frobnicate x; says "unknown option" "no such option"
expect 2 "option of another command" psearch search --rejects=x y; says "of another" "no such option of search"
expect 2 "a query like an option" psearch search -10%; says "a query like an option" "after --"
expect 2 "missing value" psearch search -n; says "missing value" "needs a value"
expect 2 "unwanted value" psearch search --strict=yes x; says "unwanted value" "takes no value"
for c in search get rm put add parse; do expect 2 "$c without arguments" psearch $c; says "$c" "psearch: "; done
for c in terms run bench; do expect 2 "$c without its file or field" psearch $c; says "$c" "is needed"; done
expect 2 "info with an argument" psearch info more; says "info" "unexpected"
expect 2 "check with an argument" psearch check more
expect 2 "run with an argument" psearch run --queries=x more
expect 2 "bench with an argument" psearch bench --queries=x more
expect 2 "terms with an argument" psearch terms --field=body more

# numbers, sizes, times
for v in ten -5 1.5 "" 99999999999999999999; do expect 2 "-n '$v'" psearch search -n "$v" x; done
for v in 12Q M -1 "1 M"; do expect 2 "--memory '$v'" psearch put --memory "$v" x; says "--memory $v" "size"; done
expect 2 "too little memory" psearch put --memory=1M x; says "too little memory" "16M"
for v in soon 3x ""; do expect 2 "--timeout '$v'" psearch search --timeout "$v" x; says "--timeout" "time"; done
expect 2 "too many hits" psearch search -n 10001 x; says "too many hits" "10000"
expect 2 "too many hits with those skipped" psearch search -n 10 --offset=9999 x
expect 2 "a sum that would overflow" psearch search -n 18446744073709551615 --offset=1 x
expect 2 "bad choice" psearch search --format=yaml x; says "bad choice" "human|json|jsonl|ids"
expect 2 "another format version" psearch search --format-version=2 x
expect 2 "no threads" psearch put --threads=0 x; says "no threads" "at least 1"

# in the contract, not in this version
for c in similar complete spell serve shell; do
    expect 2 "$c" psearch $c; says "$c" "not in this version"
    expect 2 "$c with arguments" psearch -i x $c --whatever=1 y; says "$c with arguments" "not in this version"
done
for o in --facet=a:10 --collapse=a --explain --format=csv --format=tsv; do
    expect 2 "search $o" psearch search $o x; says "search $o" "not in this version"
done
for i in csv tsv html trec; do expect 2 "--input=$i" psearch put --input=$i x; says "--input=$i" "not in this version"; done
expect 2 "rm --query and keys" psearch rm --query=x a; says "rm --query and keys" "but not both"
expect 2 "too many threads" psearch put --threads=257 x; says "too many threads" "at most 256"
for c in search run bench; do expect 2 "$c --threads" psearch $c --threads=257 x; says "$c --threads" "at most 256"; done
for q in 'fuzzy~2' 'w?ld' 'w*ld' '/re/'; do
    expect 2 "strict $q" psearch parse --strict -- "$q"; says "strict $q" "not in this version"
    expect 0 "lenient $q" psearch parse -- "$q word"; prints "lenient $q" "not in this version"
done

# the index: -i before and after, --index, the environment, the nearest .psearch upwards
printf '{"id":"a","title":"Apple pie"}\n' >a.ndjson; printf '{"id":"p","title":"Pear"}\n' >p.ndjson
expect 0 "put" psearch -i ix put a.ndjson; silent "put"
expect 0 "-i before" psearch -i ix search apple
expect 0 "-i after" psearch search -i ix apple
expect 0 "-iX" psearch search -iix apple
expect 0 "--index=X" psearch search --index=ix apple
expect 0 "--index X" psearch --index ix search apple
PSEARCH_INDEX=ix expect 0 "PSEARCH_INDEX" psearch search apple
PSEARCH_INDEX=nowhere expect 0 "-i over PSEARCH_INDEX" psearch -i ix search apple
PSEARCH_INDEX=nowhere expect 3 "PSEARCH_INDEX that is none" psearch search apple
mkdir -p deep/er
expect 0 "put without an index makes .psearch" psearch put p.ndjson; [ -d .psearch ] || fail "no .psearch"
expect 0 "the nearest .psearch" bash -c "cd deep/er && psearch search pear"
expect 0 "put into the nearest .psearch" bash -c "cd deep/er && psearch put ../../a.ndjson"; count_is .psearch 2
[ -e deep/er/.psearch ] && fail "a second .psearch was made below the first"
PSEARCH_INDEX=ix expect 1 "PSEARCH_INDEX over .psearch" psearch search pear
expect 0 "options end at the query" psearch -i ix search apple -pear --format=json; prints "options end" "Apple"
expect 1 "after -- nothing is an option" psearch -i ix search --format=ids -- -apple
expect 0 "after -- nothing is an option" psearch -i ix search --format=ids -- -zebra; is "-- -zebra" "$(cat out)" a
# an option behind the text is text, and that is said
printf '{"id":"a","title":"apple"}\n' >late.ndjson; psearch -i late put late.ndjson 2>/dev/null
expect 0 "a late option" psearch -i late search apple --count=1; says "a late option" "--count=1 is taken as text"
expect 0 "no option" psearch -i late search -- apple --count; grep -q "is taken as text: options" err && fail "no option: $(cat err)"
expect 0 "no option of it" psearch -i late search apple --rejects; grep -q "is taken as text: options" err && fail "no option of it: $(cat err)"
finish
