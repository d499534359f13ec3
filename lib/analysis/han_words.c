/* han_words.c - which words of ICU's dictionary does a run hold, and where? (han = uni_bi_words)
 *
 *     run        數   據   中   心   的   芯   片
 *     folded     数   据   中   心   的   芯   片
 *     ICU        |         |         |    |         |
 *     words      2    0    2    0    0    2    0        characters of the word that begins here
 *
 * A token goes out when the walk over the run (mixed.c) stands at its first character, but a cut is
 * known only when the characters behind it have been seen.  So a second reader of the same surfaces
 * runs ahead, folds a piece of the run, has it cut, and answers character by character.  The walk
 * itself stays as it is, and the default does not pay.
 *
 * Pieces      The dictionary sees at most PRS_HAN_PIECE characters at once, so that memory is
 *             bounded: a word across the end of a piece is lost, once in a thousand characters of a
 *             run without punctuation.
 * Words       Of 2 or more characters: single ones are HAN1 terms already.  Longer than
 *             max_token_bytes (Hangul without spaces): none.  A cut inside a character (kana with a
 *             mark that does not compose) is no cut.
 * Cost        Scanning and folding twice, and ICU: 16-22 MB/s for all.
 * Tested by   tests/unit/analysis/test_han_words.c, tests/conformance/test_streams.c */
#include "analysis/analyzer_impl.h"

#include "base/error.h"

void prs_han_words_init(prs_han_words *words, prs_mem *mem) {
    words->more = false;
    words->at = 0;
    prs_han_chars_init(&words->chars, mem);
    prs_han_ends_init(&words->ends, mem);
    prs_buf_init(&words->folded, mem);
}

void prs_han_words_fini(prs_han_words *words) {
    prs_han_chars_fini(&words->chars);
    prs_han_ends_fini(&words->ends);
    prs_buf_fini(&words->folded);
}

void prs_han_words_begin(prs_han_words *words, const prs_mixed *run) {
    words->scan = run->scan;
    words->next = run->next;
    words->more = true;
    words->at = 0;
    prs_han_chars_clear(&words->chars);
}

/* Fold the next characters of the run, up to a piece of them. */
static prism_status read_piece(prs_han_words *words, const prs_mixed *run) {
    prs_analysis *analysis = run->analysis;
    words->at = 0;
    prs_han_chars_clear(&words->chars);
    prs_buf_clear(&words->folded);
    while (words->more && words->chars.n < PRS_HAN_PIECE) {
        uint8_t folded[PRS_FOLD_CHAR_MAX];
        uint32_t start = words->next.start, end = words->next.end, len;
        PRS_TRY(prs_fold_char(&analysis->analyzer->fold, &analysis->words.scratch,
                              prs_bytes_of(run->text + start, end - start), folded, &len,
                              run->err));
        prs_buf_put(&words->folded, folded, len);
        prs_han_char c = {end, (uint32_t)words->folded.len, 0};
        if (!prs_han_chars_push(&words->chars, c)) return prs_error_nomem(run->err);
        words->more = (words->next.flags & PRS_SURFACE_RUN_END) == 0 &&
                      prs_scan_next(&words->scan, &words->next);
    }
    return prs_buf_status(&words->folded, run->err);
}

static uint32_t fold_start(const prs_han_words *words, uint32_t i) {
    return i == 0 ? 0 : words->chars.ptr[i - 1].fold_end;
}

static uint32_t count_code_points(const prs_buf *text, uint32_t from, uint32_t to) {
    uint32_t n = 0;
    for (uint32_t i = from; i < to; i++) n += (text->ptr[i] & 0xc0) != 0x80;
    return n;
}

/* Ends in code points -> words in characters. */
static void place_words(prs_han_words *words, uint32_t n_ends, uint32_t max_bytes) {
    prs_han_char *chars = words->chars.ptr;
    uint32_t done = 0, from = 0, e = 0;
    for (uint32_t i = 0; i < words->chars.n; i++) {
        done += count_code_points(&words->folded, fold_start(words, i), chars[i].fold_end);
        while (e < n_ends && words->ends.ptr[e] < done) e++;
        if (e == n_ends || words->ends.ptr[e] != done) continue;
        bool fits = chars[i].fold_end - fold_start(words, from) <= max_bytes;
        if (i > from && fits) chars[from].word = i + 1 - from;
        from = i + 1;
    }
}

static prism_status cut_piece(prs_han_words *words, const prs_mixed *run) {
    uint32_t n_ends;
    const prs_buf *folded = &words->folded;
    prs_han_ends_clear(&words->ends);
    if (prs_han_ends_extend(&words->ends, folded->len) == NULL) return prs_error_nomem(run->err);
    PRS_TRY(prs_analysis_cut_han(run->analysis, folded->ptr, folded->len, words->ends.ptr, &n_ends,
                                 run->err));
    place_words(words, n_ends, run->analysis->analyzer->scan.max_token_bytes);
    return PRISM_OK;
}

prism_status prs_han_words_next(prs_han_words *words, const prs_mixed *run, prs_han_word *out) {
    out->n = 0;
    if (words->at == words->chars.n) {
        PRS_ASSERT(words->more);
        PRS_TRY(read_piece(words, run));
        PRS_TRY(cut_piece(words, run));
    }
    uint32_t at = words->at++, n = words->chars.ptr[at].word;
    if (n == 0) return PRISM_OK;
    const prs_han_char *last = &words->chars.ptr[at + n - 1];
    uint32_t from = fold_start(words, at);
    out->term = prs_bytes_of(words->folded.ptr + from, last->fold_end - from);
    out->n = n;
    out->end = last->end;
    out->ends_run = at + n == words->chars.n && !words->more;
    return PRISM_OK;
}
