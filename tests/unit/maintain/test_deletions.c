/* test_deletions.c - deletions read back, added up over commits, found by keys, and written. */
#include "harness/hurt.h"

typedef struct fixture {
    world w;
    prs_arena arena;
    prs_commit commits[3]; /* 2, 3, 4 */
    prs_deletions d;
    uint64_t live; /* bytes of the disk's memory before */
} fixture;

static void begin(fixture *f) {
    hurt_fill(&f->w);
    world_open(&f->w, false);
    f->live = atomic_load(&f->w.disk_mem.live);
    prs_arena_init(&f->arena, &f->w.disk_mem, 0);
    for (uint64_t g = 2; g <= 4; g++)
        ck_assert_int_eq(prs_commit_read(f->w.index.core->dir, g, &f->arena, &f->commits[g - 2],
                                         NULL, NULL),
                         PRISM_OK);
    ck_assert_int_eq(prs_deletions_init(&f->d, &f->w.disk_mem, 3, NULL), PRISM_OK);
}

static void end(fixture *f) {
    prs_deletions_fini(&f->d);
    prs_arena_fini(&f->arena);
    world_end(&f->w);
}

static uint32_t count(const fixture *f, uint32_t i) {
    return f->d.sets[i].words == NULL ? 0 : prs_bitset_count(&f->d.sets[i]);
}

static prism_status read_of(fixture *f, uint32_t commit) {
    return prs_deletions_read(&f->d, f->w.index.core->dir, &f->commits[commit],
                              &f->commits[2].manifest, NULL);
}

START_TEST(commits_add_up) {
    fixture f;
    begin(&f);
    ck_assert_int_eq(read_of(&f, 0), PRISM_OK); /* none yet */
    ck_assert(count(&f, 0) == 0 && count(&f, 1) == 0);
    ck_assert_int_eq(read_of(&f, 1), PRISM_OK); /* a0..a4, a10 */
    ck_assert(count(&f, 0) == 6 && count(&f, 1) == 0);
    ck_assert_int_eq(read_of(&f, 2), PRISM_OK); /* a11; b0 */
    ck_assert(count(&f, 0) == 7 && count(&f, 1) == 1 && count(&f, 2) == 0);
    ck_assert(prs_bitset_get(&f.d.sets[0], 11) && !prs_bitset_get(&f.d.sets[0], 12));
    end(&f);
}
END_TEST

START_TEST(keys_tell_what_was_replaced) {
    fixture f;
    begin(&f);
    ck_assert_int_eq(
        prs_deletions_add_superseded(&f.d, f.w.index.core, &f.commits[2].manifest, NULL), PRISM_OK);
    ck_assert(count(&f, 0) == 5 && count(&f, 1) == 1 && count(&f, 2) == 0); /* no a10, a11 */
    end(&f);
}
END_TEST

START_TEST(damage_leaves_them_as_they_are) {
    fixture f;
    begin(&f);
    hurt_byte(&f.w, "deletes-0000000000000004", 70, 1);
    ck_assert_int_eq(read_of(&f, 1), PRISM_OK);
    ck_assert_int_eq(read_of(&f, 2), PRISM_ECORRUPT);
    ck_assert(count(&f, 0) == 6 && count(&f, 1) == 0);
    end(&f);
}
END_TEST

