/* analyzer.c - which recipe does a name stand for, and who owns what while it is applied?
 *
 *   prs_analyzer   immutable, counted references, shared by fields, queries and threads
 *       +- options, folder, scanner options, id
 *   prs_analysis   one thread's: holds a reference; stemmer, cache, scratch, break iterators
 *       +- run -> mixed.c | keyword, whitespace in simple.c | a caller's tokenizer in custom.c
 *
 * Tested by   tests/unit/analysis/test_analyzer.c */
#include "analysis/analyzer_impl.h"

#include "base/error.h"

#define WARM_BYTES 1024u /* a shorter text seldom repeats a word */

/* Only compat signs make more than a position of two bytes.  A step adds less than 2^31 of them, so
 * a position never wraps. */
#define POSITIONS_MAX 0x80000000u

/* ---- the recipe --------------------------------------------------------------------------- */

static prs_recipe recipe_of(const char *name) {
    if (strcmp(name, "mixed-v1") == 0) return PRS_RECIPE_MIXED;
    if (strcmp(name, "keyword") == 0) return PRS_RECIPE_KEYWORD;
    if (strcmp(name, "whitespace") == 0) return PRS_RECIPE_WHITESPACE;
    return PRS_RECIPE_CUSTOM;
}

bool prs_analyzer_is_builtin(const char *name) {
    return recipe_of(name) != PRS_RECIPE_CUSTOM;
}

static prism_status find_recipe(const prs_analyzer_options *options, prs_recipe *out,
                                prism_error *err) {
    const char *name = options->name;
    if (memchr(name, '\0', sizeof options->name) == NULL) {
        return prs_error_set(err, PRISM_EINVAL, "the analyzer's name is not a string");
    }
    *out = recipe_of(name);
    bool is_custom = *out == PRS_RECIPE_CUSTOM;
    if (is_custom && (options->custom == NULL || name[0] == '\0')) {
        return prs_error_set(err, PRISM_EINVAL, "no analyzer is called \"%s\"", name);
    }
    if (!is_custom && options->custom != NULL) {
        return prs_error_set(err, PRISM_EINVAL, "\"%s\" cannot name a tokenizer of your own", name);
    }
    return PRISM_OK;
}

static void set_scan_options(prs_analyzer *analyzer) {
    const prs_analyzer_options *options = &analyzer->options;
    prs_scan_options_init(&analyzer->scan);
    analyzer->scan.max_token_bytes = options->max_token_bytes;
    analyzer->scan.hangul_word = options->hangul == PRS_HANGUL_WORD;
    analyzer->scan.join_linebreak = options->join_linebreak;
    analyzer->scan.emoji = options->emoji;
    analyzer->scan.sigils = options->sigils;
}

static prism_status fill_analyzer(prs_analyzer *analyzer, const prs_analyzer_options *options,
                                  prism_error *err) {
    analyzer->options = *options;
    PRS_TRY(find_recipe(options, &analyzer->recipe, err));
    if (options->max_token_bytes < 16 || options->max_token_bytes > PRISM_MAX_TOKEN_BYTES) {
        return prs_error_set(err, PRISM_EINVAL, "max_token_bytes is not within 16 and %u",
                             PRISM_MAX_TOKEN_BYTES);
    }
    set_scan_options(analyzer);
    PRS_TRY(prs_fold_init(&analyzer->fold, options->diacritics == PRS_DIACRITICS_FOLD,
                          options->fold_except, options->ts_fold, err));
    return prs_analyzer_write_id(analyzer, err);
}

prism_status prs_analyzer_new(prs_mem *mem, const prs_analyzer_options *options, prs_analyzer **out,
                              prism_error *err) {
    *out = NULL;
    prs_analyzer *analyzer = prs_mem_calloc(mem, 1, sizeof *analyzer);
    if (analyzer == NULL) return prs_error_nomem(err);
    analyzer->mem = mem;
    atomic_init(&analyzer->refs, 1);
    prs_buf_init(&analyzer->id, mem);
    prism_status status = fill_analyzer(analyzer, options, err);
    if (status != PRISM_OK) {
        prs_analyzer_unref(analyzer);
        return status;
    }
    *out = analyzer;
    return PRISM_OK;
}

void prs_analyzer_unref(prs_analyzer *analyzer) {
    if (analyzer == NULL) return;
    if (atomic_fetch_sub_explicit(&analyzer->refs, 1, memory_order_acq_rel) != 1) return;
    prs_buf_fini(&analyzer->id);
    prs_mem_free(analyzer->mem, analyzer, sizeof *analyzer);
}

