/* unbits_kernels.h - between unbits.c and the loops of each CPU level that has instructions to count
 * and find bits. */
#ifndef PRS_CODEC_UNBITS_KERNELS_H
#define PRS_CODEC_UNBITS_KERNELS_H

#include "base/prs.h"

typedef struct prs_unbits_kernels {
    uint32_t (*count)(const uint8_t *words, uint32_t n);
    uint32_t (*places)(const uint8_t *words, uint32_t n, uint32_t base, uint32_t *out);
} prs_unbits_kernels;

extern const prs_unbits_kernels prs_unbits_avx2, prs_unbits_avx512;

/* A call of a library, or one instruction: the including file's flags decide. */
static inline uint32_t count_bits(const uint8_t *words, uint32_t n) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += (uint32_t)__builtin_popcountll(prs_load64(words + 8 * (size_t)i));
    return sum;
}

static inline uint32_t *put_places(uint64_t word, uint32_t base, uint32_t *at) {
    for (; word != 0; word &= word - 1) *at++ = base + (uint32_t)__builtin_ctzll(word);
    return at;
}

#endif
