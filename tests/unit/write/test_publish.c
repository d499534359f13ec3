/* test_publish.c - what is in the next commit, what is kept of those before, and what is left
 * when publishing fails at any of its calls? */
#include "harness/hurt.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- helpers --------------------------------------------------------------------------------- */

static uint32_t count_kind(world *w, prs_name_kind kind) {
    prs_listing listing;
    uint32_t n = 0;
    ck_assert_int_eq(prs_listing_read(&listing, w->disk, NULL), PRISM_OK);
    for (size_t i = 0; i < listing.names.n; i++) n += listing.names.ptr[i].kind == kind;
    prs_listing_fini(&listing);
    return n;
}

static void reopen(world *w, uint32_t keep, uint32_t max_segments) {
    world_close(w);
    w->options.keep_commits = keep;
    w->options.max_segments = max_segments;
    world_open(w, true);
}

/* ---- the payload ----------------------------------------------------------------------------- */

static void check_payload(world *w, const uint8_t *bytes, size_t len) {
    prism_snapshot *snap = world_snapshot(w);
    ck_assert_uint_eq(snap->payload.len, len);
    if (len != 0) ck_assert_mem_eq(snap->payload.ptr, bytes, len);
    prs_snapshot_unref(snap);
}

/* A merge commits the payload that the writer holds: also when room for another one must be
 * made. */
START_TEST(a_merge_keeps_a_payload_of_any_size) {
    static const size_t lens[] = {0, 1, 31, 32, 33, 63, 64, 65, 300, 5000, 70000};
    test_rng rng = test_rng_of("publish-payload");
    uint8_t *bytes = malloc(70000);
    for (size_t i = 0; i < PRS_COUNT(lens); i++) {
        world w;
        world_make(&w, world_schema);
        test_rng_fill(&rng, bytes, lens[i]);
        for (int round = 0; round < 3; round++) {
            world_put(&w, "{\"id\":\"a%d\"}", round);
            ck_assert_int_eq(prism_writer_commit(w.writer, bytes, lens[i], NULL, NULL), PRISM_OK);
            check_payload(&w, bytes, lens[i]);
            world_put(&w, "{\"id\":\"b%d\"}", round);
            ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
            check_payload(&w, bytes, lens[i]);
            if (round == 1) reopen(&w, 2, 0);
        }
        world_end(&w);
    }
    free(bytes);
}
END_TEST

/* ---- deletions ------------------------------------------------------------------------------- */

static uint64_t deletes_generation(world *w) {
    prism_snapshot *snap = world_snapshot(w);
    uint64_t generation = snap->manifest.deletes_generation;
    prs_snapshot_unref(snap);
    return generation;
}

START_TEST(a_deletes_file_serves_until_something_is_deleted) {
    world w;
    world_make(&w, world_schema);
    reopen(&w, 1, PRISM_NO_MERGE);
    for (uint32_t i = 0; i < 70; i++) world_put(&w, "{\"id\":\"a%u\"}", i);
    ck_assert_uint_eq(world_commit(&w), 2);
    ck_assert_uint_eq(deletes_generation(&w), 0);
    world_delete(&w, "a3");
    world_delete(&w, "a69");
    ck_assert_uint_eq(world_commit(&w), 3);
    ck_assert_uint_eq(deletes_generation(&w), 3);
    world_put(&w, "{\"id\":\"b\"}"); /* a new key: nothing is deleted by it */
    ck_assert_uint_eq(world_commit(&w), 4);
    ck_assert_uint_eq(deletes_generation(&w), 3);
    ck_assert_uint_eq(count_kind(&w, PRS_NAME_DELETES), 1); /* commit 3 is gone, its file is not */
    reopen(&w, 1, PRISM_NO_MERGE);
    ck_assert_uint_eq(world_count(&w), 69);
    world_put(&w, "{\"id\":\"a5\"}");
    ck_assert_uint_eq(world_commit(&w), 5);
    ck_assert_uint_eq(deletes_generation(&w), 5);
    ck_assert_uint_eq(count_kind(&w, PRS_NAME_DELETES), 1);
    ck_assert_uint_eq(world_count(&w), 69);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(deletes_generation(&w), 0);
    ck_assert_uint_eq(count_kind(&w, PRS_NAME_DELETES), 0);
    ck_assert_uint_eq(world_count(&w), 69);
    world_end(&w);
}
END_TEST

