/* cur_and.c - all of these, perhaps those, none of these: how is a conjunction walked without
 * touching most of it?
 *
 * Structure   The rarest required child leads: it gives batches of candidates; the others are asked
 *             about them in order of rarity, and the batch shrinks.
 *
 *                 leader   [17 19 40 52 ..]   score
 *                 second   [17    40      ]   + score
 *                 not      [      40      ]             what is prohibited leaves
 *                 extra    [      40      ]   + score
 *
 * Skipping    Before a range of the leader's blocks is decoded, the bounds of all children are
 * added; below the
 *             floor, the range is passed.  While probing, a candidate leaves as soon as its score
 *             so far plus what is still to come cannot reach the floor; the leader itself gets the
 *             floor less the others.
 * Invariants  - max[i] holds for [.., bounded_to), set by the last call of bound or next.
 *             - Required children lead, then follow, by cost; scored or not is all the same.
 * Cost        The leader's list; of the others, the blocks in which candidates fall.
 * Source      Ding & Suel, SIGIR 2011; Grand 2025 (score the leader's block first).
 * Tested by   tests/unit/search/test_cur_and.c, test_plan.c, test_pruning.c */
#include "search/plan.h"

typedef struct cur_and {
    prs_cursor base;
    prs_cursor **children; /* required by cost, then optional */
    int32_t *max;          /* by child */
    uint32_t n_required, n_children;
    prs_cursor **prohibited;
    uint32_t n_prohibited;
    uint32_t bounded_from, bounded_to;
    int64_t sum; /* of max */
    prs_scratch *scratch;
} cur_and;

static cur_and *self(prs_cursor *c) {
    return (cur_and *)c;
}

static int32_t clamp(int64_t sum) {
    return sum > INT32_MAX ? INT32_MAX : (int32_t)sum;
}

/* Bound every child over [from, *to): the leader may narrow it to its blocks, the others to their
 * groups. */
static prism_status bound_children(cur_and *a, uint32_t from, uint32_t min_to, uint32_t *to,
                                   int32_t *max, prism_error *err) {
    a->sum = 0;
    a->bounded_from = from;
    for (uint32_t i = 0; i < a->n_children; i++) {
        prs_cursor *child = a->children[i];
        PRS_TRY(child->ops->bound(child, from, i == 0 ? min_to : *to, to, &a->max[i], err));
        if (a->max[i] < 0 && i < a->n_required) {
            *max = PRS_NO_MATCH;
            a->bounded_to = from; /* no maxima for this range */
            return PRISM_OK;
        }
        a->max[i] = PRS_MAX(a->max[i], 0);
        a->sum += a->max[i];
    }
    a->bounded_to = *to;
    *max = clamp(a->sum);
    return PRISM_OK;
}

static prism_status and_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                              int32_t *max, prism_error *err) {
    return bound_children(self(c), from, min_to, to, max, err);
}

static prism_status and_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    cur_and *a = self(c);
    *doc = from;
    for (uint32_t i = 0; i < a->n_required && *doc != PRS_DOC_END; i++) {
        PRS_TRY(a->children[i]->ops->peek(a->children[i], *doc, doc, err));
    }
    return PRISM_OK;
}

/* Ask children [first, n) and the prohibited about the candidates.  rest = most that they can add;
 * floor <= 0: no bounds are known. */
static prism_status ask_others(cur_and *a, uint32_t first, prs_batch *batch, int64_t rest,
                               int32_t floor, prism_error *err) {
    uint8_t *hit = a->scratch->hit;
    for (uint32_t i = first; i < a->n_children && batch->n > 0; i++) {
        prs_cursor *child = a->children[i];
        if (floor > 0) {
            prs_batch_keep_floor(batch, prs_floor_less(floor, clamp(rest)));
            rest -= a->max[i];
        }
        PRS_TRY(child->ops->probe(child, batch, prs_floor_less(floor, clamp(rest)), hit, err));
        if (i < a->n_required) prs_batch_keep_hits(batch, hit, 1);
    }
    prs_batch_keep_floor(batch, floor);
    for (uint32_t i = 0; i < a->n_prohibited && batch->n > 0; i++) {
        PRS_TRY(a->prohibited[i]->ops->probe(a->prohibited[i], batch, 0, hit, err));
        prs_batch_keep_hits(batch, hit, 0);
    }
    return PRISM_OK;
}

