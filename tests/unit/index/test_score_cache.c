/* test_score_cache.c - is a table worth making when it is asked for again, found by all of its
 * name, and given back? */
#include "harness/test.h"

#include "index/score_cache.h"

static prs_score_name name_of(uint64_t list, float w) {
    return (prs_score_name){list, 0, 3, w, .3f, .1f, 0};
}

START_TEST(kept_when_asked_again) {
    prs_mem mem;
    static prs_score_cache cache;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_score_cache_init(&cache, &mem, NULL), PRISM_OK);
    prs_score_name a = name_of(7, 1.5f), b = name_of(7, 1.25f), c = name_of(8, 1.5f);
    bool worth;
    ck_assert_ptr_null(prs_score_cache_get(&cache, &a, 1000, &worth));
    ck_assert(!worth);
    ck_assert_ptr_null(prs_score_cache_get(&cache, &a, 1000, &worth));
    ck_assert(worth);
    prs_bits *table, *found;
    ck_assert_int_eq(prs_score_table_new(&mem, 1000, &table, NULL), PRISM_OK);
    float *scores = prs_score_table_of(table);
    for (uint32_t i = 0; i < 1000; i++) ck_assert(scores[i] == 0.0f && 1.0f / scores[i] < 0.0f);
    scores[999] = 4.5f;
    prs_score_cache_put(&cache, &a, table);
    prs_bits_unref(table);
    found = prs_score_cache_get(&cache, &a, 1000, &worth);
    ck_assert_ptr_nonnull(found);
    ck_assert(prs_score_table_of(found)[999] == 4.5f);
    prs_bits_unref(found);
    ck_assert_ptr_null(prs_score_cache_get(&cache, &b, 1000, &worth)); /* another weight */
    ck_assert_ptr_null(prs_score_cache_get(&cache, &c, 1000, &worth)); /* another list */
    a.leaf = 1;
    ck_assert_ptr_null(prs_score_cache_get(&cache, &a, 1000, &worth)); /* another segment */
    prs_score_cache_fini(&cache);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(no_more_than_allowed) {
    prs_mem mem;
    static prs_score_cache cache;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_score_cache_init(&cache, &mem, NULL), PRISM_OK);
    for (uint32_t i = 0; i < 20; i++) {
        prs_bits *table;
        prs_score_name name = name_of(i, 1.0f);
        ck_assert_int_eq(prs_score_table_new(&mem, PRS_SCORE_TABLE_DOCS, &table, NULL), PRISM_OK);
        prs_score_cache_put(&cache, &name, table);
        prs_bits_unref(table);
        ck_assert_uint_le(atomic_load(&mem.live), PRS_SCORE_CACHE_BYTES);
    }
    ck_assert_uint_gt(atomic_load(&mem.live), PRS_SCORE_CACHE_BYTES / 2);
    prs_score_cache_fini(&cache);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

/* Names that take turns and do not fit together: what is kept stays, mostly. */
START_TEST(what_does_not_fit_together_is_seldom_worth_it) {
    prs_mem mem;
    static prs_score_cache cache;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_score_cache_init(&cache, &mem, NULL), PRISM_OK);
    uint32_t n_made = 0, n_found = 0;
    for (uint32_t turn = 0; turn < 400; turn++) {
        prs_score_name name = name_of(turn % 10, 1.0f);
        bool worth;
        prs_bits *table = prs_score_cache_get(&cache, &name, PRS_SCORE_TABLE_DOCS, &worth);
        n_found += table != NULL;
        if (table == NULL && worth) {
            n_made++;
            ck_assert_int_eq(prs_score_table_new(&mem, PRS_SCORE_TABLE_DOCS, &table, NULL),
                             PRISM_OK);
            prs_score_cache_put(&cache, &name, table);
        }
        prs_bits_unref(table);
    }
    ck_assert_uint_gt(n_found, 200);
    ck_assert_uint_lt(n_made, 30);
    ck_assert_uint_gt(n_made, 7); /* what is asked for now gets in some day */
    prs_score_cache_fini(&cache);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

TEST_SUITE(score_cache, kept_when_asked_again, no_more_than_allowed,
           what_does_not_fit_together_is_seldom_worth_it)
