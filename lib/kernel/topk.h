/* topk.h - the k best documents so far: score descending, then arrival ascending. */
#ifndef PRS_KERNEL_TOPK_H
#define PRS_KERNEL_TOPK_H

#include "base/mem.h"

typedef struct prs_top_hit {
    int32_t score;
    uint32_t leaf; /* segment of the snapshot ... */
    uint32_t doc;  /* ... and the document in it */
    uint64_t arrival;
} prs_top_hit;

#define PRS_TOP_BINS 256u

typedef struct prs_topk {
    prs_mem *mem;
    prs_top_hit *heap; /* small k: the worst at the root; else as they came, some too many */
    size_t n, k, cap;
    bool any, full;        /* something was offered; k of them */
    uint64_t last_arrival; /* of all that were offered */
    int32_t floor;         /* if full: k of those here reach it */
    /* Large k, if full: how many there are of a score, in bins of 2^shift from `least` on; the last
     * one has all above, too.  `reach` of them are in the bin of the floor or above. */
    int32_t least;
    uint32_t shift, bin;
    size_t reach;
    uint32_t in_bin[PRS_TOP_BINS];
} prs_topk;

/** Grows as hits come.   k may be 0 */
void prs_topk_init(prs_topk *top, prs_mem *mem, uint32_t k);
void prs_topk_fini(prs_topk *top);
/** Offer one.   Errors : ENOMEM */
prism_status prs_topk_offer(prs_topk *top, const prs_top_hit *hit, prism_error *err) PRS_NODISCARD;
/** The score that a document needs to get in, or one that is not enough; 0 while there is room.
 *  later: all still to come arrived after all that were offered, so an equal score is not
 *  enough. */
static inline int32_t prs_topk_floor(const prs_topk *top, bool later) {
    return top->full ? top->floor + (later ? 1 : 0) : 0;
}
/** How many of the k are there. */
static inline size_t prs_topk_n(const prs_topk *top) {
    return PRS_MIN(top->n, top->k);
}
/** Best first, n of them at most k; nothing may be offered any more. */
void prs_topk_sort(prs_topk *top);

#endif
