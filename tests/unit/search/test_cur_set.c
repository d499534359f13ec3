/* test_cur_set.c - do prefixes, ranges and exists walk the documents that were found for them,
 * in windows of every size, with one score? */
#include "harness/search_kit.h"
#include "unit/search/fake_cursor.h"

#include <stdio.h>
#include <stdlib.h>

enum { DOCS = 20000 };

/* Words ab, abc, b; n in stretches: nothing for thousands of documents, then many. */
typedef struct truth_of {
    bool ab[DOCS], abc[DOCS], b[DOCS], has_n[DOCS];
    int64_t n[DOCS];
} truth_of;

typedef struct world {
    kit k;
    truth_of t;
    prs_arena arena;
    stage stage;
    prism_query *query;
    prism_stats *stats;
    prs_weights weights;
    matches all;
} world;

static void make_docs(world *w, test_rng *rng) {
    static const uint64_t rare[] = {1, UINT64_MAX, 3, 70};
    kit_make(&w->k, false);
    for (uint32_t d = 0; d < DOCS; d++) {
        char json[160], n[40] = "";
        uint64_t here = rare[d / (DOCS / 4) % 4];
        w->t.ab[d] = test_rng_one_in(rng, here);
        w->t.abc[d] = test_rng_one_in(rng, here == UINT64_MAX ? here : 2 * here);
        w->t.b[d] = test_rng_one_in(rng, 5);
        w->t.has_n[d] = test_rng_one_in(rng, here);
        w->t.n[d] = (int64_t)test_rng_below(rng, 200) - 100;
        if (w->t.has_n[d]) snprintf(n, sizeof n, ",\"n\":%d", (int)w->t.n[d]);
        snprintf(json, sizeof json, "{\"id\":\"%u\",\"body\":\"%s%s%s\"%s}", d,
                 w->t.ab[d] ? "ab " : "", w->t.abc[d] ? "abc " : "", w->t.b[d] ? "b" : "", n);
        kit_put(&w->k, json);
    }
    kit_commit(&w->k);
    ck_assert_uint_eq(w->k.snap->n_leaves, 1);
}

static void ask(world *w, const char *json) {
    prs_weigh_opts opts = {1.2, 0.75, NULL, NULL};
    w->query = kit_query(&w->k, json);
    ck_assert_int_eq(prs_stats_new(NULL, &w->stats, NULL), PRISM_OK);
    prs_watch watch = prs_watch_of(0, NULL, 0);
    ck_assert_int_eq(prs_stats_collect(w->stats, w->k.snap, w->query, &watch, NULL), PRISM_OK);
    opts.stats = w->stats;
    prs_arena_init(&w->arena, &w->stage.mem, 0);
    ck_assert_int_eq(prs_weigh(&w->arena, w->k.snap, w->query, &opts, &w->weights, NULL), PRISM_OK);
}

static void answered(world *w) {
    prs_arena_fini(&w->arena);
    prs_stats_free(w->stats);
    prism_query_unref(w->query);
}

static prs_cursor *make(stage *s, void *ctx) {
    world *w = (world *)ctx;
    ck_assert_int_eq(prs_plan_make(&s->plan, &w->k.snap->leaves[0], w->weights.root, true, NULL),
                     PRISM_OK);
    return s->plan.root;
}

static void judge(world *w) {
    int32_t units = w->weights.root->units;
    ck_assert_int_gt(units, 0);
    for (uint32_t d = 0; d < DOCS; d++) w->all.score[d] = w->all.score[d] >= 0 ? units : -1;
    for (int round = 0; round < 8; round++) {
        judge_next(&w->stage, make(&w->stage, w), &w->all, units);
        judge_mixed(&w->stage, make(&w->stage, w), &w->all, units);
        judge_fill(&w->stage, make(&w->stage, w), &w->all);
    }
    prs_cursor *c = make(&w->stage, w); /* from inside stretches of nothing, too */
    for (uint32_t from = 0; from < DOCS; from += 97) judge_bound(&w->stage, c, &w->all, from);
    uint64_t n = 0;
    for (uint32_t d = 0; d < DOCS; d++) n += w->all.score[d] >= 0;
    ck_assert_uint_eq(make(&w->stage, w)->cost, n);
}

