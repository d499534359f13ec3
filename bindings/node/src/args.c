/* args.c - arguments of a call as values of C, and plain values of C for JavaScript.
 *
 * lib/ has looked at what users give; what is wrong here is refused with less detail.
 * Tested by: test/contract.test.js */
#include "addon.h"

#include <stdlib.h>
#include <string.h>

#define MAX_SAFE 9007199254740991.0

bool addon_args_get(addon_args *args, napi_env env, napi_callback_info info) {
    args->env = env;
    args->n = ADDON_MAX_ARGS;
    return napi_get_cb_info(env, info, &args->n, args->v, NULL, NULL) == napi_ok;
}

bool addon_is_nothing(napi_env env, napi_value value) {
    napi_valuetype type = napi_undefined;
    return napi_typeof(env, value, &type) != napi_ok || type == napi_undefined || type == napi_null;
}

static bool refuse(napi_env env, const char *wanted) {
    addon_throw_type(env, wanted);
    return false;
}

bool addon_get_bool(addon_args *args, size_t i, bool *out) {
    napi_value value;
    return napi_coerce_to_bool(args->env, args->v[i], &value) == napi_ok &&
           napi_get_value_bool(args->env, value, out) == napi_ok;
}

bool addon_get_double(addon_args *args, size_t i, double *out) {
    if (napi_get_value_double(args->env, args->v[i], out) == napi_ok) return true;
    return refuse(args->env, "a number is needed");
}

static bool is_whole(double number) {
    return number >= 0 && number <= MAX_SAFE && (double)(uint64_t)number == number;
}

bool addon_get_u64(addon_args *args, size_t i, uint64_t *out) {
    double number = 0;
    bool lossless = false;
    *out = 0;
    if (addon_is_nothing(args->env, args->v[i])) return true;
    if (napi_get_value_double(args->env, args->v[i], &number) == napi_ok) {
        if (!is_whole(number)) return refuse(args->env, "a whole number from 0 on is needed");
        *out = (uint64_t)number;
        return true;
    }
    if (napi_get_value_bigint_uint64(args->env, args->v[i], out, &lossless) == napi_ok && lossless)
        return true;
    return refuse(args->env, "a whole number from 0 on is needed");
}

bool addon_get_u32(addon_args *args, size_t i, uint32_t *out) {
    uint64_t wide;
    if (!addon_get_u64(args, i, &wide)) return false;
    if (wide > UINT32_MAX) return refuse(args->env, "a number below 2**32 is needed");
    *out = (uint32_t)wide;
    return true;
}

bool addon_get_size(addon_args *args, size_t i, size_t *out) {
    uint64_t wide;
    if (!addon_get_u64(args, i, &wide)) return false;
    *out = (size_t)wide;
    return true;
}

/* ---- texts and bytes ------------------------------------------------------------------------- */

bool addon_value_text(napi_env env, napi_value value, char **out, size_t *len) {
    addon_text text = {0};
    napi_valuetype type = napi_undefined;
    *out = NULL;
    *len = 0;
    if (napi_typeof(env, value, &type) != napi_ok) return false;
    if (type == napi_undefined || type == napi_null) return true;
    if (type != napi_string) return refuse(env, "a string is needed");
    if (!addon_put_string(env, value, &text)) {
        addon_text_free(&text);
        return false;
    }
    addon_text_char(&text, '\0'); /* there is room: the conversion has used it */
    if (text.failed) {
        addon_text_free(&text);
        addon_throw_memory(env);
        return false;
    }
    *out = text.ptr;
    *len = text.len - 1;
    return true;
}

bool addon_get_text(addon_args *args, size_t i, char **out, size_t *len) {
    return addon_value_text(args->env, args->v[i], out, len);
}

bool addon_get_name(addon_args *args, size_t i, char **out) {
    size_t len;
    if (!addon_get_text(args, i, out, &len)) return false;
    if (*out == NULL || strlen(*out) == len) return true;
    free(*out);
    *out = NULL;
    napi_throw_type_error(args->env, "ERR_INVALID_ARG_VALUE", "a text with a NUL in it");
    return false;
}

