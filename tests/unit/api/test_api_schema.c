/* Do the exported schema and document functions refuse bad arguments and pass good ones on? */
#include "harness/test.h"

#include "schema/document.h"

#include <prismsearch.h>

START_TEST(null_arguments) {
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema;
    prism_doc *doc;
    const char *json;
    ck_assert_int_eq(prism_schema_new(NULL, &err), PRISM_EINVAL);
    ck_assert_int_eq(prism_schema_default(NULL, &err), PRISM_EINVAL);
    ck_assert_int_eq(prism_schema_from_json("{}", 2, NULL, &err), PRISM_EINVAL);
    ck_assert_int_eq(prism_schema_from_json(NULL, 2, &schema, &err), PRISM_EINVAL);
    ck_assert_ptr_null(schema);
    ck_assert_int_eq(prism_schema_from_json(NULL, 0, &schema, &err), PRISM_EPARSE);
    ck_assert_int_eq(prism_schema_to_json(NULL, &json, NULL, &err), PRISM_EINVAL);
    ck_assert_int_eq(prism_schema_add_field(NULL, "a", PRISM_FIELD_TEXT, NULL, 0, &err),
                     PRISM_EINVAL);
    ck_assert_int_eq(prism_doc_new(NULL, &doc, &err), PRISM_EINVAL);
    ck_assert_ptr_null(doc);
    ck_assert_int_eq(prism_doc_add(NULL, "a", "b", 1, &err), PRISM_EINVAL);
    prism_doc_clear(NULL);
    prism_doc_free(NULL);
    prism_schema_unref(NULL);
}
END_TEST

START_TEST(a_schema_by_calls) {
    prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    prism_field_options options = PRISM_FIELD_OPTIONS_INIT;
    const char *json;
    size_t len;
    ck_assert_int_eq(prism_schema_new(&schema, &err), PRISM_OK);
    ck_assert_int_eq(prism_schema_add_field(schema, "id", PRISM_FIELD_KEYWORD, NULL, 1, &err),
                     PRISM_OK);
    options.options = "{\"stem\":\"sideways\"}";
    ck_assert_int_eq(prism_schema_add_field(schema, "t", PRISM_FIELD_TEXT, &options, 0, &err),
                     PRISM_EINVAL);
    ck_assert_msg(strstr(err.text, "field t: ") != NULL && strstr(err.text, "sideways") != NULL,
                  "%s", err.text);
    options.options = "{\"stem\":\"off\"}";
    ck_assert_int_eq(prism_schema_add_field(schema, "t", PRISM_FIELD_TEXT, &options, 0, &err),
                     PRISM_OK);
    options.analyzer = "nosuch";
    ck_assert_int_ne(prism_schema_add_field(schema, "u", PRISM_FIELD_TEXT, &options, 0, &err),
                     PRISM_OK);
    ck_assert_ptr_nonnull(strstr(err.text, "field u: "));
    options.size = 4;
    ck_assert_int_eq(prism_schema_add_field(schema, "v", PRISM_FIELD_TEXT, &options, 0, &err),
                     PRISM_EINVAL);
    ck_assert_int_eq(prism_schema_to_json(schema, &json, &len, &err), PRISM_OK);
    ck_assert_uint_eq(strlen(json), len);
    prism_schema *again;
    ck_assert_int_eq(prism_schema_from_json(json, len, &again, &err), PRISM_OK);
    ck_assert_int_eq(prism_schema_to_json(again, &json, NULL, &err), PRISM_OK);
    ck_assert_ptr_nonnull(strstr(json, "{\"stem\":\"off\"}"));
    ck_assert_int_eq(prism_schema_add_field(again, "w", PRISM_FIELD_TEXT, NULL, 0, &err),
                     PRISM_EINVAL);
    ck_assert_ptr_eq(prism_schema_ref(again), again);
    prism_schema_unref(again);
    prism_schema_unref(again);
    prism_schema_unref(schema);
}
END_TEST

START_TEST(analyzers_of_json_schemas_are_checked) {
    static const char text[] =
        "{\"fields\":[{\"name\":\"t\",\"type\":\"text\",\"options\":{\"han\":\"tri\"}}]}";
    prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prism_schema_from_json(text, strlen(text), &schema, &err), PRISM_EINVAL);
    ck_assert_msg(strstr(err.text, "field t: ") != NULL && strstr(err.text, "han") != NULL, "%s",
                  err.text);
    ck_assert_ptr_null(schema);
}
END_TEST

START_TEST(a_document_by_calls) {
    prism_schema *schema;
    prism_doc *doc;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prism_schema_default(&schema, &err), PRISM_OK);
    ck_assert_int_eq(prism_doc_new(schema, &doc, &err), PRISM_OK);
    prism_schema_unref(schema); /* the document keeps it */
    ck_assert_int_eq(prism_doc_add(doc, "title", "x", 1, &err), PRISM_OK);
    ck_assert_int_eq(prism_doc_add(doc, "body", NULL, 1, &err), PRISM_EINVAL);
    ck_assert_int_eq(prism_doc_add(doc, "nosuch", "x", 1, &err), PRISM_ENOTFOUND);
    ck_assert_int_eq(prs_document_finish(&doc->document, &err), PRISM_OK);
    ck_assert_uint_eq(doc->document.n, 2);
    prism_doc_clear(doc);
    ck_assert_uint_eq(doc->document.n, 0);
    prism_doc_free(doc);
}
END_TEST

TEST_SUITE(api_schema, null_arguments, a_schema_by_calls, analyzers_of_json_schemas_are_checked,
           a_document_by_calls)
