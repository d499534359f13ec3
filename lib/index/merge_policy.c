/* merge_policy.c - which adjacent segments should be merged next?
 *
 *   tier   0: under 2 MiB   1: under 16 MiB   2: under 128 MiB ...   8 of one make one of the next
 *
 * Structure   1. a segment more than a third deleted is rewritten alone
 *             2. the lowest tier with 8 segments that have none above it between them: they are
 *                merged, and what small ones stand between them
 *             3. still more segments than allowed: the cheapest neighbours that bring the number
 *                down
 * Invariants  Only neighbours are merged, so that the documents of a merged segment still have
 *             consecutive arrival numbers.
 * Why so      Tiers write each byte once per tier, at most 4 times up to 1 TB with flushes of 100
 *             MB.  Merging equal sizes wherever they stand (not only neighbours) would save a
 *             little more but cost an arrival number per document.
 * Tested by   tests/unit/index/test_merge_policy.c */
#include "index/merge_policy.h"

static uint32_t tier_of(const prs_merge_size *size) {
    uint32_t tier = 0;
    for (uint64_t limit = PRS_MERGE_FLOOR * PRS_MERGE_FACTOR; size->bytes >= limit && tier < 15;
         tier++) {
        limit *= PRS_MERGE_FACTOR;
    }
    return tier;
}

/* The newest neighbours among which PRS_MERGE_FACTOR or more are of that tier and none is above
 * it. */
static prs_merge_range find_run(const prs_merge_size *sizes, uint32_t n, uint32_t tier) {
    for (uint32_t end = n; end > 0; end--) {
        uint32_t count = 0, first = end;
        if (tier_of(&sizes[end - 1]) != tier)
            continue; /* smaller ones behind wait for their own tier */
        for (uint32_t i = end; i > 0 && tier_of(&sizes[i - 1]) <= tier; i--) {
            if (end - i == PRS_MERGE_MAX_INPUTS) break;
            if (tier_of(&sizes[i - 1]) != tier) continue;
            first = i - 1;
            count++;
        }
        if (count >= PRS_MERGE_FACTOR) return (prs_merge_range){first, end - first};
        end = first + 1;
    }
    return (prs_merge_range){0, 0};
}

prs_merge_range prs_merge_pick(const prs_merge_size *sizes, uint32_t n, uint32_t most) {
    for (uint32_t i = 0; i < n; i++) {
        if (sizes[i].n_deleted > sizes[i].n_docs / 3) return (prs_merge_range){i, 1};
    }
    uint32_t highest = 0;
    for (uint32_t i = 0; i < n; i++) highest = PRS_MAX(highest, tier_of(&sizes[i]));
    for (uint32_t tier = 0; tier <= highest; tier++) {
        prs_merge_range run = find_run(sizes, n, tier);
        if (run.n > 0) return run;
    }
    return prs_merge_pick_fewer(sizes, n, most);
}

prs_merge_range prs_merge_pick_fewer(const prs_merge_size *sizes, uint32_t n, uint32_t most) {
    prs_merge_range best = {0, 0};
    if (n <= most) return best;
    uint32_t width = PRS_MIN(n - most + 1, PRS_MERGE_MAX_INPUTS);
    uint64_t sum = 0, least = UINT64_MAX;
    for (uint32_t i = 0; i < n; i++) {
        sum += sizes[i].bytes;
        if (i >= width) sum -= sizes[i - width].bytes;
        if (i + 1 < width || sum >= least) continue;
        least = sum;
        best = (prs_merge_range){i + 1 - width, width};
    }
    return best;
}
