/* merge.c - how do several segments become one?
 *
 *   inputs  A (0 1 2 3)  B (0 1 2)  C (0 1)     deleted: A1, B2
 *   result   0 - 1 2      3 4 -      5 6        arrival numbers stay consecutive: neighbours only
 *
 * Structure   1. every byte of every input is verified
 *             2. `.doc`: frames, packed as they are where no document of them is deleted
 *             3. `.idx`: per field lengths, lists (merge_terms.c), column; keys; statistics anew
 * Invariants  - Nothing of an input is changed; the result is invisible until a commit names it
 *               (R33).
 *             - Damage is never copied under a fresh checksum (R16).
 *             - live(result) = sum of live(inputs) (R34).
 * Why so      Lengths are copied value by value, so statistics of the result are exact for the
 *             documents that are left: purging is what makes deleted documents stop counting.
 * Cost        lists: see merge_terms.c; documents: memory speed for whole frames.
 * Source      FORMAT.md sections 5 to 14; rules R16, R33 to R35.
 * Tested by   tests/unit/index/test_merge.c, test_model.c */
#include "index/merge.h"

#include "base/error.h"
#include "format/components.h"
#include "format/names.h"
#include "index/segment_write.h"

#define STEP 4096u       /* documents between looks at the caller's wish to cancel (R33) */
#define STEP_REGIONS 64u /* 64 KiB regions between them, when the inputs are verified */

prism_status prs_merge_step(prs_merge *merge, uint64_t docs, prism_error *err) {
    merge->done += docs;
    if (merge->progress == NULL) return PRISM_OK;
    if (merge->progress(merge->progress_ctx, PRS_MIN(merge->done, merge->total), merge->total) ==
        0) {
        return PRISM_OK;
    }
    return prs_error_set(err, PRISM_ECANCELED, "the merge was cancelled");
}

prism_status prs_merge_poll(prs_merge *merge, uint32_t n, prism_error *err) {
    merge->since_poll += n;
    if (PRS_LIKELY(merge->since_poll < STEP)) return PRISM_OK;
    merge->since_poll = 0;
    return prs_merge_step(merge, 0, err);
}

/* ---- stored documents ------------------------------------------------------------------------ */

/* Stored documents stand by arrival, whatever the order of the result. */
static bool frame_is_live(const prs_docmap *map, const prs_docstore_frame *frame) {
    return map->deleted == NULL || prs_bitset_count_range(map->deleted, frame->first_doc,
                                                          frame->first_doc + frame->n_docs) == 0;
}

static prism_status copy_documents(const prs_segment *segment, const prs_docmap *map,
                                   const prs_docstore_frame *frame, prs_docstore_cursor *cursor,
                                   prs_docstore_writer *dw, prism_error *err) {
    for (uint32_t doc = frame->first_doc; doc < frame->first_doc + frame->n_docs; doc++) {
        if (!prs_docmap_is_live(map, doc)) continue;
        prs_bytes json;
        PRS_TRY(prs_docstore_get(&segment->docs, cursor, doc, &json, err));
        prs_docstore_writer_add(dw, json);
    }
    return PRISM_OK;
}

/* Frames that are whole and at least half full go over packed. */
static prism_status copy_frames(prs_merge *merge, uint32_t input, prs_docstore_cursor *cursor,
                                prs_docstore_writer *dw, prism_error *err) {
    const prs_segment *segment = merge->inputs[input].segment;
    const prs_docmap *map = &merge->arrivals[input].map;
    for (uint32_t f = 0; f < segment->docs.n_frames; f++) {
        prs_docstore_frame frame;
        PRS_TRY(prs_docstore_frame_get(&segment->docs, f, &frame, err));
        if (frame.unpacked_len >= PRS_DOCSTORE_FRAME / 2 && frame_is_live(map, &frame)) {
            prs_docstore_writer_add_frame(dw, frame.packed, frame.unpacked_len, frame.n_docs);
        } else {
            PRS_TRY(copy_documents(segment, map, &frame, cursor, dw, err));
        }
        PRS_TRY(prs_merge_step(merge, frame.n_docs, err));
    }
    return PRISM_OK;
}

