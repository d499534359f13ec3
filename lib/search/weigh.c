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
#include "base/hash.h"
#include "search/leaf_fields.h"
#include "search/word_df.h"

#define FOUND_KEPT 64u /* leaves times fields of a word whose places are handed to the plan */

/* The fields of a leaf, and what they hold.  Most leaves of a query have those of the leaf
 * before. */
typedef struct leaf_set {
    prs_fields asked; /* numbers of the query's schema; n 0 = none yet */
    prs_fields here;  /* of the snapshot's */
    bool weighed;     /* the rest is known, too */
    uint32_t id;      /* in the statistics given */
    bool has_lengths;
    uint64_t n_docs, tokens; /* tokens weighted */
} leaf_set;

/* A word of several fields, which is dear to count. */
typedef struct counted_word counted_word;
struct counted_word {
    prs_fields here;
    prs_bytes key;
    uint64_t hash, df;
    const prs_found *found;
    counted_word *next;
};

typedef struct weighing {
    prs_arena *arena;
    const prism_snapshot *snap;
    const prism_schema *schema; /* of the query */
    const prs_weigh_opts *opts;
    double total; /* W */
    leaf_set set;
    counted_word *counted;
} weighing;

static prism_status lacks(prism_error *err) {
    return prs_error_set(err, PRISM_EINVAL,
                         "the statistics given were not collected for this query");
}

/* ---- fields ---------------------------------------------------------------------------------- */

static bool same_fields(const prs_fields *a, const prs_fields *b) {
    bool same = a->n == b->n;
    for (uint32_t i = 0; same && i < a->n; i++)
        same = a->ptr[i].field == b->ptr[i].field && a->ptr[i].weight == b->ptr[i].weight;
    return same;
}

static prism_status map_fields(weighing *w, const prs_node *node, prs_weighted *at,
                               prism_error *err) {
    leaf_set *set = &w->set;
    if (set->asked.n == 0 || !same_fields(&set->asked, &node->fields)) {
        PRS_TRY(prs_leaf_fields_map(w->arena, w->schema, w->snap->schema, &node->fields, &set->here,
                                    err));
        set->asked = node->fields;
        set->weighed = false;
    }
    at->fields = set->here;
    return PRISM_OK;
}

/* Documents and tokens of the set: given, or counted. */
static prism_status read_set(weighing *w, const prs_named_fields *named, prs_stats_set *out,
                             prism_error *err) {
    const prism_stats *stats = w->opts->stats;
    if (stats != NULL) {
        w->set.id = prs_stats_find_set(stats, named->names);
        if (w->set.id == UINT32_MAX || stats->sets[w->set.id].n_fields != named->n)
            return lacks(err);
        *out = stats->sets[w->set.id];
        return PRISM_OK;
    }
    *out = (prs_stats_set){0, prs_arena_calloc(w->arena, named->n, sizeof *out->tokens), named->n};
    if (out->tokens == NULL) return prs_error_nomem(err);
    return prs_stats_count_set(w->snap, w->schema, named, &w->set.here, w->arena, out, err);
}

/* The fields of the node, which are mapped. */
static prism_status weigh_set(weighing *w, const prs_node *node, prism_error *err) {
    leaf_set *set = &w->set;
    if (set->weighed) return PRISM_OK;
    prs_named_fields named;
    prs_stats_set counts;
    PRS_TRY(prs_leaf_fields_name(w->arena, w->schema, &node->fields, &named, err));
    PRS_TRY(read_set(w, &named, &counts, err));
    set->n_docs = counts.n_docs;
    set->tokens = 0;
    set->has_lengths = false;
    for (uint32_t i = 0; i < named.n; i++) {
        uint16_t field = named.sorted[i].field;
        set->tokens += named.sorted[i].weight * counts.tokens[i];
        set->has_lengths = set->has_lengths || prs_leaf_field_has_lengths(w->schema, field);
    }
    set->weighed = true;
    return PRISM_OK;
}

/* ---- words ----------------------------------------------------------------------------------- */

