/* What two blocks have in common, at every level of the CPU, against a plain loop. */
#include "harness/test.h"

#include "base/cpu.h"
#include "kernel/intersect.h"

enum { MAX = 256 };

static const prs_cpu_level levels[] = {PRS_CPU_SCALAR, PRS_CPU_SSE42, PRS_CPU_AVX2, PRS_CPU_AVX512,
                                       PRS_CPU_NEON};

/* n ascending documents, and behind them what must not matter. */
static void random_docs(test_rng *rng, uint32_t *docs, uint32_t n, uint32_t gap) {
    uint32_t doc = (uint32_t)test_rng_below(rng, 20);
    for (uint32_t i = 0; i < n; i++) {
        docs[i] = doc;
        doc += 1 + (uint32_t)test_rng_below(rng, gap);
    }
    for (uint32_t i = n; i < MAX + 16; i++) docs[i] = (uint32_t)test_rng_below(rng, doc + 20);
}

START_TEST(places_are_those_of_a_plain_loop) {
    test_rng rng = test_rng_of("intersect");
    static uint32_t left[MAX + 16], right[MAX + 16];
    for (int round = 0; round < 4000; round++) {
        uint32_t n = (uint32_t)test_rng_below(&rng, test_rng_one_in(&rng, 3) ? 8 : MAX + 1);
        uint32_t m = (uint32_t)test_rng_below(&rng, test_rng_one_in(&rng, 3) ? 8 : MAX + 1);
        random_docs(&rng, left, n, 1 + (uint32_t)test_rng_below(&rng, 30));
        random_docs(&rng, right, m, 1 + (uint32_t)test_rng_below(&rng, 30));
        for (size_t l = 0; l < PRS_COUNT(levels); l++) {
            if (prs_cpu_force(levels[l], NULL) != PRISM_OK) continue;
            uint8_t a[MAX + 1], b[MAX + 1];
            uint32_t found = prs_intersect(left, n, right, m, a, b), at = 0;
            for (uint32_t i = 0; i < n; i++) {
                for (uint32_t k = 0; k < m; k++) {
                    if (left[i] != right[k]) continue;
                    ck_assert_uint_lt(at, found);
                    ck_assert_uint_eq(a[at], i);
                    ck_assert_uint_eq(b[at++], k);
                }
            }
            ck_assert_uint_eq(at, found);
        }
        prs_cpu_unforce();
    }
}
END_TEST

TEST_SUITE(intersect, places_are_those_of_a_plain_loop)
