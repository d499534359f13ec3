/* Map: dense ids in order of arrival, growth, flooding, clearing, refusal at every allocation. */
#include "harness/test.h"

#include "base/hash.h"
#include "base/map.h"

#include <stdio.h>

static test_alloc counter;
static prs_mem mem;
static prs_map map;

static void begin(uint64_t seed) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
    prs_map_init(&map, &mem, seed);
}

static void finish(void) {
    prs_map_fini(&map);
    test_alloc_check_empty(&counter);
}

static prs_bytes key_of(const char *s) {
    return prs_bytes_of(s, strlen(s));
}

static uint32_t add(prs_bytes key, bool *added) {
    uint32_t id = UINT32_MAX;
    ck_assert_int_eq(prs_map_add(&map, key, &id, added), PRISM_OK);
    return id;
}

START_TEST(empty_map_holds_nothing) {
    begin(1);
    ck_assert_uint_eq(prs_map_find(&map, key_of("a")), UINT32_MAX);
    ck_assert_uint_eq(prs_map_bytes(&map), 0);
    prs_map_clear(&map);
    ck_assert_uint_eq(atomic_load(&counter.calls), 0);
    finish();
}
END_TEST

START_TEST(ids_are_dense_and_stay) {
    begin(1);
    bool added;
    ck_assert_uint_eq(add(key_of("one"), &added), 0);
    ck_assert(added);
    ck_assert_uint_eq(prs_map_find(&map, key_of("two")), UINT32_MAX);
    ck_assert_uint_eq(add(key_of("two"), &added), 1);
    ck_assert(added);
    ck_assert_uint_eq(add(key_of("one"), &added), 0);
    ck_assert(!added);
    ck_assert_uint_eq(add(prs_bytes_of(NULL, 0), NULL), 2); /* the empty key is a key */
    ck_assert_uint_eq(prs_map_find(&map, prs_bytes_of("", 0)), 2);
    ck_assert_uint_eq(add(prs_bytes_of("one\0", 4), NULL), 3); /* bytes, not strings */
    ck_assert_uint_eq(map.n, 4);
    ck_assert_uint_eq(prs_map_find(&map, key_of("three")), UINT32_MAX);
    finish();
}
END_TEST

START_TEST(keys_are_copied_with_a_nul) {
    begin(1);
    char text[] = "changing";
    uint32_t id = add(key_of(text), NULL);
    memset(text, 'x', sizeof text - 1);
    ck_assert_uint_eq(map.keys[id].len, 8);
    ck_assert_str_eq((const char *)map.keys[id].ptr, "changing");
    finish();
}
END_TEST

START_TEST(many_keys_survive_growth) {
    enum { N = 50000 };
    begin(test_seed());
    char text[32];
    for (uint32_t i = 0; i < N; i++) {
        snprintf(text, sizeof text, "key %u", i * 2654435761u);
        ck_assert_uint_eq(add(key_of(text), NULL), i);
    }
    for (uint32_t i = 0; i < N; i++) {
        snprintf(text, sizeof text, "key %u", i * 2654435761u);
        ck_assert_uint_eq(prs_map_find(&map, key_of(text)), i);
        snprintf(text, sizeof text, "yek %u", i);
        ck_assert_uint_eq(prs_map_find(&map, key_of(text)), UINT32_MAX);
    }
    ck_assert_uint_ge((uint64_t)(map.mask + 1) * 3, (uint64_t)N * 4); /* at most 3/4 full */
    ck_assert_uint_lt(map.mask, 8 * N);                               /* nor wasteful */
    ck_assert_uint_eq(prs_map_bytes(&map), atomic_load(&mem.live));
    finish();
}
END_TEST

/* Keys that share the low bits of their hash for a seed the attacker knows: they all begin their
 * probe at the same slot of a small table. */
START_TEST(flooding_spreads_by_growth) {
    enum { WANT = 400, LOW = 0xfff };
    const uint64_t seed = 12345;
    begin(seed);
    uint32_t n = 0;
    for (uint32_t i = 0; n < WANT; i++) {
        uint32_t hash = (uint32_t)(prs_hash64(&i, sizeof i, seed) >> 32);
        if ((hash & LOW) != 0) continue;
        ck_assert_uint_eq(add(prs_bytes_of(&i, sizeof i), NULL), n);
        n++;
    }
    /* Without the second fence 400 keys fit 1024 slots, in one run of 400. */
    ck_assert_uint_gt(map.mask + 1, 1024);
    ck_assert_uint_le((uint64_t)map.mask + 1, 16 * WANT); /* memory stays in proportion */
    n = 0;
    for (uint32_t i = 0; n < WANT; i++) {
        uint32_t hash = (uint32_t)(prs_hash64(&i, sizeof i, seed) >> 32);
        if ((hash & LOW) != 0) continue;
        ck_assert_uint_eq(prs_map_find(&map, prs_bytes_of(&i, sizeof i)), n++);
    }
    finish();
}
END_TEST

START_TEST(clear_keeps_memory_and_starts_over) {
    begin(7);
    char text[32];
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "%d", i);
        add(key_of(text), NULL);
    }
    size_t slots = (size_t)map.mask + 1;
    prs_map_clear(&map);
    ck_assert_uint_eq(map.n, 0);
    ck_assert_uint_eq(prs_map_find(&map, key_of("5")), UINT32_MAX);
    ck_assert_uint_eq(add(key_of("999"), NULL), 0);
    ck_assert_uint_eq((size_t)map.mask + 1, slots);
    finish();
}
END_TEST

