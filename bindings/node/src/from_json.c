/* from_json.c - which values of JavaScript does this JSON text stand for?
 *
 * Stored documents come as JSON that the library has checked when they were put, so this reader is
 * for speed: strings without an escape, nearly all, go to V8 straight from the bytes.  It
 * believes nothing all the same: every step is bounded by the end of the text, depth by MAX_DEPTH.
 *
 *   whole numbers beyond 2^53 -> bigint      others -> number
 *   \uD83D\uDE00 -> one character            a lone half -> U+FFFD
 *   a member "__proto__" -> a member         (and so is one that the prototype has a setter of)
 *
 * Members that are not asked for are passed over without a value being made.
 * Why not JSON.parse: it wants a string first, which is the slow part for Chinese, and rounds whole
 * numbers.
 * Tested by: test/convert.test.js (against JSON.parse), test/fuzz.test.js */
#include "json_reader.h"

#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 200
#define MAX_SAFE_DIGITS 15
#define FEW 32         /* elements of an array that need no memory of their own */
#define MANY 8192      /* ... that become one at once */
#define MAX_LOOSE 1024 /* members of a page that leave their handles */

static napi_value read_value(json_reader *r);

static napi_value fail(json_reader *r) {
    bool pending = true;
    if (napi_is_exception_pending(r->env, &pending) == napi_ok && !pending)
        napi_throw_error(r->env, "EPARSE", "not JSON");
    return NULL;
}

/* ---- strings --------------------------------------------------------------------------------- */

