/* test_sort.c - does the sort sort, keep equals in order, and stay cheap on every input? */
#include "harness/test.h"

#include "base/sort.h"

#include <stdlib.h>

typedef struct item {
    uint32_t value, place;
} item;

static uint64_t n_compares;

static bool before(const void *ctx, const item *a, const item *b) {
    n_compares++;
    return (a->value < b->value) != (ctx != NULL); /* with a context: backwards, equals "before" */
}

PRS_SORT_DEFINE(sort_items, item, before)

static void check(uint32_t n, uint32_t n_values, int order, test_rng *rng) {
    item *items = malloc((n + 1) * sizeof *items);
    item *scratch = n > PRS_SORT_RUN ? malloc(n * sizeof *scratch) : NULL;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t value = (uint32_t)test_rng_below(rng, n_values);
        items[i] = (item){order == 0 ? value : order == 1 ? i : n - i, i};
    }
    items[n] = (item){77, 77};
    n_compares = 0;
    sort_items(items, scratch, n, NULL);
    bool good = true;
    for (uint32_t i = 1; i < n; i++) {
        const item *a = &items[i - 1], *b = &items[i];
        good = good && (a->value < b->value || (a->value == b->value && a->place < b->place));
    }
    ck_assert_msg(good, "n %u, %u values, order %d", n, n_values, order);
    ck_assert_uint_eq(items[n].value, 77);
    ck_assert_uint_le(n_compares, (uint64_t)n * 32 + 16); /* 16 inside a run, one per level above */
    free(scratch);
    free(items);
}

START_TEST(everything_is_sorted) {
    static const uint32_t sizes[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 48, 100, 1000, 4096, 30000};
    test_rng rng = test_rng_of("sort");
    for (size_t i = 0; i < PRS_COUNT(sizes); i++) {
        for (int order = 0; order < 3; order++) {
            check(sizes[i], 5, order, &rng);
            check(sizes[i], UINT32_MAX, order, &rng);
        }
    }
}
END_TEST

START_TEST(a_comparison_that_lies_does_no_harm) {
    /* neither a strict order nor a consistent one: some order comes out, of the same items */
    enum { N = 500 };
    item items[N], scratch[N];
    uint8_t seen[N] = {0};
    test_rng rng = test_rng_of("sort lies");
    for (uint32_t i = 0; i < N; i++) items[i] = (item){(uint32_t)test_rng_below(&rng, 3), i};
    sort_items(items, scratch, N, &rng);
    for (uint32_t i = 0; i < N; i++) seen[items[i].place]++;
    for (uint32_t i = 0; i < N; i++) ck_assert_uint_eq(seen[i], 1);
}
END_TEST

TEST_SUITE(sort, everything_is_sorted, a_comparison_that_lies_does_no_harm)
