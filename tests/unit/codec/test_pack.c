/* PATCHED: bytes of FORMAT.md section 7, all widths and counts, best width, levels agree, hostile
 * bytes. */
#include "harness/test.h"

#include "base/cpu.h"
#include "codec/pack.h"

#include <stdlib.h>

enum { ROOM = 1100 };
static const prs_cpu_level levels[] = {PRS_CPU_SCALAR, PRS_CPU_SSE42, PRS_CPU_AVX2, PRS_CPU_AVX512,
                                       PRS_CPU_NEON};

static uint32_t width_of(uint32_t v) {
    uint32_t w = 0;
    for (; v != 0; v >>= 1) w++;
    return w;
}

static void put_bit(uint8_t *out, size_t bit, uint32_t v) {
    out[bit / 8] = (uint8_t)(out[bit / 8] | (v & 1) << bit % 8);
}

/* Section 7, word by word. */
static size_t model_encode(const uint32_t *v, uint32_t n, uint32_t w, uint8_t *out) {
    memset(out, 0, ROOM);
    size_t body = n == 128 ? 16 * (size_t)w : ((size_t)n * w + 7) / 8, at = 2 + body;
    out[0] = (uint8_t)w;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t b = 0; b < w; b++) {
            size_t in_lane = (size_t)(i / 4) * w + b; /* bit of the lane's own array */
            size_t vertical = 32 * (4 * (in_lane / 32) + i % 4) + in_lane % 32;
            put_bit(out + 2, n == 128 ? vertical : (size_t)i * w + b, v[i] >> b);
        }
        if (width_of(v[i]) > w) {
            out[1]++;
            out[at++] = (uint8_t)i;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        if (width_of(v[i]) <= w) continue;
        uint32_t high = v[i] >> w;
        for (; high >= 128; high /= 128) out[at++] = (uint8_t)(high % 128 + 128);
        out[at++] = (uint8_t)high;
    }
    return at;
}

/* Values of about w bits, a few of them larger. */
static void random_values(test_rng *rng, uint32_t *v, uint32_t n, uint32_t w) {
    uint64_t one_in = test_rng_one_in(rng, 2) ? 1000000 : 1 + test_rng_below(rng, 60);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t bits = test_rng_one_in(rng, one_in) ? (uint32_t)test_rng_below(rng, 33) : w;
        v[i] = bits == 0 ? 0 : (uint32_t)(test_rng_next(rng) >> (64 - bits));
    }
}

static void check_decode(const uint8_t *bytes, size_t len, const uint32_t *v, uint32_t n) {
    uint32_t out[128];
    uint8_t copy[ROOM + 64];
    memset(copy, 0xff, sizeof copy);
    memcpy(copy, bytes, len);
    ck_assert_uint_eq(prs_pack_decode(copy, copy + len, n, out), len);
    ck_assert_mem_eq(out, v, n * sizeof *v);
    for (size_t cut = 0; cut < len; cut++)
        ck_assert_uint_eq(prs_pack_decode(copy, copy + cut, n, out), 0);
}

static void check_group(const uint32_t *v, uint32_t n) {
    uint8_t bytes[ROOM], model[ROOM];
    prs_pack_plan plan = prs_pack_measure(v, n);
    for (uint32_t w = 0; w <= 32; w++) {
        size_t model_len = model_encode(v, n, w, model);
        ck_assert_uint_le(plan.len, model_len);
        if (w != plan.width) continue;
        ck_assert_uint_eq(plan.len, model_len);
        ck_assert_uint_eq(plan.n_exceptions, model[1]);
        ck_assert_uint_le(plan.len, PRS_PACK_MAX_BYTES);
        memset(bytes, 0xaa, sizeof bytes);
        ck_assert_uint_eq(prs_pack_encode(v, n, &plan, bytes), plan.len);
        ck_assert_mem_eq(bytes, model, plan.len);
        ck_assert_uint_eq(bytes[plan.len + 8], 0xaa); /* the 8 bytes of slack and no more */
        check_decode(bytes, plan.len, v, n);
    }
}

