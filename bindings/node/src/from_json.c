/* from_json.c - which values of JavaScript does this JSON text stand for?
 *
 * Stored documents come as JSON that the library has checked when they were put, so this reader is
 * for speed: strings without an escape, nearly all, go to V8 straight from the bytes.  It
 * believes nothing all the same: every step is bounded by the end of the text, depth by MAX_DEPTH.
 *
 *   whole numbers beyond 2^53 -> bigint      others -> number
 *   \uD83D\uDE00 -> one character            a lone half -> U+FFFD
 *   a member "__proto__" -> a member         (setting it would change what the object is)
 *
 * Members that are not asked for are passed over without a value being made.
 * Why not JSON.parse: it wants a string first, which is the slow part for Chinese, and rounds whole
 * numbers.
 * Tested by: test/convert.test.js (against JSON.parse), test/fuzz.test.js */
#include "addon.h"

#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 200
#define MAX_SAFE_DIGITS 15

typedef struct json_reader {
    napi_env env;
    const char *at, *end;
    int depth;
    const addon_names *names; /* of the outermost object; NULL = all */
    addon_text text; /* of the string with escapes that is being read; its memory is used again */
} json_reader;

static napi_value read_value(json_reader *r);
static bool skip_value(json_reader *r);

static napi_value fail(json_reader *r) {
    bool pending = true;
    if (napi_is_exception_pending(r->env, &pending) == napi_ok && !pending)
        napi_throw_error(r->env, "EPARSE", "not JSON");
    return NULL;
}

static void skip_blanks(json_reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
        r->at++;
}

/* Take `c`, blanks before it left out. */
static bool take(json_reader *r, char c) {
    skip_blanks(r);
    if (r->at >= r->end || *r->at != c) return false;
    r->at++;
    return true;
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

/* Eight bytes of which one is a quote or a backslash?  The borrow of a subtraction sets the high
 * bit of a byte that was zero; a byte before it in memory order cannot be missed. */
static bool has_special(uint64_t eight) {
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
    uint64_t quote = eight ^ (ones * '"'), backslash = eight ^ (ones * '\\');
    return ((((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & highs) != 0;
}

/* The end of the part that has neither quote nor escape. */
static const char *plain_end(const json_reader *r) {
    const char *at = r->at;
    uint64_t eight;
    while (r->end - at >= 8) {
        memcpy(&eight, at, 8);
        if (has_special(eight)) break;
        at += 8;
    }
    while (at < r->end && *at != '"' && *at != '\\') at++;
    return at;
}

static napi_value read_escaped(json_reader *r) {
    r->text.len = 0;
    for (;;) {
        const char *end = plain_end(r);
        addon_text_put(&r->text, r->at, (size_t)(end - r->at));
        r->at = end;
        if (r->at >= r->end) return fail(r);
        if (*r->at++ == '"') break;
        if (!read_escape(r)) return fail(r);
    }
    if (r->text.failed) return addon_throw_memory(r->env);
    return addon_string(r->env, r->text.ptr, r->text.len);
}

/* Behind the first quote. */
static napi_value read_string(json_reader *r) {
    const char *from = r->at, *end = plain_end(r);
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

/* ---- passing over ---------------------------------------------------------------------------- */

static bool skip_string(json_reader *r) {
    for (;;) {
        r->at = plain_end(r);
        if (r->at >= r->end) return false;
        if (*r->at++ == '"') return true;
        if (r->at++ >= r->end) return false;
    }
}

/* An array or object: as many closing brackets as opening ones. */
static bool skip_nested(json_reader *r) {
    size_t open = 1;
    while (open > 0 && r->at < r->end) {
        char c = *r->at++;
        if (c == '"' && !skip_string(r)) return false;
        if (c == '{' || c == '[') open++;
        if (c == '}' || c == ']') open--;
    }
    return open == 0;
}

static bool skip_value(json_reader *r) {
    skip_blanks(r);
    if (r->at >= r->end) return false;
    char c = *r->at;
    if (c == '"' || c == '{' || c == '[') {
        r->at++;
        return c == '"' ? skip_string(r) : skip_nested(r);
    }
    while (r->at < r->end && *r->at != ',' && *r->at != '}' && *r->at != ']') r->at++;
    return true;
}

/* Is the name at r->at, behind its quote, one that is wanted? */
static bool is_wanted(const json_reader *r) {
    const addon_names *names = r->names;
    const char *end = plain_end(r);
    size_t len = (size_t)(end - r->at), from = 0;
    for (uint32_t i = 0; i < names->n; from = names->ends[i++])
        if (names->ends[i] - from == len && memcmp(names->text.ptr + from, r->at, len) == 0)
            return true;
    return false;
}

/* ---- arrays, objects ------------------------------------------------------------------------- */

static napi_value read_array(json_reader *r) {
    napi_value array = NULL;
    if (napi_create_array(r->env, &array) != napi_ok) return NULL;
    if (take(r, ']')) return array;
    for (uint32_t i = 0;; i++) {
        napi_handle_scope scope;
        if (napi_open_handle_scope(r->env, &scope) != napi_ok) return NULL;
        napi_value item = read_value(r);
        bool good = item != NULL && napi_set_element(r->env, array, i, item) == napi_ok;
        napi_close_handle_scope(r->env, scope);
        if (good && take(r, ']')) return array;
        if (!good || !take(r, ',')) return fail(r);
    }
}

static bool is_proto(const char *from, const char *end) {
    return end - from == 9 && memcmp(from, "__proto__", 9) == 0;
}

static bool set_member(json_reader *r, napi_value object, napi_value name, napi_value value,
                       bool proto) {
    if (!proto) return napi_set_property(r->env, object, name, value) == napi_ok;
    const napi_property_attributes all =
        (napi_property_attributes)(napi_writable | napi_enumerable | napi_configurable);
    napi_property_descriptor own = {NULL, name, NULL, NULL, NULL, value, all, NULL};
    return napi_define_properties(r->env, object, 1, &own) == napi_ok;
}

static bool read_member(json_reader *r, napi_value object) {
    napi_handle_scope scope;
    if (!take(r, '"')) return false;
    if (r->depth == 1 && r->names != NULL && !is_wanted(r))
        return skip_string(r) && take(r, ':') && skip_value(r);
    if (napi_open_handle_scope(r->env, &scope) != napi_ok) return false;
    const char *from = r->at;
    napi_value name = read_string(r), value = NULL;
    /* A name with escapes may be it, too. */
    bool proto = r->at - from > 1 &&
                 (is_proto(from, r->at - 1) || memchr(from, '\\', (size_t)(r->at - from)) != NULL);
    if (name != NULL && take(r, ':')) value = read_value(r);
    bool good = value != NULL && set_member(r, object, name, value, proto);
    napi_close_handle_scope(r->env, scope);
    return good;
}

static napi_value read_object(json_reader *r) {
    napi_value object = NULL;
    if (napi_create_object(r->env, &object) != napi_ok) return NULL;
    if (take(r, '}')) return object;
    for (;;) {
        if (!read_member(r, object)) return fail(r);
        if (take(r, '}')) return object;
        if (!take(r, ',')) return fail(r);
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
    skip_blanks(r);
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

napi_value addon_from_json(napi_env env, const char *text, size_t len, const addon_names *names) {
    json_reader r = {env, text, text + len, 0, names != NULL && names->n > 0 ? names : NULL, {0}};
    napi_value value = read_value(&r);
    addon_text_free(&r.text);
    if (value == NULL) return NULL;
    skip_blanks(&r);
    return r.at == r.end ? value : fail(&r);
}
