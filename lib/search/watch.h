/* watch.h - may this search go on?  Deadline, cancel flag, progress callback and budget of work,
 * asked at every step.
 *
 * A step is at most 4096 postings of one list (32 blocks), as many documents of a window, one
 * dictionary entry with its short list, or PRS_WATCH_DOCS documents of a column: whatever loops
 * longer asks once a step, so that a search ends within one step of being told to. */
#ifndef PRS_SEARCH_WATCH_H
#define PRS_SEARCH_WATCH_H

#include "base/error.h"
#include "base/sync.h"

#include <prismsearch/search.h>

#include <stdatomic.h>

#define PRS_WATCH_TICKS 32u   /* steps between two looks at the clock, or calls of progress */
#define PRS_WATCH_DOCS 65536u /* documents whose presence or value is looked at in one step */

typedef struct prs_watch {
    uint64_t deadline_us;       /* of prs_clock_us; 0 = none */
    const volatile int *cancel; /* may be NULL */
    uint64_t max_work;          /* steps; 0 = any number */
    uint64_t work;              /* steps so far */
    prism_stop why;             /* PRISM_STOP_NONE: go on */
    prism_progress_fn progress; /* may be NULL */
    void *progress_ctx;
    const atomic_bool *failed; /* another thread of this search has; NULL = there is none */
} prs_watch;

static inline prs_watch prs_watch_of(uint64_t timeout_us, const volatile int *cancel,
                                     uint64_t max_work) {
    prs_watch watch = {0, cancel, max_work, 0, PRISM_STOP_NONE, NULL, NULL, NULL};
    if (timeout_us != 0) {
        uint64_t now = prs_clock_us();
        watch.deadline_us = timeout_us < UINT64_MAX - now ? now + timeout_us : UINT64_MAX;
    }
    return watch;
}

static inline bool prs_watch_stopped(const prs_watch *watch) {
    return watch->why != PRISM_STOP_NONE;
}

/** PRISM_OK, or PRISM_ECANCELED for ever after; without a `why` where another thread has one, or an
 *  error.   Cost: two loads; every PRS_WATCH_TICKS-th time a
 *  clock */
static inline prism_status prs_watch_tick(prs_watch *watch, prism_error *err) {
    uint64_t step = watch->work++;
    if (watch->why == PRISM_STOP_NONE) {
        if (watch->cancel != NULL && *watch->cancel != 0) watch->why = PRISM_STOP_CANCEL;
        if (watch->max_work != 0 && step >= watch->max_work) watch->why = PRISM_STOP_WORK;
        if (step % PRS_WATCH_TICKS == 0) {
            if (watch->deadline_us != 0 && prs_clock_us() >= watch->deadline_us)
                watch->why = PRISM_STOP_DEADLINE;
            if (watch->progress != NULL && watch->progress(watch->progress_ctx, step, 0) != 0)
                watch->why = PRISM_STOP_CANCEL;
        }
    }
    bool alone =
        watch->failed == NULL || !atomic_load_explicit(watch->failed, memory_order_relaxed);
    if (PRS_LIKELY(watch->why == PRISM_STOP_NONE && alone)) return PRISM_OK;
    return prs_error_set(err, PRISM_ECANCELED, "the search was stopped");
}

#endif
