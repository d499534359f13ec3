/* pack.h - PATCHED integers of FORMAT.md section 7: bit packing with exceptions, 128 at a time or
 * fewer.
 *
 * Pure functions on memory, identical bytes and results at every CPU level (base/cpu.h).  128
 * values are packed vertically (4 lanes, for SIMD), fewer horizontally.  Decoders take any
 * bytes. */
#ifndef PRS_CODEC_PACK_H
#define PRS_CODEC_PACK_H

#include "codec/bits.h"

#define PRS_BLOCK 128u
#define PRS_PACK_MAX_BYTES (2u + 128u * 4u) /* the best width never takes more than w = 32 does */

/* How a group will be written. */
typedef struct prs_pack_plan {
    uint32_t width, n_exceptions;
    size_t len; /* bytes of PATCHED(values) */
} prs_pack_plan;

/** The shortest way to write n values, n = 1..128. */
prs_pack_plan prs_pack_measure(const uint32_t *values, uint32_t n);
/** Write PATCHED(values) as planned for these values; returns plan->len.  out has room for it and 8
 *  bytes more, which may be overwritten. */
size_t prs_pack_encode(const uint32_t *values, uint32_t n, const prs_pack_plan *plan, uint8_t *out);
/** Read n values.  Returns the bytes consumed, 0 if [in, end) does not begin with a valid PATCHED
 *  group.  May read up to 64 bytes past `end` (never interprets them).  out has room for 128, all
 *  of which may be overwritten. */
size_t prs_pack_decode(const uint8_t *in, const uint8_t *end, uint32_t n, uint32_t *out);
/** As prs_pack_decode, then out[i] = first + sum of (out[j] + 1) for 1 <= j <= i (n = 128, value 0
 *  is ignored): documents from deltas - 1.  0 also if the documents do not ascend below 2^31. */
size_t prs_pack_decode_docs(const uint8_t *in, const uint8_t *end, uint32_t first, uint32_t *out);

#endif
