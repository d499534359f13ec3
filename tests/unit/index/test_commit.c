/* test_commit.c - what a commit costs, keeps and removes. */
#include "harness/world.h"

#include "format/components.h"
#include "index/commit.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t syncs(world *w) {
    return atomic_load(&w->fault->base.n_syncs);
}

START_TEST(syncs_are_counted_exactly) {
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    uint64_t before = syncs(&w);
    world_commit(&w); /* .doc, .idx, directory, commit, directory */
    ck_assert_uint_eq(syncs(&w) - before, 5);
    before = syncs(&w);
    world_put(&w, "{\"id\":\"a\",\"body\":\"two\"}");
    world_put(&w, "{\"id\":\"b\",\"body\":\"two\"}");
    world_commit(
        &w); /* and deletes: the first version of a leaves its segment empty, which is dropped */
    ck_assert_uint_eq(syncs(&w) - before, 5);
    before = syncs(&w);
    ck_assert_uint_eq(world_delete(&w, "b"), 1);
    world_commit(
        &w); /* more than a third is deleted: rewritten. .doc .idx directory commit directory */
    ck_assert_uint_eq(syncs(&w) - before, 5);
    world_close(&w);
    w.options.max_segments = PRISM_NO_MERGE;
    world_open(&w, true);
    world_put(&w, "{\"id\":\"c\",\"body\":\"two\"}");
    world_put(&w, "{\"id\":\"d\",\"body\":\"two\"}");
    world_commit(&w);
    before = syncs(&w);
    ck_assert_uint_eq(world_delete(&w, "c"), 1);
    world_commit(&w); /* deletes, directory, commit, directory */
    ck_assert_uint_eq(syncs(&w) - before, 4);
    before = syncs(&w);
    world_commit(&w); /* nothing has changed */
    ck_assert_uint_eq(syncs(&w) - before, 0);
    world_end(&w);
}
END_TEST

START_TEST(a_writer_that_need_not_be_durable_syncs_nothing) {
    world w;
    world_make(&w, world_schema);
    world_close(&w);
    w.options.durable = false;
    world_open(&w, true);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    world_commit(&w);
    ck_assert_uint_eq(syncs(&w), 0);
    ck_assert_uint_eq(world_count(&w), 1);
    world_end(&w);
}
END_TEST

START_TEST(generations_only_grow) {
    world w;
    world_make(&w, world_schema);
    uint64_t last = 1;
    for (uint32_t i = 0; i < 5; i++) {
        world_put(&w, "{\"id\":\"a%u\",\"body\":\"one\"}", i);
        uint64_t now = world_commit(&w);
        ck_assert_uint_gt(now, last);
        last = now;
        ck_assert_uint_eq(world_commit(&w), now); /* nothing to commit */
        ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
        world_close(&w);
        world_open(&w, true);
    }
    world_end(&w);
}
END_TEST

static prs_listing list_of(world *w) {
    prs_listing listing;
    ck_assert_int_eq(prs_listing_read(&listing, w->disk, NULL), PRISM_OK);
    return listing;
}

static uint32_t count_kind(world *w, prs_name_kind kind) {
    prs_listing listing = list_of(w);
    uint32_t n = 0;
    for (size_t i = 0; i < listing.names.n; i++) n += listing.names.ptr[i].kind == kind;
    prs_listing_fini(&listing);
    return n;
}

START_TEST(as_many_commits_are_kept_as_was_said) {
    for (uint32_t keep = 1; keep <= 3; keep++) {
        world w;
        world_make(&w, world_schema);
        world_close(&w);
        w.options.keep_commits = keep;
        w.options.max_segments = 1; /* each commit replaces the segment of the one before */
        world_open(&w, true);
        for (uint32_t i = 0; i < 6; i++) {
            world_put(&w, "{\"id\":\"a%u\",\"body\":\"one\"}", i);
            world_commit(&w);
        }
        ck_assert_uint_eq(count_kind(&w, PRS_NAME_COMMIT), keep);
        ck_assert_uint_eq(count_kind(&w, PRS_NAME_IDX), keep);
        ck_assert_uint_eq(count_kind(&w, PRS_NAME_DOC), keep);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        world_end(&w);
    }
}
END_TEST

static void leave_file(world *w, const char *name) {
    prs_file *file;
    ck_assert_int_eq(w->disk->vt->create(w->disk, name, &file, NULL), PRISM_OK);
    ck_assert_int_eq(w->disk->vt->write(w->disk, file, "junk", 4, NULL), PRISM_OK);
    ck_assert_int_eq(w->disk->vt->close(w->disk, file, NULL), PRISM_OK);
}

