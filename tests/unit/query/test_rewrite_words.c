/* What do unquoted words ask for under options that the table of test_parser.c does not use? */
#include "tree.h"

#include <stdio.h>

static void expect(const char *options, int flags, const char *text, const char *tree) {
    char json[256];
    snprintf(json, sizeof json, "{\"fields\":[{\"name\":\"t\",\"type\":\"text\",%s}]}", options);
    prism_schema *schema = tree_schema_of(json);
    prism_query *query = tree_parse(schema, text, strlen(text), flags, NULL, NULL);
    const char *got = tree_text(query);
    ck_assert_msg(strcmp(got, tree) == 0, "%s\n  gives    %s\n  expected %s", text, got, tree);
    prs_query_unref(query);
    prs_schema_unref(schema);
}

START_TEST(options_of_the_analyzer) {
    expect("\"options\":{\"compounds\":false}", 0, "wi-fi", "(t:wi t:fi)");
    expect("\"options\":{\"sigils\":false}", 0, "C++ $5", "(t:c t:5)");
    expect("\"options\":{\"stem\":\"off\"}", 0, "Running dogs", "(t:running t:dogs)");
    expect("\"options\":{\"stem\":\"german\"}", 0, "Häuser", "t:haus");
    expect("\"analyzer\":\"whitespace\"", 0, "Wi-Fi C++ 北京", "(t:Wi-Fi t:C++ t:北京)");
    expect("\"analyzer\":\"whitespace\"", 0, "\"Wi-Fi C++\"", "t:\"Wi-Fi C++\"");
    expect("\"options\":{\"hangul\":\"word\"}", 0, "서울 시청", "(t:서울 t:시청)");
}
END_TEST

START_TEST(numbers_join_words) {
    static const char plain[] = "\"boost\":1";
    /* unstemmed, as the index has phones15 */
    expect(plain, 0, "phones 15", "(t:phone t:phones15 t:15)");
    expect(plain, 0, "café 15", "(t:cafe t:cafe15 t:15)");
    expect(plain, 0, "a15 16", "(t:a15 t:16)");
    expect(plain, 0, "x, 15", "(t:x t:15)");
    expect(plain, 0, "C++ 17", "(t:c++ t:17)");
    expect(plain, 0, "GPT $4", "(t:gpt t:$4)");
    expect(plain, 0, "wi-fi 6", "(t:wi^0.5 t:fi^0.5 max(t:\"wi fi\", t:wifi)^0.5 t:6)");
    expect(plain, 0, "学 15", "(t:学.1 t:15)");
    expect(plain, 0, "in 2020", "(+t:2020 ~t:in^0.3)");
    expect(plain, AND, "iPhone 15 iPhone 15",
           "(+((+t:iphon +t:15) t:iphone15) +((+t:iphon +t:15) t:iphone15))");
    expect(plain, PLAIN, "iPhone\t15", "(t:iphon t:iphone15 t:15)");
}
END_TEST

START_TEST(repeated_terms_make_one_node) {
    static char text[60000];
    size_t at = 0;
    while (at < sizeof text - 16) at += (size_t)sprintf(text + at, "apple pie 大学 ");
    prism_schema *schema = tree_schema();
    prism_query *query = tree_parse(schema, text, at, 0, NULL, NULL);
    ck_assert_uint_eq(query->root->n_should, 3);
    ck_assert_double_eq(query->root->should[0]->boost, (double)(at / 17));
    ck_assert_uint_lt(query->n_nodes, 16);
    prs_query_unref(query);
    prs_schema_unref(schema);
}
END_TEST

START_TEST(stop_words) {
    static const char plain[] = "\"boost\":1";
    expect(plain, 0, "the who", "(+t:who ~t:the^0.3)");
    expect(plain, PLAIN, "the who", "(+t:who ~t:the^0.3)");
    expect(plain, KEEP_STOPWORDS, "the who", "(t:the t:who)");
    expect(plain, AND | KEEP_STOPWORDS, "the who", "(+t:the +t:who)");
    expect(plain, 0, "the the", "t:the^2");
    expect(plain, 0, "the ?", "t:the");
    expect(plain, 0, "the -who", "(+t:the -t:who)");
    expect(plain, 0, "(the) who", "(+t:who ~t:the^0.3)");
    expect(plain, 0, "the wh*", "(+t:wh* ~t:the^0.3)");
    expect(plain, AND, "to be or not OR who", "((+t:to +t:be +t:or +t:not) t:who)");
}
END_TEST

TEST_SUITE(rewrite_words, options_of_the_analyzer, numbers_join_words, repeated_terms_make_one_node,
           stop_words)
