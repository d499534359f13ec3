#!/bin/bash
# memory_limit.sh - does a load end well where the system gives no more than 1.25 times its budget?
#
# `psearch put --memory 64M` under RLIMIT_DATA of 80 MiB (heap, stacks of threads, private mappings), with
# one thread and with two.  Under a limit far below the budget it says that memory ran out, and the index is
# what the last commit made of it.  memory.sh measures what is used; here the kernel refuses.
shared=${PRISM_SHARED:-}
[ -r "$shared/data/articles-00.ndjson.zst" ] || { echo "no shared articles: skipped"; exit 77; }
command -v zstd >/dev/null || { echo "no zstd: skipped"; exit 77; }
(ulimit -d 81920) 2>/dev/null || { echo "no RLIMIT_DATA here: skipped"; exit 77; }
[ -z "${ASAN_OPTIONS:-}${TSAN_OPTIONS:-}" ] && ! nm -D "$(command -v psearch)" 2>/dev/null | grep -q '__[at]san_' || { echo "sanitizers hold memory of their own: skipped"; exit 77; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
zstd -dcq "$shared/data/articles-00.ndjson.zst" 2>/dev/null | head -n 14000 >"$work/articles.ndjson"
head -n 7000 "$work/articles.ndjson" >"$work/half.ndjson"

# Does the limit bind at all?  (Other kernels count other things.)
if (ulimit -d 8192; exec psearch -i "$work/none" put --memory 64M --progress never "$work/half.ndjson") >"$work/out" 2>&1; then
    echo "RLIMIT_DATA does not bind here: skipped"
    exit 77
fi

failed=0
put() { # LIMIT_KIB INDEX ARGUMENTS... ; the exit code of psearch
    local limit=$1 index=$2
    shift 2
    (ulimit -d "$limit"; exec psearch -i "$work/$index" put --memory 64M --progress never "$@") >"$work/out" 2>&1
}
expect() { # WHAT WANTED GOT
    [ "$2" = "$3" ] && return
    echo "$1: expected $2, got $3"
    cat "$work/out"
    failed=1
}

put 81920 one --threads 1 "$work/articles.ndjson"
expect "one thread within 80 MiB" 0 $?
put 81920 two --threads 2 --commit-every 700 "$work/half.ndjson" # merges beside the loading
expect "two threads within 80 MiB" 0 $?
put 20480 two --threads 1 "$work/articles.ndjson"
expect "within 20 MiB" 8 $?
grep -q 'out of memory' "$work/out" || { echo "it does not say why:"; cat "$work/out"; failed=1; }
for index in one two; do
    psearch -i "$work/$index" check >"$work/out" 2>&1
    expect "check of $index" 0 $?
done
expect "documents of one" 14000 "$(psearch -i "$work/one" search --count '*:*' 2>"$work/out")"
expect "documents of two" 7000 "$(psearch -i "$work/two" search --count '*:*' 2>"$work/out")"
[ $failed = 0 ] && echo "budgets kept, refusals told"
exit $failed
