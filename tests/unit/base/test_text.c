/* test_text.c - texts for the caller outlive the memory they came from. */
#include "harness/test.h"

#include "base/text.h"

START_TEST(a_text_outlives_its_memory) {
    test_alloc alloc = {0};
    prism_allocator hook = test_alloc_hook(&alloc);
    char *text;
    {
        prs_mem mem;
        prs_mem_init(&mem, &hook);
        text = prs_text_new(&mem, "abc\0def", 7);
        ck_assert_uint_eq(atomic_load(&mem.live), 0);
        memset(&mem, 0xee, sizeof mem);
    }
    ck_assert_mem_eq(text, "abc\0def", 8);
    prs_text_free(text);
    prs_text_free(NULL);
    test_alloc_check_empty(&alloc);
}
END_TEST

START_TEST(no_memory_is_null) {
    test_alloc alloc = {.fail_at = 1};
    prism_allocator hook = test_alloc_hook(&alloc);
    prs_mem mem;
    prs_mem_init(&mem, &hook);
    ck_assert_ptr_null(prs_text_new(&mem, "abc", 3));
    ck_assert_ptr_null(prs_text_new(&mem, "abc", SIZE_MAX));
}
END_TEST

TEST_SUITE(text, a_text_outlives_its_memory, no_memory_is_null)
