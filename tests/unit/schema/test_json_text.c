/* Do errors in JSON texts point at the byte where a person would look, and is output always
 * JSON? */
#include "harness/test.h"

#include "base/error.h"
#include "schema/json_text.h"

/* What a commit without a schema section gives: no bytes, and no address either. */
START_TEST(no_text) {
    prism_error err = PRISM_ERROR_INIT;
    prs_json_error_at(&err, NULL, 0, 0);
    ck_assert_uint_eq(err.offset, 0);
    ck_assert_uint_eq(err.line, 1);
    ck_assert_uint_eq(err.column, 1);
    prs_json_error_at(&err, "\nx", 2, 1); /* the shortest text with a second line */
    ck_assert_uint_eq(err.offset, 1);
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 1);
}
END_TEST

START_TEST(places) {
    static const struct {
        const char *text;
        size_t offset;
        uint32_t line, column;
    } cases[] = {
        {"{\"a\":1,\"a\":2}", 7, 1, 8},
        {"{\"a\":1,\n\"a\\\"averyveryverylongname\":2,\n  \"a\\\"averyveryverylongname\":3}", 40, 3,
         3},
        {"{\"a\":1,}", 7, 1, 8},
        {"{\"a\" 1}", 5, 1, 6},
        {"[1,2", 4, 1, 5},
        {"[1,\n2", 5, 2, 2},
        {"{\"a\":tru}", 5, 1, 6},
        {"{\"a\":\"x\001y\"}", 7, 1, 8},
        {"{\"a\":\"x\xffy\"}", 7, 1, 8},
        {"{\"a\":\"\xe4\xb8\xad\xe4\xb8\"}", 9, 1, 10},
        {"{\"\xe4\xb8\xad\":01}", 7, 1, 8},
        {"{} {}", 3, 1, 4},
        {"", 0, 1, 1},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        const char *text = cases[i].text;
        json_error_t where;
        prism_error err = PRISM_ERROR_INIT;
        ck_assert_ptr_null(json_loadb(text, strlen(text), JSON_REJECT_DUPLICATES, &where));
        ck_assert_int_eq(prs_json_syntax_error(text, strlen(text), &where, "the text", &err),
                         PRISM_EPARSE);
        ck_assert_msg(err.offset == cases[i].offset && err.line == cases[i].line &&
                          err.column == cases[i].column,
                      "%s: offset %llu, %u:%u: %s", text, (unsigned long long)err.offset, err.line,
                      err.column, err.text);
        ck_assert_ptr_nonnull(strstr(err.text, "the text"));
    }
}
END_TEST

static void expect_string(const char *text, size_t len, const char *json) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    prs_buf buf;
    prs_buf_init(&buf, &mem);
    prs_json_put_string(&buf, text, len);
    prs_buf_put8(&buf, '\0');
    ck_assert_str_eq((const char *)buf.ptr, json);
    prs_buf_fini(&buf);
}

START_TEST(strings_are_escaped) {
    expect_string("", 0, "\"\"");
    expect_string("a\"b\\c/d", 7, "\"a\\\"b\\\\c/d\"");
    expect_string("\0\001\b\t\n\f\r\x1f\x7f", 9, "\"\\u0000\\u0001\\b\\t\\n\\f\\r\\u001f\x7f\"");
    expect_string("\xe4\xb8\xad\xe6\x96\x87", 6, "\"\xe4\xb8\xad\xe6\x96\x87\"");
}
END_TEST

START_TEST(ill_formed_parts_are_replaced) {
    expect_string("a\xff"
                  "b",
                  3,
                  "\"a\xef\xbf\xbd"
                  "b\"");
    expect_string("\xe4\xb8", 2, "\"\xef\xbf\xbd\"");             /* one maximal part */
    expect_string("\xc0\x80", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\""); /* two */
    expect_string("\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    expect_string("\xf4\x8f\xbf\xbf", 4, "\"\xf4\x8f\xbf\xbf\"");
}
END_TEST

START_TEST(random_bytes_become_strings) {
    test_rng rng = test_rng_of("json_text");
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    prs_buf buf;
    prs_buf_init(&buf, &mem);
    for (int round = 0; round < 2000; round++) {
        char bytes[64];
        size_t len = test_rng_below(&rng, sizeof bytes + 1);
        test_rng_fill(&rng, bytes, len);
        prs_buf_clear(&buf);
        prs_json_put_string(&buf, bytes, len);
        json_t *back =
            json_loadb((const char *)buf.ptr, buf.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        ck_assert_ptr_nonnull(back);
        ck_assert(json_is_string(back));
        json_decref(back);
    }
    prs_buf_fini(&buf);
}
END_TEST

START_TEST(values_are_dumped) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    prs_buf buf;
    prs_buf_init(&buf, &mem);
    json_t *value = json_loads("{ \"b\": [1, true], \"a\": null }", 0, NULL);
    prs_json_put(&buf, value, JSON_COMPACT | JSON_SORT_KEYS);
    prs_buf_put8(&buf, '\0');
    ck_assert_str_eq((const char *)buf.ptr, "{\"a\":null,\"b\":[1,true]}");
    json_decref(value);
    prs_buf_fini(&buf);
}
END_TEST

TEST_SUITE(json_text, no_text, places, strings_are_escaped, ill_formed_parts_are_replaced,
           random_bytes_become_strings, values_are_dumped)
