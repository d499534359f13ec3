/* main.c - how do the tests of one program run, and how does the answer reach `make check`?
 *
 * Check runs every test in a fork; its results are printed as TAP, one line for each test, which
 * automake counts.  A test that calls test_skip ends its fork with status 77, which Check reports
 * as an early exit: that is how a single test can skip, which Check itself cannot express.  The
 * reason reaches the runner through a file, one line for each skip: tests run one after the other.
 * CK_RUN_SUITE and CK_RUN_CASE choose, as usual. */
#include "harness/test.h"

#include "harness/private.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define TEST_SUITES_MAX 128
#define TEST_SKIP_STATUS 77

typedef struct test_entry {
    const char *name;
    const TTest *const *tests;
    size_t n;
} test_entry;

static test_entry entries[TEST_SUITES_MAX];
static size_t n_entries;

void test_register(const char *name, const TTest *const *tests, size_t n) {
    if (n_entries == TEST_SUITES_MAX) {
        fprintf(stderr, "harness: more than %d suites\n", TEST_SUITES_MAX);
        exit(99);
    }
    entries[n_entries++] = (test_entry){name, tests, n};
}

static char skips_path[PATH_MAX]; /* the file of reasons */

void test_skip(const char *reason) {
    FILE *skips = fopen(skips_path, "a");
    if (skips != NULL) {
        fprintf(skips, "%s\n", reason);
        fclose(skips);
    }
    fprintf(stderr, "# skip: %s\n", reason);
    exit(TEST_SKIP_STATUS);
}

/* The reason of the next skipped test, in the order in which they ran. */
static const char *next_reason(FILE *skips) {
    static char line[256];
    if (skips == NULL || fgets(line, sizeof line, skips) == NULL) return "see the log";
    line[strcspn(line, "\n")] = '\0';
    return line;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(((const test_entry *)a)->name, ((const test_entry *)b)->name);
}

/* Each test is a case of its own, named "suite: test", because that name is what Check hands back.
 * Check keeps the pointer: *names, one for each test, lives as long as the runner. */
static SRunner *make_runner(char ***names, size_t *n_names) {
    qsort(entries, n_entries, sizeof entries[0], compare_names);
    SRunner *runner = srunner_create(NULL);
    size_t total = 0;
    for (size_t i = 0; i < n_entries; i++) total += entries[i].n;
    *names = calloc(total + 1, sizeof **names);
    *n_names = 0;
    for (size_t i = 0; i < n_entries; i++) {
        Suite *suite = suite_create(entries[i].name);
        for (size_t t = 0; t < entries[i].n; t++) {
            char *name = NULL;
            if (asprintf(&name, "%s: %s", entries[i].name, entries[i].tests[t]->name) < 0) exit(99);
            (*names)[(*n_names)++] = name;
            TCase *tcase = tcase_create(name);
            tcase_add_test(tcase, entries[i].tests[t]);
            suite_add_tcase(suite, tcase);
        }
        srunner_add_suite(runner, suite);
    }
    return runner;
}

/* TAP is a line format: a message of several lines must not break out of its line. */
static void print_message(const char *message) {
    for (const char *p = message; *p != '\0'; p++) putchar(*p == '\n' || *p == '\r' ? ' ' : *p);
}

/* One TAP line; true if the test did not fail. */
static bool print_result(int number, TestResult *result, FILE *skips) {
    char skipped[64];
    snprintf(skipped, sizeof skipped, "Early exit with return value %d", TEST_SKIP_STATUS);
    const char *message = tr_msg(result);
    bool is_skip = tr_rtype(result) != CK_PASS && strcmp(message, skipped) == 0;
    bool is_ok = is_skip || tr_rtype(result) == CK_PASS;
    printf("%s %d - %s", is_ok ? "ok" : "not ok", number, tr_tcname(result));
    if (is_skip) printf(" # SKIP %s", next_reason(skips));
    putchar('\n');
    if (!is_ok) {
        printf("# %s:%d: ", tr_lfile(result) != NULL ? tr_lfile(result) : "?", tr_lno(result));
        print_message(message);
        putchar('\n');
    }
    return is_ok;
}

int main(void) {
    setenv("CK_DEFAULT_TIMEOUT", "300", 0);
    const char *root = test_places_open();
    if (snprintf(skips_path, sizeof skips_path, "%s/skips", root) >= (int)sizeof skips_path)
        exit(99);
    printf("# PRISM_SEED=%llu\n", (unsigned long long)test_seed());
    fflush(stdout);

    char **names;
    size_t n_names;
    SRunner *runner = make_runner(&names, &n_names);
    srunner_run_all(runner, CK_SILENT);
    int n = srunner_ntests_run(runner);
    TestResult **results = srunner_results(runner);
    bool all_ok = true;
    if (n == 0) printf("1..0 # SKIP no tests\n");
    if (n > 0) printf("1..%d\n", n);
    FILE *skips = fopen(skips_path, "r");
    for (int i = 0; i < n; i++) all_ok = print_result(i + 1, results[i], skips) && all_ok;
    if (skips != NULL) fclose(skips);
    free(results);
    srunner_free(runner);
    for (size_t i = 0; i < n_names; i++) free(names[i]);
    free(names);
    test_places_close();
    /* Under make check every failure has its line; a failing status would count as one more. */
    return all_ok || getenv("PRISM_TAP") != NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}
