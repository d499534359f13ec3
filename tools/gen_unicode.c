/* gen_unicode.c - what is each code point to mixed-v1, and what is its Simplified form?
 *
 * Asks an ICU of exactly UCD 15.0 and writes the tables that are checked in:
 *
 *   gen/properties.inc   stage 1: page of 256 code points -> stage 2 row; stage 2: code point ->
 *                        record; records: the distinct (Word_Break, class, flags, sign)
 *   gen/simplify.inc     one bit for each ideograph, "it changes"; targets in order; rank per word
 *
 *   gen_unicode DIRECTORY      (make regen-unicode; tests/conformance/check_gen_unicode.sh
 *   compares)
 *
 * The class of a code point is decided once, in class_of(), from properties alone.  One principle
 * widens the lists of docs/analysis.md: a code point that NFKC_Casefold maps to a sign which a rule
 * names is that sign, so that wide and small forms cut as their ASCII form does.
 *
 * Why a program and not a script: ICU is a dependency already, a UCD file parser would be one more.
 * Not built by default, not installed.  Source: UCD 15.0, UAX #29, UTS #51, CLDR 42 Hant-Hans. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "analysis/unicode.h"

enum { N_CP = 0x110000, PAGE = 256, N_PAGES = N_CP / PAGE, MAX_FOLD = 32 };

static _Noreturn void die(const char *what) {
    fprintf(stderr, "gen_unicode: %s\n", what);
    exit(1);
}

static void check_icu(UErrorCode status, const char *what) {
    if (U_SUCCESS(status)) return;
    fprintf(stderr, "gen_unicode: %s: %s\n", what, u_errorName(status));
    exit(1);
}

/* ---- facts about one code point ------------------------------------------------------------ */

typedef struct facts {
    UChar32 cp;
    int32_t wb, category;
    UScriptCode script;
    UChar32 fold[MAX_FOLD]; /* NFKC_Casefold */
    int32_t n_fold;
    bool is_changed;  /* NFKC_Casefold is not the code point itself */
    bool folds_wordy; /* it holds a letter or number */
    bool folds_space; /* it holds white space */
} facts;

static bool is_letter(UChar32 c) {
    return (U_GET_GC_MASK(c) & U_GC_L_MASK) != 0;
}

static bool has(UChar32 c, UProperty property) {
    return u_hasBinaryProperty(c, property) != 0;
}

static void fold_of(facts *f, const UNormalizer2 *nfkc_cf) {
    UChar in[2], out[2 * MAX_FOLD];
    int32_t n_in;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF32(in, 2, &n_in, &f->cp, 1, &status);
    int32_t n_out = unorm2_normalize(nfkc_cf, in, n_in, out, 2 * MAX_FOLD, &status);
    u_strToUTF32(f->fold, MAX_FOLD, &f->n_fold, out, n_out, &status);
    check_icu(status, "NFKC_Casefold");
    for (int32_t i = 0; i < f->n_fold; i++) {
        UChar32 c = f->fold[i];
        f->folds_wordy |= is_letter(c) || (U_GET_GC_MASK(c) & U_GC_N_MASK) != 0;
        f->folds_space |= has(c, UCHAR_WHITE_SPACE);
    }
    f->is_changed = f->n_fold != 1 || f->fold[0] != f->cp;
}

static facts facts_of(UChar32 cp, const UNormalizer2 *nfkc_cf) {
    facts f = {.cp = cp};
    UErrorCode status = U_ZERO_ERROR;
    f.wb = u_getIntPropertyValue(cp, UCHAR_WORD_BREAK);
    f.category = u_charType(cp);
    f.script = uscript_getScript(cp, &status);
    check_icu(status, "script");
    if (f.category != U_SURROGATE) fold_of(&f, nfkc_cf);
    return f;
}

/* ---- from facts to a record ---------------------------------------------------------------- */

