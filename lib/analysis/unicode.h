/* unicode.h - the pinned Unicode tables: what a code point is, and its Simplified form.
 *
 * Every fact comes from UCD 15.0 through tools/gen_unicode.c and is checked in under analysis/gen;
 * the ICU that the library runs with is never asked.  A code point that UCD 15.0 does not assign is
 * a separator. */
#ifndef PRS_ANALYSIS_UNICODE_H
#define PRS_ANALYSIS_UNICODE_H

#include "base/prs.h"

#define PRS_UCD_VERSION "15.0"

/* Word_Break of UAX #29, for the untailored rules (Extended_Pictographic is a flag). */
typedef enum prs_wb {
    PRS_WB_OTHER,
    PRS_WB_CR,
    PRS_WB_LF,
    PRS_WB_NEWLINE,
    PRS_WB_EXTEND,
    PRS_WB_ZWJ,
    PRS_WB_FORMAT,
    PRS_WB_RI,
    PRS_WB_KATAKANA,
    PRS_WB_HEBREW,
    PRS_WB_LETTER,
    PRS_WB_SQUOTE,
    PRS_WB_DQUOTE,
    PRS_WB_MIDNUMLET,
    PRS_WB_MIDLETTER,
    PRS_WB_MIDNUM,
    PRS_WB_NUMERIC,
    PRS_WB_EXTENDNUMLET,
    PRS_WB_WSEGSPACE,
} prs_wb;

/* What mixed-v1 makes of a code point (rule R2). */
typedef enum prs_class {
    PRS_CLASS_OTHER, /* separator */
    PRS_CLASS_MARK,  /* Extend, Format, ZWJ: stays with what is before it (T11) */
    PRS_CLASS_LETTER,
    PRS_CLASS_HEBREW,
    PRS_CLASS_DIGIT,
    PRS_CLASS_MIDLETTER, /* joins letters */
    PRS_CLASS_MIDNUM,    /* joins digits */
    PRS_CLASS_MIDBOTH,   /* U+2018, U+2019: joins letters, joins digits */
    PRS_CLASS_DOT,       /* joins digits (T3); initials; lead sign; joiner */
    PRS_CLASS_SQUOTE,    /* joins letters, joins digits, stays with Hebrew */
    PRS_CLASS_DQUOTE,    /* joins Hebrew */
    PRS_CLASS_HAN,       /* ideographs, kana: one position each */
    PRS_CLASS_HANGUL,    /* syllables and letters that stand alone */
    PRS_CLASS_JAMO_L,    /* conjoining: leading, vowel, trailing, LV syllable, LVT syllable */
    PRS_CLASS_JAMO_V,
    PRS_CLASS_JAMO_T,
    PRS_CLASS_HANGUL_LV,
    PRS_CLASS_HANGUL_LVT,
    PRS_CLASS_SA,     /* Line_Break=SA: Thai, Lao, Khmer, Myanmar ... */
    PRS_CLASS_SA_AM,  /* Thai and Lao AM: part of the cluster before it */
    PRS_CLASS_COMPAT, /* no word character by itself, folds to letters or digits (T10) */
    PRS_CLASS_EMOJI,  /* Extended_Pictographic that is nothing of the above */
    PRS_CLASS_RI,     /* regional indicator */
    PRS_CLASS_SIGN,   /* separator that makes sigils or joins: # @ + % currency - _ & */
    PRS_CLASS_N
} prs_class;

/* Flags of a code point. */
enum {
    PRS_UC_PICT = 1,       /* Extended_Pictographic */
    PRS_UC_EMOJI = 2,      /* Emoji and Extended_Pictographic, less U+00A9, U+00AE, U+2122 */
    PRS_UC_EMOJI_PRES = 4, /* Emoji_Presentation */
    PRS_UC_EMOJI_MOD = 8,  /* Emoji_Modifier: skin tones */
    PRS_UC_NFKC_CF = 16,   /* NFKC_Casefold changes it */
    PRS_UC_SPACE = 32,     /* White_Space, control characters, U+200B: SPACE_BEFORE */
    PRS_UC_MN = 64,        /* General_Category = Nonspacing_Mark */
    PRS_UC_LGC = 128,      /* Script = Latin, Greek or Cyrillic */
};

/* All of a code point: distinct combinations are few, so a byte indexes them. */
typedef struct prs_uc {
    uint8_t wb, cls, flags;
    uint8_t sign; /* the ASCII sign it is or folds to: one of . , ' - _ & # @ + %; '$' for any
                     currency; 0 for none */
} prs_uc;

/* Two-stage table, in unicode.c. */
#define PRS_UNICODE_PAGES (0x110000 / 256)
extern const prs_uc prs_unicode_records[];
extern const uint8_t prs_unicode_stage1[PRS_UNICODE_PAGES];
extern const uint8_t prs_unicode_stage2[];

/** Properties of a code point; PRS_UTF8_BAD and all above 0x10FFFF: a separator with
 *  PRS_UC_SPACE. */
static inline const prs_uc *prs_unicode_get(uint32_t cp) {
    if (PRS_UNLIKELY(cp > 0x10ffff)) return &prs_unicode_records[0];
    uint32_t row = prs_unicode_stage1[cp / 256];
    return &prs_unicode_records[prs_unicode_stage2[row * 256 + cp % 256]];
}

/* All characters that have a Simplified form lie between these. */
#define PRS_SIMPLIFY_BEGIN 0x3400u
#define PRS_SIMPLIFY_END 0xa000u

/** Simplified form of a code point, itself if it has none.  Idempotent.
 *  Cost   : one load of a bitmap of 3.4 KiB; three more loads if it changes */
uint32_t prs_unicode_simplify(uint32_t cp);

#endif
