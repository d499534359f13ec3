/* writer.c - put, delete, commit.
 *
 * A document becomes JSON in JavaScript's thread, which the pool puts.  The calls of one writer are
 * done in their order, awaited or not (job.c).
 * Tested by: test/writer.test.js, test/threads.test.js, test/crash.test.js */
#include "addon.h"

#include <stdlib.h>
#include <string.h>

typedef struct write_job {
    addon_job job;
    addon_text document;
    unsigned flags;
    char *text;
    size_t len;
    addon_query *query;
    uint32_t max_segments;
    uint64_t number;
    prism_snapshot *snap;
    prism_schema *schema; /* a reference of ours: a ...Sync call may change that of the writer */
    char **paths;
    uint32_t n_paths;
    prism_writer_stats stats;
} write_job;

static void drop_write(addon_job *job) {
    write_job *own = (write_job *)job;
    addon_text_free(&own->document);
    free(own->text);
    addon_query_free(own->query);
    prism_snapshot_unref(own->snap);
    prism_schema_unref(own->schema);
    for (uint32_t i = 0; i < own->n_paths; i++) free(own->paths[i]);
    free(own->paths);
}

static prism_writer *writer_of(addon_job *job) {
    return job->handles[0]->ptr;
}

static write_job *new_write(addon_args *args, napi_env env, napi_callback_info info,
                            void (*run)(addon_job *), napi_value (*finish)(napi_env, addon_job *)) {
    if (!addon_args_get(args, env, info)) return NULL;
    write_job *own = addon_job_new(env, sizeof *own, run, finish, drop_write);
    if (own == NULL) return NULL;
    if (addon_job_use(env, &own->job, args->v[0], ADDON_WRITER) != NULL) return own;
    addon_job_drop(env, &own->job);
    return NULL;
}

static napi_value finish_nothing(napi_env env, addon_job *job) {
    (void)job;
    return addon_undefined(env);
}

static napi_value finish_number(napi_env env, addon_job *job) {
    return addon_number(env, ((write_job *)job)->number);
}

/* ---- put, delete ----------------------------------------------------------------------------- */

static void run_put(addon_job *job) {
    write_job *own = (write_job *)job;
    prism_put_opts opts = PRISM_PUT_OPTS_INIT;
    opts.flags = own->flags;
    opts.progress = addon_progress; /* nobody is told: it looks at `cancelled` in a flush */
    opts.progress_ctx = job;
    job->status = prism_writer_put_json_with(writer_of(job), own->document.ptr, own->document.len,
                                             &opts, &job->err);
}

/* put(writer, document, append, mode) */
static napi_value put(napi_env env, napi_callback_info info) {
    addon_args args;
    bool append = false;
    write_job *own = new_write(&args, env, info, run_put, finish_nothing);
    if (own == NULL) return NULL;
    if (!addon_document_to_json(env, args.v[1], &own->document) ||
        !addon_get_bool(&args, 2, &append))
        return addon_job_drop(env, &own->job);
    if (own->document.ptr == NULL) addon_text_room(&own->document, 1); /* an empty text */
    own->flags = append ? PRISM_PUT_APPEND : PRISM_PUT_REPLACE;
    return addon_job_start(&args, 3, &own->job);
}

static void run_delete(addon_job *job) {
    write_job *own = (write_job *)job;
    job->status = prism_writer_delete(writer_of(job), own->text == NULL ? "" : own->text, own->len,
                                      &own->number, &job->err);
}

static napi_value finish_delete(napi_env env, addon_job *job) {
    return addon_bool(env, ((write_job *)job)->number > 0);
}

/* delete(writer, key, mode) */
static napi_value delete_key(napi_env env, napi_callback_info info) {
    addon_args args;
    write_job *own = new_write(&args, env, info, run_delete, finish_delete);
    if (own == NULL) return NULL;
    if (!addon_get_text(&args, 1, &own->text, &own->len)) return addon_job_drop(env, &own->job);
    return addon_job_start(&args, 2, &own->job);
}

static void run_schema(addon_job *job) {
    job->status = prism_writer_schema_ref(writer_of(job), &((write_job *)job)->schema, &job->err);
}

