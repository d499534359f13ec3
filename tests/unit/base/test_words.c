/* test_words.c - are bits counted alike at every level, at any address, and none behind the end? */
#include "harness/test.h"

#include "base/cpu.h"
#include "base/words.h"

enum { MOST = 150 };

static uint32_t count_slowly(const uint8_t *words, const uint8_t *less, uint32_t n) {
    uint32_t ones = 0;
    for (uint32_t i = 0; i < 8 * n; i++)
        for (uint32_t b = 0; b < 8; b++) ones += (words[i] >> b & 1u) & ~(uint32_t)(less[i] >> b);
    return ones;
}

static void check_sift(const uint8_t *bytes, const uint8_t *these, uint32_t n) {
    static uint64_t kept[MOST + 1], dropped[MOST + 1], before[MOST + 1], other[MOST + 1];
    memcpy(before, bytes, 8 * (n + 1));
    memcpy(other, these, 8 * (n + 1));
    memcpy(kept, before, sizeof kept);
    memcpy(dropped, before, sizeof dropped);
    prs_words_sift(kept, other, n, true);
    prs_words_sift(dropped, other, n, false);
    for (uint32_t i = 0; i < n; i++) {
        ck_assert_uint_eq(kept[i], before[i] & other[i]);
        ck_assert_uint_eq(dropped[i], before[i] & ~other[i]);
    }
    ck_assert(kept[n] == before[n] && dropped[n] == before[n]); /* nothing behind the end */
}

/* A bit for each byte with its highest bit, beside those that were set; the map is cleared. */
static void check_map(test_rng *rng, uint32_t n) {
    static uint8_t map[64 * MOST + 1], before[64 * MOST + 1];
    static uint64_t words[MOST + 1], want[MOST + 1];
    test_rng_fill(rng, map, sizeof map);
    test_rng_fill(rng, (uint8_t *)words, sizeof words);
    memcpy(before, map, sizeof map);
    memcpy(want, words, sizeof words);
    for (uint32_t i = 0; i < 64 * n; i++) want[i / 64] |= (uint64_t)(map[i] >> 7) << i % 64;
    prs_words_take_map(words, map, n);
    ck_assert_mem_eq(words, want, sizeof words);
    for (uint32_t i = 0; i < sizeof map; i++) TEST_NEED(map[i] == (i < 64 * n ? 0 : before[i]));
}

static void check_level(prs_cpu_level level, test_rng *rng) {
    static uint8_t words[8 * MOST + 8], less[8 * MOST + 8];
    static const uint8_t none[8 * MOST + 8];
    ck_assert_int_eq(prs_cpu_force(level, NULL), PRISM_OK);
    for (uint32_t n = 0; n <= MOST; n++) {
        uint32_t at = (uint32_t)test_rng_below(rng, 8);
        test_rng_fill(rng, words, sizeof words); /* bits behind the end, too */
        test_rng_fill(rng, less, sizeof less);
        ck_assert_uint_eq(prs_words_count(words + at, n), count_slowly(words + at, none, n));
        check_sift(words, less, n);
        check_map(rng, n);
        ck_assert_uint_eq(prs_words_count_less(words + at, less + at, n),
                          count_slowly(words + at, less + at, n));
    }
    prs_cpu_unforce();
}

START_TEST(every_level_counts_the_same) {
    test_rng rng = test_rng_of("words");
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        if (prs_cpu_supports((prs_cpu_level)level)) check_level((prs_cpu_level)level, &rng);
    }
}
END_TEST

TEST_SUITE(words, every_level_counts_the_same)
