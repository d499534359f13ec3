/* The dialect: endian loads, byte order, bit widths, the two try macros. */
#include "harness/test.h"

START_TEST(loads_and_stores_are_little_endian_at_any_address) {
    uint8_t bytes[24];
    for (size_t shift = 0; shift < 8; shift++) {
        memset(bytes, 0xee, sizeof bytes);
        prs_store16(bytes + shift, 0x0201);
        ck_assert_mem_eq(bytes + shift, "\x01\x02\xee", 3);
        ck_assert_uint_eq(prs_load16(bytes + shift), 0x0201);
        prs_store32(bytes + shift, 0x04030201);
        ck_assert_mem_eq(bytes + shift, "\x01\x02\x03\x04\xee", 5);
        ck_assert_uint_eq(prs_load32(bytes + shift), 0x04030201);
        prs_store64(bytes + shift, UINT64_C(0x0807060504030201));
        ck_assert_mem_eq(bytes + shift, "\x01\x02\x03\x04\x05\x06\x07\x08\xee", 9);
        ck_assert_uint_eq(prs_load64(bytes + shift), UINT64_C(0x0807060504030201));
    }
}
END_TEST

START_TEST(bytes_compare_as_on_disk) {
    static const struct {
        const char *text;
        size_t len;
    } sorted[] = {{"", 0},   {"\0", 1}, {"a", 1},    {"a\0", 2},
                  {"aa", 2}, {"b", 1},  {"\x80", 1}, {"\xff", 1}};
    for (size_t i = 0; i < PRS_COUNT(sorted); i++) {
        for (size_t j = 0; j < PRS_COUNT(sorted); j++) {
            prs_bytes a = prs_bytes_of(sorted[i].text, sorted[i].len);
            prs_bytes b = prs_bytes_of(sorted[j].text, sorted[j].len);
            int c = prs_bytes_compare(a, b);
            ck_assert_int_eq((c > 0) - (c < 0), (i > j) - (i < j));
            ck_assert_int_eq(prs_bytes_equal(a, b), i == j);
        }
    }
    prs_bytes none = prs_bytes_of(NULL, 0);
    ck_assert_int_eq(prs_bytes_compare(none, none), 0);
    ck_assert(prs_bytes_equal(none, prs_bytes_of("", 0)));
}
END_TEST

START_TEST(bit_widths) {
    ck_assert_uint_eq(prs_bit_width32(0), 0);
    ck_assert_uint_eq(prs_bit_width64(0), 0);
    for (uint32_t bit = 0; bit < 64; bit++) {
        uint64_t v = UINT64_C(1) << bit;
        ck_assert_uint_eq(prs_bit_width64(v), bit + 1);
        ck_assert_uint_eq(prs_bit_width64(v | (v - 1)), bit + 1);
        if (bit < 32) ck_assert_uint_eq(prs_bit_width32((uint32_t)v), bit + 1);
    }
    ck_assert_uint_eq(prs_bit_width32(UINT32_MAX), 32);
}
END_TEST

static prism_status try_one(prism_status inner, int *after) {
    PRS_TRY(inner);
    *after = 1;
    return PRISM_OK;
}

static prism_status try_out(prism_status inner, int *after, int *cleaned) {
    prism_status status;
    PRS_TRY_OUT(inner);
    *after = 1;
out:
    *cleaned = 1;
    return status;
}

START_TEST(try_stops_at_a_failure) {
    int after = 0, cleaned = 0;
    ck_assert_int_eq(try_one(PRISM_EIO, &after), PRISM_EIO);
    ck_assert_int_eq(after, 0);
    ck_assert_int_eq(try_one(PRISM_OK, &after), PRISM_OK);
    ck_assert_int_eq(after, 1);
    after = 0;
    ck_assert_int_eq(try_out(PRISM_EBUSY, &after, &cleaned), PRISM_EBUSY);
    ck_assert_int_eq(after, 0);
    ck_assert_int_eq(cleaned, 1);
    ck_assert_int_eq(try_out(PRISM_OK, &after, &cleaned), PRISM_OK);
    ck_assert_int_eq(after, 1);
}
END_TEST

TEST_SUITE(prs, loads_and_stores_are_little_endian_at_any_address, bytes_compare_as_on_disk,
           bit_widths, try_stops_at_a_failure)
