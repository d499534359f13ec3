/* schema.c - schemas, the analysis of texts by them, and how a query is understood.
 *
 * A schema outlives the index it was taken from.  Making one takes milliseconds and analysis is
 * quick, so all of it is done in JavaScript's thread.
 * Tested by: test/schema.test.js */
#include "addon.h"

#include <stdlib.h>
#include <string.h>

static void unref_schema(void *schema) {
    prism_schema_unref(schema);
}

napi_value addon_schema_value(napi_env env, const prism_schema *schema) {
    prism_schema *own = prism_schema_ref((prism_schema *)(uintptr_t)schema);
    return addon_handle_new(env, ADDON_SCHEMA, own, unref_schema);
}

/* schemaFromJson(text) */
static napi_value from_json(napi_env env, napi_callback_info info) {
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema = NULL;
    addon_args args;
    char *text;
    size_t len;
    if (!addon_args_get(&args, env, info) || !addon_get_text(&args, 0, &text, &len)) return NULL;
    prism_status status = prism_schema_from_json(text == NULL ? "" : text, len, &schema, &err);
    free(text);
    if (status != PRISM_OK) return addon_throw(env, &err);
    return addon_handle_new(env, ADDON_SCHEMA, schema, unref_schema);
}

/* schemaDefault() */
static napi_value make_default(napi_env env, napi_callback_info info) {
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema = NULL;
    (void)info;
    if (prism_schema_default(&schema, &err) != PRISM_OK) return addon_throw(env, &err);
    return addon_handle_new(env, ADDON_SCHEMA, schema, unref_schema);
}

/* schemaJson(schema) */
static napi_value to_json(napi_env env, napi_callback_info info) {
    prism_error err = PRISM_ERROR_INIT;
    const char *json = NULL;
    size_t len = 0;
    addon_args args;
    if (!addon_args_get(&args, env, info)) return NULL;
    addon_handle *handle = addon_handle_open(env, args.v[0], ADDON_SCHEMA);
    if (handle == NULL) return NULL;
    if (prism_schema_to_json(handle->ptr, &json, &len, &err) != PRISM_OK)
        return addon_throw(env, &err);
    return addon_string(env, json, len);
}

/* ---- analysis -------------------------------------------------------------------------------- */

typedef struct token_list {
    napi_env env;
    napi_value array;
    uint32_t n;
} token_list;

static int add_token(void *ctx, const prism_token *token) {
    token_list *list = ctx;
    napi_env env = list->env;
    napi_handle_scope scope;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return 1;
    napi_value parts[] = {
        addon_string(env, token->term, token->len),
        addon_string(env, token->kind, strlen(token->kind)),
        addon_number(env, token->pos),
        addon_number(env, token->span),
        addon_number(env, token->start),
        addon_number(env, token->end),
    };
    napi_value value = addon_array(env, parts, sizeof parts / sizeof *parts);
    bool good = value != NULL && napi_set_element(env, list->array, list->n++, value) == napi_ok;
    napi_close_handle_scope(env, scope);
    return good ? 0 : 1;
}

/* analyze(schema, field, text): [[term, kind, pos, span, start, end], ...] */
static napi_value analyze(napi_env env, napi_callback_info info) {
    prism_error err = PRISM_ERROR_INIT;
    token_list list = {env, NULL, 0};
    addon_args args;
    char *field = NULL, *text = NULL;
    size_t len = 0;
    if (!addon_args_get(&args, env, info)) return NULL;
    addon_handle *handle = addon_handle_open(env, args.v[0], ADDON_SCHEMA);
    if (handle == NULL || napi_create_array(env, &list.array) != napi_ok) return NULL;
    bool good = addon_get_name(&args, 1, &field) && addon_get_text(&args, 2, &text, &len);
    if (good && prism_analyze(handle->ptr, field, text == NULL ? "" : text, len, add_token, &list,
                              &err) != PRISM_OK) {
        addon_throw(env, &err);
        good = false;
    }
    free(field);
    free(text);
    return good ? list.array : NULL;
}

/* ---- how a query is understood --------------------------------------------------------------- */

static napi_value understood(napi_env env, prism_query *query, const addon_text *notes) {
    prism_error err = PRISM_ERROR_INIT;
    char *json = NULL;
    if (prism_query_to_json(query, &json, &err) != PRISM_OK) return addon_throw(env, &err);
    const char *shape = prism_query_shape(query);
    napi_value parts[] = {addon_take_text(env, json), addon_notes(env, notes),
                          addon_string(env, shape, strlen(shape))};
    return addon_array(env, parts, 3);
}

/* parse(schema, query): [JSON of the tree, notes, shape] */
static napi_value parse(napi_env env, napi_callback_info info) {
    prism_error err = PRISM_ERROR_INIT;
    addon_text notes = {0};
    prism_query *query = NULL;
    napi_value result = NULL;
    addon_args args;
    if (!addon_args_get(&args, env, info)) return NULL;
    addon_handle *handle = addon_handle_open(env, args.v[0], ADDON_SCHEMA);
    addon_query *spec = handle == NULL ? NULL : addon_query_read(env, args.v[1]);
    if (spec == NULL) return NULL;
    if (addon_query_make(spec, handle->ptr, &notes, &query, &err) == PRISM_OK)
        result = understood(env, query, &notes);
    else
        addon_throw(env, &err);
    prism_query_unref(query);
    addon_query_free(spec);
    addon_text_free(&notes);
    return result;
}

const addon_function addon_schema_functions[] = {{"schemaFromJson", from_json},
                                                 {"schemaDefault", make_default},
                                                 {"schemaJson", to_json},
                                                 {"analyze", analyze},
                                                 {"parse", parse},
                                                 {NULL, NULL}};
