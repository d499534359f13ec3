/* eliasfano.h - the positions of one document: an Elias-Fano group whose size follows from (freq,
 * span).
 *
 * FORMAT.md section 8.  Groups are concatenated bit by bit; because a group's size needs nothing
 * but the freq and the span of its document, any group is found without decoding its neighbours. */
#ifndef PRS_CODEC_ELIASFANO_H
#define PRS_CODEC_ELIASFANO_H

#include "codec/bits.h"

/* Number of low bits of each position; freq >= 1, span >= 1. */
static inline uint32_t prs_ef_low_bits(uint32_t freq, uint32_t span) {
    if (freq == 1) return prs_bit_width32(span - 1);
    if (span < freq) return 0; /* else the logarithm of span div freq, without a division */
    uint32_t low = (uint32_t)__builtin_clz(freq) - (uint32_t)__builtin_clz(span);
    return low - ((uint64_t)freq << low > span);
}

/** Bits of the group of freq positions below span; freq >= 1, span >= 1. */
static inline uint64_t prs_ef_bits(uint32_t freq, uint32_t span) {
    uint32_t low = prs_ef_low_bits(freq, span);
    if (freq == 1) return low;
    return (uint64_t)freq * low + freq + ((span - 1) >> low);
}

/** Write a group at bit offset `bit` of zeroed memory with 9 bytes to spare behind it.
 *  positions[freq] never decrease and are < span.   Returns the bit offset behind the group. */
uint64_t prs_ef_encode(uint8_t *base, uint64_t bit, const uint32_t *positions, uint32_t freq,
                       uint32_t span);
/** Write the groups of n documents one behind another from bit `bit` of such memory on; their
 *  positions stand one behind another, too.   Returns the bit offset behind the last. */
uint64_t prs_ef_encode_groups(uint8_t *base, uint64_t bit, const uint32_t *positions,
                              const uint32_t *freqs, const uint32_t *spans, uint32_t n);
/** Read a group at bit offset `bit`; the bits [bit, bit + prs_ef_bits) lie in readable memory with
 *  64 bytes behind.  False if it is not the group of freq positions below span; `out` has room for
 *  freq. */
bool prs_ef_decode(const uint8_t *base, uint64_t bit, uint32_t freq, uint32_t span, uint32_t *out);
/** Keep those of n beginnings, ascending, for which the group has the position beginning + pos;
 *  returns their number.  The group's bits as for decode; of bits that are no group, any of the
 *  beginnings.
 *  Cost   : 10-20 ns a beginning, and 1 ns for 40 positions passed */
uint32_t prs_ef_narrow(const uint8_t *base, uint64_t bit, uint32_t freq, uint32_t span,
                       uint32_t pos, uint32_t *starts, uint32_t n);
/** Where n groups end that begin at `bit`: ends[i] behind group i.  False if a span is 0.
 *  Params : freqs >= 1   Cost: 0.3 ns a group with AVX-512, 0.5 with AVX2, 1.5 without */
bool prs_ef_ends(const uint32_t *freqs, const uint32_t *spans, uint32_t n, uint64_t bit,
                 uint64_t *ends);

#define PRS_EF_ENDS_STEP 16u
/** The same for up to PRS_EF_ENDS_STEP documents by the array of their spans (16 bits each), which
 *  are left in spans[].  False if a span is 0, or 65535 (it is elsewhere), or a freq is huge.
 *  Params : docs ascend; lengths: 4 bytes readable from the last on; spans, ends: room for
 *           PRS_EF_ENDS_STEP */
bool prs_ef_ends_of(const uint8_t *lengths, const uint32_t *docs, const uint32_t *freqs, uint32_t n,
                    uint64_t bit, uint32_t *spans, uint64_t *ends);

/* A group, and where it lies. */
typedef struct prs_ef_group {
    const uint8_t *base;
    uint64_t bit;
    uint32_t freq, span;
} prs_ef_group;

#define PRS_EF_MEET_MAX 8u
#define PRS_EF_MEET_NOT UINT32_MAX
/** Beginnings, ascending and distinct, such that `a` has the position beginning + a_pos and b the
 *  position beginning + b_pos; their number, PRS_EF_MEET_NOT if a group is none, has more than
 *  PRS_EF_MEET_MAX positions, or a span of 2^24 and more.
 *  Params : starts: room for PRS_EF_MEET_MAX   Cost: about 15 ns with AVX2 */
uint32_t prs_ef_meet(const prs_ef_group *a, uint32_t a_pos, const prs_ef_group *b, uint32_t b_pos,
                     uint32_t *starts);

/* Groups of a term in some documents. */
typedef struct prs_ef_side {
    const uint8_t *base;
    uint64_t *bits;  /* where each begins */
    uint32_t *freqs; /* of each */
    uint32_t pos;    /* of the term in a phrase */
} prs_ef_side;

#define PRS_EF_COUNT_NOT UINT8_MAX
/** Of n documents, of those spans, that two terms have in common: how many beginnings has each, as
 *  for prs_ef_meet?  counts[i] is PRS_EF_COUNT_NOT where that, or something else, has to be asked.
 *  Params : n at most 255; of each group 64 bytes behind its first are readable
 *  Cost   : 3 ns a document with AVX-512, 15 with AVX2 */
void prs_ef_count(const prs_ef_side *a, const prs_ef_side *b, const uint32_t *spans, uint32_t n,
                  uint8_t *counts);

#endif
