/* Do texts become the numbers they spell, and do the kept numbers sort as the values do? */
#include "harness/test.h"

#include "schema/value.h"

#include <float.h>
#include <math.h>

static prism_status parse(prism_field_type type, const char *text, int64_t *out) {
    return prs_value_parse(type, text, strlen(text), out, NULL);
}

static double f64_of(const char *text) {
    int64_t v;
    ck_assert_msg(parse(PRISM_FIELD_F64, text, &v) == PRISM_OK, "%s", text);
    return prs_f64_from_sortable(v);
}

START_TEST(whole_numbers) {
    static const char *const bad[] = {"",
                                      "-",
                                      "+",
                                      "1.0",
                                      "1e3",
                                      "0x10",
                                      " 1",
                                      "1 ",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999",
                                      "--1",
                                      "\xef\xbc\x91"};
    int64_t v;
    ck_assert_int_eq(parse(PRISM_FIELD_I64, "0", &v), PRISM_OK);
    ck_assert_int_eq(v, 0);
    ck_assert_int_eq(parse(PRISM_FIELD_I64, "-0", &v), PRISM_OK);
    ck_assert_int_eq(v, 0);
    ck_assert_int_eq(parse(PRISM_FIELD_I64, "+0042", &v), PRISM_OK);
    ck_assert_int_eq(v, 42);
    ck_assert_int_eq(parse(PRISM_FIELD_I64, "9223372036854775807", &v), PRISM_OK);
    ck_assert_int_eq(v, INT64_MAX);
    ck_assert_int_eq(parse(PRISM_FIELD_I64, "-9223372036854775808", &v), PRISM_OK);
    ck_assert_int_eq(v, INT64_MIN);
    for (size_t i = 0; i < PRS_COUNT(bad); i++) {
        ck_assert_msg(parse(PRISM_FIELD_I64, bad[i], &v) == PRISM_EREJECTED, "%s", bad[i]);
    }
}
END_TEST

START_TEST(floating_point) {
    static const char *const bad[] = {"",   "nan",   "inf",  "1,5",   ".5",
                                      "1.", "1e999", "true", "\"1\"", "[1]"};
    int64_t v;
    ck_assert_double_eq(f64_of("1.5"), 1.5);
    ck_assert_double_eq(f64_of("-1e-3"), -1e-3);
    ck_assert_double_eq(f64_of("7"), 7);
    ck_assert_double_eq(f64_of("100000000000000000000"), 1e20);
    for (size_t i = 0; i < PRS_COUNT(bad); i++) {
        ck_assert_msg(parse(PRISM_FIELD_F64, bad[i], &v) == PRISM_EREJECTED, "%s", bad[i]);
    }
}
END_TEST

START_TEST(sortable_order) {
    static const double sorted[] = {-INFINITY,    -DBL_MAX, -2, -1, -DBL_MIN, -DBL_TRUE_MIN, 0,
                                    DBL_TRUE_MIN, DBL_MIN,  1,  2,  DBL_MAX,  INFINITY};
    for (size_t i = 0; i < PRS_COUNT(sorted); i++) {
        ck_assert(prs_f64_from_sortable(prs_f64_to_sortable(sorted[i])) == sorted[i]);
        if (i > 0)
            ck_assert_int_lt(prs_f64_to_sortable(sorted[i - 1]), prs_f64_to_sortable(sorted[i]));
    }
    ck_assert_int_eq(prs_f64_to_sortable(-0.0), prs_f64_to_sortable(0.0));
    ck_assert_int_eq(prs_f64_to_sortable(0.0), 0);
}
END_TEST

START_TEST(truth_dates_and_texts) {
    int64_t v;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(parse(PRISM_FIELD_BOOL, "true", &v), PRISM_OK);
    ck_assert_int_eq(v, 1);
    ck_assert_int_eq(parse(PRISM_FIELD_BOOL, "false", &v), PRISM_OK);
    ck_assert_int_eq(v, 0);
    ck_assert_int_eq(parse(PRISM_FIELD_BOOL, "True", &v), PRISM_EREJECTED);
    ck_assert_int_eq(parse(PRISM_FIELD_BOOL, "1", &v), PRISM_EREJECTED);
    ck_assert_int_eq(parse(PRISM_FIELD_DATE, "1970-01-02", &v), PRISM_OK);
    ck_assert_int_eq(v, 86400000);
    ck_assert_int_eq(parse(PRISM_FIELD_DATE, "yesterday", &v), PRISM_EREJECTED);
    ck_assert_int_eq(prs_value_parse(PRISM_FIELD_TEXT, "x", 1, &v, &err), PRISM_EINVAL);
    ck_assert_int_eq(prs_value_parse(PRISM_FIELD_I64, "forty-two", 9, &v, &err), PRISM_EREJECTED);
    ck_assert_ptr_nonnull(strstr(err.text, "\"forty-two\""));
}
END_TEST

START_TEST(quotations_are_cut_between_characters) {
    char text[64];
    memset(text, 'x', sizeof text);
    ck_assert_int_eq(prs_quote_len(text, 40), 40);
    ck_assert_int_eq(prs_quote_len(text, 64), 40);
    memcpy(text + 38, "\xe4\xb8\xad", 3);
    ck_assert_int_eq(prs_quote_len(text, 64), 38);
    ck_assert_int_eq(prs_quote_len(text, 41), 38);
    ck_assert_int_eq(prs_quote_len("", 0), 0);
}
END_TEST

TEST_SUITE(value, whole_numbers, floating_point, sortable_order, truth_dates_and_texts,
           quotations_are_cut_between_characters)
