/* merge_run.c - when does the writer merge, and what?
 *
 * Structure   commit    `load` or a wish for few segments -> the new ones into one; then the policy
 *                       until it is content.  With a merge thread: it does all that, and the commit
 *                       only waits for the bound on segments
 *             between   the policy alone, where snapshots of the writer leave many segments
 *             merge(n)  down to n segments, and the last one purged, always in the calling thread
 * Invariants  Merging is an improvement: when the disk is too full for it, the commit goes on
 *             without.
 * Source      rules R10, R33, R34.
 * Tested by   tests/unit/write/test_merge_run.c, test_writer.c, test_model.c */
#include "base/error.h"
#include "write/merge_job.h"

/* Merge a range here and now. */
static prism_status merge_range(prism_writer *writer, prs_merge_range range,
                                prism_progress_fn progress, void *ctx, prism_error *err) {
    prs_merge_job job;
    prism_status status = prs_merge_job_begin(writer, range, &job, err);
    if (status == PRISM_OK) status = prs_merge_job_run(&job, progress, ctx, err);
    if (status == PRISM_OK) status = prs_merge_job_install(writer, &job, err);
    prs_merge_job_leave(writer, &job);
    prs_merge_job_end(&job);
    return status;
}

static prs_merge_size *measure(const prism_writer *writer) {
    size_t n = writer->segments.n;
    prs_merge_size *sizes = prs_mem_alloc(writer->mem, n * sizeof *sizes);
    for (size_t i = 0; sizes != NULL && i < n; i++) {
        const prs_working *working = &writer->segments.ptr[i];
        const prs_manifest_segment *files = &working->segment->files;
        sizes[i] =
            (prs_merge_size){files->idx.len + files->doc.len, files->n_docs, working->n_deleted};
    }
    return sizes;
}

/* Segments without a live document need no merge: they are dropped.  Those that are being merged
 * are not: their result will be. */
static void drop_dead(prism_writer *writer) {
    size_t n = 0;
    for (size_t i = 0; i < writer->segments.n; i++) {
        prs_working *working = &writer->segments.ptr[i];
        if (working->merging || working->n_deleted < working->segment->n_docs) {
            writer->segments.ptr[n++] = *working;
            continue;
        }
        prs_working_fini(working, writer->core->dir, working->is_new);
        writer->changed = writer->deletes_changed = true;
    }
    writer->segments.n = n;
}

typedef prs_merge_range (*pick_fn)(const prs_merge_size *sizes, uint32_t n, uint32_t most);

static prism_status pick_range(const prism_writer *writer, pick_fn pick, uint32_t most,
                               prs_merge_range *range, prism_error *err) {
    uint32_t n = (uint32_t)writer->segments.n;
    prs_merge_size *sizes = measure(writer);
    if (sizes == NULL) return prs_error_nomem(err);
    *range = pick(sizes, n, most);
    prs_mem_free(writer->mem, sizes, n * sizeof *sizes);
    return PRISM_OK;
}

/* Merge what `pick` says until it says nothing. */
static prism_status merge_until(prism_writer *writer, pick_fn pick, uint32_t most,
                                prism_progress_fn progress, void *ctx, prism_error *err) {
    for (;;) {
        prs_merge_range range;
        PRS_TRY(pick_range(writer, pick, most, &range, err));
        if (range.n == 0) return PRISM_OK;
        PRS_TRY(merge_range(writer, range, progress, ctx, err));
    }
}

/* Load: all that was flushed since the last commit is merged once, in the order asked for, into one
 * segment where there are not more inputs than a merge may have. */
static prism_status merge_new(prism_writer *writer, prism_error *err) {
    uint32_t n = (uint32_t)writer->segments.n, first = n;
    uint32_t least = writer->options.reorder.kind != PRS_REORDER_NONE ? 1 : 2;
    while (first > 0 && writer->segments.ptr[first - 1].is_new) first--;
    for (; first < writer->segments.n; first++) { /* behind the merged one */
        uint32_t n_new = (uint32_t)writer->segments.n - first;
        prs_merge_range range = prs_merge_pick_load(n_new);
        range = (prs_merge_range){first, PRS_MAX(range.n, PRS_MIN(n_new, 1u))};
        if (range.n < least) break;
        PRS_TRY(merge_range(writer, range, writer->stopper.progress, writer->stopper.ctx, err));
    }
    return PRISM_OK;
}

