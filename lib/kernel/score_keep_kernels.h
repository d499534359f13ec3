/* score_keep_kernels.h - between score_keep.c and its loop for AVX-512. */
#ifndef PRS_KERNEL_SCORE_KEEP_KERNELS_H
#define PRS_KERNEL_SCORE_KEEP_KERNELS_H

#include "kernel/score_keep.h"

#ifdef __x86_64__
uint32_t prs_score_keep_avx512(const prs_scorer *scorer, const prs_score_floor *floor,
                               const uint32_t *docs, const uint32_t *freqs, const uint32_t *lengths,
                               uint32_t n, uint32_t *out_docs, int32_t *out_scores);
#endif

#endif
