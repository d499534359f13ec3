/* select_avx2.c - the loops of select.h, 8 documents at a time.
 *
 * There is no compressing: eight that all stay or all go are one step, others are taken one by
 * one. */
#ifdef __x86_64__
#include "search/select_kernels.h"

#include "search/select.h"

#include <immintrin.h>

static inline __m256i load(const void *p) {
    return _mm256_loadu_si256(p);
}

static inline uint32_t lanes(uint32_t left) {
    return left >= 8 ? 0xffu : (1u << left) - 1;
}

/* One bit for each lane with value >= bound, both signed. */
static inline uint32_t reach(__m256i value, __m256i below) {
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(value, below)));
}

static inline uint32_t move(const uint32_t *docs, const int32_t *scores, uint32_t kept,
                            uint32_t *out_docs, int32_t *out_scores) {
    uint32_t m = 0;
    if (kept == 0xff) {
        __m256i doc = load(docs), score = load(scores);
        _mm256_storeu_si256((__m256i *)(void *)out_docs, doc);
        _mm256_storeu_si256((__m256i *)(void *)out_scores, score);
        return 8;
    }
    for (; kept != 0; kept &= kept - 1, m++) {
        uint32_t i = (uint32_t)__builtin_ctz(kept);
        out_docs[m] = docs[i];
        out_scores[m] = scores[i];
    }
    return m;
}

static uint32_t keep_floor(const uint32_t *docs, const int32_t *scores, uint32_t n, int32_t floor,
                           uint32_t *out_docs, int32_t *out_scores) {
    uint32_t m = 0;
    const bool all = floor == INT32_MIN;
    const __m256i below = _mm256_set1_epi32(all ? floor : floor - 1);
    for (uint32_t i = 0; i < n; i += 8) {
        uint32_t kept = (all ? 0xffu : reach(load(scores + i), below)) & lanes(n - i);
        m += move(docs + i, scores + i, kept, out_docs + m, out_scores + m);
    }
    return m;
}

static uint32_t keep_hits(uint32_t *docs, int32_t *scores, const uint8_t *hit, uint32_t n,
                          uint8_t want) {
    uint32_t m = 0, i = 0;
    const __m128i wanted = _mm_set1_epi8((char)want);
    for (; i + 8 <= n; i += 8) {
        __m128i hits = _mm_loadl_epi64((const __m128i *)(const void *)(hit + i));
        uint32_t kept = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(hits, wanted)) & 0xffu;
        m += move(docs + i, scores + i, kept, docs + m, scores + m);
    }
    for (; i < n; i++) {
        docs[m] = docs[i];
        scores[m] = scores[i];
        m += hit[i] == want;
    }
    return m;
}

static uint32_t take_slots(int32_t *slots, uint64_t parts, uint32_t base, int32_t least,
                           uint32_t *out_docs, int32_t *out_scores) {
    const __m256i zero = _mm256_setzero_si256(), below = _mm256_set1_epi32(least - 1);
    uint32_t m = 0;
    for (; parts != 0; parts &= parts - 1) {
        uint32_t from = (uint32_t)__builtin_ctzll(parts) * PRS_SLOT_PART;
        for (uint32_t i = from; i < from + PRS_SLOT_PART; i += 8) {
            uint32_t kept = reach(load(slots + i), below);
            for (; kept != 0; kept &= kept - 1, m++) {
                uint32_t place = i + (uint32_t)__builtin_ctz(kept);
                out_docs[m] = base + place;
                out_scores[m] = slots[place] - PRS_SLOT_TAKEN;
            }
            _mm256_storeu_si256((__m256i *)(void *)(slots + i), zero);
        }
    }
    return m;
}

/* Documents are below 2^31, so that signed comparison serves; a larger target is behind them
 * all. */
static uint32_t find_place(const uint32_t *docs, uint32_t from, uint32_t n, uint32_t target) {
    if (target > INT32_MAX) return n;
    if (target == 0) return from;
    const __m256i below = _mm256_set1_epi32((int32_t)target - 1);
    for (; from + 8 <= n; from += 8) {
        uint32_t reached = reach(load(docs + from), below);
        if (reached != 0) return from + (uint32_t)__builtin_ctz(reached);
    }
    while (from < n && docs[from] < target) from++;
    return from;
}

static uint32_t in_bits(const prs_block_bits *bits, const uint32_t *docs, const int32_t *scores,
                        uint32_t n, int32_t need, uint16_t *at, uint8_t *place) {
    return select_in_bits(bits, docs, scores, n, need, at, place);
}

const prs_select_kernels prs_select_avx2 = {keep_floor, keep_hits, take_slots, find_place, in_bits};
#else
typedef int prs_select_avx2_unused; /* a translation unit is not empty */
#endif
