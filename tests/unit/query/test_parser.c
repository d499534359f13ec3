/* Does every form of the query language give the tree that psearch-query(7) promises, and the
 * notes? One row: text, tree in the short form of tree.h, offsets of the notes, options. */
#include "tree.h"

#include "query/parser.h"

#include <stdio.h>

static void check(const tree_case *cases, size_t n) {
    prism_schema *schema = tree_schema();
    tree_check(schema, cases, n);
    prs_schema_unref(schema);
}

START_TEST(words_and_operators) {
    static const tree_case cases[] = {
        {"apple", "appl", NULL, 0},
        {"apple pie", "(appl pie)", NULL, 0},
        {"  apple   pie  ", "(appl pie)", NULL, 0},
        {"Apple PIE", "(appl pie)", NULL, 0},
        {"apple pie", "(+appl +pie)", NULL, AND},
        {"apple OR pie", "(appl pie)", NULL, 0},
        {"apple OR pie", "(appl pie)", NULL, AND},
        {"apple pie OR tart crust", "((+appl +pie) (+tart +crust))", NULL, AND},
        {"apple AND pie", "(+appl +pie)", NULL, 0},
        {"apple AND pie AND tart", "(+appl +pie +tart)", NULL, 0},
        {"apple AND pie tart", "((+appl +pie) tart)", NULL, 0},
        {"tart apple AND pie", "(tart (+appl +pie))", NULL, 0},
        {"apple OR pie AND tart", "(appl (+pie +tart))", NULL, 0},
        {"(apple OR pie) AND tart", "(+(appl pie) +tart)", NULL, 0},
        {"(apple pie) tart", "(appl pie tart)", NULL, 0},
        {"((apple))", "appl", NULL, 0},
        {"(apple (pie (tart)))", "(appl pie tart)", NULL, 0},
        {"apple (pie tart)^2 crust", "(appl pie^2 tart^2 crust)", NULL, 0},
        {"(apple^2 pie)^3", "(appl^6 pie^3)", NULL, 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(signs_and_negation) {
    static const tree_case cases[] = {
        {"+apple", "appl", NULL, 0},
        {"+apple pie", "(+appl pie)", NULL, 0},
        {"+apple +pie", "(+appl +pie)", NULL, 0},
        {"+apple -pie", "(+appl -pie)", NULL, 0},
        {"apple -pie", "(+appl -pie)", NULL, 0},
        {"-apple", "(-appl #*:*)", NULL, 0},
        {"-apple -pie", "(-appl -pie #*:*)", NULL, 0},
        {"-(apple pie)", "(-appl -pie #*:*)", NULL, 0},
        {"-(apple AND pie)", "(-(+appl +pie) #*:*)", NULL, 0},
        {"+(apple pie) tart", "(+(appl pie) tart)", NULL, 0},
        {"NOT apple", "(-appl #*:*)", NULL, 0},
        {"NOT NOT apple", "appl", NULL, 0},
        {"NOT -apple", "appl", NULL, 0},
        {"apple NOT pie", "(+appl -pie)", NULL, 0},
        {"apple AND NOT pie", "(+appl -pie)", NULL, 0},
        {"apple OR NOT pie", "(appl (-pie #*:*))", NULL, 0},
        {"NOT apple OR pie", "((-appl #*:*) pie)", NULL, 0},
        {"NOT apple AND NOT pie", "(-appl -pie #*:*)", NULL, 0},
        {"(NOT apple) pie", "((-appl #*:*) pie)", NULL, 0},
        {"apple AND (NOT pie)", "(+appl -pie)", NULL, 0},
        {"apple AND -(pie tart)", "(+appl -pie -tart)", NULL, 0},
        {"apple -pie", "(+appl -pie)", NULL, AND},
        {"apple OR -pie", "(appl (-pie #*:*))", NULL, AND},
        {"-apple", "(-appl #*:*)", NULL, AND},
        {"+apple pie", "(+appl +pie)", NULL, AND},
        {"and or not", "(and or not)", NULL, 0},
        {"apple and pie", "(appl pie ~and^0.3)", NULL, 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(operators_beside_nothing) {
    static const tree_case cases[] = {
        {"AND apple", "appl", "0", 0},
        {"apple AND", "appl", "6", 0},
        {"OR apple", "appl", "0", 0},
        {"apple OR", "appl", "6", 0},
        {"apple AND AND pie", "(+appl +pie)", "6", 0},
        {"apple OR OR pie", "(appl pie)", "6", 0},
        {"apple AND OR pie", "(appl pie)", "6", 0},
        {"apple OR AND pie", "(appl pie)", "6 9", 0},
        {"AND", "none", "0 0", 0},
        {"NOT", "none", "0 0", 0},
        {"apple NOT", "appl", "6", 0},
        {"(AND)", "none", "1 0", 0},
        {"apple AND )", "appl", "6 10", 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(phrases) {
    static const tree_case cases[] = {
        {"\"apple pie\"", "\"appl pie\"", NULL, 0},
        {"\"apple\"", "appl", NULL, 0},
        {"\"\"", "none", "0", 0},
        {"\"  \"", "none", "0", 0},
        {"\"apple pie\" tart", "(\"appl pie\" tart)", NULL, 0},
        {"+\"apple pie\" -\"tart crust\"", "(+\"appl pie\" -\"tart crust\")", NULL, 0},
        {"\"apple pie\"^2.5", "\"appl pie\"^2.5", NULL, 0},
        {"\"apple pie\"~3", "near3\"appl pie\"", NULL, 0},
        {"\"apple pie\"~0", "near0\"appl pie\"", NULL, 0},
        {"\"apple pie\"~", "\"appl pie\"", "11", 0},
        {"\"apple pie\"~3^2", "near3\"appl pie\"^2", NULL, 0},
        {"\"apple\"~3", "appl", NULL, 0},
        {"\"apple pi\"*", "\"appl pi*\"", NULL, 0},
        {"\"apple pi\"*^2", "\"appl pi*\"^2", NULL, 0},
        {"\"apple pi\"*~2", "near2\"appl pi\"", "0", 0},
        {"\"pi\"*", "pi*", NULL, 0},
        {"\"apple pie", "(appl pie)", "0", 0},
        {"apple\" pie", "(appl pie)", "5", 0},
        {"5\" pipe", "(5 pipe)", "1", 0},
        {"foo\"bar baz\"qux", "(foo \"bar baz\" qux)", NULL, 0},
        {"\"say \\\"hi\\\" now\"", "\"say hi now\"", NULL, 0},
        {"\"to be or not to be\"", "\"to be or not to be\"", NULL, 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(wildcards_and_forms_of_later) {
    static const tree_case cases[] = {
        {"pre*", "pre*", NULL, 0},
        {"pre*^2", "pre*^2", NULL, 0},
        {"computing*", "const((computing* comput))", NULL, 0},
        {"happy*", "const((happy* happi))", NULL, 0},
        {"happ*", "happ*", NULL, 0},
        {"wi-fi*", "max(\"wi fi*\", wifi*)", NULL, 0},
        {"\"wi-fi\"*", "max(\"wi fi*\", wifi*)", NULL, 0},
        {"+pre* -suf*", "(+pre* -suf*)", NULL, 0},
        {"w?ld", "none", "0 0", 0},
        {"w?ld*rd", "none", "0 0", 0},
        {"*ld", "none", "0 0", 0},
        {"*", "none", "0 0", 0},
        {"**", "none", "0 0", 0},
        {"a * b", "(+b ~a^0.3)", "2", 0},
        {"what is love?", "(what love ~is^0.3)", "12", 0},
        {"love?", "love", "4", 0},
        {"really?"
         "?",
         "realli", "6", 0},
        {"?why", "none", "0 0", 0},
        {"2*3", "none", "0 0", 0},
        {"c++*", "c++", "3", 0},
        {"fuzzy~", "none", "0 0", 0},
        {"fuzzy~2", "none", "0 0", 0},
        {"~fuzzy", "fuzzi", NULL, 0},
        {"a~b", "(+b ~a^0.3)", NULL, 0},
        {"/re/", "none", "0 0", 0},
        {"/re/ apple", "appl", "0", 0},
        {"/usr/bin/ls", "(usr bin ls)", NULL, 0},
        {"/usr/bin/", "(usr bin)", NULL, 0},
        {"and/or", "(and or)", NULL, 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(fields) {
    static const tree_case cases[] = {
        {"title:apple", "title:appl", NULL, 0},
        {"title:apple pie", "(title:appl pie)", NULL, 0},
        {"title:(apple pie)", "(title:appl title:pie)", NULL, 0},
        {"title:\"apple pie\"", "title:\"appl pie\"", NULL, 0},
        {"title:(apple body:pie)", "(title:appl body:pie)", NULL, 0},
        {"title:apple^2", "title:appl^2", NULL, 0},
        {"title:(apple pie)^2", "(title:appl^2 title:pie^2)", NULL, 0},
        {"+title:apple -body:pie", "(+title:appl -body:pie)", NULL, 0},
        {"title:-apple", "title:appl", "6", 0},
        {"title: apple", "(titl appl)", "0", 0},
        {"title:", "titl", "0", 0},
        {"(title:)", "titl", "1", 0},
        {"title:pre*", "title:pre*", NULL, 0},
        {"Title:apple", "(titl appl)", "0", 0},
        {"nosuch:apple", "(nosuch appl)", "0", 0},
        {"http://example.com/a",
         "(http exampl^0.5 com^0.5 max(\"exampl com\", examplecom)^0.5 ~a^0.3)", "0", 0},
        {"10:30", "(10 30)", NULL, 0},
        {"a\\:b", "(+b ~a^0.3)", NULL, 0},
        {"title\\:apple", "(titl appl)", NULL, 0},
        {"title:body:x", "(title:bodi title:x)", NULL, 0},
        {"tags:FRUIT", "tags:fruit", NULL, 0},
        {"tags:fruit,tree", "tags:fruit,tree", NULL, 0},
        {"tags:\"New York\"", "tags:new york", NULL, 0},
        {"tags:(red green)", "(tags:red tags:green)", NULL, 0},
        {"tags:new*", "tags:new*", NULL, 0},
        {"source:new\\ york", "source:new york", NULL, 0},
        {"id:a-1", "id:a-1", NULL, 0},
        {"url:http://x.org/?a=b", "url:http://x.org/?a=b", "17", 0},
        {"tags:*", "exists(tags)", NULL, 0},
        {"title:*", "exists(title)", NULL, 0},
        {"date:*", "exists(date)", NULL, 0},
        {"date:[2025 2026] apple", "(2026 appl)", "5 5", 0},
        {"title:[a TO b]", "none", "6 0", 0},
        {"title:[a b]", "(+b ~title:a^0.3)", "6", 0},
        {"title:[abc", "title:abc", "6", 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(everything_and_boosts) {
    static const tree_case cases[] = {
        {"*:*", "*:*", NULL, 0},
        {"*:* -apple", "(+*:* -appl)", NULL, 0},
        {"+*:* apple", "(+*:* appl)", NULL, 0},
        {"-*:*", "none", NULL, 0},
        {"apple^2", "appl^2", NULL, 0},
        {"apple^2.5", "appl^2.5", NULL, 0},
        {"apple^0", "appl^0", NULL, 0},
        {"apple^.5", "appl^0.5", NULL, 0},
        {"apple^x", "(appl x)", "5", 0},
        {"apple^", "appl", "5", 0},
        {"apple^1000000", "appl^1e+06", NULL, 0},
        {"apple^1000001", "(appl 1000001)", "5", 0},
        {"^2", "2", "0", 0},
        {"apple^2^3", "(appl^3 2^3)", NULL, 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(escapes_and_signs_as_text) {
    static const tree_case cases[] = {
        {"apple\\^2", "(appl 2)", NULL, 0},
        {"\\apple", "appl", NULL, 0},
        {"pie\\*", "pie", NULL, 0},
        {"\\\"apple pie\\\"", "(appl pie)", NULL, 0},
        {"\\(apple\\)", "appl", NULL, 0},
        {"\\-apple", "appl", NULL, 0},
        {"\\+apple", "appl", NULL, 0},
        {"\\AND", "and", NULL, 0},
        {"apple\\", "appl", "5", 0},
        {"\\", "none", "0 0", 0},
        {"- apple", "appl", "0", 0},
        {"apple - pie", "(appl pie)", "6", 0},
        {"-- apple", "appl", "0", 0},
        {"--apple", "(-appl #*:*)", "1", 0},
        {"+-apple", "appl", "1", 0},
        {"-+apple", "(-appl #*:*)", "1", 0},
        {"+", "none", "0 0", 0},
        {"apple-", "appl", NULL, 0},
        {"wi-fi", "max(\"wi fi\", wifi)", NULL, 0},
        {"\"x\"-y", "(x y)", "3", 0},
        {"(x)-y", "(x y)", "3", 0},
        {"(-x)", "(-x #*:*)", NULL, 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(parentheses) {
    static const tree_case cases[] = {
        {"(apple", "appl", "0", 0},     {"((apple)", "appl", "0", 0}, {"apple)", "appl", "5", 0},
        {")apple(", "appl", "0 6", 0},  {"()", "none", "0 0", 0},     {"( ) apple", "appl", "0", 0},
        {"(\"apple\"", "appl", "0", 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(texts_that_say_nothing) {
    static const tree_case cases[] = {
        {"!?", "none", "1 0", 0},
        {"\"!?\"", "none", "0", 0},
        {"+!? apple", "appl", "2", 0},
        {"apple AND !?", "appl", "11", 0},
        {"-!? apple", "appl", "2", 0},
        {"。。。", "none", "0", 0},
        {"apple && pie || tart", "(appl pie tart)", "6 13", 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(repeated_words) {
    static const tree_case cases[] = {
        {"apple apple", "appl^2", NULL, 0},     {"apple apple^2 APPLE", "appl^4", NULL, 0},
        {"+apple +apple", "appl^2", NULL, 0},   {"title:apple apple", "(title:appl appl)", NULL, 0},
        {"apple AND apple", "appl^2", NULL, 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(stop_words) {
    static const tree_case cases[] = {
        {"the", "the", NULL, 0},
        {"the a an", "(the a an)", NULL, 0},
        {"the apple", "(+appl ~the^0.3)", NULL, 0},
        {"+the apple", "(+the appl)", NULL, 0},
        {"the^2 apple", "(the^2 appl)", NULL, 0},
        {"\"the apple\"", "\"the appl\"", NULL, 0},
        {"the \"apple pie\"", "(+\"appl pie\" ~the^0.3)", NULL, 0},
        {"the OR apple", "(the appl)", NULL, 0},
        {"the AND apple", "(+the +appl)", NULL, 0},
        {"title:the apple", "(+appl ~title:the^0.3)", NULL, 0},
        {"the 学", "(+学.1 ~the^0.3)", NULL, 0},
        {"the apple", "(the appl)", NULL, KEEP_STOPWORDS},
        {"the apple", "(+appl ~the^0.3)", NULL, AND},
        {"the", "the", NULL, AND},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(plain_texts) {
    static const tree_case cases[] = {
        {"+apple -\"pie\" (tart) title:x", "(appl pie tart titl x)", NULL, PLAIN},
        {"apple pie the", "(+appl +pie ~the^0.3)", NULL, PLAIN | AND},
        {"the apple AND pie", "(appl pie ~the^0.3 ~and^0.3)", NULL, PLAIN},
        {"", "none", NULL, PLAIN},
        {"!?", "none", "0", PLAIN},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(sigils_and_compounds) {
    static const tree_case cases[] = {
        {"C++", "c++", NULL, 0},
        {"C# .NET", "(c# .net)", NULL, 0},
        {"c", "c", NULL, 0},
        {"$250", "$250", NULL, 0},
        {"267%", "267%", NULL, 0},
        {"$5%", "(+$5 +5%)", NULL, 0},
        {"\"C++ code\"", "\"c++ code\"", NULL, 0},
        {"\"$5% off\"", "\"$5 5%+0 off\"", NULL, 0},
        {"@user #tag", "(@user #tag)", NULL, 0},
        {"user@huawei.com", "(user huawei^0.5 com^0.5 max(\"huawei com\", huaweicom)^0.5)", NULL,
         0},
        {"AT&T", "max(\"at t\", att)", NULL, 0},
        {"GPT-4", "max(\"gpt 4\", gpt4)", NULL, 0},
        {"gpt-4 turbo", "(gpt^0.5 4^0.5 max(\"gpt 4\", gpt4)^0.5 turbo)", NULL, 0},
        {"\"GPT-4 turbo\"", "max(\"gpt 4 turbo\", \"gpt4 turbo\")", NULL, 0},
        {"a-b-c-d", "max(\"a b c d\", abcd)", NULL, 0},
        {"a-b-c-d-e", "(b c d e ~a^0.3)", NULL, 0},
        {"10-20", "(10 20)", NULL, 0},
        {"covid-19%", "\"covid 19%\"", NULL, 0},
        {"\"one-two three-four\"",
         "max(\"one two three four\", \"onetwo three four\", \"one two threefour\", \"onetwo "
         "threefour\")",
         NULL, 0},
        {"+wi-fi", "max(\"wi fi\", wifi)", NULL, 0},
        {"wi-fi router", "(+max(\"wi fi\", wifi) +router)", NULL, AND},
        {"-wi-fi", "(-max(\"wi fi\", wifi) #*:*)", NULL, 0},
        {"\"wi-fi router\"~2", "near2\"wi fi router\"", NULL, 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(letters_and_digits) {
    static const tree_case cases[] = {
        {"iPhone 15", "(iphon iphone15 15)", NULL, 0},
        {"iPhone 15 pro", "(iphon iphone15 15 pro)", NULL, 0},
        {"15 iPhone", "(15 iphon)", NULL, 0},
        {"iPhone OR 15", "(iphon 15)", NULL, 0},
        {"\"iPhone 15\"", "\"iphon 15\"", NULL, 0},
        {"iPhone  15", "(iphon iphone15 15)", NULL, 0},
        {"the 15", "(+15 ~the^0.3)", NULL, 0},
        {"iPhone 15 16", "(iphon iphone15 15 16)", NULL, 0},
        {"iPhone 15.5", "(iphon 15.5)", NULL, 0},
        {"iPhone 15", "((+iphon +15) iphone15)", NULL, AND},
        {"+iPhone 15", "(+iphon 15)", NULL, 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(han) {
    static const tree_case cases[] = {
        {"AI公司", "(ai 公司.2)", NULL, 0},
        {"AI公司", "(+ai +公司.2)", NULL, AND},
        {"\"AI公司\"", "\"ai 公司.2\"", NULL, 0},
        {"北京", "北京.2", NULL, 0},
        {"北京大学的学生",
         "(北京.2^0.75 京大.2^0.4 大学.2^0.75 学的.2^0.4 的学.2^0.4 的.1 学生.2^0.75)", NULL, 0},
        {"北京大学的学生", "(+北京.2 +大学.2 +学生.2)", NULL, AND},
        {"+北京大学的学生", "(+北京.2 +大学.2 +学生.2)", NULL, 0},
        {"\"北京大学的学生\"", "\"北京.2 京大.2 大学.2 学的.2 的学.2 学生.2\"", NULL, 0},
        {"中国人民", "(中国.2^0.75 国人.2^0.4 人民.2^0.75)", NULL, 0},
        {"我的", "我的.2", NULL, 0},
        {"我的", "我的.2", NULL, AND},
        {"学", "学.1", NULL, 0},
        {"\"学\"", "学.1", NULL, 0},
        {"\"5G 的\"", "\"5g {的.e|的*.2}\"", NULL, 0},
        {"\"的 学生\"", "\"{的.e|的*.2} 学生.2\"", NULL, 0},
        {"\"学生 的\"", "\"学生.2 _ {的.e|的*.2}\"", NULL, 0},
        {"\"学生AI\"", "\"学生.2 _ ai\"", NULL, 0},
        {"北京 北京", "北京.2^2", NULL, 0},
        {"北京 京北京", "(北京.2^1.75 京北.2^0.4 京.1)", NULL, 0},
        {"大學", "大学.2", NULL, 0},
        {"苹果*", "苹果.2", NULL, 0},
        {"苹*", "苹.1", NULL, 0},
        {"\"苹果 公\"*", "\"苹果.2 _ {公.e|公*.2}\"", NULL, 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(full_width) {
    static const tree_case cases[] = {
        {"“苹果 公司”", "\"苹果.2 _ 公司.2\"", NULL, 0},
        {"「苹果」公司", "(苹果.2 公司.2)", NULL, 0},
        {"「苹果 公司」~2", "near2\"苹果.2 _ 公司.2\"", NULL, 0},
        {"苹果“公司", "(苹果.2 公司.2)", "6", 0},
        {"「苹果", "苹果.2", "0", 0},
        {"苹果」", "苹果.2", NULL, 0},
        {"＋苹果 －公司", "(+苹果.2 -公司.2)", NULL, 0},
        {"（苹果 公司） 大学", "(苹果.2 公司.2 大学.2)", NULL, 0},
        {"title：苹果", "title:苹果.2", NULL, 0},
        {"标题：苹果", "(标题.2 苹果.2)", NULL, 0},
        {"苹果（公司）", "(苹果.2 公司.2)", NULL, 0},
        {"什么是量子计算？",
         "(什么.2^0.75 么是.2^0.4 是量.2^0.4 是.1 量子.2^0.75 子计.2^0.4 计算.2^0.75)", NULL, 0},
        {"什么是量子计算?",
         "(什么.2^0.75 么是.2^0.4 是量.2^0.4 是.1 量子.2^0.75 子计.2^0.4 计算.2^0.75)", "21", 0},
        {"＊：＊", "none", "0", 0},
        {"\"苹果公司 大学\"~3", "near3\"苹果.2 果公.2 公司.2 _ 大学.2\"", NULL, 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

START_TEST(other_scripts_and_addresses) {
    static const tree_case cases[] = {
        {"東京タワー", "(东京.2^0.75 京タ.2^0.4 タワ.2^0.75 ワー.2^0.75)", NULL, 0},
        {"서울", "서울.2", NULL, 0},
        {"ｉＰｈｏｎｅ１５", "iphone15", NULL, 0},
        {"café", "cafe", NULL, 0},
        {"🚀 launch", "(🚀 launch)", NULL, 0},
        {"don't", "dont", NULL, 0},
        {"U.S.A.", "usa", NULL, 0},
        {"2*3=6", "(2 3 6)", "1", 0},
        {"w?l-d", "none", "0 0", 0},
        {"src/foo*", "\"src foo*\"", NULL, 0},
    };
    check(cases, PRS_COUNT(cases));
}
END_TEST

/* ---- strict mode and limits --------------------------------------------------------------- */

START_TEST(strict_mode_has_columns) {
    static const struct {
        const char *text;
        uint32_t column;
        const char *words;
    } cases[] = {
        {"nosuch:apple", 1, "no field nosuch"},
        {"a (b", 3, "never closed"},
        {"a) b", 2, "never opened"},
        {"a \"b", 3, "never closed"},
        {"a AND", 3, "AND"},
        {"OR a", 1, "OR"},
        {"a NOT", 3, "before nothing"},
        {"a - b", 3, "before nothing"},
        {"w?ld card", 1, "not in this version"},
        {"x fuzzy~2", 3, "not in this version"},
        {"x /re/", 3, "not in this version"},
        {"x date:[2025-13 TO *]", 8, "2025-13"},
        {"x date:>soon", 8, "soon"},
        {"x date:soon", 8, "soon"},
        {"title:[a TO b]", 7, "no ranges"},
        {"love?", 5, "?"},
        {"a^b", 2, "^"},
        {"()", 1, "parentheses"},
        {"中文 (a", 8, "never closed"},
        {"a\\", 2, "\\"},
        {"。", 1, "nothing is left"},
        {"title: x", 1, "title"},
        {"a && b", 3, "AND"},
    };
    prism_schema *schema = tree_schema();
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
        prism_error err = PRISM_ERROR_INIT;
        prism_query *query;
        opts.strict = 1;
        prism_status status =
            prs_query_parse(schema, cases[i].text, strlen(cases[i].text), &opts, &query, &err);
        ck_assert_msg(status == PRISM_EPARSE, "%s: %d", cases[i].text, status);
        ck_assert_msg(err.column == cases[i].column && err.offset == cases[i].column - 1,
                      "%s: column %u", cases[i].text, err.column);
        ck_assert_msg(strstr(err.text, cases[i].words) != NULL, "%s: %s", cases[i].text, err.text);
        ck_assert_ptr_null(query);
    }
    prs_schema_unref(schema);
}
END_TEST

START_TEST(strict_mode_takes_what_is_right) {
    static const char *const cases[] = {"",
                                        "apple",
                                        "+a -b (c OR d) AND \"e f\"~2^3",
                                        "title:(a b)^2 tags:* *:*",
                                        "wi-fi C++ 10:30 user@x.org",
                                        "pre* \"a b\"*",
                                        "a\\: \\*"};
    prism_schema *schema = tree_schema();
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        prs_query_unref(tree_parse(schema, cases[i], strlen(cases[i]), STRICT, NULL, NULL));
    }
    prs_schema_unref(schema);
}
END_TEST

static prism_status try_text(const prism_schema *schema, const char *text, size_t len,
                             const char *words) {
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query;
    prism_status status = prs_query_parse(schema, text, len, &opts, &query, &err);
    ck_assert_msg(status == PRISM_OK || strstr(err.text, words) != NULL, "%s", err.text);
    if (status != PRISM_OK && text[0] == '(') { /* it points at the one too many */
        ck_assert_uint_eq(err.offset, PRISM_MAX_QUERY_DEPTH);
        ck_assert_uint_eq(err.column, PRISM_MAX_QUERY_DEPTH + 1);
    }
    prs_query_unref(query);
    return status;
}

START_TEST(limits) {
    static char text[PRISM_MAX_QUERY_BYTES + 2];
    prism_schema *schema = tree_schema();
    memset(text, 'a', sizeof text);
    ck_assert_int_eq(try_text(schema, text, PRISM_MAX_QUERY_BYTES, ""), PRISM_OK);
    ck_assert_int_eq(try_text(schema, text, PRISM_MAX_QUERY_BYTES + 1, "65536"), PRISM_ELIMIT);
    for (unsigned depth = 60; depth < 80; depth++) {
        memset(text, '(', depth);
        text[depth] = 'x';
        memset(text + depth + 1, ')', depth);
        prism_status wanted = depth <= PRISM_MAX_QUERY_DEPTH ? PRISM_OK : PRISM_ELIMIT;
        ck_assert_int_eq(try_text(schema, text, 2 * depth + 1, "nested deeper"), wanted);
    }
    memset(text, '(', PRISM_MAX_QUERY_BYTES);
    ck_assert_int_eq(try_text(schema, text, PRISM_MAX_QUERY_BYTES, "nested deeper"), PRISM_ELIMIT);
    size_t at = 0;
    for (unsigned i = 0; at < PRISM_MAX_QUERY_BYTES - 8; i++)
        at += (size_t)sprintf(text + at, "w%u ", i);
    ck_assert_int_eq(try_text(schema, text, at, "1024"), PRISM_ELIMIT);
    at = 0;
    for (unsigned i = 0; i < 1000; i++) at += (size_t)sprintf(text + at, "w%u ", i);
    ck_assert_int_eq(try_text(schema, text, at, ""), PRISM_OK);
    prs_schema_unref(schema);
}
END_TEST

/* Alternating signs nest: "a AND (b OR (c AND ...": the tree is as deep as the text. */
START_TEST(deep_trees_stop_at_the_limit) {
    prism_schema *schema = tree_schema();
    char text[4096];
    for (unsigned depth = 1; depth <= 64; depth++) {
        size_t at = 0;
        for (unsigned i = 0; i < depth; i++)
            at += (size_t)sprintf(text + at, "a%u %s (", i, i % 2 ? "OR" : "AND");
        at += (size_t)sprintf(text + at, "x");
        for (unsigned i = 0; i < depth; i++) text[at++] = ')';
        prism_status wanted = depth < PRISM_MAX_QUERY_DEPTH ? PRISM_OK : PRISM_ELIMIT;
        ck_assert_msg(try_text(schema, text, at, "nested deeper") == wanted, "depth %u", depth);
    }
    prs_schema_unref(schema);
}
END_TEST

TEST_SUITE(parser, words_and_operators, signs_and_negation, operators_beside_nothing, phrases,
           wildcards_and_forms_of_later, fields, everything_and_boosts, escapes_and_signs_as_text,
           parentheses, texts_that_say_nothing, repeated_words, stop_words, plain_texts,
           sigils_and_compounds, letters_and_digits, han, full_width, other_scripts_and_addresses,
           strict_mode_has_columns, strict_mode_takes_what_is_right, limits,
           deep_trees_stop_at_the_limit)
