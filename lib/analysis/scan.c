/* scan.c - what is the next surface token, and what touches it?
 *
 *   bytes   ASCII other   ASCII letter/digit       E4..E9 ..    anything else
 *             |                |                      |              |
 *           skip          fast word loop          fast Han      decode, class
 *                              | a byte >= 0x80       |              |
 *                              v touches it           v              v
 *                        prs_wordbreak_read        run flags     word, run, emoji, compat, skip
 *                              |
 *                   initials? grouped? over-long?  ->  joiner and signs on both sides
 *
 * Invariants: each byte is passed once by the main loop, which alone counts ill-formed parts; every
 *             look-ahead is a cluster or a token, every look-behind one code point and not beyond
 *             the previous surface, so that white space cuts all dependence (the tests feed
 *             suffixes).
 * The fast loops are an optimisation only: tests/unit/analysis/test_scan.c compares them with the
 * general path, which tests/conformance/test_rbbi.c compares with ICU under the same rules.
 * Source: docs/analysis.md (T1-T12).  Tested by test_scan.c, test_rbbi.c. */
#include "analysis/scan.h"

#include "analysis/shape.h"
#include "analysis/wordbreak.h"

/* ---- bytes ---------------------------------------------------------------------------------- */

enum {
    B_LETTER = 1,
    B_DIGIT = 2,
    B_SPACE = 4,   /* white space and controls: SPACE_BEFORE */
    B_MIDDLE = 8,  /* may join: ' . , ; */
    B_KEYCAP = 16, /* may begin a keycap: # * */
    B_BEFORE = 32, /* joiner or lead sign: - _ . & # @ $ */
    B_BEHIND = 64, /* trail sign: # + % $ */
    B_HIGH = 128,  /* not ASCII */
};

#define X4(x) x, x, x, x
#define X8(x) X4(x), X4(x)
#define X32(x) X8(x), X8(x), X8(x), X8(x)
/* clang-format off */
static const uint8_t kind[256] = {
    X32(B_SPACE),
    /* space ! " # $ % & ' */
    B_SPACE, 0, 0, B_KEYCAP | B_BEFORE | B_BEHIND,
    B_BEFORE | B_BEHIND, B_BEHIND, B_BEFORE, B_MIDDLE,
    /* ( ) * + , - . / */
    0, 0, B_KEYCAP, B_BEHIND, B_MIDDLE, B_BEFORE, B_MIDDLE | B_BEFORE, 0,
    /* 0 to 9 : ; < = > ? */
    X8(B_DIGIT), B_DIGIT, B_DIGIT, 0, B_MIDDLE, 0, 0, 0, 0,
    /* @ A to Z [ \ ] ^ _ */
    B_BEFORE, X8(B_LETTER), X8(B_LETTER), X8(B_LETTER), B_LETTER, B_LETTER, 0, 0, 0, 0, B_BEFORE,
    /* ` a to z { | } ~ delete */
    0, X8(B_LETTER), X8(B_LETTER), X8(B_LETTER), B_LETTER, B_LETTER, 0, 0, 0, 0, B_SPACE,
    X32(B_HIGH), X32(B_HIGH), X32(B_HIGH), X32(B_HIGH),
};
/* clang-format on */

/* ---- set-up --------------------------------------------------------------------------------- */

void prs_scan_options_init(prs_scan_options *options) {
    *options =
        (prs_scan_options){.max_token_bytes = PRISM_MAX_TOKEN_BYTES, .emoji = true, .sigils = true};
}

void prs_scan_init(prs_scan *scan, const prs_scan_options *options, const void *text, size_t len) {
    PRS_ASSERT(len < UINT32_MAX);
    PRS_ASSERT(options->max_token_bytes >= 16);
    *scan = (prs_scan){
        .text = text,
        .len = (uint32_t)len,
        .max_bytes = options->max_token_bytes,
        .rules = prs_wordbreak_mixed(options->hangul_word, options->emoji),
        .join_linebreak = options->join_linebreak,
        .sigils = options->sigils,
    };
}

