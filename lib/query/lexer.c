/* lexer.c - which characters of a query text are operators here, and which are text?
 *
 *     +title:(foo* "b c"~2^1.5) -x?
 *     |  |   | |     |       |  | |
 *     |  |   | |     |       |  | WORD, with a note: a ? at the end of a word is a question mark
 *     |  |   | |     |       |  NOT: a sign at the start of a word
 *     |  |   | |     |       CLOSE
 *     |  |   | |     PHRASE with its suffixes
 *     |  |   | PREFIX
 *     |  |   OPEN
 *     |  FIELD: a name of the schema that touches its target
 *     MUST
 *
 * Rules       A word goes on to white space, a parenthesis or a quote; a backslash takes the
 *             meaning of the next character. Full-width twins are looked up in look() and nowhere
 *             else, so that they mean the same everywhere. A quote that is never closed is text. A
 *             form that this version does not have is taken out whole, with a note.
 * Deviation   "?" beside a letter is a wildcard only before the last letter or digit of the word:
 *             people end questions with a question mark more often than they search for a last
 *             letter.
 * Linear      A word is scanned at most three times. Closing quotes are looked for ahead; a search
 *             that finds one is paid by the phrase, one that fails is not repeated (no_quote,
 *             no_corner). Ranges are read by range_text.c.
 * Source      The query language of psearch-query(7).
 * Tested by   tests/unit/query/test_lexer.c, test_parser.c */
#include "query/lexer.h"

#include "analysis/unicode.h"
#include "analysis/utf8.h"
#include "query/build.h"

#define NOWHERE UINT32_MAX
#define END_OF_TEXT UINT32_MAX
#define CORNER_OPEN 0x300cu
#define CORNER_CLOSE 0x300du
/* an exact double, and so is its quotient by a power of ten: one rounding */
#define MAX_NUMBER_DIGITS 15u

/* ---- characters --------------------------------------------------------------------------- */

static bool is_space(uint32_t cp) {
    return cp <= 0x20 || cp == 0x7f || (cp >= 0x80 && cp <= 0xa0) || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200b) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f ||
           cp == 0x205f || cp == 0x3000;
}

/* The character at a byte, as its ASCII twin if it has one, any white space as ' '; *n = its
 * bytes. */
static uint32_t look(const prs_lexer *lx, uint32_t at, uint32_t *n) {
    *n = 0;
    if (at >= lx->len) return END_OF_TEXT;
    const uint8_t *p = (const uint8_t *)lx->text + at;
    uint32_t cp = prs_utf8_decode(p, (const uint8_t *)lx->text + lx->len, n);
    switch (cp) {
    case PRS_UTF8_BAD: return 0xfffd;
    case 0x201c:
    case 0x201d:
    case 0xff02: return '"';
    case 0xff08: return '(';
    case 0xff09: return ')';
    case 0xff1a: return ':';
    case 0xff0b: return '+';
    case 0xff0d: return '-';
    default: return is_space(cp) ? ' ' : cp;
    }
}

static bool is_alnum(uint32_t cp) {
    if (cp == END_OF_TEXT) return false;
    switch ((prs_class)prs_unicode_get(cp)->cls) {
    case PRS_CLASS_LETTER:
    case PRS_CLASS_HEBREW:
    case PRS_CLASS_DIGIT:
    case PRS_CLASS_HAN:
    case PRS_CLASS_HANGUL:
    case PRS_CLASS_JAMO_L:
    case PRS_CLASS_JAMO_V:
    case PRS_CLASS_JAMO_T:
    case PRS_CLASS_HANGUL_LV:
    case PRS_CLASS_HANGUL_LVT:
    case PRS_CLASS_SA:
    case PRS_CLASS_COMPAT: return true;
    default: return false;
    }
}

static bool is_quote(uint32_t c) {
    return c == '"' || c == CORNER_OPEN;
}

static bool ends_clause(uint32_t c) {
    return c == END_OF_TEXT || c == ' ' || c == ')';
}

