/* eliasfano_meet.h - which beginnings do two groups of few positions allow?
 *
 * Part of eliasfano_read.h, built for each level of the CPU.
 *
 * Structure   up to eight positions of each, in one register, less the place of their word:
 *
 *                 a   3 40 77         high bits by counting zeros, eight times whatever the freq
 *                 b   2  5 40         is; low bits by one gather and a shift of each
 *                 each of a against all of b, by turning b around seven times
 *
 * Invariants  - A group is refused exactly if `decode` would refuse it.
 * Why so      Two words have one to five positions in most documents, and how many, and which ones
 *             meet, no branch predictor knows: steps that hang on it cost 15 cycles each when they
 *             go wrong.  Here nothing branches on them but the result. */
#ifndef PRS_CODEC_ELIASFANO_MEET_H
#define PRS_CODEC_ELIASFANO_MEET_H

static inline bool may_meet(const prs_ef_group *g) {
    return g->freq <= PRS_EF_MEET_MAX && g->span >> 24 == 0;
}

#ifdef __AVX2__
#define IOTA _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)

/* Positions of a group; those behind the last one are anything.  False: they are unsound. */
static inline bool read_few(const prs_ef_group *g, __m256i *out) {
    const uint32_t freq = g->freq, span = g->span;
    if (freq == 1) {
        uint32_t at = (uint32_t)prs_bits_load(g->base, g->bit, prs_bit_width32(span - 1));
        *out = _mm256_set1_epi32((int32_t)at);
        return at < span;
    }
    const uint32_t low = prs_ef_low_bits(freq, span);
    uint64_t high = prs_bits_load(g->base, g->bit + (uint64_t)freq * low,
                                  freq + ((span - 1) >> low)); /* at most 8 + 16 bits */
    bool sound = (uint32_t)__builtin_popcountll(high) == freq;
    uint32_t ones[8];
    for (uint32_t i = 0; i < 8; i++, high &= high - 1)
        ones[i] = (uint32_t)__builtin_ctzll(high | UINT64_C(1) << 63);
    __m256i at = _mm256_sub_epi32(_mm256_loadu_si256((const __m256i *)(const void *)ones), IOTA);
    at = _mm256_slli_epi32(at, (int32_t)low);
    /* Bits from each eighth byte on: low is at most 23, so that a word holds it at any shift. */
    __m256i off = _mm256_add_epi32(_mm256_set1_epi32((int32_t)(g->bit & 7)),
                                   _mm256_mullo_epi32(IOTA, _mm256_set1_epi32((int32_t)low)));
    const void *from = g->base + (g->bit >> 3);
    __m256i bits = _mm256_i32gather_epi32((const int *)from, _mm256_srli_epi32(off, 3), 1);
    bits = _mm256_srlv_epi32(bits, _mm256_and_si256(off, _mm256_set1_epi32(7)));
    bits = _mm256_and_si256(bits, _mm256_set1_epi32((int32_t)((1u << low) - 1)));
    at = _mm256_or_si256(at, bits);
    /* None below the one before, the last below the span. */
    __m256i before = _mm256_permutevar8x32_epi32(at, _mm256_setr_epi32(0, 0, 1, 2, 3, 4, 5, 6));
    __m256i odd = _mm256_or_si256(_mm256_cmpgt_epi32(before, at),
                                  _mm256_cmpgt_epi32(at, _mm256_set1_epi32((int32_t)span - 1)));
    uint32_t here = (1u << freq) - 1;
    *out = at;
    return sound && ((uint32_t)_mm256_movemask_ps((__m256)odd) & here) == 0;
}

static inline __m256i turn(__m256i v) {
    return _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(1, 2, 3, 4, 5, 6, 7, 0));
}

static uint32_t meet(const prs_ef_group *a, uint32_t a_pos, const prs_ef_group *b, uint32_t b_pos,
                     uint32_t *starts) {
    __m256i left, right, equal = _mm256_setzero_si256();
    if (!may_meet(a) || !may_meet(b) || !read_few(a, &left) || !read_few(b, &right))
        return PRS_EF_MEET_NOT;
    /* What is not there of b is nowhere: -1. */
    __m256i absent = _mm256_cmpgt_epi32(IOTA, _mm256_set1_epi32((int32_t)b->freq - 1));
    __m256i begins = _mm256_sub_epi32(left, _mm256_set1_epi32((int32_t)a_pos));
    right = _mm256_or_si256(_mm256_sub_epi32(right, _mm256_set1_epi32((int32_t)b_pos)), absent);
    for (uint32_t k = 0; k < 8; k++, right = turn(right))
        equal = _mm256_or_si256(equal, _mm256_cmpeq_epi32(begins, right));
    /* Beginnings below 0 are none, equal ones are one. */
    __m256i before = _mm256_permutevar8x32_epi32(begins, _mm256_setr_epi32(0, 0, 1, 2, 3, 4, 5, 6));
    uint32_t again = (uint32_t)_mm256_movemask_ps((__m256)_mm256_cmpeq_epi32(before, begins));
    uint32_t hits = (uint32_t)_mm256_movemask_ps((__m256)_mm256_andnot_si256(begins, equal));
    hits &= ((1u << a->freq) - 1) & ~(again & ~1u);
    if (hits == 0) return 0;
    uint32_t all[8], n = 0;
    _mm256_storeu_si256((__m256i *)(void *)all, begins);
    for (; hits != 0; hits &= hits - 1) starts[n++] = all[__builtin_ctz(hits)];
    return n;
}
#else
static uint32_t meet(const prs_ef_group *a, uint32_t a_pos, const prs_ef_group *b, uint32_t b_pos,
                     uint32_t *starts) {
    uint32_t left[PRS_EF_MEET_MAX], right[PRS_EF_MEET_MAX], n = 0;
    if (!may_meet(a) || !may_meet(b) || !decode(a->base, a->bit, a->freq, a->span, left) ||
        !decode(b->base, b->bit, b->freq, b->span, right))
        return PRS_EF_MEET_NOT;
    for (uint32_t i = 0, k = 0; i < a->freq; i++) {
        if (left[i] < a_pos || (i > 0 && left[i] == left[i - 1])) continue;
        uint64_t want = (uint64_t)(left[i] - a_pos) + b_pos;
        while (k < b->freq && right[k] < want) k++;
        if (k < b->freq && right[k] == want) starts[n++] = left[i] - a_pos;
    }
    return n;
}
#endif

#endif