/* ---- signs (T7, T8) ------------------------------------------------------------------------- */

/* The code point that ends at `at`, not reaching below `floor`; its start in *start. */
static uint32_t decode_before(const prs_scan *s, uint32_t floor, uint32_t at, uint32_t *start) {
    uint32_t from = at - 1, n;
    while (from > floor && at - from < 4 && (s->text[from] & 0xc0) == 0x80) from--;
    uint32_t cp = prs_utf8_decode(s->text + from, s->text + at, &n);
    *start = from;
    return n == at - from ? cp : PRS_UTF8_BAD;
}

static uint8_t joiner_of(uint8_t sign) {
    return sign == '-' || sign == '_' || sign == '.' || sign == '&' ? sign : 0;
}

static prs_sign lead_sign(uint8_t sign, bool after_word, bool is_number) {
    switch (sign) {
    case '.': return after_word ? PRS_SIGN_NONE : PRS_SIGN_DOT;
    case '#': return after_word ? PRS_SIGN_NONE : PRS_SIGN_HASH;
    case '@': return after_word ? PRS_SIGN_NONE : PRS_SIGN_AT;
    case '$': return is_number ? PRS_SIGN_CURRENCY : PRS_SIGN_NONE;
    default: return PRS_SIGN_NONE;
    }
}

/* The one code point before the surface: a joiner if it fills the gap, a lead sign if out is a
 * word. */
static void read_before(const prs_scan *s, prs_surface *out) {
    uint32_t sign_start;
    if (out->start == s->at) return;
    uint32_t cp = decode_before(s, s->at, out->start, &sign_start);
    uint8_t sign = prs_unicode_get(cp)->sign;
    bool touches = s->prev_type != 0 && sign_start == s->at;
    if (touches) out->join = joiner_of(sign);
    if (!s->sigils || out->type != PRS_SURFACE_WORD) return;
    bool after_word = touches && s->prev_type == PRS_SURFACE_WORD;
    out->lead = (uint8_t)lead_sign(sign, after_word, out->flags & PRS_SURFACE_NUMBER);
    if (out->lead != PRS_SIGN_NONE) out->lead_start = sign_start;
}

/* True if a letter or digit of words stands at `at`. */
static bool is_word_at(const prs_scan *s, uint32_t at) {
    if (at == s->len) return false;
    prs_cluster c = prs_wordbreak_cluster(s->text, s->len, at);
    return prs_role_is_word(prs_wordbreak_role(s->rules, &c));
}

/* The sign behind a word; a sign with marks of its own is none. */
static void read_behind(const prs_scan *s, prs_surface *out) {
    prs_cluster c = prs_wordbreak_cluster(s->text, s->len, out->end);
    if (c.end != c.base_end) return;
    bool is_number = out->flags & PRS_SURFACE_NUMBER;
    uint32_t end = c.end;
    prs_sign sign = PRS_SIGN_NONE;
    if (c.uc->sign == '$' && is_number) sign = PRS_SIGN_CURRENCY;
    if (c.uc->sign == '%' && is_number) sign = PRS_SIGN_PERCENT;
    if (c.uc->sign == '#' && !is_word_at(s, end)) sign = PRS_SIGN_HASH;
    if (c.uc->sign == '+' && end < s->len) {
        prs_cluster second = prs_wordbreak_cluster(s->text, s->len, end);
        end = second.end;
        if (second.uc->sign == '+' && end == second.base_end && !is_word_at(s, end))
            sign = PRS_SIGN_PLUS2;
    }
    if (sign == PRS_SIGN_NONE) return;
    out->trail = (uint8_t)sign;
    out->trail_end = end;
}

/* ---- surfaces ------------------------------------------------------------------------------- */

static void begin(prs_surface *out, prs_surface_type type, uint32_t start, bool space_before) {
    *out = (prs_surface){.start = start,
                         .end = start,
                         .lead_start = start,
                         .trail_end = start,
                         .type = (uint8_t)type,
                         .flags = space_before ? PRS_SURFACE_SPACE_BEFORE : 0};
}

