/* fold.h - surface bytes -> folded bytes: width, case, diacritics, Traditional -> Simplified.
 *
 *     ＡＢＣ -> abc   Straße -> strasse   Café -> cafe   don’t -> don't   數 -> 数   ﾊﾞ -> バ
 *
 * Folding is a function of the bytes and the options alone, and folding twice is folding once. */
#ifndef PRS_ANALYSIS_FOLD_H
#define PRS_ANALYSIS_FOLD_H

#include "base/buf.h"
#include "base/prs.h"

struct UNormalizer2;

#define PRS_FOLD_INPUT_MAX PRISM_MAX_TOKEN_BYTES /* bytes of a surface that are looked at */
#define PRS_FOLD_UNITS_MAX 2048u /* UTF-16 units of any intermediate form of such a surface */
#define PRS_FOLD_WORD_MAX 1000u /* bytes of a folded word: leaves room for a kind byte and a sign */
#define PRS_FOLD_CHAR_MAX 128u  /* bytes of a folded Han, kana, Hangul or SA character */
#define PRS_FOLD_KEEP_MAX 32u   /* letters in fold_except */

/* A letter whose diacritics stay: its base and its marks, in canonical order. */
typedef struct prs_fold_keep {
    uint32_t base;
    uint32_t marks[4];
    uint32_t n_marks;
} prs_fold_keep;

/* What to fold: immutable, shared by threads. */
typedef struct prs_fold {
    const struct UNormalizer2 *nfkc_cf, *nfd, *nfc; /* ICU's singletons */
    bool strip;                                     /* diacritics = fold */
    bool simplify;                                  /* ts_fold */
    uint32_t n_keep;
    prs_fold_keep keep[PRS_FOLD_KEEP_MAX];
} prs_fold;

/* Working room of one thread. */
typedef struct prs_fold_scratch {
    uint16_t a[PRS_FOLD_UNITS_MAX], b[PRS_FOLD_UNITS_MAX];
} prs_fold_scratch;

enum { /* what prs_fold_word leaves out (PRS_SURFACE_INITIALS, PRS_SURFACE_GROUPED) */
       PRS_FOLD_DROP_DOTS = 1,
       PRS_FOLD_DROP_COMMAS = 2,
};

/** Make a folder.  keep = UTF-8 letters whose diacritics stay under strip, "" = none.
 *  Errors : EINVAL keep is not letters or too many; EUNSUPPORTED ICU is older than Unicode 15.0, so
 *           that it does not know every character of the pinned tables; ENOMEM.  No fini. */
prism_status prs_fold_init(prs_fold *fold, bool strip, const char *keep, bool simplify,
                           prism_error *err);

/** Fold a word: NFKC_Casefold, apostrophes to ', dots or commas dropped, diacritics removed.
 *  Params : text well-formed UTF-8 of assigned characters, at most the first PRS_FOLD_INPUT_MAX
 *           bytes count; out has room for PRS_FOLD_WORD_MAX bytes, a longer result is cut there
 *  Errors : ENOMEM.   Cost: ASCII 1 ns a byte, else 100-200 ns */
prism_status prs_fold_word(const prs_fold *fold, prs_fold_scratch *scratch, prs_bytes text,
                           unsigned drop, uint8_t *out, uint32_t *len, prism_error *err);

/** Fold one character of a run with its marks: NFKC_Casefold, then Simplified for each code point.
 *  Never empty: what folds to nothing (the Hangul fillers) stays as it is.
 *  Params : out has room for PRS_FOLD_CHAR_MAX bytes.   Cost: Han and kana 5 ns */
prism_status prs_fold_char(const prs_fold *fold, prs_fold_scratch *scratch, prs_bytes text,
                           uint8_t *out, uint32_t *len, prism_error *err);

/** NFKC_Casefold alone, for a sign or a COMPAT character.
 *  Params : out has room for PRS_FOLD_WORD_MAX bytes */
prism_status prs_fold_compat(const prs_fold *fold, prs_fold_scratch *scratch, prs_bytes text,
                             uint8_t *out, uint32_t *len, prism_error *err);

/** Fold a whole value of any length (the keyword analyzer): NFKC_Casefold, Simplified if ts_fold,
 *  diacritics kept.  An ill-formed part becomes U+FFFD; a code point that the pinned UCD does not
 *  know stays as it is.   Appends to out, adds to *n_bad.
 *  Errors : ENOMEM, ELIMIT (> 512 MiB). */
prism_status prs_fold_value(const prs_fold *fold, prs_mem *mem, prs_bytes text, prs_buf *out,
                            uint64_t *n_bad, prism_error *err);

#endif
