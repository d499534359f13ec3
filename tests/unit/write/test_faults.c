/* test_faults.c - every call to the storage fails once, and then for ever: what is on disk
 * afterwards is the last commit that returned OK, or the one that was on its way (rules R8, R10,
 * R12). */
#include "harness/world.h"

#include <stdio.h>
#include <stdlib.h>

enum { COMMITS = 4 };

typedef struct outcome {
    uint32_t n_ok;       /* commits that returned OK */
    bool in_flight;      /* the one after may have happened all the same */
    prism_status status; /* the first error */
} outcome;

/* Commit i leaves documents a0 .. ai, each with n = i, and a document of its own deleted again. */
static prism_status commit_round(world *w, uint32_t i, prism_error *err) {
    char json[128], key[16];
    for (uint32_t k = 0; k <= i; k++) {
        int len = snprintf(json, sizeof json,
                           "{\"id\":\"a%u\",\"body\":\"round %u 数据\",\"n\":%u}", k, i, i);
        PRS_TRY(prism_writer_put_json(w->writer, json, (size_t)len, 0, err));
    }
    int len = snprintf(json, sizeof json, "{\"id\":\"b%u\",\"body\":\"gone\"}", i);
    PRS_TRY(prism_writer_put_json(w->writer, json, (size_t)len, 0, err));
    if (i == 2) PRS_TRY(prs_writer_flush(w->writer, err));
    snprintf(key, sizeof key, "b%u", i);
    PRS_TRY(prism_writer_delete(w->writer, key, strlen(key), NULL, err));
    if (i == 3) return prism_writer_merge(w->writer, 1, NULL, NULL, err);
    return prism_writer_commit(w->writer, NULL, 0, NULL, err);
}

static outcome work(world *w) {
    outcome out = {0};
    prism_error err = PRISM_ERROR_INIT;
    out.status = world_try_open(w, true, &err);
    for (uint32_t i = 0; out.status == PRISM_OK && i < COMMITS; i++) {
        out.status = commit_round(w, i, &err);
        if (out.status == PRISM_OK) out.n_ok++;
        out.in_flight = out.status == PRISM_EUNKNOWN;
    }
    if (out.status != PRISM_OK) ck_assert_int_eq(err.code, out.status);
    return out;
}

/* Exactly the documents of round n - 1 (nothing for n = 0)? */
static bool holds_round(world *w, uint32_t n) {
    char key[16], want[32];
    if (world_count(w) != n) return false;
    for (uint32_t k = 0; k < n; k++) {
        snprintf(key, sizeof key, "a%u", k);
        snprintf(want, sizeof want, "\"n\":%u}", n - 1);
        char *json = world_get(w, key);
        bool good = json != NULL && strstr(json, want) != NULL;
        free(json);
        if (!good) return false;
    }
    return true;
}

static void judge(world *w, const outcome *out, uint64_t at) {
    world_open(w, true); /* cleans up */
    ck_assert_msg(world_check(w, PRISM_CHECK_DEEP) == 0, "call %llu: damage",
                  (unsigned long long)at);
    bool good = holds_round(w, out->n_ok) || (out->in_flight && holds_round(w, out->n_ok + 1));
    ck_assert_msg(good, "call %llu: %u commits returned OK, in flight %d, %llu documents",
                  (unsigned long long)at, out->n_ok, out->in_flight,
                  (unsigned long long)world_count(w));
    /* and life goes on */
    world_put(w, "{\"id\":\"next\",\"body\":\"life goes on\"}");
    world_commit(w);
    char *json = world_get(w, "next");
    ck_assert_ptr_nonnull(json);
    free(json);
}

/* One run with the fault at call `at`; false when there are not so many calls. */
static bool run(uint64_t at, bool on, prism_status status) {
    world w;
    world_make(&w, world_schema);
    world_close(&w);
    prs_dir *disk = w.disk;
    fault_dir around; /* between the handle's own wrapper and the disk */
    fault_dir_init(&around, disk);
    around.fail_at = at;
    around.fail_on = on;
    around.status = status;
    around.calls = FAULT_ALL & ~(unsigned)FAULT_LOCK;
    w.disk = &around.base;
    outcome out = work(&w);
    bool failed = around.n_failed > 0;
    around.fail_at = 0;
    world_close(&w);
    w.disk = disk;
    judge(&w, &out, at);
    world_end(&w);
    return failed;
}

static void sweep(bool on, prism_status status) {
    uint64_t n = 1;
    while (run(n, on, status)) n++;
    ck_assert_uint_gt(n, 100);
}

START_TEST(each_call_fails_once) {
    sweep(false, PRISM_EIO);
}
END_TEST

