/* test_cur_or.c - any of these, or at least so many: is nothing that counts left out, and every sum
 * right, with what extras add? */
#include "unit/search/fake_cursor.h"

#include <stdlib.h>

enum { MOST_CHILDREN = 7, MOST_EXTRAS = 3 };

typedef struct or_of {
    matches of[MOST_CHILDREN + MOST_EXTRAS], all; /* n, then n_extra */
    uint32_t n, n_extra, min_match;
    int32_t most;
} or_of;

static or_of make_or(uint32_t n_docs, uint32_t min_match, test_rng *rng) {
    static const uint64_t rarities[] = {1, 2, 6, 30, 400};
    static const int32_t mosts[] = {0, 2, 9, 40};
    or_of o = {.n = 1 + (uint32_t)test_rng_below(rng, MOST_CHILDREN),
               .min_match = min_match,
               .n_extra = (uint32_t)test_rng_below(rng, MOST_EXTRAS + 1),
               .all = matches_new(n_docs),
               .most = 1};
    for (uint32_t i = 0; i < o.n + o.n_extra; i++)
        o.of[i] = matches_random(n_docs, rarities[test_rng_below(rng, PRS_COUNT(rarities))],
                                 mosts[test_rng_below(rng, PRS_COUNT(mosts))], rng);
    for (uint32_t d = 0; d < n_docs; d++) {
        uint32_t count = 0;
        int32_t score = 0;
        for (uint32_t i = 0; i < o.n; i++) {
            count += o.of[i].score[d] >= 0;
            score += PRS_MAX(o.of[i].score[d], 0);
        }
        if (count == 0 || count < min_match) continue;
        for (uint32_t i = o.n; i < o.n + o.n_extra; i++) score += PRS_MAX(o.of[i].score[d], 0);
        o.all.score[d] = score;
        o.most = PRS_MAX(o.most, score);
    }
    return o;
}

static void free_or(or_of *o) {
    for (uint32_t i = 0; i < o->n + o->n_extra; i++) matches_free(&o->of[i]);
    matches_free(&o->all);
}

static prs_cursor *make(stage *s, void *ctx) {
    const or_of *o = (const or_of *)ctx;
    uint32_t n = o->n + o->n_extra;
    prs_cursor *c, **children = prs_arena_alloc(&s->plan.arena, n * sizeof *children);
    ck_assert_ptr_nonnull(children);
    for (uint32_t i = 0; i < n; i++) children[i] = fake_cursor(s, &o->of[i]);
    ck_assert_int_eq(prs_cur_or_make(&s->plan, children, o->n, o->n_extra, o->min_match, 0, true,
                                     &c, NULL),
                     PRISM_OK);
    return c;
}

static const uint32_t sizes[] = {1, 64, 65, 2047, 2049, 4096, 4097, 20000};

static void judge_all(uint32_t min_match, const char *name) {
    test_rng rng = test_rng_of(name);
    for (int round = 0; round < 96; round++) {
        stage s;
        stage_open(&s, sizes[round % (int)PRS_COUNT(sizes)], &rng);
        or_of o = make_or(s.plan.n_docs, min_match, &rng);
        for (int again = 0; again < 3; again++) {
            judge_next(&s, make(&s, &o), &o.all, o.most);
            judge_mixed(&s, make(&s, &o), &o.all, o.most);
            judge_fill(&s, make(&s, &o), &o.all);
            stage_clear(&s);
        }
        free_or(&o);
        stage_close(&s);
    }
}

START_TEST(what_any_has) {
    judge_all(1, "cur-or");
}
END_TEST

START_TEST(what_at_least_two_have) {
    judge_all(2, "cur-or-2");
}
END_TEST

START_TEST(what_at_least_four_have) {
    judge_all(4, "cur-or-4");
}
END_TEST

/* What one child vouches for holds for all together. */
START_TEST(primes_are_reached) {
    test_rng rng = test_rng_of("cur-or-prime");
    uint32_t known = 0;
    for (int round = 0; round < 20; round++) {
        stage s;
        stage_open(&s, 3000, &rng);
        or_of o = make_or(3000, 1, &rng);
        prs_cursor *c = make(&s, &o);
        for (uint32_t k = 1; k < 2000; k *= 5) {
            int32_t prime = c->ops->prime(c, k);
            uint32_t reach = 0;
            for (uint32_t d = 0; d < 3000; d++) reach += o.all.score[d] >= prime;
            ck_assert(prime >= 0 && (prime == 0 || reach >= k));
            known += prime > 0;
        }
        free_or(&o);
        stage_close(&s);
    }
    ck_assert_uint_gt(known, 10);
}
END_TEST

START_TEST(errors_of_children_come_out) {
    test_rng rng = test_rng_of("cur-or-fail");
    stage s;
    stage_open(&s, 9000, &rng);
    for (uint32_t min_match = 1; min_match <= 2; min_match++) {
        for (int round = 0; round < 3; round++) {
            or_of o = make_or(9000, min_match, &rng);
            judge_failing(&s, make, &o);
            free_or(&o);
        }
    }
    stage_close(&s);
}
END_TEST

TEST_SUITE(cur_or, what_any_has, what_at_least_two_have, what_at_least_four_have,
           primes_are_reached, errors_of_children_come_out)
