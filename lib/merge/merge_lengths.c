/* merge_lengths.c - how do lengths and spans of a field go over without being gathered?
 *
 * Structure   statistics   one pass over the lengths of live documents
 *             lists        merge_terms.c: whoever wants a length asks the input that has it
 *             sections     the arrays again: an input without deletions in one piece
 * Invariants  The statistics of the result are exact for the documents that are left.
 * Why so      An array of all lengths is 2 bytes a document, twice with spans, in one block of
 *             memory: nothing that grows with the result is to be held.
 * Cost        memory speed for inputs without deletions, about 2 ns a document for others.
 * Source      FORMAT.md section 9.   Tested by tests/unit/merge/test_merge_lengths.c */
#include "base/error.h"
#include "format/components.h"
#include "format/segment_meta.h"
#include "merge/merge.h"

enum { PIECE = 1024 }; /* documents between looks at the caller's wish to cancel */

/* Lengths (or spans) of the field in an input; all 0 where it does not know the field. */
static prs_lengths lengths_of(const prs_merge *merge, uint32_t input, uint32_t f, bool spans) {
    const prs_segment_field *field = &merge->inputs[input].segment->fields[f];
    prs_lengths none = {0};
    if (!field->present) return none;
    return spans ? field->spans : field->lengths;
}

static void count_piece(const prs_lengths *lengths, const prs_docmap *map, uint32_t first,
                        uint32_t end, prs_field_meta *meta) {
    for (uint32_t doc = first; doc < end; doc++) {
        if (!prs_docmap_is_live(map, doc)) continue;
        uint32_t length = prs_lengths_get(lengths, doc);
        meta->n_docs_with += length > 0;
        meta->sum_length += length;
        meta->max_length = PRS_MAX(meta->max_length, length);
    }
}

static prism_status count_lengths(prs_merge *merge, uint32_t f, prs_field_meta *meta,
                                  prism_error *err) {
    for (uint32_t i = 0; i < merge->n_inputs; i++) {
        prs_lengths lengths = lengths_of(merge, i, f, false);
        for (uint32_t doc = 0, n; doc < lengths.n_docs; doc += n) {
            n = PRS_MIN(lengths.n_docs - doc, (uint32_t)PIECE);
            count_piece(&lengths, &merge->maps[i], doc, doc + n, meta);
            PRS_TRY(prs_merge_poll(merge, n, err));
        }
    }
    return PRISM_OK;
}

/* SPANS are needed if some document that is left has more span than length. */
static bool needs_spans(const prs_merge *merge, uint32_t f) {
    unsigned flags = merge->recipe->schema->fields[f].flags;
    if ((flags & PRISM_FIELD_POSITIONS) == 0) return false;
    if ((flags & PRISM_FIELD_LENGTHS) == 0) return true;
    for (uint32_t i = 0; i < merge->n_inputs; i++) {
        const prs_segment *segment = merge->inputs[i].segment;
        const prs_segment_field *field = &segment->fields[f];
        if (!field->present || field->spans.array == field->lengths.array) continue;
        for (uint32_t doc = 0; doc < segment->n_docs; doc++) {
            if (prs_docmap_is_live(&merge->maps[i], doc) &&
                prs_lengths_get(&field->spans, doc) != prs_lengths_get(&field->lengths, doc)) {
                return true;
            }
        }
    }
    return false;
}

/* ---- sections -------------------------------------------------------------------------------- */

static prism_status write_array(prs_merge *merge, uint32_t input, const prs_lengths *lengths,
                                prs_lengths_stream *stream, prism_error *err) {
    const prs_docmap *map = &merge->maps[input];
    bool copy = map->deleted == NULL && lengths->array != NULL;
    for (uint32_t first = 0, n; first < map->n_docs; first += n) {
        uint32_t values[PIECE], n_values = 0;
        n = PRS_MIN(map->n_docs - first, (uint32_t)PIECE);
        if (copy) prs_lengths_stream_copy(stream, lengths, first, n);
        for (uint32_t doc = first; doc < first + n && !copy; doc++) {
            if (prs_docmap_is_live(map, doc)) values[n_values++] = prs_lengths_get(lengths, doc);
        }
        prs_lengths_stream_add(stream, values, n_values);
        PRS_TRY(prs_merge_poll(merge, n, err));
    }
    return PRISM_OK;
}

/* The new number of a document of the overflow list; false if it has none. */
static bool map_over(const prs_lengths *lengths, const prs_docmap *map, uint32_t i, uint32_t *doc) {
    uint32_t old = prs_lengths_over_doc(lengths, i);
    if (old >= map->n_docs || !prs_docmap_is_live(map, old)) return false;
    *doc = prs_docmap_get(map, old);
    return true;
}

static uint32_t count_over(const prs_lengths *lengths, const prs_docmap *map) {
    uint32_t n = 0, doc;
    for (uint32_t i = 0; i < lengths->n_over; i++) n += map_over(lengths, map, i, &doc);
    return n;
}

