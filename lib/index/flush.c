/* flush.c - how do documents in memory become a segment on disk?
 *
 *   `.doc`   DOCS (already written) DOC_INDEX
 *   `.idx`   per field: LISTS TERMS_INDEX LENGTHS SPANS COLUMN  |  KEYS SCHEMA SEGMENT
 *
 * Structure   per analyzed field: transpose the stream; for each term its places are cut into
 *             documents (prs_places), 128 at a time, and given to the postings writer.
 * Invariants  - Nothing pending is used up: after a failure the same documents can be flushed again
 *               (R7), under another id.
 *             - Documents keep their order: number in the segment = order of put.
 *             - SPANS is written where it says more than LENGTHS, or where positions are kept
 *               without LENGTHS.
 *             - Fields without lengths have sum_length = max_length = 0.
 * Cost        dominated by the scatter and by encoding: ~10 ns per token with one pass.
 * Source      FORMAT.md sections 5 to 9, 13, 14.
 * Tested by   tests/unit/index/test_flush.c, test_segment.c, test_model.c */
#include "index/flush.h"

#include "base/error.h"
#include "format/components.h"
#include "format/names.h"
#include "format/postings_writer.h"
#include "index/segment_write.h"

PRS_VEC_DEFINE(prs_u32s, uint32_t)

/* ---- terms ----------------------------------------------------------------------------------- */

typedef struct term_sink {
    prs_postings_writer *postings;
    prs_terms_writer *terms;
    prs_places places;
    bool field_has_positions;
    /* One chunk of a term: documents, where their places begin, positions. */
    uint32_t n, docs[PRS_BLOCK], freqs[PRS_BLOCK], bases[PRS_BLOCK];
    prs_u32s positions;
} term_sink;

/* Cut the next places of a term into at most PRS_BLOCK documents; returns the place behind them. */
static uint32_t fill_chunk(term_sink *sink, const prs_transpose_term *term, uint32_t at,
                           uint32_t *entry) {
    const prs_places *places = &sink->places;
    uint32_t n = 0, e = *entry;
    while (at < term->n && n < PRS_BLOCK) {
        e = prs_places_find(places, e, term->places[at]);
        uint32_t begin = at++, end_place = places->bases[e + 1];
        while (at < term->n && term->places[at] < end_place) at++;
        sink->docs[n] = places->docs[e].doc;
        sink->bases[n] = places->bases[e];
        sink->freqs[n++] = at - begin;
    }
    sink->n = n;
    *entry = e;
    return at;
}

/* The positions of the chunk: its places less the bases of their documents. */
static bool fill_positions(term_sink *sink, const uint32_t *places, uint32_t n) {
    prs_u32s_clear(&sink->positions);
    uint32_t *out = prs_u32s_extend(&sink->positions, n);
    if (out == NULL) return false;
    for (uint32_t d = 0; d < sink->n; d++) {
        uint32_t base = sink->bases[d];
        for (uint32_t left = sink->freqs[d]; left > 0; left--) *out++ = *places++ - base;
    }
    return true;
}

/* A term of up to PRS_BLOCK places, as nearly all are: documents, freqs and positions in one go. */
static prism_status write_short(term_sink *sink, const prs_transpose_term *term,
                                bool with_positions, prs_term_info *info, prism_error *err) {
    const prs_places *places = &sink->places;
    uint32_t positions[PRS_BLOCK], n = 0, e = 0;
    for (uint32_t at = 0; at < term->n;) {
        e = prs_places_find(places, e, term->places[at]);
        uint32_t begin = at, base = places->bases[e], end_place = places->bases[e + 1];
        do {
            positions[at] = term->places[at] - base;
            at++;
        } while (at < term->n && term->places[at] < end_place);
        sink->docs[n] = places->docs[e].doc;
        sink->freqs[n++] = at - begin;
    }
    return prs_postings_writer_whole(sink->postings, with_positions, sink->docs, sink->freqs,
                                     with_positions ? positions : NULL, n, info, err);
}

static prism_status write_long(term_sink *sink, const prs_transpose_term *term, bool with_positions,
                               prs_term_info *info, prism_error *err) {
    prs_postings_writer_begin(sink->postings, with_positions);
    for (uint32_t at = 0, entry = 0; at < term->n;) {
        uint32_t begin = at;
        at = fill_chunk(sink, term, at, &entry);
        if (with_positions && !fill_positions(sink, term->places + begin, at - begin))
            return prs_error_nomem(err);
        prs_postings_writer_add(sink->postings, sink->docs, sink->freqs,
                                with_positions ? sink->positions.ptr : NULL, sink->n);
    }
    return prs_postings_writer_finish(sink->postings, info, err);
}

