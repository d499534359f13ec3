/* plan.c - which cursors answer this query over this segment?
 *
 * Structure   weighted node        cursor
 *             TERM                 cur_term, over the fields that have the word here
 *             PHRASE, NEAR         cur_phrase
 *             PREFIX EXISTS RANGE  cur_set: found beforehand
 *             ALL, CONST           cur_const
 *             MAX                  cur_max of the children that have anything here
 *             BOOL                 cur_and of (must, filter, any-of(should) if some should is
 *                                  needed), with the other shoulds and the extras as optional and
 *                                  must_not taken away; or, of one child or only shoulds, cur_or,
 *                                  which takes the extras itself
 *             What does not score (filters, what is prohibited, all of it when counting) becomes
 *             sets instead: sieve.h.
 * Invariants  - A child that matches nothing here is dropped, or makes its parent match nothing; so
 *               no cursor has an empty child, and a word that a segment does not know costs one
 *               look-up.
 *             - Levels of cursors are at most PRS_PLAN_MAX_DEPTH, so that their calls may nest.
 * Tested by   tests/unit/search/test_plan.c, test_pruning.c */
#include "search/plan.h"

#include "search/filter_set.h"
#include "search/sieve.h"

void prs_plan_init(prs_plan *plan, prs_mem *mem, prs_watch *watch) {
    memset(plan, 0, offsetof(prs_plan, scratch));
    plan->mem = mem;
    plan->watch = watch;
    prs_arena_init(&plan->arena, mem, (size_t)16 << 10);
}

void prs_plan_lend(prs_plan *plan, prs_spares *spares, prs_spares *arenas) {
    plan->spares = spares;
    prs_arena_init_spares(&plan->arena, plan->mem, (size_t)16 << 10, arenas);
}

static void release_bufs(prs_plan *plan) {
    for (prs_plan_buf *at = plan->bufs; at != NULL; at = at->next) prs_buf_fini(&at->buf);
    for (prs_plan_bits *at = plan->held; at != NULL; at = at->next) prs_bits_unref(at->bits);
    plan->bufs = NULL;
    plan->sets = NULL;
    plan->held = NULL;
    plan->n_tables = 0;
}

void prs_plan_fini(prs_plan *plan) {
    release_bufs(plan);
    for (uint32_t i = 0; i < plan->n_scratch; i++) {
        prs_scratch_free(plan->scratch[i], plan->mem, plan->spares);
    }
    prs_arena_fini(&plan->arena);
}

prism_status prs_plan_buffer(prs_plan *plan, prs_buf **out, prism_error *err) {
    prs_plan_buf *at = prs_arena_alloc(&plan->arena, sizeof *at);
    if (at == NULL) return prs_error_nomem(err);
    prs_buf_init(&at->buf, plan->mem);
    at->next = plan->bufs;
    plan->bufs = at;
    *out = &at->buf;
    return PRISM_OK;
}

/* Taken once, kept from segment to segment. */
prism_status prs_plan_scratch(prs_plan *plan, uint32_t depth, prs_scratch **out, prism_error *err) {
    while (plan->n_scratch <= depth) plan->scratch[plan->n_scratch++] = NULL;
    if (plan->scratch[depth] == NULL)
        plan->scratch[depth] = prs_scratch_new(plan->mem, plan->spares);
    *out = plan->scratch[depth];
    return *out == NULL ? prs_error_nomem(err) : PRISM_OK;
}

prism_status prs_plan_cursor(prs_plan *plan, size_t size, const prs_cursor_ops *ops, uint32_t depth,
                             bool scored, void *out, prism_error *err) {
    if (depth >= PRS_PLAN_MAX_DEPTH)
        return prs_error_set(err, PRISM_ELIMIT, "the query is nested too deeply");
    prs_cursor *c = prs_arena_calloc(&plan->arena, 1, size);
    if (c == NULL) return prs_error_nomem(err);
    c->ops = ops;
    c->plan = plan;
    c->scored = scored;
    memcpy(out, &c, sizeof c);
    return PRISM_OK;
}

