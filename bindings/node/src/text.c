/* text.c - how do texts go between JavaScript, which counts units of 16 bits, and the library,
 * which counts bytes of UTF-8?
 *
 * In    napi_get_value_string_utf8 writes U+FFFD for half of a surrogate pair.  Two keys that
 *       differ there only would become one, so such strings are refused: where U+FFFD came out, the
 *       string is looked at again.
 * Out   ASCII goes as latin1, which V8 copies; the rest is decoded here into 16 bits, which V8
 *       copies, too: Chinese goes three bytes at a step.
 * Tested by: test/convert.test.js, test/fuzz.test.js */
#include "addon.h"

#include <stdlib.h>
#include <string.h>

/* ---- growing bytes --------------------------------------------------------------------------- */

char *addon_text_room(addon_text *text, size_t len) {
    if (text->failed || len > SIZE_MAX / 4 - text->len) {
        text->failed = true;
        return NULL;
    }
    size_t need = text->len + len;
    if (need > text->cap) {
        size_t cap = text->cap * 2 > need ? text->cap * 2 : need < 256 ? 256 : need;
        char *ptr = realloc(text->ptr, cap);
        if (ptr == NULL) {
            text->failed = true;
            return NULL;
        }
        text->ptr = ptr;
        text->cap = cap;
    }
    return text->ptr + text->len;
}

void addon_text_put(addon_text *text, const void *bytes, size_t len) {
    if (len == 0) return;
    char *room = addon_text_room(text, len);
    if (room == NULL) return;
    memcpy(room, bytes, len);
    text->len += len;
}

void addon_text_free(addon_text *text) {
    free(text->ptr);
    *text = (addon_text){0};
}

/* ---- in -------------------------------------------------------------------------------------- */

static bool has_replacement(const char *s, size_t len) {
    const char *end = s + len;
    while ((size_t)(end - s) >= 3 && (s = memchr(s, 0xEF, (size_t)(end - s) - 2)) != NULL) {
        if ((unsigned char)s[1] == 0xBF && (unsigned char)s[2] == 0xBD) return true;
        s++;
    }
    return false;
}

static bool has_lone_surrogate(const char16_t *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if ((s[i] & 0xF800) != 0xD800) continue;
        bool pair = s[i] < 0xDC00 && i + 1 < n && (s[i + 1] & 0xFC00) == 0xDC00;
        if (!pair) return true;
        i++;
    }
    return false;
}

/* U+FFFD came out: does it stand in the string itself? */
static bool check_surrogates(napi_env env, napi_value value, size_t units) {
    char16_t *copy = malloc((units + 1) * sizeof *copy);
    size_t n = 0;
    if (copy == NULL) {
        addon_throw_memory(env);
        return false;
    }
    bool good = napi_get_value_string_utf16(env, value, copy, units + 1, &n) == napi_ok;
    if (good && has_lone_surrogate(copy, n)) {
        napi_throw_type_error(env, "ERR_INVALID_ARG_VALUE",
                              "a string with half of a surrogate pair has no UTF-8 form");
        good = false;
    }
    free(copy);
    return good;
}

bool addon_put_string(napi_env env, napi_value value, addon_text *text) {
    size_t units = 0, n = 0;
    if (napi_get_value_string_utf16(env, value, NULL, 0, &units) != napi_ok) return false;
    if (units > PRISM_MAX_DOC_BYTES) {
        addon_throw_status(env, PRISM_ELIMIT, "a text of more than 16777216 bytes");
        return false;
    }
    char *room = addon_text_room(text, units * 3 + 1);
    if (room == NULL) {
        addon_throw_memory(env);
        return false;
    }
    if (napi_get_value_string_utf8(env, value, room, units * 3 + 1, &n) != napi_ok) return false;
    if (n != units && has_replacement(room, n) && !check_surrogates(env, value, units))
        return false;
    text->len += n;
    return true;
}

