/* bits.h - bit arrays of FORMAT.md section 1: w-bit values back to back, low bit first.
 *
 * Header only; everything inlines.  Readers need 8 readable bytes behind the last value, which
 * every section has (64); writers zero their memory first. */
#ifndef PRS_CODEC_BITS_H
#define PRS_CODEC_BITS_H

#include "base/prs.h"

/* Bytes of n values of w bits. */
static inline uint64_t prs_bits_bytes(uint64_t n, uint32_t w) {
    return (n * w + 7) / 8;
}

/* Value of w bits (0..57) at bit offset `bit`.  Reads 8 bytes at byte bit / 8. */
static inline uint64_t prs_bits_load(const uint8_t *base, uint64_t bit, uint32_t w) {
    uint64_t word = prs_load64(base + (bit >> 3)) >> (bit & 7);
    return word & ((UINT64_C(1) << w) - 1);
}

/* Value of w bits (0..64) at bit offset `bit`.  Reads 9 bytes at byte bit / 8. */
static inline uint64_t prs_bits_load64(const uint8_t *base, uint64_t bit, uint32_t w) {
    if (w <= 57) return prs_bits_load(base, bit, w);
    uint32_t shift = (uint32_t)(bit & 7);
    uint64_t word = prs_load64(base + (bit >> 3)) >> shift;
    if (shift != 0) word |= (uint64_t)base[(bit >> 3) + 8] << (64 - shift);
    return w == 64 ? word : word & ((UINT64_C(1) << w) - 1);
}

/* Or a value below 2^w (w 0..64) into zeroed memory at bit offset `bit`.  Touches up to 9 bytes. */
static inline void prs_bits_store(uint8_t *base, uint64_t bit, uint32_t w, uint64_t value) {
    uint8_t *at = base + (bit >> 3);
    uint32_t shift = (uint32_t)(bit & 7);
    prs_store64(at, prs_load64(at) | value << shift);
    if (shift + w > 64) at[8] = (uint8_t)(at[8] | value >> (64 - shift));
}

/* Append n bits that begin at bit `from` of src to dst, which has `to` bits and zeros behind them.
 * Touches up to 9 bytes behind the last bit of both. */
static inline void prs_bits_copy(uint8_t *dst, uint64_t to, const uint8_t *src, uint64_t from,
                                 uint64_t n) {
    uint32_t head = (uint32_t)PRS_MIN((8 - (to & 7)) & 7, n);
    if (head != 0) prs_bits_store(dst, to, head, prs_bits_load(src, from, head));
    uint8_t *out = dst + ((to + head) >> 3);
    from += head;
    n -= head;
    for (; n >= 64; n -= 64, from += 64, out += 8) prs_store64(out, prs_bits_load64(src, from, 64));
    if (n != 0) prs_store64(out, prs_bits_load64(src, from, (uint32_t)n));
}

#endif
