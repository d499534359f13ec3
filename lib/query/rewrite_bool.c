/* rewrite_bool.c - which simpler tree says the same as this BOOL?
 *
 *     should[a, bool{should[b, c]}^2]          -> should[a, b^2, c^2]
 *     must[a, bool{must[b], must_not[c]}]      -> must[a, b], must_not[c]
 *     must_not[bool{should[a, b]}]             -> must_not[a, b]
 *     should[a] alone                          -> a
 *     should[the, cat]                         -> must[cat], extra[the^.3]      "the": a stop word
 *     should[a, b, a^2]                        -> should[a^3, b]
 *     must_not[a] alone                        -> filter[all], must_not[a]
 *
 * Boosts are products along the path, so a BOOL that is dissolved hands its boost to its children;
 * the sum of two equal clauses is one clause of both boosts (contributions are linear in the
 * weight).
 * NONE in must makes the whole NONE; in should and must_not it goes away.  ALL in must_not makes
 * NONE.
 * The children have been through here already: one level of dissolving is enough.  A BOOL that is
 * dissolved no longer counts among the query's nodes.
 * Afterwards min_should is 1 exactly where should is all there is, else 0.
 * Tested by tests/unit/query/test_rewrite_bool.c */
#include "query/rewrite_bool.h"

#include "base/error.h"
#include "query/part_weights.h"

typedef struct lists {
    prs_node **must, **should, **must_not, **filter, **extra;
    uint32_t n_must, n_should, n_must_not, n_filter, n_extra;
    bool impossible;
} lists;

static prism_status push(prs_rewrite *rw, prs_node ***list, uint32_t *n, prs_node *child) {
    return prs_build_child(rw->query, list, n, child, rw->err);
}

static bool only_should(const prs_node *node) {
    return node->kind == PRS_NODE_BOOL && node->n_must + node->n_must_not + node->n_filter == 0 &&
           node->min_should <= 1;
}

static bool no_should(const prs_node *node) {
    return node->kind == PRS_NODE_BOOL && node->n_should == 0;
}

/* One clause that must match, and perhaps extras. */
static bool one_must(const prs_node *node) {
    return node->kind == PRS_NODE_BOOL && node->n_must == 1 &&
           node->n_should + node->n_must_not + node->n_filter == 0;
}

/* ---- dissolving --------------------------------------------------------------------------- */

/* Give the clauses of a child to a list of ours, with its boost. */
static prism_status hand_over(prs_rewrite *rw, const prs_node *child, prs_node *const *from,
                              uint32_t n_from, prs_node ***list, uint32_t *n) {
    for (uint32_t i = 0; i < n_from; i++) {
        from[i]->boost = child->boost * from[i]->boost;
        PRS_TRY(push(rw, list, n, from[i]));
    }
    return PRISM_OK;
}

static prism_status add_should(prs_rewrite *rw, lists *to, prs_node *child) {
    if (child->kind == PRS_NODE_NONE) return PRISM_OK;
    if (!only_should(child) && !one_must(child)) return push(rw, &to->should, &to->n_should, child);
    rw->query->n_nodes--;
    PRS_TRY(hand_over(rw, child, child->should, child->n_should, &to->should, &to->n_should));
    PRS_TRY(hand_over(rw, child, child->must, child->n_must, &to->should, &to->n_should));
    return hand_over(rw, child, child->extra, child->n_extra, &to->extra, &to->n_extra);
}

static prism_status add_must_not(prs_rewrite *rw, lists *to, prs_node *child) {
    if (child->kind == PRS_NODE_NONE) return PRISM_OK;
    if (child->kind == PRS_NODE_ALL) to->impossible = true;
    if (one_must(child)) return push(rw, &to->must_not, &to->n_must_not, child->must[0]);
    if (!only_should(child)) return push(rw, &to->must_not, &to->n_must_not, child);
    rw->query->n_nodes--;
    for (uint32_t i = 0; i < child->n_should; i++) {
        PRS_TRY(push(rw, &to->must_not, &to->n_must_not, child->should[i]));
    }
    return PRISM_OK;
}

