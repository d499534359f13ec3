#!/bin/bash
# repair.sh - damaged segments are left out, or an older commit comes back; what is lost is told, and nothing is overwritten.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

awk 'BEGIN { for (i = 0; i < 300; i++) printf "{\"id\":\"k%d\",\"title\":\"apple %d\",\"body\":\"number %d of many\"}\n", i, i, i * 7919 }' >docs.ndjson
expect 0 "put" psearch -i ix put docs.ndjson
awk 'BEGIN { for (i = 0; i < 20; i++) printf "{\"id\":\"n%d\",\"title\":\"pear %d\"}\n", i, i }' >more.ndjson
expect 0 "put more" psearch -i ix put more.ndjson; expect 0 "rm" psearch -i ix rm k0
for how in --repair --salvage; do
    expect 0 "whole, $how" psearch -i ix check $how; silent "whole, $how"; says "whole, $how" "ix: no damage found, nothing to ${how#--}"
done
[ -e ix/commit-0000000000000005 ] && fail "a commit for nothing"

# hurt FILE   a copy of the index in bad, with bytes of that file turned
hurt() { rm -rf bad; cp -r ix bad; local f; f=$(ls -S bad/$1 | head -n 1); chmod u+w "$f"; printf '\252\125' | dd of="$f" bs=1 seek="${2:-150}" conv=notrunc status=none; }

hurt '*.idx'; find bad -type f ! -name write.lock -exec cksum {} + | sort >sums
expect 4 "dry run" psearch -i bad check --repair --dry-run; says "dry run" "nothing was written; 20 documents would be left"; prints "dry run" "ECORRUPT: "
is "dry run: lost" "$(grep -c '^lost: k' out)" 299
[ -e bad/commit-0000000000000005 ] && fail "dry run published"
expect 4 "repair" psearch -i bad check --repair --rescue=lost.ndjson; says "repair" "1 segment of generation 4 dropped"; says "repair" "299 documents lost, 0 without a readable key"
says "repair" "generation 5 holds"; says "repair" "299 texts"; is "repair: lost" "$(grep -c '^lost: k' out)" 299; grep -q '^lost: k0$' out && fail "k0 was deleted"
expect 0 "check after repair" psearch -i bad check --deep; count_is bad 20
while read -r sum size file; do [ "$(cksum <"$file")" = "$sum $size" ] || fail "$file was changed"; done <sums
expect 4 "the damaged commit is still there" psearch -i bad search --commits-back=1 --count apple
expect 0 "and back" psearch -i bad put lost.ndjson; count_is bad 319; expect 0 "check of all" psearch -i bad check --deep

hurt '*.doc'; expect 4 "JSON" psearch -i bad check --repair --format=json
json "JSON" 'd["damaged"] == 1 and d["generation"] == 5 and d["repair"]["from"] == 4 and d["repair"]["generation"] == 5 and d["repair"]["lost"] == 299 == len(d["repair"]["keys"]) and d["repair"]["lost_keys"] == 299 and d["repair"]["lost_texts"] == 0 and not d["repair"]["dry_run"]'
hurt '*.doc'; expect 4 "JSON lines" psearch -i bad check --repair --format=jsonl
json_lines "JSON lines" 'sum("lost" in x for x in d) == 299 and sum("code" in x for x in d) == 1'

hurt 'deletes-*' 70; expect 4 "deletions" psearch -i bad check --repair; says "deletions" "1 document that had been deleted back"
expect 0 "check after it" psearch -i bad check; count_is bad 320

hurt 'commit-0000000000000004' 100
expect 4 "a commit cannot be repaired" psearch -i bad check --repair; says "a commit cannot be repaired" "--salvage"
expect 4 "salvage, rehearsed" psearch -i bad check --salvage --dry-run; expect 4 "still damaged" psearch -i bad search --count apple
expect 4 "salvage" psearch -i bad check --salvage; says "salvage" "generation 5 holds what generation 3 had"
expect 0 "check after salvage" psearch -i bad check; prints "check after salvage" "a damaged commit that a salvage passed over"; count_is bad 320
expect 0 "life goes on" psearch -i bad put docs.ndjson; expect 0 "check then" psearch -i bad check --deep; silent "check then"

# a writer keeps it away; a missing or unreadable one
mkfifo pipe; psearch -i ix put --progress=never - <pipe 2>/dev/null & writer=$!; exec 9>pipe
for _ in $(seq 200); do grep -q " $writer$" ix/write.lock && break; sleep 0.05; done
expect 5 "a writer is there" psearch -i ix check --repair
says "a writer is there" "another writer"; exec 9>&-; wait
expect 3 "no index" psearch -i nothing check --repair; expect 3 "no index, salvage" psearch -i nothing check --salvage
expect 2 "alone" psearch -i ix check --dry-run; expect 2 "alone" psearch -i ix check --rescue=x
expect 2 "a file that is there" psearch -i ix check --repair --rescue=docs.ndjson; says "a file that is there" "docs.ndjson"
finish
