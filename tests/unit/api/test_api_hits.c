/* test_api_hits.c - values, tokens, filters and orders of prism_search, for callers. */
#include "harness/search_kit.h"

#include <stdio.h>

static void make(kit *k) {
    kit_make(k, false);
    for (int i = 0; i < 9; i++) {
        char json[128];
        snprintf(json, sizeof json, "{\"id\":\"%d\",\"body\":\"cat%s\",\"n\":%d}", i,
                 i % 3 == 0 ? " cat cat" : "", i % 4);
        kit_put(k, json);
        if (i == 5) kit_commit(k);
    }
    kit_commit(k);
}

static prism_status search(const kit *k, const prism_query *query, const prism_search_opts *opts,
                           prism_hits **out) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prism_search(k->snap, query, opts, out, &err);
    if (status != PRISM_OK) {
        ck_assert_ptr_null(*out);
        ck_assert_str_ne(err.text, "");
    }
    return status;
}

START_TEST(what_is_refused) {
    kit k, other;
    make(&k);
    prism_hits *hits;
    char *token;
    prism_query *query = kit_query(&k, kit_word("cat"));
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    static const char *const orders[] = {"nosuch", "body", "n,n", "n:up", ","};
    for (size_t i = 0; i < PRS_COUNT(orders); i++) {
        opts.sort = orders[i];
        ck_assert_int_eq(search(&k, query, &opts, &hits), PRISM_EINVAL);
    }
    opts.sort = NULL;
    opts.after = "x";
    ck_assert_int_eq(search(&k, query, &opts, &hits), PRISM_EINVAL);
    opts.after = NULL;
    opts.k = 2;
    ck_assert_int_eq(search(&k, query, &opts, &hits), PRISM_OK);
    ck_assert_int_eq(prism_hits_next(hits, 0, &token, NULL), PRISM_OK);
    ck_assert_int_eq(prism_hits_next(hits, 0, NULL, NULL), PRISM_EINVAL);
    prism_hits_free(hits);
    opts.sort = "n";
    opts.after = token; /* of another order */
    ck_assert_int_eq(search(&k, query, &opts, &hits), PRISM_EINVAL);
    prism_free_text(token);
    token = (char *)&k;
    ck_assert_int_eq(prism_hits_next(NULL, 0, &token, NULL), PRISM_EINVAL);
    ck_assert_ptr_null(token);
    opts = (prism_search_opts)PRISM_SEARCH_OPTS_INIT;
    kit_make(&other, true); /* analyzed by other rules: another schema */
    prism_query *filter = kit_query(&other, "{'type':'all'}");
    opts.filter = filter;
    ck_assert_int_eq(search(&k, query, &opts, &hits), PRISM_EINVAL);
    prism_query_unref(filter);
    kit_free(&other);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

START_TEST(getters_of_nothing) {
    kit k;
    prism_sort_value value = {.kind = PRISM_SORT_F64};
    make(&k);
    prism_query *query = kit_query(&k, kit_word("cat"));
    ck_assert_uint_eq(prism_hits_sort_count(NULL), 0);
    prism_hits_sort_value(NULL, 0, 0, &value);
    ck_assert_int_eq(value.kind, PRISM_SORT_MISSING);
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hits *hits = kit_search(&k, query, &opts);
    ck_assert_uint_eq(prism_hits_sort_count(hits), 0);
    prism_hits_free(hits);
    opts.sort = "n:desc,_score";
    hits = kit_search(&k, query, &opts);
    prism_hits_sort_value(hits, 0, 0, NULL);
    ck_assert_uint_eq(prism_hits_sort_count(hits), 2);
    prism_hits_sort_value(hits, 0, 0, &value);
    ck_assert(value.kind == PRISM_SORT_I64 && value.i64 == 3);
    prism_hits_sort_value(hits, 9, 0, &value);
    ck_assert_int_eq(value.kind, PRISM_SORT_MISSING);
    prism_hits_sort_value(hits, 0, 2, &value);
    ck_assert_int_eq(value.kind, PRISM_SORT_MISSING);
    prism_hits_free(hits);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

/* Callers of before have no filter, sort and after: what lies there must not count. */
START_TEST(options_of_before) {
    kit k;
    make(&k);
    prism_query *query = kit_query(&k, kit_word("cat"));
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.size = offsetof(prism_search_opts, filter);
    opts.sort = "nosuch";
    opts.after = "x";
    prism_hits *hits = kit_search(&k, query, &opts);
    ck_assert_uint_eq(prism_hits_count(hits), 9);
    prism_hits_free(hits);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

/* The deepest tree of a query, under a filter. */
START_TEST(a_filter_of_the_deepest_query) {
    kit k;
    make(&k);
    char json[8192] = "";
    for (int i = 0; i < (int)PRISM_MAX_QUERY_DEPTH - 1; i++)
        strcat(json, "{'type':'bool','must_not':[{'type':'none'}],'should':[{'type':'none'},");
    strcat(json, "{'type':'all'}");
    for (int i = 0; i < (int)PRISM_MAX_QUERY_DEPTH - 1; i++) strcat(json, "]}");
    prism_query *query = kit_query(&k, json);
    prism_query *filter = kit_query(&k, "{'type':'range','fields':{'n':1},'to':0}");
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.filter = filter;
    opts.count = PRISM_COUNT_EXACT;
    prism_hits *hits = kit_search(&k, query, &opts);
    ck_assert_uint_eq(prism_hits_total(hits, NULL), 3);
    prism_hits_free(hits);
    opts.filter = query; /* and as the filter itself */
    hits = kit_search(&k, filter, &opts);
    ck_assert_uint_eq(prism_hits_total(hits, NULL), 3);
    prism_hits_free(hits);
    prism_query_unref(filter);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

TEST_SUITE(api_hits, what_is_refused, getters_of_nothing, options_of_before,
           a_filter_of_the_deepest_query)
