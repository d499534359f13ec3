/* scan.h - bytes -> surface tokens: where the tokens of mixed-v1 begin and end, before any folding.
 *
 * The scanner walks UTF-8 once, from left to right, and names what it meets:
 *
 *   text      達267%。   GPT-4    .NET   U.S.A.     $1,234.5   ①         👩‍🚀
 *   surface   達 267     GPT 4    NET    U.S.A.     1,234.5    ①         👩‍🚀
 *   type      HAN WORD   WORD     WORD   WORD       WORD       COMPAT    EMOJI
 *   notes        trail % join -   lead . INITIALS   GROUPED,
 *                                                   lead $
 *
 * It copies nothing, allocates nothing and fails never.  A surface says what the later steps need
 * in order not to look at the text again: what to drop (dots, commas), which sign touches it, which
 * single joiner stands before it.  Everything else between two surfaces is a separator.
 *
 * Text after white space gives the same surfaces whatever stands before it (join_linebreak
 * excepted). */
#ifndef PRS_ANALYSIS_SCAN_H
#define PRS_ANALYSIS_SCAN_H

#include "base/prs.h"

typedef enum prs_surface_type {
    PRS_SURFACE_WORD = 1, /* letters and digits with what joins them: one position */
    /* one Han, kana, Hangul character with its marks: one position of a run */
    PRS_SURFACE_HAN,
    /* one cluster of Thai, Lao, Khmer, Myanmar ...: as HAN, in its own runs */
    PRS_SURFACE_SA,
    PRS_SURFACE_EMOJI,  /* one sequence; the term is its bytes less U+FE0E and U+FE0F, no NFKC */
    PRS_SURFACE_COMPAT, /* one sign that folds to letters or digits: fold, scan again (T10) */
} prs_surface_type;

enum {
    PRS_SURFACE_ASCII = 1,          /* WORD: every byte is < 0x80 */
    PRS_SURFACE_LETTER = 2,         /* WORD: holds a letter */
    PRS_SURFACE_DIGIT = 4,          /* WORD: holds a decimal digit */
    PRS_SURFACE_NUMBER = 8,         /* WORD: its first character is a decimal digit */
    PRS_SURFACE_INITIALS = 16,      /* WORD: U.S.A. or e.g.: drop each '.' (after NFKC) */
    PRS_SURFACE_GROUPED = 32,       /* WORD: 1,234.56: drop each ',' (after NFKC) */
    PRS_SURFACE_APOSTROPHE = 64,    /* WORD: holds ' U+2018 U+2019 U+02BC or U+FF07 */
    PRS_SURFACE_RUN_START = 128,    /* HAN, SA: first of its run */
    PRS_SURFACE_RUN_END = 256,      /* HAN, SA: last of its run */
    PRS_SURFACE_SPACE_BEFORE = 512, /* first of the text, or white space, a control or an
                                       ill-formed byte stands since the previous one */
    PRS_SURFACE_UPPER = 1024,       /* WORD: holds an ASCII capital letter */
    PRS_SURFACE_CUT = 2048,         /* WORD, EMOJI: a piece of a token over max_token_bytes (T12) */
};

/* A sign of T8 that touches a WORD; full-width and small forms count as the sign. */
typedef enum prs_sign {
    PRS_SIGN_NONE = 0,
    PRS_SIGN_DOT,      /* lead:  .net */
    PRS_SIGN_HASH,     /* lead:  #tag;  trail: c# */
    PRS_SIGN_AT,       /* lead:  @user */
    PRS_SIGN_CURRENCY, /* lead:  $10;   trail: 5 EUR sign.  In the term it always leads */
    PRS_SIGN_PLUS2,    /* trail: c++ */
    PRS_SIGN_PERCENT,  /* trail: 7% or per mille */
} prs_sign;

typedef struct prs_surface {
    uint32_t start, end; /* bytes of the token: whole clusters with their marks; signs excluded */
    uint32_t lead_start; /* the lead sign is [lead_start, start): empty when lead is NONE */
    uint32_t trail_end;  /* the trail sign is [end, trail_end): empty when trail is NONE */
    uint16_t flags;      /* PRS_SURFACE_ASCII ... */
    uint8_t type;        /* prs_surface_type */
    uint8_t join;        /* T7: '-' '_' '.' '&' if that joiner alone, without marks, fills the gap
                            since the previous surface, wide forms too; 0 otherwise */
    uint8_t lead, trail; /* prs_sign; each makes one extra term: lead "$10", trail "10%" (T8) */
} prs_surface;

typedef struct prs_scan_options {
    uint32_t max_token_bytes; /* T12; 16 .. PRISM_MAX_TOKEN_BYTES */
    bool hangul_word;         /* Hangul are letters of words, not characters of runs */
    bool join_linebreak;      /* a single newline between two Han or kana characters is not there */
    bool emoji;               /* false: emoji sequences are separators */
    bool sigils;              /* false: lead and trail are always NONE */
} prs_scan_options;

/** The defaults of mixed-v1: 255, false, false, true, true. */
void prs_scan_options_init(prs_scan_options *options);

/* The scanner.  Members are private except n_bad. */
typedef struct prs_scan {
    const uint8_t *text;
    uint32_t len;
    uint32_t at; /* end of the previous surface, with marks that it left out */
    uint32_t max_bytes;
    const struct prs_word_rules *rules;
    /* maximal ill-formed parts passed so far: all of them once next gave false */
    uint64_t n_bad;
    uint32_t cut_end;   /* end of an over-long token still to be handed out, or 0 */
    uint8_t prev_type;  /* type of the previous surface, 0 before the first */
    bool prev_initials; /* the previous surface was initials: its chain of dots is over */
    bool run_open;      /* the previous surface belongs to a run that goes on with the next one */
    bool join_linebreak, sigils;
} prs_scan;

/** Begin a scan.
 *  Params : text [borrowed until the last prs_scan_next], any bytes; len < UINT32_MAX
 *  Threads: one per scan.   Cost: O(1) */
void prs_scan_init(prs_scan *scan, const prs_scan_options *options, const void *text, size_t len);

/** The next surface; false at the end of the text.
 *  Shapes : start rises strictly, ranges [start, end) do not overlap, all bounds are code-point
 *           bounds
 *  Cost   : the bytes passed; over 300 MB/s on ASCII, over 400 MB/s on Han
 *  Source : UAX #29 of Unicode 15.0 with the tailorings T1-T12; docs/analysis.md */
bool prs_scan_next(prs_scan *scan, prs_surface *out);

#endif