/* The surface of one token that ends at `end`; the next search begins there. */
static void finish(prs_scan *s, prs_surface *out, uint32_t end) {
    s->at = out->end = out->trail_end = end;
    s->run_open = false;
}

/* A surface that must not be divided: what is over max_bytes of its marks is left out. */
static void trim_cluster(const prs_scan *s, prs_surface *out) {
    uint32_t next;
    if (PRS_UNLIKELY(out->end - out->start > s->max_bytes))
        out->end = out->trail_end =
            prs_shape_cut(s->text, out->start, out->end, s->max_bytes, &next);
}

/* Hand out the first piece of a word or emoji that ends at `end`, remember the rest (T12). */
static void finish_piece(prs_scan *s, prs_surface *out, uint32_t end) {
    uint32_t next = end, cut = end;
    if (end - out->start > s->max_bytes)
        cut = prs_shape_cut(s->text, out->start, end, s->max_bytes, &next);
    finish(s, out, cut);
    out->flags |= PRS_SURFACE_CUT;
    if (out->type == PRS_SURFACE_WORD)
        out->flags |= prs_wordbreak_describe(s->rules, s->text, out->start, cut).flags;
    s->at = next;
    s->cut_end = next < end ? end : 0;
}

/* A byte that begins U+4000..U+9FFF or an ill-formed part: no mark, middle, letter or sign. */
static inline bool is_han_lead(uint8_t byte) {
    return byte >= 0xe4 && byte <= 0xe9;
}

/* ---- words ---------------------------------------------------------------------------------- */

/* What an ASCII word holds: bit 7 of some byte is set. */
typedef struct ascii_seen {
    uint64_t letters, digits, upper;
} ascii_seen;

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Bit 7 of each byte of x (all below 0x80) that lies in [low, high]. */
static inline uint64_t in_range(uint64_t x, uint8_t low, uint8_t high) {
    return (x + EACH(0x80u - low)) & ~(x + EACH(0x7fu - high));
}

/* Eight bytes from p on, zeros from the end of the text on. */
static inline uint64_t load_eight(const uint8_t *p, const uint8_t *end) {
    uint8_t last[8] = {0};
    if (PRS_LIKELY(end - p >= 8)) return prs_load64(p);
    memcpy(last, p, (size_t)(end - p));
    return prs_load64(last);
}

/* Pass ASCII letters and digits, eight at a time: most words end in the first eight, and counting
 * bits does not mispredict as a loop over bytes does. */
static inline const uint8_t *pass_alnum(const uint8_t *p, const uint8_t *end, ascii_seen *seen) {
    for (;; p += 8) {
        uint64_t x = load_eight(p, end), low = x & EACH(0x7f);
        uint64_t letters = in_range(low | EACH(0x20), 'a', 'z');
        uint64_t digits = in_range(low, '0', '9');
        uint64_t others = ((~letters & ~digits) | x) & EACH(0x80);
        /* up to the first other; all if none */
        uint64_t here = (others ^ (others - 1)) & EACH(0x80);
        here &= ~others;
        seen->letters |= letters & here;
        seen->digits |= digits & here;
        seen->upper |= letters & ~(x << 2) & here;
        if (others != 0) return p + (uint32_t)__builtin_ctzll(others) / 8;
    }
}

/* May [start, end) begin initials: a letter with its marks, a dot behind, not inside a dotted
 * chain? */
static bool may_be_initials(const prs_scan *s, const prs_surface *out, uint32_t end) {
    if (end == s->len || !(out->flags & PRS_SURFACE_LETTER)) return false;
    if (s->text[end] != '.' && s->text[end] < 0x80) return false;
    if (out->join == '.' && s->prev_type == PRS_SURFACE_WORD && !s->prev_initials) return false;
    return end - out->start == 1 || prs_wordbreak_cluster(s->text, s->len, out->start).end == end;
}

