/* select_kernels.h - the loops of select.h for wide registers, between select.c and the files of
 * each CPU level. */
#ifndef PRS_KERNEL_SELECT_KERNELS_H
#define PRS_KERNEL_SELECT_KERNELS_H

#include "format/postings.h"

typedef struct prs_select_kernels {
    uint32_t (*floor)(const uint32_t *docs, const int32_t *scores, uint32_t n, int32_t floor,
                      uint32_t *out_docs, int32_t *out_scores);
    uint32_t (*hits)(uint32_t *docs, int32_t *scores, const uint8_t *hit, uint32_t n, uint8_t want);
    uint32_t (*slots)(int32_t *slots, uint64_t parts, uint32_t base, int32_t least,
                      uint32_t *out_docs, int32_t *out_scores);
    uint32_t (*place)(const uint32_t *docs, uint32_t from, uint32_t n, uint32_t target);
    uint32_t (*in_bits)(const prs_block_bits *bits, const uint32_t *docs, const int32_t *scores,
                        uint32_t n, int32_t need, uint16_t *at, uint8_t *place);
    uint32_t (*in_docs)(const uint32_t *block, uint32_t m, const uint32_t *docs, uint32_t n,
                        uint16_t *at, uint8_t *place);
} prs_select_kernels;

#define PRS_SELECT_FEW 10u  /* one among so many is looked for; more are passed side by side */
#define PRS_SELECT_PARTS 8u /* of a block, of 16 documents each */

/* The last documents of the parts of a block; of those that are not there, INT32_MAX. */
static inline void select_part_ends(const uint32_t *block, uint32_t m,
                                    uint32_t ends[PRS_SELECT_PARTS]) {
    if (PRS_LIKELY(m == PRS_BLOCK)) {
        for (uint32_t i = 0; i < PRS_SELECT_PARTS; i++) ends[i] = block[16 * i + 15];
        return;
    }
    for (uint32_t i = 0; i < PRS_SELECT_PARTS; i++)
        ends[i] = 16 * i >= m ? INT32_MAX : block[PRS_MIN(16 * i + 15, m - 1)];
}

uint32_t prs_select_in_docs_avx2(const uint32_t *block, uint32_t m, const uint32_t *docs,
                                 uint32_t n, uint16_t *at, uint8_t *place);
extern const prs_select_kernels prs_select_avx2, prs_select_avx512;

/* The place of a document is the number of set bits before its own.  Written once; counting bits is
 * an instruction or not by the flags of the including file.  No branches: hits cannot be
 * foretold. */
static inline uint32_t select_in_bits(const prs_block_bits *bits, const uint32_t *docs,
                                      const int32_t *scores, uint32_t n, int32_t need, uint16_t *at,
                                      uint8_t *place) {
    uint8_t before[256]; /* set bits in the words before */
    uint32_t sum = 0, m = 0, i = 0;
    for (uint32_t w = 0; w < bits->n_words; w++) {
        before[w % 256] = (uint8_t)sum;
        sum += (uint32_t)__builtin_popcountll(prs_load64(bits->words + 8 * (size_t)w));
    }
    while (i < n && docs[i] < bits->first) i++;
    for (; i < n; i++) {
        uint32_t bit = docs[i] - bits->first, w = bit / 64;
        uint64_t word = prs_load64(bits->words + 8 * (size_t)w) >> bit % 64;
        uint64_t below = prs_load64(bits->words + 8 * (size_t)w) & ~(UINT64_MAX << bit % 64);
        at[m] = (uint16_t)i;
        place[m] = (uint8_t)(before[w % 256] + (uint32_t)__builtin_popcountll(below));
        m += (uint32_t)(word & 1) & (uint32_t)(scores[i] >= need);
    }
    return m;
}

#endif
