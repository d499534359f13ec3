/* test_docmap.c - do live documents keep their order and lose their gaps? */
#include "harness/test.h"

#include "merge/docmap.h"

static void run(uint32_t n_docs, uint32_t one_in, test_rng *rng) {
    prs_mem mem;
    prs_bitset deleted;
    prs_docmap map;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_bitset_init(&deleted, &mem, n_docs), PRISM_OK);
    for (uint32_t i = 0; i < n_docs; i++) {
        if (test_rng_one_in(rng, one_in)) prs_bitset_set(&deleted, i);
    }
    ck_assert_int_eq(prs_docmap_init(&map, n_docs, &deleted, 1000, &mem, NULL), PRISM_OK);
    uint32_t next = 1000;
    for (uint32_t i = 0; i < n_docs; i++) {
        ck_assert_int_eq(prs_docmap_is_live(&map, i), !prs_bitset_get(&deleted, i));
        if (prs_docmap_is_live(&map, i)) ck_assert_uint_eq(prs_docmap_get(&map, i), next++);
    }
    ck_assert_uint_eq(map.n_live, next - 1000);
    prs_docmap_fini(&map);
    prs_bitset_fini(&deleted);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}

START_TEST(live_documents_close_ranks) {
    test_rng rng = test_rng_of("docmap");
    for (uint32_t n = 1; n < 200; n++) run(n, 1 + n % 5, &rng);
    run(100000, 3, &rng);
}
END_TEST

START_TEST(without_deletions_all_move_alike) {
    prs_mem mem;
    prs_docmap map;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_docmap_init(&map, 10, NULL, 7, &mem, NULL), PRISM_OK);
    ck_assert_uint_eq(map.n_live, 10);
    for (uint32_t i = 0; i < 10; i++) ck_assert_uint_eq(prs_docmap_get(&map, i), i + 7);
    prs_docmap_fini(&map);
}
END_TEST

START_TEST(keep_takes_live_places) {
    prs_mem mem;
    prs_bitset deleted;
    prs_docmap map;
    static const uint32_t docs[] = {1, 4, 5, 9};
    uint32_t to[4];
    uint8_t places[4];
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_bitset_init(&deleted, &mem, 10), PRISM_OK);
    prs_bitset_set(&deleted, 0);
    prs_bitset_set(&deleted, 4);
    ck_assert_int_eq(prs_docmap_init(&map, 10, &deleted, 0, &mem, NULL), PRISM_OK);
    ck_assert_uint_eq(prs_docmap_keep(&map, docs, 4, to, places), 3);
    static const uint32_t want[] = {0, 3, 7};
    static const uint8_t want_places[] = {0, 2, 3};
    ck_assert_mem_eq(to, want, sizeof want);
    ck_assert_mem_eq(places, want_places, sizeof want_places);
    prs_docmap_fini(&map);
    prs_bitset_fini(&deleted);
    ck_assert_int_eq(prs_docmap_init(&map, 10, NULL, 100, &mem, NULL), PRISM_OK);
    ck_assert_uint_eq(prs_docmap_keep(&map, docs, 4, to, places), 4);
    for (uint32_t i = 0; i < 4; i++) ck_assert(to[i] == 100 + docs[i] && places[i] == i);
    prs_docmap_fini(&map);
}
END_TEST

TEST_SUITE(docmap, live_documents_close_ranks, without_deletions_all_move_alike,
           keep_takes_live_places)
