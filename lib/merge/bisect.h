/* bisect.h - documents of like words beside each other, by recursive graph bisection. */
#ifndef PRS_MERGE_BISECT_H
#define PRS_MERGE_BISECT_H

#include "base/mem.h"

/* The words of each document. */
typedef struct prs_forward {
    uint32_t n_docs, n_terms;
    uint64_t *firsts; /* by doc, n_docs + 1 of them: the first of its terms */
    uint32_t *lens;   /* ... their number: terms that no longer tell anything drop out */
    uint32_t *terms;  /* below n_terms, each once in a document */
} prs_forward;

/** Asked now and then, n documents having been looked at.   Errors: ECANCELED ends the search */
typedef prism_status (*prs_bisect_poll)(void *ctx, uint32_t n, prism_error *err);

/** Rearrange the documents so that the gaps between those of a term get short: the sum of the
 *  logarithms of the gaps falls.
 *  Params : forward is used up; order[n_docs] a permutation that it begins with and ends with
 *  Errors : ENOMEM, and those of poll.   Memory: 24 bytes a document, 16 a term
 *  Cost   : 1 to 2 ns for each term of each document, iteration and level; the levels are log2 of
 *           n_docs / 16; about 4 iterations a level
 *  The same input gives the same order on every machine. */
prism_status prs_bisect(prs_forward *forward, uint32_t *order, prs_mem *mem, prs_bisect_poll poll,
                        void *ctx, prism_error *err) PRS_NODISCARD;

#endif
