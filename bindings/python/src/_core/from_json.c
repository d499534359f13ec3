/* from_json.c - which Python objects does this JSON text stand for?
 *
 * Stored documents come as JSON that the library has checked when they were put, so this reader is
 * for speed: strings without an escape, nearly all, become str straight from the bytes.  It
 * believes nothing all the same: every step is bounded by the end of the text, depth by MAX_DEPTH,
 * and what it does not understand is a ValueError.
 *
 *   whole numbers of any length -> int      others -> float, rounded as float() rounds
 *   \uD83D\uDE00 -> one character           a lone half -> U+FFFD, which any encoder takes
 *
 * Names of members repeat from document to document: they are interned.
 * Why not json.loads: it wants a str, and takes three times as long for documents of a few KB.
 * Tested by: tests/test_convert.py (against json.loads), tests/test_fuzz.py */
#include "core.h"

#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define MAX_DEPTH 200
#define MAX_NUMBER 64 /* digits that need no memory of their own */

typedef struct json_reader {
    const char *at, *end;
    int depth;
    core_text text; /* of the string with escapes that is being read; its memory is used again */
    core_text wide; /* work space of core_str */
} json_reader;

static PyObject *read_value(json_reader *r);

static PyObject *fail(void) {
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "not JSON");
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

static void put_code_point(core_text *out, unsigned long c) {
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
    core_text_put(out, b, n);
}

/* Behind "\u": one code point, of two halves where they stand beside each other. */
static bool read_unicode(json_reader *r, core_text *out) {
    long high = read_hex(r);
    if (high < 0) return false;
    unsigned long c = (unsigned long)high;
    if (high >= 0xD800 && high < 0xDC00 && r->end - r->at >= 6 && r->at[0] == '\\' &&
        r->at[1] == 'u') {
        json_reader ahead = {r->at + 2, r->end, 0, {0}, {0}};
        long low = read_hex(&ahead);
        if (low >= 0xDC00 && low < 0xE000) {
            c = 0x10000 + (((unsigned long)high - 0xD800) << 10) + ((unsigned long)low - 0xDC00);
            r->at = ahead.at;
        }
    }
    put_code_point(out, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
    return true;
}

static bool read_escape(json_reader *r, core_text *out) {
    static const char escapes[] = "\"\"\\\\//n\nr\rt\tb\bf\f";
    if (r->at >= r->end) return false;
    char c = *r->at++;
    if (c == 'u') return read_unicode(r, out);
    for (const char *s = escapes; *s != '\0'; s += 2) {
        if (s[0] != c) continue;
        core_text_char(out, s[1]);
        return true;
    }
    return false;
}

/* As many whole blocks as have neither quote nor backslash. */
#ifdef __SSE2__
static const char *skip_plain(const char *at, const char *end, size_t *n_high) {
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    const __m128i one = _mm_set1_epi8(1), zero = _mm_setzero_si128();
    __m128i high = zero;
    for (; end - at >= 16; at += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i special =
            _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash));
        if (_mm_movemask_epi8(special) != 0) break;
        __m128i negative = _mm_and_si128(_mm_cmplt_epi8(block, zero), one);
        high = _mm_add_epi64(high, _mm_sad_epu8(negative, zero));
    }
    uint64_t halves[2];
    memcpy(halves, &high, sizeof halves);
    *n_high += (size_t)(halves[0] + halves[1]);
    return at;
}
#else
/* Eight bytes of which one is a quote or a backslash?  The borrow of a subtraction sets the high
 * bit of a byte that was zero; a byte before it in memory order cannot be missed. */
