/* test_adopt_undo.c - do the deletions come back as they were? */
#include "harness/world.h"

#include "write/adopt.h"

static void make(world *w) {
    world_make(w, world_schema);
    for (uint32_t s = 0; s < 3; s++) {
        for (uint32_t i = 0; i < 70; i++) world_put(w, "{\"id\":\"%u-%u\"}", s, i);
        world_commit(w);
    }
    world_delete(w, "0-1"); /* of the first segment, and none of the others */
    world_commit(w);
}

static void mark(world *w, size_t segment, uint32_t doc) {
    bool fresh;
    ck_assert_int_eq(prs_working_delete(&w->writer->segments.ptr[segment], doc, w->writer->mem,
                                        &fresh, NULL),
                     PRISM_OK);
    ck_assert(fresh);
    w->writer->deletes_changed = true;
}

START_TEST(what_was_marked_since_is_no_more) {
    world w;
    prs_adopt_undo undo;
    make(&w);
    mark(&w, 1, 5);
    w.writer->deletes_changed = false;
    ck_assert_int_eq(prs_adopt_undo_begin(&undo, w.writer, NULL), PRISM_OK);
    mark(&w, 0, 2);
    mark(&w, 1, 6);
    mark(&w, 2, 69);
    prs_adopt_undo_run(&undo);
    ck_assert(!w.writer->deletes_changed);
    static const uint32_t want[] = {1, 1, 0};
    for (size_t i = 0; i < 3; i++) {
        const prs_working *working = &w.writer->segments.ptr[i];
        ck_assert_uint_eq(working->n_deleted, want[i]);
        if (working->deleted.words != NULL)
            ck_assert_uint_eq(prs_bitset_count(&working->deleted), want[i]);
    }
    ck_assert(prs_bitset_get(&w.writer->segments.ptr[0].deleted, 1));
    ck_assert(prs_bitset_get(&w.writer->segments.ptr[1].deleted, 5));
    ck_assert_uint_eq(world_delete(&w, "2-69"), 1); /* and life goes on */
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 207);
    world_end(&w);
}
END_TEST

START_TEST(without_need_it_changes_nothing) {
    world w;
    prs_adopt_undo undo;
    make(&w);
    ck_assert_int_eq(prs_adopt_undo_begin(&undo, w.writer, NULL), PRISM_OK);
    mark(&w, 2, 69);
    prs_adopt_undo_end(&undo);
    ck_assert_uint_eq(w.writer->segments.ptr[2].n_deleted, 1);
    ck_assert(w.writer->deletes_changed);
    world_end(&w);
}
END_TEST

START_TEST(memory_may_run_out) {
    for (size_t more = 1;; more++) {
        world w;
        prs_adopt_undo undo;
        make(&w);
        w.alloc.fail_at = atomic_load(&w.alloc.calls) + more;
        prism_status status = prs_adopt_undo_begin(&undo, w.writer, NULL);
        bool refused = atomic_load(&w.alloc.calls) >= w.alloc.fail_at;
        w.alloc.fail_at = 0;
        ck_assert_int_eq(status, refused ? PRISM_ENOMEM : PRISM_OK);
        if (!refused) prs_adopt_undo_end(&undo);
        world_end(&w);
        if (!refused) break;
    }
}
END_TEST

TEST_SUITE(adopt_undo, what_was_marked_since_is_no_more, without_need_it_changes_nothing,
           memory_may_run_out)
