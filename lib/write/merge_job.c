/* merge_job.c - how can segments be merged while documents of them go on being deleted?
 *
 *   begin    lock held   inputs A B, deletions copied:   A ..x.   B x...
 *   run      no lock     result                          M   A0 A1 A3 B1 B2 B3
 *            meanwhile                                   A x.x.   B x..x
 *   install  lock held   what is new, by docmap          M   x  .  .  .  .  x      A B -> M
 *
 * Invariants  - run reads immutable files and the copies alone; the working segments stay where
 *               they are, visible to deletes and commits, until install.
 *             - live(result) = sum of live(inputs) at install, but for documents that a broken
 *               promise of append had left twice (R34).
 *             - A failure at any step changes nothing (R33).
 *             - Where a sync of an input's files failed, the system may take its bytes back at any
 *               time and never brings them again: so if all of them are right behind the merge as
 *               they were before it, the merge read nothing else (R7, R16).
 *             - A file of the inputs is unlinked here only if no commit has named it.
 * Cost        begin: a bit per document copied; install: a look at 64 documents each ns.
 * Source      rules R33, R34; FORMAT.md section 11 (one live document of a key in a segment).
 * Tested by   tests/unit/write/test_merge_job.c, test_model.c, tests/stress */
#include "write/merge_job.h"

#include "base/error.h"
#include "index/segment_write.h"

/* ---- begin ----------------------------------------------------------------------------------- */

static prism_status copy_bits(prs_bitset *to, const prs_bitset *from, prs_mem *mem,
                              prism_error *err) {
    if (prs_bitset_init(to, mem, from->n) != PRISM_OK) return prs_error_nomem(err);
    memcpy(to->words, from->words, prs_bitset_words(from->n) * sizeof(uint64_t));
    return PRISM_OK;
}

static prism_status take_inputs(prism_writer *writer, prs_merge_range range, prs_merge_job *job,
                                prism_error *err) {
    job->inputs = prs_mem_calloc(writer->mem, range.n, sizeof *job->inputs);
    job->deleted = prs_mem_calloc(writer->mem, range.n, sizeof *job->deleted);
    if (job->inputs == NULL || job->deleted == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < range.n; i++) {
        const prs_working *working = &writer->segments.ptr[range.first + i];
        job->inputs[i].segment = prs_segment_ref(working->segment);
        job->n_live += working->segment->n_docs - working->n_deleted;
        job->doubtful |= working->doubtful;
        if (working->n_deleted == 0) continue;
        PRS_TRY(copy_bits(&job->deleted[i], &working->deleted, writer->mem, err));
        job->inputs[i].deleted = &job->deleted[i];
    }
    return prs_writer_next_id(writer, &job->id, err);
}

prism_status prs_merge_job_begin(prism_writer *writer, prs_merge_range range, prs_merge_job *job,
                                 prism_error *err) {
    *job = (prs_merge_job){.core = writer->core,
                           .recipe = prs_recipe_ref(writer->recipe),
                           .n = range.n,
                           .reorder = writer->options.reorder,
                           .stop_tokens = writer->options.stop_tokens,
                           .merged = {.is_new = true}};
    PRS_ASSERT(writer->job == NULL);
    PRS_TRY(take_inputs(writer, range, job, err));
    writer->job = job;
    for (uint32_t i = 0; i < range.n; i++) writer->segments.ptr[range.first + i].merging = true;
    return PRISM_OK;
}

/* ---- run ------------------------------------------------------------------------------------- */

typedef struct mending {
    prs_working *merged;
    prs_mem *mem;
    prism_error *err;
} mending;

static prism_status delete_superseded(void *ctx, uint32_t doc) {
    mending *mend = ctx;
    bool fresh;
    return prs_working_delete(mend->merged, doc, mend->mem, &fresh, mend->err);
}

/* Open the merged segment.  Where an append broke its promise, two inputs had a live document of
 * one key: only the later one may live on in one segment. */
