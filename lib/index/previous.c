/* previous.c - which commit before the newest one can still be read?
 *
 * Tested by tests/unit/index/test_previous.c */
#include "index/previous.h"

#include "base/error.h"
#include "index/commit.h"
#include "index/snapshot.h"

static void sort_descending(uint64_t *generations, size_t n) {
    for (size_t i = 1; i < n; i++) { /* a few commits are kept */
        uint64_t g = generations[i];
        size_t k = i;
        for (; k > 0 && generations[k - 1] < g; k--) generations[k] = generations[k - 1];
        generations[k] = g;
    }
}

prism_status prs_previous_list(prs_dir *dir, prs_arena *arena, uint64_t **generations, size_t *n,
                               prism_error *err) {
    prs_listing listing;
    *n = 0;
    prism_status status = prs_listing_read(&listing, dir, err);
    if (status == PRISM_OK) {
        *generations = prs_arena_calloc(arena, listing.names.n + 1, sizeof **generations);
        if (*generations == NULL) status = prs_error_nomem(err);
    }
    for (size_t i = 0; status == PRISM_OK && i < listing.names.n; i++) {
        const prs_name *name = &listing.names.ptr[i];
        if (name->kind == PRS_NAME_COMMIT) (*generations)[(*n)++] = name->generation;
    }
    prs_listing_fini(&listing);
    if (status == PRISM_OK) sort_descending(*generations, *n);
    return status;
}

static void forget(prs_core *core) {
    prs_recipe_unref(core->recipe);
    core->recipe = NULL;
    core->pinned = 0;
}

prism_status prs_previous_try(prs_core *core, uint64_t generation, prism_error *err) {
    prism_snapshot *snap;
    prism_status status = prs_core_load_commit(core, generation, err);
    if (status == PRISM_OK) status = prs_snapshot_open(core, NULL, &snap, err);
    if (status == PRISM_OK) {
        prs_snapshot_unref(snap);
    } else {
        forget(core);
    }
    return status;
}

/* Is this the fault of the files, so that an older commit may be better? */
static bool is_damage(prism_status status) {
    return status == PRISM_ECORRUPT || status == PRISM_ENOTFOUND || status == PRISM_ETOONEW ||
           status == PRISM_ETOOOLD;
}

prism_status prs_previous_load(prs_core *core, unsigned back, prism_error *err) {
    prs_arena arena;
    uint64_t *generations;
    size_t n;
    prs_arena_init(&arena, &core->mem, 0);
    prism_status status = prs_previous_list(core->dir, &arena, &generations, &n, err);
    if (status == PRISM_OK) {
        status = prs_error_set(err, PRISM_ENOTFOUND,
                               n == 0 ? "there is no index here" : "no commit so old is kept");
        for (size_t i = back; i < n && is_damage(status); i++) {
            prism_error own = PRISM_ERROR_INIT;
            status = prs_previous_try(core, generations[i], &own);
            bool tell = status != PRISM_OK && (i == back || !is_damage(status));
            if (tell && err != NULL && err->size >= sizeof *err) *err = own;
        }
    }
    prs_arena_fini(&arena);
    return status == PRISM_ENOTFOUND && n > back ? prs_error_recode(err, PRISM_ECORRUPT) : status;
}
