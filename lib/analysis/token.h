/* token.h - what analysis hands out: a term of some kind, at a position, from a byte range.
 *
 * A term's dictionary key is its kind byte followed by its folded bytes, in every field that is
 * analyzed.  The kind keeps apart what must not mix in one posting list:
 *
 *   text   數據中心的AI       positions 0..4 for the characters, 5 for the word
 *   WORD   "ai"@5                     docs, freqs, positions
 *   HAN1   "数"@0 "据"@1 ... "的"@4    every character: docs and freqs, never positions
 *   HAN2   "数据"@0 "据中"@1 ...       every adjacent pair in a run: docs, freqs, positions
 *   HANEND "的"@4                     the last character of each run: docs, freqs, positions
 *   HANWORD "数据"@0 "中心"@2 ...      dictionary words, han = uni_bi_words: docs and freqs, never
 *                                     positions; they only score
 *
 * The occurrences of a character c are thus HAN2 keys that begin with c, plus HANEND c. */
#ifndef PRS_ANALYSIS_TOKEN_H
#define PRS_ANALYSIS_TOKEN_H

#include "base/prs.h"

typedef enum prs_term_kind {
    PRS_KIND_WORD = 1,    /* words, numbers, signs, concatenations, emoji; all of other analyzers */
    PRS_KIND_HAN1 = 2,    /* one Han/kana/Hangul (or SA) character; without positions */
    PRS_KIND_HAN2 = 3,    /* two adjacent characters of a run */
    PRS_KIND_HANEND = 4,  /* last character of a run */
    PRS_KIND_EXACT = 5,   /* unstemmed form, only under stem = dual */
    PRS_KIND_HANWORD = 6, /* dictionary word of 2 or more characters; without positions */
    PRS_KIND_MAX = PRS_KIND_HANWORD,
} prs_term_kind;

static inline bool prs_kind_has_positions(uint8_t kind) {
    return kind != PRS_KIND_HAN1 && kind != PRS_KIND_HANWORD;
}

enum {
    PRS_TOKEN_RUN_START = 1, /* HAN...: begins at the first character of its run */
    PRS_TOKEN_RUN_END = 2,   /* HAN1/HANEND: last character of its run; HAN2, HANWORD: covers the
                                last */
    PRS_TOKEN_CONCAT = 4,    /* compound concatenation (T7), span = its parts */
    PRS_TOKEN_PART = 8,      /* part of a compound; its CONCAT stands at the first part */
    PRS_TOKEN_SIGIL = 16,    /* extra form with its sign (T8) */
    PRS_TOKEN_JOINED = 32,   /* no space between the previous token and this one */
};

typedef struct prs_token {
    const uint8_t *term; /* folded bytes, no kind byte; valid during the callback only */
    uint32_t len;
    uint8_t kind;        /* prs_term_kind */
    uint8_t flags;       /* PRS_TOKEN_* */
    uint32_t pos;        /* position from 0; never decreases */
    uint32_t span;       /* positions covered, >= 1 */
    uint32_t start, end; /* byte range in the input: whole clusters, includes signs and marks */
    uint32_t *memo; /* prs_word.memo where the term is the stem of a word of the cache, else NULL */
} prs_token;

#endif
