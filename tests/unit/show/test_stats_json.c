/* test_stats_json.c - do statistics come back from JSON as they were, and nothing else in their
 * place? */
#include "harness/search_kit.h"

#include "search/stats.h"

#include <prismsearch/index.h>

static prism_status read_text(const char *text, prism_stats **out) {
    char copy[2048];
    size_t n = strlen(text);
    ck_assert_uint_lt(n, sizeof copy);
    for (size_t i = 0; i <= n; i++) copy[i] = text[i] == '\'' ? '"' : text[i];
    return prism_stats_from_json(copy, n, out, NULL);
}

START_TEST(round_trip) {
    static const char text[] =
        "{\"v\":1,\"sets\":[{\"fields\":[\"body\",\"title\"],\"documents\":123224,"
        "\"tokens\":[51002233,1020331]},{\"fields\":[\"tag\"],\"documents\":9007199254740992,"
        "\"tokens\":[0]}],\"words\":[{\"set\":0,\"key\":\"01636174\",\"df\":912},"
        "{\"set\":1,\"key\":\"01ff00\",\"df\":9007199254740992}]}";
    prism_stats *stats;
    char *again;
    ck_assert_int_eq(prism_stats_from_json(text, strlen(text), &stats, NULL), PRISM_OK);
    ck_assert_uint_eq(stats->sets[0].tokens[1], 1020331);
    ck_assert_uint_eq(stats->dfs[prs_stats_find_word(stats, 0, prs_bytes_of("\001cat", 4))], 912);
    ck_assert_int_eq(prism_stats_to_json(stats, &again, NULL), PRISM_OK);
    ck_assert_str_eq(again, text);
    prism_free_text(again);
    prism_stats_free(stats);
}
END_TEST

START_TEST(a_query_is_answered_by_statistics_that_went_by_json) {
    kit k;
    kit_make(&k, false);
    kit_put_body(&k, "a", "cat dog");
    kit_put_body(&k, "b", "cat cat");
    kit_commit(&k);
    prism_query *query = kit_query(&k, kit_word("cat"));
    prism_stats *stats, *back;
    char *json;
    ck_assert_int_eq(prism_stats_collect(k.snap, query, &stats, NULL), PRISM_OK);
    ck_assert_int_eq(prism_stats_to_json(stats, &json, NULL), PRISM_OK);
    ck_assert_int_eq(prism_stats_from_json(json, strlen(json), &back, NULL), PRISM_OK);
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_hits *own = kit_search(&k, query, &opts);
    opts.stats = back;
    prism_hits *given = kit_search(&k, query, &opts);
    for (uint32_t i = 0; i < 2; i++) {
        prism_hit a, b;
        prism_hits_get(own, i, &a);
        prism_hits_get(given, i, &b);
        ck_assert_int_eq(a.raw_score, b.raw_score);
        ck_assert_uint_eq(a.gdoc, b.gdoc);
    }
    prism_hits_free(own);
    prism_hits_free(given);
    prism_free_text(json);
    prism_stats_free(stats);
    prism_stats_free(back);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

START_TEST(what_is_none_is_refused) {
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{'v':2,'sets':[],'words':[]}",
        "{'v':1,'sets':{},'words':[]}",
        "{'v':1,'sets':[{'fields':[],'documents':1,'tokens':[]}],'words':[]}",
        "{'v':1,'sets':[{'fields':['a'],'documents':1,'tokens':[1,2]}],'words':[]}",
        "{'v':1,'sets':[{'fields':['a'],'documents':-1,'tokens':[1]}],'words':[]}",
        "{'v':1,'sets':[{'fields':['a'],'documents':1.5,'tokens':[1]}],'words':[]}",
        "{'v':1,'sets':[{'fields':['a'],'documents':9007199254740993,'tokens':[1]}],'words':[]}",
        "{'v':1,'sets':[{'fields':[7],'documents':1,'tokens':[1]}],'words':[]}",
        "{'v':1,'sets':[{'fields':['a\\nb'],'documents':1,'tokens':[1]}],'words':[]}",
        "{'v':1,'sets':[{'fields':['a'],'documents':1,'tokens':[1]},{'fields':['a'],'documents':1,'"
        "tokens':[1]}],'words':[]}",
        "{'v':1,'sets':[{'fields':['a'],'documents':1,'tokens':[1]}],'words':[{'set':1,'key':'0161'"
        ",'df':1}]}",
        "{'v':1,'sets':[{'fields':['a'],'documents':1,'tokens':[1]}],'words':[{'set':0,'key':'0161'"
        ",'df':2}]}",
        "{'v':1,'sets':[{'fields':['a'],'documents':1,'tokens':[1]}],'words':[{'set':0,'key':'016',"
        "'df':1}]}",
        "{'v':1,'sets':[{'fields':['a'],'documents':1,'tokens':[1]}],'words':[{'set':0,'key':'01zz'"
        ",'df':1}]}",
        "{'v':1,'sets':[{'fields':['a'],'documents':1,'tokens':[1]}],'words':[{'set':0,'key':'','"
        "df':1}]}",
        "{'v':1,'sets':[{'fields':['a'],'documents':1,'tokens':[1]}],'words':[{'set':0,'df':1}]}",
        "{'v':1,'sets':[{'fields':['a'],'documents':1,'tokens':[1]}],'words':[{'set':0,'key':'01','"
        "df':1},"
        "{'set':0,'key':'01','df':1}]}",
        "{'v':1,'v':1,'sets':[],'words':[]}",
    };
    for (size_t i = 0; i < PRS_COUNT(bad); i++) {
        prism_stats *stats = NULL;
        ck_assert_msg(read_text(bad[i], &stats) == PRISM_EPARSE, "%s", bad[i]);
        ck_assert_ptr_null(stats);
    }
    prism_stats *stats;
    ck_assert_int_eq(prism_stats_from_json(NULL, 0, &stats, NULL), PRISM_EPARSE);
    ck_assert_int_eq(prism_stats_from_json(NULL, 1, &stats, NULL), PRISM_EINVAL);
    ck_assert_int_eq(read_text("{'v':1,'sets':[],'words':[]}", &stats), PRISM_OK);
    prism_stats_free(stats);
}
END_TEST

TEST_SUITE(stats_json, round_trip, a_query_is_answered_by_statistics_that_went_by_json,
           what_is_none_is_refused)
