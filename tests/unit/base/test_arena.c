/* Arena: alignment, no overlap, chunk growth, marks, reset, refusal, overflow. */
#include "harness/test.h"

#include "base/arena.h"

static test_alloc counter;
static prs_mem mem;
static prs_arena arena;

static void begin(size_t first_chunk) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
    prs_arena_init(&arena, &mem, first_chunk);
}

static void finish(void) {
    prs_arena_fini(&arena);
    ck_assert_uint_eq(arena.total, 0);
    test_alloc_check_empty(&counter);
}

START_TEST(init_allocates_nothing) {
    begin(0);
    ck_assert_uint_eq(atomic_load(&counter.calls), 0);
    prs_arena_reset(&arena);
    prs_arena_restore(&arena, prs_arena_save(&arena));
    ck_assert_uint_eq(atomic_load(&counter.calls), 0);
    finish();
}
END_TEST

/* Every block keeps its own bytes while thousands of others are written. */
START_TEST(blocks_are_aligned_and_apart) {
    enum { N = 3000 };
    static uint8_t *blocks[N];
    static size_t sizes[N];
    test_rng rng = test_rng_of("arena blocks");
    begin(64);
    for (size_t i = 0; i < N; i++) {
        sizes[i] = test_rng_below(&rng, test_rng_one_in(&rng, 50) ? 20000 : 100);
        blocks[i] = prs_arena_alloc(&arena, sizes[i]);
        ck_assert_ptr_nonnull(blocks[i]);
        ck_assert_uint_eq((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], (int)(i % 251), sizes[i]);
    }
    for (size_t i = 0; i < N; i++) {
        for (size_t b = 0; b < sizes[i]; b++) ck_assert_uint_eq(blocks[i][b], i % 251);
    }
    finish();
}
END_TEST

START_TEST(empty_blocks_are_distinct) {
    begin(0);
    void *a = prs_arena_alloc(&arena, 0);
    void *b = prs_arena_alloc(&arena, 0);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_ne(a, b);
    finish();
}
END_TEST

START_TEST(chunks_double_up_to_a_mebibyte) {
    begin(4096);
    size_t calls = 0;
    for (size_t want = 4096; want <= (size_t)4 << 20; want *= 2) {
        size_t before = arena.total;
        while (atomic_load(&counter.calls) == calls) {
            ck_assert_ptr_nonnull(prs_arena_alloc(&arena, 256));
        }
        calls++;
        ck_assert_uint_eq(arena.total - before, PRS_MIN(want, (size_t)1 << 20));
    }
    ck_assert_uint_eq(arena.total, atomic_load(&mem.live));
    finish();
}
END_TEST

START_TEST(large_block_gets_its_own_chunk) {
    begin(0);
    uint8_t *p = prs_arena_alloc(&arena, (size_t)3 << 20);
    ck_assert_ptr_nonnull(p);
    p[0] = p[((size_t)3 << 20) - 1] = 1;
    ck_assert_uint_eq(atomic_load(&counter.calls), 1);
    ck_assert_uint_lt(arena.total, ((size_t)3 << 20) + 4096);
    finish();
}
END_TEST

START_TEST(impossible_sizes_are_refused) {
    begin(0);
    ck_assert_ptr_null(prs_arena_alloc(&arena, SIZE_MAX));
    ck_assert_ptr_null(prs_arena_alloc(&arena, SIZE_MAX - 15));
    ck_assert_ptr_null(prs_arena_alloc(&arena, SIZE_MAX - 16));
    ck_assert_ptr_null(prs_arena_alloc(&arena, SIZE_MAX - 64));
    ck_assert_ptr_null(prs_arena_calloc(&arena, SIZE_MAX / 4, 5));
    ck_assert_ptr_null(prs_arena_dup(&arena, "x", SIZE_MAX));
    ck_assert_uint_eq(atomic_load(&counter.calls), 0);
    ck_assert_ptr_nonnull(prs_arena_alloc(&arena, 1)); /* and it goes on working */
    finish();
}
END_TEST

START_TEST(dup_and_calloc_hold_what_they_say) {
    begin(0);
    uint8_t *p = prs_arena_dup(&arena, "ab\0cd", 5);
    ck_assert_mem_eq(p, "ab\0cd\0", 6);
    uint8_t *empty = prs_arena_dup(&arena, NULL, 0);
    ck_assert_uint_eq(empty[0], 0);
    uint8_t *z = prs_arena_calloc(&arena, 100, 3);
    for (size_t i = 0; i < 300; i++) ck_assert_uint_eq(z[i], 0);
    finish();
}
END_TEST

