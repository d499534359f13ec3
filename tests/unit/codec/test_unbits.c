/* test_unbits.c - are the places of set bits the same on every level of the CPU? */
#include "harness/test.h"

#include "base/cpu.h"
#include "codec/unbits.h"

#include <stdlib.h>

enum { MOST = 20 };

static void check(test_rng *rng) {
    uint32_t n = (uint32_t)test_rng_below(rng, MOST + 1),
             base = (uint32_t)test_rng_below(rng, 1000);
    uint64_t rare = 1 + test_rng_below(rng, 30);
    uint8_t *bytes = calloc(n * 8u + 1, 1); /* of malloc: its end is guarded */
    uint32_t want[64 * MOST], k = 0, out[64 * MOST + PRS_UNBITS_ROOM];
    ck_assert_ptr_nonnull(bytes);
    for (uint32_t i = 0; i < 64 * n; i++) {
        if (!test_rng_one_in(rng, rare)) continue;
        bytes[i / 8] |= (uint8_t)(1u << i % 8);
        want[k++] = base + i;
    }
    ck_assert_uint_eq(prs_unbits(bytes, n, base, out), k);
    ck_assert_mem_eq(out, want, k * sizeof *want);
    free(bytes);
}

START_TEST(every_level_finds_the_same) {
    test_rng rng = test_rng_of("unbits");
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        if (!prs_cpu_supports((prs_cpu_level)level)) continue;
        ck_assert_int_eq(prs_cpu_force((prs_cpu_level)level, NULL), PRISM_OK);
        for (int round = 0; round < 500; round++) check(&rng);
    }
    prs_cpu_unforce();
}
END_TEST

TEST_SUITE(unbits, every_level_finds_the_same)
