/* check.c - is everything in an index directory what it should be?
 *
 * Structure   listing -> every commit -> the newest one's deletions and segments (quick)
 *             -> every byte of every file, then every structure against the others (normal)
 *             -> stored documents analyzed again (deep)       -> files that nobody needs: notes
 * Invariants  - Nothing is mapped and nothing is believed: files are read with pread (R17).
 *             - Damage is a finding and the check goes on; what stops it is the system (EIO,
 *               ENOMEM) or the caller.
 *             - A file with damaged bytes gets one finding; its structures are not looked at.
 * Source      rules R13, R17, R28.
 * Tested by   tests/unit/maintain/test_check.c */
#include "maintain/check.h"

#include "base/error.h"
#include "index/commit.h"
#include "index/snapshot.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- findings -------------------------------------------------------------------------------- */

void prs_check_tell(prs_check *check, const prism_error *finding) {
    if (finding->code != PRISM_OK) {
        check->n_findings++;
        if (check->n_here++ >= PRS_CHECK_MOST_HERE) return;
    }
    if (check->each != NULL) check->each(check->ctx, finding);
}

void prs_check_say(prs_check *check, const char *file, const char *fmt, ...) {
    prism_error finding = PRISM_ERROR_INIT;
    char text[sizeof finding.text];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    prs_error_set(&finding, PRISM_ECORRUPT, "%s", text);
    prs_error_file(&finding, file);
    prs_check_tell(check, &finding);
}

/* What the caller has to know before anything can be checked. */
static prism_status give_up(prism_status status, const prism_error *own, prism_error *err) {
    if (err != NULL && err->size >= sizeof *err) *err = *own;
    return status;
}

prism_status prs_check_absorb(prs_check *check, prism_status status, const prism_error *own,
                              prism_error *err) {
    switch (status) {
    case PRISM_OK: return PRISM_OK;
    case PRISM_ECORRUPT:
    case PRISM_ETOONEW:
    case PRISM_ETOOOLD:
    case PRISM_EANALYZER:
    case PRISM_ENOTFOUND:
    case PRISM_EPARSE:
    case PRISM_EREJECTED: prs_check_tell(check, own); return PRISM_OK;
    default: return give_up(status, own, err);
    }
}

prism_status prs_check_step(prs_check *check, uint64_t docs, prism_error *err) {
    check->done += docs;
    if (check->progress == NULL ||
        check->progress(check->progress_ctx, check->done, check->total) == 0) {
        return PRISM_OK;
    }
    return prs_error_set(err, PRISM_ECANCELED, "the check was cancelled");
}

static void note(prs_check *check, const char *file, const char *text) {
    prism_error finding = PRISM_ERROR_INIT;
    prs_error_set(&finding, PRISM_OK, "%s", text);
    prs_error_file(&finding, file);
    prs_check_tell(check, &finding);
}

/* ---- segments -------------------------------------------------------------------------------- */

/* Every byte of a file against its checksum; *good tells. */
static prism_status check_bytes(prs_check *check, prs_in *in, bool *good, prism_error *err) {
    prism_error own = PRISM_ERROR_INIT;
    prism_status status = prs_in_verify_all(in, &own);
    *good = status == PRISM_OK;
    return prs_check_absorb(check, status, &own, err);
}

prism_status prs_check_segment(prs_check *check, const prs_segment *segment,
                               const prs_bitset *deleted, prism_error *err) {
    bool idx_good, doc_good;
    check->n_here = 0;
    PRS_TRY(check_bytes(check, segment->idx, &idx_good, err));
    PRS_TRY(check_bytes(check, segment->doc, &doc_good, err));
    if (!idx_good || !doc_good) return prs_check_step(check, segment->n_docs, err);
    PRS_TRY(prs_check_parts(check, segment, deleted, err));
    for (uint32_t f = 0; f < segment->n_fields; f++) {
        check->n_here = 0;
        if (segment->fields[f].present) PRS_TRY(prs_check_lists(check, segment, f, err));
    }
    check->n_here = 0;
    if (check->level < PRISM_CHECK_DEEP) return prs_check_step(check, segment->n_docs, err);
    return prs_check_deep(check, segment, err);
}

