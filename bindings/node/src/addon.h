/* addon.h - what the files of the addon share.
 *
 * Plain Node-API 8: one binary for Node 18 and every later one.  The addon is thin: it turns
 * arguments into calls of the library and results into JavaScript's own values; what is convenient
 * is JavaScript (lib/).
 *
 * Jobs     Every call that reads, writes, waits or takes a lock of the library is a job (job.c):
 *          made and finished in JavaScript's thread, run in the pool, or, for ...Sync, in place.
 *          What runs touches no value of JavaScript.
 * Handles  Each owns one thing of the library (handle.c).  They are only used in the thread that
 *          made them; jobs hold them, so neither close() nor the collector takes them away.
 * Errors   A status becomes an exception of lib/errors.js (error.c).
 * Failing  Any call of Node-API can fail, at the end of a worker all do: then NULL or false goes up
 *          to the caller, and an exception is pending or nobody is left to see one. */
#ifndef PRISMSEARCH_NODE_ADDON_H
#define PRISMSEARCH_NODE_ADDON_H

#define NAPI_VERSION 8
#include <node_api.h>

#include <prismsearch.h>

#include <stdbool.h>
#include <stdint.h>

typedef struct addon_job addon_job;

/** What a context of JavaScript (the process, a worker) keeps. */
typedef struct addon_state {
    napi_ref make_error; /* lib/errors.js: an exception of a status */
    napi_ref make_list;  /* lib/run.js: an array of values */
    napi_ref big_int;    /* the global BigInt */
    addon_job *jobs;     /* all that are under way */
} addon_state;
addon_state *addon_state_of(napi_env env);

/* ---- text.c ---------------------------------------------------------------------------------- */

/** Growing bytes. */
typedef struct addon_text {
    char *ptr;
    size_t len, cap;
    bool failed; /* no memory: what follows is lost, and said at the end */
} addon_text;
void addon_text_put(addon_text *text, const void *bytes, size_t len);
/** Room for `len` more bytes, to be written at the end; NULL: failed. */
char *addon_text_room(addon_text *text, size_t len);
void addon_text_free(addon_text *text);
static inline void addon_text_char(addon_text *text, char c) {
    addon_text_put(text, &c, 1);
}

/** A string of JavaScript as UTF-8 at the end of text.  One with half a surrogate pair, which has
 *  no UTF-8 form, and one longer than a document may be are refused. */
bool addon_put_string(napi_env env, napi_value value, addon_text *text);
/** A string of UTF-8; ill-formed parts become U+FFFD. */
napi_value addon_string(napi_env env, const char *bytes, size_t len);
/** A text of the library, then freed; NULL is null. */
napi_value addon_take_text(napi_env env, char *text);

/* ---- args.c ---------------------------------------------------------------------------------- */

#define ADDON_MAX_ARGS 24

/** The arguments of a call; the readers return false with an exception. */
typedef struct addon_args {
    napi_env env;
    size_t n;
    napi_value v[ADDON_MAX_ARGS];
} addon_args;
bool addon_args_get(addon_args *args, napi_env env, napi_callback_info info);
bool addon_is_nothing(napi_env env, napi_value value); /* undefined or null */
bool addon_get_bool(addon_args *args, size_t i, bool *out);
bool addon_get_double(addon_args *args, size_t i, double *out);
/** Whole and not negative; nothing = 0. */
bool addon_get_u64(addon_args *args, size_t i, uint64_t *out);
bool addon_get_u32(addon_args *args, size_t i, uint32_t *out);
bool addon_get_size(addon_args *args, size_t i, size_t *out);
/** Bytes of a string, with a NUL behind them that *len does not count [owned: free]; nothing =
 *  NULL. */
bool addon_get_text(addon_args *args, size_t i, char **out, size_t *len);
/** The same for what the library reads to its NUL: one inside is refused. */
bool addon_get_name(addon_args *args, size_t i, char **out);
/** The same of a value that is no argument. */
bool addon_value_text(napi_env env, napi_value value, char **out, size_t *len);
/** Bytes of a Uint8Array, ArrayBuffer, DataView or string [owned: free]. */
bool addon_get_bytes(addon_args *args, size_t i, char **out, size_t *len);
/** Whether it is a view of bytes; they are borrowed while no JavaScript runs. */
bool addon_as_bytes(napi_env env, napi_value value, const void **bytes, size_t *len);

/* Making values; NULL in, NULL out. */
napi_value addon_number(napi_env env, uint64_t number); /* a BigInt where a double has no room */
napi_value addon_integer(napi_env env, int64_t number);
napi_value addon_bool(napi_env env, bool value);
napi_value addon_null(napi_env env);
napi_value addon_undefined(napi_env env);
/** An array of n values; NULL if any of them is. */
napi_value addon_array(napi_env env, const napi_value *values, size_t n);
/** An array of these values behind those of `array` (NULL = a new one): own elements, whatever
 *  setters the prototype of arrays has. */
