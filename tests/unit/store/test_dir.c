/* test_dir.c - do directories on disk and in memory keep the same contract? */
#include "places.h"

#include "base/hash.h"

#include <stdlib.h>

START_TEST(names_have_an_alphabet) {
    static const char *const good[] = {
        "a",
        "0",
        "z9",
        "write.lock",
        "commit-0000000000000001.tmp",
        "a.b.c",
        "x-",
        "012345678901234567890123456789012345678901234567890123456789abc"};
    static const char *const bad[] = {
        "",    ".",        "..",
        ".a",  "a/b",      "/a",
        "A",   "a b",      "a\n",
        "a_b", "\xc3\xa9", "012345678901234567890123456789012345678901234567890123456789abcd"};
    place p;
    for (size_t i = 0; i < PRS_COUNT(good); i++)
        ck_assert_msg(prs_dir_name_ok(good[i]), "%s", good[i]);
    for (size_t i = 0; i < PRS_COUNT(bad); i++)
        ck_assert_msg(!prs_dir_name_ok(bad[i]), "%s", bad[i]);
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        place_open(&p, (place_kind)kind);
        place_write(&p, "a", "x", 1);
        for (size_t i = 0; i < PRS_COUNT(bad); i++) {
            prs_file *file;
            prs_view view;
            void *lock;
            ck_assert_int_eq(p.dir->vt->create(p.dir, bad[i], &file, NULL), PRISM_EINVAL);
            ck_assert_int_eq(p.dir->vt->view_open(p.dir, bad[i], &view, NULL), PRISM_EINVAL);
            ck_assert_int_eq(p.dir->vt->unlink(p.dir, bad[i], NULL), PRISM_EINVAL);
            ck_assert_int_eq(p.dir->vt->rename_new(p.dir, "a", bad[i], NULL), PRISM_EINVAL);
            ck_assert_int_eq(p.dir->vt->rename_new(p.dir, bad[i], "b", NULL), PRISM_EINVAL);
            ck_assert_int_eq(p.dir->vt->lock(p.dir, bad[i], &lock, NULL), PRISM_EINVAL);
        }
        place_close(&p);
    }
}
END_TEST

static void read_everywhere(place *p, const uint8_t *bytes, size_t len) {
    prs_view view;
    uint8_t buf[100];
    const prs_dir_vtable *vt = p->dir->vt;
    ck_assert_int_eq(vt->view_open(p->dir, "f", &view, NULL), PRISM_OK);
    ck_assert_uint_eq(view.len, len);
    ck_assert((view.ptr == NULL) == p->dir->pread);
    ck_assert((view.space == NULL) == !p->dir->pread);
    if (view.ptr != NULL && len > 0) ck_assert_mem_eq(view.ptr, bytes, len);
    for (size_t i = 0; view.space != NULL && i < len + 64; i++) ck_assert_uint_eq(view.space[i], 0);
    for (int settled = 0; settled < 2; settled++) {
        for (size_t off = 0; off <= len; off += PRS_MAX(len / 7, (size_t)1)) {
            size_t n = PRS_MIN(sizeof buf, len - off);
            ck_assert_int_eq(vt->read_at(p->dir, &view, off, buf, n, NULL), PRISM_OK);
            if (n > 0) ck_assert_mem_eq(buf, bytes + off, n);
            ck_assert_int_eq(vt->read_at(p->dir, &view, off, buf, len - off + 1, NULL),
                             PRISM_ECORRUPT);
        }
        ck_assert_int_eq(vt->read_at(p->dir, &view, UINT64_MAX, buf, 2, NULL), PRISM_ECORRUPT);
        vt->view_settle(p->dir, &view);
    }
    vt->view_close(p->dir, &view);
    ck_assert_ptr_null(view.handle);
    vt->view_close(p->dir, &view); /* closing what is closed does nothing */
}

START_TEST(bytes_come_back) {
    static const size_t sizes[] = {0, 1, 4095, 4096, 4097, 300000};
    static uint8_t bytes[300000];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)prs_hash_mix64(i);
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        for (size_t i = 0; i < PRS_COUNT(sizes); i++) {
            place p;
            prs_file *file;
            place_open(&p, (place_kind)kind);
            ck_assert_int_eq(p.dir->vt->create(p.dir, "f", &file, NULL), PRISM_OK);
            for (size_t at = 0; at < sizes[i]; at += 777) {
                ck_assert_int_eq(p.dir->vt->write(p.dir, file, bytes + at,
                                                  PRS_MIN((size_t)777, sizes[i] - at), NULL),
                                 PRISM_OK);
            }
            ck_assert_int_eq(p.dir->vt->sync(p.dir, file, NULL), PRISM_OK);
            ck_assert_int_eq(p.dir->vt->close(p.dir, file, NULL), PRISM_OK);
            read_everywhere(&p, bytes, sizes[i]);
            place_close(&p);
        }
    }
}
END_TEST