/* Arrival numbers need no look: a manifest in which they overlap does not open. */
static prism_status check_snapshot(prs_check *check, const prism_snapshot *snap, prism_error *err) {
    check->total = snap->n_docs;
    if (check->level == PRISM_CHECK_QUICK) return PRISM_OK;
    for (uint32_t i = 0; i < snap->n_leaves; i++)
        PRS_TRY(prs_check_segment(check, snap->leaves[i].segment, snap->leaves[i].deleted, err));
    if (check->n_findings == 0) PRS_TRY(prs_check_twice(check, snap, err));
    return PRISM_OK;
}

/* When the newest commit does not open: say of each of its segments what is wrong. */
static prism_status check_each_segment(prs_check *check, const prs_manifest *manifest,
                                       prism_error *err) {
    for (uint32_t i = 0; i < manifest->n_segments; i++) {
        prs_segment *segment;
        prism_error own = PRISM_ERROR_INIT;
        bool good;
        check->n_here = 0;
        prism_status status = prs_segment_open(check->core, check->core->recipe,
                                               &manifest->segments[i], &segment, &own);
        PRS_TRY(prs_check_absorb(check, status, &own, err));
        if (status != PRISM_OK) continue;
        status = check_bytes(check, segment->idx, &good, err);
        if (status == PRISM_OK) status = check_bytes(check, segment->doc, &good, err);
        prs_segment_unref(segment);
        PRS_TRY(status);
    }
    return PRISM_OK;
}

/* ---- commits and other files ----------------------------------------------------------------- */

typedef struct commits { /* manifests of all commits that can be read */
    prs_arena arena;
    const prs_manifest **manifests;
    size_t n;
    uint64_t before; /* what the newest one came after; UINT64_MAX if that is not known */
} commits;

/* A salvage leaves the commit that it passed over where it is: damage in it harms nobody. */
static void find_before(prs_check *check, const prs_listing *listing, commits *all) {
    prs_arena arena;
    prs_commit commit;
    all->before = UINT64_MAX;
    prs_arena_init(&arena, &check->core->mem, 0);
    if (prs_commit_read(check->core->dir, listing->newest, &arena, &commit, NULL, NULL) == PRISM_OK)
        all->before = commit.manifest.previous;
    prs_arena_fini(&arena);
}

static prism_status read_commits(prs_check *check, const prs_listing *listing, commits *all,
                                 prism_error *err) {
    all->manifests = prs_arena_calloc(&all->arena, listing->names.n + 1, sizeof *all->manifests);
    if (all->manifests == NULL) return prs_error_nomem(err);
    for (size_t i = 0; i < listing->names.n; i++) {
        const prs_name *name = &listing->names.ptr[i];
        if (name->kind != PRS_NAME_COMMIT || name->generation == listing->newest) continue;
        prs_commit commit;
        prism_error own = PRISM_ERROR_INIT;
        prism_status status =
            prs_commit_read(check->core->dir, name->generation, &all->arena, &commit, NULL, &own);
        if (status == PRISM_ECORRUPT && name->generation > all->before) {
            note(check, own.file,
                 "a damaged commit that a salvage passed over; the next writer "
                 "removes it");
            continue;
        }
        PRS_TRY(prs_check_absorb(check, status, &own, err));
        if (status != PRISM_OK) continue;
        prs_manifest *copy = (prs_manifest *)(void *)prs_arena_dup(&all->arena, &commit.manifest,
                                                                   sizeof commit.manifest);
        if (copy == NULL) return prs_error_nomem(err);
        all->manifests[all->n++] = copy;
    }
    return PRISM_OK;
}

static void note_orphans(prs_check *check, const prs_listing *listing, const commits *all) {
    for (size_t i = 0; i < listing->names.n; i++) {
        const prs_name *name = &listing->names.ptr[i];
        if (prs_name_is_needed(name, all->manifests, all->n)) continue;
        char text[PRS_NAME_SIZE];
        if (name->kind == PRS_NAME_IDX || name->kind == PRS_NAME_DOC) {
            prs_name_of_segment(text, name->kind, &name->id);
        } else {
            prs_name_of_generation(text, name->kind, name->generation);
        }
        note(check, text, "no commit needs this file; the next writer removes it");
    }
    if (listing->n_others > 0)
        note(check, "", "there are files that are not the index's; they are left alone");
}

