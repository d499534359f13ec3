/* pack_kernels.h - between pack.c and its kernels: what each CPU level provides for 128 values.
 *
 * The vertical layout of FORMAT.md section 7: value i lives in lane i mod 4, row i div 4; w
 * 0..32. */
#ifndef PRS_CODEC_PACK_KERNELS_H
#define PRS_CODEC_PACK_KERNELS_H

#include "base/prs.h"

typedef struct prs_pack_kernels {
    /* The low w bits of 128 values to 16 w bytes. */
    void (*pack)(const uint32_t *values, uint32_t w, uint8_t *out);
    /* And back. */
    void (*unpack)(const uint8_t *in, uint32_t w, uint32_t *out);
    /* values[i] = before + sum of (values[j] + 1) for j <= i, modulo 2^32, in place. */
    void (*sum)(uint32_t *values, uint32_t before);
    /* unpack and sum in one pass. */
    void (*unpack_sum)(const uint8_t *in, uint32_t w, uint32_t before, uint32_t *out);
} prs_pack_kernels;

extern const prs_pack_kernels prs_pack_kernels_scalar;
extern const prs_pack_kernels
    prs_pack_kernels_vec; /* the 128-bit vectors that every CPU of the target has */

#endif
