/* api_query.c - prism_query_*, prism_analyze: are the arguments sound?  The query layer does the
 * work.
 *
 * Nothing is decided here but what a NULL means: an empty text may be NULL, opts NULL are the
 * defaults, a NULL field is mixed-v1 with its defaults.  prism_analyze borrows its analysis from
 * the schema's pool, as queries do, and gives it back even when the callback stops.
 * Tested by tests/unit/api/test_api_query.c */
#include "api/opts.h"
#include "base/error.h"
#include "base/text.h"
#include "query/combine.h"
#include "query/field_analyzers.h"
#include "query/range.h"
#include "query/vocabulary.h"

static prism_status need(bool ok, const char *what, prism_error *err) {
    return ok ? PRISM_OK : prs_error_set(err, PRISM_EINVAL, "%s", what);
}

prism_status prism_query_parse(const prism_schema *schema, const char *text, size_t len,
                               const prism_query_opts *opts, prism_query **out, prism_error *err) {
    prism_query_opts own = PRISM_QUERY_OPTS_INIT;
    PRS_TRY(need(out != NULL, "out is NULL", err));
    *out = NULL;
    PRS_TRY(need(schema != NULL && (text != NULL || len == 0), "schema or text is NULL", err));
    PRS_TRY(need(prs_opts_copy(&own, sizeof own, opts), "query options without their size", err));
    PRS_TRY(need(own.default_operator == PRISM_OR || own.default_operator == PRISM_AND,
                 "default_operator is neither PRISM_OR nor PRISM_AND", err));
    return prs_query_parse(schema, text != NULL ? text : "", len, &own, out, err);
}

prism_status prism_query_to_json(const prism_query *query, char **json, prism_error *err) {
    PRS_TRY(need(json != NULL, "json is NULL", err));
    *json = NULL;
    PRS_TRY(need(query != NULL, "query is NULL", err));
    prs_mem mem;
    prs_buf buf;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&buf, &mem);
    prism_status status = prs_query_to_json(query, &buf, err);
    if (status == PRISM_OK) {
        *json = prs_text_new(&mem, buf.ptr, buf.len);
        if (*json == NULL) status = prs_error_nomem(err);
    }
    prs_buf_fini(&buf);
    return status;
}

prism_status prism_query_from_json(const prism_schema *schema, const char *text, size_t len,
                                   prism_query **out, prism_error *err) {
    PRS_TRY(need(out != NULL, "out is NULL", err));
    *out = NULL;
    PRS_TRY(need(schema != NULL && (text != NULL || len == 0), "schema or text is NULL", err));
    return prs_query_from_json(schema, text != NULL ? text : "", len, out, err);
}

prism_query *prism_query_ref(prism_query *query) {
    return query != NULL ? prs_query_ref(query) : NULL;
}

void prism_query_unref(prism_query *query) {
    prs_query_unref(query);
}

const char *prism_query_shape(const prism_query *query) {
    return query != NULL ? prs_query_shape(query) : "none";
}

/* ---- prism_vocabulary_* ------------------------------------------------------------------- */

prism_status prism_vocabulary_from_text(const prism_schema *schema, const char *text, size_t len,
                                        prism_vocabulary **out, prism_error *err) {
    PRS_TRY(need(out != NULL, "out is NULL", err));
    *out = NULL;
    PRS_TRY(need(schema != NULL && (text != NULL || len == 0), "schema or text is NULL", err));
    return prs_vocabulary_from_text(schema, text != NULL ? text : "", len, out, err);
}

prism_vocabulary *prism_vocabulary_ref(prism_vocabulary *vocabulary) {
    return vocabulary != NULL ? prs_vocabulary_ref(vocabulary) : NULL;
}

void prism_vocabulary_unref(prism_vocabulary *vocabulary) {
    prs_vocabulary_unref(vocabulary);
}

/* ---- by calls ----------------------------------------------------------------------------- */

static prism_status make_leaf(const prism_schema *schema, const char *fields, const char *text,
                              size_t len, prs_leaf_kind kind, uint32_t slop, prism_query **out,
                              prism_error *err) {
    PRS_TRY(need(out != NULL, "out is NULL", err));
    *out = NULL;
    PRS_TRY(need(schema != NULL && (text != NULL || len == 0), "schema or text is NULL", err));
    PRS_TRY(need(slop <= PRISM_MAX_DOC_TOKENS, "slop is over PRISM_MAX_DOC_TOKENS", err));
    return prs_query_leaf(schema, fields, text != NULL ? text : "", len, kind, slop, out, err);
}

prism_status prism_query_term(const prism_schema *schema, const char *fields, const char *text,
                              size_t len, prism_query **out, prism_error *err) {
    return make_leaf(schema, fields, text, len, PRS_LEAF_WORDS, 0, out, err);
}

prism_status prism_query_phrase(const prism_schema *schema, const char *fields, const char *text,
                                size_t len, prism_query **out, prism_error *err) {
    return make_leaf(schema, fields, text, len, PRS_LEAF_PHRASE, 0, out, err);
}

prism_status prism_query_near(const prism_schema *schema, const char *fields, const char *text,
                              size_t len, uint32_t slop, prism_query **out, prism_error *err) {
    return make_leaf(schema, fields, text, len, PRS_LEAF_NEAR, slop, out, err);
}