START_TEST(they_are_written_as_they_are) {
    fixture f;
    begin(&f);
    ck_assert_int_eq(read_of(&f, 2), PRISM_OK);
    prs_commit next = f.commits[2];
    next.manifest.generation = 9;
    prs_dir *dir = f.w.index.core->dir;
    ck_assert_int_eq(prs_deletions_write(&f.d, dir, &next.uuid, &next.manifest, NULL), PRISM_OK);
    ck_assert_uint_eq(next.manifest.deletes_generation, 9);
    ck_assert_uint_eq(next.manifest.segments[0].n_deleted, 7);
    prs_deletions again;
    ck_assert_int_eq(prs_deletions_init(&again, &f.w.disk_mem, 3, NULL), PRISM_OK);
    ck_assert_int_eq(prs_deletions_read(&again, dir, &next, &next.manifest, NULL), PRISM_OK);
    ck_assert_mem_eq(again.sets[0].words, f.d.sets[0].words, sizeof(uint64_t));
    ck_assert_mem_eq(again.sets[1].words, f.d.sets[1].words, sizeof(uint64_t));
    prs_deletions_fini(&again);
    /* nothing deleted: no file */
    ck_assert_int_eq(prs_deletions_init(&again, &f.w.disk_mem, 3, NULL), PRISM_OK);
    next.manifest.generation = 10;
    ck_assert_int_eq(prs_deletions_write(&again, dir, &next.uuid, &next.manifest, NULL), PRISM_OK);
    ck_assert(next.manifest.deletes_generation == 0 && next.manifest.segments[0].n_deleted == 0);
    prs_view view;
    ck_assert_int_eq(dir->vt->view_open(dir, "deletes-000000000000000a", &view, NULL),
                     PRISM_ENOTFOUND);
    prs_deletions_fini(&again);
    end(&f);
}
END_TEST

/* Two documents of one key in one segment: only the later one lives. */
START_TEST(keys_tell_what_was_replaced_in_a_segment) {
    world w;
    prs_arena arena;
    prs_commit commit;
    prs_deletions d;
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 9; i++) world_put(&w, "{\"id\":\"k%u\",\"n\":%u}", i % 6, i);
    world_commit(&w);
    prs_arena_init(&arena, &w.disk_mem, 0);
    prs_dir *dir = w.index.core->dir;
    ck_assert_int_eq(prs_commit_read_newest(dir, &arena, &commit, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(commit.manifest.n_segments, 1);
    ck_assert_int_eq(prs_deletions_init(&d, &w.disk_mem, 1, NULL), PRISM_OK);
    ck_assert_int_eq(prs_deletions_add_superseded(&d, w.index.core, &commit.manifest, NULL),
                     PRISM_OK);
    ck_assert_uint_eq(prs_bitset_count(&d.sets[0]), 3);
    for (uint32_t i = 0; i < 9; i++) ck_assert(prs_bitset_get(&d.sets[0], i) == (i < 3));
    prs_deletions_fini(&d);
    prs_arena_fini(&arena);
    world_end(&w);
}
END_TEST

/* No file of a failed write stays, nor memory of it. */
START_TEST(a_failed_write_leaves_nothing) {
    uint32_t n_failed = 0;
    for (uint64_t at = 1;; at++) {
        fixture f;
        begin(&f);
        ck_assert_int_eq(read_of(&f, 2), PRISM_OK);
        prs_manifest next = f.commits[2].manifest;
        next.generation = 9;
        test_alloc alloc;
        memset(&alloc, 0, sizeof alloc);
        prism_allocator hook = test_alloc_hook(&alloc);
        prs_mem mem;
        prs_mem_init(&mem, &hook);
        f.d.mem = &mem; /* sections are laid out with it */
        alloc.fail_at = at;
        prism_status status =
            prs_deletions_write(&f.d, f.w.index.core->dir, &f.commits[2].uuid, &next, NULL);
        f.d.mem = &f.w.disk_mem;
        test_alloc_check_empty(&alloc);
        prs_view view;
        prism_status there =
            f.w.disk->vt->view_open(f.w.disk, "deletes-0000000000000009", &view, NULL);
        ck_assert_int_eq(there, status == PRISM_OK ? PRISM_OK : PRISM_ENOTFOUND);
        if (there == PRISM_OK) f.w.disk->vt->view_close(f.w.disk, &view);
        n_failed += status != PRISM_OK;
        end(&f);
        if (status == PRISM_OK) break;
    }
    ck_assert_uint_ge(n_failed, 1);
}
END_TEST

TEST_SUITE(deletions, commits_add_up, keys_tell_what_was_replaced, damage_leaves_them_as_they_are,
           they_are_written_as_they_are, keys_tell_what_was_replaced_in_a_segment,
           a_failed_write_leaves_nothing)
