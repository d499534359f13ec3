/* inverter.c - how does a document enter memory in a form that flush can turn into posting lists?
 *
 * Structure   values sorted by field (counting sort, keeps their order within a field), then per
 *             field:
 *               text, keyword   lexicon scan of each value, appended to the field's stream
 *                               | value 0 | GAP 100 | value 1 |     one (doc, start, length, span)
 *               column          all values of the field in one call
 * Invariants  - Streams are extended and cut back; columns make a document's values ready, and take
 *               them when nothing can fail any more: a document that fails leaves no trace.
 *             - One token more is one u32 more; nothing is kept per term but its id in the lexicon.
 *             - A keyword value that is empty counts as absent.
 * Why so      See transpose.c.  Streams grow by an eighth instead of doubling: they are the largest
 *             part of the budget, and a large block is moved by remapping pages, not by copying.
 * Cost        the analysis; ~1 ns per token beside it.
 * Tested by   tests/unit/invert/test_inverter.c */
#include "invert/inverter.h"

#include "base/error.h"
#include "invert/field_scan.h"

/* Places are numbered in 32 bits; a document of all fields full still fits above this. */
#define PLACES_FULL (UINT32_MAX - 2u * (PRISM_MAX_DOC_TOKENS + (1u << 24)))

/* ---- making ---------------------------------------------------------------------------------- */

/* The lexicon of a field with the same analyzer, or a new one. */
static prism_status give_lexicon(prs_inverter *inv, uint32_t f, prism_error *err) {
    prs_analyzer *analyzer = inv->recipe->analyzers[f];
    if (analyzer == NULL) return PRISM_OK;
    for (uint32_t g = 0; g < f; g++) {
        if (inv->recipe->analyzers[g] != analyzer) continue;
        inv->fields[f].lexicon = inv->fields[g].lexicon;
        inv->fields[f].owner = inv->fields[g].owner;
        return PRISM_OK;
    }
    PRS_TRY(prs_lexicon_new(analyzer, inv->mem, &inv->lexicons[f], err));
    inv->fields[f].lexicon = inv->lexicons[f];
    inv->fields[f].owner = f;
    return PRISM_OK;
}

static bool is_callers(const prs_analyzer *analyzer) {
    return analyzer != NULL && prs_analyzer_options_of(analyzer)->custom != NULL;
}

prism_status prs_inverter_new(prs_recipe *recipe, prs_mem *mem, prs_inverter **out,
                              prism_error *err) {
    *out = NULL;
    prs_inverter *inv = prs_mem_calloc(mem, 1, sizeof *inv);
    if (inv == NULL) return prs_error_nomem(err);
    inv->mem = mem;
    inv->recipe = prs_recipe_ref(recipe);
    inv->n_fields = recipe->n_fields;
    inv->fields = prs_mem_calloc(mem, inv->n_fields, sizeof *inv->fields);
    inv->lexicons = prs_mem_calloc(mem, inv->n_fields, sizeof(prs_lexicon *));
    inv->first = prs_mem_alloc(mem, ((size_t)inv->n_fields + 1) * sizeof(uint32_t));
    prism_status status = PRISM_OK;
    if (inv->fields == NULL || inv->lexicons == NULL || inv->first == NULL) {
        status = prs_error_nomem(err);
    }
    for (uint32_t f = 0; status == PRISM_OK && f < inv->n_fields; f++) {
        inv->fields[f].field = &recipe->schema->fields[f];
        inv->fields[f].stream.mem = mem;
        inv->fields[f].is_callers = is_callers(recipe->analyzers[f]);
        prs_stream_docs_init(&inv->fields[f].docs, mem);
        status = give_lexicon(inv, f, err);
    }
    if (status != PRISM_OK) {
        prs_inverter_free(inv);
        return status;
    }
    *out = inv;
    return PRISM_OK;
}

static void free_values(prs_inverter *inv) {
    prs_mem_free(inv->mem, inv->order, inv->values_cap * sizeof(uint32_t));
    prs_mem_free(inv->mem, inv->ints, inv->values_cap * sizeof(int64_t));
    prs_mem_free(inv->mem, inv->words, inv->values_cap * sizeof(prs_bytes));
    inv->order = NULL;
    inv->ints = NULL;
    inv->words = NULL;
    inv->values_cap = 0;
}

