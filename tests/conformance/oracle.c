/* oracle.c - what must the scanner find in a text?
 *
 * Boundaries come from ICU under mixed_v1.rbbi.txt; everything else from ICU's properties, written
 * down plainly over arrays of code points, in steps that carry the names of the rules.  Nothing
 * here reads the library's tables, except oracle_knows, which leaves out what another ICU sees
 * otherwise.
 *
 *   bytes -> code points -> stand-ins -> UTF-16 -> segments -> tokens -> initials -> surfaces ->
 *   cuts -> signs */
#include "conformance/oracle.h"

#include "analysis/unicode.h"
#include "harness/test.h"

#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

enum { MAX = ORACLE_MAX_BYTES, PICT_STAND_IN = 0x1f600, KEYCAP_STAND_IN = 0xf8ff };

typedef struct token {
    uint32_t from, to; /* code points */
    uint8_t type;
    bool is_initials;
} token;

struct oracle {
    prs_scan_options options;
    UBreakIterator *rules;
    const UNormalizer2 *nfkc_cf;
    uint32_t n; /* code points */
    UChar32 cp[MAX + 1];
    uint32_t off[MAX + 1]; /* byte offsets, n + 1 of them */
    bool is_bad[MAX + 1];
    UChar utf16[2 * MAX];
    uint32_t of_utf16[2 * MAX + 1]; /* UTF-16 index -> code point index */
    uint32_t n_tokens, n_surfaces;
    token tokens[MAX];
    prs_surface surfaces[MAX];
};

/* ---- properties ------------------------------------------------------------------------------ */

static int32_t wb_of(UChar32 c) {
    return u_getIntPropertyValue(c, UCHAR_WORD_BREAK);
}

static bool is(UChar32 c, UProperty property) {
    return u_hasBinaryProperty(c, property) != 0;
}

static bool is_mark(UChar32 c) {
    int32_t wb = wb_of(c);
    return wb == U_WB_EXTEND || wb == U_WB_FORMAT || wb == U_WB_ZWJ;
}

static int32_t fold_of(const oracle *o, UChar32 c, UChar32 out[32]) {
    UChar in[2], folded[64];
    int32_t n_in, n_out;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF32(in, 2, &n_in, &c, 1, &status);
    int32_t n = unorm2_normalize(o->nfkc_cf, in, n_in, folded, 64, &status);
    u_strToUTF32(out, 32, &n_out, folded, n, &status);
    TEST_NEED(U_SUCCESS(status));
    return n_out;
}

/* The single code point that c folds to, or c. */
static UChar32 sign_of(const oracle *o, UChar32 c) {
    UChar32 folded[32];
    return fold_of(o, c, folded) == 1 ? folded[0] : c;
}

/* T10, of a code point that the rules gave no word: folds to something with a letter or number. */
static bool is_compat(const oracle *o, UChar32 c) {
    UChar32 folded[32];
    int32_t n = fold_of(o, c, folded);
    if (n == 1 && folded[0] == c) return false;
    for (int32_t i = 0; i < n; i++)
        if (U_GET_GC_MASK(folded[i]) & (U_GC_L_MASK | U_GC_N_MASK)) return true;
    return false;
}

/* Where a later ICU changed its mind about a character that UCD 15.0 has, the two cannot be
 * compared. */
