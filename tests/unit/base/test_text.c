/* Texts that outlive their handle: bytes, hook, sizes, refusal. */
#include "harness/test.h"

#include "base/text.h"

START_TEST(a_text_outlives_its_mem) {
    test_alloc counter = {0};
    char *text;
    {
        prs_mem mem;
        prism_allocator hook = test_alloc_hook(&counter);
        prs_mem_init(&mem, &hook);
        text = prs_text_new(&mem, "ab\0cd", 5);
        ck_assert_ptr_nonnull(text);
        ck_assert_uint_eq(atomic_load(&mem.live), 0); /* not counted: the handle may close first */
        memset(&mem, 0x5a, sizeof mem);
    }
    ck_assert_mem_eq(text, "ab\0cd\0", 6);
    ck_assert_uint_eq(atomic_load(&counter.blocks), 1);
    prs_text_free(text); /* the harness compares the size handed back */
    test_alloc_check_empty(&counter);
}
END_TEST

START_TEST(empty_and_null) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    char *text = prs_text_new(&mem, NULL, 0);
    ck_assert_str_eq(text, "");
    prs_text_free(text);
    prs_text_free(NULL);
}
END_TEST

START_TEST(refusals_are_null) {
    test_alloc counter = {.fail_at = 1};
    prs_mem mem;
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
    ck_assert_ptr_null(prs_text_new(&mem, "x", SIZE_MAX)); /* never reaches the hook */
    ck_assert_uint_eq(atomic_load(&counter.calls), 0);
    ck_assert_ptr_null(prs_text_new(&mem, "x", 1));
    test_alloc_check_empty(&counter);
}
END_TEST

TEST_SUITE(text, a_text_outlives_its_mem, empty_and_null, refusals_are_null)
