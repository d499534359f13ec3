/* The version the header promises is the version that is linked, and names come through. */
#include "harness/test.h"

#include "base/cpu.h"

#include "config.h"

#include <stdio.h>
#include <string.h>

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

START_TEST(a_kernel_level_can_be_asked_for) {
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prism_cpu_use("scalar", &err), PRISM_OK);
    ck_assert_int_eq(prs_cpu(), PRS_CPU_SCALAR);
    ck_assert_int_eq(prism_cpu_use("mmx", &err), PRISM_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, "mmx"));
    prs_cpu_level other = prs_cpu_supports(PRS_CPU_NEON) ? PRS_CPU_SSE42 : PRS_CPU_NEON;
    ck_assert_int_eq(prism_cpu_use(prs_cpu_name(other), &err), PRISM_EUNSUPPORTED);
    ck_assert_int_eq(prs_cpu(), PRS_CPU_SCALAR);
    ck_assert_int_eq(prism_cpu_use(NULL, NULL), PRISM_OK);
    prs_cpu_level best = prs_cpu();
    prs_cpu_unforce();
    ck_assert_int_eq(prs_cpu(), best);
}
END_TEST

TEST_SUITE(api_base, version_is_one_number, status_names_are_public,
           a_kernel_level_can_be_asked_for)
