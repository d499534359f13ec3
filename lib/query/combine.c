/* combine.c - how do finished queries become one?
 *
 *     bool(+a, b, -c)    new query: arena <- copies of the trees of a, b, c -> BOOL -> rewrite_bool
 *
 * Why copies  A query is immutable and dies at once with its arena, and making a BOOL simpler
 *             changes boosts of what it dissolves.  Trees have at most PRISM_MAX_QUERY_NODES nodes.
 * Invariants  - The parts are of one schema: field numbers mean the same in all of them.
 *             - Without min_should the tree is made simpler as the parser's are, so the same query
 *               is the same tree however it was made; with it, it stays as it is.
 *             - The limits of nodes and depth hold for the whole (build.c).
 * Tested by   tests/unit/query/test_combine.c */
#include "query/combine.h"

#include "base/error.h"
#include "query/rewrite_bool.h"

/* ---- copies -------------------------------------------------------------------------------- */

typedef struct copying {
    prism_query *query;
    prism_error *err; /* never NULL, and of our size */
} copying;

static prism_status copy_bytes(const copying *c, prs_bytes from, prs_bytes *to) {
    *to = prs_bytes_of(NULL, 0);
    if (from.ptr == NULL) return PRISM_OK;
    uint8_t *own = prs_build_alloc(c->query, from.len + 1, c->err);
    if (own == NULL) return PRISM_ENOMEM;
    if (from.len > 0) memcpy(own, from.ptr, from.len);
    *to = prs_bytes_of(own, from.len);
    return PRISM_OK;
}

static prism_status copy_fields(const copying *c, prs_fields from, prs_fields *to) {
    *to = (prs_fields){NULL, 0};
    if (from.n == 0) return PRISM_OK;
    prs_field_weight *own = prs_build_alloc(c->query, from.n * sizeof *own, c->err);
    if (own == NULL) return PRISM_ENOMEM;
    memcpy(own, from.ptr, from.n * sizeof *own);
    *to = (prs_fields){own, from.n};
    return PRISM_OK;
}

static prism_status copy_slot(const copying *c, const prs_slot *from, prs_slot *to) {
    prs_bytes *keys = prs_build_alloc(c->query, (from->n_keys + 1) * sizeof *keys, c->err);
    if (keys == NULL) return PRISM_ENOMEM;
    for (uint32_t i = 0; i < from->n_keys; i++) PRS_TRY(copy_bytes(c, from->keys[i], &keys[i]));
    *to = *from;
    to->keys = keys;
    PRS_TRY(copy_bytes(c, from->prefix, &to->prefix));
    return copy_bytes(c, from->idf_key, &to->idf_key);
}

static prism_status copy_slots(const copying *c, const prs_node *from, prs_node *to) {
    to->slots = NULL;
    if (from->n_slots == 0) return PRISM_OK;
    to->slots = prs_build_alloc(c->query, from->n_slots * sizeof *to->slots, c->err);
    if (to->slots == NULL) return PRISM_ENOMEM;
    for (uint32_t i = 0; i < from->n_slots; i++)
        PRS_TRY(copy_slot(c, &from->slots[i], &to->slots[i]));
    return PRISM_OK;
}

static prism_status copy_node(const copying *c, const prs_node *from, prs_node **out);

static prism_status copy_list(const copying *c, prs_node *const *from, uint32_t n, prs_node ***list,
                              uint32_t *n_out) {
    *list = NULL;
    *n_out = 0;
    for (uint32_t i = 0; i < n; i++) {
        prs_node *child;
        PRS_TRY(copy_node(c, from[i], &child));
        PRS_TRY(prs_build_child(c->query, list, n_out, child, c->err));
    }
    return PRISM_OK;
}

/* Depth is bounded: `from` is the tree of a finished query. */
static prism_status copy_node(const copying *c, const prs_node *from, prs_node **out) {
    prs_node *to = prs_build_node(c->query, from->kind, c->err);
    *out = to;
    if (to == NULL) return c->err->code;
    *to = *from;
    to->at = to->at_len = 0; /* there is no text any more */
    PRS_TRY(copy_fields(c, from->fields, &to->fields));
    PRS_TRY(copy_bytes(c, from->key, &to->key));
    PRS_TRY(copy_bytes(c, from->words.from, &to->words.from));
    PRS_TRY(copy_bytes(c, from->words.to, &to->words.to));
    PRS_TRY(copy_slots(c, from, to));
    PRS_TRY(copy_list(c, from->must, from->n_must, &to->must, &to->n_must));
    PRS_TRY(copy_list(c, from->should, from->n_should, &to->should, &to->n_should));
    PRS_TRY(copy_list(c, from->must_not, from->n_must_not, &to->must_not, &to->n_must_not));
    PRS_TRY(copy_list(c, from->filter, from->n_filter, &to->filter, &to->n_filter));
    return copy_list(c, from->extra, from->n_extra, &to->extra, &to->n_extra);
}

