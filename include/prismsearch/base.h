/* base.h - what every other public header needs: export marks, version, allocator, limits.
 *
 * Conventions of the whole library.  Comments on functions say what goes beyond them.
 *   - Every function that can fail returns `prism_status` (see error.h) and takes a caller-owned
 *     `prism_error *err` last, which may be NULL.  Outputs are NULL or 0 after any error.
 *   - A NULL where none is allowed, an options struct without its size and a value that is not of
 *     its enum are PRISM_EINVAL.  Whatever allocates may give PRISM_ENOMEM.
 *   - `**out` is owned by the caller and given back to the function named in its comment, which
 *     takes NULL too.  A returned `const T *` is borrowed and lives as long as the object it was
 *     taken from.  Arguments are borrowed for the call, unless they are said to be referenced or
 *     copied.
 *   - Texts are UTF-8 with an explicit length and need no NUL.  A parameter that is a string (ends
 *     in NUL) is one without a length beside it.
 *   - Options structs begin with `size` and have an INIT macro; they grow at the end only.  NULL
 *     instead of options means the defaults.
 *   - Threads: schemas, tokenizers, indexes, queries, snapshots and statistics may be used by any
 *     number of threads at once; a writer too, which locks itself.  Documents, hits and snippets
 *     belong to one thread at a time.  A handle is given up when no thread uses it any more.
 *   - After fork, a child may go on with all but writers (PRISM_EMISUSE), which it may close.
 *   - No function aborts, exits, prints, reads the environment or the locale, or keeps a global. */
#ifndef PRISMSEARCH_BASE_H
#define PRISMSEARCH_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PRISM_API __attribute__((visibility("default")))
#else
#define PRISM_API
#endif

/* Version of these headers; prism_version tells that of the library. */
#define PRISM_VERSION_MAJOR 0
#define PRISM_VERSION_MINOR 1
#define PRISM_VERSION_PATCH 0
#define PRISM_VERSION_STRING "0.1.0"

/** Version of the library that is linked, as a static string "major.minor.patch".
 *  Errors : none.   Threads: any.   Cost: none */
PRISM_API const char *prism_version(void);

/** Caller's memory hooks.  Given at open or creation, copied, used for everything that the handle
 *  and its children allocate (third-party libraries that offer no hook excepted: ICU, simdjson).
 *  `resize` behaves as realloc (ptr may be NULL), `release` as free (ptr may be NULL).
 *  `old_size` is the size the block was asked for with; hooks may ignore it.
 *  Threads: the hooks must be callable from every thread that uses the handle. */
typedef struct prism_allocator {
    void *(*resize)(void *ctx, void *ptr, size_t old_size, size_t new_size);
    void (*release)(void *ctx, void *ptr, size_t size);
    void *ctx;
} prism_allocator;

/** Progress of a long call.  Return 0 to go on, anything else to cancel (PRISM_ECANCELED).
 *  Units: `done` and `total` in the unit that the call documents; total 0 = unknown. */
typedef int (*prism_progress_fn)(void *ctx, uint64_t done, uint64_t total);

/* Hard limits (reliability rules R22, R23, R44-R50). */
#define PRISM_MAX_FIELDS 1024u          /* fields in a schema */
#define PRISM_MAX_KEY_BYTES 1024u       /* bytes of a document key */
#define PRISM_MAX_TOKEN_BYTES 255u      /* bytes of a token before folding */
#define PRISM_MAX_TERM_BYTES 1024u      /* bytes of a term key in the dictionary */
#define PRISM_MAX_DOC_BYTES (16u << 20) /* bytes of one JSON document */
#define PRISM_MAX_DOC_TOKENS 10000000u  /* positions of one field of one document */
#define PRISM_MAX_SEGMENT_DOCS 0x7ffffffeu
#define PRISM_MAX_QUERY_BYTES (64u << 10)
#define PRISM_MAX_QUERY_NODES 1024u
#define PRISM_MAX_QUERY_DEPTH 64u
#define PRISM_MAX_PHRASE_TERMS 256u
#define PRISM_MAX_K 10000u                 /* k + offset of one search */
#define PRISM_MAX_SNIPPET_BYTES (1u << 20) /* bytes of a field that a snippet looks at */
#define PRISM_MAX_SORT 16u                 /* criteria of one order */

#ifdef __cplusplus
}
#endif
#endif