static prism_status write_term(void *ctx, const prs_transpose_term *term, prism_error *err) {
    term_sink *sink = ctx;
    bool with_positions = sink->field_has_positions && prs_kind_has_positions(term->key.ptr[0]);
    prs_term_info info;
    if (term->n <= PRS_BLOCK)
        PRS_TRY(write_short(sink, term, with_positions, &info, err));
    else
        PRS_TRY(write_long(sink, term, with_positions, &info, err));
    prs_terms_writer_add(sink->terms, term->key, &info);
    return PRISM_OK;
}

/* ---- fields ---------------------------------------------------------------------------------- */

typedef struct field_lengths {
    prs_lengths_builder lengths, spans;
    bool with_lengths, with_spans;
} field_lengths;

/* One value per document; documents without the field have 0. */
static void build_lengths(field_lengths *fl, const prs_inverter_field *field, uint32_t n_docs,
                          prs_field_meta *meta) {
    uint32_t doc = 0;
    for (size_t i = 0; i < field->docs.n; i++) {
        const prs_stream_doc *entry = &field->docs.ptr[i];
        for (; doc < entry->doc; doc++) {
            if (fl->with_lengths) prs_lengths_builder_add(&fl->lengths, 0);
            if (fl->with_spans) prs_lengths_builder_add(&fl->spans, 0);
        }
        if (fl->with_lengths) prs_lengths_builder_add(&fl->lengths, entry->length);
        if (fl->with_spans) prs_lengths_builder_add(&fl->spans, entry->span);
        doc++;
        if (!fl->with_lengths) continue;
        meta->sum_length += entry->length;
        meta->max_length = PRS_MAX(meta->max_length, entry->length);
    }
    for (; doc < n_docs; doc++) {
        if (fl->with_lengths) prs_lengths_builder_add(&fl->lengths, 0);
        if (fl->with_spans) prs_lengths_builder_add(&fl->spans, 0);
    }
}

static bool spans_differ(const prs_inverter_field *field) {
    for (size_t i = 0; i < field->docs.n; i++) {
        if (field->docs.ptr[i].span != field->docs.ptr[i].length) return true;
    }
    return false;
}

/* LISTS and TERMS_INDEX of a field. */
static prism_status write_lists(prs_inverter *inv, const prs_inverter_field *field, prs_out *out,
                                const field_lengths *fl, size_t scratch, prs_field_meta *meta,
                                prism_error *err) {
    term_sink *sink = prs_mem_calloc(inv->mem, 1, sizeof *sink);
    if (sink == NULL) return prs_error_nomem(err);
    prs_u32s_init(&sink->positions, inv->mem);
    sink->field_has_positions = (field->field->flags & PRISM_FIELD_POSITIONS) != 0;
    prs_lengths lengths, spans;
    prs_terms_totals totals;
    prs_transpose_input input = {field->lexicon, field->stream.ids, (uint32_t)field->stream.n,
                                 field->docs.ptr, (uint32_t)field->docs.n};
    prism_status status;
    if (fl->with_lengths) PRS_TRY_OUT(prs_lengths_builder_view(&fl->lengths, &lengths, err));
    if (fl->with_spans) PRS_TRY_OUT(prs_lengths_builder_view(&fl->spans, &spans, err));
    PRS_TRY_OUT(
        prs_places_init(&sink->places, field->docs.ptr, (uint32_t)field->docs.n, inv->mem, err));
    prs_out_section(out, PRS_COMPONENT_LISTS, field->field->no, PRS_COMPONENT_VERSION);
    PRS_TRY_OUT(prs_postings_writer_new(inv->mem, out, inv->n_docs,
                                        fl->with_lengths ? &lengths : NULL,
                                        fl->with_spans ? &spans : NULL, &sink->postings, err));
    PRS_TRY_OUT(prs_terms_writer_new(inv->mem, out, inv->n_docs, &sink->terms, err));
    PRS_TRY_OUT(prs_transpose_run(&input, scratch, inv->mem, write_term, sink, err));
    PRS_TRY_OUT(prs_terms_writer_finish(sink->terms, PRS_COMPONENT_TERMS_INDEX, field->field->no,
                                        &totals, err));
    meta->n_terms = totals.n_terms;
    meta->sum_df = totals.sum_df;
    meta->sum_cf = totals.sum_cf;
out:
    prs_postings_writer_free(sink->postings);
    prs_terms_writer_free(sink->terms);
    prs_places_fini(&sink->places);
    prs_u32s_fini(&sink->positions);
    prs_mem_free(inv->mem, sink, sizeof *sink);
    return status;
}

