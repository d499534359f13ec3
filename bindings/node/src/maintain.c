/* maintain.c - an index as a whole: check, backup and restore, reindex, upgrade.
 *
 * All of it takes long, tells its progress and is cancelled by it.  Findings are kept in C memory
 * while the library runs.
 * Tested by: test/maintain.test.js */
#include "addon.h"

#include <stdlib.h>
#include <string.h>

typedef struct care_job {
    addon_job job;
    char *path, *to, *base;
    uint32_t level;
    prism_backup_opts backup;
    prism_backup_stats copied;
    prism_reindex_opts reindex;
    uint64_t number;
    addon_text findings;
} care_job;

static void drop_care(addon_job *job) {
    care_job *own = (care_job *)job;
    free(own->path);
    free(own->to);
    free(own->base);
    addon_text_free(&own->findings);
}

static care_job *new_care(addon_args *args, napi_env env, napi_callback_info info,
                          void (*run)(addon_job *), napi_value (*finish)(napi_env, addon_job *)) {
    return addon_args_get(args, env, info)
               ? addon_job_new(env, sizeof(care_job), run, finish, drop_care)
               : NULL;
}

static napi_value finish_number(napi_env env, addon_job *job) {
    return addon_number(env, ((care_job *)job)->number);
}

/* ---- check ----------------------------------------------------------------------------------- */

void addon_keep_finding(void *text, const prism_error *finding) {
    addon_text_put(text, finding, sizeof *finding);
}

napi_value addon_findings(napi_env env, const addon_text *findings) {
    napi_value list = NULL;
    uint32_t n = 0;
    if (findings->failed) return addon_throw_memory(env);
    if (napi_create_array(env, &list) != napi_ok) return NULL;
    for (size_t i = 0; i < findings->len; i += sizeof(prism_error)) {
        prism_error finding;
        memcpy(&finding, findings->ptr + i, sizeof finding);
        napi_value error = addon_error(env, &finding);
        if (error == NULL || napi_set_element(env, list, n++, error) != napi_ok) return NULL;
    }
    return list;
}

static void run_check(addon_job *job) {
    care_job *own = (care_job *)job;
    job->status =
        prism_index_check(own->path, (prism_check_level)own->level, NULL, addon_keep_finding,
                          &own->findings, addon_progress, job, &own->number, &job->err);
}

static napi_value finish_check(napi_env env, addon_job *job) {
    return addon_findings(env, &((care_job *)job)->findings);
}

/* check(path, level, progress, mode): exceptions, none of them thrown */
static napi_value check(napi_env env, napi_callback_info info) {
    addon_args args;
    care_job *own = new_care(&args, env, info, run_check, finish_check);
    if (own == NULL) return NULL;
    if (!addon_get_name(&args, 0, &own->path) || !addon_get_u32(&args, 1, &own->level) ||
        !addon_progress_from(&args, 2, &own->job))
        return addon_job_drop(env, &own->job);
    own->job.only_looks = true;
    return addon_job_start(&args, 3, &own->job);
}

/* ---- backup, restore ------------------------------------------------------------------------- */

static void run_backup(addon_job *job) {
    care_job *own = (care_job *)job;
    job->status = prism_index_backup(addon_index_of(job->handles[0]->ptr), own->to, &own->backup,
                                     &own->copied, &job->err);
}

static void run_restore(addon_job *job) {
    care_job *own = (care_job *)job;
    job->status = prism_index_restore(own->path, own->to, &own->backup, &own->copied, &job->err);
}

static napi_value finish_copy(napi_env env, addon_job *job) {
    const prism_backup_stats *s = &((care_job *)job)->copied;
    napi_value object = NULL;
    if (napi_create_object(env, &object) != napi_ok) return NULL;
    bool good = addon_set(env, object, "generation", addon_number(env, s->generation)) &&
                addon_set(env, object, "documents", addon_number(env, s->documents)) &&
                addon_set(env, object, "files", addon_number(env, s->files)) &&
                addon_set(env, object, "filesLinked", addon_number(env, s->files_linked)) &&
                addon_set(env, object, "filesCopied", addon_number(env, s->files_copied)) &&
                addon_set(env, object, "bytes", addon_number(env, s->bytes)) &&
                addon_set(env, object, "bytesCopied", addon_number(env, s->bytes_copied));
    return good ? object : NULL;
}

