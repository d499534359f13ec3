/* test_cur_any.c - any of these, or at least so many of them, without scores: is that what is
 * given, filled, asked for and taken away? */
#include "unit/search/sieve_kit.h"

enum { MOST_CHILDREN = 7 };

typedef struct any_of {
    matches of[MOST_CHILDREN], all;
    uint32_t n, min_match;
} any_of;

static any_of make_any(uint32_t n_docs, uint32_t min_match, test_rng *rng) {
    any_of a = {.n = min_match + (uint32_t)test_rng_below(rng, MOST_CHILDREN - min_match + 1),
                .min_match = min_match,
                .all = matches_new(n_docs)};
    for (uint32_t i = 0; i < a.n; i++) a.of[i] = sieve_matches(n_docs, rng);
    for (uint32_t d = 0; d < n_docs; d++) {
        uint32_t count = 0;
        for (uint32_t i = 0; i < a.n; i++) count += a.of[i].score[d] >= 0;
        if (count >= min_match) a.all.score[d] = 0;
    }
    return a;
}

static void free_any(any_of *a) {
    for (uint32_t i = 0; i < a->n; i++) matches_free(&a->of[i]);
    matches_free(&a->all);
}

static prs_cursor *make(stage *s, void *ctx) {
    const any_of *a = (const any_of *)ctx;
    prs_cursor *c, *children[MOST_CHILDREN];
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n; i++) children[n++] = sieve_fake(s, &a->of[i]);
    if (a->min_match == 1 && n > 2 && test_rng_one_in(s->rng, 2)) { /* any of any of */
        ck_assert_int_eq(prs_cur_any_make(&s->plan, children + 1, n - 1, 1, 1, &children[1], NULL),
                         PRISM_OK);
        n = 2;
    }
    ck_assert_int_eq(prs_cur_any_make(&s->plan, children, n, a->min_match, 0, &c, NULL), PRISM_OK);
    return c;
}

static const uint32_t sizes[] = {1, 64, 65, 4096, 4097, 20000};

static void judge_all(uint32_t min_match, const char *name) {
    test_rng rng = test_rng_of(name);
    for (int round = 0; round < 72; round++) {
        stage s;
        stage_open(&s, sizes[round % (int)PRS_COUNT(sizes)], &rng);
        any_of a = make_any(s.plan.n_docs, min_match, &rng);
        for (int again = 0; again < 3; again++) {
            judge_next(&s, make(&s, &a), &a.all, 0);
            judge_mixed(&s, make(&s, &a), &a.all, 0);
            judge_fill(&s, make(&s, &a), &a.all);
            judge_sift(&s, make(&s, &a), &a.all);
            stage_clear(&s);
        }
        free_any(&a);
        stage_close(&s);
    }
}

START_TEST(what_any_has) {
    judge_all(1, "cur-any");
}
END_TEST

START_TEST(what_at_least_two_have) {
    judge_all(2, "cur-any-2");
}
END_TEST

START_TEST(what_at_least_four_have) {
    judge_all(4, "cur-any-4");
}
END_TEST

/* Any of any of is one list of children, the largest first. */
START_TEST(children_are_taken_in) {
    test_rng rng = test_rng_of("cur-any-in");
    stage s;
    stage_open(&s, 5000, &rng);
    any_of a = make_any(5000, 1, &rng);
    while (a.n < 4) {
        free_any(&a);
        a = make_any(5000, 1, &rng);
    }
    for (int round = 0; round < 20; round++) {
        prs_cursor **children;
        uint32_t n = prs_cur_any_children(make(&s, &a), &children);
        ck_assert_uint_eq(n, a.n);
        for (uint32_t i = 1; i < n; i++) ck_assert(children[i - 1]->cost >= children[i]->cost);
    }
    free_any(&a);
    stage_close(&s);
}
END_TEST

START_TEST(errors_of_children_come_out) {
    test_rng rng = test_rng_of("cur-any-fail");
    stage s;
    stage_open(&s, 9000, &rng);
    for (uint32_t min_match = 1; min_match <= 2; min_match++) {
        any_of a = make_any(9000, min_match, &rng);
        judge_failing(&s, make, &a);
        free_any(&a);
    }
    stage_close(&s);
}
END_TEST

TEST_SUITE(cur_any, what_any_has, what_at_least_two_have, what_at_least_four_have,
           children_are_taken_in, errors_of_children_come_out)