START_TEST(the_disk_is_gone_from_some_call_on) {
    sweep(true, PRISM_EIO);
}
END_TEST

START_TEST(the_disk_is_full_from_some_call_on) {
    sweep(true, PRISM_ENOSPC);
}
END_TEST

/* ---- trying again ---------------------------------------------------------------------------- */

/* Puts and deletes of round i, each repeated until it is taken: what failed must have changed
 * nothing, or be the same again. */
static void insist(world *w, uint32_t i) {
    char json[128], key[16];
    for (uint32_t k = 0; k <= i; k++) {
        int len = snprintf(json, sizeof json,
                           "{\"id\":\"a%u\",\"body\":\"round %u 数据\",\"n\":%u}", k, i, i);
        while (prism_writer_put_json(w->writer, json, (size_t)len, 0, NULL) != PRISM_OK) continue;
        if (k != i / 2) continue;
        while (prs_writer_flush(w->writer, NULL) != PRISM_OK) continue; /* two segments a round */
    }
    int len = snprintf(json, sizeof json, "{\"id\":\"b%u\",\"body\":\"gone\"}", i);
    while (prism_writer_put_json(w->writer, json, (size_t)len, 0, NULL) != PRISM_OK) continue;
    snprintf(key, sizeof key, "b%u", i);
    while (prism_writer_delete(w->writer, key, strlen(key), NULL, NULL) != PRISM_OK) continue;
}

/* R7: the storage fails once, at call `at` of an open writer's life; the caller repeats the call
 * that failed, and nothing is missing at the end.  False when there are not so many calls. */
static bool try_again(uint64_t at, prism_status status) {
    world w;
    world_make(&w, world_schema);
    w.fault->calls = FAULT_ALL & ~(unsigned)FAULT_LOCK;
    w.fault->n_calls = 0;
    w.fault->fail_at = at;
    w.fault->status = status;
    for (uint32_t i = 0; i < COMMITS; i++) {
        prism_status last;
        insist(&w, i);
        do {
            last = i == 3 ? prism_writer_merge(w.writer, 1, NULL, NULL, NULL)
                          : prism_writer_commit(w.writer, NULL, 0, NULL, NULL);
            if (last != PRISM_OK) ck_assert_uint_gt(w.fault->n_failed, 0);
        } while (last != PRISM_OK && last != PRISM_EUNKNOWN);
        if (last == PRISM_EUNKNOWN) { /* only opening again helps: swept above */
            world_end(&w);
            return true;
        }
        bool failed = w.fault->n_failed > 0;
        uint64_t n_calls = w.fault->n_calls;
        w.fault->fail_at = 0; /* the judge's own calls do not count */
        ck_assert_msg(holds_round(&w, i + 1), "call %llu, round %u", (unsigned long long)at, i);
        if (failed) break;
        w.fault->n_calls = n_calls;
        w.fault->fail_at = at;
    }
    bool failed = w.fault->n_failed > 0;
    w.fault->fail_at = 0;
    world_close(&w);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
    return failed;
}

START_TEST(each_call_fails_once_and_is_tried_again) {
    uint64_t n = 1;
    while (try_again(n, n % 2 == 0 ? PRISM_EIO : PRISM_ENOSPC)) n++;
    ck_assert_uint_gt(n, 150);
}
END_TEST

START_TEST(a_failed_commit_can_be_tried_again) {
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    ck_assert_int_eq(prs_writer_flush(w.writer, NULL), PRISM_OK);
    w.fault->calls = FAULT_CREATE; /* of commit-2.tmp */
    w.fault->fail_at = w.fault->n_calls + 1;
    w.fault->status = PRISM_ENOSPC;
    ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), PRISM_ENOSPC);
    ck_assert_uint_eq(world_count(&w), 0);
    ck_assert_uint_eq(world_commit(&w), 3); /* numbers only grow */
    ck_assert_uint_eq(world_count(&w), 1);
    world_end(&w);
}
END_TEST

START_TEST(a_failed_rename_poisons) {
    static const fault_call calls[] = {FAULT_RENAME, FAULT_SYNC_DIR};
    for (size_t i = 0; i < PRS_COUNT(calls); i++) {
        world w;
        prism_error err = PRISM_ERROR_INIT;
        world_make(&w, world_schema);
        world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
        w.fault->calls = calls[i];
        w.fault->n_calls = 0;
        w.fault->fail_at =
            calls[i] == FAULT_RENAME ? 1 : 2; /* the second directory sync confirms */
        ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), PRISM_EUNKNOWN);
        w.fault->fail_at = 0;
        ck_assert_int_eq(prism_writer_put_json(w.writer, "{}", 2, 0, &err), PRISM_EUNKNOWN);
        ck_assert_str_eq(err.text, "a fault that was asked for");
        ck_assert_int_eq(prism_writer_delete(w.writer, "a", 1, NULL, NULL), PRISM_EUNKNOWN);
        ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), PRISM_EUNKNOWN);
        ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_EUNKNOWN);
        ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_EUNKNOWN);
        world_close(&w);
        world_open(&w, true);
        ck_assert_uint_eq(world_count(&w),
                          calls[i] == FAULT_SYNC_DIR); /* here the name was there */
        world_end(&w);
    }
}
END_TEST

