/* Elias-Fano groups: the bytes of FORMAT.md section 8, all shapes, neighbours, hostile bits. */
#include "harness/test.h"

#include "base/cpu.h"
#include "codec/eliasfano.h"

#include <stdlib.h>

enum { MAX_FREQ = 20000, N_BYTES = 1 << 17 };
static uint8_t bytes[N_BYTES + 64];
static uint32_t positions[MAX_FREQ], decoded[MAX_FREQ];

static uint32_t width_of(uint64_t v) {
    uint32_t w = 0;
    for (; v != 0; v >>= 1) w++;
    return w;
}

/* Section 8, word by word, one bit at a time into a bit array. */
static uint64_t model_encode(uint8_t *out, uint64_t bit, uint32_t f, uint32_t span) {
    uint32_t l = f == 1 ? width_of(span - 1) : span < f ? 0 : width_of(span / f) - 1;
    for (uint32_t i = 0; i < f; i++)
        for (uint32_t b = 0; b < l; b++, bit++)
            if (positions[i] >> b & 1) out[bit / 8] = (uint8_t)(out[bit / 8] | 1u << bit % 8);
    if (f == 1) return bit;
    for (uint32_t i = 0; i < f; i++) {
        uint64_t one = bit + (positions[i] >> l) + i;
        out[one / 8] = (uint8_t)(out[one / 8] | 1u << one % 8);
    }
    return bit + f + ((span - 1) >> l);
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void random_positions(test_rng *rng, uint32_t f, uint32_t span) {
    uint32_t from = test_rng_one_in(rng, 3) ? (uint32_t)test_rng_below(rng, span) : 0;
    for (uint32_t i = 0; i < f; i++)
        positions[i] = from + (uint32_t)test_rng_below(rng, span - from);
    qsort(positions, f, sizeof *positions, by_value);
}

static void check_group(uint32_t f, uint32_t span, uint64_t bit) {
    static uint8_t model[N_BYTES + 64];
    uint64_t n_bits = prs_ef_bits(f, span);
    size_t used = (size_t)((bit + n_bits + 7) / 8);
    ck_assert_uint_lt(used, N_BYTES);
    memset(bytes, 0, used + 64);
    memset(model, 0, used + 64);
    ck_assert_uint_eq(prs_ef_encode(bytes, bit, positions, f, span), bit + n_bits);
    ck_assert_uint_eq(model_encode(model, bit, f, span), bit + n_bits);
    ck_assert_mem_eq(bytes, model, used + 64);
    memset(bytes + used, 0xff, 64); /* what follows must not matter */
    ck_assert(prs_ef_decode(bytes, bit, f, span, decoded));
    ck_assert_mem_eq(decoded, positions, f * sizeof *positions);
}

START_TEST(bytes_are_those_of_the_format) {
    test_rng rng = test_rng_of("ef-format");
    for (int round = 0; round < 20000; round++) {
        uint32_t span = 1 + (uint32_t)(test_rng_next(&rng) >> (32 + test_rng_below(&rng, 32)));
        uint32_t f = 1 + (uint32_t)test_rng_below(&rng, test_rng_one_in(&rng, 4) ? 200 : 8);
        if (span == 0) span = UINT32_MAX;
        random_positions(&rng, f, span);
        check_group(f, span, test_rng_below(&rng, 100));
    }
}
END_TEST

START_TEST(extremes) {
    static const uint32_t spans[] = {1, 2, 3, 63, 64, 65, 1000, 65535, 65536, UINT32_MAX};
    static const uint32_t freqs[] = {1, 2, 3, 55, 56, 57, 64, 1000, MAX_FREQ};
    for (size_t s = 0; s < PRS_COUNT(spans); s++) {
        for (size_t k = 0; k < PRS_COUNT(freqs); k++) {
            uint32_t f = freqs[k], last = spans[s] - 1;
            for (uint32_t i = 0; i < f; i++) positions[i] = 0;
            check_group(f, spans[s], 3);
            for (uint32_t i = 0; i < f; i++) positions[i] = last;
            check_group(f, spans[s], 5);
            for (uint32_t i = 0; i < f; i++) positions[i] = PRS_MIN(i, last);
            check_group(f, spans[s], 0);
            for (uint32_t i = 0; i < f; i++) positions[i] = i < f / 2 ? 0 : last;
            check_group(f, spans[s], 7);
        }
    }
}
END_TEST

START_TEST(groups_are_found_without_their_neighbours) {
    test_rng rng = test_rng_of("ef-neighbours");
    enum { N = 128 };
    uint64_t bit[N + 1] = {0};
    uint32_t f[N], span[N], first[N];
    memset(bytes, 0, sizeof bytes);
    for (int i = 0; i < N; i++) {
        span[i] = 1 + (uint32_t)test_rng_below(&rng, 5000);
        f[i] = 1 + (uint32_t)test_rng_below(&rng, 20);
        random_positions(&rng, f[i], span[i]);
        first[i] = positions[0];
        bit[i + 1] = prs_ef_encode(bytes, bit[i], positions, f[i], span[i]);
    }
    for (int i = N; i-- > 0;) {
        uint64_t at = 0;
        for (int j = 0; j < i; j++) at += prs_ef_bits(f[j], span[j]);
        ck_assert_uint_eq(at, bit[i]);
        ck_assert(prs_ef_decode(bytes, at, f[i], span[i], decoded));
        ck_assert_uint_eq(decoded[0], first[i]);
    }
}
END_TEST

/* All at once, or each for itself. */
START_TEST(groups_of_many_are_those_of_each) {
    test_rng rng = test_rng_of("ef-groups");
    static uint8_t all[N_BYTES + 64];
    uint32_t f[128], span[128], *joined = malloc(128 * 200 * sizeof *joined);
    for (int round = 0; round < 300; round++) {
        uint32_t n = 1 + (uint32_t)test_rng_below(&rng, 128), n_joined = 0;
        uint64_t bit = 0;
        memset(bytes, 0, sizeof bytes);
        memset(all, 0, sizeof all);
        for (uint32_t i = 0; i < n; i++) {
            span[i] = 1 + (uint32_t)test_rng_below(&rng, test_rng_one_in(&rng, 4) ? 1 << 20 : 300);
            f[i] = 1 + (uint32_t)test_rng_below(&rng, test_rng_one_in(&rng, 4) ? 200 : 3);
            random_positions(&rng, f[i], span[i]);
            memcpy(joined + n_joined, positions, f[i] * sizeof *positions);
            n_joined += f[i];
            bit = prs_ef_encode(bytes, bit, positions, f[i], span[i]);
        }
        ck_assert_uint_eq(prs_ef_encode_groups(all, 0, joined, f, span, n), bit);
        ck_assert_mem_eq(all, bytes, sizeof all);
    }
    free(joined);
}
END_TEST

/* Whatever the bits are: refused, or a group that encodes to the same bits. */
START_TEST(hostile_bits_are_refused_or_canonical) {
    test_rng rng = test_rng_of("ef-hostile");
    static uint8_t again[N_BYTES + 64];
    uint32_t n_taken = 0;
    for (int round = 0; round < 50000; round++) {
        uint32_t span = 1 + (uint32_t)test_rng_below(&rng, 300);
        uint32_t f = 1 + (uint32_t)test_rng_below(&rng, 12);
        uint64_t n_bits = prs_ef_bits(f, span);
        size_t used = (size_t)((n_bits + 7) / 8);
        memset(bytes, 0, used + 64);
        if (test_rng_one_in(&rng, 2)) { /* nearly right: one bit flipped */
            random_positions(&rng, f, span);
            prs_ef_encode(bytes, 0, positions, f, span);
            uint64_t flip = n_bits == 0 ? 0 : test_rng_below(&rng, n_bits);
            if (n_bits != 0) bytes[flip / 8] = (uint8_t)(bytes[flip / 8] ^ 1u << flip % 8);
        } else {
            test_rng_fill(&rng, bytes, used);
            if (n_bits % 8 != 0)
                bytes[used - 1] = (uint8_t)(bytes[used - 1] & ((1u << n_bits % 8) - 1));
        }
        if (!prs_ef_decode(bytes, 0, f, span, decoded)) continue;
        n_taken++;
        for (uint32_t i = 0; i < f; i++) {
            ck_assert_uint_lt(decoded[i], span);
            if (i > 0) ck_assert_uint_le(decoded[i - 1], decoded[i]);
        }
        memset(again, 0, used + 64);
        prs_ef_encode(again, 0, decoded, f, span);
        ck_assert_mem_eq(again, bytes, used);
    }
    ck_assert_uint_gt(n_taken, 100);
}
END_TEST

static const prs_cpu_level levels[] = {PRS_CPU_SCALAR, PRS_CPU_SSE42, PRS_CPU_AVX2, PRS_CPU_AVX512,
                                       PRS_CPU_NEON};

/* Narrowing keeps what decoding and comparing would, at every level of the CPU. */
static void check_narrow(test_rng *rng, uint32_t f, uint32_t span, uint64_t bit) {
    uint32_t wanted[64], kept[64], again[64], n = 1 + (uint32_t)test_rng_below(rng, 64), m = 0;
    uint32_t pos = (uint32_t)test_rng_below(rng, 8);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t near = positions[test_rng_below(rng, f)] + (uint32_t)test_rng_below(rng, 3);
        wanted[i] = near < pos ? near : near - pos;
        if (test_rng_one_in(rng, 8)) wanted[i] = (uint32_t)test_rng_next(rng);
    }
    qsort(wanted, n, sizeof *wanted, by_value);
    for (uint32_t i = 0; i < n; i++) {
        bool there = false;
        for (uint32_t k = 0; k < f; k++) there = there || positions[k] == (uint64_t)wanted[i] + pos;
        if (there) kept[m++] = wanted[i];
    }
    for (size_t l = 0; l < PRS_COUNT(levels); l++) {
        if (prs_cpu_force(levels[l], NULL) != PRISM_OK) continue;
        memcpy(again, wanted, sizeof again);
        ck_assert_uint_eq(prs_ef_narrow(bytes, bit, f, span, pos, again, n), m);
        ck_assert_mem_eq(again, kept, m * sizeof *kept);
    }
    prs_cpu_unforce();
}

