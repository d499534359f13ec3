/* fuzz_analysis.c - can any text, in any encoding or none, make the analyzer crash, or its ways
 * through a text disagree?
 *
 *   byte 0   modulo 13: which options
 *   byte 1   where the text is cut for the second reading
 *   rest     the text
 *
 * States    - The lane of the lexicon and the general way give the same terms at the same places,
 *             cold and warm, and count the same ill-formed parts.
 *           - A text cut behind a space, where a letter follows, gives in two pieces what it gives
 *             whole (positions move on).
 *           - Tokens: positions never decrease, byte ranges lie in the text, terms are well-formed
 *             UTF-8 of legal length. */
#include "fuzz.h"

#include "analysis/analyzer.h"
#include "analysis/lexicon.h"
#include "analysis/utf8.h"
#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

static const char *const option_sets[][3][2] = {
    {{NULL, NULL}},
    {{"stem", "dual"}},
    {{"han", "bi"}},
    {{"han", "uni"}, {"stem", "off"}},
    {{"han", "uni_bi_words"}},
    {{"hangul", "word"}, {"diacritics", "keep"}},
    {{"join_linebreak", "on"}},
    {{"compounds", "off"}, {"sigils", "off"}},
    {{"emoji", "off"}, {"ts_fold", "off"}},
    {{"max_token_bytes", "16"}, {"stem_language", "french"}},
    {{"sa", "icu"}},
    {{"stem", "dual"}, {"stem_language", "russian"}},
    {{"fold_except", "åäö"}},
};
enum { SETS = sizeof option_sets / sizeof option_sets[0], LINEBREAK = 6, MOST_TOKENS = 1 << 16 };

typedef struct kept { /* a token, its term in the buffer */
    prs_token token;
    size_t at;
} kept;

typedef struct run {
    kept *tokens;
    size_t n;
    prs_buf terms;
    uint32_t n_pos, len;
    uint64_t n_bad;
} run;

static prs_mem mem;
static struct {
    prs_analyzer *analyzer;
    prs_analysis *analysis;
    prs_lexicon *lexicon;
} sets[SETS];

static void open_set(unsigned which) {
    prs_analyzer_options options;
    prism_error err = PRISM_ERROR_INIT;
    if (sets[which].analyzer != NULL) return;
    fuzz_mem_begin(&mem);
    prs_analyzer_options_init(&options);
    for (int i = 0; i < 3 && option_sets[which][i][0] != NULL; i++)
        fuzz_must(prs_analyzer_options_set(&options, option_sets[which][i][0],
                                           option_sets[which][i][1], &err),
                  &err, "option");
    fuzz_must(prs_analyzer_new(&mem, &options, &sets[which].analyzer, &err), &err, "analyzer");
    fuzz_must(prs_analysis_new(sets[which].analyzer, &mem, &sets[which].analysis, &err), &err,
              "analysis");
    fuzz_must(prs_lexicon_new(sets[which].analyzer, &mem, &sets[which].lexicon, &err), &err,
              "lexicon");
}

static prism_status keep_token(void *ctx, const prs_token *token) {
    run *r = ctx;
    FUZZ_NEED(r->n < MOST_TOKENS);
    FUZZ_NEED(token->start <= token->end && token->end <= r->len && token->span >= 1);
    FUZZ_NEED(token->kind >= 1 && token->kind <= PRS_KIND_MAX);
    FUZZ_NEED(token->len >= 1 && token->len < PRISM_MAX_TERM_BYTES);
    FUZZ_NEED(prs_utf8_count_bad(token->term, token->len) == 0);
    if (r->n > 0) FUZZ_NEED(token->pos >= r->tokens[r->n - 1].token.pos);
    r->tokens[r->n] = (kept){*token, r->terms.len};
    r->tokens[r->n++].token.term = NULL;
    prs_buf_put(&r->terms, token->term, token->len);
    return PRISM_OK;
}

static void run_text(unsigned which, const uint8_t *text, size_t len, run *r) {
    prism_error err = PRISM_ERROR_INIT;
    memset(r, 0, sizeof *r);
    r->len = (uint32_t)len;
    r->tokens = fuzz_malloc(MOST_TOKENS * sizeof *r->tokens);
    prs_buf_init(&r->terms, &mem);
    uint8_t *exact = len > 0 ? fuzz_malloc(len) : NULL; /* as a caller may */
    if (len > 0) memcpy(exact, text, len);
    fuzz_must(prs_analysis_run(sets[which].analysis, exact, len, keep_token, r, &r->n_pos,
                               &r->n_bad, &err),
              &err, "run");
    free(exact);
    FUZZ_NEED(r->n == 0 || r->tokens[r->n - 1].token.pos < r->n_pos);
    FUZZ_NEED(r->n_bad == prs_utf8_count_bad(text, len));
}

static void end_run(run *r) {
    free(r->tokens);
    prs_buf_fini(&r->terms);
}

static prs_bytes term_of(const run *r, size_t i) {
    return prs_bytes_of(r->terms.ptr + r->tokens[i].at, r->tokens[i].token.len);
}

/* ---- the lane -------------------------------------------------------------------------------- */

static bool is_wide(const uint8_t *p) {
    return (p[0] & 0xf0) == 0xe0;
}

/* Is token i a character that streams leave out, because the next token tells it? */
static bool is_left_out(const run *r, size_t i) {
    if (r->tokens[i].token.kind != PRS_KIND_HAN1 || i + 1 == r->n) return false;
    prs_bytes next = term_of(r, i + 1);
    uint8_t kind = r->tokens[i + 1].token.kind;
    if (kind == PRS_KIND_HANEND) return next.len == 3 && is_wide(next.ptr);
    return kind == PRS_KIND_HAN2 && next.len == 6 && is_wide(next.ptr) && is_wide(next.ptr + 3);
}

