/* CPU levels: names, order of support, forcing. */
#include "harness/test.h"

#include "base/cpu.h"

START_TEST(names_go_there_and_back) {
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        const char *name = prs_cpu_name((prs_cpu_level)level);
        ck_assert_ptr_nonnull(name);
        ck_assert_int_eq((int)prs_cpu_parse(name), level);
    }
    ck_assert_ptr_null(prs_cpu_name((prs_cpu_level)0));
    ck_assert_ptr_null(prs_cpu_name((prs_cpu_level)99));
    ck_assert_int_eq((int)prs_cpu_parse("pentium"), 0);
}
END_TEST

START_TEST(level_in_force_is_the_best_supported) {
    prs_cpu_level level = prs_cpu();
    ck_assert(prs_cpu_supports(level));
    ck_assert(prs_cpu_supports(PRS_CPU_SCALAR));
#if defined(__x86_64__)
    for (int other = PRS_CPU_SCALAR; other <= PRS_CPU_AVX512; other++)
        ck_assert_int_eq(prs_cpu_supports((prs_cpu_level)other), other <= (int)level);
    ck_assert(!prs_cpu_supports(PRS_CPU_NEON));
#endif
}
END_TEST

START_TEST(forcing_holds_until_undone) {
    prs_cpu_level before = prs_cpu();
    ck_assert_int_eq(prs_cpu_force(PRS_CPU_SCALAR, NULL), PRISM_OK);
    ck_assert_int_eq((int)prs_cpu(), PRS_CPU_SCALAR);
    prs_cpu_unforce();
    ck_assert_int_eq((int)prs_cpu(), (int)before);
}
END_TEST

START_TEST(what_is_not_there_cannot_be_forced) {
    prism_error err = PRISM_ERROR_INIT;
    prs_cpu_level before = prs_cpu();
    ck_assert_int_eq(prs_cpu_force((prs_cpu_level)0, &err), PRISM_EUNSUPPORTED);
    ck_assert_int_eq(prs_cpu_force((prs_cpu_level)99, &err), PRISM_EUNSUPPORTED);
#if defined(__x86_64__)
    ck_assert_int_eq(prs_cpu_force(PRS_CPU_NEON, &err), PRISM_EUNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.text, "neon"));
#endif
    ck_assert_int_eq((int)prs_cpu(), (int)before);
}
END_TEST

TEST_SUITE(cpu, names_go_there_and_back, level_in_force_is_the_best_supported,
           forcing_holds_until_undone, what_is_not_there_cannot_be_forced)