START_TEST(beginnings_are_narrowed_as_by_decoding) {
    test_rng rng = test_rng_of("ef-narrow");
    for (int round = 0; round < 5000; round++) {
        uint32_t span = 1 + (uint32_t)test_rng_below(&rng, test_rng_one_in(&rng, 3) ? 40 : 5000);
        uint32_t f = 1 + (uint32_t)test_rng_below(&rng, test_rng_one_in(&rng, 2) ? 300 : 6);
        uint64_t bit = test_rng_below(&rng, 100);
        random_positions(&rng, f, span);
        memset(bytes, 0, (size_t)((bit + prs_ef_bits(f, span) + 7) / 8) + 64);
        prs_ef_encode(bytes, bit, positions, f, span);
        check_narrow(&rng, f, span, bit);
    }
}
END_TEST

/* Bits that are no group: some of the beginnings, in their order. */
START_TEST(hostile_bits_narrow_to_a_part) {
    test_rng rng = test_rng_of("ef-narrow-hostile");
    for (int round = 0; round < 20000; round++) {
        uint32_t span = 1 + (uint32_t)test_rng_below(&rng, 3000);
        uint32_t f = 1 + (uint32_t)test_rng_below(&rng, 200), wanted[32], kept[32];
        test_rng_fill(&rng, bytes, (size_t)(prs_ef_bits(f, span) + 7) / 8);
        for (uint32_t i = 0; i < 32; i++) wanted[i] = (uint32_t)test_rng_below(&rng, 3200);
        qsort(wanted, 32, sizeof *wanted, by_value);
        memcpy(kept, wanted, sizeof kept);
        uint32_t n = prs_ef_narrow(bytes, 0, f, span, 3, kept, 32), at = 0;
        ck_assert_uint_le(n, 32);
        for (uint32_t i = 0; i < n; i++, at++) {
            while (at < 32 && wanted[at] != kept[i]) at++;
            ck_assert_uint_lt(at, 32);
        }
    }
}
END_TEST

