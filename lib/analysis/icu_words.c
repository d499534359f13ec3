/* icu_words.c - where do ICU's dictionaries end a word, in a Han run or in SA text?
 *
 * The only use of a dictionary.  For Han it is asked at query time, to weight bigrams and to cut a
 * long run into pieces: a wrong cut costs rank, never a hit, so ICU's version is no part of the
 * analyzer id.  With sa = icu it decides terms of Thai, Lao, Khmer and Myanmar, with han =
 * uni_bi_words those of kind HANWORD (han_words.c), and then it is (id.c).
 *
 *     UTF-8 run -> UTF-16 -> break iterator -> boundaries in units -> walk the UTF-8 along
 *
 * Threads     A break iterator has state: one for each analysis, opened at first use (3 ms the
 *             first time in a process, 5 us later).
 * Cost        1-2 us for 8 Han characters; 16-22 MB/s for long text.
 * Tested by   tests/unit/analysis/test_icu_words.c */
#include "analysis/analyzer_impl.h"

#include "analysis/utf16.h"
#include "analysis/utf8.h"
#include "base/error.h"

#include <unicode/ubrk.h>

/* UTF-16 of a text, in memory of `mem`. */
typedef struct wide {
    prs_mem *mem;
    UChar *ptr;
    size_t cap;
    int32_t n;
} wide;

static prism_status widen(prs_mem *mem, const uint8_t *text, size_t len, wide *out,
                          prism_error *err) {
    *out = (wide){mem, NULL, len, 0};
    if (len > INT32_MAX) return prs_error_set(err, PRISM_ELIMIT, "a run of more than 2 GiB");
    out->ptr = prs_mem_alloc(mem, out->cap * sizeof(UChar));
    if (out->ptr == NULL) return prs_error_nomem(err);
    for (const uint8_t *p = text, *end = text + len; p < end;) {
        uint32_t size;
        uint32_t cp = prs_utf8_decode(p, end, &size);
        if (cp == PRS_UTF8_BAD) cp = 0xfffd;
        out->n = prs_utf16_put(out->ptr, out->n, cp);
        p += size;
    }
    return PRISM_OK;
}

static void release(wide *text) {
    prs_mem_free(text->mem, text->ptr, text->cap * sizeof(UChar));
}

static prism_status dictionary_error(UErrorCode code, prism_error *err) {
    if (code == U_MEMORY_ALLOCATION_ERROR) return prs_error_nomem(err);
    return prs_error_set(err, PRISM_EUNSUPPORTED, "ICU has no word dictionary: %s",
                         u_errorName(code));
}

/* Open *words for a locale, and see that it knows `sample` as one word. */
static prism_status open_words(UBreakIterator **words, const char *locale, const UChar *sample,
                               int32_t len, prism_error *err) {
    if (*words != NULL) return PRISM_OK;
    UErrorCode code = U_ZERO_ERROR;
    UBreakIterator *opened = ubrk_open(UBRK_WORD, locale, sample, len, &code);
    if (U_FAILURE(code)) return dictionary_error(code, err);
    if (ubrk_next(opened) != len) {
        ubrk_close(opened);
        return dictionary_error(U_MISSING_RESOURCE_ERROR, err);
    }
    *words = opened;
    return PRISM_OK;
}

static prism_status set_text(UBreakIterator *words, const wide *text, prism_error *err) {
    UErrorCode code = U_ZERO_ERROR;
    ubrk_setText(words, text->ptr, text->n, &code);
    return U_FAILURE(code) ? dictionary_error(code, err) : PRISM_OK;
}

void prs_analysis_close_icu(prs_analysis *analysis) {
    if (analysis->han_words != NULL) ubrk_close(analysis->han_words);
    if (analysis->sa_words != NULL) ubrk_close(analysis->sa_words);
    analysis->han_words = analysis->sa_words = NULL;
}

prism_status prs_analysis_cut_han(prs_analysis *analysis, const void *run, size_t len,
                                  uint32_t *ends, uint32_t *n_words, prism_error *err) {
    static const UChar china[] = {0x4e2d, 0x56fd};
    *n_words = 0;
    if (len == 0) return PRISM_OK;
    PRS_TRY(open_words(&analysis->han_words, "zh", china, 2, err));
    wide text;
    uint32_t n = 0, n_chars = 0;
    prism_status status = widen(analysis->mem, run, len, &text, err);
    PRS_TRY_OUT(status);
    PRS_TRY_OUT(set_text(analysis->han_words, &text, err));
    for (int32_t at = 0, end; (end = ubrk_next(analysis->han_words)) != UBRK_DONE;) {
        while (at < end) {
            prs_utf16_next(text.ptr, text.n, &at);
            n_chars++;
        }
        ends[n++] = n_chars;
    }
    *n_words = n;
out:
    release(&text);
    return status;
}

/* One word [start, end), in pieces of at most max_token_bytes. */
static prism_status emit_sa_word(prs_mixed *run, uint32_t start, uint32_t end, uint8_t flags) {
    prs_analysis *analysis = run->analysis;
    uint32_t max = analysis->analyzer->scan.max_token_bytes;
    while (start < end) {
        uint32_t stop = end - start > max ? start + max : end, len;
        while (stop < end && (run->text[stop] & 0xc0) == 0x80) stop--;
        PRS_TRY(prs_fold_word(&analysis->analyzer->fold, &analysis->words.scratch,
                              prs_bytes_of(run->text + start, stop - start), 0, analysis->joined,
                              &len, run->err));
        prs_token token = {
            .kind = PRS_KIND_WORD, .flags = flags, .span = 1, .term = analysis->joined};
        token.len = len;
        token.start = run->is_nested ? run->outer.start : start;
        token.end = run->is_nested ? run->outer.end : stop;
        token.pos = run->pos;
        if (len > 0) {
            run->pos++;
            PRS_TRY(run->emit(run->ctx, &token));
        }
        start = stop;
        flags |= PRS_TOKEN_JOINED;
    }
    return PRISM_OK;
}

prism_status prs_mixed_sa_words(prs_mixed *run, uint32_t start, uint32_t end, uint8_t flags) {
    static const UChar thai[] = {0x0e44, 0x0e17, 0x0e22}; /* "Thai" */
    prs_analysis *analysis = run->analysis;
    PRS_TRY(open_words(&analysis->sa_words, "th", thai, 3, run->err));
    wide text;
    prism_status status = widen(analysis->mem, run->text + start, end - start, &text, run->err);
    PRS_TRY_OUT(status);
    PRS_TRY_OUT(set_text(analysis->sa_words, &text, run->err));
    uint32_t byte = start;
    for (int32_t at = 0, stop; (stop = ubrk_next(analysis->sa_words)) != UBRK_DONE;) {
        uint32_t word = byte;
        while (at < stop) {
            uint8_t bytes[4];
            byte += prs_utf8_encode(prs_utf16_next(text.ptr, text.n, &at), bytes);
        }
        if (ubrk_getRuleStatus(analysis->sa_words) < UBRK_WORD_NONE_LIMIT) continue;
        PRS_TRY_OUT(emit_sa_word(run, word, byte, flags));
        flags |= PRS_TOKEN_JOINED;
    }
out:
    release(&text);
    return status;
}