bool oracle_knows(uint32_t cp) {
    static const uint8_t ours[U_WB_COUNT] = {
        [U_WB_ALETTER] = PRS_WB_LETTER,
        [U_WB_FORMAT] = PRS_WB_FORMAT,
        [U_WB_KATAKANA] = PRS_WB_KATAKANA,
        [U_WB_MIDLETTER] = PRS_WB_MIDLETTER,
        [U_WB_MIDNUM] = PRS_WB_MIDNUM,
        [U_WB_NUMERIC] = PRS_WB_NUMERIC,
        [U_WB_EXTENDNUMLET] = PRS_WB_EXTENDNUMLET,
        [U_WB_CR] = PRS_WB_CR,
        [U_WB_EXTEND] = PRS_WB_EXTEND,
        [U_WB_LF] = PRS_WB_LF,
        [U_WB_MIDNUMLET] = PRS_WB_MIDNUMLET,
        [U_WB_NEWLINE] = PRS_WB_NEWLINE,
        [U_WB_REGIONAL_INDICATOR] = PRS_WB_RI,
        [U_WB_HEBREW_LETTER] = PRS_WB_HEBREW,
        [U_WB_SINGLE_QUOTE] = PRS_WB_SQUOTE,
        [U_WB_DOUBLE_QUOTE] = PRS_WB_DQUOTE,
        [U_WB_ZWJ] = PRS_WB_ZWJ,
        [U_WB_WSEGSPACE] = PRS_WB_WSEGSPACE,
    };
    UChar32 c = (UChar32)cp;
    const prs_uc *uc = prs_unicode_get(cp);
    UVersionInfo age, pinned;
    if (c == 0x10ffff || c == KEYCAP_STAND_IN) return false; /* the rule source uses them */
    u_charAge(c, age);
    u_versionFromString(pinned, PRS_UCD_VERSION);
    if (memcmp(age, pinned, sizeof age) > 0) return false;
    int32_t wb = wb_of(c);
    bool is_sa = u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT &&
                 (U_GET_GC_MASK(c) & U_GC_L_MASK) != 0;
    return wb >= 0 && wb < (int32_t)PRS_COUNT(ours) && ours[wb] == uc->wb &&
           is(c, UCHAR_EXTENDED_PICTOGRAPHIC) == ((uc->flags & PRS_UC_PICT) != 0) &&
           is(c, UCHAR_EMOJI_PRESENTATION) == ((uc->flags & PRS_UC_EMOJI_PRES) != 0) &&
           is_sa == (uc->cls == PRS_CLASS_SA || uc->cls == PRS_CLASS_SA_AM);
}

/* ---- bytes -> segments ----------------------------------------------------------------------- */

static void decode(oracle *o, const uint8_t *text, uint32_t len) {
    o->n = 0;
    for (int32_t at = 0; at < (int32_t)len;) {
        UChar32 c;
        o->off[o->n] = (uint32_t)at;
        U8_NEXT(text, at, (int32_t)len, c);
        o->is_bad[o->n] = c < 0;
        o->cp[o->n++] = c < 0 ? 0xfffd : c;
    }
    o->off[o->n] = len;
    o->cp[o->n] = 0;
}

/* T9: is the cluster of base i shown as an emoji? */
static bool is_shown(const oracle *o, uint32_t i) {
    UChar32 c = o->cp[i], next = o->cp[i + 1];
    if (((c >= '0' && c <= '9') || c == '#' || c == '*') && i + 2 < o->n && next == 0xfe0f &&
        o->cp[i + 2] == 0x20e3)
        return true;
    if (!is(c, UCHAR_EXTENDED_PICTOGRAPHIC) || !is(c, UCHAR_EMOJI)) return false;
    if (c == 0xa9 || c == 0xae || c == 0x2122) return false;
    for (uint32_t k = i + 1; k < o->n && is_mark(o->cp[k]); k++)
        if (is(o->cp[k], UCHAR_EMOJI_MODIFIER)) return true;
    if (i + 1 < o->n && next == 0xfe0f) return true;
    return is(c, UCHAR_EMOJI_PRESENTATION) && !(i + 1 < o->n && next == 0xfe0e);
}

/* Step T9: letters, digits and compat signs that are shown as emoji are given as one. */
static UChar32 stand_in(const oracle *o, uint32_t i) {
    UChar32 c = o->cp[i];
    if (!o->options.emoji || !is_shown(o, i)) return c;
    if (!is(c, UCHAR_EXTENDED_PICTOGRAPHIC)) return KEYCAP_STAND_IN;
    return wb_of(c) != U_WB_OTHER || is_compat(o, c) ? PICT_STAND_IN : c;
}

