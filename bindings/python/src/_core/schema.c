/* schema.c - schemas, what is analyzed by them, and the queries that they read.
 *
 * A Schema object is a reference to the library's: it outlives the index it was taken from.  All
 * queries are made here, since analysis needs to know the fields; a Query is a reference, too.
 * Reading a query keeps Python's lock: it takes microseconds, and what it notes goes to C memory.
 * Tested by: tests/test_schema.py, tests/test_query.py */
#include "core.h"

#include <string.h>

static void unref_schema(void *schema) {
    prism_schema_unref(schema);
}

static void unref_query(void *query) {
    prism_query_unref(query);
}

static void unref_vocabulary(void *vocabulary) {
    prism_vocabulary_unref(vocabulary);
}

PyObject *core_schema_new(core_state *state, const prism_schema *schema) {
    prism_schema *own = prism_schema_ref((prism_schema *)(uintptr_t)schema);
    return core_new(state, state->schema, "schema", own, unref_schema);
}

PyObject *core_query_new(core_state *state, prism_query *query) {
    return core_new(state, state->query, "query", query, unref_query);
}

/* A new Query, or the exception; the schema's use ends. */
static PyObject *query_or_error(PyObject *self, prism_status status, prism_query *query,
                                const prism_error *err) {
    core_state *state = core_state_of(self);
    core_done(self);
    return status == PRISM_OK ? core_query_new(state, query) : core_raise(state, err);
}

/* ---- schemas --------------------------------------------------------------------------------- */

static PyObject *schema_from_json(PyObject *module, PyObject *args) {
    core_state *state = PyModule_GetState(module);
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema = NULL;
    prism_tokenizers *set;
    PyObject *tokenizers = Py_None;
    const char *text;
    Py_ssize_t len;
    if (!PyArg_ParseTuple(args, "s#|O", &text, &len, &tokenizers)) return NULL;
    if (!core_tokenizers_of(state, tokenizers, &set)) return NULL;
    if (prism_schema_from_json_with(text, (size_t)len, set, &schema, &err) != PRISM_OK)
        return core_raise(state, &err);
    return core_new(state, state->schema, "schema", schema, unref_schema);
}

static PyObject *schema_default(PyObject *module, PyObject *unused) {
    core_state *state = PyModule_GetState(module);
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema = NULL;
    (void)unused;
    if (prism_schema_default(&schema, &err) != PRISM_OK) return core_raise(state, &err);
    return core_new(state, state->schema, "schema", schema, unref_schema);
}

static PyObject *schema_to_json(PyObject *self, PyObject *unused) {
    prism_error err = PRISM_ERROR_INIT;
    const char *json = NULL;
    size_t len = 0;
    prism_schema *schema = core_use(self);
    (void)unused;
    if (schema == NULL) return NULL;
    prism_status status = prism_schema_to_json(schema, &json, &len, &err);
    PyObject *text = status == PRISM_OK ? PyUnicode_DecodeUTF8(json, (Py_ssize_t)len, "strict")
                                        : core_raise(core_state_of(self), &err);
    core_done(self);
    return text;
}

/* ---- reading a query ------------------------------------------------------------------------- */

/* Notes one behind the other: offset, length, text. */
static void keep_note(void *ctx, size_t at, const char *text) {
    core_text *notes = ctx;
    size_t head[2] = {at, strlen(text)};
    core_text_put(notes, head, sizeof head);
    core_text_put(notes, text, head[1]);
}

static PyObject *notes_to_list(const core_text *notes) {
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < notes->len;) {
        size_t head[2];
        memcpy(head, notes->ptr + i, sizeof head);
        i += sizeof head;
        PyObject *note =
            Py_BuildValue("(ns#)", (Py_ssize_t)head[0], notes->ptr + i, (Py_ssize_t)head[1]);
        i += head[1];
        if (note == NULL || PyList_Append(list, note) != 0) Py_CLEAR(list);
        Py_XDECREF(note);
    }
    return list;
}

