/* range_text.c - where does a range end in a query text, and what are its ends?
 *
 *     [2025-01 TO "2025-02-01 10:00"}      >=5      <"2025-02-01 10:00"
 *      |       |   |                |      | |
 *      |       |   to, in quotes    |      | to the end of the word
 *      from    TO between spaces    a brace leaves its end out
 *
 * Rules    Each value is all that stands between a bracket and TO, without the spaces around it; in
 *          quotes it may hold brackets and TO itself.  A backslash protects the next character.
 *          Every ASCII character may be its full-width twin: IMEs write ［ ］ ＞ ＝ and ＊.
 * Linear   Brackets do not nest, so the search for the closing one ends at the next bracket of any
 *          kind; a quote that is not closed within 4 KiB is text.
 * Tested by tests/unit/query/test_range_text.c, test_parser.c */
#include "query/range_text.h"

#include "analysis/utf8.h"

#define FULL_WIDTH_FIRST 0xff01u /* ！ to ～ are the twins of 0x21 to 0x7e */
#define FULL_WIDTH_LAST 0xff5eu
#define NOTHING 0u        /* no character: the end */
#define MOST_QUOTED 4096u /* bytes of a value in quotes */

typedef struct reader {
    const char *text;
    uint32_t len;
} reader;

/* ---- characters --------------------------------------------------------------------------- */

static uint32_t twin(uint32_t cp) {
    if (cp >= FULL_WIDTH_FIRST && cp <= FULL_WIDTH_LAST) return cp - FULL_WIDTH_FIRST + 0x21;
    return cp == 0x3000 || cp == 0xa0 || cp < 0x20 ? ' ' : cp;
}

/* The character at a byte as its ASCII twin; *n = its bytes. */
static uint32_t look(const reader *r, uint32_t at, uint32_t *n) {
    *n = 0;
    if (at >= r->len) return NOTHING;
    const uint8_t *p = (const uint8_t *)r->text;
    uint32_t cp = prs_utf8_decode(p + at, p + r->len, n);
    return cp == PRS_UTF8_BAD ? 0xfffd : twin(cp);
}

/* The character that closes a quote which this one opens, or NOTHING. */
static uint32_t closing_of(uint32_t c) {
    switch (c) {
    case '"':
    case 0x201d: return '"';
    case 0x201c: return 0x201d;
    case 0x300c: return 0x300d;
    default: return NOTHING;
    }
}

static bool closes(uint32_t c, uint32_t wanted) {
    return c == wanted || (c == 0x201d && wanted == '"') || (c == '"' && wanted == 0x201d);
}

/* Behind the quoted text that begins at `at`, or `at` if none does before `limit`. */
static uint32_t skip_quoted(const reader *r, uint32_t at, uint32_t limit, uint32_t *close) {
    uint32_t n, wanted = closing_of(look(r, at, &n));
    if (wanted == NOTHING) return at;
    if (limit - at > MOST_QUOTED) limit = at + MOST_QUOTED;
    for (uint32_t i = at + n; i < limit; i += n) {
        uint32_t c = look(r, i, &n), ignored;
        if (closes(c, wanted)) {
            *close = i;
            return i + n;
        }
        if (c == '\\') {
            look(r, i + n, &ignored);
            n += ignored;
        }
    }
    return at;
}

/* ---- values ------------------------------------------------------------------------------- */

/* What stands in [at, end), less spaces and quotes around it. */
static prs_range_mark read_mark(const reader *r, uint32_t at, uint32_t end, bool excluded) {
    uint32_t n, close, last = at, c;
    while (at < end && look(r, at, &n) == ' ') at += n;
    for (uint32_t i = at; i < end; i += n) {
        c = look(r, i, &n);
        if (c != ' ') last = i + n;
    }
    prs_range_mark mark = {at, PRS_MAX(at, PRS_MIN(last, end)), false, excluded};
    c = look(r, at, &n);
    mark.open = c == '*' && mark.end == at + n;
    if (mark.end > at && skip_quoted(r, at, mark.end, &close) == mark.end) {
        mark.at = at + n;
        mark.end = close;
    }
    return mark;
}

/* Bytes of the spaces at `at`. */
static uint32_t count_spaces(const reader *r, uint32_t at) {
    uint32_t n, start = at;
    while (look(r, at, &n) == ' ') at += n;
    return at - start;
}

/* Bytes of "TO " at `at`, or 0. */
static uint32_t read_to(const reader *r, uint32_t at) {
    static const char wanted[] = "TO ";
    uint32_t n, i = at;
    for (const char *w = wanted; *w != '\0'; w++, i += n) {
        if (look(r, i, &n) != (uint32_t)*w) return 0;
    }
    return i - at;
}