static bool is_sign(uint32_t c) {
    return c == '+' || c == '-';
}

void prs_lexer_init(prs_lexer *lexer, const char *text, size_t len, const prism_schema *schema,
                    const prs_notes *notes) {
    PRS_ASSERT(len <= PRISM_MAX_QUERY_BYTES);
    memset(lexer, 0, sizeof *lexer);
    lexer->text = text;
    lexer->len = (uint32_t)len;
    lexer->schema = schema;
    lexer->notes = notes;
    lexer->before = PRS_LEX_OPEN;
}

/* ---- scanning ahead ----------------------------------------------------------------------- */

/* Bytes of the character behind a backslash. */
static uint32_t escaped_len(const prs_lexer *lx, uint32_t at) {
    uint32_t n;
    look(lx, at, &n);
    return n;
}

/* Where the quote that opens at `at` is closed, NOWHERE if it is not: told once for each kind of
 * quote. */
static prism_status find_close(prs_lexer *lx, uint32_t at, uint32_t *close) {
    uint32_t n, c = look(lx, at, &n), open = at;
    bool *none = c == CORNER_OPEN ? &lx->no_corner : &lx->no_quote;
    uint32_t wanted = c == CORNER_OPEN ? CORNER_CLOSE : '"';
    *close = NOWHERE;
    if (*none) return PRISM_OK;
    for (at += n; at < lx->len; at += n) {
        c = look(lx, at, &n);
        if (c == wanted) {
            *close = at;
            return PRISM_OK;
        }
        if (c == '\\') n += escaped_len(lx, at + n);
    }
    *none = true;
    return prs_note(lx->notes, open, "a quote is never closed: taken as text");
}

/* The end of the word that begins at `at`. */
static prism_status find_word_end(prs_lexer *lx, uint32_t at, uint32_t *end) {
    for (uint32_t n; at < lx->len; at += n) {
        uint32_t c = look(lx, at, &n);
        if (c == ' ' || c == '(' || c == ')') break;
        if (c == '\\') {
            n += escaped_len(lx, at + n);
        } else if (is_quote(c)) {
            uint32_t close;
            PRS_TRY(find_close(lx, at, &close));
            if (close != NOWHERE) break;
        }
    }
    *end = PRS_MIN(at, lx->len);
    return PRISM_OK;
}

/* Last place in [from, to) of an ASCII character that no backslash protects, or NOWHERE. */
static uint32_t last_unescaped(const prs_lexer *lx, uint32_t from, uint32_t to, char c) {
    uint32_t found = NOWHERE;
    for (uint32_t at = from; at < to; at++) {
        if (lx->text[at] == '\\')
            at++;
        else if (lx->text[at] == c)
            found = at;
    }
    return found;
}

static bool is_digit(const prs_lexer *lx, uint32_t at, uint32_t to) {
    return at < to && lx->text[at] >= '0' && lx->text[at] <= '9';
}

/* digits, digits.digits or .digits that fills [from, to). */
static bool read_number(const prs_lexer *lx, uint32_t from, uint32_t to, double *out) {
    uint64_t digits = 0, scale = 1;
    uint32_t n = 0, at = from;
    for (; is_digit(lx, at, to) && n < MAX_NUMBER_DIGITS; at++, n++) {
        digits = digits * 10 + (uint64_t)(lx->text[at] - '0');
    }
    if (at < to && lx->text[at] == '.') {
        for (at++; is_digit(lx, at, to) && n < MAX_NUMBER_DIGITS; at++, n++) {
            digits = digits * 10 + (uint64_t)(lx->text[at] - '0');
            scale *= 10;
        }
    }
    *out = (double)digits / (double)scale;
    return n > 0 && at == to;
}

/* ^number in [caret, to): sets the boost, or tells why not. */
static prism_status read_boost(const prs_lexer *lx, uint32_t caret, uint32_t to, prs_lexeme *out) {
    double boost;
    if (!read_number(lx, caret + 1, to, &boost)) {
        return prs_note(lx->notes, caret, "^ is not followed by a number: taken as text");
    }
    if (boost > PRS_MAX_BOOST) {
        return prs_note(lx->notes, caret, "a boost is at most %d: taken as text",
                        (int)PRS_MAX_BOOST);
    }
    out->boost = boost;
    out->boosted = true;
    return PRISM_OK;
}