START_TEST(orphans_go_and_strangers_stay) {
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    world_commit(&w);
    world_close(&w);
    leave_file(&w, "00112233445566778899aabbccddeeff.idx");
    leave_file(&w, "commit-0000000000000009.tmp");
    leave_file(&w, "deletes-0000000000000007");
    leave_file(&w, "readme.txt");
    leave_file(&w, "00112233445566778899aabbccddeeff.old");
    world_open(&w, true);
    ck_assert_uint_eq(count_kind(&w, PRS_NAME_IDX), 1);
    ck_assert_uint_eq(count_kind(&w, PRS_NAME_COMMIT_TMP), 0);
    ck_assert_uint_eq(count_kind(&w, PRS_NAME_DELETES), 0);
    prs_listing listing = list_of(&w);
    ck_assert_uint_eq(listing.n_others, 2);
    prs_listing_fini(&listing);
    world_put(&w, "{\"id\":\"b\",\"body\":\"one\"}");
    ck_assert_uint_eq(world_commit(&w), 10); /* above every number seen */
    world_end(&w);
}
END_TEST

START_TEST(a_payload_stays_with_its_commit) {
    world w;
    uint64_t generation;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    ck_assert_int_eq(prism_writer_commit(w.writer, "offset 17", 9, &generation, NULL), PRISM_OK);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert(prs_bytes_equal(snap->payload, prs_bytes_of("offset 17", 9)));
    prs_snapshot_unref(snap);
    ck_assert_int_eq(prism_writer_commit(w.writer, "x", 1, &generation, NULL), PRISM_OK);
    ck_assert_uint_eq(generation, 3); /* a payload alone is worth a commit */
    world_close(&w);
    world_open(&w, true);
    world_put(&w, "{\"id\":\"b\",\"body\":\"one\"}");
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK); /* keeps it */
    snap = world_snapshot(&w);
    ck_assert(prs_bytes_equal(snap->payload, prs_bytes_of("x", 1)));
    prs_snapshot_unref(snap);
    world_put(&w, "{\"id\":\"c\",\"body\":\"one\"}");
    world_commit(&w);
    snap = world_snapshot(&w);
    ck_assert_uint_eq(snap->payload.len, 0);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

/* Without a payload there is no section of it (FORMAT.md section 15), not an empty one. */
START_TEST(no_payload_is_no_section) {
    world w;
    world_make(&w, world_schema);
    for (uint32_t n = 0; n < 2; n++) {
        prs_in *in;
        prs_section section;
        char name[PRS_NAME_SIZE];
        uint64_t generation;
        world_put(&w, "{\"id\":\"a%u\"}", n);
        ck_assert_int_eq(prism_writer_commit(w.writer, "x", n, &generation, NULL), PRISM_OK);
        prs_name_of_generation(name, PRS_NAME_COMMIT, generation);
        ck_assert_int_eq(prs_in_open(w.disk, name, PRS_FILE_COMMIT, NULL, 0, NULL,
                                     PRS_CHECKSUM_EAGER, &in, NULL),
                         PRISM_OK);
        ck_assert(prs_in_section(in, PRS_COMPONENT_PAYLOAD, PRS_FIELD_NONE, &section) == (n > 0));
        prs_in_close(in);
    }
    world_end(&w);
}
END_TEST

START_TEST(a_large_payload_stays_too) {
    static uint8_t large[3000];
    for (size_t i = 0; i < sizeof large; i++) large[i] = (uint8_t)(i * 7);
    world w;
    world_make(&w, world_schema);
    for (size_t len = 1; len <= sizeof large; len = 2 * len + 1) {
        world_put(&w, "{\"body\":\"%zu\"}", len);
        ck_assert_int_eq(prism_writer_commit(w.writer, large, len, NULL, NULL), PRISM_OK);
        world_put(&w, "{\"body\":\"and %zu\"}", len);
        ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
        prism_snapshot *snap = world_snapshot(&w);
        ck_assert(prs_bytes_equal(snap->payload, prs_bytes_of(large, len)));
        prs_snapshot_unref(snap);
    }
    world_end(&w);
}
END_TEST

