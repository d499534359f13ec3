/* inverter_take.c - how do the streams of many workers become one?
 *
 *   batch 0 | batch 1 | ...  in order of the documents: ids of a worker's lexicon
 *      table[id]
 *   stream of the field      ids of its own lexicon, as if it had met the texts itself
 *
 * Invariants  Room is had for all fields before the first entry is written: all or nothing.
 * Cost        ~1 ns an entry.
 * Tested by   tests/unit/invert/test_inverter.c, test_analysts.c */
#include "base/error.h"
#include "invert/field_scan.h"
#include "invert/inverter.h"

static prism_status grow_stream(prs_stream *stream, size_t more, prism_error *err) {
    if (more <= stream->cap - stream->n) return PRISM_OK;
    size_t cap = PRS_MAX(stream->n + more, stream->cap + stream->cap / 8);
    uint32_t *ids =
        prs_mem_resize(stream->mem, stream->ids, stream->cap * sizeof *ids, cap * sizeof *ids);
    if (ids == NULL) return prs_error_nomem(err);
    stream->ids = ids;
    stream->cap = cap;
    return PRISM_OK;
}

/* One by one, so that the room held follows from their number alone. */
static prism_status grow_docs(prs_stream_docs *docs, size_t more, prism_error *err) {
    size_t n = docs->n;
    bool grown = true;
    for (size_t i = 0; i < more && grown; i++) grown = prs_stream_docs_extend(docs, 1) != NULL;
    docs->n = n;
    return grown ? PRISM_OK : prs_error_nomem(err);
}

static void append_ids(prs_stream *to, const prs_stream *from, const uint32_t *own_ids) {
    uint32_t *out = to->ids + to->n;
    for (size_t i = 0; i < from->n; i++) {
        uint32_t entry = from->ids[i];
        if (PRS_UNLIKELY(prs_stream_is_gap(entry))) {
            *out++ = entry;
            *out++ = from->ids[++i];
            continue;
        }
        *out++ = own_ids[entry & PRS_STREAM_ID] | (entry & ~PRS_STREAM_ID);
    }
    to->n += from->n;
}

static void append_docs(prs_inverter_field *to, const prs_batch_field *from, uint32_t start) {
    for (size_t i = 0; i < from->docs.n; i++) {
        prs_stream_doc entry = from->docs.ptr[i];
        entry.start += start;
        to->n_places += entry.span;
        to->docs.ptr[to->docs.n++] = entry;
    }
}

prism_status prs_inverter_take(prs_inverter *inv, const prs_text_batch *batch,
                               const prs_id_table *tables, prism_error *err) {
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        PRS_TRY(grow_stream(&inv->fields[f].stream, batch->fields[f].stream.n, err));
        PRS_TRY(grow_docs(&inv->fields[f].docs, batch->fields[f].docs.n, err));
    }
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        prs_inverter_field *to = &inv->fields[f];
        const prs_batch_field *from = &batch->fields[f];
        uint32_t start = (uint32_t)to->stream.n;
        if (from->stream.n > 0) append_ids(&to->stream, &from->stream, tables[to->owner].ptr);
        append_docs(to, from, start);
    }
    inv->n_bad += batch->n_bad;
    return PRISM_OK;
}

/* ---- the same without a worker --------------------------------------------------------------- */

static void cut_back(prs_inverter *inv, uint32_t first_doc) {
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        prs_inverter_field *field = &inv->fields[f];
        field->stream.n = field->mark;
        while (field->docs.n > 0 && field->docs.ptr[field->docs.n - 1].doc >= first_doc) {
            field->docs.n--;
            field->n_places -= field->docs.ptr[field->docs.n].span;
        }
    }
}

static prism_status scan_texts(prs_inverter *inv, const prs_text_batch *batch, uint64_t *n_bad,
                               prism_error *err) {
    prs_batch_reader reader = prs_batch_read(batch);
    while (prs_batch_next_field(&reader)) {
        prs_inverter_field *field = &inv->fields[reader.field];
        prs_stream_doc entry = {reader.doc, (uint32_t)field->stream.n, 0, 0};
        while (reader.n > 0) {
            PRS_TRY(prs_field_scan(field->field, field->lexicon, prs_batch_next_value(&reader), 0,
                                   &field->stream, &entry, n_bad, err));
        }
        if (entry.span == 0) continue;
        if (!prs_stream_docs_push(&field->docs, entry)) return prs_error_nomem(err);
        field->n_places += entry.span;
    }
    return PRISM_OK;
}

prism_status prs_inverter_scan(prs_inverter *inv, const prs_text_batch *batch, prism_error *err) {
    uint64_t n_bad = 0;
    for (uint32_t f = 0; f < inv->n_fields; f++) inv->fields[f].mark = inv->fields[f].stream.n;
    prism_status status = scan_texts(inv, batch, &n_bad, err);
    if (status == PRISM_OK) {
        inv->n_bad += n_bad;
    } else {
        cut_back(inv, batch->first_doc);
    }
    return status;
}
