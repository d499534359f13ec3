/* flush.c - how do documents in memory become a segment on disk?
 *
 *   `.doc`   DOCS (already written) DOC_INDEX
 *   `.idx`   per field: LISTS TERMS_INDEX LENGTHS SPANS COLUMN  |  KEYS SCHEMA SEGMENT
 *
 * Structure   per analyzed field: its lists (flush_lists.c), then what is told of each document.
 * Invariants  - Nothing pending is used up: after a failure the same documents can be flushed again
 *               (R7), under another id.
 *             - Documents keep their order: number in the segment = order of put.
 *             - SPANS is written where it says more than LENGTHS, or where positions are kept
 *               without LENGTHS.
 *             - Fields without lengths have sum_length = max_length = 0.
 *             - Who may stop it is asked before each part, and between the runs of lists: not
 *               within the sort of a field's tokens by term, nor within the walk for its pairs.
 * Cost        dominated by the scatter and by encoding: ~10 ns per token with one pass.
 * Source      FORMAT.md sections 5 to 9, 13, 14.
 * Tested by   tests/unit/invert/test_flush.c, test_segment.c, test_model.c */
#include "invert/flush.h"

#include "base/error.h"
#include "format/components.h"
#include "format/names.h"
#include "invert/flush_lists.h"
#include "invert/flush_pairs.h"
#include "index/segment_write.h"

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

/* How far a flush is with the parts of field number f; n_fields: all of them. */
static uint64_t done_before(const prs_pending *pending, uint32_t f) {
    return (uint64_t)prs_pending_count(pending) * f / pending->inverter->n_fields;
}

/* May the flush go on, with a part of this field?  What was written so far is written again. */
static prism_status ask(const prs_pending *pending, uint32_t f, prism_error *err) {
    return prs_stopper_ask(pending->stopper, done_before(pending, f), prs_pending_count(pending),
                           err);
}

/* LISTS and TERMS_INDEX of a field. */
static prism_status write_lists(const prs_pending *pending, const prs_inverter_field *field,
                                prs_out *out, const field_lengths *fl, size_t scratch,
                                prs_field_meta *meta, prism_error *err) {
    prs_lengths lengths, spans;
    prs_terms_totals totals;
    prs_flush_lists how = {.mem = pending->mem,
                           .n_docs = prs_pending_count(pending),
                           .pool = pending->pool,
                           .scratch = scratch,
                           .stopper = pending->stopper,
                           .done = done_before(pending, field->field->no),
                           .run_places = pending->tally.is_small ? 1 : 0};
    if (fl->with_lengths) {
        PRS_TRY(prs_lengths_builder_view(&fl->lengths, &lengths, err));
        how.lengths = &lengths;
    }
    if (fl->with_spans) {
        PRS_TRY(prs_lengths_builder_view(&fl->spans, &spans, err));
        how.spans = &spans;
    }
    PRS_TRY(prs_flush_lists_write(&how, field, out, &totals, err));
    meta->n_terms = totals.n_terms;
    meta->sum_df = totals.sum_df;
    meta->sum_cf = totals.sum_cf;
    return PRISM_OK;
}

/* Pairs of the set that the newest segments have, or of one that is chosen now. */
static prism_status write_pairs(const prs_pending *pending, const prs_inverter_field *field,
                                prs_out *out, const field_lengths *fl, prism_error *err) {
    prs_lengths lengths;
    prs_stops known = {0};
    const prs_segment_field *like =
        pending->like == NULL ? NULL : pending->like(pending->like_ctx, field->field->no);
    PRS_TRY(ask(pending, field->field->no, err));
    if (fl->with_lengths) PRS_TRY(prs_lengths_builder_view(&fl->lengths, &lengths, err));
    if (like != NULL) known = *like->stop_words;
    return prs_flush_pairs(field, &known, pending->stop_tokens, prs_pending_count(pending),
                           fl->with_lengths ? &lengths : NULL, pending->mem, out, err);
}

static prism_status write_text(const prs_pending *pending, const prs_inverter_field *field,
                               prs_out *out, size_t scratch, prs_field_meta *meta,
                               prism_error *err) {
    const prs_inverter *inv = pending->inverter;
    bool positions = (field->field->flags & PRISM_FIELD_POSITIONS) != 0;
    field_lengths fl = {.with_lengths = (field->field->flags & PRISM_FIELD_LENGTHS) != 0};
    fl.with_spans = positions && (!fl.with_lengths || spans_differ(field));
    prs_lengths_builder_init(&fl.lengths, inv->mem);
    prs_lengths_builder_init(&fl.spans, inv->mem);
    build_lengths(&fl, field, inv->n_docs, meta);
    meta->n_docs_with = (uint32_t)field->docs.n;
    prism_status status = write_lists(pending, field, out, &fl, scratch, meta, err);
    if (status == PRISM_OK && positions) status = write_pairs(pending, field, out, &fl, err);
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

static prism_status write_field(const prs_pending *pending, uint32_t f, prs_out *out,
                                size_t scratch, prs_field_meta *meta, prism_error *err) {
    const prs_inverter *inv = pending->inverter;
    const prs_inverter_field *field = &inv->fields[f];
    if (field->docs.n > 0) PRS_TRY(write_text(pending, field, out, scratch, meta, err));
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
        PRS_TRY(ask(pending, f, err));
        PRS_TRY(write_field(pending, f, out, scratch, &meta->fields[f], err));
    }
    PRS_TRY(ask(pending, inv->n_fields, err));
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
    PRS_TRY(prs_stopper_ask(pending->stopper, 0, files->n_docs, err)); /* the `.doc` file goes on */
    PRS_TRY(prs_pending_settle(pending, err));
    PRS_TRY(prs_segment_meta_begin(&meta, pending->inverter->recipe, files, pending->mem, err));
    size_t lexicons = pending->analysts == NULL ? 0 : prs_analysts_lexicon_bytes(pending->analysts);
    scratch = PRS_MAX(scratch / 4 * 3, scratch - PRS_MIN(scratch, lexicons));
    prism_status status = finish_doc(pending, !keep, &files->doc, err);
    if (status == PRISM_OK)
        status = write_idx(pending, &meta, scratch, keep ? &kept.idx : NULL, &files->idx, err);
    prs_segment_meta_end(&meta, pending->mem);
    if (keep && status == PRISM_OK) *unsynced = kept;
    return status;
}