START_TEST(sets_are_walked) {
    static world w;
    test_rng rng = test_rng_of("cur-set");
    make_docs(&w, &rng);
    stage_open(&w.stage, DOCS, &rng);
    w.all = matches_new(DOCS);

    ask(&w, "{'type':'prefix','fields':{'body':1},'key':{'kind':'word','text':'ab'}}");
    for (uint32_t d = 0; d < DOCS; d++) w.all.score[d] = w.t.ab[d] || w.t.abc[d] ? 0 : -1;
    judge(&w);
    answered(&w);
    ask(&w, "{'type':'prefix','fields':{'body':1},'key':{'kind':'word','text':'abc'},'boost':3}");
    for (uint32_t d = 0; d < DOCS; d++) w.all.score[d] = w.t.abc[d] ? 0 : -1;
    judge(&w);
    answered(&w);
    ask(&w, "{'type':'exists','fields':{'n':1}}");
    for (uint32_t d = 0; d < DOCS; d++) w.all.score[d] = w.t.has_n[d] ? 0 : -1;
    judge(&w);
    answered(&w);
    ask(&w, "{'type':'range','fields':{'n':1},'from':-20,'to':37}");
    for (uint32_t d = 0; d < DOCS; d++)
        w.all.score[d] = w.t.has_n[d] && w.t.n[d] >= -20 && w.t.n[d] <= 37 ? 0 : -1;
    judge(&w);
    answered(&w);

    matches_free(&w.all);
    stage_close(&w.stage);
    kit_free(&w.k);
}
END_TEST

/* Clauses share a set only if all of them is the same: kind, fields, key, ends. */
START_TEST(different_clauses_do_not_share) {
    static const char *const clauses[] = {
        "{'type':'exists','fields':{'tag':1}}",
        "{'type':'exists','fields':{'n':1}}",
        "{'type':'range','fields':{'tag':1},'from':'a','to':'b'}",
        "{'type':'range','fields':{'tag':1},'above':'a','to':'b'}",
        "{'type':'range','fields':{'tag':1},'from':'a','below':'b'}",
        "{'type':'range','fields':{'tag':1},'from':'a'}",
        "{'type':'range','fields':{'tag':1},'to':'a'}",
        "{'type':'range','fields':{'n':1},'from':0,'to':1}",
        "{'type':'range','fields':{'n':1},'from':0}",
        "{'type':'range','fields':{'n':1},'to':1}",
        "{'type':'prefix','fields':{'tag':1},'key':{'kind':'word','text':'a'}}",
        "{'type':'prefix','fields':{'tag':1},'key':{'kind':'word','text':'b'}}",
        "{'type':'prefix','fields':{'body':1},'key':{'kind':'word','text':'b'}}"};
    static const char *const tags[] = {"a", "aa", "b", "ba", NULL};
    char json[400];
    kit k;
    kit_make(&k, false);
    for (unsigned d = 0; d < 200; d++) {
        const char *tag = tags[d % 5];
        int n = snprintf(json, sizeof json, "{\"id\":\"%u\",\"body\":\"%s\"", d, d % 7 ? "b" : "c");
        if (tag != NULL) n += snprintf(json + n, sizeof json - (size_t)n, ",\"tag\":\"%s\"", tag);
        if (d % 3 != 0) n += snprintf(json + n, sizeof json - (size_t)n, ",\"n\":%u", d % 4);
        snprintf(json + n, sizeof json - (size_t)n, "}");
        kit_put(&k, json);
    }
    kit_commit(&k);
    for (size_t i = 0; i < PRS_COUNT(clauses); i++) {
        for (size_t j = 0; j < PRS_COUNT(clauses); j++) { /* i alone = i, and j tried beside it */
            prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
            prism_query *one = kit_query(&k, clauses[i]), *both;
            snprintf(json, sizeof json,
                     "{'type':'bool','must_not':[{'type':'bool','must_not':[%s]}],"
                     "'should':[%s],'filter':[{'type':'all'}]}",
                     clauses[i], clauses[j]);
            both = kit_query(&k, json);
            opts.count = PRISM_COUNT_EXACT;
            prism_hits *a = kit_search(&k, one, &opts), *b = kit_search(&k, both, &opts);
            ck_assert_msg(prism_hits_total(a, NULL) == prism_hits_total(b, NULL), "%s beside %s",
                          clauses[i], clauses[j]);
            ck_assert_uint_gt(prism_hits_total(a, NULL), 0);
            prism_hits_free(a);
            prism_hits_free(b);
            prism_query_unref(one);
            prism_query_unref(both);
        }
    }
    kit_free(&k);
}
END_TEST

