/* test_dir_mem.c - what is particular to files in memory? (the common contract: test_dir.c) */
#include "places.h"

#include <pthread.h>
#include <stdio.h>

START_TEST(a_file_being_written_cannot_be_viewed) {
    place p;
    prs_file *file;
    prs_view view;
    place_open(&p, PLACE_MEM);
    ck_assert_int_eq(p.dir->vt->create(p.dir, "a", &file, NULL), PRISM_OK);
    ck_assert_int_eq(p.dir->vt->write(p.dir, file, "x", 1, NULL), PRISM_OK);
    ck_assert_int_eq(p.dir->vt->view_open(p.dir, "a", &view, NULL), PRISM_EMISUSE);
    ck_assert_ptr_null(view.handle);
    ck_assert_int_eq(p.dir->vt->close(p.dir, file, NULL), PRISM_OK);
    ck_assert_int_eq(p.dir->vt->view_open(p.dir, "a", &view, NULL), PRISM_OK);
    p.dir->vt->view_close(p.dir, &view);
    place_close(&p);
}
END_TEST

START_TEST(an_unlinked_file_may_be_finished) {
    place p;
    prs_file *file;
    place_open(&p, PLACE_MEM);
    ck_assert_int_eq(p.dir->vt->create(p.dir, "a", &file, NULL), PRISM_OK);
    ck_assert_int_eq(p.dir->vt->unlink(p.dir, "a", NULL), PRISM_OK);
    ck_assert_int_eq(p.dir->vt->write(p.dir, file, "x", 1, NULL), PRISM_OK);
    ck_assert_int_eq(p.dir->vt->close(p.dir, file, NULL), PRISM_OK);
    place_close(&p);
}
END_TEST

START_TEST(a_file_has_the_size_of_one_block) {
    static const uint8_t bytes[5000];
    place p;
    prs_file *file;
    place_open(&p, PLACE_MEM);
    p.mem.single_cap = 8192;
    ck_assert_int_eq(p.dir->vt->create(p.dir, "a", &file, NULL), PRISM_OK);
    ck_assert_int_eq(p.dir->vt->write(p.dir, file, bytes, 5000, NULL), PRISM_OK);
    ck_assert_int_eq(p.dir->vt->write(p.dir, file, bytes, 5000, NULL), PRISM_ENOMEM);
    ck_assert_int_eq(p.dir->vt->write(p.dir, file, bytes, 1, NULL),
                     PRISM_ENOMEM); /* and stays so */
    ck_assert_int_eq(p.dir->vt->sync(p.dir, file, NULL), PRISM_ENOMEM);
    ck_assert_int_eq(p.dir->vt->close(p.dir, file, NULL), PRISM_ENOMEM);
    place_close(&p);
}
END_TEST

START_TEST(there_are_few_locks) {
    place p;
    void *locks[5];
    place_open(&p, PLACE_MEM);
    for (int i = 0; i < 4; i++) {
        char name[8];
        snprintf(name, sizeof name, "lock%d", i);
        ck_assert_int_eq(p.dir->vt->lock(p.dir, name, &locks[i], NULL), PRISM_OK);
    }
    ck_assert_int_eq(p.dir->vt->lock(p.dir, "lock4", &locks[4], NULL), PRISM_ELIMIT);
    for (int i = 0; i < 4; i++) p.dir->vt->unlock(p.dir, locks[i]);
    place_close(&p);
}
END_TEST

typedef struct worker {
    place *p;
    int number;
    prism_status status;
} worker;

static prism_status ignore(void *ctx, const char *name) {
    (void)name;
    ++*(int *)ctx;
    return PRISM_OK;
}

static prism_status work(worker *w) {
    prs_dir *dir = w->p->dir;
    for (int i = 0; i < 300; i++) {
        char name[24];
        prs_file *file;
        prs_view view;
        int n = 0;
        snprintf(name, sizeof name, "w%d-%d", w->number, i);
        PRS_TRY(dir->vt->create(dir, name, &file, NULL));
        PRS_TRY(dir->vt->write(dir, file, name, strlen(name), NULL));
        PRS_TRY(dir->vt->sync(dir, file, NULL));
        PRS_TRY(dir->vt->close(dir, file, NULL));
        PRS_TRY(dir->vt->view_open(dir, name, &view, NULL));
        if (i % 3 != 0) PRS_TRY(dir->vt->unlink(dir, name, NULL));
        PRS_TRY(dir->vt->list(dir, ignore, &n, NULL));
        if (memcmp(view.ptr, name, strlen(name)) != 0) return PRISM_ECORRUPT;
        dir->vt->view_close(dir, &view);
    }
    return PRISM_OK;
}

static void *run(void *arg) {
    worker *w = arg;
    w->status = work(w);
    return NULL;
}

START_TEST(threads_may_share_it) {
    place p;
    pthread_t threads[4];
    worker workers[4];
    place_open(&p, PLACE_MEM);
    for (int i = 0; i < 4; i++) {
        workers[i] = (worker){&p, i, PRISM_OK};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run, &workers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_int_eq(workers[i].status, PRISM_OK);
    }
    ck_assert_uint_eq(atomic_load(&p.dir->n_syncs), 1200);
    int n = 0;
    ck_assert_int_eq(p.dir->vt->list(p.dir, ignore, &n, NULL), PRISM_OK);
    ck_assert_int_eq(n, 400);
    place_close(&p);
}
END_TEST

START_TEST(a_view_without_mapping_has_room_for_all) {
    static const uint8_t bytes[5000];
    place p;
    prs_view view;
    place_open(&p, PLACE_MEM_PREAD);
    place_write(&p, "a", bytes, sizeof bytes);
    size_t before = atomic_load(&p.mem.live);
    ck_assert_int_eq(p.dir->vt->view_open(p.dir, "a", &view, NULL), PRISM_OK);
    ck_assert_ptr_nonnull(view.space);
    ck_assert_uint_ge(atomic_load(&p.mem.live), before + sizeof bytes + 64); /* padding */
    ck_assert_uint_lt(atomic_load(&p.mem.live), before + sizeof bytes + 1000);
    p.dir->vt->view_close(p.dir, &view);
    ck_assert_uint_eq(atomic_load(&p.mem.live), before);
    place_close(&p);
}
END_TEST

TEST_SUITE(dir_mem, a_view_without_mapping_has_room_for_all, a_file_being_written_cannot_be_viewed,
           an_unlinked_file_may_be_finished, a_file_has_the_size_of_one_block, there_are_few_locks,
           threads_may_share_it)
