/* check_deep.c - do the lists of a segment say what its stored documents say?
 *
 *   stored JSON -> the writer's own inverter, some documents at a time -> each term's places
 *        compared with       list of the term, from the first of these documents to the last
 *
 * Structure   batch of documents [first, first + n): lengths and spans; every term of every stored,
 *             analyzed field; columns and keys while the documents are read
 * Invariants  - Every posting that must be there is looked for; postings too many show as a
 *               difference between what was matched in all batches and the segment's statistics.
 *             - Fields that are not stored cannot be compared and are left out.
 *             - Of a field that the segment does not have for all of its documents, those count
 *               that have a length or a value in it: what a document put before holds under its
 *               name is not indexed, and need not even fit.
 * Source      rule R17 (the idea of comparing an index with the rows it came from).
 * Tested by   tests/unit/maintain/test_check.c, test_writer_schema.c */
#include "base/error.h"
#include "maintain/check.h"
#include "invert/inverter.h"

#define BATCH_BYTES ((size_t)64 << 20)
#define SCRATCH_BYTES ((size_t)32 << 20)
#define LEXICON_BYTES ((size_t)64 << 20)

typedef struct matched { /* of one field, over all batches */
    uint64_t df, cf;
} matched;

typedef struct deep_check {
    prs_check *check;
    const prs_segment *segment;
    prs_mem *mem;
    prs_inverter *inverter;
    prs_json_reader *reader;
    prs_document document;
    prs_docstore_cursor cursor;
    uint32_t first;     /* document of the segment that is number 0 of the batch */
    matched *matched;   /* by field */
    bool some_lack;     /* a field is not there, or not for all documents */
    uint64_t *left_out; /* a bit for each field that the document does not have */
    /* the field being compared */
    uint32_t f;
    prs_places places;
    prs_postings list;
    uint32_t *positions;
    size_t positions_cap;
} deep_check;

static void say_field(deep_check *c, uint32_t f, uint32_t doc, const char *what) {
    prs_check_say(c->check, prs_in_name(c->segment->idx), "field %s, document %u: %s",
                  c->segment->recipe->schema->fields[f].name, doc, what);
}

/* ---- terms ----------------------------------------------------------------------------------- */

/* Compare positions of the document at place i of the list's block with the places from `at` on. */
static prism_status compare_positions(deep_check *c, uint32_t i, const uint32_t *at, uint32_t base,
                                      bool *same, prism_error *err) {
    uint32_t freq = c->list.freqs[i];
    if (freq > c->positions_cap) {
        prs_mem_free(c->mem, c->positions, c->positions_cap * sizeof(uint32_t));
        c->positions_cap = (size_t)freq * 2;
        c->positions = prs_mem_alloc(c->mem, c->positions_cap * sizeof(uint32_t));
        if (c->positions == NULL) return prs_error_nomem(err);
    }
    PRS_TRY(prs_postings_positions(&c->list, i, c->positions, err));
    *same = true;
    for (uint32_t k = 0; k < freq; k++) *same &= c->positions[k] == at[k] - base;
    return PRISM_OK;
}

/* One document of a term: `n` places from `at` on. */
static prism_status compare_posting(deep_check *c, uint32_t entry, const uint32_t *at, uint32_t n,
                                    prism_error *err) {
    uint32_t doc = c->first + c->places.docs[entry].doc, found;
    PRS_TRY(prs_postings_seek(&c->list, doc, &found, err));
    if (found != doc) {
        say_field(c, c->f, doc, "a term of the stored text is not in the index");
        return PRISM_OK;
    }
    PRS_TRY(prs_postings_freqs(&c->list, err));
    uint32_t freq = c->list.freqs[c->list.i];
    c->matched[c->f].df++;
    c->matched[c->f].cf += freq;
    bool same = freq == n;
    if (same && at != NULL && c->list.info.has_positions && c->list.src->spans != NULL) {
        PRS_TRY(compare_positions(c, c->list.i, at, c->places.bases[entry], &same, err));
    }
    if (!same) say_field(c, c->f, doc, "a term stands at other places in the stored text");
    return PRISM_OK;
}

/* A term whose documents and freqs are counted already; it has no positions. */
static prism_status compare_counted(deep_check *c, const prs_transpose_term *term,
                                    prism_error *err) {
    uint32_t bits = term->freq_bits, mask = (UINT32_C(1) << bits) - 1;
    for (uint32_t at = 0; at < term->n;) {
        uint32_t entry = term->places[at] >> bits, freq = 0;
        for (; at < term->n && term->places[at] >> bits == entry; at++)
            freq += (term->places[at] & mask) + 1;
        PRS_TRY(compare_posting(c, entry, NULL, freq, err));
    }
    return PRISM_OK;
}

