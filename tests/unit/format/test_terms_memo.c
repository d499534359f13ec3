/* test_terms_memo.c - is what is remembered what was put, whoever puts at the same time? */
#include "harness/test.h"

#include "base/sync.h"
#include "format/terms_memo.h"

#include <stdio.h>

enum { KEYS = 2000, TURNS = 60000 };

/* Everything about key i follows from i. */
static prs_term_info info_of(uint64_t i) {
    static const uint8_t payload[KEYS];
    return (prs_term_info){.ord = i,
                           .cf = i * 7 + (i << 40),
                           .df = (uint32_t)i + 1,
                           .inlined = i % 2 != 0,
                           .has_positions = i % 3 != 0,
                           .doc = (uint32_t)i * 11,
                           .position = UINT32_MAX - (uint32_t)i,
                           .payload = payload + i,
                           .payload_bit = (uint32_t)i % 8,
                           .payload_bits = (uint32_t)i * 5,
                           .off = i << 33,
                           .positions_len = i * 3,
                           .postings_len = i * 5};
}

static bool same_info(const prs_term_info *a, const prs_term_info *b) {
    return a->ord == b->ord && a->cf == b->cf && a->df == b->df && a->inlined == b->inlined &&
           a->has_positions == b->has_positions && a->doc == b->doc && a->position == b->position &&
           a->payload == b->payload && a->payload_bit == b->payload_bit &&
           a->payload_bits == b->payload_bits && a->off == b->off &&
           a->positions_len == b->positions_len && a->postings_len == b->postings_len;
}

/* Keys of 1 to 25 bytes, zeros among them. */
static prs_bytes key_of(uint64_t i, uint8_t space[32]) {
    memset(space, 0, 32);
    memcpy(space, &i, sizeof i);
    return prs_bytes_of(space, 2 + i % 24);
}

START_TEST(what_is_got_was_put) {
    prs_mem mem;
    prs_terms_memo memo;
    uint8_t space[32];
    uint32_t kept = 0;
    prs_mem_init(&mem, NULL);
    prs_terms_memo_init(&memo, &mem);
    for (uint64_t i = 0; i < KEYS; i++) {
        prs_term_info info = info_of(i), got;
        ck_assert(!prs_terms_memo_get(&memo, key_of(i, space), &got));
        prs_terms_memo_put(&memo, key_of(i, space), &info);
        bool has = prs_terms_memo_get(&memo, prs_bytes_of("", 0), &got);
        ck_assert(!has); /* no slot is that of no key */
        has = prs_terms_memo_get(&memo, key_of(i, space), &got);
        ck_assert_int_eq(has, key_of(i, space).len <= PRS_TERMS_MEMO_KEY);
        if (has) TEST_NEED(same_info(&info, &got));
    }
    for (uint64_t i = 0; i < KEYS; i++) {
        prs_term_info info = info_of(i), got;
        if (!prs_terms_memo_get(&memo, key_of(i, space), &got)) continue;
        TEST_NEED(same_info(&info, &got));
        kept++;
    }
    ck_assert_uint_ge(kept, PRS_TERMS_MEMO_SLOTS / 2);
    ck_assert_uint_le(kept, PRS_TERMS_MEMO_SLOTS);
    prs_terms_memo_fini(&memo);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(without_memory_nothing_is_kept) {
    prs_mem mem;
    prs_terms_memo memo;
    uint8_t space[32];
    prs_term_info info = info_of(5), got;
    prs_mem_init(&mem, NULL);
    mem.limit = 100;
    prs_terms_memo_init(&memo, &mem);
    prs_terms_memo_put(&memo, key_of(5, space), &info);
    ck_assert(!prs_terms_memo_get(&memo, key_of(5, space), &got));
    prs_terms_memo_fini(&memo);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

/* A few slots that all fight for. */
static void ask_and_put(void *arg) {
    prs_terms_memo *memo = (prs_terms_memo *)arg;
    uint8_t space[32];
    for (uint64_t turn = 0; turn < TURNS; turn++) {
        uint64_t i = turn * 7 % KEYS;
        prs_term_info info = info_of(i), got;
        if (prs_terms_memo_get(memo, key_of(i, space), &got))
            TEST_NEED(same_info(&info, &got));
        else
            prs_terms_memo_put(memo, key_of(i, space), &info);
    }
}

START_TEST(threads_get_whole_answers) {
    prs_mem mem;
    prs_terms_memo memo;
    prs_thread threads[3];
    prs_mem_init(&mem, NULL);
    prs_terms_memo_init(&memo, &mem);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(prs_thread_start(&threads[i], ask_and_put, &memo, NULL), PRISM_OK);
    ask_and_put(&memo);
    for (int i = 0; i < 3; i++) prs_thread_join(&threads[i]);
    prs_terms_memo_fini(&memo);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

TEST_SUITE(terms_memo, what_is_got_was_put, without_memory_nothing_is_kept,
           threads_get_whole_answers)