static prism_status write_doc_parts(prs_merge *merge, prs_out *out, prism_error *err) {
    prs_mem *mem = &merge->core->mem;
    prs_docstore_writer *dw;
    prs_docstore_cursor cursor;
    prs_out_section(out, PRS_COMPONENT_DOCS, PRS_FIELD_NONE, PRS_COMPONENT_VERSION);
    PRS_TRY(prs_docstore_writer_new(mem, out, 0, &dw, err));
    prs_docstore_cursor_init(&cursor, mem);
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; i < merge->n_inputs && status == PRISM_OK; i++) {
        status = copy_frames(merge, i, &cursor, dw, err);
    }
    if (status == PRISM_OK) status = prs_docstore_writer_finish(dw, merge->n_docs, err);
    prs_docstore_cursor_fini(&cursor);
    prs_docstore_writer_free(dw);
    return status == PRISM_OK ? prs_merge_order_write(merge, out, err) : status;
}

/* ---- fields ---------------------------------------------------------------------------------- */

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

static void count_lengths(const prs_lengths *lengths, prs_field_meta *meta) {
    for (uint32_t doc = 0; doc < lengths->n_docs; doc++) {
        uint32_t length = prs_lengths_get(lengths, doc);
        meta->n_docs_with += length > 0;
        meta->sum_length += length;
        meta->max_length = PRS_MAX(meta->max_length, length);
    }
}

static prism_status write_lengths(prs_out *out, uint16_t component, uint16_t field,
                                  const prs_lengths_builder *builder, prism_error *err) {
    prs_out_section(out, component, field, PRS_COMPONENT_VERSION);
    return prs_lengths_builder_write(builder, out, err);
}

static prism_status merge_text(prs_merge *merge, uint32_t f, prs_out *out, prs_field_meta *meta,
                               prism_error *err) {
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
        count_lengths(&lengths_view, meta);
    }
    if (with_spans) {
        PRS_TRY_OUT(gather_lengths(merge, f, true, &spans, err));
        PRS_TRY_OUT(prs_lengths_builder_view(&spans, &spans_view, err));
    }
    PRS_TRY_OUT(prs_merge_terms(merge, f, out, with_lengths ? &lengths_view : NULL,
                                with_spans ? &spans_view : NULL, meta, err));
    if (with_lengths && meta->n_docs_with > 0) {
        PRS_TRY_OUT(write_lengths(out, PRS_COMPONENT_LENGTHS, (uint16_t)f, &lengths, err));
    }
    if (with_spans) PRS_TRY_OUT(write_lengths(out, PRS_COMPONENT_SPANS, (uint16_t)f, &spans, err));
out:
    prs_lengths_builder_fini(&lengths);
    prs_lengths_builder_fini(&spans);
    return status;
}

/* ---- columns --------------------------------------------------------------------------------- */

typedef struct word_map { /* of one input */
    uint32_t *to;         /* its word -> the writer's number + 1; 0 = not yet asked */
    uint32_t n;
} word_map;

typedef struct column_copy {
    prs_merge *merge;
    uint32_t f;
    prs_mem *mem;
    prs_column_writer *writer;
    int64_t *ints; /* values of one document */
    uint32_t *words;
    size_t cap;
    word_map *maps; /* by input */
} column_copy;

static prism_status grow_values(column_copy *copy, uint64_t n, prism_error *err) {
    if (n <= copy->cap) return PRISM_OK;
    prs_mem_free(copy->mem, copy->ints, copy->cap * sizeof(int64_t));
    prs_mem_free(copy->mem, copy->words, copy->cap * sizeof(uint32_t));
    copy->cap = (size_t)n * 2;
    copy->ints = prs_mem_alloc(copy->mem, copy->cap * sizeof(int64_t));
    copy->words = prs_mem_alloc(copy->mem, copy->cap * sizeof(uint32_t));
    return copy->ints == NULL || copy->words == NULL ? prs_error_nomem(err) : PRISM_OK;
}

