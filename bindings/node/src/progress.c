/* progress.c - how does a callback of JavaScript learn how far a job is?
 *
 * The library tells the thread that runs the job, often thousands of times a second; the first one
 * goes on, and then one every 50 ms.  In place that is a call; from the pool it is a message to
 * JavaScript's thread (a thread-safe function), for which the job does not wait.  What the callback
 * throws cancels the job and is what its caller gets, unless it was too late to undo
 * a change.
 *
 * A message may arrive when the job is gone: so the state here lives until the thread-safe function
 * is finalized, and forgets the job before.
 * Tested by: test/maintain.test.js, test/writer.test.js */
#include "addon.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define EVERY_MS 50

struct addon_progress {
    addon_job *job; /* NULL: gone */
    napi_env env;
    napi_ref callback;
    napi_ref thrown; /* [what it threw] */
    bool in_place;
    uint64_t next_ms;
    napi_threadsafe_function tell; /* NULL in place */
    _Atomic uint64_t done, total;
    atomic_bool on_the_way; /* a message is */
};

static uint64_t now_ms(void) {
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) return 0;
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void free_progress(napi_env env, struct addon_progress *p) {
    if (p->callback != NULL) napi_delete_reference(env, p->callback);
    if (p->thrown != NULL) napi_delete_reference(env, p->thrown);
    free(p);
}

bool addon_progress_from(addon_args *args, size_t i, addon_job *job) {
    napi_valuetype type = napi_undefined;
    if (addon_is_nothing(args->env, args->v[i])) return true;
    if (napi_typeof(args->env, args->v[i], &type) != napi_ok || type != napi_function) {
        addon_throw_type(args->env, "progress is a function");
        return false;
    }
    struct addon_progress *p = calloc(1, sizeof *p);
    if (p == NULL) {
        addon_throw_memory(args->env);
        return false;
    }
    p->job = job;
    p->env = args->env;
    job->progress = p;
    return napi_create_reference(args->env, args->v[i], 1, &p->callback) == napi_ok;
}

/* ---- telling --------------------------------------------------------------------------------- */

/* What is pending is kept, and ends the job. */
static void keep_exception(napi_env env, struct addon_progress *p) {
    napi_value thrown, array;
    if (napi_get_and_clear_last_exception(env, &thrown) != napi_ok) return;
    array = addon_array(env, &thrown, 1);
    if (array != NULL && p->thrown == NULL) napi_create_reference(env, array, 1, &p->thrown);
    if (p->job != NULL) p->job->cancelled = 1;
}

static void call_back(napi_env env, struct addon_progress *p) {
    napi_handle_scope scope;
    napi_value self, callback;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return;
    napi_value args[] = {addon_number(env, atomic_load(&p->done)),
                         addon_number(env, atomic_load(&p->total))};
    if (args[0] != NULL && args[1] != NULL && napi_get_undefined(env, &self) == napi_ok &&
        napi_get_reference_value(env, p->callback, &callback) == napi_ok && callback != NULL &&
        napi_call_function(env, self, callback, 2, args, NULL) == napi_pending_exception)
        keep_exception(env, p);
    napi_close_handle_scope(env, scope);
}

static void receive(napi_env env, napi_value unused, void *context, void *data) {
    struct addon_progress *p = context;
    (void)unused;
    (void)data;
    atomic_store(&p->on_the_way, false);
    if (env != NULL && p->job != NULL && p->thrown == NULL) call_back(env, p);
}

int addon_progress(void *data, uint64_t done, uint64_t total) {
    addon_job *job = data;
    struct addon_progress *p = job->progress;
    if (job->cancelled) return 1;
    if (p == NULL) return 0;
    uint64_t now = now_ms();
    if (now < p->next_ms) return 0;
    p->next_ms = now + EVERY_MS;
    atomic_store(&p->done, done);
    atomic_store(&p->total, total);
    if (p->in_place)
        call_back(p->env, p);
    else if (!atomic_exchange(&p->on_the_way, true))
        (void)napi_call_threadsafe_function(p->tell, NULL, napi_tsfn_nonblocking);
    return job->cancelled;
}

/* ---- beginning, ending ----------------------------------------------------------------------- */

static void finalize(napi_env env, void *data, void *hint) {
    (void)hint;
    free_progress(env, data);
}

bool addon_progress_begin(napi_env env, addon_job *job, bool in_place) {
    struct addon_progress *p = job->progress;
    if (p == NULL) return true;
    p->in_place = in_place;
    if (in_place) return true;
    napi_value name = addon_work_name(env);
    return name != NULL && napi_create_threadsafe_function(env, NULL, NULL, name, 0, 1, p, finalize,
                                                           p, receive, &p->tell) == napi_ok;
}

void addon_progress_last(napi_env env, addon_job *job) {
    struct addon_progress *p = job->progress;
    if (p != NULL && atomic_exchange(&p->on_the_way, false) && p->thrown == NULL) call_back(env, p);
}

bool addon_progress_rethrow(napi_env env, addon_job *job) {
    struct addon_progress *p = job->progress;
    napi_value array, thrown;
    if (p == NULL || p->thrown == NULL) return false;
    if (napi_get_reference_value(env, p->thrown, &array) == napi_ok && array != NULL &&
        napi_get_element(env, array, 0, &thrown) == napi_ok)
        napi_throw(env, thrown);
    return true;
}

void addon_progress_end(napi_env env, addon_job *job) {
    struct addon_progress *p = job->progress;
    if (p == NULL) return;
    job->progress = NULL;
    p->job = NULL;
    if (p->tell == NULL)
        free_progress(env, p);
    else
        (void)napi_release_threadsafe_function(p->tell, napi_tsfn_release);
}
