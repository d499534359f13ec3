/* pool.h - a few threads that run tasks beside the thread that hands them out.
 *
 *     task.run = f; task.ctx = c;
 *     prs_pool_submit(pool, &task);
 *     ...
 *     prs_pool_wait(pool, &task);      runs what waits in the queue meanwhile
 *
 * One thread at a time uses a pool: it is worker 0, the threads are 1, 2, ...  Tasks begin in the
 * order in which they were handed in, on each worker at least.  A task does not use the pool. */
#ifndef PRS_BASE_POOL_H
#define PRS_BASE_POOL_H

#include "base/mem.h"
#include "base/sync.h"

typedef struct prs_pool prs_pool;

typedef enum prs_task_state {
    PRS_TASK_IDLE, /* never handed in, or taken back */
    PRS_TASK_QUEUED,
    PRS_TASK_RUNNING,
    PRS_TASK_DONE
} prs_task_state;

typedef struct prs_task {
    void (*run)(void *ctx, uint32_t worker);
    void *ctx;
    uint32_t n_workers; /* only the first so many may run it, the user is one; 0 = all */
    /* of the pool */
    prs_task_state state;
    struct prs_task *next;
} prs_task;

/** Start n_threads threads.
 *  Errors : ENOMEM the system has no more threads to give */
prism_status prs_pool_new(prs_mem *mem, uint32_t n_threads, prs_pool **out,
                          prism_error *err) PRS_NODISCARD;
/** End the threads; nothing is queued or running.  NULL is fine. */
void prs_pool_free(prs_pool *pool);
/** Workers: the threads and the user; 1 for NULL. */
uint32_t prs_pool_width(const prs_pool *pool);
/** Hand in a task, which stays where it is until it is done or taken back.   Cost: ~1 us, waking a
 *  thread included */
void prs_pool_submit(prs_pool *pool, prs_task *task);
/** Is it done?  What it wrote can then be read. */
bool prs_pool_is_done(prs_pool *pool, const prs_task *task);
/** Return when it is done: run queued tasks, from the oldest on, then sleep. */
void prs_pool_wait(prs_pool *pool, const prs_task *task);
/** Take it back if it has not begun, else wait for its end.  Then it is idle. */
void prs_pool_take_back(prs_pool *pool, prs_task *task);

#endif
