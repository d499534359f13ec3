/* pack_scalar.c - what do the kernels of PATCHED mean?  Plain C, one lane after another: the
 * reference that the vector kernels are tested against, and what runs where there are none. */
#include "codec/bits.h"
#include "codec/pack_kernels.h"

static void pack(const uint32_t *values, uint32_t w, uint8_t *out) {
    const uint64_t mask = (UINT64_C(1) << w) - 1;
    for (uint32_t lane = 0; lane < 4; lane++) {
        uint64_t word = 0; /* bits not yet stored, fewer than 32 between rows */
        uint32_t n_bits = 0, k = 0;
        for (uint32_t row = 0; row < 32; row++) {
            word |= (values[4 * row + lane] & mask) << n_bits;
            n_bits += w;
            if (n_bits >= 32) {
                prs_store32(out + 4 * (4 * (size_t)k++ + lane), (uint32_t)word);
                word >>= 32;
                n_bits -= 32;
            }
        }
    }
}

static void unpack(const uint8_t *in, uint32_t w, uint32_t *out) {
    const uint64_t mask = (UINT64_C(1) << w) - 1;
    for (uint32_t lane = 0; lane < 4; lane++) {
        uint64_t word = 0; /* bits loaded and not yet used, fewer than w before a load */
        uint32_t n_bits = 0, k = 0;
        for (uint32_t row = 0; row < 32; row++) {
            if (n_bits < w) {
                word |= (uint64_t)prs_load32(in + 4 * (4 * (size_t)k++ + lane)) << n_bits;
                n_bits += 32;
            }
            out[4 * row + lane] = (uint32_t)(word & mask);
            word >>= w;
            n_bits -= w;
        }
    }
}

static void sum(uint32_t *values, uint32_t before) {
    for (uint32_t i = 0; i < 128; i++) {
        before += values[i] + 1;
        values[i] = before;
    }
}

static void unpack_sum(const uint8_t *in, uint32_t w, uint32_t before, uint32_t *out) {
    unpack(in, w, out);
    sum(out, before);
}

const prs_pack_kernels prs_pack_kernels_scalar = {pack, unpack, sum, unpack_sum};
