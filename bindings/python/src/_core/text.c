/* text.c - bytes that grow, without Python's lock and without an error until the end; and how does
 * UTF-8 become a str quickly?
 *
 *   ASCII, and a little else    PyUnicode_DecodeUTF8: 1 to 9 GB/s
 *   mostly other characters     code points here, then PyUnicode_FromWideChar, which measures and
 *                               narrows them in two plain loops
 *
 * Why so     Python 3.11 decodes Chinese at 250 MB/s (12 ns a character): with top-10 articles as
 *            dicts that was nine tenths of what Python cost.  This takes about 1.5 ns a character.
 * Tested by: tests/test_convert.py, tests/test_fuzz.py */
#include "core.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

char *core_text_room(core_text *text, size_t len) {
    if (text->failed) return NULL;
    if (len > text->cap - text->len) {
        size_t cap = text->cap < 256 ? 256 : text->cap * 2;
        if (len > SIZE_MAX / 4 || text->cap > SIZE_MAX / 4) {
            text->failed = true;
            return NULL;
        }
        while (cap - text->len < len) cap *= 2;
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

void core_text_put(core_text *text, const void *bytes, size_t len) {
    char *room = core_text_room(text, len);
    if (room == NULL) return;
    if (len > 0) memcpy(room, bytes, len);
    text->len += len;
}

void core_text_free(core_text *text) {
    free(text->ptr);
    *text = (core_text){0};
}

/* ---- str ------------------------------------------------------------------------------------- */

#if WCHAR_MAX > 0xFFFF
static bool is_tail(unsigned char c) {
    return (c & 0xC0) == 0x80;
}

/* One code point of two or four bytes; returns the bytes of it, 0: ill-formed. */
static size_t decode_one(const unsigned char *p, size_t left, wchar_t *out) {
    unsigned long c = p[0];
    if (c >= 0xC2 && c < 0xE0 && left >= 2 && is_tail(p[1])) {
        *out = (wchar_t)((c & 0x1F) << 6 | (p[1] & 0x3Fu));
        return 2;
    }
    if (c < 0xF0 || left < 4 || !is_tail(p[1]) || !is_tail(p[2]) || !is_tail(p[3])) return 0;
    c = (c & 0x07) << 18 | (unsigned long)(p[1] & 0x3F) << 12 | (unsigned long)(p[2] & 0x3F) << 6 |
        (p[3] & 0x3Fu);
    *out = (wchar_t)c;
    return p[0] < 0xF5 && c >= 0x10000 && c <= 0x10FFFF ? 4 : 0;
}

/* Bytes that are ASCII at p, up to eight at a time, as code points. */
static size_t widen_ascii(const unsigned char *p, size_t left, wchar_t *out) {
    size_t n = 0;
    uint64_t eight;
    for (; left - n >= 8; n += 8) {
        memcpy(&eight, p + n, 8);
        if ((eight & UINT64_C(0x8080808080808080)) != 0) break;
        for (size_t i = 0; i < 8; i++) out[n + i] = p[n + i];
    }
    while (n < left && p[n] < 0x80) {
        out[n] = p[n];
        n++;
    }
    return n;
}

/* Characters of three bytes, as most of Chinese is, as code points. */
static size_t widen_threes(const unsigned char *p, size_t left, wchar_t *out) {
    size_t n = 0;
    for (; left - 3 * n >= 3; n++) {
        const unsigned char *at = p + 3 * n;
        unsigned c = ((at[0] & 0x0Fu) << 12) | ((at[1] & 0x3Fu) << 6) | (at[2] & 0x3Fu);
        if ((at[0] & 0xF0) != 0xE0 || (at[1] & 0xC0) != 0x80 || (at[2] & 0xC0) != 0x80) break;
        if (c < 0x800 || (c & 0xF800) == 0xD800) break;
        out[n] = (wchar_t)c;
    }
    return n;
}

/* Code points into out, which has room for len; returns their number, SIZE_MAX: ill-formed. */
static size_t decode_all(const char *bytes, size_t len, wchar_t *out) {
    const unsigned char *p = (const unsigned char *)bytes;
    size_t n = 0;
    for (size_t i = 0; i < len;) {
        size_t threes = widen_threes(p + i, len - i, out + n);
        n += threes;
        i += 3 * threes;
        size_t ascii = widen_ascii(p + i, len - i, out + n);
        n += ascii;
        i += ascii;
        if (threes + ascii > 0) continue;
        size_t taken = decode_one(p + i, len - i, &out[n++]);
        if (taken == 0) return SIZE_MAX;
        i += taken;
    }
    return n;
}

PyObject *core_str(const char *bytes, size_t len, size_t n_high, core_text *work) {
    if (n_high > len - n_high && len <= SIZE_MAX / sizeof(wchar_t)) {
        work->len = 0;
        wchar_t *wide = (wchar_t *)(void *)core_text_room(work, len * sizeof(wchar_t));
        if (wide == NULL) return PyErr_NoMemory();
        size_t n = decode_all(bytes, len, wide);
        if (n != SIZE_MAX) return PyUnicode_FromWideChar(wide, (Py_ssize_t)n);
    }
    return PyUnicode_DecodeUTF8(bytes, (Py_ssize_t)len, "replace");
}
#else
PyObject *core_str(const char *bytes, size_t len, size_t n_high, core_text *work) {
    (void)n_high, (void)work;
    return PyUnicode_DecodeUTF8(bytes, (Py_ssize_t)len, "replace");
}
#endif

PyObject *core_take_text(char *text) {
    if (text == NULL) return NULL;
    PyObject *result = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "strict");
    prism_free_text(text);
    return result;
}
