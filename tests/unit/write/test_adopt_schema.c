/* test_adopt_schema.c - which other schemas may come in, and what is said of the rest? */
#include "harness/world.h"

#include "write/adopt.h"

static prs_recipe *recipe_of(prs_mem *mem, const char *json) {
    prism_schema *schema;
    prs_recipe *recipe;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_msg(prs_schema_from_json(json, strlen(json), &schema, &err) == PRISM_OK, "%s",
                  err.text);
    ck_assert_msg(prs_recipe_new(mem, schema, &recipe, &err) == PRISM_OK, "%s", err.text);
    prs_schema_unref(schema);
    return recipe;
}

static const char ours[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
    "{\"name\":\"body\",\"type\":\"text\"},{\"name\":\"tag\",\"type\":\"keyword\",\"column\":true},"
    "{\"name\":\"n\",\"type\":\"i64\"}]}";

static const struct {
    const char *theirs;
    prism_status want;
    const char *text; /* a part of the error */
} cases[] = {
    {ours, PRISM_OK, ""},
    /* fewer fields, other places, another boost */
    {"{\"key\":\"id\",\"fields\":[{\"name\":\"body\",\"type\":\"text\",\"boost\":7},"
     "{\"name\":\"id\",\"type\":\"keyword\"}]}",
     PRISM_OK, ""},
    {"{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
     "{\"name\":\"other\",\"type\":\"text\"}]}",
     PRISM_EINVAL, "field other is not in the schema here"},
    {"{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
     "{\"name\":\"n\",\"type\":\"f64\"}]}",
     PRISM_EINVAL, "field n is f64 there and i64 here"},
    {"{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
     "{\"name\":\"tag\",\"type\":\"keyword\"}]}",
     PRISM_EINVAL, "field tag: column is false there and true here"},
    {"{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
     "{\"name\":\"body\",\"type\":\"text\",\"positions\":false}]}",
     PRISM_EINVAL, "field body: positions is false there and true here"},
    {"{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
     "{\"name\":\"body\",\"type\":\"text\",\"analyzer\":\"whitespace\"}]}",
     PRISM_EANALYZER, "field body is analyzed by other rules: whitespace"},
    {"{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
     "{\"name\":\"body\",\"type\":\"text\",\"options\":{\"stem\":\"off\"}}]}",
     PRISM_EANALYZER, "field body is analyzed by other rules"},
    {"{\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"}]}", PRISM_EINVAL,
     "the key is none there and id here"},
};

START_TEST(what_fits_and_what_does_not) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    prs_recipe *here = recipe_of(&mem, ours);
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prism_error err = PRISM_ERROR_INIT;
        prs_recipe *there = recipe_of(&mem, cases[i].theirs);
        prism_status status = prs_adopt_check_schema(here, there, &err);
        ck_assert_msg(status == cases[i].want, "case %zu: %s", i, err.text);
        ck_assert_msg(strstr(err.text, cases[i].text) != NULL, "case %zu: %s", i, err.text);
        prs_recipe_unref(there);
    }
    prs_recipe_unref(here);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

TEST_SUITE(adopt_schema, what_fits_and_what_does_not)
