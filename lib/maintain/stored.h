/* stored.h - the stored documents of the newest commit, and nothing else of it: no analyzer is
 * asked, no dictionary opened. */
#ifndef PRS_MAINTAIN_STORED_H
#define PRS_MAINTAIN_STORED_H

#include "base/bitset.h"
#include "index/commit.h"
#include "index/core.h"

typedef struct prs_stored {
    prs_core *core;  /* borrowed: memory and directory */
    prs_arena arena; /* holds the commit */
    prs_commit commit;
    prism_schema *schema;
    prs_in **docs;       /* by segment: its `.doc` file */
    prs_bitset *deleted; /* by segment; words NULL = none */
    uint64_t n_live;
} prs_stored;

/** Read the newest commit, its schema and its deletions, and open its documents, all of which stay
 *  readable whatever a writer does; sets core->read_only where the files ask
 *  for it.  The core needs a directory only.
 *  Errors : ENOTFOUND there is no index, ECORRUPT, ETOONEW, EBUSY, EIO, ENOMEM.  `stored` is to be
 *           finished only after PRISM_OK */
prism_status prs_stored_open(prs_stored *stored, prs_core *core, prism_error *err) PRS_NODISCARD;
void prs_stored_fini(prs_stored *stored);

/** Call `each` for every document that is not deleted, in the order of arrival; json is borrowed
 *  for the call.  The bytes of each file are verified before its first document is given out (R16).
 *  Errors : what `each` returns; ECORRUPT, EIO, ENOMEM */
typedef prism_status (*prs_stored_fn)(void *ctx, prs_bytes json, prism_error *err);
prism_status prs_stored_each(prs_stored *stored, prs_stored_fn each, void *ctx,
                             prism_error *err) PRS_NODISCARD;

#endif
