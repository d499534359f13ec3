/* test_unsynced.c - is each file synced once, and closed whatever happens? */
#include "harness/world.h"

#include "format/names.h"
#include "index/unsynced.h"

static void seal_both(world *w, prs_unsynced *files) {
    static const prs_id id = {{1, 2, 3}};
    prs_out **outs[] = {&files->doc, &files->idx};
    const prs_name_kind kinds[] = {PRS_NAME_DOC, PRS_NAME_IDX};
    for (size_t i = 0; i < 2; i++) {
        char name[PRS_NAME_SIZE];
        uint64_t len;
        prs_hash128 digest;
        prs_dir *dir = w->index.core->dir;
        prs_name_of_segment(name, kinds[i], &id);
        ck_assert_int_eq(prs_out_open(dir, name, i == 0 ? PRS_FILE_DOC : PRS_FILE_IDX, &id, 0,
                                      outs[i], NULL),
                         PRISM_OK);
        ck_assert_int_eq(prs_out_seal(*outs[i], &len, &digest, NULL), PRISM_OK);
        prs_in *in; /* it can be read, and is what was written */
        ck_assert_int_eq(prs_in_open(dir, name, i == 0 ? PRS_FILE_DOC : PRS_FILE_IDX, &id, len,
                                     &digest, PRS_CHECKSUM_EAGER, &in, NULL),
                         PRISM_OK);
        prs_in_close(in);
    }
}

static size_t n_segment_files(world *w) {
    prs_listing listing;
    size_t n = 0;
    ck_assert_int_eq(prs_listing_read(&listing, w->disk, NULL), PRISM_OK);
    for (size_t i = 0; i < listing.names.n; i++) {
        prs_name_kind kind = listing.names.ptr[i].kind;
        n += kind == PRS_NAME_IDX || kind == PRS_NAME_DOC;
    }
    prs_listing_fini(&listing);
    return n;
}

START_TEST(each_is_synced_once) {
    world w;
    prs_unsynced files = {NULL, NULL};
    world_make(&w, world_schema);
    uint64_t before = atomic_load(&w.fault->base.n_syncs);
    ck_assert(!prs_unsynced_any(&files));
    seal_both(&w, &files);
    ck_assert(prs_unsynced_any(&files));
    ck_assert_uint_eq(atomic_load(&w.fault->base.n_syncs), before);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(prs_unsynced_confirm(&files, NULL), PRISM_OK);
        ck_assert(!prs_unsynced_any(&files));
        ck_assert_uint_eq(atomic_load(&w.fault->base.n_syncs), before + 2);
    }
    ck_assert_uint_eq(n_segment_files(&w), 2);
    world_end(&w);
}
END_TEST

START_TEST(left_alone_they_stay_unsynced) {
    world w;
    prs_unsynced files;
    world_make(&w, world_schema);
    uint64_t before = atomic_load(&w.fault->base.n_syncs);
    seal_both(&w, &files);
    prs_unsynced_leave(&files);
    prs_unsynced_leave(&files);
    ck_assert_uint_eq(atomic_load(&w.fault->base.n_syncs), before);
    ck_assert_uint_eq(n_segment_files(&w), 2);
    world_end(&w);
}
END_TEST

START_TEST(a_failure_is_not_tried_again) {
    for (uint32_t at = 1; at <= 4; at++) { /* sync and close of the one, then of the other */
        world w;
        prs_unsynced files;
        prism_error err = PRISM_ERROR_INIT;
        world_make(&w, world_schema);
        seal_both(&w, &files);
        w.fault->calls = FAULT_SYNC | FAULT_CLOSE;
        w.fault->n_calls = 0;
        w.fault->fail_at = at;
        ck_assert_int_eq(prs_unsynced_confirm(&files, &err), PRISM_EIO);
        ck_assert_int_eq(err.code, PRISM_EIO);
        ck_assert(!prs_unsynced_any(&files));
        ck_assert_uint_eq(n_segment_files(&w),
                          2); /* nobody is to trust them, but to read they are */
        world_end(&w);        /* and nothing leaks */
    }
}
END_TEST

TEST_SUITE(unsynced, each_is_synced_once, left_alone_they_stay_unsynced,
           a_failure_is_not_tried_again)
