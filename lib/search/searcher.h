/* searcher.h - one query over all segments of a snapshot. */
#ifndef PRS_SEARCH_SEARCHER_H
#define PRS_SEARCH_SEARCHER_H

#include "kernel/topk.h"
#include "search/page.h"
#include "search/plan.h"

typedef struct prs_search_request {
    const prism_snapshot *snap;
    const prs_weighted *root;
    uint32_t k; /* hits wanted, those skipped included */
    bool exact_count;
    bool exhaustive; /* no pruning */
    prs_watch *watch;
    const prs_page *page;    /* hits stand behind it; NULL = from the start */
    int shift;               /* of the scores, for the page */
    uint32_t threads;        /* that may work on it, the caller's among them; 0 = 1 */
    prs_score_cache *scores; /* of the snapshot; NULL = none are kept */
    /* of the snapshot, for working space and arenas; NULL = the memory of the search */
    prs_spares *spares, *arenas;
    const prs_kept_filter *kept; /* a part of root that may be kept for later; NULL = none */
    /* of a segment, that one thread takes at a time, a multiple of PRS_WINDOW; 0 = as it seems
     * best, and one thread for what is quickly done */
    uint32_t range_docs;
} prs_search_request;

typedef struct prs_search_result {
    prs_topk top; /* sorted, best first; the caller ends it */
    uint64_t total;
    bool total_exact;
} prs_search_result;

/** Find the best documents and count.   Params : result->top initialised by the caller
 *  Errors : ECORRUPT, EIO, ENOMEM, ELIMIT; being stopped is none
 *  Threads: hits and exact totals are those of one thread */
prism_status prs_searcher_run(const prs_search_request *request, prs_mem *mem,
                              prs_search_result *result, prism_error *err) PRS_NODISCARD;

#endif
