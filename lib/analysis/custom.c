/* custom.c - what keeps a caller's tokenizer from putting into an index what must not be there?
 *
 *     tokenize(ctx, text, emit) -> take_token: believed? -> our emit
 *                                  here: terms of this position, to drop what is given twice
 *
 * Rules       are those of prismsearch/ext/tokenizer.h.  A token that breaks one ends the run with
 *             a sentence that names the tokenizer, whatever the tokenizer returns afterwards; so
 *             does a failure of our own emit.
 * Invariants  - Positions do not fall and stay below PRISM_MAX_DOC_TOKENS; a (position, term) pair
 *               is handed on once: lists of positions ascend.
 *             - Every position begins with a term of span 1: the query layer takes it for the word
 *               that stands there, and a wider one for a compound of it and its neighbours.
 *             - Ranges lie in the text and cut no character of a well-formed one, so that what a
 *               highlight cuts out is UTF-8.
 * Tested by   tests/unit/analysis/test_custom.c */
#include "analysis/analyzer_impl.h"

#include "analysis/utf8.h"
#include "base/error.h"

typedef struct custom_run {
    prs_analysis *analysis;
    const char *name;
    prs_bytes text;
    prs_token_fn emit;
    void *ctx;
    prism_error *err;
    bool is_well_formed;
    uint32_t n_pos;  /* positions that have a token */
    uint32_t pos;    /* the last of them */
    uint32_t n_here; /* tokens there; their terms are in analysis->value: u16 length, bytes */
    prism_status status;
} custom_run;

/* ---- is a token sound? --------------------------------------------------------------------- */

static prism_status refuse(custom_run *run, prism_status status, const char *what) {
    return prs_error_set(run->err, status, "the tokenizer \"%s\" %s", run->name, what);
}

static bool cuts_character(const custom_run *run, size_t at) {
    return run->is_well_formed && at < run->text.len && (run->text.ptr[at] & 0xc0) == 0x80;
}

static_assert(PRISM_MAX_DOC_TOKENS == 10000000u && PRISM_MAX_TERM_BYTES == 1024u &&
                  PRISM_MAX_STACKED_TOKENS == 8u,
              "the sentences below name the limits");

static prism_status check_range(custom_run *run, const prism_token *token) {
    if (token->start > token->end || token->end > run->text.len)
        return refuse(run, PRISM_EINVAL, "gave a range outside of the text");
    if (cuts_character(run, token->start) || cuts_character(run, token->end))
        return refuse(run, PRISM_EINVAL, "gave a range that cuts a character");
    return PRISM_OK;
}

static prism_status check_place(custom_run *run, const prism_token *token) {
    bool is_new = run->n_pos == 0 || token->pos > run->pos;
    uint32_t span = PRS_MAX(token->span, 1u);
    if (run->n_pos > 0 && token->pos < run->pos)
        return refuse(run, PRISM_EINVAL, "went back in position");
    if (token->pos >= PRISM_MAX_DOC_TOKENS || span > PRISM_MAX_DOC_TOKENS - token->pos)
        return refuse(run, PRISM_ELIMIT, "gave a position of 10000000 or more");
    if (is_new && span > 1)
        return refuse(run, PRISM_EINVAL, "gave a wide token without one of span 1 before it");
    return PRISM_OK;
}

static prism_status check_token(custom_run *run, const prism_token *token) {
    if (token == NULL) return refuse(run, PRISM_EINVAL, "gave no token");
    if (token->term == NULL || token->len == 0)
        return refuse(run, PRISM_EINVAL, "gave an empty term");
    if (token->len >= PRISM_MAX_TERM_BYTES)
        return refuse(run, PRISM_ELIMIT, "gave a term of more than 1023 bytes");
    if (token->kind != NULL && strcmp(token->kind, "word") != 0)
        return refuse(run, PRISM_EINVAL, "gave a token that is not of kind \"word\"");
    PRS_TRY(check_place(run, token));
    return check_range(run, token);
}

/* ---- terms of a position ------------------------------------------------------------------- */

static bool is_here(const custom_run *run, prs_bytes term) {
    const uint8_t *p = run->analysis->value.ptr;
    for (uint32_t i = 0; i < run->n_here; i++) {
        size_t len = prs_load16(p);
        if (prs_bytes_equal(term, prs_bytes_of(p + 2, len))) return true;
        p += 2 + len;
    }
    return false;
}

/* Note a term as being here; *again if it was. */
static prism_status note_term(custom_run *run, const prism_token *token, bool *again) {
    prs_buf *here = &run->analysis->value;
    prs_bytes term = prs_bytes_of(token->term, token->len);
    if (run->n_pos == 0 || token->pos > run->pos) {
        prs_buf_clear(here);
        run->n_here = 0;
        run->n_pos++;
        run->pos = token->pos;
    }
    *again = is_here(run, term);
    if (*again) return PRISM_OK;
    if (run->n_here == PRISM_MAX_STACKED_TOKENS)
        return refuse(run, PRISM_ELIMIT, "gave more than 8 tokens at one position");
    prs_buf_put16(here, (uint16_t)term.len);
    prs_buf_put(here, term.ptr, term.len);
    run->n_here++;
    return prs_buf_status(here, run->err);
}

/* ---- the run ------------------------------------------------------------------------------- */

static prism_status take_token(custom_run *run, const prism_token *given) {
    bool again;
    PRS_TRY(check_token(run, given));
    PRS_TRY(note_term(run, given, &again));
    if (again) return PRISM_OK;
    prs_token token = {.term = (const uint8_t *)given->term,
                       .len = (uint32_t)given->len,
                       .kind = PRS_KIND_WORD,
                       .pos = given->pos,
                       .span = PRS_MAX(given->span, 1u),
                       .start = (uint32_t)given->start,
                       .end = (uint32_t)given->end};
    if (token.span > 1) token.flags = PRS_TOKEN_CONCAT;
    return run->emit(run->ctx, &token);
}

/* prism_token_fn.  A failure is kept, lest the tokenizer hide it. */
static int put_token(void *ctx, const prism_token *token) {
    custom_run *run = ctx;
    if (run->status == PRISM_OK) run->status = take_token(run, token);
    return run->status;
}

/* What the tokenizer itself returned and said. */
static prism_status report(custom_run *run, prism_status status, const prism_error *said) {
    if (status == PRISM_OK) return PRISM_OK;
    if (status > 0 || status < PRISM_EBUDGET) status = PRISM_EINVAL; /* no status of ours */
    if (said->text[0] == '\0') return refuse(run, status, "failed");
    return prs_error_set(run->err, status, "the tokenizer \"%s\" failed: %s", run->name,
                         said->text);
}

prism_status prs_custom_run(prs_analysis *analysis, prs_bytes text, prs_token_fn emit, void *ctx,
                            uint32_t *n_pos, uint64_t *n_bad, prism_error *err) {
    const prs_analyzer_options *options = &analysis->analyzer->options;
    prism_error said = PRISM_ERROR_INIT;
    custom_run run = {.analysis = analysis,
                      .name = options->name,
                      .text = text,
                      .emit = emit,
                      .ctx = ctx,
                      .err = err};
    *n_bad = prs_utf8_count_bad(text.ptr, text.len);
    run.is_well_formed = *n_bad == 0;
    prs_buf_clear(&analysis->value);
    prism_status status = options->custom(options->custom_ctx, (const char *)text.ptr, text.len,
                                          put_token, &run, &said);
    *n_pos = run.n_pos;
    return run.status != PRISM_OK ? run.status : report(&run, status, &said);
}