prs_analyzer *prs_analyzer_ref(prs_analyzer *analyzer) {
    atomic_fetch_add_explicit(&analyzer->refs, 1, memory_order_relaxed);
    return analyzer;
}

const char *prs_analyzer_id(const prs_analyzer *analyzer) {
    return (const char *)analyzer->id.ptr;
}

const prs_analyzer_options *prs_analyzer_options_of(const prs_analyzer *analyzer) {
    return &analyzer->options;
}

/* ---- one thread's work -------------------------------------------------------------------- */

prism_status prs_analysis_new(prs_analyzer *analyzer, prs_mem *mem, prs_analysis **out,
                              prism_error *err) {
    *out = NULL;
    prs_analysis *analysis = prs_mem_alloc(mem, sizeof *analysis);
    if (analysis == NULL) return prs_error_nomem(err);
    const prs_analyzer_options *options = &analyzer->options;
    bool is_stemming = analyzer->recipe == PRS_RECIPE_MIXED && options->stem != PRS_STEM_OFF;
    prism_status status = prs_words_init(&analysis->words, mem, &analyzer->fold,
                                         is_stemming ? options->stem_language : NULL,
                                         options->stem == PRS_STEM_DUAL, err);
    if (status != PRISM_OK) {
        prs_mem_free(mem, analysis, sizeof *analysis);
        return status;
    }
    analysis->mem = mem;
    analysis->analyzer = prs_analyzer_ref(analyzer);
    analysis->han_words = analysis->sa_words = NULL;
    prs_buf_init(&analysis->value, mem);
    prs_han_words_init(&analysis->run_words, mem);
    *out = analysis;
    return PRISM_OK;
}

void prs_analysis_free(prs_analysis *analysis) {
    if (analysis == NULL) return;
    prs_analysis_close_icu(analysis);
    prs_words_fini(&analysis->words);
    prs_buf_fini(&analysis->value);
    prs_han_words_fini(&analysis->run_words);
    prs_analyzer_unref(analysis->analyzer);
    prs_mem_free(analysis->mem, analysis, sizeof *analysis);
}

static prism_status run_mixed(prs_analysis *analysis, prs_bytes text, prs_token_fn emit, void *ctx,
                              uint32_t *n_pos, uint64_t *n_bad, prism_error *err) {
    prs_mixed run;
    if (text.len >= WARM_BYTES)
        PRS_TRY(prs_words_warm(&analysis->words, PRS_WORDS_CACHE_BITS, err));
    prs_mixed_begin(&run, analysis, text.ptr, text.len, emit, ctx, err);
    while (run.has_next) {
        PRS_TRY(prs_mixed_step(&run));
        if (PRS_UNLIKELY(run.pos > POSITIONS_MAX))
            return prs_error_set(err, PRISM_ELIMIT, "a text of more than 2^31 positions");
    }
    *n_pos = run.pos;
    *n_bad = run.scan.n_bad;
    return PRISM_OK;
}

prism_status prs_analysis_run(prs_analysis *analysis, const void *text, size_t len,
                              prs_token_fn emit, void *ctx, uint32_t *n_pos, uint64_t *n_bad,
                              prism_error *err) {
    uint32_t pos = 0;
    uint64_t bad = 0;
    prism_status status = PRISM_OK;
    if (n_pos != NULL) *n_pos = 0;
    if (n_bad != NULL) *n_bad = 0;
    if (len >= UINT32_MAX) return prs_error_set(err, PRISM_ELIMIT, "a text of 4 GiB or more");
    if (len == 0) text = "";
    prs_bytes bytes = prs_bytes_of(text, len);
    switch (analysis->analyzer->recipe) {
    case PRS_RECIPE_MIXED: status = run_mixed(analysis, bytes, emit, ctx, &pos, &bad, err); break;
    case PRS_RECIPE_KEYWORD:
        status = prs_keyword_run(analysis, bytes, emit, ctx, &pos, &bad, err);
        break;
    case PRS_RECIPE_WHITESPACE:
        status = prs_whitespace_run(analysis, bytes, emit, ctx, &pos, &bad, err);
        break;
    case PRS_RECIPE_CUSTOM:
        status = prs_custom_run(analysis, bytes, emit, ctx, &pos, &bad, err);
        break;
    }
    if (n_pos != NULL) *n_pos = pos;
    if (n_bad != NULL) *n_bad = bad;
    return status;
}
