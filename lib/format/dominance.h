/* dominance.h - how good are at least the 10, 100, 1000 best postings of a list?
 *
 * A dominance point for K is a pair such that at least K postings have its freq or more and its
 * length or less: the score of that pair is then a lower bound of the K-th best score under any
 * parameters. */
#ifndef PRS_FORMAT_DOMINANCE_H
#define PRS_FORMAT_DOMINANCE_H

#include "format/postings.h"

enum { PRS_DOMINANCE_FREQS = 32, PRS_DOMINANCE_LENGTHS = 176 };

/* Postings by class of freq and class of length.  All zero before the first add. */
typedef struct prs_dominance {
    uint32_t rows;      /* bit f: there are postings of class f */
    uint32_t n_lengths; /* classes of length from this on are empty */
    uint32_t from_end;  /* and those before PRS_DOMINANCE_LENGTHS - this */
    uint32_t counts[PRS_DOMINANCE_FREQS][PRS_DOMINANCE_LENGTHS];
} prs_dominance;

/** How many points a list of df postings has. */
uint32_t prs_dominance_points(uint64_t df);
/** Count n postings; lengths NULL = all 0. */
void prs_dominance_add(prs_dominance *dom, const uint32_t *freqs, const uint32_t *lengths,
                       uint32_t n);
/** Best points for K = 10, 100, 1000 as far as there are K postings; their number.  Empties the
 *  counts. */
uint32_t prs_dominance_take(prs_dominance *dom, uint64_t df, float mean_length,
                            prs_impact points[PRS_DOMINANCE_POINTS]);

#endif