static int32_t to_utf16(oracle *o) {
    int32_t n = 0;
    for (uint32_t i = 0; i < o->n; i++) {
        UChar unit[2];
        int32_t n_units;
        UErrorCode status = U_ZERO_ERROR;
        UChar32 c = stand_in(o, i);
        u_strFromUTF32(unit, 2, &n_units, &c, 1, &status);
        for (int32_t k = 0; k < n_units; k++) {
            o->of_utf16[n] = i;
            o->utf16[n++] = unit[k];
        }
    }
    o->of_utf16[n] = o->n;
    return n;
}

static bool is_run_type(uint8_t type) {
    return type == PRS_SURFACE_HAN || type == PRS_SURFACE_SA;
}

/* Is any element of an emoji sequence shown?  Regional indicators always are. */
static bool sequence_is_shown(const oracle *o, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++)
        if (!is_mark(o->cp[i]) && (wb_of(o->cp[i]) == U_WB_REGIONAL_INDICATOR || is_shown(o, i)))
            return true;
    return false;
}

static uint8_t type_of(const oracle *o, int32_t status, uint32_t from, uint32_t to) {
    if (status == 100) return PRS_SURFACE_WORD;
    if (status == 200) return PRS_SURFACE_HAN;
    if (status == 300) return PRS_SURFACE_SA;
    if (status == 400)
        return o->options.emoji && sequence_is_shown(o, from, to) ? PRS_SURFACE_EMOJI : 0;
    return !is_mark(o->cp[from]) && is_compat(o, o->cp[from]) ? PRS_SURFACE_COMPAT : 0; /* T10 */
}

static void segment(oracle *o) {
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = to_utf16(o);
    ubrk_setText(o->rules, o->utf16, n, &status);
    TEST_NEED(U_SUCCESS(status));
    o->n_tokens = 0;
    for (int32_t from = ubrk_first(o->rules), to; (to = ubrk_next(o->rules)) != UBRK_DONE;
         from = to) {
        token t = {.from = o->of_utf16[from], .to = o->of_utf16[to]};
        t.type = type_of(o, ubrk_getRuleStatus(o->rules), t.from, t.to);
        if (t.type != 0) o->tokens[o->n_tokens++] = t;
    }
}

/* ---- tokens -> surfaces ---------------------------------------------------------------------- */

static bool is_dot(const oracle *o, uint32_t i) {
    return i < o->n && sign_of(o, o->cp[i]) == '.' && !(i + 1 < o->n && is_mark(o->cp[i + 1]));
}

static bool dot_joins(const oracle *o, uint32_t left) {
    const token *a = &o->tokens[left], *b = a + 1;
    return left + 1 < o->n_tokens && a->type == PRS_SURFACE_WORD && b->type == PRS_SURFACE_WORD &&
           b->from == a->to + 1 && is_dot(o, a->to);
}

static bool is_single_letter(const oracle *o, const token *t) {
    for (uint32_t i = t->from + 1; i < t->to; i++)
        if (!is_mark(o->cp[i])) return false;
    return wb_of(o->cp[t->from]) != U_WB_NUMERIC;
}

/* Step T3: chains of words that single dots join, if all are single letters, are one token. */
static void merge_initials(oracle *o) {
    uint32_t n_kept = 0;
    for (uint32_t first = 0, last; first < o->n_tokens; first = last + 1) {
        bool all_single =
            o->tokens[first].type == PRS_SURFACE_WORD && is_single_letter(o, &o->tokens[first]);
        for (last = first; dot_joins(o, last); last++)
            all_single = all_single && is_single_letter(o, &o->tokens[last + 1]);
        token whole = o->tokens[first];
        whole.to = o->tokens[last].to;
        whole.is_initials = true;
        uint32_t room = o->off[whole.from] + o->options.max_token_bytes;
        if (last > first && all_single && o->off[whole.to] <= room) {
            if (is_dot(o, whole.to) && o->off[whole.to + 1] <= room) whole.to++;
            o->tokens[n_kept++] = whole;
        } else {
            for (uint32_t i = first; i <= last; i++) o->tokens[n_kept++] = o->tokens[i];
        }
    }
    o->n_tokens = n_kept;
}

