/* writer.c - put, delete, commit: a Writer object.
 *
 * The library locks a writer inside; every call here gives up Python's lock first, so that threads
 * that wait for their turn keep nobody from running.
 * Tested by: tests/test_writer.py, tests/test_threads.py, tests/test_crash.py */
#include "core.h"

static prism_put_opts put_opts(int append, core_watch *watch) {
    prism_put_opts opts = PRISM_PUT_OPTS_INIT;
    opts.flags = append ? PRISM_PUT_APPEND : PRISM_PUT_REPLACE;
    opts.progress = core_progress;
    opts.progress_ctx = watch;
    return opts;
}

static PyObject *none_or_error(PyObject *self, prism_status status, const prism_error *err) {
    if (status == PRISM_OK && !PyErr_Occurred()) Py_RETURN_NONE;
    return core_raise(core_state_of(self), err);
}

/* ---- documents ------------------------------------------------------------------------------- */

static PyObject *put(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    core_text json = {0};
    core_watch watch;
    core_telling telling;
    prism_status status = PRISM_EINVAL;
    PyObject *document;
    int append = 0;
    if (!PyArg_ParseTuple(args, "O|p", &document, &append)) return NULL;
    if (core_document_to_json(core_state_of(self), document, &json) != 0) {
        core_text_free(&json);
        return NULL;
    }
    prism_writer *writer = core_use_telling(self, &telling);
    if (writer != NULL) {
        prism_put_opts opts = put_opts(append, &watch);
        core_watch_begin(&watch, NULL);
        status = prism_writer_put_json_with(writer, json.ptr, json.len, &opts, &err);
        core_watch_end(&watch);
        core_done_telling(self, &telling);
    }
    core_text_free(&json);
    return writer == NULL ? NULL : none_or_error(self, status, &err);
}

static PyObject *put_many(PyObject *self, PyObject *args) {
    PyObject *documents, *result = NULL;
    int append = 0, collect = 0;
    if (!PyArg_ParseTuple(args, "O|pp", &documents, &append, &collect)) return NULL;
    prism_writer *writer = core_use(self);
    if (writer == NULL) return NULL;
    core_watch watch;
    prism_put_opts opts = put_opts(append, &watch);
    result = core_put_many(self, writer, documents, &opts, collect != 0);
    core_done(self);
    return result;
}

static PyObject *delete_key(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status;
    const char *key;
    Py_ssize_t len;
    uint64_t n = 0;
    if (!PyArg_ParseTuple(args, "s#", &key, &len)) return NULL;
    prism_writer *writer = core_use(self);
    if (writer == NULL) return NULL;
    CORE_UNLOCKED(status = prism_writer_delete(writer, key, (size_t)len, &n, &err));
    core_done(self);
    return status == PRISM_OK ? PyBool_FromLong(n != 0) : core_raise(core_state_of(self), &err);
}

static PyObject *delete_query(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status;
    PyObject *query;
    uint64_t n = 0;
    if (!PyArg_ParseTuple(args, "O", &query)) return NULL;
    core_state *state = core_state_of(self);
    prism_query *handle = core_use_as(query, state->query, "Query");
    if (handle == NULL) return NULL;
    prism_writer *writer = core_use(self);
    if (writer == NULL) {
        core_done(query);
        return NULL;
    }
    CORE_UNLOCKED(status = prism_writer_delete_query(writer, handle, &n, &err));
    core_done(self);
    core_done(query);
    return status == PRISM_OK ? PyLong_FromUnsignedLongLong(n) : core_raise(state, &err);
}

/* ---- commits --------------------------------------------------------------------------------- */

