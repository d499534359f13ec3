/* salvage.c - which commit is the newest whole one, and what goes with those after it?
 *
 *   commits, newest first -> files open? every segment whole? -> published again as commit-G
 *
 * Invariants  As repair.c.  The new commit's `previous` is the one it repeats, so that check can
 *             tell a commit that was passed over from one that a kept commit builds on.
 * Source      rules R2, R13.   Tested by tests/unit/maintain/test_salvage.c, tests/cli/repair.sh */
#include "base/error.h"
#include "index/documents.h"
#include "maintain/lost.h"
#include "index/previous.h"
#include "maintain/repair.h"

/* ---- the commit ------------------------------------------------------------------------------ */

typedef struct judged { /* a segment looked at before: commits share them */
    prs_id id;
    bool whole;
} judged;

PRS_VEC_DEFINE(judged_vec, judged)

typedef struct salvage {
    prs_check *check;
    prs_core *core;
    const prism_repair_opts *opts;
    prism_repair_stats *stats;
    prs_arena arena;
    judged_vec judged;
    prs_commit commit;  /* the whole one */
    prs_commit damaged; /* the newest one passed over whose manifest can be read */
    bool has_damaged;
    uint64_t next_arrival;
} salvage;

static prism_status judge(salvage *s, const prs_leaf *leaf, bool *whole, prism_error *err) {
    const prs_manifest_segment *files = &leaf->segment->files;
    for (size_t i = 0; i < s->judged.n; i++) {
        if (!prs_id_equal(&s->judged.ptr[i].id, &files->id)) continue;
        *whole = s->judged.ptr[i].whole;
        return PRISM_OK;
    }
    PRS_TRY(prs_repair_judge(s->check, files, leaf->deleted, whole, err));
    judged entry = {files->id, *whole};
    return judged_vec_push(&s->judged, entry) ? PRISM_OK : prs_error_nomem(err);
}

/* Is the commit that the core has pinned whole? */
static prism_status judge_pinned(salvage *s, bool *whole, prism_error *err) {
    prism_snapshot *snap;
    PRS_TRY(prs_snapshot_open(s->core, NULL, &snap, err));
    prism_status status = PRISM_OK;
    *whole = true;
    s->check->done = 0;
    s->check->total = snap->n_docs;
    for (uint32_t i = 0; i < snap->n_leaves && *whole && status == PRISM_OK; i++)
        status = judge(s, &snap->leaves[i], whole, err);
    prs_snapshot_unref(snap);
    return status;
}

/* Remember what is needed of a commit that is passed over. */
static void pass_over(salvage *s, uint64_t generation) {
    prs_commit commit;
    if (prs_commit_read(s->core->dir, generation, &s->arena, &commit, NULL, NULL) != PRISM_OK)
        return;
    s->next_arrival = PRS_MAX(s->next_arrival, commit.manifest.next_arrival);
    if (!s->has_damaged) s->damaged = commit;
    s->has_damaged = true;
}

static void unpin(prs_core *core) {
    prs_recipe_unref(core->recipe);
    core->recipe = NULL;
    core->pinned = 0;
}

static prism_status find_whole(salvage *s, bool *newest, prism_error *err) {
    uint64_t *generations;
    size_t n;
    PRS_TRY(prs_previous_list(s->core->dir, &s->arena, &generations, &n, err));
    if (n == 0) return prs_error_set(err, PRISM_ENOTFOUND, "there is no index here");
    for (size_t i = 0; i < n; i++) {
        prism_error own = PRISM_ERROR_INIT;
        bool whole = false;
        prism_status status = prs_previous_try(s->core, generations[i], &own);
        if (status == PRISM_OK) {
            PRS_TRY(judge_pinned(s, &whole, err));
        } else if (prs_repair_is_damage(status, &own)) {
            s->check->n_here = 0;
            prs_check_tell(s->check, &own);
        } else {
            if (err != NULL && err->size >= sizeof *err) *err = own;
            return status;
        }
        if (whole) {
            *newest = i == 0;
            return prs_commit_read(s->core->dir, generations[i], &s->arena, &s->commit, NULL, err);
        }
        pass_over(s, generations[i]);
        unpin(s->core);
    }
    return prs_error_set(err, PRISM_ECORRUPT, "no commit that is kept is whole");
}

/* ---- what is lost ---------------------------------------------------------------------------- */