prism_status prs_plan_find(const prs_plan *plan, const prs_weighted *at, uint32_t i,
                           prs_term_info *space, const prs_term_info **info, prism_error *err) {
    const prs_segment_field *field = &plan->segment->fields[at->fields.ptr[i].field];
    bool has;
    *info = space;
    if (at->found != NULL) {
        size_t leaf = (size_t)(plan->leaf - at->found->leaves);
        *info = &at->found->infos[leaf * at->found->n_fields + i];
    } else if (field->present) {
        return prs_terms_find(&field->terms, at->node->key, space, &has, err);
    } else {
        space->df = 0;
    }
    return PRISM_OK;
}

prism_status prs_plan_hold(prs_plan *plan, prs_bits *bits, prism_error *err) {
    prs_plan_bits *held = prs_arena_alloc(&plan->arena, sizeof *held);
    if (held == NULL) {
        prs_bits_unref(bits);
        return prs_error_nomem(err);
    }
    *held = (prs_plan_bits){bits, plan->held};
    plan->held = held;
    return PRISM_OK;
}

static prism_status plan_node(prs_plan *plan, const prs_weighted *at, uint32_t depth, bool scored,
                              prs_cursor **out, prism_error *err);

/* Plan n children into a new array; those that match nothing are left out. */
static prism_status plan_children(prs_plan *plan, const prs_weighted *children, uint32_t n,
                                  uint32_t depth, bool scored, prs_cursor ***out, uint32_t *n_out,
                                  prism_error *err) {
    prs_cursor **made = prs_arena_alloc(&plan->arena, n * sizeof *made);
    if (made == NULL) return prs_error_nomem(err);
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (children[i].again) continue;
        PRS_TRY(plan_node(plan, &children[i], depth, scored, &made[m], err));
        if (made[m] != NULL) m++;
    }
    *out = made;
    *n_out = m;
    return PRISM_OK;
}

/* Cursors in one array. */
typedef struct several {
    prs_cursor **ptr;
    uint32_t n;
} several;

static prism_status join(prs_plan *plan, several a, several b, several *out, prism_error *err) {
    out->ptr = prs_arena_alloc(&plan->arena, (a.n + b.n) * sizeof *out->ptr);
    if (out->ptr == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < a.n; i++) out->ptr[i] = a.ptr[i];
    for (uint32_t i = 0; i < b.n; i++) out->ptr[a.n + i] = b.ptr[i];
    out->n = a.n + b.n;
    return PRISM_OK;
}

static prism_status make_all_of(prs_plan *plan, const prs_and_parts *parts, uint32_t depth,
                                bool scored, prs_cursor **out, prism_error *err) {
    if (!scored) return prs_cur_all_make(plan, parts, depth, out, err);
    return prs_cur_and_make(plan, parts, depth, true, out, err);
}

/* The cursor of "at least min of these, and extra adds to their score"; NULL if there are not so
 * many. */
static prism_status plan_any_of(prs_plan *plan, several these, uint32_t min, several extra,
                                uint32_t depth, bool scored, prs_cursor **out, prism_error *err) {
    *out = NULL;
    if (these.n < min || these.n == 0) return PRISM_OK;
    if (these.n == 1 && extra.n == 0) {
        *out = these.ptr[0];
        return PRISM_OK;
    }
    if (min == these.n && min > 1) {
        prs_and_parts parts = {these.ptr, extra.ptr, NULL, these.n, extra.n, 0, false};
        return make_all_of(plan, &parts, depth, scored, out, err);
    }
    if (!scored) /* extras only add to the score */
        return prs_cur_any_make(plan, these.ptr, these.n, PRS_MAX(min, 1), depth, out, err);
    several all;
    PRS_TRY(join(plan, these, extra, &all, err));
    return prs_cur_or_make(plan, all.ptr, these.n, extra.n, PRS_MAX(min, 1), depth, scored, out,
                           err);
}

/* Children that must match: must (scored) and filter (not).  *none if one of them matches
 * nothing. */
