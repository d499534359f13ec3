/* to_json.c - what is the JSON of this document?
 *
 *   str                        a string          datetime   ISO 8601 (aware ones in UTC), as date
 *   int, what has __index__    a whole number    bool       true, false
 *   float, what has __float__  a number          None       null
 *   dict, Mapping              an object         os.PathLike   its path
 *   list, tuple, iterables     an array          bytes      refused: which text is it?
 *
 * Why so      json.dumps makes a str, which is then encoded: two copies and 80 MB/s, half the time
 *             of a put.  This writes UTF-8 once.  Strings are encoded by Python (AsUTF8String,
 *             which leaves no second copy inside the caller's str as AsUTF8AndSize would).
 * Numbers     floats by their shortest text; NaN and infinities are refused: JSON has none.
 * Mistakes    name the member at fault; what was written of the document is taken back.
 * Tested by: tests/test_convert.py, tests/test_fuzz.py */
#include "core.h"

#include <stdio.h>
#include <string.h>

#define MAX_DEPTH 64

typedef struct json_writer {
    core_state *state;
    core_text *out;
    int depth;
} json_writer;

static int write_value(json_writer *w, PyObject *value);

/* ---- strings --------------------------------------------------------------------------------- */

/* Bytes that a JSON string cannot hold as they are. */
static bool is_special(unsigned char c) {
    return c < 0x20 || c == '"' || c == '\\';
}

static void write_escape(core_text *out, unsigned char c) {
    static const char shorts[] = "\"\"\\\\\nn\rr\tt\bb\ff";
    char text[8];
    for (const char *s = shorts; *s != '\0'; s += 2) {
        if ((unsigned char)s[0] != c) continue;
        text[0] = '\\';
        text[1] = s[1];
        core_text_put(out, text, 2);
        return;
    }
    int n = snprintf(text, sizeof text, "\\u%04x", c);
    core_text_put(out, text, (size_t)n);
}

static void write_bytes(core_text *out, const char *bytes, size_t len) {
    size_t from = 0;
    core_text_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        if (!is_special((unsigned char)bytes[i])) continue;
        core_text_put(out, bytes + from, i - from);
        write_escape(out, (unsigned char)bytes[i]);
        from = i + 1;
    }
    core_text_put(out, bytes + from, len - from);
    core_text_char(out, '"');
}

static int write_str(json_writer *w, PyObject *value) {
    char *bytes;
    Py_ssize_t len;
    PyObject *encoded = PyUnicode_AsUTF8String(value);
    if (encoded == NULL) return -1;
    int failed = PyBytes_AsStringAndSize(encoded, &bytes, &len);
    if (failed == 0) write_bytes(w->out, bytes, (size_t)len);
    Py_DECREF(encoded);
    return failed;
}

/* A new reference, or NULL with an exception, is written and dropped. */
static int write_str_of(json_writer *w, PyObject *text) {
    if (text == NULL) return -1;
    int failed = write_str(w, text);
    Py_DECREF(text);
    return failed;
}

/* ---- numbers, dates -------------------------------------------------------------------------- */

/* Decimal digits, as many as Python makes; the library refuses what has more than 64 bits. */
static int write_int(json_writer *w, PyObject *value) {
    int overflow;
    char small[24];
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (number == -1 && PyErr_Occurred()) return -1;
    if (overflow == 0) {
        int n = snprintf(small, sizeof small, "%lld", number);
        core_text_put(w->out, small, (size_t)n);
        return 0;
    }
    PyObject *text = PyNumber_ToBase(value, 10);
    Py_ssize_t len;
    if (text == NULL &&
        PyErr_ExceptionMatches(PyExc_ValueError)) /* of sys.set_int_max_str_digits */
        PyErr_SetString(PyExc_ValueError, "a whole number has too many digits for a document");
    const char *digits = text == NULL ? NULL : PyUnicode_AsUTF8AndSize(text, &len);
    if (digits != NULL) core_text_put(w->out, digits, (size_t)len);
    Py_XDECREF(text);
    return digits == NULL ? -1 : 0;
}

