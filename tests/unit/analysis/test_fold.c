/* test_fold.c - does folding merge what is one word to a reader, and nothing else? */
#include "kit.h"

#include "analysis/fold.h"
#include "analysis/unicode.h"
#include "analysis/utf16.h"
#include "analysis/utf8.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>

static prs_fold_scratch scratch;

/* ck_assert_msg for loops over all of Unicode: costs nothing while it holds. */
#define HOLDS(condition, ...)                                                                      \
    do {                                                                                           \
        if (!(condition)) ck_abort_msg(__VA_ARGS__);                                               \
    } while (0)

static prs_fold fold_of(bool strip, const char *keep, bool simplify) {
    prs_fold fold;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_msg(prs_fold_init(&fold, strip, keep, simplify, &err) == PRISM_OK, "%s", err.text);
    return fold;
}

/* The folded word as a string, valid until the next call. */
static const char *word(const prs_fold *fold, const char *text, unsigned drop) {
    static uint8_t out[PRS_FOLD_WORD_MAX + 1];
    uint32_t len;
    prism_status status =
        prs_fold_word(fold, &scratch, prs_bytes_of(text, strlen(text)), drop, out, &len, NULL);
    HOLDS(status == PRISM_OK, "status %d", status);
    out[len] = 0;
    return (const char *)out;
}

static const char *character(const prs_fold *fold, const char *text) {
    static uint8_t out[PRS_FOLD_CHAR_MAX + 1];
    uint32_t len;
    prism_status status =
        prs_fold_char(fold, &scratch, prs_bytes_of(text, strlen(text)), out, &len, NULL);
    HOLDS(status == PRISM_OK, "status %d", status);
    out[len] = 0;
    return (const char *)out;
}

static bool is_assigned(uint32_t cp) {
    UVersionInfo age;
    u_charAge((UChar32)cp, age);
    bool is_character =
        (cp < 0xd800 || cp > 0xdfff) && (cp & 0xfffe) != 0xfffe && (cp < 0xfdd0 || cp > 0xfdef);
    return is_character && age[0] > 0 && (age[0] < 15 || (age[0] == 15 && age[1] == 0));
}

/* UTF-8 of ICU's normal form of one code point; *units its length in UTF-16. */
static uint32_t icu_form(const UNormalizer2 *form, uint32_t cp, uint8_t *out, int32_t *units) {
    UChar in[2], folded[64];
    UErrorCode code = U_ZERO_ERROR;
    *units = unorm2_normalize(form, in, prs_utf16_put(in, 0, cp), folded, PRS_COUNT(folded), &code);
    HOLDS(U_SUCCESS(code), "%s", u_errorName(code));
    uint32_t len = 0;
    for (int32_t i = 0; i < *units;)
        len += prs_utf8_encode(prs_utf16_next(folded, *units, &i), out + len);
    return len;
}

START_TEST(equals_icu_on_every_assigned_code_point) {
    prs_fold fold = fold_of(true, "", false);
    prs_mem mem;
    prs_buf out;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&out, &mem);
    size_t n = 0;
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        uint8_t raw[4], expected[256], compat[PRS_FOLD_WORD_MAX];
        uint64_t n_bad = 0;
        int32_t units;
        if (cp >= 0xd800 && cp <= 0xdfff) continue;
        uint32_t len, raw_len = prs_utf8_encode(cp, raw);
        uint32_t expected_len = icu_form(fold.nfkc_cf, cp, expected, &units);
        prs_buf_clear(&out);
        HOLDS(prs_fold_value(&fold, &mem, prs_bytes_of(raw, raw_len), &out, &n_bad, NULL) ==
                  PRISM_OK,
              "U+%04X", cp);
        prs_bytes value = prs_bytes_of(out.ptr, out.len);
        if (!is_assigned(cp)) {
            HOLDS(prs_bytes_equal(value, prs_bytes_of(raw, raw_len)), "U+%04X", cp);
            continue;
        }
        n++;
        HOLDS(prs_bytes_equal(value, prs_bytes_of(expected, expected_len)), "U+%04X", cp);
        prs_fold_compat(&fold, &scratch, prs_bytes_of(raw, raw_len), compat, &len, NULL);
        HOLDS(prs_bytes_equal(value, prs_bytes_of(compat, len)), "U+%04X", cp);
    }
    ck_assert_uint_gt(n,
                      280000); /* UCD 15.0 assigns 149186 graphic and 137468 private characters */
    prs_buf_fini(&out);
}
END_TEST

