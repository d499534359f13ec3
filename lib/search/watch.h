/* watch.h - may this search go on?  Deadline and cancel flag, asked once a block. */
#ifndef PRS_SEARCH_WATCH_H
#define PRS_SEARCH_WATCH_H

#include "base/error.h"
#include "base/sync.h"

#define PRS_WATCH_TICKS 32u /* blocks between two looks at the clock */

typedef struct prs_watch {
    uint64_t deadline_us;       /* of prs_clock_us; 0 = none */
    const volatile int *cancel; /* may be NULL */
    uint32_t ticks;
    bool stopped; /* the search was told to stop */
} prs_watch;

static inline prs_watch prs_watch_of(uint64_t timeout_us, const volatile int *cancel) {
    prs_watch watch = {0, cancel, 0, false};
    if (timeout_us != 0) {
        uint64_t now = prs_clock_us();
        watch.deadline_us = timeout_us < UINT64_MAX - now ? now + timeout_us : UINT64_MAX;
    }
    return watch;
}

/** PRISM_OK, or PRISM_ECANCELED for ever after.   Cost: two loads; every PRS_WATCH_TICKS-th time a
 *  clock */
static inline prism_status prs_watch_tick(prs_watch *watch, prism_error *err) {
    if (watch->cancel != NULL && *watch->cancel != 0) watch->stopped = true;
    if (watch->deadline_us != 0 && watch->ticks++ % PRS_WATCH_TICKS == 0) {
        if (prs_clock_us() >= watch->deadline_us) watch->stopped = true;
    }
    return watch->stopped ? prs_error_set(err, PRISM_ECANCELED, "the search was stopped")
                          : PRISM_OK;
}

#endif