static uint8_t word_break_of(int32_t wb) {
    switch (wb) {
    case U_WB_OTHER: return PRS_WB_OTHER;
    case U_WB_CR: return PRS_WB_CR;
    case U_WB_LF: return PRS_WB_LF;
    case U_WB_NEWLINE: return PRS_WB_NEWLINE;
    case U_WB_EXTEND: return PRS_WB_EXTEND;
    case U_WB_ZWJ: return PRS_WB_ZWJ;
    case U_WB_FORMAT: return PRS_WB_FORMAT;
    case U_WB_REGIONAL_INDICATOR: return PRS_WB_RI;
    case U_WB_KATAKANA: return PRS_WB_KATAKANA;
    case U_WB_HEBREW_LETTER: return PRS_WB_HEBREW;
    case U_WB_ALETTER: return PRS_WB_LETTER;
    case U_WB_SINGLE_QUOTE: return PRS_WB_SQUOTE;
    case U_WB_DOUBLE_QUOTE: return PRS_WB_DQUOTE;
    case U_WB_MIDNUMLET: return PRS_WB_MIDNUMLET;
    case U_WB_MIDLETTER: return PRS_WB_MIDLETTER;
    case U_WB_MIDNUM: return PRS_WB_MIDNUM;
    case U_WB_NUMERIC: return PRS_WB_NUMERIC;
    case U_WB_EXTENDNUMLET: return PRS_WB_EXTENDNUMLET;
    case U_WB_WSEGSPACE: return PRS_WB_WSEGSPACE;
    default: die("a Word_Break value that UCD 15.0 does not have");
    }
}

/* The sign a rule names that this code point is or folds to. */
static uint8_t sign_of(const facts *f) {
    if (f->cp == 0x2010 || f->cp == 0x2011) return '-'; /* T6: hyphens that do not fold to '-' */
    if (f->cp == 0x2030) return '%';                    /* T8: per mille */
    if (f->category == U_CURRENCY_SYMBOL) return '$';
    if (f->n_fold == 1 && f->fold[0] < 0x80 && f->fold[0] > 0 &&
        strchr(".:,'-_&#@+%", (int)f->fold[0]) != NULL)
        return (uint8_t)f->fold[0];
    return 0;
}

static uint8_t hangul_class_of(UChar32 cp) {
    switch (u_getIntPropertyValue(cp, UCHAR_HANGUL_SYLLABLE_TYPE)) {
    case U_HST_LEADING_JAMO: return PRS_CLASS_JAMO_L;
    case U_HST_VOWEL_JAMO: return PRS_CLASS_JAMO_V;
    case U_HST_TRAILING_JAMO: return PRS_CLASS_JAMO_T;
    case U_HST_LV_SYLLABLE: return PRS_CLASS_HANGUL_LV;
    case U_HST_LVT_SYLLABLE: return PRS_CLASS_HANGUL_LVT;
    default: return PRS_CLASS_HANGUL;
    }
}

/* Ideographs, their iteration marks, radicals that fold to one, and kana that fold to one kana. */
static bool is_han_like(const facts *f) {
    if (has(f->cp, UCHAR_IDEOGRAPHIC)) return true;
    if (f->script == USCRIPT_HAN && f->category == U_MODIFIER_LETTER) return true;
    if (f->wb == U_WB_OTHER && f->is_changed && f->n_fold == 1 &&
        has(f->fold[0], UCHAR_IDEOGRAPHIC) &&
        u_getIntPropertyValue(f->cp, UCHAR_DECOMPOSITION_TYPE) == U_DT_COMPAT)
        return true;
    bool is_kana =
        f->script == USCRIPT_HIRAGANA || f->script == USCRIPT_KATAKANA || f->wb == U_WB_KATAKANA;
    return is_kana && is_letter(f->cp) && f->n_fold == 1;
}

static uint8_t class_of_wordless(const facts *f, uint8_t sign) {
    bool is_pict = has(f->cp, UCHAR_EXTENDED_PICTOGRAPHIC);
    if (f->is_changed && f->folds_wordy) return PRS_CLASS_COMPAT;
    if (sign != 0 && sign != ':') return PRS_CLASS_SIGN;
    if (is_pict && f->cp != 0xa9 && f->cp != 0xae) return PRS_CLASS_EMOJI;
    return PRS_CLASS_OTHER;
}

static uint8_t class_of_wordy(const facts *f, uint8_t word_class) {
    if (f->n_fold == 0) return PRS_CLASS_OTHER; /* fillers: they vanish */
    if (f->is_changed && f->folds_space) return f->folds_wordy ? PRS_CLASS_COMPAT : PRS_CLASS_OTHER;
    return word_class;
}

