/* planes.h - PLANES of FORMAT.md section 7: small numbers, nearly all 1, a bit for each step.
 *
 * Pure functions on memory, identical bytes and results at every CPU level (base/cpu.h). */
#ifndef PRS_CODEC_PLANES_H
#define PRS_CODEC_PLANES_H

#include "codec/bits.h"

#define PRS_PLANES_MAX 7u

/* How numbers will be written. */
typedef struct prs_planes_plan {
    uint32_t depth, width; /* planes; bits of what is above them */
    size_t len;            /* bytes */
} prs_planes_plan;

/** The shortest way to write n = 1..128 values, each >= 1. */
prs_planes_plan prs_planes_measure(const uint32_t *values, uint32_t n);
/** Write PLANES(values) as planned for these values; returns plan->len.  out has room for it and 9
 *  bytes more, which may be overwritten. */
size_t prs_planes_encode(const uint32_t *values, uint32_t n, const prs_planes_plan *plan,
                         uint8_t *out);
/** Read n values, each >= 1; *all: all of them ored.  Returns the bytes consumed, 0 if [in, end)
 *  does not begin with valid PLANES.  May read up to 64 bytes past `end` (never interprets them).
 *  out has room for 128, all of which may be overwritten. */
size_t prs_planes_decode(const uint8_t *in, const uint8_t *end, uint32_t n, uint32_t *out,
                         uint32_t *all);

#endif
