/* impacts.h - which pairs of (freq, length) bound a set of postings, in few bytes?
 *
 * A front holds pairs ascending in both members; a pair with more freq and less length than another
 * makes the other needless.  Every step keeps the promise of prs_impact in format/postings.h. */
#ifndef PRS_FORMAT_IMPACTS_H
#define PRS_FORMAT_IMPACTS_H

#include "base/cur.h"
#include "format/postings.h"

#define PRS_FRONT_MAX PRS_BLOCK

typedef struct prs_front {
    uint32_t n;
    prs_impact pairs[PRS_FRONT_MAX];
} prs_front;

/** The exact front of n postings, 1 <= n <= 128; lengths NULL = all 0. */
void prs_front_of(prs_front *front, const uint32_t *freqs, const uint32_t *lengths, uint32_t n);
/** Bound the postings of `other` as well. */
void prs_front_join(prs_front *front, const prs_front *other, float mean_length);
/** Merge neighbours upwards until at most `max` pairs are left, losing little at this mean
 *  length. */
void prs_front_reduce(prs_front *front, uint32_t max, float mean_length);

/** Saturation of a pair in BM25 with k1 = 1.2, b = 0.75: what "little" and "best" mean to a
 *  writer. */
float prs_impact_score(prs_impact impact, float mean_length);

#define PRS_IMPACTS_BYTES(n) (1u + 10u * (n)) /* upper bound of n pairs */
/** Write as FORMAT.md section 7; returns the bytes. */
size_t prs_impacts_put(const prs_front *front, uint8_t *out);
/** Read 1..max pairs; their number, 0 with the cursor failed if the bytes are unsound. */
uint32_t prs_impacts_read(prs_cur *c, prs_impact *out, uint32_t max);

#endif
