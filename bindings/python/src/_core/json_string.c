/* json_string.c - how does a string of JSON become a str quickly?
 *
 *   ASCII without an escape     its end is looked for 16 bytes a step; Python copies the bytes
 *   anything else               one pass over the bytes makes units of UTF-16, escapes and all, and
 *                               PyUnicode_DecodeUTF16 narrows and copies them
 *   ill-formed UTF-8            again from the front, by Python's decoder, which puts U+FFFD
 *
 * Why so     Python 3.11 decodes Chinese from UTF-8 at 250 MB/s (12 ns a character): with the
 *            articles of ten hits as dicts that was nine tenths of what Python cost.  Here it is
 *            below one; Chinese goes four characters a step where the CPU has SSSE3.  First a pass
 *            for the end of the string, then one to decode it, was half as fast: texts of many
 *            lines have an escape every few words.
 * Tested by: tests/test_convert.py (against json.loads), tests/test_fuzz.py */
#include "core.h"

#include <string.h>
#if defined(__x86_64__) && defined(__GNUC__)
#include <tmmintrin.h>
#define HAVE_X86
#endif

/* ---- escapes --------------------------------------------------------------------------------- */

/* Four hex digits; -1: there are none. */
static long read_hex(const char *at, const char *end) {
    long value = 0;
    if (end - at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* Behind "\u": one code point, of two halves where they stand beside each other; a lone half is
 * U+FFFD, which any encoder takes.   Returns -1: it is none */
static long read_unicode(const char **at, const char *end) {
    long high = read_hex(*at, end);
    if (high < 0) return -1;
    *at += 4;
    if (high < 0xD800 || high >= 0xE000) return high;
    if (high < 0xDC00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
        long low = read_hex(*at + 2, end);
        if (low >= 0xDC00 && low < 0xE000) {
            *at += 6;
            return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    return 0xFFFD;
}

/* Behind a backslash: the code point.   Returns -1: it is no escape */
static long read_escape(const char **at, const char *end) {
    static const char escapes[] = "\"\"\\\\//n\nr\rt\tb\bf\f";
    if (*at >= end) return -1;
    char c = *(*at)++;
    if (c == 'u') return read_unicode(at, end);
    for (const char *s = escapes; *s != '\0'; s += 2)
        if (s[0] == c) return (unsigned char)s[1];
    return -1;
}

/* ---- units of UTF-16 ------------------------------------------------------------------------- */

static size_t put_units(unsigned long c, uint16_t *out) {
    if (c < 0x10000) {
        out[0] = (uint16_t)c;
        return 1;
    }
    out[0] = (uint16_t)(0xD7C0 + (c >> 10));
    out[1] = (uint16_t)(0xDC00 | (c & 0x3FF));
    return 2;
}

#ifdef HAVE_X86
/* Four characters of three bytes a step, while there are four. */
__attribute__((target("ssse3"))) static size_t threes_by_four(const unsigned char *p, size_t left,
                                                              uint16_t *out) {
    const __m128i apart = _mm_setr_epi8(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1);
    const __m128i together =
        _mm_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1);
    size_t n = 0;
    for (; left - 3 * n >= 16; n += 4) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(p + 3 * n));
        __m128i x = _mm_shuffle_epi8(bytes, apart);
        __m128i shape =
            _mm_cmpeq_epi32(_mm_and_si128(x, _mm_set1_epi32(0xF0C0C0)), _mm_set1_epi32(0xE08080));
        __m128i c =
            _mm_or_si128(_mm_or_si128(_mm_srli_epi32(_mm_and_si128(x, _mm_set1_epi32(0x0F0000)), 4),
                                      _mm_srli_epi32(_mm_and_si128(x, _mm_set1_epi32(0x3F00)), 2)),
                         _mm_and_si128(x, _mm_set1_epi32(0x3F)));
        __m128i half =
            _mm_cmpeq_epi32(_mm_and_si128(c, _mm_set1_epi32(0xF800)), _mm_set1_epi32(0xD800));
        __m128i long_enough = _mm_cmpgt_epi32(c, _mm_set1_epi32(0x7FF));
        __m128i good = _mm_andnot_si128(half, _mm_and_si128(shape, long_enough));
        if (_mm_movemask_epi8(good) != 0xFFFF) break;
        _mm_storel_epi64((__m128i *)(void *)(out + n), _mm_shuffle_epi8(c, together));
    }
    return n;
}
#endif

/* Characters of three bytes, as most of Chinese is. */
static size_t put_threes(const unsigned char *p, size_t left, uint16_t *out) {
    size_t n = 0;
#ifdef HAVE_X86
    if (left >= 16 && __builtin_cpu_supports("ssse3")) n = threes_by_four(p, left, out);
#endif
    for (; left - 3 * n >= 3; n++) {
        const unsigned char *at = p + 3 * n;
        unsigned c = ((at[0] & 0x0Fu) << 12) | ((at[1] & 0x3Fu) << 6) | (at[2] & 0x3Fu);
        if ((at[0] & 0xF0) != 0xE0 || (at[1] & 0xC0) != 0x80 || (at[2] & 0xC0) != 0x80) break;
        if (c < 0x800 || (c & 0xF800) == 0xD800) break;
        out[n] = (uint16_t)c;
    }
    return n;
}

/* Is a byte of the eight a quote, a backslash or no ASCII?  The borrow of a subtraction sets the
 * high bit of a byte that was zero; one behind a zero may be wrong, which costs a few steps. */
static bool has_special(uint64_t eight) {
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
    uint64_t quote = eight ^ (ones * '"'), backslash = eight ^ (ones * '\\');
    return (((quote - ones) | (backslash - ones) | eight) & highs) != 0;
}

/* ASCII to the next quote, backslash or other character. */
static size_t put_ascii(const unsigned char *p, size_t left, uint16_t *out) {
    size_t n = 0;
    uint64_t eight;
    for (; left - n >= 8; n += 8) {
        memcpy(&eight, p + n, 8);
        if (has_special(eight)) break;
        for (size_t i = 0; i < 8; i++) out[n + i] = p[n + i];
    }
    for (; n < left && p[n] < 0x80 && p[n] != '"' && p[n] != '\\'; n++) out[n] = p[n];
    return n;
}

static bool is_tail(unsigned char c) {
    return (c & 0xC0) == 0x80;
}

/* One character of two or four bytes; returns the bytes of it, 0: ill-formed. */
static size_t decode_one(const unsigned char *p, size_t left, unsigned long *c) {
    if (p[0] >= 0xC2 && p[0] < 0xE0 && left >= 2 && is_tail(p[1])) {
        *c = (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
        return 2;
    }
    if (p[0] < 0xF0 || p[0] > 0xF4 || left < 4 || !is_tail(p[1]) || !is_tail(p[2]) ||
        !is_tail(p[3]))
        return 0;
    *c = (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
    return *c >= 0x10000 && *c <= 0x10FFFF ? 4 : 0;
}

typedef enum outcome { DONE, ILL_FORMED, NO_STRING } outcome;

/* From *at to behind the quote that ends the string: units, at most one a byte. */
static outcome put_all(const char **at, const char *end, uint16_t *out, size_t *n) {
    for (;;) {
        const unsigned char *p = (const unsigned char *)*at;
        size_t left = (size_t)(end - *at), took = put_threes(p, left, out + *n);
        *n += took;
        took = took * 3;
        size_t ascii = put_ascii(p + took, left - took, out + *n);
        *n += ascii;
        took += ascii;
        *at += took;
        if (*at >= end) return NO_STRING;
        if (**at == '"') {
            ++*at;
            return DONE;
        }
        unsigned long c;
        if (**at == '\\') {
            ++*at;
            long code = read_escape(at, end);
            if (code < 0) return NO_STRING;
            *n += put_units((unsigned long)code, out + *n);
        } else if (took == 0) {
            size_t bytes = decode_one(p, left, &c);
            if (bytes == 0) return ILL_FORMED;
            *n += put_units(c, out + *n);
            *at += bytes;
        }
    }
}

/* ---- strings --------------------------------------------------------------------------------- */

/* By Python's decoder: the bytes with their escapes read.  A code point goes through a str, too. */
static PyObject *read_ill_formed(const char **at, const char *end) {
    core_text text = {0};
    PyObject *result = NULL;
    bool good = true;
    while (good && *at < end && **at != '"') {
        if (**at != '\\') {
            core_text_char(&text, *(*at)++);
            continue;
        }
        uint16_t units[2];
        ++*at;
        long code = read_escape(at, end);
        good = code >= 0;
        if (!good) break;
        int order = PY_BIG_ENDIAN ? 1 : -1;
        size_t n = put_units((unsigned long)code, units);
        PyObject *one =
            PyUnicode_DecodeUTF16((const char *)units, (Py_ssize_t)n * 2, "strict", &order);
        PyObject *bytes = one == NULL ? NULL : PyUnicode_AsUTF8String(one);
        if (bytes != NULL)
            core_text_put(&text, PyBytes_AsString(bytes), (size_t)PyBytes_Size(bytes));
        good = bytes != NULL;
        Py_XDECREF(one);
        Py_XDECREF(bytes);
    }
    if (text.failed)
        PyErr_NoMemory();
    else if (good && *at < end)
        result = PyUnicode_DecodeUTF8(text.ptr, (Py_ssize_t)text.len, "replace");
    ++*at;
    core_text_free(&text);
    return result;
}

/* The end of the ASCII without an escape. */
static const char *ascii_end(const char *at, const char *end) {
#ifdef HAVE_X86
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    for (; end - at >= 16; at += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i special =
            _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash));
        int mask = _mm_movemask_epi8(_mm_or_si128(special, block));
        if (mask != 0) return at + __builtin_ctz((unsigned)mask);
    }
#endif
    while (at < end && (unsigned char)*at < 0x80 && *at != '"' && *at != '\\') at++;
    return at;
}

PyObject *core_json_string(const char **at, const char *end, core_text *work) {
    const char *from = *at, *stop = ascii_end(from, end);
    size_t left = (size_t)(end - from), n = (size_t)(stop - from);
    if (stop >= end) return NULL;
    if (*stop == '"') {
        *at = stop + 1;
        return PyUnicode_DecodeUTF8(from, (Py_ssize_t)n, "strict");
    }
    work->len = 0;
    uint16_t *units = (uint16_t *)(void *)core_text_room(work, left * sizeof *units);
    if (units == NULL) return PyErr_NoMemory();
    for (size_t i = 0; i < n; i++) units[i] = (unsigned char)from[i];
    *at = stop;
    outcome what = put_all(at, end, units, &n);
    if (what == NO_STRING) return NULL;
    if (what == ILL_FORMED) {
        *at = from;
        return read_ill_formed(at, end);
    }
    int order = PY_BIG_ENDIAN ? 1 : -1; /* else a first U+FEFF would be taken for a mark of it */
    return PyUnicode_DecodeUTF16((const char *)units, (Py_ssize_t)n * 2, "strict", &order);
}
