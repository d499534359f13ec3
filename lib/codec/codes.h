/* codes.h - numbers of unknown size in bit arrays: Rice and Exp-Golomb codes (FORMAT.md section 1).
 *
 * Header only; everything inlines.  A reader may stand on any bits: it never looks more than 16
 * bytes behind its end, which every section has (64), and says `bad` once it was led past it. */
#ifndef PRS_CODEC_CODES_H
#define PRS_CODEC_CODES_H

#include "codec/bits.h"

/* ---- writing: into zeroed memory with 9 bytes to spare; `bit` moves behind what was written
 * --- */

static inline void prs_put_bits(uint8_t *base, uint64_t *bit, uint32_t w, uint64_t value) {
    prs_bits_store(base, *bit, w, value);
    *bit += w;
}

/* Bits of EXP(k) of v. */
static inline uint32_t prs_exp_bits(uint64_t v, uint32_t k) {
    return 2 * prs_bit_width64((v >> k) + 1) - 1 + k;
}

/* With q = (v >> k) + 1 of b bits: b - 1 zeros, a one, the low b - 1 bits of q, the low k bits of
 * v; v < 2^63, k 0..63. */
static inline void prs_put_exp(uint8_t *base, uint64_t *bit, uint64_t v, uint32_t k) {
    uint64_t q = (v >> k) + 1;
    uint32_t more = prs_bit_width64(q) - 1;
    uint64_t high = q & ((UINT64_C(1) << more) - 1), low = v & ((UINT64_C(1) << k) - 1);
    if (PRS_LIKELY(2 * more + 1 + k <= 57)) {
        uint64_t code = UINT64_C(1) << more | high << (more + 1) | low << (2 * more + 1);
        prs_put_bits(base, bit, 2 * more + 1 + k, code);
        return;
    }
    *bit += more;
    prs_put_bits(base, bit, 1, 1);
    prs_put_bits(base, bit, more, high);
    prs_put_bits(base, bit, k, low);
}

#define PRS_RICE_ZEROS 16u /* more would be longer than what stands for them */

/* Bits of RICE(k) of v. */
static inline uint32_t prs_rice_bits(uint32_t v, uint32_t k) {
    uint32_t high = (uint32_t)((uint64_t)v >> k);
    if (PRS_LIKELY(high < PRS_RICE_ZEROS)) return high + 1 + k;
    return PRS_RICE_ZEROS + 2 * prs_bit_width32(high - PRS_RICE_ZEROS + 1) - 1 + k;
}

/* v >> k zeros, a one, the low k bits of v; of 16 zeros or more 16, and EXP(k) of the rest of v.
 * k 0..32.  A number far from the others costs twice its logarithm, not itself. */
static inline void prs_put_rice(uint8_t *base, uint64_t *bit, uint32_t v, uint32_t k) {
    uint64_t high = (uint64_t)v >> k;
    if (PRS_UNLIKELY(high >= PRS_RICE_ZEROS)) {
        *bit += PRS_RICE_ZEROS;
        prs_put_exp(base, bit, v - ((uint64_t)PRS_RICE_ZEROS << k), k);
        return;
    }
    *bit += high;
    prs_put_bits(base, bit, k + 1, (v & ((UINT64_C(1) << k) - 1)) << 1 | 1);
}

/* ---- reading --------------------------------------------------------------------------------- */

typedef struct prs_bit_cur {
    const uint8_t *base;
    uint64_t bit, end; /* bit <= end */
    bool bad;          /* sticky; the values read are zero from then on */
} prs_bit_cur;

static inline prs_bit_cur prs_bit_cur_of(const uint8_t *base, uint64_t bit, uint64_t end) {
    prs_bit_cur c = {base, bit, end, bit > end};
    if (c.bad) c.bit = end;
    return c;
}

static inline uint64_t prs_bit_cur_left(const prs_bit_cur *c) {
    return c->end - c->bit;
}

static inline void prs_bit_cur_fail(prs_bit_cur *c) {
    c->bad = true;
    c->bit = c->end;
}

/* Pass n bits; false if there are not so many. */
static inline bool prs_bit_cur_skip(prs_bit_cur *c, uint64_t n) {
    if (PRS_UNLIKELY(n > prs_bit_cur_left(c))) {
        prs_bit_cur_fail(c);
        return false;
    }
    c->bit += n;
    return true;
}

