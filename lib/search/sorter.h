/* sorter.h - the first k documents of a query in an order by values. */
#ifndef PRS_SEARCH_SORTER_H
#define PRS_SEARCH_SORTER_H

#include "search/page.h"
#include "search/searcher.h"

/* A document found, with what it stands by. */
typedef struct prs_sorted_hit {
    prs_top_hit hit;        /* its score is 0 unless the order needs scores */
    prs_sort_value *values; /* by criterion; words are of the segment's column */
} prs_sorted_hit;

typedef struct prs_sorted {
    prs_arena arena;      /* of the hits */
    prs_sorted_hit *hits; /* in order */
    uint32_t n;
    uint64_t total;  /* all that match; of what was seen, if the watch stopped the search */
    uint64_t behind; /* of these, behind the place where the page begins */
} prs_sorted;

/** Find the first request->k documents of an order with criteria.
 *  Params : request without `page` and `exhaustive`; page may be NULL; shift of the scores; out
 *           ended by prs_sorted_fini, also after an error
 *  Errors : ECORRUPT, EIO, ENOMEM, ELIMIT; being stopped is none
 *  Cost   : all matches; a value is looked up for those in whose column block something may stand
 *           before the last of the first k */
prism_status prs_sorter_run(const prs_search_request *request, const prs_sort *sort,
                            const prs_page *page, int shift, prs_mem *mem, prs_sorted *out,
                            prism_error *err) PRS_NODISCARD;
void prs_sorted_fini(prs_sorted *sorted);

#endif