static PyObject *parse_result(core_state *state, prism_query *query, core_text *notes) {
    PyObject *made = core_query_new(state, query);
    PyObject *list = notes->failed ? PyErr_NoMemory() : notes_to_list(notes);
    PyObject *pair = made != NULL && list != NULL ? PyTuple_Pack(2, made, list) : NULL;
    Py_XDECREF(made);
    Py_XDECREF(list);
    return pair;
}

static PyObject *schema_parse(PyObject *self, PyObject *args) {
    core_state *state = core_state_of(self);
    prism_error err = PRISM_ERROR_INIT;
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    core_text notes = {0};
    prism_query *query = NULL;
    PyObject *vocabulary = Py_None, *result = NULL;
    int all = 0;
    const char *text;
    Py_ssize_t len;
    if (!PyArg_ParseTuple(args, "s#|pzpppO", &text, &len, &all, &opts.fields, &opts.strict,
                          &opts.plain, &opts.keep_stopwords, &vocabulary))
        return NULL;
    opts.default_operator = all ? PRISM_AND : PRISM_OR;
    opts.note = keep_note;
    opts.note_ctx = &notes;
    if (vocabulary != Py_None) {
        opts.vocabulary = core_use_as(vocabulary, state->vocabulary, "Vocabulary");
        if (opts.vocabulary == NULL) return NULL;
    }
    prism_schema *schema = core_use(self);
    if (schema != NULL) {
        prism_status status = prism_query_parse(schema, text, (size_t)len, &opts, &query, &err);
        result = status == PRISM_OK ? parse_result(state, query, &notes) : core_raise(state, &err);
        core_done(self);
    }
    if (vocabulary != Py_None) core_done(vocabulary);
    core_text_free(&notes);
    return result;
}

static PyObject *schema_query_from_json(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    const char *text;
    Py_ssize_t len;
    if (!PyArg_ParseTuple(args, "s#", &text, &len)) return NULL;
    prism_schema *schema = core_use(self);
    if (schema == NULL) return NULL;
    prism_status status = prism_query_from_json(schema, text, (size_t)len, &query, &err);
    return query_or_error(self, status, query, &err);
}

static PyObject *schema_vocabulary(PyObject *self, PyObject *args) {
    core_state *state = core_state_of(self);
    prism_error err = PRISM_ERROR_INIT;
    prism_vocabulary *vocabulary = NULL;
    const char *text;
    Py_ssize_t len;
    if (!PyArg_ParseTuple(args, "s#", &text, &len)) return NULL;
    prism_schema *schema = core_use(self);
    if (schema == NULL) return NULL;
    prism_status status = prism_vocabulary_from_text(schema, text, (size_t)len, &vocabulary, &err);
    core_done(self);
    if (status != PRISM_OK) return core_raise(state, &err);
    return core_new(state, state->vocabulary, "vocabulary", vocabulary, unref_vocabulary);
}

/* ---- queries by calls ------------------------------------------------------------------------ */

typedef prism_status (*words_fn)(const prism_schema *, const char *, const char *, size_t,
                                 prism_query **, prism_error *);

static PyObject *query_of_words(PyObject *self, PyObject *args, words_fn make) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    const char *text, *fields = NULL;
    Py_ssize_t len;
    if (!PyArg_ParseTuple(args, "s#|z", &text, &len, &fields)) return NULL;
    prism_schema *schema = core_use(self);
    if (schema == NULL) return NULL;
    prism_status status = make(schema, fields, text, (size_t)len, &query, &err);
    return query_or_error(self, status, query, &err);
}

static PyObject *schema_term(PyObject *self, PyObject *args) {
    return query_of_words(self, args, prism_query_term);
}

static PyObject *schema_phrase(PyObject *self, PyObject *args) {
    return query_of_words(self, args, prism_query_phrase);
}

static PyObject *schema_prefix(PyObject *self, PyObject *args) {
    return query_of_words(self, args, prism_query_prefix);
}

static PyObject *schema_near(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    const char *text, *fields = NULL;
    Py_ssize_t len;
    uint32_t slop;
    if (!PyArg_ParseTuple(args, "s#O&|z", &text, &len, core_to_u32, &slop, &fields)) return NULL;
    prism_schema *schema = core_use(self);
    if (schema == NULL) return NULL;
    prism_status status = prism_query_near(schema, fields, text, (size_t)len, slop, &query, &err);
    return query_or_error(self, status, query, &err);
}

