/* test_cur_and.c - all of these, perhaps those, none of these: is that what a conjunction gives,
 * whatever its children tell and leave out? */
#include "unit/search/fake_cursor.h"

#include <stdlib.h>

enum { MOST_PARTS = 4 };

typedef struct parts_of {
    matches required[MOST_PARTS], optional[MOST_PARTS], prohibited[MOST_PARTS], all;
    uint32_t n_required, n_optional, n_prohibited;
    int32_t most;
} parts_of;

static matches child(uint32_t n_docs, test_rng *rng) {
    static const uint64_t rarities[] = {1, 2, 2, 5, 40};
    static const int32_t mosts[] = {0, 3, 20, 20};
    return matches_random(n_docs, rarities[test_rng_below(rng, PRS_COUNT(rarities))],
                          mosts[test_rng_below(rng, PRS_COUNT(mosts))], rng);
}

static parts_of make_parts(uint32_t n_docs, test_rng *rng) {
    parts_of p = {.n_required = 1 + (uint32_t)test_rng_below(rng, MOST_PARTS),
                  .n_optional = (uint32_t)test_rng_below(rng, 3),
                  .n_prohibited = (uint32_t)test_rng_below(rng, 3),
                  .all = matches_new(n_docs),
                  .most = 1};
    for (uint32_t i = 0; i < p.n_required; i++) p.required[i] = child(n_docs, rng);
    for (uint32_t i = 0; i < p.n_optional; i++) p.optional[i] = child(n_docs, rng);
    for (uint32_t i = 0; i < p.n_prohibited; i++)
        p.prohibited[i] = matches_random(n_docs, 5, 2, rng);
    for (uint32_t d = 0; d < n_docs; d++) {
        int32_t score = 0;
        bool match = true;
        for (uint32_t i = 0; i < p.n_required; i++) {
            match = match && p.required[i].score[d] >= 0;
            score += p.required[i].score[d];
        }
        for (uint32_t i = 0; i < p.n_optional; i++) score += PRS_MAX(p.optional[i].score[d], 0);
        for (uint32_t i = 0; i < p.n_prohibited; i++) match = match && p.prohibited[i].score[d] < 0;
        p.all.score[d] = match ? score : -1;
        if (match) p.most = PRS_MAX(p.most, score);
    }
    return p;
}

static void free_parts(parts_of *p) {
    for (uint32_t i = 0; i < p->n_required; i++) matches_free(&p->required[i]);
    for (uint32_t i = 0; i < p->n_optional; i++) matches_free(&p->optional[i]);
    for (uint32_t i = 0; i < p->n_prohibited; i++) matches_free(&p->prohibited[i]);
    matches_free(&p->all);
}

static prs_cursor **fakes(stage *s, const matches *of, uint32_t n) {
    prs_cursor **made = prs_arena_alloc(&s->plan.arena, (n + 1) * sizeof *made);
    ck_assert_ptr_nonnull(made);
    for (uint32_t i = 0; i < n; i++) made[i] = fake_cursor(s, &of[i]);
    return made;
}

static prs_cursor *make(stage *s, void *ctx) {
    const parts_of *p = (const parts_of *)ctx;
    prs_and_parts parts = {fakes(s, p->required, p->n_required),
                           fakes(s, p->optional, p->n_optional),
                           fakes(s, p->prohibited, p->n_prohibited),
                           p->n_required,
                           p->n_optional,
                           p->n_prohibited,
                           p->n_optional > 0 && test_rng_one_in(s->rng, 2)};
    prs_cursor *c;
    ck_assert_int_eq(prs_cur_and_make(&s->plan, &parts, 0, true, &c, NULL), PRISM_OK);
    return c;
}

START_TEST(what_all_have_and_nothing_else) {
    static const uint32_t sizes[] = {1, 63, 64, 65, 4095, 4096, 4097, 20000};
    test_rng rng = test_rng_of("cur-and");
    for (int round = 0; round < 160; round++) {
        stage s;
        stage_open(&s, sizes[round % (int)PRS_COUNT(sizes)], &rng);
        parts_of p = make_parts(s.plan.n_docs, &rng);
        for (int again = 0; again < 3; again++) {
            judge_next(&s, make(&s, &p), &p.all, p.most);
            judge_mixed(&s, make(&s, &p), &p.all, p.most);
            judge_fill(&s, make(&s, &p), &p.all);
            stage_clear(&s);
        }
        free_parts(&p);
        stage_close(&s);
    }
}
END_TEST

/* The leader is the rarest, whether or not it scores; it is what a plan is measured by. */
START_TEST(the_rarest_leads) {
    test_rng rng = test_rng_of("cur-and-lead");
    stage s;
    stage_open(&s, 10000, &rng);
    parts_of p = {.n_required = 3};
    static const uint64_t rarities[] = {3, 50, 1};
    for (uint32_t i = 0; i < 3; i++) p.required[i] = matches_random(10000, rarities[i], 5, &rng);
    p.all = matches_new(10000);
    uint64_t least = UINT64_MAX;
    for (uint32_t i = 0; i < 3; i++) least = PRS_MIN(least, fake_cursor(&s, &p.required[i])->cost);
    ck_assert_uint_eq(make(&s, &p)->cost, least);
    free_parts(&p);
    stage_close(&s);
}
END_TEST

START_TEST(errors_of_children_come_out) {
    test_rng rng = test_rng_of("cur-and-fail");
    stage s;
    stage_open(&s, 9000, &rng);
    for (int round = 0; round < 4; round++) {
        parts_of p = make_parts(9000, &rng);
        judge_failing(&s, make, &p);
        free_parts(&p);
    }
    stage_close(&s);
}
END_TEST

TEST_SUITE(cur_and, what_all_have_and_nothing_else, the_rarest_leads, errors_of_children_come_out)
