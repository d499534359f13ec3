/* lost.h - what can still be read of the documents of a segment that is given up. */
#ifndef PRS_MAINTAIN_LOST_H
#define PRS_MAINTAIN_LOST_H

#include "base/bitset.h"
#include "format/manifest.h"
#include "index/core.h"

#include <prismsearch/maintain.h>

typedef struct prs_lost { /* fill the first part, zero the rest */
    prs_core *core;       /* whose directory reads with pread */
    const prism_schema *schema;
    prism_lost_fn each; /* may be NULL */
    void *ctx;
    /* true: a document of this key is not lost; NULL = all are */
    prism_status (*is_kept)(void *ctx, prs_bytes key, bool *kept, prism_error *err);
    void *is_kept_ctx;
    uint64_t n, n_keys, n_texts;
} prs_lost;

/** Tell each document of a segment that is not deleted (deleted may be NULL): its key and its
 *  stored text, each as far as its bytes match their checksums.
 *  Errors : ECANCELED by each; ENOMEM; what is_kept returns.  Damage is none */
prism_status prs_lost_tell(prs_lost *lost, const prs_manifest_segment *files,
                           const prs_bitset *deleted, prism_error *err) PRS_NODISCARD;

#endif
