/* wordbreak.h - the word boundary rules of UAX #29, once for the default and once for mixed-v1.
 *
 * Both modes run the same loop over clusters (a code point and its marks).  A mode is a set of
 * rules:
 * a table from a code point's property to its role, and two switches.  So WordBreakTest.txt, which
 * the default mode passes line by line, tests the loop that mixed-v1 uses. */
#ifndef PRS_ANALYSIS_WORDBREAK_H
#define PRS_ANALYSIS_WORDBREAK_H

#include "analysis/unicode.h"
#include "analysis/utf8.h"

/* What a cluster does to its neighbours. */
typedef enum prs_role {
    PRS_ROLE_OTHER,
    PRS_ROLE_LETTER,
    PRS_ROLE_HEBREW,
    PRS_ROLE_DIGIT,
    PRS_ROLE_KATAKANA, /* the default mode only, as the next and all from RI on */
    PRS_ROLE_CONNECT,
    PRS_ROLE_MIDLETTER, /* joins letters */
    PRS_ROLE_MIDNUM,    /* joins digits */
    PRS_ROLE_MIDBOTH,
    PRS_ROLE_SQUOTE, /* MIDBOTH; stays with Hebrew */
    PRS_ROLE_DQUOTE, /* joins Hebrew */
    PRS_ROLE_RI,
    PRS_ROLE_SPACE,
    PRS_ROLE_CR,
    PRS_ROLE_LF,
    PRS_ROLE_NEWLINE,
    PRS_ROLE_N
} prs_role;

typedef struct prs_word_rules {
    bool by_word_break; /* roles are indexed by prs_uc.wb, else by prs_uc.cls */
    /* T9: keycaps and letters before U+FE0F are emoji, not digits and letters */
    bool emoji;
    bool hangul_word;
    uint8_t roles[PRS_CLASS_N];
} prs_word_rules;

extern const prs_word_rules prs_wordbreak_default; /* UAX #29, nothing else */
/** mixed-v1 (T1-T6).  Static, by its two options. */
const prs_word_rules *prs_wordbreak_mixed(bool hangul_word, bool emoji);

enum {                       /* prs_cluster.marks */
       PRS_MARKS_VS15 = 1,   /* U+FE0E directly behind the base */
       PRS_MARKS_VS16 = 2,   /* U+FE0F directly behind the base */
       PRS_MARKS_KEYCAP = 4, /* U+FE0F U+20E3 directly behind the base */
       PRS_MARKS_SKIN = 8,   /* a skin tone somewhere */
};

typedef struct prs_cluster {
    const prs_uc *uc;         /* of the base */
    uint32_t cp;              /* base, or PRS_UTF8_BAD */
    uint32_t start, base_end; /* bytes of the base */
    uint32_t end;             /* end of the last mark */
    uint32_t last;            /* last code point, base or mark */
    uint8_t marks;            /* PRS_MARKS_* */
} prs_cluster;

/** The cluster at `at` < len: one code point (or ill-formed part) and all Extend, Format and ZWJ
 *  behind it (WB4).  CR, LF and Newline take no marks; a mark at `at` is a base. */
prs_cluster prs_wordbreak_cluster(const uint8_t *text, uint32_t len, uint32_t at);

/** Role of a cluster; T9 emoji are OTHER under rules with emoji. */
prs_role prs_wordbreak_role(const prs_word_rules *rules, const prs_cluster *c);

static inline bool prs_role_is_letter(prs_role r) {
    return r == PRS_ROLE_LETTER || r == PRS_ROLE_HEBREW;
}
static inline bool prs_role_is_word(prs_role r) {
    return r >= PRS_ROLE_LETTER && r <= PRS_ROLE_DIGIT;
}

typedef struct prs_uax_segment {
    uint32_t end;
    uint16_t flags; /* PRS_SURFACE_ASCII, LETTER, DIGIT, NUMBER, APOSTROPHE, UPPER */
    bool has_comma;
} prs_uax_segment;

/** The segment that begins at `at` < len, where `at` is a boundary.
 *  Cost   : the bytes of the segment and of one cluster behind it, twice at most
 *  Source : UAX #29 of Unicode 15.0, WB3-WB999 */
prs_uax_segment prs_wordbreak_read(const prs_word_rules *rules, const uint8_t *text, uint32_t len,
                                   uint32_t at);

/** What prs_wordbreak_read says of a range that begins and ends between clusters; end is the
 *  argument. */
prs_uax_segment prs_wordbreak_describe(const prs_word_rules *rules, const uint8_t *text,
                                       uint32_t start, uint32_t end);

/** T9: end of the emoji sequence that begins at `at`, or `at` if none does.  *is_shown = it is an
 *  emoji by default or by a selector; otherwise the sequence is a separator. */
uint32_t prs_wordbreak_emoji(const uint8_t *text, uint32_t len, uint32_t at, bool *is_shown);

#endif
