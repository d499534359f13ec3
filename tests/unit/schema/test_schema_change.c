/* test_schema_change.c - which schema may follow which, and what is said of the others? */
#include "harness/test.h"

#include "schema/schema.h"

#include <stdio.h>

static prism_schema *schema_of(const char *fields, const char *key) {
    char text[2048];
    prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    int len =
        snprintf(text, sizeof text, "{%s%s%s\"fields\":[%s]}", key != NULL ? "\"key\":\"" : "",
                 key != NULL ? key : "", key != NULL ? "\"," : "", fields);
    ck_assert(len > 0 && (size_t)len < sizeof text);
    prism_status status = prs_schema_from_json(text, (size_t)len, &schema, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s", err.text, text);
    return schema;
}

#define ID "{\"name\":\"id\",\"type\":\"keyword\"}"
#define A(members) ID ",{\"name\":\"a\"," members "}"

/* `says` NULL: fine. */
static void change(const char *from, const char *from_key, const char *to, const char *to_key,
                   const char *says) {
    prism_schema *a = schema_of(from, from_key), *b = schema_of(to, to_key);
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_schema_check_change(a, b, &err);
    ck_assert_msg(status == (says == NULL ? PRISM_OK : PRISM_EINVAL), "%s -> %s: %s", from, to,
                  err.text);
    if (says != NULL) ck_assert_str_eq(err.text, says);
    prs_schema_unref(a);
    prs_schema_unref(b);
}

START_TEST(each_member_has_its_rule) {
    static const struct {
        const char *from, *to, *says;
    } cases[] = {
        {"\"type\":\"text\"", "\"type\":\"text\"", NULL},
        {"\"type\":\"text\"", "\"type\":\"text\",\"boost\":7", NULL},
        {"\"type\":\"text\",\"boost\":7", "\"type\":\"text\",\"boost\":0", NULL},
        {"\"type\":\"date\"", "\"type\":\"i64\"", "field a: type date cannot become i64: reindex"},
        {"\"type\":\"keyword\"", "\"type\":\"text\"",
         "field a: type keyword cannot become text: reindex"},
        {"\"type\":\"i64\"", "\"type\":\"i64\",\"stored\":false", NULL},
        {"\"type\":\"i64\",\"stored\":false", "\"type\":\"i64\"",
         "field a: stored false cannot become true: reindex"},
        {"\"type\":\"i64\"", "\"type\":\"i64\",\"many\":true", NULL},
        {"\"type\":\"keyword\",\"many\":true", "\"type\":\"keyword\"",
         "field a: many true cannot become false: reindex"},
        {"\"type\":\"keyword\"", "\"type\":\"keyword\",\"column\":true",
         "field a: column false cannot become true: reindex"},
        {"\"type\":\"keyword\",\"column\":true", "\"type\":\"keyword\"",
         "field a: column true cannot become false: reindex"},
        {"\"type\":\"keyword\"", "\"type\":\"keyword\",\"indexed\":false",
         "field a: indexed true cannot become false: reindex"},
        {"\"type\":\"keyword\",\"indexed\":false", "\"type\":\"keyword\"",
         "field a: indexed false cannot become true: reindex"},
        {"\"type\":\"text\"", "\"type\":\"text\",\"positions\":false",
         "field a: positions true cannot become false: reindex"},
        {"\"type\":\"text\",\"positions\":false", "\"type\":\"text\"",
         "field a: positions false cannot become true: reindex"},
        {"\"type\":\"text\"", "\"type\":\"text\",\"lengths\":false",
         "field a: lengths true cannot become false: reindex"},
        {"\"type\":\"text\",\"lengths\":false", "\"type\":\"text\"",
         "field a: lengths false cannot become true: reindex"},
        {"\"type\":\"text\"", "\"type\":\"text\",\"analyzer\":\"whitespace\"",
         "field a: analyzer mixed-v1 cannot become whitespace: reindex"},
        {"\"type\":\"text\"", "\"type\":\"text\",\"options\":{\"stem\":\"off\"}",
         "field a: options {} cannot become {\"stem\":\"off\"}: reindex"},
        {"\"type\":\"text\",\"options\":{\"stem\":\"off\"}", "\"type\":\"text\"",
         "field a: options {\"stem\":\"off\"} cannot become {}: reindex"},
    };
    char from[256], to[256];
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        snprintf(from, sizeof from, ID ",{\"name\":\"a\",%s}", cases[i].from);
        snprintf(to, sizeof to, ID ",{\"name\":\"a\",%s}", cases[i].to);
        change(from, "id", to, "id", cases[i].says);
    }
}
END_TEST