/* A word within bounds: what may touch it, and its shape. */
static void finish_word(prs_scan *s, prs_surface *out, prs_uax_segment seg) {
    out->flags |= seg.flags;
    read_before(s, out);
    if (may_be_initials(s, out, seg.end)) {
        uint32_t end = prs_shape_initials(s->rules, s->text, s->len, out->start, s->max_bytes);
        if (end != 0) {
            seg = prs_wordbreak_describe(s->rules, s->text, out->start, end);
            out->flags = (uint16_t)((out->flags & PRS_SURFACE_SPACE_BEFORE) | PRS_SURFACE_INITIALS |
                                    seg.flags);
        }
    }
    if (seg.has_comma && prs_shape_is_grouped(s->text, out->start, seg.end))
        out->flags |= PRS_SURFACE_GROUPED;
    finish(s, out, seg.end);
    if (s->sigils && seg.end < s->len) read_behind(s, out);
}

/* A word of any length whose segment is known. */
static __attribute__((noinline)) void put_segment(prs_scan *s, prs_surface *out,
                                                  prs_uax_segment seg) {
    if (PRS_LIKELY(seg.end - out->start <= s->max_bytes)) {
        finish_word(s, out, seg);
        return;
    }
    read_before(s, out);
    out->lead = PRS_SIGN_NONE;
    out->lead_start = out->start;
    finish_piece(s, out, seg.end);
}

/* The word at `start` by the general rules, or false if there is none (a keycap, a letter as
 * emoji). */
static __attribute__((noinline)) bool put_word(prs_scan *s, prs_surface *out, uint32_t start,
                                               bool space_before) {
    prs_uax_segment seg = prs_wordbreak_read(s->rules, s->text, s->len, start);
    if (!(seg.flags & (PRS_SURFACE_LETTER | PRS_SURFACE_DIGIT))) return false;
    begin(out, PRS_SURFACE_WORD, start, space_before);
    put_segment(s, out, seg);
    return true;
}

/* The word at `start`, a letter or digit, or false if a byte above ASCII may belong to it. */
static inline bool put_ascii_word(prs_scan *s, prs_surface *out, uint32_t start,
                                  bool space_before) {
    const uint8_t *p = s->text + start, *end = s->text + s->len;
    uint32_t flags =
        kind[*p] & B_DIGIT ? PRS_SURFACE_NUMBER | PRS_SURFACE_ASCII : PRS_SURFACE_ASCII;
    ascii_seen seen = {0, 0, 0};
    bool has_comma = false;
    for (;; p++) {
        p = pass_alnum(p, end, &seen);
        if (p == end || PRS_LIKELY(!(kind[*p] & (B_HIGH | B_MIDDLE)))) break;
        if (kind[*p] & B_HIGH) {
            if (!is_han_lead(*p)) return false;
            break;
        }
        if (end - p < 2) break;
        if ((kind[p[1]] & B_HIGH) && !is_han_lead(p[1])) return false;
        uint32_t both = kind[p[-1]] & kind[p[1]];
        if (!(both & B_DIGIT) && !(*p == '\'' && both & B_LETTER)) break;
        if (*p == '\'') flags |= PRS_SURFACE_APOSTROPHE;
        if (*p == ',') has_comma = true;
    }
    flags |= seen.letters != 0 ? PRS_SURFACE_LETTER : 0;
    flags |= seen.digits != 0 ? PRS_SURFACE_DIGIT : 0;
    flags |= seen.upper != 0 ? PRS_SURFACE_UPPER : 0;
    prs_uax_segment seg = {(uint32_t)(p - s->text), (uint16_t)flags, has_comma};
    uint32_t touched = (start > 0 ? kind[s->text[start - 1]] & (B_BEFORE | B_HIGH) : 0) |
                       (p < end ? kind[*p] & (B_BEHIND | B_HIGH) : 0);
    begin(out, PRS_SURFACE_WORD, start, space_before);
    if (touched || has_comma || seg.end - start > s->max_bytes ||
        (seg.end - start == 1 && p < end && *p == '.')) {
        put_segment(s, out, seg);
    } else {
        out->flags |= seg.flags;
        finish(s, out, seg.end);
    }
    return true;
}

