/* Is a document built by hand the same as the one its JSON text gives? */
#include "harness/test.h"

#include "schema/document.h"

#include <stdlib.h>

static prs_mem mem;
static prism_schema *schema;
static prs_document doc;

static void open_doc(const char *json) {
    prs_mem_init(&mem, NULL);
    prism_status status = json == NULL ? prs_schema_default(&schema, NULL)
                                       : prs_schema_from_json(json, strlen(json), &schema, NULL);
    ck_assert_int_eq(status, PRISM_OK);
    prs_document_init(&doc, schema, &mem);
}

static void close_doc(void) {
    prs_document_fini(&doc);
    prs_schema_unref(schema);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}

static prism_status add(const char *field, const char *text, prism_error *err) {
    return prs_document_add(&doc, field, text, strlen(text), err);
}

static void must_add(const char *field, const char *text) {
    ck_assert_int_eq(add(field, text, NULL), PRISM_OK);
}

static void expect_json(const char *json) {
    ck_assert_int_eq(prs_document_finish(&doc, NULL), PRISM_OK);
    ck_assert_msg(doc.json.len == strlen(json) && memcmp(doc.json.ptr, json, doc.json.len) == 0,
                  "%.*s", (int)doc.json.len, (const char *)doc.json.ptr);
}

static const char mixed_schema[] =
    "{\"key\":\"k\",\"fields\":[{\"name\":\"t\",\"type\":\"text\"},{\"name\":\"k\",\"type\":"
    "\"keyword\"},"
    "{\"name\":\"n\",\"type\":\"i64\",\"many\":true},{\"name\":\"f\",\"type\":\"f64\"},"
    "{\"name\":\"b\",\"type\":\"bool\"},{\"name\":\"d\",\"type\":\"date\"},"
    "{\"name\":\"h\",\"type\":\"text\",\"stored\":false,\"many\":false}]}";

START_TEST(values_and_stored_text) {
    open_doc(mixed_schema);
    must_add("h", "hidden");
    must_add("n", "+7");
    must_add("t", "one \"two\"");
    must_add("k", "key\n1");
    must_add("f", "1.50");
    must_add("b", "true");
    must_add("n", "-8");
    must_add("d", "1970-01-02");
    must_add("t", "three");
    expect_json("{\"k\":\"key\\n1\",\"t\":[\"one \\\"two\\\"\",\"three\"],\"n\":[7,-8],\"f\":1.50,"
                "\"b\":true,\"d\":\"1970-01-02\"}");
    ck_assert_uint_eq(doc.key_len, 5);
    ck_assert_mem_eq(doc.key, "key\n1", 5);
    ck_assert_uint_eq(doc.n, 9);
    ck_assert_uint_eq(doc.values[0].field, 6);
    ck_assert_mem_eq(doc.values[0].text, "hidden", 6);
    ck_assert_int_eq(doc.values[1].i64, 7);
    ck_assert_int_eq(doc.values[6].i64, -8);
    ck_assert(doc.values[4].i64 == prs_f64_to_sortable(1.5));
    ck_assert_int_eq(doc.values[7].i64, 86400000);
    close_doc();
}
END_TEST

START_TEST(refusals_leave_the_document) {
    open_doc(mixed_schema);
    prism_error err = PRISM_ERROR_INIT;
    char key[PRISM_MAX_KEY_BYTES + 2];
    memset(key, 'k', sizeof key);
    must_add("h", "x");
    ck_assert_int_eq(add("nope", "x", &err), PRISM_ENOTFOUND);
    ck_assert_int_eq(add("h", "y", &err), PRISM_EREJECTED);
    ck_assert_ptr_nonnull(strstr(err.text, "field h"));
    ck_assert_int_eq(add("n", "seven", &err), PRISM_EREJECTED);
    ck_assert_ptr_nonnull(strstr(err.text, "field n: \"seven\""));
    ck_assert_int_eq(add("k", "", &err), PRISM_EREJECTED);
    ck_assert_int_eq(prs_document_add(&doc, "k", "a\0b", 3, &err), PRISM_EREJECTED);
    ck_assert_int_eq(prs_document_add(&doc, "k", key, PRISM_MAX_KEY_BYTES + 1, &err),
                     PRISM_EREJECTED);
    ck_assert_uint_eq(doc.n, 1);
    ck_assert_int_eq(prs_document_add(&doc, "k", key, PRISM_MAX_KEY_BYTES, &err), PRISM_OK);
    ck_assert_int_eq(add("k", "again", &err), PRISM_EREJECTED);
    ck_assert_uint_eq(doc.n, 2);
    close_doc();
}
END_TEST

