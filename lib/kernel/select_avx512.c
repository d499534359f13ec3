/* select_avx512.c - the loops of select.h, 16 documents at a time: what of them is kept?
 *
 * Windows are drained 64 slots at a time: of most parts nothing is kept, one comparison says so.
 * Candidates in a decoded block are compared 8 at a time here, too: of twice as many more would be
 * compared in vain.  Compressing goes through a register: a compressing store to memory is
 * microcode on some CPUs.
 * Tested by   tests/unit/kernel/test_select.c */
#ifdef __x86_64__
#include "kernel/select_kernels.h"

#include "kernel/select.h"

#include <immintrin.h>

static inline __mmask16 lanes(uint32_t left) {
    return (__mmask16)(left >= 16 ? 0xffffu : (1u << left) - 1u);
}

static uint32_t keep_floor(const uint32_t *docs, const int32_t *scores, uint32_t n, int32_t floor,
                           uint32_t *out_docs, int32_t *out_scores) {
    const __m512i least = _mm512_set1_epi32(floor);
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i += 16) {
        __m512i score = _mm512_loadu_si512(scores + i);
        __mmask16 kept = _mm512_mask_cmpge_epi32_mask(lanes(n - i), score, least);
        if (kept == 0) continue;
        __m512i doc = _mm512_loadu_si512(docs + i);
        _mm512_storeu_si512(out_docs + m, _mm512_maskz_compress_epi32(kept, doc));
        _mm512_storeu_si512(out_scores + m, _mm512_maskz_compress_epi32(kept, score));
        m += (uint32_t)__builtin_popcount(kept);
    }
    return m;
}

static uint32_t keep_hits(uint32_t *docs, int32_t *scores, const uint8_t *hit, uint32_t n,
                          uint8_t want) {
    const __m128i wanted = _mm_set1_epi8((char)want);
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i += 16) {
        __mmask16 here = lanes(n - i);
        __m128i hits = _mm_maskz_loadu_epi8(here, hit + i);
        __mmask16 kept = _mm_mask_cmpeq_epi8_mask(here, hits, wanted);
        __m512i doc = _mm512_loadu_si512(docs + i), score = _mm512_loadu_si512(scores + i);
        _mm512_storeu_si512(docs + m, _mm512_maskz_compress_epi32(kept, doc));
        _mm512_storeu_si512(scores + m, _mm512_maskz_compress_epi32(kept, score));
        m += (uint32_t)__builtin_popcount(kept);
    }
    return m;
}

/* 16 slots from place i on. */
static inline uint32_t take_16(__m512i slot, __m512i bound, uint32_t doc, uint32_t *out_docs,
                               int32_t *out_scores) {
    const __m512i places = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __mmask16 kept = _mm512_cmpge_epi32_mask(slot, bound);
    __m512i docs = _mm512_add_epi32(_mm512_set1_epi32((int32_t)doc), places);
    __m512i scores = _mm512_sub_epi32(slot, _mm512_set1_epi32(PRS_SLOT_TAKEN));
    _mm512_storeu_si512(out_docs, _mm512_maskz_compress_epi32(kept, docs));
    _mm512_storeu_si512(out_scores, _mm512_maskz_compress_epi32(kept, scores));
    return (uint32_t)__builtin_popcount(kept);
}

/* A part at once: mostly nothing in it reaches the floor. */
static uint32_t take_slots(int32_t *slots, uint64_t parts, uint32_t base, int32_t least,
                           uint32_t *out_docs, int32_t *out_scores) {
    _Static_assert(PRS_SLOT_PART == 64, "four registers");
    const __m512i zero = _mm512_setzero_si512(), bound = _mm512_set1_epi32(least);
    uint32_t m = 0;
    for (; parts != 0; parts &= parts - 1) {
        uint32_t from = (uint32_t)__builtin_ctzll(parts) * PRS_SLOT_PART;
        int32_t *at = slots + from;
        __m512i a = _mm512_loadu_si512(at), b = _mm512_loadu_si512(at + 16);
        __m512i c = _mm512_loadu_si512(at + 32), d = _mm512_loadu_si512(at + 48);
        _mm512_storeu_si512(at, zero);
        _mm512_storeu_si512(at + 16, zero);
        _mm512_storeu_si512(at + 32, zero);
        _mm512_storeu_si512(at + 48, zero);
        __m512i most = _mm512_max_epi32(_mm512_max_epi32(a, b), _mm512_max_epi32(c, d));
        if (_mm512_cmpge_epi32_mask(most, bound) == 0) continue;
        m += take_16(a, bound, base + from, out_docs + m, out_scores + m);
        m += take_16(b, bound, base + from + 16, out_docs + m, out_scores + m);
        m += take_16(c, bound, base + from + 32, out_docs + m, out_scores + m);
        m += take_16(d, bound, base + from + 48, out_docs + m, out_scores + m);
    }
    return m;
}

static uint32_t find_place(const uint32_t *docs, uint32_t from, uint32_t n, uint32_t target) {
    const __m512i bound = _mm512_set1_epi32((int32_t)target);
    for (; from < n; from += 16) {
        __m512i doc = _mm512_maskz_loadu_epi32(lanes(n - from), docs + from);
        __mmask16 reached = _mm512_cmpge_epu32_mask(doc, bound) & lanes(n - from);
        if (reached != 0) return from + (uint32_t)__builtin_ctz(reached);
    }
    return n;
}

static uint32_t in_bits(const prs_block_bits *bits, const uint32_t *docs, const int32_t *scores,
                        uint32_t n, int32_t need, uint16_t *at, uint8_t *place) {
    return select_in_bits(bits, docs, scores, n, need, at, place);
}

const prs_select_kernels prs_select_avx512 = {keep_floor, keep_hits, take_slots,
                                              find_place, in_bits,   prs_select_in_docs_avx2};
#else
typedef int prs_select_avx512_unused; /* a translation unit is not empty */
#endif
