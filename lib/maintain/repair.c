/* repair.c - what is left of an index when damaged segments are left out?
 *
 *   newest commit -> each segment: whole or not -> lost documents told -> deletes-G, commit-G
 *
 * Invariants  - Write-once holds: the new commit has a new number, nothing is renamed, cut or
 *               removed; the old commit, damaged as it is, stays readable by prism_index_opts
 *               .commits_back until a writer drops it, so that a mistaken repair can be undone.
 *             - A segment is dropped only for what its own bytes say (or the disk's EIO below
 *               them): not for memory, versions or analyzers, which end the repair.
 *             - Everything is told before anything is written.
 * Source      rules R2, R11, R13, R17, R26.
 * Tested by   tests/unit/maintain/test_repair.c, tests/cli/repair.sh */
#include "maintain/repair.h"

#include "base/error.h"
#include "maintain/lost.h"
#include "index/previous.h"

#include <errno.h>

typedef struct repair {
    prs_check *check;
    prs_core *core;
    const prism_repair_opts *opts;
    prism_repair_stats *stats;
    prs_arena arena;
    prs_commit commit;       /* the newest */
    prs_manifest manifest;   /* the new one */
    prs_deletions deletions; /* of commit's segments, then packed to those of manifest */
    bool deletes_whole;
} repair;

bool prs_repair_is_damage(prism_status status, const prism_error *own) {
    return status == PRISM_ECORRUPT || status == PRISM_ENOTFOUND || status == PRISM_EPARSE ||
           status == PRISM_EREJECTED || (status == PRISM_EIO && own->sys_errno == EIO);
}

static prism_status pass_on(prism_status status, const prism_error *own, prism_error *err) {
    if (status != PRISM_OK && err != NULL && err->size >= sizeof *err) *err = *own;
    return status;
}

prism_status prs_repair_judge(prs_check *check, const prs_manifest_segment *files,
                              const prs_bitset *deleted, bool *whole, prism_error *err) {
    prs_segment *segment;
    prism_error own = PRISM_ERROR_INIT;
    uint64_t before = check->n_findings;
    *whole = false;
    check->n_here = 0;
    prism_status status = prs_segment_open(check->core, check->core->recipe, files, &segment, &own);
    if (status == PRISM_OK) {
        status = prs_check_segment(check, segment, deleted, &own);
        prs_segment_unref(segment);
    }
    if (status == PRISM_OK) {
        *whole = check->n_findings == before;
        return PRISM_OK;
    }
    if (!prs_repair_is_damage(status, &own)) return pass_on(status, &own, err);
    prs_check_tell(check, &own);
    return prs_check_step(check, files->n_docs, err);
}

prism_status prs_repair_next(prs_dir *dir, uint64_t *generation, prism_error *err) {
    prs_listing listing;
    prism_status status = prs_listing_read(&listing, dir, err);
    if (status == PRISM_OK && listing.highest == UINT64_MAX)
        status = prs_error_set(err, PRISM_ELIMIT, "no generation number is left for a commit");
    *generation = status == PRISM_OK ? listing.highest + 1 : 0;
    prs_listing_fini(&listing);
    return status;
}

/* ---- deletions ------------------------------------------------------------------------------- */

static prism_status read_deletions(repair *r, prism_error *err) {
    const prs_manifest *m = &r->commit.manifest;
    prism_error own = PRISM_ERROR_INIT;
    PRS_TRY(prs_deletions_init(&r->deletions, &r->core->mem, m->n_segments, err));
    prism_status status = prs_deletions_read(&r->deletions, r->core->dir, &r->commit, m, &own);
    r->deletes_whole = status == PRISM_OK;
    if (status == PRISM_OK) return PRISM_OK;
    if (!prs_repair_is_damage(status, &own)) return pass_on(status, &own, err);
    prs_check_tell(r->check, &own);
    prs_deletions_fini(&r->deletions); /* half an answer is none */
    return prs_deletions_init(&r->deletions, &r->core->mem, m->n_segments, err);
}

