/* maintain.c - an index as a whole: check, backup and restore, repair and salvage, reindex,
 * upgrade.
 *
 * All of it takes long and is watched: progress goes to the caller's callback, Ctrl-C ends it.
 * Findings and lost documents are kept in C memory while the library runs.
 * Tested by: tests/test_maintain.py */
#include "core.h"

#include <string.h>

/* ---- findings -------------------------------------------------------------------------------- */

static void keep_finding(void *ctx, const prism_error *finding) {
    core_text_put(ctx, finding, sizeof *finding);
}

static PyObject *findings_to_list(core_state *state, const core_text *findings) {
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < findings->len; i += sizeof(prism_error)) {
        prism_error finding;
        memcpy(&finding, findings->ptr + i, sizeof finding);
        PyObject *exception = core_exception(state, &finding);
        if (exception == NULL || PyList_Append(list, exception) != 0) Py_CLEAR(list);
        Py_XDECREF(exception);
    }
    return list;
}

static PyObject *index_check(PyObject *module, PyObject *args) {
    core_state *state = PyModule_GetState(module);
    prism_error err = PRISM_ERROR_INIT;
    core_text findings = {0};
    core_watch watch;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    PyObject *path, *callback = Py_None, *tokenizers = Py_None, *list = NULL;
    int level = 1;
    uint64_t n = 0;
    if (!PyArg_ParseTuple(args, "O&|iOO", PyUnicode_FSConverter, &path, &level, &callback,
                          &tokenizers))
        return NULL;
    if (!core_tokenizers_of(state, tokenizers, &opts.tokenizers)) {
        Py_DECREF(path);
        return NULL;
    }
    const char *name = PyBytes_AsString(path);
    core_watch_begin(&watch, callback);
    prism_status status = prism_index_check(name, (prism_check_level)level, &opts, keep_finding,
                                            &findings, core_progress, &watch, &n, &err);
    core_watch_end(&watch);
    Py_DECREF(path);
    if (status != PRISM_OK || PyErr_Occurred())
        core_raise(state, &err);
    else
        list = findings.failed ? PyErr_NoMemory() : findings_to_list(state, &findings);
    core_text_free(&findings);
    return list;
}

/* ---- backup, restore ------------------------------------------------------------------------- */

static PyObject *backup_result(core_state *state, prism_status status, const prism_backup_stats *s,
                               const prism_error *err) {
    if (status != PRISM_OK || PyErr_Occurred()) return core_raise(state, err);
    return Py_BuildValue("{sKsKsKsKsKsKsK}", "generation", (unsigned long long)s->generation,
                         "documents", (unsigned long long)s->documents, "files",
                         (unsigned long long)s->files, "files_linked",
                         (unsigned long long)s->files_linked, "files_copied",
                         (unsigned long long)s->files_copied, "bytes", (unsigned long long)s->bytes,
                         "bytes_copied", (unsigned long long)s->bytes_copied);
}

PyObject *core_index_backup(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    prism_backup_opts opts = PRISM_BACKUP_OPTS_INIT;
    prism_backup_stats stats = {.size = sizeof stats};
    core_watch watch;
    PyObject *to, *base = NULL, *callback = Py_None;
    if (!PyArg_ParseTuple(args, "O&p|OO", PyUnicode_FSConverter, &to, &opts.copy, &base, &callback))
        return NULL;
    if (base != NULL && base != Py_None) opts.base = PyBytes_AsString(base);
    prism_index *index = PyErr_Occurred() ? NULL : core_use(self);
    PyObject *result = NULL;
    if (index != NULL) {
        const char *name = PyBytes_AsString(to);
        opts.progress = core_progress;
        opts.progress_ctx = &watch;
        core_watch_begin(&watch, callback);
        prism_status status = prism_index_backup(index, name, &opts, &stats, &err);
        core_watch_end(&watch);
        core_done(self);
        result = backup_result(core_state_of(self), status, &stats, &err);
    }
    Py_DECREF(to);
    return result;
}

static PyObject *index_restore(PyObject *module, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    prism_backup_opts opts = PRISM_BACKUP_OPTS_INIT;
    prism_backup_stats stats = {.size = sizeof stats};
    core_watch watch;
    PyObject *from, *to, *callback = Py_None;
    if (!PyArg_ParseTuple(args, "SSp|O", &from, &to, &opts.copy, &callback)) return NULL;
    const char *source = PyBytes_AsString(from), *target = PyBytes_AsString(to);
    opts.progress = core_progress;
    opts.progress_ctx = &watch;
    core_watch_begin(&watch, callback);
    prism_status status = prism_index_restore(source, target, &opts, &stats, &err);
    core_watch_end(&watch);
    return backup_result(PyModule_GetState(module), status, &stats, &err);
}

/* ---- repair, salvage ------------------------------------------------------------------------- */

typedef struct lost_head {
    size_t key_len, json_len;
    bool has_key, has_json;
} lost_head;

static int keep_lost(void *ctx, const char *key, size_t key_len, const char *json,
                     size_t json_len) {
    core_text *lost = ctx;
    lost_head head;
    memset(&head, 0, sizeof head);
    head.has_key = key != NULL;
    head.has_json = json != NULL;
    head.key_len = head.has_key ? key_len : 0;
    head.json_len = head.has_json ? json_len : 0;
    core_text_put(lost, &head, sizeof head);
    core_text_put(lost, key, head.key_len);
    core_text_put(lost, json, head.json_len);
    return lost->failed;
}

