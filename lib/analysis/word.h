/* word.h - a WORD surface -> its folded form and its stem, answered from a small cache. */
#ifndef PRS_ANALYSIS_WORD_H
#define PRS_ANALYSIS_WORD_H

#include "analysis/fold.h"
#include "analysis/scan.h"
#include "analysis/stem.h"

typedef struct prs_word {
    prs_bytes plain; /* folded, not stemmed, without apostrophes; empty = not a word after all */
    prs_bytes stem;  /* as plain where no stemmer applies */
    bool has_exact;  /* under stem = dual: plain is also an EXACT term */
    uint32_t *memo;  /* of the word's slot in the cache: the caller's, 0 at first; NULL = no slot */
} prs_word;

typedef struct prs_word_slot prs_word_slot;

/* The maker: one for each analysis. */
typedef struct prs_words {
    prs_mem *mem;
    const prs_fold *fold;
    prs_stem stem; /* handle NULL = stem off */
    bool is_dual;
    prs_word_slot *cache; /* NULL until prs_words_warm */
    uint64_t cache_mask;  /* slots - 1 */
    prs_fold_scratch scratch;
    uint8_t plain[PRS_FOLD_WORD_MAX];
    uint8_t stemmed[PRS_FOLD_WORD_MAX];
} prs_words;

/** Params : language NULL = no stemming; fold [borrowed].   Errors : EINVAL, ENOMEM */
prism_status prs_words_init(prs_words *words, prs_mem *mem, const prs_fold *fold,
                            const char *language, bool is_dual, prism_error *err);
void prs_words_fini(prs_words *words);

#define PRS_WORDS_CACHE_BITS 14u

/** Allocate a cache of 2^bits slots, unless there is one: worth it from about a kilobyte of text
 *  on.
 *  Params : bits PRS_WORDS_CACHE_BITS; 0 (one slot) and more in tests.   Errors : ENOMEM */
prism_status prs_words_warm(prs_words *words, uint32_t bits, prism_error *err);

/** Make the memos of all slots 0. */
void prs_words_forget(prs_words *words);

/** Fold and stem a WORD surface of `text`.  The result is borrowed until the next call.
 *  Errors : ENOMEM.   Cost: 10 ns from the cache, else 50-400 ns */
prism_status prs_words_make(prs_words *words, const uint8_t *text, const prs_surface *surface,
                            prs_word *out, prism_error *err);
/** The same of a word of ASCII letters, lower case, and digits, which folding leaves as it is; the
 *  cache is not asked and learns nothing: for who remembers himself.
 *  Params : plain [borrowed as long as the result] */
prism_status prs_words_make_folded(prs_words *words, prs_bytes plain, prs_word *out,
                                   prism_error *err);

#endif
