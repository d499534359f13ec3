/* test_unicode.c - the pinned tables: what they must hold, and that they are ICU's where ICU is as
 * old. */
#include "analysis/unicode.h"
#include "analysis/utf8.h"
#include "harness/test.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

static const uint32_t supplement[][2] = {
#define PRS_HAN(source, target) {source, target},
#include "analysis/han_supplement.def"
#undef PRS_HAN
};

static void need_pinned_icu(void) {
    UVersionInfo version;
    char text[U_MAX_VERSION_STRING_LENGTH];
    u_getUnicodeVersion(version);
    u_versionToString(version, text);
    if (strcmp(text, PRS_UCD_VERSION) != 0) test_skip("this ICU is of another UCD version");
}

static uint8_t class_of(uint32_t cp) {
    return prs_unicode_get(cp)->cls;
}

START_TEST(classes_of_known_characters) {
    static const struct {
        uint32_t cp;
        uint8_t cls;
    } cases[] = {
        {'a', PRS_CLASS_LETTER},        {'7', PRS_CLASS_DIGIT},
        {'_', PRS_CLASS_SIGN},          {':', PRS_CLASS_OTHER},
        {0xff1a, PRS_CLASS_OTHER},      {0xfe55, PRS_CLASS_OTHER},
        {'@', PRS_CLASS_SIGN},          {'.', PRS_CLASS_DOT},
        {0xff0e, PRS_CLASS_DOT},        {0x2024, PRS_CLASS_DOT},
        {',', PRS_CLASS_MIDNUM},        {0xff0c, PRS_CLASS_MIDNUM},
        {'\'', PRS_CLASS_SQUOTE},       {0xff07, PRS_CLASS_SQUOTE},
        {0x2019, PRS_CLASS_MIDBOTH},    {0x2bc, PRS_CLASS_LETTER},
        {0x2010, PRS_CLASS_SIGN},       {0x2011, PRS_CLASS_SIGN},
        {0xff0d, PRS_CLASS_SIGN},       {0xad, PRS_CLASS_MARK},
        {0x200b, PRS_CLASS_OTHER},      {0x200d, PRS_CLASS_MARK},
        {0xfe0f, PRS_CLASS_MARK},       {0x3007, PRS_CLASS_HAN},
        {0x3005, PRS_CLASS_HAN},        {0x4e00, PRS_CLASS_HAN},
        {0x20000, PRS_CLASS_HAN},       {0x2f00, PRS_CLASS_HAN},
        {0x3042, PRS_CLASS_HAN},        {0x30fc, PRS_CLASS_HAN},
        {0xff71, PRS_CLASS_HAN},        {0x30ff, PRS_CLASS_COMPAT},
        {0x309b, PRS_CLASS_OTHER},      {0xac00, PRS_CLASS_HANGUL_LV},
        {0xac01, PRS_CLASS_HANGUL_LVT}, {0x314b, PRS_CLASS_HANGUL},
        {0x3164, PRS_CLASS_OTHER},      {0xe01, PRS_CLASS_SA},
        {0xe33, PRS_CLASS_SA_AM},       {0xe50, PRS_CLASS_DIGIT},
        {0x338f, PRS_CLASS_COMPAT},     {0x2460, PRS_CLASS_COMPAT},
        {0xbd, PRS_CLASS_COMPAT},       {0x2122, PRS_CLASS_COMPAT},
        {0x20a8, PRS_CLASS_COMPAT},     {0xa9, PRS_CLASS_OTHER},
        {0x1f600, PRS_CLASS_EMOJI},     {0x1f1e6, PRS_CLASS_RI},
        {0x20ac, PRS_CLASS_SIGN},       {0x2030, PRS_CLASS_SIGN},
        {0xfdfa, PRS_CLASS_COMPAT},     {0x0378, PRS_CLASS_OTHER},
        {0xe000, PRS_CLASS_OTHER},      {PRS_UTF8_BAD, PRS_CLASS_OTHER},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++)
        ck_assert_msg(class_of(cases[i].cp) == cases[i].cls, "U+%04X is class %u", cases[i].cp,
                      class_of(cases[i].cp));
    ck_assert(prs_unicode_get(PRS_UTF8_BAD)->flags & PRS_UC_SPACE);
    ck_assert_uint_eq(prs_unicode_get(0xff04)->sign, '$');
    ck_assert_uint_eq(prs_unicode_get(0xff0b)->sign, '+');
    ck_assert_uint_eq(prs_unicode_get(0x2030)->sign, '%');
}
END_TEST

/* What the fast loops of scan.c take for granted. */
START_TEST(promises_to_the_scanner) {
    for (uint32_t cp = 0x4e00; cp < 0xa000; cp++) TEST_NEED(class_of(cp) == PRS_CLASS_HAN);
    for (uint32_t cp = 0x4000; cp < 0x4e00; cp++) {
        TEST_NEED(class_of(cp) == PRS_CLASS_HAN || class_of(cp) == PRS_CLASS_OTHER);
        TEST_NEED(prs_unicode_get(cp)->sign == 0);
    }
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        const prs_uc *uc = prs_unicode_get(cp);
        bool is_mark = uc->wb == PRS_WB_EXTEND || uc->wb == PRS_WB_FORMAT || uc->wb == PRS_WB_ZWJ;
        TEST_NEED(is_mark == (uc->cls == PRS_CLASS_MARK)); /* both modes share the clusters */
        if (cp >= 0x80 && uc->cls == PRS_CLASS_SIGN) TEST_NEED(uc->sign != 0);
    }
}
END_TEST

