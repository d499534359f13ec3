/* score_keep.h - score documents of which only those that reach a floor are of use. */
#ifndef PRS_KERNEL_SCORE_KEEP_H
#define PRS_KERNEL_SCORE_KEEP_H

#include "kernel/score.h"

/* A floor, and what it asks of freq and length: w / (1 + norm / freq) * 2^s reaches it only if
 * norm <= freq * reach.  A little too much is asked of nobody. */
typedef struct prs_score_floor {
    int32_t floor, times; /* score * times >= floor */
    float reach;          /* below 0: nobody reaches it */
} prs_score_floor;

/** For a floor above 0, and times >= 1. */
prs_score_floor prs_score_floor_of(const prs_scorer *scorer, int32_t floor, int32_t times);
/** Those of n documents that reach the floor, in their order, and their scores times `times`;
 *  their number.
 *  Params : docs, freqs, lengths readable, and out_docs, out_scores writable, for n rounded up to
 *           PRS_SCORE_LANES; n <= 128
 *  Cost   : AVX-512 0.1 ns a document that is far from the floor, 0.3 one that is near */
uint32_t prs_score_keep(const prs_scorer *scorer, const prs_score_floor *floor,
                        const uint32_t *docs, const uint32_t *freqs, const uint32_t *lengths,
                        uint32_t n, uint32_t *out_docs, int32_t *out_scores);

#endif
