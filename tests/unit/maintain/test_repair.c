/* test_repair.c - is what is whole kept, what is not told, and nothing of the old commit
 * touched? */
#include "harness/hurt.h"

#include "index/previous.h"

#include <unistd.h>

static uint32_t count_names(world *w) {
    hurt_names all = {.n = 0};
    ck_assert_int_eq(w->disk->vt->list(w->disk, hurt_take_name, &all, NULL), PRISM_OK);
    return (uint32_t)all.n;
}

START_TEST(nothing_is_done_to_a_whole_index) {
    world w;
    hurt_told told;
    prism_repair_stats stats;
    hurt_fill(&w);
    uint32_t names = count_names(&w);
    ck_assert_int_eq(hurt_mend(w.disk, false, false, &told, &stats, NULL), PRISM_OK);
    ck_assert(stats.findings == 0 && stats.generation == 0 && stats.from == 4);
    ck_assert(stats.documents == 58 && stats.lost == 0 && stats.segments_dropped == 0);
    ck_assert_uint_eq(count_names(&w), names);
    world_end(&w);
}
END_TEST

/* Segment by segment: what is lost are its live documents, and they are told. */
START_TEST(a_damaged_segment_is_dropped) {
    static const uint32_t live[] = {23, 24,
                                    11}; /* a, less newer and deleted; b less one, a; c, b */
    for (uint32_t i = 0; i < 3; i++) {
        for (int doc = 0; doc < 2; doc++) {
            world w;
            hurt_told told;
            prism_repair_stats stats;
            char name[PRS_NAME_SIZE];
            hurt_fill(&w);
            hurt_name(&w, i, doc == 1, name);
            hurt_byte(&w, name, 100, 4);
            uint32_t names = count_names(&w);
            ck_assert_int_eq(hurt_mend(w.disk, false, true, &told, &stats, NULL), PRISM_OK);
            ck_assert_uint_eq(stats.segments_dropped, 1);
            ck_assert_uint_eq(stats.generation, 0);
            ck_assert_uint_eq(count_names(&w), names); /* a rehearsal writes nothing */
            ck_assert_uint_ge(world_check(&w, PRISM_CHECK_NORMAL), 1);
            ck_assert_int_eq(hurt_mend(w.disk, false, false, &told, &stats, NULL), PRISM_OK);
            ck_assert(stats.segments_dropped == 1 && stats.from == 4 && stats.generation == 5);
            ck_assert_uint_eq(told.n_findings, 1);
            ck_assert_uint_eq(stats.lost, live[i]);
            ck_assert_uint_eq(told.n, live[i]);
            ck_assert_uint_eq(told.n_keys, live[i]); /* small files: KEYS or the text is whole */
            ck_assert_uint_eq(told.n_texts, doc == 1 ? 0 : live[i]);
            ck_assert_uint_eq(stats.documents, 58 - live[i]);
            ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
            ck_assert_uint_eq(hurt_count(&w), 58 - live[i]);
            ck_assert_ptr_eq(strstr(told.keys, " a10 "), NULL);
            if (i == 0) ck_assert_ptr_nonnull(strstr(told.keys, " a29 "));
            if (i == 1) ck_assert_ptr_nonnull(strstr(told.keys, " a4 "));
            if (i == 2) ck_assert_ptr_nonnull(strstr(told.keys, " b0 "));
            /* the old commit is still there for who wants it back */
            hurt_byte(&w, name, 100, 4);
            ck_assert_int_eq(w.disk->vt->unlink(w.disk, "commit-0000000000000005", NULL), PRISM_OK);
            ck_assert_uint_eq(hurt_count(&w), 58);
            world_end(&w);
        }
    }
}
END_TEST

START_TEST(a_file_that_is_gone) {
    world w;
    hurt_told told;
    prism_repair_stats stats;
    char name[PRS_NAME_SIZE];
    hurt_fill(&w);
    hurt_name(&w, 1, false, name);
    ck_assert_int_eq(w.disk->vt->unlink(w.disk, name, NULL), PRISM_OK);
    ck_assert_int_eq(hurt_mend(w.disk, false, false, &told, &stats, NULL), PRISM_OK);
    ck_assert_uint_eq(told.n_keys, 24); /* from the stored texts */
    ck_assert_uint_eq(told.n_texts, 24);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    ck_assert_uint_eq(hurt_count(&w), 34);
    world_end(&w);
}
END_TEST

START_TEST(both_files_are_gone) {
    world w;
    hurt_told told;
    prism_repair_stats stats;
    char idx[PRS_NAME_SIZE], doc[PRS_NAME_SIZE];
    hurt_fill(&w);
    hurt_name(&w, 2, false, idx);
    hurt_name(&w, 2, true, doc);
    ck_assert_int_eq(w.disk->vt->unlink(w.disk, idx, NULL), PRISM_OK);
    ck_assert_int_eq(w.disk->vt->unlink(w.disk, doc, NULL), PRISM_OK);
    ck_assert_int_eq(hurt_mend(w.disk, false, false, &told, &stats, NULL), PRISM_OK);
    ck_assert(told.n == 11 && told.n_keys == 0 && told.n_texts == 0);
    ck_assert(stats.lost == 11 && stats.lost_keys == 0);
    ck_assert_uint_eq(hurt_count(&w), 47);
    world_end(&w);
}
END_TEST

