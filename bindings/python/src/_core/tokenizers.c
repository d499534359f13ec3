/* tokenizers.c - how does a function in Python cut the words of a text?
 *
 *   library: tokenize(text) -> the global lock is taken -> function(str) -> (term, start, end, ...)
 *            emit(token) for each  <- bytes from characters
 *
 * The library may hold a lock of its own meanwhile, so no call of ours waits for one of its locks
 * with the global lock held (core.h).
 * Offsets   characters in Python, bytes in the library.  Bytes that are no UTF-8 come as lone
 *           surrogates, one each (surrogateescape), so both count the same text.
 * Errors    An exception refuses the document or the query (PRISM_EREJECTED) and becomes the text
 *           of the error; what is no Exception (KeyboardInterrupt) is raised again as a signal.
 * Life      The function is kept until nothing can call it: snapshots and queries may outlive the
 *           set, and the last reference may go in a call without the global lock.
 * Tested by: tests/test_tokenizers.py */
#include "core.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* Where a character stands in the bytes, going on from the last one asked for. */
typedef struct place {
    const unsigned char *text;
    size_t len, byte;
    Py_ssize_t character;
} place;

/* Bytes of the character at p as surrogateescape counts them: 1 for what is ill-formed. */
static size_t step_of(const unsigned char *p, size_t left) {
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    PyObject *one;
    if (n == 1 || n > left) return 1;
    if (n == 3 && p[0] != 0xE0 && p[0] != 0xED && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80)
        return 3;
    one = PyUnicode_DecodeUTF8((const char *)p, (Py_ssize_t)n, "surrogateescape");
    Py_ssize_t characters = one == NULL ? 0 : PyUnicode_GetLength(one);
    Py_XDECREF(one);
    return characters == 1 ? n : 1;
}

/* Byte of a character; false: behind the end. */
static bool byte_of(place *at, Py_ssize_t character, size_t *byte) {
    if (character < at->character) at->byte = 0, at->character = 0;
    for (; at->character < character; at->character++) {
        if (at->byte >= at->len) return false;
        at->byte += step_of(at->text + at->byte, at->len - at->byte);
    }
    *byte = at->byte;
    return true;
}

/* One tuple as a token; false: an exception.  The term is borrowed from *encoded. */
static bool read_token(PyObject *item, place *at, Py_ssize_t next_pos, prism_token *token,
                       PyObject **encoded) {
    PyObject *term;
    Py_ssize_t start, end, pos = next_pos, span = 1, len;
    char *bytes;
    PyObject *tuple = PySequence_Tuple(item);
    if (tuple == NULL) return false;
    bool good = PyArg_ParseTuple(tuple, "Unn|nn;a token is (term, start, end[, pos[, span]])",
                                 &term, &start, &end, &pos, &span);
    *encoded = good ? PyUnicode_AsUTF8String(term) : NULL;
    Py_DECREF(tuple);
    if (*encoded == NULL || PyBytes_AsStringAndSize(*encoded, &bytes, &len) != 0) return false;
    memset(token, 0, sizeof *token);
    token->term = bytes;
    token->len = (size_t)len;
    if (start < 0 || end < start || pos < 0 || pos > INT32_MAX || span < 0 || span > INT32_MAX ||
        !byte_of(at, start, &token->start) || !byte_of(at, end, &token->end)) {
        PyErr_SetString(PyExc_ValueError, "a token lies outside its text");
        return false;
    }
    token->pos = (uint32_t)pos;
    token->span = (uint32_t)span;
    return true;
}

/* Returns 0; 1: the library has had enough; -1: an exception. */
static int emit_all(PyObject *tokens, place *at, prism_token_fn emit, void *emit_ctx) {
    PyObject *item, *items = PyObject_GetIter(tokens);
    Py_ssize_t next_pos = 0;
    int stop = items == NULL ? -1 : 0;
    while (stop == 0 && (item = PyIter_Next(items)) != NULL) {
        prism_token token;
        PyObject *encoded = NULL;
        stop = read_token(item, at, next_pos, &token, &encoded) ? 0 : -1;
        if (stop == 0) {
            next_pos = (Py_ssize_t)token.pos + 1;
            stop = emit(emit_ctx, &token) != 0;
        }
        Py_XDECREF(encoded);
        Py_DECREF(item);
    }
    Py_XDECREF(items);
    return PyErr_Occurred() ? -1 : stop;
}

