/* merge_policy.h - which adjacent segments should be merged next?  A pure function of sizes. */
#ifndef PRS_MERGE_MERGE_POLICY_H
#define PRS_MERGE_MERGE_POLICY_H

#include "base/prs.h"

typedef struct prs_merge_size {
    uint64_t bytes; /* of both files */
    uint32_t n_docs, n_deleted;
} prs_merge_size;

typedef struct prs_merge_range {
    uint32_t first, n; /* n 0 = nothing to merge; n 1 = rewrite without the deleted documents */
} prs_merge_range;

#define PRS_MERGE_FACTOR 8u                   /* segments of one tier that make one of the next */
#define PRS_MERGE_FLOOR ((uint64_t)256 << 10) /* smaller segments count as this large */
#define PRS_MERGE_MAX_INPUTS 256u

/** The next merge in steady mode; ask again after each.
 *  Params : sizes[n] in order of arrival; most = segments that may stay, >= 1 */
prs_merge_range prs_merge_pick(const prs_merge_size *sizes, uint32_t n, uint32_t most);
/** Bulk load: of n_new segments that were never merged, the first ones to merge; the same is asked
 *  for those behind them.  Each is merged once, into as few and as equal ones as can be. */
prs_merge_range prs_merge_pick_load(uint32_t n_new);
/** The cheapest merge that leads to at most `most` segments. */
prs_merge_range prs_merge_pick_fewer(const prs_merge_size *sizes, uint32_t n, uint32_t most);

#endif