START_TEST(is_idempotent_on_every_code_point) {
    const prs_fold folds[] = {fold_of(true, "", true), fold_of(false, "", true),
                              fold_of(true, "åñøé", true)};
    for (size_t f = 0; f < PRS_COUNT(folds); f++) {
        for (uint32_t cp = 0; cp < 0x110000; cp++) {
            char raw[5] = "", once[PRS_FOLD_WORD_MAX + 1];
            if (cp == 0 || !is_assigned(cp)) continue;
            prs_utf8_encode(cp, (uint8_t *)raw);
            strcpy(once, word(&folds[f], raw, 0));
            HOLDS(strcmp(word(&folds[f], once, 0), once) == 0, "U+%04X: %s", cp, once);
            strcpy(once, character(&folds[f], raw));
            HOLDS(strcmp(character(&folds[f], once), once) == 0, "U+%04X: %s", cp, once);
        }
    }
}
END_TEST

START_TEST(is_idempotent_on_random_words) {
    static const char *const pieces[] = {"a",  "E",      "é",      "ø",      "Å",      "ς",
                                         "Σ",  "й",      "İ",      "ı",      "ŉ",      "ﬁ",
                                         "ß",  "\u0301", "\u0308", "\u0327", "\u0345", "\u0323",
                                         "’",  "א",      "क",      "\u093c", "가",     "\u11a8",
                                         "か", "\u3099", "ﾞ",      "Ａ",     "\u00ad", "ǖ",
                                         "ộ",  "ΐ",      "ᾂ",      "ﷺ",      "ก",      "\u0e33"};
    test_rng rng = test_rng_of("fold words");
    const prs_fold folds[] = {fold_of(true, "", true), fold_of(false, "", false),
                              fold_of(true, "äøộ", true)};
    for (int i = 0; i < 100000; i++) {
        char raw[128] = "", once[PRS_FOLD_WORD_MAX + 1];
        for (uint64_t n = 1 + test_rng_below(&rng, 8); n > 0; n--) {
            strcat(raw, pieces[test_rng_below(&rng, PRS_COUNT(pieces))]);
        }
        const prs_fold *fold = &folds[test_rng_below(&rng, PRS_COUNT(folds))];
        strcpy(once, word(fold, raw, 0));
        HOLDS(strcmp(word(fold, once, 0), once) == 0, "%s -> %s -> %s", raw, once,
              word(fold, once, 0));
    }
}
END_TEST

START_TEST(needs_at_most_six_units_a_byte) {
    prs_fold fold = fold_of(true, "", true);
    for (uint32_t cp = 1; cp < 0x110000; cp++) {
        uint8_t raw[4], out[256];
        int32_t units;
        if (!is_assigned(cp)) continue;
        int32_t limit = 6 * (int32_t)prs_utf8_encode(cp, raw);
        icu_form(fold.nfkc_cf, cp, out, &units);
        HOLDS(units <= limit, "U+%04X", cp);
        icu_form(fold.nfd, cp, out, &units);
        HOLDS(units <= limit, "U+%04X", cp);
    }
    ck_assert_uint_ge(PRS_FOLD_UNITS_MAX, 6 * PRS_FOLD_INPUT_MAX);
}
END_TEST

START_TEST(cuts_what_grows_too_long) {
    prs_fold fold = fold_of(true, "", true);
    char text[85 * 3 + 3 + 1] = "";
    for (int i = 0; i < 86; i++)
        strcat(text, "\ufdfa"); /* eighteen letters each; 255 bytes are read */
    const char *folded = word(&fold, text, 0);
    ck_assert_uint_le(strlen(folded), PRS_FOLD_WORD_MAX);
    ck_assert_uint_gt(strlen(folded), PRS_FOLD_WORD_MAX - 4);
    ck_assert_uint_eq(prs_utf8_count_bad(folded, strlen(folded)), 0);
}
END_TEST

