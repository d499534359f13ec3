/* test_sorter.c - are the first k in an order found, over segments, with deletions, when memory
 * ends or the search is stopped? */
#include "harness/search_kit.h"

#include "search/sorter.h"

#include <stdio.h>

/* Keys of the hits in an order, behind a token, of which *next becomes the one behind them. */
static const char *sorted(const kit *k, const char *sort, uint32_t n, char **next) {
    static char out[1024];
    size_t len = 0;
    prism_query *query = kit_query(k, "{'type':'all'}");
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.k = n;
    opts.sort = sort;
    opts.after = next != NULL ? *next : NULL;
    prism_hits *hits = kit_search(k, query, &opts);
    out[0] = '\0';
    for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
        prism_hit hit;
        prism_hits_get(hits, i, &hit);
        len += (size_t)snprintf(out + len, sizeof out - len, "%s%.*s", i == 0 ? "" : " ",
                                (int)hit.key_len, hit.key);
    }
    int exact;
    ck_assert_uint_eq(prism_hits_total(hits, &exact), prism_snapshot_documents(k->snap));
    ck_assert_int_eq(exact, 1);
    if (next != NULL) {
        prism_free_text(*next);
        ck_assert_int_eq(prism_hits_next(hits, 0, next, NULL), PRISM_OK);
    }
    prism_hits_free(hits);
    prism_query_unref(query);
    return out;
}

static void make_values(kit *k) {
    kit_make(k, false);
    kit_put(k, "{\"id\":\"a\",\"n\":5,\"many\":[1,9],\"tag\":\"x\"}");
    kit_put(k, "{\"id\":\"b\",\"n\":-3,\"many\":[2],\"tag\":\"Y\"}");
    kit_put(k, "{\"id\":\"gone\",\"n\":4}");
    kit_commit(k);
    kit_put(k, "{\"id\":\"c\",\"tag\":\"xa\"}");
    kit_put(k, "{\"id\":\"d\",\"n\":5,\"many\":[3,4],\"tag\":\"x\"}");
    kit_delete(k, "gone");
    kit_commit(k);
    kit_put(k, "{\"id\":\"e\"}"); /* a segment without any of the columns */
    kit_commit(k);
    ck_assert_uint_eq(k->snap->n_leaves, 3);
}

START_TEST(orders_over_segments) {
    static const char *const cases[][2] = {{"n", "b a d c e"},
                                           {"n:desc", "a d b c e"},
                                           {"many", "a b d c e"},
                                           {"many:desc", "a d b c e"},
                                           {"tag", "b a d c e"},
                                           {"tag:desc", "c a d b e"},
                                           {"n:desc,many", "a d b c e"},
                                           {"tag,n:desc,_arrival:desc", "b d a c e"},
                                           {"_arrival:desc", "e d c b a"}};
    kit k;
    make_values(&k);
    for (int merged = 0; merged < 2; merged++) {
        for (size_t i = 0; i < PRS_COUNT(cases); i++) {
            ck_assert_msg(strcmp(sorted(&k, cases[i][0], 9, NULL), cases[i][1]) == 0, "%s: %s",
                          cases[i][0], sorted(&k, cases[i][0], 9, NULL));
            char first_two[8];
            snprintf(first_two, sizeof first_two, "%.3s", cases[i][1]);
            ck_assert_str_eq(sorted(&k, cases[i][0], 2, NULL), first_two);
        }
        kit_merge(&k);
    }
    kit_free(&k);
}
END_TEST

START_TEST(pages_go_on_where_the_last_one_ended) {
    kit k;
    char *next = NULL;
    make_values(&k);
    ck_assert_str_eq(sorted(&k, "tag:desc", 2, &next), "c a");
    ck_assert_str_eq(sorted(&k, "tag:desc", 2, &next), "d b");
    /* what comes in between takes its place; here before, behind, and with an equal value */
    kit_put(&k, "{\"id\":\"f\",\"tag\":\"zzz\"}");
    kit_put(&k, "{\"id\":\"g\",\"tag\":\"A\"}");
    kit_put(&k, "{\"id\":\"h\",\"tag\":\"Y\"}");
    kit_commit(&k);
    ck_assert_str_eq(sorted(&k, "tag:desc", 2, &next), "h g");
    ck_assert_ptr_nonnull(next);
    ck_assert_str_eq(sorted(&k, "tag:desc", 2, &next), "e");
    ck_assert_ptr_null(next);
    kit_free(&k);
}
END_TEST

/* Blocks in which all stand behind the last one kept are passed over, and still counted. */
START_TEST(blocks_that_are_hopeless) {
    kit k;
    kit_make(&k, false);
    for (int i = 0; i < 5000; i++) {
        char json[64];
        int n = i % 7 == 0 ? i : 5000 - i;
        snprintf(json, sizeof json, i % 11 == 0 ? "{\"id\":\"%d\"}" : "{\"id\":\"%d\",\"n\":%d}", i,
                 n);
        kit_put(&k, json);
    }
    kit_commit(&k);
    ck_assert_str_eq(sorted(&k, "n", 4, NULL), "4999 4997 4996 4995");
    ck_assert_str_eq(sorted(&k, "n:desc", 4, NULL), "1 2 4998 3");
    kit_free(&k);
}
END_TEST

START_TEST(a_stop_gives_what_was_seen) {
    kit k;
    volatile int stop = 1;
    make_values(&k);
    prism_query *query = kit_query(&k, "{'type':'all'}");
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.sort = "n";
    opts.cancel = &stop;
    prism_hits *hits = kit_search(&k, query, &opts);
    int exact;
    ck_assert(!prism_hits_complete(hits) && prism_hits_count(hits) == 0);
    (void)prism_hits_total(hits, &exact);
    ck_assert_int_eq(exact, 0);
    prism_hits_free(hits);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

/* Every allocation of a filtered, sorted page fails once. */
START_TEST(memory_may_run_out) {
    kit k;
    make_values(&k);
    prism_query *query = kit_query(&k, "{'type':'all'}");
    prism_query *filter = kit_query(&k, "{'type':'range','fields':{'n':1},'from':-3}");
    char *token = NULL;
    (void)sorted(&k, "tag,n:desc,_score", 1, &token);
    ck_assert_ptr_nonnull(token);
    prism_status status = PRISM_ENOMEM;
    uint64_t n = 0;
    for (; status != PRISM_OK && n < 300; n++) {
        test_alloc alloc;
        prism_error err = PRISM_ERROR_INIT;
        prism_hits *hits;
        memset(&alloc, 0, sizeof alloc);
        alloc.fail_at = n + 1;
        prism_allocator hook = test_alloc_hook(&alloc);
        prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
        opts.allocator = &hook;
        opts.sort = "tag,n:desc,_score";
        opts.filter = filter;
        opts.after = token;
        status = prism_search(k.snap, query, &opts, &hits, &err);
        ck_assert_msg(status == PRISM_OK || status == PRISM_ENOMEM, "%d %s", status, err.text);
        if (status != PRISM_OK) ck_assert_ptr_null(hits);
        if (status == PRISM_OK) ck_assert_uint_eq(prism_hits_count(hits), 2);
        prism_hits_free(hits);
        test_alloc_check_empty(&alloc);
    }
    ck_assert_int_eq(status, PRISM_OK);
    ck_assert_uint_gt(n, 8);
    prism_free_text(token);
    prism_query_unref(filter);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

TEST_SUITE(sorter, orders_over_segments, pages_go_on_where_the_last_one_ended,
           blocks_that_are_hopeless, a_stop_gives_what_was_seen, memory_may_run_out)