napi_value addon_list(napi_env env, napi_value array, const napi_value *values, size_t n);
bool addon_set(napi_env env, napi_value object, const char *name, napi_value value);

/* ---- error.c --------------------------------------------------------------------------------- */

/** The exception for it; NULL where none can be made. */
napi_value addon_error(napi_env env, const prism_error *err);
/** Throw it; returns NULL.  An exception that is pending stays. */
napi_value addon_throw(napi_env env, const prism_error *err);
/** Throw an exception of a status with a sentence of our own. */
napi_value addon_throw_status(napi_env env, prism_status status, const char *text);
napi_value addon_throw_type(napi_env env, const char *text);
napi_value addon_throw_memory(napi_env env);
/** Fill an error with a sentence of our own; returns the status.  In any thread. */
prism_status addon_fail(prism_error *err, prism_status status, const char *text);
#define ADDON_ECLOSED 1 /* a status of ours: the handle is closed */

/* ---- handle.c -------------------------------------------------------------------------------- */

typedef enum addon_kind {
    ADDON_INDEX = 1,
    ADDON_SNAPSHOT = 2,
    ADDON_WRITER = 4,
    ADDON_SCHEMA = 8,
    ADDON_ANSWER = 16,
    ADDON_BATCH = 32,
} addon_kind;
#define ADDON_VIEW ((addon_kind)(ADDON_INDEX | ADDON_SNAPSHOT))

typedef void (*addon_free_fn)(void *ptr);

/** What owns a thing of the library. */
typedef struct addon_handle {
    addon_kind kind;
    void *ptr; /* NULL: closed */
    addon_free_fn give_up;
    uint32_t refs;                     /* the value of JavaScript, and jobs */
    uint32_t users;                    /* jobs, those that wait included */
    bool closing;                      /* close() was called */
    bool telling;                      /* a ...Sync call is inside and may call back */
    addon_job *current, *first, *last; /* of a writer: its jobs take turns */
    addon_job *close_job;              /* under way, or to be begun when the last user is done */
} addon_handle;

/** A new value; ptr is given up if there is none. */
napi_value addon_handle_new(napi_env env, addon_kind kind, void *ptr, addon_free_fn give_up);
/** The handle of a value of one of these kinds; NULL: an exception. */
addon_handle *addon_handle_of(napi_env env, napi_value value, addon_kind kinds);
/** The same, open; NULL: an exception. */
addon_handle *addon_handle_open(napi_env env, napi_value value, addon_kind kinds);
void addon_handle_unref(addon_handle *handle);
/** A job is done with it. */
void addon_handle_done(napi_env env, addon_handle *handle);

/* ---- job.c ----------------------------------------------------------------------------------- */

#define ADDON_JOB_HANDLES 2

/** A call of the library: the first member of what its own file needs. */
struct addon_job {
    void (*run)(addon_job *job);                        /* sets status and err; no JavaScript */
    napi_value (*finish)(napi_env env, addon_job *job); /* the result; NULL: an exception */
    void (*drop)(addon_job *job);                       /* frees what is inside; may be NULL */
    addon_handle *handles[ADDON_JOB_HANDLES];           /* those it uses */
    prism_status status;
    prism_error err;
    volatile int cancelled;
    struct addon_progress *progress; /* NULL: nobody asked */
    bool only_looks; /* it changes nothing: what the callback throws counts at its end, too */
    /* of one in the pool */
    uint32_t id;
    bool waits;    /* to be begun by addon_handle_done */
    bool queued;   /* the pool has it */
    bool any_time; /* in place, it may overtake the line of its writer */
    napi_deferred deferred;
    napi_async_work work;
    addon_job *prev, *next; /* among all that are under way */
    addon_job *behind;      /* in the line of a writer, or of those that wait for a close */
};

/** A new job of `size` bytes, zeros behind its head; NULL: an exception. */
void *addon_job_new(napi_env env, size_t size, void (*run)(addon_job *),
                    napi_value (*finish)(napi_env, addon_job *), void (*drop)(addon_job *));
/** Use a handle of an argument till the job is gone; NULL: an exception. */
addon_handle *addon_job_use(napi_env env, addon_job *job, napi_value value, addon_kind kinds);
/** Give up a job that was not started; returns NULL. */
napi_value addon_job_drop(napi_env env, addon_job *job);
/** Start it: argument i is 0 = now, in place, or its number in the pool.  Returns the result or a
 *  promise of it. */
