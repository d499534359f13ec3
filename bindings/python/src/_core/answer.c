/* answer.c - what a search found: hits, their documents, marked fragments, the way to the next
 * page.
 *
 * An answer refers to the query and the snapshot that it is of, so that fragments can be made and
 * documents read however long it is kept.  Hits come as tuples; prismsearch/_hits.py gives them
 * their names.  The library counts bytes; fragments count characters, as Python's str does.
 * A field that is asked for by name is read alone: making a dict of an article takes longer than
 * finding it.  Its text is kept for the next name.
 * Tested by: tests/test_search.py, tests/test_highlight.py */
#include "core.h"

#include <stdlib.h>

typedef struct stored {
    char *json;
    size_t len;
} stored;

typedef struct answer {
    prism_hits *hits;
    prism_snapshot *snap; /* NULL: of hits that were decoded or merged */
    prism_query *query;
    stored *texts; /* by hit, read when a field is asked for; NULL: none yet */
} answer;

static void free_answer(void *handle) {
    answer *a = handle;
    for (uint32_t i = 0; a->texts != NULL && i < prism_hits_count(a->hits); i++)
        prism_free_text(a->texts[i].json);
    free(a->texts);
    prism_hits_free(a->hits);
    prism_query_unref(a->query);
    prism_snapshot_unref(a->snap);
    free(a);
}

PyObject *core_answer_new(core_state *state, prism_hits *hits, prism_snapshot *snap,
                          prism_query *query) {
    answer *a = malloc(sizeof *a);
    if (a == NULL) {
        prism_hits_free(hits);
        return PyErr_NoMemory();
    }
    *a = (answer){hits, prism_snapshot_ref(snap), prism_query_ref(query), NULL};
    return core_new(state, state->answer, "answer", a, free_answer);
}

const prism_hits *core_answer_hits(core_state *state, PyObject *arg) {
    const answer *a = core_use_as(arg, state->answer, "Answer");
    if (a == NULL) return NULL;
    core_done(arg);
    return a->hits;
}

static PyObject *encode(PyObject *self, PyObject *unused) {
    prism_error err = PRISM_ERROR_INIT;
    char *json = NULL;
    answer *a = core_use(self);
    (void)unused;
    if (a == NULL) return NULL;
    prism_status status = prism_hits_encode(a->hits, &json, &err);
    core_done(self);
    return status == PRISM_OK ? core_take_text(json) : core_raise(core_state_of(self), &err);
}

/* Hit i of an answer in use; false: an IndexError. */
static bool get_hit(const answer *a, Py_ssize_t i, prism_hit *hit) {
    if (i < 0 || i >= (Py_ssize_t)prism_hits_count(a->hits)) {
        PyErr_SetString(PyExc_IndexError, "no such hit");
        return false;
    }
    prism_hits_get(a->hits, (uint32_t)i, hit);
    return true;
}

/* ---- hits ------------------------------------------------------------------------------------ */

static PyObject *hit_to_tuple(const prism_hit *hit) {
    return Py_BuildValue("(NdKKI)",
                         PyUnicode_DecodeUTF8(hit->key, (Py_ssize_t)hit->key_len, "replace"),
                         (double)hit->score, (unsigned long long)hit->gdoc,
                         (unsigned long long)hit->arrival, (unsigned)hit->part);
}

static PyObject *get_hits(PyObject *self, PyObject *unused) {
    answer *a = core_use(self);
    (void)unused;
    if (a == NULL) return NULL;
    Py_ssize_t n = (Py_ssize_t)prism_hits_count(a->hits);
    PyObject *list = PyList_New(n);
    for (Py_ssize_t i = 0; list != NULL && i < n; i++) {
        prism_hit hit;
        prism_hits_get(a->hits, (uint32_t)i, &hit);
        PyObject *tuple = hit_to_tuple(&hit);
        if (tuple == NULL || PyList_SetItem(list, i, tuple) != 0) Py_CLEAR(list);
    }
    core_done(self);
    return list;
}

/* total, exact, complete, why it was stopped */
static PyObject *get_facts(PyObject *self, PyObject *unused) {
    int exact = 0;
    answer *a = core_use(self);
    (void)unused;
    if (a == NULL) return NULL;
    uint64_t total = prism_hits_total(a->hits, &exact);
    PyObject *facts = Py_BuildValue("(KNNi)", (unsigned long long)total, PyBool_FromLong(exact),
                                    PyBool_FromLong(prism_hits_complete(a->hits)),
                                    (int)prism_hits_stopped(a->hits));
    core_done(self);
    return facts;
}

