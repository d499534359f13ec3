/* test_sieve.c - are windows narrowed by cursors that cannot sift, and walked where there are
 * windows only? */
#include "unit/search/sieve_kit.h"

START_TEST(any_cursor_narrows_windows) {
    static const uint32_t sizes[] = {1, 64, 4097, 30000};
    test_rng rng = test_rng_of("sieve");
    for (int round = 0; round < 60; round++) {
        stage s;
        stage_open(&s, sizes[round % (int)PRS_COUNT(sizes)], &rng);
        matches m = sieve_matches(s.plan.n_docs, &rng);
        judge_sift(&s, sieve_fake(&s, &m), &m);
        matches_free(&m);
        stage_close(&s);
    }
}
END_TEST

/* Of what `fill` gives: exactly [from, to), whatever the edges. */
START_TEST(windows_are_walked) {
    static prs_batch batch;
    static prs_scratch space;
    test_rng rng = test_rng_of("sieve-next");
    for (int round = 0; round < 300; round++) {
        stage s;
        stage_open(&s, 1 + (uint32_t)test_rng_below(&rng, 12000), &rng);
        matches m = sieve_matches(s.plan.n_docs, &rng);
        prs_cursor *c = NULL;
        while (c == NULL || c->ops->fill == NULL) c = sieve_fake(&s, &m);
        for (uint32_t from = 0, end; from < s.plan.n_docs; from = end) {
            uint32_t to = from + 1 + (uint32_t)test_rng_below(&rng, s.plan.n_docs - from);
            ck_assert_int_eq(prs_sieve_next(c, from, to, &space, &batch, NULL), PRISM_OK);
            end = batch.next;
            TEST_NEED(end > from && end <= to && batch.n <= PRS_WINDOW);
            uint32_t k = 0;
            for (uint32_t d = from; d < end; d++) {
                if (m.score[d] < 0) continue;
                TEST_NEED(k < batch.n && batch.docs[k] == d && batch.scores[k] == 0);
                k++;
            }
            TEST_NEED(k == batch.n);
        }
        matches_free(&m);
        stage_close(&s);
    }
}
END_TEST

TEST_SUITE(sieve, any_cursor_narrows_windows, windows_are_walked)