/* ---- loading --------------------------------------------------------------------------------- */

static void flip_byte(world *w, const char *name, uint64_t at) {
    prs_view view;
    uint8_t *bytes;
    ck_assert_int_eq(w->disk->vt->view_open(w->disk, name, &view, NULL), PRISM_OK);
    memcpy(&bytes, &view.ptr, sizeof bytes);
    bytes[at] ^= 1;
    w->disk->vt->view_close(w->disk, &view);
}

START_TEST(an_older_commit_that_is_damaged_is_not_kept) {
    world w;
    world_make(&w, world_schema);
    reopen(&w, 3, PRISM_NO_MERGE);
    for (uint32_t i = 0; i < 3; i++) {
        world_put(&w, "{\"id\":\"a%u\"}", i);
        world_commit(&w);
    }
    world_close(&w);
    flip_byte(&w, "commit-0000000000000003", 200);
    world_open(&w, true);
    ck_assert_uint_eq(w.writer->n_kept, 2);
    ck_assert_uint_eq(w.writer->kept[0].manifest.generation, 2);
    ck_assert_uint_eq(w.writer->kept[1].manifest.generation, 4);
    ck_assert_uint_eq(count_kind(&w, PRS_NAME_COMMIT), 2); /* it was removed */
    ck_assert_uint_eq(world_count(&w), 3);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_close(&w);
    flip_byte(&w, "commit-0000000000000004", 200); /* the newest matters */
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(world_try_open(&w, true, &err), PRISM_ECORRUPT);
    world_close(&w);
    flip_byte(&w, "commit-0000000000000004", 200);
    world_end(&w);
}
END_TEST

/* What cannot be read now may be sound: nothing is removed on that ground. */
START_TEST(an_older_commit_that_cannot_be_read_stays) {
    world w;
    prism_error err = PRISM_ERROR_INIT;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\"}");
    world_commit(&w);
    world_close(&w);
    world_open(&w, false);
    w.fault->calls = FAULT_VIEW;
    w.fault->n_calls = 0;
    w.fault->fail_at = 2; /* commit-2, then commit-1 */
    ck_assert_int_eq(prs_writer_open(w.index.core, &w.options, &w.writer, &err), PRISM_EIO);
    ck_assert_str_eq(err.file, "commit-0000000000000001");
    ck_assert_ptr_null(w.writer);
    ck_assert_uint_eq(count_kind(&w, PRS_NAME_COMMIT), 2);
    world_end(&w);
}
END_TEST

/* Publish commit G + 1 with the segments of commit G and another schema text. */
static void publish_schema(world *w, uint64_t generation, const char *text) {
    prs_arena arena;
    prs_commit commit;
    prs_arena_init(&arena, &w->disk_mem, 0);
    ck_assert_int_eq(prs_commit_read(w->disk, generation, &arena, &commit, NULL, NULL), PRISM_OK);
    commit.manifest.generation = generation + 1;
    commit.manifest.previous = generation;
    commit.schema = prs_bytes_of(text, strlen(text));
    ck_assert_int_eq(prs_commit_publish(w->disk, &commit, NULL), PRISM_OK);
    prs_arena_fini(&arena);
}

