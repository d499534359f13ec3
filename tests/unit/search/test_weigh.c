/* test_weigh.c - does every leaf get the weight that FORMAT.md gives it? */
#include "harness/search_kit.h"

#include "search/weigh.h"

typedef struct weighed {
    kit k;
    prs_mem mem;
    prs_arena arena;
    prism_query *query;
    prism_stats *stats;
    prs_weights weights;
} weighed;

static void begin(weighed *w) {
    kit_make(&w->k, false);
    for (int i = 0; i < 10; i++) {
        char id[2] = {(char)('0' + i), 0};
        kit_put_body(&w->k, id, i < 3 ? "cat dog" : "dog a b c");
    }
    kit_commit(&w->k);
    prs_mem_init(&w->mem, NULL);
    prs_arena_init(&w->arena, &w->mem, 0);
}

static prism_status weigh(weighed *w, const char *json) {
    prs_weigh_opts opts = {1.2, 0.75, NULL, NULL};
    w->query = kit_query(&w->k, json);
    ck_assert_int_eq(prism_stats_collect(w->k.snap, w->query, &w->stats, NULL), PRISM_OK);
    opts.stats = w->stats;
    return prs_weigh(&w->arena, w->k.snap, w->query, &opts, &w->weights, NULL);
}

static void drop(weighed *w) {
    prism_stats_free(w->stats);
    prism_query_unref(w->query);
}

static void end(weighed *w) {
    prs_arena_fini(&w->arena);
    kit_free(&w->k);
}

#define TERM(word, boost)                                                                          \
    "{'type':'term','boost':" #boost ",'fields':{'body':1},'key':{'kind':'word','text':'" word "'" \
    "}"                                                                                            \
    "}"

START_TEST(boosts_multiply_along_the_path) {
    weighed w;
    begin(&w);
    ck_assert_int_eq(
        weigh(&w,
              "{'type':'bool','boost':3,'must':[" TERM(
                  "cat",
                  0.7) ",{'type':'max','boost':1.1,'of':[" TERM("dog",
                                                                1) ",{'type':'all','boost':2}]}],'"
                                                                   "filter':[" TERM(
                                                                       "cat", 9) "],'must_not':"
                                                                                 "[" TERM("dog",
                                                                                          9) "]"
                                                                                             "}"),
        PRISM_OK);
    const prs_weighted *root = w.weights.root;
    double cat = prs_score_idf(10, 3), dog = prs_score_idf(10, 10);
    ck_assert(root->must[0].scorer.w == (float)(3.0 * 0.7 * cat));
    ck_assert(root->must[1].should[0].scorer.w == (float)(3.0 * 1.1 * 1.0 * dog));
    ck_assert(root->must[1].should[1].constant && root->must[1].should[1].boost == 3.0 * 1.1 * 2.0);
    ck_assert(!root->filter[0].scored && !root->must_not[0].scored &&
              root->filter[0].scorer.w == 0.0f);
    double total = (double)root->must[0].scorer.w + (double)root->must[1].should[0].scorer.w +
                   (double)(float)(3.0 * 1.1 * 2.0);
    prism_status status;
    ck_assert_int_eq(w.weights.shift, prs_score_shift(total, &status));
    ck_assert(root->must[0].scorer.scale == prs_score_scale(w.weights.shift));
    ck_assert_int_eq(root->must[1].should[1].units,
                     prs_score_units((float)(3.0 * 1.1 * 2.0), prs_score_scale(w.weights.shift)));
    drop(&w);
    end(&w);
}
END_TEST

START_TEST(a_phrase_weighs_as_its_words_together) {
    weighed w;
    begin(&w);
    ck_assert_int_eq(
        weigh(
            &w,
            "{'type':'phrase','fields':{'body':1},'slots':["
            "{'pos':0,'keys':[{'kind':'word','text':'cat'}],'idf':{'kind':'word','text':'cat'}},"
            "{'pos':1,'keys':[{'kind':'word','text':'x'}]},"
            "{'pos':2,'keys':[{'kind':'word','text':'dog'}],'idf':{'kind':'word','text':'dog'}}]}"),
        PRISM_OK);
    ck_assert(w.weights.root->scorer.w == (float)(prs_score_idf(10, 3) + prs_score_idf(10, 10)));
    drop(&w);
    end(&w);
}
END_TEST

START_TEST(below_const_nothing_is_weighed) {
    weighed w;
    begin(&w);
    ck_assert_int_eq(weigh(&w, "{'type':'const','boost':4,'of':" TERM("cat", 1) "}"), PRISM_OK);
    ck_assert(w.weights.root->constant && !w.weights.root->must[0].scored);
    ck_assert_uint_eq(w.stats->word_keys.n, 0);
    ck_assert_int_eq(w.weights.shift, 26); /* 4 * 2^26 = 2^28 */
    drop(&w);
    end(&w);
}
END_TEST

