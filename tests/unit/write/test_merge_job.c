/* test_merge_job.c - what is deleted, committed or rolled back while a merge is under way? */
#include "harness/world.h"

#include "write/merge_job.h"

#include <stdio.h>
#include <stdlib.h>

enum { PARTS = 3, DOCS = 70 }; /* more than a word of bits */

/* PARTS segments of DOCS documents k0, k1, ...; every tenth is deleted. */
static void make_parts(world *w) {
    char key[16];
    world_make(w, world_schema);
    w->writer->options.max_segments = PRISM_NO_MERGE;
    for (uint32_t i = 0; i < PARTS * DOCS; i++) {
        world_put(w, "{\"id\":\"k%u\",\"body\":\"one 数据 w%u\",\"n\":%u}", i, i, i);
        if (i % DOCS == DOCS - 1) world_flush(w);
    }
    for (uint32_t i = 0; i < PARTS * DOCS; i += 10) {
        snprintf(key, sizeof key, "k%u", i);
        ck_assert_uint_eq(world_delete(w, key), 1);
    }
}

/* Delete k`rest`, k`rest + 10` ... ; returns how many. */
static uint32_t delete_some(world *w, uint32_t rest) {
    char key[16];
    uint32_t n = 0;
    for (uint32_t i = rest; i < PARTS * DOCS; i += 10, n++) {
        snprintf(key, sizeof key, "k%u", i);
        ck_assert_uint_eq(world_delete(w, key), 1);
    }
    return n;
}

static void begin(world *w, prs_merge_job *job) {
    prs_merge_range all = {0, PARTS};
    ck_assert_int_eq(prs_merge_job_begin(w->writer, all, job, NULL), PRISM_OK);
}

static void leave(world *w, prs_merge_job *job) {
    prs_merge_job_leave(w->writer, job);
    prs_merge_job_end(job);
}

static void expect_gone(world *w, uint32_t modulus, const bool *gone) {
    for (uint32_t i = 0; i < PARTS * DOCS; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%u", i);
        char *json = world_get(w, key);
        ck_assert_msg((json == NULL) == gone[i % modulus], "%s", key);
        free(json);
    }
}

START_TEST(a_merge_that_was_left_holds_its_inputs_no_longer) {
    world w;
    prs_merge_job job;
    make_parts(&w);
    w.writer->segments.ptr[0].merging = true; /* of somebody else's */
    ck_assert_int_eq(prs_merge_job_begin(w.writer, (prs_merge_range){1, 1}, &job, NULL), PRISM_OK);
    ck_assert(w.writer->segments.ptr[1].merging && !w.writer->segments.ptr[2].merging);
    leave(&w, &job);
    ck_assert(w.writer->segments.ptr[0].merging && !w.writer->segments.ptr[1].merging);
    w.writer->segments.ptr[0].merging = false;
    world_end(&w);
}
END_TEST

