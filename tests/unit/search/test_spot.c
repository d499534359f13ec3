/* test_spot.c - does a union of lists stand where its lists stand, with all their positions? */
#include "harness/search_kit.h"

#include "search/spot.h"

#include <stdio.h>

enum { DOCS = 3000, MOST = 12 };

typedef struct spot_world {
    kit k;
    uint32_t at[DOCS][MOST], n[DOCS]; /* where pa, pb or pc stands */
    prs_mem mem;
    prs_watch watch;
    prs_plan plan;
} spot_world;

static void make_spot_world(spot_world *w, test_rng *rng) {
    kit_make(&w->k, false);
    for (uint32_t d = 0; d < DOCS; d++) {
        static const char *const words[] = {"pa", "pb", "pc", "q", "r", "s"};
        char id[16], body[128] = "";
        uint32_t n = (uint32_t)test_rng_below(rng, MOST), from = test_rng_one_in(rng, 3) ? 0 : 3;
        w->n[d] = 0;
        for (uint32_t i = 0; i < n; i++) {
            uint64_t word = from + test_rng_below(rng, 6 - from);
            strcat(body, words[word]);
            strcat(body, " ");
            if (word < 3) w->at[d][w->n[d]++] = i;
        }
        snprintf(id, sizeof id, "%u", d);
        kit_put_body(&w->k, id, body);
    }
    kit_merge(&w->k);
    prs_mem_init(&w->mem, NULL);
    w->watch = prs_watch_of(0, NULL, 0);
    prs_plan_init(&w->plan, &w->mem, &w->watch);
    w->plan.segment = w->k.snap->leaves[0].segment;
    w->plan.n_docs = DOCS;
}

static void check_spot(spot_world *w, test_rng *rng, const prs_slot *slot, uint64_t step) {
    prs_spot spot;
    const prs_segment_field *field = &w->plan.segment->fields[KIT_BODY];
    ck_assert_int_eq(prs_spot_open(&spot, &w->plan, field, slot, NULL), PRISM_OK);
    ck_assert_uint_gt(spot.cost, 0);
    for (uint32_t target = 0; target < DOCS;) {
        uint32_t doc, expected = target;
        while (expected < DOCS && w->n[expected] == 0) expected++;
        ck_assert_int_eq(prs_spot_seek(&spot, target, &doc, NULL), PRISM_OK);
        ck_assert_uint_eq(doc, expected == DOCS ? PRS_DOC_END : expected);
        if (doc == PRS_DOC_END) break;
        ck_assert_int_eq(prs_spot_freq(&spot, NULL), PRISM_OK);
        ck_assert_uint_eq(spot.freq, w->n[doc]);
        ck_assert_int_eq(prs_spot_positions(&spot, NULL), PRISM_OK);
        for (uint32_t i = 0; i < spot.freq; i++) ck_assert_uint_eq(spot.run.at[i], w->at[doc][i]);
        target = doc + 1 + (uint32_t)test_rng_below(rng, step);
    }
}

START_TEST(unions_give_all_positions) {
    static spot_world w;
    test_rng rng = test_rng_of("spot");
    make_spot_world(&w, &rng);
    prs_bytes keys[] = {prs_bytes_of("\001pb", 3), prs_bytes_of("\001pa", 3),
                        prs_bytes_of("\001pc", 3), prs_bytes_of("\001zz", 3)};
    prs_slot by_keys = {.keys = keys, .n_keys = 4};
    prs_slot by_prefix = {.prefix = prs_bytes_of("\001p", 2)};
    prs_slot by_both = {.keys = keys, .n_keys = 0, .prefix = prs_bytes_of("\001p", 2)};
    for (uint64_t step = 1; step < 200; step *= 5) {
        check_spot(&w, &rng, &by_keys, step);
        check_spot(&w, &rng, &by_prefix, step);
        check_spot(&w, &rng, &by_both, step);
    }
    prs_spot nowhere;
    prs_slot none = {.keys = keys + 3, .n_keys = 1};
    uint32_t doc;
    ck_assert_int_eq(
        prs_spot_open(&nowhere, &w.plan, &w.plan.segment->fields[KIT_BODY], &none, NULL), PRISM_OK);
    ck_assert_uint_eq(nowhere.cost, 0);
    ck_assert_int_eq(prs_spot_seek(&nowhere, 0, &doc, NULL), PRISM_OK);
    ck_assert_uint_eq(doc, PRS_DOC_END);
    prs_plan_fini(&w.plan);
    ck_assert_uint_eq(atomic_load(&w.mem.live), 0);
    kit_free(&w.k);
}
END_TEST

/* The same list twice: a position counts once where it matters (near), and is there twice
 * before. */
START_TEST(repeated_positions_can_be_made_distinct) {
    static spot_world w;
    test_rng rng = test_rng_of("twice");
    make_spot_world(&w, &rng);
    prs_bytes keys[] = {prs_bytes_of("\001pa", 3)};
    prs_slot slot = {.keys = keys, .n_keys = 1, .prefix = prs_bytes_of("\001pa", 3)};
    prs_spot spot;
    uint32_t doc;
    ck_assert_int_eq(prs_spot_open(&spot, &w.plan, &w.plan.segment->fields[KIT_BODY], &slot, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prs_spot_seek(&spot, 0, &doc, NULL), PRISM_OK);
    ck_assert_int_eq(prs_spot_freq(&spot, NULL), PRISM_OK);
    ck_assert_int_eq(prs_spot_positions(&spot, NULL), PRISM_OK);
    ck_assert_uint_eq(spot.freq % 2, 0);
    prs_spot_make_distinct(&spot);
    ck_assert_uint_eq(spot.run.n, spot.freq / 2);
    prs_plan_fini(&w.plan);
    kit_free(&w.k);
}
END_TEST

TEST_SUITE(spot, unions_give_all_positions, repeated_positions_can_be_made_distinct)
