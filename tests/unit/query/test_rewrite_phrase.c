/* Do phrases ask for the right slots: stems, exact forms, prefixes, compounds, fields without
 * positions? */
#include "tree.h"

#include <stdio.h>

static void expect(const char *options, const char *text, const char *tree, const char *notes) {
    char json[256], noted[256];
    snprintf(json, sizeof json, "{\"fields\":[{\"name\":\"t\",\"type\":\"text\"%s}]}", options);
    prism_schema *schema = tree_schema_of(json);
    prism_query *query = tree_parse(schema, text, strlen(text), 0, NULL, noted);
    const char *got = tree_text(query);
    ck_assert_msg(strcmp(got, tree) == 0, "%s\n  gives    %s\n  expected %s", text, got, tree);
    ck_assert_msg(strcmp(noted, notes) == 0, "%s\n  notes at \"%s\"", text, noted);
    prs_query_unref(query);
    prs_schema_unref(schema);
}

#define DUAL ",\"options\":{\"stem\":\"dual\"}"
#define NO_POSITIONS ",\"positions\":false"

START_TEST(exact_forms_where_the_index_has_them) {
    expect("", "\"running dogs\"", "t:\"run dog\"", "");
    expect(DUAL, "\"running dogs\"", "t:\"running.x dogs.x\"", "");
    expect(DUAL, "running dogs", "(t:run t:dog)", "");
    expect(DUAL, "\"running\"", "t:running.x", "");
    expect(DUAL, "runn*", "t:runn*.x", "");
    expect(DUAL, "\"big runn\"*", "t:\"big.x runn*.x\"", "");
    expect(DUAL, "\"a-running dog\"", "max(t:\"a.x running.x dog.x\", t:\"arunning dog.x\")", "");
}
END_TEST

START_TEST(prefixes_are_not_stemmed) {
    expect("", "comput*", "t:comput*", "");
    expect("", "computing*", "const((t:computing* t:comput))", "");
    expect("", "\"big computing\"*", "t:\"big {comput|computing*}\"", "");
    expect("", "\"big comput\"*", "t:\"big comput*\"", "");
    expect("", "CAFÉ*", "t:cafe*", "");
    expect("", "\"use C++\"*", "t:\"use c++*\"", "");
    expect("", "$10*", "t:$10*", "");
    expect("", "\"new wi-fi\"*", "max(t:\"new wi fi*\", t:\"new wifi*\")", "");
    expect("", "\"北京 大\"*", "t:\"北京.2 _ {大.e|大*.2}\"", "");
}
END_TEST

START_TEST(compounds_both_ways) {
    expect("", "\"wi-fi router\"", "max(t:\"wi fi router\", t:\"wifi router\")", "");
    expect("", "\"new wi-fi\"", "max(t:\"new wi fi\", t:\"new wifi\")", "");
    expect("", "\"wi-fi\"", "max(t:\"wi fi\", t:wifi)", "");
    expect("", "\"wi-fi 路由器\"", "max(t:\"wi fi 路由.2 由器.2\", t:\"wifi 路由.2 由器.2\")", "");
    expect("", "\"a wi-fi x\"^2", "max(t:\"a wi fi x\", t:\"a wifi x\")^2", "");
    expect("", "\"covid-19% up\"", "t:\"covid 19% up\"", "");
}
END_TEST

START_TEST(only_three_compounds_have_a_choice) {
    prism_schema *schema = tree_schema();
    static const char text[] = "\"a-b c-d e-f g-h\"";
    prism_query *query = tree_parse(schema, text, strlen(text), 0, NULL, NULL);
    ck_assert_int_eq(query->root->kind, PRS_NODE_MAX);
    ck_assert_uint_eq(query->root->n_should, 8);
    ck_assert_uint_eq(query->root->should[0]->n_slots, 8);
    ck_assert_uint_eq(query->root->should[7]->n_slots, 5); /* ab cd ef g h */
    prs_query_unref(query);
    prs_schema_unref(schema);
}
END_TEST

START_TEST(near_takes_every_word) {
    expect("", "\"tree wi-fi\"~4", "t:near4\"tree wi fi\"", "");
    expect("", "\"$5 的\"~1", "t:near1\"$5 {的.e|的*.2}\"", "");
    expect("", "\"tree tree\"~1", "t:near1\"tree tree\"", "");
}
END_TEST

