/* Does a schema survive JSON and back, and is each mistake named with its place? */
#include "harness/test.h"

#include "schema/schema.h"

static prism_schema *read_text(const char *text) {
    prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_schema_from_json(text, strlen(text), &schema, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %s", text, err.text);
    return schema;
}

static void expect_text(const prism_schema *schema, const char *text) {
    const char *json;
    size_t len;
    ck_assert_int_eq(prs_schema_to_json(schema, &json, &len, NULL), PRISM_OK);
    ck_assert_str_eq(json, text);
    ck_assert_uint_eq(len, strlen(text));
}

START_TEST(short_form_gets_the_defaults) {
    prism_schema *s =
        read_text("{ \"key\":\"k\", \"fields\":[{\"name\":\"k\",\"type\":\"keyword\"},"
                  "{\"name\":\"t\",\"type\":\"text\"},{\"type\":\"i64\",\"name\":\"n\"}] }");
    expect_text(
        s, "{\"key\":\"k\",\"fields\":["
           "{\"name\":\"k\",\"type\":\"keyword\",\"stored\":true,\"indexed\":true,\"column\":false,"
           "\"many\":false,\"analyzer\":\"keyword\"},"
           "{\"name\":\"t\",\"type\":\"text\",\"boost\":1,\"stored\":true,\"indexed\":true,"
           "\"many\":true,"
           "\"positions\":true,\"lengths\":true,\"analyzer\":\"mixed-v1\"},"
           "{\"name\":\"n\",\"type\":\"i64\",\"stored\":true,\"column\":true,\"many\":false}]}");
    prs_schema_unref(s);
}
END_TEST

START_TEST(every_member_is_read) {
    static const char text[] =
        "{\"fields\":[{\"name\":\"t\",\"type\":\"text\",\"boost\":7,\"stored\":false,\"indexed\":"
        "true,"
        "\"many\":false,\"positions\":false,\"lengths\":true,\"analyzer\":\"white\\\"space\","
        "\"options\":"
        "{\"han\":\"bi\",\"stem\":\"off\"}},{\"name\":\"d\",\"type\":\"date\",\"stored\":false,"
        "\"column\":true,\"many\":true}]}";
    prism_schema *s = read_text(text);
    ck_assert_int_eq(s->key_field, -1);
    ck_assert_uint_eq(s->fields[0].flags, PRISM_FIELD_INDEXED | PRISM_FIELD_LENGTHS);
    expect_text(s, text);
    expect_text(s, text); /* cached */
    ck_assert_int_eq(prs_schema_add(s, "x", PRISM_FIELD_BOOL, NULL, false, NULL), PRISM_OK);
    const char *json;
    size_t len;
    ck_assert_int_eq(prs_schema_to_json(s, &json, &len, NULL), PRISM_OK);
    ck_assert_ptr_nonnull(strstr(json, "\"name\":\"x\",\"type\":\"bool\""));
    prs_schema_unref(s);
}
END_TEST

START_TEST(not_indexed_takes_positions_along) {
    prism_schema *s = read_text(
        "{\"key\":null,\"fields\":[{\"name\":\"t\",\"type\":\"text\",\"indexed\":false}]}");
    ck_assert_uint_eq(s->fields[0].flags, PRISM_FIELD_STORED | PRISM_FIELD_MANY);
    ck_assert_uint_eq(s->fields[0].boost, 0);
    prs_schema_unref(s);
}
END_TEST

START_TEST(default_schema_round_trips) {
    prism_schema *s;
    const char *json;
    size_t len;
    ck_assert_int_eq(prs_schema_default(&s, NULL), PRISM_OK);
    ck_assert_int_eq(prs_schema_to_json(s, &json, &len, NULL), PRISM_OK);
    prism_schema *again = read_text(json);
    expect_text(again, json);
    prs_schema_unref(again);
    prs_schema_unref(s);
}
END_TEST

START_TEST(mistakes_are_named) {
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"[]", "one JSON object"},
        {"{}", "\"fields\""},
        {"{\"fields\":[]}", "at least one"},
        {"{\"fields\":{}}", "at least one"},
        {"{\"feilds\":[]}", "\"feilds\""},
        {"{\"key\":3,\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]}", "\"key\""},
        {"{\"key\":\"b\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]}", "key field b"},
        {"{\"key\":\"a\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]}", "must be a keyword"},
        {"{\"fields\":[3]}", "number 0"},
        {"{\"fields\":[{\"type\":\"text\"}]}", "\"name\""},
        {"{\"fields\":[{\"name\":\"a\"}]}", "field a: \"type\""},
        {"{\"fields\":[{\"name\":\"a\",\"type\":\"txt\"}]}", "one of text, keyword"},
        {"{\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"stord\":true}]}", "\"stord\""},
        {"{\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"stored\":1}]}", "true or false"},
        {"{\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"boost\":-1}]}", "0 to 100"},
        {"{\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"boost\":4294967297}]}", "0 to 100"},
        {"{\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"boost\":1.5}]}", "0 to 100"},
        {"{\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"analyzer\":1}]}", "a string"},
        {"{\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"options\":[]}]}", "an object"},
        {"{\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"column\":true}]}", "\"column\""},
        {"{\"fields\":[{\"name\":\"a\",\"type\":\"bool\",\"stored\":false,\"column\":false}]}",
         "leave it out"},
        {"{\"fields\":[{\"name\":\"a\",\"type\":\"text\"},{\"name\":\"a\",\"type\":\"text\"}]}",
         "twice"},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prism_schema *s;
        prism_error err = PRISM_ERROR_INIT;
        prism_status status = prs_schema_from_json(cases[i].text, strlen(cases[i].text), &s, &err);
        ck_assert_msg(status == PRISM_EINVAL, "%s: %d %s", cases[i].text, status, err.text);
        ck_assert_msg(strstr(err.text, cases[i].words) != NULL, "%s: %s", cases[i].text, err.text);
        ck_assert_ptr_null(s);
    }
}
END_TEST

START_TEST(bad_json_has_a_place) {
    static const char text[] = "{\n \"fields\": [\n  {\"name\": tru}]}";
    prism_schema *s;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prs_schema_from_json(text, strlen(text), &s, &err), PRISM_EPARSE);
    ck_assert_uint_eq(err.line, 3);
    ck_assert_uint_eq(err.column, 12);
    ck_assert_uint_eq(err.offset, (size_t)(strstr(text, "tru") - text));
    ck_assert_ptr_null(s);
}
END_TEST

TEST_SUITE(schema_json, short_form_gets_the_defaults, every_member_is_read,
           not_indexed_takes_positions_along, default_schema_round_trips, mistakes_are_named,
           bad_json_has_a_place)
