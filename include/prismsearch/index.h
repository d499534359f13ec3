/* index.h - an index directory, snapshots of it, and what they hold.
 *
 * One writer (see writer.h), any number of readers in any number of processes.  Readers take no
 * lock and need no write permission.  A snapshot never changes; it stays usable while newer commits
 * come and go, and while the index handle is closed. */
#ifndef PRISMSEARCH_INDEX_H
#define PRISMSEARCH_INDEX_H

#include <prismsearch/schema.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct prism_index prism_index;
typedef struct prism_snapshot prism_snapshot;

/** When stored bytes are proved against their checksums. */
typedef enum prism_checksums {
    PRISM_CHECKSUMS_LAZY = 0,  /* each 64 KiB region on first touch (default) */
    PRISM_CHECKSUMS_EAGER = 1, /* all at open */
    PRISM_CHECKSUMS_OFF = 2,   /* only metadata at open; still memory-safe */
} prism_checksums;

/** How to open or create; start from PRISM_INDEX_OPTS_INIT. */
typedef struct prism_index_opts {
    size_t size;
    const prism_allocator *allocator; /* NULL = malloc */
    prism_checksums checksums;
    int use_pread; /* read into private memory instead of mapping: for untrusted or network files */
    int read_only; /* never write, not even the lock file */
    int in_memory; /* create: nothing on disk, path is a label */
    prism_tokenizers *tokenizers; /* [referenced] for fields that name them; see ext/tokenizer.h */
} prism_index_opts;
#define PRISM_INDEX_OPTS_INIT                                                                      \
    { sizeof(prism_index_opts), NULL, PRISM_CHECKSUMS_LAZY, 0, 0, 0, NULL }

/** Make a new, empty index and its first commit.
 *  Params : path is created if absent and must be empty of index files; schema [borrowed], NULL = default
 *  Errors : PRISM_EEXISTS there is an index; PRISM_EIO, PRISM_EREADONLY, PRISM_EUNSUPPORTED (file system)
 *  Out    : owned: prism_index_close */
PRISM_API prism_status prism_index_create(const char *path, const prism_schema *schema,
                                          const prism_index_opts *opts, prism_index **out,
                                          prism_error *err);
/** Open an existing index.
 *  Errors : PRISM_ENOTFOUND no index there; PRISM_ETOONEW, PRISM_ETOOOLD, PRISM_EANALYZER, PRISM_ECORRUPT, PRISM_EIO
 *  Threads: the handle may be shared.   Cost: O(metadata) */
PRISM_API prism_status prism_index_open(const char *path, const prism_index_opts *opts,
                                        prism_index **out, prism_error *err);
/** Close a handle; NULL is fine.  Snapshots taken from it live on. */
PRISM_API void prism_index_close(prism_index *index);
/** The schema as of open, borrowed. */
PRISM_API const prism_schema *prism_index_schema(const prism_index *index);

/** A view of the newest commit.   Out: owned: prism_snapshot_unref.   Cost: one directory listing, opens */
PRISM_API prism_status prism_snapshot_open(prism_index *index, prism_snapshot **out,
                                           prism_error *err);
/** The newest commit, sharing all unchanged segments with `snap`; *out is a new reference to `snap` itself if
 *  nothing changed.   Cost: one directory listing when nothing changed */
PRISM_API prism_status prism_snapshot_refresh(prism_snapshot *snap, prism_snapshot **out,
                                              prism_error *err);
PRISM_API prism_snapshot *prism_snapshot_ref(prism_snapshot *snap);
PRISM_API void prism_snapshot_unref(prism_snapshot *snap);

/** Generation number, index uuid (16 bytes, borrowed), live and deleted documents, segments. */
PRISM_API uint64_t prism_snapshot_generation(const prism_snapshot *snap);
PRISM_API const uint8_t *prism_snapshot_uuid(const prism_snapshot *snap);
PRISM_API uint64_t prism_snapshot_documents(const prism_snapshot *snap);
PRISM_API uint64_t prism_snapshot_deleted(const prism_snapshot *snap);
PRISM_API uint32_t prism_snapshot_segments(const prism_snapshot *snap);
PRISM_API const prism_schema *prism_snapshot_schema(const prism_snapshot *snap);

/** Sizes, counts and versions of a snapshot as one JSON object: documents, deleted, generation, uuid, per field
 *  {documents, terms, tokens}, per component bytes, per segment rows.
 *  Out    : *json is an owned string: prism_free_text(json) */
PRISM_API prism_status prism_snapshot_info(prism_snapshot *snap, char **json, prism_error *err);
/** Free a text that a call handed over; NULL is fine. */
PRISM_API void prism_free_text(char *text);

/** The number of the document with this key, or PRISM_ENOTFOUND.  gdoc is valid for this snapshot only. */
PRISM_API prism_status prism_document_find(prism_snapshot *snap, const char *key, size_t len,
                                           uint64_t *gdoc, prism_error *err);
/** The stored document as JSON.   Out: *json owned: prism_free_text; *len without the NUL */
PRISM_API prism_status prism_document_get(prism_snapshot *snap, uint64_t gdoc, char **json,
                                          size_t *len, prism_error *err);

/** One dictionary entry: the term as text, its kind name ("word", "han1", "han2", "hanend", "exact"), df and cf summed over
 *  segments (deleted documents count until a merge).  Return non-zero to stop. */
typedef int (*prism_term_fn)(void *ctx, const char *term, size_t len, const char *kind, uint64_t df,
                             uint64_t cf);
/** Walk the dictionary of a field in key order, from the first term that begins with prefix to the last.
 *  Errors : PRISM_ENOTFOUND no such field; PRISM_ECANCELED the callback stopped */
PRISM_API prism_status prism_snapshot_terms(prism_snapshot *snap, const char *field,
                                            const char *prefix, size_t prefix_len,
                                            prism_term_fn each, void *ctx, prism_error *err);

/** How hard prism_index_check looks. */
typedef enum prism_check_level {
    PRISM_CHECK_QUICK = 0,
    PRISM_CHECK_NORMAL = 1,
    PRISM_CHECK_DEEP = 2
} prism_check_level;
/** A finding of check: a sentence, the file and the offset. */
typedef void (*prism_finding_fn)(void *ctx, const prism_error *finding);
/** Verify an index with pread, assuming nothing.  quick: metadata of every file; normal: every byte and every structure,
 *  cross-checked; deep: re-analyzes the stored documents and compares all postings.
 *  Out    : *n_findings; PRISM_OK even if there are some (the call worked); orphans are reported as notes with code PRISM_OK
 *  Errors : PRISM_ENOTFOUND no index; PRISM_EIO; PRISM_ENOMEM; PRISM_ECANCELED by progress (units: documents) */
PRISM_API prism_status prism_index_check(const char *path, prism_check_level level,
                                         const prism_index_opts *opts, prism_finding_fn each,
                                         void *ctx, prism_progress_fn progress, void *progress_ctx,
                                         uint64_t *n_findings, prism_error *err);

#ifdef __cplusplus
}
#endif
#endif
