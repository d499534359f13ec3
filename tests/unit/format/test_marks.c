/* test_marks.c - do marks come back, whatever they are; and are those that no writer makes refused? */
#include "harness/test.h"

#include "format/marks.h"

static void random_marks(test_rng *rng, uint64_t *marks, uint32_t n, uint64_t *n_bits) {
    uint64_t most = test_rng_one_in(rng, 3) ? 1u << 30 : 20;
    *n_bits = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i % PRS_MARK_EVERY == 0) marks[i / PRS_MARK_EVERY] = *n_bits;
        *n_bits += test_rng_below(rng, most);
    }
}

START_TEST(they_come_back) {
    test_rng rng = test_rng_of("marks");
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[PRS_MARKS_MAX_BYTES + 64];
        uint64_t marks[PRS_MARKS_MAX], again[PRS_MARKS_MAX], n_bits;
        uint32_t n = 1 + (uint32_t)test_rng_below(&rng, 128), head;
        random_marks(&rng, marks, n, &n_bits);
        memset(bytes, 0xff, sizeof bytes);
        uint32_t len = prs_marks_put(marks, n, n_bits, bytes);
        ck_assert_uint_le(len, PRS_MARKS_MAX_BYTES);
        ck_assert_int_eq(len == 0, n <= PRS_MARK_EVERY);
        uint64_t whole = len + (n_bits + 7) / 8;
        if (whole >> 32 != 0) continue;
        ck_assert(prs_marks_read(bytes, whole, n, again, &head));
        ck_assert_uint_eq(head, len);
        ck_assert_mem_eq(again, marks, prs_marks_count(n) * sizeof *marks);
    }
}
END_TEST

/* Any bytes: refused, or ascending inside the run. */
START_TEST(hostile_bytes) {
    test_rng rng = test_rng_of("marks-hostile");
    uint32_t taken = 0;
    for (int round = 0; round < 200000; round++) {
        uint8_t bytes[96];
        uint64_t marks[PRS_MARKS_MAX];
        uint32_t n = 1 + (uint32_t)test_rng_below(&rng, 128), head;
        test_rng_fill(&rng, bytes, sizeof bytes);
        if (test_rng_one_in(&rng, 2))
            bytes[0] = (uint8_t)((bytes[0] & 0xc0) | test_rng_below(&rng, 9));
        uint64_t len = test_rng_below(&rng, test_rng_one_in(&rng, 2) ? 33 : 1 << 20);
        if (!prs_marks_read(bytes, len, n, marks, &head)) continue;
        ck_assert_uint_le(head, len);
        ck_assert_uint_eq(marks[0], 0);
        for (uint32_t k = 1; k < prs_marks_count(n); k++) {
            ck_assert_uint_ge(marks[k], marks[k - 1]);
            ck_assert_uint_le(marks[k], 8 * (len - head));
            taken++;
        }
    }
    ck_assert_uint_gt(taken, 1000);
}
END_TEST

TEST_SUITE(marks, they_come_back, hostile_bytes)
