/* score_table.h - what a word scores in each document of a small segment, all at hand. */
#ifndef PRS_SEARCH_SCORE_TABLE_H
#define PRS_SEARCH_SCORE_TABLE_H

#include "search/group.h"
#include "search/lane.h"
#include "search/plan.h"

/** The table of a word that stands in one field, if it is frequent, the segment small, and
 *  somebody has asked for it before; else *table = NULL.  The plan holds it.
 *  Params : lane: just opened, and so again afterwards
 *  Errors : ENOMEM, ECORRUPT, EIO, ECANCELED */
prism_status prs_score_table_find(prs_plan *plan, const prs_group *group, prs_lane *lane,
                                  uint32_t field, const float **table,
                                  prism_error *err) PRS_NODISCARD;

/** Add the scores of n documents to their slots, and mark those taken that have the word.
 *  Cost   : AVX-512 0.08 ns a document */
void prs_score_table_add(const float *table, uint32_t n, float scale, int32_t times,
                         int32_t *slots);

static inline bool prs_score_is_absent(float score) {
    uint32_t bits;
    memcpy(&bits, &score, sizeof bits);
    return bits >> 31 != 0;
}

#endif