/* ---- runs of Han and SA --------------------------------------------------------------------- */

/* U+4E00..U+9FFF, well-formed: all are HAN. */
static inline bool is_plain_han(const prs_scan *s, uint32_t at) {
    const uint8_t *p = s->text + at;
    if (s->len - at < 3 || !is_han_lead(p[0])) return false;
    return (p[0] > 0xe4 || p[1] >= 0xb8) && ((p[1] ^ 0x80u) | (p[2] ^ 0x80u)) < 0x40;
}

static prs_surface_type run_type_of(const prs_scan *s, const prs_uc *uc) {
    if (uc->cls == PRS_CLASS_HAN) return PRS_SURFACE_HAN;
    if (uc->cls >= PRS_CLASS_HANGUL && uc->cls <= PRS_CLASS_HANGUL_LVT)
        return s->rules->hangul_word ? PRS_SURFACE_WORD : PRS_SURFACE_HAN;
    if (uc->cls == PRS_CLASS_SA || uc->cls == PRS_CLASS_SA_AM) return PRS_SURFACE_SA;
    return PRS_SURFACE_WORD;
}

/* GB6-GB8: conjoining jamo that stand directly together are one syllable. */
static bool jamo_joins(uint8_t prev, uint8_t next) {
    switch (prev) {
    case PRS_CLASS_JAMO_L:
        return next == PRS_CLASS_JAMO_L || next == PRS_CLASS_JAMO_V ||
               next == PRS_CLASS_HANGUL_LV || next == PRS_CLASS_HANGUL_LVT;
    case PRS_CLASS_JAMO_V:
    case PRS_CLASS_HANGUL_LV: return next == PRS_CLASS_JAMO_V || next == PRS_CLASS_JAMO_T;
    case PRS_CLASS_JAMO_T:
    case PRS_CLASS_HANGUL_LVT: return next == PRS_CLASS_JAMO_T;
    default: return false;
    }
}

/* End of the character of a run that begins at `at`: its marks, its jamo, its AM. */
static uint32_t run_cluster_end(const prs_scan *s, uint32_t at) {
    prs_cluster c = prs_wordbreak_cluster(s->text, s->len, at);
    while (c.end < s->len && s->text[c.end] >= 0x80) {
        prs_cluster next = prs_wordbreak_cluster(s->text, s->len, c.end);
        bool is_syllable = c.end == c.base_end && jamo_joins(c.uc->cls, next.uc->cls);
        bool is_am = run_type_of(s, c.uc) == PRS_SURFACE_SA && next.uc->cls == PRS_CLASS_SA_AM;
        if (!is_syllable && !is_am) break;
        c = next;
    }
    return c.end;
}

/* Option join_linebreak: the place behind a single line end at `at`, else `at`. */
static uint32_t skip_linebreak(const prs_scan *s, uint32_t at) {
    if (at < s->len && s->text[at] == '\r') at++;
    if (at < s->len && s->text[at] == '\n') at++;
    return at;
}

/* Does the run go on behind a character that ends at `end`? */
static bool run_goes_on(const prs_scan *s, uint32_t end, const prs_surface *out, bool is_han) {
    uint32_t n, next = s->join_linebreak && is_han ? skip_linebreak(s, end) : end;
    if (next == s->len || s->text[next] < 0x80) return false;
    const prs_uc *uc = prs_unicode_get(prs_utf8_decode(s->text + next, s->text + s->len, &n));
    if (next != end) return uc->cls == PRS_CLASS_HAN;
    return run_type_of(s, uc) == out->type;
}