START_TEST(without_positions_order_is_lost) {
    expect(NO_POSITIONS, "\"big dogs\"", "(+t:big +t:dog)", "0");
    expect(NO_POSITIONS, "\"big dogs\"~2 x", "((+t:big +t:dog) t:x)", "0");
    expect(NO_POSITIONS, "\"big do\"*", "(+t:big +t:do*)", "0");
    expect(NO_POSITIONS, "\"大学生\"", "(+t:大学.2 +t:学生.2)", "0");
    expect(NO_POSITIONS, "\"5 的\"", "(+t:5 +t:的.1)", "0");
    expect(NO_POSITIONS, "\"dogs\"", "t:dog", "");
    expect(NO_POSITIONS, "wi-fi", "max((+t:wi +t:fi), t:wifi)", "");
}
END_TEST

START_TEST(fields_without_positions_stay_out_of_phrases) {
    static const char text[] = "\"big dogs\"", word[] = "dogs";
    prism_schema *schema =
        tree_schema_of("{\"fields\":[{\"name\":\"t\",\"type\":\"text\"},{\"name\":\"u\",\"type\":"
                       "\"text\",\"positions\":false}]}");
    prism_query *query = tree_parse(schema, text, strlen(text), 0, NULL, NULL);
    ck_assert_str_eq(tree_text(query), "t:\"big dog\"");
    prs_query_unref(query);
    query = tree_parse(schema, word, strlen(word), 0, NULL, NULL);
    ck_assert_str_eq(tree_text(query), "t,u:dog");
    prs_query_unref(query);
    prs_schema_unref(schema);
}
END_TEST

START_TEST(phrases_are_limited) {
    char text[4096] = "\"";
    size_t at = 1;
    for (unsigned i = 0; i < PRISM_MAX_PHRASE_TERMS; i++)
        at += (size_t)sprintf(text + at, "w%u ", i);
    text[at] = '"';
    prism_schema *schema = tree_schema();
    prism_query *query = tree_parse(schema, text, at + 1, 0, NULL, NULL);
    ck_assert_uint_eq(query->root->n_slots, PRISM_MAX_PHRASE_TERMS);
    prs_query_unref(query);
    at += (size_t)sprintf(text + at, "x\"");
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prs_query_parse(schema, text, at, &opts, &query, &err), PRISM_ELIMIT);
    ck_assert_ptr_nonnull(strstr(err.text, "256"));
    prs_schema_unref(schema);
}
END_TEST

/* "ab" over a@0 _ b@2, then c@3, whatever the text: a compound with a gap, from a caller. */
static prism_status gappy(void *ctx, const char *text, size_t len, prism_token_fn emit,
                          void *emit_ctx, prism_error *err) {
    static const prism_token tokens[] = {{.term = "a", .len = 1, .end = 1},
                                         {.term = "ab", .len = 2, .span = 3, .end = 1},
                                         {.term = "b", .len = 1, .pos = 2, .end = 1},
                                         {.term = "c", .len = 1, .pos = 3, .end = 1}};
    (void)ctx;
    (void)text;
    (void)len;
    (void)err;
    for (size_t i = 0; i < PRS_COUNT(tokens); i++) {
        if (emit(emit_ctx, &tokens[i]) != 0) return PRISM_ECANCELED;
    }
    return PRISM_OK;
}

START_TEST(compounds_of_a_caller_may_have_gaps) {
    prism_schema *schema;
    prism_tokenizers *set;
    prism_tokenizer t = {sizeof t, "gappy", "1", gappy, NULL, NULL};
    prism_field_options options = PRISM_FIELD_OPTIONS_INIT;
    options.analyzer = "gappy";
    ck_assert_int_eq(prs_tokenizers_new(&set, NULL), PRISM_OK);
    ck_assert_int_eq(prs_tokenizers_add(set, &t, NULL), PRISM_OK);
    ck_assert_int_eq(prs_schema_new(&schema, NULL), PRISM_OK);
    prs_schema_set_tokenizers(schema, set);
    ck_assert_int_eq(prs_schema_add(schema, "body", PRISM_FIELD_TEXT, &options, false, NULL),
                     PRISM_OK);
    prs_tokenizers_unref(set);
    prism_query *query = tree_parse(schema, "\"x\"", 3, 0, NULL, NULL);
    ck_assert_str_eq(tree_text(query), "max(body:\"a _ b c\", body:\"ab c\")");
    prism_query_unref(query);
    query = tree_parse(schema, "x", 1, 0, NULL, NULL);
    ck_assert_str_eq(tree_text(query), "(max(body:\"a _ b\", body:ab) body:c)");
    prism_query_unref(query);
    prism_schema_unref(schema);
}
END_TEST

TEST_SUITE(rewrite_phrase, exact_forms_where_the_index_has_them, prefixes_are_not_stemmed,
           compounds_both_ways, only_three_compounds_have_a_choice, near_takes_every_word,
           without_positions_order_is_lost, fields_without_positions_stay_out_of_phrases,
           phrases_are_limited, compounds_of_a_caller_may_have_gaps)
