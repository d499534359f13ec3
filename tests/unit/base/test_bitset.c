/* Bitset against an array of bools, at every length around the word borders. */
#include "harness/test.h"

#include "base/bitset.h"

enum { MAX_BITS = 330 };

static prs_mem mem;
static prs_bitset set;
static bool model[MAX_BITS];

static void fill_random(prs_bitset *target, bool *bools, test_rng *rng, uint64_t one_in) {
    for (uint32_t i = 0; i < target->n; i++) {
        bools[i] = test_rng_one_in(rng, one_in);
        if (bools[i]) prs_bitset_set(target, i);
    }
}

static void check_equal(const prs_bitset *target, const bool *bools) {
    uint32_t ones = 0;
    for (uint32_t i = 0; i < target->n; i++) {
        ck_assert_int_eq(prs_bitset_get(target, i), bools[i]);
        ones += bools[i];
    }
    ck_assert_uint_eq(prs_bitset_count(target), ones);
}

/* Bits at and above n, the kept word included, are zero. */
static void check_tail(const prs_bitset *target) {
    uint32_t words = prs_bitset_words(target->n);
    ck_assert_uint_eq(target->words[words], 0);
    if ((target->n & 63) != 0) {
        ck_assert_uint_eq(target->words[words - 1] >> (target->n & 63), 0);
    }
}

START_TEST(word_counts) {
    ck_assert_uint_eq(prs_bitset_words(0), 0);
    ck_assert_uint_eq(prs_bitset_words(1), 1);
    ck_assert_uint_eq(prs_bitset_words(64), 1);
    ck_assert_uint_eq(prs_bitset_words(65), 2);
    ck_assert_uint_eq(prs_bitset_words(UINT32_MAX), 1u << 26);
}
END_TEST

START_TEST(starts_empty_and_counts_its_memory) {
    test_alloc counter = {0};
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
    for (uint32_t n = 0; n < MAX_BITS; n++) {
        ck_assert_int_eq(prs_bitset_init(&set, &mem, n), PRISM_OK);
        ck_assert_uint_eq(prs_bitset_count(&set), 0);
        ck_assert_uint_eq(prs_bitset_next(&set, 0), n);
        check_tail(&set);
        prs_bitset_fini(&set);
    }
    counter.fail_at = atomic_load(&counter.calls) + 1;
    ck_assert_int_eq(prs_bitset_init(&set, &mem, 100), PRISM_ENOMEM);
    prs_bitset_fini(&set); /* harmless after a failed init */
    test_alloc_check_empty(&counter);
}
END_TEST

START_TEST(set_unset_count_next_agree_with_a_model) {
    test_rng rng = test_rng_of("bitset model");
    prs_mem_init(&mem, NULL);
    for (uint32_t n = 0; n < MAX_BITS; n++) {
        ck_assert_int_eq(prs_bitset_init(&set, &mem, n), PRISM_OK);
        fill_random(&set, model, &rng, 1 + test_rng_below(&rng, 40));
        for (uint32_t i = 0; i < n; i += 3) {
            prs_bitset_unset(&set, i);
            model[i] = false;
        }
        check_equal(&set, model);
        uint32_t expected = n;
        ck_assert_uint_eq(prs_bitset_next(&set, n), n);
        ck_assert_uint_eq(prs_bitset_next(&set, UINT32_MAX), n);
        for (uint32_t i = n; i-- > 0;) {
            if (model[i]) expected = i;
            ck_assert_uint_eq(prs_bitset_next(&set, i), expected);
        }
        prs_bitset_fini(&set);
    }
}
END_TEST

START_TEST(every_range_is_counted) {
    test_rng rng = test_rng_of("bitset ranges");
    prs_mem_init(&mem, NULL);
    static const uint32_t lengths[] = {0, 1, 63, 64, 65, 127, 128, 129, 200};
    for (size_t l = 0; l < PRS_COUNT(lengths); l++) {
        uint32_t n = lengths[l];
        ck_assert_int_eq(prs_bitset_init(&set, &mem, n), PRISM_OK);
        fill_random(&set, model, &rng, 2);
        for (uint32_t from = 0; from <= n + 1; from++) {
            uint32_t ones = 0;
            for (uint32_t to = from; to <= n + 2; to++) {
                ck_assert_uint_eq(prs_bitset_count_range(&set, from, to), ones);
                if (to < n) ones += model[to];
            }
            ck_assert_uint_eq(prs_bitset_count_range(&set, from, from / 2), 0);
        }
        prs_bitset_fini(&set);
    }
}
END_TEST

START_TEST(operations_agree_with_a_model) {
    test_rng rng = test_rng_of("bitset operations");
    prs_mem_init(&mem, NULL);
    for (uint32_t n = 0; n < MAX_BITS; n++) {
        for (int operation = 0; operation < 3; operation++) {
            prs_bitset other;
            bool others[MAX_BITS];
            ck_assert_int_eq(prs_bitset_init(&set, &mem, n), PRISM_OK);
            ck_assert_int_eq(prs_bitset_init(&other, &mem, n), PRISM_OK);
            fill_random(&set, model, &rng, 2);
            fill_random(&other, others, &rng, 3);
            if (operation == 0) prs_bitset_and(&set, &other);
            if (operation == 1) prs_bitset_or(&set, &other);
            if (operation == 2) prs_bitset_andnot(&set, &other);
            for (uint32_t i = 0; i < n; i++) {
                model[i] = operation == 0   ? model[i] && others[i]
                           : operation == 1 ? model[i] || others[i]
                                            : model[i] && !others[i];
            }
            check_equal(&set, model);
            check_equal(&other, others);
            prs_bitset_fini(&set);
            prs_bitset_fini(&other);
        }
    }
}
END_TEST

START_TEST(fill_stops_at_n) {
    prs_mem_init(&mem, NULL);
    for (uint32_t n = 0; n < MAX_BITS; n++) {
        ck_assert_int_eq(prs_bitset_init(&set, &mem, n), PRISM_OK);
        prs_bitset_fill(&set);
        ck_assert_uint_eq(prs_bitset_count(&set), n);
        ck_assert_uint_eq(prs_bitset_count_range(&set, 0, UINT32_MAX), n);
        check_tail(&set);
        prs_bitset_fini(&set);
    }
}
END_TEST

TEST_SUITE(bitset, word_counts, starts_empty_and_counts_its_memory,
           set_unset_count_next_agree_with_a_model, every_range_is_counted,
           operations_agree_with_a_model, fill_stops_at_n)
