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
 * Skipping    `wide`: until the first of the children's groups (4096 postings) ends; if all bounds
 *             together are below the floor there, it is passed whole. Inside, before a range of the
 *             leader's blocks is decoded, the bounds of all children are added likewise.  While
 *             probing, a candidate leaves as soon as its score so far plus what is still to come
 *             cannot reach the floor; the leader itself gets the floor less the others.
 * Shoulds     Where what is required cannot reach the floor alone, one of the shoulds must match as
 *             well: together they are one child, which leads there if it is the rarer.
 * Invariants  - max[i] holds for [.., bounded_to), set by the last call of bound or
 *               next; wide_max[i] for [.., wide_to).
 *             - Required children lead, then follow, by cost; scored or not is all the same.
 * Cost        The leader's list; of the others, the blocks in which candidates fall.
 * Source      Ding & Suel, SIGIR 2011; Grand 2025 (score the leader's block first).
 * Tested by   tests/unit/search/test_cur_and.c, test_plan.c, test_pruning.c */
#include "search/plan.h"

#define NO_LEADER UINT32_MAX
#define LEAD_RATIO 2u /* shoulds lead if they are so much rarer: a union costs more than a list */

typedef struct cur_and {
    prs_cursor base;
    prs_cursor **children;   /* required by cost, the shoulds as one, extras */
    int32_t *max, *wide_max; /* by child */
    uint32_t n_required, n_children;
    bool has_should;
    prs_cursor **prohibited;
    uint32_t n_prohibited;
    uint32_t bounded_from, bounded_to;
    int64_t sum; /* of max */
    uint32_t wide_to;
    int64_t wide_sum, wide_required; /* of wide_max: all, and without the shoulds */
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

/* Ask all children but the one that leads, and the prohibited, about the candidates.  max: bounds
 * of the children, rest: of those that are asked, together; floor <= 0: no bounds are known. */
static prism_status ask_others(cur_and *a, uint32_t leader, prs_batch *batch, const int32_t *max,
                               int64_t rest, int32_t floor, prism_error *err) {
    uint8_t *hit = a->scratch->hit;
    for (uint32_t i = 0; i < a->n_children && batch->n > 0; i++) {
        prs_cursor *child = a->children[i];
        if (i == leader) continue;
        if (floor > 0) {
            prs_batch_keep_floor(batch, prs_floor_less(floor, clamp(rest)));
            rest -= max[i];
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

/* Bounds of the groups that reach `from`; none match: wide_sum < 0. */
static prism_status bound_wide(cur_and *a, uint32_t from, prism_error *err) {
    uint32_t n_docs = a->base.plan->n_docs;
    bool none = false;
    a->wide_to = n_docs;
    a->wide_sum = 0;
    for (uint32_t i = 0; i < a->n_children; i++) {
        prs_cursor *child = a->children[i];
        PRS_TRY(child->ops->bound(child, from, n_docs, &a->wide_to, &a->wide_max[i], err));
        none = none || (a->wide_max[i] < 0 && i < a->n_required);
        a->wide_max[i] = PRS_MAX(a->wide_max[i], 0);
        a->wide_sum += a->wide_max[i];
    }
    a->wide_required = a->has_should ? a->wide_sum - a->wide_max[a->n_required] : a->wide_sum;
    if (none) a->wide_sum = PRS_NO_MATCH;
    return PRISM_OK;
}

/* The shoulds' next documents in [from, wide_to), where one of them must match. */
static prism_status lead_by_should(cur_and *a, uint32_t from, uint32_t to, int32_t floor,
                                   prs_batch *out, prism_error *err) {
    prs_cursor *should = a->children[a->n_required];
    int32_t needed = prs_floor_less(floor, clamp(a->wide_required));
    PRS_TRY(should->ops->next(should, from, to, needed, out, err));
    return ask_others(a, a->n_required, out, a->wide_max, a->wide_required, floor, err);
}

/* The leader's next documents in [from, to) that can still reach the floor > 0. */
static prism_status lead_by_bounds(cur_and *a, uint32_t from, uint32_t to, int32_t floor,
                                   prs_batch *out, prism_error *err) {
    prs_cursor *leader = a->children[0];
    if (from >= a->wide_to) PRS_TRY(bound_wide(a, from, err));
    to = PRS_MIN(to, a->wide_to);
    out->n = 0;
    out->next = to;
    if (a->wide_sum < floor) return PRISM_OK;
    if (a->has_should && a->wide_required < floor &&
        a->children[a->n_required]->cost < leader->cost / LEAD_RATIO)
        return lead_by_should(a, from, to, floor, out, err);
    int32_t max = clamp(a->sum);
    if (from < a->bounded_from || from >= a->bounded_to)
        PRS_TRY(bound_children(a, from, from + 1, &to, &max, err));
    else
        to = PRS_MIN(to, a->bounded_to);
    out->next = to;
    if (max < floor) return PRISM_OK;
    int64_t rest = a->sum - a->max[0];
    PRS_TRY(leader->ops->next(leader, from, to, prs_floor_less(floor, clamp(rest)), out, err));
    return ask_others(a, 0, out, a->max, rest, floor, err);
}

static prism_status lead(cur_and *a, uint32_t from, uint32_t to, int32_t floor, prs_batch *out,
                         prism_error *err) {
    prs_cursor *leader = a->children[0];
    if (floor > 0 && a->n_children > 1) return lead_by_bounds(a, from, to, floor, out, err);
    PRS_TRY(leader->ops->next(leader, from, to, floor, out, err)); /* it knows its own bounds */
    return ask_others(a, 0, out, a->max, 0, 0, err);
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
    PRS_TRY(ask_others(a, NO_LEADER, mine, a->max, a->sum, bounded ? floor : 0, err));
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

#define MATCHES_IN_BLOCK 6.0 /* of the rarest word: from so many on bounds are worth their price */
#define MATCHES_FOR_HIT 64.0

/* Are matches so many that most of them can be passed by bounds, leader first? */
static bool bounds_pay(const prs_plan *plan, prs_cursor *const *words, uint32_t n) {
    double in_block = PRS_BLOCK;
    for (uint32_t i = 1; i < n; i++) in_block *= (double)words[i]->cost / (double)plan->n_docs;
    double matches = in_block / PRS_BLOCK * (double)words[0]->cost;
    return plan->k > 0 && in_block > MATCHES_IN_BLOCK && matches > MATCHES_FOR_HIT * plan->k;
}

/* Words among what is required meet before anything is scored: they become one child. */
static prism_status meet_words(prs_plan *plan, const prs_and_parts *parts, prs_cursor **required,
                               uint32_t *n_required, prism_error *err) {
    const prs_group *group;
    uint32_t n = 0, m = 0;
    prs_cursor **words = prs_arena_alloc(&plan->arena, parts->n_required * sizeof *words);
    if (words == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < parts->n_required; i++) {
        prs_cursor *child = parts->required[i];
        if (child->scored && prs_cur_word_lane(child, &group) != NULL)
            words[n++] = child;
        else
            required[m++] = child;
    }
    sort_by_cost(words, n);
    if (n >= 2 && !bounds_pay(plan, words, n)) {
        PRS_TRY(prs_cur_meet_make(plan, words, n, true, &required[m++], err));
        n = 0;
    }
    for (uint32_t i = 0; i < n; i++) required[m++] = words[i];
    *n_required = m;
    return PRISM_OK;
}

prism_status prs_cur_and_make(prs_plan *plan, const prs_and_parts *parts, uint32_t depth,
                              bool scored, prs_cursor **out, prism_error *err) {
    cur_and *a;
    prs_cursor **children =
        prs_arena_alloc(&plan->arena, (parts->n_required + parts->n_optional) * sizeof *children);
    uint32_t n_required = 0;
    if (children == NULL) return prs_error_nomem(err);
    PRS_TRY(meet_words(plan, parts, children, &n_required, err));
    if (n_required == 1 && parts->n_optional + parts->n_prohibited == 0) {
        *out = children[0];
        return PRISM_OK;
    }
    PRS_TRY(prs_plan_cursor(plan, sizeof *a, &and_ops, depth, scored, &a, err));
    PRS_TRY(prs_plan_scratch(plan, depth, &a->scratch, err));
    a->n_required = n_required;
    a->n_children = n_required + parts->n_optional;
    a->children = children;
    a->has_should = parts->has_should;
    a->max = prs_arena_calloc(&plan->arena, a->n_children, sizeof *a->max);
    a->wide_max = prs_arena_calloc(&plan->arena, a->n_children, sizeof *a->wide_max);
    if (a->max == NULL || a->wide_max == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < parts->n_optional; i++)
        a->children[n_required + i] = parts->optional[i];
    sort_by_cost(a->children, a->n_required);
    a->prohibited = parts->prohibited;
    a->n_prohibited = parts->n_prohibited;
    a->base.cost = a->children[0]->cost;
    /* Phrases lead; or a filter does, which knows no bounds; or one leaves few of several lists. */
    a->base.heavy = a->children[0]->heavy || !a->children[0]->scored;
    bool several = a->n_required > 2 || a->children[0]->narrow;
    for (uint32_t i = 1; several && i < a->n_required; i++)
        a->base.heavy |= !a->children[i]->scored;
    a->base.narrow = a->n_required > 1;
    a->base.one_pass = a->children[0]->one_pass && parts->n_optional == 0;
    *out = &a->base;
    return PRISM_OK;
}