/* ---- two groups against each other ----------------------------------------------------------- */

/* Decoded and compared, all with all. */
static uint32_t meet_plainly(const prs_ef_group *a, uint32_t a_pos, const prs_ef_group *b,
                             uint32_t b_pos, uint32_t *starts) {
    static uint32_t left[MAX_FREQ], right[MAX_FREQ];
    uint32_t n = 0;
    if (a->freq > PRS_EF_MEET_MAX || b->freq > PRS_EF_MEET_MAX || (a->span | b->span) >> 24 != 0 ||
        !prs_ef_decode(a->base, a->bit, a->freq, a->span, left) ||
        !prs_ef_decode(b->base, b->bit, b->freq, b->span, right))
        return PRS_EF_MEET_NOT;
    for (uint32_t i = 0; i < a->freq; i++) {
        bool there = false;
        if (left[i] < a_pos || (n > 0 && starts[n - 1] == left[i] - a_pos)) continue;
        for (uint32_t k = 0; k < b->freq; k++)
            there |= right[k] >= b_pos && right[k] - b_pos == left[i] - a_pos;
        if (there) starts[n++] = left[i] - a_pos;
    }
    return n;
}

static uint32_t check_meet(const prs_ef_group *a, const prs_ef_group *b, uint32_t a_pos,
                           uint32_t b_pos) {
    uint32_t want[PRS_EF_MEET_MAX] = {0}, n = meet_plainly(a, a_pos, b, b_pos, want);
    for (size_t l = 0; l < PRS_COUNT(levels); l++) {
        uint32_t got[PRS_EF_MEET_MAX] = {0};
        if (prs_cpu_force(levels[l], NULL) != PRISM_OK) continue;
        ck_assert_uint_eq(prs_ef_meet(a, a_pos, b, b_pos, got), n);
        if (n != PRS_EF_MEET_NOT) ck_assert_mem_eq(got, want, n * sizeof *want);
    }
    prs_cpu_unforce();
    return n;
}

