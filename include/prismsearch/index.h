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
    const prism_allocator *allocator; /* copied; NULL = malloc */
    prism_checksums checksums;
    int use_pread; /* read into private memory instead of mapping: for untrusted or network files */
    int read_only; /* never write, not even the lock file */
    int in_memory; /* create: nothing on disk, path is a label */
    prism_tokenizers *tokenizers; /* referenced; for fields that name them, see ext/tokenizer.h */
    unsigned commits_back;        /* open: pass over so many of the newest commits and read the
                                     newest one before them that is whole; 0 = the newest */
} prism_index_opts;
#define PRISM_INDEX_OPTS_INIT                                                                      \
    { sizeof(prism_index_opts), NULL, PRISM_CHECKSUMS_LAZY, 0, 0, 0, NULL, 0 }

/** Make a new, empty index and its first commit.
 *  Params : path is created if absent (its parent is not) and must hold no index; schema
 *           [referenced], NULL = that of prism_schema_default; out [owned: prism_index_close]
 *  Errors : PRISM_EEXISTS there is an index; PRISM_EBUSY somebody is making one; PRISM_ENOTFOUND no
 *           parent directory; PRISM_EINVAL path is a file, read_only is set; PRISM_EREADONLY;
 *           PRISM_EIO, PRISM_ENOSPC; PRISM_EUNSUPPORTED a file system without locks or syncs;
 *           PRISM_EUNKNOWN
 *  Cost   : fsyncs of the commit file and the directory */
PRISM_API prism_status prism_index_create(const char *path, const prism_schema *schema,
                                          const prism_index_opts *opts, prism_index **out,
                                          prism_error *err);
/** Open an existing index.
 *  Params : out [owned: prism_index_close].  With opts.commits_back the handle is read-only and its
 *           snapshots are all of the commit found now; nothing else falls back to an older commit
 *  Errors : PRISM_ENOTFOUND no index there, or no commit so far back; PRISM_EANALYZER a field's
 *           tokenizer is not in opts.tokenizers, naming it; PRISM_ETOONEW, PRISM_ETOOOLD,
 *           PRISM_ECORRUPT, PRISM_EIO; PRISM_EBUSY commits came faster than they could be read;
 *           PRISM_EINVAL path is a file, in_memory is set
 *  Cost   : reads the newest commit file */
PRISM_API prism_status prism_index_open(const char *path, const prism_index_opts *opts,
                                        prism_index **out, prism_error *err);
/** Close a handle; NULL is fine.  Snapshots and writers taken from it live on. */
PRISM_API void prism_index_close(prism_index *index);
/** The schema as of open, borrowed from the index; NULL for NULL.  A commit of another process may
 *  have changed it since: prism_snapshot_schema and prism_writer_schema say what theirs is. */
PRISM_API const prism_schema *prism_index_schema(const prism_index *index);

/** A view of the newest commit.
 *  Params : out [owned: prism_snapshot_unref], which keeps what it needs of the index
 *  Errors : PRISM_EANALYZER a field was cut by other rules or another version of its tokenizer;
 *           PRISM_ECORRUPT damaged, or another index stands there by now; PRISM_ETOONEW, PRISM_EIO;
 *           PRISM_EBUSY commits came faster than they could be opened
 *  Cost   : one directory listing; opens the files of each segment */
PRISM_API prism_status prism_snapshot_open(prism_index *index, prism_snapshot **out,
                                           prism_error *err);
/** The newest commit, sharing all unchanged segments with `snap`.
 *  Params : out [owned: prism_snapshot_unref]; a new reference to `snap` itself if nothing changed
 *  Errors : as prism_snapshot_open; `snap` stays good
 *  Cost   : one directory listing when nothing changed, else the segments that are new */
PRISM_API prism_status prism_snapshot_refresh(prism_snapshot *snap, prism_snapshot **out,
                                              prism_error *err);
/** Another reference; returns its argument, which may be NULL.   Threads: any */
PRISM_API prism_snapshot *prism_snapshot_ref(prism_snapshot *snap);
/** Drop a reference; NULL is fine.   Threads: any */
PRISM_API void prism_snapshot_unref(prism_snapshot *snap);

/* What a snapshot is of; 0 or NULL for NULL. */
/** Number of the commit, from 1, higher for later ones. */
PRISM_API uint64_t prism_snapshot_generation(const prism_snapshot *snap);
/** 16 bytes that tell this index from every other one, borrowed. */
PRISM_API const uint8_t *prism_snapshot_uuid(const prism_snapshot *snap);
/** Documents that can be found. */
PRISM_API uint64_t prism_snapshot_documents(const prism_snapshot *snap);
/** Documents deleted or replaced that no merge has dropped yet. */
PRISM_API uint64_t prism_snapshot_deleted(const prism_snapshot *snap);
/** Segments. */
PRISM_API uint32_t prism_snapshot_segments(const prism_snapshot *snap);
/** The schema of the commit, borrowed. */
PRISM_API const prism_schema *prism_snapshot_schema(const prism_snapshot *snap);
/** The bytes given to prism_writer_commit, borrowed; NULL and *len 0 if there are none.
 *  Params : len may be NULL */