static int write_float(json_writer *w, double number) {
    if (!(number - number == 0)) {
        PyErr_SetString(PyExc_ValueError, "NaN and infinities have no JSON form");
        return -1;
    }
    char *text = PyOS_double_to_string(number, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    if (text == NULL) return -1;
    core_text_put(w->out, text, strlen(text));
    PyMem_Free(text);
    return 0;
}

/* Of a datetime with a zone the same moment in UTC; without one it is UTC to the library, too. */
static int write_date(json_writer *w, PyObject *value) {
    PyObject *zone = PyObject_HasAttrString(value, "tzinfo")
                         ? PyObject_CallMethod(value, "utcoffset", NULL)
                         : Py_NewRef(Py_None);
    if (zone == NULL) return -1;
    bool aware = zone != Py_None;
    Py_DECREF(zone);
    if (!aware) return write_str_of(w, PyObject_CallMethod(value, "isoformat", NULL));
    PyObject *utc = PyObject_CallMethod(value, "astimezone", "O", w->state->utc);
    if (utc == NULL) return -1;
    int failed = write_str_of(w, PyObject_CallMethod(utc, "isoformat", NULL));
    Py_DECREF(utc);
    return failed;
}

/* ---- arrays, objects ------------------------------------------------------------------------- */

/* Say which member or element was at fault: as a note on the exception, innermost first. */
static void note_place(const char *what, PyObject *place) {
    PyObject *kind, *value, *trace;
    PyErr_Fetch(&kind, &value, &trace);
    PyErr_NormalizeException(&kind, &value, &trace);
    PyObject *note = PyUnicode_FromFormat("in %s %R of the document", what, place);
    PyObject *done = note == NULL ? NULL : PyObject_CallMethod(value, "add_note", "O", note);
    Py_XDECREF(note);
    Py_XDECREF(done);
    PyErr_Clear();
    PyErr_Restore(kind, value, trace);
}

static int write_array(json_writer *w, PyObject *value) {
    PyObject *item, *items = PyObject_GetIter(value);
    Py_ssize_t n = 0;
    int failed = 0;
    if (items == NULL) return -1;
    core_text_char(w->out, '[');
    while (failed == 0 && (item = PyIter_Next(items)) != NULL) {
        if (n++ > 0) core_text_char(w->out, ',');
        failed = write_value(w, item);
        Py_DECREF(item);
    }
    core_text_char(w->out, ']');
    Py_DECREF(items);
    return failed != 0 || PyErr_Occurred() ? -1 : 0;
}

static int write_member(json_writer *w, PyObject *name, PyObject *value, bool first) {
    if (!PyUnicode_Check(name)) {
        PyErr_Format(PyExc_TypeError, "the names in a document are str, not %R", name);
        return -1;
    }
    if (!first) core_text_char(w->out, ',');
    if (write_str(w, name) != 0) return -1;
    core_text_char(w->out, ':');
    if (write_value(w, value) == 0) return 0;
    note_place("member", name);
    return -1;
}

/* Of a dict that no other code changes but that of its values. */
static int write_own_dict(json_writer *w, PyObject *dict) {
    PyObject *name, *value;
    Py_ssize_t at = 0;
    bool first = true;
    int failed = 0;
    core_text_char(w->out, '{');
    while (failed == 0 && PyDict_Next(dict, &at, &name, &value)) {
        Py_INCREF(name); /* a value's own code may change the dict */
        Py_INCREF(value);
        failed = write_member(w, name, value, first);
        first = false;
        Py_DECREF(name);
        Py_DECREF(value);
    }
    core_text_char(w->out, '}');
    return failed;
}

#ifdef PRISMSEARCH_FREE_THREADED
/* Another thread may change it amid a step: a copy, which Python makes under the dict's lock. */
static int write_dict(json_writer *w, PyObject *dict) {
    PyObject *own = PyDict_Copy(dict);
    int failed = own == NULL ? -1 : write_own_dict(w, own);
    Py_XDECREF(own);
    return failed;
}
#else
static int write_dict(json_writer *w, PyObject *dict) {
    return write_own_dict(w, dict);
}
#endif

static int write_mapping(json_writer *w, PyObject *mapping) {
    PyObject *dict = PyDict_New();
    int failed = dict == NULL || PyDict_Update(dict, mapping) != 0 ? -1 : write_own_dict(w, dict);
    Py_XDECREF(dict);
    return failed;
}

/* ---- any value ------------------------------------------------------------------------------- */

static bool has(PyObject *value, const char *method) {
    return PyObject_HasAttrString((PyObject *)Py_TYPE(value), method) != 0;
}

static int write_number_like(json_writer *w, PyObject *value) {
    PyObject *number = PyIndex_Check(value) ? PyNumber_Index(value) : PyNumber_Float(value);
    if (number == NULL) return -1;
    int failed =
        PyLong_Check(number) ? write_int(w, number) : write_float(w, PyFloat_AsDouble(number));
    Py_DECREF(number);
    return failed;
}

static int refuse(PyObject *value) {
    PyErr_Format(PyExc_TypeError, "a document cannot hold %R", (PyObject *)Py_TYPE(value));
    return -1;
}

/* What is none of JSON's own kinds, by what it can do. */
static int write_other(json_writer *w, PyObject *value) {
    if (PyBytes_Check(value) || PyByteArray_Check(value) || PyMemoryView_Check(value))
        return refuse(value);
    int is_date = PyObject_IsInstance(value, w->state->date);
    if (is_date < 0) return -1;
    if (is_date) return write_date(w, value);
    if (PyIndex_Check(value) || has(value, "__float__")) return write_number_like(w, value);
    if (has(value, "__fspath__")) return write_str_of(w, PyOS_FSPath(value));
    if (has(value, "keys") && has(value, "__getitem__")) return write_mapping(w, value);
    if (has(value, "__iter__")) return write_array(w, value);
    return refuse(value);
}

static int write_nested(json_writer *w, PyObject *value) {
    if (w->depth >= MAX_DEPTH) {
        PyErr_Format(PyExc_ValueError, "a document is nested more than %d deep", MAX_DEPTH);
        return -1;
    }
    w->depth++;
    int failed = PyDict_Check(value)                           ? write_dict(w, value)
                 : PyList_Check(value) || PyTuple_Check(value) ? write_array(w, value)
                                                               : write_other(w, value);
    w->depth--;
    return failed;
}

static int write_value(json_writer *w, PyObject *value) {
    if (PyUnicode_Check(value)) return write_str(w, value);
    if (value == Py_None || value == Py_True || value == Py_False) {
        const char *word = value == Py_None ? "null" : value == Py_True ? "true" : "false";
        core_text_put(w->out, word, strlen(word));
        return 0;
    }
    if (PyLong_Check(value)) return write_int(w, value);
    if (PyFloat_Check(value)) return write_float(w, PyFloat_AsDouble(value));
    return write_nested(w, value);
}

/* ---- documents ------------------------------------------------------------------------------- */

static int copy_buffer(PyObject *document, core_text *out) {
    Py_buffer view;
    if (PyObject_GetBuffer(document, &view, PyBUF_SIMPLE) != 0) return -1;
    core_text_put(out, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return 0;
}

static int copy_str(PyObject *document, core_text *out) {
    PyObject *encoded = PyUnicode_AsUTF8String(document);
    if (encoded == NULL) return -1;
    int failed = copy_buffer(encoded, out);
    Py_DECREF(encoded);
    return failed;
}

int core_document_to_json(core_state *state, PyObject *document, core_text *out) {
    json_writer w = {state, out, 0};
    size_t before = out->len;
    int failed;
    if (PyDict_Check(document))
        failed = write_dict(&w, document);
    else if (PyUnicode_Check(document))
        failed = copy_str(document, out);
    else if (PyObject_CheckBuffer(document))
        failed = copy_buffer(document, out);
    else if (has(document, "keys") && has(document, "__getitem__"))
        failed = write_mapping(&w, document);
    else {
        PyErr_Format(PyExc_TypeError, "a document is a mapping, or JSON as str or bytes, not %R",
                     (PyObject *)Py_TYPE(document));
        failed = -1;
    }
    if (out->failed && failed == 0) {
        PyErr_NoMemory();
        failed = -1;
    }
    if (failed != 0) out->len = before;
    return failed;
}
