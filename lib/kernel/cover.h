/* cover.h - a few (freq, length) pairs that stand above every posting of a range: what bounds are
 * made of.
 *
 * Every posting of the range has freq <= and length >= those of some pair.  Sorted, freq and length
 * ascending together, so no pair is above another. */
#ifndef PRS_KERNEL_COVER_H
#define PRS_KERNEL_COVER_H

#include "format/postings.h"
#include "kernel/score.h"

#define PRS_COVER_PAIRS PRS_GROUP_IMPACTS

typedef struct prs_cover {
    uint32_t n;                            /* 0: there is no posting */
    prs_impact pairs[PRS_COVER_PAIRS + 1]; /* one more while adding */
} prs_cover;

/** Cover one more pair; where there is no room the two nearest become one above both. */
void prs_cover_add(prs_cover *cover, uint32_t freq, uint32_t length);
void prs_cover_add_all(prs_cover *cover, const prs_impact *pairs, uint32_t n);
/** Cover documents that have postings in `cover` (so far), in `field` (times weight), or in
 *  both. */
void prs_cover_join(prs_cover *cover, const prs_cover *field, uint32_t weight);
/** The best contribution below the cover; -1 if it is empty.   Cost: two divisions a pair */
int32_t prs_cover_bound(const prs_cover *cover, const prs_scorer *scorer);

/** v * weight + more, at most 2^32 - 1. */
static inline uint32_t prs_weigh_add(uint32_t more, uint32_t v, uint32_t weight) {
    uint64_t sum = (uint64_t)v * weight + more;
    return sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

#endif
