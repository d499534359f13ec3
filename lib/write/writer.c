/* writer.c - what becomes of a put, a delete and an error, from one commit to the next?
 *
 *                put, delete          flush                merge, publish
 *   documents  ------------> pending -------> working segments -------> commit
 *
 *   rollback: back to the last commit
 *
 * Invariants  - The lock file is held from open to close; everything else of the writer is private
 *               to it until the commit file has its name.
 *             - An error loses nothing that was taken: a put that fails has taken nothing, after a
 *               flush that fails the documents are still pending and go on in new files (R7).
 *             - Where that is impossible, because written bytes do not come back, the error is
 *               sticky: every call gives it again until rollback.  An error at the commit's rename
 *               or directory sync poisons: only close is left (R8).
 * Budget      55 % streams, columns, keys; 25 % lexicons; 20 % scratch of flush (see transpose.h).
 *             Above that a flush comes first; a document that alone would take streams and columns
 *             to 80 %, and so the whole to 125 %, is refused (R37).
 * Source      FORMAT.md section 18; rules R1 to R12, R26 to R28, R37.
 * Tested by   tests/unit/write/test_writer.c, test_model.c, test_faults.c */
#include "write/writer.h"

#include "base/error.h"
#include "invert/flush.h"
#include "invert/flush_pairs.h"
#include "index/segment_write.h"

/* ---- errors ---------------------------------------------------------------------------------- */

static void tell(prism_error *err, const prism_error *own) {
    if (err != NULL && err->size >= sizeof *err) *err = *own;
}

prism_status prs_writer_check(const prism_writer *writer, prism_error *err) {
    if (writer->pid != prs_process_id()) {
        return prs_error_set(err, PRISM_EMISUSE,
                             "a writer cannot be used in a child process after fork");
    }
    if (writer->failure.code == PRISM_OK) return PRISM_OK;
    tell(err, &writer->failure);
    return writer->failure.code;
}

prism_status prs_writer_lock(prism_writer *writer, prism_error *err) {
    if (writer->pid != prs_process_id()) return prs_writer_check(writer, err);
    prs_mutex_lock(&writer->lock);
    prs_merger_let_in(writer);
    return PRISM_OK;
}

void prs_writer_unlock(prism_writer *writer) {
    prs_mutex_unlock(&writer->lock);
}

void prs_writer_poison(prism_writer *writer, const prism_error *own) {
    writer->failure = *own;
    writer->poisoned = true;
}

prism_status prs_writer_fail(prism_writer *writer, const prism_error *own, prism_error *err) {
    writer->failure = *own;
    tell(err, own);
    return own->code;
}

/* ---- parts ----------------------------------------------------------------------------------- */

prism_status prs_writer_next_id(prism_writer *writer, prs_id *id, prism_error *err) {
    if (writer->options.id_seed == 0) return prs_random_bytes(id->bytes, sizeof id->bytes, err);
    uint64_t from[2] = {writer->options.id_seed, ++writer->n_ids};
    prs_hash128 hash = prs_hash128_of(from, sizeof from);
    prs_store64(id->bytes, hash.lo);
    prs_store64(id->bytes + 8, hash.hi);
    return PRISM_OK;
}

void prs_working_fini(prs_working *working, prs_dir *dir, bool unlink) {
    prs_unsynced_leave(&working->unsynced);
    if (unlink) prs_segment_unlink(dir, &working->segment->files.id);
    prs_segment_unref(working->segment);
    if (working->deleted.words != NULL) prs_bitset_fini(&working->deleted);
}

prism_status prs_working_delete(prs_working *working, uint32_t doc, prs_mem *mem, bool *fresh,
                                prism_error *err) {
    *fresh = false;
    if (working->deleted.words == NULL &&
        prs_bitset_init(&working->deleted, mem, working->segment->n_docs) != PRISM_OK) {
        return prs_error_nomem(err);
    }
    if (prs_bitset_get(&working->deleted, doc)) return PRISM_OK;
    prs_bitset_set(&working->deleted, doc);
    working->n_deleted++;
    *fresh = true;
    return PRISM_OK;
}

