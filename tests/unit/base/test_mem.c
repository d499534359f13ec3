/* prs_mem: sizes counted exactly, the cap, the hook's refusals, overflow, threads. */
#include "harness/test.h"

#include <pthread.h>

static test_alloc counter;
static prs_mem mem;

static void begin(void) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
}

static void check_live(size_t bytes) {
    ck_assert_uint_eq(atomic_load(&mem.live), bytes);
    ck_assert_uint_eq(atomic_load(&counter.bytes), bytes);
}

START_TEST(live_and_peak_follow_every_call) {
    begin();
    void *a = prs_mem_alloc(&mem, 100);
    void *b = prs_mem_calloc(&mem, 10, 20);
    check_live(300);
    a = prs_mem_resize(&mem, a, 100, 50);
    check_live(250);
    a = prs_mem_resize(&mem, a, 50, 75);
    check_live(275);
    prs_mem_free(&mem, b, 200);
    check_live(75);
    prs_mem_free(&mem, a, 75);
    check_live(0);
    ck_assert_uint_eq(atomic_load(&mem.peak), 300);
    test_alloc_check_empty(&counter);
}
END_TEST

/* What would be more than the limit is refused and not counted; what fits still goes. */
START_TEST(a_limit_holds) {
    begin();
    mem.limit = 100;
    void *a = prs_mem_alloc(&mem, 60);
    ck_assert_ptr_nonnull(a);
    ck_assert(!atomic_load(&mem.refused));
    ck_assert_ptr_null(prs_mem_alloc(&mem, 41));
    ck_assert(atomic_load(&mem.refused));
    check_live(60);
    ck_assert_ptr_null(prs_mem_resize(&mem, a, 60, 101));
    a = prs_mem_resize(&mem, a, 60, 100);
    ck_assert_ptr_nonnull(a);
    check_live(100);
    a = prs_mem_resize(&mem, a, 100, 10);
    void *b = prs_mem_alloc(&mem, 90);
    ck_assert_ptr_nonnull(b);
    prs_mem_free(&mem, a, 10);
    prs_mem_free(&mem, b, 90);
    ck_assert_uint_eq(atomic_load(&mem.peak), 100);
    test_alloc_check_empty(&counter);
}
END_TEST

START_TEST(nothing_is_one_byte) {
    begin();
    void *a = prs_mem_alloc(&mem, 0);
    void *b = prs_mem_calloc(&mem, 0, 8);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    ck_assert_ptr_ne(a, b);
    check_live(2);
    a = prs_mem_resize(&mem, a, 0, 10);
    check_live(11);
    a = prs_mem_resize(&mem, a, 10, 0);
    ck_assert_ptr_nonnull(a);
    check_live(2);
    prs_mem_free(&mem, a, 0);
    prs_mem_free(&mem, b, 0);
    prs_mem_free(&mem, NULL, 7);
    check_live(0);
}
END_TEST

START_TEST(calloc_is_zero_and_resize_keeps) {
    begin();
    uint8_t *p = prs_mem_calloc(&mem, 16, 4); /* the hook hands out 0xaa */
    for (size_t i = 0; i < 64; i++) ck_assert_uint_eq(p[i], 0);
    for (size_t i = 0; i < 64; i++) p[i] = (uint8_t)i;
    p = prs_mem_resize(&mem, p, 64, 4096);
    for (size_t i = 0; i < 64; i++) ck_assert_uint_eq(p[i], i);
    prs_mem_free(&mem, p, 4096);
}
END_TEST

START_TEST(overflow_never_reaches_the_hook) {
    begin();
    ck_assert_ptr_null(prs_mem_calloc(&mem, SIZE_MAX / 2, 3));
    ck_assert_ptr_null(prs_mem_calloc(&mem, SIZE_MAX, SIZE_MAX));
    ck_assert_ptr_null(prs_mem_alloc(&mem, SIZE_MAX));
    ck_assert_ptr_null(prs_mem_strndup(&mem, "x", SIZE_MAX));
    ck_assert_uint_eq(atomic_load(&counter.calls), 0);
    check_live(0);
}
END_TEST

