/* test_cursor.c - do documents survive the way from list to window and back? */
#include "harness/test.h"

#include "search/plan.h"

/* A cursor over a given list, a few documents a call. */
typedef struct fake {
    prs_cursor base;
    const uint32_t *docs;
    uint32_t n, at;
} fake;

static prism_status fake_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                              prs_batch *out, prism_error *err) {
    fake *f = (fake *)c;
    (void)floor;
    (void)err;
    out->n = 0;
    out->next = to;
    while (f->at < f->n && f->docs[f->at] < from) f->at++;
    for (; f->at < f->n && f->docs[f->at] < to; f->at++) {
        if (out->n == 3) {
            out->next = f->docs[f->at];
            break;
        }
        out->docs[out->n] = f->docs[f->at];
        out->scores[out->n++] = (int32_t)f->docs[f->at] % 100;
    }
    return PRISM_OK;
}

static const prs_cursor_ops fake_ops = {NULL, NULL, fake_next, NULL, NULL, NULL, NULL};

static fake fake_of(prs_plan *plan, const uint32_t *docs, uint32_t n) {
    fake f = {{.ops = &fake_ops, .plan = plan, .cost = n, .most = 99, .scored = true}, docs, n, 0};
    return f;
}

START_TEST(lists_add_up_in_a_window) {
    static prs_window window;
    static prs_batch space, out;
    static const uint32_t a[] = {100, 101, 163, 164, 4195}, b[] = {101, 102, 164, 4000};
    prs_plan plan = {.n_docs = 5000};
    fake first = fake_of(&plan, a, PRS_COUNT(a)), second = fake_of(&plan, b, PRS_COUNT(b));
    window.base = 100;
    ck_assert_int_eq(prs_cursor_accumulate(&first.base, 100, 4196, &window, &space, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prs_cursor_accumulate(&second.base, 100, 4196, &window, &space, NULL),
                     PRISM_OK);
    out.n = 0;
    prs_window_drain(&window, 2, &out);
    static const uint32_t docs[] = {101, 102, 163, 164, 4195};
    static const int32_t scores[] = {2, 2, 63, 128, 95};
    ck_assert_uint_eq(out.n, 5); /* 100 and 4000 score 0 */
    for (uint32_t i = 0; i < 5; i++) {
        ck_assert_uint_eq(out.docs[i], docs[i]);
        ck_assert_int_eq(out.scores[i], scores[i]);
    }
    for (uint32_t i = 0; i < PRS_WINDOW; i++) ck_assert_int_eq(window.slots[i], 0);
}
END_TEST

START_TEST(a_document_outside_is_an_error) {
    static prs_window window;
    static prs_batch space;
    static const uint32_t a[] = {10, 9000};
    prs_plan plan = {.n_docs = 10000};
    fake c = fake_of(&plan, a, PRS_COUNT(a));
    uint64_t words[2] = {0};
    ck_assert_int_eq(prs_cursor_accumulate(&c.base, 0, 9999, &window, &space, NULL),
                     PRISM_ECORRUPT);
    c = fake_of(&plan, a + 1, 1);
    c.at = 0;
    /* it is behind the window */
    ck_assert_int_eq(prs_cursor_fill(&c.base, 0, words, 2, &space, NULL), PRISM_OK);
    ck_assert(words[0] == 0 && words[1] == 0);
}
END_TEST

START_TEST(fill_stops_at_the_last_document) {
    static prs_batch space;
    static const uint32_t a[] = {64, 70, 99, 127};
    prs_plan plan = {.n_docs = 100};
    fake c = fake_of(&plan, a, PRS_COUNT(a));
    uint64_t words[2] = {0};
    ck_assert_int_eq(prs_cursor_fill(&c.base, 64, words, 2, &space, NULL), PRISM_OK);
    ck_assert_uint_eq(words[0], UINT64_C(1) | UINT64_C(1) << 6 | UINT64_C(1) << 35);
    ck_assert_uint_eq(words[1], 0);
}
END_TEST

/* Documents of a list, near each other or not, as those of anybody. */
START_TEST(ascending_lists_add_up) {
    static prs_window window, other;
    test_rng rng = test_rng_of("window-list");
    for (int round = 0; round < 200; round++) {
        uint32_t docs[128], n = 0, gap = 1 + (uint32_t)test_rng_below(&rng, 60);
        int32_t scores[128];
        window.base = other.base = 5000;
        for (uint32_t doc = 5000; n < 128 && doc < 5000 + PRS_WINDOW; n++) {
            docs[n] = doc;
            scores[n] = (int32_t)test_rng_below(&rng, 100);
            doc += 1 + (uint32_t)test_rng_below(&rng, gap);
        }
        ck_assert_int_eq(prs_window_add(&window, docs, scores, n, NULL), PRISM_OK);
        ck_assert_int_eq(prs_window_add_list(&other, docs, scores, n, NULL), PRISM_OK);
        ck_assert_mem_eq(window.slots, other.slots, sizeof other.slots);
        ck_assert_uint_eq(window.touched & ~other.touched, 0);
        if (round % 8 == 0) {
            memset(&window, 0, sizeof window);
            memset(&other, 0, sizeof other);
        }
    }
    uint32_t outside[2] = {4999, 5000};
    int32_t scores[2] = {1, 1};
    ck_assert_int_eq(prs_window_add_list(&other, outside, scores, 2, NULL), PRISM_ECORRUPT);
    outside[0] = 5000, outside[1] = 5000 + PRS_WINDOW;
    ck_assert_int_eq(prs_window_add_list(&other, outside, scores, 2, NULL), PRISM_ECORRUPT);
    ck_assert_int_eq(prs_window_add_list(&other, outside, scores, 0, NULL), PRISM_OK);
}
END_TEST

START_TEST(batches_are_thinned) {
    static prs_batch batch;
    static const uint8_t hit[] = {1, 0, 1, 0};
    batch.n = 4;
    for (uint32_t i = 0; i < 4; i++) {
        batch.docs[i] = i;
        batch.scores[i] = (int32_t)(10 * i);
    }
    prs_batch_keep_floor(&batch, 0);
    ck_assert_uint_eq(batch.n, 4);
    prs_batch_keep_hits(&batch, hit, 1);
    ck_assert(batch.n == 2 && batch.docs[1] == 2 && batch.scores[1] == 20);
    prs_batch_keep_floor(&batch, 20);
    ck_assert(batch.n == 1 && batch.docs[0] == 2);
    ck_assert_int_eq(prs_floor_less(10, 3), 7);
    ck_assert_int_eq(prs_floor_less(10, 10), 0);
    ck_assert_int_eq(prs_floor_less(-5, 3), 0);
}
END_TEST

TEST_SUITE(cursor, lists_add_up_in_a_window, a_document_outside_is_an_error,
           fill_stops_at_the_last_document, ascending_lists_add_up, batches_are_thinned)