START_TEST(counts_of_the_research) {
    uint32_t n_pairs = 0, n_compat = 0;
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        n_pairs += prs_unicode_simplify(cp) != cp;
        n_compat += class_of(cp) == PRS_CLASS_COMPAT && prs_unicode_get(cp)->wb == PRS_WB_OTHER;
    }
    TEST_NEED(n_pairs == 2860);
    TEST_NEED(n_compat == 850 - 2 - 216); /* 2 AM vowels of SA, 216 radicals are Han */
}
END_TEST

START_TEST(simplify_is_idempotent_and_han_to_han) {
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        uint32_t to = prs_unicode_simplify(cp);
        TEST_NEED(prs_unicode_simplify(to) == to);
        if (to != cp) TEST_NEED(class_of(cp) == PRS_CLASS_HAN);
        if (to != cp) TEST_NEED(class_of(to) == PRS_CLASS_HAN);
    }
    TEST_NEED(prs_unicode_simplify(PRS_UTF8_BAD) == PRS_UTF8_BAD);
}
END_TEST

START_TEST(simplify_folds_the_supplement) {
    TEST_NEED(PRS_COUNT(supplement) == 11 + 1);
    for (size_t i = 0; i < PRS_COUNT(supplement); i++) {
        TEST_NEED(prs_unicode_simplify(supplement[i][0]) == supplement[i][1]);
        TEST_NEED(prs_unicode_simplify(supplement[i][1]) == supplement[i][1]);
    }
    TEST_NEED(prs_unicode_simplify(0x756b) == 0x5212); /* 畫 through 画 */
    TEST_NEED(prs_unicode_simplify(0x85b4) == 0x82ce); /* 薴 through 苧 */
    TEST_NEED(prs_unicode_simplify(0x6578) == 0x6570); /* 數 */
    TEST_NEED(prs_unicode_simplify(0x300c) == 0x300c); /* punctuation is left alone */
}
END_TEST

static bool is_listed(uint32_t cp) {
    uint32_t simple = prs_unicode_simplify(cp);
    for (size_t i = 0; i < PRS_COUNT(supplement); i++)
        if (simple == supplement[i][1]) return true;
    return false;
}

static uint32_t icu_simple(UTransliterator *hant_hans, UChar32 cp) {
    UChar text[8];
    UChar32 to[8];
    int32_t n;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF32(text, 8, &n, &cp, 1, &status);
    int32_t limit = n;
    utrans_transUChars(hant_hans, text, &n, 8, 0, &limit, &status);
    u_strToUTF32(to, 8, &n, text, n, &status);
    TEST_NEED(U_SUCCESS(status));
    TEST_NEED(n == 1); /* one in, one out */
    return (uint32_t)to[0];
}

START_TEST(simplify_is_icu_but_for_the_supplement) {
    need_pinned_icu();
    UErrorCode status = U_ZERO_ERROR;
    UChar id[32];
    u_uastrcpy(id, "Traditional-Simplified");
    UTransliterator *hant_hans = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    TEST_NEED(U_SUCCESS(status));
    uint32_t n_listed = 0;
    for (UChar32 cp = 0x2e80; cp < 0x30000; cp++) {
        if (U_IS_SURROGATE((uint32_t)cp) || !u_hasBinaryProperty(cp, UCHAR_IDEOGRAPHIC)) continue;
        uint32_t icu = icu_simple(hant_hans, cp), ours = prs_unicode_simplify((uint32_t)cp);
        if (icu == ours) continue;
        ck_assert_msg(is_listed((uint32_t)cp), "U+%04X: ICU U+%04X, table U+%04X", (uint32_t)cp,
                      icu, ours);
        n_listed++;
    }
    utrans_close(hant_hans);
    TEST_NEED(n_listed == 8 + 3 + 2); /* new entries; 畫 徬 諮 behind three of them; 苎 薴 */
}
END_TEST

START_TEST(properties_are_icu) {
    need_pinned_icu();
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc_cf = unorm2_getNFKCCasefoldInstance(&status);
    TEST_NEED(U_SUCCESS(status));
    for (UChar32 cp = 0; cp < 0x110000; cp++) {
        const prs_uc *uc = prs_unicode_get((uint32_t)cp);
        TEST_NEED(!(uc->flags & PRS_UC_PICT) ==
                  !u_hasBinaryProperty(cp, UCHAR_EXTENDED_PICTOGRAPHIC));
        if (u_charType(cp) == U_UNASSIGNED) {
            TEST_NEED(uc->cls == PRS_CLASS_OTHER);
            continue;
        }
        TEST_NEED(!(uc->flags & PRS_UC_EMOJI_PRES) ==
                  !u_hasBinaryProperty(cp, UCHAR_EMOJI_PRESENTATION));
        if (U_IS_SURROGATE((uint32_t)cp)) continue;
        UChar in[2], out[64];
        int32_t n_in;
        u_strFromUTF32(in, 2, &n_in, &cp, 1, &status);
        int32_t n = unorm2_normalize(nfkc_cf, in, n_in, out, 64, &status);
        TEST_NEED(((uc->flags & PRS_UC_NFKC_CF) != 0) == (u_strCompare(in, n_in, out, n, 0) != 0));
    }
}
END_TEST

TEST_SUITE(unicode, classes_of_known_characters, promises_to_the_scanner, counts_of_the_research,
           simplify_is_idempotent_and_han_to_han, simplify_folds_the_supplement,
           simplify_is_icu_but_for_the_supplement, properties_are_icu)
