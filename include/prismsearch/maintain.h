/* maintain.h - an index as a whole: backup and restore, repair and salvage, built anew, brought to
 * the newest format.
 *
 * All but backups take the path of an index, become its writer where they write (PRISM_EBUSY if
 * there is one), and leave it as it was unless they return PRISM_OK: readers see the old index
 * until the one commit at the end.  PRISM_EUNKNOWN means the same as from prism_writer_commit. */
#ifndef PRISMSEARCH_MAINTAIN_H
#define PRISMSEARCH_MAINTAIN_H

#include <prismsearch/index.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- backup, restore ---- */

/** How to copy an index; start from PRISM_BACKUP_OPTS_INIT. */
typedef struct prism_backup_opts {
    size_t size;
    int copy;         /* never link: a copy that shares no disk block with its source */
    const char *base; /* an earlier backup on the file system of the new one: what both hold is
                         linked from there; NULL = none */
    prism_progress_fn progress; /* bytes; twice those of the index: placed, then proved */
    void *progress_ctx;
    const prism_allocator *allocator; /* of prism_index_restore; copied; NULL = malloc */
} prism_backup_opts;
#define PRISM_BACKUP_OPTS_INIT                                                                     \
    { sizeof(prism_backup_opts), 0, NULL, NULL, NULL, NULL }

/** What was copied; set size to sizeof before the call. */
typedef struct prism_backup_stats {
    size_t size;
    uint64_t generation, documents; /* of the commit */
    uint64_t files, files_linked, files_copied;
    uint64_t bytes, bytes_copied;
} prism_backup_stats;

/** Copy the newest commit of an index that may be written to meanwhile into a directory of its own,
 *  which then is an index of the same uuid, schema and generation.  Files are linked where the file
 *  system can (they never change), else copied; every byte is proved against its checksum there;
 *  the commit file comes last, so that an unfinished backup is no index.
 *  Params : to is created if absent (its parent is not) and must hold no file of an index; stats
 *           may be NULL
 *  Errors : PRISM_EEXISTS there is an index, or the remains of one; PRISM_ECORRUPT a file, named,
 *           is damaged; PRISM_ECANCELED by progress; PRISM_EBUSY commits came faster than they
 *           could be read, or somebody is making an index there; PRISM_ENOTFOUND no parent
 *           directory, no base; PRISM_EREADONLY, PRISM_EUNSUPPORTED, PRISM_ENOSPC, PRISM_EIO.
 *           After each of them what was made is removed again
 *  Cost   : reads every byte, writes what cannot be linked; an fsync a file */
PRISM_API prism_status prism_index_backup(prism_index *index, const char *to,
                                          const prism_backup_opts *opts, prism_backup_stats *stats,
                                          prism_error *err);
/** The way back: copy the newest commit in `from`, a backup or any index, to a place that holds
 *  none.  An index that stands at `to` is never touched: move it away first.
 *  Errors : PRISM_ENOTFOUND no index at `from`; PRISM_ETOONEW, PRISM_ETOOOLD; as
 *           prism_index_backup
 *  Cost   : as prism_index_backup */
PRISM_API prism_status prism_index_restore(const char *from, const char *to,
                                           const prism_backup_opts *opts, prism_backup_stats *stats,
                                           prism_error *err);

/* ---- reindex, upgrade ------------------------------------------------------------------------ */

/** How to build an index anew; start from PRISM_REINDEX_OPTS_INIT. */
typedef struct prism_reindex_opts {
    size_t size;
    const char *to;    /* build it there, in a directory without an index; NULL = in place */
    size_t memory;     /* budget of the build in bytes, >= 16 MiB; 0 = 256 MiB */
    int drop_unstored; /* values of fields that are not stored may get lost */
    int non_durable;   /* no fsync: for tests and throw-away indexes */
} prism_reindex_opts;
#define PRISM_REINDEX_OPTS_INIT                                                                    \
    { sizeof(prism_reindex_opts), NULL, 0, 0, 0 }

/** Build an index anew from its stored documents: under another schema, or because its text was
 *  cut by other rules (PRISM_EANALYZER).  Only stored documents are read, so an index that cannot
 *  be searched any more can be reindexed.  In place, uuid and payload stay and the generation
 *  grows; elsewhere it is a new index.  Where the key is another field, the last document of a key
 *  wins.
 *  Params : schema [what it needs is copied], NULL = the same; index_opts gives allocator and
 *           tokenizers, opts may be NULL; progress may be NULL; *generation (may be NULL) = of the
 *           commit
 *  Units  : progress in documents
 *  Errors : PRISM_EINVAL fields that are not stored would lose their values, naming them;
 *           PRISM_EREJECTED, PRISM_ELIMIT a document does not fit the schema, naming its key;
 *           PRISM_EANALYZER a tokenizer of the schema is not in index_opts; PRISM_EEXISTS an index
 *           in opts.to; PRISM_ENOTFOUND no index in path; PRISM_EBUSY another writer;
 *           PRISM_ECANCELED by progress; as prism_writer_commit and prism_index_open
 *  Cost   : as building; room on disk for both until the next commit */