/* ---- joining ------------------------------------------------------------------------------- */

prism_status prs_query_check_schemas(const prism_schema *a, const prism_schema *b,
                                     prism_error *err) {
    const char *x, *y;
    size_t x_len, y_len;
    if (a == b) return PRISM_OK;
    PRS_TRY(prs_schema_to_json(a, &x, &x_len, err));
    PRS_TRY(prs_schema_to_json(b, &y, &y_len, err));
    if (prs_bytes_equal(prs_bytes_of(x, x_len), prs_bytes_of(y, y_len))) return PRISM_OK;
    return prs_error_set(err, PRISM_EINVAL, "the queries are of different schemas");
}

static prism_status add_clause(const copying *c, prs_node *node, const prism_clause *clause) {
    prs_node *child;
    PRS_TRY(prs_query_check_schemas(c->query->schema, clause->query->schema, c->err));
    PRS_TRY(copy_node(c, clause->query->root, &child));
    prs_node ***lists[] = {[PRISM_SHOULD] = &node->should,
                           [PRISM_MUST] = &node->must,
                           [PRISM_MUST_NOT] = &node->must_not,
                           [PRISM_FILTER] = &node->filter};
    uint32_t *ns[] = {[PRISM_SHOULD] = &node->n_should,
                      [PRISM_MUST] = &node->n_must,
                      [PRISM_MUST_NOT] = &node->n_must_not,
                      [PRISM_FILTER] = &node->n_filter};
    return prs_build_child(c->query, lists[clause->occur], ns[clause->occur], child, c->err);
}

static prism_status set_min_should(const copying *c, prs_node *node, uint32_t min_should) {
    if (min_should > node->n_should) {
        return prs_error_set(c->err, PRISM_EINVAL,
                             "min_should is %u, and only %u of the clauses are PRISM_SHOULD",
                             min_should, node->n_should);
    }
    node->min_should = min_should;
    return PRISM_OK;
}

static prism_status join(const copying *c, const prism_clause *clauses, size_t n,
                         uint32_t min_should) {
    prs_rewrite rw = {.query = c->query, .err = c->err};
    prs_node *node = prs_build_node(c->query, PRS_NODE_BOOL, c->err), *root = node;
    if (node == NULL) return c->err->code;
    for (size_t i = 0; i < n; i++) PRS_TRY(add_clause(c, node, &clauses[i]));
    PRS_TRY(set_min_should(c, node, min_should));
    if (min_should == 0) PRS_TRY(prs_rewrite_bool(&rw, node, &root));
    return prs_build_root(c->query, root, c->err);
}

static prism_status start(const prism_schema *schema, copying *c, prism_error *local,
                          prism_error *err) {
    /* builders that return pointers tell the code through it */
    c->err = err != NULL && err->size >= sizeof *err ? err : local;
    return prs_query_new(schema, &c->query, c->err);
}

static prism_status end(const copying *c, prism_status status, prism_query **out) {
    if (status == PRISM_OK)
        *out = c->query;
    else
        prs_query_unref(c->query);
    return status;
}

prism_status prs_query_bool(const prism_clause *clauses, size_t n, uint32_t min_should,
                            prism_query **out, prism_error *err) {
    prism_error local = PRISM_ERROR_INIT;
    copying c;
    *out = NULL;
    PRS_TRY(start(clauses[0].query->schema, &c, &local, err));
    return end(&c, join(&c, clauses, n, min_should), out);
}

static prism_status boost_copy(const copying *c, const prs_node *from, double boost) {
    prs_node *root;
    PRS_TRY(copy_node(c, from, &root));
    root->boost = from->boost * boost;
    if (!(root->boost <= PRS_MAX_BOOST))
        return prs_error_set(c->err, PRISM_EINVAL, "the boosts multiply to more than 1000000");
    return prs_build_root(c->query, root, c->err);
}

prism_status prs_query_boost(const prism_query *query, double boost, prism_query **out,
                             prism_error *err) {
    prism_error local = PRISM_ERROR_INIT;
    copying c;
    *out = NULL;
    PRS_TRY(start(query->schema, &c, &local, err));
    return end(&c, boost_copy(&c, query->root, boost), out);
}
