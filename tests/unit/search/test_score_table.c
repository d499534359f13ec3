/* test_score_table.c - are answers from tables of scores those of the postings, to the bit, and is
 * one made only for what comes again? */
#include "harness/search_kit.h"

#include "base/cpu.h"
#include "search/score_table.h"

#include <stdio.h>

/* ---- the loop -------------------------------------------------------------------------------- */

enum { MOST = 300 };

static void check_level(prs_cpu_level level, test_rng *rng) {
    ck_assert_int_eq(prs_cpu_force(level, NULL), PRISM_OK);
    for (int round = 0; round < 300; round++) {
        static float table[MOST];
        static int32_t slots[MOST + 1], want[MOST + 1];
        uint32_t n = (uint32_t)test_rng_below(rng, MOST + 1);
        int32_t times = 1 + (int32_t)test_rng_below(rng, 3);
        float scale = prs_score_scale(20 - (int)test_rng_below(rng, 30));
        for (uint32_t i = 0; i <= MOST; i++) {
            bool taken = test_rng_one_in(rng, 2);
            want[i] = slots[i] = taken ? PRS_SLOT_TAKEN | (int32_t)test_rng_below(rng, 99999) : 0;
        }
        for (uint32_t i = 0; i < n; i++) {
            table[i] = PRS_SCORE_ABSENT;
            if (test_rng_one_in(rng, 2)) continue;
            table[i] = test_rng_one_in(rng, 9) ? 0.0f : (float)test_rng_below(rng, 9999) / 1000.0f;
            want[i] = (want[i] + prs_score_units(table[i], scale) * times) | PRS_SLOT_TAKEN;
        }
        prs_score_table_add(table, n, scale, times, slots);
        TEST_NEED(memcmp(slots, want, sizeof want) == 0);
    }
    prs_cpu_unforce();
}

START_TEST(every_level_adds_the_same) {
    test_rng rng = test_rng_of("table-add");
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        if (prs_cpu_supports((prs_cpu_level)level)) check_level((prs_cpu_level)level, &rng);
    }
}
END_TEST

/* ---- searches -------------------------------------------------------------------------------- */

enum { DOCS = 9000, WORDS = 7 };

static const char *const words[WORDS] = {"a", "b", "c", "d", "e", "f", "g"};

static void make_world(kit *k, test_rng *rng) {
    static const uint64_t rarity[WORDS] = {1, 2, 3, 8, 14, 60, 3000};
    kit_make(k, false);
    for (uint32_t d = 0; d < DOCS; d++) {
        char id[16], body[300] = "z ";
        for (uint32_t i = 0; i < WORDS; i++) {
            if (!test_rng_one_in(rng, rarity[i])) continue;
            for (uint32_t n = 1 + (uint32_t)test_rng_below(rng, 5); n > 0; n--) {
                strcat(body, words[i]);
                strcat(body, " ");
            }
        }
        snprintf(id, sizeof id, "%u", d);
        kit_put_body(k, id, body);
    }
    kit_merge(k);
    for (uint32_t d = 5; d < DOCS; d += 40) {
        char id[16];
        snprintf(id, sizeof id, "%u", d);
        kit_delete(k, id);
    }
    kit_commit(k);
}

/* Some of the words, any of them; perhaps one twice, one that must be there, one that must not. */
static void some_query(char *out, size_t len, test_rng *rng) {
    static char should[1500];
    uint32_t n = 2 + (uint32_t)test_rng_below(rng, 5);
    should[0] = '\0';
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) strcat(should, ",");
        strcat(should, kit_body_word(words[test_rng_below(rng, WORDS)]));
    }
    uint64_t more = test_rng_below(rng, 6);
    int size = snprintf(out, len, "{'type':'bool','should':[%s]", should);
    if (more <= 1)
        size +=
            snprintf(out + size, len - (size_t)size, ",'%s':[%s]", more == 0 ? "must" : "must_not",
                     kit_body_word(words[test_rng_below(rng, WORDS)]));
    snprintf(out + size, len - (size_t)size, "}");
}

static prism_hits *ask(const kit *k, const prism_query *query, unsigned n, bool count, bool all) {
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.k = n;
    opts.count = count ? PRISM_COUNT_EXACT : PRISM_COUNT_NONE;
    opts.exhaustive = all;
    return kit_search(k, query, &opts);
}