START_TEST(a_schema_not_in_canonical_form_can_be_written_by) {
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"n\":1}");
    world_commit(&w);
    world_close(&w);
    publish_schema(&w, 2, world_schema); /* as a person writes it: defaults left out */
    world_open(&w, true);
    world_put(&w, "{\"id\":\"b\",\"n\":2}");
    prism_snapshot *before = world_snapshot(&w), *after;
    ck_assert_ptr_eq(before->recipe, w.index.core->recipe);
    ck_assert_ptr_eq(w.writer->recipe, w.index.core->recipe);
    ck_assert_uint_eq(world_commit(&w), 4);
    ck_assert_int_eq(prs_snapshot_open(w.index.core, before, &after, NULL), PRISM_OK);
    ck_assert_ptr_eq(after->leaves[0].segment, before->leaves[0].segment);
    ck_assert_uint_eq(world_count(&w), 2);
    prs_snapshot_unref(after);
    prs_snapshot_unref(before);
    world_end(&w);
}
END_TEST

START_TEST(a_commit_has_no_partial_fields) {
    world w;
    prism_error err = PRISM_ERROR_INIT;
    world_make(&w, world_schema);
    world_close(&w);
    publish_schema(&w, 1, "{\"fields\":[{\"name\":\"a\",\"type\":\"bool\",\"partial\":true}]}");
    ck_assert_int_eq(world_try_open(&w, false, &err), PRISM_ECORRUPT);
    ck_assert_str_eq(err.file, "commit-0000000000000002");
    ck_assert_ptr_nonnull(strstr(err.text, "partial"));
    world_end(&w);
}
END_TEST

START_TEST(the_writer_takes_the_schema_of_the_newest_commit) {
    world w;
    static const char other[] = "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":"
                                "\"keyword\"},{\"name\":\"more\",\"type\":\"text\"}]}";
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"n\":1}");
    world_commit(&w);
    prs_writer_close(w.writer);
    w.writer = NULL;
    publish_schema(&w, 2, other);
    ck_assert_int_eq(prs_writer_open(w.index.core, &w.options, &w.writer, NULL), PRISM_OK);
    ck_assert_uint_eq(w.writer->recipe->n_fields, 2);
    ck_assert_uint_eq(w.index.core->recipe->n_fields, 7); /* the handle's is as of open */
    prism_snapshot *snap = world_snapshot(&w), *again;    /* readers take the schema as it is now */
    ck_assert(snap->recipe != w.index.core->recipe && snap->recipe->n_fields == 2);
    ck_assert_int_eq(prs_snapshot_open(w.index.core, snap, &again, NULL), PRISM_OK);
    ck_assert_ptr_eq(again, snap);
    prs_snapshot_unref(again);
    prs_snapshot_unref(snap);
    world_put(&w, "{\"id\":\"b\",\"more\":\"word\"}");
    ck_assert_int_eq(prs_writer_rollback(w.writer, NULL), PRISM_OK);
    ck_assert_uint_eq(w.writer->recipe->n_fields, 2);
    world_put(&w, "{\"id\":\"c\",\"more\":\"word\"}");
    ck_assert_uint_eq(world_commit(&w), 4);
    ck_assert_uint_eq(world_count(&w), 2);
    world_close(&w);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

/* ---- failures -------------------------------------------------------------------------------- */

/* What the next commit is to bring. */
static void change(world *w) {
    world_delete(w, "a0");
    world_put(w, "{\"id\":\"a1\",\"n\":2}");
    world_put(w, "{\"id\":\"b\",\"n\":2}");
    ck_assert_int_eq(prs_writer_flush(w->writer, NULL), PRISM_OK);
}

/* Commit 2 has a0 .. a9; then a0 is deleted, a1 replaced, b is new; all flushed, not published. */
static void make_ready(world *w) {
    world_make(w, world_schema);
    reopen(w, 2, PRISM_NO_MERGE);
    for (uint32_t i = 0; i < 10; i++) world_put(w, "{\"id\":\"a%u\",\"n\":1}", i);
    world_commit(w);
    change(w);
}

