/* column_range.c - which documents have a value between two ends?
 *
 *     blocks of 1024 values    min..max outside of the range   passed over
 *                              min..max inside                 every document with a value there
 *                              else                            value by value, 256 at a time
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

static inline void set_bit(uint64_t *words, uint32_t doc) {
    words[doc >> 6] |= UINT64_C(1) << (doc & 63);
}

/* ---- one value a document ------------------------------------------------------------------- */

/* All documents of [first, first + n) that have a value; first is a multiple of 64. */
static void copy_places(const prs_column *column, uint32_t first, uint32_t n, uint64_t *words) {
    const uint8_t *places = column->places + first / 8;
    uint32_t whole = n / 64;
    for (uint32_t i = 0; i < whole; i++)
        words[first / 64 + i] |= prs_load64(places + 8 * (size_t)i);
    for (uint32_t doc = first + whole * 64; doc < first + n; doc++) {
        if (prs_column_has(column, doc)) set_bit(words, doc);
    }
}

static void test_single(const prs_column *column, uint32_t first, uint32_t n, int64_t from,
                        int64_t to, uint64_t *words) {
    int64_t values[CHUNK];
    for (uint32_t done = 0; done < n; done += CHUNK) {
        uint32_t m = PRS_MIN(n - done, CHUNK), doc = first + done;
        prs_column_ints(column, doc, m, values);
        for (uint32_t i = 0; i < m; i++) {
            if (values[i] >= from && values[i] <= to && prs_column_has(column, doc + i))
                set_bit(words, doc + i);
        }
    }
}

static void add_single(const prs_column *column, uint32_t block, int64_t from, int64_t to,
                       uint64_t *words) {
    int64_t min, max;
    uint32_t first = block * PRS_COLUMN_BLOCK;
    uint32_t n = PRS_MIN(column->n_docs - first, PRS_COLUMN_BLOCK);
    prs_column_range(column, block, &min, &max);
    if (max < from || min > to) return;
    if (min >= from && max <= to)
        copy_places(column, first, n, words);
    else
        test_single(column, first, n, from, to, words);
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
            add_single(column, block, from, to, words);
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

static bool has_word(const prs_column *column, uint32_t doc, uint32_t low, uint32_t high) {
    uint64_t v, end = prs_column_values(column, doc, &v);
    for (; v < end; v++) {
        uint32_t word = prs_column_word(column, v);
        if (word >= low && word < high) return true;
    }
    return false;
}

prism_status prs_column_range_words(const prs_column *column, const prs_word_range *range,
                                    uint64_t *words, prs_watch *watch, prism_error *err) {
    uint32_t low, high;
    PRS_TRY(prs_column_touch(column, err));
    find_words(column, range, &low, &high);
    if (low >= high) return PRISM_OK;
    for (uint32_t doc = 0; doc < column->n_docs; doc++) {
        if (doc % PRS_COLUMN_BLOCK == 0) PRS_TRY(prs_watch_tick(watch, err));
        if (has_word(column, doc, low, high)) set_bit(words, doc);
    }
    return PRISM_OK;
}
