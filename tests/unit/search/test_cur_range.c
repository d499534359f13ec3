/* test_cur_range.c - are documents with a number between two ends given, filled, asked for and
 * taken away, from blocks inside, outside and across? */
#include "harness/search_kit.h"
#include "unit/search/sieve_kit.h"

#include <stdio.h>

enum { DOCS = 20000 };

typedef struct world {
    kit k;
    bool has[DOCS];
    int64_t n[DOCS];
    prs_mem mem;
    prs_arena arena;
    prs_watch watch;
    prs_plan plan;
    prism_query *query;
} world;

/* Ascending in the first half, anything small in the second; some without. */
static void make_world(world *w, test_rng *rng) {
    memset(w, 0, sizeof *w);
    kit_make(&w->k, false);
    for (uint32_t d = 0; d < DOCS; d++) {
        char json[100];
        w->has[d] = !test_rng_one_in(rng, 7);
        w->n[d] = d < DOCS / 2 ? (int64_t)d * 3 : (int64_t)test_rng_below(rng, 20000) - 9000;
        if (w->has[d])
            snprintf(json, sizeof json, "{\"id\":\"%u\",\"n\":%d}", d, (int)w->n[d]);
        else
            snprintf(json, sizeof json, "{\"id\":\"%u\"}", d);
        kit_put(&w->k, json);
    }
    kit_commit(&w->k);
    ck_assert_uint_eq(w->k.snap->n_leaves, 1);
    prs_mem_init(&w->mem, NULL);
    prs_arena_init(&w->arena, &w->mem, 0);
    w->watch = prs_watch_of(0, NULL, 0);
    prs_plan_init(&w->plan, &w->mem, &w->watch);
}

static prs_cursor *plan(world *w, int64_t from, int64_t to) {
    char json[200];
    prs_weighted *root;
    snprintf(json, sizeof json, "{'type':'range','fields':{'n':1},'from':%lld,'to':%lld}",
             (long long)from, (long long)to);
    prism_query_unref(w->query);
    w->query = kit_query(&w->k, json);
    prs_arena_reset(&w->arena);
    ck_assert_int_eq(prs_weigh_nothing(&w->arena, w->k.snap, w->query->schema, w->query->root,
                                       &root, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prs_plan_make(&w->plan, &w->k.snap->leaves[0], root, false, NULL), PRISM_OK);
    return w->plan.root;
}

START_TEST(numbers_between_two_ends) {
    static world w;
    static const int64_t ends[][2] = {{0, 29999},  {100, 100},    {15000, 15600}, {-9000, -1},
                                      {-50000, 0}, {5000, 50000}, {29900, 40000}, {-8, 8}};
    stage s;
    test_rng rng = test_rng_of("cur-range");
    make_world(&w, &rng);
    stage_open(&s, DOCS, &rng);
    matches all = matches_new(DOCS);
    for (size_t i = 0; i < PRS_COUNT(ends); i++) {
        int64_t from = ends[i][0], to = ends[i][1];
        uint64_t n = 0;
        for (uint32_t d = 0; d < DOCS; d++) {
            bool match = w.has[d] && w.n[d] >= from && w.n[d] <= to;
            all.score[d] = match ? 0 : -1;
            n += match;
        }
        prs_cursor *c = plan(&w, from, to);
        ck_assert_ptr_nonnull(c);
        ck_assert_uint_ge(c->cost, n / 20); /* an estimate, but not a wild one */
        ck_assert_uint_le(c->cost, 3 * n + DOCS / 10);
        for (int round = 0; round < 6; round++) {
            judge_next(&s, plan(&w, from, to), &all, 0);
            judge_mixed(&s, plan(&w, from, to), &all, 0);
            judge_fill(&s, plan(&w, from, to), &all);
            judge_sift(&s, plan(&w, from, to), &all);
        }
        c = plan(&w, from, to);
        for (uint32_t d = 0; d < DOCS; d += 97) judge_bound(&s, c, &all, d);
    }
    ck_assert_ptr_null(plan(&w, 50000, 60000));
    ck_assert_ptr_null(plan(&w, 9, 8));
    matches_free(&all);
    stage_close(&s);
    prs_plan_fini(&w.plan);
    prs_arena_fini(&w.arena);
    prism_query_unref(w.query);
    kit_free(&w.k);
}
END_TEST

TEST_SUITE(cur_range, numbers_between_two_ends)
