/* ranker.h - the best of ranges of documents into a heap, and their number: what one thread of a
 * search does. */
#ifndef PRS_SEARCH_RANKER_H
#define PRS_SEARCH_RANKER_H

#include "search/searcher.h"

/* The plan of a segment, kept from range to range. */
typedef struct prs_ranker_plan {
    prs_plan plan;
    bool ready;    /* used before: else nothing of it is set */
    uint32_t leaf; /* UINT32_MAX: of none */
} prs_ranker_plan;

typedef struct prs_ranker {
    const prs_search_request *request;
    prs_watch *watch;
    prs_topk *top;
    atomic_int *reached; /* a score that k documents of all threads reach; NULL = alone */
    uint64_t total;
    bool pruned; /* some documents may have been skipped */
    prs_mem *mem;
    prs_spares *spares, *arenas; /* of working space, for plans; NULL = mem */
    prs_scratch *space;
    prs_batch *batch; /* of `space` */
    prs_ranker_plan ranking, counting;
} prs_ranker;

/** Errors : ENOMEM; prs_ranker_fini all the same */
prism_status prs_ranker_init(prs_ranker *r, const prs_search_request *request, prs_watch *watch,
                             prs_topk *top, prs_mem *mem, prism_error *err) PRS_NODISCARD;
void prs_ranker_fini(prs_ranker *r);
/** Rank and count the documents [from, to) of a segment.  Ranges come in ascending order; from and
 *  to are multiples of PRS_WINDOW, or the end.
 *  Errors : those of a search, ECANCELED */
prism_status prs_ranker_run(prs_ranker *r, uint32_t leaf, uint32_t from, uint32_t to,
                            prism_error *err) PRS_NODISCARD;
/** Documents that a segment may ask to look at, at most.  The plan is kept for prs_ranker_run. */
prism_status prs_ranker_cost(prs_ranker *r, uint32_t leaf, uint64_t *cost,
                             prism_error *err) PRS_NODISCARD;

#endif