static prism_status is_kept(void *ctx, prs_bytes key, bool *kept, prism_error *err) {
    uint64_t gdoc;
    prism_status status = prs_document_find(ctx, key, &gdoc, err);
    *kept = status == PRISM_OK;
    return status == PRISM_ENOTFOUND ? PRISM_OK : status;
}

static prism_status tell_segments(salvage *s, prs_lost *lost, const prs_deletions *deletions,
                                  prism_error *err) {
    const prs_manifest *m = &s->damaged.manifest;
    for (uint32_t i = 0; i < m->n_segments; i++) {
        const prs_bitset *deleted = &deletions->sets[i];
        if (prs_manifest_find(&s->commit.manifest, &m->segments[i].id) != NULL) continue;
        PRS_TRY(prs_lost_tell(lost, &m->segments[i], deleted->words != NULL ? deleted : NULL, err));
    }
    return PRISM_OK;
}

static prism_status tell_lost(salvage *s, prism_error *err) {
    prs_deletions deletions;
    prism_snapshot *snap;
    prism_error own = PRISM_ERROR_INIT;
    if (!s->has_damaged) return PRISM_OK;
    const prs_manifest *m = &s->damaged.manifest;
    PRS_TRY(prs_snapshot_open(s->core, NULL, &snap, err));
    prs_lost lost = {.core = s->core,
                     .schema = snap->schema,
                     .each = s->opts->lost,
                     .ctx = s->opts->lost_ctx,
                     .is_kept = snap->schema->key_field >= 0 ? is_kept : NULL,
                     .is_kept_ctx = snap};
    prism_status status = prs_deletions_init(&deletions, &s->core->mem, m->n_segments, err);
    if (status == PRISM_OK) {
        status = prs_deletions_read(&deletions, s->core->dir, &s->damaged, m, &own);
        if (prs_repair_is_damage(status, &own)) status = PRISM_OK; /* then too many are told */
        if (status == PRISM_OK) status = tell_segments(s, &lost, &deletions, err);
        prs_deletions_fini(&deletions);
    }
    prs_snapshot_unref(snap);
    s->stats->lost = lost.n;
    s->stats->lost_keys = lost.n_keys;
    s->stats->lost_texts = lost.n_texts;
    return status;
}

/* ---- the new commit -------------------------------------------------------------------------- */

static prism_status publish(salvage *s, prism_error *err) {
    prs_commit commit = s->commit;
    prs_manifest *m = &commit.manifest;
    if (s->core->read_only) return prs_commit_refuse(err);
    m->previous = m->generation;
    m->next_arrival = PRS_MAX(m->next_arrival, s->next_arrival);
    if (commit.unsynced) PRS_TRY(prs_commit_sync_files(s->core->dir, m, err));
    commit.unsynced = false;
    PRS_TRY(prs_repair_next(s->core->dir, &m->generation, err));
    PRS_TRY(s->core->dir->vt->sync_dir(s->core->dir, err)); /* what it names must stay */
    PRS_TRY(prs_commit_publish(s->core->dir, &commit, err));
    s->stats->generation = m->generation;
    return PRISM_OK;
}

static prism_status run(salvage *s, prism_error *err) {
    bool newest;
    PRS_TRY(find_whole(s, &newest, err));
    const prs_manifest *m = &s->commit.manifest;
    s->stats->from = m->generation;
    for (uint32_t i = 0; i < m->n_segments; i++)
        s->stats->documents += m->segments[i].n_docs - m->segments[i].n_deleted;
    if (newest) return PRISM_OK;
    PRS_TRY(tell_lost(s, err));
    return s->opts->dry_run ? PRISM_OK : publish(s, err);
}

prism_status prs_salvage_run(prs_check *check, const prism_repair_opts *opts,
                             prism_repair_stats *stats, prism_error *err) {
    salvage s = {.check = check, .core = check->core, .opts = opts, .stats = stats};
    prs_arena_init(&s.arena, &check->core->mem, 0);
    judged_vec_init(&s.judged, &check->core->mem);
    check->level = PRISM_CHECK_NORMAL;
    check->core->dir->pread = true;
    prism_status status = run(&s, err);
    stats->findings = check->n_findings;
    judged_vec_fini(&s.judged);
    prs_arena_fini(&s.arena);
    return status;
}
