/* test_spare.c - does a block that was given come back as it was, once, whoever asks, and are all
 * released? */
#include "harness/test.h"

#include "base/spare.h"
#include "base/sync.h"

START_TEST(blocks_come_back_as_they_were) {
    prs_mem mem;
    prs_spares spares;
    prs_mem_init(&mem, NULL);
    prs_spares_init(&spares, &mem, 1000);
    ck_assert_ptr_null(prs_spares_take(&spares));
    for (uint32_t i = 0; i < PRS_SPARES + 3; i++) { /* more than are kept */
        uint8_t *block = prs_mem_alloc(&mem, 1000);
        ck_assert_ptr_nonnull(block);
        block[999] = (uint8_t)i;
        prs_spares_give(&spares, block);
    }
    ck_assert_uint_eq(atomic_load(&mem.live), PRS_SPARES * 1000);
    uint32_t seen = 0;
    for (uint32_t i = 0; i < PRS_SPARES; i++) {
        uint8_t *block = prs_spares_take(&spares);
        ck_assert_ptr_nonnull(block);
        seen |= 1u << block[999];
        prs_mem_free(&mem, block, 1000);
    }
    ck_assert_uint_eq(seen, (1u << PRS_SPARES) - 1); /* each once */
    ck_assert_ptr_null(prs_spares_take(&spares));
    prs_spares_give(&spares, prs_mem_alloc(&mem, 1000));
    prs_spares_fini(&spares);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

enum { TURNS = 20000 };

/* Nobody else has the block meanwhile. */
static void take_and_give(void *arg) {
    prs_spares *spares = (prs_spares *)arg;
    for (int i = 0; i < TURNS; i++) {
        atomic_int *block = prs_spares_take(spares);
        if (block == NULL) {
            block = prs_mem_calloc(spares->mem, 1, spares->size);
            TEST_NEED(block != NULL);
        }
        TEST_NEED(atomic_fetch_add(block, 1) == 0);
        TEST_NEED(atomic_fetch_sub(block, 1) == 1);
        prs_spares_give(spares, block);
    }
}

START_TEST(threads_never_share_a_block) {
    prs_mem mem;
    prs_spares spares;
    prs_thread thread;
    prs_mem_init(&mem, NULL);
    prs_spares_init(&spares, &mem, 64);
    ck_assert_int_eq(prs_thread_start(&thread, take_and_give, &spares, NULL), PRISM_OK);
    take_and_give(&spares);
    prs_thread_join(&thread);
    prs_spares_fini(&spares);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(what_is_borrowed_counts_for_the_borrower) {
    prs_mem mem, mine;
    prs_spares spares;
    bool used;
    prs_mem_init(&mem, NULL);
    prs_mem_init(&mine, NULL);
    mine.limit = 150;
    prs_spares_init(&spares, &mem, 100);
    void *block = prs_spares_borrow(&spares, &mine, &used);
    ck_assert_ptr_nonnull(block);
    ck_assert(!used);
    ck_assert_uint_eq(atomic_load(&mine.live), 100);
    ck_assert_ptr_null(prs_spares_borrow(&spares, &mine, &used));
    ck_assert_uint_eq(atomic_load(&mine.live), 100);
    prs_spares_return(&spares, &mine, block);
    ck_assert_uint_eq(atomic_load(&mine.live), 0);
    ck_assert_ptr_eq(prs_spares_borrow(&spares, &mine, &used), block);
    ck_assert(used);
    prs_spares_return(&spares, &mine, block);
    prs_spares_fini(&spares);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

TEST_SUITE(spare, what_is_borrowed_counts_for_the_borrower, blocks_come_back_as_they_were,
           threads_never_share_a_block)
