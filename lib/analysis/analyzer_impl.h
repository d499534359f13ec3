/* analyzer_impl.h - what an analyzer and an analysis are made of; for the files of this layer that
 * share the work behind analyzer.h, and for lexicon.c. */
#ifndef PRS_ANALYSIS_ANALYZER_IMPL_H
#define PRS_ANALYSIS_ANALYZER_IMPL_H

#include "analysis/analyzer.h"
#include "analysis/han_words.h"
#include "analysis/word.h"
#include "base/buf.h"

struct UBreakIterator;

typedef enum {
    PRS_RECIPE_MIXED,
    PRS_RECIPE_KEYWORD,
    PRS_RECIPE_WHITESPACE,
    PRS_RECIPE_CUSTOM
} prs_recipe;

struct prs_analyzer {
    prs_mem *mem;
    atomic_uint refs;
    prs_recipe recipe;
    prs_analyzer_options options;
    prs_scan_options scan;
    prs_fold fold;
    prs_buf id; /* with its NUL */
};

struct prs_analysis {
    prs_mem *mem;
    prs_analyzer *analyzer;
    struct UBreakIterator *han_words; /* prs_analysis_cut_han, opened at first use */
    struct UBreakIterator *sa_words;  /* sa = icu, opened at first use */
    prs_buf value;                    /* keyword: the folded value; custom: terms of a position */
    prs_han_words run_words;          /* han = uni_bi_words: of the run at hand */
    prs_words words;
    uint8_t unit[2 * PRS_FOLD_CHAR_MAX]; /* a character and the next one: HAN1, HAN2 */
    uint8_t joined[PRS_FOLD_WORD_MAX];   /* CONCAT, sigil forms, emoji */
    uint8_t compat[PRS_FOLD_WORD_MAX];   /* T10: the text that is scanned again */
};

#define PRS_COMPOUND_PARTS_MAX 4u
#define PRS_COMPOUND_BYTES_MAX 64u
#define PRS_KEYWORD_MAX (PRISM_MAX_TERM_BYTES - 1) /* a kind byte stands before it in a key */

/* A run over a text under mixed-v1, one group of surfaces a step. */
typedef struct prs_mixed {
    prs_analysis *analysis;
    const uint8_t *text;
    prs_token_fn emit;
    void *ctx;
    prism_error *err;
    prs_scan scan;
    prs_surface next; /* looked ahead */
    bool has_next;
    bool is_nested; /* the text is a folded COMPAT character: all tokens cover outer */
    prs_surface outer;
    uint32_t pos;   /* position of the next token */
    uint32_t end;   /* where the last group ended, signs included */
    uint64_t n_bad; /* ill-formed parts up to there */
} prs_mixed;

/** Begin; len < UINT32_MAX. */
void prs_mixed_begin(prs_mixed *run, prs_analysis *analysis, const uint8_t *text, size_t len,
                     prs_token_fn emit, void *ctx, prism_error *err);
/** Emit the tokens of the next group: a compound with its parts, a whole run, or a single surface.
 *  Only while run->has_next.   Errors : those of emit, ENOMEM */
prism_status prs_mixed_step(prs_mixed *run);

/** The words of an SA run [start, end) of run->text, by ICU's dictionaries (sa = icu). */
prism_status prs_mixed_sa_words(prs_mixed *run, uint32_t start, uint32_t end, uint8_t flags);

/** The other recipes, whole texts. */
prism_status prs_keyword_run(prs_analysis *analysis, prs_bytes text, prs_token_fn emit, void *ctx,
                             uint32_t *n_pos, uint64_t *n_bad, prism_error *err);
prism_status prs_whitespace_run(prs_analysis *analysis, prs_bytes text, prs_token_fn emit,
                                void *ctx, uint32_t *n_pos, uint64_t *n_bad, prism_error *err);
/** custom.c: the caller's tokenizer, its tokens checked.
 *  Errors : EINVAL, ELIMIT naming it; its own */
prism_status prs_custom_run(prs_analysis *analysis, prs_bytes text, prs_token_fn emit, void *ctx,
                            uint32_t *n_pos, uint64_t *n_bad, prism_error *err);

/** Write the id of an analyzer whose other members are ready (id.c). */
prism_status prs_analyzer_write_id(prs_analyzer *analyzer, prism_error *err);
/** Release the break iterators. */
void prs_analysis_close_icu(prs_analysis *analysis);

#endif
