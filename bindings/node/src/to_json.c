/* to_json.c - what is the JSON of this document?
 *
 *   string             a string          Date               ISO 8601, UTC
 *   number             a number          null               null
 *   bigint             a whole number    undefined          left out (in an array: null)
 *   boolean            true, false       toJSON             what it returns
 *   object             an object         array, typed array, Set, iterables: an array
 *   String, Number, Boolean, Object(1n): what is inside
 *   function, symbol, NaN, infinities, bytes, Map, an invalid Date, Promise, RegExp, Error,
 *   WeakMap and the like: refused, naming the member
 *
 * Why so     JSON.stringify turns NaN, functions, Map and Set into null, nothing or {} without a
 *            word, and knows no bigint; and its string would be copied once more.
 * Numbers    beyond 2^53 they are written as 1e20: for a whole number of 64 bits that has been
 *            rounded the library refuses, and reading it back gives a number, no bigint.
 * Hostile    Getters, proxies and toJSON run any code meanwhile: nothing of JavaScript is kept over
 *            it but values, and what it throws goes to the caller.  Depth and size are bounded.
 * Tested by: test/convert.test.js, test/hostile.test.js, test/fuzz.test.js */
#include "addon.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MAX_DEPTH 64
#define MAX_SAFE 9007199254740991.0

typedef struct json_writer {
    napi_env env;
    addon_text *out;
    size_t from; /* where the document begins in out */
    int depth;
    napi_value member; /* name of the one that is being written; NULL = none */
} json_writer;

static bool write_value(json_writer *w, napi_value value);

/* Throw a sentence that names the member. */
static bool refuse(json_writer *w, const char *what) {
    char name[80] = "", text[200];
    size_t len = 0;
    if (w->member != NULL)
        (void)napi_get_value_string_utf8(w->env, w->member, name, sizeof name, &len);
    if (w->member != NULL)
        (void)snprintf(text, sizeof text, "member \"%s\": a document cannot hold %s", name, what);
    else
        (void)snprintf(text, sizeof text, "a document cannot hold %s", what);
    addon_throw_type(w->env, text);
    return false;
}

static bool put(json_writer *w, const char *text) {
    addon_text_put(w->out, text, strlen(text));
    return true;
}

/* ---- strings --------------------------------------------------------------------------------- */

static bool is_special(unsigned char c) {
    return c < 0x20 || c == '"' || c == '\\';
}

/* Bytes that one takes in JSON. */
static size_t escaped_size(unsigned char c) {
    if (!is_special(c)) return 1;
    return c == '"' || c == '\\' || (c >= '\b' && c <= '\r' && c != '\v') ? 2 : 6;
}

static void write_escape(char *to, unsigned char c) {
    static const char shorts[] = "btn?fr", hex[] = "0123456789abcdef";
    to[0] = '\\';
    if (escaped_size(c) == 2) {
        to[1] = c == '"' || c == '\\' ? (char)c : shorts[c - '\b'];
        return;
    }
    memcpy(to + 1, "u00", 3);
    to[4] = hex[c >> 4];
    to[5] = hex[c & 15];
}

/* The bytes from `from` on become those of a JSON string, from the last one back. */
static bool escape(json_writer *w, size_t from) {
    size_t len = w->out->len - from, more = 0;
    const char *s = w->out->ptr + from;
    for (size_t i = 0; i < len; i++)
        if (is_special((unsigned char)s[i])) more += escaped_size((unsigned char)s[i]) - 1;
    if (more == 0) return true;
    if (addon_text_room(w->out, more) == NULL) {
        addon_throw_memory(w->env);
        return false;
    }
    char *bytes = w->out->ptr + from, *to = bytes + len + more;
    for (size_t i = len; i-- > 0;) {
        unsigned char c = (unsigned char)bytes[i];
        size_t size = escaped_size(c);
        to -= size;
        if (size == 1)
            *to = (char)c;
        else
            write_escape(to, c);
    }
    w->out->len += more;
    return true;
}

static bool write_string(json_writer *w, napi_value value) {
    if (w->out->len - w->from > PRISM_MAX_DOC_BYTES) {
        addon_throw_status(w->env, PRISM_ELIMIT, "a document of more than 16777216 bytes");
        return false;
    }
    addon_text_char(w->out, '"');
    size_t from = w->out->len;
    if (!addon_put_string(w->env, value, w->out) || !escape(w, from)) return false;
    addon_text_char(w->out, '"');
    return true;
}

