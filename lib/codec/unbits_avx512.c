/* unbits_avx512.c - 16 bits at a time: numbers are compressed by the bits themselves. */
#ifdef __x86_64__
#include "codec/unbits_kernels.h"

#include <immintrin.h>

uint32_t prs_unbits_avx512(const uint8_t *words, uint32_t n, uint32_t base, uint32_t *out) {
    const __m512i step = _mm512_set1_epi32(16);
    const __m512i places = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m512i numbers = _mm512_add_epi32(_mm512_set1_epi32((int32_t)base), places);
    uint32_t *at = out;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t word = prs_load64(words + 8 * (size_t)i);
        for (uint32_t k = 0; k < 4; k++, word >>= 16) {
            __mmask16 set = (__mmask16)word;
            _mm512_storeu_si512(at, _mm512_maskz_compress_epi32(set, numbers));
            at += (uint32_t)__builtin_popcount(set);
            numbers = _mm512_add_epi32(numbers, step);
        }
    }
    return (uint32_t)(at - out);
}
#else
typedef int prs_unbits_avx512_unused; /* a translation unit is not empty */
#endif
