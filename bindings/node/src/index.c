/* index.c - making and opening an index, its writer, a copy of it.
 *
 * Options come as positional arguments from lib/index.js, which has their names and defaults.
 * Tested by: test/index.test.js */
#include "addon.h"

#include <limits.h>
#include <stdlib.h>

/* ---- create, open ---------------------------------------------------------------------------- */

typedef struct open_job {
    addon_job job;
    char *path;
    bool create;
    prism_index_opts opts;
    addon_index *index;
} open_job;

static void run_open(addon_job *job) {
    open_job *own = (open_job *)job;
    prism_index *index = NULL;
    job->status = own->create ? prism_index_create(own->path, job->handles[0]->ptr, &own->opts,
                                                   &index, &job->err)
                              : prism_index_open(own->path, &own->opts, &index, &job->err);
    if (job->status != PRISM_OK) return;
    own->index = addon_index_new(index);
    if (own->index == NULL) job->status = addon_fail(&job->err, PRISM_ENOMEM, "no memory");
}

static napi_value finish_open(napi_env env, addon_job *job) {
    open_job *own = (open_job *)job;
    addon_index *index = own->index;
    own->index = NULL;
    return addon_handle_new(env, ADDON_INDEX, index, addon_index_free);
}

static void drop_open(addon_job *job) {
    open_job *own = (open_job *)job;
    free(own->path);
    if (own->index != NULL) addon_index_free(own->index);
}

static open_job *new_open(addon_args *args, napi_env env, napi_callback_info info) {
    if (!addon_args_get(args, env, info)) return NULL;
    open_job *own = addon_job_new(env, sizeof *own, run_open, finish_open, drop_open);
    if (own == NULL) return NULL;
    own->opts = (prism_index_opts)PRISM_INDEX_OPTS_INIT;
    if (addon_get_name(args, 0, &own->path)) return own;
    addon_job_drop(env, &own->job);
    return NULL;
}

/* indexCreate(path, schema, inMemory, mode) */
static napi_value create_index(napi_env env, napi_callback_info info) {
    addon_args args;
    bool in_memory = false;
    open_job *own = new_open(&args, env, info);
    if (own == NULL) return NULL;
    own->create = true;
    if (addon_job_use(env, &own->job, args.v[1], ADDON_SCHEMA) == NULL ||
        !addon_get_bool(&args, 2, &in_memory))
        return addon_job_drop(env, &own->job);
    own->opts.in_memory = in_memory;
    return addon_job_start(&args, 3, &own->job);
}

/* indexOpen(path, checksums, usePread, readOnly, commitsBack, mode) */
static napi_value open_index(napi_env env, napi_callback_info info) {
    addon_args args;
    uint32_t checksums = 0;
    bool use_pread = false, read_only = false;
    open_job *own = new_open(&args, env, info);
    if (own == NULL) return NULL;
    if (!addon_get_u32(&args, 1, &checksums) || !addon_get_bool(&args, 2, &use_pread) ||
        !addon_get_bool(&args, 3, &read_only) || !addon_get_u32(&args, 4, &own->opts.commits_back))
        return addon_job_drop(env, &own->job);
    own->opts.checksums = (prism_checksums)checksums;
    own->opts.use_pread = use_pread;
    own->opts.read_only = read_only;
    return addon_job_start(&args, 5, &own->job);
}

/* ---- writer ---------------------------------------------------------------------------------- */

typedef struct writer_job {
    addon_job job;
    prism_writer_opts opts;
    char *reorder;
    prism_writer *writer;
} writer_job;

static void close_writer(void *writer) {
    prism_writer_close(writer);
}

static void run_writer(addon_job *job) {
    writer_job *own = (writer_job *)job;
    job->status = prism_writer_open(addon_index_of(job->handles[0]->ptr), &own->opts, &own->writer,
                                    &job->err);
}

static napi_value finish_writer(napi_env env, addon_job *job) {
    writer_job *own = (writer_job *)job;
    prism_writer *writer = own->writer;
    own->writer = NULL;
    return addon_handle_new(env, ADDON_WRITER, writer, close_writer);
}

static void drop_writer(addon_job *job) {
    writer_job *own = (writer_job *)job;
    free(own->reorder);
    if (own->writer != NULL) prism_writer_close(own->writer);
}

static bool get_writer_opts(addon_args *args, writer_job *own) {
    bool load = false, non_durable = false, strict = false;
    uint32_t keep = 0;
    prism_writer_opts *opts = &own->opts;
    bool good = addon_get_size(args, 1, &opts->memory) && addon_get_u32(args, 2, &opts->threads) &&
                addon_get_bool(args, 3, &load) && addon_get_u32(args, 4, &keep) &&
                addon_get_bool(args, 5, &non_durable) && addon_get_bool(args, 6, &strict) &&
                addon_get_u32(args, 7, &opts->max_segments) &&
                addon_get_name(args, 8, &own->reorder);
    opts->load = load;
    opts->keep_commits = keep > INT_MAX ? INT_MAX : (int)keep;
    opts->non_durable = non_durable;
    opts->strict_schema = strict;
    opts->reorder = own->reorder;
    return good;
}

/* indexWriter(index, memory, threads, load, keepCommits, nonDurable, strictSchema, maxSegments,
 * reorder, mode) */
static napi_value open_writer(napi_env env, napi_callback_info info) {
    addon_args args;
    if (!addon_args_get(&args, env, info)) return NULL;
    writer_job *own = addon_job_new(env, sizeof *own, run_writer, finish_writer, drop_writer);
    if (own == NULL) return NULL;
    own->opts = (prism_writer_opts)PRISM_WRITER_OPTS_INIT;
    if (addon_job_use(env, &own->job, args.v[0], ADDON_INDEX) == NULL ||
        !get_writer_opts(&args, own))
        return addon_job_drop(env, &own->job);
    return addon_job_start(&args, 9, &own->job);
}

const addon_function addon_index_functions[] = {{"indexCreate", create_index},
                                                {"indexOpen", open_index},
                                                {"indexWriter", open_writer},
                                                {NULL, NULL}};
