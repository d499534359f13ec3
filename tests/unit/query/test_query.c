/* Is a parsed query whole by itself: text kept, schema kept, notes in order, errors without an
 * error object? */
#include "tree.h"

#include <pthread.h>

START_TEST(text_and_schema_are_kept) {
    char text[] = "apple pie";
    prism_schema *schema = tree_schema();
    prism_query *query = tree_parse(schema, text, 9, 0, NULL, NULL);
    prs_schema_unref(schema);
    memset(text, 'x', 9);
    ck_assert_str_eq(query->text, "apple pie");
    ck_assert_uint_eq(query->text_len, 9);
    ck_assert_str_eq(tree_text(query), "(appl pie)");
    prs_query_unref(query);
}
END_TEST

START_TEST(leaves_know_their_bytes) {
    static const char text[] = "apple \"pear tree\" +title:wi-fi";
    prism_schema *schema = tree_schema();
    prism_query *query = tree_parse(schema, text, strlen(text), 0, NULL, NULL);
    const prs_node *root = query->root;
    ck_assert_uint_eq(root->n_should, 2);
    ck_assert_uint_eq(root->should[0]->at, 0);
    ck_assert_uint_eq(root->should[0]->at_len, 5);
    ck_assert_uint_eq(root->should[1]->at, 6);
    ck_assert_uint_eq(root->should[1]->at_len, 11);
    ck_assert_uint_eq(root->must[0]->at, 25);
    ck_assert_uint_eq(root->must[0]->at_len, 5);
    prs_query_unref(query);
    prs_schema_unref(schema);
}
END_TEST

START_TEST(errors_without_an_error_object) {
    prism_schema *schema = tree_schema();
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    prism_query *query;
    opts.strict = 1;
    ck_assert_int_eq(prs_query_parse(schema, "(a", 2, &opts, &query, NULL), PRISM_EPARSE);
    opts.strict = 0;
    opts.fields = "nosuch";
    ck_assert_int_eq(prs_query_parse(schema, "a", 1, &opts, &query, NULL), PRISM_EINVAL);
    char deep[70];
    memset(deep, '(', sizeof deep);
    opts.fields = NULL;
    ck_assert_int_eq(prs_query_parse(schema, deep, sizeof deep, &opts, &query, NULL), PRISM_ELIMIT);
    prs_schema_unref(schema);
}
END_TEST

START_TEST(only_blank_texts_are_nothing_without_a_note) {
    static const struct {
        const char *text, *notes;
    } cases[] = {{"", ""}, {" \t\r\n", ""}, {"。", "0"}, {"-", "0 0"}, {"\"\"", "0"}};
    prism_schema *schema = tree_schema();
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        char notes[256];
        prism_query *query =
            tree_parse(schema, cases[i].text, strlen(cases[i].text), 0, NULL, notes);
        ck_assert_str_eq(tree_text(query), "none");
        ck_assert_str_eq(notes, cases[i].notes);
        prs_query_unref(query);
    }
    prs_schema_unref(schema);
}
END_TEST

static void *parse_often(void *ctx) {
    for (int i = 0; i < 300; i++) {
        static const char text[] = "+apple \"pear tree\" running* 北京大学的学生 wi-fi iPhone 15";
        prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
        prism_query *query;
        if (prs_query_parse(ctx, text, strlen(text), &opts, &query, NULL) != PRISM_OK) return ctx;
        prs_query_unref(query);
    }
    return NULL;
}

START_TEST(threads_share_a_schema) {
    prism_schema *schema = tree_schema();
    pthread_t threads[4];
    void *failed;
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, parse_often, schema), 0);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
        ck_assert_ptr_null(failed);
    }
    prs_schema_unref(schema);
}
END_TEST

START_TEST(fields_come_in_the_order_of_the_schema) {
    static const char *const orders[] = {"c^1,b^2,a^3", "a^3,c^1,b^2", "b^2,a^3,c^1",
                                         "c^1,a^3,b^2"};
    prism_schema *schema = tree_schema_of("{\"fields\":[{\"name\":\"a\",\"type\":\"text\"},"
                                          "{\"name\":\"b\",\"type\":\"text\"},"
                                          "{\"name\":\"c\",\"type\":\"text\"}]}");
    for (size_t i = 0; i < PRS_COUNT(orders); i++) {
        prism_query *query = tree_parse(schema, "x", 1, 0, orders[i], NULL);
        ck_assert_uint_eq(query->root->fields.n, 3);
        for (uint32_t f = 0; f < 3; f++) {
            ck_assert_uint_eq(query->root->fields.ptr[f].field, f);
            ck_assert_uint_eq(query->root->fields.ptr[f].weight, 3 - f); /* 1 is the least */
        }
        prs_query_unref(query);
    }
    prs_schema_unref(schema);
}
END_TEST

TEST_SUITE(query, fields_come_in_the_order_of_the_schema, text_and_schema_are_kept,
           leaves_know_their_bytes, errors_without_an_error_object,
           only_blank_texts_are_nothing_without_a_note, threads_share_a_schema)
