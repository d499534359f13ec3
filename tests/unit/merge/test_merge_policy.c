/* test_merge_policy.c - does merging by policy stay cheap, and the number of segments small? */
#include "harness/test.h"

#include "merge/merge_policy.h"

enum { ROOM = 400 };

typedef struct shelf {
    prs_merge_size sizes[ROOM];
    uint32_t n;
    uint64_t written; /* bytes written by merges */
} shelf;

static void replace(shelf *s, prs_merge_range range) {
    prs_merge_size sum = {0, 0, 0};
    ck_assert_uint_le(range.first + range.n, s->n);
    for (uint32_t i = range.first; i < range.first + range.n; i++) {
        uint32_t live = s->sizes[i].n_docs - s->sizes[i].n_deleted;
        sum.bytes += s->sizes[i].bytes * live / s->sizes[i].n_docs;
        sum.n_docs += live;
    }
    s->written += sum.bytes;
    s->sizes[range.first] = sum;
    memmove(&s->sizes[range.first + 1], &s->sizes[range.first + range.n],
            (s->n - range.first - range.n) * sizeof *s->sizes);
    s->n -= range.n - 1;
}

/* Flush `count` segments of about `bytes`, merging by policy after each; returns bytes flushed. */
static uint64_t grow(shelf *s, uint32_t count, uint64_t bytes, test_rng *rng) {
    uint64_t flushed = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t size = bytes / 2 + test_rng_below(rng, bytes);
        s->sizes[s->n++] = (prs_merge_size){size, 1000, 0};
        flushed += size;
        for (uint32_t turns = 0;; turns++) {
            prs_merge_range range = prs_merge_pick(s->sizes, s->n, 30);
            if (range.n == 0) break;
            ck_assert_uint_lt(turns, 10);
            replace(s, range);
        }
        ck_assert_uint_le(s->n, 30);
    }
    return flushed;
}

START_TEST(large_flushes_are_written_few_times) {
    test_rng rng = test_rng_of("policy large");
    shelf s = {.n = 0};
    uint64_t flushed = grow(&s, 2000, UINT64_C(100) << 20, &rng);
    ck_assert_uint_le(s.written, 4 * flushed);
}
END_TEST

/* Bytes written, the flushes too, by those that are kept: never more than 3 times up to 500 flushes
 * of one size, whatever it is, nor more than 4 up to 4000; with at most 30 segments. */
START_TEST(amplification_is_bounded) {
    for (uint64_t bytes = 300000; bytes < 300000000; bytes = bytes * 5 / 3) {
        shelf s = {.n = 0};
        uint64_t flushed = 0;
        for (uint32_t i = 1; i <= 4000; i++) {
            s.sizes[s.n++] = (prs_merge_size){bytes, 1000, 0};
            flushed += bytes;
            for (;;) {
                prs_merge_range range = prs_merge_pick(s.sizes, s.n, 30);
                if (range.n == 0) break;
                replace(&s, range);
            }
            ck_assert_uint_le(s.n, 30);
            ck_assert_uint_le(flushed + s.written, (i <= 500 ? 3 : 4) * flushed);
        }
    }
}
END_TEST

/* Each of the new segments is merged once, or not at all, into as few as can be. */
START_TEST(a_load_is_merged_once) {
    for (uint32_t n = 0; n < 3000; n++) {
        uint32_t n_results = 0, left = n;
        while (left > 0) {
            prs_merge_range range = prs_merge_pick_load(left);
            ck_assert_uint_eq(range.first, 0);
            ck_assert_uint_le(range.n, PRS_MERGE_MAX_INPUTS);
            ck_assert(range.n != 1 && range.n <= left);
            left -= PRS_MAX(range.n, 1u);
            n_results++;
        }
        ck_assert_uint_eq(n_results, (n + PRS_MERGE_MAX_INPUTS - 1) / PRS_MERGE_MAX_INPUTS);
    }
}
END_TEST

START_TEST(small_commits_stay_cheap) {
    test_rng rng = test_rng_of("policy small");
    shelf s = {.n = 0};
    uint64_t flushed = grow(&s, 20000, 20000, &rng);
    ck_assert_uint_le(s.written, 20 * flushed);
}
END_TEST

START_TEST(deleted_documents_are_purged) {
    prs_merge_size sizes[] = {{1000000, 300, 100}, {1000000, 300, 101}, {1000000, 300, 0}};
    prs_merge_range range = prs_merge_pick(sizes, 3, 30);
    ck_assert_uint_eq(range.first, 1);
    ck_assert_uint_eq(range.n, 1);
    sizes[1].n_deleted = 100;
    ck_assert_uint_eq(prs_merge_pick(sizes, 3, 30).n, 0);
}
END_TEST

START_TEST(fewer_takes_the_cheapest_neighbours) {
    prs_merge_size sizes[] = {{50, 1, 0}, {10, 1, 0}, {20, 1, 0}, {5, 1, 0}, {90, 1, 0}};
    prs_merge_range range = prs_merge_pick_fewer(sizes, 5, 4);
    ck_assert_uint_eq(range.first, 2);
    ck_assert_uint_eq(range.n, 2);
    range = prs_merge_pick_fewer(sizes, 5, 3);
    ck_assert_uint_eq(range.first, 1);
    ck_assert_uint_eq(range.n, 3);
    range = prs_merge_pick_fewer(sizes, 5, 1);
    ck_assert_uint_eq(range.first, 0);
    ck_assert_uint_eq(range.n, 5);
    ck_assert_uint_eq(prs_merge_pick_fewer(sizes, 5, 5).n, 0);
    ck_assert_uint_eq(prs_merge_pick_fewer(sizes, 0, 1).n, 0);
}
END_TEST

START_TEST(no_merge_has_more_inputs_than_it_may) {
    shelf s = {.n = ROOM};
    for (uint32_t i = 0; i < ROOM; i++) s.sizes[i] = (prs_merge_size){1000, 10, 0};
    ck_assert_uint_eq(prs_merge_pick_fewer(s.sizes, s.n, 1).n, PRS_MERGE_MAX_INPUTS);
    ck_assert_uint_le(prs_merge_pick(s.sizes, s.n, 30).n, PRS_MERGE_MAX_INPUTS);
}
END_TEST

TEST_SUITE(merge_policy, amplification_is_bounded, a_load_is_merged_once,
           large_flushes_are_written_few_times, small_commits_stay_cheap,
           deleted_documents_are_purged, fewer_takes_the_cheapest_neighbours,
           no_merge_has_more_inputs_than_it_may)
