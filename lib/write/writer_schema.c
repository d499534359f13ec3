/* writer_schema.c - how does a writer go over to another schema?
 *
 *   pending documents --flush (old schema)--> working segments
 *   new schema -> recipe -> every working segment opened anew with it -> all exchanged at once
 *
 * Invariants  - Until the exchange nothing of the writer has changed but that it has flushed.
 *             - Segments find their fields by name, so their files stay as they are; the next
 *               commit names the schema, and a rollback goes back to that of the last one.
 * Source      FORMAT.md sections 5, 15; rules R4, R35.
 * Tested by   tests/unit/write/test_writer_schema.c */
#include "base/error.h"
#include "write/writer.h"

static bool same_schema(const prism_schema *a, const prism_schema *b, prism_status *status,
                        prism_error *err) {
    const char *json[2];
    size_t len[2];
    *status = prs_schema_to_json(a, &json[0], &len[0], err);
    if (*status == PRISM_OK) *status = prs_schema_to_json(b, &json[1], &len[1], err);
    return *status == PRISM_OK &&
           prs_bytes_equal(prs_bytes_of(json[0], len[0]), prs_bytes_of(json[1], len[1]));
}

/* A recipe of our own copy: its tokenizers are those of the index handle, as they are for every
 * snapshot that will be opened. */
static prism_status make_recipe(prism_writer *writer, const prism_schema *given, prs_recipe **out,
                                prism_error *err) {
    prism_schema *schema;
    PRS_TRY(prs_schema_copy(given, &schema, err));
    prs_schema_set_tokenizers(schema, writer->core->tokenizers);
    prism_status status = prs_recipe_new(writer->mem, schema, out, err);
    prs_schema_unref(schema);
    return status;
}

/* The working segments, opened with another recipe: `out` has room for all. */
static prism_status open_again(prism_writer *writer, prs_recipe *recipe, prs_segment **out,
                               size_t *n, prism_error *err) {
    for (*n = 0; *n < writer->segments.n; ++*n) {
        PRS_TRY(prs_segment_open_as(writer->segments.ptr[*n].segment, recipe, &out[*n], err));
    }
    return PRISM_OK;
}

static prism_status go_over(prism_writer *writer, prs_recipe *recipe, prism_error *err) {
    size_t all = writer->segments.n, n = 0;
    prs_segment **segments = prs_mem_calloc(writer->mem, all, sizeof(prs_segment *));
    if (segments == NULL) return prs_error_nomem(err);
    prism_status status = open_again(writer, recipe, segments, &n, err);
    if (status == PRISM_OK) status = prs_writer_take_recipe(writer, recipe, err);
    for (size_t i = 0; i < n; i++) {
        prs_segment *drop = segments[i];
        if (status == PRISM_OK) {
            drop = writer->segments.ptr[i].segment;
            writer->segments.ptr[i].segment = segments[i];
        }
        prs_segment_unref(drop);
    }
    prs_mem_free(writer->mem, segments, all * sizeof(prs_segment *));
    if (status == PRISM_OK) writer->changed = true;
    return status;
}

prism_status prs_writer_set_schema(prism_writer *writer, const prism_schema *schema,
                                   prism_error *err) {
    prism_status status;
    prs_recipe *recipe;
    bool same = same_schema(writer->recipe->schema, schema, &status, err);
    if (same || status != PRISM_OK) return status;
    PRS_TRY(prs_schema_check_change(writer->recipe->schema, schema, err));
    PRS_TRY(make_recipe(writer, schema, &recipe, err));
    prs_merger_cancel(writer); /* what it merges is as of the old one */
    status = prs_writer_flush(writer, err);
    if (status == PRISM_OK) status = go_over(writer, recipe, err);
    prs_recipe_unref(recipe);
    return status;
}