static size_t element_size(napi_typedarray_type type) {
    switch (type) {
    case napi_int16_array:
    case napi_uint16_array: return 2;
    case napi_int32_array:
    case napi_uint32_array:
    case napi_float32_array: return 4;
    case napi_float64_array:
    case napi_bigint64_array:
    case napi_biguint64_array: return 8;
    case napi_int8_array:
    case napi_uint8_array:
    case napi_uint8_clamped_array:
    default: return 1;
    }
}

bool addon_as_bytes(napi_env env, napi_value value, const void **bytes, size_t *len) {
    napi_typedarray_type type;
    napi_value buffer;
    size_t offset;
    bool is = false;
    void *data = NULL;
    *len = 0;
    if (napi_is_typedarray(env, value, &is) == napi_ok && is) {
        is = napi_get_typedarray_info(env, value, &type, len, &data, &buffer, &offset) == napi_ok;
        if (is) *len *= element_size(type);
    } else if (napi_is_dataview(env, value, &is) == napi_ok && is) {
        is = napi_get_dataview_info(env, value, len, &data, &buffer, &offset) == napi_ok;
    } else if (napi_is_arraybuffer(env, value, &is) == napi_ok && is) {
        is = napi_get_arraybuffer_info(env, value, &data, len) == napi_ok;
    }
    *bytes = data;
    if (data == NULL) *len = 0; /* empty or detached */
    return is;
}

bool addon_get_bytes(addon_args *args, size_t i, char **out, size_t *len) {
    const void *bytes;
    *out = NULL;
    *len = 0;
    if (!addon_as_bytes(args->env, args->v[i], &bytes, len))
        return addon_get_text(args, i, out, len);
    *out = malloc(*len + 1);
    if (*out == NULL) {
        addon_throw_memory(args->env);
        return false;
    }
    if (*len > 0) memcpy(*out, bytes, *len);
    return true;
}

/* ---- values ---------------------------------------------------------------------------------- */

napi_value addon_number(napi_env env, uint64_t number) {
    napi_value value = NULL;
    napi_status status = number <= (uint64_t)MAX_SAFE
                             ? napi_create_double(env, (double)number, &value)
                             : napi_create_bigint_uint64(env, number, &value);
    return status == napi_ok ? value : NULL;
}

napi_value addon_integer(napi_env env, int64_t number) {
    napi_value value = NULL;
    bool safe = number <= (int64_t)MAX_SAFE && number >= -(int64_t)MAX_SAFE;
    napi_status status = safe ? napi_create_double(env, (double)number, &value)
                              : napi_create_bigint_int64(env, number, &value);
    return status == napi_ok ? value : NULL;
}

napi_value addon_bool(napi_env env, bool flag) {
    napi_value value = NULL;
    return napi_get_boolean(env, flag, &value) == napi_ok ? value : NULL;
}

napi_value addon_null(napi_env env) {
    napi_value value = NULL;
    return napi_get_null(env, &value) == napi_ok ? value : NULL;
}

napi_value addon_undefined(napi_env env) {
    napi_value value = NULL;
    return napi_get_undefined(env, &value) == napi_ok ? value : NULL;
}

napi_value addon_array(napi_env env, const napi_value *values, size_t n) {
    napi_value array = NULL;
    if (napi_create_array_with_length(env, n, &array) != napi_ok) return NULL;
    for (size_t i = 0; i < n; i++)
        if (values[i] == NULL || napi_set_element(env, array, (uint32_t)i, values[i]) != napi_ok)
            return NULL;
    return array;
}

napi_value addon_list(napi_env env, napi_value array, const napi_value *values, size_t n) {
    napi_value make, list = NULL, self = array == NULL ? addon_undefined(env) : array;
    if (self == NULL ||
        napi_get_reference_value(env, addon_state_of(env)->make_list, &make) != napi_ok ||
        napi_call_function(env, self, make, n, values, &list) != napi_ok)
        return NULL;
    return list;
}

bool addon_set(napi_env env, napi_value object, const char *name, napi_value value) {
    return value != NULL && napi_set_named_property(env, object, name, value) == napi_ok;
}