static bool has_special(uint64_t eight) {
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
    uint64_t quote = eight ^ (ones * '"'), backslash = eight ^ (ones * '\\');
    return ((((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & highs) != 0;
}

static const char *skip_plain(const char *at, const char *end, size_t *n_high) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t eight;
    for (; end - at >= 8; at += 8) {
        memcpy(&eight, at, 8);
        if (has_special(eight)) break;
        *n_high += (((eight >> 7) & ones) * ones) >> 56; /* a bit a byte, summed in the highest */
    }
    return at;
}
#endif

/* The end of the part that has neither quote nor escape; *n_high += bytes of it that are not
 * ASCII. */
static const char *plain_end(const json_reader *r, size_t *n_high) {
    const char *at = skip_plain(r->at, r->end, n_high);
    for (; at < r->end && *at != '"' && *at != '\\'; at++) *n_high += (unsigned char)*at >> 7;
    return at;
}

static PyObject *read_escaped(json_reader *r) {
    core_text *text = &r->text;
    bool good = true;
    size_t n_high = 0;
    text->len = 0;
    while (good) {
        const char *end = plain_end(r, &n_high);
        core_text_put(text, r->at, (size_t)(end - r->at));
        r->at = end;
        if (r->at >= r->end) good = false;
        if (!good || *r->at++ == '"') break;
        good = read_escape(r, text);
    }
    if (!good) return fail();
    if (text->failed) return PyErr_NoMemory();
    return core_str(text->ptr, text->len, n_high, &r->wide);
}

/* Behind the first quote. */
static PyObject *read_string(json_reader *r) {
    size_t n_high = 0;
    const char *from = r->at, *end = plain_end(r, &n_high);
    if (end >= r->end) return fail();
    if (*end == '\\') return read_escaped(r);
    r->at = end + 1;
    return core_str(from, (size_t)(end - from), n_high, &r->wide);
}

/* ---- numbers, words -------------------------------------------------------------------------- */

static PyObject *number_of(const char *text, bool whole) {
    if (whole) return PyLong_FromString(text, NULL, 10);
    double value = PyOS_string_to_double(text, NULL, NULL);
    if (value == -1.0 && PyErr_Occurred()) return NULL;
    return PyFloat_FromDouble(value);
}

static PyObject *read_number(json_reader *r) {
    const char *from = r->at;
    char small[MAX_NUMBER + 1];
    bool whole = true;
    while (r->at < r->end && *r->at != '\0' && strchr("+-0123456789.eE", *r->at) != NULL) {
        if (strchr(".eE", *r->at) != NULL) whole = false;
        r->at++;
    }
    size_t len = (size_t)(r->at - from);
    if (len == 0) return fail();
    char *text = len <= MAX_NUMBER ? small : PyMem_Malloc(len + 1);
    if (text == NULL) return PyErr_NoMemory();
    memcpy(text, from, len);
    text[len] = '\0';
    PyObject *number = number_of(text, whole);
    if (text != small) PyMem_Free(text);
    return number;
}

static PyObject *read_word(json_reader *r) {
    static const struct {
        const char *word;
        size_t len;
    } words[] = {{"null", 4}, {"true", 4}, {"false", 5}};
    for (size_t i = 0; i < 3; i++) {
        if ((size_t)(r->end - r->at) < words[i].len ||
            memcmp(r->at, words[i].word, words[i].len) != 0)
            continue;
        r->at += words[i].len;
        return i == 0 ? Py_NewRef(Py_None) : PyBool_FromLong(i == 1);
    }
    return fail();
}

/* ---- arrays, objects ------------------------------------------------------------------------- */

static PyObject *read_array(json_reader *r) {
    PyObject *list = PyList_New(0);
    bool good = list != NULL, more = good && !take(r, ']');
    while (good && more) {
        PyObject *item = read_value(r);
        good = item != NULL && PyList_Append(list, item) == 0;
        Py_XDECREF(item);
        if (good && take(r, ']')) break;
        good = good && take(r, ',');
    }
    if (good) return list;
    Py_XDECREF(list);
    return fail();
}

static bool read_member(json_reader *r, PyObject *dict) {
    PyObject *name = take(r, '"') ? read_string(r) : NULL, *value = NULL;
    if (name != NULL) PyUnicode_InternInPlace(&name);
    if (name != NULL && take(r, ':')) value = read_value(r);
    bool good = value != NULL && PyDict_SetItem(dict, name, value) == 0;
    Py_XDECREF(name);
    Py_XDECREF(value);
    return good;
}

static PyObject *read_object(json_reader *r) {
    PyObject *dict = PyDict_New();
    bool good = dict != NULL, more = good && !take(r, '}');
    while (good && more) {
        good = read_member(r, dict);
        if (good && take(r, '}')) break;
        good = good && take(r, ',');
    }
    if (good) return dict;
    Py_XDECREF(dict);
    return fail();
}

/* ---- any value ------------------------------------------------------------------------------- */

static PyObject *read_nested(json_reader *r, char opening) {
    if (r->depth >= MAX_DEPTH) return fail();
    r->depth++;
    PyObject *value = opening == '{' ? read_object(r) : read_array(r);
    r->depth--;
    return value;
}

static PyObject *read_value(json_reader *r) {
    skip_blanks(r);
    if (r->at >= r->end) return fail();
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

PyObject *core_from_json(const char *text, size_t len) {
    json_reader r = {text, text + len, 0, {0}, {0}};
    PyObject *value = read_value(&r);
    core_text_free(&r.text);
    core_text_free(&r.wide);
    if (value == NULL) return NULL;
    skip_blanks(&r);
    if (r.at == r.end) return value;
    Py_DECREF(value);
    return fail();
}

/* ---- one member ------------------------------------------------------------------------------ */

/* Behind the first quote; false: the text ends in the string. */
static bool skip_string(json_reader *r) {
    size_t n_high = 0;
    for (;;) {
        r->at = plain_end(r, &n_high);
        if (r->at >= r->end) return false;
        if (*r->at++ == '"') return true;
        if (r->at++ >= r->end) return false; /* what is escaped */
    }
}

/* What is skipped was checked when it was put: brackets are counted, not matched. */
static bool skip_value(json_reader *r) {
    int depth = 0;
    do {
        skip_blanks(r);
        if (r->at >= r->end) return false;
        char c = *r->at++;
        if (c == '{' || c == '[') depth++;
        if (c == '}' || c == ']') depth--;
        if (c == '"' && !skip_string(r)) return false;
        if (c == '"' || depth > 0 || c == '}' || c == ']') continue;
        while (r->at < r->end && strchr(",]} \n\t\r", *r->at) == NULL) r->at++;
    } while (depth > 0);
    return depth == 0;
}

/* Is that the name?  Behind its first quote; goes behind it.   Returns -1: the text is damaged */
static int is_name(json_reader *r, const char *name, size_t len) {
    const char *from = r->at;
    if (!skip_string(r)) return -1;
    size_t n = (size_t)(r->at - from) - 1;
    if (memchr(from, '\\', n) == NULL) return n == len && memcmp(from, name, len) == 0;
    r->at = from;
    PyObject *read = read_string(r),
             *wanted = PyUnicode_DecodeUTF8(name, (Py_ssize_t)len, "strict");
    int same = read == NULL || wanted == NULL ? -1 : PyUnicode_Compare(read, wanted) == 0;
    Py_XDECREF(read);
    Py_XDECREF(wanted);
    return same;
}

static PyObject *find_member(json_reader *r, const char *name, size_t len) {
    if (!take(r, '{')) return fail();
    if (take(r, '}')) return NULL;
    do {
        int same = take(r, '"') ? is_name(r, name, len) : -1;
        if (same < 0 || !take(r, ':')) return fail();
        if (same) return read_value(r);
        if (!skip_value(r)) return fail();
    } while (take(r, ','));
    return take(r, '}') ? NULL : fail();
}

PyObject *core_member(const char *text, size_t len, const char *name, size_t name_len) {
    json_reader r = {text, text + len, 0, {0}, {0}};
    PyObject *value = find_member(&r, name, name_len);
    core_text_free(&r.text);
    core_text_free(&r.wide);
    return value;
}
