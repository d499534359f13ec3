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

#include "search/cursor.h"

#define PRS_RANGE_CHUNK 256u

static inline void set_bit(uint64_t *words, uint32_t doc) {
    words[doc >> 6] |= UINT64_C(1) << (doc & 63);
}

static bool begins_with(const prs_terms_cursor *cursor, prs_bytes prefix) {
    return cursor->key_len >= prefix.len &&
           (prefix.len == 0 || memcmp(cursor->key, prefix.ptr, prefix.len) == 0);
}

/* Words of a window that holds about a step's postings of a list that is spread evenly. */
static uint32_t step_words(uint32_t n_docs, uint32_t df) {
    uint64_t docs = (uint64_t)n_docs * PRS_WINDOW / df;
    return (uint32_t)(PRS_MIN(docs, n_docs) / 64 + 1);
}

static prism_status add_list(const prs_segment *segment, const prs_segment_field *field,
                             const prs_term_info *info, uint64_t *words, prs_watch *watch,
                             prism_error *err) {
    prs_postings list;
    PRS_TRY(prs_postings_open(&list, &field->source, info, err));
    if (list.n > 0 && list.n_groups == 0) { /* short lists are loaded when opened */
        for (uint32_t i = 0; i < list.n; i++) set_bit(words, list.docs[i]);
        return PRISM_OK;
    }
    uint32_t end = (segment->n_docs + 63) / 64, step = step_words(segment->n_docs, info->df);
    for (uint32_t at = 0; at < end; at += step) {
        uint32_t n = PRS_MIN(end - at, step);
        PRS_TRY(prs_watch_tick(watch, err));
        PRS_TRY(prs_postings_fill_window(&list, at * 64, words + at, n, err));
    }
    return PRISM_OK;
}

prism_status prs_doc_set_prefix(prs_segment *segment, const prs_fields *fields, prs_bytes prefix,
                                uint64_t *words, prs_watch *watch, prism_error *err) {
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
            PRS_TRY(add_list(segment, field, &cursor.info, words, watch, err));
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
            PRS_TRY(prs_doc_set_prefix(segment, &one, prs_bytes_of(NULL, 0), words, watch, err));
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

/* Columns of at most one value a document: value number = document. */
static void range_of_single(const prs_column *column, int64_t from, int64_t to, uint64_t *words) {
    int64_t values[PRS_RANGE_CHUNK];
    for (uint32_t doc = 0; doc < column->n_docs; doc += PRS_RANGE_CHUNK) {
        int64_t min, max;
        prs_column_range(column, doc / PRS_COLUMN_BLOCK, &min, &max);
        if (max < from || min > to) continue;
        uint32_t n = PRS_MIN(column->n_docs - doc, PRS_RANGE_CHUNK);
        prs_column_ints(column, doc, n, values);
        for (uint32_t i = 0; i < n; i++) {
            if (values[i] >= from && values[i] <= to && prs_column_has(column, doc + i))
                set_bit(words, doc + i);
        }
    }
}

/* A document's values ascend: the first one >= from decides. */
static void range_of_many(const prs_column *column, int64_t from, int64_t to, uint64_t *words) {
    for (uint32_t doc = 0; doc < column->n_docs; doc++) {
        uint64_t v, end = prs_column_values(column, doc, &v);
        while (v < end && prs_column_int(column, v) < from) v++;
        if (v < end && prs_column_int(column, v) <= to) set_bit(words, doc);
    }
}

prism_status prs_doc_set_range(prs_segment *segment, const prs_fields *fields, int64_t from,
                               int64_t to, uint64_t *words, prs_watch *watch, prism_error *err) {
    for (uint32_t i = 0; i < fields->n; i++) {
        const prs_segment_field *field = &segment->fields[fields->ptr[i].field];
        PRS_TRY(prs_watch_tick(watch, err));
        if (!field->present || !field->has_column || field->column.type != PRS_COLUMN_INT) continue;
        PRS_TRY(prs_column_touch(&field->column, err));
        if (field->column.many) {
            range_of_many(&field->column, from, to, words);
        } else {
            range_of_single(&field->column, from, to, words);
        }
    }
    return PRISM_OK;
}