START_TEST(what_is_deleted_meanwhile_stays_deleted) {
    world w;
    prs_merge_job job;
    make_parts(&w);
    begin(&w, &job);
    ck_assert(w.writer->segments.ptr[1].merging);
    delete_some(&w, 3); /* before it reads, */
    ck_assert_int_eq(prs_merge_job_run(&job, NULL, NULL, NULL), PRISM_OK);
    delete_some(&w, 7); /* and after it has written */
    world_commit(&w);
    ck_assert_int_eq(prs_merge_job_install(w.writer, &job, NULL), PRISM_OK);
    leave(&w, &job);
    ck_assert_uint_eq(w.writer->segments.n, 1);
    const prs_working *merged = &w.writer->segments.ptr[0];
    ck_assert(!merged->merging && merged->is_new);
    ck_assert_uint_eq(merged->segment->n_docs, PARTS * DOCS / 10 * 9); /* as at begin */
    ck_assert_uint_eq(merged->n_deleted, PARTS * DOCS / 10 * 2);
    static const bool gone[10] = {[0] = true, [3] = true, [7] = true};
    expect_gone(&w, 10, gone); /* not visible yet: the three segments of the commit */
    world_commit(&w);
    expect_gone(&w, 10, gone);
    ck_assert_uint_eq(world_count(&w), PARTS * DOCS / 10 * 7);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

START_TEST(a_result_may_be_dead_when_it_comes) {
    world w;
    prs_merge_job job;
    make_parts(&w);
    begin(&w, &job);
    for (uint32_t rest = 1; rest < 10; rest++) delete_some(&w, rest);
    ck_assert_int_eq(prs_merge_job_run(&job, NULL, NULL, NULL), PRISM_OK);
    world_commit(&w);
    prs_merge_range next;
    w.writer->options.max_segments = 0;
    ck_assert_int_eq(prs_merge_next(w.writer, &next, NULL), PRISM_OK);
    /* dead, but not dropped: they are being merged */
    ck_assert_uint_eq(w.writer->segments.n, PARTS);
    ck_assert_int_eq(prs_merge_job_install(w.writer, &job, NULL), PRISM_OK);
    leave(&w, &job);
    world_commit(&w);
    ck_assert_uint_eq(w.writer->segments.n, 0);
    ck_assert_uint_eq(world_count(&w), 0);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

static uint32_t count_files(world *w) {
    prs_listing listing;
    ck_assert_int_eq(prs_listing_read(&listing, w->disk, NULL), PRISM_OK);
    uint32_t n = (uint32_t)listing.names.n;
    prs_listing_fini(&listing);
    return n;
}

START_TEST(a_result_is_refused_when_its_inputs_are_gone) {
    world w;
    prs_merge_job job;
    make_parts(&w);
    begin(&w, &job);
    ck_assert_int_eq(prs_merge_job_run(&job, NULL, NULL, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
    ck_assert_int_eq(prs_merge_job_install(w.writer, &job, NULL), PRISM_ECANCELED);
    leave(&w, &job);
    ck_assert_uint_eq(w.writer->segments.n, 0);
    ck_assert_uint_eq(count_files(&w), 1); /* the first commit */
    world_end(&w);
}
END_TEST

/* Nobody knows whether the commit happened: it may name the inputs. */
START_TEST(a_poisoned_writer_installs_nothing) {
    world w;
    prs_merge_job job;
    make_parts(&w);
    begin(&w, &job);
    ck_assert_int_eq(prs_merge_job_run(&job, NULL, NULL, NULL), PRISM_OK);
    w.fault->calls = FAULT_SYNC_DIR;
    w.fault->n_calls = 0;
    w.fault->fail_at = 2;
    ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), PRISM_EUNKNOWN);
    w.fault->fail_at = 0;
    ck_assert_int_eq(prs_merge_job_install(w.writer, &job, NULL), PRISM_ECANCELED);
    leave(&w, &job);
    world_close(&w);
    world_open(&w, true); /* it had */
    ck_assert_uint_eq(world_count(&w), PARTS * DOCS / 10 * 9);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

/* Inputs that died meanwhile are in the commit that may have happened: nobody drops them. */
START_TEST(a_poisoned_writer_drops_nothing) {
    world w;
    prs_merge_job job;
    prs_merge_range next;
    make_parts(&w);
    begin(&w, &job);
    ck_assert_int_eq(prs_merge_job_run(&job, NULL, NULL, NULL), PRISM_OK);
    for (uint32_t i = 1; i < 10; i++) delete_some(&w, i);
    w.fault->calls = FAULT_SYNC_DIR;
    w.fault->n_calls = 0;
    w.fault->fail_at = 2;
    ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), PRISM_EUNKNOWN);
    w.fault->fail_at = 0;
    ck_assert_int_eq(prs_merge_job_install(w.writer, &job, NULL), PRISM_ECANCELED);
    leave(&w, &job);
    w.writer->options.max_segments = 0; /* what the merge thread does next */
    ck_assert_int_eq(prs_merge_next(w.writer, &next, NULL), PRISM_OK);
    ck_assert_uint_eq(next.n, 0);
    world_close(&w);
    world_open(&w, true); /* it had happened */
    ck_assert_uint_eq(world_count(&w), 0);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

/* R7: the name of a result that was being written was not confirmed either. */
START_TEST(a_result_takes_another_name_after_a_failed_sync_of_names) {
    world w;
    prs_merge_job job;
    make_parts(&w);
    world_commit(&w);
    begin(&w, &job);
    prs_id lost = job.id;
    ck_assert_int_eq(prs_merge_job_run(&job, NULL, NULL, NULL), PRISM_OK);
    delete_some(&w, 5);
    w.fault->calls = FAULT_SYNC_DIR;
    w.fault->n_calls = 0;
    w.fault->fail_at = 1;
    ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), PRISM_EIO);
    w.fault->fail_at = 0;
    ck_assert_int_eq(prs_merge_job_install(w.writer, &job, NULL), PRISM_OK);
    leave(&w, &job);
    ck_assert_uint_eq(w.writer->segments.n, 1);
    ck_assert(prs_id_equal(&w.writer->segments.ptr[0].segment->files.id, &lost));
    world_commit(&w);
    ck_assert(!prs_id_equal(&w.writer->segments.ptr[0].segment->files.id, &lost));
    ck_assert(!w.writer->segments.ptr[0].suspect);
    ck_assert_uint_eq(world_count(&w), PARTS * DOCS / 10 * 8);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

/* R7: what it has read was not proved again after the sync that failed. */
START_TEST(a_result_is_dropped_after_a_failed_sync_of_an_input) {
    world w;
    prs_merge_job job;
    prism_snapshot *snap;
    world_make(&w, world_schema);
    w.writer->options.max_segments = PRISM_NO_MERGE;
    for (uint32_t i = 0; i < 2; i++) {
        world_put(&w, "{\"id\":\"a%u\",\"body\":\"apple\"}", i);
        ck_assert_int_eq(prism_writer_snapshot(w.writer, &snap, NULL), PRISM_OK);
        prism_snapshot_unref(snap);
    }
    for (int again = 0; again < 2; again++) {
        ck_assert_int_eq(prs_merge_job_begin(w.writer, (prs_merge_range){0, 2}, &job, NULL),
                         PRISM_OK);
        ck_assert_int_eq(prs_merge_job_run(&job, NULL, NULL, NULL), PRISM_OK);
        if (again == 0) {
            w.fault->calls = FAULT_SYNC;
            w.fault->n_calls = 0;
            w.fault->fail_at = 1;
            ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), PRISM_EIO);
        }
        ck_assert_int_eq(prs_merge_job_install(w.writer, &job, NULL),
                         again == 0 ? PRISM_ECANCELED : PRISM_OK);
        leave(&w, &job);
        ck_assert_uint_eq(w.writer->segments.n, again == 0 ? 2 : 1);
    }
    ck_assert(!w.writer->segments.ptr[0].doubtful);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 2);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