static bool is_grouped(const oracle *o, const token *t) {
    static char shape[MAX + 1];
    uint32_t n = 0, i = 0, digits = 0, commas = 0;
    for (uint32_t k = t->from; k < t->to; k++) { /* d, l, comma, dot, x */
        int32_t wb = wb_of(o->cp[k]);
        UChar32 sign = sign_of(o, o->cp[k]);
        bool is_letter = wb == U_WB_ALETTER || wb == U_WB_HEBREW_LETTER;
        shape[n++] = wb == U_WB_NUMERIC           ? 'd'
                     : is_letter                  ? 'l'
                     : sign == ',' || sign == '.' ? (char)sign
                                                  : 'x';
    }
    shape[n] = '\0';
    for (; shape[i] == 'd' || shape[i] == ','; i++) { /* d{1,3} (, ddd)+ */
        if (shape[i] == 'd') {
            digits++;
        } else {
            if (commas == 0 ? digits < 1 || digits > 3 : digits != 3) return false;
            commas++;
            digits = 0;
        }
    }
    if (commas == 0 || digits != 3) return false;
    if (shape[i] == '.') i += 1 + (uint32_t)strspn(shape + i + 1, "d"); /* (. d+)? */
    if (shape[i] == 'l') i += (uint32_t)strspn(shape + i, "dl");        /* (l (d|l)*)? */
    return i == n;
}

static uint16_t flags_of(const oracle *o, const token *t) {
    uint32_t flags = PRS_SURFACE_ASCII;
    bool has_comma = false;
    for (uint32_t i = t->from; i < t->to; i++) {
        UChar32 c = o->cp[i];
        int32_t wb = wb_of(c);
        if (c >= 0x80) flags &= ~(uint32_t)PRS_SURFACE_ASCII;
        if (wb == U_WB_ALETTER || wb == U_WB_HEBREW_LETTER) flags |= PRS_SURFACE_LETTER;
        if (wb == U_WB_NUMERIC) flags |= PRS_SURFACE_DIGIT;
        if (wb == U_WB_NUMERIC && i == t->from) flags |= PRS_SURFACE_NUMBER;
        if (c == '\'' || c == 0x2018 || c == 0x2019 || c == 0x2bc || c == 0xff07)
            flags |= PRS_SURFACE_APOSTROPHE;
        if (c >= 'A' && c <= 'Z') flags |= PRS_SURFACE_UPPER;
        has_comma |= sign_of(o, c) == ',';
    }
    if (t->is_initials) flags |= PRS_SURFACE_INITIALS;
    if (has_comma && is_grouped(o, t)) flags |= PRS_SURFACE_GROUPED;
    return (uint16_t)flags;
}

static bool is_space(const oracle *o, uint32_t i) {
    UChar32 c = o->cp[i];
    return o->is_bad[i] || c == 0x200b || is(c, UCHAR_WHITE_SPACE) ||
           u_charType(c) == U_CONTROL_CHAR;
}

static UChar32 joiner_of(const oracle *o, uint32_t i) {
    if (o->is_bad[i]) return 0;
    UChar32 c = o->cp[i], sign = c == 0x2010 || c == 0x2011 ? '-' : sign_of(o, c);
    return sign == '-' || sign == '_' || sign == '.' || sign == '&' ? sign : 0;
}

/* ---- signs (T7, T8) -------------------------------------------------------------------------- */