START_TEST(folds_words) {
    static const char *const pairs[][2] = {
        {"Running", "running"},
        {"ＡＢＣ１", "abc1"},
        {"Straße", "strasse"},
        {"Café", "cafe"},
        {"CAFE\u0301", "cafe"},
        {"ﬁnance", "finance"},
        {"İstanbul", "istanbul"},
        {"ısı", "isi"},
        {"Łódź", "lodz"},
        {"Ærøskøbing", "aeroskobing"},
        {"œuvre", "oeuvre"},
        {"Þór", "thor"},
        {"Đà", "da"},
        {"Ħal", "hal"},
        {"ŧŋð", "tnd"},
        {"Ǖ", "u"},
        {"naïve", "naive"},
        {"Ёлка", "елка"},
        {"Άθως", "αθωσ"},
        {"ŉ", "'n"},
        {"don’t", "don't"},
        {"don‘t", "don't"},
        {"donʼt", "don't"},
        {"don＇t", "don't"},
        {"co\u00adop", "coop"},
        {"क़", "क\u093c"},
        {"한글", "한글"},
        {"שׂ", "ש\u05c2"},
    };
    prs_fold fold = fold_of(true, "", true);
    for (size_t i = 0; i < PRS_COUNT(pairs); i++)
        ck_assert_str_eq(word(&fold, pairs[i][0], 0), pairs[i][1]);
    ck_assert_str_eq(word(&fold, "U.S.A.", PRS_FOLD_DROP_DOTS), "usa");
    ck_assert_str_eq(word(&fold, "Ｕ．Ｓ．", PRS_FOLD_DROP_DOTS), "us");
    ck_assert_str_eq(word(&fold, "1,234.5", PRS_FOLD_DROP_COMMAS), "1234.5");
    ck_assert_str_eq(word(&fold, "１，２３４", PRS_FOLD_DROP_COMMAS), "1234");
}
END_TEST

START_TEST(keeps_diacritics_if_told) {
    prs_fold keep = fold_of(false, "", true);
    ck_assert_str_eq(word(&keep, "Café", 0), "café");
    ck_assert_str_eq(word(&keep, "Łódź", 0), "łódź");
    ck_assert_str_eq(word(&keep, "don’t", 0), "don't");
    prs_fold some = fold_of(true, "ÅäÖø", true);
    ck_assert_str_eq(word(&some, "Ångström", 0), "ångström");
    ck_assert_str_eq(word(&some, "A\u030angstro\u0308m", 0), "ångström");
    ck_assert_str_eq(word(&some, "crème brûlée øre æ", 0), "creme brulee øre ae");
    ck_assert_str_eq(word(&some, "ǟ ạ̈ ǿ", 0), "ä ä ø"); /* no other mark stays */
    prs_fold two = fold_of(true, "ộô", true);
    ck_assert_str_eq(word(&two, "ộ ô ọ", 0), "ộ ô o"); /* the longest kept letter wins */
}
END_TEST

START_TEST(leaves_marks_of_other_scripts) {
    prs_fold strip = fold_of(true, "", false), keep = fold_of(false, "", false);
    for (uint32_t cp = 0x80; cp < 0x110000; cp++) {
        char raw[5] = "", kept[PRS_FOLD_WORD_MAX + 1];
        if (!is_assigned(cp)) continue;
        prs_utf8_encode(cp, (uint8_t *)raw);
        strcpy(kept, word(&keep, raw, 0));
        const char *stripped = word(&strip, raw, 0);
        if (strcmp(kept, stripped) == 0) continue;
        UErrorCode code = U_ZERO_ERROR;
        uint32_t size, base = prs_utf8_decode((const uint8_t *)kept,
                                              (const uint8_t *)kept + strlen(kept), &size);
        UScriptCode script = uscript_getScript((UChar32)base, &code);
        HOLDS(script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC,
              "U+%04X lost its marks", cp);
    }
    ck_assert_str_eq(word(&strip, "ガ", 0), "ガ");
    ck_assert_str_eq(word(&strip, "ภาษาไทย้", 0), "ภาษาไทย้");
}
END_TEST