START_TEST(fields_that_nobody_has) {
    weighed w;
    begin(&w);
    ck_assert_int_eq(weigh(&w, kit_word("nowhere")), PRISM_OK);
    ck_assert(w.weights.root->scorer.w == (float)prs_score_idf(10, 0));
    drop(&w);
    ck_assert_int_eq(weigh(&w,
                           "{'type':'term','fields':{'tag':1},'key':{'kind':'word','text':'cat'}}"),
                     PRISM_OK);
    ck_assert(w.weights.root->scorer.w == 0.0f); /* N = 0 */
    ck_assert(w.weights.root->scorer.c0 == 1.2f && w.weights.root->scorer.c1 == 0.0f);
    drop(&w);
    end(&w);
}
END_TEST

START_TEST(weights_out_of_range) {
    weighed w;
    begin(&w);
    /* Each boost is allowed, their product is not. */
    ck_assert_int_eq(
        weigh(&w,
              "{'type':'bool','boost':1000000,'must':[{'type':'bool','boost':1000000,'must':[" TERM(
                  "cat", 1000000) "]}]}"),
        PRISM_ELIMIT);
    drop(&w);
    ck_assert_int_eq(weigh(&w, "{'type':'bool','boost':1000000,'must':[" TERM("cat", 1000000) "]}"),
                     PRISM_OK);
    ck_assert_int_ge(w.weights.shift, PRS_SCORE_MIN_SHIFT);
    drop(&w);
    end(&w);
}
END_TEST

START_TEST(statistics_of_another_query) {
    weighed w;
    begin(&w);
    prism_query *other = kit_query(&w.k, TERM("dog", 1)), *third = kit_query(&w.k, kit_word("cat"));
    ck_assert_int_eq(weigh(&w, TERM("cat", 1)), PRISM_OK);
    prs_weigh_opts opts = {1.2, 0.75, w.stats, NULL};
    ck_assert_int_eq(prs_weigh(&w.arena, w.k.snap, other, &opts, &w.weights, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prs_weigh(&w.arena, w.k.snap, third, &opts, &w.weights, NULL), PRISM_EINVAL);
    prism_query_unref(other);
    prism_query_unref(third);
    drop(&w);
    end(&w);
}
END_TEST

START_TEST(a_word_twice_is_one_that_counts_twice) {
    static const struct {
        const char *json;
        uint32_t more;
    } cases[] = {
        {"{'type':'bool','should':[" TERM("cat", 1) "," TERM("dog", 1) "," TERM("cat", 1) "]}", 1},
        {"{'type':'bool','should':[" TERM("cat", 1) "," TERM("cat", 1) "," TERM("cat", 1) "]}", 2},
        {"{'type':'bool','should':[" TERM("cat", 1) "," TERM("cat", 2) "]}", 0}, /* not the same */
        {"{'type':'bool','min_should':2,'should':[" TERM("cat", 1) "," TERM("cat", 1) "]}", 0},
        {"{'type':'max','of':[" TERM("cat", 1) "," TERM("cat", 1) "]}", 0},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        weighed w;
        begin(&w);
        ck_assert_int_eq(weigh(&w, cases[i].json), PRISM_OK);
        const prs_weighted *cat = &w.weights.root->should[0];
        ck_assert_msg(cat->more == cases[i].more, "case %zu", i);
        ck_assert_int_eq(cat->most, prs_score_units(cat->scorer.w, cat->scorer.scale) *
                                        (int32_t)(cases[i].more + 1));
        uint32_t again = 0;
        for (uint32_t k = 0; k < w.weights.root->node->n_should; k++)
            again += w.weights.root->should[k].again;
        ck_assert_uint_eq(again, cases[i].more);
        /* and so it scores: each match once, with the sum of all */
        prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
        prism_hits *hits = kit_search(&w.k, w.query, &opts);
        prism_hit hit;
        prism_hits_get(hits, 0, &hit);
        ck_assert_uint_eq(prism_hits_count(hits), i == 0 ? 10 : 3);
        if (i == 1) ck_assert_int_eq(hit.raw_score % 3, 0);
        prism_hits_free(hits);
        kit_check_agree(&w.k, w.query, 5);
        drop(&w);
        end(&w);
    }
}
END_TEST

static prism_status weigh_both(prs_mem *mem, void *ctx) {
    weighed *w = ctx;
    prs_weigh_opts opts = {1.2, 0.75, w->stats, NULL};
    prs_weights weights;
    prs_arena arena;
    prs_arena_init(&arena, mem, 0);
    prism_status status = prs_weigh(&arena, w->k.snap, w->query, &opts, &weights, NULL);
    for (int i = 0; i < 200 && status == PRISM_OK; i++) /* at each of them a chunk may be full */
        status = prs_weigh_filter(&arena, w->k.snap, w->query, &weights, NULL);
    prs_arena_fini(&arena);
    return status;
}

START_TEST(memory_may_run_out) {
    weighed w;
    begin(&w);
    ck_assert_int_eq(weigh(&w, TERM("cat", 1)), PRISM_OK);
    ck_assert_uint_ge(test_oom_sweep(weigh_both, &w), 3);
    drop(&w);
    end(&w);
}
END_TEST

TEST_SUITE(weigh, memory_may_run_out, boosts_multiply_along_the_path,
           a_phrase_weighs_as_its_words_together, below_const_nothing_is_weighed,
           fields_that_nobody_has, weights_out_of_range, statistics_of_another_query,
           a_word_twice_is_one_that_counts_twice)
