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
/** Sync and close them, each at most once; nothing waits afterwards.
 *  Errors : EIO, ENOSPC: no sync is tried again (R7); the files are there and not to be trusted */
prism_status prs_unsynced_confirm(prs_unsynced *files, prism_error *err) PRS_NODISCARD;
/** Close them as they are: their segment is not wanted, or not ours. */
void prs_unsynced_leave(prs_unsynced *files);

#endif
