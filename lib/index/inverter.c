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
 * Tested by   tests/unit/index/test_inverter.c */
#include "index/inverter.h"

#include "base/error.h"

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
        return PRISM_OK;
    }
    PRS_TRY(prs_lexicon_new(analyzer, inv->mem, &inv->lexicons[f], err));
    inv->fields[f].lexicon = inv->lexicons[f];
    return PRISM_OK;
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

/* Room for about the tokens of a text: most scans then never grow the stream.  One that may not be
 * taken at all gets no more than half of what is allowed. */
static prism_status reserve(const prs_inverter *inv, prs_stream *stream, size_t text_len,
                            prism_error *err) {
    if (inv->limit != 0) text_len = PRS_MIN(text_len, inv->limit / 6);
    size_t want = stream->n + text_len - text_len / 4 + 64;
    if (want <= stream->cap) return PRISM_OK;
    size_t cap = PRS_MAX(want, stream->cap + stream->cap / 8);
    uint32_t *ids = prs_mem_resize(stream->mem, stream->ids, stream->cap * sizeof(uint32_t),
                                   cap * sizeof(uint32_t));
    if (ids == NULL) return prs_error_nomem(err);
    stream->ids = ids;
    stream->cap = cap;
    return PRISM_OK;
}

/* Append one value to the document `into`, which already spans into->span positions of the
 * field. */
static prism_status scan_value(prs_inverter *inv, prs_inverter_field *field, const prs_value *value,
                               prs_stream_doc *into, prism_error *err) {
    prs_stream *stream = &field->stream;
    bool gap = into->span > 0 && (field->field->flags & PRISM_FIELD_POSITIONS) != 0;
    PRS_TRY(reserve(inv, stream, value->len, err));
    size_t before = stream->n;
    if (gap) {
        stream->ids[stream->n++] = PRS_STREAM_GAP;
        stream->ids[stream->n++] = PRS_VALUE_GAP;
    }
    uint32_t n_pos = 0, n_span = 0;
    uint64_t n_bad = 0;
    PRS_TRY(prs_lexicon_scan(field->lexicon, value->text, value->len, stream, &n_pos, &n_span,
                             &n_bad, err));
    inv->n_bad += n_bad;
    if (n_span == 0) {
        stream->n = before; /* no token: no gap either */
        return PRISM_OK;
    }
    into->length += n_pos;
    into->span += n_span + (gap ? PRS_VALUE_GAP : 0);
    if (into->span > PRISM_MAX_DOC_TOKENS) {
        return prs_error_set(err, PRISM_ELIMIT, "field %s has more than %u positions",
                             field->field->name, PRISM_MAX_DOC_TOKENS);
    }
    return PRISM_OK;
}

/* The terms of one field of one document. */
static prism_status scan_field(prs_inverter *inv, uint32_t f, const prs_document *doc,
                               prism_error *err) {
    prs_inverter_field *field = &inv->fields[f];
    prs_stream_doc entry = {inv->n_docs, (uint32_t)field->stream.n, 0, 0};
    for (uint32_t i = inv->first[f]; i < inv->first[f + 1]; i++) {
        PRS_TRY(scan_value(inv, field, &doc->values[inv->order[i]], &entry, err));
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

/* Columns that are to get their first value, and the terms of all fields. */
static prism_status prepare(prs_inverter *inv, const prs_document *doc, prism_error *err) {
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

prism_status prs_inverter_add(prs_inverter *inv, const prs_document *doc, prism_error *err) {
    PRS_TRY(sort_values(inv, doc, err));
    prism_status status = prepare(inv, doc, err);
    if (status == PRISM_OK) status = check_limit(inv, err);
    if (status == PRISM_OK) status = ready_columns(inv, doc, err);
    if (status != PRISM_OK) {
        undo_streams(inv);
        if (status == PRISM_EBUDGET || status == PRISM_ENOMEM) trim_streams(inv);
        return status;
    }
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        if (inv->fields[f].column != NULL) prs_column_writer_take(inv->fields[f].column);
    }
    inv->n_docs++;
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
    if (prs_inverter_lexicon_bytes(inv) <= lexicon_share) return;
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

size_t prs_inverter_stream_bytes(const prs_inverter *inv) {
    size_t sum = 0;
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        const prs_inverter_field *field = &inv->fields[f];
        sum += field->stream.n * sizeof(uint32_t) + field->docs.cap * sizeof(prs_stream_doc);
        if (field->column != NULL) sum += prs_column_writer_bytes(field->column);
    }
    return sum;
}

bool prs_inverter_is_full(const prs_inverter *inv) {
    if (inv->n_docs >= PRISM_MAX_SEGMENT_DOCS) return true;
    size_t most = inv->mem->single_cap / sizeof(uint32_t);
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        const prs_inverter_field *field = &inv->fields[f];
        if (field->n_places >= PLACES_FULL || field->stream.n >= most - most / 4) return true;
    }
    return false;
}
