/* analyzer.h - text -> tokens, for indexing, queries and highlighting alike.
 *
 * An analyzer is an immutable recipe (options -> id); an analysis is one thread's working state for
 * it (stemmer handles, buffers).  The token stream is a pure function of (id, text). */
#ifndef PRS_ANALYSIS_ANALYZER_H
#define PRS_ANALYSIS_ANALYZER_H

#include "analysis/token.h"
#include "base/mem.h"

#include <prismsearch/ext/tokenizer.h>

typedef struct prs_analyzer prs_analyzer;
typedef struct prs_analysis prs_analysis;

typedef prism_status (*prs_token_fn)(void *ctx, const prs_token *token);

typedef enum { PRS_STEM_OFF, PRS_STEM_ON, PRS_STEM_DUAL } prs_stem_mode;
typedef enum { PRS_DIACRITICS_FOLD, PRS_DIACRITICS_KEEP } prs_diacritics_mode;
typedef enum { PRS_HAN_UNI_BI, PRS_HAN_BI, PRS_HAN_UNI, PRS_HAN_UNI_BI_WORDS } prs_han_mode;
typedef enum { PRS_HANGUL_NGRAM, PRS_HANGUL_WORD } prs_hangul_mode;
typedef enum { PRS_SA_NGRAM, PRS_SA_ICU } prs_sa_mode;

typedef struct prs_analyzer_options {
    char name[32];          /* "mixed-v1", "keyword", "whitespace", or a custom tokenizer's name */
    char stem_language[24]; /* a Snowball algorithm, "english" by default */
    prs_stem_mode stem;
    prs_diacritics_mode diacritics;
    char fold_except[64]; /* UTF-8 letters whose diacritics stay ("åäö"); "" = none */
    bool ts_fold;         /* Traditional -> Simplified */
    prs_han_mode han;
    prs_hangul_mode hangul;
    prs_sa_mode sa;
    bool join_linebreak, compounds, sigils, emoji;
    uint32_t max_token_bytes; /* T12, 255 */
    prism_tokenize_fn custom; /* only for a custom name; rules in ext/tokenizer.h */
    void *custom_ctx;
    char custom_version[32];
} prs_analyzer_options;

/** Is it a name of the library's own analyzers? */
bool prs_analyzer_is_builtin(const char *name);
/** The defaults of mixed-v1. */
void prs_analyzer_options_init(prs_analyzer_options *options);
/** Set one option by name and text ("stem", "off"): EINVAL names the option or value refused. */
prism_status prs_analyzer_options_set(prs_analyzer_options *options, const char *name,
                                      const char *value, prism_error *err);

/** Make them those of a caller's tokenizer, which takes no other options.
 *  Params : name and version are strings under 32 bytes */
void prs_analyzer_options_custom(prs_analyzer_options *options, const char *name,
                                 const char *version, prism_tokenize_fn tokenize, void *ctx);

prism_status prs_analyzer_new(prs_mem *mem, const prs_analyzer_options *options, prs_analyzer **out,
                              prism_error *err);
void prs_analyzer_unref(prs_analyzer *analyzer);
prs_analyzer *prs_analyzer_ref(prs_analyzer *analyzer);

/** Canonical id, e.g. "mixed-v1 ucd=15.0 stem=english:1f3a... diacritics=fold ts_fold=on ...":
 *  rules, UCD version, options, hash of the stemmer's output over the checked-in probe list.  Two
 *  analyzers with equal ids give equal token streams; it is stored in every segment.  Borrowed. */
const char *prs_analyzer_id(const prs_analyzer *analyzer);
const prs_analyzer_options *prs_analyzer_options_of(const prs_analyzer *analyzer);

prism_status prs_analysis_new(prs_analyzer *analyzer, prs_mem *mem, prs_analysis **out,
                              prism_error *err);
void prs_analysis_free(prs_analysis *analysis);

/** Tokens of a text in order of (pos, then: HAN1, HAN2, HANEND, HANWORD | part/word, EXACT, CONCAT,
 *  SIGIL).
 *  Params : text [borrowed], any bytes; emit stops the run by returning non-OK, which is passed on.
 *  Errors : ENOMEM, ELIMIT (> 4 GiB - 1 bytes, > 2^31 positions); never for ill-formed text.
 *  *n_pos (may be NULL) = positions used, i.e. the field length; *n_bad (may be NULL) = ill-formed
 *  parts met.
 *  Threads: one analysis per thread.   Cost: a third (English) to an eighth (Chinese) of what ICU's
 *           word iterator, NFKC_Casefold and an uncached stemmer take
 *           (bench/micro/analysis_bench.c) */
prism_status prs_analysis_run(prs_analysis *analysis, const void *text, size_t len,
                              prs_token_fn emit, void *ctx, uint32_t *n_pos, uint64_t *n_bad,
                              prism_error *err);

/* ---- query side --------------------------------------------------------------------------- */

/** Cut a folded Han run into dictionary words (ICU): ends[i] = number of characters of the run
 *  before the end of word i.
 *  Params : run = folded UTF-8 of the run (HAN1 terms concatenated); ends has room for one entry a
 *           code point of it.  Characters are counted as code points: the few HAN1 terms that are
 *           several code points (kana with a mark that does not compose) count as several
 *  Errors : ENOMEM, EUNSUPPORTED when ICU has no dictionary (then one word per bigram is the
 *           fallback).
 *  Cost   : 1-2 us for 8 characters.  Used when indexing only under han = uni_bi_words. */
prism_status prs_analysis_cut_han(prs_analysis *analysis, const void *run, size_t len,
                                  uint32_t *ends, uint32_t *n_words, prism_error *err);
/** True for the Han function characters (的 了 在 是 和 ...), listed in analysis/stopwords.c. */
bool prs_is_function_char(const uint8_t *utf8, size_t len);
/** True for the 33 English stop words of the default list, folded, stemmed or not. */
bool prs_is_stopword(const uint8_t *term, size_t len);

#endif
