/* test_merge_lengths.c - does each document keep its length and span through a merge, and does the
 * result count what is left? */
#include "harness/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DOCS = 6000 };

static const char body_schema[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"body\",\"type\":\"text\"}]}";

typedef struct measured {
    uint32_t n;
    uint32_t lengths[MAX_DOCS], spans[MAX_DOCS];
} measured;

/* Of the live documents, in order; the statistics of a segment without deletions are looked at. */
static measured *measure(world *w) {
    prism_snapshot *snap = world_snapshot(w);
    measured *m = calloc(1, sizeof *m);
    for (uint32_t i = 0; i < snap->n_leaves; i++) {
        const prs_leaf *leaf = &snap->leaves[i];
        const prs_segment_field *field = &leaf->segment->fields[1];
        uint64_t sum = 0, n_with = 0, max = 0;
        for (uint32_t doc = 0; doc < leaf->segment->n_docs; doc++) {
            uint32_t length = prs_lengths_get(&field->lengths, doc);
            sum += length;
            n_with += length != 0;
            max = PRS_MAX(max, length);
            if (leaf->deleted != NULL && prs_bitset_get(leaf->deleted, doc)) continue;
            m->lengths[m->n] = length;
            m->spans[m->n++] = prs_lengths_get(&field->spans, doc);
        }
        ck_assert_uint_eq(field->sum_length, sum);
        ck_assert_uint_eq(field->n_docs_with, n_with);
        ck_assert_uint_eq(field->max_length, max);
    }
    prs_snapshot_unref(snap);
    return m;
}

/* A document whose length does not fit 16 bits. */
static void put_huge(world *w, uint32_t key, const char *words) {
    size_t cap = strlen(words) + 100;
    char *json = malloc(cap);
    int len = snprintf(json, cap, "{\"id\":\"%u\",\"body\":\"%s\"}", key, words);
    ck_assert_int_eq(prism_writer_put_json(w->writer, json, (size_t)len, 0, NULL), PRISM_OK);
    free(json);
}

static void put_some(world *w, uint32_t key, const char *huge, test_rng *rng, bool gaps) {
    switch (test_rng_below(rng, 4)) {
    case 0: world_put(w, "{\"id\":\"%u\"}", key); break;
    case 1:
        world_put(w, gaps ? "{\"id\":\"%u\",\"body\":[\"a b\",\"c\"]}" : "{\"id\":\"%u\"}", key);
        break;
    case 2:
        if (test_rng_one_in(rng, 100)) {
            put_huge(w, key, huge);
            break;
        }
        /* fallthrough */
    default: world_put(w, "{\"id\":\"%u\",\"body\":\"a b c a\"}", key); break;
    }
}

static void run(uint32_t n, uint32_t parts, uint32_t one_deleted_in, bool gaps, const char *seed) {
    world w;
    test_rng rng = test_rng_of(seed);
    char *huge = malloc(2 * 70000 + 1);
    for (uint32_t i = 0; i < 70000; i++) memcpy(huge + 2 * (size_t)i, "x ", 2);
    huge[2 * 70000] = '\0';
    world_make(&w, body_schema);
    w.writer->options.max_segments = PRISM_NO_MERGE;
    for (uint32_t i = 0; i < n; i++) {
        put_some(&w, i, huge, &rng, gaps);
        if (i % (n / parts + 1) == n / parts) world_flush(&w);
    }
    for (uint32_t i = 0; i < n && one_deleted_in != 0; i++) {
        char key[16];
        snprintf(key, sizeof key, "%u", i);
        if (test_rng_one_in(&rng, one_deleted_in)) (void)world_delete(&w, key);
    }
    world_commit(&w);
    measured *before = measure(&w);
    ck_assert_int_eq(prism_writer_merge(w.writer, 1, NULL, NULL, NULL), PRISM_OK);
    measured *after = measure(&w);
    ck_assert_uint_eq(before->n, after->n);
    ck_assert_mem_eq(before->lengths, after->lengths, before->n * sizeof(uint32_t));
    ck_assert_mem_eq(before->spans, after->spans, before->n * sizeof(uint32_t));
    ck_assert_uint_eq(world_check(&w, PRISM_CHECK_DEEP), 0);
    free(before);
    free(after);
    free(huge);
    world_end(&w);
}

START_TEST(lengths_go_over) {
    run(3000, 4, 0, false, "lengths");
    run(MAX_DOCS, 3, 0, true, "lengths with gaps");
}
END_TEST

START_TEST(lengths_of_live_documents_go_over) {
    run(3000, 3, 4, false, "lengths, deletions");
    run(3000, 2, 4, true, "lengths with gaps, deletions");
    run(3000, 4, 1000, true, "lengths with gaps, few deletions");
}
END_TEST

TEST_SUITE(merge_lengths, lengths_go_over, lengths_of_live_documents_go_over)
