/* matches.c - which documents does a query match, all of them?
 *
 * Windows of bits go straight into the set of their segment, as when counting; nothing is scored.
 * Tested by tests/unit/search/test_matches.c, tests/diff */
#include "search/matches.h"

#include "base/error.h"
#include "search/sieve.h"

static prism_status match_leaf(prs_plan *plan, const prs_leaf *leaf, const prs_weighted *root,
                               prs_bitset *set, prs_batch *space, prism_error *err) {
    PRS_TRY(prs_plan_make(plan, leaf, root, false, err));
    if (plan->root == NULL) return PRISM_OK;
    if (prs_bitset_init(set, plan->mem, plan->n_docs) != PRISM_OK) return prs_error_nomem(err);
    PRS_TRY(prs_cursor_fill_set(plan->root, set, space, err));
    if (leaf->deleted != NULL) prs_bitset_andnot(set, leaf->deleted);
    return PRISM_OK;
}

static prism_status match_leaves(const prism_snapshot *snap, const prs_weighted *root,
                                 prs_plan *plan, prs_matches *out, prism_error *err) {
    prs_batch *space = prs_mem_alloc(out->mem, sizeof *space);
    if (space == NULL) return prs_error_nomem(err);
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; i < snap->n_leaves && status == PRISM_OK; i++) {
        prs_bitset *set = &out->sets[i];
        status = match_leaf(plan, &snap->leaves[i], root, set, space, err);
        if (status != PRISM_OK || set->words == NULL) continue;
        uint32_t n = prs_bitset_count(set);
        out->n += n;
        if (n == 0) prs_bitset_fini(set);
    }
    prs_mem_free(out->mem, space, sizeof *space);
    return status;
}

prism_status prs_matches_find(const prism_snapshot *snap, const prism_query *query, prs_mem *mem,
                              prs_watch *watch, prs_matches *out, prism_error *err) {
    *out = (prs_matches){.mem = mem, .n_sets = snap->n_leaves};
    out->sets = prs_mem_calloc(mem, out->n_sets, sizeof *out->sets);
    if (out->sets == NULL) return prs_error_nomem(err);
    prs_arena arena;
    prs_plan plan;
    prs_weighted *root;
    prs_arena_init(&arena, mem, 0);
    prs_plan_init(&plan, mem, watch);
    prism_status status = prs_weigh_nothing(&arena, snap, query->schema, query->root, &root, err);
    if (status == PRISM_OK) status = match_leaves(snap, root, &plan, out, err);
    prs_plan_fini(&plan);
    prs_arena_fini(&arena);
    return status;
}

void prs_matches_fini(prs_matches *matches) {
    for (uint32_t i = 0; matches->sets != NULL && i < matches->n_sets; i++) {
        if (matches->sets[i].words != NULL) prs_bitset_fini(&matches->sets[i]);
    }
    prs_mem_free(matches->mem, matches->sets, matches->n_sets * sizeof *matches->sets);
    matches->sets = NULL;
}