START_TEST(an_empty_set_is_no_cursor) {
    static world w;
    static const char *const nothing[] = {
        "{'type':'prefix','fields':{'body':1},'key':{'kind':'word','text':'abcd'}}",
        "{'type':'range','fields':{'n':1},'from':500,'to':900}",
        "{'type':'range','fields':{'n':1},'from':9,'to':3}",
        "{'type':'exists','fields':{'many':1}}"};
    test_rng rng = test_rng_of("cur-set-none");
    make_docs(&w, &rng);
    stage_open(&w.stage, DOCS, &rng);
    for (size_t i = 0; i < PRS_COUNT(nothing); i++) {
        ask(&w, nothing[i]);
        ck_assert_msg(make(&w.stage, &w) == NULL, "%s", nothing[i]);
        answered(&w);
    }
    stage_close(&w.stage);
    kit_free(&w.k);
}
END_TEST

START_TEST(a_cancelled_search_stops) {
    static world w;
    static prs_batch batch;
    test_rng rng = test_rng_of("cur-set-stop");
    make_docs(&w, &rng);
    stage_open(&w.stage, DOCS, &rng);
    ask(&w, "{'type':'exists','fields':{'n':1}}");
    prs_cursor *c = make(&w.stage, &w);
    w.stage.stop = 1;
    ck_assert_int_eq(c->ops->next(c, 0, DOCS, 0, &batch, NULL), PRISM_ECANCELED);
    prism_status status = /* and finding the documents stops too */
        prs_plan_make(&w.stage.plan, &w.k.snap->leaves[0], w.weights.root, true, NULL);
    ck_assert(status == PRISM_ECANCELED || status == PRISM_OK);
    answered(&w);
    stage_close(&w.stage);
    kit_free(&w.k);
}
END_TEST

/* Up to the empty word is nothing, up to no end is all: not one set for both. */
START_TEST(an_empty_end_is_not_an_open_one) {
    kit k;
    kit_make(&k, false);
    for (unsigned d = 0; d < 100; d++) {
        char json[80];
        snprintf(json, sizeof json, "{\"id\":\"%u\",\"tag\":\"%s\"}", d, d % 2 ? "a" : "b");
        kit_put(&k, json);
    }
    kit_commit(&k);
#define OPEN "{'type':'range','fields':{'tag':1}}"
#define EMPTY "{'type':'range','fields':{'tag':1},'from':'','to':''}"
#define BOTH(a, b)                                                                                 \
    "{'type':'bool','must_not':[{'type':'bool','must_not':[" a "]},{'type':'bool','must_not':[" b  \
    "]}],'filter':[{'type':'all'}]}"
    ck_assert_uint_eq(kit_count(&k, BOTH(OPEN, OPEN)), 100);
    ck_assert_uint_eq(kit_count(&k, BOTH(OPEN, EMPTY)), 0);
    ck_assert_uint_eq(kit_count(&k, BOTH(EMPTY, OPEN)), 0);
    kit_free(&k);
}
END_TEST

TEST_SUITE(cur_set, an_empty_end_is_not_an_open_one, different_clauses_do_not_share,
           sets_are_walked, an_empty_set_is_no_cursor, a_cancelled_search_stops)