START_TEST(cap_bounds_a_single_block) {
    begin();
    ck_assert_uint_eq(mem.single_cap, (size_t)256 << 20);
    mem.single_cap = 1000;
    void *a = prs_mem_alloc(&mem, 1000);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_null(prs_mem_alloc(&mem, 1001));
    ck_assert_ptr_null(prs_mem_resize(&mem, a, 1000, 1001));
    check_live(1000);
    void *b = prs_mem_alloc(&mem, 1000); /* the cap is for one block, not for the sum */
    ck_assert_ptr_nonnull(b);
    prs_mem_free(&mem, a, 1000);
    prs_mem_free(&mem, b, 1000);
}
END_TEST

START_TEST(refusal_leaves_the_old_block_and_the_count) {
    begin();
    uint8_t *p = prs_mem_alloc(&mem, 8);
    memcpy(p, "content", 8);
    counter.fail_at = 2;
    ck_assert_ptr_null(prs_mem_resize(&mem, p, 8, 800));
    ck_assert_str_eq((char *)p, "content");
    check_live(8);
    ck_assert_uint_eq(atomic_load(&mem.peak), 800); /* the count goes up before the hook is asked */
    p = prs_mem_resize(&mem, p, 8, 800);
    ck_assert_ptr_nonnull(p);
    prs_mem_free(&mem, p, 800);
    check_live(0);
}
END_TEST

START_TEST(refused_shrink_is_not_counted) {
    begin();
    void *p = prs_mem_alloc(&mem, 100);
    counter.fail_at = 2;
    ck_assert_ptr_null(prs_mem_resize(&mem, p, 100, 10));
    check_live(100);
    prs_mem_free(&mem, p, 100);
}
END_TEST

START_TEST(strndup_ends_in_nul) {
    begin();
    char *s = prs_mem_strndup(&mem, "abcdef", 3);
    ck_assert_str_eq(s, "abc");
    char *empty = prs_mem_strndup(&mem, NULL, 0);
    ck_assert_str_eq(empty, "");
    prs_mem_free(&mem, s, 4);
    prs_mem_free(&mem, empty, 1);
    check_live(0);
}
END_TEST

START_TEST(malloc_is_the_default) {
    prs_mem system_mem;
    prs_mem_init(&system_mem, NULL);
    void *p = prs_mem_alloc(&system_mem, 1000);
    ck_assert_ptr_nonnull(p);
    ck_assert_uint_eq((uintptr_t)p % alignof(max_align_t), 0);
    ck_assert_uint_eq(atomic_load(&system_mem.live), 1000);
    p = prs_mem_resize(&system_mem, p, 1000, 2000);
    prs_mem_free(&system_mem, p, 2000);
    ck_assert_uint_eq(atomic_load(&system_mem.live), 0);
    ck_assert_uint_eq(atomic_load(&system_mem.peak), 2000);
}
END_TEST

static void *churn(void *arg) {
    size_t size = *(size_t *)arg;
    for (int i = 0; i < 2000; i++) {
        void *p = prs_mem_alloc(&mem, size);
        if (p == NULL) return arg;
        p = prs_mem_resize(&mem, p, size, 2 * size);
        prs_mem_free(&mem, p, 2 * size);
    }
    return NULL;
}

START_TEST(threads_share_one_count) {
    begin();
    pthread_t threads[4];
    size_t sizes[] = {1, 30, 500, 7000};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, churn, &sizes[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        ck_assert_ptr_null(failed);
    }
    check_live(0);
    ck_assert_uint_ge(atomic_load(&mem.peak), 14000);
    ck_assert_uint_le(atomic_load(&mem.peak), 2 * (1 + 30 + 500 + 7000));
}
END_TEST

TEST_SUITE(mem, a_limit_holds, live_and_peak_follow_every_call, nothing_is_one_byte,
           calloc_is_zero_and_resize_keeps, overflow_never_reaches_the_hook,
           cap_bounds_a_single_block, refusal_leaves_the_old_block_and_the_count,
           refused_shrink_is_not_counted, strndup_ends_in_nul, malloc_is_the_default,
           threads_share_one_count)
