/* topk.h - the k best documents so far: score descending, then arrival ascending. */
#ifndef PRS_SEARCH_TOPK_H
#define PRS_SEARCH_TOPK_H

#include "base/mem.h"

typedef struct prs_top_hit {
    int32_t score;
    uint32_t leaf; /* segment of the snapshot ... */
    uint32_t doc;  /* ... and the document in it */
    uint64_t arrival;
} prs_top_hit;

typedef struct prs_topk {
    prs_mem *mem;
    prs_top_hit *heap; /* the worst at the root */
    size_t n, k, cap;
    uint64_t last_arrival; /* of all that were offered */
    bool any;
} prs_topk;

/** Grows as hits come.   k may be 0 */
void prs_topk_init(prs_topk *top, prs_mem *mem, uint32_t k);
void prs_topk_fini(prs_topk *top);
/** Offer one.   Errors : ENOMEM */
prism_status prs_topk_offer(prs_topk *top, prs_top_hit hit, prism_error *err) PRS_NODISCARD;
/** The score that a document needs to get in; 0 while there is room.  later: all still to come
 *  arrived after all that were offered, so an equal score is not enough. */
int32_t prs_topk_floor(const prs_topk *top, bool later);
/** Best first; the heap is one no longer. */
void prs_topk_sort(prs_topk *top);

#endif