/* What older commits say of the same segments, as far as they can be read. */
static prism_status ask_older(repair *r, prism_error *err) {
    uint64_t *generations;
    size_t n;
    PRS_TRY(prs_previous_list(r->core->dir, &r->arena, &generations, &n, err));
    for (size_t i = 1; i < n; i++) {
        prs_commit older;
        prism_error own = PRISM_ERROR_INIT;
        prism_status status =
            prs_commit_read(r->core->dir, generations[i], &r->arena, &older, NULL, &own);
        if (status == PRISM_OK) {
            status =
                prs_deletions_read(&r->deletions, r->core->dir, &older, &r->commit.manifest, &own);
        }
        if (status != PRISM_OK && !prs_repair_is_damage(status, &own))
            return pass_on(status, &own, err);
    }
    return PRISM_OK;
}

/* ---- segments -------------------------------------------------------------------------------- */

static prism_status tell_lost(repair *r, uint32_t i, prs_lost *lost, prism_error *err) {
    const prs_bitset *deleted = &r->deletions.sets[i];
    return prs_lost_tell(lost, &r->commit.manifest.segments[i],
                         deleted->words != NULL ? deleted : NULL, err);
}

/* Segment i of the commit is the next one of the new manifest. */
static void keep(repair *r, uint32_t i) {
    uint32_t to = r->manifest.n_segments++;
    r->manifest.segments[to] = r->commit.manifest.segments[i];
    if (to == i) return;
    r->deletions.sets[to] = r->deletions.sets[i];
    r->deletions.sets[i] = (prs_bitset){0};
}

static void drop(repair *r, uint32_t i) {
    r->stats->segments_dropped++;
    if (r->deletions.sets[i].words != NULL) prs_bitset_fini(&r->deletions.sets[i]);
    r->deletions.sets[i] = (prs_bitset){0};
}

static prism_status judge_segments(repair *r, prism_error *err) {
    const prs_manifest *m = &r->commit.manifest;
    prs_lost lost = {.core = r->core,
                     .schema = r->core->recipe->schema,
                     .each = r->opts->lost,
                     .ctx = r->opts->lost_ctx};
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; i < m->n_segments && status == PRISM_OK; i++) {
        const prs_bitset *deleted = &r->deletions.sets[i];
        bool whole;
        status = prs_repair_judge(r->check, &m->segments[i],
                                  r->deletes_whole && deleted->words != NULL ? deleted : NULL,
                                  &whole, err);
        if (status != PRISM_OK) break;
        if (whole) {
            keep(r, i);
        } else {
            status = tell_lost(r, i, &lost, err);
            drop(r, i);
        }
    }
    r->stats->lost = lost.n;
    r->stats->lost_keys = lost.n_keys;
    r->stats->lost_texts = lost.n_texts;
    return status;
}

/* ---- the new commit -------------------------------------------------------------------------- */

static prism_status begin_manifest(repair *r, prism_error *err) {
    const prs_manifest *m = &r->commit.manifest;
    r->manifest = *m;
    r->manifest.n_segments = 0;
    r->manifest.previous = m->generation;
    r->manifest.segments = prs_arena_calloc(&r->arena, m->n_segments, sizeof *m->segments);
    return r->manifest.segments == NULL ? prs_error_nomem(err) : PRISM_OK;
}

/* Counts for the caller; n_deleted of what is not known exactly. */
static prism_status count(repair *r, prism_error *err) {
    uint64_t known = 0, said = 0;
    if (!r->deletes_whole) {
        PRS_TRY(prs_deletions_add_superseded(&r->deletions, r->core, &r->manifest, err));
    }
    for (uint32_t i = 0; i < r->manifest.n_segments; i++) {
        const prs_bitset *set = &r->deletions.sets[i];
        uint64_t n = set->words != NULL ? prs_bitset_count(set) : 0;
        known += n;
        said += r->manifest.segments[i].n_deleted;
        r->stats->documents += r->manifest.segments[i].n_docs - n;
    }
    if (!r->deletes_whole && said > known) r->stats->undeleted = said - known;
    return PRISM_OK;
}

