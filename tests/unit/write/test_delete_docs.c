/* test_delete_docs.c - documents shown by a snapshot of the writer are deleted, all or none. */
#include "harness/world.h"

static prism_snapshot *view(world *w) {
    prism_snapshot *snap;
    ck_assert_int_eq(prs_writer_view(w->writer, &snap, NULL), PRISM_OK);
    return snap;
}

/* 10 documents in two segments, one of them pending; a0 deleted before. */
static prism_snapshot *make(world *w, prs_bitset docs[2]) {
    world_make(w, world_schema);
    for (uint32_t i = 0; i < 5; i++) world_put(w, "{\"id\":\"a%u\",\"body\":\"apple\"}", i);
    world_commit(w);
    for (uint32_t i = 0; i < 5; i++) world_put(w, "{\"id\":\"b%u\",\"body\":\"apple\"}", i);
    world_delete(w, "a0");
    prism_snapshot *snap = view(w);
    ck_assert_uint_eq(snap->n_leaves, 2);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(prs_bitset_init(&docs[i], &w->disk_mem, 5), PRISM_OK);
        prs_bitset_set(&docs[i], 0);
        prs_bitset_set(&docs[i], 3);
    }
    return snap;
}

static void end(world *w, prism_snapshot *snap, prs_bitset docs[2]) {
    for (size_t i = 0; i < 2; i++)
        if (docs[i].words != NULL) prs_bitset_fini(&docs[i]);
    prism_snapshot_unref(snap);
    world_end(w);
}

START_TEST(each_counts_once) {
    world w;
    prs_bitset docs[2];
    uint64_t n;
    prism_snapshot *snap = make(&w, docs);
    ck_assert_int_eq(prs_writer_delete_docs(w.writer, snap, docs, &n, NULL), PRISM_OK);
    ck_assert_uint_eq(n, 3); /* a0 was gone */
    ck_assert_int_eq(prs_writer_delete_docs(w.writer, snap, docs, &n, NULL), PRISM_OK);
    ck_assert_uint_eq(n, 0);
    prism_writer_stats stats = {.size = sizeof stats};
    ck_assert_int_eq(prism_writer_get_stats(w.writer, &stats, NULL), PRISM_OK);
    ck_assert_uint_eq(stats.documents_deleted, 4);
    ck_assert_uint_eq(world_count(&w), 5); /* nothing is committed yet */
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 6);
    ck_assert_ptr_null(world_get(&w, "a3"));
    ck_assert_ptr_null(world_get(&w, "b0"));
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    end(&w, snap, docs);
}
END_TEST

START_TEST(rollback_brings_them_back) {
    world w;
    prs_bitset docs[2];
    uint64_t n;
    prism_snapshot *snap = make(&w, docs);
    prs_bitset_fini(&docs[1]);
    ck_assert_int_eq(prs_writer_delete_docs(w.writer, snap, docs, &n, NULL), PRISM_OK);
    ck_assert_uint_eq(n, 1);
    ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
    world_put(&w, "{\"id\":\"c\"}");
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 6);
    end(&w, snap, docs);
}
END_TEST

START_TEST(a_segment_that_is_gone_is_refused) {
    world w;
    prs_bitset docs[2];
    uint64_t n = 9;
    prism_error err = PRISM_ERROR_INIT;
    prism_snapshot *snap = make(&w, docs);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    ck_assert_int_eq(prs_writer_delete_docs(w.writer, snap, docs, &n, &err), PRISM_EINVAL);
    ck_assert_uint_eq(n, 0);
    ck_assert_uint_eq(world_commit(&w), 3);
    ck_assert_uint_eq(world_count(&w), 9);
    end(&w, snap, docs);
}
END_TEST

START_TEST(without_memory_none_is_deleted) {
    for (size_t more = 1;; more++) {
        world w;
        prs_bitset docs[2];
        uint64_t n;
        prism_snapshot *snap = make(&w, docs);
        w.alloc.fail_at = atomic_load(&w.alloc.calls) + more;
        prism_status status = prs_writer_delete_docs(w.writer, snap, docs, &n, NULL);
        bool refused = atomic_load(&w.alloc.calls) >= w.alloc.fail_at;
        w.alloc.fail_at = 0;
        ck_assert_int_eq(status, refused ? PRISM_ENOMEM : PRISM_OK);
        ck_assert_uint_eq(n, refused ? 0 : 3);
        world_commit(&w);
        ck_assert_uint_eq(world_count(&w), refused ? 9 : 6);
        end(&w, snap, docs);
        if (!refused) {
            ck_assert_uint_ge(more, 2);
            break;
        }
    }
}
END_TEST

TEST_SUITE(delete_docs, each_counts_once, rollback_brings_them_back,
           a_segment_that_is_gone_is_refused, without_memory_none_is_deleted)
