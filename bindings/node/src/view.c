/* view.c - what an index, by its newest commit, and a snapshot can be asked besides searches.
 *
 * An index keeps the newest snapshot it has seen; each question refreshes it, which is one listing
 * of the folder where nothing changed.  Several threads of the pool may ask at once: a lock is held
 * meanwhile.
 * Tested by: test/index.test.js, test/snapshot.test.js */
#include "addon.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* ---- the newest snapshot --------------------------------------------------------------------- */

struct addon_index {
    prism_index *index;
    prism_snapshot *newest; /* NULL: none was asked for */
    pthread_mutex_t lock;   /* of newest */
};

addon_index *addon_index_new(prism_index *index) {
    addon_index *own = calloc(1, sizeof *own);
    if (own == NULL || pthread_mutex_init(&own->lock, NULL) != 0) {
        free(own);
        prism_index_close(index);
        return NULL;
    }
    own->index = index;
    return own;
}

void addon_index_free(void *data) {
    addon_index *own = data;
    prism_snapshot_unref(own->newest);
    prism_index_close(own->index);
    (void)pthread_mutex_destroy(&own->lock);
    free(own);
}

prism_index *addon_index_of(addon_index *index) {
    return index->index;
}

static prism_status newest_snapshot(addon_index *own, prism_snapshot **out, prism_error *err) {
    prism_snapshot *newer = NULL;
    (void)pthread_mutex_lock(&own->lock);
    prism_status status = own->newest == NULL ? prism_snapshot_open(own->index, &newer, err)
                                              : prism_snapshot_refresh(own->newest, &newer, err);
    if (status == PRISM_OK) {
        prism_snapshot_unref(own->newest);
        own->newest = newer;
        *out = prism_snapshot_ref(newer);
    }
    (void)pthread_mutex_unlock(&own->lock);
    return status;
}

prism_status addon_view_snapshot(const addon_handle *view, prism_snapshot **out, prism_error *err) {
    if (view->kind == ADDON_INDEX) return newest_snapshot(view->ptr, out, err);
    *out = prism_snapshot_ref(view->ptr);
    return PRISM_OK;
}

static void unref_snapshot(void *snap) {
    prism_snapshot_unref(snap);
}

napi_value addon_snapshot_value(napi_env env, prism_snapshot *snap) {
    return addon_handle_new(env, ADDON_SNAPSHOT, snap, unref_snapshot);
}

/* ---- a job that needs a snapshot ------------------------------------------------------------- */

typedef struct view_job {
    addon_job job;
    prism_snapshot *snap;
    bool refresh; /* the newest commit of a snapshot's index */
    char *text, *field, *json;
    size_t len, json_len;
    bool found;
    uint64_t limit;
    addon_text list;
} view_job;

static bool take_snapshot(addon_job *job) {
    view_job *own = (view_job *)job;
    const addon_handle *view = job->handles[0];
    job->status = own->refresh && view->kind == ADDON_SNAPSHOT
                      ? prism_snapshot_refresh(view->ptr, &own->snap, &job->err)
                      : addon_view_snapshot(view, &own->snap, &job->err);
    return job->status == PRISM_OK;
}

static void drop_view(addon_job *job) {
    view_job *own = (view_job *)job;
    prism_snapshot_unref(own->snap);
    free(own->text);
    free(own->field);
    prism_free_text(own->json);
    addon_text_free(&own->list);
}

static view_job *new_view(addon_args *args, napi_env env, napi_callback_info info,
                          void (*run)(addon_job *), napi_value (*finish)(napi_env, addon_job *)) {
    if (!addon_args_get(args, env, info)) return NULL;
    view_job *own = addon_job_new(env, sizeof *own, run, finish, drop_view);
    if (own == NULL) return NULL;
    if (addon_job_use(env, &own->job, args->v[0], ADDON_VIEW) != NULL) return own;
    addon_job_drop(env, &own->job);
    return NULL;
}

/* ---- snapshot, refresh ----------------------------------------------------------------------- */

static void run_snapshot(addon_job *job) {
    (void)take_snapshot(job);
}

/* null: it is the one that was asked */
static napi_value finish_snapshot(napi_env env, addon_job *job) {
    view_job *own = (view_job *)job;
    if (own->refresh && own->snap == job->handles[0]->ptr) return addon_null(env);
    prism_snapshot *snap = own->snap;
    own->snap = NULL;
    return addon_snapshot_value(env, snap);
}

/* snapshot(view, mode) */
static napi_value take_view(napi_env env, napi_callback_info info) {
    addon_args args;
    view_job *own = new_view(&args, env, info, run_snapshot, finish_snapshot);
    return own == NULL ? NULL : addon_job_start(&args, 1, &own->job);
}

/* refresh(snapshot, mode) */
static napi_value refresh(napi_env env, napi_callback_info info) {
    addon_args args;
    view_job *own = new_view(&args, env, info, run_snapshot, finish_snapshot);
    if (own == NULL) return NULL;
    own->refresh = true;
    return addon_job_start(&args, 1, &own->job);
}

/* ---- what it is of --------------------------------------------------------------------------- */

static napi_value facts_of(napi_env env, prism_snapshot *snap) {
    size_t len = 0;
    const void *payload = prism_snapshot_payload(snap, &len);
    napi_value bytes = NULL, uuid = NULL;
    if (napi_create_buffer_copy(env, len, payload == NULL ? "" : payload, NULL, &bytes) !=
            napi_ok ||
        napi_create_buffer_copy(env, 16, prism_snapshot_uuid(snap), NULL, &uuid) != napi_ok)
        return NULL;
    napi_value facts[] = {
        addon_number(env, prism_snapshot_generation(snap)),
        addon_number(env, prism_snapshot_documents(snap)),
        addon_number(env, prism_snapshot_deleted(snap)),
        addon_number(env, prism_snapshot_segments(snap)),
        uuid,
        bytes,
        addon_schema_value(env, prism_snapshot_schema(snap)),
    };
    return addon_array(env, facts, sizeof facts / sizeof *facts);
}