static prism_status compare_term(void *ctx, const prs_transpose_term *term, prism_error *err) {
    deep_check *c = ctx;
    const prs_segment_field *field = &c->segment->fields[c->f];
    prs_term_info info;
    bool found;
    PRS_TRY(prs_terms_find(&field->terms, term->key, &info, &found, err));
    if (!found) {
        say_field(c, c->f, c->first,
                  "a term of the stored texts from here on is not in the dictionary");
        return PRISM_OK;
    }
    PRS_TRY(prs_postings_open(&c->list, &field->source, &info, err));
    if (term->freq_bits != 0) return compare_counted(c, term, err);
    for (uint32_t at = 0, entry = 0; at < term->n;) {
        entry = prs_places_find(&c->places, entry, term->places[at]);
        uint32_t begin = at, end_place = c->places.bases[entry + 1];
        while (at < term->n && term->places[at] < end_place) at++;
        PRS_TRY(compare_posting(c, entry, term->places + begin, at - begin, err));
    }
    return PRISM_OK;
}

static void compare_lengths(deep_check *c, const prs_inverter_field *from) {
    const prs_segment_field *field = &c->segment->fields[c->f];
    size_t at = 0;
    for (uint32_t doc = 0; doc < c->inverter->n_docs; doc++) {
        bool with = at < from->docs.n && from->docs.ptr[at].doc == doc;
        uint32_t length = with ? from->docs.ptr[at].length : 0,
                 span = with ? from->docs.ptr[at].span : 0;
        at += with;
        bool same =
            !field->has_lengths || prs_lengths_get(&field->lengths, c->first + doc) == length;
        if (field->has_positions) same &= prs_lengths_get(&field->spans, c->first + doc) == span;
        if (!same) say_field(c, c->f, c->first + doc, "its length is not that of the stored text");
    }
}

/* Does the segment say which of its documents were put before the schema had the field? */
static bool can_tell(const prs_segment_field *field) {
    return !field->partial || field->has_lengths || field->has_positions || field->has_column;
}

static bool is_comparable(const deep_check *c, uint32_t f) {
    const prs_segment_field *field = &c->segment->fields[f];
    return field->present && can_tell(field) && c->inverter->fields[f].lexicon != NULL &&
           (c->segment->recipe->schema->fields[f].flags & PRISM_FIELD_STORED) != 0;
}

static prism_status compare_field(deep_check *c, uint32_t f, prism_error *err) {
    const prs_inverter_field *from = &c->inverter->fields[f];
    c->f = f;
    compare_lengths(c, from);
    if (from->docs.n == 0) return PRISM_OK;
    prs_transpose_input input = {from->lexicon, from->stream.ids, (uint32_t)from->stream.n,
                                 from->docs.ptr, (uint32_t)from->docs.n};
    PRS_TRY(prs_places_init(&c->places, from->docs.ptr, (uint32_t)from->docs.n, c->mem, err));
    prism_status status = prs_transpose_run(&input, SCRATCH_BYTES, c->mem, compare_term, c, err);
    prs_places_fini(&c->places);
    return status;
}

static prism_status compare_batch(deep_check *c, prism_error *err) {
    for (uint32_t f = 0; f < c->inverter->n_fields; f++) {
        if (is_comparable(c, f)) PRS_TRY(compare_field(c, f, err));
    }
    uint32_t n = c->inverter->n_docs;
    prs_inverter_clear(c->inverter, LEXICON_BYTES);
    c->first += n;
    return prs_check_step(c->check, n, err);
}

/* ---- columns and keys ------------------------------------------------------------------------ */

static bool column_holds(const prs_column *column, uint32_t doc, const prs_value *value) {
    uint64_t first, end = prs_column_values(column, doc, &first);
    for (uint64_t v = first; v < end; v++) {
        if (column->type == PRS_COLUMN_INT) {
            if (prs_column_int(column, v) == value->i64) return true;
        } else {
            prs_bytes word = prs_column_word_bytes(column, prs_column_word(column, v));
            if (prs_bytes_equal(word, prs_bytes_of(value->text, value->len))) return true;
        }
    }
    return false;
}

/* Every value of the document is in its column.  (Values too many would show in counts of distinct
 * values only.) */
static void compare_columns(deep_check *c, uint32_t doc) {
    for (uint32_t i = 0; i < c->document.n; i++) {
        const prs_value *value = &c->document.values[i];
        const prs_segment_field *field = &c->segment->fields[value->field];
        bool words = c->segment->recipe->schema->fields[value->field].type == PRISM_FIELD_KEYWORD;
        if (!field->present || !field->has_column || (words && value->len == 0)) continue;
        if (!column_holds(&field->column, doc, value))
            say_field(c, value->field, doc, "a value is not in its column");
    }
}

static prism_status compare_key(deep_check *c, uint32_t doc, prism_error *err) {
    prs_bytes key;
    if (c->segment->keys.n_docs == 0) return PRISM_OK;
    PRS_TRY(prs_keys_get(&c->segment->keys, doc, &key, err));
    if (!prs_bytes_equal(key, prs_bytes_of(c->document.key, c->document.key_len))) {
        prs_check_say(c->check, prs_in_name(c->segment->idx),
                      "document %u is stored with another key", doc);
    }
    return PRISM_OK;
}