START_TEST(fields_come_last_and_stay) {
    const char *one = A("\"type\":\"text\"");
    change(one, "id", A("\"type\":\"text\"") ",{\"name\":\"b\",\"type\":\"f64\"}", "id", NULL);
    change(one, "id", ID, "id", "field a cannot be taken out: reindex");
    change(one, "id", "{\"name\":\"a\",\"type\":\"text\"}," ID, "id",
           "field id: place 1 cannot become 2: new fields come last, or reindex");
    change(one, "id", ID ",{\"name\":\"b\",\"type\":\"f64\"},{\"name\":\"a\",\"type\":\"text\"}",
           "id", "field a: place 2 cannot become 3: new fields come last, or reindex");
}
END_TEST

START_TEST(the_key_stays) {
    change(ID, "id", ID, NULL, "the key id cannot become none: reindex");
    change(ID, NULL, ID, "id", "the key none cannot become id: reindex");
    change(ID, NULL, ID ",{\"name\":\"k\",\"type\":\"keyword\"}", "k",
           "the key none cannot become k: reindex");
    change(A("\"type\":\"keyword\""), "id", A("\"type\":\"keyword\""), "a",
           "the key id cannot become a: reindex");
}
END_TEST

START_TEST(a_copy_is_equal_and_takes_more) {
    prism_schema *from = schema_of(A("\"type\":\"text\",\"boost\":3,\"options\":{\"stem\":\"off\"},"
                                     "\"positions\":false") ",{\"name\":\"u\",\"type\":\"i64\","
                                                            "\"stored\":false}",
                                   "id"),
                 *copy;
    const char *a, *b;
    size_t a_len, b_len;
    ck_assert_int_eq(prs_schema_copy(from, &copy, NULL), PRISM_OK);
    ck_assert(prs_schema_to_json(from, &a, &a_len, NULL) == PRISM_OK &&
              prs_schema_to_json(copy, &b, &b_len, NULL) == PRISM_OK);
    ck_assert_str_eq(a, b);
    ck_assert(copy->has_unstored && copy->key_field == 0);
    ck_assert_int_eq(prs_schema_add(copy, "more", PRISM_FIELD_BOOL, NULL, false, NULL), PRISM_OK);
    ck_assert_int_eq(prs_schema_check_change(from, copy, NULL), PRISM_OK);
    ck_assert_uint_eq(from->n_fields, 3);
    prs_schema_unref(copy);
    prs_schema_unref(from);
    ck_assert_int_eq(prs_schema_new(&from, NULL), PRISM_OK); /* an empty one too */
    ck_assert_int_eq(prs_schema_copy(from, &copy, NULL), PRISM_OK);
    ck_assert_uint_eq(copy->n_fields, 0);
    prs_schema_unref(copy);
    prs_schema_unref(from);
}
END_TEST

START_TEST(partial_is_for_files) {
    static const char text[] =
        "{\"fields\":[{\"name\":\"a\",\"type\":\"bool\",\"stored\":true,\"column\":true,"
        "\"many\":false,\"partial\":true}]}";
    prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    const char *json;
    size_t len;
    ck_assert_int_eq(prs_schema_from_json(text, strlen(text), &schema, &err), PRISM_EINVAL);
    ck_assert_str_eq(err.text, "field a: unknown member \"partial\"");
    ck_assert_int_eq(prs_schema_from_file(text, strlen(text), &schema, NULL), PRISM_OK);
    ck_assert(schema->fields[0].partial);
    ck_assert_int_eq(prs_schema_to_json(schema, &json, &len, NULL), PRISM_OK);
    ck_assert_str_eq(json, text);
    prs_schema_unref(schema);
}
END_TEST

TEST_SUITE(schema_change, each_member_has_its_rule, fields_come_last_and_stay, the_key_stays,
           a_copy_is_equal_and_takes_more, partial_is_for_files)
