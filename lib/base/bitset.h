/* bitset.h - a set of doc numbers as 64-bit words; word i holds docs 64i .. 64i+63, bit 0 first. */
#ifndef PRS_BASE_BITSET_H
#define PRS_BASE_BITSET_H

#include "base/mem.h"

typedef struct prs_bitset {
    prs_mem *mem;
    uint64_t *words;
    uint32_t n; /* number of bits; bits at and above n are zero */
} prs_bitset;

/** All zero.  One extra zero word is kept behind the last, so that kernels may over-read one
 *  word. */
prism_status prs_bitset_init(prs_bitset *set, prs_mem *mem, uint32_t n) PRS_NODISCARD;
void prs_bitset_fini(prs_bitset *set);

static inline uint32_t prs_bitset_words(uint32_t n) {
    return (uint32_t)(((uint64_t)n + 63) / 64);
}
static inline bool prs_bitset_get(const prs_bitset *set, uint32_t i) {
    return (set->words[i >> 6] >> (i & 63)) & 1;
}
static inline void prs_bitset_set(prs_bitset *set, uint32_t i) {
    set->words[i >> 6] |= UINT64_C(1) << (i & 63);
}
static inline void prs_bitset_unset(prs_bitset *set, uint32_t i) {
    set->words[i >> 6] &= ~(UINT64_C(1) << (i & 63));
}
/** Number of ones in all / in [from, to). */
uint32_t prs_bitset_count(const prs_bitset *set);
uint32_t prs_bitset_count_range(const prs_bitset *set, uint32_t from, uint32_t to);
/** First one at or after i, or n. */
uint32_t prs_bitset_next(const prs_bitset *set, uint32_t i);
void prs_bitset_and(prs_bitset *set, const prs_bitset *other); /* same n */
void prs_bitset_or(prs_bitset *set, const prs_bitset *other);
void prs_bitset_andnot(prs_bitset *set, const prs_bitset *other);
void prs_bitset_fill(prs_bitset *set); /* all ones */

#endif
