/* eliasfano_count.h - in how many places do two terms stand as asked, in each of many documents?
 *
 * Part of eliasfano_read.h, built for each level of the CPU.
 *
 * Structure   AVX-512: eight documents at a time, a lane of 64 bits for the group of each
 *
 *                 lane      0        1        2   ...     a group is shifted to bit 0; its size
 *                 a, 1st    3        0        7           follows from freq and span, lane by lane
 *                 a, 2nd   40        -        9           the next one of the high bits each step
 *                 b, 1st    4 ...                         each of a against each of b
 *
 *             A group that is longer than what a load gives, or has more than eight positions, is
 *             not counted.  Other levels: meet, for one document after the other.
 * Invariants  - A document is counted only if `decode` would take both groups.
 * Why so      Most documents that have two words of a phrase do not have it: what is found out
 *             about one of them is a count of 0.  One by one that took 20 ns, most of it waiting
 *             for one step after the other. */
#ifndef PRS_CODEC_ELIASFANO_COUNT_H
#define PRS_CODEC_ELIASFANO_COUNT_H

#ifdef __AVX512F__
#define COUNT_LANES 8u
#define COUNT_BITS 57 /* of a load that begins at any bit */

/* Positions of a term in eight documents. */
typedef struct several {
    __m512i at[PRS_EF_MEET_MAX]; /* less the place of the term */
    __mmask8 has[PRS_EF_MEET_MAX];
    uint32_t n; /* the most that one of them has */
} several;

/* The exponent of a double: 1023 and the logarithm, 0 for 0.  Values are below 2^53, or a power of
 * two. */
static inline __m512i exponents(__m512i v) {
    return _mm512_srli_epi64(_mm512_castpd_si512(_mm512_cvtepu64_pd(v)), 52);
}

/* Number of low bits: prs_ef_low_bits. */
static inline __m512i low_bits(__m512i freq, __m512i span, __mmask8 lonely) {
    const __m512i zero = _mm512_setzero_si512(), one = _mm512_set1_epi64(1);
    __m512i low = _mm512_sub_epi64(exponents(span), exponents(freq));
    __mmask8 above = _mm512_cmpgt_epi64_mask(_mm512_sllv_epi64(freq, low), span);
    low = _mm512_mask_sub_epi64(low, above, low, one);
    __m512i width =
        _mm512_sub_epi64(exponents(_mm512_sub_epi64(span, one)), _mm512_set1_epi64(1022));
    return _mm512_max_epi64(_mm512_mask_mov_epi64(low, lonely, width), zero);
}

