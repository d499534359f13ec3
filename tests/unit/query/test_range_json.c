/* test_range_json.c - are the ends of a range the same after JSON, and everything else refused? */
#include "tree.h"

#include "query/range.h"

#include <stdio.h>

static prism_schema *make_schema(void) {
    return tree_schema_of("{\"fields\":[{\"name\":\"n\",\"type\":\"i64\"},"
                          "{\"name\":\"m\",\"type\":\"i64\"},{\"name\":\"f\",\"type\":\"f64\"},"
                          "{\"name\":\"b\",\"type\":\"bool\"},{\"name\":\"d\",\"type\":\"date\"},"
                          "{\"name\":\"k\",\"type\":\"keyword\",\"column\":true},"
                          "{\"name\":\"t\",\"type\":\"keyword\"},"
                          "{\"name\":\"x\",\"type\":\"i64\",\"column\":false}]}");
}

static const char *twice(const prism_schema *schema, const char *members) {
    char json[512];
    prism_query *first, *second;
    prs_mem mem;
    prs_buf text;
    prism_error err = PRISM_ERROR_INIT;
    snprintf(json, sizeof json, "{\"type\":\"range\",%s}", members);
    prs_mem_init(&mem, NULL);
    prs_buf_init(&text, &mem);
    prism_status status = prs_query_from_json(schema, json, strlen(json), &first, &err);
    if (status != PRISM_OK) {
        ck_assert_int_eq(status, PRISM_EPARSE);
        ck_assert_str_ne(err.text, "");
        return "refused";
    }
    ck_assert_int_eq(prs_query_to_json(first, &text, &err), PRISM_OK);
    status = prs_query_from_json(schema, (const char *)text.ptr, text.len, &second, &err);
    ck_assert_msg(status == PRISM_OK, "%.*s: %s", (int)text.len, text.ptr, err.text);
    ck_assert_int_eq(first->root->kind, second->root->kind);
    ck_assert(first->root->from == second->root->from && first->root->to == second->root->to);
    ck_assert_int_eq(first->root->range_of, second->root->range_of);
    const char *tree = tree_text(second);
    prs_query_unref(first);
    prs_query_unref(second);
    prs_buf_fini(&text);
    return tree;
}

#define N "\"fields\":{\"n\":1}"
#define D "\"fields\":{\"d\":1}"
#define FL "\"fields\":{\"f\":1}"
#define B "\"fields\":{\"b\":1}"
#define K "\"fields\":{\"k\":1}"
#define T "\"fields\":{\"t\":1}"

START_TEST(every_end_comes_back) {
    static const char *const cases[][2] = {
        {N, "n:[* *]"},
        {N ",\"from\":1,\"to\":5", "n:[1 5]"},
        {N ",\"above\":1,\"below\":5", "n:[2 4]"},
        {N ",\"from\":9223372036854775807", "n:[9223372036854775807 *]"},
        {N ",\"above\":9223372036854775807", "none"},
        {N ",\"from\":5,\"to\":1", "none"},
        {"\"fields\":{\"n\":1,\"m\":2},\"from\":5", "n,m^2:[5 *]"},
        {D ",\"from\":\"2025-01\",\"to\":\"2025-01\"",
         "d:[2025-01-01T00:00:00Z 2025-01-31T23:59:59.999Z]"},
        {D ",\"above\":\"2025-01\"", "d:[2025-02-01T00:00:00Z *]"},
        {D ",\"from\":1", "d:[1970-01-01T00:00:00.001Z *]"},
        {D ",\"from\":-99999999999999999", "d:[-99999999999999999 *]"},
        {FL ",\"from\":-0.1,\"below\":1", "f:[-0.10000000000000001 0.99999999999999989]"},
        {FL ",\"above\":1.7976931348623157e308", "none"},
        {B ",\"from\":true", "b:[true *]"},
        {B ",\"from\":0,\"to\":1", "b:[false true]"},
        {K ",\"from\":\"a\",\"below\":\"b\"", "k:[a b}"},
        {K ",\"above\":\"\"", "k:{ *]"},
        {K ",\"from\":{\"hex\":\"ff00\"}", "k:[{\"hex\":\"ff00\"} *]"},
        {K ",\"from\":{\"hex\":\"a0f909af\"}", "k:[{\"hex\":\"a0f909af\"} *]"},
        {K ",\"from\":\"b\",\"to\":\"a\"", "none"},
        {T ",\"from\":\"a\",\"to\":\"b\"", "t:[a b]"},
        {T ",\"above\":\"\"", "t:{ *]"},
    };
    prism_schema *schema = make_schema();
    for (size_t i = 0; i < PRS_COUNT(cases); i++)
        ck_assert_str_eq(twice(schema, cases[i][0]), cases[i][1]);
    prs_schema_unref(schema);
}
END_TEST

START_TEST(other_ends_are_refused) {
    static const char *const cases[] = {
        N ",\"from\":\"1\"",
        N ",\"from\":1.0",
        N ",\"from\":true",
        N ",\"from\":null",
        N ",\"from\":1,\"above\":1",
        N ",\"to\":1,\"below\":1",
        D ",\"from\":\"2025-13\"",
        D ",\"from\":1.5",
        FL ",\"from\":\"1\"",
        B ",\"from\":\"true\"",
        K ",\"from\":1",
        K ",\"from\":{\"hex\":\"f\"}",
        K ",\"from\":{\"hex\":\"zz\"}",
        K ",\"from\":{}",
        K ",\"from\":{\"hex\":\"0g\"}",
        K ",\"from\":{\"hex\":\"g0\"}",
        K ",\"from\":{\"hex\":\"0:\"}",
        K ",\"from\":{\"hex\":\"0/\"}",
        K ",\"from\":{\"hex\":\"A0\"}",
        K ",\"from\":{\"hex\":\"0`\"}",
        K ",\"from\":{\"hex\":5}",
        K ",\"from\":null",
        D ",\"from\":null",
        D ",\"from\":true",
        FL ",\"from\":null",
        FL ",\"from\":true",
        B ",\"from\":null",
        B ",\"from\":1.5",
        "\"fields\":{\"n\":1,\"f\":1}",
        "\"fields\":{\"k\":1,\"t\":1}",
        "\"fields\":{\"x\":1}",
        "\"fields\":{}",
    };
    prism_schema *schema = make_schema();
    for (size_t i = 0; i < PRS_COUNT(cases); i++)
        ck_assert_msg(strcmp(twice(schema, cases[i]), "refused") == 0, "%s", cases[i]);
    prs_schema_unref(schema);
}
END_TEST

TEST_SUITE(range_json, every_end_comes_back, other_ends_are_refused)
