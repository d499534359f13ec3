/* unbits_kernels.h - between unbits.c and the loops of each CPU level that has instructions to find
 * bits. */
#ifndef PRS_CODEC_UNBITS_KERNELS_H
#define PRS_CODEC_UNBITS_KERNELS_H

#include "base/prs.h"

typedef struct prs_unbits_kernels {
    uint32_t (*places)(const uint8_t *words, uint32_t n, uint32_t base, uint32_t *out);
} prs_unbits_kernels;

extern const prs_unbits_kernels prs_unbits_avx2, prs_unbits_avx512;

static inline uint32_t *put_places(uint64_t word, uint32_t base, uint32_t *at) {
    for (; word != 0; word &= word - 1) *at++ = base + (uint32_t)__builtin_ctzll(word);
    return at;
}

#endif