/* Two words of one document, now and then with bits that are no group. */
START_TEST(two_groups_meet) {
    test_rng rng = test_rng_of("ef-meet");
    uint32_t n_met = 0, n_not = 0;
    for (int round = 0; round < 60000; round++) {
        bool large = test_rng_one_in(&rng, 10);
        uint32_t span = 1 + (uint32_t)test_rng_below(&rng, large ? (1u << 24) + 1000 : 60);
        uint32_t f = 1 + (uint32_t)test_rng_below(&rng, 9),
                 g = 1 + (uint32_t)test_rng_below(&rng, 9);
        prs_ef_group a = {bytes, test_rng_below(&rng, 30), f, span}, b = {bytes, 0, g, span};
        memset(bytes, 0, 256);
        random_positions(&rng, f, span);
        b.bit = prs_ef_encode(bytes, a.bit, positions, f, span);
        if (large) { /* else they would not meet */
            for (uint32_t i = 0; i < g; i++) positions[i] = PRS_MIN(positions[i % f] + 1, span - 1);
            qsort(positions, g, sizeof *positions, by_value);
        } else {
            random_positions(&rng, g, span);
        }
        uint64_t end = prs_ef_encode(bytes, b.bit, positions, g, span);
        bool flip = end > 0 && test_rng_one_in(&rng, 8);
        uint64_t at = flip ? test_rng_below(&rng, end) : 0;
        if (flip) bytes[at / 8] = (uint8_t)(bytes[at / 8] ^ 1u << at % 8);
        uint32_t a_pos = (uint32_t)test_rng_below(&rng, 3),
                 b_pos = (uint32_t)test_rng_below(&rng, 3);
        uint32_t n = check_meet(&a, &b, a_pos, b_pos);
        n_not += n == PRS_EF_MEET_NOT;
        n_met += n > 0 && n != PRS_EF_MEET_NOT;
    }
    ck_assert_uint_gt(n_met, 10000);
    ck_assert_uint_gt(n_not, 1000);
}
END_TEST

