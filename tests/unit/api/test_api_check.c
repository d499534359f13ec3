/* test_api_check.c - are the arguments of prism_index_check sound, and its options taken? */
#include "harness/test.h"

#include <prismsearch.h>

static prism_status check(const char *path, prism_check_level level, const prism_index_opts *opts,
                          uint64_t *n) {
    return prism_index_check(path, level, opts, NULL, NULL, NULL, NULL, n, NULL);
}

START_TEST(arguments_are_checked) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    const char *path = test_temp_dir();
    prism_index *index;
    uint64_t n = 9;
    ck_assert_int_eq(check(NULL, PRISM_CHECK_QUICK, NULL, &n), PRISM_EINVAL);
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(check(path, PRISM_CHECK_QUICK, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(check(path, (prism_check_level)3, NULL, &n), PRISM_EINVAL);
    ck_assert_int_eq(check(path, PRISM_CHECK_QUICK, NULL, &n), PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_index_create(path, NULL, NULL, &index, NULL), PRISM_OK);
    prism_index_close(index);
    for (int level = PRISM_CHECK_QUICK; level <= PRISM_CHECK_DEEP; level++)
        ck_assert_int_eq(check(path, (prism_check_level)level, &opts, &n), PRISM_OK);
    opts.size = 0;
    ck_assert_int_eq(check(path, PRISM_CHECK_QUICK, &opts, &n), PRISM_EINVAL);
}
END_TEST

START_TEST(its_memory_is_the_callers) {
    test_alloc memory = {0};
    prism_allocator hook = test_alloc_hook(&memory);
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    const char *path = test_temp_dir();
    prism_index *index;
    uint64_t n;
    ck_assert_int_eq(prism_index_create(path, NULL, NULL, &index, NULL), PRISM_OK);
    prism_index_close(index);
    opts.allocator = &hook;
    ck_assert_int_eq(check(path, PRISM_CHECK_DEEP, &opts, &n), PRISM_OK);
    ck_assert_uint_gt(memory.calls, 0);
    test_alloc_check_empty(&memory);
}
END_TEST

TEST_SUITE(api_check, arguments_are_checked, its_memory_is_the_callers)