START_TEST(memory_may_run_out_at_install) {
    world w;
    prs_merge_job job;
    make_parts(&w);
    begin(&w, &job);
    ck_assert_int_eq(prs_merge_job_run(&job, NULL, NULL, NULL), PRISM_OK);
    delete_some(&w, 5);
    w.alloc.fail_at = atomic_load(&w.alloc.calls) + 1;
    ck_assert_int_eq(prs_merge_job_install(w.writer, &job, NULL), PRISM_ENOMEM);
    w.alloc.fail_at = 0;
    leave(&w, &job);
    ck_assert_uint_eq(w.writer->segments.n, PARTS);
    ck_assert(!w.writer->segments.ptr[0].merging);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), PARTS * DOCS / 10 * 8);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

/* Segments before and behind those that were merged stay, in their order. */
START_TEST(the_others_keep_their_places) {
    static const bool gone[10] = {[0] = true, [3] = true};
    for (uint32_t first = 0; first < PARTS; first++) {
        world w;
        prs_merge_job job;
        const prs_segment *was[PARTS];
        make_parts(&w);
        for (uint32_t i = 0; i < PARTS; i++) was[i] = w.writer->segments.ptr[i].segment;
        prs_merge_range one = {first, 1};
        ck_assert_int_eq(prs_merge_job_begin(w.writer, one, &job, NULL), PRISM_OK);
        ck_assert_int_eq(prs_merge_job_run(&job, NULL, NULL, NULL), PRISM_OK);
        delete_some(&w, 3);
        ck_assert_int_eq(prs_merge_job_install(w.writer, &job, NULL), PRISM_OK);
        leave(&w, &job);
        ck_assert_uint_eq(w.writer->segments.n, PARTS);
        for (uint32_t i = 0; i < PARTS; i++)
            ck_assert((w.writer->segments.ptr[i].segment == was[i]) == (i != first));
        world_commit(&w);
        expect_gone(&w, 10, gone);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        world_end(&w);
    }
    world w;
    prs_merge_job job;
    make_parts(&w);
    const prs_segment *last = w.writer->segments.ptr[PARTS - 1].segment;
    prs_merge_range two = {0, PARTS - 1};
    ck_assert_int_eq(prs_merge_job_begin(w.writer, two, &job, NULL), PRISM_OK);
    ck_assert_int_eq(prs_merge_job_run(&job, NULL, NULL, NULL), PRISM_OK);
    ck_assert_int_eq(prs_merge_job_install(w.writer, &job, NULL), PRISM_OK);
    leave(&w, &job);
    ck_assert_uint_eq(w.writer->segments.n, 2);
    ck_assert_ptr_eq(w.writer->segments.ptr[1].segment, last);
    ck_assert_uint_eq(w.writer->stats.merges, 1);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), PARTS * DOCS / 10 * 9);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

TEST_SUITE(merge_job, a_merge_that_was_left_holds_its_inputs_no_longer,
           what_is_deleted_meanwhile_stays_deleted, a_result_may_be_dead_when_it_comes,
           a_result_is_refused_when_its_inputs_are_gone, a_poisoned_writer_installs_nothing,
           a_poisoned_writer_drops_nothing,
           a_result_takes_another_name_after_a_failed_sync_of_names,
           a_result_is_dropped_after_a_failed_sync_of_an_input, memory_may_run_out_at_install,
           the_others_keep_their_places)
