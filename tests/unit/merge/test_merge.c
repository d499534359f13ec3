/* test_merge.c - is a merge of segments what one flush of the same documents would have been? */
#include "harness/world.h"

#include "format/components.h"
#include "merge/merge.h"

#include <stdio.h>
#include <stdlib.h>

static void random_text(test_rng *rng, char *out, size_t words) {
    static const char *const han[] = {"数据", "中心", "软件工程", "网络", "存储系统"};
    out[0] = '\0';
    for (size_t i = 0; i < words; i++) {
        char word[16];
        if (test_rng_one_in(rng, 4)) {
            strcat(out, han[test_rng_below(rng, PRS_COUNT(han))]);
        } else {
            snprintf(word, sizeof word, "w%u ", (unsigned)test_rng_below(rng, 50));
            strcat(out, word);
        }
    }
}

static void put_random(world *w, test_rng *rng, uint32_t key) {
    char title[256], body[1024];
    random_text(rng, title, test_rng_below(rng, 4));
    random_text(rng, body, test_rng_below(rng, 40));
    switch (test_rng_below(rng, 4)) {
    case 0: world_put(w, "{\"id\":\"k%u\",\"body\":\"%s\"}", key, body); break;
    case 1:
        world_put(w, "{\"id\":\"k%u\",\"body\":[\"%s\",\"%s\"],\"tags\":[\"b\",\"a\",\"b\"]}", key,
                  body, title);
        break;
    case 2:
        world_put(w,
                  "{\"id\":\"k%u\",\"title\":\"%s\",\"lang\":\"en\",\"n\":%u,\"tags\":[\"t%u\"]}",
                  key, title, key, key % 17);
        break;
    default:
        world_put(w, "{\"id\":\"k%u\",\"title\":\"%s\",\"body\":\"%s\",\"when\":\"2024-01-%02u\"}",
                  key, title, body, key % 28 + 1);
        break;
    }
}

typedef struct section_key {
    uint16_t component, field;
} section_key;

/* Every section of two `.idx` files, byte by byte. */
static void compare_files(prs_in *a, prs_in *b) {
    section_key key;
    prs_section sa, sb;
    uint32_t n = 0;
    for (; prs_in_entry(a, n, &key.component, &key.field, &sa); n++) {
        ck_assert_msg(prs_in_section(b, key.component, key.field, &sb), "component %u field %u",
                      key.component, key.field);
        ck_assert_int_eq(prs_in_touch(&sa, 0, sa.len, NULL), PRISM_OK);
        ck_assert_int_eq(prs_in_touch(&sb, 0, sb.len, NULL), PRISM_OK);
        ck_assert_msg(sa.len == sb.len && memcmp(sa.ptr, sb.ptr, (size_t)sa.len) == 0,
                      "component %u field %u differ: %llu and %llu bytes", key.component, key.field,
                      (unsigned long long)sa.len, (unsigned long long)sb.len);
    }
    ck_assert(!prs_in_entry(b, n, &key.component, &key.field, &sb));
}

