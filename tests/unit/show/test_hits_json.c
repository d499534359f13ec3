/* test_hits_json.c - does an answer come back as it was, and nothing else with it? */
#include "harness/test.h"

#include "show/hits.h"

#include <stdio.h>

static prism_status decode(const char *text, size_t len, prism_hits **out, prism_error *err) {
    prism_status status = prism_hits_decode(text, len, out, err);
    ck_assert_int_eq(status == PRISM_OK, *out != NULL);
    return status;
}

START_TEST(comes_back_as_it_was) {
    static const char text[] =
        "{\"v\":1,\"shift\":-3,\"k\":5,\"offset\":2,\"total\":9007199254740992,\"exact\":false,"
        "\"stopped\":0,\"hits\":[{\"key\":\"數\\\"\\u0000a\",\"gdoc\":9007199254740992,"
        "\"score\":1073741824,\"arrival\":7,\"part\":4294967295},{\"hex\":\"ff00\",\"gdoc\":0,"
        "\"score\":0,\"arrival\":0,\"part\":0}]}";
    prism_hits *hits;
    prism_hit hit;
    char *json;
    int exact;
    ck_assert_int_eq(decode(text, strlen(text), &hits, NULL), PRISM_OK);
    ck_assert_uint_eq(prism_hits_count(hits), 2);
    ck_assert_uint_eq(prism_hits_total(hits, &exact), UINT64_C(1) << 53);
    ck_assert_int_eq(exact, 0);
    prism_hits_get(hits, 0, &hit);
    ck_assert_uint_eq(hit.key_len, 6);
    ck_assert_mem_eq(hit.key, "數\"\0a", 6);
    ck_assert(hit.score == 1073741824.0f * 8.0f && hit.part == UINT32_MAX);
    prism_hits_get(hits, 1, &hit);
    ck_assert_uint_eq(hit.key_len, 2);
    ck_assert_mem_eq(hit.key, "\xff\0", 2);
    ck_assert_int_eq(prism_hits_encode(hits, &json, NULL), PRISM_OK);
    ck_assert_str_eq(json, text);
    prism_free_text(json);
    prism_hits_free(hits);
}
END_TEST

static const char head[] = "{\"v\":1,\"shift\":20,\"k\":2,\"offset\":0,\"total\":2,\"exact\":true,"
                           "\"stopped\":0,\"hits\":[";
static const char first[] = "{\"key\":\"a\",\"gdoc\":1,\"score\":9,\"arrival\":1,\"part\":0}";

/* head and first, with `from` replaced by `to` in the whole. */
static const char *altered(const char *from, const char *to) {
    static char whole[600], out[800];
    snprintf(whole, sizeof whole, "%s%s]}", head, first);
    char *at = strstr(whole, from);
    ck_assert_msg(at != NULL, "%s", from);
    snprintf(out, sizeof out, "%.*s%s%s", (int)(at - whole), whole, to, at + strlen(from));
    return out;
}

START_TEST(what_is_unsound_is_refused) {
    static const char *const cases[][2] = {
        {"\"v\":1", "\"v\":2"},
        {"\"shift\":20", "\"shift\":41"},
        {"\"shift\":20", "\"shift\":-21"},
        {"\"k\":2", "\"k\":10001"},
        {"\"k\":2", "\"k\":0"},
        {"\"k\":2", "\"k\":\"2\""},
        {"\"offset\":0", "\"offset\":9999"},
        {"\"offset\":0", "\"offset\":-1"},
        {"\"total\":2", "\"total\":0"},
        {"\"total\":2", "\"total\":9007199254740993"},
        {"\"exact\":true", "\"exact\":1"},
        {"\"stopped\":0,", ""},
        {"\"stopped\":0,", "\"stopped\":4,"},
        {"\"stopped\":0,", "\"stopped\":-1,"},
        {"\"stopped\":0,", "\"stopped\":true,"},
        {"\"hits\":[", "\"hits\":[7,"},
        {"\"hits\":[", "\"hits\":[{},"},
        {"\"key\":\"a\"", "\"key\":1"},
        {"\"key\":\"a\"", "\"hex\":\"a\""},
        {"\"key\":\"a\"", "\"hex\":\"zz\""},
        {"\"key\":\"a\",", ""},
        {"\"gdoc\":1", "\"gdoc\":-1"},
        {"\"gdoc\":1", "\"gdoc\":1.5"},
        {"\"score\":9", "\"score\":-1"},
        {"\"score\":9", "\"score\":1073741825"},
        {"\"arrival\":1,", ""},
        {"\"part\":0", "\"part\":4294967296"},
        {"}]}", "},{\"key\":\"b\",\"gdoc\":2,\"score\":10,\"arrival\":2,\"part\":0}]}"},
        {"\"k\":2", "\"k\":2,\"k\":2"},
        {"]}", "]"},
    };
    prism_hits *hits;
    const char *good = altered("\"v\":1", "\"v\":1");
    ck_assert_int_eq(decode(good, strlen(good), &hits, NULL), PRISM_OK);
    prism_hits_free(hits);
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prism_error err = PRISM_ERROR_INIT;
        const char *text = altered(cases[i][0], cases[i][1]);
        ck_assert_msg(decode(text, strlen(text), &hits, &err) == PRISM_EPARSE, "%s", text);
        ck_assert_str_ne(err.text, "");
    }
    char long_key[3000];
    memset(long_key, 'a', sizeof long_key);
    long_key[0] = '"';
    memcpy(long_key, "\"key\":\"", 7);
    long_key[7 + PRISM_MAX_KEY_BYTES + 1] = '\0';
    strcat(long_key, "\"");
    static char text[4000];
    snprintf(text, sizeof text, "%s{%s,\"gdoc\":1,\"score\":9,\"arrival\":1,\"part\":0}]}", head,
             long_key);
    ck_assert_int_eq(decode(text, strlen(text), &hits, NULL), PRISM_EPARSE);
    ck_assert_int_eq(decode("", 0, &hits, NULL), PRISM_EPARSE);
    ck_assert_int_eq(decode(NULL, 0, &hits, NULL), PRISM_EPARSE);
    ck_assert_int_eq(decode("[]", 2, &hits, NULL), PRISM_EPARSE);
}
END_TEST

START_TEST(random_bytes_do_no_harm) {
    test_rng rng = test_rng_of("hits_json");
    for (uint32_t i = 0; i < 20000; i++) {
        char text[600];
        prism_hits *hits;
        snprintf(text, sizeof text, "%s%s]}", head, first);
        size_t len = strlen(text);
        for (uint64_t n = 1 + test_rng_below(&rng, 3); n > 0; n--)
            text[test_rng_below(&rng, len)] =
                "0123456789-.e{}[],:\"atrue \xff"[test_rng_below(&rng, 27)];
        if (prism_hits_decode(text, len, &hits, NULL) == PRISM_OK) prism_hits_free(hits);
    }
}
END_TEST

TEST_SUITE(hits_json, comes_back_as_it_was, what_is_unsound_is_refused, random_bytes_do_no_harm)