prism_status prs_writer_take_recipe(prism_writer *writer, prs_recipe *recipe, prism_error *err) {
    prs_pending fresh;
    if (recipe == writer->recipe) return PRISM_OK;
    prism_status status = prs_pending_init(&fresh, writer->core, recipe, err);
    if (status == PRISM_OK)
        status = prs_pending_employ(&fresh, writer->options.memory, writer->options.batch_text,
                                    writer->pool, err);
    if (status != PRISM_OK) {
        prs_pending_fini(&fresh);
        return status;
    }
    if (writer->recipe != NULL) {
        PRS_ASSERT(prs_pending_count(&writer->pending) == 0);
        fresh.inverter->n_bad = writer->pending.inverter->n_bad; /* counts since open */
        prs_pending_fini(&writer->pending);
        prs_document_fini(&writer->document);
        prs_recipe_unref(writer->recipe);
    }
    writer->recipe = prs_recipe_ref(recipe);
    writer->pending = fresh;
    prs_document_init(&writer->document, recipe->schema, writer->mem);
    return PRISM_OK;
}

static size_t lexicon_share(const prism_writer *writer) {
    return writer->options.memory / 4;
}

/* Drop what is not committed; unlink: its files too. */
static void drop_working(prism_writer *writer, bool unlink) {
    for (size_t i = 0; i < writer->segments.n; i++) {
        prs_working *working = &writer->segments.ptr[i];
        prs_working_fini(working, writer->core->dir, unlink && working->is_new);
    }
    prs_workings_clear(&writer->segments);
}

/* ---- flush ----------------------------------------------------------------------------------- */

/* The flushed segment, opened, with the deletions made while it was pending. */
static prism_status open_flushed(prism_writer *writer, const prs_manifest_segment *files,
                                 prs_working *working, prism_error *err) {
    const prs_pending *pending = &writer->pending;
    *working = (prs_working){.is_new = true, .n_deleted = pending->n_deleted};
    PRS_TRY(prs_segment_open(writer->core, writer->recipe, files, &working->segment, err));
    if (pending->n_deleted == 0) return PRISM_OK;
    if (prs_bitset_init(&working->deleted, writer->mem, files->n_docs) != PRISM_OK) {
        prs_segment_unref(working->segment);
        return prs_error_nomem(err);
    }
    memcpy(working->deleted.words, pending->deleted.ptr, pending->deleted.n * sizeof(uint64_t));
    return PRISM_OK;
}

/* Take it among the working segments, and delete older versions of its documents. */
static prism_status take_flushed(prism_writer *writer, const prs_working *working,
                                 prism_error *err) {
    const prs_pending *pending = &writer->pending;
    if (!prs_workings_push(&writer->segments, *working)) return prs_error_nomem(err);
    prism_status status = prs_upsert_resolve(writer, &pending->replace, pending->n_replace, err);
    if (status != PRISM_OK) writer->segments.n--;
    return status;
}

static void unlink_idx(prism_writer *writer, const prs_id *id) {
    char name[PRS_NAME_SIZE];
    prs_dir *dir = writer->core->dir;
    (void)dir->vt->unlink(dir, prs_name_of_segment(name, PRS_NAME_IDX, id), NULL);
}

/* The newest segment's field that keeps pairs of stop words. */
static const prs_segment_field *find_like(const void *ctx, uint32_t field) {
    const prism_writer *writer = ctx;
    for (size_t i = writer->segments.n; i-- > 0;) {
        const prs_segment *segment = writer->segments.ptr[i].segment;
        const prs_segment_field *own = &segment->fields[field];
        if (own->present && own->stop_words != NULL) return own;
    }
    return NULL;
}

/* A failure leaves the documents pending; that some of their old versions are deleted already does
 * no harm, for no commit comes without them. */
static prism_status flush_pending(prism_writer *writer, bool sync, prism_error *err) {
    prs_pending *pending = &writer->pending;
    prs_manifest_segment files;
    prs_working working;
    prs_unsynced unsynced = {NULL, NULL};
    pending->like = find_like;
    pending->like_ctx = writer;
    pending->stopper = &writer->stopper;
    pending->stop_tokens =
        writer->options.stop_tokens != 0 ? writer->options.stop_tokens : PRS_STOPS_TOKENS;
    PRS_TRY(prs_flush(pending, writer->next_arrival, writer->options.memory / 5, &files,
                      sync ? NULL : &unsynced, err));
    prism_status status = open_flushed(writer, &files, &working, err);
    if (status == PRISM_OK) {
        status = take_flushed(writer, &working, err);
        if (status != PRISM_OK) prs_working_fini(&working, writer->core->dir, false);
    }
    if (status != PRISM_OK) {
        prs_unsynced_leave(&unsynced);
        unlink_idx(writer, &files.id);
        return status;
    }
    prs_pending_keep_file(pending, sync ? NULL : &unsynced);
    writer->segments.ptr[writer->segments.n - 1].unsynced = unsynced;
    writer->next_arrival += files.n_docs;
    writer->changed = true;
    writer->deletes_changed |= working.n_deleted > 0;
    writer->stats.flushes++;
    prs_merger_wake(writer);
    return PRISM_OK;
}