/* Documents of a word in all segments, and where each has it. */
static prism_status find_word(weighing *w, prs_bytes key, counted_word *out, prism_error *err) {
    const prism_snapshot *snap = w->snap;
    uint32_t n = w->set.here.n;
    bool keep = (uint64_t)n * snap->n_leaves <= FOUND_KEPT;
    uint32_t room = keep ? n * snap->n_leaves : n;
    prs_found *found = prs_arena_alloc(w->arena, sizeof *found + room * sizeof found->infos[0]);
    if (found == NULL) return prs_error_nomem(err);
    found->leaves = snap->leaves;
    found->n_fields = n;
    *out = (counted_word){.here = w->set.here, .key = key, .found = keep ? found : NULL};
    for (uint32_t s = 0; s < snap->n_leaves; s++) {
        uint32_t df;
        PRS_TRY(prs_watch_tick(w->opts->watch, err));
        PRS_TRY(prs_word_df(snap->leaves[s].segment, &w->set.here, key, w->arena->mem,
                            w->opts->watch, found->infos + (keep ? s * n : 0), &df, err));
        out->df += df;
    }
    return PRISM_OK;
}

/* The same, remembered where it is more than look-ups. */
static prism_status count_word(weighing *w, prs_bytes key, counted_word *out, prism_error *err) {
    if (w->set.here.n < 2) return find_word(w, key, out, err);
    uint64_t hash = prs_hash64(key.ptr, key.len, 0);
    for (const counted_word *c = w->counted; c != NULL; c = c->next) {
        if (c->hash != hash || !prs_bytes_equal(c->key, key) ||
            !same_fields(&c->here, &w->set.here))
            continue;
        *out = *c;
        return PRISM_OK;
    }
    PRS_TRY(find_word(w, key, out, err));
    counted_word *kept = prs_arena_alloc(w->arena, sizeof *kept);
    if (kept == NULL) return prs_error_nomem(err);
    out->hash = hash;
    out->next = w->counted;
    *kept = *out;
    w->counted = kept;
    return PRISM_OK;
}

static prism_status add_idf(weighing *w, prs_bytes key, double *idf, const prs_found **found,
                            prism_error *err) {
    const prism_stats *stats = w->opts->stats;
    counted_word counted;
    if (stats == NULL) {
        PRS_TRY(count_word(w, key, &counted, err));
        *found = counted.found;
    } else {
        uint32_t word = prs_stats_find_word(stats, w->set.id, key);
        if (word == UINT32_MAX) return lacks(err);
        counted.df = stats->dfs[word];
    }
    if (w->set.n_docs != 0) *idf += prs_score_idf(w->set.n_docs, counted.df);
    return PRISM_OK;
}

/* Sum over the words, left to right. */
static prism_status leaf_idf(weighing *w, const prs_node *node, double *idf,
                             const prs_found **found, prism_error *err) {
    const prs_found *ignored;
    *idf = 0.0;
    if (w->set.n_docs == 0 && w->opts->stats != NULL) return PRISM_OK;
    if (node->kind == PRS_NODE_TERM) return add_idf(w, node->key, idf, found, err);
    for (uint32_t i = 0; i < node->n_slots; i++) {
        if (node->slots[i].idf_key.len == 0) continue;
        PRS_TRY(add_idf(w, node->slots[i].idf_key, idf, &ignored, err));
    }
    return PRISM_OK;
}

static prism_status weigh_leaf(weighing *w, prs_weighted *at, prism_error *err) {
    double idf;
    PRS_TRY(weigh_set(w, at->node, err));
    PRS_TRY(leaf_idf(w, at->node, &idf, &at->found, err));
    at->scorer.w = (float)(at->boost * idf);
    prs_score_constants(&at->scorer, w->opts->k1, w->opts->b, w->set.has_lengths, w->set.n_docs,
                        w->set.tokens);
    w->total += (double)at->scorer.w;
    return PRISM_OK;
}

static prism_status weigh_node(weighing *w, const prs_node *node, double boost, bool scored,
                               prs_weighted *at, prism_error *err);

static prism_status weigh_children(weighing *w, prs_node *const *nodes, uint32_t n, double boost,
                                   bool scored, prs_weighted **out, prism_error *err) {
    *out = NULL;
    if (n == 0) return PRISM_OK;
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
    at->boost = boost * node->boost + 0.0; /* -0 becomes 0 */
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
    if (node->fields.n > 0 || leaf) PRS_TRY(map_fields(w, node, at, err));
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
    weighing w = {.arena = arena, .snap = snap, .schema = query->schema, .opts = opts};
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
    weighing w = {.arena = arena, .snap = snap, .schema = schema};
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
