/* test.h - what a test program finds ready: Check, registration, seeds, failing memory, places.
 *
 *     #include "harness/test.h"
 *     START_TEST(push_grows) { ... ck_assert_uint_eq(...); } END_TEST
 *     TEST_SUITE(buf, push_grows, ...)            - at the end of the file; registers itself
 *
 * Each test runs in a process of its own, with a time limit of 300 s (CK_DEFAULT_TIMEOUT).
 * PRISM_SEED=n repeats a random run, PRISM_SEED=random draws a new one, CK_RUN_SUITE=name runs one
 * suite, CK_FORK=no is for debuggers. */
#ifndef PRS_TESTS_HARNESS_TEST_H
#define PRS_TESTS_HARNESS_TEST_H

#include "base/mem.h"
#include "base/prs.h"

#include <check.h>

/** Register a suite before main.  Called by TEST_SUITE only. */
void test_register(const char *name, const TTest *const *tests, size_t n);

#define TEST_SUITE(name, ...)                                                                      \
    __attribute__((constructor)) static void register_##name(void) {                               \
        static const TTest *list[sizeof((const TTest *[]){__VA_ARGS__}) / sizeof(TTest *)];        \
        const TTest *tests[] = {__VA_ARGS__};                                                      \
        memcpy(list, tests, sizeof list);                                                          \
        test_register(#name, list, PRS_COUNT(list));                                               \
    }

/** ck_assert for inner loops: Check writes a note to its parent for every assertion that holds. */
#define TEST_NEED(x) ((x) ? (void)0 : ck_abort_msg("%s", #x))

/** End this test here and report it as skipped, with a reason. */
_Noreturn void test_skip(const char *reason);

/* Random numbers: xoshiro256**, a stream for each (run, name) pair. */
typedef struct test_rng {
    uint64_t s[4];
} test_rng;

/** The seed of this run: PRISM_SEED (a number, or "random"), else a fixed one; printed at the
 *  start. */
uint64_t test_seed(void);
test_rng test_rng_of(const char *name);
uint64_t test_rng_next(test_rng *rng);
/** 0 <= result < n; n > 0. */
uint64_t test_rng_below(test_rng *rng, uint64_t n);
/** true in one of n calls. */
bool test_rng_one_in(test_rng *rng, uint64_t n);
void test_rng_fill(test_rng *rng, void *out, size_t len);

/* Memory that counts, checks every size handed back, and fails on demand. */
typedef struct test_alloc {
    atomic_size_t calls;  /* resize calls so far */
    atomic_size_t blocks; /* live blocks */
    atomic_size_t bytes;  /* live bytes */
    /* set by the test while threads of a writer may be at work */
    atomic_size_t fail_at; /* this call fails, from 1; 0 = none */
    atomic_bool fail_on;   /* and all after it */
} test_alloc;

/** A hook over `a`, which must outlive it.  A wrong size or a foreign pointer fails the test. */
prism_allocator test_alloc_hook(test_alloc *a);
/** Fails the test unless everything was released. */
void test_alloc_check_empty(const test_alloc *a);
/** Run `work` with its 1st, 2nd, 3rd ... allocation refused, once and for ever, until a run needs
 *  no more: it must return ENOMEM whenever one was refused, OK else, and release all it took.
 *  Returns the number of allocations of an undisturbed run. */
size_t test_oom_sweep(prism_status (*work)(prs_mem *mem, void *ctx), void *ctx);

/** A new empty folder; all of them are removed when the program ends (PRISM_KEEP_TEMP=1 keeps).
 *  Lives as long as the test. */
const char *test_temp_dir(void);
/** Mount a tmpfs over `folder` that this process alone sees and that ends with it; skips the test
 *  where that is not allowed. */
void test_mount(const char *folder, const char *options, unsigned long flags);
/** Path of a file of the shared collections ("cranfield/docs.tsv"); skips the test if absent. */
const char *test_shared_path(const char *relative);
/** Path of a file in the source tree. */
const char *test_source_path(const char *relative);

#endif