static PyObject *get_next(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    char *token = NULL;
    uint32_t part = 0;
    if (!PyArg_ParseTuple(args, "|O&", core_to_u32, &part)) return NULL;
    answer *a = core_use(self);
    if (a == NULL) return NULL;
    prism_status status = prism_hits_next(a->hits, part, &token, &err);
    core_done(self);
    if (status != PRISM_OK) return core_raise(core_state_of(self), &err);
    return token == NULL ? Py_NewRef(Py_None) : core_take_text(token);
}

/* ---- values that hits stand by --------------------------------------------------------------- */

/* Dates as milliseconds: ("date", ms), to be told from numbers. */
static PyObject *sort_value(const prism_sort_value *value) {
    switch (value->kind) {
    case PRISM_SORT_I64:
    case PRISM_SORT_ARRIVAL: return PyLong_FromLongLong(value->i64);
    case PRISM_SORT_F64:
    case PRISM_SORT_SCORE: return PyFloat_FromDouble(value->f64);
    case PRISM_SORT_BOOL: return PyBool_FromLong(value->i64 != 0);
    case PRISM_SORT_DATE: return Py_BuildValue("(sL)", "date", (long long)value->i64);
    case PRISM_SORT_KEYWORD:
        return PyUnicode_DecodeUTF8(value->text, (Py_ssize_t)value->len, "replace");
    case PRISM_SORT_MISSING:
    default: return Py_NewRef(Py_None);
    }
}

static PyObject *get_sort_values(PyObject *self, PyObject *args) {
    prism_hit hit;
    Py_ssize_t i;
    if (!PyArg_ParseTuple(args, "n", &i)) return NULL;
    answer *a = core_use(self);
    if (a == NULL) return NULL;
    uint32_t n = prism_hits_sort_count(a->hits);
    PyObject *values = get_hit(a, i, &hit) ? PyTuple_New((Py_ssize_t)n) : NULL;
    for (uint32_t j = 0; values != NULL && j < n; j++) {
        prism_sort_value value;
        prism_hits_sort_value(a->hits, (uint32_t)i, j, &value);
        PyObject *object = sort_value(&value);
        if (object == NULL || PyTuple_SetItem(values, (Py_ssize_t)j, object) != 0) Py_CLEAR(values);
    }
    core_done(self);
    return values;
}

/* ---- documents, fragments -------------------------------------------------------------------- */

static bool has_snapshot(const answer *a) {
    if (a->snap == NULL)
        PyErr_SetString(PyExc_ValueError, "hits that were merged have no documents");
    return a->snap != NULL;
}

static PyObject *read_document(PyObject *self, PyObject *args, bool raw) {
    PyObject *document = NULL;
    prism_hit hit;
    Py_ssize_t i;
    if (!PyArg_ParseTuple(args, "n", &i)) return NULL;
    answer *a = core_use(self);
    if (a == NULL) return NULL;
    if (has_snapshot(a) && get_hit(a, i, &hit))
        document = core_document(core_state_of(self), a->snap, hit.gdoc, raw);
    core_done(self);
    return document;
}

static PyObject *get_document(PyObject *self, PyObject *args) {
    return read_document(self, args, false);
}

static PyObject *get_document_bytes(PyObject *self, PyObject *args) {
    return read_document(self, args, true);
}

/* The text of hit i, read once and the answer's; false: an exception.  Two threads may read it at
 * once: one copy is kept. */
static bool text_of(PyObject *self, answer *a, Py_ssize_t i, uint64_t gdoc, stored *out) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status;
    stored own = {NULL, 0};
    CORE_LOCK(self);
    if (a->texts == NULL) a->texts = calloc(prism_hits_count(a->hits), sizeof *a->texts);
    bool room = a->texts != NULL;
    *out = room ? a->texts[i] : own;
    CORE_UNLOCK(self);
    if (!room) PyErr_NoMemory();
    if (!room || out->json != NULL) return room;
    CORE_UNLOCKED(status = prism_document_get(a->snap, gdoc, &own.json, &own.len, &err));
    if (status != PRISM_OK) {
        core_raise(core_state_of(self), &err);
        return false;
    }
    CORE_LOCK(self);
    bool first = a->texts[i].json == NULL;
    if (first) a->texts[i] = own;
    *out = a->texts[i];
    CORE_UNLOCK(self);
    if (!first) prism_free_text(own.json);
    return true;
}