/* R7: a directory sync is not tried again, for what it should have confirmed may be lost; the
 * segments are written anew under other names. */
START_TEST(a_failed_sync_of_names_takes_other_names) {
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    world_commit(&w);
    world_put(&w, "{\"id\":\"b\",\"body\":\"one\"}");
    world_flush(&w);
    world_put(&w, "{\"id\":\"c\",\"body\":\"one\"}");
    world_flush(&w);
    prs_id old[3];
    for (size_t i = 0; i < 3; i++) old[i] = w.writer->segments.ptr[i].segment->files.id;
    world_delete(&w, "b"); /* a segment without a live document needs no other name */
    w.fault->calls = FAULT_SYNC_DIR;
    w.fault->n_calls = 0;
    w.fault->fail_at = 1;
    w.writer->options.max_segments = PRISM_NO_MERGE;
    ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), PRISM_EIO);
    ck_assert_uint_eq(world_count(&w), 1);
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 2);
    ck_assert_uint_eq(w.writer->segments.n, 2);
    ck_assert(prs_id_equal(&w.writer->segments.ptr[0].segment->files.id, &old[0]));
    ck_assert(!prs_id_equal(&w.writer->segments.ptr[1].segment->files.id, &old[2]));
    uint64_t merges = w.writer->stats.merges;
    world_put(&w, "{\"id\":\"d\",\"body\":\"one\"}");
    world_commit(&w); /* once is enough */
    ck_assert_uint_eq(w.writer->stats.merges, merges);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

/* The newest commit may be one whose name its writer could not confirm: before it is built upon and
 * older ones go, the next writer does. */
START_TEST(a_writer_confirms_what_it_finds) {
    world w;
    world_make(&w, world_schema);
    world_close(&w);
    world_open(&w, false);
    w.fault->calls = FAULT_SYNC_DIR;
    w.fault->n_calls = 0;
    w.fault->fail_at = 1;
    ck_assert_int_eq(prs_writer_open(w.index.core, &w.options, &w.writer, NULL), PRISM_EIO);
    ck_assert_ptr_null(w.writer);
    w.fault->calls = FAULT_UNLINK | FAULT_SYNC_DIR; /* nothing goes before the sync */
    w.fault->n_calls = 0;
    w.fault->fail_at = 2;
    prs_file *file;
    ck_assert_int_eq(w.disk->vt->create(w.disk, "deletes-0000000000000005", &file, NULL), PRISM_OK);
    ck_assert_int_eq(w.disk->vt->close(w.disk, file, NULL), PRISM_OK);
    ck_assert_int_eq(prs_writer_open(w.index.core, &w.options, &w.writer, NULL), PRISM_OK);
    ck_assert_uint_eq(w.fault->n_failed, 2); /* the unlink, which is a warning */
    ck_assert_uint_eq(atomic_load(&w.fault->base.n_syncs), 2);
    w.fault->fail_at = 0;
    world_end(&w);
}
END_TEST

START_TEST(a_failed_flush_loses_nothing) {
    for (uint64_t at = 1; at <= 2; at++) { /* the .doc file, the .idx file */
        world w;
        world_make(&w, world_schema);
        world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
        world_commit(&w);
        world_put(&w, "{\"id\":\"b\",\"body\":\"two\"}");
        world_put(&w, "{\"id\":\"a\",\"body\":\"new\"}");
        w.fault->calls = FAULT_SYNC;
        w.fault->n_calls = 0;
        w.fault->fail_at = at;
        w.fault->status = PRISM_ENOSPC;
        ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), PRISM_ENOSPC);
        ck_assert_uint_eq(world_count(&w), 1);
        world_put(&w, "{\"id\":\"c\",\"body\":\"three\"}"); /* flushes the two others first */
        ck_assert_uint_eq(world_delete(&w, "b"), 1);
        world_commit(&w);
        ck_assert_uint_eq(world_count(&w), 2);
        char *json = world_get(&w, "a");
        ck_assert_str_eq(json, "{\"id\":\"a\",\"body\":\"new\"}");
        free(json);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        world_end(&w);
    }
}
END_TEST

