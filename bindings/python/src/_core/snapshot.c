/* snapshot.c - a view of one commit: its documents, words, and searches over it.
 *
 * Snapshots never change and any number of threads may use one.  A search runs without Python's
 * lock, and looks at signals every 50 ms (watch.c).
 * Tested by: tests/test_snapshot.py, tests/test_search.py, tests/test_threads.py */
#include "core.h"

#include <string.h>

static void unref_snapshot(void *snap) {
    prism_snapshot_unref(snap);
}

PyObject *core_snapshot_new(core_state *state, prism_snapshot *snap) {
    return core_new(state, state->snapshot, "snapshot", snap, unref_snapshot);
}

static PyObject *refresh(PyObject *self, PyObject *unused) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *newer = NULL;
    prism_status status;
    prism_snapshot *snap = core_use(self);
    (void)unused;
    if (snap == NULL) return NULL;
    CORE_UNLOCKED(status = prism_snapshot_refresh(snap, &newer, &err));
    bool same = newer == snap;
    core_done(self);
    if (status != PRISM_OK) return core_raise(core_state_of(self), &err);
    if (!same) return core_snapshot_new(core_state_of(self), newer);
    prism_snapshot_unref(newer);
    return Py_NewRef(self);
}

/* ---- what it is of --------------------------------------------------------------------------- */

static PyObject *get_facts(PyObject *self, PyObject *unused) {
    prism_snapshot *snap = core_use(self);
    size_t len = 0;
    (void)unused;
    if (snap == NULL) return NULL;
    const void *payload = prism_snapshot_payload(snap, &len);
    PyObject *facts =
        Py_BuildValue("(KKKIy#y#)", (unsigned long long)prism_snapshot_generation(snap),
                      (unsigned long long)prism_snapshot_documents(snap),
                      (unsigned long long)prism_snapshot_deleted(snap),
                      (unsigned)prism_snapshot_segments(snap),
                      (const char *)prism_snapshot_uuid(snap), (Py_ssize_t)16,
                      payload == NULL ? "" : (const char *)payload, (Py_ssize_t)len);
    core_done(self);
    return facts;
}

static PyObject *get_schema(PyObject *self, PyObject *unused) {
    prism_snapshot *snap = core_use(self);
    (void)unused;
    if (snap == NULL) return NULL;
    PyObject *schema = core_schema_new(core_state_of(self), prism_snapshot_schema(snap));
    core_done(self);
    return schema;
}

static PyObject *info(PyObject *self, PyObject *unused) {
    prism_error err = PRISM_ERROR_INIT;
    char *json = NULL;
    prism_status status;
    prism_snapshot *snap = core_use(self);
    (void)unused;
    if (snap == NULL) return NULL;
    CORE_UNLOCKED(status = prism_snapshot_info(snap, &json, &err));
    core_done(self);
    return status == PRISM_OK ? core_take_text(json) : core_raise(core_state_of(self), &err);
}

/* ---- documents ------------------------------------------------------------------------------- */

/* A stored text that was handed over, as objects or as bytes. */
static PyObject *take_document(char *json, size_t len, bool raw) {
    PyObject *document =
        raw ? PyBytes_FromStringAndSize(json, (Py_ssize_t)len) : core_from_json(json, len);
    prism_free_text(json);
    return document;
}

PyObject *core_document(core_state *state, prism_snapshot *snap, uint64_t gdoc, bool raw) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status;
    char *json = NULL;
    size_t len = 0;
    CORE_UNLOCKED(status = prism_document_get(snap, gdoc, &json, &len, &err));
    return status == PRISM_OK ? take_document(json, len, raw) : core_raise(state, &err);
}

static PyObject *document(PyObject *self, PyObject *args) {
    uint64_t gdoc;
    if (!PyArg_ParseTuple(args, "O&", core_to_u64, &gdoc)) return NULL;
    prism_snapshot *snap = core_use(self);
    if (snap == NULL) return NULL;
    PyObject *result = core_document(core_state_of(self), snap, gdoc, false);
    core_done(self);
    return result;
}

static PyObject *find(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status;
    const char *key;
    Py_ssize_t len;
    uint64_t gdoc = 0;
    if (!PyArg_ParseTuple(args, "s#", &key, &len)) return NULL;
    prism_snapshot *snap = core_use(self);
    if (snap == NULL) return NULL;
    CORE_UNLOCKED(status = prism_document_find(snap, key, (size_t)len, &gdoc, &err));
    core_done(self);
    if (status == PRISM_ENOTFOUND) Py_RETURN_NONE;
    return status == PRISM_OK ? PyLong_FromUnsignedLongLong(gdoc)
                              : core_raise(core_state_of(self), &err);
}

/* ---- words ----------------------------------------------------------------------------------- */

typedef struct term_list {
    core_text text;
    uint64_t left; /* entries wanted yet */
    bool full;
} term_list;

typedef struct term_head {
    uint64_t df, cf;
    size_t len, kind_len;
} term_head;

static int keep_term(void *ctx, const char *term, size_t len, const char *kind, uint64_t df,
                     uint64_t cf) {
    term_list *list = ctx;
    list->full = list->left == 0;
    if (list->full) return 1;
    list->left--;
    term_head head = {df, cf, len, strlen(kind)};
    core_text_put(&list->text, &head, sizeof head);
    core_text_put(&list->text, term, len);
    core_text_put(&list->text, kind, head.kind_len);
    return list->text.failed;
}