static void run_delete_query(addon_job *job) {
    write_job *own = (write_job *)job;
    prism_query *query = NULL;
    run_schema(job);
    if (job->status == PRISM_OK)
        job->status = addon_query_make(own->query, own->schema, NULL, &query, &job->err);
    if (job->status == PRISM_OK)
        job->status = prism_writer_delete_query(writer_of(job), query, &own->number, &job->err);
    prism_query_unref(query);
}

/* deleteByQuery(writer, query, mode) */
static napi_value delete_by_query(napi_env env, napi_callback_info info) {
    addon_args args;
    write_job *own = new_write(&args, env, info, run_delete_query, finish_number);
    if (own == NULL) return NULL;
    own->query = addon_query_read(env, args.v[1]);
    if (own->query == NULL) return addon_job_drop(env, &own->job);
    return addon_job_start(&args, 2, &own->job);
}

/* ---- commits --------------------------------------------------------------------------------- */

static void run_commit(addon_job *job) {
    write_job *own = (write_job *)job;
    prism_commit_opts opts = PRISM_COMMIT_OPTS_INIT;
    opts.payload = own->text;
    opts.payload_len = own->len;
    opts.progress = addon_progress;
    opts.progress_ctx = job;
    job->status = prism_writer_commit_with(writer_of(job), &opts, &own->number, &job->err);
}

/* commit(writer, payload, progress, mode): the number of the commit */
static napi_value commit(napi_env env, napi_callback_info info) {
    addon_args args;
    write_job *own = new_write(&args, env, info, run_commit, finish_number);
    if (own == NULL) return NULL;
    if (!addon_get_bytes(&args, 1, &own->text, &own->len) ||
        !addon_progress_from(&args, 2, &own->job))
        return addon_job_drop(env, &own->job);
    return addon_job_start(&args, 3, &own->job);
}

static void run_rollback(addon_job *job) {
    job->status = prism_writer_rollback(writer_of(job), &job->err);
}

/* rollback(writer, mode) */
static napi_value rollback(napi_env env, napi_callback_info info) {
    addon_args args;
    write_job *own = new_write(&args, env, info, run_rollback, finish_nothing);
    return own == NULL ? NULL : addon_job_start(&args, 1, &own->job);
}

static void run_merge(addon_job *job) {
    write_job *own = (write_job *)job;
    job->status =
        prism_writer_merge(writer_of(job), own->max_segments, addon_progress, job, &job->err);
}

/* merge(writer, maxSegments, progress, mode) */
static napi_value merge(napi_env env, napi_callback_info info) {
    addon_args args;
    write_job *own = new_write(&args, env, info, run_merge, finish_nothing);
    if (own == NULL) return NULL;
    if (!addon_get_u32(&args, 1, &own->max_segments) || !addon_progress_from(&args, 2, &own->job))
        return addon_job_drop(env, &own->job);
    return addon_job_start(&args, 3, &own->job);
}

static void run_snapshot(addon_job *job) {
    write_job *own = (write_job *)job;
    job->status = prism_writer_snapshot(writer_of(job), &own->snap, &job->err);
}

static napi_value finish_snapshot(napi_env env, addon_job *job) {
    write_job *own = (write_job *)job;
    prism_snapshot *snap = own->snap;
    own->snap = NULL;
    return addon_snapshot_value(env, snap);
}

/* writerSnapshot(writer, mode) */
static napi_value snapshot(napi_env env, napi_callback_info info) {
    addon_args args;
    write_job *own = new_write(&args, env, info, run_snapshot, finish_snapshot);
    return own == NULL ? NULL : addon_job_start(&args, 1, &own->job);
}

/* ---- other indexes --------------------------------------------------------------------------- */

static void run_add(addon_job *job) {
    write_job *own = (write_job *)job;
    job->status = prism_writer_add_segments(writer_of(job), (const char *const *)own->paths,
                                            own->n_paths, addon_progress, job, &job->err);
}

static bool get_paths(addon_args *args, size_t i, write_job *own) {
    uint32_t n = 0;
    if (napi_get_array_length(args->env, args->v[i], &n) != napi_ok) return false;
    own->paths = calloc((size_t)n + 1, sizeof *own->paths);
    if (own->paths == NULL) {
        addon_throw_memory(args->env);
        return false;
    }
    for (; own->n_paths < n; own->n_paths++) {
        addon_args one = {.env = args->env};
        if (napi_get_element(args->env, args->v[i], own->n_paths, &one.v[0]) != napi_ok ||
            !addon_get_name(&one, 0, &own->paths[own->n_paths]))
            return false;
        if (own->paths[own->n_paths] == NULL) {
            addon_throw_type(args->env, "a path is needed");
            return false;
        }
    }
    return true;
}

