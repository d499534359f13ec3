/* api_writer.c - the exported functions of prismsearch/writer.h: check arguments, lock, call down.
 *
 * Every call enters (lock; use after fork and sticky failures end here) and leaves (unlock): below,
 * lib/write and lib/maintain may take the writer as their own.  The callbacks of commit and merge
 * run with the lock held.
 * Tested by tests/unit/api/test_api_writer.c */
#include "api/opts.h"
#include "api/writer_lock.h"
#include "base/error.h"
#include "write/adopt.h"

static prism_status null_argument(prism_error *err, const char *name) {
    return prs_error_set(err, PRISM_EINVAL, "%s must not be NULL", name);
}

/* ---- life ------------------------------------------------------------------------------------ */

static prism_status take_opts(prs_writer_options *own, const prism_writer_opts *opts,
                              prism_error *err) {
    prism_writer_opts given = PRISM_WRITER_OPTS_INIT;
    if (!prs_opts_copy(&given, sizeof given, opts)) {
        return prs_error_set(err, PRISM_EINVAL, "writer options without their size");
    }
    if (given.memory != 0 && given.memory < PRS_WRITER_MIN_MEMORY) {
        return prs_error_set(err, PRISM_EINVAL, "a writer needs at least 16 MiB of memory");
    }
    if (given.threads > PRS_WRITER_MAX_THREADS) {
        return prs_error_set(err, PRISM_EINVAL, "threads must be 1 to %u", PRS_WRITER_MAX_THREADS);
    }
    if (given.keep_commits < 0 || given.keep_commits > 1000) {
        return prs_error_set(err, PRISM_EINVAL, "keep_commits must be 1 to 1000, or 0 for 2");
    }
    *own = (prs_writer_options){
        .memory = given.memory != 0 ? given.memory : PRS_WRITER_DEFAULT_MEMORY,
        .keep_commits = given.keep_commits != 0 ? (uint32_t)given.keep_commits : 2,
        .max_segments = given.max_segments,
        .stop_tokens = given.stop_tokens,
        .threads = given.threads,
        .load = given.load != 0,
        .durable = given.non_durable == 0,
        .strict_schema = given.strict_schema != 0,
        .reorder_text = given.reorder,
    };
    return PRISM_OK;
}

prism_status prism_writer_open(prism_index *index, const prism_writer_opts *opts,
                               prism_writer **out, prism_error *err) {
    prs_writer_options own;
    if (out == NULL) return null_argument(err, "out");
    *out = NULL;
    if (index == NULL) return null_argument(err, "index");
    PRS_TRY(take_opts(&own, opts, err));
    return prs_writer_open(index->core, &own, out, err);
}

void prism_writer_close(prism_writer *writer) {
    prs_writer_close(writer);
}

const prism_schema *prism_writer_schema(const prism_writer *writer) {
    return writer == NULL ? NULL : writer->recipe->schema;
}

prism_status prism_writer_schema_ref(prism_writer *writer, prism_schema **out, prism_error *err) {
    if (out == NULL) return null_argument(err, "out");
    *out = NULL;
    if (writer == NULL) return null_argument(err, "writer");
    PRS_TRY(prs_writer_lock(writer, err));
    *out = prism_schema_ref(writer->recipe->schema);
    return prs_api_leave(writer, PRISM_OK);
}

prism_status prs_api_enter(prism_writer *writer, prism_error *err) {
    if (writer == NULL) return null_argument(err, "writer");
    PRS_TRY(prs_writer_lock(writer, err));
    prism_status status = prs_writer_check(writer, err);
    if (status != PRISM_OK) prs_writer_unlock(writer);
    return status;
}

prism_status prs_api_leave(prism_writer *writer, prism_status status) {
    prs_writer_unlock(writer);
    return status;
}

/* The end of a call that could be stopped: the next one asks nobody. */
static prism_status leave_watched(prism_writer *writer, prism_status status) {
    writer->stopper = (prs_stopper){NULL, NULL};
    return prs_api_leave(writer, status);
}

/* ---- put and delete -------------------------------------------------------------------------- */

