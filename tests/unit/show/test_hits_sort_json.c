/* test_hits_sort_json.c - do orders and values come back from JSON, and nothing unsound with
 * them? */
#include "harness/test.h"

#include "show/hits_sort_json.h"

#include <stdio.h>

static const char sound[] =
    "{\"v\":1,\"shift\":20,\"k\":3,\"offset\":0,\"total\":9,\"exact\":true,\"stopped\":0,"
    "\"more\":true,\"parts\":2,\"sort\":[[\"date\",\"date\",\"desc\"],[\"tag\",\"keyword\",\"asc\"]"
    ","
    "[\"_score\",\"score\",\"desc\"],[\"_arrival\",\"arrival\",\"asc\"]],\"hits\":["
    "{\"key\":\"a\",\"gdoc\":1,\"score\":3,\"arrival\":7,\"part\":1,"
    "\"sort\":[\"9223372036854775807\",{\"text\":\"數\\u0000\"},null,null]},"
    "{\"key\":\"b\",\"gdoc\":2,\"score\":9,\"arrival\":1,\"part\":0,"
    "\"sort\":[\"-5\",{\"hex\":\"ff\"},null,null]},"
    "{\"key\":\"c\",\"gdoc\":0,\"score\":9,\"arrival\":0,\"part\":0,"
    "\"sort\":[null,null,null,null]}]}";

START_TEST(comes_back_as_it_was) {
    prism_hits *hits;
    prism_sort_value value;
    char *json, *token;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prism_hits_decode(sound, sizeof sound - 1, &hits, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
    ck_assert_uint_eq(prism_hits_sort_count(hits), 4);
    prism_hits_sort_value(hits, 0, 0, &value);
    ck_assert(value.kind == PRISM_SORT_DATE && value.i64 == INT64_MAX);
    prism_hits_sort_value(hits, 0, 1, &value);
    ck_assert(value.kind == PRISM_SORT_KEYWORD && value.len == 4);
    ck_assert_mem_eq(value.text, "數\0", 4);
    prism_hits_sort_value(hits, 1, 2, &value);
    ck_assert(value.kind == PRISM_SORT_SCORE && value.f64 > 0);
    prism_hits_sort_value(hits, 0, 3, &value);
    ck_assert(value.kind == PRISM_SORT_ARRIVAL && value.i64 == 7);
    prism_hits_sort_value(hits, 2, 0, &value);
    ck_assert_int_eq(value.kind, PRISM_SORT_MISSING);
    ck_assert_int_eq(prism_hits_encode(hits, &json, NULL), PRISM_OK);
    ck_assert_str_eq(json, sound);
    prism_free_text(json);
    for (uint32_t part = 0; part < 2; part++) {
        ck_assert_int_eq(prism_hits_next(hits, part, &token, NULL), PRISM_OK);
        ck_assert_ptr_nonnull(token);
        prism_free_text(token);
    }
    ck_assert_int_eq(prism_hits_next(hits, 2, &token, NULL), PRISM_EINVAL);
    prism_hits_free(hits);
}
END_TEST

START_TEST(what_is_unsound_is_refused) {
    static const char *const cases[][2] = {
        {"\"more\":true", "\"more\":1"},
        {"\"parts\":2", "\"parts\":-1"},
        {"\"parts\":2", "\"parts\":4294967296"},
        {"\"parts\":2", "\"parts\":\"2\""},
        {"[\"date\",\"date\",\"desc\"]", "[\"date\",\"dates\",\"desc\"]"},
        {"[\"date\",\"date\",\"desc\"]", "[\"date\",\"date\",\"down\"]"},
        {"[\"date\",\"date\",\"desc\"]", "[\"date\",\"date\"]"},
        {"[\"date\",\"date\",\"desc\"]", "[\"\",\"date\",\"desc\"]"},
        {"[\"date\",\"date\",\"desc\"]", "[\"a\\u0000\",\"date\",\"desc\"]"},
        {"[\"date\",\"date\",\"desc\"]", "[1,\"date\",\"desc\"]"},
        {"[\"date\",\"date\",\"desc\"]", "7"},
        {"[\"date\",\"date\",\"desc\"],", ""},
        {"\"-5\"", "-5"},
        {"\"-5\"", "\"5.0\""},
        {"\"-5\"", "\"9223372036854775808\""},
        {"{\"hex\":\"ff\"}", "{\"hex\":\"f\"}"},
        {"{\"hex\":\"ff\"}", "{\"hex\":\"zz\"}"},
        {"{\"hex\":\"ff\"}", "{}"},
        {"{\"hex\":\"ff\"}", "\"ff\""},
        {"{\"hex\":\"ff\"},null,null", "{\"hex\":\"ff\"},1,null"},
        {"{\"hex\":\"ff\"},null,null", "{\"hex\":\"ff\"},null"},
        {"\"9223372036854775807\"", "\"-6\""},
        {"\"9223372036854775807\"", "null"},
        {",\"sort\":[null,null,null,null]", ""},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        char text[1024];
        prism_error err = PRISM_ERROR_INIT;
        prism_hits *hits;
        const char *at = strstr(sound, cases[i][0]);
        ck_assert_msg(at != NULL, "%s", cases[i][0]);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - sound), sound, cases[i][1],
                 at + strlen(cases[i][0]));
        ck_assert_msg(prism_hits_decode(text, strlen(text), &hits, &err) == PRISM_EPARSE, "%s",
                      text);
        ck_assert_ptr_null(hits);
        ck_assert_str_ne(err.text, "");
    }
}
END_TEST

