/* merge_run.c - when does the writer merge, and what happens to its list of segments then?
 *
 * Structure   commit:   `load` or a wish for few segments -> the new ones into one; then the policy
 *                       until it is content
 *             between:  the policy alone, where snapshots of the writer leave many segments
 *             merge(n): down to n segments, and the last one purged
 * Invariants  - A range of working segments is replaced by its merge only when that is complete and
 *               open; until then a failure changes nothing.
 *             - Merging is an improvement: when the disk is too full for it, the commit goes on
 *               without.
 * Source      rules R10, R33, R34.
 * Tested by   tests/unit/index/test_writer.c, test_model.c */
#include "base/error.h"
#include "index/merge.h"
#include "index/merge_policy.h"
#include "index/segment_write.h"
#include "index/writer.h"

/* Put the merged segment in the place of the range. */
static void replace_range(prism_writer *writer, prs_merge_range range, const prs_working *merged) {
    prs_workings *all = &writer->segments;
    for (uint32_t i = range.first; i < range.first + range.n; i++) {
        writer->deletes_changed |= all->ptr[i].n_deleted > 0;
        prs_working_fini(&all->ptr[i], writer->core->dir, all->ptr[i].is_new);
    }
    all->ptr[range.first] = *merged;
    size_t behind = all->n - range.first - range.n;
    memmove(&all->ptr[range.first + 1], &all->ptr[range.first + range.n],
            behind * sizeof *all->ptr);
    all->n -= range.n - 1;
    writer->changed = true;
    writer->stats.merges++;
}

typedef struct mending {
    prism_writer *writer;
    prs_working *merged;
    prism_error *err;
} mending;

static prism_status delete_superseded(void *ctx, uint32_t doc) {
    mending *mend = ctx;
    bool fresh;
    PRS_TRY(prs_working_delete(mend->merged, doc, mend->writer->mem, &fresh, mend->err));
    mend->writer->deletes_changed |= fresh;
    return PRISM_OK;
}

/* Open the merged segment.  Where an append broke its promise, two inputs had a live document of
 * one key: only the later one may live on in one segment (FORMAT.md section 11). */
static prism_status open_merged(prism_writer *writer, const prs_manifest_segment *files,
                                prs_working *merged, prism_error *err) {
    mending mend = {writer, merged, err};
    PRS_TRY(prs_segment_open(writer->core, writer->recipe, files, &merged->segment, err));
    prism_status status =
        prs_keys_superseded(&merged->segment->keys, delete_superseded, &mend, err);
    if (status != PRISM_OK) prs_working_fini(merged, writer->core->dir, false);
    return status;
}

