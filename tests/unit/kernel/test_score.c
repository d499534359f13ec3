/* test_score.c - is the arithmetic that of FORMAT.md, to the bit, and monotone?
 *
 * The bit patterns were computed by a separate program from the formulas of section 17, rounding
 * every float operation by hand. */
#include "harness/test.h"

#include "kernel/score.h"

#include <math.h>

static uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

START_TEST(ln_is_the_series) {
    static const struct {
        double x;
        uint64_t bits;
    } cases[] = {{1.0, 0},
                 {1.5, 0x3fd9f323ecbf984c},
                 {2.0, 0x3fe62e42fefa39ef},
                 {0x1.921fb54442d18p+1, 0x3ff250d048e7a1bd},
                 {10.0, 0x40026bb1bbb55515}, /* libm: one unit more */
                 {1e6, 0x402ba18a998fffa0},
                 {0x1.000000006df38p+0, 0x3ddb7cdffffa18d8},
                 {0x1.6a09e667f3bcdp+0, 0x3fd62e42fefa39f0},
                 {0x1.6a09e667f3bccp+0, 0x3fd62e42fefa39ed}};
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        ck_assert_msg(bits_of(prs_score_ln(cases[i].x)) == cases[i].bits, "ln(%a)", cases[i].x);
    }
}
END_TEST

START_TEST(ln_is_near_the_logarithm) {
    test_rng rng = test_rng_of("ln");
    for (int i = 0; i < 20000; i++) {
        double x =
            1.0 + ldexp((double)(test_rng_next(&rng) >> 12), (int)test_rng_below(&rng, 90) - 80);
        double error = fabs(prs_score_ln(x) - log(x));
        ck_assert_msg(error <= 4e-16 * log(x) + 3e-16, "ln(%a) is off by %g", x, error);
    }
}
END_TEST

START_TEST(idf_is_exact) {
    ck_assert_uint_eq(bits_of(prs_score_idf(1, 1)), 0x3fd269621134db92);
    ck_assert_uint_eq(bits_of(prs_score_idf(10, 3)), 0x3ff2527640493137);
    ck_assert_uint_eq(bits_of(prs_score_idf(123224, 1)), 0x4026a1f25a17e0ed);
    ck_assert_uint_eq(bits_of(prs_score_idf(123224, 61612)), 0x3fe62e42fefa39ef);
    ck_assert_uint_eq(bits_of(prs_score_idf(123224, 123224)), 0x3ed104d7dad6479c);
    ck_assert_uint_eq(bits_of(prs_score_idf(UINT64_C(1) << 40, 7)), 0x4039b6030f86f236);
    /* A damaged index may say that more documents have the word than there are. */
    ck_assert_uint_eq(bits_of(prs_score_idf(10, 12)), bits_of(prs_score_idf(10, 10)));
}
END_TEST

START_TEST(shift_fills_29_bits) {
    static const struct {
        double total;
        int shift;
    } cases[] = {{0.0, 40},        {1e-6, 40},        {1.0, 28},
                 {536870911.9, 0}, {536870912.0, -1}, {0x1p48, -20}};
    prism_status status;
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        ck_assert_int_eq(prs_score_shift(cases[i].total, &status), cases[i].shift);
        ck_assert_int_eq(status, PRISM_OK);
    }
    prs_score_shift(0x1p49, &status);
    ck_assert_int_eq(status, PRISM_ELIMIT);
    prs_score_shift((double)INFINITY, &status);
    ck_assert_int_eq(status, PRISM_ELIMIT);
    prs_score_shift((double)NAN, &status);
    ck_assert_int_eq(status, PRISM_ELIMIT);
    for (int s = -40; s <= 40; s++) ck_assert(prs_score_scale(s) == (float)ldexp(1.0, s));
}
END_TEST

/* The leaf of the vectors: N = 123224, T = 61000000, df = 912, k1 = 1.2, b = 0.75. */
static prs_scorer vector_scorer(void) {
    prs_scorer scorer;
    prs_score_constants(&scorer, 1.2, 0.75, true, 123224, 61000000);
    scorer.w = (float)prs_score_idf(123224, 912);
    scorer.scale = prs_score_scale(26);
    return scorer;
}