/* ---- suffixes of quotes and parentheses --------------------------------------------------- */

/* End of the run of digits and dots from `at`. */
static uint32_t number_end(const prs_lexer *lx, uint32_t at) {
    while (is_digit(lx, at, lx->len) || (at < lx->len && lx->text[at] == '.')) at++;
    return at;
}

static prism_status take_slop(prs_lexer *lx, prs_lexeme *out) {
    uint32_t tilde = lx->at++, n = 0;
    for (; is_digit(lx, lx->at, lx->len); lx->at++) {
        n = PRS_MIN(n * 10 + (uint32_t)(lx->text[lx->at] - '0'), PRISM_MAX_DOC_TOKENS);
        out->near = true;
    }
    out->slop = n;
    if (!out->near) return prs_note(lx->notes, tilde, "~ after a quote needs a number: ignored");
    return PRISM_OK;
}

/* * ~n ^n, in this order, where they stand; lx->at is behind the closing character. */
static prism_status take_suffixes(prs_lexer *lx, prs_lexeme *out) {
    bool is_phrase = out->kind == PRS_LEX_PHRASE;
    if (is_phrase && lx->at < lx->len && lx->text[lx->at] == '*') {
        lx->at++;
        out->prefix_last = true;
    }
    if (is_phrase && lx->at < lx->len && lx->text[lx->at] == '~') PRS_TRY(take_slop(lx, out));
    if (lx->at < lx->len && lx->text[lx->at] == '^') {
        uint32_t caret = lx->at, end = number_end(lx, caret + 1);
        PRS_TRY(read_boost(lx, caret, end, out));
        lx->at = out->boosted ? end : caret + 1;
    }
    out->end = lx->at;
    return PRISM_OK;
}

static prism_status take_phrase(prs_lexer *lx, uint32_t quote_len, uint32_t close,
                                prs_lexeme *out) {
    uint32_t n;
    look(lx, close, &n);
    out->kind = PRS_LEX_PHRASE;
    out->from = lx->at + quote_len;
    out->to = close;
    lx->at = close + n;
    return take_suffixes(lx, out);
}

/* ---- wildcards ---------------------------------------------------------------------------- */

typedef struct stars {
    uint32_t n_operators;
    uint32_t first, last; /* of the operators */
    uint32_t first_text;  /* the first * or ? that is none, or NOWHERE */
} stars;

/* Byte behind the last letter or digit of [from, to). */
static uint32_t last_alnum(const prs_lexer *lx, uint32_t from, uint32_t to) {
    uint32_t last = from;
    for (uint32_t n, at = from; at < to; at += n) {
        if (is_alnum(look(lx, at, &n))) last = at + n;
    }
    return last;
}

static stars count_stars(const prs_lexer *lx, uint32_t from, uint32_t to) {
    stars s = {0, NOWHERE, NOWHERE, NOWHERE};
    uint32_t core = last_alnum(lx, from, to), n;
    bool after_alnum = false;
    for (uint32_t at = from; at < to; at += n) {
        uint32_t c = look(lx, at, &n), ignored;
        if (c == '\\') {
            c = look(lx, at + n, &ignored);
            n += ignored;
            after_alnum = is_alnum(c);
            continue;
        }
        if (c == '*' || c == '?') {
            bool beside = after_alnum || (at + 1 < to && is_alnum(look(lx, at + 1, &ignored)));
            if (beside && (c == '*' || at < core)) {
                if (s.n_operators++ == 0) s.first = at;
                s.last = at;
            } else if (s.first_text == NOWHERE) {
                s.first_text = at;
            }
        }
        after_alnum = is_alnum(c);
    }
    return s;
}

/* Could the word be a pattern of one term?  Not with a slash or an equals sign in it: then it is an
 * address or a formula, and its question mark is one. */
