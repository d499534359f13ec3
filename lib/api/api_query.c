/* api_query.c - the exported functions of prismsearch/query.h: check arguments, call down.
 *
 * Tested by tests/unit/api/test_api_query.c */
#include "base/error.h"
#include "base/text.h"
#include "query/build.h"
#include "query/field_analyzers.h"

prism_status prism_query_to_json(const prism_query *query, char **json, prism_error *err) {
    prs_mem mem;
    prs_buf buf;
    if (query == NULL || json == NULL) return prs_error_set(err, PRISM_EINVAL, "query and json must not be NULL");
    *json = NULL;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&buf, &mem);
    prism_status status = prs_query_to_json(query, &buf, err);
    if (status == PRISM_OK && (*json = prs_text_new(&query->mem, buf.ptr, buf.len)) == NULL) status = prs_error_nomem(err);
    prs_buf_fini(&buf);
    return status;
}

prism_status prism_query_from_json(const prism_schema *schema, const char *text, size_t len, prism_query **out, prism_error *err) {
    if (out == NULL) return prs_error_set(err, PRISM_EINVAL, "out must not be NULL");
    *out = NULL;
    if (schema == NULL || text == NULL) return prs_error_set(err, PRISM_EINVAL, "schema and text must not be NULL");
    return prs_query_from_json(schema, text, len, out, err);
}

prism_query *prism_query_ref(prism_query *query) {
    return query == NULL ? NULL : prs_query_ref(query);
}

void prism_query_unref(prism_query *query) {
    prs_query_unref(query);
}

const char *prism_query_shape(const prism_query *query) {
    return query == NULL ? "none" : prs_query_shape(query);
}

/* ---- analyze --------------------------------------------------------------------------------- */

typedef struct token_sink {
    prism_token_fn each;
    void *ctx;
    prism_error *err;
} token_sink;

static const char *kind_name(uint8_t kind) {
    static const char *const names[] = {"", "word", "han1", "han2", "hanend", "exact"};
    return kind < PRS_COUNT(names) ? names[kind] : "";
}

static prism_status pass_token(void *ctx, const prs_token *t) {
    token_sink *sink = ctx;
    prism_token out = {(const char *)t->term, t->len, kind_name(t->kind), t->pos, t->span, t->start, t->end};
    if (sink->each(sink->ctx, &out) == 0) return PRISM_OK;
    return prs_error_set(sink->err, PRISM_ECANCELED, "the callback stopped");
}

prism_status prism_analyze(const prism_schema *schema, const char *field, const char *text, size_t len, prism_token_fn each,
                           void *ctx, prism_error *err) {
    prs_field_analyzers *all;
    prs_analysis *analysis;
    if (schema == NULL || each == NULL || (text == NULL && len > 0))
        return prs_error_set(err, PRISM_EINVAL, "schema, text and each must not be NULL");
    PRS_TRY(prs_field_analyzers_get(schema, &all, err));
    uint32_t group = prs_field_analyzers_default(all);
    if (field != NULL) {
        const prs_field *f = prs_schema_field(schema, field, strlen(field));
        if (f == NULL) return prs_error_set(err, PRISM_ENOTFOUND, "no field is called %.64s", field);
        group = prs_field_analyzers_group(all, f->no);
        if (group == PRS_NO_GROUP) return prs_error_set(err, PRISM_EINVAL, "field %.64s is not analyzed", field);
    }
    PRS_TRY(prs_field_analyzers_take(all, group, PRS_AS_INDEXED, &analysis, err));
    token_sink sink = {each, ctx, err};
    prism_status status = prs_analysis_run(analysis, text, len, pass_token, &sink, NULL, NULL, err);
    prs_field_analyzers_give(all, group, PRS_AS_INDEXED, analysis);
    return status;
}