PRISM_API const void *prism_snapshot_payload(const prism_snapshot *snap, size_t *len);

/** Sizes, counts and versions of a snapshot as one JSON object: documents, deleted, generation,
 *  uuid, per field {documents, terms, tokens}, bytes of each component, a row for each segment.
 *  Params : *json [owned: prism_free_text], a string
 *  Errors : PRISM_ECORRUPT, PRISM_EIO */
PRISM_API prism_status prism_snapshot_info(prism_snapshot *snap, char **json, prism_error *err);
/** Free a text that a call handed over; NULL is fine. */
PRISM_API void prism_free_text(char *text);

/** Find a document by its key.
 *  Params : *gdoc = its number, good for this snapshot only
 *  Errors : PRISM_ENOTFOUND no such document, or the schema has no key; PRISM_ECORRUPT, PRISM_EIO
 *  Cost   : one look-up a segment */
PRISM_API prism_status prism_document_find(prism_snapshot *snap, const char *key, size_t len,
                                           uint64_t *gdoc, prism_error *err);
/** The stored document.
 *  Params : *json [owned: prism_free_text], a string; *len its length without NUL, len may be NULL
 *  Errors : PRISM_ENOTFOUND no such number, or deleted; PRISM_ECORRUPT, PRISM_EIO
 *  Cost   : one frame of 16 to 64 KiB is read and decompressed */
PRISM_API prism_status prism_document_get(prism_snapshot *snap, uint64_t gdoc, char **json,
                                          size_t *len, prism_error *err);

/** One document.  Return 0 to go on, anything else to stop.
 *  Params : json [borrowed during the callback] of len bytes, not a string */
typedef int (*prism_document_fn)(void *ctx, uint64_t gdoc, const char *json, size_t len);
/** Walk all documents that can be found, in the order in which they were put.  Their
 *  numbers ascend but where a merge put documents in another order.
 *  Errors : PRISM_ECANCELED the callback stopped; PRISM_ECORRUPT, PRISM_EIO, PRISM_ENOMEM
 *  Cost   : every frame is read and decompressed once; memory for one, and 4 bytes a document of a
 *           segment in another order */
PRISM_API prism_status prism_document_each(prism_snapshot *snap, prism_document_fn each, void *ctx,
                                           prism_error *err);

/** One entry of a dictionary.  Return 0 to go on, anything else to stop.
 *  Params : term [borrowed during the callback]; kind "word", "han1", "han2", "hanend", "exact" or
 *           "hanword"
 *  Units  : df documents, cf occurrences, over all segments; deleted documents count until a
 *           merge */
typedef int (*prism_term_fn)(void *ctx, const char *term, size_t len, const char *kind, uint64_t df,
                             uint64_t cf);
/** Walk the dictionary of a field: kinds in the order above, terms in the order of their bytes,
 *  those that begin with prefix only.
 *  Params : prefix may be NULL if prefix_len is 0
 *  Errors : PRISM_ENOTFOUND no such field; PRISM_ECANCELED the callback stopped; PRISM_ECORRUPT,
 *           PRISM_EIO
 *  Cost   : the entries walked, in every segment */
PRISM_API prism_status prism_snapshot_terms(prism_snapshot *snap, const char *field,
                                            const char *prefix, size_t prefix_len,
                                            prism_term_fn each, void *ctx, prism_error *err);

/** How hard prism_index_check looks. */
typedef enum prism_check_level {
    PRISM_CHECK_QUICK = 0,  /* metadata of every file */
    PRISM_CHECK_NORMAL = 1, /* every byte and every structure, against each other */
    PRISM_CHECK_DEEP = 2,   /* stored documents are analyzed again, all postings compared */
} prism_check_level;
/** A finding of check: a sentence, the file and the offset.  With code PRISM_OK it is a note, no
 *  damage: a file that no commit needs, or damaged and only of an older one; how many live
 *  documents have a newer one of their key, because they were added without replacing.
 *  Params : finding [borrowed during the callback] */
typedef void (*prism_finding_fn)(void *ctx, const prism_error *finding);
/** Verify an index, assuming nothing: files are read with pread, never mapped, never written.
 *  Params : opts gives allocator and tokenizers, the rest does not matter; each and progress may be
 *           NULL; *n_findings counts findings, not notes
 *  Units  : progress in documents
 *  Errors : none for damage: that is what findings are for.  PRISM_ENOTFOUND no index there;
 *           PRISM_EANALYZER a tokenizer is not in opts.tokenizers; PRISM_ECANCELED by progress;
 *           PRISM_EIO
 *  Cost   : quick reads metadata; normal every byte; deep is as long as building */
PRISM_API prism_status prism_index_check(const char *path, prism_check_level level,
                                         const prism_index_opts *opts, prism_finding_fn each,
                                         void *ctx, prism_progress_fn progress, void *progress_ctx,
                                         uint64_t *n_findings, prism_error *err);

#ifdef __cplusplus
}
#endif
#endif
