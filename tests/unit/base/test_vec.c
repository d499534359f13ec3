/* The typed vector: growth, refusal, overflow, memory given back. */
#include "harness/test.h"

#include "base/vec.h"

typedef struct wide {
    uint64_t a[5];
} wide;

PRS_VEC_DEFINE(ints, uint32_t)
PRS_VEC_DEFINE(wides, wide)

static test_alloc counter;
static prs_mem mem;

static void begin(void) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
}

START_TEST(push_keeps_order) {
    begin();
    ints v;
    ints_init(&v, &mem);
    for (uint32_t i = 0; i < 10000; i++) ck_assert(ints_push(&v, i * i));
    ck_assert_uint_eq(v.n, 10000);
    for (uint32_t i = 0; i < 10000; i++) ck_assert_uint_eq(v.ptr[i], i * i);
    ints_clear(&v);
    ck_assert_uint_eq(v.n, 0);
    ck_assert_uint_ge(v.cap, 10000);
    ints_fini(&v);
    ints_fini(&v); /* twice is harmless */
    test_alloc_check_empty(&counter);
}
END_TEST

START_TEST(extend_makes_room_at_once) {
    begin();
    wides v;
    wides_init(&v, &mem);
    wide *first = wides_extend(&v, 3);
    ck_assert_ptr_eq(first, v.ptr);
    wide *next = wides_extend(&v, 1000);
    ck_assert_ptr_eq(next, v.ptr + 3);
    ck_assert_uint_eq(v.n, 1003);
    ck_assert_uint_eq(atomic_load(&counter.calls), 2);
    wides_fini(&v);
    test_alloc_check_empty(&counter);
}
END_TEST

START_TEST(refusal_changes_nothing) {
    begin();
    ints v;
    ints_init(&v, &mem);
    for (uint32_t i = 0; i < 8; i++) ck_assert(ints_push(&v, i));
    counter.fail_at = 2;
    ck_assert(!ints_push(&v, 8));
    ck_assert_uint_eq(v.n, 8);
    ck_assert_ptr_null(ints_extend(&v, SIZE_MAX / 2));
    ck_assert_ptr_null(ints_extend(&v, SIZE_MAX));
    ck_assert(ints_push(&v, 8));
    for (uint32_t i = 0; i < 9; i++) ck_assert_uint_eq(v.ptr[i], i);
    ints_fini(&v);
    test_alloc_check_empty(&counter);
}
END_TEST

TEST_SUITE(vec, push_keeps_order, extend_makes_room_at_once, refusal_changes_nothing)
