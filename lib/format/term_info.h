/* term_info.h - what the dictionary says of one term. */
#ifndef PRS_FORMAT_TERM_INFO_H
#define PRS_FORMAT_TERM_INFO_H

#include "base/prs.h"

#define PRS_INLINE_MAX_DF 4u  /* a list of at most so many documents ... */
#define PRS_INLINE_MAX_CF 32u /* ... and so many positions lives in the dictionary entry */
#define PRS_SHORT_MAX_DF 128u /* a list in LISTS of at most so many documents is a short one */
#define PRS_TERMS_BLOCK 64u   /* terms of a block */

typedef struct prs_term_info {
    uint64_t ord; /* place in the dictionary; set by the reader */
    uint64_t cf;
    uint32_t df;
    bool inlined, has_positions;
    /* inlined, cf = 1: the posting */
    uint32_t doc, position;
    /* inlined else: payload_bits bits from bit payload_bit on, format/short_list.h; borrowed from
     * the mapping, or from the postings writer */
    const uint8_t *payload;
    uint32_t payload_bit, payload_bits;
    /* not inlined: a list in LISTS */
    uint64_t off;
    /* Of more than 128 documents: positions, then postings.  A short list is both in one: a writer
     * says how many of its bytes are positions, if only for statistics; read, all are postings. */
    uint64_t positions_len, postings_len;
} prs_term_info;

static inline bool prs_terms_must_inline(uint32_t df, uint64_t cf) {
    return df <= PRS_INLINE_MAX_DF && cf <= PRS_INLINE_MAX_CF;
}

#endif
