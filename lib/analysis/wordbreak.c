/* wordbreak.c - where does a word end?
 *
 *   bytes      c  a  n  '  t  0301      one loop over clusters
 *   clusters   c  a  n  '  t0301
 *   roles      L  L  L  Q  L            L L: they join by the table of pairs (WB5, 8-10, 13)
 *                    L  Q  L            a middle joins if what is behind it fits (WB6/7, 7b/c,
 *                    11/12)
 *
 * The default mode reads roles from Word_Break; mixed-v1 reads them from its own class, which
 * carries T1 (no ':'), T3 ('.' joins digits only), T6 (no '_'), and makes Han, kana, Hangul, SA,
 * compat and emoji OTHER, because scan.c handles them itself.  T2, T4 and T5 are the default.  In
 * mixed-v1 WB3c holds between pictographs only, in prs_wordbreak_emoji: a letter does not swallow
 * an emoji.
 *
 * Invariants: forward only from a boundary; nothing before `at` is read, so what precedes a segment
 *             cannot change it.  Look-ahead is one cluster; a failed one is read again as a
 *             separator, so the whole text costs at most two readings.
 * Rejected: a generated state machine (as ICU's).  The pair table is what UAX #29 prints, and words
 *           with a non-ASCII letter are the only ones that come here in bulk.
 * Source: UAX #29 revision 41, UTS #51 section 1.4; docs/analysis.md T1-T11.
 * Tested by test_wordbreak.c (WordBreakTest.txt) and tests/conformance/test_rbbi.c (ICU). */
#include "analysis/wordbreak.h"

#include "analysis/scan.h"

enum { VS15 = 0xfe0e, VS16 = 0xfe0f, KEYCAP = 0x20e3, ZWJ = 0x200d };

/* ---- the two sets of rules ------------------------------------------------------------------ */

const prs_word_rules prs_wordbreak_default = {
    .by_word_break = true,
    .roles =
        {
            [PRS_WB_CR] = PRS_ROLE_CR,
            [PRS_WB_LF] = PRS_ROLE_LF,
            [PRS_WB_NEWLINE] = PRS_ROLE_NEWLINE,
            [PRS_WB_RI] = PRS_ROLE_RI,
            [PRS_WB_KATAKANA] = PRS_ROLE_KATAKANA,
            [PRS_WB_HEBREW] = PRS_ROLE_HEBREW,
            [PRS_WB_LETTER] = PRS_ROLE_LETTER,
            [PRS_WB_SQUOTE] = PRS_ROLE_SQUOTE,
            [PRS_WB_DQUOTE] = PRS_ROLE_DQUOTE,
            [PRS_WB_MIDNUMLET] = PRS_ROLE_MIDBOTH,
            [PRS_WB_MIDLETTER] = PRS_ROLE_MIDLETTER,
            [PRS_WB_MIDNUM] = PRS_ROLE_MIDNUM,
            [PRS_WB_NUMERIC] = PRS_ROLE_DIGIT,
            [PRS_WB_EXTENDNUMLET] = PRS_ROLE_CONNECT,
            [PRS_WB_WSEGSPACE] = PRS_ROLE_SPACE,
        },
};

#define MIXED_ROLES                                                                                \
    [PRS_CLASS_LETTER] = PRS_ROLE_LETTER, [PRS_CLASS_HEBREW] = PRS_ROLE_HEBREW,                    \
    [PRS_CLASS_DIGIT] = PRS_ROLE_DIGIT, [PRS_CLASS_MIDLETTER] = PRS_ROLE_MIDLETTER,                \
    [PRS_CLASS_MIDNUM] = PRS_ROLE_MIDNUM, [PRS_CLASS_MIDBOTH] = PRS_ROLE_MIDBOTH,                  \
    [PRS_CLASS_DOT] = PRS_ROLE_MIDNUM, [PRS_CLASS_SQUOTE] = PRS_ROLE_SQUOTE,                       \
    [PRS_CLASS_DQUOTE] = PRS_ROLE_DQUOTE

#define HANGUL_LETTERS                                                                             \
    [PRS_CLASS_HANGUL] = PRS_ROLE_LETTER, [PRS_CLASS_JAMO_L] = PRS_ROLE_LETTER,                    \
    [PRS_CLASS_JAMO_V] = PRS_ROLE_LETTER, [PRS_CLASS_JAMO_T] = PRS_ROLE_LETTER,                    \
    [PRS_CLASS_HANGUL_LV] = PRS_ROLE_LETTER, [PRS_CLASS_HANGUL_LVT] = PRS_ROLE_LETTER

