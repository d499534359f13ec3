/* test_bits_cache.c - are sets found by name and segment, are those used longest ago let go of, and
 * is every byte given back? */
#include "harness/test.h"

#include "index/bits_cache.h"

#include <stdio.h>

static prs_bytes name_of(unsigned i) {
    static char text[8][16];
    char *at = text[i % 8];
    int n = snprintf(at, sizeof text[0], "name %u", i);
    return prs_bytes_of(at, (size_t)n);
}

static prs_bits *bits_of(prs_mem *mem, uint32_t n_docs, uint32_t one) {
    prs_bits *bits;
    ck_assert_int_eq(prs_bits_new(mem, n_docs, &bits, NULL), PRISM_OK);
    prs_bitset_set(&bits->set, one);
    bits->n = 1;
    return bits;
}

static bool has(prs_bits_cache *cache, unsigned i, uint32_t leaf) {
    prs_bits *bits = prs_bits_cache_get(cache, name_of(i), leaf);
    bool found = bits != NULL && prs_bitset_get(&bits->set, i);
    prs_bits_unref(bits);
    return found;
}

START_TEST(sets_are_kept_and_let_go) {
    prs_mem mem;
    prs_bits_cache cache;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_bits_cache_init(&cache, &mem, NULL), PRISM_OK);
    size_t most = 10000, empty = atomic_load(&mem.live);
    for (unsigned i = 0; i < 40; i++) {
        prs_bits *bits = bits_of(&mem, 8000, i); /* 1 KB each */
        prs_bits_cache_put(&cache, name_of(i), i % 3, bits, most);
        prs_bits_cache_put(&cache, name_of(i), i % 3, bits, most); /* is there already */
        prs_bits_unref(bits);
        ck_assert(has(&cache, i, i % 3) && !has(&cache, i, i % 3 + 1));
        ck_assert_uint_le(cache.bytes, most);
        ck_assert_uint_eq(atomic_load(&mem.live) - empty, cache.bytes); /* nothing is forgotten */
        if (i > 2) ck_assert(has(&cache, 2, 2));                        /* used again and again */
    }
    ck_assert_uint_gt(cache.bytes, most / 2);
    ck_assert(!has(&cache, 10, 1) && has(&cache, 38, 2));
    prs_bits *large = bits_of(&mem, 200000, 99), *held;
    prs_bits_cache_put(&cache, name_of(99), 0, large, most); /* not worth all others */
    ck_assert(!has(&cache, 99, 0) && has(&cache, 38, 2));
    prs_bits_cache_put(&cache, name_of(99), 0, large, 30000); /* each call says how much */
    ck_assert(has(&cache, 99, 0));
    prs_bits_unref(large);
    held = prs_bits_cache_get(&cache, name_of(99), 0);
    prs_bits_cache_fini(&cache);
    ck_assert(prs_bitset_get(&held->set, 99)); /* who holds it does not mind */
    prs_bits_unref(held);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

static prism_status work(prs_mem *mem, void *ctx) {
    prs_bits_cache cache;
    prs_bits *bits, *again;
    (void)ctx;
    PRS_TRY(prs_bits_cache_init(&cache, mem, NULL));
    prism_status status = prs_bits_new(mem, 1000, &bits, NULL);
    if (status == PRISM_OK) {
        prs_bits_cache_put(&cache, name_of(1), 0, bits, 100000);
        again = prs_bits_cache_get(&cache, name_of(1), 0);
        if (again == NULL) status = PRISM_ENOMEM; /* not kept: the sweep wants to know */
        prs_bits_unref(again);
        prs_bits_unref(bits);
    }
    prs_bits_cache_fini(&cache);
    return status;
}

START_TEST(memory_may_run_out_anywhere) {
    ck_assert_uint_ge(test_oom_sweep(work, NULL), 3);
}
END_TEST

TEST_SUITE(bits_cache, sets_are_kept_and_let_go, memory_may_run_out_anywhere)
