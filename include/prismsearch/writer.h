/* writer.h - put, delete, commit.
 *
 * What is put is durable and visible when prism_writer_commit returns PRISM_OK, all of it or none.
 * The last put of a key wins.  After an error that poisons the writer every call returns that
 * error; close it and open another: the last commit is intact. */
#ifndef PRISMSEARCH_WRITER_H
#define PRISMSEARCH_WRITER_H

#include <prismsearch/index.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct prism_writer prism_writer;

/** How to write; start from PRISM_WRITER_OPTS_INIT. */
typedef struct prism_writer_opts {
    size_t size;
    size_t memory;     /* budget in bytes of anonymous memory, >= 16 MiB; 0 = 256 MiB */
    unsigned threads;  /* 1; more: PRISM_EUNSUPPORTED in this version */
    int load;          /* bulk load: merge nothing until commit, then once */
    int keep_commits;  /* commits kept on disk, >= 1; 0 = 2 */
    int non_durable;   /* no fsync: for tests and throw-away indexes */
    int strict_schema; /* unknown JSON names reject the document */
    /* at commit, merge down to this many; 0 = by policy (30); PRISM_NO_MERGE = leave all as it
     * is */
    unsigned max_segments;
} prism_writer_opts;
#define PRISM_NO_MERGE 0xffffffffu
#define PRISM_WRITER_OPTS_INIT                                                                     \
    { sizeof(prism_writer_opts), 0, 1, 0, 0, 0, 0, 0 }

/** Become the writer of an index.
 *  Errors : PRISM_EBUSY another has it; PRISM_EREADONLY; as prism_index_open
 *  Threads: internally locked.   Out: owned: prism_writer_close */
PRISM_API prism_status prism_writer_open(prism_index *index, const prism_writer_opts *opts,
                                         prism_writer **out, prism_error *err);
/** Give up what is not committed, release the lock, free; NULL is fine. */
PRISM_API void prism_writer_close(prism_writer *writer);

#define PRISM_PUT_REPLACE 0u /* replace the document of the same key */
#define PRISM_PUT_APPEND                                                                           \
    1u /* the caller knows that the key is new: do not look for an old version */

/** Put one document given as a JSON object.
 *  Params : text [borrowed], UTF-8; flags PRISM_PUT_*; a missing key is made from the content
 *           (XXH3-128, hex)
 *  Errors : PRISM_EPARSE not a JSON object, ill-formed UTF-8, a name twice (line and column);
 *           PRISM_EREJECTED a value that does not fit its field, a key over PRISM_MAX_KEY_BYTES;
 *           PRISM_ELIMIT size or depth: the writer stays usable.  PRISM_EIO, PRISM_ENOSPC,
 *           PRISM_ENOMEM while flushing: see the text */
PRISM_API prism_status prism_writer_put_json(prism_writer *writer, const char *text, size_t len,
                                             unsigned flags, prism_error *err);

/** A document built by hand.  Values are copied.   Threads: one. */
typedef struct prism_doc prism_doc;
PRISM_API prism_status prism_doc_new(const prism_schema *schema, prism_doc **out, prism_error *err);
/** Add a value by its text form (date as ISO 8601, numbers in decimal, bool as true/false).
 *  Errors : PRISM_ENOTFOUND no such field; PRISM_EREJECTED a second value of a single field, a bad
 *           value */
PRISM_API prism_status prism_doc_add(prism_doc *doc, const char *field, const char *text,
                                     size_t len, prism_error *err);
PRISM_API void prism_doc_clear(prism_doc *doc);
PRISM_API void prism_doc_free(prism_doc *doc);
/** Put a document built by hand; it may be put again, or cleared and filled anew.
 *  Errors : as prism_writer_put_json; PRISM_EINVAL built for another schema */
PRISM_API prism_status prism_writer_put(prism_writer *writer, prism_doc *doc, unsigned flags,
                                        prism_error *err);

/** Delete by key.  *n (may be NULL) = documents deleted, 0 or 1, pending ones included. */
PRISM_API prism_status prism_writer_delete(prism_writer *writer, const char *key, size_t len,
                                           uint64_t *n, prism_error *err);

/** Make everything since the last commit durable and visible.
 *  Params : payload [borrowed] bytes kept with the commit, may be NULL; *generation (may be NULL)
 *  Errors : PRISM_ENOSPC, PRISM_EIO, PRISM_ENOMEM: nothing changed on disk; PRISM_EUNKNOWN:
 *           committed or not, the writer is poisoned
 *  Cost   : flush + fsyncs (R1) + merges by policy */
PRISM_API prism_status prism_writer_commit(prism_writer *writer, const void *payload, size_t len,
                                           uint64_t *generation, prism_error *err);
/** Forget everything since the last commit. */
PRISM_API prism_status prism_writer_rollback(prism_writer *writer, prism_error *err);
/** Merge down to at most max_segments (>= 1) and commit.  progress units: documents. */
PRISM_API prism_status prism_writer_merge(prism_writer *writer, uint32_t max_segments,
                                          prism_progress_fn progress, void *ctx, prism_error *err);

/** What a writer has done; set size to sizeof before the call. */
typedef struct prism_writer_stats {
    size_t size;
    uint64_t documents_put, documents_deleted; /* since open */
    uint64_t unknown_fields;      /* documents that held a JSON name not in the schema */
    char first_unknown_field[64]; /* "" if none */
    uint64_t ill_formed;          /* ill-formed UTF-8 parts treated as separators */
    uint64_t flushes, merges;
    size_t memory, memory_peak;
} prism_writer_stats;
/** Counters since open. */
PRISM_API prism_status prism_writer_get_stats(prism_writer *writer, prism_writer_stats *stats,
                                              prism_error *err);

#ifdef __cplusplus
}
#endif
#endif
