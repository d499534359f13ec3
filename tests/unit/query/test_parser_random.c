/* Can any bytes, or any soup of operators, crash the parser, fail a lenient query or take long?
 * And does every tree survive its JSON form? */
#include "tree.h"

#include <stdio.h>
#include <time.h>

static const char *const parts[] = {
    "a",
    "the",
    "apple",
    "title:",
    "tags:",
    "date:",
    "nosuch:",
    "(",
    ")",
    "\"",
    "\xe2\x80\x9c",
    "\xe2\x80\x9d",
    "「",
    "」",
    "+",
    "-",
    "－",
    "NOT ",
    "AND ",
    "OR ",
    " ",
    "　",
    "*",
    "?",
    "~",
    "~2",
    "^2",
    "^",
    "[a TO b]",
    "[",
    "]",
    ">=5",
    "\\",
    "中国",
    "的",
    "学生们",
    "C++",
    "wi-fi",
    "$5%",
    "iPhone 15",
    "*:*",
    "/x/",
    "\xff",
    "\xe4\xb8",
    "a-b-c-d-e",
    "：",
    "（",
    "）",
    "title:*",
    "\"a b\"*",
    "\"a 中国\"~3",
    "&&",
    "0",
    ".",
    "15",
    "\xf0\x9f\x9a\x80",
    "สวัสดี",
    "서울",
    "タ",
    "\n",
    "x*",
};

static size_t random_soup(test_rng *rng, char *text, size_t cap) {
    size_t at = 0, n = test_rng_below(rng, 40);
    for (size_t i = 0; i < n; i++) {
        const char *part = parts[test_rng_below(rng, PRS_COUNT(parts))];
        if (at + strlen(part) > cap) break;
        memcpy(text + at, part, strlen(part));
        at += strlen(part);
    }
    return at;
}

/* JSON and back gives the same tree, to the byte. */
static void check_round_trip(const prism_schema *schema, const prism_query *query) {
    prs_mem mem;
    prs_buf json, again;
    prism_query *back;
    prism_error err = PRISM_ERROR_INIT;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&json, &mem);
    prs_buf_init(&again, &mem);
    ck_assert_int_eq(prs_query_to_json(query, &json, NULL), PRISM_OK);
    prism_status status =
        prs_query_from_json(schema, (const char *)json.ptr, json.len, &back, &err);
    ck_assert_msg(status == PRISM_OK, "%s: %.*s", err.text, (int)json.len, (const char *)json.ptr);
    ck_assert_int_eq(prs_query_to_json(back, &again, NULL), PRISM_OK);
    ck_assert(json.len == again.len && memcmp(json.ptr, again.ptr, json.len) == 0);
    prs_query_unref(back);
    prs_buf_fini(&again);
    prs_buf_fini(&json);
}

static void check_text(const prism_schema *schema, test_rng *rng, const char *text, size_t len) {
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query;
    opts.default_operator = test_rng_one_in(rng, 2) ? PRISM_AND : PRISM_OR;
    opts.strict = test_rng_one_in(rng, 4);
    opts.plain = test_rng_one_in(rng, 8);
    prism_status status = prs_query_parse(schema, text, len, &opts, &query, &err);
    if (status == PRISM_OK) {
        ck_assert_uint_le(query->n_nodes, PRISM_MAX_QUERY_NODES);
        ck_assert_ptr_nonnull(query->root);
        check_round_trip(schema, query);
        prs_query_unref(query);
    } else {
        ck_assert_msg(opts.strict && status == PRISM_EPARSE, "%.*s: %d %s", (int)len, text, status,
                      err.text);
        ck_assert_uint_le(err.offset, len);
        ck_assert_uint_eq(err.column, err.offset + 1);
    }
}

static const char other_schema[] =
    "{\"fields\":[{\"name\":\"title\",\"type\":\"text\",\"options\":{\"stem\":\"dual\",\"han\":"
    "\"bi\"}},"
    "{\"name\":\"body\",\"type\":\"text\",\"options\":{\"han\":\"uni\",\"sa\":\"icu\",\"hangul\":"
    "\"word\"}},"
    "{\"name\":\"tags\",\"type\":\"text\",\"analyzer\":\"whitespace\",\"positions\":false}]}";

static void cook(prism_schema *schema, const char *seed_name) {
    test_rng rng = test_rng_of(seed_name);
    char text[2048];
    for (int round = 0; round < 4000; round++) {
        check_text(schema, &rng, text, random_soup(&rng, text, sizeof text));
    }
    prs_schema_unref(schema);
}

START_TEST(operator_soup) {
    cook(tree_schema(), "soup");
}
END_TEST

START_TEST(soup_of_other_analyzers) {
    cook(tree_schema_of(other_schema), "other soup");
}
END_TEST

START_TEST(random_bytes) {
    test_rng rng = test_rng_of("bytes");
    char text[200];
    prism_schema *schema = tree_schema();
    for (int round = 0; round < 4000; round++) {
        size_t len = test_rng_below(&rng, sizeof text);
        test_rng_fill(&rng, text, len);
        check_text(schema, &rng, text, len);
    }
    prs_schema_unref(schema);
}
END_TEST

/* Every part of the language over and over, 64 KiB of it: what is quadratic takes tens of
 * seconds. */
START_TEST(no_text_takes_long) {
    static const char *const repeated[] = {
        "title:", "title:title ", "\"",     "「",    "date:[", "date:[ ", "(",      ")",  "-",
        "+ ",     "NOT ",         "a AND ", "a OR ", "* ",     "a*b",     "?",      "\\", "^2",
        "a^",     "a~",           "/",      "中",    "中文 ",  "a-",      "wi-fi ", "$",  "x:",
        "\xff",   "() ",          "\"\" ",  "the ",
    };
    static char text[PRISM_MAX_QUERY_BYTES];
    prism_schema *schema = tree_schema();
    for (size_t i = 0; i < PRS_COUNT(repeated) * 3; i++) {
        const char *part = repeated[i / 3];
        size_t at = 0, len = strlen(part);
        for (; at + len <= sizeof text; at += len) memcpy(text + at, part, len);
        prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
        prism_query *query;
        struct timespec from, to;
        opts.plain = i % 3 == 1;
        opts.default_operator = i % 3 == 2 ? PRISM_AND : PRISM_OR;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
        prism_status status = prs_query_parse(schema, text, at, &opts, &query, NULL);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
        ck_assert_msg(status == PRISM_OK || status == PRISM_ELIMIT, "%s: %d", part, status);
        double seconds =
            (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
        ck_assert_msg(seconds < 2, "\"%s\" repeated: %.2f s", part, seconds);
        prs_query_unref(query);
    }
    prs_schema_unref(schema);
}
END_TEST

TEST_SUITE(parser_random, operator_soup, soup_of_other_analyzers, random_bytes, no_text_takes_long)
