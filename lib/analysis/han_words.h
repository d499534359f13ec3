/* han_words.h - the dictionary words of a run of characters, one character at a time. */
#ifndef PRS_ANALYSIS_HAN_WORDS_H
#define PRS_ANALYSIS_HAN_WORDS_H

#include "analysis/scan.h"
#include "base/buf.h"
#include "base/vec.h"

struct prs_analysis;
struct prs_mixed;

#define PRS_HAN_PIECE 1024u /* characters of a run that the dictionary sees at once */

typedef struct prs_han_char {
    uint32_t end;      /* byte behind it, marks included, in the text */
    uint32_t fold_end; /* byte behind its folded form */
    uint32_t word;     /* characters of the word that begins here, 2 or more; 0 = none does */
} prs_han_char;

PRS_VEC_DEFINE(prs_han_chars, prs_han_char)
PRS_VEC_DEFINE(prs_han_ends, uint32_t)

/* A run under han = uni_bi_words: a second reader of its characters, ahead of the one that emits.
 * Members are private. */
typedef struct prs_han_words {
    prs_scan scan;
    prs_surface next;
    bool more;           /* the run goes on with `next` */
    prs_han_chars chars; /* the piece at hand */
    prs_buf folded;
    prs_han_ends ends;
    uint32_t at; /* character to be asked for next */
} prs_han_words;

typedef struct prs_han_word {
    prs_bytes term; /* folded; borrowed until the next call */
    uint32_t n;     /* characters; 0 = no word */
    uint32_t end;   /* byte behind it */
    bool ends_run;
} prs_han_word;

void prs_han_words_init(prs_han_words *words, prs_mem *mem);
void prs_han_words_fini(prs_han_words *words);

/** Begin the run whose first character is run->next. */
void prs_han_words_begin(prs_han_words *words, const struct prs_mixed *run);
/** The word of 2 or more characters that begins at the next character of the run, if one does.
 *  Errors : ENOMEM; EUNSUPPORTED ICU has no dictionary.   Cost: 60-90 ns a character */
prism_status prs_han_words_next(prs_han_words *words, const struct prs_mixed *run,
                                prs_han_word *out);

#endif
