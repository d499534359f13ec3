/* unsynced.h - the two files of a segment that is readable and not yet durable. */
#ifndef PRS_INDEX_UNSYNCED_H
#define PRS_INDEX_UNSYNCED_H

#include "store/out.h"

typedef struct prs_unsynced { /* sealed; both NULL = nothing waits for its sync */
    prs_out *doc, *idx;
} prs_unsynced;

static inline bool prs_unsynced_any(const prs_unsynced *files) {
    return files->doc != NULL || files->idx != NULL;
}
/** Sync and close them, each exactly once; nothing waits afterwards.
 *  Errors : EIO, ENOSPC: no sync is tried again (R7), and the files are removed as far as they
 *           were not yet synced */
prism_status prs_unsynced_confirm(prs_unsynced *files, prism_error *err) PRS_NODISCARD;
/** Close them as they are: their segment is not wanted, or not ours. */
void prs_unsynced_leave(prs_unsynced *files);

#endif
