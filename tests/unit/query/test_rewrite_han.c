/* Are runs weighted and cut as part_weights.h and the dictionary say, in every han mode?
 * Trees name the words that ICU's dictionary has known in all versions: 北京 大学 学生 中国 人民. */
#include "tree.h"

#include "query/part_weights.h"

#include <stdio.h>
#include <stdlib.h>

static void expect(const char *han, int flags, const char *text, const char *tree) {
    char json[256];
    snprintf(json, sizeof json,
             "{\"fields\":[{\"name\":\"t\",\"type\":\"text\",\"options\":{\"han\":\"%s\"}}]}", han);
    prism_schema *schema = tree_schema_of(json);
    prism_query *query = tree_parse(schema, text, strlen(text), flags, NULL, NULL);
    const char *got = tree_text(query);
    ck_assert_msg(strcmp(got, tree) == 0, "%s (%s)\n  gives    %s\n  expected %s", text, han, got,
                  tree);
    prs_query_unref(query);
    prs_schema_unref(schema);
}

START_TEST(weights_are_those_of_the_header) {
    static const char text[] = "大学的学生";
    prism_schema *schema = tree_schema_of("{\"fields\":[{\"name\":\"t\",\"type\":\"text\"}]}");
    prism_query *query = tree_parse(schema, text, strlen(text), 0, NULL, NULL);
    const struct {
        const char *key;
        double weight;
    } wanted[] = {{"\3大学", PRS_WEIGHT_PAIR_INSIDE},
                  {"\3学的", PRS_WEIGHT_PAIR_ACROSS},
                  {"\3的学", PRS_WEIGHT_PAIR_ACROSS},
                  {"\2的", PRS_WEIGHT_SINGLE},
                  {"\3学生", PRS_WEIGHT_PAIR_INSIDE}};
    ck_assert_uint_eq(query->root->n_should, PRS_COUNT(wanted));
    for (size_t i = 0; i < PRS_COUNT(wanted); i++) {
        const prs_node *term = query->root->should[i];
        ck_assert(prs_bytes_equal(term->key, prs_bytes_of(wanted[i].key, strlen(wanted[i].key))));
        ck_assert_double_eq(term->boost, wanted[i].weight);
    }
    prs_query_unref(query);
    prs_schema_unref(schema);
}
END_TEST

static void check_boost(const prs_node *term, const char *key, double weight) {
    ck_assert(prs_bytes_equal(term->key, prs_bytes_of(key, strlen(key))));
    ck_assert_double_eq(term->boost, weight);
}

START_TEST(dictionary_words_have_weights_of_their_own) {
    static const char text[] = "大学的学生";
    prism_schema *schema = tree_schema_of("{\"fields\":[{\"name\":\"t\",\"type\":\"text\","
                                          "\"options\":{\"han\":\"uni_bi_words\"}}]}");
    prism_query *query = tree_parse(schema, text, strlen(text), 0, NULL, NULL);
    ck_assert_uint_eq(query->root->n_should, 7);
    prs_node **should = query->root->should;
    check_boost(should[0], "\6大学", PRS_WEIGHT_HANWORD);
    check_boost(should[1], "\3大学", PRS_WEIGHT_PAIR_OF_HANWORD);
    check_boost(should[2], "\3学的", PRS_WEIGHT_PAIR_ACROSS);
    check_boost(should[3], "\3的学", PRS_WEIGHT_PAIR_ACROSS);
    check_boost(should[4], "\2的", PRS_WEIGHT_SINGLE);
    check_boost(should[5], "\6学生", PRS_WEIGHT_HANWORD);
    check_boost(should[6], "\3学生", PRS_WEIGHT_PAIR_OF_HANWORD);
    prs_query_unref(query);
    prs_schema_unref(schema);
}
END_TEST

/* Required and quoted runs, and lone characters, are what they are without dictionary words. */
START_TEST(dictionary_words_only_rank) {
    static const char *const texts[] = {"大学的学生", "中国人民",  "\"中国人民\"", "\"大学\"",
                                        "学",         "-\"大学\"", "\"大学 AI\"~3"};
    for (size_t i = 0; i < PRS_COUNT(texts); i++) {
        int flags = texts[i][0] == '"' || texts[i][0] == '-' || i == 4 ? 0 : AND;
        prism_schema *with = tree_schema_of("{\"fields\":[{\"name\":\"t\",\"type\":\"text\","
                                            "\"options\":{\"han\":\"uni_bi_words\"}}]}");
        prism_query *query = tree_parse(with, texts[i], strlen(texts[i]), flags, NULL, NULL);
        char *tree = strdup(tree_text(query));
        ck_assert_ptr_nonnull(tree);
        ck_assert_ptr_null(strstr(tree, ".w"));
        expect("uni_bi", flags, texts[i], tree);
        free(tree);
        prs_query_unref(query);
        prs_schema_unref(with);
    }
}
END_TEST

START_TEST(pairs_alone) {
    expect("bi", 0, "大学的学生", "(t:大学.2^0.75 t:学的.2^0.4 t:的学.2^0.4 t:学生.2^0.75)");
    expect("bi", 0, "学", "t:\"{学.e|学*.2}\"");
    expect("bi", AND, "大学的学生", "(+t:大学.2 +t:学生.2)");
    expect("bi", 0, "\"大学的\"", "t:\"大学.2 学的.2\"");
    expect("bi", 0, "\"学 AI\"", "t:\"{学.e|学*.2} ai\"");
}
END_TEST

START_TEST(characters_alone) {
    expect("uni", 0, "大学生", "(t:大.1 t:学.1 t:生.1)");
    expect("uni", 0, "学", "t:学.1");
    expect("uni", 0, "\"大学\"", "t:\"{大.e|大*.2} {学.e|学*.2}\"");
    expect("uni", AND, "大学的学生",
           "(+t:\"{大.e|大*.2} {学.e|学*.2}\" +t:\"{学.e|学*.2} {生.e|生*.2}\")");
}
END_TEST

START_TEST(required_pieces) {
    expect("uni_bi", AND, "中国人民", "(+t:中国.2 +t:人民.2)");
    expect("uni_bi", AND, "的大学", "t:大学.2"); /* a function character beside a word */
    expect("uni_bi", AND, "我的", "t:我的.2");   /* nothing but function characters */
    expect("uni_bi", AND, "他喝水", "t:喝水.2");
    expect("uni_bi", AND, "的", "t:的.1");
    expect("uni_bi", 0, "-中国人民", "(-(+t:中国.2 +t:人民.2) #*:*)");
}
END_TEST

START_TEST(single_characters_join_a_neighbour) {
    expect("uni_bi", AND, "京人民", "t:\"京人.2 人民.2\"");
    expect("uni_bi", AND, "人民京", "t:\"人民.2 民京.2\"");
}
END_TEST

START_TEST(traditional_is_simplified) {
    expect("uni_bi", 0, "中國人民", "(t:中国.2^0.75 t:国人.2^0.4 t:人民.2^0.75)");
}
END_TEST

TEST_SUITE(rewrite_han, weights_are_those_of_the_header, dictionary_words_have_weights_of_their_own,
           dictionary_words_only_rank, pairs_alone, characters_alone, required_pieces,
           single_characters_join_a_neighbour, traditional_is_simplified)
