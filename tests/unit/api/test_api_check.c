/* test_api_check.c - does prism_index_check refuse what makes no sense, and tell what it finds
 * to those who listen? */
#include "harness/test.h"

#include <prismsearch.h>

#include <stdio.h>
#include <stdlib.h>

static prism_status check(const char *path, prism_check_level level, uint64_t *n,
                          prism_error *err) {
    return prism_index_check(path, level, NULL, NULL, NULL, NULL, NULL, n, err);
}

START_TEST(arguments_that_make_no_sense) {
    prism_error err = PRISM_ERROR_INIT;
    uint64_t n = 99;
    ck_assert_int_eq(check("x", PRISM_CHECK_QUICK, NULL, &err), PRISM_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, "n_findings"));
    ck_assert_int_eq(check(NULL, PRISM_CHECK_QUICK, &n, &err), PRISM_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, "path"));
    ck_assert_uint_eq(n, 0);
    n = 99;
    ck_assert_int_eq(check("x", (prism_check_level)(PRISM_CHECK_DEEP + 1), &n, &err), PRISM_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, "level"));
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(check("x", (prism_check_level)-1, &n, NULL), PRISM_EINVAL);
}
END_TEST

static void make_index(const char *path) {
    prism_index *index;
    prism_writer *writer;
    ck_assert_int_eq(prism_index_create(path, NULL, NULL, &index, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
    for (int i = 0; i < 50; i++) {
        char json[100];
        int len = snprintf(json, sizeof json, "{\"id\":\"k%d\",\"body\":\"some words %d\"}", i, i);
        ck_assert_int_eq(prism_writer_put_json(writer, json, (size_t)len, 0, NULL), PRISM_OK);
    }
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    prism_writer_close(writer);
    prism_index_close(index);
}

typedef struct told {
    uint32_t n, progress;
    uint64_t done, total;
    int stop_at; /* of the progress calls; 0 = never */
    prism_error last;
} told;

static void take(void *ctx, const prism_error *finding) {
    told *t = ctx;
    t->n += finding->code != PRISM_OK;
    t->last = *finding;
}

static int step(void *ctx, uint64_t done, uint64_t total) {
    told *t = ctx;
    t->progress++;
    ck_assert(done >= t->done && done <= total);
    t->done = done;
    t->total = total;
    return t->stop_at != 0 && (int)t->progress >= t->stop_at;
}

START_TEST(a_sound_index_at_every_level) {
    const char *path = test_temp_dir();
    test_alloc counter = {0};
    prism_allocator hook = test_alloc_hook(&counter);
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    opts.allocator = &hook;
    make_index(path);
    for (int level = PRISM_CHECK_QUICK; level <= PRISM_CHECK_DEEP; level++) {
        told t = {0};
        uint64_t n = 99;
        ck_assert_int_eq(prism_index_check(path, (prism_check_level)level, &opts, take, &t, step,
                                           &t, &n, NULL),
                         PRISM_OK);
        ck_assert(n == 0 && t.n == 0);
        if (level != PRISM_CHECK_QUICK) ck_assert(t.progress > 0 && t.done == t.total);
        test_alloc_check_empty(&counter);
    }
    told t = {.stop_at = 1};
    uint64_t n;
    ck_assert_int_eq(prism_index_check(path, PRISM_CHECK_DEEP, NULL, take, &t, step, &t, &n, NULL),
                     PRISM_ECANCELED);
}
END_TEST

START_TEST(damage_is_a_finding_not_an_error) {
    const char *path = test_temp_dir();
    char name[600];
    uint64_t n = 0;
    told t = {0};
    prism_error err = PRISM_ERROR_INIT;
    make_index(path);
    snprintf(name, sizeof name, "%s/commit-0000000000000001", path); /* older, kept */
    FILE *f = fopen(name, "r+b");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fseek(f, 100, SEEK_SET), 0);
    ck_assert_int_ne(fputc(0xa5, f), EOF);
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_int_eq(prism_index_check(path, PRISM_CHECK_NORMAL, NULL, take, &t, NULL, NULL, &n,
                                       &err),
                     PRISM_OK);
    ck_assert_uint_eq(n, 1);
    ck_assert_uint_eq(t.n, 1);
    ck_assert_int_eq(t.last.code, PRISM_ECORRUPT);
    ck_assert_str_eq(t.last.file, "commit-0000000000000001");
    n = 0; /* and without anybody listening */
    ck_assert_int_eq(check(path, PRISM_CHECK_NORMAL, &n, &err), PRISM_OK);
    ck_assert_uint_eq(n, 1);
}
END_TEST

START_TEST(there_is_no_index) {
    prism_error err = PRISM_ERROR_INIT;
    uint64_t n = 99;
    ck_assert_int_eq(check(test_temp_dir(), PRISM_CHECK_QUICK, &n, &err), PRISM_ENOTFOUND);
    ck_assert_int_eq(check("/no/such/folder/at/all", PRISM_CHECK_QUICK, &n, &err), PRISM_ENOTFOUND);
    ck_assert_uint_eq(n, 0);
}
END_TEST

/* Out of memory is an error, never a finding: the index is not at fault. */
START_TEST(memory_may_run_out) {
    const char *path = test_temp_dir();
    make_index(path);
    for (size_t at = 1;; at += 1 + at / 6) {
        test_alloc counter = {.fail_at = at, .fail_on = true};
        prism_allocator hook = test_alloc_hook(&counter);
        prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
        told t = {0};
        opts.allocator = &hook;
        uint64_t n = 99;
        prism_status status =
            prism_index_check(path, PRISM_CHECK_DEEP, &opts, take, &t, NULL, NULL, &n, NULL);
        ck_assert_uint_eq(t.n, 0);
        test_alloc_check_empty(&counter);
        if (atomic_load(&counter.calls) < at) {
            ck_assert_int_eq(status, PRISM_OK);
            break;
        }
        ck_assert_msg(status == PRISM_ENOMEM, "allocation %zu: %d", at, status);
    }
}
END_TEST

TEST_SUITE(api_check, arguments_that_make_no_sense, a_sound_index_at_every_level,
           damage_is_a_finding_not_an_error, there_is_no_index, memory_may_run_out)
