/* eliasfano_ends.h - where do the groups of many documents end, from freqs and spans alone?
 *
 * Part of eliasfano_read.h, built for each level of the CPU.  Eight sizes at a time with AVX2,
 * sixteen with AVX-512: the exponents of floats are the logarithms that a size hangs on.  One size
 * hangs on nothing but its own freq and span; what is left is a sum. */
#ifndef PRS_CODEC_ELIASFANO_ENDS_H
#define PRS_CODEC_ELIASFANO_ENDS_H

static bool add_ends(const uint32_t *freqs, const uint32_t *spans, uint32_t n, uint64_t bit,
                     uint64_t *out) {
    uint32_t none = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t span = spans[i] + (spans[i] == 0);
        none |= spans[i] == 0;
        bit += prs_ef_bits(freqs[i], span);
        out[i] = bit;
    }
    return none == 0;
}

#if defined(__AVX512F__)
#define AT_ONCE 16u
#elif defined(__AVX2__)
#define AT_ONCE 8u
#endif

#ifdef AT_ONCE
typedef int32_t ints __attribute__((vector_size(4 * AT_ONCE)));
typedef float floats __attribute__((vector_size(4 * AT_ONCE)));

/* Bits of a float are its logarithm and a fraction; all values are below 2^24, so exact. */
static inline ints float_bits(ints v) {
    return (ints) __builtin_convertvector(v, floats);
}

static inline ints at_least_0(ints v) {
    return v & (v > 0);
}

/* The difference of the bits is that of the logarithms, one less where the quotient is not a whole
 * power of two more: rounded down it is the logarithm of span div freq. */
static inline ints sizes_of(ints freq, ints span) {
    ints low = at_least_0((float_bits(span) - float_bits(freq)) >> 23);
    ints lonely = at_least_0((float_bits(span - 1) >> 23) - 126);
    ints several = freq * low + freq + ((span - 1) >> low);
    ints one = freq == 1;
    return (lonely & one) | (several & ~one);
}

/* Is a value 0, or so large that a sum of AT_ONCE sizes might wrap? */
static inline bool any_odd(ints freq, ints span) {
    ints odd = ((freq | span) >> 20) | (span == 0);
#ifdef __AVX512F__
    return _mm512_test_epi32_mask((__m512i)odd, (__m512i)odd) != 0;
#else
    return !_mm256_testz_si256((__m256i)odd, (__m256i)odd);
#endif
}

static inline uint64_t put_ends(ints sizes, uint64_t bit, uint64_t *out) {
#ifdef __AVX512F__
    const __m512i zero = _mm512_setzero_si512();
    __m512i sums = (__m512i)sizes;
    sums = _mm512_add_epi32(sums, _mm512_alignr_epi32(sums, zero, 15));
    sums = _mm512_add_epi32(sums, _mm512_alignr_epi32(sums, zero, 14));
    sums = _mm512_add_epi32(sums, _mm512_alignr_epi32(sums, zero, 12));
    sums = _mm512_add_epi32(sums, _mm512_alignr_epi32(sums, zero, 8));
    const __m512i base = _mm512_set1_epi64((int64_t)bit);
    __m512i low = _mm512_cvtepu32_epi64(_mm512_castsi512_si256(sums));
    __m512i high = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(sums, 1));
    _mm512_storeu_si512(out, _mm512_add_epi64(base, low));
    _mm512_storeu_si512(out + 8, _mm512_add_epi64(base, high));
    return out[15];
#else
    uint32_t each[AT_ONCE];
    memcpy(each, &sizes, sizeof each);
    for (uint32_t k = 0; k < AT_ONCE; k++) out[k] = bit += each[k];
    return bit;
#endif
}

static bool ends(const uint32_t *freqs, const uint32_t *spans, uint32_t n, uint64_t bit,
                 uint64_t *out) {
    uint32_t i = 0;
    for (; i + AT_ONCE <= n; i += AT_ONCE) {
        ints freq, span;
        memcpy(&freq, freqs + i, sizeof freq);
        memcpy(&span, spans + i, sizeof span);
        if (PRS_UNLIKELY(any_odd(freq, span))) {
            if (!add_ends(freqs + i, spans + i, AT_ONCE, bit, out + i)) return false;
            bit = out[i + AT_ONCE - 1];
            continue;
        }
        bit = put_ends(sizes_of(freq, span), bit, out + i);
    }
    return add_ends(freqs + i, spans + i, n - i, bit, out + i);
}
#else
static bool ends(const uint32_t *freqs, const uint32_t *spans, uint32_t n, uint64_t bit,
                 uint64_t *out) {
    return add_ends(freqs, spans, n, bit, out);
}
#endif

#ifdef __AVX512F__
static bool ends_of(const uint8_t *lengths, const uint32_t *docs, const uint32_t *freqs, uint32_t n,
                    uint64_t bit, uint32_t *spans, uint64_t *out) {
    const __m512i zero = _mm512_setzero_si512();
    __mmask16 here = (__mmask16)((1u << n) - 1);
    __m512i doc = _mm512_maskz_loadu_epi32(here, docs);
    __m512i span = _mm512_mask_i32gather_epi32(zero, here, doc, lengths, 2);
    __m512i freq = _mm512_maskz_loadu_epi32(here, freqs);
    span = _mm512_and_si512(span, _mm512_set1_epi32(0xffff));
    __mmask16 odd = _mm512_mask_cmpeq_epi32_mask(here, span, _mm512_set1_epi32(0xffff)) |
                    _mm512_mask_cmpeq_epi32_mask(here, span, zero) |
                    _mm512_cmpge_epu32_mask(freq, _mm512_set1_epi32(1 << 20));
    if (PRS_UNLIKELY(odd != 0)) return false;
    _mm512_storeu_si512(spans, span);
    put_ends((ints)_mm512_maskz_mov_epi32(here, (__m512i)sizes_of((ints)freq, (ints)span)), bit,
             out);
    return true;
}
#else
static bool ends_of(const uint8_t *lengths, const uint32_t *docs, const uint32_t *freqs, uint32_t n,
                    uint64_t bit, uint32_t *spans, uint64_t *out) {
    uint32_t over = 0;
    for (uint32_t i = 0; i < n; i++) {
        spans[i] = prs_load16(lengths + 2 * (size_t)docs[i]);
        over |= spans[i] + 1;
    }
    return over >> 16 == 0 && ends(freqs, spans, n, bit, out);
}
#endif

#endif
