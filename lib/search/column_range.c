/* column_range.c - which documents have a value between two ends?
 *
 *     blocks of 1024 values    min..max outside of the range   passed over
 *                              min..max inside                 every document with a value there
 *                              else                            value by value: codec/between.h
 *
 *     single   value number = document: whole blocks are a copy of the bits of the places
 *     many     a document's values are neighbours: the document of a value is found by halving for
 *              the first value of a block, then by stepping
 *     words    numbers follow the byte order of the words, so two look-ups make a range of numbers
 *
 * Invariants  Any bytes give some set of documents below n_docs: value numbers and places are
 *             clamped by the column's getters, and every loop ends by its own count.
 * Source      FORMAT.md sections 13, 17.   Tested by tests/unit/search/test_column_range.c */
#include "search/column_range.h"

#define CHUNK 256u /* values decoded at once */
#define BLOCK_WORDS (PRS_COLUMN_BLOCK / 64u)

static inline void set_bit(uint64_t *words, uint32_t doc) {
    words[doc >> 6] |= UINT64_C(1) << (doc & 63);
}

/* ---- one value a document ------------------------------------------------------------------- */

/* Bits of the documents of a block that are wanted, whole words from its first one. */
static void find_single(const prs_column *column, uint32_t block, int64_t from, int64_t to,
                        uint64_t *found) {
    int64_t min, max;
    memset(found, 0, BLOCK_WORDS * sizeof *found);
    prs_column_range(column, block, &min, &max);
    if (max < from || min > to) return;
    if (min >= from && max <= to)
        memset(found, 0xff, BLOCK_WORDS * sizeof *found);
    else
        prs_column_between(column, block, from, to, found);
}

/* Places of a word of documents; what lies behind the last one are zeros of their padding. */
static uint64_t places_at(const prs_column *column, uint32_t word) {
    uint64_t places = prs_load64(column->places + 8 * (size_t)word);
    uint32_t left = column->n_docs - word * 64;
    return left >= 64 ? places : places & ((UINT64_C(1) << left) - 1);
}

void prs_column_range_window(const prs_column *column, int64_t from, int64_t to, uint32_t base,
                             uint64_t *words, uint32_t n_words) {
    uint64_t found[BLOCK_WORDS];
    uint32_t first = base / 64, end = (column->n_docs + 63) / 64;
    end = PRS_MIN(end, first + n_words);
    for (uint32_t at = first; at < end;) {
        uint32_t block = at / BLOCK_WORDS, stop = PRS_MIN(end, (block + 1) * BLOCK_WORDS);
        find_single(column, block, from, to, found);
        for (; at < stop; at++)
            words[at - first] |= found[at % BLOCK_WORDS] & places_at(column, at);
    }
}

/* ---- many values a document ----------------------------------------------------------------- */

/* The document that value number v belongs to, not before `doc`; n_docs if there is none. */
static uint32_t find_owner(const prs_column *column, uint32_t doc, uint64_t v) {
    uint32_t low = doc, high = column->n_docs;
    while (low < high) { /* the first document whose values end behind v */
        uint32_t mid = low + (high - low) / 2;
        if (prs_load32(column->places + 4 * ((size_t)mid + 1)) <= v)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static uint64_t end_of(const prs_column *column, uint32_t doc) {
    return prs_load32(column->places + 4 * ((size_t)doc + 1));
}

/* Set the owners of those of n values from number v on that are wanted; *doc = where to look. */
static void add_owners(const prs_column *column, uint64_t v, uint32_t n, const uint8_t *wanted,
                       uint32_t *doc, uint64_t *words) {
    *doc = find_owner(column, *doc, v);
    for (uint32_t i = 0; i < n; i++) {
        while (*doc < column->n_docs && end_of(column, *doc) <= v + i) ++*doc;
        if (*doc == column->n_docs) return;
        if (wanted[i]) set_bit(words, *doc);
    }
}

static void add_many(const prs_column *column, uint32_t block, int64_t from, int64_t to,
                     uint32_t *doc, uint64_t *words) {
    int64_t values[CHUNK], min, max;
    uint8_t wanted[CHUNK];
    uint64_t first = (uint64_t)block * PRS_COLUMN_BLOCK;
    uint32_t n = (uint32_t)PRS_MIN(column->n_values - first, PRS_COLUMN_BLOCK);
    prs_column_range(column, block, &min, &max);
    if (max < from || min > to) return;
    for (uint32_t done = 0; done < n; done += CHUNK) {
        uint32_t m = PRS_MIN(n - done, CHUNK);
        prs_column_ints(column, first + done, m, values);
        for (uint32_t i = 0; i < m; i++) wanted[i] = values[i] >= from && values[i] <= to;
        add_owners(column, first + done, m, wanted, doc, words);
    }
}

prism_status prs_column_range_ints(const prs_column *column, int64_t from, int64_t to,
                                   uint64_t *words, prs_watch *watch, prism_error *err) {
    uint32_t doc = 0;
    PRS_TRY(prs_column_touch(column, err));
    for (uint32_t block = 0; block < column->n_blocks; block++) {
        PRS_TRY(prs_watch_tick(watch, err));
        if (column->many)
            add_many(column, block, from, to, &doc, words);
        else
            prs_column_range_window(column, from, to, block * PRS_COLUMN_BLOCK,
                                    words + (size_t)block * BLOCK_WORDS, BLOCK_WORDS);
    }
    return PRISM_OK;
}

/* ---- words ---------------------------------------------------------------------------------- */

/* Numbers [*low, *high) of the words between the ends. */
static void find_words(const prs_column *column, const prs_word_range *range, uint32_t *low,
                       uint32_t *high) {
    bool exact;
    *low = 0;
    *high = column->n_words;
    if (range->from.ptr != NULL) {
        *low = prs_column_find_word(column, range->from, &exact);
        *low += exact && range->above;
    }
    if (range->to.ptr != NULL) {
        *high = prs_column_find_word(column, range->to, &exact);
        *high += exact && !range->below;
    }
}

/* *seen grows by the values that were looked at, and one. */
static bool has_word(const prs_column *column, uint32_t doc, uint32_t low, uint32_t high,
                     uint64_t *seen) {
    uint64_t v, end = prs_column_values(column, doc, &v);
    for (++*seen; v < end; v++, ++*seen) {
        uint32_t word = prs_column_word(column, v);
        if (word >= low && word < high) return true;
    }
    return false;
}

prism_status prs_column_range_words(const prs_column *column, const prs_word_range *range,
                                    uint64_t *words, prs_watch *watch, prism_error *err) {
    uint32_t low, high;
    uint64_t seen = PRS_COLUMN_BLOCK;
    PRS_TRY(prs_column_touch(column, err));
    find_words(column, range, &low, &high);
    if (low >= high) return PRISM_OK;
    for (uint32_t doc = 0; doc < column->n_docs; doc++) {
        /* By values, not documents: of forged places each document may have all there are. */
        if (seen >= PRS_COLUMN_BLOCK) {
            PRS_TRY(prs_watch_tick(watch, err));
            seen = 0;
        }
        if (has_word(column, doc, low, high, &seen)) set_bit(words, doc);
    }
    return PRISM_OK;
}
