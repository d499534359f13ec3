/* test_backup.c - is a backup whole or nothing, whatever the writer, the disk or the power do? */
#include "harness/world.h"

#include "maintain/backup.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* An index with deletions and two segments. */
static void fill(world *w) {
    world_make(w, world_schema);
    w->options.max_segments = PRISM_NO_MERGE;
    for (uint32_t i = 0; i < 40; i++)
        world_put(w, "{\"id\":\"a%u\",\"body\":\"word%u 数据 again\",\"n\":%u}", i, i % 7, i);
    world_commit(w);
    for (uint32_t i = 0; i < 10; i++)
        world_put(w, "{\"id\":\"a%u\",\"body\":\"newer\",\"n\":%u}", i, i);
    ck_assert_uint_eq(world_delete(w, "a20"), 1);
    world_commit(w);
}

typedef struct place {
    prs_mem mem;
    prs_dir *dir;
} place;

static void new_place(place *p) {
    prs_mem_init(&p->mem, NULL);
    ck_assert_int_eq(prs_dir_mem_new(&p->mem, &p->dir, NULL), PRISM_OK);
}

static void end_place(place *p) {
    p->dir->vt->close_dir(p->dir);
    ck_assert_uint_eq(atomic_load(&p->mem.live), 0);
}

static uint32_t count_files(prs_dir *dir) {
    prs_listing listing;
    ck_assert_int_eq(prs_listing_read(&listing, dir, NULL), PRISM_OK);
    uint32_t n = (uint32_t)listing.names.n;
    prs_listing_fini(&listing);
    return n;
}

static prism_status back_up(world *w, prs_dir *to, prism_progress_fn progress, void *ctx,
                            prism_backup_stats *stats, prism_error *err) {
    prs_backup_from from = {.dir = w->index.core->dir, .uuid = &w->index.core->uuid};
    prs_backup_how how = {.progress = progress, .progress_ctx = ctx};
    prism_backup_stats none = {.size = sizeof none};
    return prs_backup_run(&from, to, &how, stats != NULL ? stats : &none, err);
}

/* The index at `dir`: no damage, so many documents, and a newer a3. */
static void judge(prs_dir *dir, uint64_t documents) {
    world w;
    memset(&w, 0, sizeof w);
    w.disk = dir;
    w.options = (prs_writer_options){.memory = PRS_WRITER_MIN_MEMORY, .keep_commits = 2};
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_open(&w, true);
    ck_assert_uint_eq(world_count(&w), documents);
    char *json = world_get(&w, "a3");
    ck_assert(json != NULL && strstr(json, "newer") != NULL);
    free(json);
    world_put(&w, "{\"id\":\"z\",\"body\":\"life goes on\"}");
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), documents + 1);
    world_close(&w);
}

START_TEST(a_copy_is_an_index_of_its_own) {
    world w;
    place p;
    prism_backup_stats stats = {.size = sizeof stats};
    fill(&w);
    new_place(&p);
    ck_assert_int_eq(back_up(&w, p.dir, NULL, NULL, &stats, NULL), PRISM_OK);
    ck_assert_uint_eq(stats.generation, 3);
    ck_assert_uint_eq(stats.documents, 39);
    ck_assert_uint_eq(stats.files, 6); /* two segments, deletes, commit */
    ck_assert_uint_eq(stats.files_copied, 6);
    ck_assert_uint_eq(stats.bytes, stats.bytes_copied);
    ck_assert_uint_eq(count_files(p.dir), 6);
    judge(p.dir, 39);
    end_place(&p);
    world_end(&w);
}
END_TEST

typedef struct busy { /* a writer that commits at each step of the backup */
    world *w;
    uint32_t steps, at;
    uint64_t done, total;
} busy;

static int commit_meanwhile(void *ctx, uint64_t done, uint64_t total) {
    busy *b = ctx;
    ck_assert(done >= b->done && done <= total);
    b->done = done;
    b->total = total;
    if (b->at != 0 && ++b->steps == b->at) return 1;
    if (b->w == NULL) return 0;
    world_put(b->w, "{\"id\":\"a%u\",\"body\":\"newest\"}", b->steps);
    ck_assert_int_eq(prism_writer_merge(b->w->writer, 1, NULL, NULL, NULL), PRISM_OK);
    return 0;
}

