/* job.c - how does a call of the library run, in the pool or in place, and end as a promise or a
 * value?
 *
 *   JavaScript's thread                          a thread of the pool
 *   addon_job_new, arguments, handles in use
 *   addon_job_start --- in place: run ---+
 *     | number: a promise                |
 *     +--> line of a writer --> queue ---+-----> run
 *   finish: the result  <-----------------------+
 *   settle the promise, handles done, next of the line
 *
 * Writers   The library lets calls of a writer take turns; two that wait for each other would keep
 *           threads of the pool from everybody else.  So the jobs of a writer stand in a line, and
 *           are done in the order of the calls, awaited or not.  One in place would overtake them:
 *           it is refused while there are any.
 * Cancel    A job that has not begun is taken out; one that runs sees `cancelled` where the library
 *           lets it (searches, merges, batches, copies, commits until they are published).
 * The end   `process.exit` waits for the pool: jobs that run are cancelled then, others do nothing.
 *           At the end of a worker Node waits for the pool by itself, and no promise is settled.
 * Tested by: test/abort.test.js, test/teardown.test.js, test/lifetime.test.js */
#include "addon.h"

#include <stdlib.h>

/* ---- making ---------------------------------------------------------------------------------- */

void *addon_job_new(napi_env env, size_t size, void (*run)(addon_job *),
                    napi_value (*finish)(napi_env, addon_job *), void (*drop)(addon_job *)) {
    addon_job *job = calloc(1, size);
    if (job == NULL) {
        addon_throw_memory(env);
        return NULL;
    }
    job->run = run;
    job->finish = finish;
    job->drop = drop;
    job->err = (prism_error)PRISM_ERROR_INIT;
    return job;
}

addon_handle *addon_job_use(napi_env env, addon_job *job, napi_value value, addon_kind kinds) {
    addon_handle *handle = addon_handle_open(env, value, kinds);
    if (handle == NULL) return NULL;
    for (int i = 0; i < ADDON_JOB_HANDLES; i++) {
        if (job->handles[i] != NULL) continue;
        job->handles[i] = handle;
        handle->users++;
        handle->refs++;
        return handle;
    }
    return NULL;
}

static void free_job(napi_env env, addon_job *job) {
    if (job->prev != NULL) job->prev->next = job->next;
    if (job->next != NULL) job->next->prev = job->prev;
    addon_state *state = addon_state_of(env);
    if (state != NULL && state->jobs == job) state->jobs = job->next;
    addon_progress_end(env, job);
    if (job->work != NULL) napi_delete_async_work(env, job->work);
    if (job->drop != NULL) job->drop(job);
    for (int i = 0; i < ADDON_JOB_HANDLES; i++)
        if (job->handles[i] != NULL) addon_handle_done(env, job->handles[i]);
    free(job);
}

napi_value addon_job_drop(napi_env env, addon_job *job) {
    free_job(env, job);
    return NULL;
}

/* ---- the line of a writer -------------------------------------------------------------------- */

static addon_handle *writer_of(const addon_job *job) {
    for (int i = 0; i < ADDON_JOB_HANDLES; i++)
        if (job->handles[i] != NULL && job->handles[i]->kind == ADDON_WRITER)
            return job->handles[i];
    return NULL;
}

static void settle(napi_env env, addon_job *job);

static void fail_to_begin(napi_env env, addon_job *job) {
    job->status = addon_fail(&job->err, PRISM_ENOMEM, "the thread pool does not take the call");
    settle(env, job);
}

void addon_job_begin(napi_env env, addon_job *job) {
    job->queued = true;
    if (napi_queue_async_work(env, job->work) != napi_ok) fail_to_begin(env, job);
}

static void stand_in_line(napi_env env, addon_job *job) {
    addon_handle *writer = writer_of(job);
    if (writer == NULL) {
        addon_job_begin(env, job);
    } else if (writer->current == NULL) {
        writer->current = job;
        addon_job_begin(env, job);
    } else {
        if (writer->last != NULL) writer->last->behind = job;
        writer->last = job;
        if (writer->first == NULL) writer->first = job;
    }
}

/* The one that runs is done. */
static void next_in_line(napi_env env, addon_handle *writer) {
    addon_job *job = writer->first;
    writer->current = job;
    if (job == NULL) return;
    writer->first = job->behind;
    if (writer->first == NULL) writer->last = NULL;
    addon_job_begin(env, job);
}

/* Take one that waits out of the line; false: it does not wait. */
static bool leave_line(addon_job *job) {
    addon_handle *writer = writer_of(job);
    addon_job *before = NULL;
    if (writer == NULL || job->queued) return false;
    for (addon_job *at = writer->first; at != job; at = at->behind) {
        if (at == NULL) return false;
        before = at;
    }
    if (before == NULL)
        writer->first = job->behind;
    else
        before->behind = job->behind;
    if (writer->last == job) writer->last = before;
    return true;
}

/* ---- running --------------------------------------------------------------------------------- */

static void cancel_error(addon_job *job) {
    job->status = addon_fail(&job->err, PRISM_ECANCELED, "canceled before it began");
}