/* The payload [borrowed] of a commit, watched. */
static prism_status commit_watched(prism_writer *writer, const Py_buffer *payload,
                                   PyObject *callback, uint64_t *generation, prism_error *err) {
    prism_commit_opts opts = PRISM_COMMIT_OPTS_INIT;
    core_watch watch;
    opts.payload = payload->buf;
    opts.payload_len = (size_t)payload->len;
    opts.progress = core_progress;
    opts.progress_ctx = &watch;
    core_watch_begin(&watch, callback);
    prism_status status = prism_writer_commit_with(writer, &opts, generation, err);
    core_watch_end(&watch);
    return status;
}

static PyObject *commit(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    core_telling telling;
    Py_buffer payload = {0};
    PyObject *callback = Py_None, *result = NULL;
    uint64_t generation = 0;
    if (!PyArg_ParseTuple(args, "|z*O", &payload, &callback)) return NULL;
    prism_writer *writer = core_use_telling(self, &telling);
    if (writer != NULL) {
        prism_status status = commit_watched(writer, &payload, callback, &generation, &err);
        core_done_telling(self, &telling);
        result = status == PRISM_OK && !PyErr_Occurred() ? PyLong_FromUnsignedLongLong(generation)
                                                         : core_raise(core_state_of(self), &err);
    }
    if (payload.obj != NULL) PyBuffer_Release(&payload);
    return result;
}

static PyObject *rollback(PyObject *self, PyObject *unused) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status;
    prism_writer *writer = core_use(self);
    (void)unused;
    if (writer == NULL) return NULL;
    CORE_UNLOCKED(status = prism_writer_rollback(writer, &err));
    core_done(self);
    return none_or_error(self, status, &err);
}

static PyObject *merge(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    core_watch watch;
    core_telling telling;
    PyObject *callback = Py_None;
    uint32_t max_segments;
    if (!PyArg_ParseTuple(args, "O&|O", core_to_u32, &max_segments, &callback)) return NULL;
    prism_writer *writer = core_use_telling(self, &telling);
    if (writer == NULL) return NULL;
    core_watch_begin(&watch, callback);
    prism_status status = prism_writer_merge(writer, max_segments, core_progress, &watch, &err);
    core_watch_end(&watch);
    core_done_telling(self, &telling);
    return none_or_error(self, status, &err);
}

static PyObject *snapshot(PyObject *self, PyObject *unused) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *snap = NULL;
    prism_status status;
    prism_writer *writer = core_use(self);
    (void)unused;
    if (writer == NULL) return NULL;
    CORE_UNLOCKED(status = prism_writer_snapshot(writer, &snap, &err));
    core_done(self);
    return status == PRISM_OK ? core_snapshot_new(core_state_of(self), snap)
                              : core_raise(core_state_of(self), &err);
}

/* ---- other indexes --------------------------------------------------------------------------- */

/* The paths of a tuple of bytes, for PyMem_Free; NULL: an exception. */
static const char **paths_of(PyObject *tuple) {
    Py_ssize_t n = PyTuple_Size(tuple);
    const char **paths = PyMem_Calloc((size_t)n + 1, sizeof *paths);
    if (paths == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        paths[i] = PyBytes_AsString(PyTuple_GetItem(tuple, i));
        if (paths[i] != NULL) continue;
        PyMem_Free(paths);
        return NULL;
    }
    return paths;
}

static PyObject *add_segments(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    core_watch watch;
    core_telling telling;
    PyObject *tuple, *callback = Py_None;
    if (!PyArg_ParseTuple(args, "O!|O", &PyTuple_Type, &tuple, &callback)) return NULL;
    const char **paths = paths_of(tuple);
    if (paths == NULL) return NULL;
    prism_writer *writer = core_use_telling(self, &telling);
    if (writer == NULL) {
        PyMem_Free(paths);
        return NULL;
    }
    core_watch_begin(&watch, callback);
    prism_status status = prism_writer_add_segments(writer, paths, (size_t)PyTuple_Size(tuple),
                                                    core_progress, &watch, &err);
    core_watch_end(&watch);
    core_done_telling(self, &telling);
    PyMem_Free(paths);
    return none_or_error(self, status, &err);
}

