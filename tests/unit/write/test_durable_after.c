/* test_durable_after.c - a durable commit on top of one that was made without syncs: is everything
 * that it names on the disk when it returns? */
#include "harness/hurt.h"

/* Two segments and a deletes file, committed by a writer that syncs nothing. */
static void commit_unsynced(world *w) {
    world_close(w);
    w->options.durable = false;
    w->options.max_segments = PRISM_NO_MERGE;
    world_open(w, true);
    world_put(w, "{\"id\":\"a\",\"body\":\"apple\"}");
    world_put(w, "{\"id\":\"b\",\"body\":\"apple\"}");
    world_commit(w);
    world_put(w, "{\"id\":\"c\",\"body\":\"apple\"}");
    ck_assert_uint_eq(world_delete(w, "b"), 1);
    world_commit(w);
    world_close(w);
    w->options.durable = true;
    world_open(w, true);
}

/* What a power loss behind the first n changes leaves, opened as an index. */
static void open_after(const world *w, const crash_dir *crash, size_t n, crash_keep keep,
                       test_rng *rng, world *after) {
    memset(after, 0, sizeof *after);
    prs_mem_init(&after->disk_mem, NULL);
    ck_assert_int_eq(prs_dir_mem_new(&after->disk_mem, &after->disk, NULL), PRISM_OK);
    after->options = w->options;
    crash_dir_restore(crash, n, keep, rng, after->disk);
    world_open(after, true);
}

static const crash_keep keeps[] = {CRASH_KEEP_NOTHING, CRASH_KEEP_ALL,  CRASH_KEEP_NAMES,
                                   CRASH_KEEP_BYTES,   CRASH_KEEP_SOME, CRASH_KEEP_TORN};

START_TEST(a_durable_commit_keeps_what_came_before) {
    for (int rolled_back = 0; rolled_back < 2; rolled_back++) {
        world w;
        crash_dir crash;
        test_rng rng = test_rng_of("durable after");
        world_make_crashing(&w, world_schema, &crash);
        commit_unsynced(&w);
        if (rolled_back) ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
        world_put(&w, "{\"id\":\"d\",\"body\":\"apple\"}");
        world_commit(&w);
        size_t n = crash.n_ops;
        for (uint32_t round = 0; round < 30; round++) {
            world after;
            open_after(&w, &crash, n, keeps[round % PRS_COUNT(keeps)], &rng, &after);
            ck_assert_uint_eq(world_count(&after), 3);
            ck_assert_uint_eq(world_check(&after, PRISM_CHECK_DEEP), 0);
            world_end(&after);
        }
        world_close(&w);
        w.disk = crash.inner;
        world_end(&w);
        crash_dir_fini(&crash);
    }
}
END_TEST

/* Two files of each segment, the deletes file, which the next commit needs again, and what every
 * commit syncs; and the second commit none of the former. */
START_TEST(each_file_is_synced_once) {
    world w;
    world_make(&w, world_schema);
    commit_unsynced(&w);
    uint64_t before = atomic_load(&w.fault->base.n_syncs);
    world_put(&w, "{\"id\":\"d\",\"body\":\"apple\"}");
    world_commit(&w);
    uint64_t first = atomic_load(&w.fault->base.n_syncs) - before;
    world_put(&w, "{\"id\":\"e\",\"body\":\"apple\"}");
    world_commit(&w);
    uint64_t second = atomic_load(&w.fault->base.n_syncs) - before - first;
    ck_assert_uint_eq(first, second + 2 * 2 + 1);
    /* a commit of a payload alone names them too */
    commit_unsynced(&w);
    before = atomic_load(&w.fault->base.n_syncs);
    ck_assert_int_eq(prism_writer_commit(w.writer, "x", 1, NULL, NULL), PRISM_OK);
    ck_assert_uint_gt(atomic_load(&w.fault->base.n_syncs) - before, 2 * 2 + 1);
    world_end(&w);
}
END_TEST

static bool newest_is_unsynced(world *w) {
    prs_arena arena;
    prs_commit commit;
    prs_arena_init(&arena, &w->disk_mem, 0);
    ck_assert_int_eq(prs_commit_read_newest(w->disk, &arena, &commit, NULL, NULL), PRISM_OK);
    prs_arena_fini(&arena);
    return commit.unsynced;
}

