/* search.c - one search: the snapshot, the query read by its schema, the hits, and what is to be
 * read of their documents, all in one job of the pool.
 *
 * An AbortSignal sets the job's `cancelled`, which the library looks at every step.
 * Tested by: test/search.test.js, test/abort.test.js */
#include "addon.h"

#include <stdlib.h>

#define MAX_FIELDS 64

typedef struct search_job {
    addon_job job;
    addon_query *query, *filter;
    prism_search_opts opts;
    char *sort, *after;
    bool documents;
    uint32_t n_fields;
    char *fields[MAX_FIELDS];
    prism_snippet_opts snippets;
    addon_text notes;
    addon_answer *answer;
} search_job;

/* ---- in the pool ----------------------------------------------------------------------------- */

static bool passed(addon_job *job, prism_status status) {
    job->status = status;
    return status == PRISM_OK;
}

static void run_search(addon_job *job) {
    search_job *own = (search_job *)job;
    addon_answer *a = own->answer;
    prism_query *filter = NULL;
    prism_error *err = &job->err;
    if (!passed(job, addon_view_snapshot(job->handles[0], &a->snap, err))) return;
    const prism_schema *schema = prism_snapshot_schema(a->snap);
    if (!passed(job, addon_query_make(own->query, schema, &own->notes, &a->query, err))) return;
    if (own->filter != NULL &&
        !passed(job, addon_query_make(own->filter, schema, NULL, &filter, err)))
        return;
    own->opts.filter = filter;
    if (passed(job, prism_search(a->snap, a->query, &own->opts, &a->hits, err))) {
        a->n = prism_hits_count(a->hits);
        job->status = addon_answer_load(a, own->documents, own->fields, own->n_fields,
                                        &own->snippets, &job->cancelled, err);
    }
    if (job->status == PRISM_OK && job->cancelled)
        job->status = addon_fail(err, PRISM_ECANCELED, "the search was canceled");
    prism_query_unref(filter);
}

/* ---- the result ------------------------------------------------------------------------------ */

/* [key, score, key, score ...] */
static napi_value hits_of(napi_env env, const prism_hits *hits) {
    napi_value list = NULL;
    uint32_t n = prism_hits_count(hits);
    if (napi_create_array_with_length(env, (size_t)n * 2, &list) != napi_ok) return NULL;
    for (uint32_t i = 0; i < n; i++) {
        napi_handle_scope scope;
        napi_value key, score;
        prism_hit hit;
        prism_hits_get(hits, i, &hit);
        if (napi_open_handle_scope(env, &scope) != napi_ok) return NULL;
        key = addon_string(env, hit.key, hit.key_len);
        bool good = key != NULL && napi_create_double(env, (double)hit.score, &score) == napi_ok &&
                    napi_set_element(env, list, i * 2, key) == napi_ok &&
                    napi_set_element(env, list, i * 2 + 1, score) == napi_ok;
        napi_close_handle_scope(env, scope);
        if (!good) return NULL;
    }
    return list;
}

static void free_answer(void *answer) {
    addon_answer_free(answer);
}

static napi_value finish_search(napi_env env, addon_job *job) {
    search_job *own = (search_job *)job;
    addon_answer *a = own->answer;
    int exact = 0;
    uint64_t total = prism_hits_total(a->hits, &exact);
    napi_value parts[] = {
        NULL,
        hits_of(env, a->hits),
        addon_number(env, total),
        addon_bool(env, exact != 0),
        addon_bool(env, prism_hits_complete(a->hits) != 0),
        addon_number(env, (uint64_t)prism_hits_stopped(a->hits)),
        own->notes.len == 0 && !own->notes.failed ? addon_null(env) : addon_notes(env, &own->notes),
    };
    own->answer = NULL;
    parts[0] = addon_handle_new(env, ADDON_ANSWER, a, free_answer);
    return addon_array(env, parts, sizeof parts / sizeof *parts);
}

static void drop_search(addon_job *job) {
    search_job *own = (search_job *)job;
    addon_query_free(own->query);
    addon_query_free(own->filter);
    free(own->sort);
    free(own->after);
    for (uint32_t i = 0; i < own->n_fields; i++) free(own->fields[i]);
    addon_text_free(&own->notes);
    addon_answer_free(own->answer);
}

