/* repair.c - repair and salvage: what was found, and which documents are given up.
 *
 * Both are kept in C memory while the library runs.
 * Tested by: test/maintain.test.js */
#include "addon.h"

#include <stdlib.h>
#include <string.h>

typedef prism_status (*repair_fn)(const char *, const prism_repair_opts *, prism_repair_stats *,
                                  prism_error *);

typedef struct repair_job {
    addon_job job;
    char *path;
    repair_fn repair;
    prism_repair_opts opts;
    prism_repair_stats stats;
    addon_text findings, lost;
} repair_job;

typedef struct lost_head {
    size_t key_len, json_len;
    bool has_key, has_json;
} lost_head;

static int keep_lost(void *ctx, const char *key, size_t key_len, const char *json,
                     size_t json_len) {
    addon_text *lost = ctx;
    lost_head head;
    memset(&head, 0, sizeof head);
    head.has_key = key != NULL;
    head.has_json = json != NULL;
    head.key_len = head.has_key ? key_len : 0;
    head.json_len = head.has_json ? json_len : 0;
    addon_text_put(lost, &head, sizeof head);
    addon_text_put(lost, key, head.key_len);
    addon_text_put(lost, json, head.json_len);
    return lost->failed;
}

static void run_repair(addon_job *job) {
    repair_job *own = (repair_job *)job;
    job->status = own->repair(own->path, &own->opts, &own->stats, &job->err);
}

static napi_value lost_document(napi_env env, const lost_head *head, const char *key) {
    napi_value object = NULL, json = NULL;
    if (napi_create_object(env, &object) != napi_ok) return NULL;
    if (!head->has_json)
        json = addon_null(env);
    else if (napi_create_buffer_copy(env, head->json_len, key + head->key_len, NULL, &json) !=
             napi_ok)
        return NULL;
    bool good =
        addon_set(env, object, "key",
                  head->has_key ? addon_string(env, key, head->key_len) : addon_null(env)) &&
        addon_set(env, object, "json", json);
    return good ? object : NULL;
}

static napi_value lost_documents(napi_env env, const addon_text *lost) {
    napi_value list = NULL;
    uint32_t n = 0;
    if (lost->failed) return addon_throw_memory(env);
    if (napi_create_array(env, &list) != napi_ok) return NULL;
    for (size_t i = 0; i < lost->len;) {
        lost_head head;
        memcpy(&head, lost->ptr + i, sizeof head);
        const char *key = lost->ptr + i + sizeof head;
        i += sizeof head + head.key_len + head.json_len;
        napi_value one = lost_document(env, &head, key);
        if (one == NULL || napi_set_element(env, list, n++, one) != napi_ok) return NULL;
    }
    return list;
}

static napi_value finish_repair(napi_env env, addon_job *job) {
    repair_job *own = (repair_job *)job;
    const prism_repair_stats *s = &own->stats;
    napi_value object = NULL;
    if (napi_create_object(env, &object) != napi_ok) return NULL;
    bool good = addon_set(env, object, "findings", addon_findings(env, &own->findings)) &&
                addon_set(env, object, "lostDocuments", lost_documents(env, &own->lost)) &&
                addon_set(env, object, "from", addon_number(env, s->from)) &&
                addon_set(env, object, "generation", addon_number(env, s->generation)) &&
                addon_set(env, object, "segmentsDropped", addon_number(env, s->segments_dropped)) &&
                addon_set(env, object, "documents", addon_number(env, s->documents)) &&
                addon_set(env, object, "lost", addon_number(env, s->lost)) &&
                addon_set(env, object, "undeleted", addon_number(env, s->undeleted));
    return good ? object : NULL;
}

static void drop_repair(addon_job *job) {
    repair_job *own = (repair_job *)job;
    free(own->path);
    addon_text_free(&own->findings);
    addon_text_free(&own->lost);
}

static napi_value repair_by(napi_env env, napi_callback_info info, repair_fn repair) {
    addon_args args;
    bool dry = false;
    if (!addon_args_get(&args, env, info)) return NULL;
    repair_job *own = addon_job_new(env, sizeof *own, run_repair, finish_repair, drop_repair);
    if (own == NULL) return NULL;
    own->repair = repair;
    own->stats.size = sizeof own->stats;
    own->opts = (prism_repair_opts)PRISM_REPAIR_OPTS_INIT;
    own->opts.finding = addon_keep_finding;
    own->opts.finding_ctx = &own->findings;
    own->opts.lost = keep_lost;
    own->opts.lost_ctx = &own->lost;
    own->opts.progress = addon_progress;
    own->opts.progress_ctx = &own->job;
    if (!addon_get_name(&args, 0, &own->path) || !addon_get_bool(&args, 1, &dry) ||
        !addon_progress_from(&args, 2, &own->job))
        return addon_job_drop(env, &own->job);
    own->opts.dry_run = dry;
    return addon_job_start(&args, 3, &own->job);
}

/* repair(path, dryRun, progress, mode), salvage(the same) */
static napi_value repair(napi_env env, napi_callback_info info) {
    return repair_by(env, info, prism_index_repair);
}

static napi_value salvage(napi_env env, napi_callback_info info) {
    return repair_by(env, info, prism_index_salvage);
}

const addon_function addon_repair_functions[] = {
    {"repair", repair}, {"salvage", salvage}, {NULL, NULL}};
