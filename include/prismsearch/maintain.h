/* maintain.h - keeping an index: backup and restore, repair and salvage. */
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

#ifdef __cplusplus
}
#endif
#endif
