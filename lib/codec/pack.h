/* pack.h - PATCHED integers of FORMAT.md section 7: bit packing with exceptions, 128 at a time or fewer.
 *
 * Pure functions on memory.  Kernels exist scalar and SIMD with identical bytes and results; the
 * table is chosen once by base/cpu and can be forced (tests, --cpu). */
#ifndef PRS_CODEC_PACK_H
#define PRS_CODEC_PACK_H

#include "base/prs.h"

#define PRS_BLOCK 128u
#define PRS_PACK_MAX_BYTES (2u + 128u * 4u + 128u * 6u) /* upper bound of one PATCHED group of 128 */

/** Bytes PATCHED(values) takes with the best width, which is stored in *width.  n = 1..128. */
size_t prs_pack_measure(const uint32_t *values, uint32_t n, uint32_t *width);
/** Write PATCHED(values); out has room for PRS_PACK_MAX_BYTES.  Returns bytes written. */
size_t prs_pack_encode(const uint32_t *values, uint32_t n, uint8_t *out);
/** Read n values.  Returns bytes consumed, 0 if the bytes are not a valid PATCHED group within
 *  [in, end).  May read up to 64 bytes past `end` (never interprets them).  out has room for 128. */
size_t prs_pack_decode(const uint8_t *in, const uint8_t *end, uint32_t n, uint32_t *out);

/** Bit arrays: value of w bits (0..57 for load, 0..64 for store) at bit offset `bit`, low bit first.
 *  prs_bits_load reads 8 bytes at byte bit/8: the caller guarantees them (64 bytes of padding). */
static inline uint64_t prs_bits_load(const uint8_t *base, uint64_t bit, uint32_t w) {
    uint64_t word = prs_load64(base + (bit >> 3)) >> (bit & 7);
    return w == 0 ? 0 : word & (~UINT64_C(0) >> (64 - w));
}

/** Kernel level: "scalar", "sse42", "avx2", "avx512", "neon"; EUNSUPPORTED if the CPU or build lacks it. */
prism_status prs_pack_force(const char *level, prism_error *err);
const char *prs_pack_level(void);

#endif
