/* test_order.c - arrival numbers: absent, written and read, and sections that are none. */
#include "harness/test.h"

#include "codec/bits.h"
#include "format/order.h"
#include "harness/section_file.h"

#include <stdlib.h>

static prs_mem plain_mem(void) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    return mem;
}

START_TEST(absent_means_consecutive) {
    prs_order order;
    prs_mem mem = plain_mem();
    prs_section none = prs_section_of(NULL, 0);
    uint32_t docs[5];
    ck_assert_int_eq(prs_order_open(&order, &none, 5, NULL), PRISM_OK);
    ck_assert_int_eq(prs_order_check(&order, &mem, NULL), PRISM_OK);
    ck_assert_int_eq(prs_order_invert(&order, docs, NULL), PRISM_OK);
    for (uint32_t doc = 0; doc < 5; doc++) {
        ck_assert_uint_eq(prs_order_get(&order, doc), doc);
        ck_assert_uint_eq(docs[doc], doc);
    }
    ck_assert_uint_eq(prs_order_get(&order, 5), 0);
}
END_TEST

static void shuffle(uint32_t *numbers, uint32_t n, test_rng *rng) {
    for (uint32_t i = 0; i < n; i++) numbers[i] = i;
    for (uint32_t i = n; i > 1; i--) {
        uint32_t k = (uint32_t)test_rng_below(rng, i), at = numbers[i - 1];
        numbers[i - 1] = numbers[k];
        numbers[k] = at;
    }
}

/* Arrivals and documents, each by the other, and a set of documents by arrival. */
static void compare(const prs_order *order, const uint32_t *numbers, uint32_t n, prs_mem *mem,
                    test_rng *rng) {
    uint32_t *docs = calloc(n, sizeof *docs);
    prs_bitset set, arrivals;
    ck_assert_int_eq(prs_bitset_init(&set, mem, n), PRISM_OK);
    ck_assert_int_eq(prs_bitset_init(&arrivals, mem, n), PRISM_OK);
    ck_assert_int_eq(prs_order_check(order, mem, NULL), PRISM_OK);
    ck_assert_int_eq(prs_order_invert(order, docs, NULL), PRISM_OK);
    for (uint32_t i = 0; i < n; i++) {
        ck_assert_uint_eq(prs_order_get(order, i), numbers[i]);
        ck_assert_uint_eq(docs[numbers[i]], i);
        if (test_rng_one_in(rng, 3)) prs_bitset_set(&set, i);
    }
    ck_assert_int_eq(prs_order_apply(order, &set, &arrivals, NULL), PRISM_OK);
    for (uint32_t i = 0; i < n; i++)
        ck_assert_int_eq(prs_bitset_get(&arrivals, numbers[i]), prs_bitset_get(&set, i));
    ck_assert_uint_eq(prs_order_get(order, n), 0);
    prs_bitset_fini(&set);
    prs_bitset_fini(&arrivals);
    free(docs);
}

START_TEST(what_is_written_is_read) {
    static const uint32_t sizes[] = {1, 2, 3, 63, 64, 65, 128, 129, 1000, 4096, 70000};
    test_rng rng = test_rng_of("order");
    for (size_t i = 0; i < PRS_COUNT(sizes); i++) {
        uint32_t n = sizes[i], *numbers = calloc(n, sizeof *numbers);
        prs_mem mem = plain_mem();
        prs_order order;
        prs_section section;
        section_file f;
        shuffle(numbers, n, &rng);
        ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_ORDER), PRISM_OK);
        ck_assert_int_eq(prs_order_write(f.out, numbers, n, NULL), PRISM_OK);
        ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_ORDER, i % 2, &section), PRISM_OK);
        ck_assert_int_eq(prs_order_open(&order, &section, n, NULL), PRISM_OK);
        compare(&order, numbers, n, &mem, &rng);
        section_file_end(&f);
        free(numbers);
    }
}
END_TEST

START_TEST(numbers_of_every_width) {
    test_rng rng = test_rng_of("order");
    for (uint32_t width = 0; width <= 32; width++) {
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
        section = prs_section_of(bytes, len + 1);
        ck_assert_int_eq(prs_order_open(&order, &section, N, NULL), PRISM_ECORRUPT);
    }
}
END_TEST

START_TEST(a_width_beyond_the_format_is_refused) {
    static const uint8_t bytes[8 + 64 + 64] = {33};
    prs_order order;
    prs_section section = prs_section_of(bytes, 8 + 17);
    ck_assert_int_eq(prs_order_open(&order, &section, 4, NULL), PRISM_ECORRUPT);
}
END_TEST

/* Numbers 0 1 1 3 and 0 1 2 7 are no order of four documents. */
START_TEST(numbers_that_are_no_order_are_told) {
    static const uint8_t twice[8 + 64] = {3, 0, 0, 0, 0, 0, 0, 0, 0x48, 0x06};
    static const uint8_t beyond[8 + 64] = {3, 0, 0, 0, 0, 0, 0, 0, 0x88, 0x0e};
    const uint8_t *bad[] = {twice, beyond};
    for (size_t i = 0; i < PRS_COUNT(bad); i++) {
        prs_order order;
        prs_mem mem = plain_mem();
        uint32_t docs[4];
        prs_section section = prs_section_of(bad[i], 8 + 2);
        ck_assert_int_eq(prs_order_open(&order, &section, 4, NULL), PRISM_OK);
        ck_assert_int_eq(prs_order_check(&order, &mem, NULL), PRISM_ECORRUPT);
        ck_assert_int_eq(prs_order_invert(&order, docs, NULL), PRISM_ECORRUPT);
    }
}
END_TEST

START_TEST(a_set_stays_within_the_documents) {
    static const uint8_t beyond[8 + 64] = {3, 0, 0, 0, 0, 0, 0, 0, 0x88, 0x0e};
    prs_order order;
    prs_mem mem = plain_mem();
    prs_bitset set, arrivals;
    prs_section section = prs_section_of(beyond, 8 + 2);
    ck_assert_int_eq(prs_order_open(&order, &section, 4, NULL), PRISM_OK);
    ck_assert_int_eq(prs_bitset_init(&set, &mem, 4), PRISM_OK);
    ck_assert_int_eq(prs_bitset_init(&arrivals, &mem, 4), PRISM_OK);
    prs_bitset_set(&set, 2);
    ck_assert_int_eq(prs_order_apply(&order, &set, &arrivals, NULL), PRISM_OK);
    prs_bitset_set(&set, 3);
    ck_assert_int_eq(prs_order_apply(&order, &set, &arrivals, NULL), PRISM_ECORRUPT);
    prs_bitset_fini(&set);
    prs_bitset_fini(&arrivals);
}
END_TEST

TEST_SUITE(order, absent_means_consecutive, what_is_written_is_read, numbers_of_every_width,
           a_width_beyond_the_format_is_refused, numbers_that_are_no_order_are_told,
           a_set_stays_within_the_documents)
