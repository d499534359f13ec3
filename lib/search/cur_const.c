/* cur_const.c - every document of a child, or of the segment, with one and the same score.
 *
 * The child does not score; with no child it is the segment's whole range.  Once the floor is above
 * the one score there is nothing left to find, and the cursor is at its end.
 * Tested by   tests/unit/search/test_cur_const.c, test_plan.c */
#include "search/sieve.h"

typedef struct cur_const {
    prs_cursor base;
    prs_cursor *child; /* NULL: all documents */
    int32_t units;
} cur_const;

static prism_status const_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                                int32_t *max, prism_error *err) {
    cur_const *k = (cur_const *)c;
    if (k->child != NULL) {
        PRS_TRY(k->child->ops->bound(k->child, from, min_to, to, max, err));
        if (*max < 0) return PRISM_OK;
    }
    *max = k->units;
    return PRISM_OK;
}

static prism_status const_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    cur_const *k = (cur_const *)c;
    if (k->child != NULL) return k->child->ops->peek(k->child, from, doc, err);
    *doc = from < c->plan->n_docs ? from : PRS_DOC_END;
    return PRISM_OK;
}

static prism_status const_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                               prs_batch *out, prism_error *err) {
    cur_const *k = (cur_const *)c;
    out->n = 0;
    out->next = to;
    if (floor > k->units) return PRISM_OK;
    if (k->child != NULL) {
        PRS_TRY(k->child->ops->next(k->child, from, to, 0, out, err));
    } else {
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        out->n = PRS_MIN(to - from, PRS_WINDOW);
        for (uint32_t i = 0; i < out->n; i++) out->docs[i] = from + i;
        out->next = from + out->n;
    }
    for (uint32_t i = 0; i < out->n; i++) out->scores[i] = k->units;
    return PRISM_OK;
}

static prism_status const_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                                prism_error *err) {
    (void)floor;
    cur_const *k = (cur_const *)c;
    memset(hit, 1, batch->n);
    if (k->child != NULL) PRS_TRY(k->child->ops->probe(k->child, batch, 0, hit, err));
    for (uint32_t i = 0; i < batch->n; i++) batch->scores[i] += hit[i] != 0 ? k->units : 0;
    return PRISM_OK;
}

static prism_status const_fill(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                               prism_error *err) {
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    uint32_t end = PRS_MIN(c->plan->n_docs, base + 64 * n_words);
    for (uint32_t doc = base; doc < end; doc += 64) {
        uint32_t left = end - doc;
        words[(doc - base) / 64] |= left >= 64 ? UINT64_MAX : (UINT64_C(1) << left) - 1;
    }
    return PRISM_OK;
}

/* All documents of the segment. */
static prism_status const_sift(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                               bool keep, prism_error *err) {
    (void)base;
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    if (!keep) memset(words, 0, n_words * sizeof *words);
    return PRISM_OK;
}

static const prs_sieve_ops const_sieve = {const_sift, NULL};
static const prs_cursor_ops all_ops = {const_bound, const_peek, const_next, const_probe,
                                       const_fill,  NULL,       NULL};
static const prs_cursor_ops child_ops = {const_bound, const_peek, const_next, const_probe,
                                         NULL,        NULL,       NULL};

prism_status prs_cur_const_make(prs_plan *plan, prs_cursor *child, int32_t units, uint32_t depth,
                                bool scored, prs_cursor **out, prism_error *err) {
    cur_const *k;
    PRS_TRY(prs_plan_cursor(plan, sizeof *k, child == NULL ? &all_ops : &child_ops, depth, scored,
                            &k, err));
    k->child = child;
    k->units = scored ? units : 0;
    k->base.cost = child == NULL ? plan->n_docs : child->cost;
    k->base.exact = child == NULL;
    k->base.sieve = child == NULL ? &const_sieve : NULL;
    *out = &k->base;
    return PRISM_OK;
}
