/* test_inline_list.c - are lists in the dictionary what one list of the same documents would be,
 * and are unsound ones refused? */
#include "harness/test.h"

#include "format/inline_list.h"

#include <stdlib.h>

typedef struct short_list {
    uint32_t df;
    uint64_t cf;
    uint32_t docs[PRS_INLINE_MAX_DF], freqs[PRS_INLINE_MAX_DF], positions[PRS_INLINE_MAX_CF];
    uint8_t payload[PRS_INLINE_MAX_BYTES];
    prs_term_info info;
} short_list;

static uint32_t some_gap(test_rng *rng) {
    return 1 + (uint32_t)(test_rng_next(rng) >> (64 - test_rng_below(rng, 26) - 1));
}

/* At most so many documents and positions; at least one of each. */
static void make(short_list *l, uint32_t max_df, uint32_t max_cf, bool positions, test_rng *rng) {
    memset(l, 0, sizeof *l);
    l->df = 1 + (uint32_t)test_rng_below(rng, PRS_MIN(max_df, max_cf));
    uint32_t left = max_cf - l->df, doc = some_gap(rng) - 1;
    for (uint32_t i = 0; i < l->df; i++, doc += some_gap(rng)) {
        uint32_t more = test_rng_one_in(rng, 2) ? 0 : (uint32_t)test_rng_below(rng, left + 1);
        uint32_t position = (uint32_t)test_rng_below(rng, 100);
        left -= more;
        l->docs[i] = doc;
        l->freqs[i] = 1 + more;
        for (uint32_t k = 0; k < l->freqs[i]; k++, position += some_gap(rng) - 1)
            l->positions[l->cf++] = position;
    }
    l->info = (prs_term_info){.df = l->df,
                              .cf = l->cf,
                              .inlined = true,
                              .has_positions = positions,
                              .payload = l->payload};
    l->info.payload_len =
        (uint32_t)prs_inline_put(l->docs, l->freqs, positions ? l->positions : NULL, l->df, l->cf,
                                 l->payload);
}

/* Lists that fit together, behind one another; returns how many. */
static uint32_t make_parts(short_list *lists, prs_inline_part *parts, bool positions,
                           test_rng *rng) {
    uint32_t n = 0, df = 4, cf = 32, base = (uint32_t)test_rng_below(rng, 1000);
    while (df > 0 && cf > 0 && (n == 0 || test_rng_one_in(rng, 2))) {
        make(&lists[n], df, cf, positions, rng);
        df -= lists[n].df;
        cf -= (uint32_t)lists[n].cf;
        uint32_t last = lists[n].docs[lists[n].df - 1];
        parts[n] =
            (prs_inline_part){&lists[n].info, base, last + 1 + (uint32_t)test_rng_below(rng, 10)};
        base += parts[n++].n_docs;
    }
    return n;
}

START_TEST(joined_lists_are_bytes_of_one) {
    test_rng rng = test_rng_of("inline-join");
    for (uint32_t round = 0; round < 20000; round++) {
        short_list lists[4], all = {0};
        prs_inline_part parts[4];
        prs_term_info info;
        uint8_t payload[PRS_INLINE_MAX_BYTES];
        bool positions = round % 3 != 0;
        uint32_t bad, n = make_parts(lists, parts, positions, &rng);
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t k = 0; k < lists[i].df; k++) {
                all.docs[all.df] = lists[i].docs[k] + parts[i].base;
                all.freqs[all.df++] = lists[i].freqs[k];
            }
            memcpy(all.positions + all.cf, lists[i].positions,
                   (size_t)lists[i].cf * sizeof(uint32_t));
            all.cf += lists[i].cf;
        }
        size_t len = prs_inline_put(all.docs, all.freqs, positions ? all.positions : NULL, all.df,
                                    all.cf, all.payload);
        ck_assert(prs_inline_join(parts, n, payload, &info, &bad));
        ck_assert_uint_eq(info.df, all.df);
        ck_assert_uint_eq(info.cf, all.cf);
        ck_assert(info.inlined && info.has_positions == positions);
        ck_assert_uint_eq(info.payload_len, len);
        ck_assert_mem_eq(info.payload, all.payload, len);
    }
}
END_TEST

START_TEST(unsound_lists_are_refused) {
    static const struct {
        const char *what;
        uint8_t bytes[16];
        uint32_t len, df;
        uint64_t cf;
        bool positions, good;
    } cases[] = {
        {"sound", {4, 0, 1, 2, 3}, 5, 1, 3, true, false},
        {"two freqs, two positions", {1, 1, 0, 1, 5, 2, 1}, 7, 2, 3, true, true},
        {"no bytes", {0}, 0, 1, 1, false, false},
        {"a document too far", {10}, 1, 1, 1, false, false},
        {"the last document", {9}, 1, 1, 1, false, true},
        {"documents too far together", {4, 5}, 2, 2, 2, false, false},
        {"freqs that are not cf", {1, 3}, 2, 1, 3, false, false},
        {"a freq of 2^32", {1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0}, 7, 2, 4, false, false},
        {"bytes behind", {1, 0}, 2, 1, 1, false, false},
        {"no position", {1}, 1, 1, 1, true, false},
        {"half a position", {1, 0x80}, 2, 1, 1, true, false},
        {"a position of six bytes", {1, 0x80, 0x80, 0x80, 0x80, 0x80, 0}, 7, 1, 1, true, false},
        {"a position too many", {1, 1, 1}, 3, 1, 1, true, false},
        {"a varint that does not end", {0x80}, 1, 1, 1, false, false},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        uint8_t *bytes = malloc(cases[i].len + 1); /* exact: nothing is read behind */
        memcpy(bytes, cases[i].bytes, cases[i].len);
        bytes = realloc(bytes, cases[i].len != 0 ? cases[i].len : 1);
        prs_term_info info = {.df = cases[i].df,
                              .cf = cases[i].cf,
                              .inlined = true,
                              .has_positions = cases[i].positions,
                              .payload = bytes,
                              .payload_len = cases[i].len};
        prs_inline_part part = {&info, 5, 10};
        prs_term_info joined;
        uint8_t payload[PRS_INLINE_MAX_BYTES];
        uint32_t bad = 9;
        bool good = prs_inline_join(&part, 1, payload, &joined, &bad);
        ck_assert_msg(good == cases[i].good, "%s", cases[i].what);
        if (!good) ck_assert_uint_eq(bad, 0);
        free(bytes);
    }
}
END_TEST

TEST_SUITE(inline_list, joined_lists_are_bytes_of_one, unsound_lists_are_refused)
