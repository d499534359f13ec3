/* mixed.c - surfaces -> tokens of mixed-v1: which terms stand at which position, in which order?
 *
 *     surface   GPT          -4          達                  調查
 *     group     +-- compound --+          +------ a run of three ------+
 *     pos       0            1           2         3         4
 *     tokens    gpt gpt4     4           达 达调   调 调查   查 查(end)
 *
 * A group is what must be seen whole before its first token can go out: a chain of words with
 * single joiners between them (is it a compound of 2-4 parts?), or a run of characters (a character
 * and its next make a bigram); else one surface.  Between groups the state is a position and one
 * surface of look-ahead.
 *
 * Positions   One for each character of a run and one for each other surface, whatever is emitted,
 *             so that han = uni_bi, bi and uni agree.  A COMPAT character takes those of its folded
 *             text.  A word that folds to nothing (a lone U+02BC) is no token and takes none.
 * han modes   uni_bi  HAN1 at each, HAN2 at each but the last, HANEND at the last
 *             bi      the same without HAN1
 *             uni_bi_words  as uni_bi, and HANWORD where a dictionary word begins (han_words.c)
 *             uni     HAN1 and HANEND at each: with no HAN2 keys, "HAN2 that begin with c, plus
 *                     HANEND c" still names every occurrence of c
 * Compounds   The chain must end after its 2nd to 4th part; of a longer chain nothing is joined.
 * Source      docs/analysis.md sections 2-4 (T7-T10, position rule).
 * Tested by   tests/unit/analysis/test_mixed.c, tests/conformance */
#include "analysis/analyzer_impl.h"

#include "analysis/unicode.h"
#include "analysis/utf8.h"
#include "base/error.h"

#define CHAIN_MAX (PRS_COMPOUND_PARTS_MAX + 1)

/* ---- emitting ----------------------------------------------------------------------------- */

static uint8_t joined_flag(const prs_mixed *run, const prs_surface *surface) {
    const prs_surface *from = surface;
    if (run->is_nested && surface->start == 0) from = &run->outer;
    return (from->flags & PRS_SURFACE_SPACE_BEFORE) == 0 ? PRS_TOKEN_JOINED : 0;
}

/* start and end are bytes of run->text; for a COMPAT character's text, the character counts. */
static prism_status emit_term(prs_mixed *run, prs_token token, prs_bytes term, uint32_t start,
                              uint32_t end) {
    token.term = term.ptr;
    token.len = (uint32_t)term.len;
    token.start = run->is_nested ? run->outer.start : start;
    token.end = run->is_nested ? run->outer.end : end;
    return run->emit(run->ctx, &token);
}

static void advance(prs_mixed *run) {
    run->has_next = prs_scan_next(&run->scan, &run->next);
}

/* Take the surface looked ahead; `end` and `n_bad` then speak of it. */
static prs_surface take(prs_mixed *run) {
    prs_surface surface = run->next;
    run->end = surface.trail != PRS_SIGN_NONE ? surface.trail_end : surface.end;
    run->n_bad = run->scan.n_bad;
    advance(run);
    return surface;
}

/* ---- words -------------------------------------------------------------------------------- */

/* The sign as it stands in a term: its own folded character, so that $ and the euro sign differ. */
static prism_status fold_sign(prs_mixed *run, uint8_t sign, uint32_t start, uint32_t end,
                              uint8_t *out, uint32_t *len) {
    static const char *const plain[] = {
        [PRS_SIGN_DOT] = ".", [PRS_SIGN_HASH] = "#", [PRS_SIGN_AT] = "@", [PRS_SIGN_PLUS2] = "++"};
    prs_analysis *analysis = run->analysis;
    if (sign != PRS_SIGN_CURRENCY && sign != PRS_SIGN_PERCENT) {
        *len = (uint32_t)strlen(plain[sign]);
        memcpy(out, plain[sign], *len);
        return PRISM_OK;
    }
    uint32_t size;
    prs_utf8_decode(run->text + start, run->text + end, &size);
    uint8_t folded[PRS_FOLD_WORD_MAX];
    PRS_TRY(prs_fold_compat(&analysis->analyzer->fold, &analysis->words.scratch,
                            prs_bytes_of(run->text + start, size), folded, len, run->err));
    memcpy(out, folded, *len);
    return PRISM_OK;
}

