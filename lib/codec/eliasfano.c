/* eliasfano.c - how are a document's positions written so that their size is known in advance?
 *
 * Structure   f positions below S, l low bits each; l follows from f and S (FORMAT.md section 8):
 *
 *                 | l low bits of p_0 ... p_{f-1} | f + ((S-1) >> l) bits, 1 at (p_i >> l) + i |
 *
 *             A single position is written plainly.
 * Invariants  A decoder accepts exactly the groups that an encoder can write, so that the positions
 *             it gives never decrease and are below S whatever the bytes were.
 * Why so      Measured on English articles, bytes per token: packed 1.46, patched 1.25, Elias-Fano
 *             1.106, Rice 1.054 - but a Rice code's length depends on the values, so a document's
 *             positions could be reached only through those before it in the block; here an
 *             addition per document finds them.
 * Cost        about 1 ns per position to write and to read.
 * Source      Vigna, Quasi-succinct indices, WSDM 2013.
 * Tested by   tests/unit/codec/test_eliasfano.c */
#include "codec/eliasfano.h"

/* The low bits of freq >= 2 positions at bit offset `bit`: gathered in a word, 32 leave at a time. */
static inline void put_low(uint8_t *base, uint64_t bit, const uint32_t *positions, uint32_t freq,
                           uint32_t low) {
    const uint32_t mask = (uint32_t)((UINT64_C(1) << low) - 1);
    uint8_t *at = base + (bit >> 3);
    uint64_t word = at[0];
    uint32_t fill = (uint32_t)(bit & 7);
    for (uint32_t i = 0; i < freq; i++) {
        word |= (uint64_t)(positions[i] & mask) << fill;
        fill += low;
        if (fill < 32) continue;
        prs_store32(at, (uint32_t)word);
        at += 4;
        word >>= 32;
        fill -= 32;
    }
    prs_store64(at, word);
}

/* Their ones, from bit offset `high` on: those within 64 bits of the first leave together. */
static inline void put_high(uint8_t *base, uint64_t high, const uint32_t *positions, uint32_t freq,
                            uint32_t low) {
    uint64_t from = high & ~UINT64_C(7), word = base[high >> 3];
    for (uint32_t i = 0; i < freq; i++) {
        uint64_t one = high + (positions[i] >> low) + i;
        if (PRS_UNLIKELY(one - from >= 64)) {
            prs_store64(base + (from >> 3), word);
            from = one & ~UINT64_C(7);
            word = 0;
        }
        word |= UINT64_C(1) << (one - from);
    }
    prs_store64(base + (from >> 3), word);
}

static inline uint64_t encode(uint8_t *base, uint64_t bit, const uint32_t *positions, uint32_t freq,
                              uint32_t span) {
    uint32_t low = prs_ef_low_bits(freq, span);
    if (freq == 1) {
        prs_bits_store(base, bit, low, positions[0]);
        return bit + low;
    }
    uint64_t high = bit + (uint64_t)freq * low;
    if (low != 0) put_low(base, bit, positions, freq, low);
    put_high(base, high, positions, freq, low);
    return high + freq + ((span - 1) >> low);
}

uint64_t prs_ef_encode(uint8_t *base, uint64_t bit, const uint32_t *positions, uint32_t freq,
                       uint32_t span) {
    return encode(base, bit, positions, freq, span);
}

uint64_t prs_ef_encode_groups(uint8_t *base, const uint32_t *positions, const uint32_t *freqs,
                              const uint32_t *spans, uint32_t n) {
    uint64_t bit = 0;
    for (uint32_t i = 0; i < n; i++) {
        bit = encode(base, bit, positions, freqs[i], spans[i]);
        positions += freqs[i];
    }
    return bit;
}

/* out[i] = the i-th one's place - i, for exactly freq ones in n_bits. */
static bool decode_high(const uint8_t *base, uint64_t bit, uint64_t n_bits, uint32_t freq,
                        uint32_t low, uint32_t *out) {
    uint32_t i = 0;
    for (uint64_t b = 0; b < n_bits; b += 56) {
        uint64_t left = n_bits - b;
        uint64_t word = prs_bits_load(base, bit + b, left < 56 ? (uint32_t)left : 56);
        for (; word != 0; word &= word - 1) {
            if (PRS_UNLIKELY(i == freq)) return false;
            uint64_t place = b + (uint32_t)__builtin_ctzll(word);
            out[i] = (uint32_t)((place - i) << low);
            i++;
        }
    }
    return i == freq;
}

bool prs_ef_decode(const uint8_t *base, uint64_t bit, uint32_t freq, uint32_t span, uint32_t *out) {
    uint32_t low = prs_ef_low_bits(freq, span);
    if (freq == 1) {
        out[0] = (uint32_t)prs_bits_load(base, bit, low);
        return out[0] < span;
    }
    uint64_t high = bit + (uint64_t)freq * low;
    uint64_t n_bits = (uint64_t)freq + ((span - 1) >> low);
    if (PRS_UNLIKELY(!decode_high(base, high, n_bits, freq, low, out))) return false;
    uint32_t before = 0;
    bool descend = false;
    for (uint32_t i = 0; i < freq; i++) {
        out[i] |= (uint32_t)prs_bits_load(base, bit, low);
        bit += low;
        descend |= out[i] < before;
        before = out[i];
    }
    return !descend && before < span;
}
