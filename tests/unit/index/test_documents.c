/* test_documents.c - the right document for a key and for a number, and none for others. */
#include "harness/world.h"

#include <stdlib.h>

START_TEST(find_and_get) {
    world w;
    uint64_t gdoc;
    char *json;
    size_t len;
    world_make(&w, world_schema);
    world_close(&w);
    w.options.max_segments = PRISM_NO_MERGE; /* or the first version of a were gone */
    world_open(&w, true);
    world_put(&w, "{\"id\":\"a\",\"body\":\"one\"}");
    world_put(&w, "{\"id\":\"b\",\"body\":\"two\"}");
    world_commit(&w);
    world_put(&w, "{\"id\":\"a\",\"body\":\"three\"}");
    world_put(&w, "{\"id\":\"c\",\"body\":\"four\"}");
    world_commit(&w);
    world_delete(&w, "b");
    world_put(&w, "{\"id\":\"d\",\"body\":\"five\"}");
    ck_assert_int_eq(prs_writer_flush(w.writer, NULL), PRISM_OK); /* not committed: not there */
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_int_eq(prism_document_find(snap, "a", 1, &gdoc, NULL), PRISM_OK);
    ck_assert_uint_eq(gdoc, 2);
    ck_assert_int_eq(prism_document_get(snap, gdoc, &json, &len, NULL), PRISM_OK);
    ck_assert_str_eq(json, "{\"id\":\"a\",\"body\":\"three\"}");
    ck_assert_uint_eq(len, strlen(json));
    prism_free_text(json);
    ck_assert_int_eq(prism_document_find(snap, "b", 1, &gdoc, NULL), PRISM_OK);
    ck_assert_int_eq(prism_document_find(snap, "d", 1, &gdoc, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_document_find(snap, "", 0, &gdoc, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_document_get(snap, 0, &json, NULL, NULL), PRISM_ENOTFOUND); /* deleted */
    ck_assert_ptr_null(json);
    ck_assert_int_eq(prism_document_get(snap, 4, &json, NULL, NULL), PRISM_ENOTFOUND);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

START_TEST(without_a_key_there_is_nothing_to_find) {
    world w;
    uint64_t gdoc;
    world_make(&w, "{\"fields\":[{\"name\":\"body\",\"type\":\"text\"}]}");
    world_put(&w, "{\"body\":\"one\"}");
    world_put(&w, "{\"body\":\"one\"}");
    world_commit(&w);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_uint_eq(prism_snapshot_documents(snap), 2);
    ck_assert_int_eq(prism_document_find(snap, "one", 3, &gdoc, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_writer_delete(w.writer, "one", 3, NULL, NULL), PRISM_EINVAL);
    prs_snapshot_unref(snap);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

typedef struct walk {
    char text[256];
    uint64_t last;
    uint32_t n, stop_at;
} walk;

static int take(void *ctx, uint64_t gdoc, const char *json, size_t len) {
    walk *k = ctx;
    ck_assert(k->n == 0 || gdoc > k->last);
    k->last = gdoc;
    strncat(k->text, json, len);
    return ++k->n == k->stop_at;
}

START_TEST(all_live_documents_in_order) {
    world w;
    walk k = {{0}, 0, 0, 0}, stopped = {{0}, 0, 0, 2};
    world_make(&w, world_schema);
    w.writer->options.max_segments = PRISM_NO_MERGE;
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_int_eq(prism_document_each(snap, take, &k, NULL), PRISM_OK);
    ck_assert_uint_eq(k.n, 0);
    prs_snapshot_unref(snap);
    for (uint32_t i = 0; i < 6; i++) {
        world_put(&w, "{\"id\":\"%u\",\"x\":[1,  {}]}", i);
        if (i % 2 == 1) world_commit(&w);
    }
    world_put(&w, "{\"id\":\"1\"}");
    world_delete(&w, "2");
    world_commit(&w);
    snap = world_snapshot(&w);
    ck_assert_int_eq(prism_document_each(snap, take, &k, NULL), PRISM_OK);
    ck_assert_str_eq(k.text, "{\"id\":\"0\",\"x\":[1,{}]}{\"id\":\"3\",\"x\":[1,{}]}"
                             "{\"id\":\"4\",\"x\":[1,{}]}{\"id\":\"5\",\"x\":[1,{}]}"
                             "{\"id\":\"1\"}");
    ck_assert_int_eq(prism_document_each(snap, take, &stopped, NULL), PRISM_ECANCELED);
    ck_assert_uint_eq(stopped.n, 2);
    prs_snapshot_unref(snap);
    world_end(&w);
}
END_TEST

TEST_SUITE(documents, find_and_get, without_a_key_there_is_nothing_to_find,
           all_live_documents_in_order)
