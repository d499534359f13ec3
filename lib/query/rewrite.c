/* rewrite.c - how does a tree of texts become a tree of terms?
 *
 *     parse tree, leaves TEXT -> for each leaf: analyzed once for each analyzer among its fields
 *                             -> rewrite_words.c, rewrite_phrase.c (leaf -> small tree)
 *                             -> rewrite_bool.c (every BOOL flattened and merged on the way up)
 *
 * Partition   A leaf over fields with different analyzers becomes one small tree for each analyzer,
 *             any of which may match: the terms of two analyzers cannot be one group. Within one
 *             analyzer all fields are one group, scored once.
 * Nothing     A leaf without a single term ("!?") is no leaf: NULL, and the operators beside it
 *             lose it. A leaf without fields to search matches nothing: NONE.
 * The result holds final kinds only (ast.h) and depends on the schema, never on an index.
 * Tested by   tests/unit/query/test_rewrite.c */
#include "query/rewrite.h"

#include "base/error.h"
#include "query/rewrite_bool.h"

/* ---- making nodes for a leaf -------------------------------------------------------------- */

prism_status prs_leaf_node(prs_leaf_text *text, prs_node_kind kind, prs_node **out) {
    prs_node *node = prs_build_node(text->rw->query, kind, text->rw->err);
    *out = node;
    if (node == NULL) return text->rw->err->code;
    node->at = text->leaf->at;
    node->at_len = text->leaf->at_len;
    if (kind != PRS_NODE_BOOL && kind != PRS_NODE_MAX && kind != PRS_NODE_CONST)
        node->fields = text->fields;
    return PRISM_OK;
}

prism_status prs_leaf_key(prs_leaf_text *text, uint8_t kind, prs_bytes term, prs_bytes *out) {
    *out = prs_build_key(text->rw->query, kind, term.ptr, term.len, text->rw->err);
    return out->ptr != NULL ? PRISM_OK : text->rw->err->code;
}

prism_status prs_leaf_term(prs_leaf_text *text, uint8_t kind, prs_bytes term, prs_node **out) {
    PRS_TRY(prs_leaf_node(text, PRS_NODE_TERM, out));
    return prs_leaf_key(text, kind, term, &(*out)->key);
}

prism_status prs_leaf_must(prs_leaf_text *text, prs_node *parent, prs_node *child) {
    return prs_build_child(text->rw->query, &parent->must, &parent->n_must, child, text->rw->err);
}

prism_status prs_leaf_should(prs_leaf_text *text, prs_node *parent, prs_node *child) {
    return prs_build_child(text->rw->query, &parent->should, &parent->n_should, child,
                           text->rw->err);
}

prism_status prs_leaf_add(prs_leaf_text *text, prs_node *parent, prs_node *child) {
    return text->leaf->required ? prs_leaf_must(text, parent, child)
                                : prs_leaf_should(text, parent, child);
}

/* Room in seen_nodes for id number n. */
static prism_status reserve_seen(prs_leaf_text *text, uint32_t n) {
    prs_mem *mem = text->seen.mem;
    if (n < text->seen_cap) return PRISM_OK;
    uint32_t cap = text->seen_cap == 0 ? 16 : text->seen_cap * 2;
    prs_node **nodes =
        prs_mem_resize(mem, text->seen_nodes, text->seen_cap * sizeof *nodes, cap * sizeof *nodes);
    if (nodes == NULL) return prs_error_nomem(text->rw->err);
    text->seen_nodes = nodes;
    text->seen_cap = cap;
    return PRISM_OK;
}

prism_status prs_leaf_add_term(prs_leaf_text *text, prs_node *parent, uint8_t kind, prs_bytes term,
                               double boost, bool stop) {
    uint32_t id;
    bool added;
    prs_bytes key;
    PRS_TRY(prs_leaf_key(text, kind, term, &key));
    PRS_TRY(reserve_seen(text, text->seen.n));
    if (prs_map_add(&text->seen, key, &id, &added) != PRISM_OK)
        return prs_error_nomem(text->rw->err);
    if (!added) {
        text->seen_nodes[id]->boost += boost;
        return PRISM_OK;
    }
    prs_node *node;
    PRS_TRY(prs_leaf_node(text, PRS_NODE_TERM, &node));
    node->key = key;
    node->boost = boost;
    node->stop = stop;
    text->seen_nodes[id] = node;
    return prs_leaf_add(text, parent, node);
}

/* ---- one leaf, one analyzer --------------------------------------------------------------- */

/* A whole value: one term, or the beginning of one. */
static prism_status make_value(prs_leaf_text *text, prs_node **out) {
    const prs_reading *reading = &text->reading;
    *out = NULL;
    if (reading->tokens.n == 0) return PRISM_OK;
    bool prefix = text->leaf->prefix_last;
    PRS_TRY(prs_leaf_node(text, prefix ? PRS_NODE_PREFIX : PRS_NODE_TERM, out));
    const prs_read_token *value = &reading->tokens.ptr[0];
    return prs_leaf_key(text, value->kind, prs_reading_term(reading, value), &(*out)->key);
}