const prs_word_rules *prs_wordbreak_mixed(bool hangul_word, bool emoji) {
    static const prs_word_rules rules[2][2] = {
        {{.roles = {MIXED_ROLES}}, {.emoji = true, .roles = {MIXED_ROLES}}},
        {{.hangul_word = true, .roles = {MIXED_ROLES, HANGUL_LETTERS}},
         {.hangul_word = true, .emoji = true, .roles = {MIXED_ROLES, HANGUL_LETTERS}}},
    };
    return &rules[hangul_word][emoji];
}

/* ---- clusters ------------------------------------------------------------------------------- */

static uint8_t marks_of(uint32_t first, uint32_t second) {
    if (first == VS15) return PRS_MARKS_VS15;
    if (first != VS16) return 0;
    return second == KEYCAP ? PRS_MARKS_VS16 | PRS_MARKS_KEYCAP : PRS_MARKS_VS16;
}

prs_cluster prs_wordbreak_cluster(const uint8_t *text, uint32_t len, uint32_t at) {
    prs_cluster c = {.start = at};
    uint32_t n, marks[2] = {0, 0}, n_marks = 0;
    c.cp = c.last = prs_utf8_decode(text + at, text + len, &n);
    c.uc = prs_unicode_get(c.cp);
    c.base_end = c.end = at + n;
    if (c.uc->wb >= PRS_WB_CR && c.uc->wb <= PRS_WB_NEWLINE) return c; /* WB3a */
    while (c.end < len && text[c.end] >= 0x80) {
        uint32_t cp = prs_utf8_decode(text + c.end, text + len, &n);
        const prs_uc *uc = prs_unicode_get(cp);
        if (uc->cls != PRS_CLASS_MARK) break;
        if (n_marks < 2) marks[n_marks++] = cp;
        if (uc->flags & PRS_UC_EMOJI_MOD) c.marks |= PRS_MARKS_SKIN;
        c.last = cp;
        c.end += n;
    }
    if (n_marks > 0) c.marks |= marks_of(marks[0], marks[1]);
    return c;
}

static bool is_keycap_base(uint32_t cp) {
    return (cp >= '0' && cp <= '9') || cp == '#' || cp == '*';
}

/* An emoji whatever its class: a keycap, or a pictograph that a selector or default shows as
 * one. */
static bool is_shown_emoji(const prs_cluster *c) {
    if (c->marks & PRS_MARKS_KEYCAP && is_keycap_base(c->cp)) return true;
    if (!(c->uc->flags & PRS_UC_EMOJI)) return false;
    if (c->marks & (PRS_MARKS_VS16 | PRS_MARKS_SKIN)) return true;
    return (c->uc->flags & PRS_UC_EMOJI_PRES) && !(c->marks & PRS_MARKS_VS15);
}

prs_role prs_wordbreak_role(const prs_word_rules *rules, const prs_cluster *c) {
    if (rules->by_word_break) return (prs_role)rules->roles[c->uc->wb];
    if (rules->emoji && c->marks != 0 && is_shown_emoji(c)) return PRS_ROLE_OTHER;
    return (prs_role)rules->roles[c->uc->cls];
}

/* ---- joins ---------------------------------------------------------------------------------- */

#define BIT(role) (1u << (uint32_t)PRS_ROLE_##role)
#define LETTERS (BIT(LETTER) | BIT(HEBREW))

/* What a role joins with directly: WB3, 5, 8, 9, 10, 13, 13a, 13b. */
static const uint16_t joins_next[PRS_ROLE_N] = {
    [PRS_ROLE_LETTER] = LETTERS | BIT(DIGIT) | BIT(CONNECT),
    [PRS_ROLE_HEBREW] = LETTERS | BIT(DIGIT) | BIT(CONNECT) | BIT(SQUOTE), /* WB7a */
    [PRS_ROLE_DIGIT] = LETTERS | BIT(DIGIT) | BIT(CONNECT),
    [PRS_ROLE_KATAKANA] = BIT(KATAKANA) | BIT(CONNECT),
    [PRS_ROLE_CONNECT] = LETTERS | BIT(DIGIT) | BIT(KATAKANA) | BIT(CONNECT),
    [PRS_ROLE_CR] = BIT(LF),
};

