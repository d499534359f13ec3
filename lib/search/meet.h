/* meet.h - which candidates are in the block that a list stands on, and at what places? */
#ifndef PRS_SEARCH_MEET_H
#define PRS_SEARCH_MEET_H

#include "search/lane.h"
#include "search/plan.h"

typedef struct prs_met {
    uint32_t n;
    uint16_t at[PRS_BLOCK + 1];   /* in the batch */
    uint8_t place[PRS_BLOCK + 1]; /* in the block */
} prs_met;

/** Of the candidates [at, end), which are not behind the block stood on, those that are in it and
 *  have scores >= need.  Its freqs may be asked for afterwards.   Errors : ECORRUPT, ENOMEM */
prism_status prs_meet_block(prs_plan *plan, prs_lane *lane, const prs_batch *batch, uint32_t at,
                            uint32_t end, int32_t need, prs_met *met,
                            prism_error *err) PRS_NODISCARD;

#endif
