/* maintain.h - an index as a whole: built anew, brought to the newest format.
 *
 * All of these take the path of an index, become its writer where they write (PRISM_EBUSY if there
 * is one), and leave it as it was unless they return PRISM_OK: readers see the old index until the
 * one commit at the end.  PRISM_EUNKNOWN means the same as from prism_writer_commit. */
#ifndef PRISMSEARCH_MAINTAIN_H
#define PRISMSEARCH_MAINTAIN_H

#include <prismsearch/index.h>

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
}
#endif
#endif