/* WB6/7, 7b/c, 11/12: does `middle` join `prev` and `next`? */
static bool middle_joins(prs_role prev, prs_role middle, prs_role next) {
    uint32_t mid = 1u << (uint32_t)middle;
    if (prs_role_is_letter(prev) && prs_role_is_letter(next)) {
        if (mid & (BIT(MIDLETTER) | BIT(MIDBOTH) | BIT(SQUOTE))) return true;
        return middle == PRS_ROLE_DQUOTE && prev == PRS_ROLE_HEBREW && next == PRS_ROLE_HEBREW;
    }
    if (prev == PRS_ROLE_DIGIT && next == PRS_ROLE_DIGIT)
        return (mid & (BIT(MIDNUM) | BIT(MIDBOTH) | BIT(SQUOTE))) != 0;
    return false;
}

static bool is_middle(prs_role r) {
    return r >= PRS_ROLE_MIDLETTER && r <= PRS_ROLE_DQUOTE;
}

/* Rules of the default mode that look at more than two roles: WB3c, WB3d, WB15/16. */
static bool joins_by_default(const prs_cluster *prev, prs_role prev_role, const prs_cluster *next,
                             prs_role next_role, uint32_t n_before) {
    if (prev->last == ZWJ && (next->uc->flags & PRS_UC_PICT)) return true;
    if (prev_role == PRS_ROLE_SPACE && next_role == PRS_ROLE_SPACE)
        return prev->end == prev->base_end;
    return prev_role == PRS_ROLE_RI && next_role == PRS_ROLE_RI && n_before == 1;
}

/* What a base of this role adds to the flags of a segment. */
static inline uint32_t flags_of(uint32_t cp, prs_role role) {
    uint32_t flags = 0;
    if (prs_role_is_letter(role)) flags |= PRS_SURFACE_LETTER;
    if (role == PRS_ROLE_DIGIT) flags |= PRS_SURFACE_DIGIT;
    if (role == PRS_ROLE_SQUOTE || role == PRS_ROLE_MIDBOTH || cp == 0x2bc)
        flags |= PRS_SURFACE_APOSTROPHE;
    if (cp >= 'A' && cp <= 'Z') flags |= PRS_SURFACE_UPPER;
    return flags;
}

static void add_to_segment(prs_uax_segment *seg, const prs_cluster *c, prs_role role) {
    seg->flags |= (uint16_t)flags_of(c->cp, role);
    if (c->cp >= 0x80 || c->end != c->base_end) seg->flags &= (uint16_t)~PRS_SURFACE_ASCII;
    if (c->uc->sign == ',') seg->has_comma = true;
    seg->end = c->end;
}

/* Extend a word by the letters, digits and marks behind it that need no second look: pictographs
 * and digits that a mark may follow do (T9, WB3c).  Any letter or digit joins any, so roles need no
 * table.
 * An optimisation only: the loop of prs_wordbreak_read would take each of them. */
static void pass_plain(const prs_word_rules *rules, const uint8_t *text, uint32_t len,
                       prs_cluster *prev, prs_role *prev_role, prs_uax_segment *seg) {
    uint32_t at = prev->end, n, flags = 0, high = 0;
    for (; at < len; at += n) {
        uint32_t cp = prs_utf8_decode(text + at, text + len, &n);
        const prs_uc *uc = prs_unicode_get(cp);
        if (uc->cls != PRS_CLASS_MARK) {
            prs_role role = (prs_role)rules->roles[rules->by_word_break ? uc->wb : uc->cls];
            if (!prs_role_is_word(role) || (uc->flags & PRS_UC_PICT)) break;
            if (role == PRS_ROLE_DIGIT && at + n < len && text[at + n] >= 0x80) break;
            flags |= flags_of(cp, role);
            *prev_role = role;
        }
        high |= cp & ~0x7fu;
        prev->last = cp;
    }
    seg->flags |= (uint16_t)flags;
    if (high) seg->flags &= (uint16_t)~PRS_SURFACE_ASCII;
    seg->end = prev->end = at;
}

/* If the cluster `middle` joins `prev` to the cluster behind it, take both: `*next` is the one
 * behind. */