/* The extra term of one sign: before the word for a lead sign and any currency, else behind it. */
static prism_status emit_sigil(prs_mixed *run, const prs_surface *surface, bool is_lead,
                               prs_token token) {
    prs_word word;
    uint8_t sign[PRS_FOLD_WORD_MAX], *out = run->analysis->joined;
    uint32_t len;
    uint8_t kind = is_lead ? surface->lead : surface->trail;
    uint32_t from = is_lead ? surface->lead_start : surface->end;
    uint32_t to = is_lead ? surface->start : surface->trail_end;
    PRS_TRY(fold_sign(run, kind, from, to, sign, &len));
    PRS_TRY(prs_words_make(&run->analysis->words, run->text, surface, &word, run->err));
    if (len + word.plain.len > sizeof run->analysis->joined) return PRISM_OK;
    bool is_first = is_lead || kind == PRS_SIGN_CURRENCY;
    memcpy(out + (is_first ? 0 : word.plain.len), sign, len);
    memcpy(out + (is_first ? len : 0), word.plain.ptr, word.plain.len);
    token.kind = PRS_KIND_WORD;
    token.span = 1;
    token.flags = (uint8_t)((token.flags & PRS_TOKEN_JOINED) | PRS_TOKEN_SIGIL);
    return emit_term(run, token, prs_bytes_of(out, len + word.plain.len),
                     is_lead ? surface->lead_start : surface->start,
                     is_lead ? surface->end : surface->trail_end);
}

/* A compound's concatenation: what it is, and what it covers. */
typedef struct concat {
    uint32_t len; /* bytes in analysis->joined; 0 = none */
    uint32_t n_parts, start, end;
} concat;

/* All tokens at the position of one word surface.  `joined`: for the first part of a compound. */
static prism_status emit_word(prs_mixed *run, const prs_surface *surface, uint8_t flags,
                              const concat *joined) {
    prs_word word;
    PRS_TRY(prs_words_make(&run->analysis->words, run->text, surface, &word, run->err));
    if (word.plain.len == 0) return PRISM_OK;
    prs_token token = {.kind = PRS_KIND_WORD, .pos = run->pos, .span = 1};
    token.flags = joined_flag(run, surface) | flags;
    run->pos++;
    token.memo = word.memo;
    PRS_TRY(emit_term(run, token, word.stem, surface->start, surface->end));
    token.memo = NULL;
    if (word.has_exact) {
        token.kind = PRS_KIND_EXACT;
        PRS_TRY(emit_term(run, token, word.plain, surface->start, surface->end));
    }
    if (joined != NULL) {
        prs_token whole = token;
        whole.kind = PRS_KIND_WORD;
        whole.span = joined->n_parts;
        whole.flags = (uint8_t)((token.flags & PRS_TOKEN_JOINED) | PRS_TOKEN_CONCAT);
        PRS_TRY(emit_term(run, whole, prs_bytes_of(run->analysis->joined, joined->len),
                          joined->start, joined->end));
    }
    if (surface->lead != PRS_SIGN_NONE) PRS_TRY(emit_sigil(run, surface, true, token));
    if (surface->trail != PRS_SIGN_NONE) PRS_TRY(emit_sigil(run, surface, false, token));
    return PRISM_OK;
}

/* The surfaces that single joiners tie together, at most CHAIN_MAX of them. */
static uint32_t take_chain(prs_mixed *run, prs_surface *chain) {
    uint32_t n = 0;
    chain[n++] = take(run);
    while (n < CHAIN_MAX && run->analysis->analyzer->options.compounds && run->has_next &&
           run->next.type == PRS_SURFACE_WORD && run->next.join != 0) {
        chain[n++] = take(run);
    }
    return n;
}

/* Is the chain a compound (T7)?  Then its folded, unstemmed parts are put together. */
static prism_status join_chain(prs_mixed *run, const prs_surface *chain, uint32_t n, concat *out) {
    *out = (concat){0, n, chain[0].start, chain[n - 1].end};
    unsigned seen = 0;
    for (uint32_t i = 0; i < n; i++) seen |= chain[i].flags;
    if (n < 2 || n > PRS_COMPOUND_PARTS_MAX || out->end - out->start > PRS_COMPOUND_BYTES_MAX ||
        (seen & PRS_SURFACE_LETTER) == 0 || (seen & PRS_SURFACE_CUT) != 0) {
        return PRISM_OK;
    }
    uint32_t len = 0;
    for (uint32_t i = 0; i < n; i++) {
        prs_word word;
        PRS_TRY(prs_words_make(&run->analysis->words, run->text, &chain[i], &word, run->err));
        if (word.plain.len == 0 || word.plain.len > sizeof run->analysis->joined - len) {
            return PRISM_OK;
        }
        memcpy(run->analysis->joined + len, word.plain.ptr, word.plain.len);
        len += (uint32_t)word.plain.len;
    }
    out->len = len;
    return PRISM_OK;
}