static uint32_t map_word(column_copy *copy, const prs_column *column, word_map *map,
                         uint32_t word) {
    if (word >= map->n) return 0;
    if (map->to[word] == 0) {
        map->to[word] =
            prs_column_writer_intern(copy->writer, prs_column_word_bytes(column, word)) + 1;
    }
    return map->to[word] - 1;
}

/* The column of an input; NULL = it has none. */
static const prs_column *column_of(const column_copy *copy, uint32_t input) {
    const prs_segment_field *field = &copy->merge->inputs[input].segment->fields[copy->f];
    return field->present && field->has_column ? &field->column : NULL;
}

static prism_status copy_values(column_copy *copy, const prs_merge_walk *at, prism_error *err) {
    const prs_column *column = column_of(copy, at->input);
    if (column == NULL || !prs_column_has(column, at->doc)) return PRISM_OK;
    uint64_t first, end = prs_column_values(column, at->doc, &first), n = end - first;
    PRS_TRY(grow_values(copy, n, err));
    if (column->type == PRS_COLUMN_INT) {
        for (uint64_t v = 0; v < n; v++) copy->ints[v] = prs_column_int(column, first + v);
        prs_column_writer_ints(copy->writer, at->to, copy->ints, (uint32_t)n);
        return PRISM_OK;
    }
    for (uint64_t v = 0; v < n; v++) {
        uint32_t word = prs_column_word(column, first + v);
        copy->words[v] = map_word(copy, column, &copy->maps[at->input], word);
    }
    prs_column_writer_interned(copy->writer, at->to, copy->words, (uint32_t)n);
    return PRISM_OK;
}

static prism_status open_columns(column_copy *copy, prism_error *err) {
    for (uint32_t i = 0; i < copy->merge->n_inputs; i++) {
        const prs_column *column = column_of(copy, i);
        if (column == NULL) continue;
        PRS_TRY(prs_column_touch(column, err));
        copy->maps[i].to = prs_mem_calloc(copy->mem, column->n_words, sizeof(uint32_t));
        copy->maps[i].n = column->n_words;
        if (copy->maps[i].to == NULL) return prs_error_nomem(err);
    }
    return PRISM_OK;
}

static prism_status copy_columns(column_copy *copy, prism_error *err) {
    prs_merge *merge = copy->merge;
    copy->maps = prs_mem_calloc(copy->mem, merge->n_inputs, sizeof *copy->maps);
    if (copy->maps == NULL) return prs_error_nomem(err);
    PRS_TRY(open_columns(copy, err));
    prs_merge_walk walk = {0};
    while (prs_merge_walk_next(merge, &walk)) {
        PRS_TRY(prs_merge_poll(merge, 1, err));
        PRS_TRY(copy_values(copy, &walk, err));
    }
    return PRISM_OK;
}

static void end_copy(column_copy *copy) {
    uint32_t n = copy->maps != NULL ? copy->merge->n_inputs : 0;
    for (uint32_t i = 0; i < n; i++)
        prs_mem_free(copy->mem, copy->maps[i].to, copy->maps[i].n * sizeof(uint32_t));
    prs_mem_free(copy->mem, copy->maps, n * sizeof *copy->maps);
    prs_mem_free(copy->mem, copy->ints, copy->cap * sizeof(int64_t));
    prs_mem_free(copy->mem, copy->words, copy->cap * sizeof(uint32_t));
}