/* ---- schema, counters ------------------------------------------------------------------------ */

static PyObject *get_schema(PyObject *self, PyObject *unused) {
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema = NULL;
    prism_status status;
    prism_writer *writer = core_use(self);
    (void)unused;
    if (writer == NULL) return NULL;
    CORE_UNLOCKED(status = prism_writer_schema_ref(writer, &schema, &err));
    core_done(self);
    if (status != PRISM_OK) return core_raise(core_state_of(self), &err);
    PyObject *result = core_schema_new(core_state_of(self), schema);
    prism_schema_unref(schema);
    return result;
}

static PyObject *set_schema(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status;
    PyObject *schema;
    if (!PyArg_ParseTuple(args, "O", &schema)) return NULL;
    prism_schema *handle = core_use_as(schema, core_state_of(self)->schema, "Schema");
    if (handle == NULL) return NULL;
    prism_writer *writer = core_use(self);
    if (writer == NULL) {
        core_done(schema);
        return NULL;
    }
    CORE_UNLOCKED(status = prism_writer_set_schema(writer, handle, &err));
    core_done(self);
    core_done(schema);
    return none_or_error(self, status, &err);
}

static PyObject *stats_to_dict(const prism_writer_stats *s) {
    return Py_BuildValue("{sKsKsKsssKsKsKsnsnsKss}", "documents_put",
                         (unsigned long long)s->documents_put, "documents_deleted",
                         (unsigned long long)s->documents_deleted, "unknown_fields",
                         (unsigned long long)s->unknown_fields, "first_unknown_field",
                         s->first_unknown_field, "ill_formed", (unsigned long long)s->ill_formed,
                         "flushes", (unsigned long long)s->flushes, "merges",
                         (unsigned long long)s->merges, "memory", (Py_ssize_t)s->memory,
                         "memory_peak", (Py_ssize_t)s->memory_peak, "failed_merges",
                         (unsigned long long)s->failed_merges, "merge_error", s->merge_error.text);
}

static PyObject *get_stats(PyObject *self, PyObject *unused) {
    prism_error err = PRISM_ERROR_INIT;
    prism_writer_stats stats = {.size = sizeof stats};
    prism_status status;
    prism_writer *writer = core_use(self);
    (void)unused;
    if (writer == NULL) return NULL;
    CORE_UNLOCKED(status = prism_writer_get_stats(writer, &stats, &err));
    core_done(self);
    return status == PRISM_OK ? stats_to_dict(&stats) : core_raise(core_state_of(self), &err);
}

/* ---- type ------------------------------------------------------------------------------------ */

static PyMethodDef methods[] = {
    {"put", put, METH_VARARGS, NULL},
    {"put_many", put_many, METH_VARARGS, NULL},
    {"delete", delete_key, METH_VARARGS, NULL},
    {"delete_query", delete_query, METH_VARARGS, NULL},
    {"commit", commit, METH_VARARGS, NULL},
    {"rollback", rollback, METH_NOARGS, NULL},
    {"merge", merge, METH_VARARGS, NULL},
    {"snapshot", snapshot, METH_NOARGS, NULL},
    {"add_segments", add_segments, METH_VARARGS, NULL},
    {"schema", get_schema, METH_NOARGS, NULL},
    {"set_schema", set_schema, METH_VARARGS, NULL},
    {"stats", get_stats, METH_NOARGS, NULL},
    CORE_CLOSE_METHODS,
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef members[] = {{"closed", core_closed, NULL, NULL, NULL},
                                {NULL, NULL, NULL, NULL, NULL}};
static PyType_Slot slots[] = {
    {Py_tp_dealloc, core_dealloc}, {Py_tp_methods, methods}, {Py_tp_getset, members}, {0, NULL}};
PyType_Spec core_writer_spec = {"prismsearch._core.Writer", sizeof(core_object), 0, CORE_TYPE_FLAGS,
                                slots};
