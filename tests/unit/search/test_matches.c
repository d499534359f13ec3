/* test_matches.c - are the bits those of the documents that a search finds? */
#include "harness/search_kit.h"

#include "search/matches.h"

#include <stdio.h>

/* 3 segments of `n` documents in all, some deleted. */
static void make(kit *k, uint32_t n) {
    char id[16], body[64];
    kit_make(k, false);
    for (uint32_t d = 0; d < n; d++) {
        snprintf(id, sizeof id, "%u", d);
        snprintf(body, sizeof body, "%s%s%s%s", d % 2 == 0 ? "even " : "",
                 d % 3 == 0 ? "three " : "", d % 97 == 5 ? "rare " : "",
                 d > n / 2 ? "late" : "early");
        kit_put_body(k, id, body);
        if (d == n / 3 || d == n / 2) kit_commit(k);
    }
    for (uint32_t d = 0; d < n; d += 7) {
        snprintf(id, sizeof id, "%u", d);
        kit_delete(k, id);
    }
    kit_commit(k);
}

static const char *const queries[] = {
    "*:*",         "body:e*",    "\"even three\"", "nowhere",    "rare",
    "+even -late", "rare three", "early",          "r* OR late", "+early +three -rare"};

static prism_query *parse(const kit *k, const char *text) {
    prism_query *query;
    ck_assert_int_eq(prism_query_parse(k->schema, text, strlen(text), NULL, &query, NULL),
                     PRISM_OK);
    return query;
}

/* The hits of a search are the bits, and nothing else is. */
static void compare(const kit *k, const char *text) {
    prs_mem mem;
    prs_matches matches;
    prs_watch watch = prs_watch_of(0, NULL, 0);
    prism_query *query = parse(k, text);
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.k = PRISM_MAX_K;
    opts.exhaustive = 1;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_matches_find(k->snap, query, &mem, &watch, &matches, NULL), PRISM_OK);
    prism_hits *hits = kit_search(k, query, &opts);
    ck_assert_uint_eq(matches.n, prism_hits_count(hits));
    uint64_t bits = 0;
    for (uint32_t i = 0; i < matches.n_sets; i++)
        if (matches.sets[i].words != NULL) bits += prs_bitset_count(&matches.sets[i]);
    ck_assert_uint_eq(bits, matches.n);
    for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
        prism_hit hit;
        uint32_t doc;
        prism_hits_get(hits, i, &hit);
        const prs_leaf *leaf = prs_snapshot_leaf(k->snap, hit.gdoc, &doc);
        ck_assert(prs_bitset_get(&matches.sets[leaf - k->snap->leaves], doc));
    }
    prism_hits_free(hits);
    prs_matches_fini(&matches);
    prs_matches_fini(&matches);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
    prism_query_unref(query);
}

START_TEST(bits_are_the_hits_of_a_search) {
    static const uint32_t sizes[] = {10, 64, 65, 9500};
    for (size_t s = 0; s < PRS_COUNT(sizes); s++) {
        kit k;
        make(&k, sizes[s]);
        for (size_t i = 0; i < PRS_COUNT(queries); i++) compare(&k, queries[i]);
        kit_free(&k);
    }
}
END_TEST

START_TEST(it_can_be_stopped) {
    kit k;
    prs_mem mem;
    prs_matches matches;
    const volatile int stop = 1;
    prs_watch watch = prs_watch_of(0, &stop, 0);
    make(&k, 100);
    prism_query *query = parse(&k, queries[0]);
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_matches_find(k.snap, query, &mem, &watch, &matches, NULL),
                     PRISM_ECANCELED);
    prs_matches_fini(&matches);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

START_TEST(memory_may_run_out) {
    kit k;
    make(&k, 5000);
    for (size_t q = 0; q < PRS_COUNT(queries); q++) {
        prism_query *query = parse(&k, queries[q]);
        for (size_t at = 1;; at++) {
            test_alloc alloc;
            prs_mem mem;
            prs_matches matches;
            prs_watch watch = prs_watch_of(0, NULL, 0);
            memset(&alloc, 0, sizeof alloc);
            alloc.fail_at = at;
            prism_allocator hook = test_alloc_hook(&alloc);
            prs_mem_init(&mem, &hook);
            prism_status status = prs_matches_find(k.snap, query, &mem, &watch, &matches, NULL);
            bool refused = atomic_load(&alloc.calls) >= at;
            ck_assert_int_eq(status, refused ? PRISM_ENOMEM : PRISM_OK);
            prs_matches_fini(&matches);
            test_alloc_check_empty(&alloc);
            if (!refused) break;
        }
        prism_query_unref(query);
    }
    kit_free(&k);
}
END_TEST

TEST_SUITE(matches, bits_are_the_hits_of_a_search, it_can_be_stopped, memory_may_run_out)