static bool holds(world *w, bool newer) {
    char *a1 = world_get(w, "a1"), *a0 = world_get(w, "a0"), *b = world_get(w, "b");
    bool good = world_count(w) == 10 && a1 != NULL && (a0 == NULL) == newer &&
                (b != NULL) == newer && strstr(a1, newer ? "\"n\":2" : "\"n\":1") != NULL;
    free(a0);
    free(a1);
    free(b);
    return good;
}

static void names_of(world *w, char *out, size_t cap) {
    prs_listing listing;
    size_t len = 0;
    ck_assert_int_eq(prs_listing_read(&listing, w->disk, NULL), PRISM_OK);
    for (uint32_t kind = 0; kind <= PRS_NAME_DOC; kind++) {
        uint32_t n = 0;
        for (size_t i = 0; i < listing.names.n; i++) n += listing.names.ptr[i].kind == kind;
        len += (size_t)snprintf(out + len, cap - len, "%u ", n);
    }
    prs_listing_fini(&listing);
}

static const prs_bytes no_payload = {NULL, 0};

START_TEST(each_call_of_the_storage_fails) {
    uint32_t n_unknown = 0, n_before = 0, n_unconfirmed = 0;
    for (uint64_t at = 1;; at++) {
        world w;
        char before[64], after[64];
        prism_error err = PRISM_ERROR_INIT;
        make_ready(&w);
        names_of(&w, before, sizeof before);
        uint64_t generation = w.writer->generation;
        w.fault->n_calls = 0;
        w.fault->fail_at = at;
        w.fault->status = at % 2 == 0 ? PRISM_EIO : PRISM_ENOSPC;
        prism_status status = prs_publish(w.writer, no_payload, &err);
        bool failed = w.fault->n_failed > 0;
        w.fault->fail_at = 0;
        names_of(&w, after, sizeof after);
        if (status == PRISM_EUNKNOWN) {
            n_unknown++;
            ck_assert(w.writer->poisoned);
            ck_assert_int_eq(err.code, PRISM_EUNKNOWN);
            world_close(&w);
            world_open(&w, true);
            ck_assert(holds(&w, false) || holds(&w, true));
        } else if (status != PRISM_OK) {
            n_before++;
            ck_assert(failed && status == w.fault->status && err.code == status);
            ck_assert(holds(&w, false)); /* the commit before is untouched */
            ck_assert_str_eq(before, after);
            ck_assert(!w.writer->poisoned);
            prs_working *last = &w.writer->segments.ptr[w.writer->segments.n - 1];
            prs_id id = last->segment->files.id;
            bool suspect = last->suspect; /* the disk did not confirm its names (R7) */
            n_unconfirmed += suspect;
            ck_assert_int_eq(prs_publish(w.writer, no_payload, NULL), PRISM_OK);
            last = &w.writer->segments.ptr[w.writer->segments.n - 1];
            ck_assert_int_eq(prs_id_equal(&id, &last->segment->files.id), !suspect);
            ck_assert_uint_gt(w.writer->kept[w.writer->n_kept - 1].manifest.generation,
                              generation + 1);
            ck_assert(holds(&w, true));
        } else {
            ck_assert(holds(&w, true)); /* only the clean-up may have failed */
        }
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
        world_end(&w);
        if (!failed) break;
    }
    ck_assert_uint_eq(n_unknown, 2); /* the rename, the sync of the directory behind it */
    ck_assert_uint_gt(n_before, 6);
    ck_assert_uint_eq(n_unconfirmed, 1); /* the sync of the directory before the commit file */
}
END_TEST

