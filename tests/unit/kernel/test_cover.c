/* test_cover.c - does a cover stand above everything that was put under it? */
#include "harness/test.h"

#include "kernel/cover.h"

static bool covers(const prs_cover *cover, uint32_t freq, uint32_t length) {
    for (uint32_t i = 0; i < cover->n; i++) {
        if (cover->pairs[i].freq >= freq && cover->pairs[i].length <= length) return true;
    }
    return false;
}

static void check_form(const prs_cover *cover) {
    ck_assert_uint_le(cover->n, PRS_COVER_PAIRS);
    for (uint32_t i = 1; i < cover->n; i++) {
        ck_assert_uint_gt(cover->pairs[i].freq, cover->pairs[i - 1].freq);
        ck_assert_uint_gt(cover->pairs[i].length, cover->pairs[i - 1].length);
    }
}

START_TEST(what_was_added_is_covered) {
    test_rng rng = test_rng_of("cover");
    for (int round = 0; round < 2000; round++) {
        prs_cover cover = {0};
        prs_impact added[40];
        uint32_t n = 1 + (uint32_t)test_rng_below(&rng, 40),
                 range = 2 + (uint32_t)test_rng_below(&rng, 200);
        for (uint32_t i = 0; i < n; i++) {
            added[i].freq = 1 + (uint32_t)test_rng_below(&rng, range);
            added[i].length = (uint32_t)test_rng_below(&rng, range);
            prs_cover_add(&cover, added[i].freq, added[i].length);
            check_form(&cover);
        }
        for (uint32_t i = 0; i < n; i++) ck_assert(covers(&cover, added[i].freq, added[i].length));
    }
}
END_TEST

START_TEST(few_pairs_are_kept_as_they_are) {
    prs_cover cover = {0};
    prs_cover_add(&cover, 3, 30);
    prs_cover_add(&cover, 1, 10);
    prs_cover_add(&cover, 2, 40); /* below (3, 30) */
    prs_cover_add(&cover, 2, 20);
    prs_cover_add(&cover, 2, 20);
    ck_assert_uint_eq(cover.n, 3);
    ck_assert_uint_eq(cover.pairs[1].freq, 2);
    ck_assert_uint_eq(cover.pairs[1].length, 20);
    prs_cover_add(&cover, 9, 5); /* above all */
    ck_assert_uint_eq(cover.n, 1);
    ck_assert_uint_eq(cover.pairs[0].freq, 9);
}
END_TEST

/* Documents that have a word in some of three fields, each with its weight. */
START_TEST(joined_fields_are_covered) {
    test_rng rng = test_rng_of("join");
    for (int round = 0; round < 500; round++) {
        prs_cover fields[3] = {{0}}, all = {0};
        prs_impact postings[3][6];
        uint32_t weights[3], n[3];
        for (int f = 0; f < 3; f++) {
            n[f] = (uint32_t)test_rng_below(&rng, 7);
            weights[f] = 1 + (uint32_t)test_rng_below(&rng, 100);
            for (uint32_t i = 0; i < n[f]; i++) {
                postings[f][i].freq = 1 + (uint32_t)test_rng_below(&rng, 50);
                postings[f][i].length = (uint32_t)test_rng_below(&rng, 500);
                prs_cover_add(&fields[f], postings[f][i].freq, postings[f][i].length);
            }
            prs_cover_join(&all, &fields[f], weights[f]);
            check_form(&all);
        }
        ck_assert_uint_eq(all.n == 0, n[0] + n[1] + n[2] == 0);
        for (int draw = 0; draw < 50; draw++) {
            uint32_t freq = 0, length = 0;
            for (int f = 0; f < 3; f++) {
                if (n[f] == 0 || test_rng_one_in(&rng, 2)) continue;
                const prs_impact *p = &postings[f][test_rng_below(&rng, n[f])];
                freq += p->freq * weights[f];
                length += p->length * weights[f];
            }
            if (freq > 0) ck_assert(covers(&all, freq, length));
        }
    }
}
END_TEST

START_TEST(bound_is_the_best_pair) {
    prs_scorer scorer = {4.0f, 0.3f, 0.001f, 1048576.0f};
    prs_cover cover = {0};
    ck_assert_int_eq(prs_cover_bound(&cover, &scorer), -1);
    prs_cover_add(&cover, 2, 100);
    prs_cover_add(&cover, 5, 4000);
    int32_t a = prs_score_one(&scorer, 2, 100), b = prs_score_one(&scorer, 5, 4000);
    ck_assert_int_eq(prs_cover_bound(&cover, &scorer), PRS_MAX(a, b));
}
END_TEST

START_TEST(sums_saturate) {
    ck_assert_uint_eq(prs_weigh_add(5, 7, 3), 26);
    ck_assert_uint_eq(prs_weigh_add(UINT32_MAX, 1, 1), UINT32_MAX);
    ck_assert_uint_eq(prs_weigh_add(0, UINT32_MAX, 100), UINT32_MAX);
}
END_TEST

TEST_SUITE(cover, what_was_added_is_covered, few_pairs_are_kept_as_they_are,
           joined_fields_are_covered, bound_is_the_best_pair, sums_saturate)
