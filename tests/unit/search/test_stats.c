/* test_stats.c - are the integers of a query counted, added and refused as they should be? */
#include "harness/search_kit.h"

#include "search/stats.h"

static void make_small(kit *k) {
    kit_make(k, false);
    kit_put(k, "{\"id\":\"1\",\"title\":\"cat dog\",\"body\":\"cat sat on a cat\"}");
    kit_put(k, "{\"id\":\"2\",\"body\":\"dog\"}");
    kit_commit(k);
    kit_put(k, "{\"id\":\"3\",\"title\":\"cat\"}");
    kit_put(k, "{\"id\":\"4\",\"tag\":\"cat\"}");
    kit_commit(k);
}

static prism_stats *collect(const kit *k, const char *json) {
    prism_stats *stats;
    prism_query *query = kit_query(k, json);
    ck_assert_int_eq(prism_stats_collect(k->snap, query, &stats, NULL), PRISM_OK);
    prism_query_unref(query);
    return stats;
}

static const char query_json[] =
    "{'type':'bool','must':["
    "{'type':'term','fields':{'title':2,'body':1},'key':{'kind':'word','text':'cat'}},"
    "{'type':'phrase','fields':{'body':1},'slots':["
    "{'pos':0,'keys':[{'kind':'word','text':'a'}],'idf':{'kind':'word','text':'a'}},"
    "{'pos':1,'keys':[{'kind':'word','text':'cat'}],'idf':{'kind':'word','text':'cat'}}]}],"
    "'should':[{'type':'term','fields':{'tag':1},'key':{'kind':'word','text':'cat'}},"
    "{'type':'term','fields':{'body':7,'title':1},'key':{'kind':'word','text':'dog'}}],"
    "'filter':[{'type':'term','fields':{'title':1},'key':{'kind':'word','text':'dog'}}],"
    "'must_not':[{'type':'term','fields':{'title':1},'key':{'kind':'word','text':'sat'}}]}";

START_TEST(words_and_sets_are_counted) {
    kit k;
    make_small(&k);
    prism_stats *stats = collect(&k, query_json);
    ck_assert_uint_eq(stats->set_keys.n, 3); /* weights do not matter, filters are not counted */
    uint32_t both = prs_stats_find_set(stats, prs_bytes_of("body\ntitle", 10));
    uint32_t body = prs_stats_find_set(stats, prs_bytes_of("body", 4));
    uint32_t tag = prs_stats_find_set(stats, prs_bytes_of("tag", 3));
    ck_assert(both == 0 && body == 1 && tag == 2);
    ck_assert_uint_eq(stats->sets[both].n_docs, 3);
    ck_assert_uint_eq(stats->sets[both].tokens[0], 6);
    ck_assert_uint_eq(stats->sets[both].tokens[1], 3);
    ck_assert_uint_eq(stats->sets[body].n_docs, 2);
    ck_assert_uint_eq(stats->sets[tag].n_docs, 1);
    ck_assert_uint_eq(stats->sets[tag].tokens[0], 0);
    ck_assert_uint_eq(stats->dfs[prs_stats_find_word(stats, both, prs_bytes_of("\001cat", 4))], 2);
    ck_assert_uint_eq(stats->dfs[prs_stats_find_word(stats, both, prs_bytes_of("\001dog", 4))], 2);
    ck_assert_uint_eq(stats->dfs[prs_stats_find_word(stats, body, prs_bytes_of("\001cat", 4))], 1);
    ck_assert_uint_eq(stats->dfs[prs_stats_find_word(stats, body, prs_bytes_of("\001a", 2))], 1);
    ck_assert_uint_eq(stats->dfs[prs_stats_find_word(stats, tag, prs_bytes_of("\001cat", 4))], 1);
    ck_assert_uint_eq(stats->word_keys.n, 5);
    ck_assert_uint_eq(prs_stats_find_word(stats, tag, prs_bytes_of("\001dog", 4)), UINT32_MAX);
    ck_assert_uint_eq(prs_stats_find_set(stats, prs_bytes_of("title", 5)), UINT32_MAX);
    prism_stats_free(stats);
    kit_free(&k);
}
END_TEST

START_TEST(sums_are_those_of_one_index) {
    kit k, other;
    make_small(&k);
    make_small(&other);
    prism_stats *a = collect(&k, query_json), *b = collect(&other, query_json);
    ck_assert_int_eq(prism_stats_merge(a, b, NULL), PRISM_OK);
    for (uint32_t i = 0; i < a->set_keys.n; i++) {
        ck_assert_uint_eq(a->sets[i].n_docs, 2 * b->sets[i].n_docs);
        for (uint32_t f = 0; f < a->sets[i].n_fields; f++) {
            ck_assert_uint_eq(a->sets[i].tokens[f], 2 * b->sets[i].tokens[f]);
        }
    }
    for (uint32_t i = 0; i < a->word_keys.n; i++) ck_assert_uint_eq(a->dfs[i], 2 * b->dfs[i]);
    prism_stats_free(a);
    prism_stats_free(b);
    kit_free(&other);
    kit_free(&k);
}
END_TEST

START_TEST(other_queries_are_not_added) {
    kit k;
    make_small(&k);
    prism_stats *a = collect(&k, query_json), *b = collect(&k, kit_word("cat"));
    uint64_t before = a->dfs[0];
    ck_assert_int_eq(prism_stats_merge(a, b, NULL), PRISM_EINVAL);
    ck_assert_uint_eq(a->dfs[0], before);
    ck_assert_int_eq(prism_stats_merge(NULL, b, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_stats_merge(a, NULL, NULL), PRISM_EINVAL);
    prism_stats_free(b);
    b = collect(&k, query_json);
    a->sets[0].tokens[1] = (uint64_t)INT64_MAX - 2;
    ck_assert_int_eq(prism_stats_merge(a, b, NULL), PRISM_ELIMIT);
    ck_assert_uint_eq(a->dfs[0], before);
    prism_stats_free(b);
    prism_stats_free(a);
    prism_stats_free(NULL);
    kit_free(&k);
}
END_TEST

typedef struct oom_case {
    const kit *k;
    const prism_query *query;
} oom_case;

static prism_status collect_under(prs_mem *mem, void *ctx) {
    const oom_case *c = ctx;
    prism_stats *stats;
    PRS_TRY(prs_stats_new(&mem->hook, &stats, NULL));
    prs_watch watch = prs_watch_of(0, NULL, 0);
    prism_status status = prs_stats_collect(stats, c->k->snap, c->query, &watch, NULL);
    prs_stats_free(stats);
    return status;
}

START_TEST(lost_memory_is_reported) {
    kit k;
    make_small(&k);
    oom_case c = {&k, kit_query(&k, query_json)};
    ck_assert_uint_gt(test_oom_sweep(collect_under, &c), 4);
    prism_query_unref((prism_query *)(uintptr_t)c.query);
    kit_free(&k);
}
END_TEST

TEST_SUITE(stats, words_and_sets_are_counted, sums_are_those_of_one_index,
           other_queries_are_not_added, lost_memory_is_reported)
