/* batch.c - how do texts get to a worker, and what it made of them back?
 *
 * Structure   texts as records in one buffer; streams and documents per field; keys of new terms as
 *             records per lexicon
 * Invariants  - Whoever analyzes touches the batch and lexicons of its own, nothing else.
 *             - After an analysis that failed the texts are still there: someone else may try.
 * Why so      Keys are copied because the table of the worker's lexicon moves while the worker goes
 *             on with another batch.
 * Tested by   tests/unit/invert/test_batch.c */
#include "invert/batch.h"

#include "base/error.h"
#include "invert/field_scan.h"

prism_status prs_batch_init(prs_text_batch *batch, uint32_t n_fields, prs_mem *mem,
                            prism_error *err) {
    *batch = (prs_text_batch){.mem = mem, .n_fields = n_fields};
    prs_buf_init(&batch->texts, mem);
    batch->fields = prs_mem_calloc(mem, n_fields, sizeof *batch->fields);
    batch->terms = prs_mem_calloc(mem, n_fields, sizeof *batch->terms);
    for (uint32_t f = 0; f < n_fields; f++) {
        if (batch->terms != NULL) prs_buf_init(&batch->terms[f].keys, mem);
        if (batch->fields == NULL) continue;
        batch->fields[f].stream.mem = mem;
        prs_stream_docs_init(&batch->fields[f].docs, mem);
    }
    if (batch->fields != NULL && batch->terms != NULL) return PRISM_OK;
    prs_batch_fini(batch);
    return prs_error_nomem(err);
}

void prs_batch_fini(prs_text_batch *batch) {
    for (uint32_t f = 0; f < batch->n_fields; f++) {
        if (batch->terms != NULL) prs_buf_fini(&batch->terms[f].keys);
        if (batch->fields == NULL) continue;
        prs_stream *stream = &batch->fields[f].stream;
        prs_mem_free(batch->mem, stream->ids, stream->cap * sizeof *stream->ids);
        prs_stream_docs_fini(&batch->fields[f].docs);
    }
    prs_mem_free(batch->mem, batch->fields, batch->n_fields * sizeof *batch->fields);
    prs_mem_free(batch->mem, batch->terms, batch->n_fields * sizeof *batch->terms);
    batch->fields = NULL;
    batch->terms = NULL;
    if (batch->mem != NULL) prs_buf_fini(&batch->texts);
}

static void clear_results(prs_text_batch *batch) {
    for (uint32_t f = 0; f < batch->n_fields; f++) {
        batch->fields[f].stream.n = 0;
        prs_stream_docs_clear(&batch->fields[f].docs);
        prs_buf_clear(&batch->terms[f].keys);
        batch->terms[f].first = batch->terms[f].n = 0;
    }
    batch->n_bad = 0;
    batch->status = PRISM_OK;
}

void prs_batch_clear(prs_text_batch *batch) {
    prs_buf_clear(&batch->texts);
    clear_results(batch);
}

size_t prs_batch_bytes(const prs_text_batch *batch) {
    size_t sum = sizeof *batch + batch->texts.cap;
    for (uint32_t f = 0; f < batch->n_fields; f++) {
        const prs_batch_field *field = &batch->fields[f];
        sum += sizeof *field + field->stream.cap * sizeof(uint32_t);
        sum += field->docs.cap * sizeof(prs_stream_doc);
        sum += sizeof(prs_batch_terms) + batch->terms[f].keys.cap;
    }
    return sum;
}

/* ---- texts ----------------------------------------------------------------------------------- */

void prs_batch_put_field(prs_text_batch *batch, uint32_t doc, uint32_t field, uint32_t n) {
    if (batch->texts.len == 0) batch->first_doc = doc;
    prs_buf_put32(&batch->texts, doc);
    prs_buf_put32(&batch->texts, field);
    prs_buf_put32(&batch->texts, n);
}

void prs_batch_put_value(prs_text_batch *batch, const void *text, uint32_t len) {
    prs_buf_put32(&batch->texts, len);
    if (len > 0) prs_buf_put(&batch->texts, text, len);
}

prs_batch_reader prs_batch_read(const prs_text_batch *batch) {
    const prs_buf *texts = &batch->texts;
    return (prs_batch_reader){.at = texts->ptr,
                              .end = texts->len == 0 ? texts->ptr : texts->ptr + texts->len};
}

static uint32_t next32(prs_batch_reader *reader) {
    uint32_t v = prs_load32(reader->at);
    reader->at += 4;
    return v;
}

bool prs_batch_next_field(prs_batch_reader *reader) {
    PRS_ASSERT(reader->n == 0);
    if (reader->at == reader->end) return false;
    reader->doc = next32(reader);
    reader->field = next32(reader);
    reader->n = next32(reader);
    return true;
}

prs_bytes prs_batch_next_value(prs_batch_reader *reader) {
    PRS_ASSERT(reader->n > 0);
    reader->n--;
    uint32_t len = next32(reader);
    prs_bytes text = prs_bytes_of(reader->at, len);
    reader->at += len;
    return text;
}

/* ---- analysis -------------------------------------------------------------------------------- */

static prism_status scan_texts(prs_text_batch *batch, const prs_recipe *recipe,
                               prs_lexicon *const *lexicons) {
    prs_batch_reader reader = prs_batch_read(batch);
    while (prs_batch_next_field(&reader)) {
        prs_batch_field *field = &batch->fields[reader.field];
        prs_stream_doc entry = {reader.doc, (uint32_t)field->stream.n, 0, 0};
        while (reader.n > 0) {
            PRS_TRY(prs_field_scan(&recipe->schema->fields[reader.field], lexicons[reader.field],
                                   prs_batch_next_value(&reader), 0, &field->stream, &entry,
                                   &batch->n_bad, NULL));
        }
        if (entry.span > 0 && !prs_stream_docs_push(&field->docs, entry)) return PRISM_ENOMEM;
    }
    return PRISM_OK;
}

static void copy_keys(prs_batch_terms *terms, const prs_lexicon *lexicon) {
    uint32_t end = prs_lexicon_count(lexicon);
    for (uint32_t id = terms->first; id < end; id++) {
        prs_bytes key = prs_lexicon_key(lexicon, id);
        prs_buf_put16(&terms->keys, (uint16_t)key.len);
        prs_buf_put(&terms->keys, key.ptr, key.len);
    }
    terms->n = end - terms->first;
}

void prs_batch_analyze(prs_text_batch *batch, const prs_recipe *recipe,
                       prs_lexicon *const *lexicons, prs_lexicon *const *owners) {
    clear_results(batch);
    for (uint32_t f = 0; f < batch->n_fields; f++) {
        if (owners[f] != NULL) batch->terms[f].first = prs_lexicon_count(owners[f]);
    }
    batch->status = scan_texts(batch, recipe, lexicons);
    for (uint32_t f = 0; f < batch->n_fields; f++) {
        if (owners[f] == NULL) continue;
        copy_keys(&batch->terms[f], owners[f]);
        if (batch->terms[f].keys.failed) batch->status = PRISM_ENOMEM;
    }
}