START_TEST(random_bytes_do_no_harm) {
    test_rng rng = test_rng_of("hits_sort_json");
    for (uint32_t i = 0; i < 20000; i++) {
        char text[sizeof sound];
        prism_hits *hits;
        memcpy(text, sound, sizeof sound);
        for (uint64_t n = 1 + test_rng_below(&rng, 3); n > 0; n--)
            text[test_rng_below(&rng, sizeof sound - 1)] =
                "0123456789-.e{}[],:\"atrue \xff"[test_rng_below(&rng, 27)];
        if (prism_hits_decode(text, sizeof sound - 1, &hits, NULL) == PRISM_OK)
            prism_hits_free(hits);
    }
}
END_TEST

/* A name as long as a field's may be, and one longer; an order without values, values without
 * one. */
START_TEST(limits) {
    for (uint32_t more = 0; more < 2; more++) {
        char text[2048], name[PRS_SCHEMA_MAX_NAME + 2];
        prism_hits *hits;
        const char *at = strstr(sound, "date"), *was = "date";
        memset(name, 'n', sizeof name);
        name[PRS_SCHEMA_MAX_NAME + more] = '\0';
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - sound), sound, name, at + strlen(was));
        ck_assert_int_eq(prism_hits_decode(text, strlen(text), &hits, NULL),
                         more == 0 ? PRISM_OK : PRISM_EPARSE);
        prism_hits_free(hits);
    }
    static const char plain[] =
        "{\"v\":1,\"shift\":20,\"k\":3,\"offset\":0,\"total\":9,\"exact\":true,\"stopped\":0,"
        "\"hits\":[{\"key\":\"a\",\"gdoc\":1,\"score\":3,\"arrival\":1,\"part\":0%s}]}";
    for (uint32_t with = 0; with < 2; with++) {
        char text[512];
        prism_hits *hits;
        prism_error err = PRISM_ERROR_INIT;
        snprintf(text, sizeof text, plain, with ? ",\"sort\":[null]" : "");
        ck_assert_msg(prism_hits_decode(text, strlen(text), &hits, &err) ==
                          (with ? PRISM_EPARSE : PRISM_OK),
                      "%s: %s", text, err.text);
        prism_hits_free(hits);
    }
}
END_TEST

TEST_SUITE(hits_sort_json, comes_back_as_it_was, what_is_unsound_is_refused,
           random_bytes_do_no_harm, limits)
