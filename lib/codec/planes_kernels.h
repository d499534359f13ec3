/* planes_kernels.h - between planes.c and its kernels. */
#ifndef PRS_CODEC_PLANES_KERNELS_H
#define PRS_CODEC_PLANES_KERNELS_H

#include "codec/bits.h"

/* What planes say. */
typedef struct prs_planes {
    uint64_t bits;    /* that were read; UINT64_MAX if there are too few */
    uint64_t last[2]; /* the values that the last plane holds */
    uint32_t all;     /* the others ored */
} prs_planes;

/* Read `depth` planes of n values from bit 0 of `in`, which has n_bits: out[i] = 1 + planes that
 * hold i, for all of 128. */
typedef prs_planes prs_planes_read_fn(const uint8_t *in, uint64_t n_bits, uint32_t n,
                                      uint32_t depth, uint32_t *out);

prs_planes_read_fn prs_planes_read_scalar;
#if defined(__x86_64__)
prs_planes_read_fn prs_planes_read_avx2;
#endif

/* The masks of all planes: masks[q] = the values that plane q holds, masks[0] = all n.  `deposit`
 * spreads the low bits of x over the bits of a mask. */
#define PRS_PLANES_MASKS(deposit, popcount)                                                        \
    prs_planes planes = {0, {0, 0}, 0};                                                            \
    masks[0][0] = n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;                                   \
    masks[0][1] = n <= 64 ? 0 : UINT64_MAX >> (128 - n);                                           \
    for (uint32_t q = 0; q < depth; q++) {                                                         \
        uint32_t low = (uint32_t)popcount(masks[q][0]), high = (uint32_t)popcount(masks[q][1]);    \
        if (low + high > n_bits - planes.bits) return (prs_planes){UINT64_MAX, {0, 0}, 0};         \
        uint64_t a = prs_bits_load64(in, planes.bits, low);                                        \
        uint64_t b = prs_bits_load64(in, planes.bits + low, high);                                 \
        masks[q + 1][0] = deposit(a, masks[q][0]);                                                 \
        masks[q + 1][1] = deposit(b, masks[q][1]);                                                 \
        if (masks[q][0] != masks[q + 1][0] || masks[q][1] != masks[q + 1][1]) planes.all |= q + 1; \
        planes.bits += low + high;                                                                 \
    }                                                                                              \
    planes.last[0] = masks[depth][0];                                                              \
    planes.last[1] = masks[depth][1];

#endif
