/* build.c - how is a tree made so that nothing later has to fear its size?
 *
 *   prism_query = schema + arena + root;  nodes, lists and keys live in the arena and die with it
 *
 * Invariants: at most PRISM_MAX_QUERY_NODES nodes, counted when they are made; at most
 *             PRISM_MAX_QUERY_DEPTH levels, checked before a root is accepted, by a walk that stops
 *             at the limit; so every later walk may recurse.  Child lists double in the arena: the
 *             old array is left behind (a tree is small).
 * Source: reliability rule R44.  Tested by: tests/unit/query/test_build.c */
#include "query/build.h"

#include "base/error.h"

prism_status prs_query_new(const prism_schema *schema, prism_query **out, prism_error *err) {
    prs_mem mem;
    *out = NULL;
    prs_mem_init(&mem, NULL);
    prism_query *query = prs_mem_calloc(&mem, 1, sizeof *query);
    if (query == NULL) return prs_error_nomem(err);
    prs_ref_init(&query->refs);
    prs_mem_init(&query->mem, NULL);
    prs_arena_init(&query->arena, &query->mem, 0);
    query->schema = prs_schema_ref(schema);
    *out = query;
    return PRISM_OK;
}

prism_query *prs_query_ref(prism_query *query) {
    prs_ref_inc(&query->refs);
    return query;
}

void prs_query_unref(prism_query *query) {
    prs_mem mem;
    if (query == NULL || !prs_ref_dec(&query->refs)) return;
    prs_schema_unref(query->schema);
    prs_arena_fini(&query->arena);
    prs_mem_init(&mem, NULL);
    prs_mem_free(&mem, query, sizeof *query);
}

void *prs_build_alloc(prism_query *query, size_t n, prism_error *err) {
    void *p = prs_arena_calloc(&query->arena, 1, n);
    if (p == NULL) prs_error_nomem(err);
    return p;
}

prs_node *prs_build_node(prism_query *query, prs_node_kind kind, prism_error *err) {
    if (query->n_nodes >= PRISM_MAX_QUERY_NODES) {
        prs_error_set(err, PRISM_ELIMIT, "the query has more than %u parts", PRISM_MAX_QUERY_NODES);
        return NULL;
    }
    prs_node *node = prs_build_alloc(query, sizeof *node, err);
    if (node == NULL) return NULL;
    query->n_nodes++;
    node->kind = kind;
    node->boost = 1.0;
    return node;
}

prs_bytes prs_build_key(prism_query *query, uint8_t kind, const void *text, size_t len,
                        prism_error *err) {
    if (len >= PRISM_MAX_TERM_BYTES) {
        prs_error_set(err, PRISM_ELIMIT, "a word of the query is longer than %u bytes",
                      PRISM_MAX_TERM_BYTES - 1);
        return prs_bytes_of(NULL, 0);
    }
    uint8_t *key = prs_build_alloc(query, len + 1, err);
    if (key == NULL) return prs_bytes_of(NULL, 0);
    key[0] = kind;
    if (len > 0) memcpy(key + 1, text, len);
    return prs_bytes_of(key, len + 1);
}

prism_status prs_build_child(prism_query *query, prs_node ***list, uint32_t *n, prs_node *child,
                             prism_error *err) {
    /* 0, 1, 2, 4, 8, ...: the capacity is the next power of two */
    bool full = (*n & (*n - 1)) == 0;
    if (full) {
        size_t cap = *n == 0 ? 1 : 2 * (size_t)*n;
        prs_node **grown = prs_build_alloc(query, cap * sizeof *grown, err);
        if (grown == NULL) return PRISM_ENOMEM;
        if (*n > 0) memcpy(grown, *list, *n * sizeof *grown);
        *list = grown;
    }
    (*list)[(*n)++] = child;
    return PRISM_OK;
}

static bool too_deep(const prs_node *node, uint32_t depth) {
    if (depth > PRISM_MAX_QUERY_DEPTH) return true;
    for (uint32_t i = 0; i < node->n_must; i++)
        if (too_deep(node->must[i], depth + 1)) return true;
    for (uint32_t i = 0; i < node->n_should; i++)
        if (too_deep(node->should[i], depth + 1)) return true;
    for (uint32_t i = 0; i < node->n_must_not; i++)
        if (too_deep(node->must_not[i], depth + 1)) return true;
    for (uint32_t i = 0; i < node->n_filter; i++)
        if (too_deep(node->filter[i], depth + 1)) return true;
    for (uint32_t i = 0; i < node->n_extra; i++)
        if (too_deep(node->extra[i], depth + 1)) return true;
    return false;
}

prism_status prs_build_root(prism_query *query, prs_node *root, prism_error *err) {
    if (too_deep(root, 1))
        return prs_error_set(err, PRISM_ELIMIT, "the query is nested deeper than %u levels",
                             PRISM_MAX_QUERY_DEPTH);
    query->root = root;
    return PRISM_OK;
}

const char *prs_node_kind_name(prs_node_kind kind) {
    static const char *const names[] = {"",     "all",    "none",   "term",  "phrase",
                                        "near", "prefix", "exists", "range", "bool",
                                        "max",  "const",  "text"};
    return (size_t)kind < PRS_COUNT(names) ? names[kind] : "";
}

static bool all_terms(prs_node *const *list, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (list[i]->kind != PRS_NODE_TERM) return false;
    return true;
}

/* Extras do not make another class. */
static const char *shape_of_bool(const prs_node *root) {
    if (root->n_must == 1 && root->n_should + root->n_must_not + root->n_filter == 0)
        return root->must[0]->kind == PRS_NODE_TERM ? "term" : "mixed";
    if (root->n_must_not + root->n_filter > 0) return "mixed";
    if (root->n_should == 0 && all_terms(root->must, root->n_must)) return "and";
    if (root->n_must == 0 && root->min_should <= 1 && all_terms(root->should, root->n_should))
        return "or";
    return "mixed";
}

/* word* with its stem beside it: const over bool over prefix and term. */
static bool is_prefix_with_stem(const prs_node *root) {
    const prs_node *either = root->kind == PRS_NODE_CONST ? root->must[0] : root;
    return either != root && either->kind == PRS_NODE_BOOL && either->n_should == 2 &&
           either->should[0]->kind == PRS_NODE_PREFIX && either->should[1]->kind == PRS_NODE_TERM;
}

const char *prs_query_shape(const prism_query *query) {
    const prs_node *root = query->root;
    switch (root != NULL ? root->kind : PRS_NODE_NONE) {
    case PRS_NODE_ALL:
    case PRS_NODE_NONE:
    case PRS_NODE_TERM:
    case PRS_NODE_PHRASE:
    case PRS_NODE_NEAR:
    case PRS_NODE_RANGE:
    case PRS_NODE_PREFIX: return prs_node_kind_name(root != NULL ? root->kind : PRS_NODE_NONE);
    case PRS_NODE_BOOL: return shape_of_bool(root);
    default: return is_prefix_with_stem(root) ? "prefix" : "mixed";
    }
}
