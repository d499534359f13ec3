/* test_score_block.c - do 4, 8 and 16 documents at a time score as one does? */
#include "harness/test.h"

#include "base/cpu.h"
#include "kernel/score.h"

enum { MOST = 300 };

static void check_level(prs_cpu_level level, test_rng *rng) {
    uint32_t freqs[MOST + PRS_SCORE_LANES], lengths[MOST + PRS_SCORE_LANES];
    int32_t scores[MOST + PRS_SCORE_LANES];
    ck_assert_int_eq(prs_cpu_force(level, NULL), PRISM_OK);
    for (int round = 0; round < 300; round++) {
        prs_scorer scorer;
        uint32_t n = (uint32_t)test_rng_below(rng, MOST + 1);
        prs_score_constants(&scorer, 1.2, 0.75, true, 1000, 1000 * (1 + test_rng_below(rng, 3000)));
        scorer.w = (float)prs_score_idf(1000, test_rng_below(rng, 1000));
        scorer.scale = prs_score_scale(25);
        memset(freqs, 0, sizeof freqs); /* lanes behind n may divide by 0 */
        for (uint32_t i = 0; i < n; i++) {
            freqs[i] = 1 + (uint32_t)(test_rng_next(rng) >> (33 + test_rng_below(rng, 31)));
            lengths[i] = (uint32_t)(test_rng_next(rng) >> (32 + test_rng_below(rng, 32)));
        }
        prs_score_block(&scorer, freqs, lengths, n, scores);
        for (uint32_t i = 0; i < n; i++) {
            ck_assert_msg(scores[i] == prs_score_one(&scorer, freqs[i], lengths[i]),
                          "level %s, freq %u length %u", prs_cpu_name(level), freqs[i], lengths[i]);
        }
    }
    prs_cpu_unforce();
}

START_TEST(every_level_scores_the_same) {
    test_rng rng = test_rng_of("levels");
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        if (prs_cpu_supports((prs_cpu_level)level)) check_level((prs_cpu_level)level, &rng);
    }
}
END_TEST

TEST_SUITE(score_block, every_level_scores_the_same)