static prism_status make_leaf(prs_leaf_text *text, prs_node **out) {
    const prs_node *leaf = text->leaf;
    if (prs_field_analyzers_is_whole(text->rw->analyzers, text->reading.group))
        return make_value(text, out);
    if (!leaf->quoted) return prs_leaf_words(text, out);
    prs_phrase_opts opts = {true, leaf->prefix_last, leaf->near, leaf->slop};
    return prs_leaf_phrase(text, 0, (uint32_t)text->reading.places.n, &opts, out);
}

/* The fields of a group among the leaf's, and those of them with positions. */
static prism_status pick_fields(prs_leaf_text *text, uint32_t group) {
    prs_rewrite *rw = text->rw;
    const prs_fields all = text->leaf->fields;
    prs_field_weight *list = prs_build_alloc(rw->query, 2 * all.n * sizeof *list, rw->err);
    if (list == NULL) return PRISM_ENOMEM;
    prs_field_weight *positioned = list + all.n;
    uint32_t n = 0, m = 0;
    for (uint32_t i = 0; i < all.n; i++) {
        if (prs_field_analyzers_group(rw->analyzers, all.ptr[i].field) != group) continue;
        list[n++] = all.ptr[i];
        if (rw->query->schema->fields[all.ptr[i].field].flags & PRISM_FIELD_POSITIONS)
            positioned[m++] = all.ptr[i];
    }
    text->fields = (prs_fields){list, n};
    text->positioned = (prs_fields){positioned, m};
    return PRISM_OK;
}

static prism_status rewrite_group(prs_rewrite *rw, const prs_node *leaf, uint32_t group,
                                  prs_node **out) {
    prs_leaf_text text = {.rw = rw, .leaf = leaf};
    *out = NULL;
    PRS_TRY(pick_fields(&text, group));
    /* the query's own words: nobody else pays for a collision */
    prs_map_init(&text.seen, &rw->query->mem, 0);
    prism_status status = prs_reading_init(&text.reading, &rw->query->mem, rw->analyzers, group,
                                           PRS_AS_INDEXED, leaf->text, leaf->text_len, rw->err);
    if (status == PRISM_OK) status = make_leaf(&text, out);
    prs_reading_fini(&text.reading);
    prs_mem_free(&rw->query->mem, text.seen_nodes, text.seen_cap * sizeof *text.seen_nodes);
    prs_map_fini(&text.seen);
    return status;
}

/* Is the group of field number i of the leaf that of an earlier field? */
static bool is_done(const prs_rewrite *rw, prs_fields fields, uint32_t i, uint32_t group) {
    for (uint32_t k = 0; k < i; k++) {
        if (prs_field_analyzers_group(rw->analyzers, fields.ptr[k].field) == group) return true;
    }
    return false;
}

static prism_status rewrite_leaf(prs_rewrite *rw, const prs_node *leaf, prs_node **out) {
    prs_node *any = NULL;
    *out = NULL;
    for (uint32_t i = 0; i < leaf->fields.n; i++) {
        uint32_t group = prs_field_analyzers_group(rw->analyzers, leaf->fields.ptr[i].field);
        prs_node *node;
        if (group == PRS_NO_GROUP || is_done(rw, leaf->fields, i, group)) continue;
        PRS_TRY(rewrite_group(rw, leaf, group, &node));
        if (node == NULL) continue;
        if (*out != NULL && any == NULL) {
            any = prs_build_node(rw->query, PRS_NODE_BOOL, rw->err);
            if (any == NULL) return rw->err->code;
            PRS_TRY(prs_build_child(rw->query, &any->should, &any->n_should, *out, rw->err));
        }
        if (any != NULL)
            PRS_TRY(prs_build_child(rw->query, &any->should, &any->n_should, node, rw->err));
        *out = node;
    }
    if (any != NULL) *out = any;
    if (leaf->fields.n == 0) *out = prs_build_node(rw->query, PRS_NODE_NONE, rw->err);
    if (leaf->fields.n == 0 && *out == NULL) return rw->err->code;
    if (*out != NULL) (*out)->boost *= leaf->boost;
    return PRISM_OK;
}

/* ---- the tree ----------------------------------------------------------------------------- */

static prism_status rewrite_node(prs_rewrite *rw, prs_node *node, prs_node **out);

static prism_status rewrite_list(prs_rewrite *rw, prs_node **list, uint32_t *n) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *n; i++) {
        PRS_TRY(rewrite_node(rw, list[i], &list[kept]));
        if (list[kept] != NULL) kept++;
    }
    *n = kept;
    return PRISM_OK;
}

static prism_status rewrite_node(prs_rewrite *rw, prs_node *node, prs_node **out) {
    if (node->kind == PRS_NODE_TEXT) {
        rw->query->n_nodes--; /* its replacement counts instead */
        PRS_TRY(rewrite_leaf(rw, node, &node));
    }
    *out = node;
    if (node == NULL || node->kind != PRS_NODE_BOOL) return PRISM_OK;
    PRS_TRY(rewrite_list(rw, node->must, &node->n_must));
    PRS_TRY(rewrite_list(rw, node->should, &node->n_should));
    PRS_TRY(rewrite_list(rw, node->must_not, &node->n_must_not));
    return prs_rewrite_bool(rw, node, out);
}

prism_status prs_rewrite_tree(prs_rewrite *rw, prs_node *root, prs_node **out) {
    *out = NULL;
    return root == NULL ? PRISM_OK : rewrite_node(rw, root, out);
}