static prism_status merge_range(prism_writer *writer, prs_merge_range range,
                                prism_progress_fn progress, void *ctx, prism_error *err) {
    prs_merge_input *inputs = prs_mem_calloc(writer->mem, range.n, sizeof *inputs);
    if (inputs == NULL) return prs_error_nomem(err);
    uint64_t live = 0;
    for (uint32_t i = 0; i < range.n; i++) {
        const prs_working *working = &writer->segments.ptr[range.first + i];
        inputs[i].segment = working->segment;
        if (working->n_deleted > 0) inputs[i].deleted = &working->deleted;
        live += working->segment->n_docs - working->n_deleted;
    }
    prs_id id;
    prs_manifest_segment files;
    prs_working merged = {.is_new = true};
    prism_status status = prs_writer_next_id(writer, &id, err);
    if (status == PRISM_OK) {
        status = prs_merge_run(writer->core, writer->recipe, inputs, range.n, &id, progress, ctx,
                               &files, err);
    }
    prs_mem_free(writer->mem, inputs, range.n * sizeof *inputs);
    PRS_TRY(status);
    PRS_ASSERT(files.n_docs == live);
    status = open_merged(writer, &files, &merged, err);
    if (status != PRISM_OK) {
        prs_segment_unlink(writer->core->dir, &id);
        return status;
    }
    replace_range(writer, range, &merged);
    return PRISM_OK;
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

/* Segments without a live document need no merge: they are dropped. */
static void drop_dead(prism_writer *writer) {
    size_t n = 0;
    for (size_t i = 0; i < writer->segments.n; i++) {
        prs_working *working = &writer->segments.ptr[i];
        if (working->n_deleted < working->segment->n_docs) {
            writer->segments.ptr[n++] = *working;
            continue;
        }
        prs_working_fini(working, writer->core->dir, working->is_new);
        writer->changed = writer->deletes_changed = true;
    }
    writer->segments.n = n;
}

typedef prs_merge_range (*pick_fn)(const prs_merge_size *sizes, uint32_t n, uint32_t most);

/* Merge what `pick` says until it says nothing. */
static prism_status merge_until(prism_writer *writer, pick_fn pick, uint32_t most,
                                prism_progress_fn progress, void *ctx, prism_error *err) {
    for (;;) {
        uint32_t n = (uint32_t)writer->segments.n;
        prs_merge_size *sizes = measure(writer);
        if (sizes == NULL) return prs_error_nomem(err);
        prs_merge_range range = pick(sizes, n, most);
        prs_mem_free(writer->mem, sizes, n * sizeof *sizes);
        if (range.n == 0) return PRISM_OK;
        PRS_TRY(merge_range(writer, range, progress, ctx, err));
    }
}

/* Load: all that was flushed since the last commit becomes one segment. */
static prism_status merge_new(prism_writer *writer, prism_error *err) {
    for (;;) {
        uint32_t n = (uint32_t)writer->segments.n, first = n;
        while (first > 0 && writer->segments.ptr[first - 1].is_new) first--;
        uint32_t count = PRS_MIN(n - first, PRS_MERGE_MAX_INPUTS);
        if (count < 2) return PRISM_OK;
        PRS_TRY(merge_range(writer, (prs_merge_range){first, count}, NULL, NULL, err));
    }
}

prism_status prs_merge_at_commit(prism_writer *writer, prism_error *err) {
    uint32_t wish = writer->options.max_segments;
    if (wish == PRISM_NO_MERGE) return PRISM_OK;
    drop_dead(writer);
    uint32_t most = wish != 0 ? wish : PRS_WRITER_MAX_SEGMENTS;
    prism_status status = PRISM_OK;
    if (writer->options.load) status = merge_new(writer, err);
    if (status == PRISM_OK) status = merge_until(writer, prs_merge_pick, most, NULL, NULL, err);
    return status == PRISM_ENOSPC ? PRISM_OK : status;
}

prism_status prs_merge_between(prism_writer *writer, prism_error *err) {
    if (writer->options.load || writer->options.max_segments == PRISM_NO_MERGE) return PRISM_OK;
    drop_dead(writer);
    prism_status status =
        merge_until(writer, prs_merge_pick, PRS_WRITER_MAX_SEGMENTS, NULL, NULL, err);
    return status == PRISM_ENOSPC ? PRISM_OK : status;
}

prism_status prs_merge_rewrite(prism_writer *writer, uint32_t at, prism_progress_fn progress,
                               void *ctx, prism_error *err) {
    const prs_working *working = &writer->segments.ptr[at];
    if (working->n_deleted < working->segment->n_docs)
        return merge_range(writer, (prs_merge_range){at, 1}, progress, ctx, err);
    drop_dead(writer);
    return PRISM_OK;
}

prism_status prs_merge_down(prism_writer *writer, uint32_t max_segments, prism_progress_fn progress,
                            void *ctx, prism_error *err) {
    drop_dead(writer);
    PRS_TRY(merge_until(writer, prs_merge_pick_fewer, max_segments, progress, ctx, err));
    if (writer->segments.n != 1 || max_segments != 1 || writer->segments.ptr[0].n_deleted == 0)
        return PRISM_OK;
    return merge_range(writer, (prs_merge_range){0, 1}, progress, ctx, err);
}