START_TEST(strips_every_latin_letter_of_europe) {
    /* Every precomposed Latin letter loses all its marks: what is left decomposes no more. */
    prs_fold fold = fold_of(true, "", true);
    for (uint32_t cp = 0xc0; cp <= 0x1eff; cp++) {
        char raw[5] = "";
        UErrorCode code = U_ZERO_ERROR;
        if (!is_assigned(cp) || uscript_getScript((UChar32)cp, &code) != USCRIPT_LATIN) continue;
        prs_utf8_encode(cp, (uint8_t *)raw);
        const char *folded = word(&fold, raw, 0);
        uint8_t out[256];
        int32_t units;
        for (const uint8_t *p = (const uint8_t *)folded, *end = p + strlen(folded); p < end;) {
            uint32_t size, c = prs_utf8_decode(p, end, &size);
            HOLDS(icu_form(fold.nfd, c, out, &units) == size, "U+%04X -> %s", cp, folded);
            p += size;
        }
    }
}
END_TEST

START_TEST(folds_characters) {
    prs_fold fold = fold_of(true, "", true), plain = fold_of(true, "", false);
    ck_assert_str_eq(character(&fold, "數"), "数");
    ck_assert_str_eq(character(&plain, "數"), "數");
    ck_assert_str_eq(character(&fold, "据"), "据");
    ck_assert_str_eq(character(&fold, "ﾊﾞ"), "バ");
    ck_assert_str_eq(character(&fold, "か\u3099"), "が");
    ck_assert_str_eq(character(&fold, "が"), "が");
    ck_assert_str_eq(character(&fold, "\uf900"), "岂");       /* compatibility ideograph of 豈 */
    ck_assert_str_eq(character(&fold, "葛\U000e0100"), "葛"); /* ideographic variation */
    ck_assert_str_eq(character(&fold, "\u3164"), "\u3164");   /* folds to nothing: stays */
    ck_assert_str_eq(character(&fold, "\u1112\u1161\u11ab"), "한");
}
END_TEST

START_TEST(folds_values) {
    static const char text[] = "  Straße\xff數據É \u0378x";
    prs_fold fold = fold_of(true, "", true);
    prs_mem mem;
    prs_buf out;
    uint64_t n_bad = 0;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&out, &mem);
    ck_assert_int_eq(prs_fold_value(&fold, &mem, prs_bytes_of(text, strlen(text)), &out, &n_bad,
                                    NULL),
                     PRISM_OK);
    prs_buf_put8(&out, 0);
    ck_assert_str_eq((const char *)out.ptr, "  strasse\ufffd数据é \u0378x");
    ck_assert_uint_eq(n_bad, 1);
    prs_buf_fini(&out);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(refuses_bad_exceptions) {
    static const char *const bad[] = {
        "中",
        "1",
        "å1",
        "\u0301",
        "a b",
        "\xff",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "abcdefghijklmnopqrstuvwxyzåäöüßéèê",
        "か"};
    for (size_t i = 0; i < PRS_COUNT(bad); i++) {
        prs_fold fold;
        prism_error err = PRISM_ERROR_INIT;
        HOLDS(prs_fold_init(&fold, true, bad[i], true, &err) == PRISM_EINVAL, "%s", bad[i]);
        ck_assert_ptr_nonnull(strstr(err.text, "fold_except"));
    }
    prs_fold a = fold_of(true, "äåäÖ", true), b = fold_of(true, "öÅa\u0308", true);
    ck_assert_uint_eq(a.n_keep, 3);
    ck_assert_mem_eq(a.keep, b.keep, sizeof a.keep); /* one set, however it is written */
}
END_TEST

TEST_SUITE(fold, equals_icu_on_every_assigned_code_point, is_idempotent_on_every_code_point,
           is_idempotent_on_random_words, needs_at_most_six_units_a_byte, cuts_what_grows_too_long,
           folds_words, keeps_diacritics_if_told, leaves_marks_of_other_scripts,
           strips_every_latin_letter_of_europe, folds_characters, folds_values,
           refuses_bad_exceptions)
