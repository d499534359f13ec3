/* core.h - what the files of the extension module `prismsearch._core` share.
 *
 * Limited API of Python 3.11: one binary for every later version; a free-threaded Python has no
 * limited API and gets a binary of its own (setup.py).  The module is thin: it turns
 * arguments into calls of the library and results into Python's own objects; what is convenient is
 * Python (prismsearch/).
 *
 * The global lock   It is given up around every call that reads, writes, waits or takes a lock of
 *                   the library, and never held in one that may call back: a thread that has a
 *                   lock of the library and waits for Python's must never meet one that waits the
 *                   other way round.  So callbacks fill C memory (core_text), and Python's objects
 *                   are made after.
 *                   Tokenizers (tokenizers.c) are called with the library's locks held and take
 *                   Python's: what keeps Python's waits for none that a thread may hold there.
 * Without one       In a free-threaded Python an object's counters have a lock of their own
 *                   (CORE_LOCK), held for a few instructions, and what Python's own containers hold
 *                   is taken as references of ours.
 * Handles           Every object owns one thing of the library (core_object).  close() in one
 *                   thread while another is inside a call takes effect when that call returns.
 * Errors            A status becomes an exception of prismsearch._errors (errors.c). */
#ifndef PRISMSEARCH_PY_CORE_H
#define PRISMSEARCH_PY_CORE_H

#ifndef PRISMSEARCH_FREE_THREADED
#define Py_LIMITED_API 0x030b0000
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#ifdef PRISMSEARCH_FREE_THREADED
#include <pthread.h>
#endif

#include <prismsearch.h>

#include <stdbool.h>
#include <stdint.h>

/** What a module object keeps. */
typedef struct core_state {
    PyObject *index, *snapshot, *writer, *schema, *query, *vocabulary, *answer, *stats,
        *tokenizers;  /* types */
    PyObject *errors; /* tuple of exception classes, by the negative of the status */
    PyObject *date;   /* datetime.date, of which datetime.datetime is a kind */
    PyObject *utc;    /* datetime.timezone.utc */
} core_state;

/* ---- objects.c ------------------------------------------------------------------------------- */

typedef void (*core_free_fn)(void *handle);

/** A call that runs Python's callbacks while the library holds the handle's lock. */
typedef struct core_telling {
    unsigned long thread;
    struct core_telling *next;
} core_telling;

/** An object that owns `handle`, which give_up takes back. */
typedef struct core_object {
    PyObject_HEAD core_state *state; /* of the module, which the type keeps alive */
    void *handle;                    /* NULL: closed */
    core_free_fn give_up;
    const char *name; /* "writer": of messages */
    Py_ssize_t users; /* calls that are inside, in other threads */
    bool closing;     /* close() was called while there were some */
    core_telling *telling;
#ifdef PRISMSEARCH_FREE_THREADED
    pthread_mutex_t lock; /* of what is above but the first three, and of an answer's texts */
#endif
} core_object;

/** Around a few instructions that call nothing of Python's; nothing where it has a global lock. */
#ifdef PRISMSEARCH_FREE_THREADED
#define CORE_LOCK(object) ((void)pthread_mutex_lock(&((core_object *)(object))->lock))
#define CORE_UNLOCK(object) ((void)pthread_mutex_unlock(&((core_object *)(object))->lock))
#else
#define CORE_LOCK(object) ((void)(object))
#define CORE_UNLOCK(object) ((void)(object))
#endif

/** A new object; the handle is given up if there is no memory for it. */
PyObject *core_new(core_state *state, PyObject *type, const char *name, void *handle,
                   core_free_fn give_up);
/** The handle for a call, until core_done; NULL: an exception says that it is closed. */
void *core_use(PyObject *self);
/** The call is over. */
void core_done(PyObject *self);
/** The same around a call that tells progress with the lock held: a callback or a signal handler
 *  that comes back to the object gets an exception, where it would wait for itself. */
void *core_use_telling(PyObject *self, core_telling *me);
void core_done_telling(PyObject *self, core_telling *me);
/** The same for a part of a call that uses the object already. */
void core_telling_begin(PyObject *self, core_telling *me);
void core_telling_end(PyObject *self, core_telling *me);
/** close(), as a method. */
PyObject *core_close(PyObject *self, PyObject *unused);
/** `closed`, as a getter. */
PyObject *core_closed(PyObject *self, void *unused);
/** __enter__ and __exit__ of what is closed at the end of a block. */
PyObject *core_enter(PyObject *self, PyObject *unused);
PyObject *core_exit(PyObject *self, PyObject *args);
void core_dealloc(PyObject *self);
static inline core_state *core_state_of(PyObject *self) {
    return ((core_object *)self)->state;
}
/** A statement without Python's lock. */
#define CORE_UNLOCKED(...)                                                                         \
    do {                                                                                           \
        PyThreadState *unlocked_thread = PyEval_SaveThread();                                      \
        __VA_ARGS__;                                                                               \
        PyEval_RestoreThread(unlocked_thread);                                                     \
    } while (0)

/** The handle of an argument that must be of `type`; NULL: an exception. */
void *core_use_as(PyObject *arg, PyObject *type, const char *wanted);

/** Converters for "O&": whole numbers, not negative; Python's own "I" and "K" let all bits wrap. */
int core_to_u32(PyObject *value, void *out);
int core_to_u64(PyObject *value, void *out);

