/* test_ranker.c - are ranges of documents, one after the other, the whole; and does a floor that
 * others have reached hide nobody? */
#include "unit/search/set_world.h"

#include "search/ranker.h"

enum { K = 50 };

typedef struct asking {
    set_world *w;
    prs_search_request request;
    prs_topk top;
    prs_ranker ranker;
} asking;

static void begin(asking *a, set_world *w, const char *json, bool exact, bool exhaustive) {
    memset(a, 0, sizeof *a);
    a->w = w;
    a->request = (prs_search_request){.snap = w->k.snap,
                                      .root = set_world_weigh(w, json),
                                      .k = K,
                                      .exact_count = exact,
                                      .exhaustive = exhaustive,
                                      .watch = &w->watch};
    prs_topk_init(&a->top, &w->mem, K);
    ck_assert_int_eq(prs_ranker_init(&a->ranker, &a->request, &w->watch, &a->top, &w->mem, NULL),
                     PRISM_OK);
}

static void run(asking *a, uint32_t step) {
    for (uint32_t from = 0; from < SET_DOCS; from += step) {
        uint32_t to = SET_DOCS - from > step ? from + step : SET_DOCS;
        ck_assert_int_eq(prs_ranker_run(&a->ranker, 0, from, to, NULL), PRISM_OK);
    }
    prs_topk_sort(&a->top);
}

static void end(asking *a) {
    prs_ranker_fini(&a->ranker);
    prs_topk_fini(&a->top);
}

static void check_equal(const asking *a, const asking *b, const char *json) {
    ck_assert_uint_eq(a->top.n, b->top.n);
    for (size_t i = 0; i < a->top.n; i++) {
        const prs_top_hit *x = &a->top.heap[i], *y = &b->top.heap[i];
        ck_assert_msg(x->doc == y->doc && x->score == y->score, "hit %zu of %s", i, json);
    }
}

START_TEST(ranges_are_the_whole) {
    static set_world w;
    static char json[20000];
    test_rng rng = test_rng_of("ranker");
    set_world_make(&w, 1, 11, &rng);
    for (uint32_t round = 0; round < 60; round++) {
        const set_expr *e = set_expr_make(&rng, round % 3);
        uint64_t want = 0;
        asking all, whole, parts, told;
        set_expr_print(e, json, sizeof json);
        for (uint32_t d = 0; d < SET_DOCS; d++) want += !w.deleted[d] && set_expr_is_true(&w, e, d);
        begin(&all, &w, json, true, true);
        run(&all, SET_DOCS);
        begin(&whole, &w, json, true, false);
        run(&whole, SET_DOCS);
        begin(&parts, &w, json, true, false);
        run(&parts, PRS_WINDOW);
        ck_assert_uint_eq(all.ranker.total, want);
        ck_assert_uint_eq(whole.ranker.total, want);
        ck_assert_uint_eq(parts.ranker.total, want);
        check_equal(&all, &whole, json);
        check_equal(&all, &parts, json);
        /* Others have k documents of the very score of the last hit: those may be these. */
        atomic_int reached;
        atomic_init(&reached, all.top.n == K ? all.top.heap[K - 1].score : 0);
        begin(&told, &w, json, false, false);
        told.ranker.reached = &reached;
        run(&told, 2 * PRS_WINDOW);
        check_equal(&all, &told, json);
        end(&told);
        end(&parts);
        end(&whole);
        end(&all);
    }
    set_world_free(&w);
}
END_TEST

START_TEST(what_is_reached_is_told) {
    static set_world w;
    atomic_int reached;
    test_rng rng = test_rng_of("ranker-reached");
    asking a;
    set_world_make(&w, 1, 0, &rng);
    begin(&a, &w, kit_body_word("w2"), false, false);
    atomic_init(&reached, 0);
    a.ranker.reached = &reached;
    run(&a, PRS_WINDOW);
    ck_assert_uint_eq(a.top.n, K);
    ck_assert_int_gt(atomic_load(&reached), 0);
    ck_assert_int_le(atomic_load(&reached), a.top.heap[K - 1].score);
    ck_assert(a.ranker.pruned);
    end(&a);
    set_world_free(&w);
}
END_TEST

TEST_SUITE(ranker, ranges_are_the_whole, what_is_reached_is_told)
