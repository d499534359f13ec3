/* test_reorder_bisect.c - do documents of like words come together in a merge, within its memory?
 */
#include "harness/world.h"

#include "merge/reorder.h"

#include <stdio.h>
#include <stdlib.h>

enum { DOCS = 1500, TOPICS = 10 };

/* Documents of topics by turns, in several segments; some are deleted. */
static void make(world *w, uint32_t n_segments) {
    test_rng rng = test_rng_of("reorder bisect");
    world_make(w, world_schema);
    w->writer->options.max_segments = PRISM_NO_MERGE;
    for (uint32_t i = 0; i < DOCS; i++) {
        char body[1200] = "";
        for (uint32_t k = 0; k < 30; k++) {
            char word[24];
            uint32_t topic = test_rng_one_in(&rng, 4) ? 99 : i % TOPICS;
            snprintf(word, sizeof word, "t%uw%u ", topic, (unsigned)test_rng_below(&rng, 30));
            strcat(body, word);
        }
        world_put(w, "{\"id\":\"k%u\",\"n\":%u,\"body\":\"%s\"}", i, i % TOPICS, body);
        if (i % (DOCS / n_segments) == DOCS / n_segments - 1) world_commit(w);
    }
    for (uint32_t i = 0; i < DOCS; i += 7) {
        char key[16];
        snprintf(key, sizeof key, "k%u", i);
        ck_assert_uint_eq(world_delete(w, key), 1);
    }
    world_commit(w);
}

/* Neighbours of one topic, and bytes of all lists. */
static void look(world *w, uint32_t *neighbours, uint64_t *bytes) {
    prism_snapshot *snap = world_snapshot(w);
    ck_assert_uint_eq(snap->n_leaves, 1);
    prs_segment *segment = snap->leaves[0].segment;
    const prs_field *n = prs_schema_field(snap->schema, "n", 1);
    const prs_field *body = prs_schema_field(snap->schema, "body", 4);
    const prs_column *column = &segment->fields[n->no].column;
    ck_assert_int_eq(prs_column_touch(column, NULL), PRISM_OK);
    *neighbours = 0;
    for (uint32_t doc = 1; doc < segment->n_docs; doc++)
        *neighbours += prs_column_int(column, doc) == prs_column_int(column, doc - 1);
    *bytes = segment->fields[body->no].source.lists.len;
    prs_snapshot_unref(snap);
}

static void merge(world *w, const char *order, size_t memory) {
    prs_reorder *reorder = &w->writer->options.reorder;
    reorder->memory = memory;
    ck_assert_int_eq(prs_reorder_parse(order, w->writer->recipe->schema, reorder, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_merge(w->writer, 1, NULL, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(world_check(w, PRISM_CHECK_DEEP), 0);
}

START_TEST(topics_come_together) {
    world natural, one, many;
    uint32_t turns, together, again;
    uint64_t before, after, last;
    make(&natural, 1);
    merge(&natural, "", 64 << 20);
    look(&natural, &turns, &before);
    make(&one, 1);
    merge(&one, "bp", 64 << 20);
    look(&one, &together, &after);
    ck_assert_uint_lt(turns, DOCS / 5);
    ck_assert_uint_gt(together, DOCS * 2 / 3);
    ck_assert_uint_lt(after, before * 92 / 100);
    make(&many, 5); /* the order does not depend on how it was cut */
    merge(&many, "bp", 64 << 20);
    look(&many, &again, &last);
    ck_assert_uint_eq(again, together);
    ck_assert_uint_eq(last, after);
    world_end(&natural);
    world_end(&one);
    world_end(&many);
}
END_TEST

START_TEST(little_memory_makes_rows_of_rare_words) {
    world w;
    uint32_t together;
    uint64_t bytes;
    make(&w, 3);
    merge(&w, "bp", 1 << 20);
    look(&w, &together, &bytes);
    ck_assert_uint_eq(world_count(&w), DOCS - (DOCS + 6) / 7);
    merge(&w, "bp", 1 << 10); /* none at all */
    world_end(&w);
}
END_TEST

TEST_SUITE(reorder_bisect, topics_come_together, little_memory_makes_rows_of_rare_words)
