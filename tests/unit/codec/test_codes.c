/* Codes: every value and parameter against the definition bit by bit, and readers on any bits. */
#include "harness/test.h"

#include "codec/codes.h"

enum { N_BYTES = 4096, N_VALUES = 100 };
static uint8_t array[N_BYTES + 64];

/* FORMAT.md section 1, a bit at a time. */
static void slow_put(uint64_t *bit, uint64_t value, uint32_t n) {
    for (uint32_t i = 0; i < n; i++, ++*bit)
        array[*bit / 8] = (uint8_t)(array[*bit / 8] | (value >> i & 1) << *bit % 8);
}

static void slow_exp(uint64_t *bit, uint64_t v, uint32_t k) {
    uint64_t q = (v >> k) + 1;
    uint32_t b = 0;
    while (b < 64 && q >> b != 0) b++;
    slow_put(bit, 0, b - 1);
    slow_put(bit, 1, 1);
    slow_put(bit, q, b - 1);
    slow_put(bit, v, k);
}

static void slow_rice(uint64_t *bit, uint64_t v, uint32_t k) {
    if (v >> k >= 16) {
        slow_put(bit, 0, 16);
        slow_exp(bit, v - (UINT64_C(16) << k), k);
        return;
    }
    slow_put(bit, 0, (uint32_t)(v >> k));
    slow_put(bit, 1, 1);
    slow_put(bit, v, k);
}

static uint64_t some(test_rng *rng, uint32_t max_bits) {
    return test_rng_next(rng) >> (64 - 1 - test_rng_below(rng, max_bits));
}

START_TEST(codes_are_the_bits_of_the_definition) {
    test_rng rng = test_rng_of("codes-put");
    for (int round = 0; round < 2000; round++) {
        static uint8_t want[N_BYTES + 64];
        bool rice = round % 2 == 0;
        uint64_t from = test_rng_below(&rng, 64), slow = from, fast = from;
        uint64_t values[N_VALUES];
        uint32_t ks[N_VALUES];
        memset(array, 0, sizeof array);
        for (int i = 0; i < N_VALUES; i++) {
            ks[i] = (uint32_t)test_rng_below(&rng, rice ? 33 : 64);
            values[i] = some(&rng, rice ? 32 : 63);
            rice ? slow_rice(&slow, values[i], ks[i]) : slow_exp(&slow, values[i], ks[i]);
        }
        memcpy(want, array, sizeof array);
        memset(array, 0, sizeof array);
        for (int i = 0; i < N_VALUES; i++) {
            uint64_t before = fast;
            rice ? prs_put_rice(array, &fast, (uint32_t)values[i], ks[i])
                 : prs_put_exp(array, &fast, values[i], ks[i]);
            ck_assert_uint_eq(fast - before, rice ? prs_rice_bits((uint32_t)values[i], ks[i])
                                                  : prs_exp_bits(values[i], ks[i]));
        }
        ck_assert_uint_eq(fast, slow);
        ck_assert_mem_eq(array, want, sizeof array);
        prs_bit_cur c = prs_bit_cur_of(array, from, fast);
        for (int i = 0; i < N_VALUES; i++)
            ck_assert_uint_eq(rice ? prs_get_rice(&c, ks[i]) : prs_get_exp(&c, ks[i]), values[i]);
        ck_assert(!c.bad && prs_bit_cur_left(&c) == 0);
    }
}
END_TEST

/* A code that is cut is refused, whatever stands behind. */
START_TEST(cut_codes_are_bad) {
    test_rng rng = test_rng_of("codes-cut");
    for (int round = 0; round < 3000; round++) {
        uint64_t bit = test_rng_below(&rng, 64), from = bit;
        bool rice = round % 2 == 0;
        uint32_t k = (uint32_t)test_rng_below(&rng, rice ? 33 : 64);
        uint64_t v = some(&rng, rice ? 32 : 63);
        memset(array, 0, sizeof array);
        rice ? prs_put_rice(array, &bit, (uint32_t)v, k) : prs_put_exp(array, &bit, v, k);
        for (uint64_t end = from; end < bit; end++) {
            prs_bit_cur c = prs_bit_cur_of(array, from, end);
            (void)(rice ? prs_get_rice(&c, k) : prs_get_exp(&c, k));
            ck_assert(c.bad && c.bit == c.end);
        }
    }
}
END_TEST

START_TEST(numbers_that_are_too_large_are_bad) {
    static const uint32_t zeros[] = {31, 32, 33, 57, 62, 63, 64, 65, 200};
    for (size_t i = 0; i < PRS_COUNT(zeros); i++) {
        for (uint32_t k = 0; k < 64; k += 7) {
            memset(array, 0, sizeof array);
            uint64_t bit = zeros[i];
            slow_put(&bit, 1, 1);
            prs_bit_cur c = prs_bit_cur_of(array, 0, 8 * N_BYTES);
            uint64_t v = prs_get_exp(&c, k);
            ck_assert_int_eq(c.bad, zeros[i] + k > 63);
            ck_assert_uint_eq(v, c.bad ? 0 : (UINT64_C(1) << (zeros[i] + k)) - (UINT64_C(1) << k));
            if (k > 32) continue;
            uint32_t more = zeros[i] - 16; /* zeros of the EXP code behind 16 */
            c = prs_bit_cur_of(array, 0, 8 * N_BYTES);
            v = prs_get_rice(&c, k);
            uint64_t rest = more + k > 63 ? UINT64_MAX : ((UINT64_C(1) << more) - 1) << k;
            uint64_t first = UINT64_C(16) << k;
            ck_assert_int_eq(c.bad, rest > UINT32_MAX || first + rest > UINT32_MAX);
            ck_assert_uint_eq(v, c.bad ? 0 : first + rest);
        }
    }
    memset(array, 0, sizeof array); /* zeros only */
    prs_bit_cur c = prs_bit_cur_of(array, 3, 8 * N_BYTES);
    (void)prs_get_rice(&c, 0);
    ck_assert(c.bad);
    ck_assert(prs_bit_cur_of(array, 9, 8).bad);
}
END_TEST

TEST_SUITE(codes, codes_are_the_bits_of_the_definition, cut_codes_are_bad,
           numbers_that_are_too_large_are_bad)