void prs_inverter_free(prs_inverter *inv) {
    if (inv == NULL) return;
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        if (inv->fields != NULL && inv->fields[f].field != NULL) {
            prs_stream *stream = &inv->fields[f].stream;
            prs_mem_free(inv->mem, stream->ids, stream->cap * sizeof(uint32_t));
            prs_stream_docs_fini(&inv->fields[f].docs);
            prs_column_writer_free(inv->fields[f].column);
        }
        if (inv->lexicons != NULL) prs_lexicon_free(inv->lexicons[f]);
    }
    prs_mem_free(inv->mem, inv->fields, inv->n_fields * sizeof *inv->fields);
    prs_mem_free(inv->mem, inv->lexicons, inv->n_fields * sizeof(prs_lexicon *));
    prs_mem_free(inv->mem, inv->first, ((size_t)inv->n_fields + 1) * sizeof(uint32_t));
    free_values(inv);
    prs_recipe_unref(inv->recipe);
    prs_mem_free(inv->mem, inv, sizeof *inv);
}

/* ---- one document ---------------------------------------------------------------------------- */

static prism_status grow_values(prs_inverter *inv, uint32_t n, prism_error *err) {
    free_values(inv);
    size_t cap = (size_t)n + n / 2 + 16;
    inv->order = prs_mem_alloc(inv->mem, cap * sizeof(uint32_t));
    inv->ints = prs_mem_alloc(inv->mem, cap * sizeof(int64_t));
    inv->words = prs_mem_alloc(inv->mem, cap * sizeof(prs_bytes));
    inv->values_cap = cap;
    if (inv->order != NULL && inv->ints != NULL && inv->words != NULL) return PRISM_OK;
    free_values(inv);
    return prs_error_nomem(err);
}

/* first[f] .. first[f + 1] - 1 become the places in `order` of the values of field f, in their
 * order. */
static prism_status sort_values(prs_inverter *inv, const prs_document *doc, prism_error *err) {
    if (doc->n > inv->values_cap) PRS_TRY(grow_values(inv, doc->n, err));
    memset(inv->first, 0, ((size_t)inv->n_fields + 1) * sizeof(uint32_t));
    for (uint32_t i = 0; i < doc->n; i++) inv->first[doc->values[i].field]++;
    uint32_t sum = 0;
    for (uint32_t f = 0; f <= inv->n_fields; f++) {
        sum += inv->first[f];
        inv->first[f] = sum; /* end of field f for now */
    }
    for (uint32_t i = doc->n; i-- > 0;) inv->order[--inv->first[doc->values[i].field]] = i;
    return PRISM_OK;
}

/* The terms of one field of one document. */
static prism_status scan_field(prs_inverter *inv, uint32_t f, const prs_document *doc,
                               prism_error *err) {
    prs_inverter_field *field = &inv->fields[f];
    prs_stream_doc entry = {inv->n_docs, (uint32_t)field->stream.n, 0, 0};
    for (uint32_t i = inv->first[f]; i < inv->first[f + 1]; i++) {
        const prs_value *value = &doc->values[inv->order[i]];
        PRS_TRY(prs_field_scan(field->field, field->lexicon, prs_bytes_of(value->text, value->len),
                               inv->limit, &field->stream, &entry, &inv->n_bad, err));
    }
    if (entry.span == 0) return PRISM_OK;
    if (!prs_stream_docs_push(&field->docs, entry)) return prs_error_nomem(err);
    field->n_places += entry.span;
    return PRISM_OK;
}

/* Take back what the document added to the streams. */
static void undo_streams(prs_inverter *inv) {
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        prs_inverter_field *field = &inv->fields[f];
        field->stream.n = field->mark;
        if (field->docs.n == 0 || field->docs.ptr[field->docs.n - 1].doc != inv->n_docs) continue;
        field->docs.n--;
        field->n_places -= field->docs.ptr[field->docs.n].span;
    }
}

