/* query.c - from a query text to a finished query: fields, parse, rewrite, root.
 *
 * The fields of a word that names none are those of opts.fields ("title^2,body"), else all text
 * fields with a boost, each with its boost as weight.  A field given without ^ keeps the schema's
 * boost, so that asking for "title" alone ranks as title does in the default search.
 * A query with nothing to search for is NONE, with a note, unless its text is blank.
 * Tested by tests/unit/query/test_query.c */
#include "base/error.h"
#include "query/combine.h"
#include "query/parser.h"
#include "query/rewrite.h"

/* ---- default fields ----------------------------------------------------------------------- */

static void add_field(prs_field_weight *list, uint32_t *n, const prs_field *field,
                      uint32_t weight) {
    uint32_t at = (*n)++;
    for (; at > 0 && list[at - 1].field > field->no; at--) list[at] = list[at - 1];
    list[at].field = field->no;
    list[at].weight = (uint16_t)weight;
}

static bool read_weight(const char *text, const char *end, uint32_t *out) {
    uint32_t v = 0;
    for (const char *p = text; p < end; p++) {
        if (*p < '0' || *p > '9' || v > PRS_SCHEMA_MAX_BOOST) return false;
        v = v * 10 + (uint32_t)(*p - '0');
    }
    *out = v;
    return end > text && v >= 1 && v <= PRS_SCHEMA_MAX_BOOST;
}

/* One "name" or "name^weight" of opts.fields. */
static prism_status read_field(const prism_schema *schema, const char *from, const char *to,
                               prs_field_weight *list, uint32_t *n, prism_error *err) {
    const char *caret = memchr(from, '^', (size_t)(to - from)), *end = caret != NULL ? caret : to;
    const prs_field *field = prs_schema_field(schema, from, (size_t)(end - from));
    if (field == NULL || (field->flags & PRISM_FIELD_INDEXED) == 0) {
        return prs_error_set(err, PRISM_EINVAL, "\"%.*s\" is not a field that can be searched",
                             (int)PRS_MIN(end - from, (ptrdiff_t)PRS_SCHEMA_MAX_NAME), from);
    }
    uint32_t weight = PRS_MAX(field->boost, 1u);
    if (caret != NULL && !read_weight(caret + 1, to, &weight)) {
        return prs_error_set(err, PRISM_EINVAL,
                             "the weight of field %s is not a whole number from 1 to %u",
                             field->name, PRS_SCHEMA_MAX_BOOST);
    }
    for (uint32_t i = 0; i < *n; i++) {
        if (list[i].field == field->no)
            return prs_error_set(err, PRISM_EINVAL, "field %s is given twice", field->name);
    }
    add_field(list, n, field, weight);
    return PRISM_OK;
}

static prism_status choose_fields(prism_query *query, const char *names, prs_fields *out,
                                  prism_error *err) {
    const prism_schema *schema = query->schema;
    prs_field_weight *list =
        prs_build_alloc(query, (size_t)(schema->n_fields + 1) * sizeof *list, err);
    uint32_t n = 0;
    if (list == NULL) return PRISM_ENOMEM;
    for (uint32_t i = 0; names == NULL && i < schema->n_fields; i++) {
        if (schema->fields[i].boost > 0)
            add_field(list, &n, &schema->fields[i], schema->fields[i].boost);
    }
    for (const char *at = names; at != NULL;) {
        const char *comma = strchr(at, ',');
        PRS_TRY(read_field(schema, at, comma != NULL ? comma : at + strlen(at), list, &n, err));
        at = comma != NULL ? comma + 1 : NULL;
    }
    *out = (prs_fields){list, n};
    return PRISM_OK;
}

/* ---- the query ---------------------------------------------------------------------------- */

static prism_status keep_text(prism_query *query, const char *text, size_t len, prism_error *err) {
    query->text = prs_build_alloc(query, len + 1, err);
    if (query->text == NULL) return PRISM_ENOMEM;
    if (len > 0) memcpy(query->text, text, len);
    query->text_len = len;
    return PRISM_OK;
}

static bool is_blank(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] > ' ') return false;
    }
    return true;
}

static prism_status set_root(prs_rewrite *rw, prs_node *root) {
    prism_query *query = rw->query;
    if (root == NULL) {
        if (!is_blank(query->text, query->text_len)) {
            PRS_TRY(prs_note(rw->notes, 0, "nothing is left to search for"));
        }
        root = prs_build_node(query, PRS_NODE_NONE, rw->err);
        if (root == NULL) return rw->err->code;
    }
    return prs_build_root(query, root, rw->err);
}