static PyObject *get_field(PyObject *self, PyObject *args) {
    PyObject *value = NULL, *name;
    prism_hit hit;
    Py_ssize_t i, len;
    const char *bytes;
    if (!PyArg_ParseTuple(args, "nO!", &i, &PyUnicode_Type, &name)) return NULL;
    answer *a = core_use(self);
    if (a == NULL) return NULL;
    PyObject *encoded = PyUnicode_AsEncodedString(name, "utf-8", "surrogatepass");
    if (encoded != NULL && has_snapshot(a) && get_hit(a, i, &hit)) {
        stored text;
        bytes = PyBytes_AsString(encoded);
        len = PyBytes_Size(encoded);
        if (text_of(self, a, i, hit.gdoc, &text))
            value = core_member(text.json, text.len, bytes, (size_t)len);
        if (value == NULL && !PyErr_Occurred()) PyErr_SetObject(PyExc_KeyError, name);
    }
    Py_XDECREF(encoded);
    core_done(self);
    return value;
}

/* Characters in the bytes from..to of a text. */
static Py_ssize_t count_characters(const char *text, size_t from, size_t to) {
    Py_ssize_t n = 0;
    for (size_t i = from; i < to; i++) n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

static PyObject *spans_of(const prism_fragment *f) {
    PyObject *spans = PyList_New((Py_ssize_t)f->n_spans);
    Py_ssize_t at = 0;
    size_t byte = 0;
    for (uint32_t i = 0; spans != NULL && i < f->n_spans; i++) {
        at += count_characters(f->text, byte, f->spans[i].start);
        Py_ssize_t len = count_characters(f->text, f->spans[i].start, f->spans[i].end);
        byte = f->spans[i].end;
        PyObject *span = Py_BuildValue("(nn)", at, at + len);
        at += len;
        if (span == NULL || PyList_SetItem(spans, (Py_ssize_t)i, span) != 0) Py_CLEAR(spans);
    }
    return spans;
}

static PyObject *fragment_to_tuple(const prism_fragment *f) {
    PyObject *text = PyUnicode_DecodeUTF8(f->text, (Py_ssize_t)f->len, "replace");
    PyObject *spans = spans_of(f);
    PyObject *tuple = text != NULL && spans != NULL
                          ? Py_BuildValue("(OOn)", text, spans, (Py_ssize_t)f->offset)
                          : NULL;
    Py_XDECREF(text);
    Py_XDECREF(spans);
    return tuple;
}

static PyObject *fragments_to_list(const prism_snippet *snippet) {
    Py_ssize_t n = (Py_ssize_t)prism_snippet_count(snippet);
    PyObject *list = PyList_New(n);
    for (Py_ssize_t i = 0; list != NULL && i < n; i++) {
        prism_fragment fragment;
        prism_snippet_get(snippet, (uint32_t)i, &fragment);
        PyObject *tuple = fragment_to_tuple(&fragment);
        if (tuple == NULL || PyList_SetItem(list, i, tuple) != 0) Py_CLEAR(list);
    }
    return list;
}

static PyObject *make_snippet(core_state *state, const answer *a, uint64_t gdoc, const char *field,
                              const prism_snippet_opts *opts) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snippet *snippet = NULL;
    prism_status status;
    CORE_UNLOCKED(status =
                      prism_snippet_make(a->snap, a->query, gdoc, field, opts, &snippet, &err));
    if (status != PRISM_OK) return core_raise(state, &err);
    PyObject *list = fragments_to_list(snippet);
    prism_snippet_free(snippet);
    return list;
}

static PyObject *get_snippet(PyObject *self, PyObject *args) {
    prism_snippet_opts opts = PRISM_SNIPPET_OPTS_INIT;
    PyObject *list = NULL;
    prism_hit hit;
    const char *field;
    Py_ssize_t i;
    if (!PyArg_ParseTuple(args, "ns|O&O&p", &i, &field, core_to_u32, &opts.max_bytes, core_to_u32,
                          &opts.n_fragments, &opts.whole_field))
        return NULL;
    answer *a = core_use(self);
    if (a == NULL) return NULL;
    if (has_snapshot(a) && get_hit(a, i, &hit))
        list = make_snippet(core_state_of(self), a, hit.gdoc, field, &opts);
    core_done(self);
    return list;
}

/* ---- type ------------------------------------------------------------------------------------ */

static PyMethodDef methods[] = {
    {"encode", encode, METH_NOARGS, NULL},
    {"hits", get_hits, METH_NOARGS, NULL},
    {"facts", get_facts, METH_NOARGS, NULL},
    {"next", get_next, METH_VARARGS, NULL},
    {"sort_values", get_sort_values, METH_VARARGS, NULL},
    {"field", get_field, METH_VARARGS, NULL},
    {"document", get_document, METH_VARARGS, NULL},
    {"document_bytes", get_document_bytes, METH_VARARGS, NULL},
    {"snippet", get_snippet, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot slots[] = {{Py_tp_dealloc, core_dealloc}, {Py_tp_methods, methods}, {0, NULL}};
PyType_Spec core_answer_spec = {"prismsearch._core.Answer", sizeof(core_object), 0, CORE_TYPE_FLAGS,
                                slots};
