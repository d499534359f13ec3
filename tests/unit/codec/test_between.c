/* test_between.c - are the values between two ends found, at every width and level, and none behind
 * the last? */
#include "harness/test.h"

#include "base/cpu.h"
#include "codec/between.h"
#include "codec/bits.h"

#include <stdlib.h>

enum { MOST = 1024 };

static void check(uint32_t w, uint32_t n, test_rng *rng) {
    size_t len = (size_t)prs_bits_bytes(n, w) + 64; /* its end is guarded */
    uint8_t *bits = malloc(len);
    uint64_t words[MOST / 64 + 1], want[MOST / 64 + 1],
        most = w == 64 ? UINT64_MAX : (UINT64_C(1) << w) - 1;
    ck_assert_ptr_nonnull(bits);
    test_rng_fill(rng, bits, len);
    uint64_t low = test_rng_one_in(rng, 3) ? 0 : test_rng_next(rng) & (most * 2 + 1);
    uint64_t span = test_rng_one_in(rng, 3) ? 0 : test_rng_next(rng) & most;
    if (n > 0 && test_rng_one_in(rng, 2)) low = prs_bits_load64(bits, 0, w); /* one is there */
    span = PRS_MIN(span, UINT64_MAX - low);
    memset(words, 0, sizeof words);
    memset(want, 0, sizeof want);
    words[0] = want[0] = UINT64_C(1) << 63; /* bits are only ever set */
    for (uint32_t i = 0; i < n; i++) {
        uint64_t v = prs_bits_load64(bits, (uint64_t)i * w, w);
        if (v >= low && v - low <= span) want[i / 64] |= UINT64_C(1) << i % 64;
    }
    prs_between(bits, n, w, low, span, words);
    ck_assert_msg(memcmp(words, want, sizeof words) == 0, "%u values of %u bits, level %s", n, w,
                  prs_cpu_name(prs_cpu()));
    free(bits);
}

START_TEST(values_between_are_found) {
    test_rng rng = test_rng_of("between");
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        if (!prs_cpu_supports((prs_cpu_level)level)) continue;
        ck_assert_int_eq(prs_cpu_force((prs_cpu_level)level, NULL), PRISM_OK);
        for (uint32_t w = 0; w <= 64; w++) {
            for (int round = 0; round < 12; round++)
                check(w, round == 0 ? MOST : (uint32_t)test_rng_below(&rng, MOST + 1), &rng);
        }
    }
    prs_cpu_unforce();
}
END_TEST

TEST_SUITE(between, values_between_are_found)
