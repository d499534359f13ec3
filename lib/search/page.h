/* page.h - the token that stands for a place in an order: where the next page begins. */
#ifndef PRS_SEARCH_PAGE_H
#define PRS_SEARCH_PAGE_H

#include "base/buf.h"
#include "search/sort.h"

/* How the documents of the index that a token is for arrived, seen from the token's hit, in one
 * stream of all indexes that were merged. */
typedef enum prs_page_part {
    PRS_PART_OWN = 0,   /* the hit is of this index: by arrival number */
    PRS_PART_LATER = 1, /* all of them behind it */
    PRS_PART_EARLIER = 2,
} prs_page_part;

typedef struct prs_page {
    prs_sort_value *values; /* by criterion of the order; those of SCORE and ARRIVAL are below */
    int32_t raw;            /* score, where the order needs scores */
    int shift;              /* its power of two */
    uint64_t arrival;
    prs_page_part part;
} prs_page;

/** Write a place as a token: letters, digits, - and _. */
void prs_page_encode(const prs_sort *sort, const prs_page *page, prs_buf *out);
/** Read one.   Params: everything lives in the arena
 *  Errors : EINVAL not a token, or of another order; ENOMEM */
prism_status prs_page_decode(const char *token, const prs_sort *sort, prs_arena *arena,
                             prs_page *out, prism_error *err) PRS_NODISCARD;

/** < 0, 0, > 0: a raw score in units of 2^-shift, compared with that of the place. */
int prs_page_compare_score(const prs_page *page, int32_t raw, int shift);
/** ... an arrival number, compared with that of the place. */
static inline int prs_page_compare_arrival(const prs_page *page, uint64_t arrival) {
    if (page->part != PRS_PART_OWN) return page->part == PRS_PART_LATER ? 1 : -1;
    return (arrival > page->arrival) - (arrival < page->arrival);
}
/** Best first: does a document stand behind the place? */
static inline bool prs_page_is_behind(const prs_page *page, int32_t raw, int shift,
                                      uint64_t arrival) {
    int order = prs_page_compare_score(page, raw, shift);
    return order < 0 || (order == 0 && prs_page_compare_arrival(page, arrival) > 0);
}

#endif
