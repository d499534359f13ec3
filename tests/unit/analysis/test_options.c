/* test_options.c - is every option settable by name and text, and all else refused by name? */
#include "kit.h"

static prism_status set(prs_analyzer_options *options, const char *name, const char *value) {
    prism_error err = PRISM_ERROR_INIT;
    prism_status status = prs_analyzer_options_set(options, name, value, &err);
    if (status != PRISM_OK) {
        ck_assert_msg(strstr(err.text, name) != NULL, "\"%s\" does not name %s", err.text, name);
    }
    return status;
}

START_TEST(has_the_defaults) {
    prs_analyzer_options o;
    prs_analyzer_options_init(&o);
    ck_assert_str_eq(o.name, "mixed-v1");
    ck_assert_str_eq(o.stem_language, "english");
    ck_assert_str_eq(o.fold_except, "");
    ck_assert(o.stem == PRS_STEM_ON && o.diacritics == PRS_DIACRITICS_FOLD &&
              o.han == PRS_HAN_UNI_BI);
    ck_assert(o.hangul == PRS_HANGUL_NGRAM && o.sa == PRS_SA_NGRAM && !o.join_linebreak);
    ck_assert(o.ts_fold && o.compounds && o.sigils && o.emoji);
    ck_assert_uint_eq(o.max_token_bytes, 255);
}
END_TEST

START_TEST(sets_stemming) {
    prs_analyzer_options o;
    prs_analyzer_options_init(&o);
    ck_assert_int_eq(set(&o, "stem", "dual"), PRISM_OK);
    ck_assert_int_eq(o.stem, PRS_STEM_DUAL);
    ck_assert_int_eq(set(&o, "stem", "german"), PRISM_OK); /* a language keeps dual */
    ck_assert_int_eq(o.stem, PRS_STEM_DUAL);
    ck_assert_str_eq(o.stem_language, "german");
    ck_assert_int_eq(set(&o, "stem", "off"), PRISM_OK);
    ck_assert_int_eq(o.stem, PRS_STEM_OFF);
    ck_assert_int_eq(set(&o, "stem", "french"), PRISM_OK); /* and turns stemming on */
    ck_assert_int_eq(o.stem, PRS_STEM_ON);
    ck_assert_int_eq(set(&o, "stem_language", "porter"), PRISM_OK);
    ck_assert_str_eq(o.stem_language, "porter");
    ck_assert_int_eq(set(&o, "stem", "false"), PRISM_OK);
    ck_assert_int_eq(o.stem, PRS_STEM_OFF);
}
END_TEST

START_TEST(sets_the_rest) {
    prs_analyzer_options o =
        kit_options("diacritics=keep fold_except=å ts_fold=off han=uni hangul=word sa=icu "
                    "join_linebreak=true compounds=false sigils=off emoji=off "
                    "max_token_bytes=16");
    ck_assert(o.diacritics == PRS_DIACRITICS_KEEP && !o.ts_fold && o.han == PRS_HAN_UNI);
    ck_assert(o.hangul == PRS_HANGUL_WORD && o.sa == PRS_SA_ICU && o.join_linebreak);
    ck_assert(!o.compounds && !o.sigils && !o.emoji);
    ck_assert_str_eq(o.fold_except, "å");
    ck_assert_uint_eq(o.max_token_bytes, 16);
    ck_assert_int_eq(set(&o, "han", "bi"), PRISM_OK);
    ck_assert_int_eq(o.han, PRS_HAN_BI);
    ck_assert_int_eq(set(&o, "han", "uni_bi_words"), PRISM_OK);
    ck_assert_int_eq(o.han, PRS_HAN_UNI_BI_WORDS);
    ck_assert_int_eq(set(&o, "diacritics", "fold"), PRISM_OK);
    ck_assert_int_eq(o.diacritics, PRS_DIACRITICS_FOLD);
}
END_TEST

START_TEST(refuses_by_name) {
    static const char *const bad[][2] = {
        {"stem", "klingon"},
        {"stem", ""},
        {"stem_language", "on"},
        {"stem_language", "a name that is far too long"},
        {"diacritics", "on"},
        {"han", "words"},
        {"hangul", "icu"},
        {"sa", "word"},
        {"ts_fold", "maybe"},
        {"emoji", ""},
        {"max_token_bytes", "15"},
        {"max_token_bytes", "256"},
        {"max_token_bytes", "99999999999999999999"},
        {"max_token_bytes", "-1"},
        {"max_token_bytes", ""},
        {"max_token_bytes", "64k"},
        {"colour", "red"},
        {"", "on"},
        {"fold_except", "0123456789012345678901234567890123456789012345678901234567890123"}};
    for (size_t i = 0; i < PRS_COUNT(bad); i++) {
        prs_analyzer_options o, before;
        prs_analyzer_options_init(&o);
        before = o;
        ck_assert_msg(set(&o, bad[i][0], bad[i][1]) == PRISM_EINVAL, "%s=%s", bad[i][0], bad[i][1]);
        ck_assert_mem_eq(&o, &before, sizeof o);
    }
}
END_TEST

TEST_SUITE(options, has_the_defaults, sets_stemming, sets_the_rest, refuses_by_name)
