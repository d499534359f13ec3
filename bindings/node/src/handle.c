/* handle.c - who owns a thing of the library, and when is it given back?
 *
 *   refs     the value of JavaScript and every job: the last one frees the struct and what is left
 *   users    the jobs: close() waits in the pool until the last one is done
 *
 * close() runs in the pool, too: closing a writer may wait for its merge.  A value that is
 * collected gives up what it still has in JavaScript's thread, as the end of a worker does.  All
 * counters belong to the thread of the context and need no atomics.
 * Tested by: test/lifetime.test.js */
#include "addon.h"

#include <stdio.h>
#include <stdlib.h>

static const char *name_of(addon_kind kind) {
    switch (kind) {
    case ADDON_INDEX: return "index";
    case ADDON_SNAPSHOT: return "snapshot";
    case ADDON_WRITER: return "writer";
    case ADDON_SCHEMA: return "schema";
    case ADDON_ANSWER: return "answer";
    case ADDON_BATCH:
    default: return "batch";
    }
}

void addon_handle_unref(addon_handle *handle) {
    if (--handle->refs > 0) return;
    if (handle->ptr != NULL) handle->give_up(handle->ptr);
    free(handle);
}

static void collect(napi_env env, void *data, void *hint) {
    (void)env;
    (void)hint;
    addon_handle_unref(data);
}

napi_value addon_handle_new(napi_env env, addon_kind kind, void *ptr, addon_free_fn give_up) {
    napi_value value = NULL;
    addon_handle *handle = calloc(1, sizeof *handle);
    if (handle == NULL) {
        give_up(ptr);
        return addon_throw_memory(env);
    }
    handle->kind = kind;
    handle->ptr = ptr;
    handle->give_up = give_up;
    handle->refs = 1;
    if (napi_create_external(env, handle, collect, NULL, &value) == napi_ok) return value;
    addon_handle_unref(handle);
    return NULL;
}

addon_handle *addon_handle_of(napi_env env, napi_value value, addon_kind kinds) {
    napi_valuetype type = napi_undefined;
    void *data = NULL;
    if (napi_typeof(env, value, &type) == napi_ok && type == napi_external &&
        napi_get_value_external(env, value, &data) == napi_ok && data != NULL &&
        (((addon_handle *)data)->kind & kinds) != 0)
        return data;
    addon_throw_type(env, "a handle of another kind is needed");
    return NULL;
}

addon_handle *addon_handle_open(napi_env env, napi_value value, addon_kind kinds) {
    char text[64];
    addon_handle *handle = addon_handle_of(env, value, kinds);
    if (handle == NULL || (handle->ptr != NULL && !handle->closing)) return handle;
    (void)snprintf(text, sizeof text, "the %s is closed", name_of(handle->kind));
    addon_throw_status(env, ADDON_ECLOSED, text);
    return NULL;
}

void addon_handle_done(napi_env env, addon_handle *handle) {
    if (--handle->users == 0 && handle->close_job != NULL) addon_job_begin(env, handle->close_job);
    addon_handle_unref(handle);
}

/* ---- close ----------------------------------------------------------------------------------- */

typedef struct close_job {
    addon_job job;
    napi_env env;
    addon_handle *handle; /* referenced */
} close_job;

static void run_close(addon_job *job) {
    addon_handle *handle = ((close_job *)job)->handle;
    void *ptr = handle->ptr;
    handle->ptr = NULL;
    if (ptr != NULL) handle->give_up(ptr);
}

static napi_value finish_close(napi_env env, addon_job *job) {
    (void)job;
    return addon_undefined(env);
}

/* Those that wait for it are begun, though they have nothing to do: so their promises are kept. */
static void drop_close(addon_job *job) {
    close_job *own = (close_job *)job;
    if (own->handle == NULL) return;
    if (own->handle->close_job == job) {
        own->handle->close_job = NULL;
        for (addon_job *at = job->behind, *next; at != NULL; at = next) {
            next = at->behind;
            addon_job_begin(own->env, at);
        }
    }
    addon_handle_unref(own->handle);
}

/* Another one closes the handle, or waits to: end when it has. */
static napi_value wait_for_close(addon_args *args, addon_job *job, addon_job *closing) {
    job->run = NULL;
    job->waits = closing != NULL;
    napi_value promise = addon_job_start(args, 1, job);
    if (promise == NULL || closing == NULL) return promise;
    job->behind = closing->behind;
    closing->behind = job;
    return promise;
}

/* close(handle, mode); of one that is closed: nothing */
static napi_value close_handle(napi_env env, napi_callback_info info) {
    addon_args args;
    if (!addon_args_get(&args, env, info)) return NULL;
    addon_handle *handle = addon_handle_of(env, args.v[0], (addon_kind)~0);
    if (handle == NULL) return NULL;
    close_job *job = addon_job_new(env, sizeof *job, run_close, finish_close, drop_close);
    if (job == NULL) return NULL;
    handle->refs++;
    job->handle = handle;
    job->env = env;
    if (handle->closing) return wait_for_close(&args, &job->job, handle->close_job);
    handle->closing = true;
    handle->close_job = &job->job;
    job->job.waits = handle->users > 0; /* addon_handle_done begins it */
    return addon_job_start(&args, 1, &job->job);
}

static napi_value is_closed(napi_env env, napi_callback_info info) {
    addon_args args;
    if (!addon_args_get(&args, env, info)) return NULL;
    addon_handle *handle = addon_handle_of(env, args.v[0], (addon_kind)~0);
    return handle == NULL ? NULL : addon_bool(env, handle->ptr == NULL || handle->closing);
}

const addon_function addon_handle_functions[] = {
    {"close", close_handle}, {"isClosed", is_closed}, {NULL, NULL}};