static prism_status check_flags(unsigned flags, prism_error *err) {
    if (flags <= PRISM_PUT_APPEND) return PRISM_OK;
    return prs_error_set(err, PRISM_EINVAL, "no such flags of put: %u", flags);
}

static prism_status put_json(prism_writer *writer, const char *text, size_t len, bool replace,
                             prism_error *err) {
    prs_document *doc = &writer->document;
    PRS_TRY(
        prs_json_reader_read(writer->reader, text, len, writer->options.strict_schema, doc, err));
    return prs_writer_put(writer, doc, replace, err);
}

prism_status prism_writer_put_json(prism_writer *writer, const char *text, size_t len,
                                   unsigned flags, prism_error *err) {
    prism_put_opts opts = PRISM_PUT_OPTS_INIT;
    opts.flags = flags;
    return prism_writer_put_json_with(writer, text, len, &opts, err);
}

prism_status prism_writer_put_json_with(prism_writer *writer, const char *text, size_t len,
                                        const prism_put_opts *opts, prism_error *err) {
    prism_put_opts given = PRISM_PUT_OPTS_INIT;
    if (!prs_opts_copy(&given, sizeof given, opts))
        return prs_error_set(err, PRISM_EINVAL, "put options without their size");
    if (text == NULL && len > 0) return null_argument(err, "text");
    if (text == NULL) text = "";
    PRS_TRY(check_flags(given.flags, err));
    PRS_TRY(prs_api_enter(writer, err));
    writer->stopper = (prs_stopper){given.progress, given.progress_ctx};
    bool replace = given.flags != PRISM_PUT_APPEND;
    return leave_watched(writer, put_json(writer, text, len, replace, err));
}

prism_status prs_api_check_schema(const prism_writer *writer, const prism_schema *schema,
                                  const char *what, prism_error *err) {
    const prism_schema *ours = writer->recipe->schema;
    const char *a, *b;
    size_t a_len, b_len;
    if (schema == ours) return PRISM_OK;
    PRS_TRY(prs_schema_to_json(ours, &a, &a_len, err));
    PRS_TRY(prs_schema_to_json(schema, &b, &b_len, err));
    if (prs_bytes_equal(prs_bytes_of(a, a_len), prs_bytes_of(b, b_len))) return PRISM_OK;
    return prs_error_set(err, PRISM_EINVAL, "the %s was built for another schema", what);
}

static prism_status put_built(prism_writer *writer, prs_document *doc, bool replace,
                              prism_error *err) {
    PRS_TRY(prs_api_check_schema(writer, doc->schema, "document", err));
    PRS_TRY(prs_document_finish(doc, err));
    return prs_writer_put(writer, doc, replace, err);
}

prism_status prism_writer_put(prism_writer *writer, prism_doc *doc, unsigned flags,
                              prism_error *err) {
    if (doc == NULL) return null_argument(err, "doc");
    PRS_TRY(check_flags(flags, err));
    PRS_TRY(prs_api_enter(writer, err));
    return prs_api_leave(writer, put_built(writer, &doc->document, flags != PRISM_PUT_APPEND, err));
}

prism_status prism_writer_delete(prism_writer *writer, const char *key, size_t len, uint64_t *n,
                                 prism_error *err) {
    uint64_t deleted = 0;
    if (n != NULL) *n = 0;
    if (key == NULL && len > 0) return null_argument(err, "key");
    PRS_TRY(prs_api_enter(writer, err));
    if (writer->recipe->schema->key_field < 0) {
        return prs_api_leave(writer, prs_error_set(err, PRISM_EINVAL,
                                                   "the schema has no key to delete by"));
    }
    prism_status status = prs_writer_delete(writer, prs_bytes_of(key, len), &deleted, err);
    if (n != NULL) *n = deleted;
    return prs_api_leave(writer, status);
}

/* ---- commit, rollback, merge ----------------------------------------------------------------- */

prism_status prism_writer_commit(prism_writer *writer, const void *payload, size_t len,
                                 uint64_t *generation, prism_error *err) {
    prism_commit_opts opts = PRISM_COMMIT_OPTS_INIT;
    opts.payload = payload;
    opts.payload_len = len;
    return prism_writer_commit_with(writer, &opts, generation, err);
}

