/* test_count.c - is every way of counting the number of documents that match: a list at its word,
 * what others have beyond it, windows, batches; with deletions, in ranges, at every CPU level? */
#include "unit/search/set_world.h"

#include "base/cpu.h"
#include "search/count.h"

#include <stdio.h>

static uint64_t count(set_world *w, const char *json, uint32_t step) {
    static prs_batch space;
    uint64_t n = 0;
    for (uint32_t from = 0; from < SET_DOCS; from += step) {
        uint32_t to = step < SET_DOCS - from ? from + step : SET_DOCS;
        if (set_world_plan(w, json) == NULL) return 0;
        ck_assert_int_eq(prs_count(&w->plan, from, to, &space, &n, NULL), PRISM_OK);
    }
    return n;
}

static void check(set_world *w, const set_expr *e) {
    static char json[20000];
    uint64_t want = 0;
    set_expr_print(e, json, sizeof json);
    for (uint32_t d = 0; d < SET_DOCS; d++) want += !w->deleted[d] && set_expr_is_true(w, e, d);
    ck_assert_msg(count(w, json, SET_DOCS) == want, "%s", json);
    ck_assert_msg(count(w, json, 4 * PRS_WINDOW) == want, "in ranges: %s", json);
    ck_assert_msg(kit_count(&w->k, json) == want, "searched: %s", json);
}

static void check_many(uint64_t delete_one_in, const char *name) {
    static set_world w;
    test_rng rng = test_rng_of(name);
    set_world_make(&w, 1, delete_one_in, &rng);
    for (int round = 0; round < 300; round++) {
        prs_cpu_level level = (prs_cpu_level)(PRS_CPU_SCALAR + test_rng_below(&rng, 5));
        if (prs_cpu_supports(level)) ck_assert_int_eq(prs_cpu_force(level, NULL), PRISM_OK);
        check(&w, set_expr_make(&rng, round < 40 ? 0 : round < 150 ? 1 : 2));
    }
    prs_cpu_unforce();
    set_world_free(&w);
}

START_TEST(what_matches_is_counted) {
    check_many(0, "count");
}
END_TEST

START_TEST(few_deleted_documents) {
    check_many(1500, "count-few");
}
END_TEST

START_TEST(many_deleted_documents) {
    check_many(7, "count-many");
}
END_TEST

/* A list is taken at its word; any of some touches the others only. */
START_TEST(lists_are_not_walked_for_their_length) {
    static set_world w;
    test_rng rng = test_rng_of("count-work");
    set_world_make(&w, 1, 0, &rng);
    uint64_t before = w.watch.work, n = 0;
    static prs_batch space;
    ck_assert_ptr_nonnull(set_world_plan(&w, kit_body_word("w0")));
    ck_assert_int_eq(prs_count(&w.plan, 0, SET_DOCS, &space, &n, NULL), PRISM_OK);
    ck_assert_uint_eq(w.watch.work, before + 1); /* the question whether to go on */
    ck_assert_uint_gt(n, SET_DOCS / 2);
    set_world_free(&w);
}
END_TEST

TEST_SUITE(count, what_matches_is_counted, few_deleted_documents, many_deleted_documents,
           lists_are_not_walked_for_their_length)
