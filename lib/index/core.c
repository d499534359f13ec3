/* core.c - how does an index come to be, and what is kept of it while any handle is open?
 *
 * Structure   create: directory, lock, no commit there yet -> publish commit-1 (no segments) ->
 *             unlock open:   directory, newest commit -> uuid, schema, analyzers
 * Invariants  - The core is the first thing made and the last thing freed: all other memory of the
 *               index is counted in core->mem, the directory is closed behind the last view.
 *             - Opening needs no write permission and takes no lock.
 * Source      FORMAT.md sections 2, 15, 18; rules R13, R15, R29.
 * Tested by   tests/unit/index/test_core.c */
#include "index/core.h"

#include "base/error.h"
#include "index/commit.h"
#include "index/previous.h"

prism_status prs_core_new(const prism_index_opts *opts, prs_core **out, prism_error *err) {
    prs_mem boot; /* resolves the hook; the core cannot be counted in itself */
    prs_mem_init(&boot, opts->allocator);
    prs_core *core = boot.hook.resize(boot.hook.ctx, NULL, 0, sizeof *core);
    *out = core;
    if (core == NULL) return prs_error_nomem(err);
    memset(core, 0, sizeof *core);
    prs_ref_init(&core->refs);
    prs_mem_init(&core->mem, &boot.hook);
    core->commits_back = opts->commits_back;
    core->read_only = opts->read_only != 0 || opts->commits_back > 0;
    core->tokenizers = prs_tokenizers_ref(opts->tokenizers);
    core->checksums = opts->checksums == PRISM_CHECKSUMS_EAGER ? PRS_CHECKSUM_EAGER
                      : opts->checksums == PRISM_CHECKSUMS_OFF ? PRS_CHECKSUM_OFF
                                                               : PRS_CHECKSUM_LAZY;
    return PRISM_OK;
}

prs_core *prs_core_ref(prs_core *core) {
    prs_ref_inc(&core->refs);
    return core;
}

void prs_core_unref(prs_core *core) {
    if (core == NULL || !prs_ref_dec(&core->refs)) return;
    prs_recipe_unref(core->recipe);
    prs_tokenizers_unref(core->tokenizers);
    if (core->dir != NULL) core->dir->vt->close_dir(core->dir);
    prism_allocator hook = core->mem.hook;
    hook.release(hook.ctx, core, sizeof *core);
}

/* ---- open ------------------------------------------------------------------------------------ */

static prism_status take_commit(prs_core *core, const prs_commit *commit, prism_error *err) {
    prism_schema *schema;
    char name[PRS_NAME_SIZE];
    prs_name_of_generation(name, PRS_NAME_COMMIT, commit->manifest.generation);
    core->uuid = commit->uuid;
    PRS_TRY(prs_recipe_read_schema(commit->schema, name, false, &schema, err));
    prs_schema_set_tokenizers(schema, core->tokenizers);
    prism_status status = prs_recipe_new(&core->mem, schema, &core->recipe, err);
    prs_schema_unref(schema);
    return status;
}

prism_status prs_core_load_commit(prs_core *core, uint64_t generation, prism_error *err) {
    prs_arena arena;
    prs_commit commit;
    bool read_only = false;
    prs_arena_init(&arena, &core->mem, 0);
    prism_status status = prs_commit_read(core->dir, generation, &arena, &commit, &read_only, err);
    if (status == PRISM_OK) status = take_commit(core, &commit, err);
    core->read_only |= read_only;
    core->pinned = status == PRISM_OK ? generation : 0;
    prs_arena_fini(&arena);
    return status;
}

prism_status prs_core_generation(prs_core *core, uint64_t *generation, prism_error *err) {
    *generation = core->pinned;
    return core->pinned != 0 ? PRISM_OK : prs_commit_find_newest(core->dir, generation, err);
}