/* Merges and clean-up take every file away from under the backup. */
START_TEST(the_writer_goes_on_meanwhile) {
    world w;
    place p;
    prism_backup_stats stats = {.size = sizeof stats};
    fill(&w);
    new_place(&p);
    busy b = {.w = &w};
    ck_assert_int_eq(back_up(&w, p.dir, commit_meanwhile, &b, &stats, NULL), PRISM_OK);
    ck_assert_uint_eq(stats.generation, 3);
    ck_assert_uint_eq(b.done, b.total);
    ck_assert_uint_gt(prism_snapshot_generation(NULL) + world_commit(&w), 6);
    judge(p.dir, 39);
    end_place(&p);
    world_end(&w);
}
END_TEST

START_TEST(it_may_be_cancelled_anywhere) {
    world w;
    place p;
    fill(&w);
    for (uint32_t at = 1;; at++) {
        new_place(&p);
        busy b = {.at = at};
        prism_status status = back_up(&w, p.dir, commit_meanwhile, &b, NULL, NULL);
        if (status == PRISM_OK) {
            ck_assert_uint_gt(at, 10);
            end_place(&p);
            break;
        }
        ck_assert_int_eq(status, PRISM_ECANCELED);
        ck_assert_uint_eq(count_files(p.dir), 0);
        end_place(&p);
    }
    world_end(&w);
}
END_TEST

START_TEST(an_index_there_is_left_alone) {
    world w, other;
    place p;
    prism_error err = PRISM_ERROR_INIT;
    fill(&w);
    fill(&other);
    ck_assert_int_eq(back_up(&w, other.disk, NULL, NULL, NULL, &err), PRISM_EEXISTS);
    ck_assert_uint_eq(world_check(&other, PRISM_CHECK_DEEP), 0);
    new_place(&p); /* remains of one are, too */
    prs_file *file;
    ck_assert_int_eq(p.dir->vt->create(p.dir, "deletes-0000000000000003", &file, NULL), PRISM_OK);
    ck_assert_int_eq(p.dir->vt->close(p.dir, file, NULL), PRISM_OK);
    ck_assert_int_eq(back_up(&w, p.dir, NULL, NULL, NULL, &err), PRISM_EEXISTS);
    ck_assert_ptr_nonnull(strstr(err.text, "without a commit"));
    ck_assert_uint_eq(count_files(p.dir), 1);
    end_place(&p);
    world_end(&other);
    world_end(&w);
}
END_TEST

START_TEST(somebody_makes_an_index_there) {
    world w;
    place p;
    void *lock;
    fill(&w);
    new_place(&p);
    ck_assert_int_eq(p.dir->vt->lock(p.dir, PRS_NAME_LOCK, &lock, NULL), PRISM_OK);
    ck_assert_int_eq(back_up(&w, p.dir, NULL, NULL, NULL, NULL), PRISM_EBUSY);
    p.dir->vt->unlock(p.dir, lock);
    ck_assert_int_eq(back_up(&w, p.dir, NULL, NULL, NULL, NULL), PRISM_OK);
    end_place(&p);
    world_end(&w);
}
END_TEST

static uint8_t *bytes_of(prs_dir *dir, const char *name, prs_view *view) {
    ck_assert_int_eq(dir->vt->view_open(dir, name, view, NULL), PRISM_OK);
    return (uint8_t *)(uintptr_t)view->ptr;
}

typedef struct names {
    char name[16][PRS_NAME_SIZE];
    size_t n;
} names;

static prism_status take_name(void *ctx, const char *name) {
    names *all = ctx;
    strcpy(all->name[all->n++], name);
    return PRISM_OK;
}

/* One bit in one byte of each file, all over: never a backup, always the file's name. */
START_TEST(damage_is_told_and_not_copied) {
    world w;
    place p;
    names all = {.n = 0};
    test_rng rng = test_rng_of("backup damage");
    fill(&w);
    ck_assert_int_eq(w.disk->vt->list(w.disk, take_name, &all, NULL), PRISM_OK);
    uint32_t n = 0;
    for (size_t i = 0; i < all.n; i++) {
        prs_view view;
        if (strcmp(all.name[i], "commit-0000000000000002") == 0) continue; /* not needed */
        uint8_t *bytes = bytes_of(w.disk, all.name[i], &view);
        for (uint32_t round = 0; round < 40; round++, n++) {
            size_t at = (size_t)test_rng_below(&rng, view.len);
            uint8_t bit = (uint8_t)(1u << test_rng_below(&rng, 8));
            prism_error err = PRISM_ERROR_INIT;
            bytes[at] ^= bit;
            new_place(&p);
            prism_status status = back_up(&w, p.dir, NULL, NULL, NULL, &err);
            ck_assert_msg(status == PRISM_ECORRUPT || status == PRISM_ETOONEW ||
                              status == PRISM_ETOOOLD,
                          "%s byte %zu bit %u: %d", all.name[i], at, bit, status);
            ck_assert_str_eq(err.file, all.name[i]);
            ck_assert_uint_eq(count_files(p.dir), 0);
            end_place(&p);
            bytes[at] ^= bit;
        }
        w.disk->vt->view_close(w.disk, &view);
    }
    ck_assert_uint_eq(n, 240);
    world_end(&w);
}
END_TEST

