/* Does every ISO 8601 form name its first and last millisecond, and do days and texts map back? */
#include "harness/test.h"

#include "schema/value.h"

#include <stdio.h>

static int64_t first_of(const char *text) {
    int64_t first, last;
    ck_assert_msg(prs_date_range(text, strlen(text), &first, &last, NULL) == PRISM_OK, "%s", text);
    return first;
}

START_TEST(ranges) {
    static const struct {
        const char *text;
        int64_t first, last;
    } cases[] = {
        {"1970", 0, INT64_C(31535999999)},
        {"1970-01", 0, INT64_C(2678399999)},
        {"1970-12", INT64_C(28857600000), INT64_C(31535999999)},
        {"1970-01-01", 0, 86399999},
        {"1970-01-01T00:00", 0, 59999},
        {"1970-01-01T00:00:01", 1000, 1999},
        {"1970-01-01T00:00:00.5", 500, 500},
        {"1970-01-01t00:00:00.123456789z", 123, 123},
        {"1970-01-01 00:00Z", 0, 59999},
        {"1970-01-01T08:00+08:00", 0, 59999},
        {"1970-01-01T08:00+0800", 0, 59999},
        {"1970-01-01T08:00+08", 0, 59999},
        {"1969-12-31T18:30:00-05:30", 0, 999},
        {"1969-12-31T23:59:60Z", 0, 999},
        {"1969-12-31", -86400000, -1},
        {"2000-02-29", INT64_C(951782400000), INT64_C(951868799999)},
        {"2025-01-31T23:59:59.123Z", INT64_C(1738367999123), INT64_C(1738367999123)},
        {"0001", PRS_DATE_MIN, PRS_DATE_MIN + INT64_C(365) * 86400000 - 1},
        {"9999-12-31T23:59:59.999", PRS_DATE_MAX, PRS_DATE_MAX},
        {"9999", PRS_DATE_MAX - INT64_C(365) * 86400000 + 1, PRS_DATE_MAX},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        int64_t first, last;
        prism_status status =
            prs_date_range(cases[i].text, strlen(cases[i].text), &first, &last, NULL);
        ck_assert_msg(status == PRISM_OK && first == cases[i].first && last == cases[i].last,
                      "%s: %d %lld..%lld", cases[i].text, status, (long long)first,
                      (long long)last);
    }
}
END_TEST

START_TEST(refusals) {
    static const char *const cases[] = {
        "",
        "25",
        "202",
        "20250",
        "2025-",
        "2025-1",
        "2025-00",
        "2025-13",
        "2025-01-",
        "2025-01-00",
        "2025-01-32",
        "2025-02-29",
        "1900-02-29",
        "2025-04-31",
        "2025-01-31T",
        "2025-01-31T24:00",
        "2025-01-31T23",
        "2025-01-31T23:60",
        "2025-01-31T23:59:61",
        "2025-01-31T23:59:59.",
        "2025-01-31T23:59+",
        "2025-01-31T23:59+1",
        "2025-01-31T23:59+24:00",
        "2025-01-31T23:59+01:60",
        "2025-01-31T23:59+01:",
        "2025-01-31T23:59Zx",
        "2025-01-31x",
        " 2025",
        "2025 ",
        "-2025",
        "+2025",
        "0000",
        "2025-W01",
        "2025-01Z",
        "2025/01/31",
        "0001-01-01T00:00+01:00",
        "9999-12-31T23:59-01:00",
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        int64_t first, last;
        prism_error err = PRISM_ERROR_INIT;
        prism_status status = prs_date_range(cases[i], strlen(cases[i]), &first, &last, &err);
        ck_assert_msg(status == PRISM_EREJECTED, "%s: %d", cases[i], status);
        ck_assert_ptr_nonnull(strstr(err.text, cases[i]));
    }
}
END_TEST

START_TEST(all_days_of_ten_thousand_years) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t expected = PRS_DATE_MIN;
    for (int year = 1; year <= 9999; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            int n = days[month - 1] + (month == 2 && leap);
            char text[32], back[PRS_DATE_TEXT];
            snprintf(text, sizeof text, "%04d-%02d-01", year, month);
            ck_assert_int_eq(first_of(text), expected);
            snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, n);
            expected += (int64_t)n * 86400000;
            ck_assert_int_eq(first_of(text), expected - 86400000);
            strcat(text, "T23:59:59.999Z");
            ck_assert_uint_eq(prs_date_format(expected - 1, back), strlen(text));
            ck_assert_str_eq(back, text);
        }
    }
    ck_assert_int_eq(expected - 1, PRS_DATE_MAX);
}
END_TEST

START_TEST(formats) {
    char text[PRS_DATE_TEXT];
    prs_date_format(0, text);
    ck_assert_str_eq(text, "1970-01-01T00:00:00Z");
    prs_date_format(-1, text);
    ck_assert_str_eq(text, "1969-12-31T23:59:59.999Z");
    prs_date_format(INT64_MIN, text);
    ck_assert_str_eq(text, "0001-01-01T00:00:00Z");
    prs_date_format(INT64_MAX, text);
    ck_assert_str_eq(text, "9999-12-31T23:59:59.999Z");
}
END_TEST

START_TEST(random_moments_round_trip) {
    test_rng rng = test_rng_of("date");
    for (int i = 0; i < 20000; i++) {
        char text[PRS_DATE_TEXT];
        int64_t ms = PRS_DATE_MIN +
                     (int64_t)test_rng_below(&rng, (uint64_t)(PRS_DATE_MAX - PRS_DATE_MIN) + 1);
        prs_date_format(ms, text);
        ck_assert_int_eq(first_of(text), ms);
    }
}
END_TEST

TEST_SUITE(date, ranges, refusals, all_days_of_ten_thousand_years, formats,
           random_moments_round_trip)