/* The character of a run at `start`, whose place in the run is marked once its end is known. */
static inline void finish_run(prs_scan *s, prs_surface *out, uint32_t end, bool goes_on) {
    if (s->run_open) {
        out->flags = 0; /* a line end inside the run is not there */
    } else {
        out->flags |= PRS_SURFACE_RUN_START;
        if (out->start > 0 && kind[s->text[out->start - 1]] & (B_BEFORE | B_HIGH))
            read_before(s, out);
    }
    if (!goes_on) out->flags |= PRS_SURFACE_RUN_END;
    finish(s, out, end);
    s->run_open = goes_on;
}

/* A character of a run whose base ends at base_end.  Its neighbour mostly tells that the base is
 * all. */
static __attribute__((noinline)) void put_run(prs_scan *s, prs_surface *out, const prs_uc *uc,
                                              uint32_t base_end) {
    uint32_t n, end = base_end;
    if (end < s->len && s->text[end] >= 0x80) {
        const prs_uc *next = prs_unicode_get(prs_utf8_decode(s->text + end, s->text + s->len, &n));
        if (next->cls != PRS_CLASS_MARK && next->cls != PRS_CLASS_SA_AM &&
            !jamo_joins(uc->cls, next->cls)) {
            finish_run(s, out, end, run_type_of(s, next) == out->type);
            return;
        }
        end = run_cluster_end(s, out->start);
    }
    finish_run(s, out, end, run_goes_on(s, end, out, uc->cls == PRS_CLASS_HAN));
    trim_cluster(s, out);
}

/* U+3008..U+3011, U+3001, U+3002 and U+FF01..U+FF0C: the common punctuation of Chinese, which ends
 * a run.  Its neighbours U+3005 and U+3007 do not. */
static inline bool is_wide_punctuation(const prs_scan *s, uint32_t at) {
    const uint8_t *p = s->text + at;
    if (s->len - at < 3) return false;
    if (p[0] == 0xe3 && p[1] == 0x80)
        return p[2] == 0x81 || p[2] == 0x82 || (p[2] >= 0x88 && p[2] <= 0x91);
    return p[0] == 0xef && p[1] == 0xbc && p[2] >= 0x81 && p[2] <= 0x8c;
}

/* Is the character of U+4E00..U+9FFF that ends at `end` surely without marks?  Then *goes_on
 * tells. */
static inline bool is_bare_han(const prs_scan *s, uint32_t end, bool *goes_on) {
    *goes_on = is_plain_han(s, end);
    if (PRS_LIKELY(*goes_on) || is_wide_punctuation(s, end)) return true;
    return end < s->len && s->text[end] < 0x80 && !s->join_linebreak;
}

static inline void put_plain_han(prs_scan *s, prs_surface *out, uint32_t start, bool space_before) {
    bool goes_on;
    begin(out, PRS_SURFACE_HAN, start, space_before);
    if (PRS_LIKELY(is_bare_han(s, start + 3, &goes_on)))
        finish_run(s, out, start + 3, goes_on);
    else
        put_run(s, out, prs_unicode_get(0x4e00), start + 3);
}

/* The second and later characters of a run, by far the most surfaces of a Chinese text; false if
 * the long way is needed.  All that find_surface would look at is known. */
static inline bool put_next_han(prs_scan *s, prs_surface *out) {
    uint32_t start = s->at, end = start + 3;
    bool goes_on;
    if (!is_plain_han(s, start) || !is_bare_han(s, end, &goes_on)) return false;
    *out = (prs_surface){.start = start,
                         .end = end,
                         .lead_start = start,
                         .trail_end = end,
                         .flags = goes_on ? 0 : PRS_SURFACE_RUN_END,
                         .type = PRS_SURFACE_HAN};
    s->at = end;
    s->prev_type = PRS_SURFACE_HAN;
    s->run_open = goes_on;
    return true;
}

/* ---- emoji, compat, and the walk ------------------------------------------------------------ */