static uint8_t class_of(const facts *f, uint8_t sign) {
    if (f->category == U_UNASSIGNED) return PRS_CLASS_OTHER;
    if (f->wb == U_WB_EXTEND || f->wb == U_WB_FORMAT || f->wb == U_WB_ZWJ) return PRS_CLASS_MARK;
    if (f->wb == U_WB_REGIONAL_INDICATOR) return PRS_CLASS_RI;
    if (is_han_like(f)) return PRS_CLASS_HAN;
    if (u_getIntPropertyValue(f->cp, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT) {
        if (f->cp == 0x0e33 || f->cp == 0x0eb3) return PRS_CLASS_SA_AM;
        return is_letter(f->cp) ? PRS_CLASS_SA : PRS_CLASS_OTHER;
    }
    switch (f->wb) {
    case U_WB_ALETTER:
        if (f->script == USCRIPT_HANGUL) {
            uint8_t cls = hangul_class_of(f->cp);
            return cls == PRS_CLASS_HANGUL ? class_of_wordy(f, cls) : cls;
        }
        return class_of_wordy(f, PRS_CLASS_LETTER);
    case U_WB_HEBREW_LETTER: return class_of_wordy(f, PRS_CLASS_HEBREW);
    case U_WB_NUMERIC: return class_of_wordy(f, PRS_CLASS_DIGIT);
    case U_WB_SINGLE_QUOTE: return PRS_CLASS_SQUOTE;
    case U_WB_DOUBLE_QUOTE: return PRS_CLASS_DQUOTE;
    case U_WB_MIDNUM: return PRS_CLASS_MIDNUM;
    case U_WB_MIDLETTER: return sign == ':' ? PRS_CLASS_OTHER : PRS_CLASS_MIDLETTER;
    case U_WB_MIDNUMLET:
        return sign == '.' ? PRS_CLASS_DOT : sign == '\'' ? PRS_CLASS_SQUOTE : PRS_CLASS_MIDBOTH;
    case U_WB_EXTENDNUMLET: return sign == '_' ? PRS_CLASS_SIGN : PRS_CLASS_OTHER;
    default: return class_of_wordless(f, sign);
    }
}

static uint8_t flags_of(const facts *f) {
    uint32_t flags = 0;
    bool is_mark_sign = f->cp == 0xa9 || f->cp == 0xae || f->cp == 0x2122;
    if (has(f->cp, UCHAR_EXTENDED_PICTOGRAPHIC)) flags |= PRS_UC_PICT;
    if (f->category == U_UNASSIGNED) return (uint8_t)flags;
    if ((flags & PRS_UC_PICT) && has(f->cp, UCHAR_EMOJI) && !is_mark_sign) flags |= PRS_UC_EMOJI;
    if (has(f->cp, UCHAR_EMOJI_PRESENTATION)) flags |= PRS_UC_EMOJI_PRES;
    if (has(f->cp, UCHAR_EMOJI_MODIFIER)) flags |= PRS_UC_EMOJI_MOD;
    if (f->is_changed) flags |= PRS_UC_NFKC_CF;
    if (has(f->cp, UCHAR_WHITE_SPACE) || f->category == U_CONTROL_CHAR || f->cp == 0x200b)
        flags |= PRS_UC_SPACE;
    if (f->category == U_NON_SPACING_MARK) flags |= PRS_UC_MN;
    if (f->script == USCRIPT_LATIN || f->script == USCRIPT_GREEK || f->script == USCRIPT_CYRILLIC)
        flags |= PRS_UC_LGC;
    return (uint8_t)flags;
}

/* ---- properties.inc ------------------------------------------------------------------------ */

static prs_uc records[256];
static size_t n_records;
static uint8_t record_of[N_CP];
static uint8_t rows[256][PAGE];
static size_t n_rows;
static uint8_t row_of[N_PAGES];
static uint32_t class_count[PRS_CLASS_N];

static uint8_t intern_record(prs_uc uc) {
    for (size_t i = 0; i < n_records; i++)
        if (memcmp(&records[i], &uc, sizeof uc) == 0) return (uint8_t)i;
    if (n_records == PRS_COUNT(records)) die("more than 256 distinct records");
    records[n_records] = uc;
    return (uint8_t)n_records++;
}

static uint8_t intern_row(const uint8_t *row) {
    for (size_t i = 0; i < n_rows; i++)
        if (memcmp(rows[i], row, PAGE) == 0) return (uint8_t)i;
    if (n_rows == PRS_COUNT(rows)) die("more than 256 distinct pages");
    memcpy(rows[n_rows], row, PAGE);
    return (uint8_t)n_rows++;
}

static void build_properties(void) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc_cf = unorm2_getNFKCCasefoldInstance(&status);
    check_icu(status, "NFKC_Casefold data");
    prs_uc bad = {PRS_WB_OTHER, PRS_CLASS_OTHER, PRS_UC_SPACE, 0};
    intern_record(bad); /* record 0: what is not a code point */
    for (UChar32 cp = 0; cp < N_CP; cp++) {
        facts f = facts_of(cp, nfkc_cf);
        uint8_t sign = sign_of(&f);
        prs_uc uc = {word_break_of(f.wb), class_of(&f, sign), flags_of(&f), sign};
        if (uc.cls == PRS_CLASS_COMPAT || sign == ':') uc.sign = 0;
        record_of[cp] = intern_record(uc);
        class_count[uc.cls]++;
    }
    for (size_t page = 0; page < N_PAGES; page++)
        row_of[page] = intern_row(record_of + page * PAGE);
}