PRISM_API prism_status prism_index_reindex(const char *path, const prism_schema *schema,
                                           const prism_index_opts *index_opts,
                                           const prism_reindex_opts *opts,
                                           prism_progress_fn progress, void *progress_ctx,
                                           uint64_t *generation, prism_error *err);

/** Rewrite the segments that an older version of the library has written, with their deleted
 *  documents left out, and commit.  Nothing older than the newest format is ever written, so
 *  versions of the library before it cannot read the index afterwards.  Format 1.0 is the first
 *  one: of indexes in it there is nothing to do.
 *  Params : index_opts as for prism_index_reindex; *n_segments (may be NULL) = rewritten ones, 0 =
 *           nothing was to be done and nothing was; progress may be NULL
 *  Units  : progress in documents of one segment
 *  Errors : PRISM_ETOOOLD a format that this version no longer reads: upgrade with an older one
 *           first; PRISM_ECANCELED by progress; as prism_writer_merge and prism_index_open
 *  Cost   : reads and writes everything in those segments */
PRISM_API prism_status prism_index_upgrade(const char *path, const prism_index_opts *index_opts,
                                           prism_progress_fn progress, void *progress_ctx,
                                           uint64_t *n_segments, prism_error *err);

/* ---- repair, salvage ---- */

/** A document that is given up.  Return 0 to go on, anything else to stop before anything changed.
 *  Params : key NULL: unreadable, or the schema has none; json NULL: its stored text is unreadable;
 *           both [borrowed during the callback] */
typedef int (*prism_lost_fn)(void *ctx, const char *key, size_t key_len, const char *json,
                             size_t json_len);

/** How to repair; start from PRISM_REPAIR_OPTS_INIT. */
typedef struct prism_repair_opts {
    size_t size;
    int dry_run;              /* tell everything, write nothing, take no lock */
    prism_finding_fn finding; /* what is damaged; may be NULL */
    void *finding_ctx;
    prism_lost_fn lost; /* what is given up; may be NULL */
    void *lost_ctx;
    prism_progress_fn progress; /* documents looked at; may be NULL */
    void *progress_ctx;
    const prism_allocator *allocator; /* copied; NULL = malloc */
    prism_tokenizers *tokenizers;     /* referenced; as in prism_index_opts */
} prism_repair_opts;
#define PRISM_REPAIR_OPTS_INIT                                                                     \
    { sizeof(prism_repair_opts), 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL }

/** What came of it; set size to sizeof before the call. */
typedef struct prism_repair_stats {
    size_t size;
    uint64_t findings;
    uint64_t from;       /* generation of the commit that the new one says again */
    uint64_t generation; /* of the new commit; 0 = none was needed, or dry_run */
    uint64_t segments_dropped;
    uint64_t documents;  /* in the new commit */
    uint64_t lost;       /* documents given up, as far as they could be counted */
    uint64_t lost_keys;  /* of these, with a key that could be read */
    uint64_t lost_texts; /* of these, with a stored text that could be read */
    uint64_t undeleted;  /* documents that were deleted and are back, their deletion being lost */
} prism_repair_stats;

/** Publish a new commit without the damaged segments of the newest one.  Nothing is overwritten or
 *  removed: the old commit stays beside it until a writer has made as many commits as it keeps.
 *  The documents of a dropped segment are told with what can be read of them, so that they can be
 *  put again.  Where the list of deletions is damaged, deletions are taken from older commits and
 *  from keys that have a newer version; what stays unknown is counted.
 *  Params : path of an index that nobody writes to; opts may be NULL; stats may be NULL
 *  Errors : none if there was nothing to repair.  PRISM_ECORRUPT the newest commit file itself is
 *           damaged: see prism_index_salvage; PRISM_EBUSY somebody writes; PRISM_ECANCELED by a
 *           callback; PRISM_EUNKNOWN; PRISM_ENOTFOUND, PRISM_EANALYZER, PRISM_ETOONEW, PRISM_EIO,
 *           PRISM_ENOSPC, PRISM_EREADONLY
 *  Cost   : as prism_index_check, normal */
PRISM_API prism_status prism_index_repair(const char *path, const prism_repair_opts *opts,
                                          prism_repair_stats *stats, prism_error *err);
/** Make the newest commit that is whole the newest of all, by publishing it again under a new
 *  number; nothing is overwritten or removed.  The documents of the commits passed over that it
 *  does not have (by key; without keys: of the segments it does not have) are told.
 *  Params : as prism_index_repair
 *  Errors : none if the newest commit is whole: there is nothing to salvage.  PRISM_ECORRUPT no
 *           commit is whole; else as prism_index_repair
 *  Cost   : as prism_index_check, normal, for each commit that is looked at */
PRISM_API prism_status prism_index_salvage(const char *path, const prism_repair_opts *opts,
                                           prism_repair_stats *stats, prism_error *err);

#ifdef __cplusplus
}
#endif
#endif