/* Go on in new files where the old ones failed (R7). */
static prism_status mend_pending(prism_writer *writer, prism_error *err) {
    prs_id id;
    prism_error own = PRISM_ERROR_INIT;
    if (!prs_pending_is_stuck(&writer->pending)) return PRISM_OK;
    PRS_TRY(prs_writer_next_id(writer, &id, err));
    prism_status status = prs_pending_move(&writer->pending, &id, &own);
    if (status == PRISM_ECORRUPT) return prs_writer_fail(writer, &own, err);
    tell(err, &own);
    return status;
}

static prism_status flush(prism_writer *writer, bool sync, prism_error *err) {
    prs_pending *pending = &writer->pending;
    /* If all were deleted again, so were their old versions, by the same calls. */
    if (prs_pending_count(pending) > pending->n_deleted) {
        PRS_TRY(mend_pending(writer, err));
        PRS_TRY(flush_pending(writer, sync, err));
    }
    prs_pending_clear(pending, lexicon_share(writer) / 2);
    return PRISM_OK;
}

prism_status prs_writer_flush(prism_writer *writer, prism_error *err) {
    return flush(writer, true, err);
}

prism_status prs_writer_flush_unsynced(prism_writer *writer, prism_error *err) {
    uint32_t n = 0;
    for (size_t i = 0; i < writer->segments.n; i++)
        n += prs_unsynced_any(&writer->segments.ptr[i].unsynced);
    return flush(writer, n >= PRS_MAX_UNSYNCED, err);
}

prism_status prs_writer_sync(prism_writer *writer, prism_error *err) {
    for (size_t i = 0; i < writer->segments.n; i++) {
        prs_working *working = &writer->segments.ptr[i];
        prism_status status = prs_unsynced_confirm(&working->unsynced, err);
        if (status == PRISM_OK) continue;
        working->doubtful = true;
        return status;
    }
    return PRISM_OK;
}

/* ---- put and delete -------------------------------------------------------------------------- */

static bool budget_is_spent(const prism_writer *writer) {
    const prs_pending *pending = &writer->pending;
    return prs_pending_bytes(pending) > writer->options.memory / 20 * 11 ||
           prs_pending_lexicon_weight(pending) > lexicon_share(writer) ||
           prs_pending_is_full(pending);
}

static void count_put(prism_writer *writer, const prs_document *doc) {
    prism_writer_stats *stats = &writer->stats;
    stats->documents_put++;
    if (doc->n_unknown == 0) return;
    if (stats->unknown_fields++ == 0)
        memcpy(stats->first_unknown_field, doc->unknown, sizeof doc->unknown);
}

/* The pending segment, ready for one more document. */
static prism_status make_ready(prism_writer *writer, prism_error *err) {
    prs_pending *pending = &writer->pending;
    prs_id id;
    PRS_TRY(prs_pending_advance(pending, err));
    if (pending->is_ended || budget_is_spent(writer)) PRS_TRY(prs_writer_flush(writer, err));
    if (pending->is_open) return mend_pending(writer, err);
    PRS_TRY(prs_writer_next_id(writer, &id, err));
    return prs_pending_open(pending, &id, err);
}

/* Take it, after a flush if there is no memory for it beside the others: no budget, no more from
 * the system, or a table of a block's greatest size (R39). */
static prism_status add(prism_writer *writer, const prs_document *doc, bool replace,
                        prism_error *err) {
    prism_error own = PRISM_ERROR_INIT;
    prism_status status = prs_pending_add(&writer->pending, doc, replace, &own);
    bool full = status == PRISM_EBUDGET || status == PRISM_ENOMEM;
    if (full && prs_pending_count(&writer->pending) > 0) {
        PRS_TRY(prs_writer_flush(writer, err));
        prs_pending_clear(&writer->pending, 0);
        PRS_TRY(make_ready(writer, err));
        return prs_pending_add(&writer->pending, doc, replace, err);
    }
    if (status != PRISM_OK) tell(err, &own);
    return status;
}

