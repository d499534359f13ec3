/* doc_set.c - how does a filter over thousands of lists, or over a column, become one set of
 * documents?
 *
 * Structure   One bit a document of the segment; every list, column or length array is written over
 *             it once.
 * Invariants  - Bits at and above n_docs stay 0: lists and columns know no such documents.
 * Why so      A set is ready for any operator, costs n_docs / 8 bytes however many terms a prefix
 *             has, and is never an error; merging lists by heap is only quicker for a handful of
 *             short ones.
 * Cost        Dense blocks are copied as words; packed ones set bits, about 1 ns a posting.
 * Tested by   tests/unit/search/test_doc_set.c */
#include "search/doc_set.h"

#include "base/words.h"
#include "search/column_range.h"
#include "search/cursor.h"

#define FIRST_WORDS 32u /* that are counted together */
#define FIRST_STEP 256u /* postings between two looks at whether that is enough */

static inline void set_bit(uint64_t *words, uint32_t doc) {
    words[doc >> 6] |= UINT64_C(1) << (doc & 63);
}

static bool begins_with(const prs_terms_cursor *cursor, prs_bytes prefix) {
    return cursor->key_len >= prefix.len &&
           (prefix.len == 0 || memcmp(cursor->key, prefix.ptr, prefix.len) == 0);
}

/* Words of a window that holds about so many postings of a list that is spread evenly. */
static uint32_t step_words(uint32_t n_docs, uint32_t df, uint32_t postings) {
    uint64_t docs = (uint64_t)n_docs * postings / df;
    return (uint32_t)(PRS_MIN(docs, n_docs) / 64 + 1);
}

/* So many bits were set, at most: are the first documents of a set there now?  Where they were not,
 * twice as many bits must come before the next count, for each looks at all of the set. */
static void draw_near(prs_doc_first *first, const uint64_t *words, uint32_t more) {
    if (first == NULL) return;
    first->most += more;
    if (first->most < PRS_MAX(first->due, 2 * (uint64_t)first->enough)) return;
    uint32_t n = 0, at = 0, end = (first->end + 63) / 64;
    while (at < end && n < first->enough) {
        uint32_t part = PRS_MIN(end - at, (uint32_t)FIRST_WORDS);
        n += prs_words_count(words + at, part);
        at += part;
    }
    if (n < first->enough) {
        first->due = 2 * first->most;
        return;
    }
    first->most = n;
    first->due = 0;
    first->end = PRS_MIN(first->end, at * 64);
}

static prism_status add_list(const prs_segment *segment, const prs_segment_field *field,
                             const prs_term_info *info, uint64_t *words, prs_doc_first *first,
                             prs_watch *watch, prism_error *err) {
    prs_postings list;
    PRS_TRY(prs_postings_open(&list, &field->source, info, err));
    if (list.n > 0 && list.n_groups == 0) { /* short lists are loaded when opened */
        for (uint32_t i = 0; i < list.n; i++) set_bit(words, list.docs[i]);
        draw_near(first, words, list.n);
        return PRISM_OK;
    }
    uint32_t step = step_words(segment->n_docs, info->df, first == NULL ? PRS_WINDOW : FIRST_STEP);
    for (uint32_t at = 0;; at += step) {
        uint32_t end = ((first == NULL ? segment->n_docs : first->end) + 63) / 64;
        if (at >= end) return PRISM_OK;
        uint32_t n = PRS_MIN(end - at, step);
        PRS_TRY(prs_watch_tick(watch, err));
        PRS_TRY(prs_postings_fill_window(&list, at * 64, words + at, n, err));
        draw_near(first, words, FIRST_STEP);
    }
}

prism_status prs_doc_set_prefix(prs_segment *segment, const prs_fields *fields, prs_bytes prefix,
                                uint64_t *words, prs_doc_first *first, prs_watch *watch,
                                prism_error *err) {
    for (uint32_t i = 0; i < fields->n; i++) {
        const prs_segment_field *field = &segment->fields[fields->ptr[i].field];
        prs_terms_cursor cursor;
        bool more;
        if (!field->present || field->terms.n_terms == 0) continue;
        PRS_TRY(prs_terms_cursor_seek(&cursor, &field->terms, prefix, err));
        for (;;) {
            PRS_TRY(prs_watch_tick(watch, err));
            PRS_TRY(prs_terms_cursor_next(&cursor, &more, err));
            if (!more || !begins_with(&cursor, prefix)) break;
            PRS_TRY(add_list(segment, field, &cursor.info, words, first, watch, err));
        }
    }
    return PRISM_OK;
}

