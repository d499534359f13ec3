/* adopt.c - how do the documents of other indexes become ours without being analyzed again?
 *
 *   other index: newest commit          ours
 *     segments A B C, deletions --merge--> one segment M, behind all of ours
 *   keys of M in older segments --marked deleted-->           as if each document were put now
 *
 * Structure   1. every path is opened and its schema compared, so that a refusal comes early
 *             2. what is pending is flushed: it is older than what is adopted
 *             3. index by index its segments are merged into new files of ours (merge.c)
 *             4. all of them join the working segments, in order, and their keys delete older ones
 * Invariants  - Until 4 only files exist that nothing names; 4 goes back whole if it fails.
 *               Nothing is committed here.
 *             - Every byte of the other index is verified by pread before it counts (R16); deleted
 *               documents stay behind.
 * Why not     copying the files: a segment holds its first arrival number, and ours follow those we
 *             have.  A merge of one segment copies whole blocks and frames all the same.
 * Cost        reads and writes everything once, at the speed of a merge.
 * Source      rules R16, R33 to R35; FORMAT.md sections 5, 11.
 * Tested by   tests/unit/write/test_adopt.c, tests/diff */
#include "write/adopt.h"

#include "base/error.h"
#include "merge/merge.h"
#include "merge/merge_policy.h"
#include "index/segment_write.h"

typedef struct adoption {
    prism_writer *writer;
    prs_workings added; /* merged, not yet the writer's; ascending by arrival */
    uint64_t next_arrival;
    prism_progress_fn progress; /* the caller's, over all documents */
    void *progress_ctx;
    uint64_t done, total; /* documents of groups that are merged; of all */
    uint64_t group;       /* of the group under way */
} adoption;

static int tell_progress(void *ctx, uint64_t done, uint64_t total) {
    const adoption *a = ctx;
    uint64_t part = total > 0 ? (uint64_t)((double)a->group * (double)done / (double)total) : 0;
    return a->progress(a->progress_ctx, PRS_MIN(a->done + part, a->total), a->total);
}

/* ---- one index ------------------------------------------------------------------------------- */

typedef struct mending {
    adoption *a;
    prs_working *merged;
    prism_error *err;
} mending;

static prism_status delete_superseded(void *ctx, uint32_t doc) {
    mending *mend = ctx;
    bool fresh;
    return prs_working_delete(mend->merged, doc, mend->a->writer->mem, &fresh, mend->err);
}

/* As after any merge: two inputs may hold a live document of one key (FORMAT.md section 11). */
static prism_status open_merged(adoption *a, const prs_manifest_segment *files, prism_error *err) {
    prism_writer *writer = a->writer;
    prs_working merged = {.is_new = true};
    mending mend = {a, &merged, err};
    PRS_TRY(prs_segment_open(writer->core, writer->recipe, files, &merged.segment, err));
    prism_status status = prs_keys_superseded(&merged.segment->keys, &merged.segment->order,
                                              delete_superseded, &mend, err);
    if (status == PRISM_OK && !prs_workings_push(&a->added, merged)) status = prs_error_nomem(err);
    if (status != PRISM_OK) prs_working_fini(&merged, writer->core->dir, false);
    return status;
}

static prism_status merge_group(adoption *a, const prs_merge_input *inputs, uint32_t n,
                                prism_error *err) {
    prism_writer *writer = a->writer;
    prs_id id;
    prs_manifest_segment files;
    PRS_TRY(prs_writer_next_id(writer, &id, err));
    PRS_TRY(prs_merge_run_at(writer->core, writer->recipe, inputs, n, NULL,
                             writer->options.stop_tokens, a->next_arrival, &id,
                             a->progress != NULL ? tell_progress : NULL, a, &files, err));
    PRS_ASSERT(files.n_docs == a->group);
    prism_status status = open_merged(a, &files, err);
    if (status != PRISM_OK) {
        prs_segment_unlink(writer->core->dir, &id);
        return status;
    }
    a->next_arrival += files.n_docs;
    a->done += files.n_docs;
    return PRISM_OK;
}

/* The next segments with live documents, as many as one merge takes; *leaf is the first behind
 * them. */
static uint32_t fill_group(adoption *a, const prs_adopt_source *source, uint32_t *leaf,
                           prs_merge_input *inputs) {
    uint32_t n = 0;
    a->group = 0;
    for (; *leaf < source->n_segments && n < PRS_MERGE_MAX_INPUTS; (*leaf)++) {
        const prs_leaf *from = &source->snap->leaves[*leaf];
        uint32_t live = from->segment->n_docs - from->n_deleted;
        if (live == 0) continue;
        if (a->group + live > PRISM_MAX_SEGMENT_DOCS) break;
        inputs[n++] =
            (prs_merge_input){.segment = source->segments[*leaf], .deleted = from->deleted};
        a->group += live;
    }
    return n;
}