/* Up to 40 documents that have both words, each as two groups that meet or do not. */
START_TEST(groups_of_many_are_counted_as_each) {
    enum { N = 40, ROOM = 512 };
    static uint8_t left[N * ROOM + 64], right[N * ROOM + 64];
    test_rng rng = test_rng_of("ef-count");
    uint32_t n_met = 0, n_not = 0, n_same = 0;
    for (int round = 0; round < 4000; round++) {
        uint64_t bits[2][N], ends[2] = {test_rng_below(&rng, 30), test_rng_below(&rng, 30)};
        uint32_t freqs[2][N], spans[N], n = 1 + (uint32_t)test_rng_below(&rng, N);
        memset(left, 0, sizeof left);
        memset(right, 0, sizeof right);
        for (uint32_t i = 0; i < n; i++) {
            bool large = test_rng_one_in(&rng, 10);
            spans[i] = 1 + (uint32_t)test_rng_below(&rng, large ? UINT32_MAX - 1 : 60);
            for (uint32_t side = 0; side < 2; side++) {
                uint32_t f = freqs[side][i] =
                    1 + (uint32_t)test_rng_below(&rng, test_rng_one_in(&rng, 3) ? 10 : 3);
                bits[side][i] = ends[side];
                if (side == 0 || !large) {
                    random_positions(&rng, f, spans[i]);
                } else { /* else they would not meet */
                    for (uint32_t k = 0; k < f; k++)
                        positions[k] = PRS_MIN(positions[k % freqs[0][i]] + 1, spans[i] - 1);
                    qsort(positions, f, sizeof *positions, by_value);
                }
                ends[side] =
                    prs_ef_encode(side == 0 ? left : right, ends[side], positions, f, spans[i]);
            }
        }
        if (ends[0] > 0 && test_rng_one_in(&rng, 3)) {
            uint64_t at = test_rng_below(&rng, ends[0]);
            left[at / 8] = (uint8_t)(left[at / 8] ^ 1u << at % 8);
        }
        prs_ef_side a = {left, bits[0], freqs[0], (uint32_t)test_rng_below(&rng, 3)};
        prs_ef_side b = {right, bits[1], freqs[1], (uint32_t)test_rng_below(&rng, 3)};
        for (size_t l = 0; l < PRS_COUNT(levels); l++) {
            uint8_t counts[N + 1];
            if (prs_cpu_force(levels[l], NULL) != PRISM_OK) continue;
            counts[n] = 77;
            prs_ef_count(&a, &b, spans, n, counts);
            ck_assert_uint_eq(counts[n], 77);
            for (uint32_t i = 0; i < n; i++) {
                prs_ef_group x = {left, bits[0][i], freqs[0][i], spans[i]};
                prs_ef_group y = {right, bits[1][i], freqs[1][i], spans[i]};
                uint32_t starts[PRS_EF_MEET_MAX];
                bool refused = !prs_ef_decode(x.base, x.bit, x.freq, x.span, positions) ||
                               !prs_ef_decode(y.base, y.bit, y.freq, y.span, positions);
                if (refused) ck_assert_uint_eq(counts[i], PRS_EF_COUNT_NOT);
                if (!refused && spans[i] <= 60 && x.freq <= 4 && y.freq <= 4)
                    ck_assert_uint_ne(counts[i], PRS_EF_COUNT_NOT);
                uint32_t want = prs_ef_meet(&x, a.pos, &y, b.pos, starts);
                n_not += counts[i] == PRS_EF_COUNT_NOT;
                if (counts[i] == PRS_EF_COUNT_NOT || want == PRS_EF_MEET_NOT) continue;
                ck_assert_uint_eq(counts[i], want);
                n_met += want > 0;
                n_same++;
            }
        }
        prs_cpu_unforce();
    }
    ck_assert_uint_gt(n_met, 20000);
    ck_assert_uint_gt(n_not, 1000);
    ck_assert_uint_gt(n_same, 200000);
}
END_TEST

static uint64_t bits_by_division(uint32_t f, uint32_t span) {
    uint32_t l = f == 1 ? width_of(span - 1) : span < f ? 0 : width_of(span / f) - 1;
    return f == 1 ? l : (uint64_t)f * l + f + ((span - 1) >> l);
}

START_TEST(ends_are_sums_of_sizes) {
    test_rng rng = test_rng_of("ef-ends");
    enum { N = 128 };
    for (int round = 0; round < 4000; round++) {
        uint32_t f[N], span[N], n = 1 + (uint32_t)test_rng_below(&rng, N);
        uint64_t ends[N], at = test_rng_below(&rng, 1000), begin = at, want[N];
        uint32_t shift = (uint32_t)test_rng_below(&rng, 32);
        for (uint32_t i = 0; i < n; i++) {
            span[i] = 1 + (uint32_t)(test_rng_next(&rng) >> (32 + shift)) % UINT32_MAX;
            f[i] = test_rng_one_in(&rng, 3) ? 1 : 1 + (uint32_t)(test_rng_next(&rng) >> 44);
            if (test_rng_one_in(&rng, 4)) f[i] = span[i];
            want[i] = at += bits_by_division(f[i], span[i]);
            ck_assert_uint_eq(prs_ef_bits(f[i], span[i]), bits_by_division(f[i], span[i]));
        }
        for (size_t l = 0; l < PRS_COUNT(levels); l++) {
            if (prs_cpu_force(levels[l], NULL) != PRISM_OK) continue;
            memset(ends, 0, sizeof ends);
            ck_assert(prs_ef_ends(f, span, n, begin, ends));
            ck_assert_mem_eq(ends, want, n * sizeof *want);
            uint32_t none = (uint32_t)test_rng_below(&rng, n), kept = span[none];
            span[none] = 0;
            ck_assert(!prs_ef_ends(f, span, n, begin, ends));
            span[none] = kept;
        }
        prs_cpu_unforce();
    }
}
END_TEST

TEST_SUITE(eliasfano, bytes_are_those_of_the_format, extremes,
           groups_are_found_without_their_neighbours, groups_of_many_are_those_of_each,
           hostile_bits_are_refused_or_canonical, beginnings_are_narrowed_as_by_decoding,
           hostile_bits_narrow_to_a_part, two_groups_meet, groups_of_many_are_counted_as_each,
           ends_are_sums_of_sizes)