/* Bytes that went wrong between source and destination are found at the destination. */
START_TEST(each_call_of_the_disks_may_fail) {
    world w;
    fill(&w);
    for (int which = 0; which < 2; which++) {
        uint64_t n = 0;
        for (uint64_t at = 1;; at++, n++) {
            place p;
            fault_dir f;
            new_place(&p);
            fault_dir_init(&f, which == 0 ? p.dir : w.disk);
            f.fail_at = at;
            f.status = at % 2 != 0 ? PRISM_EIO : PRISM_ENOSPC;
            prs_backup_from from = {.dir = which == 0 ? w.disk : &f.base};
            prs_backup_how how = {.copy = false};
            prism_backup_stats stats = {.size = sizeof stats};
            prism_error err = PRISM_ERROR_INIT;
            prism_status status =
                prs_backup_run(&from, which == 0 ? &f.base : p.dir, &how, &stats, &err);
            bool failed = f.n_failed > 0;
            ck_assert_msg((status == PRISM_OK) == !failed, "call %llu of %d: %s",
                          (unsigned long long)at, which, err.text);
            if (failed) {
                ck_assert_int_eq(status, f.status);
                ck_assert_uint_eq(count_files(p.dir), 0);
                ck_assert_uint_eq(stats.files, 0);
            }
            w.disk->pread = false;
            end_place(&p);
            if (!failed) break;
        }
        ck_assert_uint_gt(n, which == 0 ? 40 : 10);
    }
    world_end(&w);
}
END_TEST

START_TEST(the_disk_may_be_gone_from_some_call_on) {
    world w;
    fill(&w);
    for (uint64_t at = 1;; at++) {
        place p;
        fault_dir f;
        new_place(&p);
        fault_dir_init(&f, p.dir);
        f.fail_at = at;
        f.fail_on = true;
        prs_backup_from from = {.dir = w.disk};
        prs_backup_how how = {.copy = false};
        prism_backup_stats stats = {.size = sizeof stats};
        prism_status status = prs_backup_run(&from, &f.base, &how, &stats, NULL);
        ck_assert_int_eq(status, f.n_failed > 0 ? PRISM_EIO : PRISM_OK);
        prs_listing listing; /* whole, though told as failed, or no index */
        ck_assert_int_eq(prs_listing_read(&listing, p.dir, NULL), PRISM_OK);
        bool index = listing.newest != 0;
        prs_listing_fini(&listing);
        p.dir->pread = false;
        if (index) judge(p.dir, 39);
        end_place(&p);
        if (status == PRISM_OK) break;
    }
    world_end(&w);
}
END_TEST

START_TEST(the_power_may_go_at_any_moment) {
    world w;
    place p;
    crash_dir crash;
    test_rng rng = test_rng_of("backup power");
    fill(&w);
    new_place(&p);
    crash_dir_init(&crash, p.dir);
    ck_assert_int_eq(back_up(&w, &crash.base, NULL, NULL, NULL, NULL), PRISM_OK);
    uint32_t whole = 0, nothing = 0;
    for (size_t n = 0; n <= crash.n_ops; n++) {
        for (int keep = CRASH_KEEP_NOTHING; keep <= CRASH_KEEP_SOME + 3; keep++) {
            place q;
            prs_listing listing;
            crash_keep what = keep < CRASH_KEEP_SOME ? (crash_keep)keep : CRASH_KEEP_SOME;
            new_place(&q);
            crash_dir_restore(&crash, n, what, &rng, q.dir);
            ck_assert_int_eq(prs_listing_read(&listing, q.dir, NULL), PRISM_OK);
            bool index = listing.newest != 0;
            prs_listing_fini(&listing);
            ck_assert(index || n < crash.n_ops); /* durable when it returned */
            if (index) judge(q.dir, 39);
            whole += index;
            nothing += !index;
            end_place(&q);
        }
    }
    ck_assert(whole > 5 && nothing > 100);
    crash_dir_fini(&crash);
    end_place(&p);
    world_end(&w);
}
END_TEST

