/* sync.h - the only file that knows threads: mutex, condition, thread, reference counts. */
#ifndef PRS_BASE_SYNC_H
#define PRS_BASE_SYNC_H

#include "base/prs.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct prs_mutex {
    pthread_mutex_t os;
} prs_mutex;

prism_status prs_mutex_init(prs_mutex *m, prism_error *err) PRS_NODISCARD;
void prs_mutex_fini(prs_mutex *m);
void prs_mutex_lock(prs_mutex *m);
void prs_mutex_unlock(prs_mutex *m);
/** Take it if nobody has it; false: somebody has. */
bool prs_mutex_try(prs_mutex *m);

/* A mutex that a child process can go on with, whoever held it when it was forked.  For things that
 * are whole at every moment to who does not hold it, or that ask `lost`. */
typedef struct prs_fork_mutex {
    prs_mutex mutex;
    atomic_int_fast64_t pid; /* whose threads use the mutex; negative: being made anew for it */
    atomic_bool lost;        /* a thread that was left behind held it: what it guards may be torn */
} prs_fork_mutex;

prism_status prs_fork_mutex_init(prs_fork_mutex *m, prism_error *err) PRS_NODISCARD;
void prs_fork_mutex_fini(prs_fork_mutex *m);
/** Cost: a system call beside the mutex. */
void prs_fork_mutex_lock(prs_fork_mutex *m);
void prs_fork_mutex_unlock(prs_fork_mutex *m);

typedef struct prs_cond {
    pthread_cond_t os;
} prs_cond;

prism_status prs_cond_init(prs_cond *c, prism_error *err) PRS_NODISCARD;
void prs_cond_fini(prs_cond *c); /* nobody waits */
/** Give the mutex up, sleep, take it again.  May wake for nothing: ask again. */
void prs_cond_wait(prs_cond *c, prs_mutex *m);
/** The same for at most so many milliseconds. */
void prs_cond_wait_ms(prs_cond *c, prs_mutex *m, uint32_t ms);
void prs_cond_wake_all(prs_cond *c);
void prs_cond_wake_one(prs_cond *c); /* if anyone sleeps */

typedef struct prs_thread { /* stays where it is until joined */
    pthread_t os;
    void (*main)(void *arg);
    void *arg;
} prs_thread;

/** Start a thread that runs main(arg).  No signal is delivered to it.
 *  Errors : ENOMEM the system has no more threads to give */
prism_status prs_thread_start(prs_thread *thread, void (*main)(void *arg), void *arg,
                              prism_error *err) PRS_NODISCARD;
/** Wait for its end. */
void prs_thread_join(prs_thread *thread);

typedef atomic_uint prs_refcount;

static inline void prs_ref_init(prs_refcount *r) {
    atomic_init(r, 1u);
}
static inline void prs_ref_inc(prs_refcount *r) {
    atomic_fetch_add_explicit(r, 1u, memory_order_relaxed);
}
/* True when the last reference was dropped: the caller frees. */
static inline bool prs_ref_dec(prs_refcount *r) {
    return atomic_fetch_sub_explicit(r, 1u, memory_order_acq_rel) == 1u;
}

/** Monotonic clock in microseconds. */
uint64_t prs_clock_us(void);
/** Process id, to notice use after fork. */
int64_t prs_process_id(void);

#endif
