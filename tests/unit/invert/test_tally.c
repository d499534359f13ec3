/* test_tally.c - do the counts follow from the documents alone, however early marks come, and is
 * the estimate near what it stands for? */
#include "harness/test.h"

#include "invert/tally.h"

enum { STEPS = 5000 };

/* Marks that come as late as they may, or at once: the same answers. */
START_TEST(marks_count_when_their_batch_leaves) {
    prs_tally early, late;
    test_rng rng = test_rng_of("tally");
    prs_tally_mark now = {0};
    prs_tally_mark queue[PRS_TALLY_BATCHES];
    uint32_t n_queue = 0;
    prs_tally_init(&early, 16 << 20, 0);
    prs_tally_init(&late, 16 << 20, 0);
    for (uint32_t i = 0; i < STEPS; i++) {
        uint64_t text = test_rng_below(&rng, 9000), values = 1 + test_rng_below(&rng, 5);
        prs_tally_add(&early, text, values);
        prs_tally_add(&late, text, values);
        now.stream_bytes += text * 3;
        now.most_ids += text;
        if (prs_tally_batch_is_full(&early)) {
            while (prs_tally_must_leave(&early)) {
                ck_assert(prs_tally_must_leave(&late));
                while (!prs_tally_can_leave(&late)) {
                    prs_tally_mark_next(&late, &queue[0]);
                    memmove(queue, queue + 1, --n_queue * sizeof *queue);
                }
                prs_tally_leave(&early);
                prs_tally_leave(&late);
            }
            ck_assert(!prs_tally_must_leave(&late));
            prs_tally_close(&early);
            prs_tally_mark_next(&early, &now);
            prs_tally_close(&late);
            queue[n_queue++] = now;
        }
        ck_assert_uint_eq(prs_tally_stream_bytes(&early), prs_tally_stream_bytes(&late));
        ck_assert_uint_eq(prs_tally_ids(&early), prs_tally_ids(&late));
        ck_assert_uint_eq(prs_tally_places(&early), prs_tally_places(&late));
        ck_assert_uint_eq(prs_tally_lexicon_weight(&early), prs_tally_lexicon_weight(&late));
        uint64_t told = prs_tally_stream_bytes(&early); /* off by the window at most */
        ck_assert_uint_ge(told + early.window_text + early.batch_text + 9000, now.stream_bytes);
        ck_assert_uint_le(told, now.stream_bytes + early.n_values * 24);
    }
}
END_TEST

START_TEST(a_reset_knows_all) {
    prs_tally tally;
    prs_tally_mark mark = {100, 20, 30, 40};
    prs_tally_init(&tally, 256 << 20, 0);
    prs_tally_add(&tally, 1000, 1);
    ck_assert(prs_tally_has_texts(&tally));
    ck_assert(!prs_tally_is_open_empty(&tally));
    prs_tally_reset(&tally, &mark);
    ck_assert(!prs_tally_has_texts(&tally));
    ck_assert(prs_tally_is_open_empty(&tally));
    ck_assert_uint_eq(prs_tally_stream_bytes(&tally), 100);
    ck_assert_uint_eq(prs_tally_ids(&tally), 20);
    ck_assert_uint_eq(prs_tally_places(&tally), 30);
    ck_assert_uint_eq(prs_tally_lexicon_weight(&tally), 40);
}
END_TEST

START_TEST(sizes_follow_the_budget) {
    prs_tally tally;
    prs_tally_init(&tally, 16 << 20, 0);
    ck_assert(!prs_tally_is_large(&tally, 100000, 1));
    ck_assert(prs_tally_is_large(&tally, 140000, 1));
    ck_assert(prs_tally_is_large(&tally, 0, 2000)); /* positions between values count too */
    prs_tally_init(&tally, (size_t)4 << 30, 0);
    ck_assert(!prs_tally_is_large(&tally, 2000000, 1));
    ck_assert(prs_tally_is_large(&tally, 3000000, 1)); /* far below PRISM_MAX_DOC_TOKENS */
    prs_tally_init(&tally, 16 << 20, 5);
    prs_tally_add(&tally, 5, 1);
    ck_assert(prs_tally_batch_is_full(&tally));
}
END_TEST

TEST_SUITE(tally, marks_count_when_their_batch_leaves, a_reset_knows_all, sizes_follow_the_budget)
