/* error.c - which exception does a status become?  lib/errors.js has the classes and makes them;
 * the library's sentence stays as it is. */
#include "addon.h"

#include <stdio.h>
#include <string.h>

static napi_value file_of(napi_env env, const prism_error *err) {
    return err->file[0] == '\0' ? addon_undefined(env)
                                : addon_string(env, err->file, strlen(err->file));
}

static napi_value offset_of(napi_env env, const prism_error *err) {
    return err->offset == UINT64_MAX ? addon_undefined(env) : addon_number(env, err->offset);
}

napi_value addon_error(napi_env env, const prism_error *err) {
    napi_value make, self, error = NULL;
    addon_state *state = addon_state_of(env);
    const char *name = err->code > 0 ? "ECLOSED" : prism_status_name(err->code);
    if (napi_get_reference_value(env, state->make_error, &make) != napi_ok || make == NULL ||
        napi_get_undefined(env, &self) != napi_ok)
        return NULL;
    napi_value args[] = {
        addon_integer(env, err->code),
        addon_string(env, name, strlen(name)),
        addon_string(env, err->text, strlen(err->text)),
        file_of(env, err),
        offset_of(env, err),
        addon_number(env, err->line),
        addon_number(env, err->column),
        addon_integer(env, err->sys_errno),
    };
    size_t n = sizeof args / sizeof *args;
    for (size_t i = 0; i < n; i++)
        if (args[i] == NULL) return NULL;
    return napi_call_function(env, self, make, n, args, &error) == napi_ok ? error : NULL;
}

static bool is_pending(napi_env env) {
    bool pending = true;
    return napi_is_exception_pending(env, &pending) != napi_ok || pending;
}

napi_value addon_throw(napi_env env, const prism_error *err) {
    napi_value error = is_pending(env) ? NULL : addon_error(env, err);
    if (error != NULL) napi_throw(env, error);
    return NULL;
}

prism_status addon_fail(prism_error *err, prism_status status, const char *text) {
    err->code = status;
    (void)snprintf(err->text, sizeof err->text, "%s", text);
    return status;
}

napi_value addon_throw_status(napi_env env, prism_status status, const char *text) {
    prism_error err = PRISM_ERROR_INIT;
    addon_fail(&err, status, text);
    return addon_throw(env, &err);
}

napi_value addon_throw_type(napi_env env, const char *text) {
    if (!is_pending(env)) napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", text);
    return NULL;
}

napi_value addon_throw_memory(napi_env env) {
    return addon_throw_status(env, PRISM_ENOMEM, "no memory");
}
