/* dense_avx512.c - the loops of dense.c, 16 documents at a time. */
#ifdef __x86_64__
#include "kernel/dense_kernels.h"

#include <immintrin.h>

bool prs_dense_lengths_avx512(const prs_block_bits *bits, const uint8_t *array, uint32_t *lengths) {
    __m512i most = _mm512_setzero_si512();
    for (uint32_t w = 0; w < bits->n_words; w++, array += 128) {
        uint64_t word = prs_load64(bits->words + 8 * (size_t)w);
        for (uint32_t k = 0; k < 4; k++, word >>= 16) {
            __mmask16 set = (__mmask16)word;
            if (set == 0) continue; /* there may be no column any more */
            __m256i narrow = _mm256_loadu_si256((const __m256i *)(const void *)(array + 32 * k));
            __m512i here = _mm512_maskz_compress_epi32(set, _mm512_cvtepu16_epi32(narrow));
            _mm512_storeu_si512(lengths, here);
            most = _mm512_max_epu32(most, here);
            lengths += __builtin_popcount(set);
        }
    }
    return _mm512_cmpeq_epi32_mask(most, _mm512_set1_epi32((int)PRS_LENGTH_OVER)) == 0;
}

static inline __m512i add_16(__m512i slot, __mmask16 set, const int32_t *scores) {
    __m512i score = _mm512_maskz_expand_epi32(set, _mm512_loadu_si512(scores));
    __m512i sum = _mm512_add_epi32(slot, score);
    return _mm512_mask_or_epi32(slot, set, sum, _mm512_set1_epi32(PRS_SLOT_TAKEN));
}

void prs_dense_add_avx512(const prs_block_bits *bits, const prs_dense_part *part,
                          const int32_t *scores, int32_t *slots, uint32_t n_slots) {
    scores += dense_before(bits, part->from);
    for (uint32_t w = part->from / 64; w <= (part->to - 1) / 64; w++) {
        uint64_t word = dense_word(bits, part, w);
        int64_t at = part->slot + 64 * (int64_t)w;
        bool inside = at >= 0 && at + 64 <= n_slots;
        for (uint32_t k = 0; k < 4; k++, word >>= 16, at += 16) {
            __mmask16 set = (__mmask16)word;
            if (PRS_LIKELY(inside)) {
                __m512i slot = _mm512_loadu_si512(slots + at);
                _mm512_storeu_si512(slots + at, add_16(slot, set, scores));
            } else if (set != 0) {
                __m512i slot = _mm512_maskz_loadu_epi32(set, slots + at);
                _mm512_mask_storeu_epi32(slots + at, set, add_16(slot, set, scores));
            }
            scores += __builtin_popcount(set);
        }
    }
}
#else
typedef int prs_dense_avx512_unused; /* a translation unit is not empty */
#endif
