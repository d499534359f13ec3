/* test_inverter.c - what of a document goes where, and does a refused one leave a trace? */
#include "harness/world.h"

#include "invert/inverter.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct bench {
    world w;
    prs_inverter *inverter;
    prs_json_reader *reader;
    prs_document doc;
} bench;

static void begin(bench *b) {
    world_make(&b->w, world_schema);
    prs_mem *mem = &b->w.index.core->mem;
    ck_assert_int_eq(prs_inverter_new(b->w.index.core->recipe, mem, &b->inverter, NULL), PRISM_OK);
    ck_assert_int_eq(prs_json_reader_new(mem, &b->reader, NULL), PRISM_OK);
    prs_document_init(&b->doc, b->w.index.core->recipe->schema, mem);
}

static void end(bench *b) {
    prs_document_fini(&b->doc);
    prs_json_reader_free(b->reader);
    prs_inverter_free(b->inverter);
    world_end(&b->w);
}

static void add(bench *b, const char *json) {
    world_read(b->reader, &b->doc, json);
    ck_assert_int_eq(prs_inverter_add(b->inverter, &b->doc, NULL), PRISM_OK);
}

static const prs_inverter_field *field(const bench *b, const char *name) {
    return &b->inverter
                ->fields[prs_schema_field(b->w.index.core->recipe->schema, name, strlen(name))->no];
}

START_TEST(lengths_and_spans) {
    bench b;
    begin(&b);
    add(&b, "{\"id\":\"a\",\"title\":\"one two three\"}");
    add(&b, "{\"id\":\"b\",\"body\":\"one\"}");
    add(&b, "{\"id\":\"c\",\"title\":[\"one\",\"\",\"two three\",\"!!\"]}");
    const prs_inverter_field *title = field(&b, "title");
    ck_assert_uint_eq(b.inverter->n_docs, 3);
    ck_assert_uint_eq(title->docs.n, 2);
    ck_assert_uint_eq(title->docs.ptr[0].doc, 0);
    ck_assert_uint_eq(title->docs.ptr[0].length, 3);
    ck_assert_uint_eq(title->docs.ptr[0].span, 3);
    ck_assert_uint_eq(title->docs.ptr[1].doc, 2);
    ck_assert_uint_eq(title->docs.ptr[1].length, 3);
    ck_assert_uint_eq(title->docs.ptr[1].span,
                      3 + PRS_VALUE_GAP); /* one gap: empty values leave none */
    ck_assert_uint_eq(title->n_places, 6 + PRS_VALUE_GAP);
    ck_assert_uint_eq(field(&b, "body")->docs.n, 1);
    end(&b);
}
END_TEST

START_TEST(values_of_a_field_stay_in_order) {
    bench b;
    begin(&b);
    /* built by hand, the values of two fields may alternate */
    static const char *const parts[][2] = {
        {"title", "one"}, {"body", "x"}, {"title", "two"}, {"body", "y"}};
    for (size_t i = 0; i < PRS_COUNT(parts); i++) {
        ck_assert_int_eq(prs_document_add(&b.doc, parts[i][0], parts[i][1], strlen(parts[i][1]),
                                          NULL),
                         PRISM_OK);
    }
    ck_assert_int_eq(prs_document_finish(&b.doc, NULL), PRISM_OK);
    ck_assert_int_eq(prs_inverter_add(b.inverter, &b.doc, NULL), PRISM_OK);
    const prs_inverter_field *title = field(&b, "title");
    ck_assert_uint_eq(title->stream.n, 4); /* one, gap, 100, two */
    ck_assert_uint_eq(title->stream.ids[1], PRS_STREAM_GAP);
    ck_assert_uint_eq(title->stream.ids[2], PRS_VALUE_GAP);
    prs_bytes two = prs_lexicon_key(title->lexicon, title->stream.ids[3]);
    ck_assert(prs_bytes_equal(two, prs_bytes_of("\1two", 4)));
    end(&b);
}
END_TEST