/* n documents in one flush, and in `parts` flushes merged; `replaced` of them are put twice. */
static void run(uint32_t n, uint32_t parts, uint32_t replaced, const char *seed) {
    world one, many;
    world_make(&one, world_schema);
    world_make(&many, world_schema);
    test_rng rng = test_rng_of(seed);
    test_rng old = test_rng_of("old versions");
    for (uint32_t i = 0; i < replaced; i++) put_random(&many, &old, i);
    ck_assert_int_eq(prs_writer_flush(many.writer, NULL), PRISM_OK);
    test_rng same = rng;
    for (uint32_t i = 0; i < n; i++) {
        put_random(&one, &rng, i);
        put_random(&many, &same, i);
        if (i % (n / parts) == 0) ck_assert_int_eq(prs_writer_flush(many.writer, NULL), PRISM_OK);
    }
    world_commit(&one);
    ck_assert_int_eq(prism_writer_merge(many.writer, 1, NULL, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(world_check(&many, PRISM_CHECK_DEEP), 0);
    prism_snapshot *a = world_snapshot(&one), *b = world_snapshot(&many);
    ck_assert_uint_eq(a->n_leaves, 1);
    ck_assert_uint_eq(b->n_leaves, 1);
    ck_assert_uint_eq(prism_snapshot_deleted(b), 0);
    if (replaced == 0) compare_files(a->leaves[0].segment->idx, b->leaves[0].segment->idx);
    for (uint64_t doc = 0; doc < n; doc++) {
        char *x, *y;
        ck_assert_int_eq(prism_document_get(a, doc, &x, NULL, NULL), PRISM_OK);
        ck_assert_int_eq(prism_document_get(b, doc, &y, NULL, NULL), PRISM_OK);
        ck_assert_str_eq(x, y);
        prism_free_text(x);
        prism_free_text(y);
    }
    prs_snapshot_unref(a);
    prs_snapshot_unref(b);
    world_end(&one);
    world_end(&many);
}

START_TEST(merged_segments_are_bytes_of_one_flush) {
    run(40, 4, 0, "merge 40");
    run(700, 7, 0, "merge 700");
}
END_TEST

START_TEST(purged_segments_are_as_if_never_there) {
    run(300, 5, 200, "merge purge");
}
END_TEST

START_TEST(long_lists_are_copied_by_blocks) {
    world w;
    world_make(&w, world_schema);
    uint32_t n = 0;
    for (uint32_t part = 0; part < 3; part++) {
        /* 2000 documents: whole blocks and a short one, which is then followed by others */
        for (uint32_t i = 0; i < 2000; i++, n++) {
            world_put(&w, "{\"id\":\"k%u\",\"body\":\"all %s all %u 数据\"}", n,
                      i % 3 == 0 ? "some some" : "", i % 50);
        }
        ck_assert_int_eq(prs_writer_flush(w.writer, NULL), PRISM_OK);
    }
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_delete(&w, "k3000"); /* and once more, decoded this time */
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    ck_assert_uint_eq(world_count(&w), 5999);
    world_end(&w);
}
END_TEST

static int stop_at_once(void *ctx, uint64_t done, uint64_t total) {
    (void)ctx;
    ck_assert_uint_le(done, total);
    return 1;
}

START_TEST(a_cancelled_merge_changes_nothing) {
    world w;
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 4; i++) {
        world_put(&w, "{\"id\":\"a%u\",\"body\":\"one\"}", i);
        world_commit(&w);
    }
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, stop_at_once, NULL, NULL), PRISM_ECANCELED);
    prism_snapshot *snap = world_snapshot(&w);
    ck_assert_uint_eq(prism_snapshot_segments(snap), 4);
    prs_snapshot_unref(snap);
    world_put(&w, "{\"id\":\"b\",\"body\":\"one\"}"); /* the writer goes on */
    world_commit(&w);
    ck_assert_uint_eq(world_count(&w), 5);
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    world_end(&w);
}
END_TEST

typedef struct asked {
    uint64_t n, n_still; /* questions; those between two steps of progress */
    uint64_t last;
} asked;

static int note(void *ctx, uint64_t done, uint64_t total) {
    asked *a = ctx;
    (void)total;
    a->n++;
    a->n_still += done == a->last;
    a->last = done;
    return 0;
}

/* R33: in every part, every 4096 documents at least: lengths of 2 text fields, lists, 2 columns,
 * keys, and the documents themselves. */
START_TEST(the_caller_is_asked_every_4096_documents) {
    world w;
    asked a = {0};
    enum { N = 40000 };
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < N; i++)
        world_put(&w, "{\"id\":\"k%u\",\"n\":%u,\"body\":\"x\"}", i, i);
    world_flush(&w);
    world_put(&w, "{\"id\":\"last\"}");
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, note, &a, NULL), PRISM_OK);
    ck_assert_uint_ge(a.n_still, (uint64_t)5 * N / 4096);
    world_end(&w);
}
END_TEST

START_TEST(damage_is_not_merged) {
    world w;
    char name[PRS_NAME_SIZE];
    prism_error err = PRISM_ERROR_INIT;
    world_make(&w, world_schema);
    for (uint32_t i = 0; i < 2; i++) {
        world_put(&w, "{\"id\":\"a%u\",\"body\":\"one two three\"}", i);
        world_commit(&w);
    }
    prism_snapshot *snap = world_snapshot(&w);
    prs_name_of_segment(name, PRS_NAME_DOC, &snap->manifest.segments[0].id);
    prs_snapshot_unref(snap);
    prs_view view; /* in memory the view is the file itself */
    ck_assert_int_eq(w.disk->vt->view_open(w.disk, name, &view, NULL), PRISM_OK);
    uint8_t *bytes;
    memcpy(&bytes, &view.ptr, sizeof bytes);
    bytes[70] ^= 1;
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, &err), PRISM_ECORRUPT);
    ck_assert_str_eq(err.file, name);
    bytes[70] ^= 1;
    w.disk->vt->view_close(w.disk, &view);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, &err), PRISM_OK);
    world_end(&w);
}
END_TEST

TEST_SUITE(merge, merged_segments_are_bytes_of_one_flush, purged_segments_are_as_if_never_there,
           the_caller_is_asked_every_4096_documents, long_lists_are_copied_by_blocks,
           a_cancelled_merge_changes_nothing, damage_is_not_merged)
