/* from_json.c - which Python objects does this JSON text stand for?
 *
 * Stored documents come as JSON that the library has checked when they were put, so this reader is
 * for speed; its strings are json_string.c.  It believes nothing all the same: every step is
 * bounded by the end of the text, depth by MAX_DEPTH, and what it does not understand is a
 * ValueError.
 *
 *   whole numbers -> int (to Python's limit of digits)   others -> float, rounded as float() rounds
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
    core_text work; /* of strings; its memory is used again */
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

/* As many whole blocks as have neither quote nor backslash. */
#ifdef __SSE2__
static const char *skip_plain(const char *at, const char *end) {
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    for (; end - at >= 16; at += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i special =
            _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash));
        int mask = _mm_movemask_epi8(special);
        if (mask != 0) return at + __builtin_ctz((unsigned)mask);
    }
    return at;
}
#else
static const char *skip_plain(const char *at, const char *end) {
    (void)end;
    return at;
}
#endif

/* The end of the part that has neither quote nor escape. */
static const char *plain_end(const json_reader *r) {
    const char *at = skip_plain(r->at, r->end);
    while (at < r->end && *at != '"' && *at != '\\') at++;
    return at;
}

/* Behind the first quote. */
static PyObject *read_string(json_reader *r) {
    PyObject *text = core_json_string(&r->at, r->end, &r->work);
    return text != NULL ? text : fail();
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
    json_reader r = {text, text + len, 0, {0}};
    PyObject *value = read_value(&r);
    core_text_free(&r.work);
    if (value == NULL) return NULL;
    skip_blanks(&r);
    if (r.at == r.end) return value;
    Py_DECREF(value);
    return fail();
}

/* ---- one member ------------------------------------------------------------------------------ */

/* Behind the first quote; false: the text ends in the string. */
static bool skip_string(json_reader *r) {
    for (;;) {
        r->at = plain_end(r);
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
    json_reader r = {text, text + len, 0, {0}};
    PyObject *value = find_member(&r, name, name_len);
    core_text_free(&r.work);
    return value;
}
