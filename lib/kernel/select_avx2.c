/* select_avx2.c - the loops of select.h, 8 documents at a time.
 *
 * There is no compressing: eight that all stay or all go are one step, others are taken one by
 * one. */
#ifdef __x86_64__
#include "kernel/select_kernels.h"

#include "kernel/select.h"

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

static inline uint32_t equals(__m256i a, __m256i b) {
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b)));
}

/* Where the part begins whose end is the first that is not below a document. */
static inline uint32_t part_of(__m256i ends, uint32_t doc) {
    uint32_t below = reach(_mm256_set1_epi32((int32_t)doc), ends);
    return 16 * ((uint32_t)__builtin_popcount(below) % PRS_SELECT_PARTS);
}

/* Place of a document in the block, 256 or more if it is not there: all of its part at once. */
static inline uint32_t find_one(__m256i ends, const uint32_t *block, uint32_t doc) {
    __m256i one = _mm256_set1_epi32((int32_t)doc);
    uint32_t from = part_of(ends, doc);
    uint32_t equal = equals(load(block + from), one) | equals(load(block + from + 8), one) << 8;
    return from + (uint32_t)__builtin_ctz(equal | 1u << 16) + (uint32_t)(equal == 0) * 256;
}

static uint32_t few_in_docs(const uint32_t *block, uint32_t m, __m256i ends, const uint32_t *docs,
                            uint32_t n, uint16_t *at, uint8_t *place) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = find_one(ends, block, docs[i]);
        at[found] = (uint16_t)i;
        place[found] = (uint8_t)k;
        found += k < m;
    }
    return found;
}

/* Lanes of 8 documents up to `last` that are among those of the block from *k on, which moves to
 * one that is not behind the next document. */
static inline uint32_t step_over(const uint32_t *block, uint32_t m, __m256i docs, uint32_t last,
                                 uint32_t *k) {
    uint32_t j = *k;
    __m256i hits = _mm256_setzero_si256();
    for (; j < m && block[j] <= last; j += 2) {
        __m256i a = _mm256_cmpeq_epi32(docs, _mm256_set1_epi32((int32_t)block[j]));
        __m256i b = _mm256_cmpeq_epi32(docs, _mm256_set1_epi32((int32_t)block[j + 1]));
        hits = _mm256_or_si256(hits, _mm256_or_si256(a, b));
    }
    *k = j > *k ? j - 2 : j;
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(hits));
}

uint32_t prs_select_in_docs_avx2(const uint32_t *block, uint32_t m, const uint32_t *docs,
                                 uint32_t n, uint16_t *at, uint8_t *place) {
    uint32_t part_ends[PRS_SELECT_PARTS], found = 0;
    select_part_ends(block, m, part_ends);
    const __m256i ends = load(part_ends);
    if (n == 0) return 0;
    uint32_t k = part_of(ends, docs[0]), beside = part_of(ends, docs[n - 1]) + 16 - k;
    if (n * PRS_SELECT_FEW < beside) return few_in_docs(block, m, ends, docs, n, at, place);
    for (uint32_t i = 0; i < n; i += 8) {
        uint32_t last = docs[PRS_MIN(i + 7, n - 1)];
        uint32_t hits = step_over(block, m, load(docs + i), last, &k) & lanes(n - i);
        for (; hits != 0; hits &= hits - 1) {
            uint32_t lane = i + (uint32_t)__builtin_ctz(hits);
            uint32_t there = find_one(ends, block, docs[lane]);
            at[found] = (uint16_t)lane;
            place[found] = (uint8_t)there;
            found += there < m; /* behind the end may stand anything */
        }
    }
    return found;
}

const prs_select_kernels prs_select_avx2 = {keep_floor, keep_hits, take_slots,
                                            find_place, in_bits,   prs_select_in_docs_avx2};
#else
typedef int prs_select_avx2_unused; /* a translation unit is not empty */
#endif
