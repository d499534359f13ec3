/* test_cur_term.c - does a word over several fields give the documents of all, scored as one?
 *
 * The postings are random and known to the test: freq = 2 f_title + f_body, length likewise. */
#include "harness/search_kit.h"

#include "search/plan.h"

#include <stdio.h>
#include <stdlib.h>

enum { DOCS = 3000 };

typedef struct truth {
    uint32_t title[DOCS], body[DOCS]; /* freqs of "x" */
    uint32_t title_len[DOCS], body_len[DOCS];
} truth;

typedef struct world {
    kit k;
    truth t;
    prs_mem mem;
    prs_arena arena;
    prs_watch watch;
    prs_plan plan;
    prism_query *query;
    prs_weights weights;
    prism_stats *stats;
    prs_batch batch;
} world;

static void put_words(char *out, const char *word, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) strcat(out, word);
}

static void make_docs(world *w, test_rng *rng) {
    static char title[4000], body[4000], json[9000];
    for (uint32_t d = 0; d < DOCS; d++) {
        bool dense = d < DOCS / 2;
        w->t.body[d] =
            test_rng_one_in(rng, dense ? 2 : 9) ? 1 + (uint32_t)test_rng_below(rng, 6) : 0;
        w->t.title[d] = test_rng_one_in(rng, 12) ? 1 + (uint32_t)test_rng_below(rng, 2) : 0;
        uint32_t more = (uint32_t)test_rng_below(rng, 30), less = (uint32_t)test_rng_below(rng, 4);
        title[0] = body[0] = '\0';
        put_words(body, "x ", w->t.body[d]);
        put_words(body, "y ", more);
        put_words(title, "x ", w->t.title[d]);
        put_words(title, "z ", less);
        w->t.body_len[d] = w->t.body[d] + more;
        w->t.title_len[d] = w->t.title[d] + less;
        snprintf(json, sizeof json, "{\"id\":\"%u\",\"title\":\"%s\",\"body\":\"%s\"}", d, title,
                 body);
        kit_put(&w->k, json);
    }
    kit_commit(&w->k);
    ck_assert_uint_eq(w->k.snap->n_leaves, 1);
}

static void make_world(world *w, test_rng *rng, const char *json) {
    memset(w, 0, sizeof *w);
    kit_make(&w->k, false);
    make_docs(w, rng);
    prs_mem_init(&w->mem, NULL);
    prs_arena_init(&w->arena, &w->mem, 0);
    w->query = kit_query(&w->k, json);
    w->watch = prs_watch_of(0, NULL, 0);
    ck_assert_int_eq(prs_stats_new(NULL, &w->stats, NULL), PRISM_OK);
    ck_assert_int_eq(prs_stats_collect(w->stats, w->k.snap, w->query, &w->watch, NULL), PRISM_OK);
    prs_weigh_opts opts = {1.2, 0.75, w->stats, NULL};
    ck_assert_int_eq(prs_weigh(&w->arena, w->k.snap, w->query, &opts, &w->weights, NULL), PRISM_OK);
    prs_plan_init(&w->plan, &w->mem, &w->watch);
}

static void free_world(world *w) {
    prs_plan_fini(&w->plan);
    prs_stats_free(w->stats);
    prs_arena_fini(&w->arena);
    prism_query_unref(w->query);
    kit_free(&w->k);
    ck_assert_uint_eq(atomic_load(&w->mem.live), 0);
}

static void plan(world *w) {
    ck_assert_int_eq(prs_plan_make(&w->plan, &w->k.snap->leaves[0], w->weights.root, true, NULL),
                     PRISM_OK);
    ck_assert_ptr_nonnull(w->plan.root);
}

static int32_t true_score(const world *w, uint32_t d) {
    uint32_t freq = 2 * w->t.title[d] + w->t.body[d],
             length = 2 * w->t.title_len[d] + w->t.body_len[d];
    return freq == 0 ? -1 : prs_score_one(&w->weights.root->scorer, freq, length);
}

/* Every match in [from, DOCS) with score >= floor, and nothing that is none. */
static void check_all(world *w, int32_t floor) {
    prs_cursor *c = w->plan.root;
    uint32_t expected = 0;
    for (uint32_t from = 0; from < DOCS; from = w->batch.next) {
        ck_assert_int_eq(c->ops->next(c, from, DOCS, floor, &w->batch, NULL), PRISM_OK);
        ck_assert_uint_gt(w->batch.next, from);
        ck_assert_uint_le(w->batch.next, DOCS);
        for (uint32_t i = 0; i < w->batch.n; i++) {
            uint32_t doc = w->batch.docs[i];
            ck_assert_uint_lt(doc, w->batch.next);
            for (; expected < doc; expected++)
                ck_assert(true_score(w, expected) < PRS_MAX(floor, 0));
            ck_assert_int_eq(w->batch.scores[i], true_score(w, doc));
            expected = doc + 1;
        }
    }
    for (; expected < DOCS; expected++) ck_assert(true_score(w, expected) < PRS_MAX(floor, 0));
}

static const char x_in_both[] =
    "{'type':'term','fields':{'title':2,'body':1},'key':{'kind':'word','text':'x'}}";