static bool take_middle(const prs_word_rules *rules, const uint8_t *text, uint32_t len,
                        prs_role prev_role, prs_cluster *next, prs_role *next_role,
                        prs_uax_segment *seg) {
    if (!is_middle(*next_role) || next->end == len) return false;
    prs_cluster after = prs_wordbreak_cluster(text, len, next->end);
    prs_role after_role = prs_wordbreak_role(rules, &after);
    if (!middle_joins(prev_role, *next_role, after_role)) return false;
    add_to_segment(seg, next, *next_role);
    *next = after;
    *next_role = after_role;
    return true;
}

/* An ASCII byte that joins nothing in mixed-v1, marks or not: most words end at one. */
static inline bool is_plain_end(const prs_word_rules *rules, uint8_t byte) {
    return !rules->by_word_break && byte < 0x80 &&
           rules->roles[prs_unicode_get(byte)->cls] == PRS_ROLE_OTHER;
}

prs_uax_segment prs_wordbreak_read(const prs_word_rules *rules, const uint8_t *text, uint32_t len,
                                   uint32_t at) {
    prs_uax_segment seg = {.flags = PRS_SURFACE_ASCII};
    prs_cluster prev = prs_wordbreak_cluster(text, len, at);
    prs_role prev_role = prs_wordbreak_role(rules, &prev);
    add_to_segment(&seg, &prev, prev_role);
    if (prev_role == PRS_ROLE_DIGIT) seg.flags |= PRS_SURFACE_NUMBER;
    for (uint32_t n = 1; prev.end < len; n++) {
        if (prs_role_is_word(prev_role)) pass_plain(rules, text, len, &prev, &prev_role, &seg);
        if (prev.end == len || is_plain_end(rules, text[prev.end])) break;
        prs_cluster next = prs_wordbreak_cluster(text, len, prev.end);
        prs_role role = prs_wordbreak_role(rules, &next);
        bool joins = (joins_next[prev_role] >> role & 1) ||
                     (rules->by_word_break && joins_by_default(&prev, prev_role, &next, role, n));
        bool joins_after = take_middle(rules, text, len, prev_role, &next, &role, &seg);
        if (!joins && !joins_after) break;
        add_to_segment(&seg, &next, role);
        prev = next;
        prev_role = role;
    }
    return seg;
}

prs_uax_segment prs_wordbreak_describe(const prs_word_rules *rules, const uint8_t *text,
                                       uint32_t start, uint32_t end) {
    prs_uax_segment seg = {.end = start, .flags = PRS_SURFACE_ASCII};
    while (seg.end < end) {
        prs_cluster c = prs_wordbreak_cluster(text, end, seg.end);
        prs_role role = prs_wordbreak_role(rules, &c);
        if (c.start == start && role == PRS_ROLE_DIGIT) seg.flags |= PRS_SURFACE_NUMBER;
        add_to_segment(&seg, &c, role);
    }
    return seg;
}

/* ---- emoji ---------------------------------------------------------------------------------- */

/* Can this cluster be a pictograph of a sequence?  Letters and compat signs only when shown as
 * one. */
static bool is_pictograph(const prs_cluster *c) {
    return c->uc->cls == PRS_CLASS_EMOJI || ((c->uc->flags & PRS_UC_PICT) && is_shown_emoji(c));
}

uint32_t prs_wordbreak_emoji(const uint8_t *text, uint32_t len, uint32_t at, bool *is_shown) {
    prs_cluster c = prs_wordbreak_cluster(text, len, at);
    *is_shown = true;
    if (c.uc->cls == PRS_CLASS_RI) {
        if (c.end == len) return c.end;
        prs_cluster second = prs_wordbreak_cluster(text, len, c.end);
        return second.uc->cls == PRS_CLASS_RI ? second.end : c.end;
    }
    *is_shown = is_shown_emoji(&c);
    if (!(c.uc->flags & PRS_UC_PICT)) return *is_shown ? c.end : at; /* keycap or none */
    if (!is_pictograph(&c)) return at;
    while (c.last == ZWJ && c.end < len) { /* WB3c as GB11 has it */
        prs_cluster next = prs_wordbreak_cluster(text, len, c.end);
        if (!is_pictograph(&next)) break;
        *is_shown |= is_shown_emoji(&next);
        c = next;
    }
    return c.end;
}