/* [(key or None, JSON as bytes or None)] */
static PyObject *lost_to_list(const core_text *lost) {
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < lost->len;) {
        lost_head head;
        memcpy(&head, lost->ptr + i, sizeof head);
        const char *key = lost->ptr + i + sizeof head, *json = key + head.key_len;
        i += sizeof head + head.key_len + head.json_len;
        PyObject *pair =
            Py_BuildValue("(s#y#)", head.has_key ? key : NULL, (Py_ssize_t)head.key_len,
                          head.has_json ? json : NULL, (Py_ssize_t)head.json_len);
        if (pair == NULL || PyList_Append(list, pair) != 0) Py_CLEAR(list);
        Py_XDECREF(pair);
    }
    return list;
}

static PyObject *repair_result(core_state *state, const prism_repair_stats *s,
                               const core_text *findings, const core_text *lost) {
    if (findings->failed || lost->failed) return PyErr_NoMemory();
    PyObject *found = findings_to_list(state, findings), *gone = lost_to_list(lost);
    if (found == NULL || gone == NULL) {
        Py_XDECREF(found);
        Py_XDECREF(gone);
        return NULL;
    }
    return Py_BuildValue("{sNsNsKsKsKsKsKsK}", "findings", found, "lost_documents", gone, "from",
                         (unsigned long long)s->from, "generation",
                         (unsigned long long)s->generation, "segments_dropped",
                         (unsigned long long)s->segments_dropped, "documents",
                         (unsigned long long)s->documents, "lost", (unsigned long long)s->lost,
                         "undeleted", (unsigned long long)s->undeleted);
}

typedef prism_status (*repair_fn)(const char *, const prism_repair_opts *, prism_repair_stats *,
                                  prism_error *);

static PyObject *repair_by(PyObject *module, PyObject *args, repair_fn repair) {
    core_state *state = PyModule_GetState(module);
    prism_error err = PRISM_ERROR_INIT;
    prism_repair_opts opts = PRISM_REPAIR_OPTS_INIT;
    prism_repair_stats stats = {.size = sizeof stats};
    core_text findings = {0}, lost = {0};
    core_watch watch;
    PyObject *path, *callback = Py_None, *tokenizers = Py_None;
    if (!PyArg_ParseTuple(args, "Sp|OO", &path, &opts.dry_run, &callback, &tokenizers)) return NULL;
    if (!core_tokenizers_of(state, tokenizers, &opts.tokenizers)) return NULL;
    opts.finding = keep_finding;
    opts.finding_ctx = &findings;
    opts.lost = keep_lost;
    opts.lost_ctx = &lost;
    opts.progress = core_progress;
    opts.progress_ctx = &watch;
    const char *name = PyBytes_AsString(path);
    core_watch_begin(&watch, callback);
    prism_status status = repair(name, &opts, &stats, &err);
    core_watch_end(&watch);
    PyObject *result = status != PRISM_OK || PyErr_Occurred()
                           ? core_raise(state, &err)
                           : repair_result(state, &stats, &findings, &lost);
    core_text_free(&findings);
    core_text_free(&lost);
    return result;
}

static PyObject *index_repair(PyObject *module, PyObject *args) {
    return repair_by(module, args, prism_index_repair);
}

static PyObject *index_salvage(PyObject *module, PyObject *args) {
    return repair_by(module, args, prism_index_salvage);
}

/* ---- reindex, upgrade ------------------------------------------------------------------------ */

static PyObject *number_or_error(core_state *state, prism_status status, uint64_t number,
                                 const prism_error *err) {
    if (status != PRISM_OK || PyErr_Occurred()) return core_raise(state, err);
    return PyLong_FromUnsignedLongLong(number);
}

static PyObject *index_reindex(PyObject *module, PyObject *args) {
    core_state *state = PyModule_GetState(module);
    prism_error err = PRISM_ERROR_INIT;
    prism_reindex_opts opts = PRISM_REINDEX_OPTS_INIT;
    core_watch watch;
    PyObject *path, *schema, *to, *callback = Py_None;
    prism_schema *handle = NULL;
    uint64_t memory = 0, generation = 0;
    if (!PyArg_ParseTuple(args, "SOO|O&pO", &path, &schema, &to, core_to_u64, &memory,
                          &opts.drop_unstored, &callback))
        return NULL;
    opts.memory = (size_t)memory;
    if (to != Py_None && (opts.to = PyBytes_AsString(to)) == NULL) return NULL;
    if (schema != Py_None && (handle = core_use_as(schema, state->schema, "Schema")) == NULL)
        return NULL;
    const char *name = PyBytes_AsString(path);
    core_watch_begin(&watch, callback);
    prism_status status =
        prism_index_reindex(name, handle, NULL, &opts, core_progress, &watch, &generation, &err);
    core_watch_end(&watch);
    if (handle != NULL) core_done(schema);
    return number_or_error(state, status, generation, &err);
}

static PyObject *index_upgrade(PyObject *module, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    core_watch watch;
    PyObject *path, *callback = Py_None;
    uint64_t n = 0;
    if (!PyArg_ParseTuple(args, "S|O", &path, &callback)) return NULL;
    const char *name = PyBytes_AsString(path);
    core_watch_begin(&watch, callback);
    prism_status status = prism_index_upgrade(name, NULL, core_progress, &watch, &n, &err);
    core_watch_end(&watch);
    return number_or_error(PyModule_GetState(module), status, n, &err);
}

PyMethodDef core_maintain_functions[] = {
    {"index_check", index_check, METH_VARARGS, NULL},
    {"index_restore", index_restore, METH_VARARGS, NULL},
    {"index_repair", index_repair, METH_VARARGS, NULL},
    {"index_salvage", index_salvage, METH_VARARGS, NULL},
    {"index_reindex", index_reindex, METH_VARARGS, NULL},
    {"index_upgrade", index_upgrade, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
