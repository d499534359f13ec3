/* Does each member of a family find the others, ranked and required, in words and in runs, and do
 * the caller's stop words and words of runs change what a query asks for? */
#include "tree.h"

#include "query/vocabulary.h"

static const char words[] = "stop pls 吧\n"
                            "word 智能芯 京大\n"
                            "same GPU, graphics card, 显卡\n"
                            "same wi-fi, wireless\n"
                            "same the, le\n";

static void expect(int flags, const char *text, const char *tree) {
    prism_schema *schema = tree_schema_of("{\"fields\":[{\"name\":\"t\",\"type\":\"text\"}]}");
    prism_vocabulary *v;
    ck_assert_int_eq(prs_vocabulary_from_text(schema, words, strlen(words), &v, NULL), PRISM_OK);
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    opts.default_operator = (flags & AND) != 0 ? PRISM_AND : PRISM_OR;
    opts.vocabulary = v;
    prism_query *query;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_msg(prs_query_parse(schema, text, strlen(text), &opts, &query, &err) == PRISM_OK,
                  "%s: %s", text, err.text);
    const char *got = tree_text(query);
    ck_assert_msg(strcmp(got, tree) == 0, "%s\n  gives    %s\n  expected %s", text, got, tree);
    prs_query_unref(query);
    prs_vocabulary_unref(v);
    prs_schema_unref(schema);
}

START_TEST(ranked) {
    expect(0, "gpu", "max(t:gpu, t:\"graphic card\", t:显卡.2)");
    expect(0, "fast GPU 15", "(t:fast max(t:gpu, t:\"graphic card\", t:显卡.2) t:15)");
    expect(0, "gpu gpu", "max(t:gpu^2, t:\"graphic card\", t:显卡.2)");
    expect(0, "graphics card", "(max(t:gpu, t:显卡.2) t:graphic t:card)");
    expect(0, "graphics", "t:graphic");
    expect(0, "显卡", "(max(t:gpu, t:\"graphic card\") t:显卡.2)");
    expect(0, "wireless", "max(t:wireless, max(t:\"wi fi\", t:wifi))");
    expect(0, "fi wi-fi", "(max(t:wireless) t:fi^1.5 t:wi^0.5 max(t:\"wi fi\", t:wifi)^0.5)");
    expect(0, "\"gpu\" OR x", "(t:gpu t:x)");
}
END_TEST

START_TEST(required) {
    expect(AND, "gpu", "(t:gpu t:\"graphic card\" t:显卡.2)");
    expect(AND, "fast graphics card", "(+t:fast +((+t:graphic +t:card) t:gpu t:显卡.2))");
    expect(AND, "买显卡的人", "(+t:买.1 +(t:显卡.2 t:gpu t:\"graphic card\") +t:的人.2)");
    expect(AND, "wi-fi x", "(+(max(t:\"wi fi\", t:wifi) t:wireless) +t:x)");
}
END_TEST

START_TEST(stop_words_of_the_caller) {
    expect(0, "pls help", "(+t:help ~t:pls^0.3)");
    expect(0, "pls", "t:pls");
    expect(0, "\"pls help\"", "t:\"pls help\"");
    expect(AND, "pls help", "(+t:help ~t:pls^0.3)");
    expect(0, "北京 吧", "(+t:北京.2 ~t:吧.1^0.3)");
    expect(0, "吧", "t:吧.1");
    expect(0, "北京吧", "(t:北京.2^0.75 t:京吧.2^0.4 ~t:吧.1^0.3)");
    expect(AND, "北京吧", "t:北京.2"); /* as a function character is left out */
    expect(0, "\"北京吧\"", "t:\"北京.2 京吧.2\"");
}
END_TEST

START_TEST(words_of_runs) {
    expect(0, "人工智能芯片",
           "(t:人工.2^0.75 t:工智.2^0.4 t:智能.2^0.75 t:能芯.2^0.75 t:芯片.2^0.4 t:片.1)");
    expect(0, "北京大学", "(t:北京.2^0.4 t:北.1 t:京大.2^0.75 t:大学.2^0.4 t:学.1)");
}
END_TEST

TEST_SUITE(rewrite_synonyms, ranked, required, stop_words_of_the_caller, words_of_runs)