/* Oldest first; a few commits are kept. */
static void sort_ascending(commits *all) {
    for (size_t i = 1; i < all->n; i++) {
        const prs_manifest *m = all->manifests[i];
        size_t k = i;
        for (; k > 0 && all->manifests[k - 1]->generation > m->generation; k--)
            all->manifests[k] = all->manifests[k - 1];
        all->manifests[k] = m;
    }
}

/* The newest commit, its schema and analyzers, then all that it names. */
static prism_status check_newest(prs_check *check, const prs_listing *listing, commits *all,
                                 prism_error *err) {
    prs_commit commit;
    char name[PRS_NAME_SIZE];
    prism_error own = PRISM_ERROR_INIT;
    prism_status status =
        prs_commit_read(check->core->dir, listing->newest, &all->arena, &commit, NULL, &own);
    if (status == PRISM_OK) status = prs_core_load(check->core, &own);
    /* a tokenizer that is not registered is no damage: nothing can be looked at without it */
    if (status == PRISM_EANALYZER) return give_up(status, &own, err);
    if (status != PRISM_OK) return prs_check_absorb(check, status, &own, err);
    prs_manifest *copy = (prs_manifest *)(void *)prs_arena_dup(&all->arena, &commit.manifest,
                                                               sizeof commit.manifest);
    if (copy == NULL) return prs_error_nomem(err);
    all->manifests[all->n++] = copy;
    prism_snapshot *snap;
    status = prs_snapshot_open(check->core, NULL, &snap, &own);
    if (status == PRISM_OK) {
        if (commit.unsynced)
            note(check, prs_name_of_generation(name, PRS_NAME_COMMIT, listing->newest),
                 "committed without syncs: a power loss may damage it until a durable writer "
                 "commits");
        status = check_snapshot(check, snap, err);
        prs_snapshot_unref(snap);
        return status;
    }
    uint64_t before = check->n_findings;
    PRS_TRY(check_each_segment(check, copy, err));
    return check->n_findings > before ? PRISM_OK : prs_check_absorb(check, status, &own, err);
}

static prism_status check_directory(prs_check *check, prism_error *err) {
    prs_listing listing;
    commits all = {.n = 0};
    prs_arena_init(&all.arena, &check->core->mem, 0);
    prism_status status = prs_listing_read(&listing, check->core->dir, err);
    if (status == PRISM_OK && listing.newest == 0) {
        status = prs_error_set(err, PRISM_ENOTFOUND, "there is no index here");
    }
    if (status == PRISM_OK) find_before(check, &listing, &all);
    if (status == PRISM_OK) status = read_commits(check, &listing, &all, err);
    if (status == PRISM_OK) status = check_newest(check, &listing, &all, err);
    sort_ascending(&all);
    if (status == PRISM_OK && all.n > 0 && all.manifests[all.n - 1]->generation == listing.newest)
        status = prs_check_older(check, all.manifests, all.n, err);
    if (status == PRISM_OK && check->n_findings == 0) note_orphans(check, &listing, &all);
    prs_listing_fini(&listing);
    prs_arena_fini(&all.arena);
    return status;
}

prism_status prs_check_run(prs_check *check, prism_error *err) {
    check->core->dir->pread = true;
    return check_directory(check, err);
}

prism_status prs_check_index(const char *path, prism_check_level level,
                             const prism_index_opts *opts, prism_finding_fn each, void *ctx,
                             prism_progress_fn progress, void *progress_ctx, uint64_t *n_findings,
                             prism_error *err) {
    prism_index_opts own = *opts;
    own.read_only = 1;
    prs_check check = {.level = level,
                       .each = each,
                       .ctx = ctx,
                       .progress = progress,
                       .progress_ctx = progress_ctx};
    PRS_TRY(prs_core_new(&own, &check.core, err));
    prism_status status =
        prs_dir_fs_open(&check.core->mem, path, false, false, &check.core->dir, err);
    if (status == PRISM_OK) status = prs_check_run(&check, err);
    *n_findings = check.n_findings;
    prs_core_unref(check.core);
    return status;
}