static void write_over(const prs_lengths *lengths, const prs_docmap *map,
                       prs_lengths_stream *stream) {
    for (uint32_t i = 0; i < lengths->n_over; i++) {
        uint32_t doc;
        if (map_over(lengths, map, i, &doc))
            prs_lengths_stream_over(stream, doc, prs_lengths_over_value(lengths, i));
    }
}

static prism_status write_lengths(prs_merge *merge, uint32_t f, bool spans, prs_out *out,
                                  prism_error *err) {
    prs_lengths_stream stream;
    uint32_t n_over = 0;
    uint16_t component = spans ? PRS_COMPONENT_SPANS : PRS_COMPONENT_LENGTHS;
    prs_out_section(out, component, (uint16_t)f, PRS_COMPONENT_VERSION);
    prs_lengths_stream_begin(&stream, out);
    for (uint32_t i = 0; i < merge->n_inputs; i++) {
        prs_lengths lengths = lengths_of(merge, i, f, spans);
        PRS_TRY(write_array(merge, i, &lengths, &stream, err));
        n_over += count_over(&lengths, &merge->maps[i]);
    }
    prs_lengths_stream_end_array(&stream, n_over);
    for (uint32_t i = 0; i < merge->n_inputs; i++) {
        prs_lengths lengths = lengths_of(merge, i, f, spans);
        write_over(&lengths, &merge->maps[i], &stream);
    }
    return prs_out_status(out, err);
}

/* ---- in another order ------------------------------------------------------------------------ */

/* The lengths (or spans) of one field of all documents. */
static prism_status gather_lengths(prs_merge *merge, uint32_t f, bool spans,
                                   prs_lengths_builder *builder, prism_error *err) {
    prs_merge_walk walk = {0};
    while (prs_merge_walk_next(merge, &walk)) {
        const prs_segment_field *field = &merge->inputs[walk.input].segment->fields[f];
        const prs_lengths *from = spans ? &field->spans : &field->lengths;
        PRS_TRY(prs_merge_poll(merge, 1, err));
        prs_lengths_builder_add(builder, field->present ? prs_lengths_get(from, walk.doc) : 0);
    }
    return PRISM_OK;
}

static prism_status write_gathered(prs_out *out, uint16_t component, uint16_t field,
                                   const prs_lengths_builder *builder, prism_error *err) {
    prs_out_section(out, component, field, PRS_COMPONENT_VERSION);
    return prs_lengths_builder_write(builder, out, err);
}

/* Lists of documents in another order are written anew: for this lengths are gathered. */
static prism_status merge_reordered(prs_merge *merge, uint32_t f, prs_out *out,
                                    prs_field_meta *meta, prism_error *err) {
    bool with_lengths = (merge->recipe->schema->fields[f].flags & PRISM_FIELD_LENGTHS) != 0;
    bool with_spans = needs_spans(merge, f);
    prs_lengths_builder lengths, spans;
    prs_lengths lengths_view, spans_view;
    prs_lengths_builder_init(&lengths, &merge->core->mem);
    prs_lengths_builder_init(&spans, &merge->core->mem);
    prism_status status = PRISM_OK;
    if (with_lengths) {
        PRS_TRY_OUT(gather_lengths(merge, f, false, &lengths, err));
        PRS_TRY_OUT(prs_lengths_builder_view(&lengths, &lengths_view, err));
    }
    if (with_spans) {
        PRS_TRY_OUT(gather_lengths(merge, f, true, &spans, err));
        PRS_TRY_OUT(prs_lengths_builder_view(&spans, &spans_view, err));
    }
    PRS_TRY_OUT(prs_merge_terms(merge, f, out, with_lengths ? &lengths_view : NULL,
                                with_spans ? &spans_view : NULL, meta, err));
    if (with_lengths && meta->n_docs_with > 0)
        PRS_TRY_OUT(write_gathered(out, PRS_COMPONENT_LENGTHS, (uint16_t)f, &lengths, err));
    if (with_spans) PRS_TRY_OUT(write_gathered(out, PRS_COMPONENT_SPANS, (uint16_t)f, &spans, err));
out:
    prs_lengths_builder_fini(&lengths);
    prs_lengths_builder_fini(&spans);
    return status;
}

prism_status prs_merge_text(prs_merge *merge, uint32_t f, prs_out *out, prs_field_meta *meta,
                            prism_error *err) {
    bool with_lengths = (merge->recipe->schema->fields[f].flags & PRISM_FIELD_LENGTHS) != 0;
    if (with_lengths) PRS_TRY(count_lengths(merge, f, meta, err));
    if (merge->docs != NULL) return merge_reordered(merge, f, out, meta, err);
    PRS_TRY(prs_merge_terms(merge, f, out, NULL, NULL, meta, err));
    if (with_lengths && meta->n_docs_with > 0) PRS_TRY(write_lengths(merge, f, false, out, err));
    if (needs_spans(merge, f)) PRS_TRY(write_lengths(merge, f, true, out, err));
    return PRISM_OK;
}
