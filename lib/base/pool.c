/* pool.c - how do tasks get to a few threads, and what does the one who waits for them do
 * meanwhile?
 *
 *   submit -> queue, oldest first -> a thread, or whoever waits -> done
 *
 * Invariants  - `state` and `next` of a task are changed under the pool's lock alone; what a task
 *               reads was written before it was handed in, what it writes is read after it is done:
 *               the lock orders both.
 *             - A thread sleeps while nothing is queued for it, the user only while its task is
 *               running elsewhere and nothing is queued.
 * Why so      Who waits for one task runs others: n threads in all are then busy, not n + 1, and a
 *             pool whose threads are all held up elsewhere still gets its work done.
 * Locks       The pool's is taken under others and nothing is taken under it.
 * Tested by   tests/unit/base/test_pool.c */
#include "base/pool.h"

#include "base/error.h"

typedef struct pool_thread {
    prs_pool *pool;
    prs_thread thread;
    uint32_t worker;
} pool_thread;

struct prs_pool {
    prs_mem *mem;
    prs_mutex lock;
    prs_cond work; /* something is queued, or quit */
    prs_cond done; /* a task is done, and the user waits */
    prs_task *first, *last;
    bool quit, user_waits;
    uint32_t n_threads, n_started;
    pool_thread *threads;
};

/* ---- the queue; the lock is held ------------------------------------------------------------- */

static void push(prs_pool *pool, prs_task *task) {
    task->next = NULL;
    task->state = PRS_TASK_QUEUED;
    if (pool->last != NULL) {
        pool->last->next = task;
    } else {
        pool->first = task;
    }
    pool->last = task;
}

static void take_out(prs_pool *pool, prs_task *before, prs_task *task) {
    if (before != NULL) {
        before->next = task->next;
    } else {
        pool->first = task->next;
    }
    if (pool->last == task) pool->last = before;
    task->next = NULL;
}

/* The oldest task that this worker may run; NULL if there is none. */
static prs_task *pop(prs_pool *pool, uint32_t worker) {
    prs_task *before = NULL;
    for (prs_task *at = pool->first; at != NULL; before = at, at = at->next) {
        if (at->n_workers != 0 && worker >= at->n_workers) continue;
        take_out(pool, before, at);
        return at;
    }
    return NULL;
}

static void unqueue(prs_pool *pool, prs_task *task) {
    prs_task *before = NULL;
    for (prs_task *at = pool->first; at != task; at = at->next) before = at;
    take_out(pool, before, task);
    task->state = PRS_TASK_IDLE;
}

/* Run the oldest task; the lock is given up meanwhile.  False: there was none. */
static bool run_one(prs_pool *pool, uint32_t worker) {
    prs_task *task = pop(pool, worker);
    if (task == NULL) return false;
    task->state = PRS_TASK_RUNNING;
    prs_mutex_unlock(&pool->lock);
    task->run(task->ctx, worker);
    prs_mutex_lock(&pool->lock);
    task->state = PRS_TASK_DONE;
    if (pool->user_waits) prs_cond_wake_all(&pool->done);
    return true;
}

/* ---- threads --------------------------------------------------------------------------------- */

static void work(void *arg) {
    pool_thread *own = arg;
    prs_pool *pool = own->pool;
    prs_mutex_lock(&pool->lock);
    while (!pool->quit) {
        if (!run_one(pool, own->worker)) prs_cond_wait(&pool->work, &pool->lock);
    }
    prs_mutex_unlock(&pool->lock);
}

static prism_status start_threads(prs_pool *pool, prism_error *err) {
    for (uint32_t i = 0; i < pool->n_threads; i++) {
        pool_thread *own = &pool->threads[i];
        *own = (pool_thread){.pool = pool, .worker = i + 1};
        PRS_TRY(prs_thread_start(&own->thread, work, own, err));
        pool->n_started++;
    }
    return PRISM_OK;
}