static prism_status open_merged(prs_merge_job *job, const prs_manifest_segment *files,
                                prism_error *err) {
    mending mend = {&job->merged, &job->core->mem, err};
    PRS_TRY(prs_segment_open(job->core, job->recipe, files, &job->merged.segment, err));
    prism_status status =
        prs_keys_superseded(&job->merged.segment->keys, &job->merged.segment->order,
                            delete_superseded, &mend, err);
    if (status != PRISM_OK) prs_working_fini(&job->merged, job->core->dir, false);
    return status;
}

static prism_status verify_again(const prs_merge_job *job, prism_error *err) {
    for (uint32_t i = 0; i < job->n && job->doubtful; i++) {
        PRS_TRY(prs_in_verify_all(job->inputs[i].segment->idx, err));
        PRS_TRY(prs_in_verify_all(job->inputs[i].segment->doc, err));
    }
    return PRISM_OK;
}

prism_status prs_merge_job_run(prs_merge_job *job, prism_progress_fn progress, void *ctx,
                               prism_error *err) {
    prs_manifest_segment files;
    PRS_TRY(prs_merge_run(job->core, job->recipe, job->inputs, job->n, &job->reorder,
                          job->stop_tokens, &job->id, progress, ctx, &files, err));
    PRS_ASSERT(files.n_docs == job->n_live);
    prism_status status = verify_again(job, err);
    if (status == PRISM_OK) status = open_merged(job, &files, err);
    if (status != PRISM_OK) prs_segment_unlink(job->core->dir, &job->id);
    return status;
}

/* ---- install --------------------------------------------------------------------------------- */

/* Where the inputs stand, side by side; false if they do not any more. */
static bool find_inputs(const prism_writer *writer, const prs_merge_job *job, size_t *first) {
    const prs_workings *all = &writer->segments;
    size_t at = 0;
    while (at < all->n && all->ptr[at].segment != job->inputs[0].segment) at++;
    *first = at;
    if (job->n > all->n - at) return false;
    for (uint32_t i = 0; i < job->n; i++) {
        if (all->ptr[at + i].segment != job->inputs[i].segment) return false;
    }
    return true;
}

/* One input between begin and install. */
typedef struct carrying {
    prs_merge_job *job;
    const prs_working *now;
    const prs_bitset *before;   /* its deletions at begin; NULL = none */
    prs_merge_arrivals arrived; /* of its documents in the result */
    const uint32_t *by_arrival; /* documents of the result; NULL = it stands by arrival */
} carrying;

static prism_status carry_new(carrying *c, prism_error *err) {
    const prs_working *now = c->now;
    uint32_t n_words = now->n_deleted > 0 ? prs_bitset_words(now->segment->n_docs) : 0;
    for (uint32_t w = 0; w < n_words; w++) {
        uint64_t fresh = now->deleted.words[w] & ~(c->before != NULL ? c->before->words[w] : 0);
        for (; fresh != 0; fresh &= fresh - 1) {
            uint32_t doc = (w << 6) + (uint32_t)__builtin_ctzll(fresh);
            uint32_t to = prs_merge_arrivals_get(&c->arrived, doc);
            bool first;
            if (c->by_arrival != NULL) to = c->by_arrival[to];
            PRS_TRY(prs_working_delete(&c->job->merged, to, &c->job->core->mem, &first, err));
        }
    }
    return PRISM_OK;
}

/* Delete in the result what was deleted in one input since begin. */
static prism_status carry_deletions(prs_merge_job *job, uint32_t input, const prs_working *now,
                                    uint32_t base, uint32_t *n_live, const uint32_t *by_arrival,
                                    prism_error *err) {
    carrying c = {
        .job = job, .now = now, .before = job->inputs[input].deleted, .by_arrival = by_arrival};
    PRS_TRY(
        prs_merge_arrivals_init(&c.arrived, now->segment, c.before, base, &job->core->mem, err));
    *n_live = c.arrived.map.n_live;
    prism_status status = carry_new(&c, err);
    prs_merge_arrivals_fini(&c.arrived);
    return status;
}

