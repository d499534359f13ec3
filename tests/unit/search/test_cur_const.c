/* test_cur_const.c - is one score given to all documents of a child, or of the segment, and none
 * once the floor is above it? */
#include "unit/search/fake_cursor.h"

typedef struct const_of {
    const matches *child; /* NULL: all documents */
    matches all;
    int32_t units;
    bool scored;
} const_of;

static const_of make_const(uint32_t n_docs, const matches *child, int32_t units, bool scored) {
    const_of k = {child, matches_new(n_docs), units, scored};
    for (uint32_t d = 0; d < n_docs; d++)
        k.all.score[d] = child != NULL && child->score[d] < 0 ? -1 : scored ? units : 0;
    return k;
}

static prs_cursor *make(stage *s, void *ctx) {
    const const_of *k = (const const_of *)ctx;
    prs_cursor *c, *child = k->child == NULL ? NULL : fake_cursor(s, k->child);
    ck_assert_int_eq(prs_cur_const_make(&s->plan, child, k->units, 0, k->scored, &c, NULL),
                     PRISM_OK);
    return c;
}

START_TEST(one_score_for_all) {
    static const uint32_t sizes[] = {1, 63, 64, 65, 4095, 4096, 4097, 12345};
    test_rng rng = test_rng_of("cur-const");
    for (int round = 0; round < 32; round++) {
        stage s;
        uint32_t n_docs = sizes[round % (int)PRS_COUNT(sizes)];
        stage_open(&s, n_docs, &rng);
        matches child = matches_random(n_docs, 1 + test_rng_below(&rng, 30), 0, &rng);
        int32_t units = (int32_t)test_rng_below(&rng, 20);
        const_of k = make_const(n_docs, round % 2 == 0 ? NULL : &child, units, round % 3 != 0);
        for (int again = 0; again < 3; again++) {
            judge_next(&s, make(&s, &k), &k.all, 20);
            judge_mixed(&s, make(&s, &k), &k.all, 20);
            judge_fill(&s, make(&s, &k), &k.all);
            stage_clear(&s);
        }
        matches_free(&k.all);
        matches_free(&child);
        stage_close(&s);
    }
}
END_TEST

/* Above its score a constant has nothing to offer, and says so at once. */
START_TEST(a_floor_above_the_score_ends_it) {
    test_rng rng = test_rng_of("cur-const-floor");
    static prs_batch batch;
    stage s;
    stage_open(&s, 100000, &rng);
    const_of k = make_const(100000, NULL, 7, true);
    prs_cursor *c = make(&s, &k);
    ck_assert_int_eq(c->ops->next(c, 0, 100000, 8, &batch, NULL), PRISM_OK);
    ck_assert(batch.n == 0 && batch.next == 100000);
    c = make(&s, &k);
    ck_assert_int_eq(c->ops->next(c, 0, 100000, 7, &batch, NULL), PRISM_OK);
    ck_assert(batch.n == PRS_WINDOW && batch.next == PRS_WINDOW);
    uint32_t doc;
    ck_assert_int_eq(c->ops->peek(c, 99999, &doc, NULL), PRISM_OK);
    ck_assert_uint_eq(doc, 99999);
    ck_assert_int_eq(c->ops->peek(c, 100000, &doc, NULL), PRISM_OK);
    ck_assert_uint_eq(doc, PRS_DOC_END);
    ck_assert_uint_eq(c->cost, 100000);
    matches_free(&k.all);
    stage_close(&s);
}
END_TEST

START_TEST(errors_come_out) {
    test_rng rng = test_rng_of("cur-const-fail");
    stage s;
    stage_open(&s, 5000, &rng);
    matches child = matches_random(5000, 3, 0, &rng);
    const_of k = make_const(5000, &child, 4, true), all = make_const(5000, NULL, 4, true);
    judge_failing(&s, make, &k);
    judge_failing(&s, make, &all);
    matches_free(&k.all);
    matches_free(&all.all);
    matches_free(&child);
    stage_close(&s);
}
END_TEST

TEST_SUITE(cur_const, one_score_for_all, a_floor_above_the_score_ends_it, errors_come_out)
