/* test_match.c - are phrases and nears counted as FORMAT.md defines them?  Against loops over all
 * positions. */
#include "harness/test.h"

#include "kernel/match.h"

enum { SPACE = 64, SLOTS = 4 };

typedef struct text {
    uint32_t at[SLOTS][SPACE];
    prs_run runs[SLOTS];
    bool has[SLOTS][SPACE + 16];
} text;

static void make_text(text *t, test_rng *rng, bool repeat) {
    memset(t, 0, sizeof *t);
    for (uint32_t s = 0; s < SLOTS; s++) {
        uint64_t rare = 1 + test_rng_below(rng, 9);
        uint32_t n = 0;
        for (uint32_t p = 0; p < SPACE / 2; p++) {
            if (!test_rng_one_in(rng, rare)) continue;
            t->has[s][p] = true;
            t->at[s][n++] = p;
            if (repeat && test_rng_one_in(rng, 5)) t->at[s][n++] = p;
        }
        t->runs[s] = (prs_run){t->at[s], n};
    }
}

START_TEST(phrases_are_counted) {
    test_rng rng = test_rng_of("phrase");
    for (int round = 0; round < 20000; round++) {
        text t;
        uint32_t pos[SLOTS], starts[SPACE], n = 0, expected = 0,
                                            n_slots = 1 + (uint32_t)test_rng_below(&rng, SLOTS);
        make_text(&t, &rng, test_rng_one_in(&rng, 2));
        for (uint32_t s = 0; s < n_slots; s++) pos[s] = (uint32_t)test_rng_below(&rng, 5);
        for (uint32_t s = 0; s < n_slots; s++) {
            n = s == 0 ? prs_match_begin(t.runs[s], pos[s], starts)
                       : prs_match_narrow(starts, n, t.runs[s], pos[s]);
        }
        for (uint32_t p = 0; p < SPACE / 2; p++) {
            bool all = true;
            for (uint32_t s = 0; s < n_slots; s++) all = all && t.has[s][p + pos[s]];
            if (!all) continue;
            ck_assert_uint_lt(expected, n);
            ck_assert_uint_eq(starts[expected++], p);
        }
        ck_assert_uint_eq(n, expected);
    }
}
END_TEST

START_TEST(long_runs_are_galloped) {
    test_rng rng = test_rng_of("gallop");
    static uint32_t dense[20000];
    for (uint32_t i = 0, p = 0; i < PRS_COUNT(dense); i++)
        dense[i] = p += 1 + (uint32_t)test_rng_below(&rng, 3);
    prs_run run = {dense, PRS_COUNT(dense)};
    for (int round = 0; round < 300; round++) {
        uint32_t starts[40], copy[40], n = 0, expected = 0, p = 0,
                                       pos = (uint32_t)test_rng_below(&rng, 4);
        for (uint32_t i = 0; i < 40; i++)
            starts[n++] = p += 1 + (uint32_t)test_rng_below(&rng, 1500);
        memcpy(copy, starts, sizeof copy);
        n = prs_match_narrow(starts, n, run, pos);
        for (uint32_t i = 0; i < 40; i++) {
            bool there = false;
            for (uint32_t k = 0; k < run.n && !there; k++) there = dense[k] == copy[i] + pos;
            if (there) ck_assert_uint_eq(starts[expected++], copy[i]);
        }
        ck_assert_uint_eq(n, expected);
    }
}
END_TEST

START_TEST(positions_at_the_edge_do_not_wrap) {
    uint32_t a[] = {0, UINT32_MAX}, b[] = {2, UINT32_MAX}, starts[2];
    uint32_t n = prs_match_begin((prs_run){a, 2}, 0, starts);
    ck_assert_uint_eq(n, 2);
    n = prs_match_narrow(starts, n, (prs_run){b, 2}, 3);
    ck_assert_uint_eq(n, 0);
    ck_assert_uint_eq(prs_match_begin((prs_run){a, 2}, 1, starts), 1);
    ck_assert_uint_eq(starts[0], UINT32_MAX - 1);
}
END_TEST

/* The definition of FORMAT.md, position by position. */
static uint32_t count_near(const text *t, const uint32_t *need, uint32_t n_slots, uint32_t width,
                           uint32_t *ends) {
    uint32_t n = 0;
    int64_t before = -1;
    for (int64_t e = 0; e < SPACE / 2; e++) {
        bool some = false, all = true;
        for (uint32_t s = 0; s < n_slots; s++) {
            uint32_t got = 0;
            some = some || t->has[s][e];
            for (int64_t p = 0; p <= e; p++)
                got += p > before && p > e - (int64_t)width && t->has[s][p];
            all = all && got >= need[s];
        }
        if (!some || !all) continue;
        ends[n++] = (uint32_t)e;
        before = e;
    }
    return n;
}

START_TEST(nears_are_counted) {
    test_rng rng = test_rng_of("near");
    for (int round = 0; round < 20000; round++) {
        text t;
        prs_near nears[SLOTS];
        uint32_t need[SLOTS], ends[SPACE], expected[SPACE], total = 0;
        uint32_t n_slots = 1 + (uint32_t)test_rng_below(&rng, SLOTS);
        make_text(&t, &rng, false);
        for (uint32_t s = 0; s < n_slots; s++) {
            need[s] = test_rng_one_in(&rng, 4) ? 2 + (uint32_t)test_rng_below(&rng, 2) : 1;
            nears[s] = (prs_near){t.runs[s], need[s], 0};
            total += need[s];
        }
        uint32_t width = total + (uint32_t)test_rng_below(&rng, 6);
        uint32_t n = prs_match_near(nears, n_slots, width, ends);
        ck_assert_uint_eq(n, count_near(&t, need, n_slots, width, expected));
        for (uint32_t i = 0; i < n; i++) ck_assert_uint_eq(ends[i], expected[i]);
    }
}
END_TEST

START_TEST(distinct_keeps_one_of_each) {
    uint32_t at[] = {0, 0, 1, 5, 5, 5, 9};
    ck_assert_uint_eq(prs_match_distinct(at, PRS_COUNT(at)), 4);
    ck_assert_uint_eq(at[0], 0);
    ck_assert_uint_eq(at[1], 1);
    ck_assert_uint_eq(at[2], 5);
    ck_assert_uint_eq(at[3], 9);
    ck_assert_uint_eq(prs_match_distinct(at, 0), 0);
}
END_TEST

TEST_SUITE(match, phrases_are_counted, long_runs_are_galloped, positions_at_the_edge_do_not_wrap,
           nears_are_counted, distinct_keeps_one_of_each)
