/* spot.h - one slot of a phrase in one field: in which documents, and at which positions, may it
 * stand?
 *
 * Mostly the slot is one key and the spot is its list.  A slot of several keys, or of all keys with
 * a prefix, is a union of lists, put together for some ten thousand documents at a time. */
#ifndef PRS_SEARCH_SPOT_H
#define PRS_SEARCH_SPOT_H

#include "kernel/match.h"
#include "search/lane.h"
#include "search/plan.h"

typedef struct prs_union prs_union;

typedef struct prs_spot {
    const prs_slot *slot;
    prs_lane *lane;  /* one list, or NULL and ... */
    prs_union *many; /* ... several; both NULL: nowhere */
    uint64_t cost;   /* documents, at most */
    uint32_t need;   /* near: equal slots */
    uint32_t freq;   /* in the document stood on, after prs_spot_freq */
    prs_buf *positions;
    prs_run run; /* after prs_spot_positions: freq positions, some perhaps repeated */
} prs_spot;

/** Find the lists of a slot in a field that has positions.   Errors : ENOMEM, ECORRUPT, EIO,
 *  ECANCELED */
prism_status prs_spot_open(prs_spot *spot, prs_plan *plan, const prs_segment_field *field,
                           const prs_slot *slot, prism_error *err) PRS_NODISCARD;
/** First document >= target, PRS_DOC_END if there is none. */
prism_status prs_spot_seek(prs_spot *spot, uint32_t target, uint32_t *doc,
                           prism_error *err) PRS_NODISCARD;
/** How often in the document that the last seek found. */
prism_status prs_spot_freq(prs_spot *spot, prism_error *err) PRS_NODISCARD;
/** Its positions there, sorted: spot->run, valid until the next call.  prs_spot_freq first. */
prism_status prs_spot_positions(prs_spot *spot, prism_error *err) PRS_NODISCARD;
/** Make the positions of spot->run distinct. */
void prs_spot_make_distinct(prs_spot *spot);

#endif
