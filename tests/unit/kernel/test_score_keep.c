/* test_score_keep.c - is nobody lost who reaches a floor, and nobody kept who does not, at any
 * level of the CPU? */
#include "harness/test.h"

#include "base/cpu.h"
#include "kernel/score_keep.h"

enum { MOST = 128 };

typedef struct round {
    prs_scorer scorer;
    uint32_t n, docs[MOST + PRS_SCORE_LANES], freqs[MOST + PRS_SCORE_LANES],
        lengths[MOST + PRS_SCORE_LANES];
    int32_t times;
} round_of;

static void make_round(round_of *r, test_rng *rng) {
    memset(r, 0, sizeof *r);
    r->n = (uint32_t)test_rng_below(rng, MOST + 1);
    r->times = 1 + (int32_t)test_rng_below(rng, 3);
    bool has_lengths = !test_rng_one_in(rng, 5);
    prs_score_constants(&r->scorer, test_rng_one_in(rng, 9) ? 0.0 : 1.2, 0.75, has_lengths, 1000,
                        1000 * (1 + test_rng_below(rng, 3000)));
    r->scorer.w = (float)prs_score_idf(1000, test_rng_below(rng, 1000));
    r->scorer.scale = prs_score_scale((int)test_rng_below(rng, 25));
    uint32_t freq_bits = 33 + (uint32_t)test_rng_below(rng, 31);
    uint32_t length_bits = 32 + (uint32_t)test_rng_below(rng, 32);
    for (uint32_t i = 0; i < r->n; i++) {
        r->docs[i] = 7 * i + 1;
        r->freqs[i] = 1 + (uint32_t)(test_rng_next(rng) >> freq_bits);
        r->lengths[i] = (uint32_t)(test_rng_next(rng) >> length_bits);
    }
}

static int32_t score_of(const round_of *r, uint32_t i) {
    return prs_score_one(&r->scorer, r->freqs[i], r->lengths[i]) * r->times;
}

static void check_floor(const round_of *r, int32_t floor) {
    uint32_t docs[MOST + PRS_SCORE_LANES], m = 0;
    int32_t scores[MOST + PRS_SCORE_LANES];
    if (floor < 1) return;
    prs_score_floor of = prs_score_floor_of(&r->scorer, floor, r->times);
    uint32_t n = prs_score_keep(&r->scorer, &of, r->docs, r->freqs, r->lengths, r->n, docs, scores);
    for (uint32_t i = 0; i < r->n; i++) {
        if (score_of(r, i) < floor) continue;
        TEST_NEED(m < n && docs[m] == r->docs[i] && scores[m] == score_of(r, i));
        m++;
    }
    ck_assert_uint_eq(m, n);
}

/* Floors at the scores themselves, and beside them. */
static void check_level(prs_cpu_level level, test_rng *rng) {
    ck_assert_int_eq(prs_cpu_force(level, NULL), PRISM_OK);
    for (int k = 0; k < 400; k++) {
        round_of r;
        make_round(&r, rng);
        check_floor(&r, 1);
        check_floor(&r, INT32_MAX / 4);
        for (uint32_t i = 0; i < r.n; i += 1 + (uint32_t)test_rng_below(rng, 20)) {
            for (int32_t d = -1; d <= 1; d++) check_floor(&r, score_of(&r, i) + d);
        }
    }
    prs_cpu_unforce();
}

START_TEST(every_level_keeps_the_same) {
    test_rng rng = test_rng_of("score-keep");
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        if (prs_cpu_supports((prs_cpu_level)level)) check_level((prs_cpu_level)level, &rng);
    }
}
END_TEST

/* What the test is for: most are not divided. */
START_TEST(a_floor_asks_for_no_more_than_a_little) {
    prs_scorer scorer = {2.5f, .3f, .05f, 65536.0f};
    for (uint32_t freq = 1; freq < 9; freq++) {
        int32_t floor = prs_score_one(&scorer, freq, 20);
        float reach = prs_score_floor_of(&scorer, floor, 1).reach;
        ck_assert(scorer.c0 + scorer.c1 * 20.0f <= (float)freq * reach);
        ck_assert(scorer.c0 + scorer.c1 * 21.0f > (float)freq * reach);
    }
    ck_assert(prs_score_floor_of(&scorer, 3 * 65536, 1).reach < 0.0f);
}
END_TEST

TEST_SUITE(score_keep, every_level_keeps_the_same, a_floor_asks_for_no_more_than_a_little)
