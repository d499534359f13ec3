/* test_salvage.c - is the newest whole commit made the newest, and are those after it accounted
 * for? */
#include "harness/hurt.h"

START_TEST(a_whole_index_needs_none) {
    world w;
    hurt_told told;
    prism_repair_stats stats;
    hurt_fill(&w);
    ck_assert_int_eq(hurt_mend(w.disk, true, false, &told, &stats, NULL), PRISM_OK);
    ck_assert(stats.from == 4 && stats.generation == 0 && stats.documents == 58);
    ck_assert_uint_eq(hurt_count(&w), 58);
    world_end(&w);
}
END_TEST

static void keep_note(void *ctx, const prism_error *finding) {
    prism_error *note = ctx;
    if (finding->code == PRISM_OK && strstr(finding->text, "salvage") != NULL) *note = *finding;
}

/* The note of a check that speaks of what a salvage passed over. */
static prism_error note_of(world *w) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_error note = PRISM_ERROR_INIT;
    prs_check check = {.each = keep_note, .ctx = &note, .level = PRISM_CHECK_NORMAL};
    fault_dir around;
    fault_dir_init(&around, w->disk);
    ck_assert_int_eq(prs_core_new(&opts, &check.core, NULL), PRISM_OK);
    check.core->dir = &around.base;
    ck_assert_int_eq(prs_check_run(&check, NULL), PRISM_OK);
    ck_assert_uint_eq(check.n_findings, 0);
    prs_core_unref(check.core);
    w->disk->pread = false;
    return note;
}

/* The manifest is gone: nobody knows what was in it. */
START_TEST(a_damaged_commit_file) {
    world w;
    hurt_told told;
    prism_repair_stats stats;
    prism_error err = PRISM_ERROR_INIT;
    hurt_fill(&w);
    hurt_byte(&w, "commit-0000000000000004", 90, 1);
    ck_assert_int_eq(world_try_open(&w, false, &err), PRISM_ECORRUPT);
    world_close(&w);
    ck_assert_int_eq(hurt_mend(w.disk, true, true, &told, &stats, NULL), PRISM_OK);
    ck_assert(stats.from == 3 && stats.generation == 0);
    ck_assert_int_eq(world_try_open(&w, false, &err), PRISM_ECORRUPT);
    world_close(&w);
    ck_assert_int_eq(hurt_mend(w.disk, true, false, &told, &stats, NULL), PRISM_OK);
    ck_assert(stats.from == 3 && stats.generation == 5 && stats.documents == 49);
    ck_assert_uint_eq(stats.findings, 1);
    ck_assert_uint_eq(stats.lost, 0);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0); /* a note, no finding */
    ck_assert_str_eq(note_of(&w).file, "commit-0000000000000004");
    world_open(&w, true);
    ck_assert_uint_eq(world_count(&w), 49);
    char *b0 = world_get(&w, "b0");
    ck_assert(b0 != NULL && strstr(b0, "second") != NULL);
    free(b0);
    world_put(&w, "{\"id\":\"z\",\"body\":\"life goes on\"}");
    ck_assert_uint_eq(world_commit(&w), 6);
    ck_assert_uint_eq(world_count(&w), 50);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

/* A segment of the newest commit only: the documents that are only there are told. */
START_TEST(what_the_older_one_lacks_is_told) {
    world w;
    hurt_told told;
    prism_repair_stats stats;
    char name[PRS_NAME_SIZE];
    hurt_fill(&w);
    hurt_name(&w, 2, true, name);
    hurt_byte(&w, name, 100, 4);
    ck_assert_int_eq(hurt_mend(w.disk, true, false, &told, &stats, NULL), PRISM_OK);
    ck_assert(stats.from == 3 && stats.generation == 5 && stats.documents == 49);
    ck_assert_uint_eq(told.n, 10); /* c0..c9; b0 is there, older */
    ck_assert_uint_eq(told.n_keys, 10);
    ck_assert_ptr_nonnull(strstr(told.keys, " c9 "));
    ck_assert_ptr_null(strstr(told.keys, "b0"));
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    ck_assert_uint_eq(hurt_count(&w), 49);
    world_end(&w);
}
END_TEST

