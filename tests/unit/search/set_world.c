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

static void put_all(set_world *w, test_rng *rng) {
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
    }
    (void)rng;
}

void set_world_make(set_world *w, uint64_t delete_one_in, test_rng *rng) {
    memset(w, 0, sizeof *w);
    kit_make(&w->k, false);
    choose(w, rng);
    put_all(w, rng);
    kit_commit(&w->k);
    for (uint32_t d = 0; delete_one_in != 0 && d < SET_DOCS; d++) {
        char id[16];
        if (!test_rng_one_in(rng, delete_one_in)) continue;
        snprintf(id, sizeof id, "%u", d);
        kit_delete(&w->k, id);
        w->deleted[d] = true;
    }
    kit_commit(&w->k);
    ck_assert_uint_eq(w->k.snap->n_leaves, 1);
    prs_mem_init(&w->mem, NULL);
    prs_arena_init(&w->arena, &w->mem, 0);
    w->watch = prs_watch_of(0, NULL, 0);
    prs_plan_init(&w->plan, &w->mem, &w->watch);
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
