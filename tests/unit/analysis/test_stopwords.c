/* test_stopwords.c - are the lists searchable, and in the form the analyzer emits? */
#include "kit.h"

static const char *const words[] = {"a",    "an",  "and",   "are",  "as",    "at",    "be",
                                    "but",  "by",  "for",   "if",   "in",    "into",  "is",
                                    "it",   "no",  "not",   "of",   "on",    "or",    "such",
                                    "that", "the", "their", "then", "there", "these", "they",
                                    "this", "to",  "was",   "will", "with"};

static bool is_stop(const char *s) {
    return prs_is_stopword((const uint8_t *)s, strlen(s));
}
static bool is_function(const char *s) {
    return prs_is_function_char((const uint8_t *)s, strlen(s));
}

START_TEST(knows_all_33_and_their_stems) {
    kit *k = kit_open("");
    for (size_t i = 0; i < PRS_COUNT(words); i++) {
        ck_assert_msg(is_stop(words[i]), "%s", words[i]);
        ck_assert_msg(is_stop(kit_terms(k, words[i])), "stem of %s", words[i]);
    }
    kit_close(k);
    ck_assert_uint_eq(PRS_COUNT(words), 33);
}
END_TEST

START_TEST(knows_no_others) {
    static const char *const others[] = {"",      "b",     "th",  "them", "thes",
                                         "withe", "zebra", "run", "的"};
    for (size_t i = 0; i < PRS_COUNT(others); i++)
        ck_assert_msg(!is_stop(others[i]), "%s", others[i]);
}
END_TEST

START_TEST(knows_function_characters) {
    static const char *const yes[] = {"的", "了", "在", "是", "和", "不", "也", "就",
                                      "我", "他", "之", "与", "或", "吗", "都"};
    static const char *const no[] = {"", "中", "国", "人", "a", "的的", "數"};
    kit *k = kit_open("han=bi");
    for (size_t i = 0; i < PRS_COUNT(yes); i++) {
        ck_assert_msg(is_function(yes[i]), "%s", yes[i]);
        kit_run(k, yes[i], strlen(yes[i])); /* as the analyzer folds it */
        prs_bytes term = kit_term(k, 0);
        ck_assert_msg(prs_is_function_char(term.ptr, term.len), "%s", yes[i]);
    }
    for (size_t i = 0; i < PRS_COUNT(no); i++) ck_assert_msg(!is_function(no[i]), "%s", no[i]);
    kit_close(k);
}
END_TEST

TEST_SUITE(stopwords, knows_all_33_and_their_stems, knows_no_others, knows_function_characters)