static FILE *open_output(const char *folder, const char *name) {
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (n < 0 || (size_t)n >= sizeof path) die("the folder's name is too long");
    FILE *out = fopen(path, "w");
    if (out == NULL) die(strerror(errno));
    fprintf(out, "/* Made by tools/gen_unicode.c (make regen-unicode) from UCD " PRS_UCD_VERSION
                 ".  Do not edit. */\n");
    return out;
}

static void close_output(FILE *out) {
    if (ferror(out) || fclose(out) != 0) die("cannot write");
}

static void put_numbers(FILE *out, const char *declaration, const uint32_t *v, size_t n) {
    fprintf(out, "%s = {", declaration);
    int column = 99;
    for (size_t i = 0; i < n; i++) {
        if (column > 90) column = fprintf(out, "\n    ") - 1;
        column += fprintf(out, "%u,%s", v[i], column > 85 ? "" : " ");
    }
    fprintf(out, "\n};\n");
}

static void put_bytes(FILE *out, const char *declaration, const uint8_t *v, size_t n) {
    uint32_t *wide = malloc(n * sizeof *wide);
    if (wide == NULL) die("no memory");
    for (size_t i = 0; i < n; i++) wide[i] = v[i];
    put_numbers(out, declaration, wide, n);
    free(wide);
}

static void write_properties(const char *folder) {
    FILE *out = open_output(folder, "properties.inc");
    fprintf(out, "/* Code points by class:");
    for (size_t i = 1; i < PRS_CLASS_N; i++) fprintf(out, " %zu:%u", i, class_count[i]);
    fprintf(out, " */\n");
    fprintf(out, "const prs_uc prs_unicode_records[%zu] = {\n", n_records);
    for (size_t i = 0; i < n_records; i++)
        fprintf(out, "    {%u, %u, %u, %u},\n", records[i].wb, records[i].cls, records[i].flags,
                records[i].sign);
    fprintf(out, "};\n");
    char declaration[80];
    put_bytes(out, "const uint8_t prs_unicode_stage1[PRS_UNICODE_PAGES]", row_of, N_PAGES);
    snprintf(declaration, sizeof declaration, "const uint8_t prs_unicode_stage2[%zu]",
             n_rows * PAGE);
    put_bytes(out, declaration, rows[0], n_rows * PAGE);
    close_output(out);
}

/* ---- simplify.inc -------------------------------------------------------------------------- */

static uint32_t simple_of[0x10000]; /* all pairs lie in the BMP: checked */

static uint32_t ask_transliterator(UTransliterator *hant_hans, UChar32 cp) {
    enum { CAP = 8 };
    UChar text[CAP];
    UChar32 result[CAP];
    int32_t n;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF32(text, CAP, &n, &cp, 1, &status);
    int32_t limit = n;
    utrans_transUChars(hant_hans, text, &n, CAP, 0, &limit, &status);
    u_strToUTF32(result, CAP, &n, text, n, &status);
    check_icu(status, "transliteration");
    if (n != 1) die("one character became several");
    return (uint32_t)result[0];
}

