/* unbits_kernels.h - between unbits.c and the loops of each CPU level that has instructions to
 * count and find bits. */
#ifndef PRS_CODEC_UNBITS_KERNELS_H
#define PRS_CODEC_UNBITS_KERNELS_H

#include "base/prs.h"

uint32_t prs_unbits_avx2(const uint8_t *words, uint32_t n, uint32_t base, uint32_t *out);
uint32_t prs_unbits_avx512(const uint8_t *words, uint32_t n, uint32_t base, uint32_t *out);

static inline uint32_t *put_places(uint64_t word, uint32_t base, uint32_t *at) {
    for (; word != 0; word &= word - 1) *at++ = base + (uint32_t)__builtin_ctzll(word);
    return at;
}

#endif
