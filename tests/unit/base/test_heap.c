/* The heap macro: pops in order, keeps the k best, re-orders after a change at the root. */
#include "harness/test.h"

#include "base/heap.h"

typedef struct entry {
    uint32_t key, tag;
} entry;

#define ITEM_BEFORE(a, b) ((a)->key < (b)->key)
PRS_HEAP_DEFINE(items, entry, ITEM_BEFORE)

START_TEST(pops_in_order) {
    test_rng rng = test_rng_of("heap order");
    for (size_t n = 1; n <= 200; n++) {
        entry heap[200];
        size_t size = 0;
        uint64_t sum = 0;
        for (size_t i = 0; i < n; i++) {
            entry it = {(uint32_t)test_rng_below(&rng, n), (uint32_t)i}; /* with ties */
            sum += it.key;
            items_push(heap, &size, it);
        }
        ck_assert_uint_eq(size, n);
        bool seen[200] = {false};
        uint32_t last = 0;
        while (size > 0) {
            entry it = items_pop(heap, &size);
            ck_assert_uint_ge(it.key, last);
            ck_assert(!seen[it.tag]);
            seen[it.tag] = true;
            last = it.key;
            sum -= it.key;
        }
        ck_assert_uint_eq(sum, 0);
    }
}
END_TEST

/* Keep the 10 largest of many by replacing the root of a min-heap. */
START_TEST(root_replacement_keeps_the_best) {
    test_rng rng = test_rng_of("heap best");
    entry heap[10];
    size_t size = 0;
    uint32_t keys[500];
    for (uint32_t i = 0; i < 500; i++) keys[i] = i;
    for (uint32_t i = 499; i > 0; i--) {
        uint32_t j = (uint32_t)test_rng_below(&rng, i + 1);
        uint32_t t = keys[i];
        keys[i] = keys[j];
        keys[j] = t;
    }
    for (uint32_t i = 0; i < 500; i++) {
        entry it = {keys[i], i};
        if (size < 10) {
            items_push(heap, &size, it);
        } else if (it.key > heap[0].key) {
            heap[0] = it;
            items_down(heap, size);
        }
    }
    for (uint32_t want = 490; want < 500; want++) {
        ck_assert_uint_eq(items_pop(heap, &size).key, want);
    }
    ck_assert_uint_eq(size, 0);
}
END_TEST

TEST_SUITE(heap, pops_in_order, root_replacement_keeps_the_best)