/* Give back what a document that was not taken had streams grow to. */
static void trim_streams(prs_inverter *inv) {
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        prs_stream *stream = &inv->fields[f].stream;
        size_t cap = stream->n + stream->n / 8 + 64;
        if (stream->cap <= cap) continue;
        uint32_t *ids =
            prs_mem_resize(stream->mem, stream->ids, stream->cap * sizeof *ids, cap * sizeof *ids);
        if (ids == NULL) continue; /* then it stays as it is */
        stream->ids = ids;
        stream->cap = cap;
    }
}

static prism_status check_limit(const prs_inverter *inv, prism_error *err) {
    size_t bytes = inv->limit == 0 ? 0 : prs_inverter_stream_bytes(inv);
    if (bytes <= inv->limit) return PRISM_OK;
    return prs_error_set(err, PRISM_EBUDGET,
                         "the document needs %zu bytes where the budget leaves %zu", bytes,
                         inv->limit);
}

static bool has_column(const prs_field *field) {
    return (field->flags & PRISM_FIELD_COLUMN) != 0 && field->type != PRISM_FIELD_TEXT;
}

/* Columns for all values of the document, and marks to go back to. */
static prism_status prepare(prs_inverter *inv, const prs_document *doc, prism_error *err) {
    PRS_TRY(sort_values(inv, doc, err));
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        prs_inverter_field *field = &inv->fields[f];
        field->mark = field->stream.n;
        if (inv->first[f] == inv->first[f + 1]) continue;
        if (has_column(field->field) && field->column == NULL) {
            bool words = field->field->type == PRISM_FIELD_KEYWORD;
            PRS_TRY(prs_column_writer_new(inv->mem, words ? PRS_COLUMN_WORD : PRS_COLUMN_INT,
                                          (field->field->flags & PRISM_FIELD_MANY) != 0,
                                          &field->column, err));
        }
    }
    return PRISM_OK;
}

static prism_status scan_fields(prs_inverter *inv, const prs_document *doc, prism_error *err) {
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        if (inv->first[f] == inv->first[f + 1] || inv->fields[f].lexicon == NULL) continue;
        PRS_TRY(scan_field(inv, f, doc, err));
    }
    return PRISM_OK;
}

static prism_status ready_column(prs_inverter *inv, uint32_t f, const prs_document *doc,
                                 prism_error *err) {
    prs_inverter_field *field = &inv->fields[f];
    uint32_t n = 0;
    for (uint32_t i = inv->first[f]; i < inv->first[f + 1]; i++) {
        const prs_value *value = &doc->values[inv->order[i]];
        if (field->field->type != PRISM_FIELD_KEYWORD) {
            inv->ints[n++] = value->i64;
        } else if (value->len > 0) {
            inv->words[n++] = prs_bytes_of(value->text, value->len);
        }
    }
    if (field->field->type == PRISM_FIELD_KEYWORD)
        return prs_column_writer_ready_words(field->column, inv->n_docs, inv->words, n, err);
    return prs_column_writer_ready_ints(field->column, inv->n_docs, inv->ints, n, err);
}

/* The values of all columns, ready to be taken; or none. */
static prism_status ready_columns(prs_inverter *inv, const prs_document *doc, prism_error *err) {
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        if (inv->fields[f].column == NULL || inv->first[f] == inv->first[f + 1]) continue;
        prism_status status = ready_column(inv, f, doc, err);
        if (status == PRISM_OK) continue;
        while (f-- > 0) {
            if (inv->fields[f].column != NULL) prs_column_writer_forget(inv->fields[f].column);
        }
        return status;
    }
    return PRISM_OK;
}

/* What is ready: from here on the document is taken. */
static void take_document(prs_inverter *inv) {
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        if (inv->fields[f].column != NULL) prs_column_writer_take(inv->fields[f].column);
    }
    inv->n_docs++;
}

prism_status prs_inverter_add(prs_inverter *inv, const prs_document *doc, prism_error *err) {
    PRS_TRY(prepare(inv, doc, err));
    prism_status status = scan_fields(inv, doc, err);
    if (status == PRISM_OK) status = check_limit(inv, err);
    if (status == PRISM_OK) status = ready_columns(inv, doc, err);
    if (status != PRISM_OK) {
        undo_streams(inv);
        if (status == PRISM_EBUDGET || status == PRISM_ENOMEM) trim_streams(inv);
        return status;
    }
    take_document(inv);
    return PRISM_OK;
}