static PyObject *schema_range(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    const char *field, *from = NULL, *to = NULL;
    Py_ssize_t from_len = 0, to_len = 0;
    int open_from = 0, open_to = 0;
    if (!PyArg_ParseTuple(args, "sz#z#|pp", &field, &from, &from_len, &to, &to_len, &open_from,
                          &open_to))
        return NULL;
    unsigned flags =
        (open_from ? PRISM_RANGE_OPEN_FROM : 0u) | (open_to ? PRISM_RANGE_OPEN_TO : 0u);
    prism_schema *schema = core_use(self);
    if (schema == NULL) return NULL;
    prism_status status = prism_query_range(schema, field, from, (size_t)from_len, to,
                                            (size_t)to_len, flags, &query, &err);
    return query_or_error(self, status, query, &err);
}

static PyObject *schema_exists(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    const char *field;
    if (!PyArg_ParseTuple(args, "s", &field)) return NULL;
    prism_schema *schema = core_use(self);
    if (schema == NULL) return NULL;
    prism_status status = prism_query_exists(schema, field, &query, &err);
    return query_or_error(self, status, query, &err);
}

static PyObject *schema_all(PyObject *self, PyObject *unused) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    prism_schema *schema = core_use(self);
    (void)unused;
    if (schema == NULL) return NULL;
    prism_status status = prism_query_all(schema, &query, &err);
    return query_or_error(self, status, query, &err);
}

/* ---- several queries as one ------------------------------------------------------------------ */

/* clauses[i] from (Query, occur); the handle is borrowed from the tuple's Query. */
static bool read_clause(core_state *state, PyObject *pair, prism_clause *clause) {
    PyObject *query;
    int occur;
    if (!PyArg_ParseTuple(pair, "Oi", &query, &occur)) return false;
    clause->query = core_use_as(query, state->query, "Query");
    clause->occur = (prism_occur)occur;
    if (clause->query == NULL) return false;
    core_done(query); /* queries have no close(): they live as long as the tuple */
    return true;
}

static PyObject *query_bool(PyObject *module, PyObject *args) {
    core_state *state = PyModule_GetState(module);
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    PyObject *pairs;
    uint32_t min_should = 0;
    if (!PyArg_ParseTuple(args, "O!|O&", &PyTuple_Type, &pairs, core_to_u32, &min_should))
        return NULL;
    Py_ssize_t n = PyTuple_Size(pairs);
    prism_clause *clauses = PyMem_Calloc((size_t)n + 1, sizeof *clauses);
    if (clauses == NULL) return PyErr_NoMemory();
    bool good = true;
    for (Py_ssize_t i = 0; good && i < n; i++)
        good = read_clause(state, PyTuple_GetItem(pairs, i), &clauses[i]);
    prism_status status = PRISM_EINVAL;
    if (good) status = prism_query_bool(clauses, (size_t)n, min_should, &query, &err);
    PyMem_Free(clauses);
    if (!good) return NULL;
    return status == PRISM_OK ? core_query_new(state, query) : core_raise(state, &err);
}

static PyObject *query_boost(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    double boost;
    if (!PyArg_ParseTuple(args, "d", &boost)) return NULL;
    prism_query *own = core_use(self);
    if (own == NULL) return NULL;
    prism_status status = prism_query_boost(own, boost, &query, &err);
    return query_or_error(self, status, query, &err);
}

static PyObject *query_to_json(PyObject *self, PyObject *unused) {
    prism_error err = PRISM_ERROR_INIT;
    char *json = NULL;
    prism_query *query = core_use(self);
    (void)unused;
    if (query == NULL) return NULL;
    prism_status status = prism_query_to_json(query, &json, &err);
    core_done(self);
    return status == PRISM_OK ? core_take_text(json) : core_raise(core_state_of(self), &err);
}

/* ---- analysis -------------------------------------------------------------------------------- */

typedef struct token_head {
    size_t start, end, len, kind_len;
    uint32_t pos, span;
} token_head;