static prism_status plan_required(prs_plan *plan, const prs_weighted *at, uint32_t depth,
                                  bool scored, prs_and_parts *parts, bool *none, prism_error *err) {
    const prs_node *node = at->node;
    uint32_t n_must, n_filter;
    prs_cursor **must, **filter;
    PRS_TRY(plan_children(plan, at->must, node->n_must, depth, scored, &must, &n_must, err));
    *none = n_must < node->n_must;
    if (*none) return PRISM_OK;
    PRS_TRY(plan_children(plan, at->filter, node->n_filter, depth, false, &filter, &n_filter, err));
    *none = n_filter < node->n_filter;
    /* one for any-of */
    parts->required = prs_arena_alloc(&plan->arena, (n_must + n_filter + 1) * sizeof *must);
    if (parts->required == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < n_must; i++) parts->required[i] = must[i];
    for (uint32_t i = 0; i < n_filter; i++) parts->required[n_must + i] = filter[i];
    parts->n_required = n_must + n_filter;
    return PRISM_OK;
}

/* Shoulds that are needed become one required child, which takes the extras; else all are
 * optional. */
static prism_status plan_should(prs_plan *plan, const prs_weighted *at, uint32_t depth, bool scored,
                                prs_and_parts *parts, bool *none, prism_error *err) {
    const prs_node *node = at->node;
    uint32_t min = node->min_should;
    if (node->n_must + node->n_filter == 0 && node->n_should > 0) min = PRS_MAX(min, 1);
    several should = {0}, extra = {0};
    uint32_t below = min == 0 && node->n_should < 2 ? depth : depth + 1;
    if (scored) { /* else they would only add to the score */
        PRS_TRY(
            plan_children(plan, at->extra, node->n_extra, below, true, &extra.ptr, &extra.n, err));
    }
    if (scored || min > 0) {
        PRS_TRY(plan_children(plan, at->should, node->n_should, below, scored, &should.ptr,
                              &should.n, err));
    }
    if (min == 0) {
        several optional;
        parts->has_should = should.n > 0;
        if (should.n > 1) {
            several no_extra = {0};
            prs_cursor *any;
            PRS_TRY(plan_any_of(plan, should, 1, no_extra, depth, scored, &any, err));
            should.ptr[0] = any;
            should.n = 1;
        }
        PRS_TRY(join(plan, should, extra, &optional, err));
        parts->optional = optional.ptr;
        parts->n_optional = optional.n;
        return PRISM_OK;
    }
    prs_cursor *any;
    PRS_TRY(plan_any_of(plan, should, min, extra, depth, scored, &any, err));
    *none = any == NULL;
    if (!*none) parts->required[parts->n_required++] = any;
    return PRISM_OK;
}

static prism_status plan_bool(prs_plan *plan, const prs_weighted *at, uint32_t depth, bool scored,
                              prs_cursor **out, prism_error *err) {
    prs_and_parts parts = {0};
    bool none = false;
    PRS_TRY(plan_required(plan, at, depth + 1, scored, &parts, &none, err));
    if (!none) PRS_TRY(plan_should(plan, at, depth + 1, scored, &parts, &none, err));
    if (none) return PRISM_OK;
    PRS_TRY(plan_children(plan, at->must_not, at->node->n_must_not, depth + 1, false,
                          &parts.prohibited, &parts.n_prohibited, err));
    if (parts.n_required == 0) { /* nothing but must_not: all others, with score 0 */
        PRS_TRY(prs_cur_const_make(plan, NULL, 0, depth + 1, false, &parts.required[0], err));
        parts.n_required = 1;
    }
    if (parts.n_required == 1 && parts.n_prohibited == 0 && !parts.has_should) {
        several one = {parts.required, 1}, optional = {parts.optional, parts.n_optional};
        return plan_any_of(plan, one, 1, optional, depth, scored, out, err);
    }
    return make_all_of(plan, &parts, depth, scored, out, err);
}

static prism_status plan_max(prs_plan *plan, const prs_weighted *at, uint32_t depth, bool scored,
                             prs_cursor **out, prism_error *err) {
    uint32_t n;
    prs_cursor **children;
    PRS_TRY(
        plan_children(plan, at->should, at->node->n_should, depth + 1, scored, &children, &n, err));
    if (n == 0) return PRISM_OK;
    if (n == 1) {
        *out = children[0];
        return PRISM_OK;
    }
    if (!scored) return prs_cur_any_make(plan, children, n, 1, depth, out, err);
    return prs_cur_max_make(plan, children, n, depth, scored, out, err);
}