START_TEST(next_gives_every_match_that_can_compete) {
    test_rng rng = test_rng_of("next");
    static world w;
    make_world(&w, &rng, x_in_both);
    int32_t most = 0;
    for (uint32_t d = 0; d < DOCS; d++) most = PRS_MAX(most, true_score(&w, d));
    int32_t floors[] = {0, 1, most / 2, most - most / 8, most, most + 1};
    for (size_t i = 0; i < PRS_COUNT(floors); i++) {
        plan(&w);
        check_all(&w, floors[i]);
    }
    free_world(&w);
}
END_TEST

START_TEST(bounds_hold) {
    test_rng rng = test_rng_of("bound");
    static world w;
    make_world(&w, &rng, x_in_both);
    for (int round = 0; round < 30; round++) {
        plan(&w);
        prs_cursor *c = w.plan.root;
        for (uint32_t from = 0; from < DOCS;) {
            uint32_t to = from + 1 + (uint32_t)test_rng_below(&rng, DOCS - from), wish = to;
            uint32_t min_to = from + 1 + (uint32_t)test_rng_below(&rng, to - from);
            int32_t max;
            ck_assert_int_eq(c->ops->bound(c, from, min_to, &to, &max, NULL), PRISM_OK);
            ck_assert(to > from && to <= wish);
            for (uint32_t d = from; d < to; d++) ck_assert_int_le(true_score(&w, d), max);
            from = to;
        }
    }
    free_world(&w);
}
END_TEST

START_TEST(probes_find_what_is_there) {
    test_rng rng = test_rng_of("probe");
    static world w;
    static uint8_t hit[PRS_WINDOW];
    make_world(&w, &rng, x_in_both);
    for (int round = 0; round < 60; round++) {
        plan(&w);
        uint64_t sparse = 1 + test_rng_below(&rng, 60);
        int32_t given = (int32_t)test_rng_below(&rng, 1000), floor = 0;
        if (round % 2 == 1) floor = given + true_score(&w, (uint32_t)test_rng_below(&rng, DOCS));
        w.batch.n = 0;
        for (uint32_t d = 0; d < DOCS; d++) {
            if (!test_rng_one_in(&rng, sparse)) continue;
            w.batch.docs[w.batch.n] = d;
            w.batch.scores[w.batch.n++] = given;
        }
        ck_assert_int_eq(w.plan.root->ops->probe(w.plan.root, &w.batch, floor, hit, NULL),
                         PRISM_OK);
        for (uint32_t i = 0; i < w.batch.n; i++) {
            int32_t score = true_score(&w, w.batch.docs[i]);
            if (score >= 0 && given + score >= floor) ck_assert_uint_eq(hit[i], 1);
            if (hit[i])
                ck_assert_int_eq(w.batch.scores[i], given + score);
            else
                ck_assert_int_eq(w.batch.scores[i], given);
            if (score < 0) ck_assert_uint_eq(hit[i], 0);
        }
    }
    free_world(&w);
}
END_TEST

START_TEST(peek_and_fill_agree) {
    test_rng rng = test_rng_of("fill");
    static world w;
    make_world(&w, &rng, x_in_both);
    plan(&w);
    prs_cursor *c = w.plan.root;
    uint64_t words[3];
    for (uint32_t base = 0; base < DOCS; base += 192) {
        uint32_t doc;
        memset(words, 0, sizeof words);
        ck_assert_int_eq(c->ops->peek(c, base, &doc, NULL), PRISM_OK);
        for (uint32_t d = base; d < PRS_MIN(doc, DOCS); d++) ck_assert_int_lt(true_score(&w, d), 0);
        ck_assert_int_eq(c->ops->fill(c, base, words, 3, NULL), PRISM_OK);
        for (uint32_t d = base; d < PRS_MIN(base + 192, DOCS); d++) {
            bool set = (words[(d - base) / 64] >> (d - base) % 64) & 1;
            ck_assert_int_eq(set, true_score(&w, d) >= 0);
        }
    }
    free_world(&w);
}
END_TEST

START_TEST(primes_are_reached) {
    test_rng rng = test_rng_of("prime");
    static world w;
    make_world(&w, &rng, x_in_both);
    plan(&w);
    static const uint32_t ks[] = {1, 10, 11, 100, 1000, 1001};
    for (size_t i = 0; i < PRS_COUNT(ks); i++) {
        int32_t score = prs_plan_prime(&w.plan, ks[i]);
        uint32_t reach = 0;
        for (uint32_t d = 0; d < DOCS; d++) reach += true_score(&w, d) >= score;
        if (score > 0) ck_assert_uint_ge(reach, ks[i]);
        /* the list in body has more than 100 documents */
        if (ks[i] <= 100) ck_assert_int_gt(score, 0);
        if (ks[i] > 1000) ck_assert_int_eq(score, 0);
    }
    free_world(&w);
}
END_TEST

START_TEST(a_word_that_is_nowhere_has_no_cursor) {
    test_rng rng = test_rng_of("none");
    static world w;
    make_world(
        &w, &rng,
        "{'type':'term','fields':{'title':2,'body':1},'key':{'kind':'word','text':'nowhere'}}");
    ck_assert_int_eq(prs_plan_make(&w.plan, &w.k.snap->leaves[0], w.weights.root, true, NULL),
                     PRISM_OK);
    ck_assert_ptr_null(w.plan.root);
    free_world(&w);
}
END_TEST

TEST_SUITE(cur_term, next_gives_every_match_that_can_compete, bounds_hold,
           probes_find_what_is_there, peek_and_fill_agree, primes_are_reached,
           a_word_that_is_nowhere_has_no_cursor)
