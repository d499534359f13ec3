/* test_searcher.c - order, ties, deletions, counts and stopping, over the segments of a
 * snapshot. */
#include "unit/search/set_world.h"

#include "search/searcher.h"

#include <stdio.h>

/* Keys "0" .. of equal documents in three segments. */
static void make_ties(kit *k) {
    kit_make(k, false);
    for (unsigned d = 0; d < 30; d++) {
        char id[8];
        snprintf(id, sizeof id, "%u", d);
        kit_put_body(k, id, d % 7 == 3 ? "cat cat" : "cat dog");
        if (d == 9 || d == 19) kit_commit(k);
    }
    kit_commit(k);
    ck_assert_uint_eq(k->snap->n_leaves, 3);
}

START_TEST(equal_scores_stand_by_arrival) {
    kit k;
    make_ties(&k);
    ck_assert_str_eq(kit_keys(&k, kit_word("cat"), 8), "3 10 17 24 0 1 2 4");
    ck_assert_str_eq(kit_keys(&k, kit_word("dog"), 5), "0 1 2 4 5");
    /* A document put again arrives anew. */
    kit_put_body(&k, "1", "cat dog");
    kit_commit(&k);
    ck_assert_str_eq(kit_keys(&k, kit_word("dog"), 30),
                     "0 2 4 5 6 7 8 9 11 12 13 14 15 16 18 19 20 21 22 23 25 26 27 "
                     "28 29 1");
    kit_merge(&k);
    ck_assert_str_eq(kit_keys(&k, kit_word("dog"), 4), "0 2 4 5");
    kit_free(&k);
}
END_TEST

START_TEST(deleted_documents_are_neither_found_nor_counted) {
    kit k;
    make_ties(&k);
    kit_delete(&k, "3");
    kit_delete(&k, "0");
    kit_delete(&k, "29");
    kit_commit(&k);
    ck_assert_str_eq(kit_keys(&k, kit_word("cat"), 5), "10 17 24 1 2");
    ck_assert_uint_eq(kit_count(&k, kit_word("cat")), 27);
    ck_assert_uint_eq(kit_count(&k, "{'type':'all'}"), 27);
    kit_free(&k);
}
END_TEST

