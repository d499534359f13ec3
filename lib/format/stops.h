/* stops.h - the most frequent words of a field in a segment, of which adjacent pairs have lists
 * (FORMAT.md section 10): the section STOP_SET, and keys of pairs. */
#ifndef PRS_FORMAT_STOPS_H
#define PRS_FORMAT_STOPS_H

#include "store/in.h"
#include "store/out.h"

#define PRS_STOPS_MAX 64u                    /* words of a set */
#define PRS_STOP_KEY_MAX 64u                 /* bytes of a term key that may be in it */
#define PRS_STOPS_WORDS 56u                  /* words of a set that is chosen */
#define PRS_STOPS_TOKENS ((uint64_t)1 << 20) /* of a field that a set is chosen from */
#define PRS_PAIR_KEY_MAX (1u + 2u * PRS_STOP_KEY_MAX)

typedef struct prs_stops {
    uint32_t n;                    /* 0: there is no set */
    prs_bytes keys[PRS_STOPS_MAX]; /* ascending, distinct; borrowed */
} prs_stops;

/** Read a section STOP_SET; an empty section (len 0) is no set.   Errors : ECORRUPT, EIO */
prism_status prs_stops_read(prs_stops *stops, const prs_section *section,
                            prism_error *err) PRS_NODISCARD;
/** Write a section STOP_SET, n >= 1. */
void prs_stops_write(const prs_stops *stops, uint16_t field, prs_out *out);
/** May a set that is chosen have this term key? */
bool prs_stops_may(prs_bytes key);
/** Place of a key in the set, PRS_STOPS_MAX if it is not there. */
uint32_t prs_stops_find(const prs_stops *stops, prs_bytes key);
bool prs_stops_equal(const prs_stops *a, const prs_stops *b);
/** The key of a pair of two keys of a set; returns its length. */
uint32_t prs_stops_pair(prs_bytes first, prs_bytes second, uint8_t out[PRS_PAIR_KEY_MAX]);

#endif