/* A surface of the cluster at `at`, or false with *next = the byte to go on from. */
static bool put_sign(prs_scan *s, prs_surface *out, uint32_t at, const prs_uc *uc,
                     bool space_before, uint32_t *next) {
    bool is_shown = false;
    uint32_t end = s->rules->emoji ? prs_wordbreak_emoji(s->text, s->len, at, &is_shown) : at;
    if (end > at && is_shown) {
        begin(out, PRS_SURFACE_EMOJI, at, space_before);
        read_before(s, out);
        if (end - at > s->max_bytes)
            finish_piece(s, out, end);
        else
            finish(s, out, end);
        return true;
    }
    if (uc->cls == PRS_CLASS_COMPAT) {
        begin(out, PRS_SURFACE_COMPAT, at, space_before);
        read_before(s, out);
        finish(s, out, prs_wordbreak_cluster(s->text, s->len, at).end);
        trim_cluster(s, out);
        return true;
    }
    if (end > at) *next = end;
    return false;
}

/* What begins with a byte above ASCII, or with a digit, # or * that may be a keycap. */
static __attribute__((noinline)) bool put_other(prs_scan *s, prs_surface *out, uint32_t at,
                                                bool *space, uint32_t *next) {
    uint32_t n, cp = prs_utf8_decode(s->text + at, s->text + s->len, &n);
    const prs_uc *uc = prs_unicode_get(cp);
    *next = at + n;
    if (uc->flags & PRS_UC_SPACE) *space = true;
    if (cp == PRS_UTF8_BAD) s->n_bad++;
    prs_surface_type run_type = run_type_of(s, uc);
    if (run_type != PRS_SURFACE_WORD) {
        begin(out, run_type, at, *space);
        put_run(s, out, uc, *next);
        return true;
    }
    if (prs_role_is_word((prs_role)s->rules->roles[uc->cls]) && put_word(s, out, at, *space))
        return true;
    bool may_be_emoji = cp < 0x80 || uc->flags & PRS_UC_PICT || uc->cls == PRS_CLASS_RI;
    if (!may_be_emoji && uc->cls != PRS_CLASS_COMPAT) return false;
    return put_sign(s, out, at, uc, *space, next);
}

/* The first surface at or after s->at, without its place in the text. */
static inline bool find_surface(prs_scan *s, prs_surface *out, bool space) {
    for (uint32_t at = s->at; at < s->len;) {
        uint8_t k = kind[s->text[at]];
        if (PRS_LIKELY(k & (B_LETTER | B_DIGIT))) {
            if (PRS_LIKELY(put_ascii_word(s, out, at, space))) return true;
            if (put_other(s, out, at, &space, &at)) return true;
        } else if (PRS_LIKELY(!(k & (B_HIGH | B_KEYCAP)))) {
            space |= (k & B_SPACE) != 0;
            at++;
        } else if (is_plain_han(s, at)) {
            put_plain_han(s, out, at, space);
            return true;
        } else if (put_other(s, out, at, &space, &at)) {
            return true;
        }
    }
    s->at = s->len;
    return false;
}

/* The next piece of an over-long word or emoji.  Apart, to keep its loads out of the common
 * path. */
static __attribute__((noinline)) void put_piece(prs_scan *s, prs_surface *out) {
    begin(out, (prs_surface_type)s->prev_type, s->at, false);
    finish_piece(s, out, s->cut_end);
}

/* Apart from prs_scan_next, which so saves no registers for the common case. */
static __attribute__((noinline)) bool put_any(prs_scan *s, prs_surface *out) {
    if (PRS_UNLIKELY(s->cut_end != 0))
        put_piece(s, out);
    else if (!find_surface(s, out, s->prev_type == 0))
        return false;
    s->prev_type = out->type;
    s->prev_initials = (out->flags & PRS_SURFACE_INITIALS) != 0;
    return true;
}

bool prs_scan_next(prs_scan *s, prs_surface *out) {
    if (s->run_open && PRS_LIKELY(put_next_han(s, out))) return true;
    return put_any(s, out);
}
