/* pack_vec.c - PATCHED kernels with the 128-bit vectors that every CPU of the target has (SSE2,
 * NEON). */
#include "codec/pack_rows.h"

const prs_pack_kernels prs_pack_kernels_vec = {pack, unpack, sum, unpack_sum};
