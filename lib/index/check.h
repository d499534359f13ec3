/* check.h - is everything in an index directory what it should be? */
#ifndef PRS_INDEX_CHECK_H
#define PRS_INDEX_CHECK_H

#include "index/core.h"

/** See prism_index_check. */
prism_status prs_check_index(const char *path, prism_check_level level, const prism_allocator *allocator,
                             prism_finding_fn each, void *ctx, prism_progress_fn progress, void *progress_ctx,
                             uint64_t *n_findings, prism_error *err) PRS_NODISCARD;

#endif