START_TEST(a_full_disk_lets_a_commit_do_without_its_merge) {
    world w;
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 7; i++) {
        world_put(&w, "{\"id\":\"a%u\",\"body\":\"one\"}", i);
        world_commit(&w);
    }
    world_put(&w, "{\"id\":\"a7\",\"body\":\"one\"}");
    ck_assert_int_eq(prs_writer_flush(w.writer, NULL), PRISM_OK);
    w.fault->calls = FAULT_WRITE; /* the merge writes next */
    w.fault->n_calls = 0;
    w.fault->fail_at = 1;
    w.fault->status = PRISM_ENOSPC;
    world_commit(&w);
    ck_assert_uint_eq(w.fault->n_failed, 1);
    ck_assert_uint_eq(world_count(&w), 8);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_uint_eq(prism_snapshot_segments(snap), 8);
    prs_snapshot_unref(snap);
    world_put(&w, "{\"id\":\"a8\",\"body\":\"one\"}");
    world_commit(&w);
    snap = world_snapshot(&w);
    ck_assert_uint_eq(prism_snapshot_segments(snap), 1);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

/* ---- power loss ------------------------------------------------------------------------------ */

/* The index after a power loss: what was committed when the call returned, or the one commit that
 * was on its way, whole; nothing to complain of; and life goes on. */
static void judge_state(const crash_dir *crash, size_t n, crash_keep keep, test_rng *rng,
                        const prs_writer_options *options, uint32_t n_ok) {
    world w;
    memset(&w, 0, sizeof w);
    prs_mem_init(&w.disk_mem, NULL);
    ck_assert_int_eq(prs_dir_mem_new(&w.disk_mem, &w.disk, NULL), PRISM_OK);
    w.options = *options;
    crash_dir_restore(crash, n, keep, rng, w.disk);
    world_open(&w, false);
    bool good = holds_round(&w, n_ok) || holds_round(&w, n_ok + 1);
    ck_assert_msg(good, "change %zu, keep %d: %u commits returned OK, %llu documents", n, (int)keep,
                  n_ok, (unsigned long long)world_count(&w));
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_NORMAL), 0);
    world_close(&w);
    world_open(&w, true);
    world_put(&w, "{\"id\":\"next\",\"body\":\"life goes on\"}");
    world_commit(&w);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_NORMAL), 0);
    world_end(&w);
}

static void lose_power(uint32_t keep_commits, uint32_t max_segments) {
    world w;
    crash_dir crash;
    size_t marks[COMMITS + 1], n_states = 0;
    test_rng rng = test_rng_of("power loss");
    world_make_crashing(&w, world_schema, &crash);
    world_close(&w);
    w.options.keep_commits = keep_commits;
    w.options.max_segments = max_segments;
    world_open(&w, true);
    marks[0] = crash.n_ops;
    for (uint32_t i = 0; i < COMMITS; i++) {
        ck_assert_int_eq(commit_round(&w, i, NULL), PRISM_OK);
        marks[i + 1] = crash.n_ops;
    }
    world_close(&w);
    uint32_t n_ok = 0;
    for (size_t n = marks[0]; n <= crash.n_ops; n++) {
        /* Unlinks follow a commit before its call returns: behind its last sync it is durable. */
        while (n_ok < COMMITS && n >= marks[n_ok + 1]) n_ok++;
        for (int keep = CRASH_KEEP_NOTHING; keep <= CRASH_KEEP_SOME + 3; keep++, n_states++) {
            crash_keep what = keep < CRASH_KEEP_SOME ? (crash_keep)keep : CRASH_KEEP_SOME;
            judge_state(&crash, n, what, &rng, &w.options, n_ok);
        }
    }
    ck_assert_uint_gt(n_states, 500);
    w.disk = crash.inner;
    world_end(&w);
    crash_dir_fini(&crash);
}

START_TEST(the_power_may_go_at_any_moment) {
    lose_power(2, 0);
}
END_TEST

START_TEST(the_power_may_go_when_one_commit_is_kept) {
    lose_power(1, PRISM_NO_MERGE);
}
END_TEST

START_TEST(the_power_may_go_when_each_commit_merges) {
    lose_power(1, 1);
}
END_TEST

TEST_SUITE(faults, each_call_fails_once, the_disk_is_gone_from_some_call_on,
           the_disk_is_full_from_some_call_on, each_call_fails_once_and_is_tried_again,
           a_failed_commit_can_be_tried_again, a_failed_rename_poisons,
           a_failed_sync_of_names_takes_other_names, a_writer_confirms_what_it_finds,
           a_failed_flush_loses_nothing, a_full_disk_lets_a_commit_do_without_its_merge,
           the_power_may_go_at_any_moment, the_power_may_go_when_one_commit_is_kept,
           the_power_may_go_when_each_commit_merges)
