/* spare.h - blocks of one size that are kept for the next who needs one.
 *
 * Working space that every search needs is large: given back to the system each time, its pages
 * cost more than a small search. */
#ifndef PRS_BASE_SPARE_H
#define PRS_BASE_SPARE_H

#include "base/mem.h"

#define PRS_SPARES 16u /* kept at most */

typedef struct prs_spares {
    prs_mem *mem;
    size_t size;
    _Atomic(void *) block[PRS_SPARES];
} prs_spares;

void prs_spares_init(prs_spares *spares, prs_mem *mem, size_t size);
/** Nobody else uses it. */
void prs_spares_fini(prs_spares *spares);
/** A block as it was given, or NULL: there is none.   Threads: any.   Cost: a load a place */
void *prs_spares_take(prs_spares *spares);
/** Keep a block of `size` bytes of spares->mem; it is released if there are enough.   Threads:
 *  any */
void prs_spares_give(prs_spares *spares, void *block);

/** A block, a new one if none is kept, which counts for `mem` until it is returned; NULL: no
 *  memory.   Params : *used it is as it was given   Threads: any */
void *prs_spares_borrow(prs_spares *spares, prs_mem *mem, bool *used) PRS_NODISCARD;
void prs_spares_return(prs_spares *spares, prs_mem *mem, void *block);

#endif