static void find_lead(const oracle *o, const token *t, const token *prev, prs_surface *s) {
    if (t->from == 0 || (prev != NULL && prev->to == t->from)) return;
    UChar32 c = o->cp[t->from - 1], sign = sign_of(o, c);
    bool after_word = prev != NULL && prev->to == t->from - 1 && prev->type == PRS_SURFACE_WORD;
    if (sign == '.' && !after_word) s->lead = PRS_SIGN_DOT;
    if (sign == '#' && !after_word) s->lead = PRS_SIGN_HASH;
    if (sign == '@' && !after_word) s->lead = PRS_SIGN_AT;
    if (u_charType(c) == U_CURRENCY_SYMBOL && !is_compat(o, c) && (s->flags & PRS_SURFACE_NUMBER))
        s->lead = PRS_SIGN_CURRENCY;
    if (s->lead != PRS_SIGN_NONE) s->lead_start = o->off[t->from - 1];
}

static bool is_sign_at(const oracle *o, uint32_t i, UChar32 sign) {
    return i < o->n && sign_of(o, o->cp[i]) == sign && !(i + 1 < o->n && is_mark(o->cp[i + 1]));
}

static void find_trail(const oracle *o, const token *t, const token *next, prs_surface *s) {
    uint32_t i = t->to;
    if (i >= o->n || (next != NULL && next->from == i) || (i + 1 < o->n && is_mark(o->cp[i + 1])))
        return;
    UChar32 c = o->cp[i];
    bool is_number = s->flags & PRS_SURFACE_NUMBER;
    uint32_t end = i + 1;
    if (is_number && u_charType(c) == U_CURRENCY_SYMBOL) s->trail = PRS_SIGN_CURRENCY;
    if (is_number && (sign_of(o, c) == '%' || c == 0x2030)) s->trail = PRS_SIGN_PERCENT;
    bool word_at_1 = next != NULL && next->type == PRS_SURFACE_WORD && next->from == i + 1;
    bool word_at_2 = next != NULL && next->type == PRS_SURFACE_WORD && next->from == i + 2;
    if (is_sign_at(o, i, '#') && !word_at_1) s->trail = PRS_SIGN_HASH;
    if (is_sign_at(o, i, '+') && is_sign_at(o, i + 1, '+') && !word_at_2) {
        s->trail = PRS_SIGN_PLUS2;
        end = i + 2;
    }
    if (s->trail != PRS_SIGN_NONE) s->trail_end = o->off[end];
}

/* ---- cuts (T12) ------------------------------------------------------------------------------ */

/* The first piece of code points [from, to): its end; *next = the start of the next piece. */
static uint32_t piece_of(const oracle *o, uint32_t from, uint32_t to, uint32_t *next) {
    uint32_t limit = o->off[from] + o->options.max_token_bytes, best = from, end = from;
    *next = to;
    if (o->off[to] <= limit) return to;
    while (end < to) {
        do end++;
        while (end < to && is_mark(o->cp[end]));
        if (o->off[end] > limit) break;
        best = end;
    }
    *next = best > from ? best : end;
    if (best > from) return best;
    for (end = from; o->off[end + 1] <= limit;) end++;
    return end;
}

static void put_pieces(oracle *o, const token *t, const prs_surface *whole) {
    for (uint32_t from = t->from, next; from < t->to; from = next) {
        prs_surface *s = &o->surfaces[o->n_surfaces++];
        token piece = {.from = from, .type = t->type};
        piece.to = piece_of(o, from, t->to, &next);
        uint16_t flags = t->type == PRS_SURFACE_WORD ? flags_of(o, &piece) : 0;
        *s = *whole;
        s->flags = PRS_SURFACE_CUT | (flags & (uint16_t)~PRS_SURFACE_GROUPED);
        if (from == t->from) s->flags |= whole->flags & PRS_SURFACE_SPACE_BEFORE;
        if (from != t->from) s->join = 0;
        s->start = s->lead_start = o->off[from];
        s->end = s->trail_end = o->off[piece.to];
        s->lead = s->trail = PRS_SIGN_NONE;
    }
}

