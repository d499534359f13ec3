/* weigh.c - what is each leaf of this query worth?
 *
 * Structure   query tree + statistics -> tree of the same shape with weights.  Two walks: the first
 *             finds every weight and adds them to W, in order of must, then should; W gives the
 *             shift, and the second walk writes it into every scorer.
 * Invariants  - The sum W is built in one fixed order, so that its rounding is part of the format.
 *             - A node below filter, must_not or const has scored = false and no weight.
 * Source      FORMAT.md section 17.
 * Tested by   tests/unit/search/test_weigh.c */
#include "search/weigh.h"

#include "base/error.h"
#include "search/leaf_fields.h"

typedef struct weighing {
    prs_arena *arena;
    const prism_snapshot *snap;
    const prism_schema *schema; /* of the query */
    const prs_weigh_opts *opts;
    double total; /* W */
} weighing;

static prism_status lacks(prism_error *err) {
    return prs_error_set(err, PRISM_EINVAL,
                         "the statistics given were not collected for this query");
}

static prism_status add_idf(const prism_stats *stats, uint32_t set, prs_bytes key, double *idf,
                            prism_error *err) {
    uint32_t word = prs_stats_find_word(stats, set, key);
    if (word == UINT32_MAX) return lacks(err);
    *idf += prs_score_idf(stats->sets[set].n_docs, stats->dfs[word]);
    return PRISM_OK;
}

/* Sum over the words, left to right. */
static prism_status leaf_idf(const weighing *w, const prs_node *node, uint32_t set, double *idf,
                             prism_error *err) {
    *idf = 0.0;
    if (w->opts->stats->sets[set].n_docs == 0) return PRISM_OK;
    if (node->kind == PRS_NODE_TERM) return add_idf(w->opts->stats, set, node->key, idf, err);
    for (uint32_t i = 0; i < node->n_slots; i++) {
        if (node->slots[i].idf_key.len == 0) continue;
        PRS_TRY(add_idf(w->opts->stats, set, node->slots[i].idf_key, idf, err));
    }
    return PRISM_OK;
}

static prism_status weigh_leaf(weighing *w, prs_weighted *at, prism_error *err) {
    const prs_node *node = at->node;
    const prism_stats *stats = w->opts->stats;
    prs_named_fields named;
    PRS_TRY(prs_leaf_fields_name(w->arena, w->schema, &node->fields, &named, err));
    uint32_t id = prs_stats_find_set(stats, named.names);
    if (id == UINT32_MAX || stats->sets[id].n_fields != named.n) return lacks(err);
    double idf;
    PRS_TRY(leaf_idf(w, node, id, &idf, err));
    uint64_t tokens = 0;
    bool has_lengths = false;
    for (uint32_t i = 0; i < named.n; i++) {
        tokens += named.sorted[i].weight * stats->sets[id].tokens[i];
        has_lengths = has_lengths || prs_leaf_field_has_lengths(w->schema, named.sorted[i].field);
    }
    at->scorer.w = (float)(at->boost * idf);
    prs_score_constants(&at->scorer, w->opts->k1, w->opts->b, has_lengths, stats->sets[id].n_docs,
                        tokens);
    w->total += (double)at->scorer.w;
    return PRISM_OK;
}

static prism_status weigh_node(weighing *w, const prs_node *node, double boost, bool scored,
                               prs_weighted *at, prism_error *err);

static prism_status weigh_children(weighing *w, prs_node *const *nodes, uint32_t n, double boost,
                                   bool scored, prs_weighted **out, prism_error *err) {
    *out = prs_arena_calloc(w->arena, n, sizeof **out);
    if (*out == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < n; i++) PRS_TRY(weigh_node(w, nodes[i], boost, scored, *out + i, err));
    return PRISM_OK;
}

/* Depth is bounded by PRISM_MAX_QUERY_DEPTH. */
static prism_status weigh_node(weighing *w, const prs_node *node, double boost, bool scored,
                               prs_weighted *at, prism_error *err) {
    at->node = node;
    at->scored = scored;
    at->boost = boost * node->boost;
    if (!(at->boost >= 0.0))
        return prs_error_set(err, PRISM_EINVAL, "a boost is negative or not a number");
    bool leaf = false, inner = scored;
    switch (node->kind) {
    case PRS_NODE_TERM:
    case PRS_NODE_PHRASE:
    case PRS_NODE_NEAR: leaf = true; break;
    case PRS_NODE_PREFIX:
    case PRS_NODE_EXISTS:
    case PRS_NODE_RANGE:
    case PRS_NODE_ALL:
    case PRS_NODE_CONST:
        at->constant = scored;
        inner = false;
        break;
    default: break;
    }
    if (node->fields.n > 0) {
        PRS_TRY(prs_leaf_fields_map(w->arena, w->schema, w->snap->schema, &node->fields,
                                    &at->fields, err));
    }
    if (at->constant) w->total += (double)(float)at->boost;
    if (leaf && scored) PRS_TRY(weigh_leaf(w, at, err));
    PRS_TRY(weigh_children(w, node->must, node->n_must, at->boost, inner, &at->must, err));
    PRS_TRY(weigh_children(w, node->should, node->n_should, at->boost, inner, &at->should, err));
    PRS_TRY(weigh_children(w, node->extra, node->n_extra, at->boost, inner, &at->extra, err));
    PRS_TRY(
        weigh_children(w, node->must_not, node->n_must_not, at->boost, false, &at->must_not, err));
    return weigh_children(w, node->filter, node->n_filter, at->boost, false, &at->filter, err);
}

