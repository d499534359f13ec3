/* select.h - which of many documents are worth keeping: the loops that leave most of them out.
 *
 * Arrays of documents and scores have room for PRS_SCORE_LANES more than is in them; what lies
 * there is read, never used, and may be overwritten.  Results do not depend on the CPU level. */
#ifndef PRS_SEARCH_SELECT_H
#define PRS_SEARCH_SELECT_H

#include "search/score.h"

/* A slot of a window that holds a document: this and its score.  Sums of scores stay below it. */
#define PRS_SLOT_TAKEN 0x40000000

/** Those with score >= floor, in their order; their number.
 *  Params : out_docs, out_scores may be docs, scores themselves */
uint32_t prs_select_floor(const uint32_t *docs, const int32_t *scores, uint32_t n, int32_t floor,
                          uint32_t *out_docs, int32_t *out_scores);
/** Keep those with hit[i] == want; their number. */
uint32_t prs_select_hits(uint32_t *docs, int32_t *scores, const uint8_t *hit, uint32_t n,
                         uint8_t want);
/** The taken slots with score >= floor, ascending; their number.  All n slots are 0 afterwards.
 *  Params : n a multiple of PRS_SCORE_LANES; slot i is document base + i */
uint32_t prs_select_slots(int32_t *slots, uint32_t n, uint32_t base, int32_t floor,
                          uint32_t *out_docs, int32_t *out_scores);
/** First place >= from with docs[place] >= target; n if there is none.
 *  Params : docs ascend; docs[n] is the largest 31-bit number, or n is 0 */
uint32_t prs_select_place(const uint32_t *docs, uint32_t from, uint32_t n, uint32_t target);
/** Does any score reach `need`? */
bool prs_select_any(const int32_t *scores, uint32_t n, int32_t need);

/** What a taken slot must hold to reach the floor; 0 if no score can. */
static inline int32_t prs_select_least(int32_t floor) {
    if (floor >= PRS_SLOT_TAKEN) return 0;
    return PRS_SLOT_TAKEN | PRS_MAX(floor, 0);
}

#endif