START_TEST(numbers_of_generations_may_run_out) {
    world w;
    prism_error err = PRISM_ERROR_INIT;
    world_make(&w, world_schema);
    world_close(&w);
    leave_file(&w, "deletes-ffffffffffffffff");
    world_open(&w, true);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, &err), PRISM_ELIMIT);
    ck_assert_uint_eq(world_count(&w), 0);
    world_close(&w);
    world_open(&w, true); /* the stray file went at the first open */
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    ck_assert_uint_eq(world_commit(&w), 2);
    world_end(&w);
}
END_TEST

START_TEST(publishing_over_a_commit_is_refused) {
    world w;
    world_make(&w, world_schema);
    prs_arena arena;
    prs_commit commit;
    prs_arena_init(&arena, &w.disk_mem, 0);
    ck_assert_int_eq(prs_commit_read(w.disk, 1, &arena, &commit, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(commit.manifest.generation, 1);
    ck_assert_int_eq(prs_commit_publish(w.disk, &commit, NULL), PRISM_EUNKNOWN);
    ck_assert_int_eq(prs_commit_read(w.disk, 2, &arena, &commit, NULL, NULL), PRISM_ENOTFOUND);
    prs_arena_fini(&arena);
    world_end(&w);
}
END_TEST

START_TEST(a_schema_that_is_none_is_damage) {
    static const char *const texts[] = {"", "{", "{\"fields\":7}", "[]"};
    for (size_t i = 0; i < PRS_COUNT(texts); i++) {
        world w;
        prism_error err = PRISM_ERROR_INIT;
        world_make(&w, world_schema);
        prs_arena arena;
        prs_commit commit;
        prs_arena_init(&arena, &w.disk_mem, 0);
        ck_assert_int_eq(prs_commit_read(w.disk, 1, &arena, &commit, NULL, NULL), PRISM_OK);
        commit.manifest.generation = 2;
        commit.schema = prs_bytes_of(texts[i], strlen(texts[i]));
        ck_assert_int_eq(prs_commit_publish(w.disk, &commit, NULL), PRISM_OK);
        prs_arena_fini(&arena);
        prism_snapshot *snap;
        ck_assert_int_eq(prs_snapshot_open(w.index.core, NULL, &snap, &err), PRISM_ECORRUPT);
        ck_assert_str_eq(err.file, "commit-0000000000000002");
        world_close(&w);
        ck_assert_int_eq(world_try_open(&w, false, &err), PRISM_ECORRUPT);
        ck_assert_str_eq(err.file, "commit-0000000000000002");
        world_end(&w);
    }
}
END_TEST

START_TEST(a_damaged_newest_commit_is_not_passed_over) {
    world w;
    prism_error err = PRISM_ERROR_INIT;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    world_commit(&w);
    world_close(&w);
    leave_file(&w, "commit-0000000000000003");
    ck_assert_int_eq(world_try_open(&w, false, &err), PRISM_ECORRUPT);
    ck_assert_str_eq(err.file, "commit-0000000000000003");
    world_end(&w);
}
END_TEST

START_TEST(where_there_is_no_commit_it_is_said) {
    prs_mem mem;
    prs_dir *dir;
    prs_arena arena;
    prs_commit commit;
    prism_error err = PRISM_ERROR_INIT;
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    ck_assert_int_eq(prs_dir_mem_new(&mem, &dir, NULL), PRISM_OK);
    ck_assert_int_eq(prs_commit_read_newest(dir, &arena, &commit, NULL, &err), PRISM_ENOTFOUND);
    ck_assert_str_eq(err.text, "there is no index here");
    dir->vt->close_dir(dir);
    prs_arena_fini(&arena);
}
END_TEST

/* Every read of a commit file fails in turn: told, not passed over. */
START_TEST(a_commit_that_cannot_be_read_is_told) {
    static uint8_t large[3000];
    world w;
    uint32_t n = 0;
    world_make(&w, world_schema);
    world_put(&w, "{\"body\":\"x\"}");
    ck_assert_int_eq(prism_writer_commit(w.writer, large, sizeof large, NULL, NULL), PRISM_OK);
    world_close(&w);
    for (uint64_t at = 1;; at++) {
        fault_dir fault;
        prs_mem mem;
        prs_arena arena;
        prs_commit commit;
        fault_dir_init(&fault, w.disk);
        fault.base.pread = w.disk->pread = true;
        fault.calls = FAULT_READ | FAULT_VIEW | FAULT_LIST;
        fault.fail_at = at;
        prs_mem_init(&mem, NULL);
        prs_arena_init(&arena, &mem, 0);
        prism_status status = prs_commit_read_newest(&fault.base, &arena, &commit, NULL, NULL);
        bool failed = fault.n_failed > 0;
        ck_assert_int_eq(status, failed ? PRISM_EIO : PRISM_OK);
        if (status == PRISM_OK) ck_assert_uint_eq(commit.payload.len, sizeof large);
        prs_arena_fini(&arena);
        ck_assert_uint_eq(atomic_load(&mem.live), 0);
        if (!failed) break;
        n++;
    }
    w.disk->pread = false;
    ck_assert_uint_gt(n, 3);
    world_end(&w);
}
END_TEST

static prism_status read_with(prs_mem *mem, void *ctx) {
    prs_arena arena;
    prs_commit commit;
    prs_dir *dir = ctx;
    prs_mem *own = dir->mem;
    dir->mem = mem;
    prs_arena_init(&arena, mem, 16); /* a chunk for each part */
    prism_status status = prs_commit_read_newest(dir, &arena, &commit, NULL, NULL);
    prs_arena_fini(&arena);
    dir->mem = own;
    return status;
}

START_TEST(memory_for_a_commit_may_run_out) {
    static uint8_t large[3000];
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"body\":\"x\"}");
    ck_assert_int_eq(prism_writer_commit(w.writer, large, sizeof large, NULL, NULL), PRISM_OK);
    world_close(&w);
    ck_assert_uint_gt(test_oom_sweep(read_with, w.disk), 4);
    world_end(&w);
}
END_TEST

/* Somebody copied a commit under another name. */
START_TEST(a_commit_knows_its_name) {
    world w;
    prs_mem mem;
    prs_arena arena;
    prs_commit commit;
    prism_error err = PRISM_ERROR_INIT;
    world_make(&w, world_schema);
    world_put(&w, "{\"body\":\"x\"}");
    ck_assert_uint_eq(world_commit(&w), 2);
    world_close(&w);
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    ck_assert_int_eq(w.disk->vt->rename_new(w.disk, "commit-0000000000000002",
                                            "commit-0000000000000009", NULL),
                     PRISM_OK);
    ck_assert_int_eq(prs_commit_read_newest(w.disk, &arena, &commit, NULL, &err), PRISM_ECORRUPT);
    ck_assert_str_eq(err.file, "commit-0000000000000009");
    ck_assert_ptr_nonnull(strstr(err.text, "generation"));
    prs_arena_fini(&arena);
    world_end(&w);
}
END_TEST

static prism_status never_there(void *ctx, fault_call call, const char *name) {
    (void)name;
    *(uint32_t *)ctx += call == FAULT_VIEW;
    return call == FAULT_VIEW ? PRISM_ENOTFOUND : PRISM_OK;
}

/* Each listing names a commit that is gone when it is opened. */
START_TEST(commits_may_come_and_go_too_fast) {
    world w;
    fault_dir fault;
    prs_mem mem;
    prs_arena arena;
    prs_commit commit;
    prism_error err = PRISM_ERROR_INIT;
    uint32_t tries = 0;
    world_make(&w, world_schema);
    world_close(&w);
    fault_dir_init(&fault, w.disk);
    fault.hook = never_there;
    fault.hook_ctx = &tries;
    prs_mem_init(&mem, NULL);
    prs_arena_init(&arena, &mem, 0);
    ck_assert_int_eq(prs_commit_read_newest(&fault.base, &arena, &commit, NULL, &err), PRISM_EBUSY);
    ck_assert_int_eq(err.code, PRISM_EBUSY);
    ck_assert_uint_eq(tries, PRS_OPEN_TRIES);
    prs_arena_fini(&arena);
    world_end(&w);
}
END_TEST

TEST_SUITE(commit, a_commit_that_cannot_be_read_is_told, memory_for_a_commit_may_run_out,
           a_commit_knows_its_name, commits_may_come_and_go_too_fast,
           where_there_is_no_commit_it_is_said, syncs_are_counted_exactly,
           a_writer_that_need_not_be_durable_syncs_nothing, generations_only_grow,
           as_many_commits_are_kept_as_was_said, orphans_go_and_strangers_stay,
           a_payload_stays_with_its_commit, no_payload_is_no_section, a_large_payload_stays_too,
           numbers_of_generations_may_run_out, publishing_over_a_commit_is_refused,
           a_schema_that_is_none_is_damage, a_damaged_newest_commit_is_not_passed_over)