prism_status prism_writer_commit_with(prism_writer *writer, const prism_commit_opts *opts,
                                      uint64_t *generation, prism_error *err) {
    uint64_t own = 0;
    prism_commit_opts given = PRISM_COMMIT_OPTS_INIT;
    if (generation != NULL) *generation = 0;
    if (!prs_opts_copy(&given, sizeof given, opts))
        return prs_error_set(err, PRISM_EINVAL, "commit options without their size");
    if (given.payload == NULL && given.payload_len > 0) return null_argument(err, "payload");
    PRS_TRY(prs_api_enter(writer, err));
    prs_bytes payload = prs_bytes_of(given.payload, given.payload_len);
    writer->stopper = (prs_stopper){given.progress, given.progress_ctx};
    prism_status status = prs_writer_commit(writer, payload, given.payload != NULL, &own, err);
    if (status == PRISM_OK && generation != NULL) *generation = own;
    return leave_watched(writer, status);
}

prism_status prism_writer_snapshot(prism_writer *writer, prism_snapshot **out, prism_error *err) {
    if (out == NULL) return null_argument(err, "out");
    *out = NULL;
    PRS_TRY(prs_api_enter(writer, err));
    return prs_api_leave(writer, prs_writer_snapshot(writer, out, err));
}

prism_status prism_writer_rollback(prism_writer *writer, prism_error *err) {
    if (writer == NULL) return null_argument(err, "writer");
    PRS_TRY(prs_writer_lock(writer, err));
    if (writer->poisoned) return prs_api_leave(writer, prs_writer_check(writer, err));
    return prs_api_leave(writer, prs_writer_rollback(writer, err));
}

prism_status prism_writer_merge(prism_writer *writer, uint32_t max_segments,
                                prism_progress_fn progress, void *ctx, prism_error *err) {
    if (max_segments == 0)
        return prs_error_set(err, PRISM_EINVAL, "max_segments must be at least 1");
    PRS_TRY(prs_api_enter(writer, err));
    writer->stopper = (prs_stopper){progress, ctx};
    return leave_watched(writer, prs_writer_merge(writer, max_segments, progress, ctx, err));
}

prism_status prism_writer_set_schema(prism_writer *writer, const prism_schema *schema,
                                     prism_error *err) {
    if (schema == NULL) return null_argument(err, "schema");
    PRS_TRY(prs_api_enter(writer, err));
    return prs_api_leave(writer, prs_writer_set_schema(writer, schema, err));
}

prism_status prism_writer_add_segments(prism_writer *writer, const char *const *paths, size_t n,
                                       prism_progress_fn progress, void *ctx, prism_error *err) {
    if (paths == NULL && n > 0) return null_argument(err, "paths");
    for (size_t i = 0; i < n; i++) {
        if (paths[i] == NULL) return null_argument(err, "a path");
    }
    PRS_TRY(prs_api_enter(writer, err));
    return prs_api_leave(writer, prs_writer_add_segments(writer, paths, n, progress, ctx, err));
}

prism_status prism_writer_get_stats(prism_writer *writer, prism_writer_stats *stats,
                                    prism_error *err) {
    if (writer == NULL || stats == NULL)
        return null_argument(err, writer == NULL ? "writer" : "stats");
    if (stats->size < sizeof stats->size) {
        return prs_error_set(err, PRISM_EINVAL, "statistics without their size");
    }
    PRS_TRY(prs_writer_lock(writer, err));
    prism_writer_stats own = writer->stats;
    prs_merger_get_stats(writer, &own);
    own.ill_formed = writer->pending.inverter->n_bad;
    own.memory = atomic_load_explicit(&writer->mem->live, memory_order_relaxed);
    own.memory_peak = atomic_load_explicit(&writer->mem->peak, memory_order_relaxed);
    prs_writer_unlock(writer);
    own.size = PRS_MIN(stats->size, sizeof own);
    memcpy(stats, &own, own.size);
    return PRISM_OK;
}