/* The leader's next documents in [from, to) that can still reach the floor. */
static prism_status lead(cur_and *a, uint32_t from, uint32_t to, int32_t floor, prs_batch *out,
                         prism_error *err) {
    int64_t rest = 0;
    prs_cursor *leader = a->children[0];
    if (floor > 0) {
        int32_t max;
        if (from < a->bounded_from || from >= a->bounded_to) {
            uint32_t end = to;
            PRS_TRY(bound_children(a, from, from + 1, &end, &max, err));
            to = end;
        } else {
            to = PRS_MIN(to, a->bounded_to);
            max = clamp(a->sum);
        }
        out->n = 0;
        out->next = to;
        if (max < floor) return PRISM_OK;
        rest = a->sum - a->max[0];
    }
    PRS_TRY(leader->ops->next(leader, from, to, prs_floor_less(floor, clamp(rest)), out, err));
    return ask_others(a, 1, out, rest, floor, err);
}

static prism_status and_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                             prs_batch *out, prism_error *err) {
    out->n = 0;
    out->next = from;
    while (out->n == 0 && from < to) {
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        PRS_TRY(lead(self(c), from, to, floor, out, err));
        from = out->next;
    }
    return PRISM_OK;
}

/* The candidates are copied, because they shrink; `place` brings the survivors home. */
static prism_status and_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                              prism_error *err) {
    cur_and *a = self(c);
    prs_batch *mine = &a->scratch->batch;
    memset(hit, 0, batch->n);
    if (batch->n == 0) return PRISM_OK;
    memcpy(mine->docs, batch->docs, batch->n * sizeof *batch->docs);
    memcpy(mine->scores, batch->scores, batch->n * sizeof *batch->scores);
    mine->n = batch->n;
    bool bounded = batch->docs[0] >= a->bounded_from && batch->docs[batch->n - 1] < a->bounded_to;
    PRS_TRY(ask_others(a, 0, mine, a->sum, bounded ? floor : 0, err));
    for (uint32_t i = 0, k = 0; k < mine->n; i++) {
        if (batch->docs[i] != mine->docs[k]) continue;
        batch->scores[i] = mine->scores[k++];
        hit[i] = 1;
    }
    return PRISM_OK;
}

static const prs_cursor_ops and_ops = {and_bound, and_peek, and_next, and_probe, NULL, NULL, NULL};

static void sort_by_cost(prs_cursor **cursors, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        prs_cursor *c = cursors[i];
        uint32_t k = i;
        for (; k > 0 && cursors[k - 1]->cost > c->cost; k--) cursors[k] = cursors[k - 1];
        cursors[k] = c;
    }
}

prism_status prs_cur_and_make(prs_plan *plan, const prs_and_parts *parts, uint32_t depth,
                              bool scored, prs_cursor **out, prism_error *err) {
    cur_and *a;
    PRS_TRY(prs_plan_cursor(plan, sizeof *a, &and_ops, depth, scored, &a, err));
    PRS_TRY(prs_plan_scratch(plan, depth, &a->scratch, err));
    a->n_required = parts->n_required;
    a->n_children = parts->n_required + parts->n_optional;
    a->children = prs_arena_alloc(&plan->arena, a->n_children * sizeof *a->children);
    a->max = prs_arena_calloc(&plan->arena, a->n_children, sizeof *a->max);
    if (a->children == NULL || a->max == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < parts->n_required; i++) a->children[i] = parts->required[i];
    for (uint32_t i = 0; i < parts->n_optional; i++)
        a->children[parts->n_required + i] = parts->optional[i];
    sort_by_cost(a->children, a->n_required);
    a->prohibited = parts->prohibited;
    a->n_prohibited = parts->n_prohibited;
    a->base.cost = a->children[0]->cost;
    *out = &a->base;
    return PRISM_OK;
}
