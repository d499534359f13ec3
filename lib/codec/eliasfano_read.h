/* eliasfano_read.h - groups of positions read: written once, built for each level of the CPU.
 *
 * Structure   decode    the places of ones in the high bits, a word at a time, and low bits beside
 *             narrow    which of some wanted positions are there?  The zeros of the high bits are
 *                       counted up to the bucket of a wanted one (its high part h is between zero h
 *                       and zero h + 1), and only what is in the bucket is compared:
 *
 *                           wanted 26 = 110|10    high 1 0 1 1 0 0 1 ...   bucket 6
 *                                                 low bits of those in it against 10
 *             ends      where groups end: eliasfano_ends.h
 *             meet      two groups of few positions against each other: eliasfano_meet.h
 *             count     the same for many documents at once: eliasfano_count.h
 * Why so      A word with 100 positions is asked for the one that stands beside a rare word: to
 *             decode it took 150 ns, to ask takes 15.  With BMI2 and POPCNT a bucket is found at
 *             about 5 bits a cycle, without them at 1.
 * Tested by   tests/unit/codec/test_eliasfano.c at every level */
#ifndef PRS_EF_TABLE
#error "define PRS_EF_TABLE, the name of the table"
#endif

#include "codec/eliasfano.h"
#include "codec/eliasfano_kernels.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

#define CHUNK 56u /* bits that a load gives at any offset */

static bool decode(const uint8_t *base, uint64_t bit, uint32_t freq, uint32_t span, uint32_t *out) {
    uint32_t low = prs_ef_low_bits(freq, span);
    if (freq == 1) {
        out[0] = (uint32_t)prs_bits_load(base, bit, low);
        return out[0] < span;
    }
    uint64_t high = bit + (uint64_t)freq * low;
    uint64_t n_bits = (uint64_t)freq + ((span - 1) >> low);
    uint32_t i = 0, before = 0;
    bool descend = false;
    for (uint64_t b = 0; b < n_bits; b += CHUNK) {
        uint64_t word = prs_bits_load(base, high + b, (uint32_t)PRS_MIN(n_bits - b, CHUNK));
        for (; word != 0; word &= word - 1) {
            if (PRS_UNLIKELY(i == freq)) return false;
            uint64_t place = b + (uint32_t)__builtin_ctzll(word);
            uint32_t at = (uint32_t)((place - i) << low) | (uint32_t)prs_bits_load(base, bit, low);
            bit += low;
            descend |= at < before;
            before = at;
            out[i++] = at;
        }
    }
    return i == freq && !descend && before < span;
}

/* Place of the k-th one of a word that has more than k. */
static inline uint32_t select_one(uint64_t word, uint32_t k) {
#ifdef __BMI2__
    return (uint32_t)__builtin_ctzll(__builtin_ia32_pdep_di(UINT64_C(1) << k, word));
#else
    for (; k > 0; k--) word &= word - 1;
    return (uint32_t)__builtin_ctzll(word);
#endif
}

/* Reads the high bits forwards. */
typedef struct high_bits {
    const uint8_t *base;
    uint64_t from, n; /* in bits */
    uint64_t at;      /* the chunk held */
    uint64_t zeros;   /* its zeros, as ones */
    uint32_t n_zeros;
    uint64_t n_before; /* zeros before it */
} high_bits;

static inline void hold_chunk(high_bits *h, uint64_t at) {
    uint32_t len = (uint32_t)PRS_MIN(h->n - at, CHUNK);
    h->at = at;
    h->zeros = ~prs_bits_load(h->base, h->from + at, len) & ((UINT64_C(1) << len) - 1);
    h->n_zeros = (uint32_t)__builtin_popcountll(h->zeros);
}

/* First place behind `n` zeros; false if there are not so many.  n never falls. */
static inline bool skip_zeros(high_bits *h, uint64_t n, uint64_t *place) {
    *place = 0;
    if (n == 0) return true;
    while (h->n_before + h->n_zeros < n) {
        if (h->n - h->at <= CHUNK) return false;
        h->n_before += h->n_zeros;
        hold_chunk(h, h->at + CHUNK);
    }
    *place = h->at + select_one(h->zeros, (uint32_t)(n - h->n_before - 1)) + 1;
    return true;
}

/* Is a position of low part `want` among those at `place` and behind, up to the next zero? */
static inline bool bucket_has(const uint8_t *base, uint64_t bit, uint32_t freq, uint32_t low,
                              const high_bits *h, uint64_t place, uint64_t bucket, uint32_t want) {
    for (; place < h->n && place - bucket < freq; place++) {
        if (prs_bits_load(h->base, h->from + place, 1) == 0) return false;
        uint32_t here = (uint32_t)prs_bits_load(base, bit + (place - bucket) * low, low);
        if (here >= want) return here == want;
    }
    return false;
}

static uint32_t narrow(const uint8_t *base, uint64_t bit, uint32_t freq, uint32_t span,
                       uint32_t pos, uint32_t *starts, uint32_t n) {
    uint32_t kept = 0, low = prs_ef_low_bits(freq, span);
    if (freq == 1) {
        uint64_t at = prs_bits_load(base, bit, low);
        for (uint32_t s = 0; s < n; s++) {
            starts[kept] = starts[s];
            kept += (uint64_t)starts[s] + pos == at;
        }
        return kept;
    }
    high_bits h = {base, bit + (uint64_t)freq * low, (uint64_t)freq + ((span - 1) >> low), 0, 0, 0,
                   0};
    hold_chunk(&h, 0);
    for (uint32_t s = 0; s < n; s++) {
        uint64_t target = (uint64_t)starts[s] + pos, place;
        if (target >= span || !skip_zeros(&h, target >> low, &place)) break;
        uint32_t want = (uint32_t)target & (uint32_t)((UINT64_C(1) << low) - 1);
        starts[kept] = starts[s];
        kept += bucket_has(base, bit, freq, low, &h, place, target >> low, want);
    }
    return kept;
}

#include "codec/eliasfano_ends.h"
#include "codec/eliasfano_meet.h"
/* behind what it calls */
#include "codec/eliasfano_count.h"

const prs_ef_kernels PRS_EF_TABLE = {decode, narrow, ends, ends_of, meet, count};