prism_status prs_writer_put(prism_writer *writer, const prs_document *doc, bool replace,
                            prism_error *err) {
    PRS_TRY(make_ready(writer, err));
    PRS_TRY(add(writer, doc, replace, err));
    count_put(writer, doc);
    return PRISM_OK;
}

/* Of one key at most one document is live, in a segment or pending: if looking for it fails, the
 * same call again does what is left to do. */
prism_status prs_writer_delete(prism_writer *writer, prs_bytes key, uint64_t *n, prism_error *err) {
    uint64_t found = 0;
    PRS_TRY(prs_upsert_delete(writer, key, &found, err));
    bool pending = prs_pending_delete(&writer->pending, key);
    *n = pending || found > 0;
    writer->stats.documents_deleted += *n;
    return PRISM_OK;
}

/* ---- commit, rollback, merge ----------------------------------------------------------------- */

/* From here on nobody can stop it: what a publication has done cannot be taken back. */
static prism_status ask_last(const prism_writer *writer, prism_error *err) {
    uint64_t n = writer->next_arrival;
    return prs_stopper_ask(&writer->stopper, n, n, err);
}

prism_status prs_writer_commit(prism_writer *writer, prs_bytes payload, bool with_payload,
                               uint64_t *generation, prism_error *err) {
    PRS_TRY(prs_writer_flush(writer, err));
    PRS_TRY(prs_merge_suspects(writer, err));
    PRS_TRY(prs_merge_at_commit(writer, err));
    if (writer->changed || writer->deletes_changed || with_payload) {
        PRS_TRY(ask_last(writer, err));
        PRS_TRY(prs_publish(writer, payload, err));
    }
    *generation = writer->kept[writer->n_kept - 1].manifest.generation;
    return PRISM_OK;
}

prism_status prs_writer_merge(prism_writer *writer, uint32_t max_segments,
                              prism_progress_fn progress, void *ctx, prism_error *err) {
    PRS_TRY(prs_writer_flush(writer, err));
    PRS_TRY(prs_merge_suspects(writer, err));
    PRS_TRY(prs_merge_down(writer, max_segments, progress, ctx, err));
    if (!writer->changed && !writer->deletes_changed) return PRISM_OK;
    PRS_TRY(ask_last(writer, err));
    return prs_publish(writer, prs_bytes_of(writer->payload.ptr, writer->payload.len), err);
}

prism_status prs_writer_rollback(prism_writer *writer, prism_error *err) {
    prs_merger_cancel(writer);
    prs_pending_clear(&writer->pending, lexicon_share(writer));
    drop_working(writer, true);
    prism_error own = PRISM_ERROR_INIT;
    prism_status status = prs_publish_load(writer, &own);
    if (status != PRISM_OK) return prs_writer_fail(writer, &own, err);
    writer->failure.code = PRISM_OK;
    prs_publish_clean_up(writer);
    return PRISM_OK;
}

/* ---- open and close -------------------------------------------------------------------------- */

static void free_kept(prism_writer *writer) {
    for (uint32_t i = 0; i < writer->n_kept; i++) prs_arena_fini(&writer->kept[i].arena);
    prs_mem_free(writer->mem, writer->kept,
                 (writer->options.keep_commits + 1) * sizeof *writer->kept);
}

static void free_writer(prism_writer *writer) {
    prs_core *core = writer->core;
    prs_pending_fini(&writer->pending);
    prs_pool_free(writer->pool);
    prs_workings_fini(&writer->segments);
    free_kept(writer);
    prs_buf_fini(&writer->payload);
    if (writer->recipe != NULL) prs_document_fini(&writer->document);
    prs_recipe_unref(writer->recipe);
    prs_json_reader_free(writer->reader);
    prs_mutex_fini(&writer->lock);
    prs_mem_free(writer->mem, writer, sizeof *writer);
    prs_core_unref(core);
}

/* Who allows a writer more than the greatest block allows it that block, too: else a budget above
 * some 600 MiB would be spent on segments that have to be merged. */
