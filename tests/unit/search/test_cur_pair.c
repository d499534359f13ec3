/* test_cur_pair.c - is a phrase of two stop words answered from the list of their pair, the same
 * as from positions, and as fast as a word? */
#include "unit/search/set_world.h"
#include "unit/search/sieve_kit.h"

#include <stdio.h>

static const char *pair(uint32_t a, uint32_t b, bool both) {
    static char out[600];
    snprintf(out, sizeof out,
             "{'type':'phrase','fields':{%s'body':1},'slots':["
             "{'pos':0,'keys':[{'kind':'word','text':'w%u'}],"
             "'idf':{'kind':'word','text':'w%u'}},"
             "{'pos':1,'keys':[{'kind':'word','text':'w%u'}],"
             "'idf':{'kind':'word','text':'w%u'}}]}",
             both ? "'title':2," : "", a, a, b, b);
    return out;
}

/* Is w<i> in the body of document d?  (set_world.h puts some words into the title instead.) */
static bool in_body(const set_world *w, uint32_t i, uint32_t d) {
    bool moves = i == 1 || i == 4;
    return w->has[i][d] && (!moves || (d + i) % 3 != 0);
}

static bool side_by_side(const set_world *w, uint32_t a, uint32_t b, uint32_t d) {
    for (uint32_t i = a + 1; i < b; i++) {
        if (in_body(w, i, d)) return false;
    }
    return a < b && in_body(w, a, d) && in_body(w, b, d);
}

START_TEST(its_documents_are_a_list) {
    static set_world w;
    stage s;
    test_rng rng = test_rng_of("cur-pair");
    set_world_make(&w, 1, 0, &rng);
    stage_open(&s, SET_DOCS, &rng);
    matches all = matches_new(SET_DOCS);
    for (uint32_t a = 0; a < 4; a++) {
        for (uint32_t b = 0; b < 5; b++) {
            uint64_t n = 0;
            for (uint32_t d = 0; d < SET_DOCS; d++) {
                bool has = side_by_side(&w, a, b, d);
                all.score[d] = has ? 0 : -1;
                n += has;
            }
            prs_cursor *c = set_world_plan(&w, pair(a, b, false));
            ck_assert_int_eq(c == NULL, n == 0);
            if (c == NULL) continue;
            ck_assert(c->exact && c->cost == n);
            s.plan.n_docs = SET_DOCS;
            judge_next(&s, c, &all, 0);
            judge_fill(&s, set_world_plan(&w, pair(a, b, false)), &all);
            judge_sift(&s, set_world_plan(&w, pair(a, b, false)), &all);
        }
    }
    matches_free(&all);
    stage_close(&s);
    set_world_free(&w);
}
END_TEST

START_TEST(scores_are_those_of_positions) {
    static set_world w;
    test_rng rng = test_rng_of("cur-pair-scores");
    set_world_make(&w, 3, 40, &rng);
    for (uint32_t both = 0; both < 2; both++) {
        for (uint32_t a = 0; a < 4; a++) {
            /* A word more that may be anything keeps the phrase from being a pair. */
            char slow[900], slot[] = "'keys':[{'kind':'word','text':'w9'},";
            const char *fast = pair(a, a + 1, both != 0);
            const char *keys = strstr(fast, "'keys':[");
            snprintf(slow, sizeof slow, "%.*s%s%s", (int)(keys - fast), fast, slot, keys + 8);
            prism_query *query = kit_query(&w.k, fast);
            uint64_t n = kit_check_agree(&w.k, query, 10);
            prism_query_unref(query);
            char want[400];
            snprintf(want, sizeof want, "%s", kit_keys(&w.k, slow, 50));
            ck_assert_str_eq(kit_keys(&w.k, fast, 50), want);
            ck_assert_uint_eq(kit_count(&w.k, slow), n);
            ck_assert_uint_gt(n, 0);
        }
    }
    set_world_free(&w);
}
END_TEST

/* A field without pairs, beside one that has them, keeps positions in use. */
START_TEST(every_field_must_have_pairs) {
    kit k;
    kit_make(&k, false);
    kit_put(&k, "{\"id\":\"a\",\"title\":\"1 2\",\"body\":\"of the\"}"); /* no set: no letters */
    kit_put(&k, "{\"id\":\"b\",\"title\":\"1\",\"body\":\"the of\"}");
    kit_commit(&k);
    const char *of_the = "{'type':'phrase','fields':{'title':1,'body':1},'slots':["
                         "{'pos':0,'keys':[{'kind':'word','text':'of'}]},"
                         "{'pos':1,'keys':[{'kind':'word','text':'the'}]}]}";
    ck_assert_uint_eq(kit_count(&k, of_the), 1);
    const char *numbers = "{'type':'phrase','fields':{'title':1,'body':1},'slots':["
                          "{'pos':0,'keys':[{'kind':'word','text':'1'}]},"
                          "{'pos':1,'keys':[{'kind':'word','text':'2'}]}]}";
    ck_assert_uint_eq(kit_count(&k, numbers), 1);
    kit_free(&k);
}
END_TEST

TEST_SUITE(cur_pair, its_documents_are_a_list, scores_are_those_of_positions,
           every_field_must_have_pairs)
