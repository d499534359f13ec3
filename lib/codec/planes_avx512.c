/* planes_avx512.c - the kernel of planes.c for AVX-512: a plane is a mask, sixteen values a
 * step. */
#ifdef __x86_64__

#include "codec/planes_kernels.h"

#include <immintrin.h>

/* 128 values, 16 in each. */
typedef struct values {
    __m512i a, b, c, d, e, f, g, h;
} values;

/* Add one to those that a plane holds. */
static inline void add_held(values *v, uint64_t low, uint64_t high) {
    const __m512i one = _mm512_set1_epi32(1);
    v->a = _mm512_mask_add_epi32(v->a, (__mmask16)low, v->a, one);
    v->b = _mm512_mask_add_epi32(v->b, (__mmask16)(low >> 16), v->b, one);
    v->c = _mm512_mask_add_epi32(v->c, (__mmask16)(low >> 32), v->c, one);
    v->d = _mm512_mask_add_epi32(v->d, (__mmask16)(low >> 48), v->d, one);
    v->e = _mm512_mask_add_epi32(v->e, (__mmask16)high, v->e, one);
    v->f = _mm512_mask_add_epi32(v->f, (__mmask16)(high >> 16), v->f, one);
    v->g = _mm512_mask_add_epi32(v->g, (__mmask16)(high >> 32), v->g, one);
    v->h = _mm512_mask_add_epi32(v->h, (__mmask16)(high >> 48), v->h, one);
}

static inline void store(const values *v, uint32_t *out) {
    _mm512_storeu_si512(out, v->a);
    _mm512_storeu_si512(out + 16, v->b);
    _mm512_storeu_si512(out + 32, v->c);
    _mm512_storeu_si512(out + 48, v->d);
    _mm512_storeu_si512(out + 64, v->e);
    _mm512_storeu_si512(out + 80, v->f);
    _mm512_storeu_si512(out + 96, v->g);
    _mm512_storeu_si512(out + 112, v->h);
}

/* All values stay in registers from plane to plane. */
static inline __attribute__((always_inline)) prs_planes
read_avx512(const uint8_t *in, uint64_t n_bits, uint32_t n, uint32_t depth, uint32_t *out) {
    const __m512i one = _mm512_set1_epi32(1);
    values v = {one, one, one, one, one, one, one, one};
    prs_planes planes = {0, {0, 0}, 0};
    uint64_t low = n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
    uint64_t high = n <= 64 ? 0 : UINT64_MAX >> (128 - n);
    for (uint32_t q = 0; q < depth; q++) {
        uint32_t n_low = (uint32_t)_mm_popcnt_u64(low), n_high = (uint32_t)_mm_popcnt_u64(high);
        if (n_low + n_high > n_bits - planes.bits) return (prs_planes){UINT64_MAX, {0, 0}, 0};
        uint64_t a = _pdep_u64(prs_bits_load64(in, planes.bits, n_low), low);
        uint64_t b = _pdep_u64(prs_bits_load64(in, planes.bits + n_low, n_high), high);
        if (low != a || high != b) planes.all |= q + 1;
        planes.bits += n_low + n_high;
        low = a;
        high = b;
        add_held(&v, low, high);
    }
    planes.last[0] = low;
    planes.last[1] = high;
    store(&v, out);
    return planes;
}

size_t prs_planes_decode_avx512(const uint8_t *in, const uint8_t *end, uint32_t n, uint32_t *out,
                                uint32_t *all) {
    return planes_decode(in, end, n, out, all, read_avx512);
}

#else
typedef int prs_planes_avx512_unused; /* a translation unit is not empty */
#endif