/* ---- the call -------------------------------------------------------------------------------- */

static bool get_fields(addon_args *args, size_t i, search_job *own) {
    uint32_t n = 0;
    if (addon_is_nothing(args->env, args->v[i])) return true;
    if (napi_get_array_length(args->env, args->v[i], &n) != napi_ok) return false;
    if (n > MAX_FIELDS) {
        addon_throw_type(args->env, "more than 64 fields are to be highlighted");
        return false;
    }
    for (; own->n_fields < n; own->n_fields++) {
        addon_args one = {.env = args->env};
        if (napi_get_element(args->env, args->v[i], own->n_fields, &one.v[0]) != napi_ok ||
            !addon_get_name(&one, 0, &own->fields[own->n_fields]))
            return false;
    }
    return true;
}

static bool get_opts(addon_args *args, search_job *own) {
    prism_search_opts *opts = &own->opts;
    bool exact = false, exhaustive = false;
    bool good =
        addon_get_u32(args, 3, &opts->k) && addon_get_u32(args, 4, &opts->offset) &&
        addon_get_name(args, 5, &own->sort) && addon_get_name(args, 6, &own->after) &&
        addon_get_bool(args, 7, &exact) && addon_get_u64(args, 8, &opts->timeout_us) &&
        addon_get_u64(args, 9, &opts->max_work) && addon_get_size(args, 10, &opts->memory) &&
        addon_get_u32(args, 11, &opts->threads) && addon_get_size(args, 12, &opts->filter_cache) &&
        addon_get_bool(args, 13, &exhaustive) && addon_get_double(args, 14, &opts->k1) &&
        addon_get_double(args, 15, &opts->b);
    opts->count = exact ? PRISM_COUNT_EXACT : PRISM_COUNT_NONE;
    opts->exhaustive = exhaustive;
    opts->sort = own->sort;
    opts->after = own->after;
    opts->cancel = &own->job.cancelled;
    return good;
}

static bool get_reading(addon_args *args, search_job *own) {
    bool whole = false;
    bool good = addon_get_bool(args, 16, &own->documents) && get_fields(args, 17, own) &&
                addon_get_u32(args, 18, &own->snippets.max_bytes) &&
                addon_get_u32(args, 19, &own->snippets.n_fragments) &&
                addon_get_bool(args, 20, &whole);
    own->snippets.whole_field = whole;
    return good;
}

static bool get_queries(addon_args *args, search_job *own) {
    own->query = addon_query_read(args->env, args->v[1]);
    if (own->query == NULL) return false;
    if (addon_is_nothing(args->env, args->v[2])) return true;
    own->filter = addon_query_read(args->env, args->v[2]);
    return own->filter != NULL;
}

/* search(view, query, filter, limit, offset, sort, after, exact, timeout, maxWork, memory, threads,
 * filterCache, exhaustive, k1, b, documents, highlight, maxBytes, count, whole, mode):
 * [answer, [key, score ...], total, exact, complete, stopped, notes] */
static napi_value search(napi_env env, napi_callback_info info) {
    addon_args args;
    if (!addon_args_get(&args, env, info)) return NULL;
    search_job *own = addon_job_new(env, sizeof *own, run_search, finish_search, drop_search);
    if (own == NULL) return NULL;
    own->opts = (prism_search_opts)PRISM_SEARCH_OPTS_INIT;
    own->snippets = (prism_snippet_opts)PRISM_SNIPPET_OPTS_INIT;
    own->answer = calloc(1, sizeof *own->answer);
    if (own->answer == NULL) {
        addon_throw_memory(env);
        return addon_job_drop(env, &own->job);
    }
    if (addon_job_use(env, &own->job, args.v[0], ADDON_VIEW) == NULL || !get_queries(&args, own) ||
        !get_opts(&args, own) || !get_reading(&args, own))
        return addon_job_drop(env, &own->job);
    return addon_job_start(&args, 21, &own->job);
}

const addon_function addon_search_functions[] = {{"search", search}, {NULL, NULL}};
