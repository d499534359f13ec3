#!/bin/bash
# memory.sh - does a load stay within its budget?  Peak anonymous memory of `psearch put --memory 64M`
# over shared articles: at most 1.1 times the budget and 64 MiB for what does not follow it (program,
# dictionaries, one document, one merge of these sizes).
shared=${PRISM_SHARED:-}
[ -r "$shared/data/articles-00.ndjson.zst" ] || { echo "no shared articles: skipped"; exit 77; }
[ -r /proc/self/status ] && grep -q RssAnon /proc/self/status || { echo "no RssAnon in /proc: skipped"; exit 77; }
command -v zstd >/dev/null || { echo "no zstd: skipped"; exit 77; }
[ -z "${ASAN_OPTIONS:-}${TSAN_OPTIONS:-}" ] && ! nm -D "$(command -v psearch)" 2>/dev/null | grep -q '__[at]san_' || { echo "sanitizers hold memory of their own: skipped"; exit 77; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
zstd -dcq "$shared/data/articles-00.ndjson.zst" 2>/dev/null | head -n 14000 >"$work/articles.ndjson"

failed=0
budget=65536 # KiB
most=$((budget * 11 / 10 + 65536))
head -n 7000 "$work/articles.ndjson" >"$work/half.ndjson"
for threads in 1 2; do
    # one thread: flushes when the budget is spent; two: merges beside the loading
    set -- "$work/articles.ndjson"
    [ $threads = 2 ] && set -- --commit-every 700 "$work/half.ndjson"
    psearch -i "$work/ix$threads" put --memory 64M --threads $threads --progress never "$@" >"$work/out" 2>&1 &
    pid=$! peak=0
    while now=$(sed -n 's/^RssAnon:[^0-9]*\([0-9]*\) kB/\1/p' /proc/$pid/status 2>/dev/null) && [ -n "$now" ]; do
        [ "$now" -gt "$peak" ] && peak=$now
        sleep 0.01
    done
    wait $pid || { echo "put: exit $?"; cat "$work/out"; failed=1; }
    echo "$threads threads: peak anonymous memory $((peak / 1024)) MiB, allowed $((most / 1024))"
    [ "$peak" -gt $((budget / 4)) ] || { echo "too little to believe"; failed=1; }
    [ "$peak" -le "$most" ] || failed=1
done
exit $failed
