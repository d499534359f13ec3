/* test_dominance.c - are there K postings as good as each point says, and is the point not much
 * worse than it could be? */
#include "harness/test.h"

#include "format/dominance.h"
#include "format/impacts.h"

#include <stdlib.h>

enum { MOST = 5000 };
static uint32_t freqs[MOST], lengths[MOST];
static prs_dominance table; /* large */

static const uint32_t ks[] = {10, 100, 1000};

static uint32_t count(uint32_t n, prs_impact point) {
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i++) m += freqs[i] >= point.freq && lengths[i] <= point.length;
    return m;
}

static uint32_t some_bits(test_rng *rng, uint32_t max_bits) {
    return (uint32_t)(test_rng_next(rng) >> (63 - test_rng_below(rng, max_bits)));
}

static void make(uint32_t n, int kind, test_rng *rng) {
    for (uint32_t i = 0; i < n; i++) {
        switch (kind) {
        case 0: freqs[i] = 1, lengths[i] = 1; break;
        case 1:
            freqs[i] = 1 + (uint32_t)test_rng_below(rng, 5), lengths[i] = some_bits(rng, 10);
            break;
        case 2:
            freqs[i] = 1 + some_bits(rng, 8), lengths[i] = 2 * freqs[i] + some_bits(rng, 12);
            break;
        default: /* the widest there may be, and the edges of the last classes */
            freqs[i] = some_bits(rng, 32) | 1;
            lengths[i] = test_rng_one_in(rng, 4) ? 15728638u + (uint32_t)test_rng_below(rng, 4)
                                                 : some_bits(rng, 32);
        }
    }
}
enum { KINDS = 4 };

/* In pieces, as blocks come. */
static void add(uint32_t n, test_rng *rng) {
    for (uint32_t i = 0, m; i < n; i += m) {
        m = 1 + (uint32_t)test_rng_below(rng, 128);
        m = PRS_MIN(m, n - i);
        prs_dominance_add(&table, freqs + i, lengths + i, m);
    }
}

static const uint32_t sizes[] = {1, 9, 10, 11, 99, 100, 101, 129, 999, 1000, 1001, MOST};

START_TEST(there_are_as_many_as_a_point_says) {
    test_rng rng = test_rng_of("dominance");
    for (int kind = 0; kind < KINDS; kind++) {
        for (size_t s = 0; s < PRS_COUNT(sizes); s++) {
            for (int round = 0; round < 4; round++) {
                prs_impact points[PRS_DOMINANCE_POINTS];
                uint32_t n = sizes[s], n_points = n < 10 ? 0 : n < 100 ? 1 : n < 1000 ? 2 : 3;
                make(n, kind, &rng);
                add(n, &rng);
                float mean = round == 0 ? 0 : (float)some_bits(&rng, 20);
                ck_assert_uint_eq(prs_dominance_take(&table, n, mean, points), n_points);
                for (uint32_t p = 0; p < n_points; p++) {
                    ck_assert_uint_ge(points[p].freq, 1);
                    ck_assert_uint_ge(count(n, points[p]), ks[p]);
                }
            }
        }
    }
}
END_TEST

/* The best pair of a freq and a length that occur: all are tried. */
static float best_score(uint32_t n, uint32_t k, float mean) {
    float best = 0;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) {
            prs_impact point = {freqs[i], lengths[j]};
            float score = prs_impact_score(point, mean);
            if (score > best && count(n, point) >= k) best = score;
        }
    }
    return best;
}

START_TEST(points_are_nearly_the_best) {
    test_rng rng = test_rng_of("dominance-best");
    for (int round = 0; round < 30; round++) {
        prs_impact points[PRS_DOMINANCE_POINTS];
        uint32_t n = 150;
        float mean = 100;
        make(n, 1 + round % 2, &rng);
        add(n, &rng);
        ck_assert_uint_eq(prs_dominance_take(&table, n, mean, points), 2);
        for (uint32_t p = 0; p < 2; p++) {
            float best = best_score(n, ks[p], mean), got = prs_impact_score(points[p], mean);
            ck_assert_msg(got >= 0.9f * best, "K %u: %g of %g", ks[p], (double)got, (double)best);
        }
    }
}
END_TEST

START_TEST(taking_empties_the_table) {
    static const prs_dominance empty;
    test_rng rng = test_rng_of("dominance-empty");
    prs_impact points[PRS_DOMINANCE_POINTS];
    for (int kind = 0; kind < KINDS; kind++) {
        make(MOST, kind, &rng);
        add(MOST, &rng);
        (void)prs_dominance_take(&table, MOST, 10, points);
        ck_assert_mem_eq(&table, &empty, sizeof empty);
    }
}
END_TEST

START_TEST(fields_without_lengths) {
    prs_impact points[PRS_DOMINANCE_POINTS];
    for (uint32_t i = 0; i < 200; i++) freqs[i] = i + 1, lengths[i] = 0;
    prs_dominance_add(&table, freqs, NULL, 128);
    prs_dominance_add(&table, freqs + 128, NULL, 72);
    ck_assert_uint_eq(prs_dominance_take(&table, 200, 0, points), 2);
    ck_assert_uint_eq(points[0].length, 0);
    ck_assert(points[0].freq <= 191 && points[0].freq >= 128);
    ck_assert(points[1].freq <= 101 && points[1].freq >= 64);
}
END_TEST

TEST_SUITE(dominance, there_are_as_many_as_a_point_says, points_are_nearly_the_best,
           taking_empties_the_table, fields_without_lengths)