static PyObject *terms_to_list(const core_text *terms) {
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < terms->len;) {
        term_head head;
        memcpy(&head, terms->ptr + i, sizeof head);
        const char *term = terms->ptr + i + sizeof head;
        i += sizeof head + head.len + head.kind_len;
        PyObject *entry =
            Py_BuildValue("(Ns#KK)", PyUnicode_DecodeUTF8(term, (Py_ssize_t)head.len, "replace"),
                          term + head.len, (Py_ssize_t)head.kind_len, (unsigned long long)head.df,
                          (unsigned long long)head.cf);
        if (entry == NULL || PyList_Append(list, entry) != 0) Py_CLEAR(list);
        Py_XDECREF(entry);
    }
    return list;
}

static PyObject *terms(PyObject *self, PyObject *args) {
    prism_error err = PRISM_ERROR_INIT;
    term_list list = {{0}, 0, false};
    prism_status status;
    const char *field, *prefix = "";
    Py_ssize_t len = 0;
    uint64_t limit;
    if (!PyArg_ParseTuple(args, "ss#O&", &field, &prefix, &len, core_to_u64, &limit)) return NULL;
    prism_snapshot *snap = core_use(self);
    if (snap == NULL) return NULL;
    list.left = limit;
    CORE_UNLOCKED(
        status = prism_snapshot_terms(snap, field, prefix, (size_t)len, keep_term, &list, &err));
    core_done(self);
    PyObject *result = list.text.failed                  ? PyErr_NoMemory()
                       : status == PRISM_OK || list.full ? terms_to_list(&list.text)
                                                         : core_raise(core_state_of(self), &err);
    core_text_free(&list.text);
    return result;
}

/* ---- search ---------------------------------------------------------------------------------- */

static PyObject *run_search(PyObject *self, prism_snapshot *snap, prism_query *query,
                            prism_search_opts *opts) {
    core_state *state = core_state_of(self);
    prism_error err = PRISM_ERROR_INIT;
    prism_hits *hits = NULL;
    core_watch watch;
    opts->progress = core_progress;
    opts->progress_ctx = &watch;
    core_watch_begin(&watch, NULL);
    prism_status status = prism_search(snap, query, opts, &hits, &err);
    core_watch_end(&watch);
    if (status != PRISM_OK) return core_raise(state, &err);
    if (!PyErr_Occurred()) return core_answer_new(state, hits, snap, query);
    prism_hits_free(hits); /* a signal's handler raised */
    return NULL;
}

/* The handle of an argument that may be None; false: an exception. */
static bool use_optional(PyObject *arg, PyObject *type, const char *wanted, const void **handle) {
    *handle = NULL;
    if (arg == Py_None) return true;
    *handle = core_use_as(arg, type, wanted);
    return *handle != NULL;
}

static PyObject *search(PyObject *self, PyObject *args) {
    core_state *state = core_state_of(self);
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    PyObject *query, *filter = Py_None, *stats = Py_None, *result = NULL;
    const void *of_filter = NULL, *of_stats = NULL;
    uint64_t memory = 0, cache = 0;
    uint32_t threads = 0;
    int exact = 0;
    if (!PyArg_ParseTuple(args, "OO&O&|OzzpO&O&O&pddOO&O&", &query, core_to_u32, &opts.k,
                          core_to_u32, &opts.offset, &filter, &opts.sort, &opts.after, &exact,
                          core_to_u64, &opts.timeout_us, core_to_u64, &opts.max_work, core_to_u64,
                          &memory, &opts.exhaustive, &opts.k1, &opts.b, &stats, core_to_u32,
                          &threads, core_to_u64, &cache))
        return NULL;
    opts.count = exact ? PRISM_COUNT_EXACT : PRISM_COUNT_NONE;
    opts.memory = (size_t)memory;
    opts.threads = threads;
    opts.filter_cache = (size_t)cache;
    prism_query *handle = core_use_as(query, state->query, "Query");
    if (handle == NULL) return NULL;
    bool good = use_optional(filter, state->query, "Query", &of_filter) &&
                use_optional(stats, state->stats, "Stats", &of_stats);
    opts.filter = of_filter;
    opts.stats = of_stats;
    prism_snapshot *snap = good ? core_use(self) : NULL;
    if (snap != NULL) {
        result = run_search(self, snap, handle, &opts);
        core_done(self);
    }
    if (of_stats != NULL) core_done(stats);
    if (of_filter != NULL) core_done(filter);
    core_done(query);
    return result;
}

static PyMethodDef methods[] = {
    {"refresh", refresh, METH_NOARGS, NULL},
    {"facts", get_facts, METH_NOARGS, NULL},
    {"schema", get_schema, METH_NOARGS, NULL},
    {"info", info, METH_NOARGS, NULL},
    {"document", document, METH_VARARGS, NULL},
    {"find", find, METH_VARARGS, NULL},
    {"terms", terms, METH_VARARGS, NULL},
    {"search", search, METH_VARARGS, NULL},
    {"stats", core_snapshot_stats, METH_VARARGS, NULL},
    CORE_CLOSE_METHODS,
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef members[] = {{"closed", core_closed, NULL, NULL, NULL},
                                {NULL, NULL, NULL, NULL, NULL}};
static PyType_Slot slots[] = {
    {Py_tp_dealloc, core_dealloc}, {Py_tp_methods, methods}, {Py_tp_getset, members}, {0, NULL}};
PyType_Spec core_snapshot_spec = {"prismsearch._core.Snapshot", sizeof(core_object), 0,
                                  CORE_TYPE_FLAGS, slots};