/* Deletions come from the older commit, and from keys; what was only in the damaged file is back,
 * and counted. */
START_TEST(damaged_deletions) {
    for (int older = 0; older < 2; older++) {
        world w;
        hurt_told told;
        prism_repair_stats stats;
        hurt_fill(&w);
        hurt_byte(&w, "deletes-0000000000000004", 70, 1);
        if (older == 0) hurt_byte(&w, "deletes-0000000000000003", 70, 1);
        ck_assert_int_eq(hurt_mend(w.disk, false, false, &told, &stats, NULL), PRISM_OK);
        ck_assert_uint_eq(told.n_findings, 1);
        ck_assert_uint_eq(stats.segments_dropped, 0);
        ck_assert_uint_eq(stats.lost, 0);
        ck_assert_uint_eq(stats.undeleted, older == 0 ? 2 : 1); /* a11, and a10 */
        ck_assert_uint_eq(stats.documents, 58 + stats.undeleted);
        world_open(&w, false);
        ck_assert_uint_eq(world_count(&w), 58 + stats.undeleted);
        char *json = world_get(&w, "a11"), *b0 = world_get(&w, "b0"), *a3 = world_get(&w, "a3");
        ck_assert(json != NULL && strstr(b0, "newest") != NULL && strstr(a3, "newer") != NULL);
        free(json), free(b0), free(a3);
        world_close(&w);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        world_end(&w);
    }
}
END_TEST

START_TEST(a_damaged_commit_cannot_be_repaired) {
    world w;
    hurt_told told;
    prism_repair_stats stats;
    prism_error err = PRISM_ERROR_INIT;
    hurt_fill(&w);
    hurt_byte(&w, "commit-0000000000000004", 90, 1);
    uint32_t names = count_names(&w);
    ck_assert_int_eq(hurt_mend(w.disk, false, false, &told, &stats, &err), PRISM_ECORRUPT);
    ck_assert_str_eq(err.file, "commit-0000000000000004");
    ck_assert_uint_eq(count_names(&w), names);
    world_end(&w);
}
END_TEST

START_TEST(the_caller_may_stop_it) {
    world w;
    hurt_told told = {.stop_at = 3};
    prism_repair_stats stats = {.size = sizeof stats};
    prism_repair_opts opts = PRISM_REPAIR_OPTS_INIT;
    char name[PRS_NAME_SIZE];
    hurt_fill(&w);
    hurt_name(&w, 0, true, name);
    hurt_byte(&w, name, 100, 4);
    uint32_t names = count_names(&w);
    world_open(&w, false);
    prs_check check = {.core = w.index.core};
    prs_recipe_unref(w.index.core->recipe);
    w.index.core->recipe = NULL;
    opts.lost = hurt_take_lost;
    opts.lost_ctx = &told;
    ck_assert_int_eq(prs_repair_run(&check, &opts, &stats, NULL), PRISM_ECANCELED);
    ck_assert_uint_eq(told.n, 3);
    world_close(&w);
    ck_assert_uint_eq(count_names(&w), names);
    world_end(&w);
}
END_TEST

/* A byte anywhere but in the newest commit file: what stays and what is told are all there was. */
START_TEST(any_byte_may_be_wrong) {
    test_rng rng = test_rng_of("repair bytes");
    uint32_t dropped = 0;
    for (uint32_t round = 0; round < 150; round++) {
        world w;
        hurt_told told;
        prism_repair_stats stats;
        hurt_names all = {.n = 0};
        prs_view view;
        hurt_fill(&w);
        ck_assert_int_eq(w.disk->vt->list(w.disk, hurt_take_name, &all, NULL), PRISM_OK);
        const char *name = all.name[test_rng_below(&rng, all.n)];
        if (strncmp(name, "commit-", 7) == 0) name = all.name[0];
        ck_assert_int_eq(w.disk->vt->view_open(w.disk, name, &view, NULL), PRISM_OK);
        int64_t at = (int64_t)test_rng_below(&rng, view.len);
        w.disk->vt->view_close(w.disk, &view);
        if (strncmp(name, "commit-", 7) == 0) {
            world_end(&w);
            continue;
        }
        hurt_byte(&w, name, at, (uint8_t)(1u << test_rng_below(&rng, 8)));
        prism_status status = hurt_mend(w.disk, false, false, &told, &stats, NULL);
        if (status == PRISM_ETOONEW || status == PRISM_ETOOOLD) {
            world_end(&w); /* a version that reads as another one is not ours to judge */
            continue;
        }
        ck_assert_int_eq(status, PRISM_OK);
        ck_assert_uint_eq(stats.documents + stats.lost, 58 + stats.undeleted);
        ck_assert_uint_eq(stats.lost, told.n);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        ck_assert_uint_eq(hurt_count(&w), stats.documents);
        dropped += stats.segments_dropped > 0;
        world_end(&w);
    }
    ck_assert_uint_gt(dropped, 60);
}
END_TEST

