/* Mutual exclusion, reference counts and the clock, under threads (ThreadSanitizer runs this
 * too). */
#include "harness/test.h"

#include "base/sync.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 20000 };

static prs_mutex mutex;
static uint64_t guarded;
static prs_refcount refs;
static atomic_int last_drops;

static void *add_under_lock(void *arg) {
    for (int i = 0; i < ROUNDS; i++) {
        prs_mutex_lock(&mutex);
        guarded += 1;
        prs_mutex_unlock(&mutex);
    }
    return arg;
}

static void *take_and_drop(void *arg) {
    for (int i = 0; i < ROUNDS; i++) {
        prs_ref_inc(&refs);
        if (prs_ref_dec(&refs)) atomic_fetch_add(&last_drops, 1);
    }
    if (prs_ref_dec(&refs)) atomic_fetch_add(&last_drops, 1);
    return arg;
}

static void run_threads(void *(*work)(void *)) {
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work, NULL), 0);
    }
    for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

START_TEST(mutex_excludes) {
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prs_mutex_init(&mutex, &err), PRISM_OK);
    run_threads(add_under_lock);
    ck_assert_uint_eq(guarded, THREADS * ROUNDS);
    prs_mutex_fini(&mutex);
}
END_TEST

START_TEST(exactly_one_drop_is_the_last) {
    prs_ref_init(&refs);
    for (int i = 1; i < THREADS; i++) prs_ref_inc(&refs);
    run_threads(take_and_drop);
    ck_assert_int_eq(atomic_load(&last_drops), 1);
}
END_TEST

typedef struct handover { /* a number that goes to and fro */
    prs_mutex lock;
    prs_cond moved;
    uint32_t n, rounds;
    bool all_blocked; /* no signal would be delivered to the other thread */
} handover;

static void answer(void *arg) {
    handover *h = arg;
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    h->all_blocked = sigismember(&blocked, SIGTERM) == 1 && sigismember(&blocked, SIGUSR1) == 1;
    prs_mutex_lock(&h->lock);
    while (h->n < h->rounds) {
        while (h->n % 2 == 0 && h->n < h->rounds) prs_cond_wait(&h->moved, &h->lock);
        h->n++;
        prs_cond_wake_all(&h->moved);
    }
    prs_mutex_unlock(&h->lock);
}

START_TEST(two_threads_wait_for_one_another) {
    handover h = {.rounds = 2000};
    prs_thread other;
    sigset_t before, after;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    ck_assert_int_eq(prs_mutex_init(&h.lock, NULL), PRISM_OK);
    ck_assert_int_eq(prs_cond_init(&h.moved, NULL), PRISM_OK);
    ck_assert_int_eq(prs_thread_start(&other, answer, &h, NULL), PRISM_OK);
    prs_mutex_lock(&h.lock);
    while (h.n < h.rounds) {
        while (h.n % 2 == 1) prs_cond_wait(&h.moved, &h.lock);
        h.n++;
        prs_cond_wake_all(&h.moved);
    }
    prs_mutex_unlock(&h.lock);
    prs_thread_join(&other);
    ck_assert_uint_ge(h.n, h.rounds);
    ck_assert(h.all_blocked);
    pthread_sigmask(SIG_SETMASK, NULL, &after); /* ours is as it was */
    ck_assert_int_eq(sigismember(&after, SIGTERM), sigismember(&before, SIGTERM));
    prs_cond_fini(&h.moved);
    prs_mutex_fini(&h.lock);
}
END_TEST

START_TEST(clock_moves_forward) {
    uint64_t before = prs_clock_us();
    uint64_t last = before;
    for (int i = 0; i < 1000; i++) {
        uint64_t now = prs_clock_us();
        ck_assert_uint_ge(now, last);
        last = now;
    }
    usleep(2000);
    ck_assert_uint_ge(prs_clock_us() - before, 2000);
}
END_TEST

START_TEST(process_id_is_ours) {
    ck_assert_int_eq(prs_process_id(), getpid());
}
END_TEST

static prs_fork_mutex across;

static void *add_across(void *arg) {
    for (int i = 0; i < ROUNDS; i++) {
        prs_fork_mutex_lock(&across);
        guarded += 1;
        prs_fork_mutex_unlock(&across);
    }
    return arg;
}

/* In the child: threads that all find the mutex of another process. */
static int use_in_child(bool lost) {
    (void)alarm(60); /* a mutex that hangs ends the child */
    uint64_t before = guarded;
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, add_across, NULL) != 0) return 2;
    for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    if (guarded != before + THREADS * ROUNDS) return 3;
    if (atomic_load(&across.lost) != lost) return 4;
    prs_fork_mutex_fini(&across);
    return 0;
}

static atomic_int stage; /* 1: a thread holds the mutex; 2: it may go on */

static void *hold(void *arg) {
    prs_fork_mutex_lock(&across);
    atomic_store(&stage, 1);
    while (atomic_load(&stage) != 2) usleep(1000);
    prs_fork_mutex_unlock(&across);
    return arg;
}

START_TEST(a_child_goes_on_with_a_mutex_that_was_held) {
    for (int held = 0; held < 2; held++) {
        pthread_t holder;
        int status;
        atomic_store(&stage, 0);
        ck_assert_int_eq(prs_fork_mutex_init(&across, NULL), PRISM_OK);
        if (held) {
            ck_assert_int_eq(pthread_create(&holder, NULL, hold, NULL), 0);
            while (atomic_load(&stage) != 1) usleep(1000);
        }
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) _exit(use_in_child(held));
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child: %#x", status);
        if (held) {
            atomic_store(&stage, 2);
            pthread_join(holder, NULL);
        }
        run_threads(add_across); /* and the parent with its own */
        ck_assert(!atomic_load(&across.lost));
        prs_fork_mutex_fini(&across);
    }
}
END_TEST

START_TEST(a_mutex_is_tried) {
    prs_mutex m;
    ck_assert_int_eq(prs_mutex_init(&m, NULL), PRISM_OK);
    ck_assert(prs_mutex_try(&m));
    ck_assert(!prs_mutex_try(&m));
    prs_mutex_unlock(&m);
    ck_assert(prs_mutex_try(&m));
    prs_mutex_unlock(&m);
    prs_mutex_fini(&m);
}
END_TEST

START_TEST(a_wait_ends_by_itself) {
    prs_mutex m;
    prs_cond c;
    ck_assert_int_eq(prs_mutex_init(&m, NULL), PRISM_OK);
    ck_assert_int_eq(prs_cond_init(&c, NULL), PRISM_OK);
    prs_mutex_lock(&m);
    uint64_t began = prs_clock_us();
    for (int i = 0; i < 5; i++) prs_cond_wait_ms(&c, &m, 4); /* may wake for nothing */
    ck_assert_uint_ge(prs_clock_us() - began, 4000);
    ck_assert(!prs_mutex_try(&m)); /* it is ours again */
    prs_mutex_unlock(&m);
    prs_cond_fini(&c);
    prs_mutex_fini(&m);
}
END_TEST

TEST_SUITE(sync, a_mutex_is_tried, a_wait_ends_by_itself,
           a_child_goes_on_with_a_mutex_that_was_held, mutex_excludes, exactly_one_drop_is_the_last,
           two_threads_wait_for_one_another, clock_moves_forward, process_id_is_ours)
