/* The version the header promises is the version that is linked, and names come through. */
#include "harness/test.h"

#include "config.h"

#include <stdio.h>

START_TEST(version_is_one_number) {
    ck_assert_str_eq(prism_version(), PRISM_VERSION_STRING);
    ck_assert_str_eq(prism_version(), PACKAGE_VERSION); /* configure.ac agrees with base.h */
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", PRISM_VERSION_MAJOR, PRISM_VERSION_MINOR,
             PRISM_VERSION_PATCH);
    ck_assert_str_eq(prism_version(), text);
}
END_TEST

START_TEST(status_names_are_public) {
    ck_assert_str_eq(prism_status_name(PRISM_EANALYZER), "EANALYZER");
    ck_assert_str_eq(prism_status_name(12345), "UNKNOWN");
}
END_TEST

TEST_SUITE(api_base, version_is_one_number, status_names_are_public)
