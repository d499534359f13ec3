/* column_read.c - what are the values of a document, in a few nanoseconds and on any bytes?
 *
 * Structure   doc -> places -> value numbers [first, end) -> block of 1024, or word numbers ->
 *             value, or word
 * Invariants  - open fixes where each part lies, from sizes alone.  What the parts say is read anew
 *               at each use and clamped to its bounds (R19, R20): damaged bytes give wrong values,
 *               never a wild read; that they are damaged is told by prs_column_touch.
 *             - A word number out of range is a word of no bytes.
 * Cost        prs_column_int: two dependent loads (the block's head is shared by 1024 values).
 * Source      FORMAT.md section 13.   Tested by tests/unit/format/test_column.c */
#include "format/column.h"

#include "base/cur.h"
#include "codec/between.h"
#include "codec/bits.h"

#define PRS_COLUMN_HEAD 16u
#define PRS_BLOCK_HEAD 24u

static uint64_t align8(uint64_t n) {
    return (n + 7) & ~UINT64_C(7);
}

static prism_status wrong(const prs_column *c, const void *at, prism_error *err) {
    return prs_section_corrupt(&c->section, at, err, "a wrong column");
}

static bool lay_out_ints(prs_column *c, prs_cur *cur) {
    uint64_t n_blocks = (c->n_values + PRS_COLUMN_BLOCK - 1) / PRS_COLUMN_BLOCK;
    c->blocks = prs_cur_take(cur, (size_t)(n_blocks * PRS_BLOCK_HEAD));
    c->n_blocks = (uint32_t)n_blocks;
    return !cur->bad;
}

static bool lay_out_words(prs_column *c, prs_cur *cur) {
    c->n_words = prs_cur_32(cur);
    if (prs_cur_32(cur) != 0) return false;
    c->word_offs = prs_cur_take(cur, ((size_t)c->n_words + 1) * 8);
    uint64_t width = prs_cur_64(cur);
    /* Distinct values of no bits are one a document: more would cost no byte here. */
    if (cur->bad || width > 32 || (c->many && width == 0 && c->n_values > c->n_docs)) return false;
    c->width = (uint32_t)width;
    c->numbers = prs_cur_take(cur, (size_t)align8(prs_bits_bytes(c->n_values, c->width)));
    if (cur->bad) return false;
    c->word_bytes = cur->at;
    c->word_bytes_len = prs_cur_left(cur);
    return true;
}

prism_status prs_column_open(prs_column *column, const prs_section *section, uint32_t n_docs,
                             prism_error *err) {
    memset(column, 0, sizeof *column);
    prs_column c = {.section = *section, .n_docs = n_docs};
    prs_cur cur = prs_cur_of(section->ptr, (size_t)section->len);
    if (section->len < PRS_COLUMN_HEAD) return wrong(&c, section->ptr, err);
    PRS_TRY(prs_in_touch(section, 0, PRS_COLUMN_HEAD, err));
    uint64_t head = prs_cur_64(&cur); /* type, many, six zeros */
    c.type = (prs_column_type)(head & 0xff);
    c.many = (head >> 8 & 1) != 0;
    c.n_values = prs_cur_64(&cur);
    bool good = head >> 9 == 0 && (c.type == PRS_COLUMN_INT || c.type == PRS_COLUMN_WORD) &&
                (c.many ? c.n_values <= UINT32_MAX : c.n_values == n_docs);
    uint64_t places = c.many ? 4 * ((uint64_t)n_docs + 1) : ((uint64_t)n_docs + 7) / 8;
    c.places = prs_cur_take(&cur, (size_t)align8(places));
    if (!good || cur.bad) return wrong(&c, section->ptr, err);
    if (c.type == PRS_COLUMN_WORD) { /* its layout is known from numbers further back */
        PRS_TRY(prs_in_touch(section, (uint64_t)(cur.at - section->ptr),
                             PRS_MIN(8u, prs_cur_left(&cur)), err));
        uint64_t n_words = prs_cur_left(&cur) < 8 ? 0 : prs_load32(cur.at);
        uint64_t at = (uint64_t)(cur.at - section->ptr) + 8 + (n_words + 1) * 8;
        if (at > section->len || section->len - at < 8) return wrong(&c, cur.at, err);
        PRS_TRY(prs_in_touch(section, at, 8, err));
    }
    good = c.type == PRS_COLUMN_INT ? lay_out_ints(&c, &cur) : lay_out_words(&c, &cur);
    if (!good) return wrong(&c, section->ptr, err);
    *column = c;
    return PRISM_OK;
}

prism_status prs_column_touch(const prs_column *c, prism_error *err) {
    return prs_in_touch(&c->section, 0, c->section.len, err);
}

/* ---- places ---------------------------------------------------------------------------------- */

bool prs_column_has(const prs_column *c, uint32_t doc) {
    uint64_t first;
    return prs_column_values(c, doc, &first) > first;
}

