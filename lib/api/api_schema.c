/* api_schema.c - prism_schema_*, prism_doc_*: are the arguments sound?  The schema layer does the
 * work.
 *
 * Only one thing is checked here that the schema layer cannot know: whether the analysis layer
 * takes the analyzer and options that a field names.  A field that it refuses does not get into a
 * schema. */
#include "api/opts.h"
#include "base/error.h"
#include "query/field_analyzers.h"
#include "schema/document.h"

#include <prismsearch/writer.h>

static prism_status need(bool ok, const char *what, prism_error *err) {
    return ok ? PRISM_OK : prs_error_set(err, PRISM_EINVAL, "%s", what);
}

prism_status prism_schema_new(prism_schema **out, prism_error *err) {
    PRS_TRY(need(out != NULL, "out is NULL", err));
    return prs_schema_new(out, err);
}

prism_status prism_schema_default(prism_schema **out, prism_error *err) {
    PRS_TRY(need(out != NULL, "out is NULL", err));
    return prs_schema_default(out, err);
}

prism_status prism_schema_from_json(const char *text, size_t len, prism_schema **out,
                                    prism_error *err) {
    return prism_schema_from_json_with(text, len, NULL, out, err);
}

prism_status prism_schema_from_json_with(const char *text, size_t len, prism_tokenizers *set,
                                         prism_schema **out, prism_error *err) {
    PRS_TRY(need(out != NULL, "out is NULL", err));
    *out = NULL;
    PRS_TRY(need(text != NULL || len == 0, "text is NULL", err));
    prs_field_analyzers *analyzers;
    prism_schema *schema;
    PRS_TRY(prs_schema_from_json(text != NULL ? text : "", len, &schema, err));
    prs_schema_set_tokenizers(schema, set);
    prism_status status = prs_field_analyzers_get(schema, &analyzers, err);
    if (status != PRISM_OK) {
        prs_schema_unref(schema);
        return status;
    }
    *out = schema;
    return PRISM_OK;
}

prism_status prism_schema_to_json(const prism_schema *schema, const char **json, size_t *len,
                                  prism_error *err) {
    size_t ignored;
    PRS_TRY(need(json != NULL, "json is NULL", err));
    *json = NULL;
    if (len != NULL) *len = 0;
    PRS_TRY(need(schema != NULL, "schema is NULL", err));
    return prs_schema_to_json(schema, json, len != NULL ? len : &ignored, err);
}

/* A schema of this one field must be sound, its analyzer included. */
static prism_status check_field(prism_tokenizers *set, const char *name, prism_field_type type,
                                const prism_field_options *options, prism_error *err) {
    prs_field_analyzers *analyzers;
    prism_schema *alone;
    PRS_TRY(prs_schema_new(&alone, err));
    prs_schema_set_tokenizers(alone, set);
    prism_status status = prs_schema_add(alone, name, type, options, false, err);
    if (status == PRISM_OK) status = prs_field_analyzers_get(alone, &analyzers, err);
    prs_schema_unref(alone);
    return status;
}

prism_status prism_schema_add_field(prism_schema *schema, const char *name, prism_field_type type,
                                    const prism_field_options *options, int is_key,
                                    prism_error *err) {
    PRS_TRY(need(schema != NULL && name != NULL, "schema or name is NULL", err));
    prism_field_options own = PRISM_FIELD_OPTIONS_INIT;
    PRS_TRY(
        need(prs_opts_copy(&own, sizeof own, options), "field options without their size", err));
    PRS_TRY(
        need(schema->cache->slot == NULL, "the schema is in use: it takes no more fields", err));
    PRS_TRY(check_field(schema->tokenizers, name, type, &own, err));
    return prs_schema_add(schema, name, type, &own, is_key != 0, err);
}

prism_status prism_schema_copy(const prism_schema *schema, prism_schema **out, prism_error *err) {
    PRS_TRY(need(out != NULL, "out is NULL", err));
    *out = NULL;
    PRS_TRY(need(schema != NULL, "schema is NULL", err));
    return prs_schema_copy(schema, out, err);
}

prism_schema *prism_schema_ref(prism_schema *schema) {
    return prs_schema_ref(schema);
}

void prism_schema_unref(prism_schema *schema) {
    prs_schema_unref(schema);
}

/* ---- documents by hand -------------------------------------------------------------------- */

prism_status prism_doc_new(const prism_schema *schema, prism_doc **out, prism_error *err) {
    PRS_TRY(need(out != NULL, "out is NULL", err));
    *out = NULL;
    PRS_TRY(need(schema != NULL, "schema is NULL", err));
    prs_mem own;
    prs_mem_init(&own, NULL);
    prism_doc *doc = prs_mem_calloc(&own, 1, sizeof *doc);
    if (doc == NULL) return prs_error_nomem(err);
    prs_mem_init(&doc->mem, NULL);
    doc->schema = prs_schema_ref(schema);
    prs_document_init(&doc->document, schema, &doc->mem);
    *out = doc;
    return PRISM_OK;
}

prism_status prism_doc_add(prism_doc *doc, const char *field, const char *text, size_t len,
                           prism_error *err) {
    PRS_TRY(need(doc != NULL && field != NULL, "doc or field is NULL", err));
    PRS_TRY(need(text != NULL || len == 0, "text is NULL", err));
    return prs_document_add(&doc->document, field, text != NULL ? text : "", len, err);
}

void prism_doc_clear(prism_doc *doc) {
    if (doc != NULL) prs_document_clear(&doc->document);
}

void prism_doc_free(prism_doc *doc) {
    if (doc == NULL) return;
    prs_document_fini(&doc->document);
    prs_schema_unref(doc->schema);
    prs_mem own;
    prs_mem_init(&own, NULL);
    prs_mem_free(&own, doc, sizeof *doc);
}
