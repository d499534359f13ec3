/* test_topk.c - are the k best kept, whatever the order in which they come? */
#include "harness/test.h"

#include "kernel/topk.h"

#include <stdlib.h>

static int better(const void *a, const void *b) {
    const prs_top_hit *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return x->arrival < y->arrival ? -1 : x->arrival > y->arrival;
}

enum { MOST = 3000 };

/* Scores of many kinds: few different ones, spread evenly, most near each other and a few far
 * above, all of them possible. */
static int32_t some_score(test_rng *rng, uint32_t kind, uint64_t scores) {
    if (kind == 1) return (int32_t)test_rng_below(rng, 1u << 29);
    if (kind == 2 && !test_rng_one_in(rng, 20)) return 1000 + (int32_t)test_rng_below(rng, 50);
    if (kind == 2) return (int32_t)test_rng_below(rng, 1u << 30);
    return (int32_t)test_rng_below(rng, scores);
}

static void make_hits(test_rng *rng, prs_top_hit *all, uint32_t n) {
    uint64_t scores = 1 + test_rng_below(rng, 40);
    uint32_t kind = (uint32_t)test_rng_below(rng, 4);
    bool sorted = test_rng_one_in(rng, 4); /* every one better than all before */
    for (uint32_t i = 0; i < n; i++) {
        all[i] = (prs_top_hit){some_score(rng, kind, scores), 0, i, i};
        if (sorted) all[i].score = (int32_t)i * 7;
        uint32_t other = (uint32_t)test_rng_below(rng, i + 1); /* arrivals in any order */
        uint64_t swap = all[i].arrival;
        all[i].arrival = all[other].arrival;
        all[other].arrival = swap;
    }
}

/* k of those offered reach the floor. */
static void check_floor(const prs_topk *top, const prs_top_hit *all, uint32_t n) {
    int32_t floor = prs_topk_floor(top, false);
    uint32_t reach = 0;
    for (uint32_t i = 0; i < n; i++) reach += all[i].score >= floor;
    ck_assert(n < top->k ? floor == 0 : reach >= top->k);
    ck_assert_uint_eq(prs_topk_n(top), PRS_MIN(n, top->k));
}

START_TEST(the_best_in_order) {
    test_rng rng = test_rng_of("topk");
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    for (int round = 0; round < 400; round++) {
        static prs_top_hit all[MOST];
        uint32_t n = (uint32_t)test_rng_below(&rng, round % 4 != 0 ? MOST : 400);
        uint32_t k = (uint32_t)test_rng_below(&rng, round % 3 == 0 ? 60 : 1000);
        prs_topk top;
        prs_topk_init(&top, &mem, k);
        make_hits(&rng, all, n);
        for (uint32_t i = 0; i < n; i++) {
            ck_assert_int_eq(prs_topk_offer(&top, &all[i], NULL), PRISM_OK);
            if (k > 0 && test_rng_one_in(&rng, 200)) check_floor(&top, all, i + 1);
        }
        prs_topk_sort(&top);
        qsort(all, n, sizeof all[0], better);
        ck_assert_uint_eq(top.n, PRS_MIN(n, k));
        for (uint32_t i = 0; i < top.n; i++) ck_assert_uint_eq(top.heap[i].arrival, all[i].arrival);
        prs_topk_fini(&top);
    }
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

/* The floor of many hits is nearly that of all, when none is much better than the others. */
START_TEST(floor_rises) {
    test_rng rng = test_rng_of("rises");
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    prs_topk top;
    prs_topk_init(&top, &mem, 1000);
    for (uint32_t i = 0; i < 100000; i++) {
        prs_top_hit hit = {(int32_t)test_rng_below(&rng, 1000000), 0, i, i};
        ck_assert_int_eq(prs_topk_offer(&top, &hit, NULL), PRISM_OK);
    }
    ck_assert_int_gt(prs_topk_floor(&top, false), 980000); /* the k-th is at about 990000 */
    ck_assert_uint_le(top.cap, 2000);
    prs_topk_fini(&top);
}
END_TEST

START_TEST(floor_is_what_it_takes) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    prs_topk top;
    prs_topk_init(&top, &mem, 2);
    ck_assert_int_eq(prs_topk_floor(&top, true), 0);
    ck_assert_int_eq(prs_topk_offer(&top, &(prs_top_hit){5, 0, 0, 10}, NULL), PRISM_OK);
    ck_assert_int_eq(prs_topk_floor(&top, true), 0); /* there is room */
    ck_assert_int_eq(prs_topk_offer(&top, &(prs_top_hit){7, 0, 1, 11}, NULL), PRISM_OK);
    /* an equal one that arrived later does not get in */
    ck_assert_int_eq(prs_topk_floor(&top, true), 6);
    ck_assert_int_eq(prs_topk_floor(&top, false), 5);
    ck_assert_int_eq(prs_topk_offer(&top, &(prs_top_hit){5, 0, 2, 12}, NULL), PRISM_OK);
    ck_assert_uint_eq(top.heap[0].arrival, 10);
    /* arrived earlier: in */
    ck_assert_int_eq(prs_topk_offer(&top, &(prs_top_hit){5, 0, 3, 9}, NULL), PRISM_OK);
    ck_assert_uint_eq(top.heap[0].arrival, 9);
    ck_assert_uint_eq(top.last_arrival, 12);
    prs_topk_fini(&top);
    prs_topk_init(&top, &mem, 0);
    ck_assert_int_eq(prs_topk_offer(&top, &(prs_top_hit){5, 0, 0, 10}, NULL), PRISM_OK);
    ck_assert_uint_eq(top.n, 0);
    prs_topk_sort(&top);
    prs_topk_fini(&top);
}
END_TEST

TEST_SUITE(topk, the_best_in_order, floor_rises, floor_is_what_it_takes)
