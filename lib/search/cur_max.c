/* cur_max.c - several ways to say one thing, the best of which counts: wi-fi as a phrase, or as
 * wifi.
 *
 * Like a disjunction, with the larger score where a disjunction adds.  A child below the floor
 * cannot make the larger of two scores reach it, so every child gets the floor as it is.
 * Tested by   tests/unit/search/test_cur_max.c, test_plan.c, test_pruning.c */
#include "search/plan.h"

typedef struct cur_max {
    prs_cursor base;
    prs_cursor **children;
    uint32_t n;
    prs_scratch *scratch;
} cur_max;

static cur_max *self(prs_cursor *c) {
    return (cur_max *)c;
}

static prism_status max_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                              int32_t *max, prism_error *err) {
    cur_max *m = self(c);
    *max = PRS_NO_MATCH;
    for (uint32_t i = 0; i < m->n; i++) {
        int32_t one;
        PRS_TRY(m->children[i]->ops->bound(m->children[i], from, min_to, to, &one, err));
        *max = PRS_MAX(*max, one);
    }
    return PRISM_OK;
}

static prism_status max_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    cur_max *m = self(c);
    uint32_t first = PRS_DOC_END;
    for (uint32_t i = 0; i < m->n; i++) {
        uint32_t here;
        PRS_TRY(m->children[i]->ops->peek(m->children[i], from, &here, err));
        first = PRS_MIN(first, here);
    }
    *doc = first;
    return PRISM_OK;
}

/* Raise the window to a child's scores in [window->base, to). */
static prism_status raise_window(cur_max *m, prs_cursor *child, uint32_t to, int32_t floor,
                                 prism_error *err) {
    prs_window *window = &m->scratch->window;
    prs_batch *space = &m->scratch->batch;
    uint32_t from = window->base;
    while (from < to) {
        PRS_TRY(child->ops->next(child, from, to, floor, space, err));
        for (uint32_t i = 0; i < space->n; i++) {
            uint32_t at = space->docs[i] - window->base;
            if (at >= PRS_WINDOW)
                return prs_error_set(err, PRISM_ECORRUPT, "a posting list is out of order");
            int32_t slot = space->scores[i] | PRS_SLOT_TAKEN;
            window->slots[at] = PRS_MAX(window->slots[at], slot);
            window->touched |= UINT64_C(1) << at / PRS_SLOT_PART;
        }
        from = space->next;
    }
    return PRISM_OK;
}

static prism_status max_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                             prs_batch *out, prism_error *err) {
    cur_max *m = self(c);
    uint32_t first;
    out->n = 0;
    out->next = to;
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    PRS_TRY(max_peek(c, from, &first, err));
    if (first >= to) return PRISM_OK;
    out->next = to - first > PRS_WINDOW ? first + PRS_WINDOW : to;
    m->scratch->window.base = first;
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; i < m->n && status == PRISM_OK; i++) {
        status = raise_window(m, m->children[i], out->next, floor, err);
    }
    prs_window_drain(&m->scratch->window, floor, out);
    return status;
}

/* The most that a child adds to each candidate, into `best`. */
static prism_status ask_children(cur_max *m, const prs_batch *batch, int32_t floor, uint8_t *hit,
                                 int32_t *best, prism_error *err) {
    prs_batch *mine = &m->scratch->batch;
    uint8_t *one = m->scratch->hit;
    uint32_t n = batch->n;
    memcpy(mine->docs, batch->docs, n * sizeof *batch->docs);
    mine->n = n;
    for (uint32_t k = 0; k < m->n; k++) {
        memcpy(mine->scores, batch->scores, n * sizeof *batch->scores);
        PRS_TRY(m->children[k]->ops->probe(m->children[k], mine, floor, one, err));
        for (uint32_t i = 0; i < n; i++) {
            hit[i] |= one[i];
            if (one[i]) best[i] = PRS_MAX(best[i], mine->scores[i] - batch->scores[i]);
        }
    }
    return PRISM_OK;
}

static prism_status max_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                              prism_error *err) {
    cur_max *m = self(c);
    int32_t *best = m->scratch->window.slots; /* zero when taken, zero when left */
    memset(hit, 0, batch->n);
    prism_status status = ask_children(m, batch, floor, hit, best, err);
    for (uint32_t i = 0; i < batch->n; i++) {
        batch->scores[i] += best[i];
        best[i] = 0;
    }
    return status;
}

static prism_status max_fill(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                             prism_error *err) {
    cur_max *m = self(c);
    for (uint32_t i = 0; i < m->n; i++) {
        PRS_TRY(prs_cursor_fill(m->children[i], base, words, n_words, &m->scratch->batch, err));
    }
    return PRISM_OK;
}

static const prs_cursor_ops max_ops = {max_bound, max_peek, max_next, max_probe,
                                       max_fill,  NULL,     NULL};

prism_status prs_cur_max_make(prs_plan *plan, prs_cursor **children, uint32_t n, uint32_t depth,
                              bool scored, prs_cursor **out, prism_error *err) {
    cur_max *m;
    PRS_TRY(prs_plan_cursor(plan, sizeof *m, &max_ops, depth, scored, &m, err));
    PRS_TRY(prs_plan_scratch(plan, depth, &m->scratch, err));
    m->children = children;
    m->n = n;
    for (uint32_t i = 0; i < n; i++) m->base.cost += children[i]->cost;
    *out = &m->base;
    return PRISM_OK;
}