START_TEST(commits_say_what_they_are) {
    world w;
    world_make(&w, world_schema);
    ck_assert(!newest_is_unsynced(&w));
    commit_unsynced(&w);
    ck_assert(newest_is_unsynced(&w));
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0); /* a note, not a finding */
    ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), PRISM_OK);
    ck_assert(newest_is_unsynced(&w)); /* there was nothing to commit */
    world_put(&w, "{\"id\":\"d\",\"body\":\"apple\"}");
    world_commit(&w);
    ck_assert(!newest_is_unsynced(&w));
    commit_unsynced(&w);
    ck_assert(newest_is_unsynced(&w)); /* whatever it came after */
    world_end(&w);
}
END_TEST

/* R7: what could not be synced is not tried again under its name. */
START_TEST(a_failure_takes_other_files) {
    for (uint64_t at = 1;; at++) {
        world w;
        crash_dir crash;
        test_rng rng = test_rng_of("durable fault");
        world_make_crashing(&w, world_schema, &crash);
        commit_unsynced(&w);
        w.fault->calls = FAULT_SYNC;
        w.fault->n_calls = 0;
        w.fault->fail_at = at;
        prs_manifest old = w.writer->kept[w.writer->n_kept - 1].manifest;
        prism_status status = prism_writer_commit(w.writer, "x", 1, NULL, NULL);
        bool failed = w.fault->n_failed > 0;
        ck_assert_int_eq(status, failed ? PRISM_EIO : PRISM_OK);
        if (failed) ck_assert_int_eq(prism_writer_commit(w.writer, "x", 1, NULL, NULL), PRISM_OK);
        ck_assert_uint_eq(w.fault->n_failed, failed);
        const prs_manifest *now = &w.writer->kept[w.writer->n_kept - 1].manifest;
        for (uint32_t i = 0; i < 2; i++) { /* .doc and .idx of each, then the deletes file */
            bool same = prs_id_equal(&now->segments[i].id, &old.segments[i].id);
            ck_assert_int_eq(same, at != 2 * i + 1 && at != 2 * i + 2);
        }
        if (at >= 5) ck_assert_int_eq(now->deletes_generation == old.deletes_generation, at > 5);
        size_t n = crash.n_ops;
        for (uint32_t round = 0; round < 12; round++) {
            world after;
            open_after(&w, &crash, n, keeps[round % PRS_COUNT(keeps)], &rng, &after);
            ck_assert_uint_eq(world_count(&after), 2);
            ck_assert_uint_eq(world_check(&after, PRISM_CHECK_DEEP), 0);
            world_end(&after);
        }
        world_close(&w);
        w.disk = crash.inner;
        world_end(&w);
        crash_dir_fini(&crash);
        if (!failed) {
            ck_assert_uint_gt(at, 5);
            break;
        }
    }
}
END_TEST

/* Repair and salvage publish durably, too: the one without a damaged segment, the other the commit
 * before. */
START_TEST(mending_syncs_what_it_names) {
    for (int salvage = 0; salvage < 2; salvage++) {
        world w;
        crash_dir crash;
        hurt_told told;
        prism_repair_stats stats;
        char name[PRS_NAME_SIZE];
        test_rng rng = test_rng_of("durable mend");
        world_make_crashing(&w, world_schema, &crash);
        commit_unsynced(&w);
        world_close(&w);
        hurt_name(&w, 1, true, name);
        hurt_byte(&w, salvage ? "commit-0000000000000003" : name, 90, 1);
        ck_assert_int_eq(hurt_mend(w.disk, salvage != 0, false, &told, &stats, NULL), PRISM_OK);
        ck_assert_uint_eq(stats.generation, 4);
        ck_assert(!newest_is_unsynced(&w));
        for (uint32_t round = 0; round < 12; round++) {
            world after;
            open_after(&w, &crash, crash.n_ops, keeps[round % PRS_COUNT(keeps)], &rng, &after);
            ck_assert_uint_eq(world_count(&after), salvage ? 2 : 1);
            ck_assert_uint_eq(world_check(&after, PRISM_CHECK_DEEP), 0);
            world_end(&after);
        }
        w.disk = crash.inner;
        world_end(&w);
        crash_dir_fini(&crash);
    }
}
END_TEST

TEST_SUITE(durable_after, a_durable_commit_keeps_what_came_before, each_file_is_synced_once,
           commits_say_what_they_are, a_failure_takes_other_files, mending_syncs_what_it_names)
