/* planes_avx2.c - the kernel of planes.c for AVX2 and BMI2: bits spread by PDEP, eight values a
 * step. */
#ifdef __x86_64__

#include "codec/planes.h"
#include "codec/planes_kernels.h"

#include <immintrin.h>

static prs_planes read_avx2(const uint8_t *in, uint64_t n_bits, uint32_t n, uint32_t depth,
                            uint32_t *out) {
    uint64_t masks[PRS_PLANES_MAX + 1][2];
    PRS_PLANES_MASKS(_pdep_u64, _mm_popcnt_u64)
    const __m256i one = _mm256_set1_epi32(1);
    const __m256i shifts = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    for (uint32_t part = 0; part < 4; part++) { /* 32 values */
        __m256i a = one, b = one, c = one, d = one;
        for (uint32_t q = 1; q <= depth; q++) {
            uint32_t word = (uint32_t)(masks[q][part / 2] >> (32 * (part & 1)));
            __m256i bits = _mm256_srlv_epi32(_mm256_set1_epi32((int)word), shifts);
            a = _mm256_add_epi32(a, _mm256_and_si256(bits, one));
            b = _mm256_add_epi32(b, _mm256_and_si256(_mm256_srli_epi32(bits, 8), one));
            c = _mm256_add_epi32(c, _mm256_and_si256(_mm256_srli_epi32(bits, 16), one));
            d = _mm256_add_epi32(d, _mm256_and_si256(_mm256_srli_epi32(bits, 24), one));
        }
        uint32_t *to = out + 32 * part;
        _mm256_storeu_si256((__m256i *)(void *)to, a);
        _mm256_storeu_si256((__m256i *)(void *)(to + 8), b);
        _mm256_storeu_si256((__m256i *)(void *)(to + 16), c);
        _mm256_storeu_si256((__m256i *)(void *)(to + 24), d);
    }
    return planes;
}

size_t prs_planes_decode_avx2(const uint8_t *in, const uint8_t *end, uint32_t n, uint32_t *out,
                              uint32_t *all) {
    return planes_decode(in, end, n, out, all, read_avx2);
}

#else
typedef int prs_planes_avx2_unused; /* a translation unit is not empty */
#endif
