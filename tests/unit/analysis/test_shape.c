/* test_shape.c - initials, grouped numbers and cuts, at their edges. */
#include "analysis/shape.h"
#include "harness/test.h"

static uint32_t initials(const char *text, uint32_t at, uint32_t max_bytes) {
    return prs_shape_initials(prs_wordbreak_mixed(false, true), (const uint8_t *)text,
                              (uint32_t)strlen(text), at, max_bytes);
}

START_TEST(initials_end_where_the_chain_ends) {
    static const struct {
        const char *text;
        uint32_t end;
    } cases[] = {
        {"a", 0},
        {"a.", 0},
        {"a.b", 3},
        {"a.b.", 4},
        {"a.b. c", 4},
        {"a.b..", 4},
        {"a.bc", 0},
        {"a.b.cd", 0},
        {"a.b1", 0},
        {"a.b.1", 0},
        {"a..b", 0},
        {"a.b'c", 0},
        {"a.b.'c", 4},
        {"a.b-c", 3},
        {"a,b", 0},
        {"a.b\xcc\x81", 5},
        {"a.\xcc\x81"
         "b",
         0},
        {"a.b中", 3},
        {"a.中", 0},
        {"a.b.😀", 4},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++)
        ck_assert_msg(initials(cases[i].text, 0, 255) == cases[i].end, "%s", cases[i].text);
}
END_TEST

START_TEST(initials_keep_within_the_limit) {
    ck_assert_uint_eq(initials("a.b.c.d.", 0, 16), 8);
    ck_assert_uint_eq(initials("a.b.c.d.e.f.g.h.", 0, 16), 16);
    ck_assert_uint_eq(initials("aa.a.b.c.d.e.f.g.h.", 3, 16), 19);
    ck_assert_uint_eq(initials("a.b.c.d.e.f.g.h.i", 0, 16), 0);
}
END_TEST

START_TEST(grouped_numbers) {
    static const char *const yes[] = {"1,234",     "12,345",         "123,456,789", "1,234.5",
                                      "1,234.",    "10,000mAh",      "1,234.5kg",   "1,234kg2",
                                      "１,２３４", "１，２３４．５", "1﹐234"};
    static const char *const no[] = {"1,2",       "1,23",        "1234,567", "1,234,56", "1,2345",
                                     "1,234.5.6", "1,234.5,678", "a1,234",   "1,234a,5", "12.345,6",
                                     "1234",      "1,234'5",     ",123",     "1,,234",   "1,23a"};
    for (size_t i = 0; i < PRS_COUNT(yes); i++)
        ck_assert_msg(prs_shape_is_grouped((const uint8_t *)yes[i], 0, (uint32_t)strlen(yes[i])),
                      "%s", yes[i]);
    for (size_t i = 0; i < PRS_COUNT(no); i++)
        ck_assert_msg(!prs_shape_is_grouped((const uint8_t *)no[i], 0, (uint32_t)strlen(no[i])),
                      "%s", no[i]);
}
END_TEST

START_TEST(cuts_fall_between_clusters) {
    /* bytes:              0  1  2    4  5    7 */
    const uint8_t *text = (const uint8_t *)"xe\xcc\x81ye\xcc\x81z";
    uint32_t next = 99;
    ck_assert_uint_eq(prs_shape_cut(text, 0, 8, 4, &next), 4);
    ck_assert_uint_eq(next, 4);
    ck_assert_uint_eq(prs_shape_cut(text, 0, 8, 3, &next), 1);
    ck_assert_uint_eq(next, 1);
    ck_assert_uint_eq(prs_shape_cut(text, 0, 8, 7, &next), 5);
    /* a first cluster that is too long gives its first code points, and is passed whole */
    ck_assert_uint_eq(prs_shape_cut(text, 1, 8, 2, &next), 2);
    ck_assert_uint_eq(next, 4);
}
END_TEST

TEST_SUITE(shape, initials_end_where_the_chain_ends, initials_keep_within_the_limit,
           grouped_numbers, cuts_fall_between_clusters)
