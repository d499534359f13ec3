/* set_world.c - words that stand in known documents, in runs, densely, and hardly anywhere. */
#include "unit/search/set_world.h"

#include <stdio.h>

static void choose(set_world *w, test_rng *rng) {
    static const uint64_t rarities[SET_WORDS] = {1, 2, 4, 12, 60, 900, 9000};
    for (uint32_t i = 0; i < SET_WORDS; i++) {
        uint64_t here = rarities[i];
        for (uint32_t d = 0; d < SET_DOCS; d++) {
            if (test_rng_one_in(rng, 3000)) here = 1 + test_rng_below(rng, 2 * rarities[i]);
            w->has[i][d] = test_rng_one_in(rng, here);
        }
        w->has[i][test_rng_below(rng, SET_DOCS)] = true;
    }
}

static void put_all(set_world *w, uint32_t n_segments) {
    for (uint32_t d = 0; d < SET_DOCS; d++) {
        char json[200], *at = json, *end = json + sizeof json;
        const char *member[] = {"title", "body"};
        at += snprintf(at, (size_t)(end - at), "{\"id\":\"%u\"", d);
        for (uint32_t m = 0; m < 2; m++) { /* w1 and w4 in either, or in both */
            at += snprintf(at, (size_t)(end - at), ",\"%s\":\"", member[m]);
            for (uint32_t i = 0; i < SET_WORDS; i++) {
                bool both = i == 1 || i == 4;
                bool here = both ? (d + i) % 3 == m || (d + i) % 3 == 2 : m == 1;
                if (here && w->has[i][d]) at += snprintf(at, (size_t)(end - at), "w%u ", i);
            }
            at += snprintf(at, (size_t)(end - at), "\"");
        }
        snprintf(at, (size_t)(end - at), "}");
        kit_put(&w->k, json);
        if (d / (SET_DOCS / n_segments) != (d + 1) / (SET_DOCS / n_segments)) kit_commit(&w->k);
    }
}

void set_world_make(set_world *w, uint32_t n_segments, uint64_t delete_one_in, test_rng *rng) {
    memset(w, 0, sizeof *w);
    kit_make(&w->k, false);
    choose(w, rng);
    put_all(w, n_segments);
    kit_commit(&w->k);
    for (uint32_t d = 0; delete_one_in != 0 && d < SET_DOCS; d++) {
        char id[16];
        if (!test_rng_one_in(rng, delete_one_in)) continue;
        snprintf(id, sizeof id, "%u", d);
        kit_delete(&w->k, id);
        w->deleted[d] = true;
    }
    kit_commit(&w->k);
    ck_assert_uint_eq(w->k.snap->n_leaves, n_segments);
    prs_mem_init(&w->mem, NULL);
    prs_arena_init(&w->arena, &w->mem, 0);
    w->watch = prs_watch_of(0, NULL, 0);
    prs_plan_init(&w->plan, &w->mem, &w->watch);
}

prs_weighted *set_world_weigh(set_world *w, const char *json) {
    prs_weights weights;
    prism_stats *stats;
    prism_query_unref(w->query);
    w->query = kit_query(&w->k, json);
    prs_arena_reset(&w->arena);
    ck_assert_int_eq(prs_stats_new(NULL, &stats, NULL), PRISM_OK);
    ck_assert_int_eq(prs_stats_collect(stats, w->k.snap, w->query, &w->watch, NULL), PRISM_OK);
    prs_weigh_opts opts = {1.2, 0.75, stats, NULL};
    ck_assert_int_eq(prs_weigh(&w->arena, w->k.snap, w->query, &opts, &weights, NULL), PRISM_OK);
    prs_stats_free(stats);
    return weights.root;
}

prs_cursor *set_world_plan(set_world *w, const char *json) {
    prs_weighted *root;
    prism_query_unref(w->query);
    w->query = kit_query(&w->k, json);
    prs_arena_reset(&w->arena);
    ck_assert_int_eq(prs_weigh_nothing(&w->arena, w->k.snap, w->query->schema, w->query->root,
                                       &root, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prs_plan_make(&w->plan, &w->k.snap->leaves[0], root, false, NULL), PRISM_OK);
    return w->plan.root;
}

void set_world_free(set_world *w) {
    prs_plan_fini(&w->plan);
    prs_arena_fini(&w->arena);
    prism_query_unref(w->query);
    ck_assert_uint_eq(atomic_load(&w->mem.live), 0);
    kit_free(&w->k);
}

/* ---- expressions ----------------------------------------------------------------------------- */

static set_expr pool[64];
static uint32_t n_pool;

static set_expr *grow(test_rng *rng, uint32_t depth) {
    set_expr *e = &pool[n_pool++];
    *e = (set_expr){.op = depth == 0 ? WORD : (int)test_rng_below(rng, 5)};
    e->word = (uint32_t)test_rng_below(rng, SET_WORDS);
    if (e->op == WORD) return e;
    e->n = e->op == NOT ? 2 : 2 + (uint32_t)test_rng_below(rng, 3);
    e->min = 2;
    for (uint32_t i = 0; i < e->n; i++)
        e->of[i] = grow(rng, depth == 2 && test_rng_one_in(rng, 3) ? 1 : 0);
    return e;
}

bool set_expr_is_true(const set_world *w, const set_expr *e, uint32_t d) {
    uint32_t count = 0;
    if (e->op == WORD) return w->has[e->word][d];
    if (e->op == NOT) return set_expr_is_true(w, e->of[0], d) && !set_expr_is_true(w, e->of[1], d);
    for (uint32_t i = 0; i < e->n; i++) count += set_expr_is_true(w, e->of[i], d);
    return count >= (e->op == ANY ? 1 : e->op == ALL ? e->n : PRS_MIN(e->min, e->n));
}

size_t set_expr_print(const set_expr *e, char *out, size_t cap) {
    size_t n = 0;
    if (e->op == WORD) {
        char word[8];
        snprintf(word, sizeof word, "w%u", e->word);
        return (size_t)snprintf(out, cap, "%s", kit_word(word));
    }
    n += (size_t)snprintf(out + n, cap - n, "{'type':'bool','%s':[",
                          e->op == ALL || e->op == NOT ? "must" : "should");
    for (uint32_t i = 0; i < e->n; i++) {
        if (i > 0) n += (size_t)snprintf(out + n, cap - n, e->op == NOT ? "],'must_not':[" : ",");
        n += set_expr_print(e->of[i], out + n, cap - n);
    }
    if (e->op == SOME)
        n += (size_t)snprintf(out + n, cap - n, "],'min_should':%u}", e->min);
    else
        n += (size_t)snprintf(out + n, cap - n, "]}");
    return n;
}

const set_expr *set_expr_make(test_rng *rng, uint32_t depth) {
    n_pool = 0;
    return grow(rng, depth);
}
