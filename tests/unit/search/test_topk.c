/* test_topk.c - are the k best kept, whatever the order in which they come? */
#include "harness/test.h"

#include "search/topk.h"

#include <stdlib.h>

static int better(const void *a, const void *b) {
    const prs_top_hit *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return x->arrival < y->arrival ? -1 : x->arrival > y->arrival;
}

START_TEST(the_best_in_order) {
    test_rng rng = test_rng_of("topk");
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    for (int round = 0; round < 500; round++) {
        static prs_top_hit all[400];
        uint32_t n = (uint32_t)test_rng_below(&rng, 400), k = (uint32_t)test_rng_below(&rng, 60);
        uint64_t scores = 1 + test_rng_below(&rng, 40);
        prs_topk top;
        prs_topk_init(&top, &mem, k);
        for (uint32_t i = 0; i < n; i++) {
            all[i] = (prs_top_hit){(int32_t)test_rng_below(&rng, scores), 0, i, i};
            uint32_t other = (uint32_t)test_rng_below(&rng, i + 1); /* arrivals in any order */
            uint64_t swap = all[i].arrival;
            all[i].arrival = all[other].arrival;
            all[other].arrival = swap;
        }
        for (uint32_t i = 0; i < n; i++)
            ck_assert_int_eq(prs_topk_offer(&top, all[i], NULL), PRISM_OK);
        prs_topk_sort(&top);
        qsort(all, n, sizeof all[0], better);
        ck_assert_uint_eq(top.n, PRS_MIN(n, k));
        for (uint32_t i = 0; i < top.n; i++) ck_assert_uint_eq(top.heap[i].arrival, all[i].arrival);
        prs_topk_fini(&top);
    }
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(floor_is_what_it_takes) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    prs_topk top;
    prs_topk_init(&top, &mem, 2);
    ck_assert_int_eq(prs_topk_floor(&top, true), 0);
    ck_assert_int_eq(prs_topk_offer(&top, (prs_top_hit){5, 0, 0, 10}, NULL), PRISM_OK);
    ck_assert_int_eq(prs_topk_floor(&top, true), 0); /* there is room */
    ck_assert_int_eq(prs_topk_offer(&top, (prs_top_hit){7, 0, 1, 11}, NULL), PRISM_OK);
    /* an equal one that arrived later does not get in */
    ck_assert_int_eq(prs_topk_floor(&top, true), 6);
    ck_assert_int_eq(prs_topk_floor(&top, false), 5);
    ck_assert_int_eq(prs_topk_offer(&top, (prs_top_hit){5, 0, 2, 12}, NULL), PRISM_OK);
    ck_assert_uint_eq(top.heap[0].arrival, 10);
    /* arrived earlier: in */
    ck_assert_int_eq(prs_topk_offer(&top, (prs_top_hit){5, 0, 3, 9}, NULL), PRISM_OK);
    ck_assert_uint_eq(top.heap[0].arrival, 9);
    ck_assert_uint_eq(top.last_arrival, 12);
    prs_topk_fini(&top);
    prs_topk_init(&top, &mem, 0);
    ck_assert_int_eq(prs_topk_offer(&top, (prs_top_hit){5, 0, 0, 10}, NULL), PRISM_OK);
    ck_assert_uint_eq(top.n, 0);
    prs_topk_sort(&top);
    prs_topk_fini(&top);
}
END_TEST

TEST_SUITE(topk, the_best_in_order, floor_is_what_it_takes)