static bool is_suspect(const prs_working *working) {
    return working->suspect || working->doubtful;
}

prism_status prs_merge_suspects(prism_writer *writer, prism_error *err) {
    bool any = false;
    for (size_t i = 0; i < writer->segments.n; i++) any |= is_suspect(&writer->segments.ptr[i]);
    if (!any) return PRISM_OK;
    prs_merger_cancel(writer);
    drop_dead(writer);
    for (uint32_t i = 0; i < writer->segments.n; i++) {
        prism_error own = PRISM_ERROR_INIT;
        if (!is_suspect(&writer->segments.ptr[i])) continue;
        prism_status status = merge_range(writer, (prs_merge_range){i, 1}, writer->stopper.progress,
                                          writer->stopper.ctx, &own);
        if (status == PRISM_ECORRUPT) return prs_writer_fail(writer, &own, err);
        if (status == PRISM_OK) continue;
        if (err != NULL && err->size >= sizeof *err) *err = own;
        return status;
    }
    return PRISM_OK;
}

static uint32_t allowed(const prism_writer *writer) {
    uint32_t wish = writer->options.max_segments;
    return wish != 0 ? wish : PRS_WRITER_MAX_SEGMENTS;
}

prism_status prs_merge_next(prism_writer *writer, prs_merge_range *range, prism_error *err) {
    *range = (prs_merge_range){0, 0};
    if (writer->options.max_segments == PRISM_NO_MERGE) return PRISM_OK;
    if (writer->poisoned) return PRISM_OK; /* the commit may have happened: nothing may go (R8) */
    drop_dead(writer);
    return pick_range(writer, prs_merge_pick, allowed(writer), range, err);
}

prism_status prs_merge_at_commit(prism_writer *writer, prism_error *err) {
    if (writer->options.max_segments == PRISM_NO_MERGE) return PRISM_OK;
    drop_dead(writer);
    if (writer->merger != NULL) return prs_merger_bound(writer, allowed(writer), err);
    prism_status status = PRISM_OK;
    pick_fn pick = prs_merge_pick;
    if (writer->options.load) { /* each byte is merged once, if the number allows it */
        status = merge_new(writer, err);
        pick = prs_merge_pick_fewer;
    }
    if (status == PRISM_OK)
        status = merge_until(writer, pick, allowed(writer), writer->stopper.progress,
                             writer->stopper.ctx, err);
    return status == PRISM_ENOSPC ? PRISM_OK : status;
}

prism_status prs_merge_between(prism_writer *writer, prism_error *err) {
    if (writer->options.load || writer->options.max_segments == PRISM_NO_MERGE) return PRISM_OK;
    if (writer->merger != NULL) {
        prs_merger_wake(writer);
        return PRISM_OK;
    }
    drop_dead(writer);
    prism_status status =
        merge_until(writer, prs_merge_pick, PRS_WRITER_MAX_SEGMENTS, NULL, NULL, err);
    return status == PRISM_ENOSPC ? PRISM_OK : status;
}

prism_status prs_merge_rewrite(prism_writer *writer, uint32_t at, prism_progress_fn progress,
                               void *ctx, prism_error *err) {
    PRS_ASSERT(writer->job == NULL);
    const prs_working *working = &writer->segments.ptr[at];
    if (working->n_deleted < working->segment->n_docs)
        return merge_range(writer, (prs_merge_range){at, 1}, progress, ctx, err);
    drop_dead(writer);
    return PRISM_OK;
}

/* Is one segment left to be written anew, though it needs no merge? */
static bool wants_rewrite(const prism_writer *writer, size_t n_before) {
    if (writer->segments.n != 1) return false;
    if (writer->segments.ptr[0].n_deleted > 0) return true;
    return writer->options.reorder.kind != PRS_REORDER_NONE && n_before == 1;
}

prism_status prs_merge_down(prism_writer *writer, uint32_t max_segments, prism_progress_fn progress,
                            void *ctx, prism_error *err) {
    prs_merger_cancel(writer);
    drop_dead(writer);
    size_t n_before = writer->segments.n;
    PRS_TRY(merge_until(writer, prs_merge_pick_fewer, max_segments, progress, ctx, err));
    if (max_segments != 1 || !wants_rewrite(writer, n_before)) return PRISM_OK;
    return merge_range(writer, (prs_merge_range){0, 1}, progress, ctx, err);
}