/* ---- numbers, dates -------------------------------------------------------------------------- */

/* A text of JavaScript that is JSON as it is. */
static bool write_text_of(json_writer *w, napi_value value) {
    napi_value text;
    return napi_coerce_to_string(w->env, value, &text) == napi_ok &&
           addon_put_string(w->env, text, w->out);
}

static bool write_number(json_writer *w, napi_value value) {
    char text[32];
    double number;
    if (napi_get_value_double(w->env, value, &number) != napi_ok) return false;
    if (!isfinite(number)) return refuse(w, "NaN and infinities");
    if (fabs(number) <= MAX_SAFE && number == (double)(int64_t)number) {
        (void)snprintf(text, sizeof text, "%lld", (long long)number);
        return put(w, text);
    }
    size_t from = w->out->len;
    if (!write_text_of(w, value)) return false;
    bool whole = memchr(w->out->ptr + from, '.', w->out->len - from) == NULL &&
                 memchr(w->out->ptr + from, 'e', w->out->len - from) == NULL;
    return !whole || put(w, "e0");
}

static bool call_method(json_writer *w, napi_value object, napi_value method, napi_value *out) {
    return napi_call_function(w->env, object, method, 0, NULL, out) == napi_ok;
}

static bool write_date(json_writer *w, napi_value value) {
    double ms;
    napi_value method, text;
    if (napi_get_date_value(w->env, value, &ms) != napi_ok) return false;
    if (!isfinite(ms)) return refuse(w, "an invalid Date");
    return napi_get_named_property(w->env, value, "toISOString", &method) == napi_ok &&
           call_method(w, value, method, &text) && write_value(w, text);
}

/* ---- arrays, objects ------------------------------------------------------------------------- */

/* One more value, its handles given back. */
static bool write_scoped(json_writer *w, napi_value value) {
    napi_handle_scope scope;
    if (napi_open_handle_scope(w->env, &scope) != napi_ok) return false;
    bool good = write_value(w, value);
    napi_close_handle_scope(w->env, scope);
    return good && !w->out->failed;
}

static bool write_element(json_writer *w, napi_value value, bool first) {
    napi_valuetype type = napi_undefined;
    if (!first) addon_text_char(w->out, ',');
    if (napi_typeof(w->env, value, &type) != napi_ok) return false;
    return type == napi_undefined ? put(w, "null") : write_scoped(w, value);
}

static bool write_array(json_writer *w, napi_value array, uint32_t n) {
    bool good = true;
    addon_text_char(w->out, '[');
    for (uint32_t i = 0; good && i < n; i++) {
        napi_handle_scope scope;
        napi_value element;
        if (w->out->len - w->from > PRISM_MAX_DOC_BYTES * 2) {
            addon_throw_status(w->env, PRISM_ELIMIT, "a document of more than 16777216 bytes");
            return false;
        }
        if (napi_open_handle_scope(w->env, &scope) != napi_ok) return false;
        good = napi_get_element(w->env, array, i, &element) == napi_ok &&
               write_element(w, element, i == 0);
        napi_close_handle_scope(w->env, scope);
    }
    addon_text_char(w->out, ']');
    return good;
}

static bool write_member(json_writer *w, napi_value object, napi_value name, bool *first) {
    napi_value value, outer = w->member;
    napi_valuetype type = napi_undefined;
    if (napi_get_property(w->env, object, name, &value) != napi_ok ||
        napi_typeof(w->env, value, &type) != napi_ok)
        return false;
    if (type == napi_undefined) return true;
    if (!*first) addon_text_char(w->out, ',');
    *first = false;
    w->member = name;
    if (!write_string(w, name)) return false;
    addon_text_char(w->out, ':');
    bool good = write_value(w, value);
    w->member = outer;
    return good;
}