static prism_status plan_const(prs_plan *plan, const prs_weighted *at, uint32_t depth, bool scored,
                               prs_cursor **out, prism_error *err) {
    if (at->node->kind == PRS_NODE_ALL) {
        return prs_cur_const_make(plan, NULL, at->units, depth, scored, out, err);
    }
    if (at->node->n_must != 1)
        return prs_error_set(err, PRISM_EINVAL, "a const node has one child");
    prs_cursor *child;
    PRS_TRY(plan_node(plan, &at->must[0], depth + 1, false, &child, err));
    *out = child;
    if (child == NULL || !scored) return PRISM_OK;
    return prs_cur_const_make(plan, child, at->units, depth, scored, out, err);
}

static prism_status make_cursor(prs_plan *plan, const prs_weighted *at, uint32_t depth, bool scored,
                                prs_cursor **out, prism_error *err) {
    switch (at->node->kind) {
    case PRS_NODE_NONE: return PRISM_OK;
    case PRS_NODE_TERM:
        if (!scored) return prs_cur_list_make(plan, at, depth, out, err);
        return prs_cur_term_make(plan, at, depth, true, out, err);
    case PRS_NODE_PHRASE:
    case PRS_NODE_NEAR: return prs_cur_phrase_make(plan, at, depth, scored, out, err);
    case PRS_NODE_PREFIX:
    case PRS_NODE_EXISTS:
    case PRS_NODE_RANGE:
        if (!scored && prs_cur_range_can(plan, at))
            return prs_cur_range_make(plan, at, depth, out, err);
        return prs_cur_set_make(plan, at, depth, scored, out, err);
    case PRS_NODE_ALL:
    case PRS_NODE_CONST: return plan_const(plan, at, depth, scored, out, err);
    case PRS_NODE_BOOL: return plan_bool(plan, at, depth, scored, out, err);
    case PRS_NODE_MAX: return plan_max(plan, at, depth, scored, out, err);
    case PRS_NODE_TEXT: break;
    }
    return prs_error_set(err, PRISM_EINVAL, "the query was not rewritten");
}

/* The filter that may be kept, by its documents. */
static prism_status plan_kept(prs_plan *plan, const prs_weighted *at, uint32_t depth,
                              prs_cursor **out, prism_error *err) {
    prs_bits *bits;
    prs_cursor *itself = NULL;
    PRS_TRY(prs_filter_set_find(plan, plan->kept, &bits, err));
    if (bits == NULL) {
        PRS_TRY(make_cursor(plan, at, depth, false, &itself, err));
        PRS_TRY(prs_filter_set_make(plan, plan->kept, itself, &bits, err));
    }
    if (bits->n == 0) return PRISM_OK;
    return prs_cur_words_make(plan, bits->set.words, bits->n, 0, depth, false, out, err);
}

/* Depth is bounded by PRISM_MAX_QUERY_DEPTH. */
static prism_status plan_node(prs_plan *plan, const prs_weighted *at, uint32_t depth, bool scored,
                              prs_cursor **out, prism_error *err) {
    *out = NULL;
    scored = scored && at->scored;
    if (plan->kept != NULL && plan->kept->at == at && prs_filter_set_fits(plan, plan->kept))
        return plan_kept(plan, at, depth, out, err);
    PRS_TRY(make_cursor(plan, at, depth, scored, out, err));
    if (*out != NULL) (*out)->most = scored ? at->most : 0;
    return PRISM_OK;
}

prism_status prs_plan_make(prs_plan *plan, const prs_leaf *leaf, const prs_weighted *root,
                           bool scored, prism_error *err) {
    release_bufs(plan);
    prs_arena_reset(&plan->arena);
    plan->map = NULL;
    plan->leaf = leaf;
    plan->segment = leaf->segment;
    plan->n_docs = leaf->segment->n_docs;
    plan->scored = scored;
    return plan_node(plan, root, 0, scored, &plan->root, err);
}

int32_t prs_plan_prime(const prs_plan *plan, uint32_t k) {
    const prs_cursor *root = plan->root;
    if (root == NULL || root->ops->prime == NULL || k > UINT32_MAX - plan->leaf->n_deleted)
        return 0;
    return root->ops->prime(root, k + plan->leaf->n_deleted);
}