START_TEST(reset_keeps_the_largest_chunk) {
    begin(64);
    ck_assert_ptr_nonnull(prs_arena_alloc(&arena, 10));
    ck_assert_ptr_nonnull(prs_arena_alloc(&arena, 50000)); /* the largest is not the newest */
    for (int i = 0; i < 20; i++) ck_assert_ptr_nonnull(prs_arena_alloc(&arena, 100));
    prs_arena_reset(&arena);
    ck_assert_uint_eq(atomic_load(&counter.blocks), 1);
    ck_assert_uint_ge(arena.total, 50000);
    ck_assert_uint_eq(arena.total, atomic_load(&mem.live));
    size_t calls = atomic_load(&counter.calls);
    ck_assert_ptr_nonnull(prs_arena_alloc(&arena, 50000));
    ck_assert_uint_eq(atomic_load(&counter.calls), calls);
    finish();
}
END_TEST

START_TEST(restore_gives_back_exactly_the_newer) {
    begin(256);
    uint8_t *kept = prs_arena_dup(&arena, "kept", 4);
    prs_arena_mark mark = prs_arena_save(&arena);
    size_t total = arena.total;
    void *first = prs_arena_alloc(&arena, 32);
    for (int i = 0; i < 100; i++) ck_assert_ptr_nonnull(prs_arena_alloc(&arena, 100));
    ck_assert_uint_gt(arena.total, total);
    prs_arena_restore(&arena, mark);
    ck_assert_uint_eq(arena.total, total);
    ck_assert_str_eq((char *)kept, "kept");
    ck_assert_ptr_eq(prs_arena_alloc(&arena, 32), first);
    finish();
}
END_TEST

START_TEST(marks_nest) {
    begin(64);
    prs_arena_mark outer = prs_arena_save(&arena); /* before the first allocation */
    ck_assert_ptr_nonnull(prs_arena_alloc(&arena, 40));
    prs_arena_mark inner = prs_arena_save(&arena);
    ck_assert_ptr_nonnull(prs_arena_alloc(&arena, 4000));
    prs_arena_restore(&arena, inner);
    ck_assert_ptr_nonnull(prs_arena_alloc(&arena, 4000));
    prs_arena_restore(&arena, outer);
    ck_assert_uint_le(atomic_load(&counter.blocks), 1);
    finish();
}
END_TEST

START_TEST(refusal_leaves_the_arena_usable) {
    begin(64);
    uint8_t *a = prs_arena_dup(&arena, "first", 5);
    counter.fail_at = 2;
    ck_assert_ptr_null(prs_arena_alloc(&arena, 5000));
    ck_assert_str_eq((char *)a, "first");
    ck_assert_ptr_nonnull(prs_arena_alloc(&arena, 5000));
    ck_assert_uint_eq(arena.total, atomic_load(&mem.live));
    finish();
}
END_TEST

/* The first chunks come from spares and go back to them; what is larger, or later, does not. */
START_TEST(chunks_are_borrowed) {
    enum { SIZE = 1024 };
    prs_mem own;
    prs_spares spares;
    begin(0);
    prs_mem_init(&own, NULL);
    prs_spares_init(&spares, &own, SIZE);
    for (uint32_t round = 0; round < 3; round++) {
        prs_arena_init_spares(&arena, &mem, 0, &spares);
        for (uint32_t i = 0; i < PRS_ARENA_SPARES; i++) {
            ck_assert_ptr_nonnull(prs_arena_alloc(&arena, SIZE / 2));
            ck_assert_uint_eq(arena.total, (i + 1) * SIZE);
        }
        ck_assert_uint_eq(atomic_load(&counter.calls), round * 2);
        ck_assert_uint_eq(atomic_load(&mem.live), PRS_ARENA_SPARES * SIZE);
        ck_assert_ptr_nonnull(prs_arena_alloc(&arena, 3 * SIZE)); /* a block of its own */
        ck_assert_ptr_nonnull(prs_arena_alloc(&arena, SIZE));     /* the chunks double */
        ck_assert_uint_eq(atomic_load(&counter.calls), round * 2 + 2);
        prs_arena_fini(&arena);
        ck_assert_uint_eq(atomic_load(&mem.live), 0);
        ck_assert_uint_eq(atomic_load(&own.live), PRS_ARENA_SPARES * SIZE);
    }
    prs_arena_init_spares(&arena, &mem, 0, &spares);
    mem.limit = SIZE - 1;
    ck_assert_ptr_null(prs_arena_alloc(&arena, 1));
    prs_spares_fini(&spares);
    finish();
    ck_assert_uint_eq(atomic_load(&own.live), 0);
}
END_TEST

TEST_SUITE(arena, chunks_are_borrowed, init_allocates_nothing, blocks_are_aligned_and_apart,
           empty_blocks_are_distinct, chunks_double_up_to_a_mebibyte,
           large_block_gets_its_own_chunk, impossible_sizes_are_refused,
           dup_and_calloc_hold_what_they_say, reset_keeps_the_largest_chunk,
           restore_gives_back_exactly_the_newer, marks_nest, refusal_leaves_the_arena_usable)
