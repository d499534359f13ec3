/* intersect_avx512.c - few documents looked for among many, sixteen at a time: see
 * intersect_avx2.c. */
#ifdef __x86_64__
#include "kernel/intersect_kernels.h"

#include <immintrin.h>

uint32_t prs_intersect_few_avx512(const uint32_t *few, uint32_t n, const uint32_t *many, uint32_t m,
                                  uint8_t *few_place, uint8_t *many_place) {
    uint32_t ends[PRS_INTERSECT_MAX / 16], n_groups = (m + 15) / 16, found = 0;
    __mmask16 inner = (__mmask16)((1u << (n_groups - 1)) - 1); /* groups but the last */
    for (uint32_t g = 0; g + 1 < n_groups; g++) ends[g] = many[16 * g + 15];
    const __m512i lasts = _mm512_maskz_loadu_epi32(inner, ends);
    for (uint32_t i = 0; i < n; i++) {
        const __m512i want = _mm512_set1_epi32((int32_t)few[i]);
        uint32_t before = _mm512_mask_cmplt_epi32_mask(inner, lasts, want);
        uint32_t at = 16 * (uint32_t)__builtin_popcount(before), left = m - at;
        __mmask16 here = (__mmask16)(left >= 16 ? 0xffffu : (1u << left) - 1);
        uint32_t there = _mm512_mask_cmpeq_epi32_mask(here, want, _mm512_loadu_si512(many + at));
        few_place[found] = (uint8_t)i;
        many_place[found] = (uint8_t)(at + (uint32_t)__builtin_ctz(there | 0x10000));
        found += there != 0;
    }
    return found;
}
#else
typedef int prs_intersect_avx512_unused; /* a translation unit is not empty */
#endif
