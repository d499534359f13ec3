/* score.h - the arithmetic of FORMAT.md section 17: from integer statistics to an integer
 * contribution.
 *
 *     N, df --idf--> w = float(boost idf)         weights of all leaves --> shift s
 *     freq, length --> w / (1 + (c0 + c1 length) / freq) --> trunc(x 2^s + 0.5)  an int32
 *
 * Every step rounds the same way on every machine and is monotone: a contribution never falls when
 * freq rises, never rises when length does.  So a bound is the contribution of (largest freq,
 * smallest length). */
#ifndef PRS_KERNEL_SCORE_H
#define PRS_KERNEL_SCORE_H

#include "base/prs.h"

#include <float.h>

_Static_assert(FLT_EVAL_METHOD == 0, "float expressions must round to float");

#define PRS_SCORE_MIN_SHIFT (-20)
#define PRS_SCORE_MAX_SHIFT 40
#define PRS_SCORE_LIMIT 536870912.0 /* 2^29: the sum of the scaled weights stays below it */

/* What turns (freq, length) of one leaf into its contribution. */
typedef struct prs_scorer {
    float w, c0, c1;
    float scale; /* 2^s */
} prs_scorer;

/** Natural logarithm by the series of FORMAT.md, x >= 1 and finite. */
double prs_score_ln(double x);
/** Inverse document frequency of df documents among n; df above n counts as n. */
double prs_score_idf(uint64_t n, uint64_t df);
/** The shift s for the sum of all weights; PRISM_ELIMIT in *status if the sum is not below 2^49, or
 *  is no number. */
int prs_score_shift(double total, prism_status *status);
/** 2^s, exact for every shift. */
float prs_score_scale(int shift);
/** The constants of a leaf over n documents with `tokens` positions in all (0: lengths do not
 *  count). */
void prs_score_constants(prs_scorer *scorer, double k1, double b, bool has_lengths, uint64_t n,
                         uint64_t tokens);

/** A float in units of 2^-s.  0 <= x * scale < 2^30. */
static inline int32_t prs_score_units(float x, float scale) {
    float scaled = x * scale;
    return (int32_t)(scaled + 0.5f);
}

/** Contribution of one document before it is scaled; freq >= 1. */
static inline float prs_score_ratio(const prs_scorer *scorer, uint32_t freq, uint32_t length) {
    float product = scorer->c1 * (float)length;
    float norm = scorer->c0 + product;
    float y = norm / (float)freq;
    float below = 1.0f + y;
    return scorer->w / below;
}

/** Contribution of one document; freq >= 1. */
static inline int32_t prs_score_one(const prs_scorer *scorer, uint32_t freq, uint32_t length) {
    return prs_score_units(prs_score_ratio(scorer, freq, length), scorer->scale);
}

/** Contributions of n documents, any n; bit for bit those of prs_score_one.
 *  Params : freqs, lengths readable and scores writable for n rounded up to 16
 *  Cost   : two divisions per document, 4 to 16 documents at a time */
void prs_score_block(const prs_scorer *scorer, const uint32_t *freqs, const uint32_t *lengths,
                     uint32_t n, int32_t *scores);

#define PRS_SCORE_LANES 16u /* what arrays given to prs_score_block are rounded up to */

#endif