START_TEST(contribution_is_exact) {
    static const struct {
        uint32_t freq, length;
        int32_t score;
    } cases[] = {{1, 1, 252883120},       {1, 500, 149028272},
                 {3, 500, 234644016},     {7, 12345, 77476456},
                 {1000, 1000, 328512000}, {UINT32_MAX, UINT32_MAX, 328610400},
                 {1, UINT32_MAX, 42},     {16777217, 33554435, 328015136}};
    prs_scorer scorer = vector_scorer();
    ck_assert(scorer.w == 0x1.39f502p+2f && scorer.c0 == 0x1.333334p-2f &&
              scorer.c1 == 0x1.dc97ep-10f);
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        ck_assert_int_eq(prs_score_one(&scorer, cases[i].freq, cases[i].length), cases[i].score);
    }
}
END_TEST

START_TEST(constants_without_lengths) {
    prs_scorer scorer;
    prs_score_constants(&scorer, 1.2, 0.75, false, 100, 0);
    ck_assert(scorer.c0 == 1.2f && scorer.c1 == 0.0f);
    /* lengths, but nothing is longer than 0 */
    prs_score_constants(&scorer, 1.2, 0.75, true, 100, 0);
    ck_assert(scorer.c0 == 0x1.333334p-2f && scorer.c1 == 0.0f);
}
END_TEST

/* Numbers of every size, and the neighbours of powers of two. */
static uint32_t any_size(test_rng *rng) {
    uint32_t v = (uint32_t)(test_rng_next(rng) >> (32 + test_rng_below(rng, 32)));
    if (test_rng_one_in(rng, 3))
        v = (UINT32_C(1) << test_rng_below(rng, 32)) + (uint32_t)test_rng_below(rng, 3) - 1;
    return v;
}

static prs_scorer any_scorer(test_rng *rng) {
    static const double k1s[] = {0.0, 0.5, 0.9, 1.2, 2.0, 100.0}, bs[] = {0.0, 0.4, 0.75, 1.0};
    prs_scorer scorer;
    prism_status status;
    uint64_t n = 1 + any_size(rng), tokens = n * (1 + test_rng_below(rng, 2000));
    prs_score_constants(&scorer, k1s[test_rng_below(rng, 6)], bs[test_rng_below(rng, 4)], true, n,
                        tokens);
    scorer.w = (float)(prs_score_idf(n, test_rng_below(rng, n + 1)) *
                       ldexp(1.0, (int)test_rng_below(rng, 20) - 10));
    scorer.scale = prs_score_scale(
        prs_score_shift((double)scorer.w * (double)(1 + test_rng_below(rng, 9)), &status));
    return scorer;
}

START_TEST(contribution_is_monotone) {
    test_rng rng = test_rng_of("monotone");
    for (int i = 0; i < 300000; i++) {
        prs_scorer scorer = any_scorer(&rng);
        uint32_t freq = any_size(&rng), more = any_size(&rng), length = any_size(&rng),
                 shorter = any_size(&rng);
        freq = PRS_MAX(freq, 1);
        more = PRS_MAX(freq, more);
        shorter = PRS_MIN(length, shorter);
        if (test_rng_one_in(&rng, 2)) more = freq + (freq < UINT32_MAX);
        if (test_rng_one_in(&rng, 2)) shorter = length - (length > 0);
        int32_t score = prs_score_one(&scorer, freq, length);
        ck_assert_int_ge(score, 0);
        ck_assert_int_le(score, 1 << 29);
        ck_assert_int_ge(prs_score_one(&scorer, more, length), score);
        ck_assert_int_ge(prs_score_one(&scorer, freq, shorter), score);
        ck_assert_int_ge(prs_score_one(&scorer, more, shorter), score);
    }
}
END_TEST

/* Neighbouring values, where a rounding step could turn the order: every freq around every power of
 * two. */
START_TEST(contribution_is_monotone_step_by_step) {
    prs_scorer scorer = vector_scorer();
    for (uint32_t bit = 1; bit < 32; bit++) {
        uint32_t middle = UINT32_C(1) << bit, from = middle > 300 ? middle - 300 : 1;
        for (uint32_t v = from; v < middle + 300; v++) {
            ck_assert_int_ge(prs_score_one(&scorer, v + 1, 500), prs_score_one(&scorer, v, 500));
            ck_assert_int_le(prs_score_one(&scorer, 3, v + 1), prs_score_one(&scorer, 3, v));
        }
    }
}
END_TEST

TEST_SUITE(score, ln_is_the_series, ln_is_near_the_logarithm, idf_is_exact, shift_fills_29_bits,
           contribution_is_exact, constants_without_lengths, contribution_is_monotone,
           contribution_is_monotone_step_by_step)