static bool get_copy(addon_args *args, size_t i, care_job *own) {
    bool copy = false;
    own->backup = (prism_backup_opts)PRISM_BACKUP_OPTS_INIT;
    own->copied.size = sizeof own->copied;
    bool good = addon_get_name(args, i, &own->to) && addon_get_bool(args, i + 1, &copy) &&
                addon_get_name(args, i + 2, &own->base) &&
                addon_progress_from(args, i + 3, &own->job);
    own->backup.copy = copy;
    own->backup.base = own->base;
    own->backup.progress = addon_progress;
    own->backup.progress_ctx = &own->job;
    return good;
}

/* backup(index, to, copy, base, progress, mode) */
static napi_value backup(napi_env env, napi_callback_info info) {
    addon_args args;
    care_job *own = new_care(&args, env, info, run_backup, finish_copy);
    if (own == NULL) return NULL;
    if (addon_job_use(env, &own->job, args.v[0], ADDON_INDEX) == NULL || !get_copy(&args, 1, own))
        return addon_job_drop(env, &own->job);
    return addon_job_start(&args, 5, &own->job);
}

/* restore(from, to, copy, base, progress, mode) */
static napi_value restore(napi_env env, napi_callback_info info) {
    addon_args args;
    care_job *own = new_care(&args, env, info, run_restore, finish_copy);
    if (own == NULL) return NULL;
    if (!addon_get_name(&args, 0, &own->path) || !get_copy(&args, 1, own))
        return addon_job_drop(env, &own->job);
    return addon_job_start(&args, 5, &own->job);
}

/* ---- reindex, upgrade ------------------------------------------------------------------------ */

static void run_reindex(addon_job *job) {
    care_job *own = (care_job *)job;
    const prism_schema *schema = job->handles[0] == NULL ? NULL : job->handles[0]->ptr;
    job->status = prism_index_reindex(own->path, schema, NULL, &own->reindex, addon_progress, job,
                                      &own->number, &job->err);
}

/* reindex(path, schema, to, memory, dropUnstored, progress, mode): the number of the commit */
static napi_value reindex(napi_env env, napi_callback_info info) {
    addon_args args;
    bool drop = false;
    care_job *own = new_care(&args, env, info, run_reindex, finish_number);
    if (own == NULL) return NULL;
    own->reindex = (prism_reindex_opts)PRISM_REINDEX_OPTS_INIT;
    if (!addon_get_name(&args, 0, &own->path) ||
        (!addon_is_nothing(env, args.v[1]) &&
         addon_job_use(env, &own->job, args.v[1], ADDON_SCHEMA) == NULL) ||
        !addon_get_name(&args, 2, &own->to) || !addon_get_size(&args, 3, &own->reindex.memory) ||
        !addon_get_bool(&args, 4, &drop) || !addon_progress_from(&args, 5, &own->job))
        return addon_job_drop(env, &own->job);
    own->reindex.to = own->to;
    own->reindex.drop_unstored = drop;
    return addon_job_start(&args, 6, &own->job);
}

static void run_upgrade(addon_job *job) {
    care_job *own = (care_job *)job;
    job->status =
        prism_index_upgrade(own->path, NULL, addon_progress, job, &own->number, &job->err);
}

/* upgrade(path, progress, mode): segments that were rewritten */
static napi_value upgrade(napi_env env, napi_callback_info info) {
    addon_args args;
    care_job *own = new_care(&args, env, info, run_upgrade, finish_number);
    if (own == NULL) return NULL;
    if (!addon_get_name(&args, 0, &own->path) || !addon_progress_from(&args, 1, &own->job))
        return addon_job_drop(env, &own->job);
    return addon_job_start(&args, 2, &own->job);
}

const addon_function addon_maintain_functions[] = {{"check", check},     {"backup", backup},
                                                   {"restore", restore}, {"reindex", reindex},
                                                   {"upgrade", upgrade}, {NULL, NULL}};
