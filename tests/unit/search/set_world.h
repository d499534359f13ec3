/* set_world.h - an index of known words, dense and sparse, in stretches, with deletions: what the
 * tests of lists and counts compare with. */
#ifndef PRS_TESTS_SET_WORLD_H
#define PRS_TESTS_SET_WORLD_H

#include "unit/search/kit.h"

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

/** One segment, in which one document in `delete_one_in` was deleted later (0: none). */
void set_world_make(set_world *w, uint64_t delete_one_in, test_rng *rng);
void set_world_free(set_world *w);
/** Plan a query over the segment without scores; the last one is forgotten. */
prs_cursor *set_world_plan(set_world *w, const char *json);

#endif