static prism_status publish(repair *r, prism_error *err) {
    prs_dir *dir = r->core->dir;
    prs_commit commit = r->commit;
    if (r->core->read_only) return prs_commit_refuse(err);
    for (uint32_t i = 0; i < r->manifest.n_segments && commit.unsynced; i++)
        PRS_TRY(prs_commit_sync_segment(dir, &r->manifest.segments[i].id, err));
    commit.unsynced = false;
    PRS_TRY(prs_repair_next(dir, &r->manifest.generation, err));
    PRS_TRY(prs_deletions_write(&r->deletions, dir, &commit.uuid, &r->manifest, err));
    prism_status status = dir->vt->sync_dir(dir, err);
    commit.manifest = r->manifest;
    if (status == PRISM_OK) status = prs_commit_publish(dir, &commit, err);
    if (status == PRISM_OK) r->stats->generation = r->manifest.generation;
    if (status != PRISM_OK && status != PRISM_EUNKNOWN && r->manifest.deletes_generation != 0) {
        char name[PRS_NAME_SIZE];
        prs_name_of_generation(name, PRS_NAME_DELETES, r->manifest.generation);
        (void)dir->vt->unlink(dir, name, NULL);
    }
    return status;
}

static prism_status run(repair *r, prism_error *err) {
    uint64_t newest;
    PRS_TRY(prs_commit_find_newest(r->core->dir, &newest, err));
    if (newest == 0) return prs_error_set(err, PRISM_ENOTFOUND, "there is no index here");
    prism_status status = prs_commit_read(r->core->dir, newest, &r->arena, &r->commit, NULL, err);
    if (status == PRISM_ENOTFOUND) status = prs_error_recode(err, PRISM_ECORRUPT);
    PRS_TRY(status);
    PRS_TRY(prs_core_load(r->core, err));
    r->stats->from = newest;
    const prs_manifest *m = &r->commit.manifest;
    for (uint32_t i = 0; i < m->n_segments; i++) r->check->total += m->segments[i].n_docs;
    PRS_TRY(begin_manifest(r, err));
    PRS_TRY(read_deletions(r, err));
    r->check->deletions_unknown = !r->deletes_whole;
    if (!r->deletes_whole) PRS_TRY(ask_older(r, err));
    PRS_TRY(judge_segments(r, err));
    PRS_TRY(count(r, err));
    bool sound = r->deletes_whole && r->stats->segments_dropped == 0;
    return sound || r->opts->dry_run ? PRISM_OK : publish(r, err);
}

prism_status prs_repair_run(prs_check *check, const prism_repair_opts *opts,
                            prism_repair_stats *stats, prism_error *err) {
    repair r = {.check = check, .core = check->core, .opts = opts, .stats = stats};
    prs_arena_init(&r.arena, &check->core->mem, 0);
    check->level = PRISM_CHECK_NORMAL;
    check->core->dir->pread = true;
    prism_status status = run(&r, err);
    stats->findings = check->n_findings;
    prs_deletions_fini(&r.deletions);
    prs_arena_fini(&r.arena);
    return status;
}

/* ---- paths ----------------------------------------------------------------------------------- */

static prism_status run_locked(prs_check *check, bool salvage, const prism_repair_opts *opts,
                               prism_repair_stats *stats, prism_error *err) {
    prs_dir *dir = check->core->dir;
    void *lock = NULL;
    if (!opts->dry_run) {
        PRS_TRY(dir->vt->allow_writes(dir, err));
        PRS_TRY(dir->vt->lock(dir, PRS_NAME_LOCK, &lock, err));
    }
    prism_status status = salvage ? prs_salvage_run(check, opts, stats, err)
                                  : prs_repair_run(check, opts, stats, err);
    if (!opts->dry_run) dir->vt->unlock(dir, lock);
    return status;
}

prism_status prs_repair_index(const char *path, bool salvage, const prism_repair_opts *opts,
                              prism_repair_stats *stats, prism_error *err) {
    prism_index_opts index_opts = PRISM_INDEX_OPTS_INIT;
    prs_check check = {.each = opts->finding,
                       .ctx = opts->finding_ctx,
                       .progress = opts->progress,
                       .progress_ctx = opts->progress_ctx};
    index_opts.allocator = opts->allocator;
    index_opts.tokenizers = opts->tokenizers;
    PRS_TRY(prs_core_new(&index_opts, &check.core, err));
    prism_status status =
        prs_dir_fs_open(&check.core->mem, path, false, false, &check.core->dir, err);
    if (status == PRISM_OK) status = run_locked(&check, salvage, opts, stats, err);
    prs_core_unref(check.core);
    return status;
}