static prism_status merge_column(prs_merge *merge, uint32_t f, prs_out *out, prs_field_meta *meta,
                                 prism_error *err) {
    const prs_field *field = &merge->recipe->schema->fields[f];
    prs_column_type type = field->type == PRISM_FIELD_KEYWORD ? PRS_COLUMN_WORD : PRS_COLUMN_INT;
    column_copy copy = {.merge = merge, .f = f, .mem = &merge->core->mem};
    prism_status status;
    PRS_TRY_OUT(prs_column_writer_new(copy.mem, type, (field->flags & PRISM_FIELD_MANY) != 0,
                                      &copy.writer, err));
    PRS_TRY_OUT(copy_columns(&copy, err));
    if (prs_column_writer_docs_with(copy.writer) == 0) goto out;
    meta->n_docs_with = prs_column_writer_docs_with(copy.writer);
    prs_out_section(out, PRS_COMPONENT_COLUMN, (uint16_t)f, PRS_COMPONENT_VERSION);
    PRS_TRY_OUT(prs_column_writer_finish(copy.writer, out, merge->n_docs, err));
out:
    prs_column_writer_free(copy.writer);
    end_copy(&copy);
    return status;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static prism_status gather_keys(prs_merge *merge, prs_keys_writer *kw, prism_error *err) {
    prs_merge_walk walk = {0};
    while (prs_merge_walk_next(merge, &walk)) {
        prs_bytes key;
        PRS_TRY(prs_merge_poll(merge, 1, err));
        PRS_TRY(prs_keys_get(&merge->inputs[walk.input].segment->keys, walk.doc, &key, err));
        prs_keys_writer_add(kw, key);
    }
    return PRISM_OK;
}

static prism_status merge_keys(prs_merge *merge, prs_out *out, prism_error *err) {
    if (merge->recipe->schema->key_field < 0) return PRISM_OK;
    prs_keys_writer *kw;
    PRS_TRY(prs_keys_writer_new(&merge->core->mem, &kw, err));
    prism_status status = gather_keys(merge, kw, err);
    if (status == PRISM_OK) {
        prs_out_section(out, PRS_COMPONENT_KEYS, PRS_FIELD_NONE, PRS_COMPONENT_VERSION);
        status = prs_keys_writer_finish(kw, out, merge->n_docs, err);
    }
    prs_keys_writer_free(kw);
    return status;
}

/* ---- the two files --------------------------------------------------------------------------- */

static prism_status write_idx_parts(prs_merge *merge, prs_segment_meta *meta, prs_out *out,
                                    prism_error *err) {
    for (uint32_t f = 0; f < merge->recipe->n_fields; f++) {
        const prs_field *field = &merge->recipe->schema->fields[f];
        if (prs_recipe_is_analyzed(field))
            PRS_TRY(merge_text(merge, f, out, &meta->fields[f], err));
        if ((field->flags & PRISM_FIELD_COLUMN) != 0 && field->type != PRISM_FIELD_TEXT) {
            PRS_TRY(merge_column(merge, f, out, &meta->fields[f], err));
        }
        PRS_TRY(prs_merge_step(merge, merge->n_docs, err));
    }
    PRS_TRY(merge_keys(merge, out, err));
    prism_schema *schema;
    PRS_TRY(prs_merge_schema(merge, &schema, err));
    prism_status status = prs_segment_write_tail(out, meta, schema, &merge->core->mem, err);
    prs_schema_unref(schema);
    return status;
}

static prism_status write_file(prs_merge *merge, prs_file_type type, const prs_id *id,
                               prs_segment_meta *meta, prs_file_check *check, prism_error *err) {
    char name[PRS_NAME_SIZE];
    prs_out *out;
    prs_name_of_segment(name, type == PRS_FILE_DOC ? PRS_NAME_DOC : PRS_NAME_IDX, id);
    PRS_TRY(prs_out_open(merge->core->dir, name, type, id, 0, &out, err));
    prism_status status = type == PRS_FILE_DOC ? write_doc_parts(merge, out, err)
                                               : write_idx_parts(merge, meta, out, err);
    if (status != PRISM_OK) {
        prs_out_abandon(out);
        return status;
    }
    return prs_out_finish(out, &check->len, &check->digest, err);
}

static prism_status verify_file(prs_merge *merge, prs_in *in, prism_error *err) {
    bool more = true;
    for (uint64_t first = 0; more; first += STEP_REGIONS) {
        PRS_TRY(prs_in_verify_some(in, first, STEP_REGIONS, &more, err));
        PRS_TRY(prs_merge_step(merge, 0, err));
    }
    return PRISM_OK;
}

static prism_status verify_inputs(prs_merge *merge, prism_error *err) {
    for (uint32_t i = 0; i < merge->n_inputs; i++) {
        PRS_TRY(verify_file(merge, merge->inputs[i].segment->idx, err));
        PRS_TRY(verify_file(merge, merge->inputs[i].segment->doc, err));
    }
    return PRISM_OK;
}

static prism_status map_documents(prs_merge *merge, prism_error *err) {
    merge->maps = prs_mem_calloc(&merge->core->mem, merge->n_inputs, sizeof *merge->maps);
    if (merge->maps == NULL) return prs_error_nomem(err);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < merge->n_inputs; i++) {
        const prs_merge_input *input = &merge->inputs[i];
        PRS_TRY(prs_docmap_init(&merge->maps[i], input->segment->n_docs, input->deleted,
                                (uint32_t)sum, &merge->core->mem, err));
        sum += merge->maps[i].n_live;
        if (sum > PRISM_MAX_SEGMENT_DOCS) {
            return prs_error_set(err, PRISM_ELIMIT, "a segment can hold %u documents",
                                 PRISM_MAX_SEGMENT_DOCS);
        }
    }
    PRS_ASSERT(sum > 0);
    merge->n_docs = (uint32_t)sum;
    merge->total = sum * (merge->recipe->n_fields + 1);
    return PRISM_OK;
}