START_TEST(what_is_sealed_can_be_viewed) {
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        place p;
        prs_file *file;
        prs_view view;
        uint8_t buf[5];
        place_open(&p, (place_kind)kind);
        ck_assert_int_eq(p.dir->vt->create(p.dir, "a", &file, NULL), PRISM_OK);
        ck_assert_int_eq(p.dir->vt->write(p.dir, file, "bytes", 5, NULL), PRISM_OK);
        p.dir->vt->seal(p.dir, file);
        ck_assert_uint_eq(atomic_load(&p.dir->n_syncs), 0);
        ck_assert_int_eq(p.dir->vt->view_open(p.dir, "a", &view, NULL), PRISM_OK);
        ck_assert_int_eq(p.dir->vt->unlink(p.dir, "a", NULL), PRISM_OK);
        ck_assert_int_eq(p.dir->vt->sync(p.dir, file, NULL), PRISM_OK);
        ck_assert_uint_eq(atomic_load(&p.dir->n_syncs), 1);
        ck_assert_int_eq(p.dir->vt->close(p.dir, file, NULL), PRISM_OK);
        ck_assert_int_eq(p.dir->vt->read_at(p.dir, &view, 0, buf, 5, NULL), PRISM_OK);
        ck_assert_mem_eq(buf, "bytes", 5);
        p.dir->vt->view_close(p.dir, &view);
        place_close(&p);
    }
}
END_TEST

START_TEST(nothing_is_written_twice) {
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        place p;
        prs_file *file;
        prism_error err = PRISM_ERROR_INIT;
        place_open(&p, (place_kind)kind);
        place_write(&p, "a", "first", 5);
        place_write(&p, "b", "second", 6);
        ck_assert_int_eq(p.dir->vt->create(p.dir, "a", &file, &err), PRISM_EEXISTS);
        ck_assert_ptr_null(file);
        ck_assert_int_eq(err.code, PRISM_EEXISTS);
        ck_assert_str_eq(err.file, "a");
        ck_assert_int_eq(p.dir->vt->rename_new(p.dir, "a", "b", &err), PRISM_EEXISTS);
        ck_assert_int_eq(err.code, PRISM_EEXISTS);
        ck_assert_int_eq(p.dir->vt->rename_new(p.dir, "c", "d", NULL), PRISM_ENOTFOUND);
        ck_assert_int_eq(p.dir->vt->rename_new(p.dir, "a", "c", NULL), PRISM_OK);
        size_t len;
        uint8_t *bytes = place_read(&p, "c", &len);
        ck_assert_uint_eq(len, 5);
        ck_assert_mem_eq(bytes, "first", 5);
        free(bytes);
        prs_view view;
        ck_assert_int_eq(p.dir->vt->view_open(p.dir, "a", &view, &err), PRISM_ENOTFOUND);
        ck_assert_str_eq(err.file, "a");
        place_close(&p);
    }
}
END_TEST

START_TEST(what_is_viewed_outlives_its_name) {
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        place p;
        prs_view view;
        uint8_t buf[5];
        place_open(&p, (place_kind)kind);
        place_write(&p, "a", "first", 5);
        ck_assert_int_eq(p.dir->vt->view_open(p.dir, "a", &view, NULL), PRISM_OK);
        ck_assert_int_eq(p.dir->vt->unlink(p.dir, "a", NULL), PRISM_OK);
        ck_assert_int_eq(p.dir->vt->unlink(p.dir, "a", NULL), PRISM_ENOTFOUND);
        place_write(&p, "a", "other", 5); /* a new file of that name changes nothing */
        if (view.ptr != NULL) ck_assert_mem_eq(view.ptr, "first", 5);
        ck_assert_int_eq(p.dir->vt->read_at(p.dir, &view, 0, buf, 5, NULL), PRISM_OK);
        ck_assert_mem_eq(buf, "first", 5);
        p.dir->vt->view_close(p.dir, &view);
        place_close(&p);
    }
}
END_TEST

typedef struct seen {
    int n, n_a, n_b;
    prism_status stop;
} seen;

static prism_status note(void *ctx, const char *name) {
    seen *s = ctx;
    s->n++;
    s->n_a += strcmp(name, "a") == 0;
    s->n_b += strcmp(name, "b") == 0;
    return s->stop;
}

START_TEST(names_are_listed) {
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        place p;
        seen s = {0};
        place_open(&p, (place_kind)kind);
        ck_assert_int_eq(p.dir->vt->list(p.dir, note, &s, NULL), PRISM_OK);
        ck_assert_int_eq(s.n, 0);
        place_write(&p, "a", "", 0);
        place_write(&p, "b", "", 0);
        for (int i = 1; i <= 2; i++) { /* each listing begins at the beginning */
            ck_assert_int_eq(p.dir->vt->list(p.dir, note, &s, NULL), PRISM_OK);
            ck_assert(s.n == 2 * i && s.n_a == i && s.n_b == i);
        }
        s = (seen){.stop = PRISM_ECANCELED};
        ck_assert_int_eq(p.dir->vt->list(p.dir, note, &s, NULL), PRISM_ECANCELED);
        ck_assert_int_eq(s.n, 1);
        place_close(&p);
    }
}
END_TEST