/* ---- faults ---------------------------------------------------------------------------------- */

static uint64_t newest_count(prs_dir *disk) {
    world w = {.disk = disk};
    return hurt_count(&w);
}

START_TEST(each_call_of_the_disk_may_fail) {
    for (int on = 0; on < 2; on++) {
        for (uint64_t at = 1;; at++) {
            world w;
            fault_dir f;
            hurt_told told;
            prism_repair_stats stats;
            char name[PRS_NAME_SIZE];
            hurt_fill(&w);
            hurt_name(&w, 1, true, name);
            hurt_byte(&w, name, 100, 4);
            fault_dir_init(&f, w.disk);
            f.fail_at = at;
            f.fail_on = on == 1;
            f.status = at % 2 != 0 ? PRISM_EIO : PRISM_ENOSPC;
            prism_status status = hurt_mend(&f.base, false, false, &told, &stats, NULL);
            bool failed = f.n_failed > 0;
            ck_assert(status == PRISM_OK || failed);
            w.disk->pread = false;
            uint64_t findings = world_check(&w, PRISM_CHECK_NORMAL);
            if (status == PRISM_OK) ck_assert_uint_eq(findings, 0);
            if (status != PRISM_OK && status != PRISM_EUNKNOWN) ck_assert_uint_eq(findings, 1);
            if (on == 0 && status != PRISM_OK && status != PRISM_EUNKNOWN) {
                prs_view view; /* what no commit names is not left behind */
                ck_assert_int_eq(w.disk->vt->view_open(w.disk, "deletes-0000000000000005", &view,
                                                       NULL),
                                 PRISM_ENOTFOUND);
            }
            /* and repair works when the disk does */
            ck_assert_int_eq(hurt_mend(w.disk, false, false, &told, &stats, NULL), PRISM_OK);
            ck_assert_uint_eq(world_check(&w, PRISM_CHECK_NORMAL), 0);
            ck_assert_uint_eq(newest_count(w.disk), 34);
            world_end(&w);
            if (!failed) break;
            ck_assert_uint_lt(at, 2000);
        }
    }
}
END_TEST

START_TEST(nothing_is_kept_of_a_path_that_is_none) {
    for (int salvage = 0; salvage < 2; salvage++) {
        prism_repair_opts opts = PRISM_REPAIR_OPTS_INIT;
        prism_repair_stats stats = {.size = sizeof stats};
        test_alloc alloc;
        memset(&alloc, 0, sizeof alloc);
        prism_allocator hook = test_alloc_hook(&alloc);
        opts.allocator = &hook;
        ck_assert_int_eq(prs_repair_index("/no/such/index", salvage, &opts, &stats, NULL),
                         PRISM_ENOTFOUND);
        char path[300];
        snprintf(path, sizeof path, "%s/none", test_temp_dir());
        ck_assert_int_eq(prs_repair_index(path, salvage, &opts, &stats, NULL), PRISM_ENOTFOUND);
        ck_assert_int_ne(access(path, F_OK), 0);
        ck_assert_int_ne(prs_repair_index(test_temp_dir(), salvage, &opts, &stats, NULL), PRISM_OK);
        test_alloc_check_empty(&alloc);
    }
}
END_TEST

/* A newer version may say of what it wrote: read it, but do not write. */
START_TEST(what_may_not_be_written_is_left_alone) {
    world w;
    hurt_told told;
    prism_repair_stats stats;
    prism_error err = PRISM_ERROR_INIT;
    char name[PRS_NAME_SIZE], commit[PRS_NAME_SIZE];
    hurt_fill(&w);
    hurt_name(&w, 1, false, name);
    hurt_byte(&w, name, 200, 1);
    prs_name_of_generation(commit, PRS_NAME_COMMIT, 4);
    hurt_flag(w.disk, commit, 16);
    ck_assert_int_eq(hurt_mend(w.disk, false, true, &told, &stats, &err), PRISM_OK); /* a look */
    ck_assert_uint_eq(stats.segments_dropped, 1);
    ck_assert_int_eq(hurt_mend(w.disk, false, false, &told, &stats, &err), PRISM_EREADONLY);
    ck_assert_uint_eq(stats.generation, 0);
    uint64_t newest;
    ck_assert_int_eq(prs_commit_find_newest(w.disk, &newest, NULL), PRISM_OK);
    ck_assert_uint_eq(newest, 4);
    world_end(&w);
}
END_TEST

TEST_SUITE(repair, what_may_not_be_written_is_left_alone, nothing_is_done_to_a_whole_index,
           a_damaged_segment_is_dropped, a_file_that_is_gone, both_files_are_gone,
           damaged_deletions, a_damaged_commit_cannot_be_repaired, the_caller_may_stop_it,
           any_byte_may_be_wrong, each_call_of_the_disk_may_fail,
           nothing_is_kept_of_a_path_that_is_none)