START_TEST(missing_key_is_made_of_the_content) {
    open_doc(NULL);
    must_add("title", "a");
    ck_assert_int_eq(prs_document_finish(&doc, NULL), PRISM_OK);
    ck_assert_uint_eq(doc.key_len, 32);
    char first[33] = "", json[128];
    memcpy(first, doc.key, 32);
    memcpy(json, doc.json.ptr, doc.json.len);
    json[doc.json.len] = '\0';
    ck_assert_uint_eq(strspn(first, "0123456789abcdef"), 32);
    ck_assert_ptr_nonnull(strstr(json, first));
    ck_assert_int_eq(strncmp(json, "{\"id\":\"", 7), 0);
    ck_assert_uint_eq(doc.n, 2);
    ck_assert_uint_eq(doc.values[1].field, 0);
    must_add("body", "b"); /* the made key goes */
    ck_assert_uint_eq(doc.n, 2);
    ck_assert_int_eq(prs_document_finish(&doc, NULL), PRISM_OK);
    ck_assert_mem_ne(doc.key, first, 32);
    must_add("id", "own");
    expect_json("{\"id\":\"own\",\"title\":\"a\",\"body\":\"b\"}");
    prs_document_clear(&doc);
    must_add("title", "a");
    ck_assert_int_eq(prs_document_finish(&doc, NULL), PRISM_OK);
    ck_assert_mem_eq(doc.key, first, 32);
    close_doc();
}
END_TEST

START_TEST(json_gives_the_same) {
    static const char text[] = "{ \"k\" : \"x\", \"t\" : [\"a\", \"b\"], \"n\": 7, \"h\": \"z\" }";
    open_doc(mixed_schema);
    must_add("t", "a");
    must_add("t", "b");
    must_add("n", "7");
    must_add("h", "z");
    ck_assert_int_eq(prs_document_finish(&doc, NULL), PRISM_OK);
    prs_json_reader *reader;
    prs_document read;
    prs_document_init(&read, schema, &mem);
    ck_assert_int_eq(prs_json_reader_new(&mem, &reader, NULL), PRISM_OK);
    static const char keyless[] = "{\"t\":[\"a\",\"b\"],\"n\":7,\"h\":\"z\"}";
    ck_assert_int_eq(prs_json_reader_read(reader, keyless, strlen(keyless), true, &read, NULL),
                     PRISM_OK);
    ck_assert_uint_eq(read.json.len, doc.json.len);
    ck_assert_mem_eq(read.json.ptr, doc.json.ptr, doc.json.len); /* the made key is the same, too */
    must_add("k", "x");
    expect_json("{\"k\":\"x\",\"t\":[\"a\",\"b\"],\"n\":7}");
    ck_assert_int_eq(prs_json_reader_read(reader, text, strlen(text), true, &read, NULL), PRISM_OK);
    ck_assert_uint_eq(read.json.len, doc.json.len);
    ck_assert_mem_eq(read.json.ptr, doc.json.ptr, doc.json.len);
    prs_json_reader_free(reader);
    prs_document_fini(&read);
    close_doc();
}
END_TEST

START_TEST(ill_formed_text_is_kept_for_analysis_and_mended_for_storage) {
    open_doc(NULL);
    must_add("id", "1");
    must_add("body", "a\xff"
                     "b");
    expect_json("{\"id\":\"1\",\"body\":\"a\xef\xbf\xbd"
                "b\"}");
    ck_assert_mem_eq(doc.values[1].text,
                     "a\xff"
                     "b",
                     3);
    close_doc();
}
END_TEST

START_TEST(size_is_limited) {
    open_doc(NULL);
    size_t len = (size_t)6 << 20;
    char *text = calloc(1, len); /* a NUL takes six bytes as JSON */
    must_add("id", "1");
    ck_assert_int_eq(prs_document_add(&doc, "body", text, len, NULL), PRISM_OK);
    ck_assert_int_eq(prs_document_finish(&doc, NULL), PRISM_ELIMIT);
    ck_assert_int_eq(prs_document_add(&doc, "body", text, len, NULL), PRISM_OK);
    ck_assert_int_eq(prs_document_add(&doc, "body", text, len, NULL), PRISM_ELIMIT);
    prs_document_clear(&doc);
    must_add("id", "1");
    expect_json("{\"id\":\"1\"}");
    free(text);
    close_doc();
}
END_TEST

static prism_status build(prs_mem *failing, void *ctx) {
    prs_document d;
    prs_document_init(&d, ctx, failing);
    prism_status status = prs_document_add(&d, "title", "a title", 7, NULL);
    for (int i = 0; i < 40 && status == PRISM_OK; i++)
        status = prs_document_add(&d, "tags", "t", 1, NULL);
    if (status == PRISM_OK) status = prs_document_finish(&d, NULL);
    prs_document_fini(&d);
    return status;
}

START_TEST(every_allocation_may_fail) {
    prism_schema *s;
    ck_assert_int_eq(prs_schema_default(&s, NULL), PRISM_OK);
    ck_assert_uint_gt(test_oom_sweep(build, s), 3);
    prs_schema_unref(s);
}
END_TEST

TEST_SUITE(document, values_and_stored_text, refusals_leave_the_document,
           missing_key_is_made_of_the_content, json_gives_the_same,
           ill_formed_text_is_kept_for_analysis_and_mended_for_storage, size_is_limited,
           every_allocation_may_fail)
