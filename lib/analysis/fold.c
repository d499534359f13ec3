/* fold.c - which bytes stand for all the ways to write a word?
 *
 * Steps of a word (docs/analysis.md, term normalization), ASCII leaves after the second:
 *
 *     surface    Ｅ́LAN’S            U+FF25 U+0301 L A N U+2019 S
 *     NFKC_CF    élan’s             width and case, ligatures, ss for sharp s, ignorables gone
 *     clean      élan's             U+2018 U+2019 U+02BC become ', dropped dots and commas go
 *     NFD        e ´ lan's
 *     strip      elan's             marks on Latin, Greek, Cyrillic letters go; ø -> o, æ -> ae
 *     NFC        elan's
 *
 * A character of a run takes NFKC_CF and then the context-free Simplified table, code point by code
 * point, so that the same character folds alike in a document and in a one-character query.
 *
 * Pinned      NFKC_Casefold of a string of assigned characters never changes any more (Unicode
 *             stability policy), and the scanner hands out only characters that UCD 15.0 assigns.
 *             So any ICU from Unicode 15.0 on gives the same bytes; an older one is refused.  Marks
 *             and scripts are our own tables.  prs_fold_value meets arbitrary text, and normalizes
 *             only the stretches of characters whose age is at most 15.0.
 * Invariants  - No intermediate form of 255 bytes is longer than PRS_FOLD_UNITS_MAX: a code point
 *               of n bytes has at most 6n units in NFKC_CF, NFD or NFC (test_fold.c measures it).
 *             - fold(fold(x)) = fold(x).
 * Why so      ICU has no C entry for UTF-8 normalization, so words cross UTF-16, in the caller's
 *             scratch.  50-200 ns are paid on a cache miss only (term.c, lexicon.c).
 * Rejected    Our own NFKC tables: 100 KB more to prove, for tokens that a cache answers.
 * Source      UAX #15; Unicode 15.0 section 3.13 (R5 toNFKC_Casefold); DESIGN.md section 4.
 * Tested by   tests/unit/analysis/test_fold.c */
#include "analysis/fold.h"

#include "analysis/unicode.h"
#include "analysis/utf16.h"
#include "analysis/utf8.h"
#include "base/error.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#define VALUE_BYTES_MAX ((size_t)512 << 20)

typedef struct units {
    UChar *ptr;
    int32_t n;
} units;

static prism_status icu_status(UErrorCode code, prism_error *err) {
    if (U_SUCCESS(code)) return PRISM_OK;
    if (code == U_MEMORY_ALLOCATION_ERROR) return prs_error_nomem(err);
    return prs_error_set(err, PRISM_EUNSUPPORTED, "ICU refused to normalize: %s",
                         u_errorName(code));
}

/* ---- UTF-8 <-> UTF-16 --------------------------------------------------------------------- */

/* The whole code points in the first `max` bytes. */
static size_t cut_bytes(prs_bytes text, size_t max) {
    if (text.len <= max) return text.len;
    size_t len = max;
    while (len > 0 && (text.ptr[len] & 0xc0) == 0x80) len--;
    return len;
}

/* dst has room for text.len units; ill-formed parts become U+FFFD. */
static int32_t read_utf8(prs_bytes text, UChar *dst, uint64_t *n_bad) {
    if (text.len == 0) return 0; /* text.ptr may be NULL then */
    const uint8_t *p = text.ptr, *end = text.ptr + text.len;
    int32_t n = 0;
    while (p < end) {
        uint32_t size;
        uint32_t cp = prs_utf8_decode(p, end, &size);
        p += size;
        if (PRS_UNLIKELY(cp == PRS_UTF8_BAD)) {
            cp = 0xfffd;
            ++*n_bad;
        }
        n = prs_utf16_put(dst, n, cp);
    }
    return n;
}

static uint32_t write_code_point(bool simplify, uint32_t cp, uint8_t out[4]) {
    return prs_utf8_encode(simplify ? prs_unicode_simplify(cp) : cp, out);
}

/* Write at most cap bytes, whole code points. */
static uint32_t write_utf8(units from, bool simplify, uint8_t *out, uint32_t cap) {
    uint32_t len = 0;
    for (int32_t i = 0; i < from.n;) {
        uint8_t bytes[4];
        uint32_t cp = prs_utf16_next(from.ptr, from.n, &i);
        uint32_t size = write_code_point(simplify, cp, bytes);
        if (size > cap - len) break;
        memcpy(out + len, bytes, size);
        len += size;
    }
    return len;
}