static void set_scale(prs_weighted *at, float scale);

/* The sum of what they can give: below 2^30, for that is what the scale is chosen for. */
static int32_t set_scales(prs_weighted *children, uint32_t n, float scale) {
    int32_t most = 0;
    for (uint32_t i = 0; i < n; i++) {
        set_scale(&children[i], scale);
        most += children[i].most;
    }
    return most;
}

/* Depth is bounded by PRISM_MAX_QUERY_DEPTH. */
static void set_scale(prs_weighted *at, float scale) {
    const prs_node *node = at->node;
    if (!at->scored) return;
    at->scorer.scale = scale;
    if (at->constant)
        at->most = at->units = prs_score_units((float)at->boost, scale);
    else
        at->most = prs_score_units(at->scorer.w, scale); /* w / (1 + y), whatever the document */
    at->most += set_scales(at->must, node->n_must, scale);
    at->most += set_scales(at->should, node->n_should, scale);
    at->most += set_scales(at->extra, node->n_extra, scale);
}

/* ---- words that stand there twice ------------------------------------------------------------ */

#define PRS_REPEATS_AMONG 128u /* clauses are compared with each other up to so many */

static bool same_word(const prs_weighted *a, const prs_weighted *b) {
    if (a->node->kind != PRS_NODE_TERM || b->node->kind != PRS_NODE_TERM) return false;
    if (!a->scored || !b->scored || a->fields.n != b->fields.n) return false;
    if (memcmp(&a->scorer, &b->scorer, sizeof a->scorer) != 0) return false;
    for (uint32_t i = 0; i < a->fields.n; i++) {
        const prs_field_weight *x = &a->fields.ptr[i], *y = &b->fields.ptr[i];
        if (x->field != y->field || x->weight != y->weight) return false;
    }
    return prs_bytes_equal(a->node->key, b->node->key);
}

static void count_repeats(prs_weighted *children, uint32_t n) {
    for (uint32_t i = 1; i < n && n <= PRS_REPEATS_AMONG; i++) {
        for (uint32_t k = 0; k < i && !children[i].again; k++) {
            if (children[k].again || !same_word(&children[k], &children[i])) continue;
            children[i].again = true;
            children[k].more++;
            children[k].most += children[i].most;
        }
    }
}

/* The same word twice, where one match is enough: asked for once, its contribution counts twice,
 * which is exactly what two of them would add.  Depth is bounded by PRISM_MAX_QUERY_DEPTH. */
static void find_repeats(prs_weighted *at) {
    const prs_node *node = at->node;
    if (node->kind == PRS_NODE_BOOL) {
        if (node->min_should <= 1) count_repeats(at->should, node->n_should);
        count_repeats(at->extra, node->n_extra);
    }
    for (uint32_t i = 0; i < node->n_must; i++) find_repeats(&at->must[i]);
    for (uint32_t i = 0; i < node->n_should; i++) find_repeats(&at->should[i]);
    for (uint32_t i = 0; i < node->n_extra; i++) find_repeats(&at->extra[i]);
}

prism_status prs_weigh(prs_arena *arena, const prism_snapshot *snap, const prism_query *query,
                       const prs_weigh_opts *opts, prs_weights *out, prism_error *err) {
    weighing w = {arena, snap, query->schema, opts, 0.0};
    out->root = prs_arena_calloc(arena, 1, sizeof *out->root);
    if (out->root == NULL) return prs_error_nomem(err);
    PRS_TRY(weigh_node(&w, query->root, 1.0, true, out->root, err));
    prism_status status;
    out->shift = prs_score_shift(w.total, &status);
    if (status != PRISM_OK)
        return prs_error_set(err, status, "the boosts of the query are too large");
    set_scale(out->root, prs_score_scale(out->shift));
    find_repeats(out->root);
    return PRISM_OK;
}

prism_status prs_weigh_nothing(prs_arena *arena, const prism_snapshot *snap,
                               const prism_schema *schema, const prs_node *node, prs_weighted **out,
                               prism_error *err) {
    weighing w = {arena, snap, schema, NULL, 0.0};
    *out = prs_arena_calloc(arena, 1, sizeof **out);
    if (*out == NULL) return prs_error_nomem(err);
    return weigh_node(&w, node, 1.0, false, *out, err);
}

/* A BOOL over both, made after the scale was chosen: the filter has no part in it. */
prism_status prs_weigh_filter(prs_arena *arena, const prism_snapshot *snap,
                              const prism_query *filter, prs_weights *weights, prism_error *err) {
    prs_weighted *both = prs_arena_calloc(arena, 1, sizeof *both);
    prs_node *node = prs_arena_calloc(arena, 1, sizeof *node);
    if (both == NULL || node == NULL) return prs_error_nomem(err);
    node->kind = PRS_NODE_BOOL;
    node->boost = 1.0;
    node->n_must = node->n_filter = 1;
    both->node = node;
    both->boost = 1.0;
    both->scored = weights->root->scored;
    both->must = weights->root;
    both->most = weights->root->most;
    PRS_TRY(prs_weigh_nothing(arena, snap, filter->schema, filter->root, &both->filter, err));
    weights->root = both;
    return PRISM_OK;
}
