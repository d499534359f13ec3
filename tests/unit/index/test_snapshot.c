/* test_snapshot.c - is a snapshot what it was, whatever the writer does afterwards? */
#include "harness/world.h"

#include "index/commit.h"
#include "schema/tokenizers.h"

#include <stdio.h>
#include <stdlib.h>

START_TEST(nothing_new_gives_the_same_snapshot) {
    world w;
    world_make(&w, world_schema);
    prism_snapshot *snap = world_snapshot(&w), *again;
    ck_assert_int_eq(prism_snapshot_refresh(snap, &again, NULL), PRISM_OK);
    ck_assert_ptr_eq(again, snap);
    prs_snapshot_unref(again);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

START_TEST(refresh_shares_what_stayed) {
    world w;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    world_put(&w, "{\"id\":\"b\",\"body\":\"one\"}");
    world_put(&w, "{\"id\":\"c\",\"body\":\"one\"}");
    world_commit(&w);
    prism_snapshot *snap = world_snapshot(&w), *next;
    world_put(&w, "{\"id\":\"a\",\"body\":\"two\"}");
    world_commit(&w);
    ck_assert_int_eq(prism_snapshot_refresh(snap, &next, NULL), PRISM_OK);
    ck_assert_uint_eq(next->n_leaves, 2);
    ck_assert_ptr_eq(next->leaves[0].segment, snap->leaves[0].segment);
    ck_assert_ptr_null(snap->leaves[0].deleted); /* each has its own deletions */
    ck_assert_uint_eq(next->leaves[0].n_deleted, 1);
    ck_assert(prs_bitset_get(next->leaves[0].deleted, 0));
    ck_assert_uint_eq(prism_snapshot_documents(snap), 3);
    ck_assert_uint_eq(prism_snapshot_documents(next), 3);
    ck_assert_uint_eq(prism_snapshot_deleted(next), 1);
    prs_snapshot_unref(next);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

START_TEST(an_old_snapshot_reads_on) {
    world w;
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 20; i++) world_put(&w, "{\"id\":\"a%u\",\"body\":\"old %u\"}", i, i);
    world_commit(&w);
    prism_snapshot *snap = world_snapshot(&w);
    for (uint32_t round = 0; round < 5; round++) {
        for (uint32_t i = 0; i < 20; i++) world_put(&w, "{\"id\":\"a%u\",\"body\":\"new\"}", i);
        ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    }
    for (uint64_t i = 0; i < 20; i++) {
        char want[64], *json;
        snprintf(want, sizeof want, "{\"id\":\"a%u\",\"body\":\"old %u\"}", (unsigned)i,
                 (unsigned)i);
        ck_assert_int_eq(prism_document_get(snap, i, &json, NULL, NULL), PRISM_OK);
        ck_assert_str_eq(json, want);
        prism_free_text(json);
    }
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

START_TEST(a_snapshot_outlives_its_index) {
    world w;
    char *json;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    world_commit(&w);
    prism_snapshot *snap = world_snapshot(&w);
    prs_writer_close(w.writer);
    w.writer = NULL;
    prs_core *core = w.index.core;
    prs_core_unref(core); /* the snapshot holds it */
    ck_assert_int_eq(prism_document_get(snap, 0, &json, NULL, NULL), PRISM_OK);
    ck_assert_str_eq(json, "{\"id\":\"a\",\"body\":\"one\"}");
    prism_free_text(json);
    prs_snapshot_unref(snap);
    w.index.core = NULL;
    test_alloc_check_empty(&w.alloc);
    free(w.fault);
    world_end(&w);
}
END_TEST

START_TEST(numbers_go_over_segments) {
    world w;
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 5; i++) {
        world_put(&w, "{\"id\":\"a%u\",\"body\":\"one\"}", i);
        if (i % 2 == 1) world_commit(&w);
    }
    world_commit(&w);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_uint_eq(snap->n_leaves, 3);
    for (uint64_t gdoc = 0; gdoc < 5; gdoc++) {
        uint32_t doc;
        const prs_leaf *leaf = prs_snapshot_leaf(snap, gdoc, &doc);
        ck_assert_ptr_nonnull(leaf);
        ck_assert_uint_eq(leaf->base + doc, gdoc);
        ck_assert_uint_lt(doc, leaf->segment->n_docs);
        ck_assert_uint_eq(prs_segment_arrival(leaf->segment, doc), gdoc);
    }
    uint32_t doc;
    ck_assert_ptr_null(prs_snapshot_leaf(snap, 5, &doc));
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

START_TEST(a_lost_file_is_damage) {
    world w;
    prism_snapshot *snap;
    prism_error err = PRISM_ERROR_INIT;
    char name[PRS_NAME_SIZE];
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    world_commit(&w);
    snap = world_snapshot(&w);
    prs_name_of_segment(name, PRS_NAME_DOC, &snap->manifest.segments[0].id);
    prs_snapshot_unref(snap);
    ck_assert_int_eq(w.disk->vt->unlink(w.disk, name, NULL), PRISM_OK);
    ck_assert_int_eq(prs_snapshot_open(w.index.core, NULL, &snap, &err), PRISM_ECORRUPT);
    ck_assert_str_eq(err.file, name);
    ck_assert_uint_gt(world_check(&w, PRISM_CHECK_QUICK), 0);
    world_end(&w);
}
END_TEST

START_TEST(a_listing_may_miss_everything_once) {
    world w;
    prism_snapshot *snap;
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    world_commit(&w);
    w.fault->calls = FAULT_LIST; /* one that says OK and shows nothing */
    w.fault->status = PRISM_OK;
    w.fault->n_calls = 0;
    w.fault->fail_at = 1;
    ck_assert_int_eq(prs_snapshot_open(w.index.core, NULL, &snap, NULL), PRISM_OK);
    ck_assert_uint_eq(prism_snapshot_documents(snap), 1);
    prs_snapshot_unref(snap);
    w.fault->n_calls = 0;
    w.fault->fail_on = true;
    ck_assert_int_eq(prs_snapshot_open(w.index.core, NULL, &snap, NULL), PRISM_ECORRUPT);
    w.fault->fail_on = false;
    w.fault->n_calls = 0;
    prs_arena arena;
    prs_commit commit;
    prs_arena_init(&arena, &w.disk_mem, 0);
    prs_dir *dir = &w.fault->base;
    ck_assert_int_eq(prs_commit_read_newest(dir, &arena, &commit, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(commit.manifest.generation, 2);
    prs_arena_fini(&arena);
    w.fault->fail_at = 0;
    world_end(&w);
}
END_TEST

START_TEST(an_error_tells_itself_and_not_the_one_before) {
    world w;
    prism_snapshot *snap;
    prism_error err = PRISM_ERROR_INIT;
    char name[PRS_NAME_SIZE];
    world_make(&w, world_schema);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    world_commit(&w);
    snap = world_snapshot(&w);
    prs_name_of_segment(name, PRS_NAME_DOC, &snap->manifest.segments[0].id);
    prs_snapshot_unref(snap);
    ck_assert_int_eq(w.disk->vt->unlink(w.disk, name, NULL), PRISM_OK);
    w.fault->calls = FAULT_LIST;
    w.fault->n_calls = 0;
    w.fault->fail_at = 2; /* the look after the file was missed */
    ck_assert_int_eq(prs_snapshot_open(w.index.core, NULL, &snap, &err), PRISM_EIO);
    ck_assert_int_eq(err.code, PRISM_EIO);
    w.fault->fail_at = 0;
    world_end(&w);
}
END_TEST

static prism_status cut_nothing(void *ctx, const char *text, size_t len, prism_token_fn emit,
                                void *emit_ctx, prism_error *err) {
    prism_token token = {.term = text, .len = len, .end = len};
    (void)ctx;
    (void)err;
    return emit(emit_ctx, &token) != 0 ? PRISM_ECANCELED : PRISM_OK;
}

/* A schema newer than the handle's may name the handle's tokenizers. */
START_TEST(a_newer_schema_has_the_tokenizers_of_the_handle) {
    world w;
    prism_schema *schema;
    prism_tokenizers *set;
    prism_tokenizer mine = PRISM_TOKENIZER_INIT;
    prism_error err = PRISM_ERROR_INIT;
    char text[1024];
    mine.name = "mine";
    mine.version = "1";
    mine.tokenize = cut_nothing;
    world_make(&w, world_schema);
    ck_assert_int_eq(prs_tokenizers_new(&set, NULL), PRISM_OK);
    ck_assert_int_eq(prs_tokenizers_add(set, &mine, NULL), PRISM_OK);
    w.index.core->tokenizers = set;
    snprintf(text, sizeof text,
             "%.*s,{\"name\":\"code\",\"type\":\"text\",\"analyzer\":\"mine\"}]}",
             (int)strlen(world_schema) - 2, world_schema);
    ck_assert_int_eq(prs_schema_from_json(text, strlen(text), &schema, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_set_schema(w.writer, schema, NULL), PRISM_OK);
    prs_schema_unref(schema);
    world_put(&w, "{\"id\":\"a\",\"code\":\"A-1 B\"}");
    world_commit(&w);
    prism_snapshot *snap;
    ck_assert_msg(prs_snapshot_open(w.index.core, NULL, &snap, &err) == PRISM_OK, "%s", err.text);
    ck_assert_ptr_eq(snap->schema->tokenizers, set);
    ck_assert_uint_eq(snap->schema->n_fields, 8);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

/* Publish the newest commit again as the next one, with another number of documents in its first
 * segment: what somebody with a pen for checksums may write. */
static void publish_forged(world *w, uint32_t n_docs, uint64_t arrival_base) {
    prs_arena arena;
    prs_commit commit;
    prs_arena_init(&arena, &w->disk_mem, 0);
    ck_assert_int_eq(prs_commit_read_newest(w->disk, &arena, &commit, NULL, NULL), PRISM_OK);
    commit.manifest.previous = commit.manifest.generation++;
    commit.manifest.segments[0].n_docs = n_docs;
    commit.manifest.segments[0].arrival_base = arrival_base;
    commit.manifest.next_arrival = arrival_base + n_docs;
    ck_assert_int_eq(prs_commit_publish(w->disk, &commit, NULL), PRISM_OK);
    prs_arena_fini(&arena);
}

/* An open segment is shared by its id, but not what a newer commit says of it: numbers of documents
 * that are not those of the file would lead out of it. */
START_TEST(a_shared_segment_is_believed_no_more_than_a_new_one) {
    static const struct {
        uint32_t n_docs;
        uint64_t arrival_base;
    } forged[] = {{1000000, 0}, {1, 0}, {2, 7}};
    for (size_t i = 0; i < PRS_COUNT(forged); i++) {
        world w;
        prism_snapshot *next;
        prism_error err = PRISM_ERROR_INIT;
        char name[PRS_NAME_SIZE];
        world_make(&w, world_schema);
        world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
        world_put(&w, "{\"id\":\"b\",\"body\":\"one\"}");
        world_commit(&w);
        prism_snapshot *snap = world_snapshot(&w);
        prs_name_of_segment(name, PRS_NAME_IDX, &snap->manifest.segments[0].id);
        publish_forged(&w, forged[i].n_docs, forged[i].arrival_base);
        ck_assert_int_eq(prism_snapshot_refresh(snap, &next, &err), PRISM_ECORRUPT);
        ck_assert_str_eq(err.file, name);
        ck_assert_uint_eq(prism_snapshot_documents(snap), 2);
        prs_snapshot_unref(snap);
        world_end(&w);
    }
}
END_TEST

TEST_SUITE(snapshot, nothing_new_gives_the_same_snapshot, refresh_shares_what_stayed,
           an_old_snapshot_reads_on, a_snapshot_outlives_its_index, numbers_go_over_segments,
           a_lost_file_is_damage, a_listing_may_miss_everything_once,
           an_error_tells_itself_and_not_the_one_before,
           a_newer_schema_has_the_tokenizers_of_the_handle,
           a_shared_segment_is_believed_no_more_than_a_new_one)