/* Members that every closable type has. */
#define CORE_CLOSE_METHODS                                                                         \
    {"close", core_close, METH_NOARGS, "Give up the handle; closing twice is fine."},              \
        {"__enter__", core_enter, METH_NOARGS, NULL}, {                                            \
        "__exit__", core_exit, METH_VARARGS, NULL                                                  \
    }
#define CORE_METHOD(fn) ((PyCFunction)(void (*)(void))(fn))

/* ---- errors.c -------------------------------------------------------------------------------- */

/** Raise what `err` says; returns NULL.  An exception that is already set (of a callback) stays. */
PyObject *core_raise(core_state *state, const prism_error *err);
/** The exception for it, as an object; NULL: an exception. */
PyObject *core_exception(core_state *state, const prism_error *err);

/* ---- watch.c --------------------------------------------------------------------------------- */

/** A long call: progress is told, signals are seen. */
typedef struct core_watch {
    PyObject *callback;    /* called with (done, total); NULL = none */
    PyThreadState *thread; /* of the caller, without the global lock */
    uint64_t next_ms;      /* when to look next */
} core_watch;
/** Begin: the global lock is given up. */
void core_watch_begin(core_watch *watch, PyObject *callback);
/** End: it is ours again. */
void core_watch_end(core_watch *watch);
/** A prism_progress_fn whose ctx is a core_watch.  Stops the call where a signal handler or the
 *  callback raised; the exception is then set. */
int core_progress(void *ctx, uint64_t done, uint64_t total);

/* ---- text.c ---------------------------------------------------------------------------------- */

/** Growing bytes, for use with and without the global lock. */
typedef struct core_text {
    char *ptr;
    size_t len, cap;
    bool failed; /* no memory: what follows is lost, and said at the end */
} core_text;
void core_text_put(core_text *text, const void *bytes, size_t len);
/** Room for `len` more bytes, to be written at the end; NULL: failed. */
char *core_text_room(core_text *text, size_t len);
void core_text_free(core_text *text);
static inline void core_text_char(core_text *text, char c) {
    core_text_put(text, &c, 1);
}
/** A text of the library as str, then freed; NULL stays NULL. */
PyObject *core_take_text(char *text);

/* ---- json_string.c, to_json.c, from_json.c --------------------------------------------------- */

/** Append the JSON of a document: a mapping, or str or bytes that are JSON already.
 *  Returns 0, or -1 with an exception; the text is then as it was. */
int core_document_to_json(core_state *state, PyObject *document, core_text *out);
/** A string of JSON from behind its first quote, ill-formed parts as U+FFFD; goes behind the last.
 *  Params : work = space used again from call to call
 *  Returns: NULL: an exception, or none where it is no string */
PyObject *core_json_string(const char **at, const char *end, core_text *work);
/** What a JSON text holds, as dict, list, str, int, float, bool, None; NULL: an exception. */
PyObject *core_from_json(const char *text, size_t len);
/** What a member of a JSON object holds; NULL without an exception: there is none of the name.
 *  Cost   : the others before it are passed over, not read */
PyObject *core_member(const char *text, size_t len, const char *name, size_t name_len);

/* ---- the types ------------------------------------------------------------------------------- */

extern PyType_Spec core_index_spec, core_snapshot_spec, core_writer_spec, core_schema_spec,
    core_query_spec, core_vocabulary_spec, core_answer_spec, core_stats_spec, core_tokenizers_spec;
#define CORE_TYPE_FLAGS                                                                            \
    (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE)
/** Functions of the module, by file. */
extern PyMethodDef core_index_functions[], core_maintain_functions[], core_schema_functions[],
    core_shards_functions[], core_tokenizers_functions[];

/** New objects, which own their argument. */
PyObject *core_schema_new(core_state *state, const prism_schema *schema);
PyObject *core_snapshot_new(core_state *state, prism_snapshot *snap);
PyObject *core_query_new(core_state *state, prism_query *query);
/** A new answer, which owns the hits and refers to the others. */
PyObject *core_answer_new(core_state *state, prism_hits *hits, prism_snapshot *snap,
                          prism_query *query);
/** The set of an argument, borrowed from it; NULL for None and for no argument.  False: an
 *  exception. */
bool core_tokenizers_of(core_state *state, PyObject *arg, prism_tokenizers **set);
/** The hits of an argument that must be an answer, borrowed from it; NULL: an exception. */
const prism_hits *core_answer_hits(core_state *state, PyObject *arg);
/** Snapshot.stats, of shards.c. */
PyObject *core_snapshot_stats(PyObject *self, PyObject *args);
/** A stored document as objects, or as the JSON it is. */
PyObject *core_document(core_state *state, prism_snapshot *snap, uint64_t gdoc, bool raw);
/** Index.backup, of maintain.c. */
PyObject *core_index_backup(PyObject *self, PyObject *args);

/* ---- put_many.c ------------------------------------------------------------------------------ */

/** Writer.put_many, with the writer in use: (number put, [(place, exception)]).
 *  Params : opts = of each put; its progress is core_progress, the ctx a core_watch */
PyObject *core_put_many(PyObject *self, prism_writer *writer, PyObject *documents,
                        const prism_put_opts *opts, bool collect);

#endif