static void free_memory(prs_pool *pool) {
    prs_mem_free(pool->mem, pool->threads, pool->n_threads * sizeof *pool->threads);
    prs_mem_free(pool->mem, pool, sizeof *pool);
}

static prism_status make_locks(prs_pool *pool, prism_error *err) {
    PRS_TRY(prs_mutex_init(&pool->lock, err));
    prism_status status = prs_cond_init(&pool->work, err);
    if (status == PRISM_OK) {
        status = prs_cond_init(&pool->done, err);
        if (status != PRISM_OK) prs_cond_fini(&pool->work);
    }
    if (status != PRISM_OK) prs_mutex_fini(&pool->lock);
    return status;
}

prism_status prs_pool_new(prs_mem *mem, uint32_t n_threads, prs_pool **out, prism_error *err) {
    *out = NULL;
    prs_pool *pool = prs_mem_calloc(mem, 1, sizeof *pool);
    if (pool == NULL) return prs_error_nomem(err);
    pool->mem = mem;
    pool->n_threads = n_threads;
    pool->threads = prs_mem_calloc(mem, n_threads, sizeof *pool->threads);
    prism_status status = pool->threads == NULL ? prs_error_nomem(err) : make_locks(pool, err);
    if (status != PRISM_OK) {
        free_memory(pool);
        return status;
    }
    status = start_threads(pool, err);
    if (status != PRISM_OK) {
        prs_pool_free(pool);
        return status;
    }
    *out = pool;
    return PRISM_OK;
}

void prs_pool_free(prs_pool *pool) {
    if (pool == NULL) return;
    prs_mutex_lock(&pool->lock);
    PRS_ASSERT(pool->first == NULL);
    pool->quit = true;
    prs_cond_wake_all(&pool->work);
    prs_mutex_unlock(&pool->lock);
    for (uint32_t i = 0; i < pool->n_started; i++) prs_thread_join(&pool->threads[i].thread);
    prs_cond_fini(&pool->work);
    prs_cond_fini(&pool->done);
    prs_mutex_fini(&pool->lock);
    free_memory(pool);
}

/* ---- the user -------------------------------------------------------------------------------- */

uint32_t prs_pool_width(const prs_pool *pool) {
    return pool == NULL ? 1 : pool->n_threads + 1;
}

void prs_pool_submit(prs_pool *pool, prs_task *task) {
    prs_mutex_lock(&pool->lock);
    push(pool, task);
    if (task->n_workers == 0) {
        prs_cond_wake_one(&pool->work);
    } else {
        prs_cond_wake_all(&pool->work); /* the one that wakes might not be among those */
    }
    prs_mutex_unlock(&pool->lock);
}

bool prs_pool_is_done(prs_pool *pool, const prs_task *task) {
    prs_mutex_lock(&pool->lock);
    bool is_done = task->state == PRS_TASK_DONE;
    prs_mutex_unlock(&pool->lock);
    return is_done;
}

/* The lock is held.  The task is queued or running until it is done. */
static void wait_for(prs_pool *pool, const prs_task *task) {
    while (task->state != PRS_TASK_DONE) {
        if (run_one(pool, 0)) continue;
        pool->user_waits = true;
        prs_cond_wait(&pool->done, &pool->lock);
        pool->user_waits = false;
    }
}

void prs_pool_wait(prs_pool *pool, const prs_task *task) {
    prs_mutex_lock(&pool->lock);
    PRS_ASSERT(task->state != PRS_TASK_IDLE);
    wait_for(pool, task);
    prs_mutex_unlock(&pool->lock);
}

void prs_pool_take_back(prs_pool *pool, prs_task *task) {
    prs_mutex_lock(&pool->lock);
    if (task->state == PRS_TASK_QUEUED) unqueue(pool, task);
    if (task->state == PRS_TASK_RUNNING) wait_for(pool, task);
    task->state = PRS_TASK_IDLE;
    prs_mutex_unlock(&pool->lock);
}
