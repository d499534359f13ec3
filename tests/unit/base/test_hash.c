/* Hashes are on disk, so their values are fixed here; random bytes are random. */
#include "harness/test.h"

#include "base/hash.h"

/* Published values of XXH3 for empty input and seed 0; the others pin what is written in files. */
START_TEST(values_are_fixed) {
    ck_assert_uint_eq(prs_hash64("", 0, 0), UINT64_C(0x2d06800538d394c2));
    prs_hash128 h = prs_hash128_of("", 0);
    ck_assert_uint_eq(h.hi, UINT64_C(0x99aa06d3014798d8));
    ck_assert_uint_eq(h.lo, UINT64_C(0x6001c324468d497f));
}
END_TEST

START_TEST(seed_and_bytes_matter) {
    uint8_t bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 7);
    for (size_t len = 1; len <= sizeof bytes; len++) {
        uint64_t plain = prs_hash64(bytes, len, 0);
        prs_hash128 wide = prs_hash128_of(bytes, len);
        ck_assert_uint_ne(plain, prs_hash64(bytes, len, 1));
        ck_assert_uint_ne(plain, prs_hash64(bytes, len - 1, 0));
        bytes[len - 1] ^= 1;
        prs_hash128 other = prs_hash128_of(bytes, len);
        ck_assert_uint_ne(plain, prs_hash64(bytes, len, 0));
        ck_assert(wide.lo != other.lo || wide.hi != other.hi);
        bytes[len - 1] ^= 1;
    }
}
END_TEST

/* A mix that keeps all information maps distinct numbers to distinct numbers, and spreads low
 * bits. */
START_TEST(mix_spreads_small_numbers) {
    uint32_t buckets[256] = {0};
    for (uint64_t i = 0; i < 256 * 64; i++) buckets[prs_hash_mix64(i) & 255]++;
    for (size_t i = 0; i < 256; i++) {
        ck_assert_uint_gt(buckets[i], 20); /* 64 expected; a binomial is within 5.5 sigma */
        ck_assert_uint_lt(buckets[i], 108);
    }
    ck_assert_uint_ne(prs_hash_mix64(1), prs_hash_mix64(2));
}
END_TEST

START_TEST(random_bytes_fill_all) {
    static uint8_t a[5000], b[5000];
    ck_assert_int_eq(prs_random_bytes(a, sizeof a, NULL), PRISM_OK);
    ck_assert_int_eq(prs_random_bytes(b, sizeof b, NULL), PRISM_OK);
    ck_assert_mem_ne(a, b, sizeof a);
    for (size_t i = 0; i + 32 <= sizeof a; i += 32) { /* no 32-byte stretch is left untouched */
        static const uint8_t zero[32];
        ck_assert_mem_ne(a + i, zero, 32);
    }
    ck_assert_int_eq(prs_random_bytes(NULL, 0, NULL), PRISM_OK);
}
END_TEST

TEST_SUITE(hash, values_are_fixed, seed_and_bytes_matter, mix_spreads_small_numbers,
           random_bytes_fill_all)