static void put_texts(const prs_inverter *inv, const prs_document *doc, prs_text_batch *batch) {
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        uint32_t n = inv->first[f + 1] - inv->first[f];
        if (n == 0 || inv->fields[f].lexicon == NULL) continue;
        prs_batch_put_field(batch, inv->n_docs, f, n);
        for (uint32_t i = inv->first[f]; i < inv->first[f + 1]; i++) {
            const prs_value *value = &doc->values[inv->order[i]];
            prs_batch_put_value(batch, value->text, value->len);
        }
    }
}

prism_status prs_inverter_add_later(prs_inverter *inv, const prs_document *doc,
                                    prs_text_batch *batch, prism_error *err) {
    size_t before = batch->texts.len;
    PRS_TRY(prepare(inv, doc, err));
    put_texts(inv, doc, batch);
    prism_status status = batch->texts.failed ? prs_error_nomem(err) : PRISM_OK;
    if (status == PRISM_OK) status = ready_columns(inv, doc, err);
    if (status != PRISM_OK) {
        batch->texts.failed = false;
        batch->texts.len = before;
        return status;
    }
    take_document(inv);
    return PRISM_OK;
}

/* ---- between documents ----------------------------------------------------------------------- */

void prs_inverter_clear(prs_inverter *inv, size_t lexicon_share) {
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        prs_inverter_field *field = &inv->fields[f];
        field->stream.n = 0;
        prs_stream_docs_clear(&field->docs);
        field->n_places = 0;
        prs_column_writer_free(field->column);
        field->column = NULL;
    }
    inv->n_docs = 0;
    if (prs_inverter_lexicon_weight(inv) <= lexicon_share) return;
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        if (inv->lexicons[f] != NULL) prs_lexicon_reset(inv->lexicons[f]);
    }
}

size_t prs_inverter_lexicon_bytes(const prs_inverter *inv) {
    size_t sum = 0;
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        if (inv->lexicons[f] != NULL) sum += prs_lexicon_bytes(inv->lexicons[f]);
    }
    return sum;
}

uint64_t prs_inverter_lexicon_weight(const prs_inverter *inv) {
    uint64_t sum = 0;
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        if (inv->lexicons[f] != NULL) sum += prs_lexicon_weight(inv->lexicons[f]);
    }
    return sum;
}

static size_t bytes_of_streams(const prs_inverter *inv) {
    size_t sum = 0;
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        const prs_inverter_field *field = &inv->fields[f];
        sum += field->stream.n * sizeof(uint32_t) + field->docs.cap * sizeof(prs_stream_doc);
    }
    return sum;
}

size_t prs_inverter_column_bytes(const prs_inverter *inv) {
    size_t sum = 0;
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        const prs_column_writer *column = inv->fields[f].column;
        if (column != NULL) sum += prs_column_writer_bytes(column);
    }
    return sum;
}

size_t prs_inverter_stream_bytes(const prs_inverter *inv) {
    return bytes_of_streams(inv) + prs_inverter_column_bytes(inv);
}

prs_tally_mark prs_inverter_mark(const prs_inverter *inv) {
    prs_tally_mark mark = {.stream_bytes = bytes_of_streams(inv),
                           .lexicon_weight = prs_inverter_lexicon_weight(inv)};
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        mark.most_ids = PRS_MAX(mark.most_ids, inv->fields[f].stream.n);
        mark.most_places = PRS_MAX(mark.most_places, inv->fields[f].n_places);
    }
    return mark;
}

bool prs_inverter_is_full_at(const prs_inverter *inv, uint64_t most_ids, uint64_t most_places) {
    size_t most = atomic_load(&inv->mem->single_cap) / sizeof(uint32_t);
    /* Entries are numbered in 32 bits, and one that tells a character has two places. */
    most = PRS_MIN(most, UINT32_MAX / 2);
    return inv->n_docs >= PRISM_MAX_SEGMENT_DOCS || most_places >= PLACES_FULL ||
           most_ids >= most - most / 4;
}

bool prs_inverter_is_full(const prs_inverter *inv) {
    prs_tally_mark mark = prs_inverter_mark(inv);
    return prs_inverter_is_full_at(inv, mark.most_ids, mark.most_places);
}
