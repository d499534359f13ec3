/* score_kernel.h - the loop of prs_score_block, written once; each including file is one vector
 * width.
 *
 * Define PRS_SCORE_KERNEL (the function's name) and PRS_SCORE_BYTES (16, 32 or 64) before
 * including.
 * Conversions, division and comparison round per lane as the scalar operations do, so the width
 * cannot show in a result. */
#ifndef PRS_SCORE_KERNEL
#error "define PRS_SCORE_KERNEL and PRS_SCORE_BYTES"
#endif

#include "kernel/score.h"

typedef float prs_score_f32 __attribute__((vector_size(PRS_SCORE_BYTES)));
typedef uint32_t prs_score_u32 __attribute__((vector_size(PRS_SCORE_BYTES)));
typedef int32_t prs_score_i32 __attribute__((vector_size(PRS_SCORE_BYTES)));

void PRS_SCORE_KERNEL(const prs_scorer *scorer, const uint32_t *freqs, const uint32_t *lengths,
                      uint32_t n, int32_t *scores);

void PRS_SCORE_KERNEL(const prs_scorer *scorer, const uint32_t *freqs, const uint32_t *lengths,
                      uint32_t n, int32_t *scores) {
    const prs_score_f32 zero = {0};
    const prs_score_f32 w = zero + scorer->w, c0 = zero + scorer->c0, c1 = zero + scorer->c1;
    const prs_score_f32 scale = zero + scorer->scale;
    for (uint32_t i = 0; i < n; i += PRS_SCORE_BYTES / 4) {
        prs_score_u32 freq, length;
        memcpy(&freq, freqs + i, sizeof freq);
        memcpy(&length, lengths + i, sizeof length);
        prs_score_f32 norm = c0 + c1 * __builtin_convertvector(length, prs_score_f32);
        prs_score_f32 y = norm / __builtin_convertvector(freq, prs_score_f32);
        prs_score_f32 x = w / (1.0f + y);
        prs_score_i32 units = __builtin_convertvector(x * scale + 0.5f, prs_score_i32);
        memcpy(scores + i, &units, sizeof units);
    }
}
