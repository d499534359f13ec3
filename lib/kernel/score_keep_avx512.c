/* score_keep_avx512.c - the loop of score_keep.c, 16 documents at a time. */
#ifdef __x86_64__
#include "kernel/score_keep_kernels.h"

#include <immintrin.h>

uint32_t prs_score_keep_avx512(const prs_scorer *scorer, const prs_score_floor *floor,
                               const uint32_t *docs, const uint32_t *freqs, const uint32_t *lengths,
                               uint32_t n, uint32_t *out_docs, int32_t *out_scores) {
    const __m512 c0 = _mm512_set1_ps(scorer->c0), c1 = _mm512_set1_ps(scorer->c1);
    const __m512 w = _mm512_set1_ps(scorer->w), scale = _mm512_set1_ps(scorer->scale);
    const __m512 reach = _mm512_set1_ps(floor->reach);
    const __m512 one = _mm512_set1_ps(1.0f), half = _mm512_set1_ps(0.5f);
    const __m512i least = _mm512_set1_epi32(floor->floor), times = _mm512_set1_epi32(floor->times);
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i += 16) {
        __mmask16 here = (__mmask16)(n - i >= 16 ? 0xffffu : (1u << (n - i)) - 1u);
        __m512 length = _mm512_cvtepu32_ps(_mm512_loadu_si512(lengths + i));
        __m512 freq = _mm512_cvtepu32_ps(_mm512_loadu_si512(freqs + i));
        __m512 norm = _mm512_add_ps(c0, _mm512_mul_ps(c1, length));
        here = _mm512_mask_cmp_ps_mask(here, norm, _mm512_mul_ps(freq, reach), _CMP_LE_OQ);
        if (here == 0) continue;
        __m512 x = _mm512_div_ps(w, _mm512_add_ps(one, _mm512_div_ps(norm, freq)));
        __m512i units = _mm512_cvttps_epi32(_mm512_add_ps(_mm512_mul_ps(x, scale), half));
        units = _mm512_mullo_epi32(units, times);
        here = _mm512_mask_cmpge_epi32_mask(here, units, least);
        __m512i doc = _mm512_loadu_si512(docs + i);
        _mm512_storeu_si512(out_docs + m, _mm512_maskz_compress_epi32(here, doc));
        _mm512_storeu_si512(out_scores + m, _mm512_maskz_compress_epi32(here, units));
        m += (uint32_t)__builtin_popcount(here);
    }
    return m;
}
#else
typedef int prs_score_keep_avx512_unused; /* a translation unit is not empty */
#endif