static bool write_object(json_writer *w, napi_value object) {
    napi_value names;
    uint32_t n = 0;
    bool first = true, good = true;
    if (napi_get_all_property_names(w->env, object, napi_key_own_only,
                                    (napi_key_filter)(napi_key_enumerable | napi_key_skip_symbols),
                                    napi_key_numbers_to_strings, &names) != napi_ok ||
        napi_get_array_length(w->env, names, &n) != napi_ok)
        return false;
    addon_text_char(w->out, '{');
    for (uint32_t i = 0; good && i < n; i++) {
        napi_handle_scope scope;
        napi_value name;
        if (napi_open_handle_scope(w->env, &scope) != napi_ok) return false;
        good = napi_get_element(w->env, names, i, &name) == napi_ok &&
               write_member(w, object, name, &first);
        napi_close_handle_scope(w->env, scope);
    }
    addon_text_char(w->out, '}');
    return good;
}

/* A method of an object, by name or symbol; NULL if it has none, or with an exception. */
static napi_value method_of(json_writer *w, napi_value object, napi_value name) {
    napi_value method;
    napi_valuetype type = napi_undefined;
    if (napi_get_property(w->env, object, name, &method) != napi_ok ||
        napi_typeof(w->env, method, &type) != napi_ok)
        return NULL;
    return type == napi_function ? method : NULL;
}

static bool is_failing(json_writer *w) {
    bool pending = true;
    return napi_is_exception_pending(w->env, &pending) != napi_ok || pending;
}

/* A property of the global object. */
static bool get_global(json_writer *w, const char *name, napi_value *out) {
    napi_value global;
    return napi_get_global(w->env, &global) == napi_ok &&
           napi_get_named_property(w->env, global, name, out) == napi_ok;
}

/* What can be iterated: as Array.from has it.  An endless one never ends, as there. */
static bool write_iterable(json_writer *w, napi_value object) {
    napi_value array_class, map_class, from, array;
    uint32_t n = 0;
    bool is_map = false;
    if (!get_global(w, "Map", &map_class) ||
        napi_instanceof(w->env, object, map_class, &is_map) != napi_ok)
        return false;
    if (is_map) return refuse(w, "a Map");
    return get_global(w, "Array", &array_class) &&
           napi_get_named_property(w->env, array_class, "from", &from) == napi_ok &&
           napi_call_function(w->env, array_class, from, 1, &object, &array) == napi_ok &&
           napi_get_array_length(w->env, array, &n) == napi_ok && write_array(w, array, n);
}

static bool is_a(json_writer *w, napi_value object, const char *name) {
    napi_value class;
    napi_valuetype type = napi_undefined;
    bool is = false;
    return get_global(w, name, &class) && napi_typeof(w->env, class, &type) == napi_ok &&
           type == napi_function && napi_instanceof(w->env, object, class, &is) == napi_ok && is;
}

/* An object literal and the like, nearly all there are: its prototype is the last one. */
static bool is_plain(json_writer *w, napi_value object, bool *plain) {
    napi_value prototype = object;
    napi_valuetype type = napi_undefined;
    *plain = true;
    for (int i = 0; i < 2; i++) {
        if (napi_get_prototype(w->env, prototype, &prototype) != napi_ok ||
            napi_typeof(w->env, prototype, &type) != napi_ok)
            return false;
        if (type == napi_null) return true;
    }
    *plain = false;
    return true;
}

/* What JSON.stringify unboxes, and what it would make {} of. */
static bool write_special(json_writer *w, napi_value object, bool *written) {
    static const char *const boxes[] = {"String", "Number", "Boolean", "BigInt"};
    static const struct {
        const char *name, *what;
    } refused[] = {{"Promise", "a Promise"}, {"RegExp", "a RegExp"},
                   {"Error", "an Error"},    {"SharedArrayBuffer", "bytes"},
                   {"WeakMap", "a WeakMap"}, {"WeakSet", "a WeakSet"}};
    napi_value method, value;
    bool plain = true;
    if (!is_plain(w, object, &plain)) return false;
    for (size_t i = 0; !plain && i < sizeof refused / sizeof *refused; i++)
        if (is_a(w, object, refused[i].name)) return refuse(w, refused[i].what);
    for (size_t i = 0; !plain && i < sizeof boxes / sizeof *boxes; i++) {
        if (!is_a(w, object, boxes[i])) continue;
        *written = true;
        return napi_get_named_property(w->env, object, "valueOf", &method) == napi_ok &&
               call_method(w, object, method, &value) && write_value(w, value);
    }
    return !is_failing(w);
}