static void raise_cap(prism_writer *writer) {
    writer->usual_cap = atomic_load(&writer->mem->single_cap);
    if (writer->options.memory > writer->usual_cap)
        atomic_store(&writer->mem->single_cap, writer->options.memory);
}

/* The directory is synced once the lock is held: the newest commit may be one whose writer could
 * not confirm its name (R8), and nothing older is removed before that name is durable (R6). */
static prism_status make_parts(prism_writer *writer, prism_error *err) {
    prs_core *core = writer->core;
    writer->kept =
        prs_mem_calloc(writer->mem, writer->options.keep_commits + 1, sizeof *writer->kept);
    if (writer->kept == NULL) return prs_error_nomem(err);
    PRS_TRY(prs_json_reader_new(writer->mem, &writer->reader, err));
    const prs_writer_options *o = &writer->options;
    uint32_t workers = prs_pending_workers(o->memory, o->batch_text, o->threads);
    if (workers > 1) PRS_TRY(prs_pool_new(writer->mem, workers - 1, &writer->pool, err));
    PRS_TRY(core->dir->vt->allow_writes(core->dir, err));
    PRS_TRY(core->dir->vt->lock(core->dir, PRS_NAME_LOCK, &writer->file_lock, err));
    core->dir->no_sync = !writer->options.durable;
    raise_cap(writer);
    return core->dir->vt->sync_dir(core->dir, err);
}

prism_status prs_writer_open(prs_core *core, const prs_writer_options *options, prism_writer **out,
                             prism_error *err) {
    *out = NULL;
    if (core->read_only)
        return prs_error_set(err, PRISM_EREADONLY, "the index was opened read-only");
    prism_writer *writer = prs_mem_calloc(&core->mem, 1, sizeof *writer);
    if (writer == NULL) return prs_error_nomem(err);
    prism_status status = prs_mutex_init(&writer->lock, err);
    if (status != PRISM_OK) {
        prs_mem_free(&core->mem, writer, sizeof *writer);
        return status;
    }
    writer->core = prs_core_ref(core);
    writer->mem = &core->mem;
    writer->pid = prs_process_id();
    writer->options = *options;
    writer->failure = (prism_error)PRISM_ERROR_INIT;
    prs_workings_init(&writer->segments, writer->mem);
    prs_buf_init(&writer->payload, writer->mem);
    status = make_parts(writer, err);
    if (status == PRISM_OK) status = prs_publish_load(writer, err);
    if (status == PRISM_OK)
        status = prs_reorder_parse(options->reorder_text, writer->recipe->schema,
                                   &writer->options.reorder, err);
    writer->options.reorder.memory = options->memory;
    if (status == PRISM_OK) status = prs_merger_start(writer, err);
    if (status != PRISM_OK) {
        writer->poisoned = true; /* close removes nothing */
        prs_writer_close(writer);
        return status;
    }
    prs_publish_clean_up(writer);
    *out = writer;
    return PRISM_OK;
}

/* The child's descriptor of the lock file is closed, which leaves the parent's lock alone; what was
 * made when the writer was opened is whole.  The rest is so only if the lock was free at the fork:
 * else a thread was amid a change, and its memory is left.  Of threads of the writer's own nobody
 * knows where they were.  Files are safe: a directory writes and removes nothing in a child. */
static void close_in_child(prism_writer *writer) {
    if (writer->file_lock != NULL)
        writer->core->dir->vt->unlock(writer->core->dir, writer->file_lock);
    writer->file_lock = NULL;
    if (writer->merger != NULL || writer->pool != NULL || !prs_mutex_try(&writer->lock)) return;
    prs_mutex_unlock(&writer->lock);
    drop_working(writer, false);
    free_writer(writer);
}

void prs_writer_close(prism_writer *writer) {
    if (writer == NULL) return;
    if (writer->pid != prs_process_id()) {
        close_in_child(writer);
        return;
    }
    prs_merger_stop(writer);
    drop_working(writer, !writer->poisoned);
    if (writer->file_lock != NULL) {
        prs_pending_fini(&writer->pending);
        atomic_store(&writer->mem->single_cap, writer->usual_cap);
        writer->core->dir->no_sync = false;
        writer->core->dir->vt->unlock(writer->core->dir, writer->file_lock);
    }
    free_writer(writer);
}
