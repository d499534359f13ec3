/* backup.h - a copy of one commit of an index in another directory, proved there before it is one.
 */
#ifndef PRS_MAINTAIN_BACKUP_H
#define PRS_MAINTAIN_BACKUP_H

#include "index/commit.h"

#include <prismsearch/maintain.h>

typedef struct prs_backup_from { /* what is copied */
    prs_dir *dir;
    uint64_t generation; /* 0 = the newest commit */
    const prs_id *uuid;  /* NULL = whatever index is there */
} prs_backup_from;

typedef struct prs_backup_how {
    bool copy;     /* never link */
    prs_dir *base; /* an earlier backup to link from, or NULL */
    prism_progress_fn progress;
    void *progress_ctx;
} prs_backup_how;

/** Copy a commit into `to`, a directory that was opened for writing and holds no file of an index.
 *  The views of `from` are closed again.  After an error no file of ours is left in `to`.
 *  Errors : EEXISTS, EBUSY, ECORRUPT naming the file, ENOTFOUND no such commit, ECANCELED, EIO,
 *           ENOSPC, ENOMEM */
prism_status prs_backup_run(const prs_backup_from *from, prs_dir *to, const prs_backup_how *how,
                            prism_backup_stats *stats, prism_error *err) PRS_NODISCARD;

/** See prism_index_backup and prism_index_restore; opts filled up to its full size. */
prism_status prs_backup_to(const prs_backup_from *from, prs_mem *mem, const char *to,
                           const prism_backup_opts *opts, prism_backup_stats *stats,
                           prism_error *err) PRS_NODISCARD;
prism_status prs_backup_restore(const char *from, const char *to, const prism_backup_opts *opts,
                                prism_backup_stats *stats, prism_error *err) PRS_NODISCARD;

#endif
