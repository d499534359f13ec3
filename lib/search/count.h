/* count.h - how many documents of a segment match a plan? */
#ifndef PRS_SEARCH_COUNT_H
#define PRS_SEARCH_COUNT_H

#include "search/plan.h"

/** Count the matches in [from, to) that are not deleted.
 *  Params : plan made without scores, root not NULL, not asked anything yet; from, to multiples of
 *           PRS_WINDOW, or to the end; space: work space
 *  Errors : ECORRUPT, EIO, ENOMEM; ECANCELED by the watch, *n then being what was counted so far
 *  Cost   : nothing for one list; for any of some lists all but the largest; for all of some the
 *           rarest and the blocks of the others that its documents fall in */
prism_status prs_count(prs_plan *plan, uint32_t from, uint32_t to, prs_batch *space, uint64_t *n,
                       prism_error *err) PRS_NODISCARD;

#endif