/* The exception that is set becomes the error's text. */
static void tell(prism_error *err) {
    PyObject *kind, *value, *trace, *text;
    Py_ssize_t len;
    if (!PyErr_ExceptionMatches(PyExc_Exception)) PyErr_SetInterruptEx(SIGINT);
    PyErr_Fetch(&kind, &value, &trace);
    PyErr_NormalizeException(&kind, &value, &trace);
    text = PyUnicode_FromFormat("%R", value);
    const char *bytes = text == NULL ? NULL : PyUnicode_AsUTF8AndSize(text, &len);
    snprintf(err->text, sizeof err->text, "%s", bytes == NULL ? "an exception" : bytes);
    Py_XDECREF(text);
    Py_XDECREF(kind);
    Py_XDECREF(value);
    Py_XDECREF(trace);
    PyErr_Clear();
}

static prism_status tokenize(void *ctx, const char *text, size_t len, prism_token_fn emit,
                             void *emit_ctx, prism_error *err) {
    PyGILState_STATE state = PyGILState_Ensure();
    place at = {(const unsigned char *)text, len, 0, 0};
    PyObject *str = PyUnicode_DecodeUTF8(text, (Py_ssize_t)len, "surrogateescape");
    PyObject *tokens = str == NULL ? NULL : PyObject_CallFunctionObjArgs(ctx, str, NULL);
    int stop = tokens == NULL ? -1 : emit_all(tokens, &at, emit, emit_ctx);
    Py_XDECREF(tokens);
    Py_XDECREF(str);
    if (stop < 0) tell(err);
    PyGILState_Release(state);
    return stop < 0 ? PRISM_EREJECTED : PRISM_OK;
}

static void release(void *function) {
    PyGILState_STATE state = PyGILState_Ensure();
    Py_DECREF((PyObject *)function);
    PyGILState_Release(state);
}

static void unref(void *set) {
    prism_tokenizers_unref(set);
}

/* (name, version, function) into the set; false: an exception. */
static bool add(core_state *state, prism_tokenizers *set, PyObject *triple) {
    prism_error err = PRISM_ERROR_INIT;
    prism_tokenizer tokenizer = PRISM_TOKENIZER_INIT;
    PyObject *function;
    if (!PyArg_ParseTuple(triple, "ssO", &tokenizer.name, &tokenizer.version, &function))
        return false;
    tokenizer.tokenize = tokenize;
    tokenizer.ctx = function;
    tokenizer.release = release;
    if (prism_tokenizers_add(set, &tokenizer, &err) != PRISM_OK) {
        core_raise(state, &err);
        return false;
    }
    Py_INCREF(function);
    return true;
}

static PyObject *tokenizers_new(PyObject *module, PyObject *triples) {
    core_state *state = PyModule_GetState(module);
    prism_error err = PRISM_ERROR_INIT;
    prism_tokenizers *set = NULL;
    if (!PyTuple_Check(triples)) return PyErr_Format(PyExc_TypeError, "a tuple is needed");
    if (prism_tokenizers_new(&set, &err) != PRISM_OK) return core_raise(state, &err);
    bool good = true;
    for (Py_ssize_t i = 0; good && i < PyTuple_Size(triples); i++)
        good = add(state, set, PyTuple_GetItem(triples, i));
    if (good) return core_new(state, state->tokenizers, "tokenizers", set, unref);
    prism_tokenizers_unref(set);
    return NULL;
}

bool core_tokenizers_of(core_state *state, PyObject *arg, prism_tokenizers **set) {
    *set = NULL;
    if (arg == NULL || arg == Py_None) return true;
    *set = core_use_as(arg, state->tokenizers, "Tokenizers");
    if (*set != NULL) core_done(arg); /* no close(): it lives as long as the argument */
    return *set != NULL;
}

PyMethodDef core_tokenizers_functions[] = {
    {"tokenizers_new", tokenizers_new, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot slots[] = {{Py_tp_dealloc, core_dealloc}, {0, NULL}};
PyType_Spec core_tokenizers_spec = {"prismsearch._core.Tokenizers", sizeof(core_object), 0,
                                    CORE_TYPE_FLAGS, slots};
