/* test_api_search.c - are bad arguments refused, options defaulted, memory given back? */
#include "harness/search_kit.h"

#include <stddef.h>

static void make_two(kit *k) {
    kit_make(k, false);
    kit_put(k, "{\"id\":\"a\",\"title\":\"cat\",\"body\":\"cat dog\"}");
    kit_put(k, "{\"id\":\"b\",\"body\":\"dog\"}");
    kit_commit(k);
}

START_TEST(bad_arguments) {
    kit k;
    make_two(&k);
    prism_query *query = kit_query(&k, kit_word("cat"));
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hits *hits = NULL;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prism_search(NULL, query, NULL, &hits, &err), PRISM_EINVAL);
    ck_assert_int_eq(prism_search(k.snap, NULL, NULL, &hits, &err), PRISM_EINVAL);
    ck_assert_int_eq(prism_search(k.snap, query, NULL, NULL, &err), PRISM_EINVAL);
    opts.k = PRISM_MAX_K + 1;
    ck_assert_int_eq(prism_search(k.snap, query, &opts, &hits, &err), PRISM_EINVAL);
    opts.k = PRISM_MAX_K;
    opts.offset = 1;
    ck_assert_int_eq(prism_search(k.snap, query, &opts, &hits, &err), PRISM_EINVAL);
    opts = (prism_search_opts)PRISM_SEARCH_OPTS_INIT;
    opts.threads = 257;
    ck_assert_int_eq(prism_search(k.snap, query, &opts, &hits, &err), PRISM_EINVAL);
    opts.threads = 256; /* of which none is worth it */
    ck_assert_int_eq(prism_search(k.snap, query, &opts, &hits, &err), PRISM_OK);
    prism_hits_free(hits);
    opts.threads = 0;
    opts.b = 1.5;
    ck_assert_int_eq(prism_search(k.snap, query, &opts, &hits, &err), PRISM_EINVAL);
    opts = (prism_search_opts)PRISM_SEARCH_OPTS_INIT;
    opts.count = (prism_count_mode)7;
    ck_assert_int_eq(prism_search(k.snap, query, &opts, &hits, &err), PRISM_EINVAL);
    opts = (prism_search_opts)PRISM_SEARCH_OPTS_INIT;
    opts.size = 0;
    ck_assert_int_eq(prism_search(k.snap, query, &opts, &hits, &err), PRISM_EINVAL);
    ck_assert_ptr_null(hits);
    ck_assert_str_ne(err.text, "");
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

START_TEST(hits_and_nothing) {
    kit k;
    make_two(&k);
    prism_query *query = kit_query(&k, kit_word("dog"));
    prism_hits *hits = NULL;
    prism_hit hit;
    int exact = 7;
    ck_assert_int_eq(prism_search(k.snap, query, NULL, &hits, NULL), PRISM_OK);
    ck_assert_uint_eq(prism_hits_count(hits), 2);
    prism_hits_get(hits, 0, &hit);
    ck_assert(hit.key_len == 1 && hit.key[0] == 'b' && hit.score > 0.0f && hit.raw_score > 0);
    prism_hits_get(hits, 2, &hit);
    ck_assert(hit.key_len == 0 && hit.score == 0.0f && hit.key[0] == '\0');
    prism_hits_get(hits, 0, NULL);
    prism_hits_free(hits);
    ck_assert_uint_eq(prism_hits_count(NULL), 0);
    ck_assert_uint_eq(prism_hits_total(NULL, &exact), 0);
    ck_assert_int_eq(exact, 0);
    ck_assert_int_eq(prism_hits_complete(NULL), 0);
    ck_assert_int_eq(prism_hits_shift(NULL), 0);
    prism_hits_get(NULL, 0, &hit);
    ck_assert_uint_eq(hit.gdoc, 0);
    prism_hits_free(NULL);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

/* A caller built against an older, shorter struct. */
START_TEST(short_options_have_defaults) {
    kit k;
    make_two(&k);
    prism_query *query = kit_query(&k, kit_word("dog"));
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    memset(&opts, 0xff, sizeof opts);
    opts.size = offsetof(prism_search_opts, count);
    opts.k = 1;
    opts.offset = 1;
    prism_hits *hits = NULL;
    ck_assert_int_eq(prism_search(k.snap, query, &opts, &hits, NULL), PRISM_OK);
    ck_assert_uint_eq(prism_hits_count(hits), 1);
    prism_hits_free(hits);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

/* Keys stay readable while hits live, whatever becomes of the caller's reference. */
START_TEST(hits_hold_the_snapshot) {
    kit k;
    make_two(&k);
    prism_query *query = kit_query(&k, kit_word("cat"));
    prism_hits *hits = NULL;
    prism_hit hit;
    ck_assert_int_eq(prism_search(k.snap, query, NULL, &hits, NULL), PRISM_OK);
    prism_snapshot_unref(k.snap);
    k.snap = NULL;
    kit_put_body(&k, "a", "other");
    kit_merge(&k);
    prism_hits_get(hits, 0, &hit);
    ck_assert(hit.key_len == 1 && hit.key[0] == 'a');
    prism_hits_free(hits);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

typedef struct oom_case {
    kit *k;
    const prism_query *query;
    prism_count_mode count;
} oom_case;

static prism_status search_under(prs_mem *mem, void *ctx) {
    const oom_case *c = ctx;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hits *hits;
    opts.allocator = &mem->hook;
    opts.count = c->count;
    prism_status status = prism_search(c->k->snap, c->query, &opts, &hits, NULL);
    if (status == PRISM_OK) prism_hits_free(hits);
    return status;
}

#define CAT "{'type':'term','fields':{'title':2,'body':1},'key':{'kind':'word','text':'cat'}}"
#define DOG "{'type':'term','fields':{'title':2,'body':1},'key':{'kind':'word','text':'dog'}}"

START_TEST(lost_memory_is_reported) {
    static const char *const forms[] = {
        ("{'type':'bool','must':[{'type':'bool','should':[" CAT "," DOG
         "]},{'type':'max','of':[" DOG "," CAT "]}],"
         "'must_not':[{'type':'term','fields':{'body':1},'key':{'kind':'word','text':'cow'}}]}"),
        ("{'type':'phrase','fields':{'body':1},'slots':["
         "{'pos':0,'keys':[{'kind':'word','text':'cat'}]},"
         "{'pos':1,'keys':[],'prefix':{'kind':'word','text':'d'}}]}"),
        ("{'type':'const','of':"
         "{'type':'prefix','fields':{'body':1},'key':{'kind':'word','text':'d'}}}")};
    kit k;
    make_two(&k);
    for (size_t i = 0; i < PRS_COUNT(forms); i++) {
        prism_query *query = kit_query(&k, forms[i]);
        oom_case c = {&k, query, i == 0 ? PRISM_COUNT_EXACT : PRISM_COUNT_NONE};
        ck_assert_uint_gt(test_oom_sweep(search_under, &c), 4);
        prism_query_unref(query);
    }
    kit_free(&k);
}
END_TEST

TEST_SUITE(api_search, bad_arguments, hits_and_nothing, short_options_have_defaults,
           hits_hold_the_snapshot, lost_memory_is_reported)