/* The rest of a chain that is too long to be a compound. */
static prism_status emit_rest(prs_mixed *run) {
    while (run->has_next && run->next.type == PRS_SURFACE_WORD && run->next.join != 0) {
        prs_surface surface = take(run);
        PRS_TRY(emit_word(run, &surface, 0, NULL));
    }
    return PRISM_OK;
}

static prism_status step_words(prs_mixed *run) {
    prs_surface chain[CHAIN_MAX];
    concat joined;
    uint32_t n = take_chain(run, chain);
    PRS_TRY(join_chain(run, chain, n, &joined));
    bool is_compound = joined.len > 0;
    for (uint32_t i = 0; i < n; i++) {
        PRS_TRY(emit_word(run, &chain[i], is_compound ? PRS_TOKEN_PART : 0,
                          is_compound && i == 0 ? &joined : NULL));
    }
    return n == CHAIN_MAX ? emit_rest(run) : PRISM_OK;
}

/* ---- runs of characters -------------------------------------------------------------------- */

static prism_status fold_unit(prs_mixed *run, const prs_surface *surface, uint8_t *out,
                              uint32_t *len) {
    return prs_fold_char(&run->analysis->analyzer->fold, &run->analysis->words.scratch,
                         prs_bytes_of(run->text + surface->start, surface->end - surface->start),
                         out, len, run->err);
}

/* One character and, unless it is the last, its bigram: `a` is in unit[0, a_len), `b` behind it. */
static prism_status emit_unit(prs_mixed *run, const prs_surface *a, uint32_t a_len,
                              const prs_surface *b, uint32_t b_len, uint8_t flags) {
    prs_han_mode mode = run->analysis->analyzer->options.han;
    const uint8_t *unit = run->analysis->unit;
    prs_token token = {.pos = run->pos, .span = 1};
    bool is_last = b == NULL;
    uint8_t end_flag = is_last ? PRS_TOKEN_RUN_END : 0;
    run->pos++;
    token.flags = flags | end_flag;
    if (mode != PRS_HAN_BI) {
        token.kind = PRS_KIND_HAN1;
        PRS_TRY(emit_term(run, token, prs_bytes_of(unit, a_len), a->start, a->end));
    }
    if (is_last || mode == PRS_HAN_UNI) {
        token.kind = PRS_KIND_HANEND;
        return emit_term(run, token, prs_bytes_of(unit, a_len), a->start, a->end);
    }
    token.kind = PRS_KIND_HAN2;
    token.span = 2;
    if ((b->flags & PRS_SURFACE_RUN_END) != 0) token.flags |= PRS_TOKEN_RUN_END;
    return emit_term(run, token, prs_bytes_of(unit, a_len + b_len), a->start, b->end);
}

/* The dictionary word that begins at `a`, whose other tokens are out. */
static prism_status emit_han_word(prs_mixed *run, const prs_surface *a, uint8_t flags) {
    prs_han_word word;
    PRS_TRY(prs_han_words_next(&run->analysis->run_words, run, &word));
    if (word.n == 0) return PRISM_OK;
    prs_token token = {.kind = PRS_KIND_HANWORD, .pos = run->pos - 1, .span = word.n};
    token.flags = flags | (word.ends_run ? PRS_TOKEN_RUN_END : 0);
    return emit_term(run, token, word.term, a->start, word.end);
}