START_TEST(offset_and_k) {
    kit k;
    make_ties(&k);
    prism_query *query = kit_query(&k, kit_word("cat"));
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hit hit;
    opts.k = 3;
    opts.offset = 4;
    prism_hits *hits = kit_search(&k, query, &opts);
    ck_assert_uint_eq(prism_hits_count(hits), 3);
    prism_hits_get(hits, 0, &hit);
    ck_assert(hit.key_len == 1 && hit.key[0] == '0');
    prism_hits_free(hits);
    opts.offset = 29;
    hits = kit_search(&k, query, &opts);
    ck_assert_uint_eq(prism_hits_count(hits), 1);
    prism_hits_free(hits);
    opts.offset = 30;
    hits = kit_search(&k, query, &opts);
    ck_assert_uint_eq(prism_hits_count(hits), 0);
    prism_hits_free(hits);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

START_TEST(a_total_says_whether_it_is_exact) {
    kit k;
    int exact;
    kit_make(&k, false);
    for (unsigned d = 0; d < 5000; d++) {
        char id[8];
        snprintf(id, sizeof id, "%u", d);
        kit_put_body(&k, id, d == 7 ? "cat cat" : "cat dog");
    }
    kit_commit(&k);
    prism_query *query = kit_query(&k, kit_word("cat"));
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.k = 1;
    prism_hits *hits = kit_search(&k, query, &opts);
    ck_assert_uint_lt(prism_hits_total(hits, &exact), 5000); /* it does skip */
    ck_assert_int_eq(exact, 0);
    prism_hits_free(hits);
    opts.k = 6000;
    hits = kit_search(&k, query, &opts);
    ck_assert_uint_eq(prism_hits_total(hits, &exact), 5000);
    ck_assert_int_eq(exact, 1); /* there was always room: nothing could be skipped */
    prism_hits_free(hits);
    opts.k = 1;
    opts.count = PRISM_COUNT_EXACT;
    hits = kit_search(&k, query, &opts);
    ck_assert_uint_eq(prism_hits_total(hits, &exact), 5000);
    ck_assert_int_eq(exact, 1);
    ck_assert_int_eq(prism_hits_complete(hits), 1);
    prism_hits_free(hits);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

/* Lists promise that k documents reach a score: those of the first page, not of the second. */
START_TEST(a_page_is_not_pruned_by_the_one_before) {
    kit k;
    kit_make(&k, false);
    for (unsigned d = 0; d < 5000; d++) {
        char id[8];
        snprintf(id, sizeof id, "%u", d);
        kit_put_body(&k, id,
                     d % 500 == 7   ? "cat cat cat"
                     : d % 500 == 8 ? "cat cat dog"
                                    : "cat dog dog");
    }
    kit_commit(&k);
    prism_query *query = kit_query(&k, kit_body_word("cat"));
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    char *token = NULL;
    for (unsigned page = 0; page < 3; page++) { /* ten of each kind */
        prism_hit hit;
        opts.after = token;
        prism_hits *hits = kit_search(&k, query, &opts);
        ck_assert_uint_eq(prism_hits_count(hits), 10);
        for (uint32_t i = 0; i < 10; i++) {
            char id[8];
            prism_hits_get(hits, i, &hit);
            snprintf(id, sizeof id, "%u", page == 2 ? i + (i >= 7 ? 2u : 0u) : i * 500 + 7 + page);
            ck_assert_msg(hit.key_len == strlen(id) && memcmp(hit.key, id, hit.key_len) == 0,
                          "page %u, hit %u: %.*s, not %s", page, i, (int)hit.key_len, hit.key, id);
        }
        prism_free_text(token);
        ck_assert_int_eq(prism_hits_next(hits, 0, &token, NULL), PRISM_OK);
        prism_hits_free(hits);
    }
    prism_free_text(token);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

START_TEST(a_search_can_be_stopped) {
    kit k;
    make_ties(&k);
    prism_query *query = kit_query(&k, kit_word("cat"));
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    int stop = 1, exact;
    opts.cancel = &stop;
    opts.count = PRISM_COUNT_EXACT;
    prism_hits *hits = kit_search(&k, query, &opts);
    ck_assert_int_eq(prism_hits_complete(hits), 0);
    prism_hits_total(hits, &exact);
    ck_assert_int_eq(exact, 0);
    prism_hits_free(hits);
    stop = 0;
    hits = kit_search(&k, query, &opts);
    ck_assert_int_eq(prism_hits_complete(hits), 1);
    ck_assert_uint_eq(prism_hits_total(hits, &exact), 30);
    prism_hits_free(hits);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

START_TEST(an_empty_index_answers) {
    kit k;
    kit_make(&k, false);
    kit_commit(&k);
    ck_assert_str_eq(kit_keys(&k, kit_word("cat"), 5), "");
    ck_assert_uint_eq(kit_count(&k, "{'type':'all'}"), 0);
    kit_free(&k);
}
END_TEST

/* A second answer from statistics of before: the deletions purged by a merge change nothing. */
START_TEST(given_statistics_keep_scores_through_a_merge) {
    kit k;
    make_ties(&k);
    kit_delete(&k, "4");
    kit_commit(&k);
    prism_query *query = kit_query(&k, kit_word("dog"));
    prism_stats *stats;
    ck_assert_int_eq(prism_stats_collect(k.snap, query, &stats, NULL), PRISM_OK);
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hit a, b;
    prism_hits *before = kit_search(&k, query, &opts);
    kit_merge(&k);
    opts.stats = stats;
    prism_hits *after = kit_search(&k, query, &opts);
    for (uint32_t i = 0; i < 10; i++) {
        prism_hits_get(before, i, &a);
        prism_hits_get(after, i, &b);
        ck_assert_int_eq(a.raw_score, b.raw_score);
        ck_assert(a.key_len == b.key_len && memcmp(a.key, b.key, a.key_len) == 0);
    }
    prism_hits_free(before);
    prism_hits_free(after);
    prism_stats_free(stats);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

/* ---- threads -------------------------------------------------------------------------------- */

enum { MOST_HITS = 3000 };

typedef struct answer {
    uint64_t total;
    bool exact;
    size_t n;
    prs_top_hit hits[MOST_HITS];
} answer;

static void ask(set_world *w, const prs_search_request *request, answer *out) {
    prs_search_result result = {0};
    prs_topk_init(&result.top, &w->mem, request->k);
    ck_assert_int_eq(prs_searcher_run(request, &w->mem, &result, NULL), PRISM_OK);
    out->total = result.total;
    out->exact = result.total_exact;
    out->n = result.top.n;
    if (result.top.n > 0) memcpy(out->hits, result.top.heap, result.top.n * sizeof *out->hits);
    prs_topk_fini(&result.top);
}

static bool same_hits(const answer *a, const answer *b) {
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        const prs_top_hit *x = &a->hits[i], *y = &b->hits[i];
        if (x->score != y->score || x->leaf != y->leaf || x->doc != y->doc) return false;
    }
    return a->n == b->n;
}

/* One thread over whole segments, and several over ranges, of one segment and of five. */
static void check_threads(uint32_t n_segments, uint64_t delete_one_in, const char *name) {
    static set_world w;
    static answer one, many;
    static char json[20000];
    static const uint32_t ks[] = {0, 1, 10, 100, MOST_HITS};
    test_rng rng = test_rng_of(name);
    set_world_make(&w, n_segments, delete_one_in, &rng);
    for (uint32_t round = 0; round < 120; round++) {
        set_expr_print(set_expr_make(&rng, round % 3), json, sizeof json);
        prs_search_request request = {.snap = w.k.snap,
                                      .root = set_world_weigh(&w, json),
                                      .k = ks[test_rng_below(&rng, PRS_COUNT(ks))],
                                      .exact_count = test_rng_one_in(&rng, 2),
                                      .exhaustive = test_rng_one_in(&rng, 5),
                                      .watch = &w.watch};
        ask(&w, &request, &one);
        request.threads = 2 + (uint32_t)test_rng_below(&rng, 3);
        request.range_docs = PRS_WINDOW << test_rng_below(&rng, 3);
        ask(&w, &request, &many);
        ck_assert_msg(same_hits(&one, &many), "%u threads, k %u: %s", request.threads, request.k,
                      json);
        if (one.exact && many.exact) ck_assert_uint_eq(one.total, many.total);
        if (request.exact_count || request.k == 0) ck_assert(one.exact && many.exact);
    }
    ck_assert(!prs_watch_stopped(&w.watch));
    set_world_free(&w);
}

START_TEST(threads_change_nothing) {
    check_threads(1, 0, "threads");
}
END_TEST

START_TEST(nor_over_segments_with_deletions) {
    check_threads(5, 9, "threads-5");
}
END_TEST

START_TEST(threads_stop_and_fail_as_one_does) {
    static set_world w;
    int stop = 1;
    test_rng rng = test_rng_of("threads-stop");
    set_world_make(&w, 3, 0, &rng);
    prs_watch watch = prs_watch_of(0, &stop, 0);
    prs_search_request request = {.snap = w.k.snap,
                                  .root = set_world_weigh(&w, kit_word("w1")),
                                  .k = 10,
                                  .exact_count = true,
                                  .watch = &watch,
                                  .threads = 3,
                                  .range_docs = PRS_WINDOW};
    prs_search_result result = {0};
    prs_topk_init(&result.top, &w.mem, 10);
    ck_assert_int_eq(prs_searcher_run(&request, &w.mem, &result, NULL), PRISM_OK);
    ck_assert(!result.total_exact && watch.why == PRISM_STOP_CANCEL);
    prs_topk_fini(&result.top);
    /* Memory runs out in this thread or that: told, and nothing is left behind. */
    stop = 0;
    for (size_t limit = 1000; limit < 3000000; limit += limit / 3) {
        prism_error err = PRISM_ERROR_INIT;
        watch = prs_watch_of(0, &stop, 0);
        memset(&result, 0, sizeof result);
        size_t before = atomic_load(&w.mem.live);
        w.mem.limit = before + limit;
        prs_topk_init(&result.top, &w.mem, 10);
        prism_status status = prs_searcher_run(&request, &w.mem, &result, &err);
        ck_assert(status == PRISM_OK || (status == PRISM_ENOMEM && err.code == PRISM_ENOMEM));
        if (limit > 2000000) ck_assert_int_eq(status, PRISM_OK);
        if (limit < 30000) ck_assert_int_eq(status, PRISM_ENOMEM);
        prs_topk_fini(&result.top);
        ck_assert_uint_eq(atomic_load(&w.mem.live), before);
    }
    w.mem.limit = SIZE_MAX;
    set_world_free(&w);
}
END_TEST

TEST_SUITE(searcher, equal_scores_stand_by_arrival, deleted_documents_are_neither_found_nor_counted,
           offset_and_k, a_total_says_whether_it_is_exact, a_page_is_not_pruned_by_the_one_before,
           a_search_can_be_stopped, an_empty_index_answers,
           given_statistics_keep_scores_through_a_merge, threads_change_nothing,
           nor_over_segments_with_deletions, threads_stop_and_fail_as_one_does)