static bool is_bracket(uint32_t c) {
    return c == '[' || c == ']' || c == '{' || c == '}';
}

typedef struct parts {
    uint32_t to, to_len; /* TO and the spaces around it; to_len 0: there is none */
    uint32_t close;      /* the closing bracket */
} parts;

/* The bytes of what stands at `at` in brackets: a quoted value, an escaped character, spaces, with
 * TO or without. */
static uint32_t step(const reader *r, uint32_t at, bool value_begins, parts *found) {
    uint32_t n, more, close, c = look(r, at, &n);
    if (value_begins) {
        uint32_t behind = skip_quoted(r, at, r->len, &close);
        if (behind > at) return behind - at;
    }
    if (c == '\\') {
        look(r, at + n, &more);
        return n + more;
    }
    if (c != ' ') return n;
    n = count_spaces(r, at);
    more = found->to_len == 0 ? read_to(r, at + n) : 0;
    if (more > 0) {
        found->to = at;
        found->to_len = n + more;
    }
    return n + more;
}

/* The first closing bracket from `at` on, and the first TO before it. */
static bool find_parts(const reader *r, uint32_t at, parts *found) {
    bool value_begins = true;
    memset(found, 0, sizeof *found);
    while (at < r->len) {
        uint32_t n, c = look(r, at, &n), had_to = found->to_len;
        if (is_bracket(c)) {
            found->close = at;
            return found->to_len > 0 && (c == ']' || c == '}');
        }
        at += step(r, at, value_begins, found);
        value_begins = (value_begins && c == ' ') || had_to != found->to_len;
    }
    return false;
}

static bool read_brackets(const reader *r, uint32_t at, prs_range_text *out) {
    uint32_t n, first = look(r, at, &n);
    parts found;
    if (!find_parts(r, at + n, &found)) return false;
    out->from = read_mark(r, at + n, found.to, first == '{');
    uint32_t last = look(r, found.close, &n);
    out->to = read_mark(r, found.to + found.to_len, found.close, last == '}');
    out->end = found.close + n;
    out->whole = true;
    return true;
}

/* ---- comparisons -------------------------------------------------------------------------- */

/* > >= < <= and the signs for two of them; *n = its bytes. */
static bool read_operator(const reader *r, uint32_t at, uint32_t *n, bool *greater, bool *equal) {
    uint32_t more, c = look(r, at, n);
    *greater = c == '>' || c == 0x2265;
    *equal = c == 0x2265 || c == 0x2264;
    if (!*greater && c != '<' && c != 0x2264) return false;
    if (!*equal && look(r, at + *n, &more) == '=') {
        *equal = true;
        *n += more;
    }
    return true;
}

static bool read_comparison(const reader *r, uint32_t at, uint32_t word_end, prs_range_text *out) {
    uint32_t n, close;
    bool greater, equal;
    if (!read_operator(r, at, &n, &greater, &equal)) return false;
    uint32_t value = at + n, behind = skip_quoted(r, value, r->len, &close);
    out->whole = behind > value;
    out->end = out->whole ? behind : PRS_MAX(word_end, value);
    prs_range_mark mark = read_mark(r, value, out->end, !equal), none = {value, value, true, false};
    mark.open = false; /* ">*" says nothing */
    out->from = greater ? mark : none;
    out->to = greater ? none : mark;
    return true;
}

bool prs_range_text_begins(const char *text, uint32_t len, uint32_t at) {
    reader r = {text, len};
    uint32_t n, c = look(&r, at, &n);
    return c == '[' || c == '{' || c == '>' || c == '<' || c == 0x2264 || c == 0x2265;
}

bool prs_range_text_read(const char *text, uint32_t len, uint32_t at, uint32_t word_end,
                         prs_range_text *out) {
    reader r = {text, len};
    uint32_t n, c = look(&r, at, &n);
    memset(out, 0, sizeof *out);
    if (c == '[' || c == '{') return read_brackets(&r, at, out);
    return read_comparison(&r, at, word_end, out);
}

size_t prs_range_text_narrow(const char *text, size_t len, char *out) {
    const uint8_t *p = (const uint8_t *)text;
    size_t at = 0, size = 0;
    while (at < len) {
        uint32_t n, cp = prs_utf8_decode(p + at, p + len, &n);
        uint32_t narrow = cp == PRS_UTF8_BAD ? cp : twin(cp);
        if (cp != PRS_UTF8_BAD && narrow != cp && narrow < 0x80) {
            out[size++] = (char)narrow;
        } else {
            memcpy(out + size, text + at, n);
            size += n;
        }
        at += n;
    }
    return size;
}