static int keep_token(void *ctx, const prism_token *token) {
    core_text *tokens = ctx;
    token_head head = {token->start,        token->end, token->len,
                       strlen(token->kind), token->pos, token->span};
    core_text_put(tokens, &head, sizeof head);
    core_text_put(tokens, token->term, token->len);
    core_text_put(tokens, token->kind, head.kind_len);
    return tokens->failed;
}

static PyObject *tokens_to_list(const core_text *tokens) {
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < tokens->len;) {
        token_head head;
        memcpy(&head, tokens->ptr + i, sizeof head);
        const char *term = tokens->ptr + i + sizeof head;
        i += sizeof head + head.len + head.kind_len;
        PyObject *token =
            Py_BuildValue("(Ns#IInn)", PyUnicode_DecodeUTF8(term, (Py_ssize_t)head.len, "replace"),
                          term + head.len, (Py_ssize_t)head.kind_len, head.pos, head.span,
                          (Py_ssize_t)head.start, (Py_ssize_t)head.end);
        if (token == NULL || PyList_Append(list, token) != 0) Py_CLEAR(list);
        Py_XDECREF(token);
    }
    return list;
}

static PyObject *schema_analyze(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    core_text tokens = {0};
    prism_status status;
    const char *text, *field = NULL;
    Py_ssize_t len;
    if (!PyArg_ParseTuple(args, "s#|z", &text, &len, &field)) return NULL;
    prism_schema *schema = core_use(self);
    if (schema == NULL) return NULL;
    CORE_UNLOCKED(status =
                      prism_analyze(schema, field, text, (size_t)len, keep_token, &tokens, &err));
    core_done(self);
    PyObject *list = tokens.failed        ? PyErr_NoMemory()
                     : status == PRISM_OK ? tokens_to_list(&tokens)
                                          : core_raise(core_state_of(self), &err);
    core_text_free(&tokens);
    return list;
}

/* ---- types ----------------------------------------------------------------------------------- */

PyMethodDef core_schema_functions[] = {
    {"schema_from_json", schema_from_json, METH_VARARGS, NULL},
    {"schema_default", schema_default, METH_NOARGS, NULL},
    {"query_bool", query_bool, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMethodDef schema_methods[] = {
    {"to_json", schema_to_json, METH_NOARGS, NULL},
    {"parse", schema_parse, METH_VARARGS, NULL},
    {"query_from_json", schema_query_from_json, METH_VARARGS, NULL},
    {"vocabulary", schema_vocabulary, METH_VARARGS, NULL},
    {"term", schema_term, METH_VARARGS, NULL},
    {"phrase", schema_phrase, METH_VARARGS, NULL},
    {"prefix", schema_prefix, METH_VARARGS, NULL},
    {"near", schema_near, METH_VARARGS, NULL},
    {"range", schema_range, METH_VARARGS, NULL},
    {"exists", schema_exists, METH_VARARGS, NULL},
    {"all", schema_all, METH_NOARGS, NULL},
    {"analyze", schema_analyze, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMethodDef query_methods[] = {
    {"boost", query_boost, METH_VARARGS, NULL},
    {"to_json", query_to_json, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot schema_slots[] = {
    {Py_tp_dealloc, core_dealloc}, {Py_tp_methods, schema_methods}, {0, NULL}};
static PyType_Slot query_slots[] = {
    {Py_tp_dealloc, core_dealloc}, {Py_tp_methods, query_methods}, {0, NULL}};
static PyType_Slot vocabulary_slots[] = {{Py_tp_dealloc, core_dealloc}, {0, NULL}};

PyType_Spec core_schema_spec = {"prismsearch._core.Schema", sizeof(core_object), 0, CORE_TYPE_FLAGS,
                                schema_slots};
PyType_Spec core_query_spec = {"prismsearch._core.Query", sizeof(core_object), 0, CORE_TYPE_FLAGS,
                               query_slots};
PyType_Spec core_vocabulary_spec = {"prismsearch._core.Vocabulary", sizeof(core_object), 0,
                                    CORE_TYPE_FLAGS, vocabulary_slots};