static prism_status step_run(prs_mixed *run) {
    uint8_t *unit = run->analysis->unit;
    bool has_words = run->analysis->analyzer->options.han == PRS_HAN_UNI_BI_WORDS &&
                     run->next.type == PRS_SURFACE_HAN;
    if (has_words) prs_han_words_begin(&run->analysis->run_words, run);
    prs_surface a = take(run);
    uint32_t a_len, b_len;
    uint8_t start_flag = PRS_TOKEN_RUN_START;
    PRS_TRY(fold_unit(run, &a, unit, &a_len));
    while ((a.flags & PRS_SURFACE_RUN_END) == 0 && run->has_next) {
        prs_surface b = take(run);
        PRS_TRY(fold_unit(run, &b, unit + a_len, &b_len));
        uint8_t flags = joined_flag(run, &a) | start_flag;
        PRS_TRY(emit_unit(run, &a, a_len, &b, b_len, flags));
        if (has_words) PRS_TRY(emit_han_word(run, &a, flags));
        memmove(unit, unit + a_len, b_len);
        a = b;
        a_len = b_len;
        start_flag = 0;
    }
    return emit_unit(run, &a, a_len, NULL, 0, joined_flag(run, &a) | start_flag);
}

static prism_status step_sa_words(prs_mixed *run) {
    prs_surface surface = take(run);
    uint32_t start = surface.start;
    uint8_t flags = joined_flag(run, &surface);
    while ((surface.flags & PRS_SURFACE_RUN_END) == 0 && run->has_next) surface = take(run);
    return prs_mixed_sa_words(run, start, surface.end, flags);
}

/* ---- single surfaces ----------------------------------------------------------------------- */

/* An emoji is its bytes less the variation selectors U+FE0E and U+FE0F. */
static prism_status step_emoji(prs_mixed *run) {
    prs_surface surface = take(run);
    const uint8_t *p = run->text + surface.start, *end = run->text + surface.end;
    uint8_t *out = run->analysis->joined;
    uint32_t len = 0;
    while (p < end) {
        uint32_t size;
        uint32_t cp = prs_utf8_decode(p, end, &size);
        if (size > sizeof run->analysis->joined - len) break;
        if (cp != 0xfe0e && cp != 0xfe0f) {
            memcpy(out + len, p, size);
            len += size;
        }
        p += size;
    }
    prs_token token = {.kind = PRS_KIND_WORD, .pos = run->pos, .span = 1};
    token.flags = joined_flag(run, &surface);
    run->pos++;
    return emit_term(run, token, prs_bytes_of(out, len), surface.start, surface.end);
}

/* T10: scan the folded text; every term of it covers the character.  Folded text holds no COMPAT
 * character; were ICU to give one, it would be an ordinary word, so nesting ends at one. */
static prism_status step_compat(prs_mixed *run) {
    prs_surface surface = take(run);
    if (run->is_nested) return emit_word(run, &surface, 0, NULL);
    prs_analysis *analysis = run->analysis;
    uint32_t len;
    prs_bytes raw = prs_bytes_of(run->text + surface.start, surface.end - surface.start);
    PRS_TRY(prs_fold_compat(&analysis->analyzer->fold, &analysis->words.scratch, raw,
                            analysis->compat, &len, run->err));
    prs_mixed inner;
    prs_mixed_begin(&inner, analysis, analysis->compat, len, run->emit, run->ctx, run->err);
    inner.is_nested = true;
    inner.outer = surface;
    inner.pos = run->pos;
    while (inner.has_next) PRS_TRY(prs_mixed_step(&inner));
    run->pos = inner.pos;
    return PRISM_OK;
}

/* ---- the run ------------------------------------------------------------------------------- */

void prs_mixed_begin(prs_mixed *run, prs_analysis *analysis, const uint8_t *text, size_t len,
                     prs_token_fn emit, void *ctx, prism_error *err) {
    run->analysis = analysis;
    run->text = text;
    run->emit = emit;
    run->ctx = ctx;
    run->err = err;
    run->is_nested = false;
    run->pos = 0;
    run->end = 0;
    run->n_bad = 0;
    prs_scan_init(&run->scan, &analysis->analyzer->scan, text, len);
    advance(run);
}

prism_status prs_mixed_step(prs_mixed *run) {
    switch ((prs_surface_type)run->next.type) {
    case PRS_SURFACE_HAN: return step_run(run);
    case PRS_SURFACE_SA:
        return run->analysis->analyzer->options.sa == PRS_SA_ICU ? step_sa_words(run)
                                                                 : step_run(run);
    case PRS_SURFACE_EMOJI: return step_emoji(run);
    case PRS_SURFACE_COMPAT: return step_compat(run);
    case PRS_SURFACE_WORD: break;
    }
    return step_words(run);
}