/* ... in all of them; *live = documents that are left. */
static prism_status carry_all(prism_writer *writer, prs_merge_job *job, size_t first,
                              uint64_t *live, prism_error *err) {
    uint32_t base = 0, *by_arrival;
    prs_mem *mem = &job->core->mem;
    const prs_segment *merged = job->merged.segment;
    PRS_TRY(prs_segment_by_arrival(merged, mem, &by_arrival, err));
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; i < job->n && status == PRISM_OK; i++) {
        const prs_working *now = &writer->segments.ptr[first + i];
        uint32_t n_live = 0;
        status = carry_deletions(job, i, now, base, &n_live, by_arrival, err);
        *live += now->segment->n_docs - now->n_deleted;
        base += n_live;
    }
    prs_mem_free(mem, by_arrival, (size_t)merged->n_docs * sizeof *by_arrival);
    return status;
}

/* Put the merged segment in the place of n at `first`. */
static void replace_range(prism_writer *writer, size_t first, prs_merge_job *job) {
    prs_workings *all = &writer->segments;
    for (size_t i = first; i < first + job->n; i++) {
        writer->deletes_changed |= all->ptr[i].n_deleted > 0;
        prs_working_fini(&all->ptr[i], writer->core->dir, all->ptr[i].is_new);
    }
    all->ptr[first] = job->merged;
    size_t behind = all->n - first - job->n;
    memmove(&all->ptr[first + 1], &all->ptr[first + job->n], behind * sizeof *all->ptr);
    all->n -= job->n - 1;
    writer->deletes_changed |= job->merged.n_deleted > 0;
    writer->changed = true;
    writer->stats.merges++;
    job->merged = (prs_working){0};
}

prism_status prs_merge_job_install(prism_writer *writer, prs_merge_job *job, prism_error *err) {
    size_t first;
    bool doubtful = false;
    uint64_t live = 0;
    uint32_t n_superseded = job->merged.n_deleted;
    /* Poisoned: the commit may have happened, and then it names the inputs (R8). */
    if (writer->poisoned || !find_inputs(writer, job, &first))
        return prs_error_set(err, PRISM_ECANCELED, "the segments that were merged are gone");
    for (uint32_t i = 0; i < job->n; i++) doubtful |= writer->segments.ptr[first + i].doubtful;
    if (doubtful && !job->doubtful) {
        return prs_error_set(err, PRISM_ECANCELED,
                             "a sync of a segment failed while it was merged");
    }
    PRS_TRY(carry_all(writer, job, first, &live, err));
    PRS_ASSERT(job->merged.segment->n_docs - job->merged.n_deleted <= live);
    PRS_ASSERT(job->merged.segment->n_docs - job->merged.n_deleted + n_superseded >= live);
    (void)n_superseded;
    (void)live;
    replace_range(writer, first, job);
    return PRISM_OK;
}

/* ---- end ------------------------------------------------------------------------------------- */

void prs_merge_job_leave(prism_writer *writer, const prs_merge_job *job) {
    if (writer->job == job) writer->job = NULL;
    for (size_t i = 0; i < writer->segments.n; i++) {
        for (uint32_t k = 0; k < job->n && job->inputs != NULL; k++) {
            if (writer->segments.ptr[i].segment == job->inputs[k].segment)
                writer->segments.ptr[i].merging = false;
        }
    }
}

void prs_merge_job_suspect(prism_writer *writer) {
    if (writer->job != NULL) writer->job->merged.suspect = true;
}

bool prs_merge_job_writes(const prism_writer *writer, const prs_id *id) {
    return writer->job != NULL && prs_id_equal(&writer->job->id, id);
}

void prs_merge_job_end(prs_merge_job *job) {
    prs_mem *mem = &job->core->mem;
    if (job->merged.segment != NULL) prs_working_fini(&job->merged, job->core->dir, true);
    for (uint32_t i = 0; i < job->n; i++) {
        if (job->inputs != NULL) prs_segment_unref(job->inputs[i].segment);
        if (job->deleted != NULL && job->deleted[i].words != NULL)
            prs_bitset_fini(&job->deleted[i]);
    }
    prs_mem_free(mem, job->inputs, job->n * sizeof *job->inputs);
    prs_mem_free(mem, job->deleted, job->n * sizeof *job->deleted);
    prs_recipe_unref(job->recipe);
    *job = (prs_merge_job){0};
}