static prism_status normalize(const UNormalizer2 *form, units from, units *to, prism_error *err) {
    UErrorCode code = U_ZERO_ERROR;
    to->n = unorm2_normalize(form, from.ptr, from.n, to->ptr, (int32_t)PRS_FOLD_UNITS_MAX, &code);
    return icu_status(code, err);
}

/* text -> NFKC_CF in scratch->b. */
static prism_status casefold(const prs_fold *fold, prs_fold_scratch *scratch, prs_bytes text,
                             units *out, prism_error *err) {
    uint64_t n_bad = 0;
    units from = {(UChar *)scratch->a, 0};
    from.n =
        read_utf8(prs_bytes_of(text.ptr, cut_bytes(text, PRS_FOLD_INPUT_MAX)), from.ptr, &n_bad);
    out->ptr = (UChar *)scratch->b;
    return normalize(fold->nfkc_cf, from, out, err);
}

/* ---- diacritics --------------------------------------------------------------------------- */

/* Letters that Unicode does not decompose, and what is typed for them; both as in section 4.3. */
static const struct {
    UChar from, to[2];
} letter_map[] = {
    {0x00e6, {'a', 'e'}}, /* ae */
    {0x00f0, {'d', 0}},   /* eth */
    {0x00f8, {'o', 0}},   /* o with stroke */
    {0x00fe, {'t', 'h'}}, /* thorn */
    {0x0111, {'d', 0}},   /* d with stroke */
    {0x0127, {'h', 0}},   /* h with stroke */
    {0x0131, {'i', 0}},   /* dotless i */
    {0x0142, {'l', 0}},   /* l with stroke */
    {0x014b, {'n', 0}},   /* eng */
    {0x0153, {'o', 'e'}}, /* oe */
    {0x0167, {'t', 0}},   /* t with stroke */
};

static const UChar *map_letter(uint32_t cp) {
    if (cp < 0xe6 || cp > 0x167) return NULL;
    for (size_t i = 0; i < PRS_COUNT(letter_map); i++) {
        if (letter_map[i].from == cp) return letter_map[i].to;
    }
    return NULL;
}

static bool has_mark(const uint32_t *marks, uint32_t n, uint32_t mark) {
    for (uint32_t i = 0; i < n; i++) {
        if (marks[i] == mark) return true;
    }
    return false;
}

/* The kept letter with the most marks among those this base and these marks make, or NULL. */
static const prs_fold_keep *find_keep(const prs_fold *fold, uint32_t base, const uint32_t *marks,
                                      uint32_t n_marks) {
    const prs_fold_keep *best = NULL;
    for (uint32_t i = 0; i < fold->n_keep; i++) {
        const prs_fold_keep *keep = &fold->keep[i];
        bool fits = keep->base == base;
        for (uint32_t m = 0; fits && m < keep->n_marks; m++) {
            fits = has_mark(marks, n_marks, keep->marks[m]);
        }
        if (fits && (best == NULL || keep->n_marks > best->n_marks)) best = keep;
    }
    return best;
}

/* Write a Latin, Greek or Cyrillic base and those of its marks that stay. */
static int32_t write_letter(const prs_fold *fold, uint32_t base, const uint32_t *marks,
                            uint32_t n_marks, UChar *out, int32_t n) {
    const prs_fold_keep *keep = find_keep(fold, base, marks, n_marks);
    const UChar *mapped = keep == NULL ? map_letter(base) : NULL;
    if (mapped != NULL) {
        out[n++] = mapped[0];
        if (mapped[1] != 0) out[n++] = mapped[1];
    } else {
        n = prs_utf16_put(out, n, base);
    }
    for (uint32_t m = 0; keep != NULL && m < keep->n_marks; m++) {
        n = prs_utf16_put(out, n, keep->marks[m]);
    }
    return n;
}

/* NFD in place: nonspacing marks of Latin, Greek and Cyrillic letters go.  An apostrophe passes its
 * letter's marks on, because it is taken out later.  The result is never longer: what a letter
 * may gain ("ae") it had as a letter of its own, or the two-unit output replaces one unit read. */
