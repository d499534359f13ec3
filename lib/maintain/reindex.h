/* reindex.h - an index built anew from its stored documents, under the same or another schema. */
#ifndef PRS_MAINTAIN_REINDEX_H
#define PRS_MAINTAIN_REINDEX_H

#include "maintain/stored.h"

#include <prismsearch/maintain.h>

typedef struct prs_reindex_args {
    const prism_index_opts *opts; /* of the source and of the target, filled up to full size */
    const prism_schema *schema;   /* NULL = that of the newest commit */
    size_t memory;
    bool drop_unstored, durable;
    prism_progress_fn progress; /* may be NULL */
    void *progress_ctx;
} prs_reindex_args;

/** See prism_index_reindex.   Params: to NULL = in place */
prism_status prs_reindex(const char *path, const char *to, const prs_reindex_args *args,
                         uint64_t *generation, prism_error *err) PRS_NODISCARD;
/** The same between two cores that have nothing but memory and directory, for tests; `to` may be
 *  `from`. */
prism_status prs_reindex_cores(prs_core *from, prs_core *to, const prs_reindex_args *args,
                               uint64_t *generation, prism_error *err) PRS_NODISCARD;

#endif
