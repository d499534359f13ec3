/* batch.c - how do many documents get into an index without a turn of the pool for each?
 *
 *   JavaScript's thread      batchAdd, batchAdd ... full    batchAdd, batchAdd ... (another batch)
 *   pool                                              \---> put all of them
 *
 * A batch is the JSON of up to BATCH_DOCUMENTS documents or BATCH_BYTES, made while the pool puts
 * the one before (lib/put_all.js): conversion and analysis overlap, and two batches are all the
 * memory there is.  A document at fault is told by its number.
 * Tested by: test/put_all.test.js */
#include "addon.h"

#include <stdlib.h>

#define BATCH_BYTES ((size_t)256 << 10)
#define BATCH_DOCUMENTS 512

typedef struct batch {
    addon_text json;
    size_t ends[BATCH_DOCUMENTS];        /* of each document in json */
    uint64_t numbers[BATCH_DOCUMENTS];   /* its place in the iterable */
    prism_error errors[BATCH_DOCUMENTS]; /* what the library said; code 0 for those that are put */
    int n;
} batch;

static void free_batch(void *data) {
    addon_text_free(&((batch *)data)->json);
    free(data);
}

/* batchNew() */
static napi_value new_batch(napi_env env, napi_callback_info info) {
    batch *b = calloc(1, sizeof *b);
    (void)info;
    if (b == NULL) return addon_throw_memory(env);
    return addon_handle_new(env, ADDON_BATCH, b, free_batch);
}

/* batchAdd(batch, document, number): whether it is full */
static napi_value add(napi_env env, napi_callback_info info) {
    addon_args args;
    uint64_t number;
    if (!addon_args_get(&args, env, info)) return NULL;
    addon_handle *handle = addon_handle_open(env, args.v[0], ADDON_BATCH);
    if (handle == NULL || !addon_get_u64(&args, 2, &number)) return NULL;
    batch *b = handle->ptr;
    if (handle->users > 0 || b->n >= BATCH_DOCUMENTS)
        return addon_throw_type(env, "the batch is full, or being put");
    if (!addon_document_to_json(env, args.v[1], &b->json)) return NULL;
    if (b->json.ptr == NULL) addon_text_room(&b->json, 1); /* an empty text */
    b->ends[b->n] = b->json.len;
    b->numbers[b->n++] = number;
    return addon_bool(env, b->n >= BATCH_DOCUMENTS || b->json.len >= BATCH_BYTES);
}

/* ---- putting --------------------------------------------------------------------------------- */

typedef struct batch_job {
    addon_job job;
    unsigned flags;
    bool collect;
    int tried;
} batch_job;

/* As `psearch put --on-error=skip` has it. */
static bool is_of_document(prism_status status) {
    return status == PRISM_EPARSE || status == PRISM_EREJECTED || status == PRISM_ELIMIT ||
           status == PRISM_EINVAL || status == PRISM_EBUDGET;
}

/* Put all, to the first that fails unless they are collected. */
static void run_put(addon_job *job) {
    batch_job *own = (batch_job *)job;
    prism_writer *writer = job->handles[0]->ptr;
    batch *b = job->handles[1]->ptr;
    size_t from = 0;
    prism_put_opts opts = PRISM_PUT_OPTS_INIT;
    opts.flags = own->flags;
    opts.progress = addon_progress; /* nobody is told: it looks at `cancelled` in a flush */
    opts.progress_ctx = job;
    while (own->tried < b->n && !job->cancelled) {
        int i = own->tried++;
        prism_error *err = &b->errors[i];
        *err = (prism_error)PRISM_ERROR_INIT;
        prism_status status =
            prism_writer_put_json_with(writer, b->json.ptr + from, b->ends[i] - from, &opts, err);
        from = b->ends[i];
        if (status != PRISM_OK && !(own->collect && is_of_document(status))) return;
    }
    if (own->tried < b->n)
        job->status = addon_fail(&job->err, PRISM_ECANCELED, "canceled between two documents");
}

/* The exception says which document it was. */
static napi_value throw_for(napi_env env, const batch *b, int i) {
    napi_value error = addon_error(env, &b->errors[i]);
    if (error != NULL && addon_set(env, error, "document", addon_number(env, b->numbers[i])))
        napi_throw(env, error);
    return NULL;
}

static napi_value rejection(napi_env env, const batch *b, int i) {
    napi_value pair[] = {addon_number(env, b->numbers[i]), addon_error(env, &b->errors[i])};
    return addon_array(env, pair, 2);
}

/* [number put, [[number, exception] ...]] */
static napi_value finish_put(napi_env env, addon_job *job) {
    batch_job *own = (batch_job *)job;
    batch *b = job->handles[1]->ptr;
    napi_value rejected = NULL;
    uint32_t n = 0, put = 0;
    if (napi_create_array(env, &rejected) != napi_ok) return NULL;
    for (int i = 0; i < own->tried; i++) {
        if (b->errors[i].code == PRISM_OK) {
            put++;
            continue;
        }
        if (!own->collect || !is_of_document(b->errors[i].code)) return throw_for(env, b, i);
        napi_value one = rejection(env, b, i);
        if (one == NULL || napi_set_element(env, rejected, n++, one) != napi_ok) return NULL;
    }
    napi_value parts[] = {addon_number(env, put), rejected};
    return addon_array(env, parts, 2);
}

/* Whatever came of it, the batch is to be filled anew. */
static void drop_put(addon_job *job) {
    if (job->handles[1] == NULL) return;
    batch *b = job->handles[1]->ptr;
    b->n = 0;
    b->json.len = 0;
}

/* batchPut(writer, batch, append, collect, mode) */
static napi_value put(napi_env env, napi_callback_info info) {
    addon_args args;
    bool append = false;
    if (!addon_args_get(&args, env, info)) return NULL;
    batch_job *own = addon_job_new(env, sizeof *own, run_put, finish_put, drop_put);
    if (own == NULL) return NULL;
    if (addon_job_use(env, &own->job, args.v[0], ADDON_WRITER) == NULL ||
        addon_job_use(env, &own->job, args.v[1], ADDON_BATCH) == NULL ||
        !addon_get_bool(&args, 2, &append) || !addon_get_bool(&args, 3, &own->collect))
        return addon_job_drop(env, &own->job);
    own->flags = append ? PRISM_PUT_APPEND : PRISM_PUT_REPLACE;
    return addon_job_start(&args, 4, &own->job);
}

const addon_function addon_batch_functions[] = {
    {"batchNew", new_batch}, {"batchAdd", add}, {"batchPut", put}, {NULL, NULL}};