/* Run `body` once for every level that this CPU has. */
static uint32_t each_level(void (*body)(void)) {
    uint32_t n = 0;
    for (size_t i = 0; i < PRS_COUNT(levels); i++) {
        if (!prs_cpu_supports(levels[i])) continue;
        ck_assert_int_eq(prs_cpu_force(levels[i], NULL), PRISM_OK);
        body();
        n++;
    }
    prs_cpu_unforce();
    return n;
}

static void all_widths_and_counts(void) {
    test_rng rng = test_rng_of("pack-widths");
    uint32_t v[128];
    for (uint32_t w = 0; w <= 32; w++) {
        for (uint32_t n = 1; n <= 128; n += n >= 9 && n < 126 ? 13 : 1) {
            random_values(&rng, v, n, w);
            check_group(v, n);
        }
    }
}

START_TEST(bytes_are_those_of_the_format) {
    ck_assert_uint_ge(each_level(all_widths_and_counts), 2);
}
END_TEST

/* Every width by force, also the ones that measure would not choose: exceptions from 0 to n. */
static void forced_widths(void) {
    test_rng rng = test_rng_of("pack-forced");
    uint32_t v[128];
    uint8_t bytes[ROOM], model[ROOM];
    static const uint32_t counts[] = {1, 2, 7, 64, 127, 128};
    for (uint32_t w = 0; w <= 32; w++) {
        for (size_t c = 0; c < PRS_COUNT(counts); c++) {
            uint32_t n = counts[c];
            random_values(&rng, v, n, (uint32_t)test_rng_below(&rng, 33));
            size_t len = model_encode(v, n, w, model);
            prs_pack_plan plan = {w, model[1], len};
            ck_assert_uint_eq(prs_pack_encode(v, n, &plan, bytes), len);
            ck_assert_mem_eq(bytes, model, len);
            check_decode(bytes, len, v, n);
        }
    }
}

START_TEST(any_width_may_be_written) {
    each_level(forced_widths);
}
END_TEST

static void edges(void) {
    uint32_t v[128];
    for (uint32_t b = 0; b <= 32; b++) {
        uint32_t top = b == 0 ? 0 : (uint32_t)((UINT64_C(1) << b) - 1);
        for (uint32_t n = 126; n <= 128; n++) {
            for (uint32_t i = 0; i < n; i++) v[i] = top;
            check_group(v, n);
            for (uint32_t i = 0; i < n; i++) v[i] = i == n - 1 ? top : 0;
            check_group(v, n);
            for (uint32_t i = 0; i < n; i++) v[i] = i % 2 == 0 ? top : 1;
            check_group(v, n);
        }
    }
}

START_TEST(ones_zeros_and_lonely_giants) {
    each_level(edges);
}
END_TEST

/* Documents from deltas: right, or refused exactly when they leave the 31 bits. */
static void documents(void) {
    test_rng rng = test_rng_of("pack-docs");
    uint8_t bytes[ROOM + 64] = {0};
    uint32_t n_refused = 0;
    for (int round = 0; round < 3000; round++) {
        uint32_t v[128], out[128];
        random_values(&rng, v, 128, (uint32_t)test_rng_below(&rng, 33));
        if (!test_rng_one_in(&rng, 20)) v[0] = 0;
        uint32_t first = (uint32_t)test_rng_below(&rng, test_rng_one_in(&rng, 4) ? 1u << 31 : 1000);
        size_t len = model_encode(v, 128, (uint32_t)test_rng_below(&rng, 33), bytes);
        uint64_t doc = first, last = first;
        for (uint32_t i = 1; i < 128; i++) last += (uint64_t)v[i] + 1;
        bool sound = v[0] == 0 && last <= INT32_MAX;
        ck_assert_uint_eq(prs_pack_decode_docs(bytes, bytes + len, first, out), sound ? len : 0);
        n_refused += !sound;
        for (uint32_t i = 0; sound && i < 128; i++) {
            if (i > 0) doc += (uint64_t)v[i] + 1;
            ck_assert_uint_eq(out[i], doc);
        }
    }
    ck_assert_uint_gt(n_refused, 100);
    ck_assert_uint_lt(n_refused, 2900);
}

START_TEST(documents_are_summed_and_bounded) {
    each_level(documents);
}
END_TEST

