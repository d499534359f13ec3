/* stopper.h - a caller who may stop a long call of the writer.
 *
 * It is asked at points where stopping loses nothing: between the runs of a flush, in a merge,
 * while a merge thread is waited for, and last before a commit is published. */
#ifndef PRS_INDEX_STOPPER_H
#define PRS_INDEX_STOPPER_H

#include "base/error.h"

typedef struct prs_stopper {
    prism_progress_fn progress; /* NULL: nobody asks */
    void *ctx;
} prs_stopper;

/** Go on?   Params: stopper may be NULL; done of total documents.   Errors : ECANCELED */
static inline prism_status prs_stopper_ask(const prs_stopper *stopper, uint64_t done,
                                           uint64_t total, prism_error *err) {
    if (stopper == NULL || stopper->progress == NULL) return PRISM_OK;
    if (stopper->progress(stopper->ctx, done, total) == 0) return PRISM_OK;
    return prs_error_set(err, PRISM_ECANCELED, "stopped by the caller");
}

#endif