START_TEST(an_empty_keyword_is_absent) {
    bench b;
    begin(&b);
    add(&b, "{\"id\":\"a\",\"tags\":[\"\",\"x\",\"\"]}");
    add(&b, "{\"id\":\"b\",\"tags\":[\"\"]}");
    ck_assert_uint_eq(field(&b, "tags")->docs.n, 1);
    ck_assert_uint_eq(prs_column_writer_docs_with(field(&b, "tags")->column), 1);
    end(&b);
}
END_TEST

START_TEST(a_refused_document_leaves_no_trace) {
    bench b;
    begin(&b);
    add(&b, "{\"id\":\"a\",\"title\":\"one\",\"body\":\"two\",\"n\":1}");
    size_t title = field(&b, "title")->stream.n, body = field(&b, "body")->stream.n;
    world_read(b.reader, &b.doc,
               "{\"id\":\"b\",\"title\":\"newword another\",\"body\":\"and more of new "
               "words\",\"tags\":[\"x\"]}");
    uint32_t refused = 0;
    for (size_t at = 1;; at++) {
        b.w.alloc.fail_at = atomic_load(&b.w.alloc.calls) + at;
        prism_status status = prs_inverter_add(b.inverter, &b.doc, NULL);
        b.w.alloc.fail_at = 0;
        if (status == PRISM_OK) break;
        ck_assert_int_eq(status, PRISM_ENOMEM);
        ck_assert_uint_eq(b.inverter->n_docs, 1);
        ck_assert_uint_eq(field(&b, "title")->stream.n, title);
        ck_assert_uint_eq(field(&b, "body")->stream.n, body);
        ck_assert_uint_eq(field(&b, "title")->docs.n, 1);
        ck_assert_uint_eq(field(&b, "title")->n_places, 1);
        refused++;
    }
    ck_assert_uint_gt(refused, 0);
    ck_assert_uint_eq(b.inverter->n_docs, 2);
    end(&b);
}
END_TEST

START_TEST(too_many_positions_are_refused) {
    bench b;
    begin(&b);
    size_t len = 2 * ((size_t)PRISM_MAX_DOC_TOKENS / 2 + 10);
    char *text = malloc(len);
    for (size_t i = 0; i < len; i += 2) memcpy(text + i, "a ", 2);
    ck_assert_int_eq(prs_document_add(&b.doc, "id", "x", 1, NULL), PRISM_OK);
    ck_assert_int_eq(prs_document_add(&b.doc, "body", text, len, NULL),
                     PRISM_OK); /* 5 million positions */
    ck_assert_int_eq(prs_document_finish(&b.doc, NULL), PRISM_OK);
    prs_value twice[3] = {b.doc.values[0], b.doc.values[1], b.doc.values[1]};
    prs_document doubled = b.doc;
    doubled.values = twice;
    doubled.n = 3;
    ck_assert_int_eq(prs_inverter_add(b.inverter, &doubled, NULL), PRISM_ELIMIT);
    ck_assert_uint_eq(b.inverter->n_docs, 0);
    ck_assert_uint_eq(field(&b, "body")->stream.n, 0);
    ck_assert_int_eq(prs_inverter_add(b.inverter, &b.doc, NULL), PRISM_OK);
    free(text);
    end(&b);
}
END_TEST

START_TEST(clear_keeps_lexicons_that_are_small) {
    bench b;
    begin(&b);
    add(&b, "{\"id\":\"a\",\"body\":\"one two three\"}");
    uint32_t terms = prs_lexicon_count(field(&b, "body")->lexicon);
    ck_assert_uint_ge(terms, 3);
    prs_inverter_clear(b.inverter, SIZE_MAX);
    ck_assert_uint_eq(b.inverter->n_docs, 0);
    ck_assert_uint_eq(prs_lexicon_count(field(&b, "body")->lexicon), terms);
    prs_inverter_clear(b.inverter, 0);
    ck_assert_uint_eq(prs_lexicon_count(field(&b, "body")->lexicon), 0);
    end(&b);
}
END_TEST

TEST_SUITE(inverter, lengths_and_spans, values_of_a_field_stay_in_order, an_empty_keyword_is_absent,
           a_refused_document_leaves_no_trace, too_many_positions_are_refused,
           clear_keeps_lexicons_that_are_small)
