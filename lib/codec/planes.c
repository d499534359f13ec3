/* planes.c - how are numbers written that are mostly 1, sometimes 2 or 3, and rarely large?
 *
 * Structure   PLANES of FORMAT.md section 7:
 *
 *                 | depth, width | > 1 of all | > 2 of those | > 3 of those ... | the rest, packed
 *                 |
 *
 *             Each plane has a bit for every value that the plane before it holds.
 * Invariants  - Of all depths the one with the fewest bits is written, of equals the smallest.
 *             - A decoder accepts what lies within [in, end); every value it gives is >= 1.
 * Why so      Freqs of English articles take 6.6 bits in PATCHED with its exceptions, 4.7 here, 4.4
 *             as Rice codes, which cannot be read many at a time.
 * Cost        bench/micro/codec_bench.c.
 * Source      Unary codes, transposed.   Tested by tests/unit/codec/test_planes.c */
#include "codec/planes.h"

#include "base/cpu.h"
#include "codec/planes_kernels.h"

prs_planes_plan prs_planes_measure(const uint32_t *values, uint32_t n) {
    uint32_t n_of[PRS_PLANES_MAX + 2] = {0}, max = 1; /* by value, the last is of all above */
    for (uint32_t i = 0; i < n; i++) {
        n_of[PRS_MIN(values[i], PRS_PLANES_MAX + 1)]++;
        max = PRS_MAX(max, values[i]);
    }
    prs_planes_plan plan = {1, 0, SIZE_MAX};
    uint64_t planes = 0, least = UINT64_MAX;
    uint32_t above = n; /* values above depth - 1 */
    for (uint32_t depth = 1; depth <= PRS_PLANES_MAX; depth++) {
        planes += above;
        above -= n_of[depth];
        uint32_t width = max > depth ? prs_bit_width32(max - depth - 1) : 0;
        if (width == 31) width = 32;
        uint64_t bits = planes + (uint64_t)above * width;
        if (bits < least) {
            least = bits;
            plan.depth = depth;
            plan.width = width;
        }
        if (above == 0) break;
    }
    plan.len = 1 + (size_t)((least + 7) / 8);
    return plan;
}

/* Bits of the values of `of` that are above q; returns them. */
static uint64_t put_plane(const uint32_t *values, uint64_t of, uint32_t q, uint8_t *out,
                          uint64_t *bit) {
    uint64_t held = 0, bits = 0;
    uint32_t n = 0;
    for (; of != 0; of &= of - 1, n++) {
        uint32_t i = (uint32_t)__builtin_ctzll(of);
        uint64_t above = values[i] > q;
        bits |= above << n;
        held |= above << i;
    }
    prs_bits_store(out, *bit, n, bits);
    *bit += n;
    return held;
}

size_t prs_planes_encode(const uint32_t *values, uint32_t n, const prs_planes_plan *plan,
                         uint8_t *out) {
    PRS_ASSERT(n >= 1 && n <= 128 && plan->depth >= 1 && plan->depth <= PRS_PLANES_MAX);
    uint64_t low = n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1, bit = 0;
    uint64_t high = n <= 64 ? 0 : UINT64_MAX >> (128 - n);
    uint32_t width = PRS_MIN(plan->width, (uint32_t)PLANES_WIDTH_32);
    out[0] = (uint8_t)(plan->depth | width << PLANES_WIDTH_SHIFT);
    memset(out + 1, 0, plan->len - 1 + 9);
    for (uint32_t q = 1; q <= plan->depth; q++) {
        low = put_plane(values, low, q, out + 1, &bit);
        high = put_plane(values + 64, high, q, out + 1, &bit);
    }
    for (; low != 0; low &= low - 1, bit += plan->width)
        prs_bits_store(out + 1, bit, plan->width, values[__builtin_ctzll(low)] - plan->depth - 1);
    for (; high != 0; high &= high - 1, bit += plan->width)
        prs_bits_store(out + 1, bit, plan->width,
                       values[64 + __builtin_ctzll(high)] - plan->depth - 1);
    PRS_ASSERT(1 + (size_t)((bit + 7) / 8) == plan->len);
    return plan->len;
}

/* ---- reading --------------------------------------------------------------------------------- */

static uint64_t deposit(uint64_t x, uint64_t mask) {
    uint64_t out = 0;
    for (; mask != 0; mask &= mask - 1, x >>= 1)
        if ((x & 1) != 0) out |= mask & (0 - mask);
    return out;
}

static prs_planes read_scalar(const uint8_t *in, uint64_t n_bits, uint32_t n, uint32_t depth,
                              uint32_t *out) {
    uint64_t masks[PRS_PLANES_MAX + 1][2];
    PRS_PLANES_MASKS(deposit, __builtin_popcountll)
    for (uint32_t i = 0; i < 128; i++) {
        out[i] = 1;
        for (uint32_t q = 1; q <= depth; q++)
            out[i] += (uint32_t)(masks[q][i / 64] >> (i % 64) & 1);
    }
    return planes;
}

size_t prs_planes_decode(const uint8_t *in, const uint8_t *end, uint32_t n, uint32_t *out,
                         uint32_t *all) {
    switch (prs_cpu()) {
#if defined(__x86_64__)
    case PRS_CPU_AVX512: return prs_planes_decode_avx512(in, end, n, out, all);
    case PRS_CPU_AVX2: return prs_planes_decode_avx2(in, end, n, out, all);
#endif
    default: return planes_decode(in, end, n, out, all, read_scalar);
    }
}
