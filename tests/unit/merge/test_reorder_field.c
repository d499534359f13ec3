/* test_reorder_field.c - do documents stand by the values of a column after a merge? */
#include "harness/world.h"

#include "merge/reorder.h"

#include <stdio.h>
#include <stdlib.h>

/* The keys of the only segment in the order of its documents, one behind the other. */
static void expect_keys(world *w, const char *want) {
    char got[256] = "";
    prism_snapshot *snap = world_snapshot(w);
    ck_assert_uint_eq(snap->n_leaves, 1);
    const prs_segment *segment = snap->leaves[0].segment;
    for (uint32_t doc = 0; doc < segment->n_docs; doc++) {
        prs_bytes key;
        char *json, start[32];
        ck_assert_int_eq(prs_keys_get(&segment->keys, doc, &key, NULL), PRISM_OK);
        strncat(got, (const char *)key.ptr, key.len);
        ck_assert_int_eq(prism_document_get(snap, doc, &json, NULL, NULL), PRISM_OK);
        snprintf(start, sizeof start, "{\"id\":\"%.*s\"", (int)key.len, (const char *)key.ptr);
        ck_assert_msg(strncmp(json, start, strlen(start)) == 0, "%s is not of %s", json, start);
        prism_free_text(json);
    }
    ck_assert_str_eq(got, want);
    prs_snapshot_unref(snap);
    ck_assert_uint_eq(world_check(w, PRISM_CHECK_DEEP), 0);
}

/* Six documents in three segments, one of them deleted. */
static void make(world *w) {
    world_make(w, world_schema);
    w->writer->options.max_segments = PRISM_NO_MERGE;
    world_put(w, "{\"id\":\"a\",\"n\":5,\"tags\":[\"pear\",\"fig\"]}");
    world_put(w, "{\"id\":\"b\",\"n\":-7,\"tags\":[\"zoo\"]}");
    world_commit(w);
    world_put(w, "{\"id\":\"c\",\"body\":\"no value\"}");
    world_put(w, "{\"id\":\"x\",\"n\":1,\"tags\":[\"gone\"]}");
    world_put(w, "{\"id\":\"d\",\"n\":5,\"tags\":[\"apple\",\"zoo\"]}");
    world_commit(w);
    world_put(w, "{\"id\":\"e\",\"n\":9,\"tags\":[\"fig\"],\"body\":\"words\"}");
    world_delete(w, "x");
    world_commit(w);
}

static void merge(world *w, const char *order) {
    ck_assert_int_eq(prs_reorder_parse(order, w->writer->recipe->schema,
                                       &w->writer->options.reorder, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prism_writer_merge(w->writer, 1, NULL, NULL, NULL), PRISM_OK);
}

START_TEST(numbers_and_words_in_both_directions) {
    static const struct {
        const char *order, *keys;
    } cases[] = {
        {"n", "badec"},     /* -7 5 5 9, and c without a value; equals as they came */
        {"-n", "eadbc"},    /* ... so that c stands last here, too */
        {"tags", "daebc"},  /* least values: apple fig fig zoo */
        {"-tags", "bdaec"}, /* greatest: zoo zoo pear fig */
        {"when", "abcde"},  /* nobody has one */
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        world w;
        make(&w);
        merge(&w, cases[i].order);
        expect_keys(&w, cases[i].keys);
        prism_snapshot *snap = world_snapshot(&w);
        bool by_arrival = snap->leaves[0].segment->order.bits == NULL;
        ck_assert_int_eq(by_arrival, strcmp(cases[i].keys, "abcde") == 0);
        prs_snapshot_unref(snap);
        world_end(&w);
    }
}
END_TEST

/* Equals stand as they stood: by n, and then by tags, is by tags and among equals by n. */
START_TEST(one_order_after_the_other) {
    world w;
    make(&w);
    merge(&w, "-n");
    merge(&w, "tags");
    expect_keys(&w, "deabc");
    merge(&w, "");
    expect_keys(&w, "deabc");
    merge(&w, "n");
    expect_keys(&w, "bdaec");
    world_end(&w);
}
END_TEST

TEST_SUITE(reorder_field, numbers_and_words_in_both_directions, one_order_after_the_other)
