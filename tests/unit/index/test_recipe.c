/* test_recipe.c - does each field get the analyzer that its schema asks for, and do equal ones
 * share it? */
#include "harness/test.h"

#include "index/core.h"

#include <stdio.h>

static prism_schema *schema_of(const char *json) {
    prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_schema_from_json(json, strlen(json), &schema, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
    return schema;
}

static const char many_fields[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"title\",\"type\":\"text\"},{\"name\":\"body\",\"type\":\"text\"},"
    "{\"name\":\"plain\",\"type\":\"text\",\"options\":{\"stem\":\"off\"}},"
    "{\"name\":\"plain2\",\"type\":\"text\",\"options\":{\"stem\":\"off\"}},"
    "{\"name\":\"white\",\"type\":\"text\",\"analyzer\":\"whitespace\"},"
    "{\"name\":\"tag\",\"type\":\"keyword\"},"
    "{\"name\":\"shown\",\"type\":\"text\",\"indexed\":false},"
    "{\"name\":\"n\",\"type\":\"i64\"},{\"name\":\"when\",\"type\":\"date\"}]}";

START_TEST(equal_analyzers_are_shared) {
    prs_mem mem;
    prs_recipe *recipe;
    prs_mem_init(&mem, NULL);
    prism_schema *schema = schema_of(many_fields);
    ck_assert_int_eq(prs_recipe_new(&mem, schema, &recipe, NULL), PRISM_OK);
    prs_schema_unref(schema); /* the recipe has a reference of its own */
    prs_analyzer **a = recipe->analyzers;
    ck_assert_uint_eq(recipe->n_fields, 10);
    ck_assert_ptr_nonnull(a[0]);
    ck_assert_ptr_eq(a[0], a[6]);
    ck_assert_ptr_eq(a[1], a[2]);
    ck_assert_ptr_eq(a[3], a[4]);
    ck_assert(a[0] != a[1] && a[1] != a[3] && a[1] != a[5] && a[3] != a[5]);
    ck_assert_str_ne(prs_analyzer_id(a[1]), prs_analyzer_id(a[3]));
    for (uint32_t f = 7; f < 10; f++) ck_assert_ptr_null(a[f]);
    for (uint32_t f = 0; f < 10; f++)
        ck_assert_int_eq(prs_recipe_is_analyzed(&recipe->schema->fields[f]), a[f] != NULL);
    ck_assert_ptr_eq(prs_recipe_ref(recipe), recipe);
    prs_recipe_unref(recipe);
    ck_assert_str_eq(recipe->schema->fields[2].name, "body"); /* still there */
    prs_recipe_unref(recipe);
    prs_recipe_unref(NULL);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(analyzers_that_are_none) {
    static const char *const fields[] = {
        "\"analyzer\":\"mixed-v99\"",
        "\"options\":{\"stem\":\"klingon\"}",
        "\"options\":{\"no_such_option\":\"on\"}",
    };
    for (size_t i = 0; i < PRS_COUNT(fields); i++) {
        char json[300] = "{\"fields\":[{\"name\":\"first\",\"type\":\"text\"},"
                         "{\"name\":\"bad\",\"type\":\"text\",";
        strcat(json, fields[i]);
        strcat(json, "}]}");
        prism_schema *schema = schema_of(json);
        prism_error err = PRISM_ERROR_INIT;
        prs_mem mem;
        prs_recipe *recipe = (prs_recipe *)1;
        prs_mem_init(&mem, NULL);
        prism_status status = prs_recipe_new(&mem, schema, &recipe, &err);
        prism_status expected = i == 0 ? PRISM_EANALYZER : PRISM_EINVAL;
        ck_assert_msg(status == expected, "%s: %d", fields[i], status);
        ck_assert_int_eq(err.code, status);
        ck_assert_str_ne(err.text, "");
        ck_assert_ptr_null(recipe);
        ck_assert_uint_eq(atomic_load(&mem.live), 0);
        prs_schema_unref(schema);
    }
}
END_TEST

/* The longest name there is room for is looked up; the one behind it is not cut to that, whoever
 * made the schema. */
START_TEST(names_are_never_cut) {
    static const char name[] = "mixed-v1-and-then-31-bytes-long";
    for (size_t more = 0; more < 3; more++) {
        char text[64];
        prs_mem mem;
        prs_recipe *recipe;
        prism_error err = PRISM_ERROR_INIT;
        snprintf(text, sizeof text, "%s%s", name, more == 0 ? "" : more == 1 ? "x" : "xyz");
        ck_assert_uint_eq(strlen(name), 31);
        prism_schema *schema = schema_of("{\"fields\":[{\"name\":\"f\",\"type\":\"text\"}]}");
        schema->fields[0].analyzer = text; /* the schema layer would have refused it */
        prs_mem_init(&mem, NULL);
        prism_status status = prs_recipe_new(&mem, schema, &recipe, &err);
        ck_assert_int_eq(status, PRISM_EANALYZER);
        ck_assert_msg(strstr(err.text, text) != NULL, "%s", err.text);
        prs_schema_unref(schema);
    }
}
END_TEST

static prism_status make(prs_mem *mem, void *ctx) {
    prs_recipe *recipe;
    PRS_TRY(prs_recipe_new(mem, (const prism_schema *)ctx, &recipe, NULL));
    prs_recipe_unref(recipe);
    return PRISM_OK;
}

START_TEST(memory_may_run_out) {
    prism_schema *schema = schema_of(many_fields);
    ck_assert_uint_gt(test_oom_sweep(make, schema), 5);
    prs_schema_unref(schema);
}
END_TEST

TEST_SUITE(recipe, equal_analyzers_are_shared, analyzers_that_are_none, names_are_never_cut,
           memory_may_run_out)
