/* test_icu_words.c - does ICU's cut come back in characters of the folded run, and as words of SA
 * text? */
#include "kit.h"

#include <stdlib.h>

static void check_cut(kit *k, const char *run, uint32_t n, const uint32_t *expected) {
    uint32_t ends[64], n_words;
    ck_assert_int_eq(prs_analysis_cut_han(k->analysis, run, strlen(run), ends, &n_words, NULL),
                     PRISM_OK);
    ck_assert_uint_eq(n_words, n);
    for (uint32_t i = 0; i < n; i++) ck_assert_uint_eq(ends[i], expected[i]);
}

START_TEST(cuts_known_words) {
    kit *k = kit_open("");
    check_cut(k, "数据", 1, (const uint32_t[]){2});
    check_cut(k, "我们中国人民", 3, (const uint32_t[]){2, 4, 6});
    check_cut(k, "的", 1, (const uint32_t[]){1});
    check_cut(k, "", 0, NULL);
    kit_close(k);
}
END_TEST

START_TEST(covers_any_run) {
    test_rng rng = test_rng_of("cut");
    kit *k = kit_open("");
    for (int i = 0; i < 2000; i++) {
        char run[40 * 4 + 1] = "";
        uint32_t ends[40], n_words, n = 1 + (uint32_t)test_rng_below(&rng, 40);
        for (uint32_t c = 0; c < n; c++) {
            static const char *const pieces[] = {"中", "国", "人", "数",         "据",
                                                 "的", "か", "한", "\U00020000", "大"};
            strcat(run, pieces[test_rng_below(&rng, PRS_COUNT(pieces))]);
        }
        ck_assert_int_eq(prs_analysis_cut_han(k->analysis, run, strlen(run), ends, &n_words, NULL),
                         PRISM_OK);
        ck_assert_uint_gt(n_words, 0);
        ck_assert_uint_eq(ends[n_words - 1], n);
        for (uint32_t w = 1; w < n_words; w++) ck_assert_uint_lt(ends[w - 1], ends[w]);
    }
    kit_close(k);
}
END_TEST

START_TEST(finds_thai_words) {
    kit *k = kit_open("sa=icu");
    ck_assert_str_eq(kit_places(k, "x ภาษาไทยง่าย"),
                     "x@0+1[0,1), ภาษา@1+1[2,14), ไทย@2+1[14,23), ง่าย@3+1[23,35)");
    ck_assert_ptr_nonnull(strstr(prs_analyzer_id(k->analyzer), "sa=icu:"));
    kit_close(k);
}
END_TEST

START_TEST(cuts_endless_sa_words) {
    kit *k = kit_open("sa=icu max_token_bytes=16");
    char text[301] = "";
    for (int i = 0; i < 100; i++) strcat(text, "ฯ"); /* no word of any dictionary */
    kit_run(k, text, strlen(text));
    for (size_t i = 0; i < k->n; i++) {
        ck_assert_uint_le(k->tokens[i].token.end - k->tokens[i].token.start, 16);
        ck_assert_uint_eq(k->tokens[i].token.start % 3, 0);
    }
    kit_close(k);
}
END_TEST

TEST_SUITE(icu_words, cuts_known_words, covers_any_run, finds_thai_words, cuts_endless_sa_words)