uint64_t prs_column_values(const prs_column *c, uint32_t doc, uint64_t *first) {
    *first = 0;
    if (PRS_UNLIKELY(doc >= c->n_docs)) return 0;
    if (!c->many) {
        *first = doc;
        return (uint64_t)doc + (c->places[doc >> 3] >> (doc & 7) & 1);
    }
    uint64_t from = prs_load32(c->places + 4 * (size_t)doc);
    uint64_t to = prs_load32(c->places + 4 * (size_t)doc + 4);
    if (PRS_UNLIKELY(from > to || to > c->n_values)) return 0;
    *first = from;
    return to;
}

/* ---- integers -------------------------------------------------------------------------------- */

typedef struct int_block {
    uint64_t min;
    const uint8_t *bits;
    uint32_t width, n; /* n 0 = no such block */
} int_block;

static inline int_block load_block(const prs_column *c, uint64_t b) {
    int_block block = {0, NULL, 0, 0};
    if (PRS_UNLIKELY(b >= c->n_blocks)) return block;
    const uint8_t *head = c->blocks + (size_t)b * PRS_BLOCK_HEAD;
    uint64_t off = prs_load64(head + 16);
    if (PRS_UNLIKELY(off >= c->section.len)) return block;
    uint32_t n = (uint32_t)PRS_MIN((uint64_t)PRS_COLUMN_BLOCK, c->n_values - b * PRS_COLUMN_BLOCK);
    uint32_t width = c->section.ptr[off];
    if (PRS_UNLIKELY(width > 64 || prs_bits_bytes(n, width) > c->section.len - off - 1))
        return block;
    block.min = prs_load64(head);
    block.bits = c->section.ptr + off + 1;
    block.width = width;
    block.n = n;
    return block;
}

int64_t prs_column_int(const prs_column *c, uint64_t v) {
    int_block block = load_block(c, v / PRS_COLUMN_BLOCK);
    uint64_t i = v % PRS_COLUMN_BLOCK;
    if (PRS_UNLIKELY(i >= block.n)) return 0;
    return (int64_t)(block.min + prs_bits_load64(block.bits, i * block.width, block.width));
}

void prs_column_ints(const prs_column *c, uint64_t first, uint32_t n, int64_t *out) {
    while (n > 0) {
        uint64_t b = first / PRS_COLUMN_BLOCK;
        uint32_t i = (uint32_t)(first % PRS_COLUMN_BLOCK);
        uint32_t k = PRS_MIN(n, PRS_COLUMN_BLOCK - i);
        int_block block = load_block(c, b);
        for (uint32_t j = 0; j < k; j++, i++) {
            *out++ =
                i >= block.n
                    ? 0
                    : (int64_t)(block.min + prs_bits_load64(block.bits, (uint64_t)i * block.width,
                                                            block.width));
        }
        first += k;
        n -= k;
    }
}

void prs_column_between(const prs_column *c, uint32_t block, int64_t from, int64_t to,
                        uint64_t *words) {
    int64_t min, max;
    int_block b = load_block(c, block);
    prs_column_range(c, block, &min, &max);
    from = PRS_MAX(from, min);
    if (from > to) return;
    prs_between(b.bits, b.n, b.width, (uint64_t)from - (uint64_t)min, (uint64_t)to - (uint64_t)from,
                words);
}

void prs_column_range(const prs_column *c, uint32_t block, int64_t *min, int64_t *max) {
    *min = *max = 0;
    if (block >= c->n_blocks) return;
    *min = (int64_t)prs_load64(c->blocks + (size_t)block * PRS_BLOCK_HEAD);
    *max = (int64_t)prs_load64(c->blocks + (size_t)block * PRS_BLOCK_HEAD + 8);
}

/* ---- words ----------------------------------------------------------------------------------- */

uint32_t prs_column_word(const prs_column *c, uint64_t v) {
    if (PRS_UNLIKELY(v >= c->n_values || c->numbers == NULL)) return UINT32_MAX;
    return (uint32_t)prs_bits_load(c->numbers, v * c->width, c->width);
}

prs_bytes prs_column_word_bytes(const prs_column *c, uint32_t word) {
    if (PRS_UNLIKELY(word >= c->n_words)) return prs_bytes_of(NULL, 0);
    uint64_t from = prs_load64(c->word_offs + 8 * (size_t)word);
    uint64_t to = prs_load64(c->word_offs + 8 * (size_t)word + 8);
    if (PRS_UNLIKELY(from > to || to > c->word_bytes_len)) return prs_bytes_of(NULL, 0);
    return prs_bytes_of(c->word_bytes + from, (size_t)(to - from));
}

uint32_t prs_column_find_word(const prs_column *c, prs_bytes key, bool *exact) {
    uint32_t lo = 0, hi = c->n_words;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (prs_bytes_compare(prs_column_word_bytes(c, mid), key) < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    *exact = lo < c->n_words && prs_bytes_equal(prs_column_word_bytes(c, lo), key);
    return lo;
}
