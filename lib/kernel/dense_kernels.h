/* dense_kernels.h - between dense.c and its loops for AVX-512. */
#ifndef PRS_KERNEL_DENSE_KERNELS_H
#define PRS_KERNEL_DENSE_KERNELS_H

#include "kernel/dense.h"

#ifdef __x86_64__
bool prs_dense_lengths_avx512(const prs_block_bits *bits, const uint8_t *array, uint32_t *lengths);
void prs_dense_add_avx512(const prs_block_bits *bits, const prs_dense_part *part,
                          const int32_t *scores, int32_t *slots, uint32_t n_slots);
#endif

/* Word w of a block, without the bits outside of the part. */
static inline uint64_t dense_word(const prs_block_bits *bits, const prs_dense_part *part,
                                  uint32_t w) {
    uint64_t word = prs_load64(bits->words + 8 * (size_t)w);
    if (w == part->from / 64) word &= UINT64_MAX << part->from % 64;
    if (w == (part->to - 1) / 64) word &= UINT64_MAX >> (63 - (part->to - 1) % 64);
    return word;
}

/* Documents of a block before bit `from`. */
static inline uint32_t dense_before(const prs_block_bits *bits, uint32_t from) {
    uint32_t n = 0, w = 0;
    for (; w < from / 64; w++)
        n += (uint32_t)__builtin_popcountll(prs_load64(bits->words + 8 * (size_t)w));
    uint64_t below = ~(UINT64_MAX << from % 64);
    if (below != 0)
        n += (uint32_t)__builtin_popcountll(prs_load64(bits->words + 8 * (size_t)w) & below);
    return n;
}

#endif
