/* planes_avx512.c - the kernel of planes.c for AVX-512: a plane is a mask, sixteen values a
 * step. */
#ifdef __x86_64__

#include "codec/planes_kernels.h"

#include <immintrin.h>

static prs_planes read_avx512(const uint8_t *in, uint64_t n_bits, uint32_t n, uint32_t depth,
                              uint32_t *out) {
    uint64_t masks[PRS_PLANES_MAX + 1][2];
    PRS_PLANES_MASKS(_pdep_u64, _mm_popcnt_u64)
    const __m512i one = _mm512_set1_epi32(1);
    for (uint32_t half = 0; half < 2; half++) { /* 64 values */
        __m512i a = one, b = one, c = one, d = one;
        for (uint32_t q = 1; q <= depth; q++) {
            uint64_t held = masks[q][half];
            a = _mm512_mask_add_epi32(a, (__mmask16)held, a, one);
            b = _mm512_mask_add_epi32(b, (__mmask16)(held >> 16), b, one);
            c = _mm512_mask_add_epi32(c, (__mmask16)(held >> 32), c, one);
            d = _mm512_mask_add_epi32(d, (__mmask16)(held >> 48), d, one);
        }
        uint32_t *to = out + 64 * half;
        _mm512_storeu_si512(to, a);
        _mm512_storeu_si512(to + 16, b);
        _mm512_storeu_si512(to + 32, c);
        _mm512_storeu_si512(to + 48, d);
    }
    return planes;
}

size_t prs_planes_decode_avx512(const uint8_t *in, const uint8_t *end, uint32_t n, uint32_t *out,
                                uint32_t *all) {
    return planes_decode(in, end, n, out, all, read_avx512);
}

#else
typedef int prs_planes_avx512_unused; /* a translation unit is not empty */
#endif
