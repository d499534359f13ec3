/* meet.h - which candidates are in the block that a list stands on, and at what places?
 *
 *     dense    not decoded: a bit says whether, the bits before it where
 *     packed   decoded; few candidates are looked for, many are compared side by side (select.h)
 *
 * Whether a candidate is a hit cannot be foretold, so no step branches on it: between two frequent
 * words every second one is.  Here, since a call for each block of a conjunction of rare words is
 * 4 % of it. */
#ifndef PRS_SEARCH_MEET_H
#define PRS_SEARCH_MEET_H

#include "kernel/select.h"

typedef struct prs_met {
    uint32_t n;
    uint16_t at[PRS_BLOCK + 1];   /* among the candidates */
    uint8_t place[PRS_BLOCK + 1]; /* in the block */
} prs_met;

/** Of n candidates, n > 0, which ascend and are not behind the block stood on, those that are in it
 *  and have scores >= need.  Its freqs may be asked for afterwards.
 *  Params : docs, scores readable for PRS_SCORE_LANES more than n
 *  Errors : ECORRUPT, EIO
 *  Cost   : about 2 ns a candidate, .8 where they are many, and 30 to 60 for a block */
static inline prism_status prs_meet_block(prs_postings *p, const uint32_t *docs,
                                          const int32_t *scores, uint32_t n, int32_t need,
                                          prs_met *met, prism_error *err) {
    prs_block_bits bits;
    PRS_TRY(prs_postings_bits(p, &bits, err));
    if (bits.n > 0) {
        met->n = prs_select_in_bits(&bits, docs, scores, n, need, met->at, met->place);
        return PRISM_OK;
    }
    PRS_TRY(prs_postings_load(p, err));
    met->n = prs_select_in_docs(p->docs, p->n, docs, n, met->at, met->place);
    if (need == INT32_MIN) return PRISM_OK;
    uint32_t m = 0;
    for (uint32_t i = 0; i < met->n; i++) {
        met->at[m] = met->at[i];
        met->place[m] = met->place[i];
        m += scores[met->at[i]] >= need;
    }
    met->n = m;
    return PRISM_OK;
}

#endif