static prism_status add_must(prs_rewrite *rw, lists *to, prs_node *child) {
    if (child->kind == PRS_NODE_NONE) to->impossible = true;
    if (!no_should(child)) return push(rw, &to->must, &to->n_must, child);
    rw->query->n_nodes--;
    PRS_TRY(hand_over(rw, child, child->must, child->n_must, &to->must, &to->n_must));
    PRS_TRY(hand_over(rw, child, child->extra, child->n_extra, &to->extra, &to->n_extra));
    for (uint32_t i = 0; i < child->n_must_not; i++)
        PRS_TRY(add_must_not(rw, to, child->must_not[i]));
    for (uint32_t i = 0; i < child->n_filter; i++)
        PRS_TRY(push(rw, &to->filter, &to->n_filter, child->filter[i]));
    return PRISM_OK;
}

static prism_status dissolve(prs_rewrite *rw, const prs_node *node, lists *to) {
    for (uint32_t i = 0; i < node->n_should; i++) PRS_TRY(add_should(rw, to, node->should[i]));
    for (uint32_t i = 0; i < node->n_must; i++) PRS_TRY(add_must(rw, to, node->must[i]));
    for (uint32_t i = 0; i < node->n_must_not; i++)
        PRS_TRY(add_must_not(rw, to, node->must_not[i]));
    for (uint32_t i = 0; i < node->n_filter; i++)
        PRS_TRY(push(rw, &to->filter, &to->n_filter, node->filter[i]));
    return PRISM_OK;
}

/* ---- stop words, single clauses, repeated terms ------------------------------------------- */

static uint32_t count_stops(prs_node *const *list, uint32_t n) {
    uint32_t stops = 0;
    for (uint32_t i = 0; i < n; i++) stops += list[i]->stop;
    return stops;
}

static prism_status move_stops(prs_rewrite *rw, lists *l, prs_node **list, uint32_t *n) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *n; i++) {
        prs_node *node = list[i];
        if (!node->stop) {
            list[kept++] = node;
            continue;
        }
        node->stop = false;
        node->boost *= PRS_WEIGHT_STOP_WORD;
        PRS_TRY(push(rw, &l->extra, &l->n_extra, node));
    }
    *n = kept;
    return PRISM_OK;
}

/* Stop words only rank where another clause stands beside them. */
static prism_status set_stops_aside(prs_rewrite *rw, lists *l) {
    uint32_t stops = count_stops(l->must, l->n_must) + count_stops(l->should, l->n_should);
    if (stops == 0 || stops == l->n_must + l->n_should) return PRISM_OK;
    PRS_TRY(move_stops(rw, l, l->must, &l->n_must));
    return move_stops(rw, l, l->should, &l->n_should);
}

static prism_status promote_single(prs_rewrite *rw, lists *l) {
    if (l->n_must + l->n_filter > 0 || l->n_should != 1) return PRISM_OK;
    l->n_should = 0;
    return add_must(rw, l, l->should[0]);
}

/* What makes two terms the same: their fields with weights, and their key. */
static void put_identity(prs_buf *buf, const prs_node *term) {
    prs_buf_clear(buf);
    for (uint32_t i = 0; i < term->fields.n; i++) {
        prs_buf_put16(buf, term->fields.ptr[i].field);
        prs_buf_put16(buf, term->fields.ptr[i].weight);
    }
    prs_buf_put(buf, term->key.ptr, term->key.len);
}

static prism_status merge_with(prs_rewrite *rw, prs_map *seen, prs_buf *identity, prs_node **list,
                               uint32_t *n, prs_node **by_id) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *n; i++) {
        uint32_t id;
        bool added = true;
        if (list[i]->kind == PRS_NODE_TERM) {
            put_identity(identity, list[i]);
            PRS_TRY(prs_buf_status(identity, rw->err));
            if (prs_map_add(seen, prs_bytes_of(identity->ptr, identity->len), &id, &added) !=
                PRISM_OK) {
                return prs_error_nomem(rw->err);
            }
            if (added)
                by_id[id] = list[i];
            else
                by_id[id]->boost += list[i]->boost;
        }
        if (added) list[kept++] = list[i];
    }
    *n = kept;
    return PRISM_OK;
}

