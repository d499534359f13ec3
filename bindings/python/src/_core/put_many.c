/* put_many.c - how do many documents get into a writer without a lock changing hands for each?
 *
 *   with Python's lock     documents become JSON, one behind the other, up to BATCH_BYTES
 *   without it             the library puts them, one by one
 *
 * A thread that gives the lock up for a single put of 30 us waits up to 5 ms to have it back where
 * others run Python; a batch makes that a hundredth.  Signals are looked at between batches, and
 * every 50 ms of a flush in a put.
 *
 * Errors    Those of a document (it cannot be read, breaks the schema, is too large) end the call,
 *           or are collected: the place of the document in the iterable and the exception.  All
 *           others end the call.  What came before stays put, as in a loop of put; an exception of
 *           the iterable itself comes after the documents it gave have been put.
 * Tested by: tests/test_writer.py, tests/test_interrupt.py, tests/test_threads.py */
#include "core.h"

#define BATCH_BYTES ((size_t)256 << 10)
#define BATCH_DOCUMENTS 512

typedef struct batch {
    PyObject *self; /* the Writer */
    core_state *state;
    prism_writer *writer;
    const prism_put_opts *opts;
    bool collect;
    core_text json;
    size_t ends[BATCH_DOCUMENTS];        /* of each document in json */
    uint64_t numbers[BATCH_DOCUMENTS];   /* its place in the iterable */
    prism_error errors[BATCH_DOCUMENTS]; /* what the library said; code 0 for those that are put */
    int n;
    uint64_t seen, put;
    PyObject *rejected; /* list of (place, exception) */
} batch;

/* As `psearch put --on-error=skip` has it. */
static bool is_of_document(prism_status status) {
    return status == PRISM_EPARSE || status == PRISM_EREJECTED || status == PRISM_ELIMIT ||
           status == PRISM_EINVAL || status == PRISM_EBUDGET;
}

/* Add (place, exception) to the list; takes the reference. */
static bool reject(batch *b, uint64_t place, PyObject *exception) {
    PyObject *pair =
        exception == NULL ? NULL : Py_BuildValue("(KO)", (unsigned long long)place, exception);
    bool good = pair != NULL && PyList_Append(b->rejected, pair) == 0;
    Py_XDECREF(pair);
    Py_XDECREF(exception);
    return good;
}

/* The exception that is set becomes a rejection: whatever its code raised while a document was
 * read, but for what is no fault of one. */
static bool reject_pending(batch *b, uint64_t place) {
    PyObject *kind, *value, *trace;
    if (!b->collect || !PyErr_ExceptionMatches(PyExc_Exception) ||
        PyErr_ExceptionMatches(PyExc_MemoryError))
        return false;
    PyErr_Fetch(&kind, &value, &trace);
    PyErr_NormalizeException(&kind, &value, &trace);
    Py_XDECREF(kind);
    Py_XDECREF(trace);
    return reject(b, place, value);
}

/* Without the global lock: put all, to the first that fails unless they are collected.  Returns how
 * many were tried. */
static int put_all(batch *b) {
    size_t from = 0;
    for (int i = 0; i < b->n; i++) {
        prism_error *err = &b->errors[i];
        *err = (prism_error)PRISM_ERROR_INIT;
        prism_status status = prism_writer_put_json_with(b->writer, b->json.ptr + from,
                                                         b->ends[i] - from, b->opts, err);
        from = b->ends[i];
        if (status != PRISM_OK && !(b->collect && is_of_document(status))) return i + 1;
    }
    return b->n;
}

/* The exception says which document it was. */
static void raise_for(batch *b, int i) {
    PyObject *exception = core_exception(b->state, &b->errors[i]);
    PyObject *place = PyLong_FromUnsignedLongLong(b->numbers[i]);
    if (exception != NULL && place != NULL &&
        PyObject_SetAttrString(exception, "document", place) == 0)
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
    Py_XDECREF(exception);
    Py_XDECREF(place);
}

static bool flush(batch *b) {
    core_telling telling;
    core_telling_begin(b->self, &telling);
    core_watch_begin(b->opts->progress_ctx, NULL);
    int tried = put_all(b);
    core_watch_end(b->opts->progress_ctx);
    core_telling_end(b->self, &telling);
    bool good = !PyErr_Occurred(); /* of a signal's handler */
    for (int i = 0; good && i < tried; i++) {
        if (b->errors[i].code == PRISM_OK) {
            b->put++;
        } else if (b->collect && is_of_document(b->errors[i].code)) {
            good = reject(b, b->numbers[i], core_exception(b->state, &b->errors[i]));
        } else {
            raise_for(b, i);
            good = false;
        }
    }
    b->n = 0;
    b->json.len = 0;
    return good && PyErr_CheckSignals() == 0;
}

/* One more document; a batch that is full goes out. */
static bool take(batch *b, PyObject *document) {
    uint64_t place = b->seen++;
    if (core_document_to_json(b->state, document, &b->json) != 0) return reject_pending(b, place);
    b->ends[b->n] = b->json.len;
    b->numbers[b->n++] = place;
    if (b->n < BATCH_DOCUMENTS && b->json.len < BATCH_BYTES) return true;
    return flush(b);
}

/* What was gathered before an exception is put.  Where that fails, it is what came first: as in a
 * loop of put, it is the exception that is seen. */
static void flush_after_exception(batch *b) {
    PyObject *kind, *value, *trace;
    PyErr_Fetch(&kind, &value, &trace);
    if (b->n == 0 || flush(b)) {
        PyErr_Restore(kind, value, trace);
        return;
    }
    Py_XDECREF(kind);
    Py_XDECREF(value);
    Py_XDECREF(trace);
}

static bool take_all(batch *b, PyObject *documents) {
    PyObject *document, *items = PyObject_GetIter(documents);
    bool good = items != NULL;
    while (good && (document = PyIter_Next(items)) != NULL) {
        good = take(b, document);
        Py_DECREF(document);
    }
    Py_XDECREF(items);
    if (!good || PyErr_Occurred()) {
        flush_after_exception(b);
        return false;
    }
    return b->n == 0 || flush(b);
}

PyObject *core_put_many(PyObject *self, prism_writer *writer, PyObject *documents,
                        const prism_put_opts *opts, bool collect) {
    batch *b = PyMem_Calloc(1, sizeof *b);
    if (b == NULL) return PyErr_NoMemory();
    b->self = self;
    b->state = core_state_of(self);
    b->writer = writer;
    b->opts = opts;
    b->collect = collect;
    b->rejected = PyList_New(0);
    bool good = b->rejected != NULL && take_all(b, documents);
    PyObject *result = good ? Py_BuildValue("(KO)", (unsigned long long)b->put, b->rejected) : NULL;
    Py_XDECREF(b->rejected);
    core_text_free(&b->json);
    PyMem_Free(b);
    return result;
}
