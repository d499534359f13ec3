/* between_avx2.c - eight values of a bit array a step: they begin with a byte, as eight values of w
 * bits are w bytes. */
#ifdef __x86_64__
#include "codec/between_kernels.h"

#include <immintrin.h>

/* Where the four bytes of each value are, in 16 bytes from the first one's, and how far in. */
typedef struct lanes {
    __m256i bytes, shift;
} lanes;

static lanes find_lanes(uint32_t w) {
    uint8_t bytes[32];
    uint32_t shift[8];
    for (uint32_t i = 0; i < 8; i++) {
        uint32_t bit =
            i < 4 ? i * w : (4 * w & 7) + (i - 4) * w; /* each half has bytes of its own */
        for (uint32_t b = 0; b < 4; b++) bytes[4 * i + b] = (uint8_t)((bit >> 3) + b);
        shift[i] = bit & 7;
    }
    return (lanes){_mm256_loadu_si256((const __m256i *)(const void *)bytes),
                   _mm256_loadu_si256((const __m256i *)(const void *)shift)};
}

void prs_between_avx2(const uint8_t *bits, uint32_t n, uint32_t w, uint32_t low, uint32_t span,
                      uint64_t *words) {
    const lanes at = find_lanes(w);
    const __m256i mask = _mm256_set1_epi32((int)((1u << w) - 1u));
    const __m256i lows = _mm256_set1_epi32((int)low), spans = _mm256_set1_epi32((int)span);
    for (uint32_t i = 0; i < n; i += 8, bits += w) {
        __m128i first = _mm_loadu_si128((const __m128i *)(const void *)bits);
        __m128i second = _mm_loadu_si128((const __m128i *)(const void *)(bits + (4 * w >> 3)));
        __m256i both = _mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1);
        __m256i value = _mm256_srlv_epi32(_mm256_shuffle_epi8(both, at.bytes), at.shift);
        value = _mm256_sub_epi32(_mm256_and_si256(value, mask), lows);
        __m256i inside = _mm256_cmpeq_epi32(_mm256_min_epu32(value, spans), value);
        uint64_t eight = (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(inside));
        words[i >> 6] |= eight << (i & 63);
    }
}
#else
typedef int prs_between_avx2_unused; /* a translation unit is not empty */
#endif