prism_status prs_core_load(prs_core *core, prism_error *err) {
    if (core->commits_back > 0) return prs_previous_load(core, core->commits_back, err);
    prs_arena arena;
    prs_arena_init(&arena, &core->mem, 0);
    prs_commit commit;
    bool read_only = false;
    prism_status status = prs_commit_read_newest(core->dir, &arena, &commit, &read_only, err);
    if (status == PRISM_OK) status = take_commit(core, &commit, err);
    core->read_only |= read_only;
    prs_arena_fini(&arena);
    return status;
}

prism_status prs_core_open(const prism_index_opts *opts, const char *path, prs_core **out,
                           prism_error *err) {
    *out = NULL;
    prs_core *core;
    PRS_TRY(prs_core_new(opts, &core, err));
    prism_status status = prs_dir_fs_open(&core->mem, path, false, false, &core->dir, err);
    if (status == PRISM_OK) {
        core->dir->pread = opts->use_pread != 0;
        status = prs_core_load(core, err);
    }
    if (status != PRISM_OK) {
        prs_core_unref(core);
        return status;
    }
    *out = core;
    return PRISM_OK;
}

/* ---- create ---------------------------------------------------------------------------------- */

static prism_status publish_first(prs_core *core, prism_error *err) {
    prs_listing listing;
    prism_status status = prs_listing_read(&listing, core->dir, err);
    uint64_t newest = listing.newest, highest = listing.highest;
    prs_listing_fini(&listing);
    PRS_TRY(status);
    if (newest != 0) return prs_error_set(err, PRISM_EEXISTS, "there is an index already");
    if (highest == UINT64_MAX)
        return prs_error_set(err, PRISM_ELIMIT, "no generation number is left for a commit");
    const char *json;
    prs_commit commit = {.uuid = core->uuid};
    commit.manifest.generation = highest + 1;
    PRS_TRY(prs_schema_to_json(core->recipe->schema, &json, &commit.schema.len, err));
    commit.schema.ptr = (const uint8_t *)json;
    return prs_commit_publish(core->dir, &commit, err);
}

prism_status prs_core_make(prs_core *core, const prism_schema *schema, const prs_id *uuid,
                           prism_error *err) {
    if (uuid != NULL) {
        core->uuid = *uuid;
    } else {
        PRS_TRY(prs_random_bytes(core->uuid.bytes, sizeof core->uuid.bytes, err));
    }
    if (core->tokenizers == NULL) core->tokenizers = prs_tokenizers_ref(schema->tokenizers);
    PRS_TRY(prs_recipe_new(&core->mem, schema, &core->recipe, err));
    void *lock;
    PRS_TRY(core->dir->vt->lock(core->dir, PRS_NAME_LOCK, &lock, err));
    prism_status status = publish_first(core, err);
    core->dir->vt->unlock(core->dir, lock);
    return status;
}

static prism_status create_in(prs_core *core, const prism_index_opts *opts, const char *path,
                              const prism_schema *schema, prism_error *err) {
    if (opts->in_memory) {
        PRS_TRY(prs_dir_mem_new(&core->mem, &core->dir, err));
    } else {
        PRS_TRY(prs_dir_fs_open(&core->mem, path, true, true, &core->dir, err));
    }
    core->dir->pread = opts->use_pread != 0;
    if (schema != NULL) return prs_core_make(core, schema, NULL, err);
    prism_schema *own;
    PRS_TRY(prs_schema_default(&own, err));
    prism_status status = prs_core_make(core, own, NULL, err);
    prs_schema_unref(own);
    return status;
}

prism_status prs_core_create(const prism_index_opts *opts, const char *path,
                             const prism_schema *schema, prs_core **out, prism_error *err) {
    *out = NULL;
    prs_core *core;
    PRS_TRY(prs_core_new(opts, &core, err));
    prism_status status = create_in(core, opts, path, schema, err);
    if (status != PRISM_OK) {
        prs_core_unref(core);
        return status;
    }
    *out = core;
    return PRISM_OK;
}
