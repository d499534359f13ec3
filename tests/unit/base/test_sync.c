/* Mutual exclusion, reference counts and the clock, under threads (ThreadSanitizer runs this
 * too). */
#include "harness/test.h"

#include "base/sync.h"

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

TEST_SUITE(sync, mutex_excludes, exactly_one_drop_is_the_last, clock_moves_forward,
           process_id_is_ours)
