/* test_impacts.c - does a front bound all its postings after every step, as tightly as it can
 * be, and are only sound fronts read? */
#include "naive_block.h"

#include "format/impacts.h"

#include <stdlib.h>

static uint32_t below(test_rng *rng, uint64_t n) {
    return (uint32_t)test_rng_below(rng, n);
}

/* Postings of one kind: few values, many, freqs around 64 (looked up or sorted), extremes. */
static void make(uint32_t *freqs, uint32_t *lengths, uint32_t n, int kind, test_rng *rng) {
    for (uint32_t i = 0; i < n; i++) {
        switch (kind) {
        case 0: freqs[i] = 1 + below(rng, 4), lengths[i] = below(rng, 5); break;
        case 1: freqs[i] = 60 + below(rng, 8), lengths[i] = below(rng, 50); break;
        case 2: freqs[i] = 1 + below(rng, 300), lengths[i] = freqs[i] * 7 + below(rng, 40); break;
        case 3: freqs[i] = i + 1, lengths[i] = 10 * i; break; /* all of it is the front */
        case 4: freqs[i] = 1000 + i, lengths[i] = 10 * i; break;
        default:
            freqs[i] = test_rng_one_in(rng, 2) ? UINT32_MAX - below(rng, 3) : 1 + below(rng, 3);
            lengths[i] = test_rng_one_in(rng, 2) ? UINT32_MAX - below(rng, 3) : below(rng, 3);
        }
    }
}
enum { KINDS = 6 };

/* Is posting i on the exact front, and the first of its equals? */
static bool on_front(const uint32_t *freqs, const uint32_t *lengths, uint32_t n, uint32_t i) {
    for (uint32_t j = 0; j < n; j++) {
        bool covers = freqs[j] >= freqs[i] && lengths[j] <= lengths[i];
        bool equal = freqs[j] == freqs[i] && lengths[j] == lengths[i];
        if (covers && (!equal || j < i)) return false;
    }
    return true;
}

static void check_order(const prs_front *front, uint32_t max) {
    ck_assert(front->n >= 1 && front->n <= max);
    for (uint32_t i = 1; i < front->n; i++) {
        ck_assert_uint_lt(front->pairs[i - 1].freq, front->pairs[i].freq);
        ck_assert_uint_lt(front->pairs[i - 1].length, front->pairs[i].length);
    }
}

static void check_bounds(const prs_front *front, const uint32_t *freqs, const uint32_t *lengths,
                         uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        bool bounded = false;
        for (uint32_t k = 0; k < front->n; k++)
            bounded |= front->pairs[k].freq >= freqs[i] && front->pairs[k].length <= lengths[i];
        TEST_NEED(bounded);
    }
}

static const uint32_t sizes[] = {1, 2, 3, 64, 65, 127, 128};

START_TEST(fronts_are_exact) {
    test_rng rng = test_rng_of("impacts-exact");
    for (int round = 0; round < 60 * KINDS; round++) {
        uint32_t freqs[128], lengths[128], n = sizes[below(&rng, PRS_COUNT(sizes))], want = 0;
        prs_front front;
        make(freqs, lengths, n, round % KINDS, &rng);
        prs_front_of(&front, freqs, lengths, n);
        check_order(&front, n);
        check_bounds(&front, freqs, lengths, n);
        for (uint32_t i = 0; i < n; i++) want += on_front(freqs, lengths, n, i);
        ck_assert_uint_eq(front.n, want);
    }
}
END_TEST

START_TEST(without_lengths_the_largest_freq_is_all) {
    static const uint32_t freqs[] = {3, UINT32_MAX, 64, 1};
    prs_front front;
    prs_front_of(&front, freqs, NULL, 4);
    ck_assert(front.n == 1 && front.pairs[0].freq == UINT32_MAX && front.pairs[0].length == 0);
    prs_front_of(&front, freqs, NULL, 1);
    ck_assert(front.n == 1 && front.pairs[0].freq == 3);
}
END_TEST

static const float means[] = {0, 1e-30f, 1, 37.5f, 4e9f};

