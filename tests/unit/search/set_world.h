/* set_world.h - an index of known words, dense and sparse, in stretches, with deletions: what the
 * tests of lists and counts compare with. */
#ifndef PRS_TESTS_SET_WORLD_H
#define PRS_TESTS_SET_WORLD_H

#include "harness/search_kit.h"

#include "search/plan.h"

enum { SET_DOCS = 30000, SET_WORDS = 7 };

/* Word i is "w<i>"; w0 in every document but a few, w6 in a handful; some in the title too. */
typedef struct set_world {
    kit k;
    bool has[SET_WORDS][SET_DOCS];
    bool deleted[SET_DOCS];
    prs_mem mem;
    prs_arena arena;
    prs_watch watch;
    prs_plan plan;
    prism_query *query;
} set_world;

/** So many segments, in which one document in `delete_one_in` was deleted later (0: none). */
void set_world_make(set_world *w, uint32_t n_segments, uint64_t delete_one_in, test_rng *rng);
void set_world_free(set_world *w);
/** Weigh a query by the statistics of the snapshot; the last one is forgotten. */
prs_weighted *set_world_weigh(set_world *w, const char *json);
/** Plan a query over the first segment without scores; the last one is forgotten. */
prs_cursor *set_world_plan(set_world *w, const char *json);

/* A random expression over the words. */
typedef struct set_expr {
    enum { WORD, ANY, ALL, NOT, SOME } op;
    uint32_t word, n, min;
    struct set_expr *of[4];
} set_expr;

/** At most so deep, 0 to 2; good until the next one is made. */
const set_expr *set_expr_make(test_rng *rng, uint32_t depth);
bool set_expr_is_true(const set_world *w, const set_expr *e, uint32_t doc);
/** As JSON for kit_query; returns its length. */
size_t set_expr_print(const set_expr *e, char *out, size_t cap);

#endif