START_TEST(refusal_leaves_the_map_as_it_was) {
    char text[64];
    for (size_t fail_at = 1; fail_at < 40; fail_at++) {
        begin(3);
        counter.fail_at = fail_at;
        uint32_t stored = 0, refused = 0;
        for (uint32_t i = 0; i < 300; i++) {
            snprintf(text, sizeof text, "a longer key, to fill chunks: %u", i);
            uint32_t id;
            prism_status status = prs_map_add(&map, key_of(text), &id, NULL);
            if (status == PRISM_ENOMEM) {
                refused++;
                ck_assert_uint_eq(prs_map_find(&map, key_of(text)), UINT32_MAX);
                ck_assert_uint_eq(map.n, stored);
                status = prs_map_add(&map, key_of(text), &id, NULL);
            }
            ck_assert_int_eq(status, PRISM_OK);
            ck_assert_uint_eq(id, stored++);
        }
        ck_assert_uint_eq(refused, atomic_load(&counter.calls) >= fail_at);
        for (uint32_t i = 0; i < 300; i++) {
            snprintf(text, sizeof text, "a longer key, to fill chunks: %u", i);
            ck_assert_uint_eq(prs_map_find(&map, key_of(text)), i);
        }
        finish();
    }
}
END_TEST

static prism_status fill(prs_mem *m, void *ctx) {
    (void)ctx;
    prs_map local;
    prs_map_init(&local, m, 3);
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; i < 2000 && status == PRISM_OK; i++) {
        uint32_t id;
        status = prs_map_add(&local, prs_bytes_of(&i, sizeof i), &id, NULL);
    }
    prs_map_fini(&local);
    return status;
}

START_TEST(every_refused_allocation_is_told) {
    ck_assert_uint_ge(test_oom_sweep(fill, NULL), 10);
}
END_TEST

START_TEST(unlisted_keys_have_ids_only) {
    prs_mem local_mem;
    prs_map local;
    uint32_t id;
    bool added;
    prs_mem_init(&local_mem, NULL);
    prs_map_init(&local, &local_mem, 7);
    ck_assert_int_eq(prs_map_add_unlisted(&local, prs_bytes_of("a", 1), &id), PRISM_OK);
    ck_assert_uint_eq(id, 0);
    ck_assert_uint_eq(prs_map_find(&local, prs_bytes_of("a", 1)), UINT32_MAX);
    for (uint32_t i = 1; i < 5000; i++) {
        if (i % 2 == 0)
            TEST_NEED(prs_map_add_unlisted(&local, prs_bytes_of(&i, sizeof i), &id) == PRISM_OK);
        else
            TEST_NEED(prs_map_add(&local, prs_bytes_of(&i, sizeof i), &id, &added) == PRISM_OK);
        TEST_NEED(id == i && local.n == i + 1);
    }
    for (uint32_t i = 1; i < 5000; i++) {
        uint32_t found = prs_map_find(&local, prs_bytes_of(&i, sizeof i));
        uint32_t wanted = i % 2 == 0 ? UINT32_MAX : i;
        TEST_NEED(found == wanted);
        TEST_NEED(prs_bytes_equal(local.keys[i], prs_bytes_of(&i, sizeof i)));
    }
    ck_assert_uint_le(local.mask + 1, 4096); /* 2500 keys are in slots, and no more count */
    prs_map_clear(&local);
    ck_assert_int_eq(prs_map_add(&local, prs_bytes_of("a", 1), &id, &added), PRISM_OK);
    ck_assert(added && id == 0);
    prs_map_fini(&local);
    ck_assert_uint_eq(atomic_load(&local_mem.live), 0);
}
END_TEST

/* Against a map that never held what was forgotten. */
START_TEST(the_newest_keys_can_be_forgotten) {
    test_rng rng = test_rng_of("map restore");
    for (uint32_t round = 0; round < 300; round++) {
        char text[16];
        begin(test_rng_next(&rng));
        uint32_t n = (uint32_t)test_rng_below(&rng, 60), more = (uint32_t)test_rng_below(&rng, 90);
        for (uint32_t i = 0; i < n; i++) {
            snprintf(text, sizeof text, "k%u", i);
            add(key_of(text), NULL);
        }
        prs_map_mark mark = prs_map_save(&map);
        for (uint32_t i = 0; i < more; i++) {
            uint32_t id;
            snprintf(text, sizeof text, "m%u", i);
            if (i % 5 == 4) {
                ck_assert_int_eq(prs_map_add_unlisted(&map, key_of(text), &id), PRISM_OK);
            } else {
                add(key_of(text), NULL);
            }
        }
        prs_map_restore(&map, mark);
        ck_assert_uint_eq(map.n, n);
        ck_assert_uint_eq(map.n_unlisted, 0);
        for (uint32_t i = 0; i < more; i++) {
            snprintf(text, sizeof text, "m%u", i);
            TEST_NEED(prs_map_find(&map, key_of(text)) == UINT32_MAX);
        }
        for (uint32_t i = 0; i < n + 50; i++) {
            bool added;
            snprintf(text, sizeof text, "k%u", i);
            TEST_NEED(add(key_of(text), &added) == i && added == (i >= n));
        }
        finish();
    }
}
END_TEST

TEST_SUITE(map, the_newest_keys_can_be_forgotten, empty_map_holds_nothing, ids_are_dense_and_stay,
           keys_are_copied_with_a_nul, many_keys_survive_growth, flooding_spreads_by_growth,
           clear_keeps_memory_and_starts_over, refusal_leaves_the_map_as_it_was,
           every_refused_allocation_is_told, unlisted_keys_have_ids_only)