static int32_t strip_marks(const prs_fold *fold, units from, UChar *out) {
    int32_t n = 0, i = 0;
    bool on_letter = false;
    while (i < from.n) {
        uint32_t marks[8];
        uint32_t n_marks = 0;
        uint32_t cp = prs_utf16_next(from.ptr, from.n, &i);
        const prs_uc *uc = prs_unicode_get(cp);
        if ((uc->flags & PRS_UC_MN) != 0) {
            if (!on_letter) n = prs_utf16_put(out, n, cp);
            continue;
        }
        if ((uc->flags & PRS_UC_LGC) == 0) {
            if (cp != '\'' && uc->cls != PRS_CLASS_MARK) on_letter = false;
            n = prs_utf16_put(out, n, cp);
            continue;
        }
        on_letter = true;
        for (int32_t at = i; fold->n_keep > 0 && at < from.n && n_marks < PRS_COUNT(marks);) {
            marks[n_marks] = prs_utf16_next(from.ptr, from.n, &at);
            if ((prs_unicode_get(marks[n_marks])->flags & PRS_UC_MN) == 0) break;
            n_marks++;
        }
        n = write_letter(fold, cp, marks, n_marks, out, n);
    }
    return n;
}

static int compare_keeps(const prs_fold_keep *a, const prs_fold_keep *b) {
    if (a->base != b->base) return a->base < b->base ? -1 : 1;
    for (size_t i = 0; i < PRS_COUNT(a->marks); i++) {
        if (a->marks[i] != b->marks[i]) return a->marks[i] < b->marks[i] ? -1 : 1;
    }
    return 0;
}

/* Keep the list sorted and without doubles, so that one set has one analyzer id. */
static prism_status insert_keep(prs_fold *fold, const prs_fold_keep *keep, prism_error *err) {
    uint32_t at = 0;
    while (at < fold->n_keep && compare_keeps(&fold->keep[at], keep) < 0) at++;
    if (at < fold->n_keep && compare_keeps(&fold->keep[at], keep) == 0) return PRISM_OK;
    if (fold->n_keep == PRS_FOLD_KEEP_MAX) {
        return prs_error_set(err, PRISM_EINVAL, "fold_except names more than %u letters",
                             PRS_FOLD_KEEP_MAX);
    }
    memmove(&fold->keep[at + 1], &fold->keep[at], (fold->n_keep - at) * sizeof *keep);
    fold->keep[at] = *keep;
    fold->n_keep++;
    return PRISM_OK;
}

/* Take one case-folded, decomposed letter into the list. */
static prism_status read_keep(prs_fold *fold, units letter, prism_error *err) {
    prs_fold_keep keep = {0};
    for (int32_t i = 0, k = 0; i < letter.n; k++) {
        uint32_t cp = prs_utf16_next(letter.ptr, letter.n, &i);
        uint8_t flags = prs_unicode_get(cp)->flags;
        bool fits = k == 0 ? (flags & PRS_UC_LGC) != 0 && (flags & PRS_UC_MN) == 0
                           : (flags & PRS_UC_MN) != 0 && k <= (int32_t)PRS_COUNT(keep.marks);
        if (!fits) {
            return prs_error_set(err, PRISM_EINVAL,
                                 "fold_except takes Latin, Greek and Cyrillic letters only");
        }
        if (k == 0) {
            keep.base = cp;
        } else {
            keep.marks[keep.n_marks++] = cp;
        }
    }
    return insert_keep(fold, &keep, err);
}

/* fold_except is at most 63 bytes: small buffers hold every form of it. */
static prism_status read_keeps(prs_fold *fold, const char *letters, prism_error *err) {
    UChar raw[64], folded[512], parted[512];
    uint64_t n_bad = 0;
    UErrorCode code = U_ZERO_ERROR;
    size_t len = strlen(letters);
    if (len >= PRS_COUNT(raw) || prs_utf8_count_bad(letters, len) > 0) {
        return prs_error_set(err, PRISM_EINVAL, "fold_except is too long or not UTF-8");
    }
    int32_t n = read_utf8(prs_bytes_of(letters, len), raw, &n_bad);
    n = unorm2_normalize(fold->nfkc_cf, raw, n, folded, PRS_COUNT(folded), &code);
    n = unorm2_normalize(fold->nfd, folded, n, parted, PRS_COUNT(parted), &code);
    PRS_TRY(icu_status(code, err));
    for (int32_t start = 0, at = 0; start < n; start = at) {
        prs_utf16_next(parted, n, &at);
        while (at < n) {
            int32_t next = at;
            uint32_t cp = prs_utf16_next(parted, n, &next);
            if ((prs_unicode_get(cp)->flags & PRS_UC_MN) == 0) break;
            at = next;
        }
        PRS_TRY(read_keep(fold, (units){parted + start, at - start}, err));
    }
    return PRISM_OK;
}

