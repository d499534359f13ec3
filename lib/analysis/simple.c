/* simple.c - what do the analyzers do that are not mixed-v1: a value, spaced words?
 *
 *   keyword     the whole value, outer white space trimmed, as one term: NFKC_Casefold, and
 *               Simplified under ts_fold; diacritics stay, nothing is stemmed.  A folded value over
 *               1023 bytes keeps its first bytes and ends in 16 hexadecimal digits of its hash, so
 *               that two long values stay two terms and a prefix still finds them.  Nothing but
 *               white space = no term.
 *   whitespace  what stands between White_Space, as it is: no folding at all.  An ill-formed part
 *               is a separator; over max_token_bytes a word is cut into consecutive tokens.
 *
 * All terms are of kind WORD.   Tested by   tests/unit/analysis/test_simple.c */
#include "analysis/analyzer_impl.h"

#include "analysis/utf8.h"
#include "base/error.h"
#include "base/hash.h"

/* White_Space of the UCD, which has been the same since Unicode 6.3. */
static bool is_white_space(uint32_t cp) {
    return (cp >= 0x09 && cp <= 0x0d) || cp == 0x20 || cp == 0x85 || cp == 0xa0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f ||
           cp == 0x205f || cp == 0x3000;
}

/* ---- keyword ------------------------------------------------------------------------------ */

/* The value without outer white space, as a range of text. */
static void trim(prs_bytes text, uint32_t *start, uint32_t *end) {
    const uint8_t *p = text.ptr, *stop = text.ptr + text.len;
    bool is_inside = false;
    *start = *end = 0;
    while (p < stop) {
        uint32_t size;
        uint32_t cp = prs_utf8_decode(p, stop, &size);
        if (!is_white_space(cp)) {
            if (!is_inside) *start = (uint32_t)(p - text.ptr);
            is_inside = true;
            *end = (uint32_t)(p + size - text.ptr);
        }
        p += size;
    }
}

/* Bring a folded value to at most PRS_KEYWORD_MAX bytes. */
static void shorten(prs_buf *value) {
    static const char digits[] = "0123456789abcdef";
    if (value->len <= PRS_KEYWORD_MAX) return;
    uint64_t hash = prs_hash64(value->ptr, value->len, 0);
    size_t len = PRS_KEYWORD_MAX - 16;
    while ((value->ptr[len] & 0xc0) == 0x80) len--;
    for (unsigned i = 0; i < 16; i++) {
        value->ptr[len + i] = (uint8_t)digits[hash >> (60 - 4 * i) & 15];
    }
    value->len = len + 16;
}

prism_status prs_keyword_run(prs_analysis *analysis, prs_bytes text, prs_token_fn emit, void *ctx,
                             uint32_t *n_pos, uint64_t *n_bad, prism_error *err) {
    prs_buf *value = &analysis->value;
    uint32_t start, end;
    trim(text, &start, &end);
    prs_buf_clear(value);
    PRS_TRY(prs_fold_value(&analysis->analyzer->fold, analysis->mem,
                           prs_bytes_of(text.ptr + start, end - start), value, n_bad, err));
    if (value->len == 0) return PRISM_OK;
    shorten(value);
    prs_token token = {.term = value->ptr, .len = (uint32_t)value->len, .kind = PRS_KIND_WORD};
    token.span = 1;
    token.start = start;
    token.end = end;
    *n_pos = 1;
    return emit(ctx, &token);
}

/* ---- whitespace --------------------------------------------------------------------------- */

/* One word [start, end) in pieces of at most max_token_bytes, cut before code points. */
static prism_status emit_pieces(prs_analysis *analysis, const uint8_t *text, uint32_t start,
                                uint32_t end, prs_token_fn emit, void *ctx, uint32_t *pos) {
    uint32_t max = analysis->analyzer->scan.max_token_bytes;
    uint8_t flags = 0;
    while (start < end) {
        uint32_t stop = end - start > max ? start + max : end;
        while (stop < end && (text[stop] & 0xc0) == 0x80) stop--;
        prs_token token = {.term = text + start, .len = stop - start, .kind = PRS_KIND_WORD};
        token.flags = flags;
        token.pos = (*pos)++;
        token.span = 1;
        token.start = start;
        token.end = stop;
        PRS_TRY(emit(ctx, &token));
        start = stop;
        flags = PRS_TOKEN_JOINED;
    }
    return PRISM_OK;
}

prism_status prs_whitespace_run(prs_analysis *analysis, prs_bytes text, prs_token_fn emit,
                                void *ctx, uint32_t *n_pos, uint64_t *n_bad, prism_error *err) {
    (void)err;
    const uint8_t *p = text.ptr, *end = text.ptr + text.len, *word = p;
    while (p < end) {
        uint32_t size;
        uint32_t cp = prs_utf8_decode(p, end, &size);
        if (cp == PRS_UTF8_BAD) ++*n_bad;
        if (cp == PRS_UTF8_BAD || is_white_space(cp)) {
            PRS_TRY(emit_pieces(analysis, text.ptr, (uint32_t)(word - text.ptr),
                                (uint32_t)(p - text.ptr), emit, ctx, n_pos));
            word = p + size;
        }
        p += size;
    }
    return emit_pieces(analysis, text.ptr, (uint32_t)(word - text.ptr), (uint32_t)(end - text.ptr),
                       emit, ctx, n_pos);
}