/* Read documents [i, i + 8) that are `here`; those whose groups are sound and short. */
static inline __mmask8 read_several(const prs_ef_side *side, uint32_t i, __m512i span,
                                    __mmask8 here, several *out) {
    const __m512i one = _mm512_set1_epi64(1), pos = _mm512_set1_epi64(side->pos);
    __m512i bit = _mm512_maskz_loadu_epi64(here, side->bits + i);
    __m512i freq = _mm512_cvtepu32_epi64(_mm256_maskz_loadu_epi32(here, side->freqs + i));
    __m512i word = _mm512_mask_i64gather_epi64(_mm512_setzero_si512(), here,
                                               _mm512_srli_epi64(bit, 3), side->base, 1);
    word = _mm512_srlv_epi64(word, _mm512_and_si512(bit, _mm512_set1_epi64(7)));
    __mmask8 lonely = _mm512_cmpeq_epi64_mask(freq, one);
    __m512i low = low_bits(freq, span, lonely), low_mask;
    low_mask = _mm512_sub_epi64(_mm512_sllv_epi64(one, low), one);
    /* A single position has no high bits: a one in the first place says the same. */
    __m512i n_low = _mm512_mul_epu32(freq, low);
    __m512i n_high = _mm512_add_epi64(freq, _mm512_srlv_epi64(_mm512_sub_epi64(span, one), low));
    __m512i n_bits = _mm512_mask_mov_epi64(_mm512_add_epi64(n_low, n_high), lonely, low);
    here &= _mm512_cmple_epi64_mask(n_bits, _mm512_set1_epi64(COUNT_BITS));
    here &= _mm512_cmple_epi64_mask(freq, _mm512_set1_epi64(PRS_EF_MEET_MAX));
    __m512i high = _mm512_and_si512(_mm512_srlv_epi64(word, n_low),
                                    _mm512_sub_epi64(_mm512_sllv_epi64(one, n_high), one));
    high = _mm512_mask_mov_epi64(high, lonely, one);
    __m512i before = _mm512_setzero_si512(), bucket = _mm512_set1_epi64(1023);
    __mmask8 bad = 0;
    for (out->n = 0; out->n < PRS_EF_MEET_MAX; out->n++) {
        __mmask8 has = here & _mm512_cmpgt_epi64_mask(freq, _mm512_set1_epi64(out->n));
        if (has == 0) break;
        __m512i first = _mm512_and_si512(high, _mm512_sub_epi64(_mm512_setzero_si512(), high));
        __m512i at = _mm512_sllv_epi64(_mm512_sub_epi64(exponents(first), bucket), low);
        at = _mm512_or_si512(at, _mm512_and_si512(word, low_mask));
        bad |= has & (_mm512_cmpgt_epi64_mask(before, at) | _mm512_testn_epi64_mask(high, high));
        before = _mm512_mask_mov_epi64(before, has, at);
        out->at[out->n] = _mm512_sub_epi64(at, pos);
        out->has[out->n] = has;
        high = _mm512_mask_xor_epi64(high, has, high, first);
        word = _mm512_srlv_epi64(word, low);
        bucket = _mm512_add_epi64(bucket, one);
    }
    bad |= _mm512_test_epi64_mask(high, high) | _mm512_cmpge_epi64_mask(before, span);
    return here & (__mmask8)~bad;
}

static void count(const prs_ef_side *a, const prs_ef_side *b, const uint32_t *spans, uint32_t n,
                  uint8_t *counts) {
    const __m512i zero = _mm512_setzero_si512(), one = _mm512_set1_epi64(1);
    for (uint32_t i = 0; i < n; i += COUNT_LANES) {
        __mmask8 here = (__mmask8)(n - i >= COUNT_LANES ? 0xffu : (1u << (n - i)) - 1), sound;
        __m512i span = _mm512_cvtepu32_epi64(_mm256_maskz_loadu_epi32(here, spans + i));
        __m512i found = zero;
        several left, right;
        sound = read_several(a, i, span, here, &left);
        sound &= read_several(b, i, span, here, &right);
        for (uint32_t k = 0; k < left.n; k++) {
            __mmask8 meets = 0, begins;
            for (uint32_t m = 0; m < right.n; m++)
                meets |= _mm512_mask_cmpeq_epi64_mask(right.has[m], left.at[k], right.at[m]);
            begins = left.has[k] & _mm512_cmpge_epi64_mask(left.at[k], zero);
            if (k > 0) begins &= _mm512_cmpneq_epi64_mask(left.at[k], left.at[k - 1]);
            found = _mm512_mask_add_epi64(found, meets & begins, found, one);
        }
        found = _mm512_mask_mov_epi64(_mm512_set1_epi64(PRS_EF_COUNT_NOT), sound, found);
        _mm512_mask_cvtepi64_storeu_epi8(counts + i, here, found);
    }
}
#else
static void count(const prs_ef_side *a, const prs_ef_side *b, const uint32_t *spans, uint32_t n,
                  uint8_t *counts) {
    for (uint32_t i = 0; i < n; i++) {
        prs_ef_group left = {a->base, a->bits[i], a->freqs[i], spans[i]};
        prs_ef_group right = {b->base, b->bits[i], b->freqs[i], spans[i]};
        uint32_t starts[PRS_EF_MEET_MAX];
        counts[i] = (uint8_t)meet(&left, a->pos, &right, b->pos, starts);
    }
}
#endif

#endif
