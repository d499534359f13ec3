/* sync.c - which of the system's thread calls do we use, and what if one fails?
 *
 * Structure   mutex, mutex across fork, condition, thread; the clock and the process id
 * Invariants  - Only creating something can fail for reasons outside our own code; the rest fail on
 *               our bugs alone and are asserted.
 *             - A thread of ours never runs a signal handler of the caller's: all signals are
 *               blocked while it is made, and it inherits that.
 * Why so      STACK is what our deepest call needs several times over (16 KiB a function at most,
 *             zstd and ICU included); the default of 8 MiB would count against a limit of address
 *             space.
 * Tested by   tests/unit/base/test_sync.c */
#include "base/sync.h"

#include "base/error.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define STACK ((size_t)1 << 20)

/* ---- mutex ----------------------------------------------------------------------------------- */

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

bool prs_mutex_try(prs_mutex *m) {
    int rc = pthread_mutex_trylock(&m->os);
    PRS_ASSERT(rc == 0 || rc == EBUSY);
    return rc == 0;
}

/* ---- across fork ----------------------------------------------------------------------------- */

prism_status prs_fork_mutex_init(prs_fork_mutex *m, prism_error *err) {
    atomic_init(&m->pid, prs_process_id());
    atomic_init(&m->lost, false);
    return prs_mutex_init(&m->mutex, err);
}

/* In a child nobody holds a mutex of the parent's, and nobody may take it before one thread has
 * made it anew.  The others wait for that one, which is alive: a fork amid it changes the id again.
 * (A grandchild that gets the id of a dead ancestor could be fooled.) */
static void adopt(prs_fork_mutex *m) {
    int64_t me = prs_process_id();
    int_fast64_t of = atomic_load_explicit(&m->pid, memory_order_acquire);
    while (of != me) {
        if (of == -me || !atomic_compare_exchange_strong(&m->pid, &of, -me)) {
            (void)sched_yield();
            of = atomic_load_explicit(&m->pid, memory_order_acquire);
            continue;
        }
        if (pthread_mutex_trylock(&m->mutex.os) == 0) {
            prs_mutex_unlock(&m->mutex);
        } else {
            atomic_store(&m->lost, true);
            (void)pthread_mutex_init(&m->mutex.os, NULL);
        }
        atomic_store_explicit(&m->pid, me, memory_order_release);
        return;
    }
}

void prs_fork_mutex_fini(prs_fork_mutex *m) {
    adopt(m);
    prs_mutex_fini(&m->mutex);
}

void prs_fork_mutex_lock(prs_fork_mutex *m) {
    adopt(m);
    prs_mutex_lock(&m->mutex);
}

void prs_fork_mutex_unlock(prs_fork_mutex *m) {
    prs_mutex_unlock(&m->mutex);
}

/* ---- condition ------------------------------------------------------------------------------- */

prism_status prs_cond_init(prs_cond *c, prism_error *err) {
    pthread_condattr_t attr; /* waits end by the clock that nobody sets */
    int rc = pthread_condattr_init(&attr);
    if (rc == 0) {
        rc = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        if (rc == 0) rc = pthread_cond_init(&c->os, &attr);
        (void)pthread_condattr_destroy(&attr);
    }
    if (rc != 0) return prs_error_sys(err, rc, NULL, "cannot create a condition");
    return PRISM_OK;
}

void prs_cond_fini(prs_cond *c) {
    int rc = pthread_cond_destroy(&c->os);
    PRS_ASSERT(rc == 0);
    (void)rc;
}

void prs_cond_wait(prs_cond *c, prs_mutex *m) {
    int rc = pthread_cond_wait(&c->os, &m->os);
    PRS_ASSERT(rc == 0);
    (void)rc;
}

void prs_cond_wait_ms(prs_cond *c, prs_mutex *m, uint32_t ms) {
    uint64_t at = prs_clock_us() + (uint64_t)ms * 1000;
    struct timespec until = {.tv_sec = (time_t)(at / 1000000),
                             .tv_nsec = (long)(at % 1000000) * 1000};
    int rc = pthread_cond_timedwait(&c->os, &m->os, &until);
    PRS_ASSERT(rc == 0 || rc == ETIMEDOUT);
    (void)rc;
}

void prs_cond_wake_all(prs_cond *c) {
    int rc = pthread_cond_broadcast(&c->os);
    PRS_ASSERT(rc == 0);
    (void)rc;
}

void prs_cond_wake_one(prs_cond *c) {
    int rc = pthread_cond_signal(&c->os);
    PRS_ASSERT(rc == 0);
    (void)rc;
}

/* ---- thread ---------------------------------------------------------------------------------- */

static void *run_main(void *arg) {
    prs_thread *thread = arg;
    thread->main(thread->arg);
    return NULL;
}

static int create(prs_thread *thread) {
    pthread_attr_t attr;
    sigset_t all, before;
    int rc = pthread_attr_init(&attr);
    if (rc != 0) return rc;
    rc = pthread_attr_setstacksize(&attr, STACK);
    PRS_ASSERT(rc == 0);
    (void)sigfillset(&all);
    rc = pthread_sigmask(SIG_SETMASK, &all, &before);
    PRS_ASSERT(rc == 0);
    int made = pthread_create(&thread->os, &attr, run_main, thread);
    rc = pthread_sigmask(SIG_SETMASK, &before, NULL);
    PRS_ASSERT(rc == 0);
    (void)pthread_attr_destroy(&attr);
    (void)rc;
    return made;
}

prism_status prs_thread_start(prs_thread *thread, void (*main)(void *arg), void *arg,
                              prism_error *err) {
    thread->main = main;
    thread->arg = arg;
    int rc = create(thread);
    if (rc == 0) return PRISM_OK;
    return prs_error_sys(err, rc == EAGAIN ? ENOMEM : rc, NULL, "cannot start a thread");
}

void prs_thread_join(prs_thread *thread) {
    int rc = pthread_join(thread->os, NULL);
    PRS_ASSERT(rc == 0);
    (void)rc;
}

/* ---- clock, process -------------------------------------------------------------------------- */

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