/* ---- out ------------------------------------------------------------------------------------- */

static bool is_ascii(const char *s, size_t len) {
    uint64_t all = 0, word;
    size_t i = 0;
    for (; i + 8 <= len; i += 8) {
        memcpy(&word, s + i, 8);
        all |= word;
    }
    for (; i < len; i++) all |= (unsigned char)s[i];
    return (all & 0x8080808080808080u) == 0;
}

/* One character, not ASCII, at s of n > 0 bytes; *len = the bytes it takes. */
static uint32_t decode(const unsigned char *s, size_t n, size_t *len) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t want = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : s[0] >= 0xC0 ? 2 : 1;
    uint32_t c = s[0] & (0xFFu >> (want + 1));
    *len = 1;
    if (want == 1 || s[0] > 0xF4) return 0xFFFD;
    for (size_t i = 1; i < want; i++) {
        if (i >= n || (s[i] & 0xC0) != 0x80) return 0xFFFD;
        c = c << 6 | (s[i] & 0x3Fu);
    }
    if (c < least[want] || c > 0x10FFFF || (c & 0xFFFFF800u) == 0xD800) return 0xFFFD;
    *len = want;
    return c;
}

/* A character of three bytes, as Chinese has it; 0: it is none. */
static uint32_t decode_three(const unsigned char *s) {
    uint32_t c = (uint32_t)s[0] << 16 | (uint32_t)s[1] << 8 | s[2];
    if ((c & 0xF0C0C0) != 0xE08080) return 0;
    c = (c >> 4 & 0xF000) | (c >> 2 & 0xFC0) | (c & 0x3F);
    return c < 0x800 || (c & 0xF800) == 0xD800 ? 0 : c;
}

/* Eight bytes of ASCII become eight units; false: they are not. */
static bool widen_ascii(const unsigned char *s, char16_t *out) {
    uint64_t word;
    memcpy(&word, s, 8);
    if ((word & 0x8080808080808080u) != 0) return false;
    for (int i = 0; i < 8; i++) out[i] = s[i];
    return true;
}

/* At most as many units as bytes. */
static size_t to_utf16(const unsigned char *s, size_t len, char16_t *out) {
    const unsigned char *end = s + len;
    char16_t *to = out;
    while (s < end) {
        uint32_t c = 0;
        while (end - s >= 3 && (c = decode_three(s)) != 0) {
            *to++ = (char16_t)c;
            s += 3;
        }
        while (end - s >= 8 && widen_ascii(s, to)) {
            s += 8;
            to += 8;
        }
        while (s < end && *s < 0x80) *to++ = *s++;
        if (s == end || (end - s >= 3 && decode_three(s) != 0)) continue;
        size_t step;
        c = decode(s, (size_t)(end - s), &step);
        s += step;
        if (c >= 0x10000) {
            *to++ = (char16_t)(0xD7C0 + (c >> 10));
            c = 0xDC00 | (c & 0x3FF);
        }
        *to++ = (char16_t)c;
    }
    return (size_t)(to - out);
}

napi_value addon_string(napi_env env, const char *bytes, size_t len) {
    char16_t small[256] = {0}, *units = small;
    napi_value value = NULL;
    if (is_ascii(bytes, len)) {
        if (napi_create_string_latin1(env, len == 0 ? "" : bytes, len, &value) != napi_ok)
            return NULL;
        return value;
    }
    if (len > sizeof small / sizeof *small && (units = malloc(len * sizeof *units)) == NULL)
        return addon_throw_memory(env);
    size_t n = to_utf16((const unsigned char *)bytes, len, units);
    if (napi_create_string_utf16(env, units, n, &value) != napi_ok) value = NULL;
    if (units != small) free(units);
    return value;
}

napi_value addon_take_text(napi_env env, char *text) {
    if (text == NULL) return addon_null(env);
    napi_value value = addon_string(env, text, strlen(text));
    prism_free_text(text);
    return value;
}