/* What commit 3 shares with 4 is damaged: only 2 is whole. */
START_TEST(it_goes_back_as_far_as_it_must) {
    world w;
    hurt_told told;
    prism_repair_stats stats;
    char name[PRS_NAME_SIZE];
    hurt_fill(&w);
    hurt_name(&w, 1, false, name);
    hurt_byte(&w, name, -200, 4);
    ck_assert_int_eq(hurt_mend(w.disk, true, false, &told, &stats, NULL), PRISM_OK);
    ck_assert(stats.from == 2 && stats.generation == 5 && stats.documents == 30);
    ck_assert_uint_eq(told.n, 30); /* b0..b19, c0..c9 */
    ck_assert_uint_eq(hurt_count(&w), 30);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    /* numbers of documents do not come a second time */
    world_open(&w, true);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_uint_eq(snap->manifest.next_arrival, 66);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

START_TEST(nothing_is_whole) {
    world w;
    hurt_told told;
    prism_repair_stats stats;
    prism_error err = PRISM_ERROR_INIT;
    hurt_fill(&w);
    for (uint32_t g = 1; g <= 4; g++) {
        char name[PRS_NAME_SIZE];
        prs_name_of_generation(name, PRS_NAME_COMMIT, g);
        hurt_byte(&w, name, 90, 1);
    }
    ck_assert_int_eq(hurt_mend(w.disk, true, false, &told, &stats, &err), PRISM_ECORRUPT);
    ck_assert_str_eq(err.text, "no commit that is kept is whole");
    ck_assert_uint_eq(told.n_findings, 4);
    ck_assert_uint_eq(stats.generation, 0);
    world_end(&w);
}
END_TEST

START_TEST(each_call_of_the_disk_may_fail) {
    for (uint64_t at = 1;; at++) {
        world w;
        fault_dir f;
        hurt_told told;
        prism_repair_stats stats;
        hurt_fill(&w);
        hurt_byte(&w, "commit-0000000000000004", 90, 1);
        fault_dir_init(&f, w.disk);
        f.fail_at = at;
        f.status = PRISM_EIO;
        prism_status status = hurt_mend(&f.base, true, false, &told, &stats, NULL);
        bool failed = f.n_failed > 0;
        ck_assert(status == PRISM_OK || failed);
        w.disk->pread = false;
        if (status != PRISM_OK)
            ck_assert_int_eq(hurt_mend(w.disk, true, false, &told, &stats, NULL), PRISM_OK);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_NORMAL), 0);
        ck_assert_uint_eq(hurt_count(&w), 49);
        world_end(&w);
        if (!failed) break;
        ck_assert_uint_lt(at, 2000);
    }
}
END_TEST

START_TEST(what_may_not_be_written_is_left_alone) {
    world w;
    hurt_told told;
    prism_repair_stats stats;
    prism_error err = PRISM_ERROR_INIT;
    char name[PRS_NAME_SIZE];
    hurt_fill(&w);
    prs_name_of_generation(name, PRS_NAME_COMMIT, 4);
    hurt_byte(&w, name, 100, 1);
    prs_name_of_generation(name, PRS_NAME_COMMIT, 3);
    hurt_flag(w.disk, name, 16);
    ck_assert_int_eq(hurt_mend(w.disk, true, true, &told, &stats, &err), PRISM_OK);
    ck_assert_int_eq(hurt_mend(w.disk, true, false, &told, &stats, &err), PRISM_EREADONLY);
    uint64_t newest;
    ck_assert_int_eq(prs_commit_find_newest(w.disk, &newest, NULL), PRISM_OK);
    ck_assert_uint_eq(newest, 4);
    world_end(&w);
}
END_TEST

TEST_SUITE(salvage, what_may_not_be_written_is_left_alone, a_whole_index_needs_none,
           a_damaged_commit_file, what_the_older_one_lacks_is_told, it_goes_back_as_far_as_it_must,
           nothing_is_whole, each_call_of_the_disk_may_fail)