static bool is_pattern(const prs_lexer *lx, uint32_t from, uint32_t to) {
    for (uint32_t at = from; at < to; at++) {
        char c = lx->text[at];
        if (c == '\\')
            at++;
        else if (strchr("*?-_.'", c) == NULL && (uint8_t)c < 0x80 && !is_alnum((uint8_t)c))
            return false;
    }
    return true;
}

/* Is the word, or its beginning, all there is?  Or does it hold a form that we do not have? */
static prism_status take_stars(prs_lexer *lx, prs_lexeme *out) {
    stars s = count_stars(lx, out->from, out->to);
    if (s.n_operators == 1 && s.last + 1 == out->to && lx->text[s.last] == '*' &&
        s.last > out->from) {
        out->kind = PRS_LEX_PREFIX;
        out->to = s.last;
    } else if (s.n_operators > 0 && is_pattern(lx, out->from, out->to)) {
        out->kind = PRS_LEX_DROPPED;
        return prs_note(lx->notes, out->at,
                        "a wildcard inside a word is not in this version: left out");
    } else if (s.n_operators > 0) {
        s.first_text = PRS_MIN(s.first_text, s.first);
    }
    if (s.first_text == NOWHERE) return PRISM_OK;
    return prs_note(lx->notes, s.first_text,
                    "%c is an operator only inside or beside a word: taken as text",
                    lx->text[s.first_text]);
}

/* ---- words -------------------------------------------------------------------------------- */

static bool is_name(const prs_lexer *lx, uint32_t from, uint32_t to) {
    for (uint32_t at = from; at < to; at++) {
        char c = lx->text[at];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
        bool inner = at > from && ((c >= '0' && c <= '9') || c == '-');
        if (!letter && !inner) return false;
    }
    return to > from && to - from <= PRS_SCHEMA_MAX_NAME;
}

/* The field of a word [at, end) that begins with "name:", if it is one that touches its target. */
static prism_status take_field(prs_lexer *lx, uint32_t end, prs_lexeme *out) {
    uint32_t at = lx->at, n = 0;
    while (at < end && look(lx, at, &n) != ':') at += n;
    if (at >= end || !is_name(lx, lx->at, at)) return PRISM_OK;
    const prs_field *field = prs_schema_field(lx->schema, lx->text + lx->at, at - lx->at);
    int name_len = (int)(at - lx->at);
    if (field == NULL) {
        return prs_note(lx->notes, lx->at, "there is no field %.*s: taken as text", name_len,
                        lx->text + lx->at);
    }
    uint32_t target = at + n;
    if (ends_clause(look(lx, target, &n))) {
        return prs_note(lx->notes, lx->at, "nothing stands behind %.*s: taken as text", name_len,
                        lx->text + lx->at);
    }
    out->kind = PRS_LEX_FIELD;
    out->field = field;
    out->end = lx->at = target;
    return PRISM_OK;
}

static bool equals(const prs_lexer *lx, uint32_t from, uint32_t to, const char *word) {
    return to - from == strlen(word) && memcmp(lx->text + from, word, to - from) == 0;
}

static prs_lexeme_kind keyword(const prs_lexer *lx, uint32_t from, uint32_t to) {
    if (equals(lx, from, to, "AND")) return PRS_LEX_AND;
    if (equals(lx, from, to, "OR")) return PRS_LEX_OR;
    return equals(lx, from, to, "NOT") ? PRS_LEX_NOT : PRS_LEX_END;
}

static bool is_everything(const prs_lexer *lx, uint32_t from, uint32_t to) {
    uint32_t n;
    return to - from >= 3 && lx->text[from] == '*' && look(lx, from + 1, &n) == ':' &&
           from + n + 2 == to && lx->text[to - 1] == '*';
}

/* /.../ without a slash inside. */
static bool is_regex(const prs_lexer *lx, uint32_t from, uint32_t to) {
    if (to - from < 3 || lx->text[from] != '/' || lx->text[to - 1] != '/') return false;
    return last_unescaped(lx, from + 1, to, '/') == to - 1 &&
           last_unescaped(lx, from + 1, to - 1, '/') == NOWHERE;
}

