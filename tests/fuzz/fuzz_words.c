/* fuzz_words.c - are folding and stemming functions of the word alone, and do they hold their
 * bounds?
 *
 *   byte 0   bits 0-2 Snowball language   bit 3 strip diacritics   bit 4 simplify
 *            bit 5 letters that keep their marks
 *   rest     a word, a character, a value: any bytes; the folders for words are given the
 *            well-formed part of it
 *
 * States    - Folding twice is folding once; results are well-formed and within their bounds.
 *           - A stem is no longer than its room, and the same again when other words came between.
 *           - The fingerprint of a stemmer does not depend on what it stemmed before. */
#include "fuzz.h"

#include "analysis/fold.h"
#include "analysis/stem.h"
#include "analysis/unicode.h"
#include "analysis/utf8.h"
#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

static const char *const languages[8] = {"english", "french",  "russian", "german",
                                         "turkish", "spanish", "finnish", "porter"};

static prs_fold folds[8];
static prs_stem stems[8];
static uint64_t prints[8];
static prs_fold_scratch scratch;

static void begin(void) {
    prism_error err = PRISM_ERROR_INIT;
    for (unsigned i = 0; i < 8; i++) {
        fuzz_must(prs_fold_init(&folds[i], i & 1, i & 4 ? "åäöñ" : "", i & 2, &err), &err, "fold");
        fuzz_must(prs_stem_open(&stems[i], languages[i], &err), &err, "stem");
        fuzz_must(prs_stem_fingerprint(&stems[i], &prints[i], &err), &err, "fingerprint");
    }
}

/* The well-formed assigned characters of the bytes, at most so many bytes of them. */
static size_t take_text(const uint8_t *data, size_t size, uint8_t *out, size_t most) {
    size_t n = 0;
    for (size_t at = 0; at < size;) {
        uint32_t len, cp = prs_utf8_decode(data + at, data + size, &len);
        at += len;
        if (cp == PRS_UTF8_BAD) continue;
        if (prs_unicode_get(cp) == prs_unicode_get(0xfffffff)) continue; /* not assigned */
        if (n + len > most) break;
        memcpy(out + n, data + at - len, len);
        n += len;
    }
    return n;
}

static void check_value(const prs_fold *fold, prs_bytes text) {
    prs_mem mem;
    prs_buf once, twice;
    uint64_t n_bad = 0, none = 0;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_mem_begin(&mem);
    prs_buf_init(&once, &mem);
    prs_buf_init(&twice, &mem);
    fuzz_must(prs_fold_value(fold, &mem, text, &once, &n_bad, &err), &err, "value");
    FUZZ_NEED(n_bad == prs_utf8_count_bad(text.ptr, text.len));
    FUZZ_NEED(prs_utf8_count_bad(once.ptr, once.len) == 0);
    fuzz_must(prs_fold_value(fold, &mem, prs_bytes_of(once.ptr, once.len), &twice, &none, &err),
              &err, "again");
    FUZZ_NEED(none == 0 && prs_bytes_equal(prs_bytes_of(once.ptr, once.len),
                                           prs_bytes_of(twice.ptr, twice.len)));
    prs_buf_fini(&once);
    prs_buf_fini(&twice);
    fuzz_mem_end(&mem);
}

static void check_stem(prs_stem *stem, prs_bytes word) {
    prism_error err = PRISM_ERROR_INIT;
    prs_bytes out;
    uint8_t first[2 * PRS_FOLD_WORD_MAX];
    if (!prs_stem_applies(stem, word, false)) return;
    fuzz_must(prs_stem_word(stem, word, &out, &err), &err, "stem");
    FUZZ_NEED(out.len > 0 && out.len <= sizeof first);
    FUZZ_NEED(prs_utf8_count_bad(out.ptr, out.len) == 0);
    memcpy(first, out.ptr, out.len);
    size_t len = out.len;
    fuzz_must(prs_stem_word(stem, prs_bytes_of("running", 7), &out, &err), &err, "other");
    fuzz_must(prs_stem_word(stem, word, &out, &err), &err, "again");
    FUZZ_NEED(prs_bytes_equal(prs_bytes_of(first, len), out));
}

static void check_word(const prs_fold *fold, prs_stem *stem, prs_bytes text) {
    uint8_t once[PRS_FOLD_WORD_MAX], twice[PRS_FOLD_WORD_MAX];
    uint32_t len, again;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_must(prs_fold_word(fold, &scratch, text, 0, once, &len, &err), &err, "word");
    FUZZ_NEED(len <= sizeof once && prs_utf8_count_bad(once, len) == 0);
    if (len > 0 && len <= PRS_FOLD_INPUT_MAX) {
        fuzz_must(prs_fold_word(fold, &scratch, prs_bytes_of(once, len), 0, twice, &again, &err),
                  &err, "again");
        FUZZ_NEED(prs_bytes_equal(prs_bytes_of(once, len), prs_bytes_of(twice, again)));
        check_stem(stem, prs_bytes_of(once, len));
    }
    fuzz_must(prs_fold_compat(fold, &scratch, text, once, &len, &err), &err, "compat");
    FUZZ_NEED(len <= sizeof once && prs_utf8_count_bad(once, len) == 0);
}

/* One character with its marks. */
static void check_char(const prs_fold *fold, prs_bytes text) {
    uint8_t out[PRS_FOLD_CHAR_MAX];
    uint32_t len;
    prism_error err = PRISM_ERROR_INIT;
    if (text.len == 0 || text.len > 64) return;
    fuzz_must(prs_fold_char(fold, &scratch, text, out, &len, &err), &err, "character");
    FUZZ_NEED(len > 0 && len <= sizeof out && prs_utf8_count_bad(out, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static unsigned n;
    uint8_t text[PRS_FOLD_INPUT_MAX];
    if (size == 0) return 0;
    if (n++ == 0) begin();
    const prs_fold *fold = &folds[data[0] >> 3 & 7];
    unsigned language = data[0] & 7;
    size_t len = take_text(data + 1, size - 1, text, sizeof text);
    check_word(fold, &stems[language], prs_bytes_of(text, len));
    check_char(fold, prs_bytes_of(text, len));
    check_value(fold, prs_bytes_of(data + 1, size - 1));
    if (n % 4096 == 0) {
        prism_error err = PRISM_ERROR_INIT;
        uint64_t print;
        fuzz_must(prs_stem_fingerprint(&stems[language], &print, &err), &err, "fingerprint");
        FUZZ_NEED(print == prints[language]);
    }
    return 0;
}
