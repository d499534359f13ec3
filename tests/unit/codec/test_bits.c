/* Bit arrays: every width at every offset, against bits taken one by one. */
#include "harness/test.h"

#include "codec/bits.h"

enum { N_BYTES = 4096 };
static uint8_t array[N_BYTES + 64];

/* The definition in FORMAT.md: bit b is bit b mod 8 of byte b div 8, low bit of a value first. */
static uint64_t slow_load(uint64_t bit, uint32_t w) {
    uint64_t v = 0;
    for (uint32_t i = 0; i < w; i++, bit++) v |= (uint64_t)(array[bit / 8] >> (bit % 8) & 1) << i;
    return v;
}

static uint64_t random_value(test_rng *rng, uint32_t w) {
    uint64_t v = test_rng_next(rng);
    return w == 64 ? v : v & ((UINT64_C(1) << w) - 1);
}

START_TEST(loads_see_what_the_bits_say) {
    test_rng rng = test_rng_of("bits-load");
    test_rng_fill(&rng, array, sizeof array);
    for (uint32_t w = 0; w <= 64; w++) {
        for (uint64_t bit = 0; bit < 130; bit++) {
            if (w <= 57) ck_assert_uint_eq(prs_bits_load(array, bit, w), slow_load(bit, w));
            ck_assert_uint_eq(prs_bits_load64(array, bit, w), slow_load(bit, w));
        }
    }
}
END_TEST

START_TEST(stores_are_read_back) {
    test_rng rng = test_rng_of("bits-store");
    for (int round = 0; round < 200; round++) {
        memset(array, 0, sizeof array);
        uint64_t values[500], bit = test_rng_below(&rng, 64), at = bit;
        uint32_t widths[500];
        for (int i = 0; i < 500; i++) {
            widths[i] = (uint32_t)test_rng_below(&rng, 65);
            values[i] = random_value(&rng, widths[i]);
            prs_bits_store(array, at, widths[i], values[i]);
            at += widths[i];
        }
        for (int i = 0; i < 500; i++) {
            ck_assert_uint_eq(slow_load(bit, widths[i]), values[i]);
            bit += widths[i];
        }
        ck_assert_uint_eq(slow_load(at, 64), 0);
    }
}
END_TEST

START_TEST(sizes_round_up) {
    ck_assert_uint_eq(prs_bits_bytes(0, 13), 0);
    ck_assert_uint_eq(prs_bits_bytes(5, 0), 0);
    ck_assert_uint_eq(prs_bits_bytes(8, 1), 1);
    ck_assert_uint_eq(prs_bits_bytes(9, 1), 2);
    ck_assert_uint_eq(prs_bits_bytes(UINT32_MAX, 64), 8 * (uint64_t)UINT32_MAX);
}
END_TEST

TEST_SUITE(bits, loads_see_what_the_bits_say, stores_are_read_back, sizes_round_up)