/* Equal terms of one list become one. */
static prism_status merge_terms(prs_rewrite *rw, prs_node **list, uint32_t *n) {
    prs_map seen;
    prs_buf identity;
    if (*n < 2) return PRISM_OK;
    prs_node **by_id = prs_build_alloc(rw->query, *n * sizeof *by_id, rw->err);
    if (by_id == NULL) return PRISM_ENOMEM;
    prs_map_init(&seen, &rw->query->mem, 0);
    prs_buf_init(&identity, &rw->query->mem);
    prism_status status = merge_with(rw, &seen, &identity, list, n, by_id);
    prs_buf_fini(&identity);
    prs_map_fini(&seen);
    return status;
}

/* ---- the result --------------------------------------------------------------------------- */

/* A filter of everything filters nothing where something else is asked for. */
static void drop_all_filters(lists *l) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < l->n_filter; i++) {
        if (l->filter[i]->kind != PRS_NODE_ALL) l->filter[kept++] = l->filter[i];
    }
    if (kept + l->n_must == 0 && l->n_filter > 0) kept = 1; /* the list is all ALL: one stays */
    l->n_filter = kept;
}

static prism_status make_none(prs_rewrite *rw, prs_node *node, prs_node **out) {
    (void)rw;
    prs_node_kind kind = PRS_NODE_NONE;
    uint32_t at = node->at, at_len = node->at_len;
    memset(node, 0, sizeof *node);
    node->kind = kind;
    node->boost = 1.0;
    node->at = at;
    node->at_len = at_len;
    *out = node;
    return PRISM_OK;
}

static prism_status finish(prs_rewrite *rw, prs_node *node, lists *l, prs_node **out) {
    drop_all_filters(l);
    if (l->n_must == 1 && l->n_should + l->n_must_not + l->n_filter + l->n_extra == 0) {
        *out = l->must[0];
        (*out)->boost = node->boost * (*out)->boost;
        rw->query->n_nodes--;
        return PRISM_OK;
    }
    if (l->n_must + l->n_should + l->n_filter == 0) {
        prs_node *all = prs_build_node(rw->query, PRS_NODE_ALL, rw->err);
        if (all == NULL) return rw->err->code;
        PRS_TRY(push(rw, &l->filter, &l->n_filter, all));
    }
    node->must = l->must;
    node->n_must = l->n_must;
    node->should = l->should;
    node->n_should = l->n_should;
    node->must_not = l->must_not;
    node->n_must_not = l->n_must_not;
    node->filter = l->filter;
    node->n_filter = l->n_filter;
    node->extra = l->extra;
    node->n_extra = l->n_extra;
    node->min_should = l->n_must + l->n_filter == 0 ? 1 : 0;
    *out = node;
    return PRISM_OK;
}

prism_status prs_rewrite_bool(prs_rewrite *rw, prs_node *node, prs_node **out) {
    lists l = {0};
    uint32_t given = node->n_must + node->n_should + node->n_must_not + node->n_filter;
    *out = NULL;
    if (given == 0) return PRISM_OK;
    PRS_TRY(dissolve(rw, node, &l));
    PRS_TRY(set_stops_aside(rw, &l));
    PRS_TRY(promote_single(rw, &l));
    bool nothing = node->n_must + node->n_should > 0 && l.n_must + l.n_should + l.n_filter == 0;
    if (l.impossible || nothing) return make_none(rw, node, out);
    PRS_TRY(merge_terms(rw, l.should, &l.n_should));
    PRS_TRY(merge_terms(rw, l.must, &l.n_must));
    PRS_TRY(merge_terms(rw, l.extra, &l.n_extra));
    PRS_TRY(promote_single(rw, &l));
    return finish(rw, node, &l, out);
}