START_TEST(reduced_fronts_bound_all_the_same) {
    test_rng rng = test_rng_of("impacts-reduce");
    for (int round = 0; round < 60 * KINDS; round++) {
        uint32_t freqs[128], lengths[128], n = sizes[below(&rng, PRS_COUNT(sizes))];
        uint32_t max = 1 + below(&rng, 9);
        float mean = means[below(&rng, PRS_COUNT(means))];
        prs_front front;
        make(freqs, lengths, n, round % KINDS, &rng);
        prs_front_of(&front, freqs, lengths, n);
        uint32_t before = front.n;
        prs_front_reduce(&front, max, mean);
        ck_assert_uint_eq(front.n, PRS_MIN(before, max));
        check_order(&front, max);
        check_bounds(&front, freqs, lengths, n);
    }
}
END_TEST

/* What no step may do, because it costs nothing to do better: claim a freq or a length that
 * nobody has. */
START_TEST(reduced_fronts_claim_only_what_is_there) {
    test_rng rng = test_rng_of("impacts-claims");
    for (int round = 0; round < 200; round++) {
        uint32_t freqs[128], lengths[128];
        prs_front front;
        make(freqs, lengths, 128, 2, &rng);
        prs_front_of(&front, freqs, lengths, 128);
        prs_front_reduce(&front, 1 + below(&rng, 4), 500);
        for (uint32_t k = 0; k < front.n; k++) {
            bool freq = false, length = false;
            for (uint32_t i = 0; i < 128; i++) {
                freq |= freqs[i] == front.pairs[k].freq;
                length |= lengths[i] == front.pairs[k].length;
            }
            ck_assert(freq && length);
        }
    }
}
END_TEST

START_TEST(joined_fronts_bound_both) {
    test_rng rng = test_rng_of("impacts-join");
    for (int round = 0; round < 400; round++) {
        uint32_t freqs[5 * 128], lengths[5 * 128], n = 0;
        uint32_t blocks = 1 + below(&rng, 5);
        float mean = means[below(&rng, PRS_COUNT(means))];
        prs_front all = {.n = 0}, one;
        uint32_t want = 0;
        for (uint32_t b = 0; b < blocks; b++) {
            uint32_t here = sizes[below(&rng, PRS_COUNT(sizes))];
            make(freqs + n, lengths + n, here, (int)below(&rng, KINDS), &rng);
            prs_front_of(&one, freqs + n, lengths + n, here);
            prs_front_join(&all, &one, mean);
            n += here;
            check_order(&all, PRS_FRONT_MAX);
            check_bounds(&all, freqs, lengths, n);
        }
        for (uint32_t i = 0; i < n; i++) want += on_front(freqs, lengths, n, i);
        if (blocks == 1) ck_assert_uint_eq(all.n, want);
        ck_assert_uint_le(all.n, PRS_MAX(want, 1));
    }
}
END_TEST

/* More freq is never worth less, more length never more; that is all that reducing relies on. */
START_TEST(the_reference_score_is_monotone) {
    test_rng rng = test_rng_of("impacts-score");
    for (int round = 0; round < 2000; round++) {
        uint32_t freq = 1 + below(&rng, UINT32_MAX), length = below(&rng, UINT32_MAX);
        float mean = means[below(&rng, PRS_COUNT(means))];
        float s = prs_impact_score((prs_impact){freq, length}, mean);
        ck_assert(s >= 0 && s <= 1);
        ck_assert(prs_impact_score((prs_impact){freq - freq / 2, length}, mean) <= s);
        ck_assert(prs_impact_score((prs_impact){freq, length / 2}, mean) >= s);
    }
}
END_TEST

/* ---- bytes ----------------------------------------------------------------------------------- */

/* FORMAT.md, read in 128 bits so that nothing can wrap; 0 if the bytes are unsound. */
static uint32_t naive_read(const uint8_t *in, size_t len, uint32_t max, prs_impact *out,
                           size_t *end) {
    size_t at = 0;
    if (len == 0 || in[0] == 0 || in[0] > max) return 0;
    uint32_t n = in[at++];
    unsigned __int128 before[2] = {0, 0};
    for (uint32_t i = 0; i < 2 * n; i++) {
        unsigned __int128 v = 0;
        uint32_t bytes = 0;
        do {
            if (at == len || bytes == 10) return 0;
            v |= (unsigned __int128)(in[at] & 127) << (7 * bytes++);
        } while (in[at++] >= 128);
        if (v > UINT32_MAX) return 0;
        if (i >= 2) v += before[i % 2] + 1;
        if (v > UINT32_MAX) return 0;
        before[i % 2] = v;
        if (i % 2 == 0) out[i / 2].freq = (uint32_t)v;
        if (i % 2 == 1) out[i / 2].length = (uint32_t)v;
    }
    *end = at;
    return n;
}