/* letters~ or letters~2 */
static bool is_fuzzy(const prs_lexer *lx, uint32_t from, uint32_t to) {
    uint32_t tilde = last_unescaped(lx, from, to, '~'), at = tilde, n;
    if (tilde == NOWHERE || tilde == from) return false;
    for (at++; at < to; at++) {
        if (!is_digit(lx, at, to)) return false;
    }
    at = tilde - 1;
    while (at > from && ((uint8_t)lx->text[at] & 0xc0) == 0x80) at--;
    return is_alnum(look(lx, at, &n));
}

static prism_status drop(prs_lexer *lx, prs_lexeme *out, const char *form) {
    out->kind = PRS_LEX_DROPPED;
    return prs_note(lx->notes, out->at, "%s is not in this version: left out", form);
}

/* [a TO b] or >=a: up to its end, with what follows it.  Anything else that begins so is text. */
static prism_status take_range(prs_lexer *lx, uint32_t word_end, prs_lexeme *out) {
    uint32_t caret = last_unescaped(lx, lx->at, word_end, '^');
    if (!prs_range_text_read(lx->text, lx->len, lx->at, PRS_MIN(caret, word_end), &out->range)) {
        return prs_note(lx->notes, out->at, "a range is written [from TO to]: taken as text");
    }
    out->kind = PRS_LEX_RANGE;
    lx->at = out->range.end;
    return take_suffixes(lx, out);
}

/* Operators of other languages, which here are signs without a meaning. */
static prism_status note_foreign(const prs_lexer *lx, const prs_lexeme *word) {
    bool is_and = equals(lx, word->from, word->to, "&&");
    if (!is_and && !equals(lx, word->from, word->to, "||")) return PRISM_OK;
    return prs_note(lx->notes, word->at, "this is not an operator, %s is: ignored",
                    is_and ? "AND" : "OR");
}

static prism_status take_forms(prs_lexer *lx, bool after_field, prs_lexeme *out) {
    uint32_t caret = last_unescaped(lx, out->from, out->to, '^');
    if (caret != NOWHERE) {
        if (caret > out->from)
            PRS_TRY(read_boost(lx, caret, out->to, out));
        else
            PRS_TRY(prs_note(lx->notes, caret, "^ stands behind nothing: taken as text"));
        if (out->boosted) out->to = caret;
    }
    if (after_field && equals(lx, out->from, out->to, "*")) {
        out->kind = PRS_LEX_EXISTS;
        return PRISM_OK;
    }
    if (is_everything(lx, out->from, out->to)) {
        out->kind = PRS_LEX_ALL;
        return PRISM_OK;
    }
    if (is_regex(lx, out->from, out->to)) return drop(lx, out, "a regular expression");
    if (is_fuzzy(lx, out->from, out->to)) return drop(lx, out, "a fuzzy word");
    PRS_TRY(take_stars(lx, out));
    PRS_TRY(note_foreign(lx, out));
    uint32_t slashes = 0;
    while (out->to == lx->len && slashes < out->to - out->from &&
           lx->text[out->to - 1 - slashes] == '\\')
        slashes++;
    if (slashes % 2 == 0) return PRISM_OK;
    return prs_note(lx->notes, out->to - 1, "a \\ at the end is taken as text");
}

/* May a value of the field begin with a sign? */
static bool is_number(const prs_field *field) {
    return field->type != PRISM_FIELD_TEXT && field->type != PRISM_FIELD_KEYWORD;
}

