/* test_memo.c - do the tables keep what they were given, however they grow? */
#include "kit.h"

#include "analysis/memo.h"

#include <stdio.h>

static prs_word_key key_of(uint64_t i) {
    return (prs_word_key){i * 0x9e3779b97f4a7c15u | 1, i % 3 == 0 ? 0 : i};
}

START_TEST(words_stay) {
    prs_mem mem;
    prs_word_memo memo;
    const uint64_t seed[2] = {1, 2};
    prs_mem_init(&mem, NULL);
    prs_word_memo_init(&memo, &mem, seed);
    ck_assert_uint_eq(prs_word_memo_bytes(&memo), 0);
    for (uint32_t i = 0; i < 50000; i++) {
        if (prs_word_memo_reserve(&memo, 1) != PRISM_OK) ck_abort();
        prs_word_key key = key_of(i);
        if (prs_word_memo_find(&memo, key, prs_word_memo_hash(&memo, key)) != NULL) ck_abort();
        prs_word_memo_add(&memo, &(prs_word_entry){key, i, i % 2 == 0 ? PRS_MEMO_NONE : i + 7});
    }
    for (uint32_t i = 0; i < 50000; i++) {
        prs_word_key key = key_of(i);
        const prs_word_entry *entry =
            prs_word_memo_find(&memo, key, prs_word_memo_hash(&memo, key));
        uint32_t exact = i % 2 == 0 ? PRS_MEMO_NONE : i + 7;
        if (entry == NULL || entry->id != i || entry->other != exact) ck_abort_msg("word %u", i);
        if (prs_word_memo_put(&memo, key) != entry) ck_abort_msg("word %u is put twice", i);
    }
    prs_word_key more = {1u << 30, 5};
    if (prs_word_memo_reserve(&memo, 1) != PRISM_OK) ck_abort();
    prs_word_entry *made = prs_word_memo_put(&memo, more);
    ck_assert(made->id == PRS_MEMO_NONE && made->other == PRS_MEMO_NONE);
    made->other = 3;
    ck_assert(prs_word_memo_find(&memo, more, prs_word_memo_hash(&memo, more))->other == 3);
    ck_assert_uint_eq(memo.n, 50001);
    ck_assert_uint_eq(prs_word_memo_bytes(&memo), atomic_load(&mem.live));
    prs_word_memo_fini(&memo);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(pairs_stay) {
    prs_mem mem;
    prs_pair_memo memo;
    prs_mem_init(&mem, NULL);
    prs_pair_memo_init(&memo, &mem, 0x123456789abcdef0u);
    for (uint32_t i = 0; i < 50000; i++) {
        uint32_t key = (0x4e00 + i % 300) << 16 | (0x4e00 + i / 300);
        if (prs_pair_memo_reserve(&memo, 1) != PRISM_OK) ck_abort();
        if (prs_pair_memo_find(&memo, key, prs_pair_memo_hash(&memo, key)) != PRS_MEMO_NONE)
            ck_abort();
        prs_pair_memo_add(&memo, key, i);
    }
    for (uint32_t i = 0; i < 50000; i++) {
        uint32_t key = (0x4e00 + i % 300) << 16 | (0x4e00 + i / 300);
        if (prs_pair_memo_find(&memo, key, prs_pair_memo_hash(&memo, key)) != i)
            ck_abort_msg("pair %u", i);
    }
    ck_assert_uint_eq(prs_pair_memo_bytes(&memo), atomic_load(&mem.live));
    prs_pair_memo_fini(&memo);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

/* Longest probe of all keys of a full table: what a text of neighbours may cost. */
static uint64_t longest_probe(const prs_pair_memo *memo) {
    uint64_t longest = 0;
    for (uint64_t at = 0; at <= memo->mask; at++) {
        if (memo->entries[at] == 0) continue;
        uint64_t home = prs_pair_memo_hash(memo, (uint32_t)(memo->entries[at] >> 32));
        longest = PRS_MAX(longest, (at - home) & memo->mask);
    }
    return longest;
}

START_TEST(neighbours_do_not_crowd) {
    test_rng rng = test_rng_of("memo");
    for (int round = 0; round < 20; round++) {
        prs_mem mem;
        prs_pair_memo memo;
        prs_mem_init(&mem, NULL);
        prs_pair_memo_init(&memo, &mem, test_rng_next(&rng));
        uint32_t step = 1u << (round % 17);
        for (uint32_t i = 1; i <= 30000; i++) {
            if (prs_pair_memo_reserve(&memo, 1) != PRISM_OK) ck_abort();
            prs_pair_memo_add(&memo, 0x4e004e00u + i * step, i);
        }
        ck_assert_uint_lt(longest_probe(&memo), 2000);
        prs_pair_memo_fini(&memo);
    }
}
END_TEST

START_TEST(pairs_know_their_room) {
    prs_mem mem;
    prs_pair_memo memo;
    prs_mem_init(&mem, NULL);
    prs_pair_memo_init(&memo, &mem, 1);
    ck_assert(!prs_pair_memo_has_room(&memo, 1));
    ck_assert_int_eq(prs_pair_memo_reserve(&memo, 10), PRISM_OK);
    for (uint32_t i = 1; prs_pair_memo_has_room(&memo, 1); i++) {
        size_t before = prs_pair_memo_bytes(&memo);
        ck_assert_int_eq(prs_pair_memo_reserve(&memo, 1), PRISM_OK);
        ck_assert_uint_eq(prs_pair_memo_bytes(&memo), before);
        prs_pair_memo_add(&memo, i, i);
    }
    size_t before = prs_pair_memo_bytes(&memo);
    ck_assert_int_eq(prs_pair_memo_reserve(&memo, 1), PRISM_OK);
    ck_assert_uint_gt(prs_pair_memo_bytes(&memo), before);
    prs_pair_memo_fini(&memo);
}
END_TEST

static prs_chunk chunk_of(uint32_t i) {
    prs_chunk chunk;
    char text[64];
    memset(&chunk, 0, sizeof chunk);
    snprintf(text, sizeof text, "%u-%.*s", i, (int)(i % 17), "abcdefghijklmnopqrs");
    memcpy(chunk.text, text, strlen(text));
    chunk.ids[0] = i;
    return chunk;
}

/* Of many chunks, each is where it was put, or another one took its place: never another answer. */
START_TEST(chunks_stay_or_give_way) {
    enum { N = 200000 };
    prs_mem mem;
    prs_chunk_memo memo;
    size_t n_there = 0, n_early = 0;
    prs_mem_init(&mem, NULL);
    prs_chunk_memo_init(&memo, &mem);
    ck_assert_uint_eq(prs_chunk_memo_bytes(&memo), 0);
    ck_assert_ptr_null(prs_chunk_memo_find(&memo, (uint8_t[PRS_CHUNK_MAX]){'x'}));
    for (uint32_t i = 0; i < N; i++) {
        prs_chunk chunk = chunk_of(i);
        TEST_NEED(prs_chunk_memo_find(&memo, chunk.text) == NULL);
        TEST_NEED(prs_chunk_memo_add(&memo, &chunk) == PRISM_OK);
        TEST_NEED(prs_chunk_memo_find(&memo, chunk.text)->ids[0] == i);
        if (i == 499) { /* few chunks in a small table: nearly all are there */
            ck_assert_uint_eq(prs_chunk_memo_bytes(&memo), 64 << 10);
            for (uint32_t j = 0; j < 500; j++)
                n_early += prs_chunk_memo_find(&memo, chunk_of(j).text) != NULL;
        }
    }
    for (uint32_t i = 0; i < N; i++) {
        const prs_chunk *found = prs_chunk_memo_find(&memo, chunk_of(i).text);
        TEST_NEED(found == NULL || found->ids[0] == i);
        n_there += found != NULL;
    }
    ck_assert_uint_gt(n_early, 350);
    ck_assert_uint_gt(n_there, 30000); /* nearly every slot is in use: the hash spreads */
    ck_assert_uint_eq(prs_chunk_memo_bytes(&memo), 2 << 20);
    ck_assert_uint_eq(prs_chunk_memo_bytes(&memo), atomic_load(&mem.live));
    prs_chunk_memo_fini(&memo);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

TEST_SUITE(memo, words_stay, pairs_stay, neighbours_do_not_crowd, pairs_know_their_room,
           chunks_stay_or_give_way)