static void need_same(const prism_hits *a, const prism_hits *b, const char *json) {
    ck_assert_uint_eq(prism_hits_count(a), prism_hits_count(b));
    for (uint32_t i = 0; i < prism_hits_count(a); i++) {
        prism_hit x, y;
        prism_hits_get(a, i, &x);
        prism_hits_get(b, i, &y);
        ck_assert_msg(x.gdoc == y.gdoc && x.raw_score == y.raw_score, "%s", json);
    }
}

/* Asked at first, when tables are made, and when they are there; a new snapshot has none. */
static void check_query(const kit *k, test_rng *rng) {
    char json[2000];
    some_query(json, sizeof json, rng);
    kit fresh = *k;
    ck_assert_int_eq(prism_snapshot_open(k->index, &fresh.snap, NULL), PRISM_OK);
    prism_query *query = kit_query(k, json);
    unsigned n = test_rng_one_in(rng, 3) ? 1000 : 1 + (unsigned)test_rng_below(rng, 30);
    prism_hits *plain = ask(&fresh, query, n, true, true);
    ck_assert_uint_eq(fresh.snap->scores.kept.bytes, 0);
    for (int again = 0; again < 3; again++) {
        int exact;
        prism_hits *hits = ask(k, query, n, again == 1, test_rng_one_in(rng, 3));
        uint64_t total = prism_hits_total(hits, &exact);
        need_same(plain, hits, json);
        if (exact) ck_assert_uint_eq(total, prism_hits_total(plain, NULL));
        prism_hits_free(hits);
    }
    prism_hits_free(plain);
    prism_query_unref(query);
    prism_snapshot_unref(fresh.snap);
}

START_TEST(answers_are_the_same) {
    kit k;
    test_rng rng = test_rng_of("table-search");
    make_world(&k, &rng);
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        if (!prs_cpu_supports((prs_cpu_level)level)) continue;
        ck_assert_int_eq(prs_cpu_force((prs_cpu_level)level, NULL), PRISM_OK);
        for (int round = 0; round < 40; round++) check_query(&k, &rng);
        prs_cpu_unforce();
    }
    ck_assert_uint_gt(k.snap->scores.kept.bytes, 4 * DOCS * 3); /* some words have one */
    ck_assert_uint_le(k.snap->scores.kept.bytes, PRS_SCORE_CACHE_BYTES);
    kit_free(&k);
}
END_TEST

/* A weight of -0 is one of 0: documents score nothing, and are there. */
START_TEST(a_boost_of_minus_nothing) {
    kit k;
    test_rng rng = test_rng_of("table-zero");
    make_world(&k, &rng);
    static const char json[] =
        "{'type':'bool','should':[{'type':'term','boost':-0.0,'fields':{'body':1},"
        "'key':{'kind':'word','text':'b'}},{'type':'term','fields':{'body':1},"
        "'key':{'kind':'word','text':'d'}}]}";
    prism_query *query = kit_query(&k, json);
    prism_hits *first = ask(&k, query, 1000, true, true);
    for (int again = 0; again < 3; again++) {
        prism_hits *hits = ask(&k, query, 1000, true, again == 2);
        ck_assert_uint_eq(prism_hits_total(hits, NULL), prism_hits_total(first, NULL));
        need_same(first, hits, json);
        prism_hits_free(hits);
    }
    prism_hits_free(first);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

/* What a search may do is counted in steps, which must not depend on those before it. */
START_TEST(none_where_steps_are_counted) {
    kit k;
    test_rng rng = test_rng_of("table-work");
    make_world(&k, &rng);
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.max_work = 100000;
    prism_query *query =
        kit_query(&k, "{'type':'bool','should':[{'type':'term','fields':{'body':1},"
                      "'key':{'kind':'word','text':'a'}},{'type':'term','fields':"
                      "{'body':1},'key':{'kind':'word','text':'b'}}]}");
    for (int again = 0; again < 4; again++) prism_hits_free(kit_search(&k, query, &opts));
    ck_assert_uint_eq(k.snap->scores.kept.bytes, 0);
    opts.max_work = 0;
    for (int again = 0; again < 2; again++) prism_hits_free(kit_search(&k, query, &opts));
    ck_assert_uint_gt(k.snap->scores.kept.bytes, 4 * DOCS);
    prism_query_unref(query);
    kit_free(&k);
}
END_TEST

TEST_SUITE(score_table, every_level_adds_the_same, answers_are_the_same, a_boost_of_minus_nothing,
           none_where_steps_are_counted)