prism_status prs_fold_init(prs_fold *fold, bool strip, const char *keep, bool simplify,
                           prism_error *err) {
    UErrorCode code = U_ZERO_ERROR;
    UVersionInfo ucd;
    memset(fold, 0, sizeof *fold);
    u_getUnicodeVersion(ucd);
    if (ucd[0] < 15) {
        return prs_error_set(err, PRISM_EUNSUPPORTED,
                             "ICU knows Unicode %d.%d only; the analyzer needs " PRS_UCD_VERSION,
                             ucd[0], ucd[1]);
    }
    fold->nfkc_cf = unorm2_getNFKCCasefoldInstance(&code);
    fold->nfd = unorm2_getNFDInstance(&code);
    fold->nfc = unorm2_getNFCInstance(&code);
    PRS_TRY(icu_status(code, err));
    fold->strip = strip;
    fold->simplify = simplify;
    return read_keeps(fold, keep, err);
}

/* ---- words -------------------------------------------------------------------------------- */

static bool is_apostrophe(UChar c) {
    return c == 0x2018 || c == 0x2019 || c == 0x02bc;
}

/* In place: one apostrophe, no dropped characters; tells whether all is ASCII. */
static bool clean_units(units *text, unsigned drop) {
    UChar seen = 0;
    int32_t n = 0;
    for (int32_t i = 0; i < text->n; i++) {
        UChar c = text->ptr[i];
        if (c == '.' && (drop & PRS_FOLD_DROP_DOTS) != 0) continue;
        if (c == ',' && (drop & PRS_FOLD_DROP_COMMAS) != 0) continue;
        if (is_apostrophe(c)) c = '\'';
        seen |= c;
        text->ptr[n++] = c;
    }
    text->n = n;
    return seen < 0x80;
}

/* Fold while all is ASCII; false at the first byte that is not. */
static bool fold_ascii(prs_bytes text, unsigned drop, uint8_t *out, uint32_t *len) {
    uint32_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c >= 0x80) return false;
        if (c == '.' && (drop & PRS_FOLD_DROP_DOTS) != 0) continue;
        if (c == ',' && (drop & PRS_FOLD_DROP_COMMAS) != 0) continue;
        out[n++] = (uint8_t)(c - 'A') < 26 ? c | 0x20 : c;
    }
    *len = n;
    return true;
}

prism_status prs_fold_word(const prs_fold *fold, prs_fold_scratch *scratch, prs_bytes text,
                           unsigned drop, uint8_t *out, uint32_t *len, prism_error *err) {
    text.len = cut_bytes(text, PRS_FOLD_INPUT_MAX);
    if (fold_ascii(text, drop, out, len)) return PRISM_OK;
    units b;
    PRS_TRY(casefold(fold, scratch, text, &b, err));
    bool is_ascii = clean_units(&b, drop);
    if (fold->strip && !is_ascii) {
        units a = {(UChar *)scratch->a, 0};
        PRS_TRY(normalize(fold->nfd, b, &a, err));
        b.n = strip_marks(fold, a, b.ptr);
        PRS_TRY(normalize(fold->nfc, b, &a, err));
        b = a;
    }
    *len = write_utf8(b, false, out, PRS_FOLD_WORD_MAX);
    return PRISM_OK;
}

prism_status prs_fold_compat(const prs_fold *fold, prs_fold_scratch *scratch, prs_bytes text,
                             uint8_t *out, uint32_t *len, prism_error *err) {
    units b;
    PRS_TRY(casefold(fold, scratch, text, &b, err));
    *len = write_utf8(b, false, out, PRS_FOLD_WORD_MAX);
    return PRISM_OK;
}