/* Four hex digits; -1: there are none. */
static long read_hex(json_reader *r) {
    long value = 0;
    if (r->end - r->at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        char c = *r->at++;
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

static void put_code_point(addon_text *out, unsigned long c) {
    char b[4];
    size_t n = 0;
    if (c < 0x80) {
        b[n++] = (char)c;
    } else if (c < 0x800) {
        b[n++] = (char)(0xC0 | (c >> 6));
        b[n++] = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        b[n++] = (char)(0xE0 | (c >> 12));
        b[n++] = (char)(0x80 | ((c >> 6) & 0x3F));
        b[n++] = (char)(0x80 | (c & 0x3F));
    } else {
        b[n++] = (char)(0xF0 | (c >> 18));
        b[n++] = (char)(0x80 | ((c >> 12) & 0x3F));
        b[n++] = (char)(0x80 | ((c >> 6) & 0x3F));
        b[n++] = (char)(0x80 | (c & 0x3F));
    }
    addon_text_put(out, b, n);
}

/* Behind "\u": one code point, of two halves where they stand beside each other. */
static bool read_unicode(json_reader *r) {
    long high = read_hex(r);
    if (high < 0) return false;
    unsigned long c = (unsigned long)high;
    if (high >= 0xD800 && high < 0xDC00 && r->end - r->at >= 6 && r->at[0] == '\\' &&
        r->at[1] == 'u') {
        const char *before = r->at;
        r->at += 2;
        long low = read_hex(r);
        if (low >= 0xDC00 && low < 0xE000)
            c = 0x10000 + (((unsigned long)high - 0xD800) << 10) + ((unsigned long)low - 0xDC00);
        else
            r->at = before;
    }
    put_code_point(&r->text, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
    return true;
}

static bool read_escape(json_reader *r) {
    static const char escapes[] = "\"\"\\\\//n\nr\rt\tb\bf\f";
    if (r->at >= r->end) return false;
    char c = *r->at++;
    if (c == 'u') return read_unicode(r);
    for (const char *s = escapes; *s != '\0'; s += 2) {
        if (s[0] != c) continue;
        addon_text_char(&r->text, s[1]);
        return true;
    }
    return false;
}

bool json_unescape(json_reader *r) {
    r->text.len = 0;
    for (;;) {
        const char *end = json_plain_end(r);
        addon_text_put(&r->text, r->at, (size_t)(end - r->at));
        r->at = end;
        if (r->at >= r->end) return false;
        if (*r->at++ == '"') return true;
        if (!read_escape(r)) return false;
    }
}

static napi_value read_escaped(json_reader *r) {
    if (!json_unescape(r)) return fail(r);
    if (r->text.failed) return addon_throw_memory(r->env);
    return addon_string(r->env, r->text.ptr, r->text.len);
}

/* Behind the first quote. */
static napi_value read_string(json_reader *r) {
    const char *from = r->at, *end = json_plain_end(r);
    if (end >= r->end) return fail(r);
    if (*end == '\\') return read_escaped(r);
    r->at = end + 1;
    return addon_string(r->env, from, (size_t)(end - from));
}

/* ---- numbers, words -------------------------------------------------------------------------- */

static bool is_of_number(char c) {
    return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

/* By JavaScript's own reading, which asks no locale. */
static napi_value convert(json_reader *r, const char *from, size_t len, bool whole) {
    napi_value text, self, big_int, value = NULL;
    double number;
    if (napi_create_string_latin1(r->env, from, len, &text) != napi_ok ||
        napi_coerce_to_number(r->env, text, &value) != napi_ok)
        return fail(r);
    if (!whole) return value;
    if (napi_get_value_double(r->env, value, &number) != napi_ok) return NULL;
    if (number >= -9007199254740991.0 && number <= 9007199254740991.0) return value;
    if (number != number || napi_get_undefined(r->env, &self) != napi_ok ||
        napi_get_reference_value(r->env, addon_state_of(r->env)->big_int, &big_int) != napi_ok ||
        napi_call_function(r->env, self, big_int, 1, &text, &value) != napi_ok)
        return fail(r);
    return value;
}

static napi_value read_number(json_reader *r) {
    const char *from = r->at;
    napi_value value = NULL;
    bool whole = true, digits = true;
    int64_t small = 0;
    for (; r->at < r->end && is_of_number(*r->at); r->at++) {
        if (*r->at == '.' || *r->at == 'e' || *r->at == 'E') whole = false;
        if (*r->at < '0' || *r->at > '9') digits = false;
        if (digits && r->at - from < MAX_SAFE_DIGITS) small = small * 10 + (*r->at - '0');
    }
    size_t len = (size_t)(r->at - from);
    if (len == 0) return fail(r);
    if (!digits || len > MAX_SAFE_DIGITS) return convert(r, from, len, whole);
    return napi_create_double(r->env, (double)small, &value) == napi_ok ? value : NULL;
}

static napi_value read_word(json_reader *r) {
    static const struct {
        const char *word;
        size_t len;
    } words[] = {{"null", 4}, {"true", 4}, {"false", 5}};
    for (size_t i = 0; i < 3; i++) {
        if ((size_t)(r->end - r->at) < words[i].len ||
            memcmp(r->at, words[i].word, words[i].len) != 0)
            continue;
        r->at += words[i].len;
        return i == 0 ? addon_null(r->env) : addon_bool(r->env, i == 1);
    }
    return fail(r);
}

/* ---- arrays, objects ------------------------------------------------------------------------- */

/* Elements that are read and not yet in the array. */
typedef struct elements {
    napi_value first[FEW], *values;
    size_t n, cap;
} elements;

static bool add_element(json_reader *r, elements *e, napi_value value) {
    if (e->n == e->cap) {
        napi_value *more = malloc(e->cap * 2 * sizeof(napi_value));
        if (more == NULL) {
            addon_throw_memory(r->env);
            return false;
        }
        memcpy(more, e->values, e->n * sizeof(napi_value));
        if (e->values != e->first) free(e->values);
        e->values = more;
        e->cap *= 2;
    }
    e->values[e->n++] = value;
    return true;
}

/* Behind the bracket; the handles of the elements live in the caller's scope. */
static napi_value read_elements(json_reader *r, elements *e) {
    napi_value array = NULL;
    bool more = !json_take(r, ']');
    while (more) {
        napi_value item = read_value(r);
        if (item == NULL || !add_element(r, e, item)) return fail(r);
        more = !json_take(r, ']');
        if (more && !json_take(r, ',')) return fail(r);
        if (more && e->n < MANY) continue;
        if ((array = addon_list(r->env, array, e->values, e->n)) == NULL) return NULL;
        e->n = 0;
    }
    return array != NULL ? array : addon_list(r->env, NULL, NULL, 0);
}

static napi_value read_array(json_reader *r) {
    napi_escapable_handle_scope scope;
    napi_value array = NULL;
    elements e = {.cap = FEW};
    e.values = e.first;
    if (napi_open_escapable_handle_scope(r->env, &scope) != napi_ok) return NULL;
    napi_value made = read_elements(r, &e);
    if (e.values != e.first) free(e.values);
    if (made != NULL && napi_escape_handle(r->env, scope, made, &array) != napi_ok) array = NULL;
    napi_close_escapable_handle_scope(r->env, scope);
    return array;
}

/* A member of the object itself, whatever its prototype says: setting would call setters there, and
 * "__proto__" would change what the object is. */
static bool set_member(json_reader *r, napi_value object, napi_value name, napi_value value) {
    const napi_property_attributes all =
        (napi_property_attributes)(napi_writable | napi_enumerable | napi_configurable);
    napi_property_descriptor own = {NULL, name, NULL, NULL, NULL, value, all, NULL};
    return napi_define_properties(r->env, object, 1, &own) == napi_ok;
}

/* The name behind the quote; the documents of a page have the same ones, mostly in the same
 * order. */
static napi_value read_name(json_reader *r) {
    const char *from = r->at;
    if (r->depth != 1) return read_string(r);
    for (uint32_t n = 0; n < r->n_known; n++) {
        uint32_t i = (r->next_known + n) % r->n_known;
        const known_name *known = &r->known[i];
        if ((size_t)(r->end - from) <= known->len || from[known->len] != '"' ||
            memcmp(from, known->bytes, known->len) != 0)
            continue;
        r->next_known = i + 1;
        r->at = from + known->len + 1;
        return known->value;
    }
    napi_value value = read_string(r);
    if (value != NULL && r->n_known < KNOWN_NAMES &&
        memchr(from, '\\', (size_t)(r->at - from)) == NULL)
        r->known[r->n_known++] = (known_name){from, (size_t)(r->at - from) - 1, value};
    return value;
}

static bool read_member_scoped(json_reader *r, napi_value object) {
    napi_value name = read_name(r), value = NULL;
    if (name != NULL && json_take(r, ':')) value = read_value(r);
    return value != NULL && set_member(r, object, name, value);
}

/* Members of the outermost object leave their handles to the caller's scope: names are used
 * again. */
static bool read_member(json_reader *r, napi_value object) {
    napi_handle_scope scope;
    if (!json_take(r, '"')) return false;
    if (r->depth == 1 && r->names != NULL && !json_is_wanted(r))
        return json_skip_string(r) && json_take(r, ':') && json_skip_value(r);
    if (r->depth == 1 && r->members++ < MAX_LOOSE) return read_member_scoped(r, object);
    if (napi_open_handle_scope(r->env, &scope) != napi_ok) return false;
    uint32_t n_known = r->n_known;
    bool good = read_member_scoped(r, object);
    r->n_known = n_known; /* names of this scope go with it */
    napi_close_handle_scope(r->env, scope);
    return good;
}

static napi_value read_object(json_reader *r) {
    napi_value object = NULL;
    if (napi_create_object(r->env, &object) != napi_ok) return NULL;
    if (json_take(r, '}')) return object;
    for (;;) {
        if (!read_member(r, object)) return fail(r);
        if (json_take(r, '}')) return object;
        if (!json_take(r, ',')) return fail(r);
    }
}

/* ---- any value ------------------------------------------------------------------------------- */

static napi_value read_nested(json_reader *r, char opening) {
    if (r->depth >= MAX_DEPTH) return fail(r);
    r->depth++;
    napi_value value = opening == '{' ? read_object(r) : read_array(r);
    r->depth--;
    return value;
}

static napi_value read_value(json_reader *r) {
    json_skip_blanks(r);
    if (r->at >= r->end) return fail(r);
    switch (*r->at) {
    case '"': r->at++; return read_string(r);
    case '{':
    case '[': r->at++; return read_nested(r, r->at[-1]);
    case 'n':
    case 't':
    case 'f': return read_word(r);
    default: return read_number(r);
    }
}

static napi_value read_document(json_reader *r, const char *text, size_t len) {
    r->at = text;
    r->end = text + len;
    r->depth = 0;
    r->next_known = 0;
    napi_value value = read_value(r);
    if (value == NULL) return NULL;
    json_skip_blanks(r);
    return r->at == r->end ? value : fail(r);
}

napi_value addon_from_json(napi_env env, const char *text, size_t len, const addon_names *names) {
    json_reader r = {.env = env, .names = names != NULL && names->some ? names : NULL};
    napi_value value = read_document(&r, text, len);
    addon_text_free(&r.text);
    return value;
}

napi_value addon_page_from_json(napi_env env, char *const *texts, const size_t *lens, uint32_t n,
                                const addon_names *names) {
    json_reader r = {.env = env, .names = names != NULL && names->some ? names : NULL};
    napi_value *values = malloc(((size_t)n + 1) * sizeof(napi_value)), page = NULL;
    bool good = values != NULL;
    if (!good) addon_throw_memory(env);
    for (uint32_t i = 0; good && i < n; i++) {
        values[i] = read_document(&r, texts[i], lens[i]);
        good = values[i] != NULL;
    }
    if (good) page = addon_list(env, NULL, values, n);
    addon_text_free(&r.text);
    free(values);
    return page;
}
