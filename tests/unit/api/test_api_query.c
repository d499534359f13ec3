/* Do the exported query functions refuse bad arguments and pass good ones on? */
#include "harness/test.h"

#include <prismsearch.h>

#include <stdio.h>

static prism_schema *schema;

static void setup(void) {
    ck_assert_int_eq(prism_schema_default(&schema, NULL), PRISM_OK);
}
static void teardown(void) {
    prism_schema_unref(schema);
}

static int collect(void *ctx, const prism_token *token) {
    char *out = ctx;
    size_t len = strlen(out);
    snprintf(out + len, 256 - len, "%.*s/%s@%u ", (int)token->len, token->term, token->kind,
             token->pos);
    return 0;
}

static int stop(void *ctx, const prism_token *token) {
    (void)token;
    ++*(int *)ctx;
    return 1;
}

START_TEST(bad_arguments) {
    prism_query *query;
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    char *json;
    int n = 0;
    setup();
    ck_assert_int_eq(prism_query_parse(schema, "a", 1, NULL, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_query_parse(NULL, "a", 1, NULL, &query, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_query_parse(schema, NULL, 1, NULL, &query, NULL), PRISM_EINVAL);
    opts.default_operator = (prism_operator)7;
    ck_assert_int_eq(prism_query_parse(schema, "a", 1, &opts, &query, NULL), PRISM_EINVAL);
    opts = (prism_query_opts)PRISM_QUERY_OPTS_INIT;
    opts.size = 0; /* not made with the INIT macro */
    ck_assert_int_eq(prism_query_parse(schema, "a", 1, &opts, &query, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_query_to_json(NULL, &json, NULL), PRISM_EINVAL);
    ck_assert_ptr_null(json);
    ck_assert_int_eq(prism_query_from_json(schema, NULL, 1, &query, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_query_from_json(schema, NULL, 0, &query, NULL), PRISM_EPARSE);
    ck_assert_int_eq(prism_analyze(schema, NULL, "a", 1, NULL, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_analyze(NULL, NULL, "a", 1, stop, &n, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_analyze(schema, "nosuch", "a", 1, stop, &n, NULL), PRISM_ENOTFOUND);
    ck_assert_int_eq(prism_analyze(schema, "date", "a", 1, stop, &n, NULL), PRISM_EINVAL);
    ck_assert_int_eq(n, 0);
    ck_assert_str_eq(prism_query_shape(NULL), "none");
    ck_assert_ptr_null(prism_query_ref(NULL));
    prism_query_unref(NULL);
    teardown();
}
END_TEST

START_TEST(a_query_and_its_json) {
    prism_query *query, *back;
    prism_error err = PRISM_ERROR_INIT;
    char *json, *again;
    setup();
    ck_assert_int_eq(prism_query_parse(schema, "apple \"pear tree\"", 17, NULL, &query, &err),
                     PRISM_OK);
    ck_assert_str_eq(prism_query_shape(query), "mixed");
    ck_assert_int_eq(prism_query_to_json(query, &json, &err), PRISM_OK);
    ck_assert_int_eq(prism_query_from_json(schema, json, strlen(json), &back, &err), PRISM_OK);
    ck_assert_int_eq(prism_query_to_json(back, &again, &err), PRISM_OK);
    ck_assert_str_eq(json, again);
    prism_free_text(json);
    prism_free_text(again);
    ck_assert_ptr_eq(prism_query_ref(query), query);
    prism_query_unref(query);
    prism_query_unref(query);
    prism_query_unref(back);
    teardown();
}
END_TEST

START_TEST(a_vocabulary_is_for_its_schema) {
    prism_vocabulary *v, *bad = (prism_vocabulary *)&v;
    prism_query *query;
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    prism_schema *other;
    setup();
    ck_assert_int_eq(prism_vocabulary_from_text(NULL, "", 0, &bad, NULL), PRISM_EINVAL);
    ck_assert_ptr_null(bad);
    ck_assert_int_eq(prism_vocabulary_from_text(schema, NULL, 1, &bad, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_vocabulary_from_text(schema, "", 0, NULL, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prism_vocabulary_from_text(schema, "same x, y", 9, &v, NULL), PRISM_OK);
    opts.vocabulary = v;
    ck_assert_int_eq(prism_query_parse(schema, "x", 1, &opts, &query, NULL), PRISM_OK);
    ck_assert_str_eq(prism_query_shape(query), "mixed");
    prism_query_unref(query);
    opts.size = offsetof(prism_query_opts, vocabulary); /* a caller of before */
    ck_assert_int_eq(prism_query_parse(schema, "x", 1, &opts, &query, NULL), PRISM_OK);
    ck_assert_str_eq(prism_query_shape(query), "term");
    prism_query_unref(query);
    opts.size = sizeof opts;
    ck_assert_int_eq(prism_schema_new(&other, NULL), PRISM_OK);
    ck_assert_int_eq(prism_query_parse(other, "x", 1, &opts, &query, NULL), PRISM_EINVAL);
    prism_schema_unref(other);
    ck_assert_ptr_eq(prism_vocabulary_ref(v), v);
    ck_assert_ptr_null(prism_vocabulary_ref(NULL));
    prism_vocabulary_unref(v);
    prism_vocabulary_unref(v);
    prism_vocabulary_unref(NULL);
    teardown();
}
END_TEST

START_TEST(an_empty_text_is_a_query) {
    prism_query *query;
    setup();
    ck_assert_int_eq(prism_query_parse(schema, NULL, 0, NULL, &query, NULL), PRISM_OK);
    ck_assert_str_eq(prism_query_shape(query), "none");
    prism_query_unref(query);
    teardown();
}
END_TEST

START_TEST(tokens_of_a_text) {
    char out[256] = "";
    int n = 0;
    prism_error err = PRISM_ERROR_INIT;
    setup();
    ck_assert_int_eq(prism_analyze(schema, NULL, "Running 大学", 14, collect, out, &err), PRISM_OK);
    ck_assert_str_eq(out, "run/word@0 大/han1@1 大学/han2@1 学/han1@2 学/hanend@2 ");
    out[0] = '\0';
    static const char words[] = "{\"fields\":[{\"name\":\"t\",\"type\":\"text\",\"options\":"
                                "{\"han\":\"uni_bi_words\"}}]}";
    prism_schema *with_words;
    ck_assert_int_eq(prism_schema_from_json(words, sizeof words - 1, &with_words, &err), PRISM_OK);
    out[0] = '\0';
    ck_assert_int_eq(prism_analyze(with_words, "t", "大学", 6, collect, out, &err), PRISM_OK);
    ck_assert_str_eq(out, "大/han1@0 大学/han2@0 大学/hanword@0 学/han1@1 学/hanend@1 ");
    prism_schema_unref(with_words);
    out[0] = '\0';
    ck_assert_int_eq(prism_analyze(schema, "tags", "New York", 8, collect, out, &err), PRISM_OK);
    ck_assert_str_eq(out, "new york/word@0 ");
    ck_assert_int_eq(prism_analyze(schema, "body", "a b c", 5, stop, &n, &err), PRISM_ECANCELED);
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(prism_analyze(schema, "body", NULL, 0, stop, &n, &err), PRISM_OK);
    ck_assert_int_eq(n, 1);
    teardown();
}
END_TEST

TEST_SUITE(api_query, bad_arguments, a_query_and_its_json, a_vocabulary_is_for_its_schema,
           an_empty_text_is_a_query, tokens_of_a_text)