START_TEST(unsound_heads_are_refused) {
    uint8_t b[ROOM + 64] = {0};
    uint32_t out[128];
    b[0] = 33; /* no such width */
    ck_assert_uint_eq(prs_pack_decode(b, b + ROOM, 128, out), 0);
    b[0] = 0, b[1] = 6; /* more exceptions than values */
    ck_assert_uint_eq(prs_pack_decode(b, b + ROOM, 5, out), 0);
    static const uint8_t twice[] = {0, 2, 3, 3, 1, 1}, down[] = {0, 2, 4, 3, 1, 1},
                         outside[] = {0, 1, 5, 1}, zero[] = {0, 1, 2, 0},
                         too_large[] = {31, 1, 2, 2}, over_wide[] = {32, 1, 2, 1},
                         over_long[] = {0, 1, 2, 0x80, 0x80, 0x80, 0x80, 0x10};
#define REFUSED(head, n)                                                                           \
    do {                                                                                           \
        memset(b, 0, sizeof b);                                                                    \
        size_t body = ((size_t)(n) * (head)[0] + 7) / 8;                                           \
        memcpy(b, head, 2);                                                                        \
        memcpy(b + 2 + body, (head) + 2, sizeof(head) - 2);                                        \
        ck_assert_uint_eq(prs_pack_decode(b, b + sizeof(head) + body, n, out), 0);                 \
    } while (0)
    REFUSED(twice, 5);
    REFUSED(down, 5);
    REFUSED(outside, 5);
    REFUSED(zero, 5);
    REFUSED(too_large, 5);
    REFUSED(over_wide, 5);
    REFUSED(over_long, 5);
    b[0] = 0, b[1] = 1, b[2] = 4, b[3] = 9; /* and the same shape, sound */
    ck_assert_uint_eq(prs_pack_decode(b, b + 4, 5, out), 4);
    ck_assert_uint_eq(out[4], 9);
}
END_TEST

/* Random bytes in a buffer of exact size plus 64: the sanitizers watch; levels agree on every
 * answer. */
START_TEST(levels_agree_on_any_bytes) {
    test_rng rng = test_rng_of("pack-hostile");
    uint8_t *b = (uint8_t *)malloc(ROOM + 64);
    uint32_t n_taken = 0;
    for (int round = 0; round < 30000; round++) {
        size_t len = (size_t)test_rng_below(&rng, 600);
        uint8_t *at = b + ROOM - len; /* the buffer's end is the limit of over-reading */
        test_rng_fill(&rng, at, len + 64);
        if (len > 0) at[0] = (uint8_t)(at[0] % 36);
        if (len > 1 && !test_rng_one_in(&rng, 3)) at[1] = (uint8_t)(at[1] % 4);
        uint32_t n = test_rng_one_in(&rng, 2) ? 128 : 1 + (uint32_t)test_rng_below(&rng, 127);
        uint32_t want[128], got[128], first = (uint32_t)(test_rng_next(&rng) >> 33);
        size_t want_len = 0, want_docs = 0;
        for (size_t i = 0; i < PRS_COUNT(levels); i++) {
            if (prs_cpu_force(levels[i], NULL) != PRISM_OK) continue;
            size_t got_len = prs_pack_decode(at, at + len, n, got);
            size_t got_docs = prs_pack_decode_docs(at, at + len, first, i == 0 ? want : got);
            if (i == 0) want_len = got_len, want_docs = got_docs;
            ck_assert_uint_eq(got_len, want_len);
            ck_assert_uint_eq(got_docs, want_docs);
            if (got_docs != 0 && i > 0) ck_assert_mem_eq(got, want, sizeof want);
            ck_assert_uint_le(got_len, len);
        }
        n_taken += want_len != 0;
    }
    prs_cpu_unforce();
    ck_assert_uint_gt(n_taken, 1000);
    free(b);
}
END_TEST

TEST_SUITE(pack, bytes_are_those_of_the_format, any_width_may_be_written,
           ones_zeros_and_lonely_giants, documents_are_summed_and_bounded,
           unsound_heads_are_refused, levels_agree_on_any_bytes)