static prism_status build(prism_query *query, const char *text, size_t len,
                          const prs_notes *notes) {
    prs_rewrite rw = {.query = query, .notes = notes, .err = notes->err};
    prs_fields fields;
    prs_node *root;
    rw.keep_stopwords = notes->opts->keep_stopwords != 0;
    rw.vocabulary = notes->opts->vocabulary;
    if (rw.vocabulary != NULL && !prs_vocabulary_fits(rw.vocabulary, query->schema))
        return prs_error_set(notes->err, PRISM_EINVAL, "the vocabulary is for another schema");
    PRS_TRY(keep_text(query, text, len, notes->err));
    PRS_TRY(prs_field_analyzers_get(query->schema, &rw.analyzers, notes->err));
    PRS_TRY(choose_fields(query, notes->opts->fields, &fields, notes->err));
    if (notes->opts->plain)
        PRS_TRY(prs_parser_plain(query, fields, query->text, len, notes, &root));
    else
        PRS_TRY(prs_parser_run(query, rw.analyzers, fields, query->text, len, notes, &root));
    PRS_TRY(prs_rewrite_tree(&rw, root, &root));
    return set_root(&rw, root);
}

static prism_status check_len(size_t len, prism_error *err) {
    if (len <= PRISM_MAX_QUERY_BYTES) return PRISM_OK;
    return prs_error_set(err, PRISM_ELIMIT, "a query of %zu bytes, %u at most", len,
                         PRISM_MAX_QUERY_BYTES);
}

prism_status prs_query_parse(const prism_schema *schema, const char *text, size_t len,
                             const prism_query_opts *opts, prism_query **out, prism_error *err) {
    /* builders that return pointers tell the code through it */
    prism_error local = PRISM_ERROR_INIT;
    prs_notes notes = {opts, err != NULL && err->size >= sizeof *err ? err : &local};
    prism_query *query;
    *out = NULL;
    PRS_TRY(check_len(len, err));
    PRS_TRY(prs_query_new(schema, &query, notes.err));
    prism_status status = build(query, text, len, &notes);
    if (status != PRISM_OK) {
        prs_query_unref(query);
        return status;
    }
    *out = query;
    return PRISM_OK;
}

/* ---- one leaf ----------------------------------------------------------------------------- */

static prs_node *make_leaf(prism_query *query, prs_leaf_kind kind, uint32_t slop,
                           prism_error *err) {
    prs_node *leaf = prs_build_node(query, PRS_NODE_TEXT, err);
    if (leaf == NULL) return NULL;
    leaf->text = query->text;
    leaf->text_len = leaf->at_len = (uint32_t)query->text_len;
    leaf->required = true;
    leaf->quoted = kind != PRS_LEAF_WORDS;
    leaf->near = kind == PRS_LEAF_NEAR;
    leaf->slop = slop;
    leaf->prefix_last = kind == PRS_LEAF_PREFIX;
    return leaf;
}

/* As build, for a tree that is one leaf. */
static prism_status build_leaf(prism_query *query, const char *fields, const char *text, size_t len,
                               prs_leaf_kind kind, uint32_t slop, const prs_notes *notes) {
    prs_rewrite rw = {.query = query, .notes = notes, .err = notes->err};
    prs_fields chosen;
    prs_node *root;
    PRS_TRY(keep_text(query, text, len, notes->err));
    PRS_TRY(prs_field_analyzers_get(query->schema, &rw.analyzers, notes->err));
    PRS_TRY(choose_fields(query, fields, &chosen, notes->err));
    prs_node *leaf = make_leaf(query, kind, slop, notes->err);
    if (leaf == NULL) return notes->err->code;
    leaf->fields = chosen;
    PRS_TRY(prs_rewrite_tree(&rw, leaf, &root));
    return set_root(&rw, root);
}

prism_status prs_query_leaf(const prism_schema *schema, const char *fields, const char *text,
                            size_t len, prs_leaf_kind kind, uint32_t slop, prism_query **out,
                            prism_error *err) {
    static const prism_query_opts silent = PRISM_QUERY_OPTS_INIT;
    prism_error local = PRISM_ERROR_INIT;
    prs_notes notes = {&silent, err != NULL && err->size >= sizeof *err ? err : &local};
    prism_query *query;
    *out = NULL;
    PRS_TRY(check_len(len, err));
    PRS_TRY(prs_query_new(schema, &query, notes.err));
    prism_status status = build_leaf(query, fields, text, len, kind, slop, &notes);
    if (status != PRISM_OK) {
        prs_query_unref(query);
        return status;
    }
    *out = query;
    return PRISM_OK;
}