/* addIndexes(writer, paths, progress, mode) */
static napi_value add_indexes(napi_env env, napi_callback_info info) {
    addon_args args;
    write_job *own = new_write(&args, env, info, run_add, finish_nothing);
    if (own == NULL) return NULL;
    if (!get_paths(&args, 1, own) || !addon_progress_from(&args, 2, &own->job))
        return addon_job_drop(env, &own->job);
    return addon_job_start(&args, 3, &own->job);
}

/* ---- schema, counters ------------------------------------------------------------------------ */

static napi_value finish_schema(napi_env env, addon_job *job) {
    return addon_schema_value(env, ((write_job *)job)->schema);
}

/* writerSchema(writer, mode): in the line, since calls before it may change the schema */
static napi_value schema(napi_env env, napi_callback_info info) {
    addon_args args;
    write_job *own = new_write(&args, env, info, run_schema, finish_schema);
    return own == NULL ? NULL : addon_job_start(&args, 1, &own->job);
}

static void run_set_schema(addon_job *job) {
    job->status = prism_writer_set_schema(writer_of(job), job->handles[1]->ptr, &job->err);
}

/* setSchema(writer, schema, mode) */
static napi_value set_schema(napi_env env, napi_callback_info info) {
    addon_args args;
    write_job *own = new_write(&args, env, info, run_set_schema, finish_nothing);
    if (own == NULL) return NULL;
    if (addon_job_use(env, &own->job, args.v[1], ADDON_SCHEMA) == NULL)
        return addon_job_drop(env, &own->job);
    return addon_job_start(&args, 2, &own->job);
}

static void run_stats(addon_job *job) {
    write_job *own = (write_job *)job;
    own->stats.size = sizeof own->stats;
    job->status = prism_writer_get_stats(writer_of(job), &own->stats, &job->err);
}

static napi_value finish_stats(napi_env env, addon_job *job) {
    const prism_writer_stats *s = &((write_job *)job)->stats;
    napi_value object = NULL;
    if (napi_create_object(env, &object) != napi_ok) return NULL;
    const char *first = s->first_unknown_field;
    bool good =
        addon_set(env, object, "documentsPut", addon_number(env, s->documents_put)) &&
        addon_set(env, object, "documentsDeleted", addon_number(env, s->documents_deleted)) &&
        addon_set(env, object, "unknownFields", addon_number(env, s->unknown_fields)) &&
        addon_set(env, object, "firstUnknownField", addon_string(env, first, strlen(first))) &&
        addon_set(env, object, "illFormed", addon_number(env, s->ill_formed)) &&
        addon_set(env, object, "flushes", addon_number(env, s->flushes)) &&
        addon_set(env, object, "merges", addon_number(env, s->merges)) &&
        addon_set(env, object, "memory", addon_number(env, s->memory)) &&
        addon_set(env, object, "memoryPeak", addon_number(env, s->memory_peak)) &&
        addon_set(env, object, "failedMerges", addon_number(env, s->failed_merges)) &&
        addon_set(env, object, "mergeError",
                  s->merge_error.code == PRISM_OK ? addon_null(env)
                                                  : addon_error(env, &s->merge_error));
    return good ? object : NULL;
}

/* stats(writer, mode) */
static napi_value stats(napi_env env, napi_callback_info info) {
    addon_args args;
    write_job *own = new_write(&args, env, info, run_stats, finish_stats);
    if (own == NULL) return NULL;
    own->job.any_time = true; /* to look on while calls are under way */
    return addon_job_start(&args, 1, &own->job);
}

const addon_function addon_writer_functions[] = {{"put", put},
                                                 {"delete", delete_key},
                                                 {"deleteByQuery", delete_by_query},
                                                 {"commit", commit},
                                                 {"rollback", rollback},
                                                 {"merge", merge},
                                                 {"writerSnapshot", snapshot},
                                                 {"addIndexes", add_indexes},
                                                 {"writerSchema", schema},
                                                 {"setSchema", set_schema},
                                                 {"stats", stats},
                                                 {NULL, NULL}};