static void free_maps(prs_merge *merge) {
    for (uint32_t i = 0; merge->maps != NULL && i < merge->n_inputs; i++) {
        if (merge->maps[i].mem != NULL) prs_docmap_fini(&merge->maps[i]);
    }
    prs_mem_free(&merge->core->mem, merge->maps, merge->n_inputs * sizeof *merge->maps);
}

prism_status prs_merge_run(prs_core *core, prs_recipe *recipe, const prs_merge_input *inputs,
                           uint32_t n, const prs_reorder *reorder, const prs_id *id,
                           prism_progress_fn progress, void *progress_ctx,
                           prs_manifest_segment *files, prism_error *err) {
    return prs_merge_run_at(core, recipe, inputs, n, reorder, inputs[0].segment->arrival_base, id,
                            progress, progress_ctx, files, err);
}

prism_status prs_merge_run_at(prs_core *core, prs_recipe *recipe, const prs_merge_input *inputs,
                              uint32_t n, const prs_reorder *reorder, uint64_t arrival_base,
                              const prs_id *id, prism_progress_fn progress, void *progress_ctx,
                              prs_manifest_segment *files, prism_error *err) {
    prs_merge merge = {.core = core,
                       .recipe = recipe,
                       .inputs = inputs,
                       .n_inputs = n,
                       .reorder = reorder,
                       .progress = progress,
                       .progress_ctx = progress_ctx};
    prs_segment_meta meta = {0};
    prism_status status;
    PRS_TRY_OUT(map_documents(&merge, err));
    PRS_TRY_OUT(verify_inputs(&merge, err));
    PRS_TRY_OUT(prs_merge_order_init(&merge, err));
    *files =
        (prs_manifest_segment){.id = *id, .n_docs = merge.n_docs, .arrival_base = arrival_base};
    PRS_TRY_OUT(prs_segment_meta_begin(&meta, recipe, files, &core->mem, err));
    PRS_TRY_OUT(write_file(&merge, PRS_FILE_DOC, id, NULL, &files->doc, err));
    status = write_file(&merge, PRS_FILE_IDX, id, &meta, &files->idx, err);
    if (status != PRISM_OK) prs_segment_unlink(core->dir, id);
out:
    prs_segment_meta_end(&meta, &core->mem);
    prs_merge_order_fini(&merge);
    free_maps(&merge);
    return status;
}
