/* test_searcher.c - order, ties, deletions, counts and stopping, over the segments of a
 * snapshot. */
#include "unit/search/kit.h"

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

TEST_SUITE(searcher, equal_scores_stand_by_arrival, deleted_documents_are_neither_found_nor_counted,
           offset_and_k, a_total_says_whether_it_is_exact, a_page_is_not_pruned_by_the_one_before,
           a_search_can_be_stopped, an_empty_index_answers,
           given_statistics_keep_scores_through_a_merge)