static prism_status back_up_with(prs_mem *mem, void *ctx) {
    world *w = ctx;
    prs_dir *dir;
    PRS_TRY(prs_dir_mem_new(mem, &dir, NULL));
    prism_status status = back_up(w, dir, NULL, NULL, NULL, NULL);
    dir->vt->close_dir(dir);
    return status;
}

START_TEST(memory_may_run_out) {
    world w;
    fill(&w);
    ck_assert_uint_gt(test_oom_sweep(back_up_with, &w), 20);
    world_end(&w);
}
END_TEST

/* ---- on disk --------------------------------------------------------------------------------- */

static void make_index(const char *path, prism_index **index, prism_writer **writer) {
    ck_assert_int_eq(prism_index_create(path, NULL, NULL, index, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_open(*index, NULL, writer, NULL), PRISM_OK);
    for (int i = 0; i < 50; i++) {
        char json[100];
        int len = snprintf(json, sizeof json, "{\"id\":\"k%d\",\"body\":\"some words %d\"}", i, i);
        ck_assert_int_eq(prism_writer_put_json(*writer, json, (size_t)len, 0, NULL), PRISM_OK);
    }
    ck_assert_int_eq(prism_writer_commit(*writer, NULL, 0, NULL, NULL), PRISM_OK);
}

static uint64_t check_path(const char *path) {
    uint64_t n = 99;
    ck_assert_int_eq(prism_index_check(path, PRISM_CHECK_DEEP, NULL, NULL, NULL, NULL, NULL, &n,
                                       NULL),
                     PRISM_OK);
    return n;
}

/* Links and copies: the files are the same ones or not, the backup is whole either way. */
START_TEST(links_where_it_can) {
    const char *folder = test_temp_dir();
    char path[300], linked[300], copied[300], based[300];
    snprintf(path, sizeof path, "%s/ix", folder);
    snprintf(linked, sizeof linked, "%s/linked", folder);
    snprintf(copied, sizeof copied, "%s/copied", folder);
    snprintf(based, sizeof based, "%s/based", folder);
    prism_index *index;
    prism_writer *writer;
    make_index(path, &index, &writer);
    prism_backup_stats stats = {.size = sizeof stats};
    prism_backup_opts opts = PRISM_BACKUP_OPTS_INIT;
    ck_assert_int_eq(prism_index_backup(index, linked, NULL, &stats, NULL), PRISM_OK);
    ck_assert(stats.files == 3 && stats.files_linked == 2 && stats.files_copied == 1);
    opts.copy = 1;
    ck_assert_int_eq(prism_index_backup(index, copied, &opts, &stats, NULL), PRISM_OK);
    ck_assert(stats.files_linked == 0 && stats.files_copied == 3);
    /* the source goes, its writer too */
    prism_writer_close(writer);
    prism_index_close(index);
    char command[700];
    snprintf(command, sizeof command, "rm -r '%s'", path);
    ck_assert_int_eq(system(command), 0);
    ck_assert_uint_eq(check_path(linked), 0);
    ck_assert_uint_eq(check_path(copied), 0);
    /* and comes back */
    opts.copy = 0;
    ck_assert_int_eq(prism_index_restore(copied, path, &opts, &stats, NULL), PRISM_OK);
    ck_assert_uint_eq(stats.documents, 50);
    ck_assert_uint_eq(check_path(path), 0);
    ck_assert_int_eq(prism_index_restore(linked, path, &opts, &stats, NULL), PRISM_EEXISTS);
    opts.base = linked;
    ck_assert_int_eq(prism_index_restore(path, based, &opts, &stats, NULL), PRISM_OK);
    ck_assert_uint_eq(check_path(based), 0);
}
END_TEST

static void hurt(const char *path, const char *end) {
    char command[900];
    snprintf(command, sizeof command,
             "f=$(ls '%s'/*%s | tail -n 1); chmod u+w \"$f\"; printf 'zz' | dd of=\"$f\" bs=1 "
             "seek=150 conv=notrunc status=none",
             path, end);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(a_failed_backup_leaves_no_directory) {
    const char *folder = test_temp_dir();
    char path[300], to[300];
    snprintf(path, sizeof path, "%s/ix", folder);
    snprintf(to, sizeof to, "%s/to", folder);
    prism_index *index;
    prism_writer *writer;
    make_index(path, &index, &writer);
    prism_error err = PRISM_ERROR_INIT;
    hurt(path, ".doc");
    struct stat st;
    ck_assert_int_eq(prism_index_backup(index, to, NULL, NULL, &err), PRISM_ECORRUPT);
    ck_assert_ptr_nonnull(strstr(err.file, ".doc"));
    ck_assert_int_ne(stat(to, &st), 0);
    ck_assert_int_eq(mkdir(to, 0777), 0); /* one that was there stays */
    ck_assert_int_eq(prism_index_backup(index, to, NULL, NULL, &err), PRISM_ECORRUPT);
    ck_assert_int_eq(stat(to, &st), 0);
    prism_writer_close(writer);
    prism_index_close(index);
}
END_TEST

/* What an earlier backup holds is linked from there; what is not the same is copied. */
START_TEST(an_earlier_backup_lends_its_files) {
    const char *folder = test_temp_dir();
    char path[300], base[300], to[300], worse[300];
    snprintf(path, sizeof path, "%s/ix", folder);
    snprintf(base, sizeof base, "%s/base", folder);
    snprintf(to, sizeof to, "%s/to", folder);
    snprintf(worse, sizeof worse, "%s/worse", folder);
    prism_index *index;
    prism_writer *writer;
    make_index(path, &index, &writer);
    prism_backup_opts opts = PRISM_BACKUP_OPTS_INIT;
    opts.copy = 1;
    ck_assert_int_eq(prism_index_backup(index, base, &opts, NULL, NULL), PRISM_OK);
    /* the library alone: between two directories that cannot be linked the base is asked */
    prs_mem mem;
    prs_dir *from, *dir, *lends;
    prs_mem_init(&mem, NULL);
    for (int round = 0; round < 2; round++) {
        fault_dir f;
        ck_assert_int_eq(prs_dir_fs_open(&mem, path, false, false, &from, NULL), PRISM_OK);
        ck_assert_int_eq(prs_dir_fs_open(&mem, base, false, false, &lends, NULL), PRISM_OK);
        const char *at = round == 0 ? to : worse;
        ck_assert_int_eq(prs_dir_fs_open(&mem, at, true, true, &dir, NULL), PRISM_OK);
        fault_dir_init(&f, from); /* not a directory on disk, as far as the other one knows */
        prs_backup_from what = {.dir = &f.base};
        prs_backup_how how = {.base = lends};
        prism_backup_stats stats = {.size = sizeof stats};
        ck_assert_int_eq(prs_backup_run(&what, dir, &how, &stats, NULL), PRISM_OK);
        ck_assert_uint_eq(stats.files_linked, round == 0 ? 2 : 1);
        from->vt->close_dir(from);
        lends->vt->close_dir(lends);
        dir->vt->close_dir(dir);
        ck_assert_uint_eq(check_path(at), 0);
        if (round == 0) hurt(base, ".doc");
    }
    prism_writer_close(writer);
    prism_index_close(index);
}
END_TEST

/* A listing may miss what goes and what comes; twice nothing is nothing. */
START_TEST(a_listing_may_miss_everything_once) {
    for (uint32_t on = 0; on < 2; on++) {
        world w;
        place p;
        prism_error err = PRISM_ERROR_INIT;
        fill(&w);
        new_place(&p);
        w.fault->calls = FAULT_LIST; /* one that says OK and shows nothing */
        w.fault->status = PRISM_OK;
        w.fault->n_calls = 0;
        w.fault->fail_at = 1;
        w.fault->fail_on = on;
        ck_assert_int_eq(back_up(&w, p.dir, NULL, NULL, NULL, &err),
                         on ? PRISM_ENOTFOUND : PRISM_OK);
        if (on) ck_assert_str_eq(err.text, "there is no index here");
        if (on) ck_assert_uint_eq(count_files(p.dir), 0);
        w.fault->fail_at = 0;
        w.fault->fail_on = false;
        if (!on) judge(p.dir, 39);
        end_place(&p);
        world_end(&w);
    }
}
END_TEST

TEST_SUITE(backup, a_copy_is_an_index_of_its_own, the_writer_goes_on_meanwhile,
           it_may_be_cancelled_anywhere, an_index_there_is_left_alone,
           somebody_makes_an_index_there, damage_is_told_and_not_copied,
           each_call_of_the_disks_may_fail, the_disk_may_be_gone_from_some_call_on,
           the_power_may_go_at_any_moment, memory_may_run_out, links_where_it_can,
           a_failed_backup_leaves_no_directory, an_earlier_backup_lends_its_files,
           a_listing_may_miss_everything_once)
