/* sync.c - which of the system's thread calls do we use, and what if one fails?
 *
 * Only creating a mutex can fail for reasons outside our own code; the rest fail on our bugs alone
 * and are asserted.  Tested by tests/unit/base/test_sync.c */
#include "base/sync.h"

#include "base/error.h"

#include <time.h>
#include <unistd.h>

prism_status prs_mutex_init(prs_mutex *m, prism_error *err) {
    int rc = pthread_mutex_init(&m->os, NULL);
    if (rc != 0) return prs_error_sys(err, rc, NULL, "cannot create a mutex");
    return PRISM_OK;
}

void prs_mutex_fini(prs_mutex *m) {
    int rc = pthread_mutex_destroy(&m->os);
    PRS_ASSERT(rc == 0);
    (void)rc;
}

void prs_mutex_lock(prs_mutex *m) {
    int rc = pthread_mutex_lock(&m->os);
    PRS_ASSERT(rc == 0);
    (void)rc;
}

void prs_mutex_unlock(prs_mutex *m) {
    int rc = pthread_mutex_unlock(&m->os);
    PRS_ASSERT(rc == 0);
    (void)rc;
}

uint64_t prs_clock_us(void) {
    struct timespec now;
    int rc = clock_gettime(CLOCK_MONOTONIC, &now);
    PRS_ASSERT(rc == 0);
    (void)rc;
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

int64_t prs_process_id(void) {
    return (int64_t)getpid();
}
