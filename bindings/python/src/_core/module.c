/* module.c - the module object `prismsearch._core`: its types, functions, and what it keeps.
 *
 * Initialized in two phases, with all state in the module object.  The exceptions come from
 * prismsearch._errors, which is imported first; dates from datetime, whose C interface is not part
 * of the limited API. */
#include "core.h"

static PyObject *version(PyObject *module, PyObject *unused) {
    (void)module;
    (void)unused;
    return PyUnicode_FromString(prism_version());
}

/* JSON text to objects, and a document to JSON: for tests, and for documents read as bytes. */
static PyObject *loads(PyObject *module, PyObject *args) {
    Py_buffer text;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*", &text)) return NULL;
    PyObject *value = core_from_json(text.buf, (size_t)text.len);
    PyBuffer_Release(&text);
    return value;
}

/* One member of a JSON object: for tests of what fields by name are read by. */
static PyObject *member(PyObject *module, PyObject *args) {
    Py_buffer text;
    const char *name;
    Py_ssize_t len;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*s#", &text, &name, &len)) return NULL;
    PyObject *value = core_member(text.buf, (size_t)text.len, name, (size_t)len);
    PyBuffer_Release(&text);
    if (value == NULL && !PyErr_Occurred()) PyErr_SetString(PyExc_KeyError, name);
    return value;
}

static PyObject *dumps(PyObject *module, PyObject *document) {
    core_text text = {0};
    if (core_document_to_json(PyModule_GetState(module), document, &text) != 0) {
        core_text_free(&text);
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(text.ptr, (Py_ssize_t)text.len);
    core_text_free(&text);
    return bytes;
}

static PyMethodDef own_functions[] = {
    {"version", version, METH_NOARGS, NULL},
    {"loads", loads, METH_VARARGS, NULL},
    {"member", member, METH_VARARGS, NULL},
    {"dumps", dumps, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

/* The attribute of a module; NULL: an exception. */
static PyObject *import_from(const char *module, const char *name) {
    PyObject *imported = PyImport_ImportModule(module);
    PyObject *value = imported == NULL ? NULL : PyObject_GetAttrString(imported, name);
    Py_XDECREF(imported);
    return value;
}

static PyObject *import_utc(void) {
    PyObject *zone = import_from("datetime", "timezone");
    PyObject *utc = zone == NULL ? NULL : PyObject_GetAttrString(zone, "utc");
    Py_XDECREF(zone);
    return utc;
}

static bool import_all(core_state *state) {
    state->errors = import_from("prismsearch._errors", "BY_STATUS");
    state->date = import_from("datetime", "date");
    state->utc = import_utc();
    if (state->errors == NULL || state->date == NULL || state->utc == NULL) return false;
    if (PyTuple_Check(state->errors) && PyTuple_Size(state->errors) > 0) return true;
    PyErr_SetString(PyExc_ImportError, "prismsearch._errors.BY_STATUS is not a tuple");
    return false;
}

static bool add_type(PyObject *module, PyType_Spec *spec, PyObject **type) {
    *type = PyType_FromModuleAndSpec(module, spec, NULL);
    return *type != NULL && PyModule_AddType(module, (PyTypeObject *)*type) == 0;
}

static int execute(PyObject *module) {
    core_state *state = PyModule_GetState(module);
    bool good = import_all(state) && add_type(module, &core_index_spec, &state->index) &&
                add_type(module, &core_snapshot_spec, &state->snapshot) &&
                add_type(module, &core_writer_spec, &state->writer) &&
                add_type(module, &core_schema_spec, &state->schema) &&
                add_type(module, &core_query_spec, &state->query) &&
                add_type(module, &core_vocabulary_spec, &state->vocabulary) &&
                add_type(module, &core_answer_spec, &state->answer) &&
                add_type(module, &core_stats_spec, &state->stats) &&
                add_type(module, &core_tokenizers_spec, &state->tokenizers) &&
                PyModule_AddFunctions(module, core_tokenizers_functions) == 0 &&
                PyModule_AddFunctions(module, core_shards_functions) == 0 &&
                PyModule_AddFunctions(module, own_functions) == 0 &&
                PyModule_AddFunctions(module, core_index_functions) == 0 &&
                PyModule_AddFunctions(module, core_schema_functions) == 0 &&
                PyModule_AddFunctions(module, core_maintain_functions) == 0;
    return good ? 0 : -1;
}

static int traverse(PyObject *module, visitproc visit, void *arg) {
    core_state *state = PyModule_GetState(module);
    Py_VISIT(state->index);
    Py_VISIT(state->snapshot);
    Py_VISIT(state->writer);
    Py_VISIT(state->schema);
    Py_VISIT(state->query);
    Py_VISIT(state->vocabulary);
    Py_VISIT(state->answer);
    Py_VISIT(state->stats);
    Py_VISIT(state->tokenizers);
    Py_VISIT(state->errors);
    Py_VISIT(state->date);
    Py_VISIT(state->utc);
    return 0;
}

static int clear(PyObject *module) {
    core_state *state = PyModule_GetState(module);
    Py_CLEAR(state->index);
    Py_CLEAR(state->snapshot);
    Py_CLEAR(state->writer);
    Py_CLEAR(state->schema);
    Py_CLEAR(state->query);
    Py_CLEAR(state->vocabulary);
    Py_CLEAR(state->answer);
    Py_CLEAR(state->stats);
    Py_CLEAR(state->tokenizers);
    Py_CLEAR(state->errors);
    Py_CLEAR(state->date);
    Py_CLEAR(state->utc);
    return 0;
}

static void destroy(void *module) {
    (void)clear(module);
}

PyMODINIT_FUNC PyInit__core(void) {
    static PyModuleDef_Slot slots[] = {
        {Py_mod_exec, (void *)(uintptr_t)execute},
#if defined(PRISMSEARCH_FREE_THREADED) && defined(Py_mod_gil)
        {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
        {0, NULL}
    };
    static PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                                     "_core",
                                     "The C half of prismsearch.",
                                     sizeof(core_state),
                                     NULL,
                                     slots,
                                     traverse,
                                     clear,
                                     destroy};
    return PyModuleDef_Init(&definition);
}
