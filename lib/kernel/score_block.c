/* score_block.c - how are 128 documents scored without 128 separate divisions? */
#define PRS_SCORE_KERNEL prs_score_block_base
#define PRS_SCORE_BYTES 16
#include "kernel/score_kernel.h"

#include "base/cpu.h"

void prs_score_block_avx2(const prs_scorer *scorer, const uint32_t *freqs, const uint32_t *lengths,
                          uint32_t n, int32_t *scores);
void prs_score_block_avx512(const prs_scorer *scorer, const uint32_t *freqs,
                            const uint32_t *lengths, uint32_t n, int32_t *scores);

static void score_scalar(const prs_scorer *scorer, const uint32_t *freqs, const uint32_t *lengths,
                         uint32_t n, int32_t *scores) {
    for (uint32_t i = 0; i < n; i++) scores[i] = prs_score_one(scorer, freqs[i], lengths[i]);
}

void prs_score_block(const prs_scorer *scorer, const uint32_t *freqs, const uint32_t *lengths,
                     uint32_t n, int32_t *scores) {
    switch (prs_cpu()) {
#ifdef __x86_64__
    case PRS_CPU_AVX512: prs_score_block_avx512(scorer, freqs, lengths, n, scores); return;
    case PRS_CPU_AVX2: prs_score_block_avx2(scorer, freqs, lengths, n, scores); return;
#endif
    case PRS_CPU_SCALAR: score_scalar(scorer, freqs, lengths, n, scores); return;
    default: prs_score_block_base(scorer, freqs, lengths, n, scores); return;
    }
}
