/* test_pool.c - does every task run once, in order on each worker, by those that may, and can it be
 * taken back? */
#include "harness/test.h"

#include "base/pool.h"

#include <sched.h>

enum { TASKS = 500 };

typedef struct job {
    prs_task task;
    uint32_t no, worker;
    atomic_uint runs;
    atomic_bool begun;
    atomic_uint *last; /* by worker: number of the last one it ran, plus 1 */
    atomic_bool *gate; /* NULL, or wait until it opens */
} job;

static void run(void *ctx, uint32_t worker) {
    job *own = ctx;
    atomic_store(&own->begun, true);
    while (own->gate != NULL && !atomic_load(own->gate)) sched_yield();
    own->worker = worker;
    atomic_fetch_add(&own->runs, 1u);
    if (own->last == NULL) return;
    ck_assert_uint_le(atomic_load(&own->last[worker]), own->no);
    atomic_store(&own->last[worker], own->no + 1);
}

static prs_pool *make(prs_mem *mem, uint32_t n) {
    prs_pool *pool;
    prs_mem_init(mem, NULL);
    ck_assert_int_eq(prs_pool_new(mem, n, &pool, NULL), PRISM_OK);
    ck_assert_uint_eq(prs_pool_width(pool), n + 1);
    return pool;
}

static void end(prs_mem *mem, prs_pool *pool) {
    prs_pool_free(pool);
    ck_assert_uint_eq(atomic_load(&mem->live), 0);
}

START_TEST(each_runs_once_and_in_order) {
    static job jobs[TASKS];
    for (uint32_t n_threads = 0; n_threads < 5; n_threads++) {
        prs_mem mem;
        atomic_uint last[8] = {0};
        prs_pool *pool = make(&mem, n_threads);
        memset(jobs, 0, sizeof jobs);
        for (uint32_t i = 0; i < TASKS; i++) {
            jobs[i].task = (prs_task){.run = run, .ctx = &jobs[i]};
            jobs[i].no = i;
            jobs[i].last = last;
            prs_pool_submit(pool, &jobs[i].task);
        }
        for (uint32_t i = 0; i < TASKS; i++) {
            prs_pool_wait(pool, &jobs[i].task);
            ck_assert(prs_pool_is_done(pool, &jobs[i].task));
            ck_assert_uint_eq(atomic_load(&jobs[i].runs), 1);
            ck_assert_uint_le(jobs[i].worker, n_threads);
        }
        end(&mem, pool);
    }
    ck_assert_uint_eq(prs_pool_width(NULL), 1);
    prs_pool_free(NULL);
}
END_TEST

START_TEST(only_those_who_may_run_it) {
    static job jobs[TASKS];
    prs_mem mem;
    prs_pool *pool = make(&mem, 4);
    memset(jobs, 0, sizeof jobs);
    for (uint32_t i = 0; i < TASKS; i++) {
        jobs[i].task = (prs_task){.run = run, .ctx = &jobs[i], .n_workers = i % 6};
        prs_pool_submit(pool, &jobs[i].task);
    }
    for (uint32_t i = 0; i < TASKS; i++) {
        prs_pool_wait(pool, &jobs[i].task);
        if (i % 6 != 0) ck_assert_uint_lt(jobs[i].worker, i % 6);
    }
    end(&mem, pool);
}
END_TEST

START_TEST(who_waits_works) {
    static job jobs[8];
    prs_mem mem;
    atomic_bool gate = false;
    prs_pool *pool = make(&mem, 1);
    memset(jobs, 0, sizeof jobs);
    jobs[0].gate = &gate; /* holds the only thread up, or the user who waits for it: never both */
    for (uint32_t i = 0; i < 8; i++) jobs[i].task = (prs_task){.run = run, .ctx = &jobs[i]};
    prs_pool_submit(pool, &jobs[0].task);
    while (!atomic_load(&jobs[0].begun)) sched_yield();
    for (uint32_t i = 1; i < 8; i++) prs_pool_submit(pool, &jobs[i].task);
    prs_pool_wait(pool, &jobs[7].task);
    for (uint32_t i = 1; i < 8; i++) ck_assert_uint_eq(jobs[i].worker, 0);
    ck_assert(!prs_pool_is_done(pool, &jobs[0].task));
    atomic_store(&gate, true);
    prs_pool_wait(pool, &jobs[0].task);
    ck_assert_uint_eq(jobs[0].worker, 1);
    end(&mem, pool);
}
END_TEST

START_TEST(what_is_taken_back_is_idle) {
    static job jobs[4];
    prs_mem mem;
    atomic_bool gate = false;
    prs_pool *pool = make(&mem, 1);
    memset(jobs, 0, sizeof jobs);
    jobs[0].gate = &gate;
    for (uint32_t i = 0; i < 4; i++) jobs[i].task = (prs_task){.run = run, .ctx = &jobs[i]};
    prs_pool_submit(pool, &jobs[0].task);
    while (!atomic_load(&jobs[0].begun)) sched_yield();
    for (uint32_t i = 1; i < 4; i++) prs_pool_submit(pool, &jobs[i].task);
    prs_pool_take_back(pool, &jobs[2].task);
    prs_pool_take_back(pool, &jobs[3].task);
    prs_pool_take_back(pool, &jobs[1].task);
    prs_pool_take_back(pool, &jobs[1].task); /* once more does nothing */
    atomic_store(&gate, true);
    prs_pool_take_back(pool, &jobs[0].task); /* waits */
    ck_assert_uint_eq(atomic_load(&jobs[0].runs), 1);
    for (uint32_t i = 1; i < 4; i++) ck_assert_uint_eq(atomic_load(&jobs[i].runs), 0);
    prs_pool_submit(pool, &jobs[2].task); /* and can be handed in again */
    prs_pool_wait(pool, &jobs[2].task);
    ck_assert_uint_eq(atomic_load(&jobs[2].runs), 1);
    end(&mem, pool);
}
END_TEST

START_TEST(memory_may_run_out) {
    for (size_t nth = 1; nth < 4; nth++) {
        test_alloc alloc = {.fail_at = nth};
        prism_allocator hook = test_alloc_hook(&alloc);
        prs_mem mem;
        prs_pool *pool;
        prs_mem_init(&mem, &hook);
        prism_status status = prs_pool_new(&mem, 2, &pool, NULL);
        ck_assert_int_eq(status, nth < 3 ? PRISM_ENOMEM : PRISM_OK);
        prs_pool_free(pool);
        test_alloc_check_empty(&alloc);
    }
}
END_TEST

TEST_SUITE(pool, each_runs_once_and_in_order, only_those_who_may_run_it, who_waits_works,
           what_is_taken_back_is_idle, memory_may_run_out)