/* ---- all documents --------------------------------------------------------------------------- */

/* Is the document's text of a field indexed? */
static bool has_field(const prs_segment_field *field, uint32_t doc) {
    if (!field->present) return false;
    if (!field->partial) return true;
    return (field->has_lengths && prs_lengths_get(&field->lengths, doc) > 0) ||
           (field->has_positions && prs_lengths_get(&field->spans, doc) > 0) ||
           (field->has_column && prs_column_has(&field->column, doc));
}

static void leave_out(deep_check *c, uint32_t doc) {
    for (uint32_t f = 0; f < c->segment->n_fields; f++) {
        uint64_t bit = UINT64_C(1) << (f % 64);
        if (has_field(&c->segment->fields[f], doc)) {
            c->left_out[f / 64] &= ~bit;
        } else {
            c->left_out[f / 64] |= bit;
        }
    }
}

static prism_status take_document(deep_check *c, uint32_t doc, prism_error *err) {
    prs_bytes json;
    PRS_TRY(prs_segment_document(c->segment, &c->cursor, doc, &json, err));
    if (c->some_lack) leave_out(c, doc);
    PRS_TRY(prs_json_reader_read(c->reader, (const char *)json.ptr, json.len, false, &c->document,
                                 err));
    PRS_TRY(compare_key(c, doc, err));
    compare_columns(c, doc);
    return prs_inverter_add(c->inverter, &c->document, err);
}

static bool batch_is_full(const deep_check *c) {
    size_t most = c->check->deep_batch != 0 ? c->check->deep_batch : BATCH_BYTES;
    return prs_inverter_stream_bytes(c->inverter) >= most ||
           prs_inverter_lexicon_bytes(c->inverter) >= LEXICON_BYTES ||
           prs_inverter_is_full(c->inverter);
}

static void compare_totals(deep_check *c) {
    for (uint32_t f = 0; f < c->inverter->n_fields; f++) {
        const prs_segment_field *field = &c->segment->fields[f];
        if (!is_comparable(c, f)) continue;
        if (c->matched[f].df == field->sum_df && c->matched[f].cf == field->sum_cf) continue;
        prs_check_say(c->check, prs_in_name(c->segment->idx),
                      "field %s: %llu postings are those of the stored texts, the index has %llu",
                      c->segment->recipe->schema->fields[f].name,
                      (unsigned long long)c->matched[f].df, (unsigned long long)field->sum_df);
    }
}

static prism_status run(deep_check *c, prism_error *err) {
    for (uint32_t doc = 0; doc < c->segment->n_docs; doc++) {
        PRS_TRY(take_document(c, doc, err));
        if (batch_is_full(c)) PRS_TRY(compare_batch(c, err));
    }
    if (c->inverter->n_docs > 0) PRS_TRY(compare_batch(c, err));
    compare_totals(c);
    return PRISM_OK;
}

static prism_status make_tables(deep_check *c, prism_error *err) {
    uint32_t n = c->segment->n_fields;
    c->matched = prs_mem_calloc(c->mem, n, sizeof *c->matched);
    c->left_out = prs_mem_calloc(c->mem, prs_bitset_words(n), sizeof *c->left_out);
    if (c->matched == NULL || c->left_out == NULL) return prs_error_nomem(err);
    for (uint32_t f = 0; f < n; f++) {
        const prs_segment_field *field = &c->segment->fields[f];
        c->some_lack |= !field->present || field->partial;
    }
    c->document.ignored = c->left_out;
    return PRISM_OK;
}

prism_status prs_check_deep(prs_check *check, const prs_segment *segment, prism_error *err) {
    prs_mem *mem = &check->core->mem;
    prism_error own = PRISM_ERROR_INIT;
    deep_check *c = prs_mem_calloc(mem, 1, sizeof *c);
    if (c == NULL) return prs_error_nomem(err);
    c->check = check;
    c->segment = segment;
    c->mem = mem;
    prs_document_init(&c->document, segment->recipe->schema, mem);
    prs_docstore_cursor_init(&c->cursor, mem);
    prism_status status = make_tables(c, &own);
    if (status == PRISM_OK) status = prs_inverter_new(segment->recipe, mem, &c->inverter, &own);
    if (status == PRISM_OK) status = prs_json_reader_new(mem, &c->reader, &own);
    if (status == PRISM_OK) status = run(c, &own);
    prs_json_reader_free(c->reader);
    prs_inverter_free(c->inverter);
    prs_mem_free(mem, c->positions, c->positions_cap * sizeof(uint32_t));
    prs_mem_free(mem, c->matched, segment->n_fields * sizeof *c->matched);
    prs_mem_free(mem, c->left_out, prs_bitset_words(segment->n_fields) * sizeof *c->left_out);
    prs_docstore_cursor_fini(&c->cursor);
    prs_document_fini(&c->document);
    prs_mem_free(mem, c, sizeof *c);
    return prs_check_absorb(check, status, &own, err);
}
