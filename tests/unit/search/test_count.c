/* test_count.c - is every way of counting the number of documents that match: a list at its word,
 * what others have beyond it, windows, batches; with deletions, in ranges, at every CPU level? */
#include "unit/search/set_world.h"

#include "base/cpu.h"
#include "search/count.h"

#include <stdio.h>

/* A random expression over the words as JSON, and whether a document matches it. */
typedef struct expr {
    enum { WORD, ANY, ALL, NOT, SOME } op;
    uint32_t word, n, min;
    struct expr *of[4];
} expr;

static expr pool[64];
static uint32_t n_pool;

static expr *make_expr(test_rng *rng, uint32_t depth) {
    expr *e = &pool[n_pool++];
    *e = (expr){.op = depth == 0 ? WORD : (int)test_rng_below(rng, 5)};
    e->word = (uint32_t)test_rng_below(rng, SET_WORDS);
    if (e->op == WORD) return e;
    e->n = e->op == NOT ? 2 : 2 + (uint32_t)test_rng_below(rng, 3);
    e->min = 2;
    for (uint32_t i = 0; i < e->n; i++)
        e->of[i] = make_expr(rng, depth == 2 && test_rng_one_in(rng, 3) ? 1 : 0);
    return e;
}

static bool is_true(const set_world *w, const expr *e, uint32_t d) {
    uint32_t count = 0;
    if (e->op == WORD) return w->has[e->word][d];
    if (e->op == NOT) return is_true(w, e->of[0], d) && !is_true(w, e->of[1], d);
    for (uint32_t i = 0; i < e->n; i++) count += is_true(w, e->of[i], d);
    return count >= (e->op == ANY ? 1 : e->op == ALL ? e->n : PRS_MIN(e->min, e->n));
}

static size_t print(const expr *e, char *out, size_t cap) {
    size_t n = 0;
    if (e->op == WORD) {
        char word[8];
        snprintf(word, sizeof word, "w%u", e->word);
        return (size_t)snprintf(out, cap, "%s", kit_word(word));
    }
    n += (size_t)snprintf(out + n, cap - n, "{'type':'bool','%s':[",
                          e->op == ALL || e->op == NOT ? "must" : "should");
    for (uint32_t i = 0; i < e->n; i++) {
        if (i > 0) n += (size_t)snprintf(out + n, cap - n, e->op == NOT ? "],'must_not':[" : ",");
        n += print(e->of[i], out + n, cap - n);
    }
    if (e->op == SOME)
        n += (size_t)snprintf(out + n, cap - n, "],'min_should':%u}", e->min);
    else
        n += (size_t)snprintf(out + n, cap - n, "]}");
    return n;
}

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

static void check(set_world *w, const expr *e) {
    static char json[20000];
    uint64_t want = 0;
    print(e, json, sizeof json);
    for (uint32_t d = 0; d < SET_DOCS; d++) want += !w->deleted[d] && is_true(w, e, d);
    ck_assert_msg(count(w, json, SET_DOCS) == want, "%s", json);
    ck_assert_msg(count(w, json, 4 * PRS_WINDOW) == want, "in ranges: %s", json);
    ck_assert_msg(kit_count(&w->k, json) == want, "searched: %s", json);
}

static void check_many(uint64_t delete_one_in, const char *name) {
    static set_world w;
    test_rng rng = test_rng_of(name);
    set_world_make(&w, delete_one_in, &rng);
    for (int round = 0; round < 300; round++) {
        n_pool = 0;
        prs_cpu_level level = (prs_cpu_level)(PRS_CPU_SCALAR + test_rng_below(&rng, 5));
        if (prs_cpu_supports(level)) ck_assert_int_eq(prs_cpu_force(level, NULL), PRISM_OK);
        check(&w, make_expr(&rng, round < 40 ? 0 : round < 150 ? 1 : 2));
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
    set_world_make(&w, 0, &rng);
    uint64_t before = w.watch.work, n = 0;
    static prs_batch space;
    ck_assert_ptr_nonnull(set_world_plan(&w, kit_body_word("w0")));
    ck_assert_int_eq(prs_count(&w.plan, 0, SET_DOCS, &space, &n, NULL), PRISM_OK);
    ck_assert_uint_eq(w.watch.work, before);
    ck_assert_uint_gt(n, SET_DOCS / 2);
    set_world_free(&w);
}
END_TEST

TEST_SUITE(count, what_matches_is_counted, few_deleted_documents, many_deleted_documents,
           lists_are_not_walked_for_their_length)
