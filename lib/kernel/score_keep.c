/* score_keep.c - which documents reach a floor, without two divisions for each?
 *
 * Structure   AVX-512   sixteen documents are divided only if one of them may reach the floor by
 *                       the test of score_keep.h, which is a multiplication
 *             others    all are scored, then picked
 * Invariants  - Rounding never loses a document: a score is rounded four times, by 2^-24 each, and
 *               to a whole number, by a half; the test is rounded four times more.  Against that
 *               stand the half that is taken off the floor and 2^-18 at each step.
 * Why so      Divisions and storing what is not kept are half of scoring a dense list, of which a
 *             document in a hundred is kept.
 * Tested by   tests/unit/kernel/test_score_keep.c, test_pruning.c, tests/diff */
#include "kernel/score_keep.h"

#include "base/cpu.h"
#include "kernel/score_keep_kernels.h"
#include "kernel/select.h"

prs_score_floor prs_score_floor_of(const prs_scorer *scorer, int32_t floor, int32_t times) {
    const double more = 1.0 + 1.0 / (1 << 18);
    double least = (double)((floor - 1) / times + 1) - 0.5; /* of one time, before it is rounded */
    double most = (double)scorer->w * (double)scorer->scale;
    double reach = (most / least * more - 1.0) * more;
    return (prs_score_floor){floor, times, reach < 0.0 ? -1.0f : (float)PRS_MIN(reach, 1e30)};
}

uint32_t prs_score_keep(const prs_scorer *scorer, const prs_score_floor *floor,
                        const uint32_t *docs, const uint32_t *freqs, const uint32_t *lengths,
                        uint32_t n, uint32_t *out_docs, int32_t *out_scores) {
    int32_t scores[128 + PRS_SCORE_LANES];
    PRS_ASSERT(n <= 128);
#ifdef __x86_64__
    if (prs_cpu() == PRS_CPU_AVX512)
        return prs_score_keep_avx512(scorer, floor, docs, freqs, lengths, n, out_docs, out_scores);
#endif
    prs_score_block(scorer, freqs, lengths, n, scores);
    for (uint32_t i = 0; floor->times != 1 && i < n; i++) scores[i] *= floor->times;
    return prs_select_floor(docs, scores, n, floor->floor, out_docs, out_scores);
}