static napi_value finish_facts(napi_env env, addon_job *job) {
    return facts_of(env, ((view_job *)job)->snap);
}

/* facts(view, mode): [generation, documents, deleted, segments, uuid, payload, schema] */
static napi_value facts(napi_env env, napi_callback_info info) {
    addon_args args;
    view_job *own = new_view(&args, env, info, run_snapshot, finish_facts);
    return own == NULL ? NULL : addon_job_start(&args, 1, &own->job);
}

static void run_info(addon_job *job) {
    view_job *own = (view_job *)job;
    if (take_snapshot(job)) job->status = prism_snapshot_info(own->snap, &own->json, &job->err);
}

static napi_value finish_info(napi_env env, addon_job *job) {
    view_job *own = (view_job *)job;
    return addon_string(env, own->json, strlen(own->json));
}

/* info(view, mode): JSON */
static napi_value info_of(napi_env env, napi_callback_info info) {
    addon_args args;
    view_job *own = new_view(&args, env, info, run_info, finish_info);
    return own == NULL ? NULL : addon_job_start(&args, 1, &own->job);
}

/* ---- documents by key ------------------------------------------------------------------------ */

static void run_get(addon_job *job) {
    view_job *own = (view_job *)job;
    uint64_t gdoc;
    if (!take_snapshot(job)) return;
    job->status = prism_document_find(own->snap, own->text == NULL ? "" : own->text, own->len,
                                      &gdoc, &job->err);
    own->found = job->status == PRISM_OK;
    if (job->status == PRISM_ENOTFOUND) job->status = PRISM_OK;
    if (own->found && own->limit > 0)
        job->status = prism_document_get(own->snap, gdoc, &own->json, &own->json_len, &job->err);
}

static napi_value finish_get(napi_env env, addon_job *job) {
    view_job *own = (view_job *)job;
    napi_value bytes = NULL;
    if (own->limit == 0) return addon_bool(env, own->found);
    if (!own->found) return addon_undefined(env);
    if (own->limit == 1) return addon_from_json(env, own->json, own->json_len, NULL);
    return napi_create_buffer_copy(env, own->json_len, own->json, NULL, &bytes) == napi_ok ? bytes
                                                                                           : NULL;
}

/* get(view, key, what, mode): what 0 whether there is one, 1 the document, 2 its JSON as bytes */
static napi_value get(napi_env env, napi_callback_info info) {
    addon_args args;
    view_job *own = new_view(&args, env, info, run_get, finish_get);
    if (own == NULL) return NULL;
    if (!addon_get_text(&args, 1, &own->text, &own->len) || !addon_get_u64(&args, 2, &own->limit))
        return addon_job_drop(env, &own->job);
    return addon_job_start(&args, 3, &own->job);
}

/* ---- words ----------------------------------------------------------------------------------- */

typedef struct term_head {
    uint64_t df, cf;
    size_t len, kind_len;
} term_head;

static int keep_term(void *ctx, const char *term, size_t len, const char *kind, uint64_t df,
                     uint64_t cf) {
    view_job *own = ctx;
    own->found = own->limit == 0; /* there are enough */
    if (own->found || own->job.cancelled) return 1;
    own->limit--;
    term_head head = {df, cf, len, strlen(kind)};
    addon_text_put(&own->list, &head, sizeof head);
    addon_text_put(&own->list, term, len);
    addon_text_put(&own->list, kind, head.kind_len);
    return own->list.failed;
}

static void run_terms(addon_job *job) {
    view_job *own = (view_job *)job;
    if (!take_snapshot(job)) return;
    job->status = prism_snapshot_terms(own->snap, own->field == NULL ? "" : own->field, own->text,
                                       own->len, keep_term, own, &job->err);
    if (own->found) job->status = PRISM_OK;
}

static napi_value finish_terms(napi_env env, addon_job *job) {
    const addon_text *list = &((view_job *)job)->list;
    napi_value array = NULL;
    uint32_t n = 0;
    if (list->failed) return addon_throw_memory(env);
    if (napi_create_array(env, &array) != napi_ok) return NULL;
    for (size_t i = 0; i < list->len;) {
        term_head head;
        memcpy(&head, list->ptr + i, sizeof head);
        const char *term = list->ptr + i + sizeof head;
        i += sizeof head + head.len + head.kind_len;
        napi_value parts[] = {addon_string(env, term, head.len),
                              addon_string(env, term + head.len, head.kind_len),
                              addon_number(env, head.df), addon_number(env, head.cf)};
        napi_value entry = addon_array(env, parts, 4);
        if (entry == NULL || napi_set_element(env, array, n++, entry) != napi_ok) return NULL;
    }
    return array;
}

/* terms(view, field, prefix, limit, mode): [[term, kind, df, cf], ...] */
static napi_value terms(napi_env env, napi_callback_info info) {
    addon_args args;
    view_job *own = new_view(&args, env, info, run_terms, finish_terms);
    if (own == NULL) return NULL;
    if (!addon_get_name(&args, 1, &own->field) ||
        !addon_get_text(&args, 2, &own->text, &own->len) || !addon_get_u64(&args, 3, &own->limit))
        return addon_job_drop(env, &own->job);
    return addon_job_start(&args, 4, &own->job);
}

const addon_function addon_view_functions[] = {{"snapshot", take_view},
                                               {"refresh", refresh},
                                               {"facts", facts},
                                               {"info", info_of},
                                               {"get", get},
                                               {"terms", terms},
                                               {NULL, NULL}};
