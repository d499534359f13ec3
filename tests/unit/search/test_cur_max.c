/* test_cur_max.c - does the best of several ways count, and only that? */
#include "unit/search/fake_cursor.h"

enum { MOST_WAYS = 4 };

typedef struct max_of {
    matches of[MOST_WAYS], all;
    uint32_t n;
    int32_t most;
} max_of;

static max_of make_max(uint32_t n_docs, test_rng *rng) {
    static const uint64_t rarities[] = {1, 3, 20, 300};
    static const int32_t mosts[] = {0, 4, 30};
    max_of m = {.n = 2 + (uint32_t)test_rng_below(rng, MOST_WAYS - 1),
                .all = matches_new(n_docs),
                .most = 1};
    for (uint32_t i = 0; i < m.n; i++) {
        m.of[i] = matches_random(n_docs, rarities[test_rng_below(rng, PRS_COUNT(rarities))],
                                 mosts[test_rng_below(rng, PRS_COUNT(mosts))], rng);
        for (uint32_t d = 0; d < n_docs; d++) {
            m.all.score[d] = PRS_MAX(m.all.score[d], m.of[i].score[d]);
            m.most = PRS_MAX(m.most, m.all.score[d]);
        }
    }
    return m;
}

static void free_max(max_of *m) {
    for (uint32_t i = 0; i < m->n; i++) matches_free(&m->of[i]);
    matches_free(&m->all);
}

static prs_cursor *make(stage *s, void *ctx) {
    const max_of *m = (const max_of *)ctx;
    prs_cursor *c, **children = prs_arena_alloc(&s->plan.arena, m->n * sizeof *children);
    ck_assert_ptr_nonnull(children);
    for (uint32_t i = 0; i < m->n; i++) children[i] = fake_cursor(s, &m->of[i]);
    ck_assert_int_eq(prs_cur_max_make(&s->plan, children, m->n, 0, true, &c, NULL), PRISM_OK);
    return c;
}

START_TEST(the_larger_score_counts) {
    static const uint32_t sizes[] = {1, 64, 65, 4095, 4096, 4097, 20000};
    test_rng rng = test_rng_of("cur-max");
    for (int round = 0; round < 105; round++) {
        stage s;
        stage_open(&s, sizes[round % (int)PRS_COUNT(sizes)], &rng);
        max_of m = make_max(s.plan.n_docs, &rng);
        for (int again = 0; again < 3; again++) {
            judge_next(&s, make(&s, &m), &m.all, m.most);
            judge_mixed(&s, make(&s, &m), &m.all, m.most);
            judge_fill(&s, make(&s, &m), &m.all);
            stage_clear(&s);
        }
        free_max(&m);
        stage_close(&s);
    }
}
END_TEST

START_TEST(errors_of_children_come_out) {
    test_rng rng = test_rng_of("cur-max-fail");
    stage s;
    stage_open(&s, 9000, &rng);
    for (int round = 0; round < 4; round++) {
        max_of m = make_max(9000, &rng);
        judge_failing(&s, make, &m);
        free_max(&m);
    }
    stage_close(&s);
}
END_TEST

TEST_SUITE(cur_max, the_larger_score_counts, errors_of_children_come_out)
