/* test_filter_set.c - is a filter the same kept and not kept, found again without work, and bounded
 * in bytes? */
#include "unit/search/set_world.h"

#include <stdio.h>

static char filter_json[20000], json[20000];

static prism_hits *ask(set_world *w, prism_query *query, prism_query *filter, size_t cache,
                       unsigned k, bool count) {
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.k = k;
    opts.count = count ? PRISM_COUNT_EXACT : PRISM_COUNT_NONE;
    opts.filter = filter;
    opts.filter_cache = cache;
    return kit_search(&w->k, query, &opts);
}

static void check_same(const prism_hits *a, const prism_hits *b) {
    int x, y;
    uint64_t m = prism_hits_total(a, &x), n = prism_hits_total(b, &y);
    if (x && y) ck_assert_uint_eq(m, n);
    ck_assert_uint_eq(prism_hits_count(a), prism_hits_count(b));
    for (uint32_t i = 0; i < prism_hits_count(a); i++) {
        prism_hit one, two;
        prism_hits_get(a, i, &one);
        prism_hits_get(b, i, &two);
        ck_assert_msg(one.gdoc == two.gdoc && one.raw_score == two.raw_score, "%s filtered by %s",
                      json, filter_json);
    }
}

static void check_world(uint32_t n_segments, uint64_t delete_one_in, const char *name) {
    static set_world w;
    test_rng rng = test_rng_of(name);
    set_world_make(&w, n_segments, delete_one_in, &rng);
    for (uint32_t round = 0; round < 60; round++) {
        set_expr_print(set_expr_make(&rng, round % 3), filter_json, sizeof filter_json);
        prism_query *filter = kit_query(&w.k, filter_json);
        set_expr_print(set_expr_make(&rng, round % 3), json, sizeof json);
        prism_query *query = kit_query(&w.k, json);
        unsigned k = 1 + (unsigned)test_rng_below(&rng, 300);
        bool count = test_rng_one_in(&rng, 2);
        prism_hits *plain = ask(&w, query, filter, 0, k, count);
        static const size_t caches[] = {100, 9000, 1 << 20}; /* none fits, one, all */
        size_t cache = caches[test_rng_below(&rng, PRS_COUNT(caches))];
        for (int again = 0; again < 3; again++) {
            prism_hits *kept = ask(&w, query, filter, cache, again < 2 ? k : 0, count);
            if (again < 2)
                check_same(plain, kept);
            else if (count)
                ck_assert_uint_eq(prism_hits_total(kept, NULL), prism_hits_total(plain, NULL));
            prism_hits_free(kept);
            ck_assert_uint_le(w.k.snap->cache.bytes, PRS_MAX(cache, w.k.snap->cache.bytes));
        }
        prism_hits_free(plain);
        prism_query_unref(filter);
        prism_query_unref(query);
    }
    ck_assert_uint_gt(w.k.snap->cache.bytes, 0);
    set_world_free(&w);
}

START_TEST(kept_and_not_kept_are_the_same) {
    check_world(1, 0, "filter-set");
}
END_TEST

START_TEST(over_segments_with_deletions) {
    check_world(3, 8, "filter-set-3");
}
END_TEST

/* What is found again costs no look at the filter's lists. */
START_TEST(found_again_without_work) {
    static set_world w;
    test_rng rng = test_rng_of("filter-work");
    set_world_make(&w, 1, 0, &rng);
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_query *query = kit_query(&w.k, kit_body_word("w6"));
    prism_query *filter =
        kit_query(&w.k, "{'type':'prefix','fields':{'body':1},'key':{'kind':'word','text':'w'}}");
    opts.filter = filter;
    opts.filter_cache = 1 << 20;
    opts.max_work = 12; /* enough for w6, not for the lists of all words */
    prism_hits *first = kit_search(&w.k, query, &opts);
    ck_assert_int_eq(prism_hits_stopped(first), PRISM_STOP_WORK);
    ck_assert_uint_eq(w.k.snap->cache.bytes, 0); /* half a set is not kept */
    prism_hits_free(first);
    opts.max_work = 0;
    prism_hits_free(kit_search(&w.k, query, &opts));
    ck_assert_uint_gt(w.k.snap->cache.bytes, SET_DOCS / 8);
    opts.max_work = 12;
    prism_hits *again = kit_search(&w.k, query, &opts);
    ck_assert_int_eq(prism_hits_stopped(again), PRISM_STOP_NONE);
    ck_assert_uint_gt(prism_hits_count(again), 0);
    prism_hits_free(again);
    prism_query_unref(filter);
    prism_query_unref(query);
    set_world_free(&w);
}
END_TEST

TEST_SUITE(filter_set, kept_and_not_kept_are_the_same, over_segments_with_deletions,
           found_again_without_work)
