/* between_kernels.h - between between.c and its kernels. */
#ifndef PRS_CODEC_BETWEEN_KERNELS_H
#define PRS_CODEC_BETWEEN_KERNELS_H

#include "base/prs.h"

#define PRS_BETWEEN_VEC_BITS 25u /* a value and its offset in a byte fit 32 bits */

/* Whole words only, n a multiple of 64; w 1..PRS_BETWEEN_VEC_BITS, low + span < 2^w. */
void prs_between_avx2(const uint8_t *bits, uint32_t n, uint32_t w, uint32_t low, uint32_t span,
                      uint64_t *words);

#define PRS_BETWEEN_HALVES 16u /* values of up to so many bits fit half of 32 */

/* The same; w 1..PRS_BETWEEN_HALVES. */
void prs_between_avx512(const uint8_t *bits, uint32_t n, uint32_t w, uint32_t low, uint32_t span,
                        uint64_t *words);

#endif
