/* Planes: every depth and count against the definition, levels agree, hostile bytes. */
#include "harness/test.h"

#include "base/cpu.h"
#include "codec/planes.h"

#include <stdlib.h>

enum { ROOM = 1100 };
static const prs_cpu_level levels[] = {PRS_CPU_SCALAR, PRS_CPU_SSE42, PRS_CPU_AVX2, PRS_CPU_AVX512,
                                       PRS_CPU_NEON};

/* FORMAT.md section 7, a bit at a time; returns the bytes. */
static size_t model_encode(const uint32_t *v, uint32_t n, uint32_t depth, uint32_t w,
                           uint8_t *out) {
    size_t bit = 8;
    memset(out, 0, ROOM);
    out[0] = (uint8_t)(depth | (w == 32 ? 31 : w) << 3);
    for (uint32_t q = 1; q <= depth; q++)
        for (uint32_t i = 0; i < n; i++)
            if (v[i] >= q) {
                out[bit / 8] |= (uint8_t)((v[i] > q) << bit % 8);
                bit++;
            }
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < w && v[i] > depth; k++, bit++)
            out[bit / 8] |= (uint8_t)(((v[i] - depth - 1) >> k & 1u) << bit % 8);
    return (bit + 7) / 8;
}

static void make(test_rng *rng, uint32_t *v, uint32_t n) {
    uint64_t one_in = 1 + test_rng_below(rng, 6), huge = test_rng_one_in(rng, 4) ? 20 : 1000000;
    for (uint32_t i = 0; i < n; i++) {
        v[i] = 1;
        while (v[i] < 12 && test_rng_one_in(rng, one_in)) v[i]++;
        if (test_rng_one_in(rng, huge))
            v[i] =
                1 + (uint32_t)(test_rng_next(rng) >> (32 + test_rng_below(rng, 32))) % UINT32_MAX;
    }
}

/* At each level, with memory that ends 64 bytes behind; all the same. */
static size_t decode(const uint8_t *bytes, size_t len, uint32_t n, uint32_t *out, uint32_t *all) {
    uint8_t *copy = malloc(len + 64);
    size_t used = 0;
    memcpy(copy, bytes, len);
    memset(copy + len, 0xa5, 64);
    for (size_t l = 0; l < PRS_COUNT(levels); l++) {
        uint32_t other[128], other_all = 0;
        if (!prs_cpu_supports(levels[l])) continue;
        ck_assert_int_eq(prs_cpu_force(levels[l], NULL), PRISM_OK);
        size_t now =
            prs_planes_decode(copy, copy + len, n, l == 0 ? out : other, l == 0 ? all : &other_all);
        prs_cpu_unforce();
        if (l == 0) used = now;
        TEST_NEED(now == used);
        if (l == 0 || now == 0) continue;
        TEST_NEED(other_all == *all && memcmp(other, out, n * sizeof *out) == 0);
    }
    free(copy);
    return used;
}

START_TEST(any_depth_may_be_written) {
    test_rng rng = test_rng_of("planes");
    for (int round = 0; round < 4000; round++) {
        static uint8_t bytes[ROOM], want[ROOM];
        uint32_t v[128], out[128], all = 0, ored = 0, max = 0;
        uint32_t n = round % 3 == 0 ? 128 : 1 + (uint32_t)test_rng_below(&rng, 128);
        make(&rng, v, n);
        for (uint32_t i = 0; i < n; i++) ored |= v[i], max = PRS_MAX(max, v[i]);
        prs_planes_plan plan = prs_planes_measure(v, n);
        memset(bytes, 0xee, sizeof bytes);
        size_t len = prs_planes_encode(v, n, &plan, bytes);
        ck_assert_uint_eq(len, plan.len);
        ck_assert_uint_eq(model_encode(v, n, plan.depth, plan.width, want), len);
        ck_assert_mem_eq(bytes, want, len);
        for (uint32_t depth = 1; depth <= 7; depth++) {
            uint32_t w = 0;
            while (max > depth && (uint64_t)(max - depth - 1) >> w != 0) w++;
            if (w == 31) w = 32;
            len = model_encode(v, n, depth, w, want);
            ck_assert_uint_ge(len, plan.len);
            ck_assert_uint_eq(decode(want, len, n, out, &all), len);
            ck_assert_mem_eq(out, v, n * sizeof *v);
            ck_assert_uint_eq(all, ored);
            ck_assert_uint_eq(decode(want, len - 1, n, out, &all), 0);
        }
    }
}
END_TEST

START_TEST(levels_agree_on_any_bytes) {
    test_rng rng = test_rng_of("planes-any");
    uint32_t n_good = 0;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[200];
        uint32_t out[128], all = 0, n = 1 + (uint32_t)test_rng_below(&rng, 128);
        size_t len = (size_t)test_rng_below(&rng, sizeof bytes);
        test_rng_fill(&rng, bytes, sizeof bytes);
        size_t used = decode(bytes, len, n, out, &all);
        TEST_NEED(used <= len);
        for (uint32_t i = 0; i < n && used != 0; i++)
            TEST_NEED(out[i] >= 1 && (out[i] & ~all) == 0);
        n_good += used != 0;
    }
    ck_assert_uint_gt(n_good, 1000);
}
END_TEST

START_TEST(unsound_heads_and_sums_are_refused) {
    uint8_t bytes[80] = {0};
    uint32_t out[128], all;
    ck_assert_uint_eq(decode(bytes, 0, 1, out, &all), 0);
    ck_assert_uint_eq(decode(bytes, 64, 1, out, &all), 0); /* no planes */
    bytes[0] = 1;
    ck_assert_uint_eq(decode(bytes, 64, 1, out, &all), 2);
    bytes[0] = 1 | 31 << 3; /* 2 + (2^32 - 1) */
    memset(bytes + 1, 0xff, 8);
    ck_assert_uint_eq(decode(bytes, 64, 1, out, &all), 0);
}
END_TEST

TEST_SUITE(planes, any_depth_may_be_written, levels_agree_on_any_bytes,
           unsound_heads_and_sums_are_refused)
