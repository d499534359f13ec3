/* test_merge_run.c - which merges does a commit do, and what is left of those that were stopped? */
#include "harness/world.h"

static void commit_one(world *w, uint32_t i) {
    world_put(w, "{\"id\":\"a%u\",\"body\":\"one two\"}", i);
    world_commit(w);
}

START_TEST(a_commit_keeps_the_number_of_segments_down) {
    world w;
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 100; i++) {
        commit_one(&w, i);
        ck_assert_uint_lt(w.writer->segments.n, 9); /* eight of one tier become one */
    }
    w.writer->options.max_segments = PRISM_NO_MERGE;
    for (uint32_t i = 100; i < 140; i++) commit_one(&w, i);
    ck_assert_uint_ge(w.writer->segments.n, 40);
    w.writer->options.max_segments = 3;
    commit_one(&w, 140);
    ck_assert_uint_le(w.writer->segments.n, 3);
    ck_assert_uint_eq(world_count(&w), 141);
    world_end(&w);
}
END_TEST

static int stop_second(void *ctx, uint64_t done, uint64_t total) {
    uint32_t *rounds = ctx;
    if (done == total) *rounds = 1;
    return *rounds == 1 && done < total;
}

/* More segments than one merge takes: the first round is done when the second is cancelled. */
START_TEST(rounds_that_are_done_stay) {
    world w;
    uint32_t rounds = 0;
    world_make(&w, world_schema);
    w.writer->options.max_segments = PRISM_NO_MERGE;
    for (uint32_t i = 0; i < 300; i++) {
        world_put(&w, "{\"id\":\"a%u\",\"body\":\"one two\"}", i);
        world_flush(&w);
    }
    world_commit(&w);
    ck_assert_uint_eq(w.writer->segments.n, 300);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, stop_second, &rounds, NULL), PRISM_ECANCELED);
    ck_assert_uint_eq(rounds, 1);
    ck_assert_uint_eq(w.writer->segments.n, 300 - 255);
    ck_assert_uint_eq(world_count(&w), 300);
    world_commit(&w); /* makes it visible */
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_uint_eq(prism_snapshot_segments(snap), 300 - 255);
    prs_snapshot_unref(snap);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

TEST_SUITE(merge_run, a_commit_keeps_the_number_of_segments_down, rounds_that_are_done_stay)