static prism_status take_word(prs_lexer *lx, bool after_sign, bool may_sign, prs_lexeme *out) {
    bool after_field = lx->before == PRS_LEX_FIELD;
    uint32_t end, n;
    PRS_TRY(find_word_end(lx, lx->at, &end));
    uint32_t first = look(lx, lx->at, &n);
    if (!after_field) {
        PRS_TRY(take_field(lx, end, out));
        if (out->kind == PRS_LEX_FIELD) return PRISM_OK;
    }
    if ((after_field || lx->values) && prs_range_text_begins(lx->text, lx->len, lx->at)) {
        PRS_TRY(take_range(lx, end, out));
        if (out->kind == PRS_LEX_RANGE) return PRISM_OK;
    }
    if (is_sign(first) && !may_sign && !(after_field && is_number(lx->field))) {
        PRS_TRY(prs_note(lx->notes, lx->at,
                         "%c is an operator only at the start of a word: taken as text",
                         (char)first));
    }
    out->from = lx->at;
    out->to = out->end = lx->at = end;
    prs_lexeme_kind word =
        after_field || after_sign ? PRS_LEX_END : keyword(lx, out->from, out->to);
    if (word != PRS_LEX_END) {
        out->kind = word;
        out->from = out->to;
        return PRISM_OK;
    }
    out->kind = PRS_LEX_WORD;
    return take_forms(lx, after_field, out);
}

/* ---- one lexeme --------------------------------------------------------------------------- */

/* A sign at the start of a word.  Signs with nothing behind them are text that says nothing:
 * skipped, with a note, and out->kind stays END. */
static prism_status take_sign(prs_lexer *lx, uint32_t sign, uint32_t n, prs_lexeme *out) {
    uint32_t behind = lx->at + n, size, c;
    while (is_sign(c = look(lx, behind, &size))) behind += size;
    if (!ends_clause(c)) {
        out->kind = sign == '+' ? PRS_LEX_MUST : PRS_LEX_NOT;
        out->end = lx->at += n;
        return PRISM_OK;
    }
    uint32_t at = lx->at;
    lx->at = behind;
    return prs_note(lx->notes, at, "%c stands before nothing: ignored", (char)sign);
}

static prism_status next_lexeme(prs_lexer *lx, prs_lexeme *out) {
    uint32_t n, c = look(lx, lx->at, &n), start = lx->at;
    while (c == ' ') {
        lx->at += n;
        c = look(lx, lx->at, &n);
    }
    memset(out, 0, sizeof *out);
    out->at = out->end = lx->at;
    out->boost = 1.0;
    if (c == END_OF_TEXT) return PRISM_OK;
    if (c == '(' || c == ')') {
        out->kind = c == '(' ? PRS_LEX_OPEN : PRS_LEX_CLOSE;
        out->end = lx->at += n;
        return c == '(' ? PRISM_OK : take_suffixes(lx, out);
    }
    if (is_quote(c)) {
        uint32_t close;
        PRS_TRY(find_close(lx, lx->at, &close));
        if (close != NOWHERE) return take_phrase(lx, n, close, out);
    }
    bool spaced = start == 0 || lx->at > start;
    bool after_sign = !spaced && (lx->before == PRS_LEX_MUST || lx->before == PRS_LEX_NOT);
    bool may_sign = spaced || lx->before == PRS_LEX_OPEN;
    if (is_sign(c) && may_sign && lx->before != PRS_LEX_FIELD) return take_sign(lx, c, n, out);
    return take_word(lx, after_sign, may_sign, out);
}

prism_status prs_lexer_next(prs_lexer *lexer, prs_lexeme *out) {
    do { /* signs before nothing are stepped over */
        PRS_TRY(next_lexeme(lexer, out));
    } while (out->kind == PRS_LEX_END && lexer->at < lexer->len);
    lexer->before = out->kind;
    if (out->kind == PRS_LEX_FIELD) lexer->field = out->field;
    return PRISM_OK;
}

void prs_lexer_set_values(prs_lexer *lexer, bool values) {
    lexer->values = values;
}

size_t prs_lexer_unescape(const prs_lexer *lexer, const prs_lexeme *lexeme, char *out) {
    size_t n = 0;
    for (uint32_t at = lexeme->from; at < lexeme->to; at++) {
        if (lexer->text[at] == '\\' && at + 1 < lexeme->to) at++;
        out[n++] = lexer->text[at];
    }
    return n;
}