napi_value addon_job_start(addon_args *args, size_t i, addon_job *job);
/** Begin one that has waited for its handle. */
void addon_job_begin(napi_env env, addon_job *job);
/** What async_hooks call our jobs. */
napi_value addon_work_name(napi_env env);

/* ---- progress.c ------------------------------------------------------------------------------ */

/** Argument i, a function or nothing, is told how far the job is. */
bool addon_progress_from(addon_args *args, size_t i, addon_job *job);
/** Before and after the job runs. */
bool addon_progress_begin(napi_env env, addon_job *job, bool in_place);
void addon_progress_end(napi_env env, addon_job *job);
/** The job is done: a message that is still on its way is given now. */
void addon_progress_last(napi_env env, addon_job *job);
/** What the callback threw is thrown again; false if it did not. */
bool addon_progress_rethrow(napi_env env, addon_job *job);
/** A prism_progress_fn whose ctx is the job. */
int addon_progress(void *job, uint64_t done, uint64_t total);

/* ---- to_json.c, from_json.c ------------------------------------------------------------------ */

/** Append the JSON of a document: an object, or a string or bytes that are JSON already.  False
 *  with an exception; the text is then as it was. */
bool addon_document_to_json(napi_env env, napi_value document, addon_text *out);
/** What a JSON text holds; of an object only these members if `some`. */
typedef struct addon_names {
    bool some; /* false: all of them */
    addon_text text;
    uint32_t n;
    size_t *ends; /* of each in text */
} addon_names;
napi_value addon_from_json(napi_env env, const char *text, size_t len, const addon_names *names);
/** The same of n texts, which are like each other, as an array. */
napi_value addon_page_from_json(napi_env env, char *const *texts, const size_t *lens, uint32_t n,
                                const addon_names *names);

/* ---- query.c --------------------------------------------------------------------------------- */

/** A query as lib/query.js describes it, to be read by a schema later. */
typedef struct addon_query addon_query;
/** NULL: an exception. */
addon_query *addon_query_read(napi_env env, napi_value spec);
void addon_query_free(addon_query *query);
/** Notes of the lenient reader go to `notes`, which may be NULL. */
prism_status addon_query_make(const addon_query *query, const prism_schema *schema,
                              addon_text *notes, prism_query **out, prism_error *err);
/** [[offset, sentence], ...] */
napi_value addon_notes(napi_env env, const addon_text *notes);

/* ---- view.c ---------------------------------------------------------------------------------- */

/** An index with the newest of its snapshots, which is kept to be refreshed. */
typedef struct addon_index addon_index;
addon_index *addon_index_new(prism_index *index); /* NULL: no memory, and index is closed */
void addon_index_free(void *index);
prism_index *addon_index_of(addon_index *index);
/** The snapshot of a view: the newest of an index, or itself [owned].  In any thread. */
prism_status addon_view_snapshot(const addon_handle *view, prism_snapshot **out, prism_error *err);
napi_value addon_snapshot_value(napi_env env, prism_snapshot *snap);
napi_value addon_schema_value(napi_env env, const prism_schema *schema);

/* ---- the functions of each file -------------------------------------------------------------- */

typedef struct addon_function {
    const char *name;
    napi_callback call;
} addon_function;
extern const addon_function addon_answer_functions[], addon_batch_functions[],
    addon_handle_functions[], addon_index_functions[], addon_job_functions[],
    addon_maintain_functions[], addon_repair_functions[], addon_schema_functions[],
    addon_search_functions[], addon_view_functions[], addon_writer_functions[];

/** Findings that were kept one behind the other, as exceptions. */
void addon_keep_finding(void *text, const prism_error *finding);
napi_value addon_findings(napi_env env, const addon_text *findings);

/* ---- answer.c -------------------------------------------------------------------------------- */

/** What a search found, with what was read of its documents. */
typedef struct addon_answer {
    prism_hits *hits;
    prism_snapshot *snap;
    prism_query *query;
    uint32_t n, n_fields;
    char **json;              /* n stored texts, or NULL: not read */
    size_t *json_len;         /* of each */
    prism_snippet **snippets; /* n * n_fields, some NULL; or NULL */
    size_t bytes;             /* of the texts */
    napi_env env;             /* whose collector was told of them; NULL = nobody was */
} addon_answer;
void addon_answer_free(void *answer);
/** It goes to JavaScript: its collector is told what it holds. */
void addon_answer_shown(napi_env env, addon_answer *answer);
/** Read the documents and fragments of all hits. */
prism_status addon_answer_load(addon_answer *a, bool documents, char *const *fields,
                               uint32_t n_fields, const prism_snippet_opts *opts,
                               const volatile int *cancelled, prism_error *err);

#endif