static prism_status write_text(prs_inverter *inv, const prs_inverter_field *field, prs_out *out,
                               size_t scratch, prs_field_meta *meta, prism_error *err) {
    bool positions = (field->field->flags & PRISM_FIELD_POSITIONS) != 0;
    field_lengths fl = {.with_lengths = (field->field->flags & PRISM_FIELD_LENGTHS) != 0};
    fl.with_spans = positions && (!fl.with_lengths || spans_differ(field));
    prs_lengths_builder_init(&fl.lengths, inv->mem);
    prs_lengths_builder_init(&fl.spans, inv->mem);
    build_lengths(&fl, field, inv->n_docs, meta);
    meta->n_docs_with = (uint32_t)field->docs.n;
    prism_status status = write_lists(inv, field, out, &fl, scratch, meta, err);
    if (status == PRISM_OK && fl.with_lengths) {
        prs_out_section(out, PRS_COMPONENT_LENGTHS, field->field->no, PRS_COMPONENT_VERSION);
        status = prs_lengths_builder_write(&fl.lengths, out, err);
    }
    if (status == PRISM_OK && fl.with_spans) {
        prs_out_section(out, PRS_COMPONENT_SPANS, field->field->no, PRS_COMPONENT_VERSION);
        status = prs_lengths_builder_write(&fl.spans, out, err);
    }
    prs_lengths_builder_fini(&fl.lengths);
    prs_lengths_builder_fini(&fl.spans);
    return status;
}

static prism_status write_field(prs_inverter *inv, uint32_t f, prs_out *out, size_t scratch,
                                prs_field_meta *meta, prism_error *err) {
    const prs_inverter_field *field = &inv->fields[f];
    if (field->docs.n > 0) PRS_TRY(write_text(inv, field, out, scratch, meta, err));
    if (field->column == NULL) return PRISM_OK;
    if ((field->field->flags & PRISM_FIELD_LENGTHS) == 0) {
        meta->n_docs_with = prs_column_writer_docs_with(field->column);
    }
    prs_out_section(out, PRS_COMPONENT_COLUMN, field->field->no, PRS_COMPONENT_VERSION);
    return prs_column_writer_finish(field->column, out, inv->n_docs, err);
}

/* ---- the two files --------------------------------------------------------------------------- */

static prism_status write_idx_parts(prs_pending *pending, prs_out *out, prs_segment_meta *meta,
                                    size_t scratch, prism_error *err) {
    prs_inverter *inv = pending->inverter;
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        PRS_TRY(write_field(inv, f, out, scratch, &meta->fields[f], err));
    }
    if (pending->has_keys) {
        prs_out_section(out, PRS_COMPONENT_KEYS, PRS_FIELD_NONE, PRS_COMPONENT_VERSION);
        PRS_TRY(prs_keys_writer_finish(pending->keys, out, inv->n_docs, err));
    }
    return prs_segment_write_tail(out, meta, inv->recipe->schema, inv->mem, err);
}

/* The end of a file: synced, or sealed and kept for a later sync. */
static prism_status end_file(prs_out *out, prs_out **kept, prs_file_check *check,
                             prism_error *err) {
    if (kept == NULL) return prs_out_finish(out, &check->len, &check->digest, err);
    PRS_TRY(prs_out_seal(out, &check->len, &check->digest, err));
    *kept = out;
    return PRISM_OK;
}

static prism_status write_idx(prs_pending *pending, prs_segment_meta *meta, size_t scratch,
                              prs_out **kept, prs_file_check *check, prism_error *err) {
    char name[PRS_NAME_SIZE];
    prs_out *out;
    prs_name_of_segment(name, PRS_NAME_IDX, &pending->id);
    PRS_TRY(prs_out_open(pending->core->dir, name, PRS_FILE_IDX, &pending->id, 0, &out, err));
    prism_status status = write_idx_parts(pending, out, meta, scratch, err);
    if (status != PRISM_OK) {
        prs_out_abandon(out);
        return status;
    }
    return end_file(out, kept, check, err);
}

/* The `.doc` file stays the pending documents' until the flush is whole. */
static prism_status finish_doc(prs_pending *pending, bool sync, prs_file_check *check,
                               prism_error *err) {
    pending->is_ended = true;
    PRS_TRY(prs_docstore_writer_finish(pending->docs, prs_pending_count(pending), err));
    return prs_out_end(pending->doc_out, sync, &check->len, &check->digest, err);
}

prism_status prs_flush(prs_pending *pending, uint64_t arrival_base, size_t scratch,
                       prs_manifest_segment *files, prs_unsynced *unsynced, prism_error *err) {
    prs_unsynced kept = {NULL, NULL};
    bool keep = unsynced != NULL;
    *files = (prs_manifest_segment){.id = pending->id,
                                    .n_docs = prs_pending_count(pending),
                                    .n_deleted = pending->n_deleted,
                                    .arrival_base = arrival_base};
    prs_segment_meta meta;
    PRS_TRY(prs_segment_meta_begin(&meta, pending->inverter->recipe, files, pending->mem, err));
    prism_status status = finish_doc(pending, !keep, &files->doc, err);
    if (status == PRISM_OK)
        status = write_idx(pending, &meta, scratch, keep ? &kept.idx : NULL, &files->idx, err);
    prs_segment_meta_end(&meta, pending->mem);
    if (keep && status == PRISM_OK) *unsynced = kept;
    return status;
}
