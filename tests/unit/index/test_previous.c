/* test_previous.c - an older commit: only when asked for, the newest one that is whole, and nothing
 * can be written through it. */
#include "harness/world.h"

#include "maintain/backup.h"
#include "index/previous.h"

#include <stdio.h>
#include <stdlib.h>

/* Commits 2 to 5, each with one document more; all are kept. */
static void fill(world *w) {
    world_make(w, world_schema);
    world_close(w);
    w->options.keep_commits = 10;
    world_open(w, true);
    for (uint32_t i = 0; i < 4; i++) {
        world_put(w, "{\"id\":\"a%u\",\"body\":\"round %u\"}", i, i);
        ck_assert_uint_eq(world_commit(w), i + 2);
    }
    world_close(w);
}

static prism_status open_back(world *w, unsigned back, prism_error *err) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    opts.commits_back = back;
    w->fault = calloc(1, sizeof *w->fault);
    fault_dir_init(w->fault, w->disk);
    memset(&w->alloc, 0, sizeof w->alloc);
    ck_assert_int_eq(prs_core_new(&opts, &w->index.core, NULL), PRISM_OK);
    w->index.core->dir = &w->fault->base;
    return prs_core_load(w->index.core, err);
}

static void flip(world *w, const char *name, size_t at) {
    prs_view view;
    ck_assert_int_eq(w->disk->vt->view_open(w->disk, name, &view, NULL), PRISM_OK);
    ((uint8_t *)(uintptr_t)view.ptr)[at] ^= 1;
    w->disk->vt->view_close(w->disk, &view);
}

START_TEST(each_kept_commit_can_be_read) {
    world w;
    fill(&w);
    for (unsigned back = 1; back <= 4; back++) {
        ck_assert_int_eq(open_back(&w, back, NULL), PRISM_OK);
        prism_snapshot *snap = world_snapshot(&w), *again;
        ck_assert_uint_eq(prism_snapshot_generation(snap), 5 - back);
        ck_assert_uint_eq(prism_snapshot_documents(snap), 4 - back);
        /* it stays there */
        ck_assert_int_eq(prism_snapshot_refresh(snap, &again, NULL), PRISM_OK);
        ck_assert_ptr_eq(again, snap);
        prs_snapshot_unref(again);
        prs_snapshot_unref(snap);
        prism_writer *writer;
        ck_assert_int_eq(prs_writer_open(w.index.core, &w.options, &writer, NULL), PRISM_EREADONLY);
        world_close(&w);
    }
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(open_back(&w, 5, &err), PRISM_ENOTFOUND);
    ck_assert_str_eq(err.text, "no commit so old is kept");
    world_close(&w);
    world_end(&w);
}
END_TEST

START_TEST(a_damaged_one_is_passed_over) {
    world w;
    prism_error err = PRISM_ERROR_INIT;
    fill(&w);
    flip(&w, "commit-0000000000000005", 80);
    ck_assert_int_eq(world_try_open(&w, false, &err), PRISM_ECORRUPT); /* never by itself */
    world_close(&w);
    flip(&w, "commit-0000000000000004", 80);
    ck_assert_int_eq(open_back(&w, 1, NULL), PRISM_OK);
    ck_assert_uint_eq(w.index.core->pinned, 3);
    ck_assert_uint_eq(world_count(&w), 2);
    world_close(&w);
    flip(&w, "commit-0000000000000003", 80);
    flip(&w, "commit-0000000000000002", 80);
    flip(&w, "commit-0000000000000001", 80);
    ck_assert_int_eq(open_back(&w, 2, &err), PRISM_ECORRUPT);
    ck_assert_str_eq(err.file, "commit-0000000000000003");
    ck_assert_ptr_null(w.index.core->recipe);
    world_close(&w);
    world_end(&w);
}
END_TEST

/* The commit file is there, but a file of it is gone. */
START_TEST(so_is_one_that_lost_a_file) {
    world w;
    prism_snapshot *snap;
    char name[PRS_NAME_SIZE];
    fill(&w);
    ck_assert_int_eq(open_back(&w, 1, NULL), PRISM_OK);
    snap = world_snapshot(&w);
    prs_name_of_segment(name, PRS_NAME_DOC, &snap->leaves[2].segment->files.id);
    prs_snapshot_unref(snap);
    world_close(&w);
    ck_assert_int_eq(w.disk->vt->unlink(w.disk, name, NULL), PRISM_OK);
    ck_assert_int_eq(open_back(&w, 1, NULL), PRISM_OK);
    ck_assert_uint_eq(w.index.core->pinned, 3);
    world_close(&w);
    world_end(&w);
}
END_TEST

START_TEST(what_is_no_damage_ends_the_search) {
    world w;
    fill(&w);
    for (size_t at = 2; at < 60; at++) {
        prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
        test_alloc counter = {.fail_at = at};
        prism_allocator hook = test_alloc_hook(&counter);
        fault_dir f;
        prs_core *core;
        opts.allocator = &hook;
        opts.commits_back = 1;
        fault_dir_init(&f, w.disk);
        ck_assert_int_eq(prs_core_new(&opts, &core, NULL), PRISM_OK);
        core->dir = &f.base;
        prism_status status = prs_core_load(core, NULL);
        bool failed = atomic_load(&counter.calls) >= at;
        ck_assert_int_eq(status, failed ? PRISM_ENOMEM : PRISM_OK);
        prs_core_unref(core);
        test_alloc_check_empty(&counter);
    }
    world_end(&w);
}
END_TEST

/* A backup of it is a backup of that commit. */
START_TEST(it_can_be_backed_up) {
    world w, copy;
    prism_backup_stats stats = {.size = sizeof stats};
    prs_backup_how how = {.copy = true};
    fill(&w);
    ck_assert_int_eq(open_back(&w, 2, NULL), PRISM_OK);
    memset(&copy, 0, sizeof copy);
    prs_mem_init(&copy.disk_mem, NULL);
    ck_assert_int_eq(prs_dir_mem_new(&copy.disk_mem, &copy.disk, NULL), PRISM_OK);
    prs_backup_from from = {
        .dir = w.index.core->dir, .generation = w.index.core->pinned, .uuid = &w.index.core->uuid};
    ck_assert_int_eq(prs_backup_run(&from, copy.disk, &how, &stats, NULL), PRISM_OK);
    copy.disk->pread = false;
    copy.options = w.options;
    world_open(&copy, true);
    ck_assert_uint_eq(world_count(&copy), 2);
    world_end(&copy);
    world_end(&w);
}
END_TEST

TEST_SUITE(previous, each_kept_commit_can_be_read, a_damaged_one_is_passed_over,
           so_is_one_that_lost_a_file, what_is_no_damage_ends_the_search, it_can_be_backed_up)
