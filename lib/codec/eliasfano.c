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
 * Cost        about 1 ns per position to write and to read (eliasfano_read.h).
 * Source      Vigna, Quasi-succinct indices, WSDM 2013.
 * Tested by   tests/unit/codec/test_eliasfano.c */
#define PRS_EF_TABLE prs_ef_kernels_base
#include "codec/eliasfano_read.h"

#include "base/cpu.h"

/* The low bits of freq >= 2 positions at bit offset `bit`: gathered in a word, 32 leave at a
 * time. */
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

uint64_t prs_ef_encode_groups(uint8_t *base, uint64_t bit, const uint32_t *positions,
                              const uint32_t *freqs, const uint32_t *spans, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        bit = encode(base, bit, positions, freqs[i], spans[i]);
        positions += freqs[i];
    }
    return bit;
}

static const prs_ef_kernels *kernels(void) {
#ifdef __x86_64__
    prs_cpu_level level = prs_cpu();
    if (level >= PRS_CPU_AVX512) return &prs_ef_kernels_avx512;
    if (level >= PRS_CPU_AVX2) return &prs_ef_kernels_avx2;
#endif
    return &prs_ef_kernels_base;
}

bool prs_ef_decode(const uint8_t *base, uint64_t bit, uint32_t freq, uint32_t span, uint32_t *out) {
    return kernels()->decode(base, bit, freq, span, out);
}

uint32_t prs_ef_narrow(const uint8_t *base, uint64_t bit, uint32_t freq, uint32_t span,
                       uint32_t pos, uint32_t *starts, uint32_t n) {
    return kernels()->narrow(base, bit, freq, span, pos, starts, n);
}

bool prs_ef_ends(const uint32_t *freqs, const uint32_t *spans, uint32_t n, uint64_t bit,
                 uint64_t *ends) {
    return kernels()->ends(freqs, spans, n, bit, ends);
}

bool prs_ef_ends_of(const uint8_t *lengths, const uint32_t *docs, const uint32_t *freqs, uint32_t n,
                    uint64_t bit, uint32_t *spans, uint64_t *ends) {
    return kernels()->ends_of(lengths, docs, freqs, n, bit, spans, ends);
}

uint32_t prs_ef_meet(const prs_ef_group *a, uint32_t a_pos, const prs_ef_group *b, uint32_t b_pos,
                     uint32_t *starts) {
    return kernels()->meet(a, a_pos, b, b_pos, starts);
}

void prs_ef_count(const prs_ef_side *a, const prs_ef_side *b, const uint32_t *spans, uint32_t n,
                  uint8_t *counts) {
    kernels()->count(a, b, spans, n, counts);
}