static void execute(napi_env env, void *data) {
    addon_job *job = data;
    (void)env;
    if (job->cancelled)
        cancel_error(job);
    else if (job->run != NULL)
        job->run(job);
}

/* The result; NULL: an exception is pending, or JavaScript is over.  A change that is made is told,
 * even where a callback threw too late to end it. */
static napi_value result_of(napi_env env, addon_job *job) {
    addon_progress_last(env, job);
    bool told = job->status == PRISM_OK && !job->only_looks;
    if (!told && addon_progress_rethrow(env, job)) return NULL;
    return job->status == PRISM_OK ? job->finish(env, job) : addon_throw(env, &job->err);
}

static void settle(napi_env env, addon_job *job) {
    napi_value result = result_of(env, job), error = NULL;
    addon_handle *writer = writer_of(job);
    bool runs = writer != NULL && writer->current == job, pending = false;
    if (job->deferred != NULL) {
        if (napi_is_exception_pending(env, &pending) == napi_ok && pending)
            napi_get_and_clear_last_exception(env, &error);
        if (error == NULL && result != NULL) {
            napi_resolve_deferred(env, job->deferred, result);
        } else {
            if (error == NULL) error = addon_undefined(env);
            if (error != NULL) napi_reject_deferred(env, job->deferred, error);
        }
    }
    if (runs) writer->refs++;
    free_job(env, job);
    if (!runs) return;
    next_in_line(env, writer);
    addon_handle_unref(writer);
}

static void complete(napi_env env, napi_status status, void *data) {
    addon_job *job = data;
    if (status == napi_cancelled) cancel_error(job);
    settle(env, job);
}

/* Why it cannot run in place now; NULL: it can. */
static const char *in_the_way(const addon_job *job) {
    for (int i = 0; i < ADDON_JOB_HANDLES; i++)
        if (job->handles[i] != NULL && job->handles[i]->telling)
            return "the handle is amid a call that tells its progress";
    const addon_handle *writer = writer_of(job);
    if (writer == NULL || writer->current == NULL || job->any_time) return NULL;
    return "calls of the writer are under way that a ...Sync call would overtake: await them";
}

static napi_value start_in_place(napi_env env, addon_job *job) {
    napi_value result = NULL;
    const char *why = in_the_way(job);
    if (why != NULL) {
        addon_throw_status(env, PRISM_EMISUSE, why);
        return addon_job_drop(env, job);
    }
    addon_handle *teller = job->progress != NULL ? job->handles[0] : NULL;
    if (teller != NULL) teller->telling = true;
    if (addon_progress_begin(env, job, true)) {
        execute(env, job);
        result = result_of(env, job);
    }
    if (teller != NULL) teller->telling = false;
    free_job(env, job);
    return result;
}

napi_value addon_work_name(napi_env env) {
    return addon_string(env, "prismsearch", 11);
}

static bool make_work(napi_env env, addon_job *job) {
    napi_value name = addon_work_name(env);
    addon_state *state = addon_state_of(env);
    if (name == NULL ||
        napi_create_async_work(env, NULL, name, execute, complete, job, &job->work) != napi_ok)
        return false;
    job->next = state->jobs;
    if (job->next != NULL) job->next->prev = job;
    state->jobs = job;
    return true;
}

napi_value addon_job_start(addon_args *args, size_t i, addon_job *job) {
    napi_env env = args->env;
    napi_value promise = NULL;
    if (!addon_get_u32(args, i, &job->id)) return addon_job_drop(env, job);
    if (job->id == 0 && !job->waits) return start_in_place(env, job);
    if (!make_work(env, job) || !addon_progress_begin(env, job, false) ||
        (job->id != 0 && napi_create_promise(env, &job->deferred, &promise) != napi_ok))
        return addon_job_drop(env, job);
    bool promised = job->id != 0;
    if (!job->waits) stand_in_line(env, job); /* where the pool refuses it, it is gone */
    return promised ? promise : addon_undefined(env);
}

/* ---- cancelling ------------------------------------------------------------------------------ */

/* cancel(number) */
static napi_value cancel(napi_env env, napi_callback_info info) {
    addon_args args;
    uint32_t id;
    if (!addon_args_get(&args, env, info) || !addon_get_u32(&args, 0, &id)) return NULL;
    addon_job *job = addon_state_of(env)->jobs;
    while (job != NULL && job->id != id) job = job->next;
    if (job == NULL) return addon_undefined(env);
    job->cancelled = 1;
    if (leave_line(job)) {
        cancel_error(job);
        settle(env, job);
    } else if (job->queued) {
        (void)napi_cancel_async_work(env, job->work); /* it may run already */
    }
    return addon_undefined(env);
}

/* stopAll(): the process ends */
static napi_value stop_all(napi_env env, napi_callback_info info) {
    (void)info;
    for (addon_job *job = addon_state_of(env)->jobs; job != NULL; job = job->next)
        job->cancelled = 1;
    return addon_undefined(env);
}

const addon_function addon_job_functions[] = {
    {"cancel", cancel}, {"stopAll", stop_all}, {NULL, NULL}};
