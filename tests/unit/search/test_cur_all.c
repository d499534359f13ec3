/* test_cur_all.c - all of these and none of those, without scores: is that what is given, filled,
 * asked for and taken away? */
#include "unit/search/sieve_kit.h"

enum { MOST_PARTS = 4 };

typedef struct all_of {
    matches required[MOST_PARTS], prohibited[MOST_PARTS], all;
    uint32_t n_required, n_prohibited;
} all_of;

static all_of make_parts(uint32_t n_docs, test_rng *rng) {
    all_of p = {.n_required = 1 + (uint32_t)test_rng_below(rng, MOST_PARTS),
                .n_prohibited = (uint32_t)test_rng_below(rng, 3),
                .all = matches_new(n_docs)};
    for (uint32_t i = 0; i < p.n_required; i++) p.required[i] = sieve_matches(n_docs, rng);
    for (uint32_t i = 0; i < p.n_prohibited; i++) p.prohibited[i] = sieve_matches(n_docs, rng);
    for (uint32_t d = 0; d < n_docs; d++) {
        bool match = true;
        for (uint32_t i = 0; i < p.n_required; i++) match = match && p.required[i].score[d] >= 0;
        for (uint32_t i = 0; i < p.n_prohibited; i++) match = match && p.prohibited[i].score[d] < 0;
        if (match) p.all.score[d] = 0;
    }
    return p;
}

static void free_parts(all_of *p) {
    for (uint32_t i = 0; i < p->n_required; i++) matches_free(&p->required[i]);
    for (uint32_t i = 0; i < p->n_prohibited; i++) matches_free(&p->prohibited[i]);
    matches_free(&p->all);
}

static prs_cursor *make(stage *s, void *ctx) {
    const all_of *p = (const all_of *)ctx;
    prs_cursor *c, *required[MOST_PARTS], *prohibited[MOST_PARTS];
    for (uint32_t i = 0; i < p->n_required; i++) required[i] = sieve_fake(s, &p->required[i]);
    for (uint32_t i = 0; i < p->n_prohibited; i++) prohibited[i] = sieve_fake(s, &p->prohibited[i]);
    prs_and_parts parts = {required, NULL, prohibited, p->n_required, 0, p->n_prohibited, false};
    ck_assert_int_eq(prs_cur_all_make(&s->plan, &parts, 0, &c, NULL), PRISM_OK);
    return c;
}

START_TEST(what_all_have_and_nothing_else) {
    static const uint32_t sizes[] = {1, 63, 64, 65, 4096, 4097, 20000};
    test_rng rng = test_rng_of("cur-all");
    for (int round = 0; round < 140; round++) {
        stage s;
        stage_open(&s, sizes[round % (int)PRS_COUNT(sizes)], &rng);
        all_of p = make_parts(s.plan.n_docs, &rng);
        for (int again = 0; again < 3; again++) {
            judge_next(&s, make(&s, &p), &p.all, 0);
            judge_mixed(&s, make(&s, &p), &p.all, 0);
            judge_fill(&s, make(&s, &p), &p.all);
            judge_sift(&s, make(&s, &p), &p.all);
            stage_clear(&s);
        }
        free_parts(&p);
        stage_close(&s);
    }
}
END_TEST

START_TEST(the_rarest_leads) {
    test_rng rng = test_rng_of("cur-all-lead");
    stage s;
    stage_open(&s, 10000, &rng);
    all_of p = make_parts(10000, &rng);
    uint64_t least = UINT64_MAX;
    for (uint32_t i = 0; i < p.n_required; i++)
        least = PRS_MIN(least, sieve_fake(&s, &p.required[i])->cost);
    ck_assert_uint_eq(make(&s, &p)->cost, least);
    free_parts(&p);
    stage_close(&s);
}
END_TEST

START_TEST(errors_of_children_come_out) {
    test_rng rng = test_rng_of("cur-all-fail");
    stage s;
    stage_open(&s, 9000, &rng);
    for (int round = 0; round < 3; round++) {
        all_of p = make_parts(9000, &rng);
        judge_failing(&s, make, &p);
        free_parts(&p);
    }
    stage_close(&s);
}
END_TEST

TEST_SUITE(cur_all, what_all_have_and_nothing_else, the_rarest_leads, errors_of_children_come_out)
