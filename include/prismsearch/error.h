/* error.h - what can go wrong, and what the caller should do about it. */
#ifndef PRISMSEARCH_ERROR_H
#define PRISMSEARCH_ERROR_H

#include <prismsearch/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Result of a fallible call.  0 is success, every failure is negative.  New codes may be added. */
typedef int prism_status;

/* Each status with what the caller should do about it. */
#define PRISM_OK 0
#define PRISM_ENOMEM (-1)     /* no memory: free some, call again; nothing on disk changed */
#define PRISM_EIO (-2)        /* the system refused a read or write: see sys_errno and file */
#define PRISM_ENOSPC (-3)     /* disk full or quota: the last commit is intact; make room */
#define PRISM_ECORRUPT (-4)   /* stored bytes are damaged: run check; file, offset say where */
#define PRISM_ETOOOLD (-5)    /* written by a version no longer read: upgrade with an older one */
#define PRISM_ETOONEW (-6)    /* written by a newer version: update the library */
#define PRISM_EANALYZER (-7)  /* cut by other rules, or a tokenizer is missing: see the text */
#define PRISM_ENOTFOUND (-8)  /* no such index, field or document */
#define PRISM_EEXISTS (-9)    /* there already is one */
#define PRISM_EBUSY (-10)     /* another writer holds the lock: try later */
#define PRISM_EINVAL (-11)    /* a bad argument: fix the call */
#define PRISM_EPARSE (-12)    /* a text that cannot be read: see offset, line, column */
#define PRISM_EREJECTED (-13) /* a document that breaks the schema: skip or mend it */
#define PRISM_ELIMIT (-14)    /* a stated limit was met: the text names it */
#define PRISM_ECANCELED (-15) /* the caller's callback stopped the call */
#define PRISM_EREADONLY (-16) /* a write on a handle or file system that only reads */
#define PRISM_EUNSUPPORTED (-17) /* not in this version, or not on this file system */
#define PRISM_EMISUSE (-18)      /* a writer after fork, or a shared thing changed */
#define PRISM_EUNKNOWN (-19)     /* published or not, the disk did not say: reopen to learn */
#define PRISM_EBUDGET (-20)      /* the memory or work budget is spent */

/** Where and why.  Owned by the caller, filled by the failing call, never allocated.
 *  Set `size` with PRISM_ERROR_INIT before the first use; a call that succeeds leaves it alone. */
typedef struct prism_error {
    size_t size;
    prism_status code;
    int sys_errno;   /* errno of the system call, 0 if none */
    uint64_t offset; /* byte offset in the file, query or text; UINT64_MAX if none */
    uint32_t line;   /* line in a text input from 1, 0 if none */
    uint32_t column; /* byte column in that line or in the query from 1, 0 if none */
    char file[128];  /* file name inside the index or as typed, "" if none */
    char text[240];  /* one sentence, UTF-8, NUL-terminated */
} prism_error;

#define PRISM_ERROR_INIT                                                                           \
    { sizeof(prism_error), 0, 0, UINT64_MAX, 0, 0, "", "" }

/** Short constant name of a status, "ENOMEM"; "UNKNOWN" for a number that is none.
 *  Errors : none.   Threads: any.   Cost: none */
PRISM_API const char *prism_status_name(prism_status status);

/** Use the kernels of one CPU level, in the whole process, from the next block on: "scalar",
 *  "sse42", "avx2", "avx512", "neon"; NULL = the best there is, as at start.  For benches and
 *  tests: results are the same at every level.
 *  Errors : PRISM_EINVAL no level of that name; PRISM_EUNSUPPORTED not of this CPU or build
 *  Threads: any.   Cost: none */
PRISM_API prism_status prism_cpu_use(const char *level, prism_error *err);

#ifdef __cplusplus
}
#endif
#endif
