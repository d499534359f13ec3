/* planes_kernels.h - between planes.c and its kernels. */
#ifndef PRS_CODEC_PLANES_KERNELS_H
#define PRS_CODEC_PLANES_KERNELS_H

#include "codec/planes.h"

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

/* prs_planes_decode of a level of the CPU. */
typedef size_t prs_planes_decode_fn(const uint8_t *in, const uint8_t *end, uint32_t n,
                                    uint32_t *out, uint32_t *all);
#if defined(__x86_64__)
prs_planes_decode_fn prs_planes_decode_avx2, prs_planes_decode_avx512;
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

enum { PLANES_WIDTH_SHIFT = 3, PLANES_WIDTH_32 = 31 }; /* of the head: 32 is written as 31 */

/* Add what stands above the planes to the values of `of`.  *wrapped: one went over 32 bits. */
static inline uint64_t planes_add_rest(const uint8_t *in, uint64_t bit, uint32_t width, uint64_t of,
                                       uint32_t *out, uint32_t *all, uint32_t *wrapped) {
    for (; of != 0; of &= of - 1, bit += width) {
        uint32_t *value = out + __builtin_ctzll(of);
        uint32_t sum = *value + (uint32_t)prs_bits_load(in, bit, width);
        *wrapped |= sum < *value;
        *all |= sum;
        *value = sum;
    }
    return bit;
}

/* Written once; counting and finding bits are instructions or not by the flags of the including
 * file. */
static inline size_t planes_decode(const uint8_t *in, const uint8_t *end, uint32_t n, uint32_t *out,
                                   uint32_t *all, prs_planes_read_fn *read) {
    if (PRS_UNLIKELY(end - in < 1)) return 0;
    uint32_t depth = in[0] & PRS_PLANES_MAX, width = in[0] >> PLANES_WIDTH_SHIFT, wrapped = 0;
    if (width == PLANES_WIDTH_32) width = 32;
    uint64_t n_bits = 8 * (uint64_t)(end - in - 1);
    if (PRS_UNLIKELY(depth == 0)) return 0;
    prs_planes planes = read(in + 1, n_bits, n, depth, out);
    uint64_t bit = planes.bits, low = planes.last[0], high = planes.last[1];
    if (PRS_UNLIKELY(bit == UINT64_MAX)) return 0;
    uint64_t n_rest = (uint64_t)(__builtin_popcountll(low) + __builtin_popcountll(high));
    if (PRS_UNLIKELY(n_rest * width > n_bits - bit)) return 0;
    *all = planes.all;
    bit = planes_add_rest(in + 1, bit, width, low, out, all, &wrapped);
    bit = planes_add_rest(in + 1, bit, width, high, out + 64, all, &wrapped);
    return wrapped != 0 ? 0 : 1 + (size_t)((bit + 7) / 8);
}

#endif