static prism_status merge_source(adoption *a, const prs_adopt_source *source, prism_error *err) {
    size_t bytes = PRS_MERGE_MAX_INPUTS * sizeof(prs_merge_input);
    prs_merge_input *inputs = prs_mem_alloc(a->writer->mem, bytes);
    if (inputs == NULL) return prs_error_nomem(err);
    prism_status status = PRISM_OK;
    for (uint32_t leaf = 0; status == PRISM_OK;) {
        uint32_t n = fill_group(a, source, &leaf, inputs);
        if (n == 0) break;
        status = merge_group(a, inputs, n, err);
    }
    if (status != PRISM_OK) prs_adopt_name_error(source, err);
    prs_mem_free(a->writer->mem, inputs, bytes);
    return status;
}

static prism_status visit(adoption *a, const char *path, bool merge, prism_error *err) {
    prs_adopt_source source;
    prism_status status = prs_adopt_open(a->writer->core, a->writer->recipe, path, &source, err);
    if (status == PRISM_OK && merge) status = merge_source(a, &source, err);
    if (status == PRISM_OK && !merge) a->total += source.snap->n_docs - source.snap->n_deleted;
    prs_adopt_close(&source);
    return status;
}

/* ---- all of them join ------------------------------------------------------------------------ */

/* Its keys delete what is older; all of its documents count as put to replace. */
static prism_status resolve_last(prism_writer *writer, prism_error *err) {
    uint32_t n = writer->segments.ptr[writer->segments.n - 1].segment->keys.n_docs;
    prs_words all;
    prs_words_init(&all, writer->mem);
    uint64_t *words = prs_words_extend(&all, (size_t)(n >> 6) + 1);
    prism_status status = words == NULL ? prs_error_nomem(err) : PRISM_OK;
    if (words != NULL) memset(words, 0xff, ((size_t)(n >> 6) + 1) * sizeof *words);
    if (status == PRISM_OK) status = prs_upsert_resolve(writer, &all, n, err);
    prs_words_fini(&all);
    return status;
}

static prism_status join_all(adoption *a, prism_error *err) {
    prism_writer *writer = a->writer;
    prs_adopt_undo undo;
    PRS_TRY(prs_adopt_undo_begin(&undo, writer, err));
    prism_status status = PRISM_OK;
    for (size_t i = 0; i < a->added.n && status == PRISM_OK; i++) {
        if (!prs_workings_push(&writer->segments, a->added.ptr[i])) {
            status = prs_error_nomem(err);
            break;
        }
        status = resolve_last(writer, err);
    }
    /* Deletions inside of what was added are in the writer's copies now. */
    for (size_t i = undo.n; i < writer->segments.n; i++)
        a->added.ptr[i - undo.n] = writer->segments.ptr[i];
    if (status != PRISM_OK) {
        writer->segments.n = undo.n;
        prs_adopt_undo_run(&undo);
        return status;
    }
    prs_adopt_undo_end(&undo);
    for (size_t i = 0; i < a->added.n; i++)
        writer->deletes_changed |= a->added.ptr[i].n_deleted > 0;
    prs_workings_clear(&a->added);
    writer->stats.documents_put += a->next_arrival - writer->next_arrival;
    writer->next_arrival = a->next_arrival;
    writer->changed = true;
    return PRISM_OK;
}

static prism_status adopt_all(adoption *a, const char *const *paths, size_t n, prism_error *err) {
    for (size_t i = 0; i < n; i++) PRS_TRY(visit(a, paths[i], false, err));
    PRS_TRY(prs_writer_flush(a->writer, err));
    a->next_arrival = a->writer->next_arrival;
    for (size_t i = 0; i < n; i++) PRS_TRY(visit(a, paths[i], true, err));
    return a->added.n > 0 ? join_all(a, err) : PRISM_OK;
}

prism_status prs_writer_add_segments(prism_writer *writer, const char *const *paths, size_t n,
                                     prism_progress_fn progress, void *ctx, prism_error *err) {
    adoption a = {.writer = writer, .progress = progress, .progress_ctx = ctx};
    prism_error own = PRISM_ERROR_INIT;
    prs_workings_init(&a.added, writer->mem);
    prism_status status = adopt_all(&a, paths, n, &own);
    for (size_t i = 0; i < a.added.n; i++)
        prs_working_fini(&a.added.ptr[i], writer->core->dir, true);
    prs_workings_fini(&a.added);
    if (status != PRISM_OK && err != NULL && err->size >= sizeof *err) *err = own;
    return status;
}