prism_status prs_doc_set_exists(prs_segment *segment, const prs_fields *fields, uint64_t *words,
                                prs_watch *watch, prism_error *err) {
    for (uint32_t i = 0; i < fields->n; i++) {
        const prs_segment_field *field = &segment->fields[fields->ptr[i].field];
        PRS_TRY(prs_watch_tick(watch, err));
        if (!field->present) continue;
        if (!field->has_lengths && !field->has_column) {
            prs_fields one = {&fields->ptr[i], 1};
            PRS_TRY(
                prs_doc_set_prefix(segment, &one, prs_bytes_of(NULL, 0), words, NULL, watch, err));
            continue;
        }
        if (!field->has_lengths) PRS_TRY(prs_column_touch(&field->column, err));
        for (uint32_t doc = 0; doc < segment->n_docs; doc++) {
            if (doc % PRS_WATCH_DOCS == 0) PRS_TRY(prs_watch_tick(watch, err));
            bool has = field->has_lengths ? prs_lengths_get(&field->lengths, doc) > 0
                                          : prs_column_has(&field->column, doc);
            if (has) set_bit(words, doc);
        }
    }
    return PRISM_OK;
}

/* Terms from one key to another, of fields that have no column. */
static prism_status add_terms(const prs_segment *segment, const prs_segment_field *field,
                              const prs_word_range *range, uint64_t *words, prs_watch *watch,
                              prism_error *err) {
    prs_terms_cursor cursor;
    bool more;
    prs_bytes first = range->from.ptr != NULL ? range->from : prs_bytes_of(NULL, 0);
    if (field->terms.n_terms == 0) return PRISM_OK;
    PRS_TRY(prs_terms_cursor_seek(&cursor, &field->terms, first, err));
    for (;;) {
        PRS_TRY(prs_watch_tick(watch, err));
        PRS_TRY(prs_terms_cursor_next(&cursor, &more, err));
        if (!more) return PRISM_OK;
        prs_bytes key = prs_bytes_of(cursor.key, cursor.key_len);
        if (range->above && prs_bytes_equal(key, range->from)) continue;
        int order = range->to.ptr != NULL ? prs_bytes_compare(key, range->to) : -1;
        if (order > 0 || (order == 0 && range->below)) return PRISM_OK;
        PRS_TRY(add_list(segment, field, &cursor.info, words, NULL, watch, err));
    }
}

static prism_status add_range(const prs_segment *segment, const prs_segment_field *field,
                              const prs_node *node, uint64_t *words, prs_watch *watch,
                              prism_error *err) {
    const prs_column *column = &field->column;
    if (node->range_of == PRS_RANGE_TERMS)
        return add_terms(segment, field, &node->words, words, watch, err);
    if (!field->has_column) return PRISM_OK;
    if (node->range_of == PRS_RANGE_WORDS && column->type == PRS_COLUMN_WORD)
        return prs_column_range_words(column, &node->words, words, watch, err);
    if (node->range_of == PRS_RANGE_NUMBERS && column->type == PRS_COLUMN_INT)
        return prs_column_range_ints(column, node->from, node->to, words, watch, err);
    return PRISM_OK;
}

prism_status prs_doc_set_range(prs_segment *segment, const prs_fields *fields, const prs_node *node,
                               uint64_t *words, prs_watch *watch, prism_error *err) {
    for (uint32_t i = 0; i < fields->n; i++) {
        const prs_segment_field *field = &segment->fields[fields->ptr[i].field];
        PRS_TRY(prs_watch_tick(watch, err));
        if (field->present) PRS_TRY(add_range(segment, field, node, words, watch, err));
    }
    return PRISM_OK;
}