static void load_icu_pairs(void) {
    UErrorCode status = U_ZERO_ERROR;
    UChar id[32];
    u_uastrcpy(id, "Traditional-Simplified");
    UTransliterator *hant_hans = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    check_icu(status, "Traditional-Simplified");
    for (UChar32 cp = 0; cp < N_CP; cp++) {
        if (cp < 0x10000) simple_of[cp] = (uint32_t)cp;
        if (!has(cp, UCHAR_IDEOGRAPHIC)) continue; /* leaves out quotation marks */
        uint32_t to = ask_transliterator(hant_hans, cp);
        if (to == (uint32_t)cp) continue;
        if (cp > 0xffff || to > 0xffff || !has((UChar32)to, UCHAR_IDEOGRAPHIC))
            die("a pair that the table cannot hold");
        simple_of[cp] = to;
    }
    utrans_close(hant_hans);
}

/* Follow every chain to its end: then one look-up is enough and folding is idempotent. */
static void close_pairs(void) {
    static const uint32_t supplement[][2] = {
#define PRS_HAN(source, target) {source, target},
#include "analysis/han_supplement.def"
#undef PRS_HAN
    };
    for (size_t i = 0; i < PRS_COUNT(supplement); i++) {
        simple_of[supplement[i][0]] = supplement[i][1];
        simple_of[supplement[i][1]] = supplement[i][1];
    }
    for (uint32_t cp = 0; cp < 0x10000; cp++) {
        uint32_t to = simple_of[cp];
        for (int step = 0; simple_of[to] != to; step++) {
            if (step == 16) die("a cycle in the pairs");
            to = simple_of[to];
        }
        simple_of[cp] = to;
    }
}

static void write_simplify(const char *folder) {
    enum { N_WORDS = (PRS_SIMPLIFY_END - PRS_SIMPLIFY_BEGIN) / 64 };
    static uint64_t bits[N_WORDS];
    static uint32_t rank[N_WORDS], targets[0x10000];
    size_t n = 0;
    for (uint32_t cp = 0; cp < 0x10000; cp++) {
        if (simple_of[cp] == cp) continue;
        if (cp < PRS_SIMPLIFY_BEGIN || cp >= PRS_SIMPLIFY_END) die("a pair outside the bitmap");
        bits[(cp - PRS_SIMPLIFY_BEGIN) / 64] |= UINT64_C(1) << (cp % 64);
        targets[n++] = simple_of[cp];
    }
    for (size_t i = 1; i < N_WORDS; i++)
        rank[i] = rank[i - 1] + (uint32_t)__builtin_popcountll(bits[i - 1]);
    FILE *out = open_output(folder, "simplify.inc");
    fprintf(out, "/* %zu pairs. */\nstatic const uint64_t changes[%d] = {", n, N_WORDS);
    for (size_t i = 0; i < N_WORDS; i++)
        fprintf(out, "%s0x%016llxu,", i % 4 == 0 ? "\n    " : " ", (unsigned long long)bits[i]);
    fprintf(out, "\n};\n");
    char declaration[80];
    snprintf(declaration, sizeof declaration, "static const uint16_t rank[%d]", N_WORDS);
    put_numbers(out, declaration, rank, N_WORDS);
    snprintf(declaration, sizeof declaration, "static const uint16_t targets[%zu]", n);
    put_numbers(out, declaration, targets, n);
    close_output(out);
}

int main(int argc, char **argv) {
    if (argc != 2) die("usage: gen_unicode DIRECTORY");
    UVersionInfo version;
    char text[U_MAX_VERSION_STRING_LENGTH];
    u_getUnicodeVersion(version);
    u_versionToString(version, text);
    if (strcmp(text, PRS_UCD_VERSION) != 0) {
        printf("gen_unicode: this ICU has UCD %s, the tables are of " PRS_UCD_VERSION "\n", text);
        return 77;
    }
    build_properties();
    write_properties(argv[1]);
    load_icu_pairs();
    close_pairs();
    write_simplify(argv[1]);
    return 0;
}
