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
 *             - Nothing is held that grows with the documents, unless they are put in another
 *               order: what a section needs twice is read twice.
 * Why so      Statistics of the result are exact for the documents that are left: purging is what
 *             makes deleted documents stop counting.
 * Cost        lists: see merge_terms.c; documents: memory speed for whole frames.
 * Source      FORMAT.md sections 5 to 14; rules R16, R33 to R35.
 * Tested by   tests/unit/merge/test_merge.c, test_model.c */
#include "merge/merge.h"

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

/* ---- the two files --------------------------------------------------------------------------- */

static prism_status write_idx_parts(prs_merge *merge, prs_segment_meta *meta, prs_out *out,
                                    prism_error *err) {
    for (uint32_t f = 0; f < merge->recipe->n_fields; f++) {
        const prs_field *field = &merge->recipe->schema->fields[f];
        if (prs_recipe_is_analyzed(field))
            PRS_TRY(prs_merge_text(merge, f, out, &meta->fields[f], err));
        if ((field->flags & PRISM_FIELD_COLUMN) != 0 && field->type != PRISM_FIELD_TEXT) {
            PRS_TRY(prs_merge_column(merge, f, out, &meta->fields[f], err));
        }
        PRS_TRY(prs_merge_step(merge, merge->n_docs, err));
    }
    PRS_TRY(prs_merge_keys(merge, out, err));
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
                           uint32_t n, const prs_reorder *reorder, uint64_t stop_tokens,
                           const prs_id *id, prism_progress_fn progress, void *progress_ctx,
                           prs_manifest_segment *files, prism_error *err) {
    return prs_merge_run_at(core, recipe, inputs, n, reorder, stop_tokens,
                            inputs[0].segment->arrival_base, id, progress, progress_ctx, files,
                            err);
}

prism_status prs_merge_run_at(prs_core *core, prs_recipe *recipe, const prs_merge_input *inputs,
                              uint32_t n, const prs_reorder *reorder, uint64_t stop_tokens,
                              uint64_t arrival_base, const prs_id *id, prism_progress_fn progress,
                              void *progress_ctx, prs_manifest_segment *files, prism_error *err) {
    prs_merge merge = {.core = core,
                       .recipe = recipe,
                       .inputs = inputs,
                       .n_inputs = n,
                       .reorder = reorder,
                       .stop_tokens = stop_tokens != 0 ? stop_tokens : PRS_STOPS_TOKENS,
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
