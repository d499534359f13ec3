/* test_check_parts.c - does check tell of keys that lead nowhere, twice or are missing, and of
 * spans that cannot be, where all checksums are right? */
#include "harness/world.h"

#include <stdio.h>
#include <string.h>

typedef struct bench {
    world w;
    prism_snapshot *snap;
    prs_segment *segment;
    prs_check check;
    uint32_t n_told;
    char last[256];
} bench;

enum { BODY = 2 };

static void take(void *ctx, const prism_error *finding) {
    bench *b = ctx;
    b->n_told++;
    snprintf(b->last, sizeof b->last, "%s", finding->text);
}

static void begin(bench *b) {
    memset(b, 0, sizeof *b);
    world_make(&b->w, world_schema);
    for (uint32_t i = 0; i < 40; i++)
        world_put(&b->w, "{\"id\":\"k%u\",\"body\":[\"one two\",\"three\"]}", i % 39);
    world_commit(&b->w);
    world_close(&b->w);
    world_open(&b->w, false);
    b->w.index.core->checksums = PRS_CHECKSUM_OFF; /* damage comes after they were made */
    b->snap = world_snapshot(&b->w);
    b->segment = b->snap->leaves[0].segment;
    b->check =
        (prs_check){.core = b->w.index.core, .level = PRISM_CHECK_DEEP, .each = take, .ctx = b};
}

static void end(bench *b) {
    prs_snapshot_unref(b->snap);
    world_end(&b->w);
}

/* Number of findings with the deletions given. */
static uint32_t findings(bench *b, const prs_bitset *deleted) {
    b->n_told = 0;
    b->check.n_here = 0;
    ck_assert_int_eq(prs_check_parts(&b->check, b->segment, deleted, NULL), PRISM_OK);
    return b->n_told;
}

START_TEST(a_key_leads_to_one_live_document) {
    bench b;
    begin(&b);
    const prs_leaf *leaf = &b.snap->leaves[0];
    ck_assert_uint_eq(leaf->n_deleted, 1); /* k0 was put twice */
    ck_assert_uint_eq(findings(&b, leaf->deleted), 0);
    ck_assert_uint_eq(findings(&b, NULL), 2); /* as if both versions lived: each is told */
    ck_assert_ptr_nonnull(strstr(b.last, "shares its key"));
    end(&b);
}
END_TEST

START_TEST(a_key_leads_back_to_its_document) {
    bench b;
    begin(&b);
    const prs_keys *keys = &b.segment->keys;
    uint8_t *bytes;
    memcpy(&bytes, &keys->section.ptr, sizeof bytes);
    uint8_t *hash = bytes + keys->hashes + 8 * 20, keep = *hash;
    *hash ^= 1; /* the low end: the entry stays in its bucket */
    ck_assert_uint_ge(findings(&b, b.snap->leaves[0].deleted), 1);
    ck_assert_ptr_nonnull(strstr(b.last, "is not found by its key"));
    *hash = keep;
    prs_keys own = b.segment->keys;
    b.segment->keys.n_docs = 0;
    ck_assert_uint_eq(findings(&b, b.snap->leaves[0].deleted), 1);
    ck_assert_ptr_nonnull(strstr(b.last, "no keys"));
    b.segment->keys = own;
    ck_assert_uint_eq(findings(&b, b.snap->leaves[0].deleted), 0);
    end(&b);
}
END_TEST

START_TEST(a_span_is_no_less_than_a_length) {
    bench b;
    begin(&b);
    prs_segment_field *body = &b.segment->fields[BODY];
    prs_lengths own = body->spans;
    uint8_t short_spans[2 * 40];
    for (uint32_t d = 0; d < 40; d++) prs_store16(short_spans + 2 * d, d == 7 ? 2 : 103);
    body->spans = (prs_lengths){short_spans, NULL, 40, 0};
    ck_assert_uint_eq(findings(&b, b.snap->leaves[0].deleted), 1);
    ck_assert_ptr_nonnull(strstr(b.last, "document 7"));
    body->spans = own;
    ck_assert_uint_eq(findings(&b, b.snap->leaves[0].deleted), 0);
    end(&b);
}
END_TEST

TEST_SUITE(check_parts, a_key_leads_to_one_live_document, a_key_leads_back_to_its_document,
           a_span_is_no_less_than_a_length)
