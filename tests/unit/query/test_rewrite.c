/* Which fields does a leaf search, and what happens where their analyzers differ? */
#include "tree.h"

static const char mixed[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},{\"name\":\"t\",\"type\":"
    "\"text\",\"boost\":3},"
    "{\"name\":\"u\",\"type\":\"text\"},{\"name\":\"raw\",\"type\":\"text\",\"options\":{\"stem\":"
    "\"off\"}},"
    "{\"name\":\"k\",\"type\":\"keyword\"},{\"name\":\"off\",\"type\":\"text\",\"boost\":0},"
    "{\"name\":\"kept\",\"type\":\"text\",\"indexed\":false}]}";

static void expect(const prism_schema *schema, const char *fields, int flags, const char *text,
                   const char *tree) {
    prism_query *query = tree_parse(schema, text, strlen(text), flags, fields, NULL);
    const char *got = tree_text(query);
    ck_assert_msg(strcmp(got, tree) == 0, "%s over %s\n  gives    %s\n  expected %s", text,
                  fields != NULL ? fields : "-", got, tree);
    prs_query_unref(query);
}

START_TEST(one_analyzer_one_group) {
    prism_schema *s = tree_schema_of(mixed);
    expect(s, "t,u", 0, "running", "t^3,u:run");
    expect(s, "u,t", 0, "running", "t^3,u:run");
    expect(s, "t^1,u^7", 0, "running", "t,u^7:run");
    expect(s, "off", 0, "running", "off:run");
    expect(s, "t,off", 0, "the runs off", "(t^3,off:run t^3,off:off ~t^3,off:the^0.3)");
    expect(s, "t", 0, "u:running", "u:run");
    prs_schema_unref(s);
}
END_TEST

START_TEST(analyzers_that_differ_are_alternatives) {
    prism_schema *s = tree_schema_of(mixed);
    expect(s, NULL, 0, "running", "(t^3,u:run raw:running)");
    expect(s, NULL, 0, "running fast", "(t^3,u:run raw:running t^3,u:fast raw:fast)");
    expect(s, NULL, AND, "running fast", "(+(t^3,u:run raw:running) +(t^3,u:fast raw:fast))");
    expect(s, NULL, 0, "+running", "(t^3,u:run raw:running)");
    expect(s, NULL, 0, "-running", "(-t^3,u:run -raw:running #*:*)");
    expect(s, NULL, 0, "\"running fast\"^2", "(t^3,u:\"run fast\"^2 raw:\"running fast\"^2)");
    expect(s, "t,k", 0, "Running Fast", "(t^3:run k:running t^3:fast k:fast)");
    expect(s, "t,k", 0, "\"Running Fast\"", "(t^3:\"run fast\" k:running fast)");
    expect(s, "k", PLAIN, "Running Fast", "k:running fast");
    prs_schema_unref(s);
}
END_TEST

START_TEST(fields_that_cannot_be_searched) {
    static const char *const bad[] = {"nosuch", "t,nosuch", "",     "t,",   "t^", "t^0",
                                      "t^101",  "t^1.5",    "t^-1", "kept", "t,t"};
    prism_schema *s = tree_schema_of(mixed);
    for (size_t i = 0; i < PRS_COUNT(bad); i++) {
        prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
        prism_error err = PRISM_ERROR_INIT;
        prism_query *query;
        opts.fields = bad[i];
        ck_assert_msg(prs_query_parse(s, "x", 1, &opts, &query, &err) == PRISM_EINVAL, "%s",
                      bad[i]);
    }
    expect(s, NULL, 0, "kept:x t:y", "t:y");
    expect(s, NULL, 0, "kept:* t:y", "t:y");
    prs_schema_unref(s);
}
END_TEST

START_TEST(a_schema_without_text) {
    prism_schema *s = tree_schema_of("{\"fields\":[{\"name\":\"k\",\"type\":\"keyword\"}]}");
    expect(s, NULL, 0, "apple", "none");
    expect(s, NULL, 0, "apple k:x", "k:x");
    expect(s, NULL, 0, "+apple k:x", "none");
    expect(s, NULL, 0, "k:x -apple", "k:x");
    prs_schema_unref(s);
}
END_TEST

START_TEST(whole_values) {
    prism_schema *s = tree_schema_of(mixed);
    expect(s, NULL, 0, "k:\"New  York\"", "k:new  york");
    expect(s, NULL, 0, "k:New*", "k:new*");
    expect(s, NULL, 0, "k:\"New Yo\"*", "k:new yo*");
    expect(s, NULL, 0, "k:the", "k:the");
    expect(s, NULL, 0, "k:\" \" t:x", "t:x");
    expect(s, NULL, AND, "k:(red green)", "(+k:red +k:green)");
    prs_schema_unref(s);
}
END_TEST

TEST_SUITE(rewrite, one_analyzer_one_group, analyzers_that_differ_are_alternatives,
           fields_that_cannot_be_searched, a_schema_without_text, whole_values)
