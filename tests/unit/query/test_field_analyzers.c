/* Do fields with equal recipes share one analyzer, and can threads borrow analyses at will? */
#include "harness/test.h"

#include "query/field_analyzers.h"

#include <pthread.h>
#include <stdio.h>

static const char text[] =
    "{\"fields\":[{\"name\":\"a\",\"type\":\"text\"},{\"name\":\"n\",\"type\":\"i64\"},"
    "{\"name\":\"b\",\"type\":\"text\",\"options\":{\"stem\":\"off\"}},{\"name\":\"k\",\"type\":"
    "\"keyword\"},"
    "{\"name\":\"c\",\"type\":\"text\",\"options\":{\"stem\":false}},{\"name\":\"d\",\"type\":"
    "\"text\"}]}";

static prism_schema *open_schema(void) {
    prism_schema *schema;
    ck_assert_int_eq(prs_schema_from_json(text, strlen(text), &schema, NULL), PRISM_OK);
    return schema;
}

START_TEST(equal_recipes_share) {
    prism_schema *schema = open_schema();
    prs_field_analyzers *all, *again;
    ck_assert_int_eq(prs_field_analyzers_get(schema, &all, NULL), PRISM_OK);
    ck_assert_int_eq(prs_field_analyzers_get(schema, &again, NULL), PRISM_OK);
    ck_assert_ptr_eq(all, again);
    uint32_t a = prs_field_analyzers_group(all, 0), b = prs_field_analyzers_group(all, 2);
    ck_assert_uint_eq(a, prs_field_analyzers_default(all));
    ck_assert_uint_eq(a, prs_field_analyzers_group(all, 5));
    ck_assert_uint_eq(prs_field_analyzers_group(all, 1), PRS_NO_GROUP);
    ck_assert_uint_eq(prs_field_analyzers_group(all, 99), PRS_NO_GROUP);
    ck_assert_uint_eq(b, prs_field_analyzers_group(all, 4));
    ck_assert_uint_ne(a, b);
    ck_assert(prs_field_analyzers_is_whole(all, prs_field_analyzers_group(all, 3)));
    ck_assert(!prs_field_analyzers_is_whole(all, a));
    prs_schema_unref(schema);
}
END_TEST

static prism_status keep_term(void *ctx, const prs_token *token) {
    memcpy(ctx, token->term, token->len);
    ((char *)ctx)[token->len] = '\0';
    return PRISM_OK;
}

static void expect_term(prs_field_analyzers *all, uint32_t group, prs_analyzer_use use,
                        const char *term) {
    char got[64] = "";
    prs_analysis *analysis;
    ck_assert_int_eq(prs_field_analyzers_take(all, group, use, &analysis, NULL), PRISM_OK);
    ck_assert_int_eq(prs_analysis_run(analysis, "Running", 7, keep_term, got, NULL, NULL, NULL),
                     PRISM_OK);
    ck_assert_str_eq(got, term);
    prs_field_analyzers_give(all, group, use, analysis);
}

START_TEST(unstemmed_twins) {
    prism_schema *schema = open_schema();
    prs_field_analyzers *all;
    ck_assert_int_eq(prs_field_analyzers_get(schema, &all, NULL), PRISM_OK);
    expect_term(all, prs_field_analyzers_group(all, 0), PRS_AS_INDEXED, "run");
    expect_term(all, prs_field_analyzers_group(all, 0), PRS_UNSTEMMED, "running");
    expect_term(all, prs_field_analyzers_group(all, 2), PRS_AS_INDEXED, "running");
    expect_term(all, prs_field_analyzers_group(all, 3), PRS_UNSTEMMED, "running");
    prs_schema_unref(schema);
}
END_TEST

START_TEST(a_bad_recipe_names_its_field) {
    static const char bad[] =
        "{\"fields\":[{\"name\":\"a\",\"type\":\"text\"},{\"name\":\"x\",\"type\":\"text\","
        "\"options\":{\"stem\":\"klingon\"}}]}";
    prism_schema *schema;
    prs_field_analyzers *all;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prs_schema_from_json(bad, strlen(bad), &schema, NULL), PRISM_OK);
    ck_assert_int_eq(prs_field_analyzers_get(schema, &all, &err), PRISM_EINVAL);
    ck_assert_ptr_null(all);
    ck_assert_ptr_nonnull(strstr(err.text, "field x: "));
    prs_schema_unref(schema);
}
END_TEST

static void *borrow(void *ctx) {
    prs_field_analyzers *all;
    char got[64];
    if (prs_field_analyzers_get(ctx, &all, NULL) != PRISM_OK) return ctx;
    for (int i = 0; i < 200; i++) {
        prs_analysis *held[20];
        for (int k = 0; k < 20; k++) {
            if (prs_field_analyzers_take(all, 0, PRS_AS_INDEXED, &held[k], NULL) != PRISM_OK)
                return ctx;
            if (prs_analysis_run(held[k], "words", 5, keep_term, got, NULL, NULL, NULL) != PRISM_OK)
                return ctx;
        }
        for (int k = 0; k < 20; k++) prs_field_analyzers_give(all, 0, PRS_AS_INDEXED, held[k]);
    }
    return NULL;
}

START_TEST(threads_borrow) {
    prism_schema *schema = open_schema();
    pthread_t threads[4];
    void *failed;
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, borrow, schema), 0);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
        ck_assert_ptr_null(failed);
    }
    prs_schema_unref(schema);
}
END_TEST

static prism_status count_token(void *ctx, const prs_token *token) {
    (void)token;
    ++*(uint32_t *)ctx;
    return PRISM_OK;
}

/* Tokens of one text under each name that an analyzer may have. */
START_TEST(the_analyzer_is_the_one_that_is_named) {
    static const struct {
        const char *name, *text;
        uint32_t n;
    } rows[] = {
        {"mixed-v1", "ab-cd ef", 4}, {"whitespace", "ab-cd ef", 2}, {"keyword", "ab-cd ef", 1}};
    for (size_t i = 0; i < PRS_COUNT(rows); i++) {
        char json[200];
        int len = snprintf(json, sizeof json,
                           "{\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"analyzer\":\"%s\"}]}",
                           rows[i].name);
        prism_schema *schema;
        prs_field_analyzers *all;
        prs_analysis *analysis;
        uint32_t n = 0;
        ck_assert_int_eq(prs_schema_from_json(json, (size_t)len, &schema, NULL), PRISM_OK);
        ck_assert_int_eq(prs_field_analyzers_get(schema, &all, NULL), PRISM_OK);
        uint32_t group = prs_field_analyzers_group(all, 0);
        ck_assert_int_eq(prs_field_analyzers_take(all, group, PRS_AS_INDEXED, &analysis, NULL),
                         PRISM_OK);
        ck_assert_int_eq(prs_analysis_run(analysis, rows[i].text, strlen(rows[i].text), count_token,
                                          &n, NULL, NULL, NULL),
                         PRISM_OK);
        ck_assert_msg(n == rows[i].n, "%s: %u tokens", rows[i].name, n);
        prs_field_analyzers_give(all, group, PRS_AS_INDEXED, analysis);
        prs_schema_unref(schema);
    }
}
END_TEST

TEST_SUITE(field_analyzers, equal_recipes_share, unstemmed_twins, a_bad_recipe_names_its_field,
           threads_borrow, the_analyzer_is_the_one_that_is_named)
