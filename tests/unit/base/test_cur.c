/* Cursor: no read past the end, no over-long varint, failure that sticks. */
#include "harness/test.h"

#include "base/cur.h"

START_TEST(reads_what_is_there) {
    static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xac, 0x02};
    prs_cur cur = prs_cur_of(bytes, sizeof bytes);
    ck_assert_uint_eq(prs_cur_8(&cur), 1);
    ck_assert_uint_eq(prs_cur_16(&cur), 0x0302);
    ck_assert_uint_eq(prs_cur_32(&cur), 0x07060504);
    ck_assert_uint_eq(prs_cur_64(&cur), UINT64_C(0x0f0e0d0c0b0a0908));
    ck_assert_uint_eq(prs_cur_varint32(&cur), 300);
    ck_assert_uint_eq(prs_cur_left(&cur), 0);
    ck_assert(!cur.bad);
    ck_assert_ptr_nonnull(prs_cur_take(&cur, 0));
    ck_assert(!cur.bad);
}
END_TEST

START_TEST(every_read_past_the_end_sticks) {
    static const uint8_t bytes[16] = {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
    static const size_t widths[] = {1, 2, 4, 8};
    for (size_t w = 0; w < PRS_COUNT(widths); w++) {
        for (size_t len = 0; len < widths[w]; len++) {
            prs_cur cur = prs_cur_of(bytes, len);
            uint64_t v = widths[w] == 1   ? prs_cur_8(&cur)
                         : widths[w] == 2 ? prs_cur_16(&cur)
                         : widths[w] == 4 ? prs_cur_32(&cur)
                                          : prs_cur_64(&cur);
            ck_assert_uint_eq(v, 0);
            ck_assert(cur.bad);
            ck_assert_uint_eq(prs_cur_left(&cur), 0);
            ck_assert_uint_eq(prs_cur_8(&cur), 0); /* also the bytes that were left */
        }
    }
}
END_TEST

START_TEST(huge_takes_do_not_wrap) {
    uint8_t byte = 1;
    prs_cur cur = prs_cur_of(&byte, 1);
    ck_assert_ptr_null(prs_cur_take(&cur, SIZE_MAX));
    ck_assert(cur.bad);
    cur = prs_cur_of(NULL, 0);
    ck_assert_ptr_null(prs_cur_take(&cur, SIZE_MAX - 1));
    ck_assert(cur.bad);
}
END_TEST

START_TEST(varints_that_are_not) {
    static const struct {
        const char *bytes;
        size_t len;
    } table[] = {
        {"", 0},
        {"\x80", 1},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff", 9},          /* cut */
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10},     /* bit 64 */
        {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11}, /* too long */
    };
    for (size_t i = 0; i < PRS_COUNT(table); i++) {
        prs_cur cur = prs_cur_of(table[i].bytes, table[i].len);
        ck_assert_uint_eq(prs_cur_varint(&cur), 0);
        ck_assert(cur.bad);
    }
}
END_TEST

START_TEST(varint32_and_count_are_bounded) {
    prs_cur cur = prs_cur_of("\xff\xff\xff\xff\x0f", 5);
    ck_assert_uint_eq(prs_cur_varint32(&cur), UINT32_MAX);
    ck_assert(!cur.bad);
    cur = prs_cur_of("\x80\x80\x80\x80\x10", 5); /* 2^32 */
    ck_assert_uint_eq(prs_cur_varint32(&cur), 0);
    ck_assert(cur.bad);
    cur = prs_cur_of("\x0a\x0b", 2);
    ck_assert_uint_eq(prs_cur_count(&cur, 10), 10);
    ck_assert(!cur.bad);
    ck_assert_uint_eq(prs_cur_count(&cur, 10), 0);
    ck_assert(cur.bad);
}
END_TEST

/* Random bytes, random reads: the cursor never leaves its range (AddressSanitizer watches). */
START_TEST(random_bytes_are_safe) {
    test_rng rng = test_rng_of("cur random");
    for (int round = 0; round < 5000; round++) {
        size_t len = test_rng_below(&rng, 40);
        uint8_t bytes[40];
        test_rng_fill(&rng, bytes, len);
        prs_cur cur = prs_cur_of(bytes, len);
        while (!cur.bad && prs_cur_left(&cur) > 0) {
            switch (test_rng_below(&rng, 6)) {
            case 0: prs_cur_8(&cur); break;
            case 1: prs_cur_16(&cur); break;
            case 2: prs_cur_32(&cur); break;
            case 3: prs_cur_64(&cur); break;
            case 4: prs_cur_varint(&cur); break;
            default: prs_cur_take(&cur, test_rng_below(&rng, 12)); break;
            }
            ck_assert(cur.at <= cur.end && cur.end == bytes + len);
        }
    }
}
END_TEST

/* An absent section: no address, no bytes.  Arithmetic on NULL, even by 0, is undefined. */
START_TEST(nothing_is_a_range_too) {
    prs_cur cur = prs_cur_of(NULL, 0);
    ck_assert_ptr_nonnull(cur.at);
    ck_assert_uint_eq(prs_cur_left(&cur), 0);
    ck_assert_ptr_nonnull(prs_cur_take(&cur, 0));
    ck_assert(!cur.bad);
    ck_assert_uint_eq(prs_cur_8(&cur), 0);
    ck_assert(cur.bad);
}
END_TEST

TEST_SUITE(cur, nothing_is_a_range_too, reads_what_is_there, every_read_past_the_end_sticks,
           huge_takes_do_not_wrap, varints_that_are_not, varint32_and_count_are_bounded,
           random_bytes_are_safe)