/* Token `left` is told by the term of id, or, if UINT32_MAX, none is. */
static void check_told(unsigned which, const run *r, uint32_t id, size_t left) {
    uint32_t c = prs_lexicon_char_of(sets[which].lexicon, id);
    FUZZ_NEED((c == UINT32_MAX) == (left == SIZE_MAX));
    if (left == SIZE_MAX) return;
    prs_bytes key = prs_lexicon_key(sets[which].lexicon, c);
    FUZZ_NEED(key.ptr[0] == PRS_KIND_HAN1 &&
              prs_bytes_equal(prs_bytes_of(key.ptr + 1, key.len - 1), term_of(r, left)));
}

static void check_stream(unsigned which, const run *r, const prs_stream *s) {
    uint32_t next = 0;
    size_t at = 0;
    for (size_t i = 0; i < r->n; i++, at++) {
        size_t left = is_left_out(r, i) ? i++ : SIZE_MAX;
        const prs_token *t = &r->tokens[i].token;
        bool is_stacked = i > 0 && t->pos + 1 == next;
        FUZZ_NEED(at < s->n);
        if (prs_stream_is_gap(s->ids[at])) {
            FUZZ_NEED(at + 2 < s->n && !is_stacked && s->ids[at + 1] == t->pos - next);
            at += 2;
        } else {
            FUZZ_NEED(is_stacked || t->pos == next);
        }
        next = t->pos + 1;
        FUZZ_NEED(((s->ids[at] & PRS_STREAM_STACKED) != 0) == is_stacked);
        uint32_t id = s->ids[at] & PRS_STREAM_ID;
        FUZZ_NEED(id < prs_lexicon_count(sets[which].lexicon));
        check_told(which, r, id, left);
        bool is_char = t->kind == PRS_KIND_HAN1 && prs_lexicon_leaves_chars(sets[which].lexicon);
        FUZZ_NEED(((s->ids[at] & PRS_STREAM_TELLS) != 0) == (left != SIZE_MAX || is_char));
        prs_bytes key = prs_lexicon_key(sets[which].lexicon, id);
        FUZZ_NEED(key.len == t->len + 1u && key.ptr[0] == t->kind);
        FUZZ_NEED(prs_bytes_equal(prs_bytes_of(key.ptr + 1, key.len - 1), term_of(r, i)));
    }
    FUZZ_NEED(at == s->n);
}

static void check_lane(unsigned which, const uint8_t *text, size_t len, const run *r) {
    static uint32_t n_scans;
    if (++n_scans % 512 == 0) prs_lexicon_reset(sets[which].lexicon);
    for (int warm = 0; warm < 2; warm++) {
        prs_stream stream = {.mem = &mem};
        uint32_t n_pos, n_span;
        uint64_t n_bad;
        prism_error err = PRISM_ERROR_INIT;
        uint8_t *exact = len > 0 ? fuzz_malloc(len) : NULL;
        if (len > 0) memcpy(exact, text, len);
        fuzz_must(prs_lexicon_scan(sets[which].lexicon, exact, len, &stream, &n_pos, &n_span,
                                   &n_bad, &err),
                  &err, "scan");
        free(exact);
        FUZZ_NEED(n_pos == r->n_pos && n_span == r->n_pos && n_bad == r->n_bad);
        check_stream(which, r, &stream);
        prs_mem_free(stream.mem, stream.ids, stream.cap * sizeof *stream.ids);
    }
}

/* ---- in pieces ------------------------------------------------------------------------------- */

static bool is_letter(uint8_t c) {
    return (uint8_t)((c | 0x20) - 'a') < 26;
}

/* A place behind a space and before a letter, from the one asked for on; 0 = none. */
static size_t cut_of(const uint8_t *text, size_t len, uint8_t where) {
    for (size_t i = 1 + (len ? where * (len - 1) / 255 : 0); i < len; i++)
        if (text[i - 1] == ' ' && is_letter(text[i])) return i;
    return 0;
}

static void check_piece(const run *whole, size_t from, const run *piece, uint32_t pos,
                        uint32_t off) {
    FUZZ_NEED(from + piece->n <= whole->n);
    for (size_t i = 0; i < piece->n; i++) {
        const prs_token *a = &whole->tokens[from + i].token, *b = &piece->tokens[i].token;
        FUZZ_NEED(a->pos == b->pos + pos && a->span == b->span && a->kind == b->kind);
        FUZZ_NEED(a->start == b->start + off && a->end == b->end + off);
        FUZZ_NEED(a->flags == b->flags);
        FUZZ_NEED(prs_bytes_equal(term_of(whole, from + i), term_of(piece, i)));
    }
}

static void check_pieces(unsigned which, const uint8_t *text, size_t len, uint8_t where,
                         const run *whole) {
    size_t cut = cut_of(text, len, where);
    run first, second;
    if (cut == 0 || which == LINEBREAK) return;
    run_text(which, text, cut, &first);
    run_text(which, text + cut, len - cut, &second);
    FUZZ_NEED(first.n + second.n == whole->n && first.n_bad + second.n_bad == whole->n_bad);
    FUZZ_NEED(first.n_pos + second.n_pos == whole->n_pos);
    check_piece(whole, 0, &first, 0, 0);
    check_piece(whole, first.n, &second, first.n_pos, (uint32_t)cut);
    end_run(&first);
    end_run(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    run r;
    if (size < 2 || size > MOST_TOKENS / 8) return 0;
    unsigned which = data[0] % SETS;
    open_set(which);
    run_text(which, data + 2, size - 2, &r);
    check_lane(which, data + 2, size - 2, &r);
    check_pieces(which, data + 2, size - 2, data[1], &r);
    end_run(&r);
    return 0;
}
