/* shards.c - one answer of many indexes: statistics that are added up, answers that travel as text
 * and are merged.
 *
 *   snapshot.stats(query) on each -> merge -> snapshot.search(query, stats) on each
 *       -> answer.encode(), hits_decode() on the way -> hits_merge()
 *
 * Tested by: tests/test_shards.py */
#include "core.h"

static void free_stats(void *stats) {
    prism_stats_free(stats);
}

static PyObject *stats_or_error(core_state *state, prism_status status, prism_stats *stats,
                                const prism_error *err) {
    if (status != PRISM_OK) return core_raise(state, err);
    return core_new(state, state->stats, "statistics", stats, free_stats);
}

PyObject *core_snapshot_stats(PyObject *self, PyObject *args) {
    core_state *state = core_state_of(self);
    prism_error err = PRISM_ERROR_INIT;
    prism_status status;
    prism_stats *stats = NULL;
    PyObject *query;
    if (!PyArg_ParseTuple(args, "O", &query)) return NULL;
    prism_query *handle = core_use_as(query, state->query, "Query");
    if (handle == NULL) return NULL;
    prism_snapshot *snap = core_use(self);
    if (snap == NULL) {
        core_done(query);
        return NULL;
    }
    CORE_UNLOCKED(status = prism_stats_collect(snap, handle, &stats, &err));
    core_done(self);
    core_done(query);
    return stats_or_error(state, status, stats, &err);
}

static PyObject *stats_from_json(PyObject *module, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    prism_stats *stats = NULL;
    const char *text;
    Py_ssize_t len;
    if (!PyArg_ParseTuple(args, "s#", &text, &len)) return NULL;
    prism_status status = prism_stats_from_json(text, (size_t)len, &stats, &err);
    return stats_or_error(PyModule_GetState(module), status, stats, &err);
}

static PyObject *stats_to_json(PyObject *self, PyObject *unused) {
    prism_error err = PRISM_ERROR_INIT;
    char *json = NULL;
    prism_stats *stats = core_use(self);
    (void)unused;
    if (stats == NULL) return NULL;
    prism_status status = prism_stats_to_json(stats, &json, &err);
    core_done(self);
    return status == PRISM_OK ? core_take_text(json) : core_raise(core_state_of(self), &err);
}

/* Into statistics that nobody else has yet: the new ones of both. */
static PyObject *stats_merged(PyObject *self, PyObject *args) {
    core_state *state = core_state_of(self);
    prism_error err = PRISM_ERROR_INIT;
    prism_stats *sum = NULL;
    char *json = NULL;
    PyObject *other;
    if (!PyArg_ParseTuple(args, "O", &other)) return NULL;
    prism_stats *theirs = core_use_as(other, state->stats, "Stats");
    if (theirs == NULL) return NULL;
    prism_stats *ours = core_use(self);
    prism_status status = ours == NULL ? PRISM_EINVAL : prism_stats_to_json(ours, &json, &err);
    if (status == PRISM_OK) status = prism_stats_from_json(json, strlen(json), &sum, &err);
    if (status == PRISM_OK) status = prism_stats_merge(sum, theirs, &err);
    prism_free_text(json);
    if (ours != NULL) core_done(self);
    core_done(other);
    if (status != PRISM_OK) prism_stats_free(sum);
    return stats_or_error(state, status, sum, &err);
}

/* ---- answers --------------------------------------------------------------------------------- */

static PyObject *hits_decode(PyObject *module, PyObject *args) {
    core_state *state = PyModule_GetState(module);
    prism_error err = PRISM_ERROR_INIT;
    prism_hits *hits = NULL;
    const char *text;
    Py_ssize_t len;
    if (!PyArg_ParseTuple(args, "s#", &text, &len)) return NULL;
    if (prism_hits_decode(text, (size_t)len, &hits, &err) != PRISM_OK)
        return core_raise(state, &err);
    return core_answer_new(state, hits, NULL, NULL);
}

static PyObject *hits_merge(PyObject *module, PyObject *args) {
    core_state *state = PyModule_GetState(module);
    prism_error err = PRISM_ERROR_INIT;
    prism_hits *hits = NULL;
    PyObject *parts;
    uint32_t k, offset = 0;
    if (!PyArg_ParseTuple(args, "O!O&|O&", &PyTuple_Type, &parts, core_to_u32, &k, core_to_u32,
                          &offset))
        return NULL;
    Py_ssize_t n = PyTuple_Size(parts);
    const prism_hits **all = PyMem_Calloc((size_t)n + 1, sizeof *all);
    if (all == NULL) return PyErr_NoMemory();
    bool good = true; /* answers have no close(): they live as long as the tuple */
    for (Py_ssize_t i = 0; good && i < n; i++)
        good = (all[i] = core_answer_hits(state, PyTuple_GetItem(parts, i))) != NULL;
    prism_status status = PRISM_EINVAL;
    if (good) status = prism_hits_merge(all, (size_t)n, k, offset, &hits, &err);
    PyMem_Free(all);
    if (!good) return NULL;
    return status == PRISM_OK ? core_answer_new(state, hits, NULL, NULL) : core_raise(state, &err);
}

/* ---- type ------------------------------------------------------------------------------------ */

PyMethodDef core_shards_functions[] = {
    {"stats_from_json", stats_from_json, METH_VARARGS, NULL},
    {"hits_decode", hits_decode, METH_VARARGS, NULL},
    {"hits_merge", hits_merge, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyMethodDef methods[] = {
    {"to_json", stats_to_json, METH_NOARGS, NULL},
    {"merged", stats_merged, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot slots[] = {{Py_tp_dealloc, core_dealloc}, {Py_tp_methods, methods}, {0, NULL}};
PyType_Spec core_stats_spec = {"prismsearch._core.Stats", sizeof(core_object), 0, CORE_TYPE_FLAGS,
                               slots};