/* What is no array, no view of bytes and no Date. */
static bool write_thing(json_writer *w, napi_value object) {
    napi_value name, symbols, iterator, method, value;
    if (napi_create_string_latin1(w->env, "toJSON", 6, &name) != napi_ok) return false;
    method = method_of(w, object, name);
    if (is_failing(w)) return false;
    if (method != NULL) return call_method(w, object, method, &value) && write_value(w, value);
    bool written = false;
    if (!write_special(w, object, &written)) return false;
    if (written) return true;
    if (!get_global(w, "Symbol", &symbols) ||
        napi_get_named_property(w->env, symbols, "iterator", &iterator) != napi_ok)
        return false;
    method = method_of(w, object, iterator);
    if (is_failing(w)) return false;
    return method != NULL ? write_iterable(w, object) : write_object(w, object);
}

/* Arrays of numbers are arrays; Uint8Array, Buffer, ArrayBuffer, DataView are bytes, and no
 * text. */
static bool write_view(json_writer *w, napi_value value) {
    napi_typedarray_type type;
    napi_value buffer;
    size_t n = 0, offset;
    bool is = false;
    if (napi_is_typedarray(w->env, value, &is) != napi_ok) return false;
    if (!is ||
        napi_get_typedarray_info(w->env, value, &type, &n, NULL, &buffer, &offset) != napi_ok)
        return refuse(w, "bytes");
    if (type == napi_uint8_array || type == napi_uint8_clamped_array) return refuse(w, "bytes");
    return write_array(w, value, (uint32_t)n);
}

/* ---- any value ------------------------------------------------------------------------------- */

static bool write_nested(json_writer *w, napi_value value) {
    const void *bytes;
    size_t len;
    uint32_t n = 0;
    bool is_array = false, is_date = false, good;
    if (w->depth >= MAX_DEPTH) return refuse(w, "what is nested more than 64 deep");
    w->depth++;
    if (napi_is_array(w->env, value, &is_array) != napi_ok ||
        napi_is_date(w->env, value, &is_date) != napi_ok)
        return false;
    if (is_array)
        good = napi_get_array_length(w->env, value, &n) == napi_ok && write_array(w, value, n);
    else if (is_date)
        good = write_date(w, value);
    else if (addon_as_bytes(w->env, value, &bytes, &len))
        good = write_view(w, value);
    else
        good = write_thing(w, value);
    w->depth--;
    return good;
}

static bool write_value(json_writer *w, napi_value value) {
    napi_valuetype type = napi_undefined;
    bool flag = false;
    if (napi_typeof(w->env, value, &type) != napi_ok) return false;
    switch (type) {
    case napi_string: return write_string(w, value);
    case napi_number: return write_number(w, value);
    case napi_bigint: return write_text_of(w, value);
    case napi_boolean:
        return napi_get_value_bool(w->env, value, &flag) == napi_ok &&
               put(w, flag ? "true" : "false");
    case napi_undefined:
    case napi_null: return put(w, "null");
    case napi_object: return write_nested(w, value);
    case napi_function: return refuse(w, "a function");
    case napi_symbol: return refuse(w, "a symbol");
    case napi_external:
    default: return refuse(w, "this");
    }
}

/* ---- documents ------------------------------------------------------------------------------- */

static bool write_document(json_writer *w, napi_value document) {
    napi_valuetype type = napi_undefined;
    const void *bytes;
    size_t len;
    bool is_array = false;
    if (napi_typeof(w->env, document, &type) != napi_ok) return false;
    if (type == napi_string) return addon_put_string(w->env, document, w->out);
    if (type == napi_object && addon_as_bytes(w->env, document, &bytes, &len)) {
        addon_text_put(w->out, bytes, len);
        return true;
    }
    if (type != napi_object || napi_is_array(w->env, document, &is_array) != napi_ok || is_array) {
        addon_throw_type(w->env, "a document is an object, or JSON as string or bytes");
        return false;
    }
    return write_nested(w, document);
}

bool addon_document_to_json(napi_env env, napi_value document, addon_text *out) {
    napi_handle_scope scope;
    json_writer w = {env, out, out->len, 0, NULL};
    if (napi_open_handle_scope(env, &scope) != napi_ok) return false;
    bool good = write_document(&w, document);
    napi_close_handle_scope(env, scope);
    if (good && out->failed) {
        addon_throw_memory(env);
        good = false;
    }
    if (!good) out->len = w.from;
    return good;
}