prism_status prs_fold_char(const prs_fold *fold, prs_fold_scratch *scratch, prs_bytes text,
                           uint8_t *out, uint32_t *len, prism_error *err) {
    uint32_t size;
    uint32_t cp = prs_utf8_decode(text.ptr, text.ptr + text.len, &size);
    if (size == text.len && cp != PRS_UTF8_BAD &&
        (prs_unicode_get(cp)->flags & PRS_UC_NFKC_CF) == 0) {
        *len = write_code_point(fold->simplify, cp, out);
        return PRISM_OK;
    }
    units b;
    PRS_TRY(casefold(fold, scratch, text, &b, err));
    *len = write_utf8(b, fold->simplify, out, PRS_FOLD_CHAR_MAX);
    if (*len > 0) return PRISM_OK;
    *len = (uint32_t)cut_bytes(text, PRS_FOLD_CHAR_MAX);
    memcpy(out, text.ptr, *len);
    return PRISM_OK;
}

/* ---- values ------------------------------------------------------------------------------- */

/* Age is immutable once a code point is assigned, so any later ICU answers as 15.0 did. */
static bool is_pinned(uint32_t cp) {
    UVersionInfo age;
    if (cp < 0x250) return true;
    u_charAge((UChar32)cp, age);
    return age[0] > 0 && age[0] <= 15 && !(age[0] == 15 && age[1] > 0);
}

/* The end of the stretch that begins at `at` and whose code points are all pinned, or all not. */
static int32_t stretch_end(units text, int32_t at, bool *pinned) {
    int32_t end = at;
    uint32_t cp = prs_utf16_next(text.ptr, text.n, &end);
    *pinned = is_pinned(cp);
    while (end < text.n) {
        int32_t next = end;
        cp = prs_utf16_next(text.ptr, text.n, &next);
        if (is_pinned(cp) != *pinned) break;
        end = next;
    }
    return end;
}

/* Append UTF-16 to a buffer as UTF-8: at most three bytes a unit. */
static void put_units(prs_buf *out, units text, bool simplify) {
    size_t cap = (size_t)text.n * 3 + 4;
    if (!prs_buf_reserve(out, cap)) return;
    uint32_t len = write_utf8(text, simplify, out->ptr + out->len, (uint32_t)cap);
    prs_buf_extend(out, len);
}

static prism_status fold_stretch(const prs_fold *fold, prs_mem *mem, units text, prs_buf *out,
                                 prism_error *err) {
    UErrorCode code = U_ZERO_ERROR;
    int32_t n = unorm2_normalize(fold->nfkc_cf, text.ptr, text.n, NULL, 0, &code);
    if (code != U_BUFFER_OVERFLOW_ERROR) PRS_TRY(icu_status(code, err));
    size_t bytes = (size_t)n * sizeof(UChar);
    units folded = {prs_mem_alloc(mem, bytes), n};
    if (folded.ptr == NULL) return prs_error_nomem(err);
    code = U_ZERO_ERROR;
    if (n > 0) unorm2_normalize(fold->nfkc_cf, text.ptr, text.n, folded.ptr, n, &code);
    if (code == U_STRING_NOT_TERMINATED_WARNING) code = U_ZERO_ERROR;
    prism_status status = icu_status(code, err);
    if (status == PRISM_OK) put_units(out, folded, fold->simplify);
    prs_mem_free(mem, folded.ptr, bytes);
    return status;
}

prism_status prs_fold_value(const prs_fold *fold, prs_mem *mem, prs_bytes text, prs_buf *out,
                            uint64_t *n_bad, prism_error *err) {
    if (text.len > VALUE_BYTES_MAX) {
        return prs_error_set(err, PRISM_ELIMIT, "a keyword of more than 512 MiB");
    }
    size_t bytes = text.len * sizeof(UChar);
    units raw = {prs_mem_alloc(mem, bytes), 0};
    if (raw.ptr == NULL) return prs_error_nomem(err);
    raw.n = read_utf8(text, raw.ptr, n_bad);
    prism_status status = PRISM_OK;
    for (int32_t at = 0, end; status == PRISM_OK && at < raw.n; at = end) {
        bool pinned;
        end = stretch_end(raw, at, &pinned);
        units stretch = {raw.ptr + at, end - at};
        if (pinned) {
            status = fold_stretch(fold, mem, stretch, out, err);
        } else {
            put_units(out, stretch, false);
        }
    }
    prs_mem_free(mem, raw.ptr, bytes);
    return status == PRISM_OK ? prs_buf_status(out, err) : status;
}
