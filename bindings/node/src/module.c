/* module.c - the functions of the addon, and what a context of JavaScript keeps.
 *
 * The process and each of its workers load the addon by themselves: nothing is shared, there are no
 * globals. */
#include "addon.h"

#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#if __GLIBC_PREREQ(2, 33)
#define HAS_MALLINFO2
#endif
#endif

addon_state *addon_state_of(napi_env env) {
    void *state = NULL;
    return napi_get_instance_data(env, &state) == napi_ok ? state : NULL;
}

static void free_state(napi_env env, void *data, void *hint) {
    (void)env;
    (void)hint;
    free(data);
}

/* Keep a function of lib/, instead of the one before. */
static bool keep_function(addon_args *args, size_t i, napi_ref *kept) {
    napi_valuetype type = napi_undefined;
    if (napi_typeof(args->env, args->v[i], &type) != napi_ok || type != napi_function) {
        addon_throw_type(args->env, "a function is needed");
        return false;
    }
    if (*kept != NULL) napi_delete_reference(args->env, *kept);
    *kept = NULL;
    return napi_create_reference(args->env, args->v[i], 1, kept) == napi_ok;
}

/* setMakers(makeError, makeList) */
static napi_value set_makers(napi_env env, napi_callback_info info) {
    addon_args args;
    addon_state *state = addon_state_of(env);
    bool good = addon_args_get(&args, env, info) && keep_function(&args, 0, &state->make_error) &&
                keep_function(&args, 1, &state->make_list);
    return good ? addon_undefined(env) : NULL;
}

/* allocated(): bytes that malloc has handed out in the process; 0 = it does not say.  For tests. */
static napi_value allocated(napi_env env, napi_callback_info info) {
    size_t bytes = 0;
    (void)info;
#ifdef HAS_MALLINFO2
    struct mallinfo2 all = mallinfo2();
    bytes = all.uordblks + all.hblkhd;
#endif
    return addon_number(env, bytes);
}

static const addon_function own_functions[] = {
    {"setMakers", set_makers}, {"allocated", allocated}, {NULL, NULL}};

static bool add_functions(napi_env env, napi_value exports, const addon_function *functions) {
    napi_value function;
    for (; functions->name != NULL; functions++)
        if (napi_create_function(env, functions->name, NAPI_AUTO_LENGTH, functions->call, NULL,
                                 &function) != napi_ok ||
            !addon_set(env, exports, functions->name, function))
            return false;
    return true;
}

static bool fill_state(napi_env env, addon_state *state) {
    napi_value global, big_int;
    return napi_get_global(env, &global) == napi_ok &&
           napi_get_named_property(env, global, "BigInt", &big_int) == napi_ok &&
           napi_create_reference(env, big_int, 1, &state->big_int) == napi_ok;
}

NAPI_MODULE_INIT() {
    static const addon_function *const all[] = {
        own_functions,          addon_handle_functions,   addon_job_functions,
        addon_schema_functions, addon_index_functions,    addon_view_functions,
        addon_search_functions, addon_answer_functions,   addon_writer_functions,
        addon_batch_functions,  addon_maintain_functions, addon_repair_functions,
    };
    addon_state *state = calloc(1, sizeof *state);
    if (state == NULL) return addon_throw_type(env, "no memory");
    if (napi_set_instance_data(env, state, free_state, NULL) != napi_ok) {
        free(state);
        return NULL;
    }
    bool good = fill_state(env, state) &&
                addon_set(env, exports, "version",
                          addon_string(env, prism_version(), strlen(prism_version())));
    for (size_t i = 0; good && i < sizeof all / sizeof *all; i++)
        good = add_functions(env, exports, all[i]);
    return good ? exports : NULL;
}