START_TEST(the_lock_has_one_holder) {
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        place p;
        void *lock, *second;
        prism_error err = PRISM_ERROR_INIT;
        place_open(&p, (place_kind)kind);
        ck_assert_int_eq(p.dir->vt->lock(p.dir, "write.lock", &lock, NULL), PRISM_OK);
        ck_assert_ptr_nonnull(lock);
        ck_assert_int_eq(p.dir->vt->lock(p.dir, "write.lock", &second, &err), PRISM_EBUSY);
        ck_assert_ptr_null(second);
        ck_assert_str_eq(err.file, "write.lock");
        p.dir->vt->unlock(p.dir, lock);
        ck_assert_int_eq(p.dir->vt->lock(p.dir, "write.lock", &lock, NULL), PRISM_OK);
        p.dir->vt->unlock(p.dir, lock);
        p.dir->vt->unlock(p.dir, NULL);
        place_close(&p);
    }
}
END_TEST

START_TEST(finished_files_are_synced_by_name) {
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        place p;
        prism_error err = PRISM_ERROR_INIT;
        place_open(&p, (place_kind)kind);
        place_write(&p, "a", "first", 5);
        uint64_t before = atomic_load(&p.dir->n_syncs);
        ck_assert_int_eq(p.dir->vt->sync_name(p.dir, "a", NULL), PRISM_OK);
        ck_assert_uint_eq(atomic_load(&p.dir->n_syncs), before + 1);
        ck_assert_int_eq(p.dir->vt->sync_name(p.dir, "b", &err), PRISM_ENOTFOUND);
        ck_assert_str_eq(err.file, "b");
        ck_assert_int_eq(p.dir->vt->sync_name(p.dir, "../a", NULL), PRISM_EINVAL);
        p.dir->no_sync = true;
        ck_assert_int_eq(p.dir->vt->sync_name(p.dir, "a", NULL), PRISM_OK);
        ck_assert_uint_eq(atomic_load(&p.dir->n_syncs), before + 1);
        place_close(&p);
    }
}
END_TEST

START_TEST(syncs_are_counted) {
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        place p;
        prs_file *file;
        place_open(&p, (place_kind)kind);
        ck_assert_uint_eq(atomic_load(&p.dir->n_syncs), 0); /* what open probes does not count */
        for (int no_sync = 0; no_sync < 2; no_sync++) {
            p.dir->no_sync = no_sync != 0;
            ck_assert_int_eq(p.dir->vt->create(p.dir, no_sync ? "b" : "a", &file, NULL), PRISM_OK);
            ck_assert_int_eq(p.dir->vt->sync(p.dir, file, NULL), PRISM_OK);
            ck_assert_int_eq(p.dir->vt->close(p.dir, file, NULL), PRISM_OK);
            ck_assert_int_eq(p.dir->vt->sync_dir(p.dir, NULL), PRISM_OK);
            ck_assert_uint_eq(atomic_load(&p.dir->n_syncs), 2);
        }
        place_close(&p);
    }
}
END_TEST

/* One of everything, so that each allocation is met. */
static prism_status use_all(prs_dir *dir) {
    prs_file *file;
    prs_view view;
    void *lock;
    PRS_TRY(dir->vt->lock(dir, "write.lock", &lock, NULL));
    prism_status status = dir->vt->create(dir, "a", &file, NULL);
    if (status == PRISM_OK) {
        status = dir->vt->write(dir, file, "bytes", 5, NULL);
        prism_status closed = dir->vt->close(dir, file, NULL);
        if (status == PRISM_OK) status = closed;
    }
    if (status == PRISM_OK) status = dir->vt->view_open(dir, "a", &view, NULL);
    if (status == PRISM_OK) dir->vt->view_close(dir, &view);
    dir->vt->unlock(dir, lock);
    return status;
}

static prism_status use_mem(prs_mem *mem, void *ctx) {
    prs_dir *dir;
    PRS_TRY(prs_dir_mem_new(mem, &dir, NULL));
    dir->pread = *(bool *)ctx;
    prism_status status = use_all(dir);
    dir->vt->close_dir(dir);
    return status;
}

static prism_status use_fs(prs_mem *mem, void *ctx) {
    prs_dir *dir;
    const char *path = test_temp_dir();
    PRS_TRY(prs_dir_fs_open(mem, path, false, true, &dir, NULL));
    dir->pread = *(bool *)ctx;
    prism_status status = use_all(dir);
    dir->vt->close_dir(dir);
    return status;
}

START_TEST(memory_may_run_out) {
    for (int i = 0; i < 2; i++) {
        bool pread = i != 0;
        ck_assert_uint_gt(test_oom_sweep(use_mem, &pread), 4);
        ck_assert_uint_gt(test_oom_sweep(use_fs, &pread), 3);
    }
}
END_TEST

TEST_SUITE(dir, names_have_an_alphabet, bytes_come_back, what_is_sealed_can_be_viewed,
           nothing_is_written_twice, what_is_viewed_outlives_its_name, names_are_listed,
           the_lock_has_one_holder, finished_files_are_synced_by_name, syncs_are_counted,
           memory_may_run_out)
