/* index.c - making and opening an index, and what an Index object gives: snapshots, a writer, a
 * copy of itself.
 *
 * An Index object is a handle of the library and no more: snapshots and writers taken from it live
 * on after close().  Options come as positional arguments from prismsearch/_index.py, which has
 * their names and defaults.
 * Tested by: tests/test_index.py */
#include "core.h"

#include <limits.h>

static void close_index(void *index) {
    prism_index_close(index);
}

static void close_writer(void *writer) {
    prism_writer_close(writer);
}

/* Arguments that both ways of opening take: path, checksums, use_pread, read_only. */
typedef struct open_args {
    PyObject *path; /* bytes, owned */
    prism_index_opts opts;
} open_args;

static PyObject *finish_open(core_state *state, open_args *args, prism_status status,
                             prism_index *index, const prism_error *err) {
    Py_DECREF(args->path);
    if (status != PRISM_OK) return core_raise(state, err);
    return core_new(state, state->index, "index", index, close_index);
}

static PyObject *index_create(PyObject *module, PyObject *args) {
    core_state *state = PyModule_GetState(module);
    open_args own = {NULL, PRISM_INDEX_OPTS_INIT};
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index = NULL;
    prism_status status;
    PyObject *schema, *tokenizers = Py_None;
    if (!PyArg_ParseTuple(args, "O&O|pO", PyUnicode_FSConverter, &own.path, &schema,
                          &own.opts.in_memory, &tokenizers))
        return NULL;
    const char *path = PyBytes_AsString(own.path);
    prism_schema *handle = NULL;
    if (path != NULL && core_tokenizers_of(state, tokenizers, &own.opts.tokenizers))
        handle = core_use_as(schema, state->schema, "Schema");
    if (handle == NULL) {
        Py_DECREF(own.path);
        return NULL;
    }
    CORE_UNLOCKED(status = prism_index_create(path, handle, &own.opts, &index, &err));
    core_done(schema);
    return finish_open(state, &own, status, index, &err);
}

static PyObject *index_open(PyObject *module, PyObject *args) {
    core_state *state = PyModule_GetState(module);
    open_args own = {NULL, PRISM_INDEX_OPTS_INIT};
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index = NULL;
    prism_status status;
    int checksums = 0;
    PyObject *tokenizers = Py_None;
    if (!PyArg_ParseTuple(args, "O&|ippO&O", PyUnicode_FSConverter, &own.path, &checksums,
                          &own.opts.use_pread, &own.opts.read_only, core_to_u32,
                          &own.opts.commits_back, &tokenizers))
        return NULL;
    if (!core_tokenizers_of(state, tokenizers, &own.opts.tokenizers)) {
        Py_DECREF(own.path);
        return NULL;
    }
    own.opts.checksums = (prism_checksums)checksums;
    const char *path = PyBytes_AsString(own.path);
    CORE_UNLOCKED(status = prism_index_open(path, &own.opts, &index, &err));
    return finish_open(state, &own, status, index, &err);
}

static PyObject *index_schema(PyObject *self, PyObject *unused) {
    prism_index *index = core_use(self);
    (void)unused;
    if (index == NULL) return NULL;
    PyObject *schema = core_schema_new(core_state_of(self), prism_index_schema(index));
    core_done(self);
    return schema;
}

static PyObject *index_snapshot(PyObject *self, PyObject *unused) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *snap = NULL;
    prism_status status;
    prism_index *index = core_use(self);
    (void)unused;
    if (index == NULL) return NULL;
    CORE_UNLOCKED(status = prism_snapshot_open(index, &snap, &err));
    core_done(self);
    if (status != PRISM_OK) return core_raise(core_state_of(self), &err);
    return core_snapshot_new(core_state_of(self), snap);
}

static PyObject *index_writer(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    prism_writer *writer = NULL;
    prism_status status;
    uint64_t memory = 0;
    uint32_t threads = 1, keep_commits = 0, max_segments = 0;
    if (!PyArg_ParseTuple(args, "|O&O&pO&ppO&z", core_to_u64, &memory, core_to_u32, &threads,
                          &opts.load, core_to_u32, &keep_commits, &opts.non_durable,
                          &opts.strict_schema, core_to_u32, &max_segments, &opts.reorder))
        return NULL;
    opts.memory = (size_t)memory;
    opts.threads = threads;
    opts.max_segments = max_segments;
    opts.keep_commits = keep_commits > INT_MAX ? INT_MAX : (int)keep_commits;
    prism_index *index = core_use(self);
    if (index == NULL) return NULL;
    CORE_UNLOCKED(status = prism_writer_open(index, &opts, &writer, &err));
    core_done(self);
    core_state *state = core_state_of(self);
    if (status != PRISM_OK) return core_raise(state, &err);
    return core_new(state, state->writer, "writer", writer, close_writer);
}

static PyMethodDef methods[] = {
    {"schema", index_schema, METH_NOARGS, NULL},
    {"snapshot", index_snapshot, METH_NOARGS, NULL},
    {"writer", index_writer, METH_VARARGS, NULL},
    {"backup", core_index_backup, METH_VARARGS, NULL},
    CORE_CLOSE_METHODS,
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef members[] = {{"closed", core_closed, NULL, NULL, NULL},
                                {NULL, NULL, NULL, NULL, NULL}};
static PyType_Slot slots[] = {
    {Py_tp_dealloc, core_dealloc}, {Py_tp_methods, methods}, {Py_tp_getset, members}, {0, NULL}};
PyType_Spec core_index_spec = {"prismsearch._core.Index", sizeof(core_object), 0, CORE_TYPE_FLAGS,
                               slots};

PyMethodDef core_index_functions[] = {
    {"index_create", index_create, METH_VARARGS, NULL},
    {"index_open", index_open, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
