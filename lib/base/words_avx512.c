/* words_avx512.c - ones of words, eight words at a time. */
#ifdef __x86_64__
#include "base/prs.h"

#include <immintrin.h>

#define COUNTS_VECTORS __attribute__((target("avx512vpopcntdq")))

uint32_t prs_words_count_avx512(const uint8_t *words, uint32_t n);
uint32_t prs_words_count_less_avx512(const uint8_t *words, const uint8_t *less, uint32_t n);
void prs_words_take_map_avx512(uint64_t *words, uint8_t *map, uint32_t n);

/* Lanes of the last step: what lies behind n is not read. */
static __mmask8 lanes_at(uint32_t i, uint32_t n) {
    return (__mmask8)(n - i >= 8 ? 0xffu : (1u << (n - i)) - 1u);
}

COUNTS_VECTORS uint32_t prs_words_count_avx512(const uint8_t *words, uint32_t n) {
    __m512i sum = _mm512_setzero_si512();
    for (uint32_t i = 0; i < n; i += 8) {
        __m512i word = _mm512_maskz_loadu_epi64(lanes_at(i, n), words + 8 * (size_t)i);
        sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(word));
    }
    return (uint32_t)_mm512_reduce_add_epi64(sum);
}

COUNTS_VECTORS uint32_t prs_words_count_less_avx512(const uint8_t *words, const uint8_t *less,
                                                    uint32_t n) {
    __m512i sum = _mm512_setzero_si512();
    for (uint32_t i = 0; i < n; i += 8) {
        __mmask8 lanes = lanes_at(i, n);
        __m512i word = _mm512_maskz_loadu_epi64(lanes, words + 8 * (size_t)i);
        __m512i drop = _mm512_maskz_loadu_epi64(lanes, less + 8 * (size_t)i);
        sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(_mm512_andnot_si512(drop, word)));
    }
    return (uint32_t)_mm512_reduce_add_epi64(sum);
}

void prs_words_take_map_avx512(uint64_t *words, uint8_t *map, uint32_t n) {
    for (uint32_t i = 0; i < n; i++, map += 64) {
        words[i] |= _mm512_movepi8_mask(_mm512_loadu_si512(map));
        _mm512_storeu_si512(map, _mm512_setzero_si512());
    }
}
#else
typedef int prs_words_avx512_unused; /* a translation unit is not empty */
#endif