prism_status prism_query_prefix(const prism_schema *schema, const char *fields, const char *text,
                                size_t len, prism_query **out, prism_error *err) {
    return make_leaf(schema, fields, text, len, PRS_LEAF_PREFIX, 0, out, err);
}

prism_status prism_query_range(const prism_schema *schema, const char *field, const char *from,
                               size_t from_len, const char *to, size_t to_len, unsigned flags,
                               prism_query **out, prism_error *err) {
    const unsigned known = PRISM_RANGE_OPEN_FROM | PRISM_RANGE_OPEN_TO;
    PRS_TRY(need(out != NULL, "out is NULL", err));
    *out = NULL;
    PRS_TRY(need(schema != NULL && field != NULL, "schema or field is NULL", err));
    PRS_TRY(need((from != NULL || from_len == 0) && (to != NULL || to_len == 0),
                 "an end is NULL and has a length", err));
    PRS_TRY(need((flags & ~known) == 0, "flags that are none of PRISM_RANGE_*", err));
    prs_range_end first = {from, from_len, (flags & PRISM_RANGE_OPEN_FROM) != 0};
    prs_range_end last = {to, to_len, (flags & PRISM_RANGE_OPEN_TO) != 0};
    return prs_query_range(schema, field, &first, &last, out, err);
}

prism_status prism_query_exists(const prism_schema *schema, const char *field, prism_query **out,
                                prism_error *err) {
    PRS_TRY(need(out != NULL, "out is NULL", err));
    *out = NULL;
    PRS_TRY(need(schema != NULL && field != NULL, "schema or field is NULL", err));
    return prs_query_exists(schema, field, out, err);
}

prism_status prism_query_all(const prism_schema *schema, prism_query **out, prism_error *err) {
    PRS_TRY(need(out != NULL, "out is NULL", err));
    *out = NULL;
    PRS_TRY(need(schema != NULL, "schema is NULL", err));
    return prs_query_all(schema, out, err);
}

prism_status prism_query_bool(const prism_clause *clauses, size_t n, uint32_t min_should,
                              prism_query **out, prism_error *err) {
    PRS_TRY(need(out != NULL, "out is NULL", err));
    *out = NULL;
    PRS_TRY(need(clauses != NULL && n > 0, "there are no clauses", err));
    for (size_t i = 0; i < n; i++) {
        PRS_TRY(need(clauses[i].query != NULL, "the query of a clause is NULL", err));
        PRS_TRY(need((unsigned)clauses[i].occur <= PRISM_FILTER, "occur is no prism_occur", err));
    }
    return prs_query_bool(clauses, n, min_should, out, err);
}

prism_status prism_query_boost(const prism_query *query, double boost, prism_query **out,
                               prism_error *err) {
    PRS_TRY(need(out != NULL, "out is NULL", err));
    *out = NULL;
    PRS_TRY(need(query != NULL, "query is NULL", err));
    PRS_TRY(need(boost >= 0 && boost <= PRS_MAX_BOOST, "boost is not within 0 and 1000000", err));
    return prs_query_boost(query, boost, out, err);
}

/* ---- prism_analyze ------------------------------------------------------------------------ */

typedef struct relay {
    prism_token_fn each;
    void *ctx;
    bool stopped;
} relay;

static prism_status pass_on(void *ctx, const prs_token *token) {
    static const char *const kinds[] = {"", "word", "han1", "han2", "hanend", "exact", "hanword"};
    relay *to = ctx;
    prism_token out = {(const char *)token->term,
                       token->len,
                       kinds[token->kind],
                       token->pos,
                       token->span,
                       token->start,
                       token->end};
    to->stopped = to->each(to->ctx, &out) != 0;
    return to->stopped ? PRISM_ECANCELED : PRISM_OK;
}

/* Which analyzers read the field?  NULL = the default ones. */
static prism_status find_group(const prism_schema *schema, const prs_field_analyzers *all,
                               const char *name, uint32_t *group, prism_error *err) {
    *group = prs_field_analyzers_default(all);
    if (name == NULL) return PRISM_OK;
    const prs_field *field = prs_schema_field(schema, name, strlen(name));
    if (field == NULL)
        return prs_error_set(err, PRISM_ENOTFOUND, "the schema has no field %.64s", name);
    *group = prs_field_analyzers_group(all, field->no);
    return need(*group != PRS_NO_GROUP, "a field of this type is not analyzed", err);
}

prism_status prism_analyze(const prism_schema *schema, const char *field, const char *text,
                           size_t len, prism_token_fn each, void *ctx, prism_error *err) {
    PRS_TRY(need(schema != NULL && each != NULL && (text != NULL || len == 0),
                 "schema, text or each is NULL", err));
    prs_field_analyzers *all;
    prs_analysis *analysis;
    uint32_t group;
    relay to = {each, ctx, false};
    PRS_TRY(prs_field_analyzers_get(schema, &all, err));
    PRS_TRY(find_group(schema, all, field, &group, err));
    PRS_TRY(prs_field_analyzers_take(all, group, PRS_AS_INDEXED, &analysis, err));
    prism_status status =
        prs_analysis_run(analysis, text != NULL ? text : "", len, pass_on, &to, NULL, NULL, err);
    prs_field_analyzers_give(all, group, PRS_AS_INDEXED, analysis);
    if (to.stopped) return prs_error_set(err, status, "the callback stopped");
    return status;
}
