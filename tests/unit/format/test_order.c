/* test_order.c - arrival numbers: absent, packed, and too short a section. */
#include "harness/test.h"

#include "codec/bits.h"
#include "format/order.h"

START_TEST(absent_means_consecutive) {
    prs_order order;
    prs_section none = prs_section_of(NULL, 0);
    ck_assert_int_eq(prs_order_open(&order, &none, 5, NULL), PRISM_OK);
    for (uint32_t doc = 0; doc < 5; doc++) ck_assert_uint_eq(prs_order_get(&order, doc), doc);
    ck_assert_uint_eq(prs_order_get(&order, 5), 0);
}
END_TEST

START_TEST(numbers_of_every_width) {
    test_rng rng = test_rng_of("order");
    for (uint32_t width = 0; width <= 57; width++) {
        enum { N = 100 };
        static uint8_t bytes[8 + N * 8 + 64];
        uint64_t values[N];
        memset(bytes, 0, sizeof bytes);
        bytes[0] = (uint8_t)width;
        for (uint32_t i = 0; i < N; i++) {
            values[i] = width == 0 ? 0 : test_rng_next(&rng) >> (64 - width);
            prs_bits_store(bytes + 8, (uint64_t)i * width, width, values[i]);
        }
        prs_order order;
        size_t len = 8 + (size_t)prs_bits_bytes(N, width);
        prs_section section = prs_section_of(bytes, len);
        ck_assert_int_eq(prs_order_open(&order, &section, N, NULL), PRISM_OK);
        for (uint32_t i = 0; i < N; i++) ck_assert_uint_eq(prs_order_get(&order, i), values[i]);
        section = prs_section_of(bytes, len - 1);
        ck_assert_int_eq(prs_order_open(&order, &section, N, NULL), PRISM_ECORRUPT);
    }
}
END_TEST

START_TEST(a_width_beyond_the_format_is_refused) {
    static const uint8_t bytes[8 + 64 + 64] = {58};
    prs_order order;
    prs_section section = prs_section_of(bytes, 8 + 64);
    ck_assert_int_eq(prs_order_open(&order, &section, 4, NULL), PRISM_ECORRUPT);
}
END_TEST

TEST_SUITE(order, absent_means_consecutive, numbers_of_every_width,
           a_width_beyond_the_format_is_refused)