static void agree(const uint8_t *bytes, size_t len, uint32_t max) {
    prs_impact ours[PRS_GROUP_IMPACTS], naive[PRS_GROUP_IMPACTS];
    uint8_t *copy = naive_guarded(bytes, len);
    prs_cur c = prs_cur_of(copy, len);
    size_t end = 0;
    uint32_t n = prs_impacts_read(&c, ours, max), want = naive_read(copy, len, max, naive, &end);
    TEST_NEED(n == want && c.bad == (want == 0));
    TEST_NEED(n == 0 || (size_t)(c.at - copy) == end);
    for (uint32_t i = 0; i < n; i++)
        TEST_NEED(ours[i].freq == naive[i].freq && ours[i].length == naive[i].length);
    free(copy);
}

START_TEST(bytes_come_back_and_damage_is_seen_alike) {
    test_rng rng = test_rng_of("impacts-bytes");
    for (int round = 0; round < 20 * KINDS; round++) {
        uint32_t freqs[128], lengths[128], max = round % 2 ? PRS_GROUP_IMPACTS : PRS_BLOCK_IMPACTS;
        uint8_t bytes[PRS_IMPACTS_BYTES(PRS_GROUP_IMPACTS)];
        prs_impact read[PRS_GROUP_IMPACTS];
        prs_front front;
        make(freqs, lengths, 128, round % KINDS, &rng);
        prs_front_of(&front, freqs, lengths, 128);
        prs_front_reduce(&front, 1 + below(&rng, max), 100);
        size_t len = prs_impacts_put(&front, bytes);
        ck_assert_uint_le(len, PRS_IMPACTS_BYTES(front.n));
        prs_cur c = prs_cur_of(bytes, len);
        ck_assert_uint_eq(prs_impacts_read(&c, read, max), front.n);
        ck_assert(c.at == c.end);
        ck_assert_mem_eq(read, front.pairs, front.n * sizeof *read);
        for (size_t n = 0; n <= len; n++) agree(bytes, n, max);
        for (size_t i = 0; i < 8 * len; i++) {
            bytes[i / 8] ^= (uint8_t)(1u << i % 8);
            agree(bytes, len, max);
            bytes[i / 8] ^= (uint8_t)(1u << i % 8);
        }
    }
}
END_TEST

START_TEST(sums_beyond_32_bits_are_refused) {
    static const uint8_t most[] = {2, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0};
    static const uint8_t more[] = {2, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0};
    static const uint8_t longer[] = {2, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0};
    static const uint8_t none[] = {0};
    prs_impact pairs[8];
    prs_cur c = prs_cur_of(most, sizeof most);
    ck_assert_uint_eq(prs_impacts_read(&c, pairs, 8), 2);
    ck_assert_uint_eq(pairs[1].freq, UINT32_MAX);
    agree(more, sizeof more, 8);
    c = prs_cur_of(more, sizeof more);
    ck_assert_uint_eq(prs_impacts_read(&c, pairs, 8), 0);
    agree(longer, sizeof longer, 8);
    c = prs_cur_of(longer, sizeof longer);
    ck_assert_uint_eq(prs_impacts_read(&c, pairs, 8), 0);
    c = prs_cur_of(none, sizeof none);
    ck_assert_uint_eq(prs_impacts_read(&c, pairs, 8), 0);
    ck_assert(c.bad);
}
END_TEST

TEST_SUITE(impacts, fronts_are_exact, without_lengths_the_largest_freq_is_all,
           reduced_fronts_bound_all_the_same, reduced_fronts_claim_only_what_is_there,
           joined_fronts_bound_both, the_reference_score_is_monotone,
           bytes_come_back_and_damage_is_seen_alike, sums_beyond_32_bits_are_refused)