/* w bits, 0..64. */
static inline uint64_t prs_get_bits(prs_bit_cur *c, uint32_t w) {
    uint64_t at = c->bit;
    return prs_bit_cur_skip(c, w) ? prs_bits_load64(c->base, at, w) : 0;
}

/* Zeros before the next one, which is passed too; at most 63 of them. */
static inline uint32_t prs_get_zeros(prs_bit_cur *c) {
    for (uint32_t n = 0; n <= 63; n += 56) {
        uint64_t word = prs_bits_load(c->base, c->bit, 56);
        uint32_t zeros = word == 0 ? 56 : (uint32_t)__builtin_ctzll(word);
        if (!prs_bit_cur_skip(c, zeros + (word != 0 ? 1u : 0))) return 0;
        if (word != 0) {
            if (n + zeros > 63) break;
            return n + zeros;
        }
    }
    prs_bit_cur_fail(c);
    return 0;
}

/* Up to 57 bits that were loaded at once, for codes that are nearly always short. */
typedef struct prs_bit_word {
    uint64_t bits;
    uint32_t used;
} prs_bit_word;

static inline prs_bit_word prs_bit_word_of(const prs_bit_cur *c) {
    return (prs_bit_word){prs_load64(c->base + (c->bit >> 3)) >> (c->bit & 7), 0};
}

/* EXP(k) out of the word; false if it may not end there. */
static inline bool prs_word_exp(prs_bit_word *w, uint32_t k, uint64_t *v) {
    if (PRS_UNLIKELY(w->bits == 0)) return false;
    uint32_t more = (uint32_t)__builtin_ctzll(w->bits), n = 2 * more + 1 + k;
    if (PRS_UNLIKELY(w->used + n > 57)) return false;
    uint64_t high = w->bits >> more >> 1 & ((UINT64_C(1) << more) - 1);
    uint64_t low = w->bits >> (2 * more + 1) & ((UINT64_C(1) << k) - 1);
    *v = ((UINT64_C(1) << more) + high - 1) << k | low;
    w->bits >>= n;
    w->used += n;
    return true;
}

/* EXP(k), k 0..63: below 2^63. */
static inline uint64_t prs_get_exp(prs_bit_cur *c, uint32_t k) {
    uint64_t word = prs_load64(c->base + (c->bit >> 3)) >> (c->bit & 7);
    uint32_t more = word == 0 ? 64 : (uint32_t)__builtin_ctzll(word), n = 2 * more + 1 + k;
    if (PRS_LIKELY(n <= 57)) {
        uint64_t high = word >> more >> 1 & ((UINT64_C(1) << more) - 1);
        uint64_t low = word >> (2 * more + 1) & ((UINT64_C(1) << k) - 1);
        if (!prs_bit_cur_skip(c, n)) return 0;
        return ((UINT64_C(1) << more) + high - 1) << k | low;
    }
    more = prs_get_zeros(c);
    uint64_t q = (UINT64_C(1) << more) + prs_get_bits(c, more) - 1;
    uint64_t low = prs_get_bits(c, k);
    if (PRS_UNLIKELY(q > (UINT64_C(1) << 63 >> k) - 1)) {
        prs_bit_cur_fail(c);
        return 0;
    }
    return q << k | low;
}

/* RICE(k), k 0..32: below 2^32. */
static inline uint32_t prs_get_rice(prs_bit_cur *c, uint32_t k) {
    uint64_t word = prs_load64(c->base + (c->bit >> 3)) >> (c->bit & 7);
    uint32_t zeros = word == 0 ? 64 : (uint32_t)__builtin_ctzll(word);
    if (PRS_LIKELY(zeros < PRS_RICE_ZEROS)) {
        uint64_t low = word >> zeros >> 1 & ((UINT64_C(1) << k) - 1);
        uint64_t v = (uint64_t)zeros << k | low;
        if (!prs_bit_cur_skip(c, zeros + 1 + k)) return 0;
        if (PRS_LIKELY(v <= UINT32_MAX)) return (uint32_t)v;
        prs_bit_cur_fail(c);
        return 0;
    }
    if (!prs_bit_cur_skip(c, PRS_RICE_ZEROS)) return 0;
    uint64_t v = prs_get_exp(c, k) + ((uint64_t)PRS_RICE_ZEROS << k);
    if (PRS_LIKELY(!c->bad && v <= UINT32_MAX)) return (uint32_t)v;
    prs_bit_cur_fail(c);
    return 0;
}

#endif