START_TEST(each_allocation_fails) {
    uint32_t n_failed = 0;
    for (size_t more = 1;; more++) {
        world w;
        prism_error err = PRISM_ERROR_INIT;
        uint8_t payload[500] = {7};
        make_ready(&w);
        w.alloc.fail_at = atomic_load(&w.alloc.calls) + more;
        prism_status status = prs_publish(w.writer, prs_bytes_of(payload, sizeof payload), &err);
        bool refused = atomic_load(&w.alloc.calls) >= w.alloc.fail_at;
        w.alloc.fail_at = 0;
        if (status != PRISM_OK) {
            ck_assert_int_eq(status, PRISM_ENOMEM);
            ck_assert(refused && holds(&w, false));
            ck_assert_int_eq(prs_publish(w.writer, prs_bytes_of(payload, sizeof payload), NULL),
                             PRISM_OK);
            n_failed++;
        }
        ck_assert(holds(&w, true));
        check_payload(&w, payload, sizeof payload);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_NORMAL), 0);
        world_end(&w);
        if (!refused) break;
    }
    ck_assert_uint_ge(n_failed, 4);
}
END_TEST

/* Loading again, as rollback does, fails at each call and allocation; the writer stays refused
 * until it succeeds. */
START_TEST(a_rollback_that_fails_can_be_tried_again) {
    for (uint64_t at = 1;; at++) {
        world w;
        make_ready(&w);
        bool memory = at % 2 == 0;
        w.fault->n_calls = 0;
        if (memory)
            w.alloc.fail_at = atomic_load(&w.alloc.calls) + at / 2;
        else
            w.fault->fail_at = (at + 1) / 2;
        w.fault->calls = FAULT_VIEW | FAULT_READ | FAULT_LIST;
        prism_status status = prism_writer_rollback(w.writer, NULL);
        w.fault->fail_at = w.alloc.fail_at = 0;
        if (status != PRISM_OK) {
            ck_assert_int_eq(status, memory ? PRISM_ENOMEM : PRISM_EIO);
            ck_assert_int_eq(prism_writer_commit(w.writer, NULL, 0, NULL, NULL), status);
            ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
        }
        ck_assert(holds(&w, false));
        world_put(&w, "{\"id\":\"c\"}");
        world_commit(&w);
        ck_assert_uint_eq(world_count(&w), 11);
        ck_assert_uint_eq(world_check(&w, PRISM_CHECK_NORMAL), 0);
        world_end(&w);
        if (at > 120) break;
    }
}
END_TEST

/* The handle was opened before somebody with a newer version committed: what counts is what the
 * newest commit says when the writer opens, and when it goes back to it. */
START_TEST(a_commit_that_may_not_be_written_on) {
    world w;
    prism_writer *writer;
    prism_error err = PRISM_ERROR_INIT;
    char name[PRS_NAME_SIZE];
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\"}");
    world_commit(&w);
    prs_name_of_generation(name, PRS_NAME_COMMIT, 1); /* an older one says nothing */
    hurt_flag(w.disk, name, 16);
    ck_assert_int_eq(prism_writer_rollback(w.writer, NULL), PRISM_OK);
    prs_name_of_generation(name, PRS_NAME_COMMIT, 2);
    hurt_flag(w.disk, name, 16);
    ck_assert_int_eq(prism_writer_rollback(w.writer, &err), PRISM_EREADONLY);
    prs_writer_close(w.writer);
    w.writer = NULL;
    ck_assert(!w.index.core->read_only);
    ck_assert_int_eq(prs_writer_open(w.index.core, &w.options, &writer, &err), PRISM_EREADONLY);
    ck_assert_ptr_nonnull(strstr(err.text, "newer version"));
    ck_assert_uint_eq(world_count(&w), 1);
    world_end(&w);
}
END_TEST

TEST_SUITE(publish, a_commit_that_may_not_be_written_on, a_merge_keeps_a_payload_of_any_size,
           a_deletes_file_serves_until_something_is_deleted,
           an_older_commit_that_is_damaged_is_not_kept, an_older_commit_that_cannot_be_read_stays,
           a_schema_not_in_canonical_form_can_be_written_by, a_commit_has_no_partial_fields,
           the_writer_takes_the_schema_of_the_newest_commit, each_call_of_the_storage_fails,
           each_allocation_fails, a_rollback_that_fails_can_be_tried_again)
