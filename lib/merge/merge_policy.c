/* merge_policy.c - which adjacent segments should be merged next?
 *
 *   tier   0: under 2 MiB   1: under 16 MiB   2: under 128 MiB ...   8 of one make one of the next
 *
 * Structure   1. a segment more than a third deleted is rewritten alone
 *             2. the lowest tier with 8 segments that have none above it between them: they are
 *                merged, and what small ones stand between them; from tier 2 on only where there
 *                are nearly as many segments as allowed
 *             3. still more segments than allowed: the cheapest neighbours that bring the number
 *                down
 * Invariants  Only neighbours are merged, so that the documents of a merged segment still have
 *             consecutive arrival numbers.
 * Why so      Tiers write each byte once per tier.  Small segments are merged as soon as they can
 *             be, for a search looks into each; large ones are left as long as they may be, which
 *             saves a tier: bytes written are 3 times those that are kept after 500 flushes of any
 *             one size, 4 after 4000 (with most = 30).  Merging equal sizes wherever they stand
 *             (not only neighbours) would save a little more but cost an arrival number per
 *             document.
 * Tested by   tests/unit/merge/test_merge_policy.c */
#include "merge/merge_policy.h"

#define EAGER_TIERS 2u /* merged at once: segments under 16 MiB */

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
        if (run.n == 0) continue;
        if (tier < EAGER_TIERS) return run;
        if (n + PRS_MERGE_FACTOR <= most) continue;
        run.n = PRS_MIN(run.n, PRS_MERGE_FACTOR); /* more would blur the tiers */
        return run;
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

prs_merge_range prs_merge_pick_load(uint32_t n_new) {
    uint32_t n_rounds = (n_new + PRS_MERGE_MAX_INPUTS - 1) / PRS_MERGE_MAX_INPUTS;
    prs_merge_range range = {0, 0};
    if (n_new < 2) return range;
    range.n = (n_new + n_rounds - 1) / n_rounds;
    return range;
}