static uint16_t gap_flags(const oracle *o, const token *t, const token *prev, const token *next) {
    uint32_t flags = prev == NULL ? PRS_SURFACE_SPACE_BEFORE : 0;
    for (uint32_t i = prev == NULL ? 0 : prev->to; i < t->from; i++)
        if (is_space(o, i)) flags |= PRS_SURFACE_SPACE_BEFORE;
    if (is_run_type(t->type)) {
        if (prev == NULL || prev->to != t->from || prev->type != t->type)
            flags |= PRS_SURFACE_RUN_START;
        if (next == NULL || next->from != t->to || next->type != t->type)
            flags |= PRS_SURFACE_RUN_END;
    }
    return (uint16_t)flags;
}

static void put_token(oracle *o, uint32_t i) {
    const token *t = &o->tokens[i], *prev = i > 0 ? t - 1 : NULL;
    const token *next = i + 1 < o->n_tokens ? t + 1 : NULL;
    prs_surface s = {.start = o->off[t->from], .end = o->off[t->to], .type = t->type};
    uint32_t ignored;
    s.lead_start = s.start;
    s.trail_end = s.end;
    s.flags = gap_flags(o, t, prev, next);
    if (t->type == PRS_SURFACE_WORD) s.flags |= flags_of(o, t);
    if (prev != NULL && prev->to + 1 == t->from) s.join = (uint8_t)joiner_of(o, prev->to);
    bool is_long = s.end - s.start > o->options.max_token_bytes;
    if (is_long && (t->type == PRS_SURFACE_WORD || t->type == PRS_SURFACE_EMOJI)) {
        put_pieces(o, t, &s);
        return;
    }
    if (is_long) s.end = s.trail_end = o->off[piece_of(o, t->from, t->to, &ignored)];
    if (t->type == PRS_SURFACE_WORD && o->options.sigils) {
        find_lead(o, t, prev, &s);
        find_trail(o, t, next, &s);
    }
    o->surfaces[o->n_surfaces++] = s;
}

/* ---- the oracle ------------------------------------------------------------------------------ */

static char *replace(const char *text, const char *mark, const char *by) {
    const char *at = strstr(text, mark);
    while (at != NULL && strstr(at + 1, mark) != NULL) at = strstr(at + 1, mark); /* the last one */
    TEST_NEED(at != NULL);
    size_t n = strlen(text) + strlen(by) + 1, head = (size_t)(at - text);
    char *out = malloc(n);
    TEST_NEED(out != NULL);
    memcpy(out, text, head);
    memcpy(out + head, by, strlen(by));
    memcpy(out + head + strlen(by), at + strlen(mark), strlen(at + strlen(mark)) + 1);
    return out;
}

oracle *oracle_new(const char *rules, const prs_scan_options *options) {
    oracle *o = calloc(1, sizeof *o);
    TEST_NEED(o != NULL);
    o->options = *options;
    char *source =
        replace(rules, "@HANGUL_WORD@", options->hangul_word ? "\\p{Script=Hangul}" : "");
    static UChar wide[16384];
    int32_t n;
    UErrorCode status = U_ZERO_ERROR;
    UParseError where;
    u_strFromUTF8(wide, PRS_COUNT(wide), &n, source, -1, &status);
    TEST_NEED(U_SUCCESS(status));
    o->rules = ubrk_openRules(wide, n, NULL, 0, &where, &status);
    ck_assert_msg(U_SUCCESS(status), "rule source, line %d: %s", where.line, u_errorName(status));
    o->nfkc_cf = unorm2_getNFKCCasefoldInstance(&status);
    TEST_NEED(U_SUCCESS(status));
    free(source);
    return o;
}

void oracle_free(oracle *o) {
    ubrk_close(o->rules);
    free(o);
}

const prs_surface *oracle_run(oracle *o, const uint8_t *text, uint32_t len, uint32_t *n,
                              uint64_t *n_bad) {
    TEST_NEED(len <= MAX);
    decode(o, text, len);
    segment(o);
    merge_initials(o);
    o->n_surfaces = 0;
    for (uint32_t i = 0; i < o->n_tokens; i++) put_token(o, i);
    *n_bad = 0;
    for (uint32_t i = 0; i < o->n; i++) *n_bad += o->is_bad[i];
    *n = o->n_surfaces;
    return o->surfaces;
}
