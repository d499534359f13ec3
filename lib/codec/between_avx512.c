/* between_avx512.c - 32 values of up to 16 bits a step: 32 values of w bits are 4 w bytes, so that
 * all of them lie in one register. */
#ifdef __x86_64__
#include "codec/between_kernels.h"

#include <immintrin.h>

/* In which 16 bits of the register each value begins, and how far in. */
typedef struct lanes {
    __m512i at, behind, shift, rest;
} lanes;

static lanes find_lanes(uint32_t w) {
    uint16_t at[32], shift[32];
    for (uint32_t i = 0; i < 32; i++) {
        at[i] = (uint16_t)(i * w / 16);
        shift[i] = (uint16_t)(i * w % 16);
    }
    __m512i first = _mm512_loadu_si512(at), by = _mm512_loadu_si512(shift);
    return (lanes){first, _mm512_add_epi16(first, _mm512_set1_epi16(1)), by,
                   _mm512_sub_epi16(_mm512_set1_epi16(16), by)}; /* a shift by 16 gives 0 */
}

static inline uint64_t test(const uint8_t *bits, const lanes *at, __m512i mask, __m512i lows,
                            __m512i spans) {
    __m512i all = _mm512_loadu_si512(bits);
    __m512i value = _mm512_srlv_epi16(_mm512_permutexvar_epi16(at->at, all), at->shift);
    __m512i rest = _mm512_sllv_epi16(_mm512_permutexvar_epi16(at->behind, all), at->rest);
    value = _mm512_and_si512(_mm512_or_si512(value, rest), mask);
    return _mm512_cmple_epu16_mask(_mm512_sub_epi16(value, lows), spans);
}

void prs_between_avx512(const uint8_t *bits, uint32_t n, uint32_t w, uint32_t low, uint32_t span,
                        uint64_t *words) {
    const lanes at = find_lanes(w);
    const __m512i mask = _mm512_set1_epi16((short)((1u << w) - 1));
    const __m512i lows = _mm512_set1_epi16((short)low), spans = _mm512_set1_epi16((short)span);
    for (uint32_t i = 0; i < n; i += 64, bits += 8 * (size_t)w) {
        uint64_t first = test(bits, &at, mask, lows, spans);
        words[i / 64] |= first | test(bits + 4 * (size_t)w, &at, mask, lows, spans) << 32;
    }
}
#else
typedef int prs_between_avx512_unused; /* a translation unit is not empty */
#endif
