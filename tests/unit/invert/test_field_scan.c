/* test_field_scan.c - the values of a field: lengths, gaps, what empty ones leave, and how much
 * memory is asked for ahead. */
#include "harness/world.h"

#include "invert/field_scan.h"

typedef struct bench {
    world w;
    const prs_field *field;
    prs_lexicon *lexicon;
    prs_stream stream;
    prs_stream_doc doc;
    uint64_t n_bad;
} bench;

static void begin(bench *b, const char *name) {
    memset(b, 0, sizeof *b);
    world_make(&b->w, world_schema);
    prs_recipe *recipe = b->w.index.core->recipe;
    prs_mem *mem = &b->w.index.core->mem;
    b->field = prs_schema_field(recipe->schema, name, strlen(name));
    b->stream.mem = mem;
    ck_assert_int_eq(prs_lexicon_new(recipe->analyzers[b->field->no], mem, &b->lexicon, NULL),
                     PRISM_OK);
}

static void end(bench *b) {
    prs_mem_free(b->stream.mem, b->stream.ids, b->stream.cap * sizeof *b->stream.ids);
    prs_lexicon_free(b->lexicon);
    world_end(&b->w);
}

static prism_status scan_with(bench *b, const char *text, size_t len, size_t limit) {
    return prs_field_scan(b->field, b->lexicon, prs_bytes_of((const uint8_t *)text, len), limit,
                          &b->stream, &b->doc, &b->n_bad, NULL);
}

static void scan(bench *b, const char *text) {
    ck_assert_int_eq(scan_with(b, text, strlen(text), 0), PRISM_OK);
}

START_TEST(values_have_a_gap_between_them) {
    bench b;
    begin(&b, "body");
    scan(&b, "");
    scan(&b, "one two");
    ck_assert_uint_eq(b.stream.n, 2);
    scan(&b, " ... "); /* no token: no gap, and none for the next either */
    ck_assert_uint_eq(b.stream.n, 2);
    ck_assert_uint_eq(b.doc.span, 2);
    scan(&b, "three");
    ck_assert_uint_eq(b.stream.n, 5);
    ck_assert_uint_eq(b.stream.ids[2], PRS_STREAM_GAP);
    ck_assert_uint_eq(b.stream.ids[3], PRS_VALUE_GAP);
    ck_assert_uint_eq(b.doc.length, 3);
    ck_assert_uint_eq(b.doc.span, 3 + PRS_VALUE_GAP);
    ck_assert_uint_eq(b.n_bad, 0);
    end(&b);
}
END_TEST

START_TEST(a_field_without_positions_has_no_gaps) {
    bench b;
    begin(&b, "tags");
    scan(&b, "x");
    scan(&b, "y");
    ck_assert_uint_eq(b.stream.n, 2);
    ck_assert_uint_eq(b.doc.span, 2);
    end(&b);
}
END_TEST

START_TEST(bad_bytes_are_counted) {
    bench b;
    begin(&b, "body");
    scan(&b, "a\xff z");
    scan(&b, "a\xc3 z");
    ck_assert_uint_eq(b.n_bad, 2);
    end(&b);
}
END_TEST

START_TEST(too_many_positions_are_refused) {
    bench b;
    begin(&b, "body");
    b.doc.span = PRISM_MAX_DOC_TOKENS - PRS_VALUE_GAP - 2;
    scan(&b, "one two"); /* the last that there may be */
    ck_assert_uint_eq(b.doc.span, PRISM_MAX_DOC_TOKENS);
    b.doc.span = PRISM_MAX_DOC_TOKENS - PRS_VALUE_GAP - 1;
    ck_assert_int_eq(scan_with(&b, "one two", 7, 0), PRISM_ELIMIT);
    end(&b);
}
END_TEST

/* A text that has few tokens for its length does not take the budget for room it never fills. */
START_TEST(room_is_bounded_by_the_limit) {
    static char text[100000];
    bench b;
    begin(&b, "body");
    memset(text, ' ', sizeof text);
    ck_assert_int_eq(scan_with(&b, text, sizeof text, 60000), PRISM_OK);
    ck_assert_uint_le(b.stream.cap * sizeof(uint32_t), 60000);
    ck_assert_int_eq(scan_with(&b, text, sizeof text, 0), PRISM_OK);
    ck_assert_uint_ge(b.stream.cap, sizeof text / 2);
    end(&b);
}
END_TEST

START_TEST(no_memory_is_told) {
    bench b;
    uint32_t refused = 0;
    begin(&b, "body");
    for (size_t at = 1;; at++) {
        b.w.alloc.fail_at = atomic_load(&b.w.alloc.calls) + at;
        size_t before = b.stream.n;
        prism_status status = scan_with(&b, "one 中国 three", 16, 0);
        b.w.alloc.fail_at = 0;
        if (status == PRISM_OK) break;
        ck_assert_int_eq(status, PRISM_ENOMEM);
        b.stream.n = before; /* whoever calls cuts it back */
        b.doc = (prs_stream_doc){0};
        refused++;
    }
    ck_assert_uint_gt(refused, 0);
    end(&b);
}
END_TEST

TEST_SUITE(field_scan, values_have_a_gap_between_them, a_field_without_positions_has_no_gaps,
           bad_bytes_are_counted, too_many_positions_are_refused, room_is_bounded_by_the_limit,
           no_memory_is_told)
