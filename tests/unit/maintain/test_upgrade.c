/* test_upgrade.c - are old segments rewritten, the others left alone, and nothing else done? */
#include "harness/world.h"

#include "maintain/upgrade.h"

static prs_id old_ids[4];
static uint32_t n_old;

/* Stands in for a format that does not exist yet. */
static bool is_marked(const prs_segment *segment) {
    for (uint32_t i = 0; i < n_old; i++)
        if (prs_id_equal(&segment->files.id, &old_ids[i])) return true;
    return false;
}

static void mark(world *w, uint32_t i) {
    old_ids[n_old++] = w->writer->segments.ptr[i].segment->files.id;
}

/* Four segments of two documents; one document of the second is deleted, both of the third. */
static void make_segments(world *w) {
    n_old = 0;
    world_make(w, world_schema);
    w->writer->options.max_segments = PRISM_NO_MERGE;
    for (uint32_t i = 0; i < 8; i++) {
        world_put(w, "{\"id\":\"%u\",\"body\":\"word\",\"n\":%u}", i, i);
        if (i % 2 == 1) world_commit(w);
    }
    world_delete(w, "2");
    world_delete(w, "4");
    world_delete(w, "5");
    world_commit(w);
}

START_TEST(todays_files_are_not_old) {
    world w;
    uint64_t n = 9, generation;
    make_segments(&w);
    generation = world_commit(&w);
    for (size_t i = 0; i < w.writer->segments.n; i++)
        ck_assert(!prs_upgrade_is_old(w.writer->segments.ptr[i].segment));
    ck_assert_int_eq(prs_upgrade(w.writer, prs_upgrade_is_old, NULL, NULL, &n, NULL), PRISM_OK);
    ck_assert_uint_eq(n, 0);
    ck_assert_uint_eq(world_commit(&w), generation); /* nothing was committed */
    ck_assert_uint_eq(w.writer->segments.n, 4);
    world_end(&w);
}
END_TEST

START_TEST(old_ones_are_rewritten_alone) {
    world w;
    uint64_t n = 0;
    make_segments(&w);
    prs_id kept = w.writer->segments.ptr[0].segment->files.id;
    mark(&w, 1);
    mark(&w, 2);
    mark(&w, 3);
    uint64_t generation = world_commit(&w);
    ck_assert_int_eq(prs_upgrade(w.writer, is_marked, NULL, NULL, &n, NULL), PRISM_OK);
    ck_assert_uint_eq(n, 3);
    ck_assert_uint_eq(w.writer->segments.n, 3); /* the dead one is gone */
    ck_assert(prs_id_equal(&w.writer->segments.ptr[0].segment->files.id, &kept));
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_uint_eq(snap->generation, generation + 1);
    ck_assert_uint_eq(snap->n_deleted, 0);
    ck_assert_uint_eq(snap->n_docs, 5);
    for (uint32_t i = 0; i < snap->n_leaves; i++) ck_assert(!is_marked(snap->leaves[i].segment));
    prs_snapshot_unref(snap);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    ck_assert_int_eq(prs_upgrade(w.writer, is_marked, NULL, NULL, &n, NULL), PRISM_OK);
    ck_assert_uint_eq(n, 0);
    world_end(&w);
}
END_TEST

static int refuse(void *ctx, uint64_t done, uint64_t total) {
    (void)ctx;
    (void)done;
    (void)total;
    return 1;
}

START_TEST(cancelled_it_changes_nothing) {
    world w;
    uint64_t n;
    make_segments(&w);
    mark(&w, 0);
    uint64_t generation = world_commit(&w);
    ck_assert_int_eq(prs_upgrade(w.writer, is_marked, refuse, NULL, &n, NULL), PRISM_ECANCELED);
    world_close(&w);
    w.options.max_segments = PRISM_NO_MERGE;
    world_open(&w, true);
    ck_assert_uint_eq(world_commit(&w), generation);
    ck_assert_uint_eq(w.writer->segments.n, 4);
    ck_assert_uint_eq(world_count(&w), 5);
    world_end(&w);
}
END_TEST

TEST_SUITE(upgrade, todays_files_are_not_old, old_ones_are_rewritten_alone,
           cancelled_it_changes_nothing)
