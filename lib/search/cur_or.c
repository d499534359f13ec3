/* cur_or.c - any of these: how is the best of a disjunction found without adding up all of it?
 *
 * Structure   Block-max MaxScore.  For a range of documents every child has a bound.  The children
 *             with the smallest bounds, as many as together stay below the floor, cannot make a hit
 *             alone: they are asked only about documents that an *essential* child has found.
 *
 *                 bounds   40 | 25 | 9 | 3          floor 30
 *                 essential 40, 25; others 9 + 3 < 30
 *                 window   essential children add into 4096 accumulators
 *                          score >= 30 - 12 -> probe the 9s -> score >= 30 - 3 -> probe the 3s ->
 *                          score >= 30
 *
 *             One essential child needs no window: its batches are the candidates.
 * Ranges      `wide`: until the first of the children's groups (4096 postings) ends.  If all bounds
 *             together are below the floor there, it is passed whole.  Inside, ranges end where a
 *             block of an essential child ends, but are at least PRS_OR_RANGE documents, since
 *             bounding costs about as much as scoring a block.
 * Light       Children that together add less than half of the floor, whatever the document, are
 *             frequent words: their groups are short, and would cut all ranges short.  Their bound
 *             is what they add at most anywhere.
 * Extras      Words that only rank (stop words beside others) weigh little and stand nearly
 *             everywhere: bounding them block by block would cost more than it saves.  One number
 *             bounds them all, and they are asked about what is left at the end.
 * Invariants  - max[] holds in [.., near_to); order[] is by max descending, ties by place; sum_rest
 *               is the sum of the max of those that are not essential.
 *             - Sums of int32 contributions: the order of adding cannot be seen in a score.
 * Without a floor, or when more than one child must match, every child is essential.
 * Cost        Essential lists, and the blocks of the others in which candidates fall.
 * Source      Turtle & Flood, IPM 1995; Ding & Suel, SIGIR 2011; windows as in Lucene's
 *             MaxScoreBulkScorer (idea only).
 * Tested by   tests/unit/search/test_cur_or.c, test_pruning.c */
#include "search/plan.h"

#define PRS_OR_RANGE 16384u
#define PRS_OR_LIGHT 2     /* of the floor, as much may come from children that are not bounded */
#define PRS_TABLE_GAIN 16u /* documents of a table that are added in the time of a posting */
#define PRS_FLAT_FEW 4096u /* so many postings are quickly added */

typedef struct cur_or {
    prs_cursor base;
    prs_cursor **children; /* n, then n_extra */
    uint32_t n, n_extra;
    uint32_t min_match;
    bool flat;          /* adding all up is less work than finding out what may be left out */
    bool tables;        /* ... and some child has something nearly everywhere */
    int64_t most_extra; /* all extras together */
    prs_scratch *scratch;
    int32_t *max;      /* by child */
    uint32_t *order;   /* children by max, descending */
    uint32_t *by_most; /* ... by the most that they can add, ascending */
    int32_t light;     /* who can add no more is not bounded by ranges */
    uint32_t n_essential;
    int64_t sum_rest; /* of the others */
    uint32_t wide_to, near_to;
    uint32_t max_from, max_to; /* what max[] holds for */
    int64_t wide_sum;
} cur_or;

static cur_or *self(prs_cursor *c) {
    return (cur_or *)c;
}

static int32_t clamp(int64_t sum) {
    return sum > INT32_MAX ? INT32_MAX : (int32_t)sum;
}

/* ---- bounds ---------------------------------------------------------------------------------- */

/* Children that together can add but a small part of the floor are not bounded range by range:
 * they would cut the ranges short, as they are the frequent ones.  The most that one of them can
 * add. */
static int32_t find_light(const cur_or *o, int32_t floor) {
    int64_t room = floor / PRS_OR_LIGHT;
    int32_t light = PRS_NO_MATCH;
    for (uint32_t i = 0; i < o->n; i++) {
        int32_t most = o->children[o->by_most[i]]->most;
        room -= most;
        if (room < 0) break;
        light = most;
    }
    return light;
}

/* Bound all children over [from, *to); the first n_narrow in order may narrow it to their
 * blocks. */
static prism_status bound_children(cur_or *o, uint32_t from, uint32_t min_to, uint32_t n_narrow,
                                   uint32_t *to, int64_t *sum, prism_error *err) {
    *sum = PRS_NO_MATCH;
    for (uint32_t i = 0; i < o->n; i++) {
        uint32_t k = o->order[i];
        prs_cursor *child = o->children[k];
        if (child->most <= o->light) {
            o->max[k] = child->most;
            *sum = PRS_MAX(*sum, 0) + child->most;
            continue;
        }
        PRS_TRY(child->ops->bound(child, from, i < n_narrow ? min_to : *to, to, &o->max[k], err));
        if (o->max[k] < 0) continue;
        *sum = PRS_MAX(*sum, 0) + o->max[k];
    }
    o->max_from = from;
    o->max_to = *to;
    return PRISM_OK;
}

/* Order the children by bound, find which are essential for this floor. */
static void divide(cur_or *o, int32_t floor) {
    for (uint32_t i = 1; i < o->n; i++) {
        uint32_t child = o->order[i], k = i;
        for (; k > 0 && o->max[o->order[k - 1]] < o->max[child]; k--) o->order[k] = o->order[k - 1];
        o->order[k] = child;
    }
    o->n_essential = o->n;
    o->sum_rest = 0;
    while (o->n_essential > 0) {
        int64_t more = PRS_MAX(o->max[o->order[o->n_essential - 1]], 0);
        if (o->sum_rest + more >= floor) break;
        o->sum_rest += more;
        o->n_essential--;
    }
}

/* Find the range that begins at `from`: its end, and who is essential in it (perhaps nobody). */
static prism_status open_range(cur_or *o, uint32_t from, int32_t floor, uint32_t *end,
                               prism_error *err) {
    uint32_t n_docs = o->base.plan->n_docs;
    o->light = find_light(o, floor);
    if (from >= o->wide_to) {
        o->wide_to = n_docs;
        PRS_TRY(bound_children(o, from, n_docs, 0, &o->wide_to, &o->wide_sum, err));
        o->near_to = from; /* max[] is of the wide range now */
    }
    if (o->wide_sum < floor) {
        *end = o->wide_to;
        o->n_essential = 0;
        return PRISM_OK;
    }
    if (from >= o->near_to) {
        uint32_t min_to = n_docs - from > PRS_OR_RANGE ? from + PRS_OR_RANGE : n_docs;
        int64_t sum;
        o->near_to = o->wide_to;
        PRS_TRY(
            bound_children(o, from, min_to, PRS_MAX(o->n_essential, 1), &o->near_to, &sum, err));
    }
    *end = o->near_to;
    divide(o, floor);
    return PRISM_OK;
}

static prism_status or_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                             int32_t *max, prism_error *err) {
    cur_or *o = self(c);
    int64_t sum;
    o->light = PRS_NO_MATCH;
    PRS_TRY(bound_children(o, from, min_to, o->n, to, &sum, err));
    *max = sum < 0 ? PRS_NO_MATCH : clamp(sum + o->most_extra);
    o->near_to = *to;
    return PRISM_OK;
}

static prism_status or_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    cur_or *o = self(c);
    uint32_t first = PRS_DOC_END;
    for (uint32_t i = 0; i < o->n; i++) {
        uint32_t here;
        PRS_TRY(o->children[i]->ops->peek(o->children[i], from, &here, err));
        first = PRS_MIN(first, here);
    }
    *doc = first;
    return PRISM_OK;
}

/* ---- windows --------------------------------------------------------------------------------- */

/* First document that an essential child may have. */
static prism_status peek_essential(cur_or *o, uint32_t from, uint32_t *doc, prism_error *err) {
    uint32_t first = PRS_DOC_END;
    for (uint32_t i = 0; i < o->n_essential; i++) {
        uint32_t here;
        prs_cursor *child = o->children[o->order[i]];
        PRS_TRY(child->ops->peek(child, from, &here, err));
        first = PRS_MIN(first, here);
    }
    *doc = first;
    return PRISM_OK;
}

/* The window of essential documents that begins with the first one in [from, to). */
static prism_status add_window(cur_or *o, uint32_t from, uint32_t to, int32_t floor, prs_batch *out,
                               prism_error *err) {
    prs_window *window = &o->scratch->window;
    uint32_t first;
    out->n = 0;
    out->next = to;
    if (o->tables)
        first = from;
    else
        PRS_TRY(peek_essential(o, from, &first, err));
    if (first >= to) return PRISM_OK;
    uint32_t end = to - first > PRS_WINDOW ? first + PRS_WINDOW : to;
    window->base = first;
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; i < o->n_essential && status == PRISM_OK; i++) {
        prs_cursor *child = o->children[o->order[i]];
        status = prs_cursor_accumulate(child, first, end, window, &o->scratch->batch, err);
    }
    prs_window_drain(window, floor, out); /* also after an error: it must be zero again */
    out->next = end;
    return status;
}

/* Add what the children that are not essential give to the candidates. */
static prism_status probe_rest(cur_or *o, int32_t floor, prs_batch *out, prism_error *err) {
    int64_t rest = o->sum_rest;
    for (uint32_t i = o->n_essential; i < o->n && out->n > 0; i++) {
        uint32_t k = o->order[i];
        if (o->max[k] < 0) break; /* nor has any behind it a document here */
        prs_batch_keep_floor(out, prs_floor_less(floor, clamp(rest)));
        rest -= o->max[k];
        PRS_TRY(o->children[k]->ops->probe(o->children[k], out, prs_floor_less(floor, clamp(rest)),
                                           o->scratch->hit, err));
    }
    prs_batch_keep_floor(out, floor);
    return PRISM_OK;
}

/* Matches from one range. */
static prism_status next_of_range(cur_or *o, uint32_t from, uint32_t to, int32_t floor,
                                  prs_batch *out, prism_error *err) {
    int32_t needed = prs_floor_less(floor, clamp(o->sum_rest));
    if (o->n_essential == 0) {
        out->n = 0;
        out->next = to;
        return PRISM_OK;
    }
    if (o->n_essential == 1) {
        prs_cursor *child = o->children[o->order[0]];
        PRS_TRY(child->ops->next(child, from, to, needed, out, err));
    } else {
        PRS_TRY(add_window(o, from, to, needed, out, err));
    }
    return probe_rest(o, floor, out, err);
}

/* ---- more than one must match
 * ----------------------------------------------------------------- */

/* Add a child to the window and count it. */
static prism_status count_child(cur_or *o, prs_cursor *child, uint32_t to, prism_error *err) {
    prs_window *window = &o->scratch->window;
    prs_batch *space = &o->scratch->batch;
    uint32_t from = window->base;
    while (from < to) {
        PRS_TRY(child->ops->next(child, from, to, 0, space, err));
        PRS_TRY(prs_window_add(window, space->docs, space->scores, space->n, err));
        for (uint32_t i = 0; i < space->n; i++) {
            uint32_t at = space->docs[i] - window->base;
            if (o->scratch->count[at] < UINT16_MAX) o->scratch->count[at]++;
        }
        from = space->next;
    }
    return PRISM_OK;
}

/* Unset what too few children matched. */
static void drop_rare(cur_or *o) {
    prs_window *window = &o->scratch->window;
    for (uint32_t at = 0; at < PRS_WINDOW; at++) {
        uint32_t count = o->scratch->count[at];
        o->scratch->count[at] = 0;
        if (count == 0 || count >= o->min_match) continue;
        window->slots[at] = 0;
    }
}

static prism_status counted_window(cur_or *o, uint32_t from, uint32_t to, int32_t floor,
                                   prs_batch *out, prism_error *err) {
    uint32_t first;
    PRS_TRY(or_peek(&o->base, from, &first, err));
    out->n = 0;
    out->next = to;
    if (first >= to) return PRISM_OK;
    out->next = to - first > PRS_WINDOW ? first + PRS_WINDOW : to;
    o->scratch->window.base = first;
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; i < o->n && status == PRISM_OK; i++) {
        status = count_child(o, o->children[i], out->next, err);
    }
    drop_rare(o);
    prs_window_drain(&o->scratch->window, floor, out);
    return status;
}

/* ---- the cursor ------------------------------------------------------------------------------ */

/* What the extras add to matches. */
static prism_status add_extras(cur_or *o, int32_t floor, prs_batch *batch, prism_error *err) {
    int64_t rest = o->most_extra;
    for (uint32_t i = o->n; i < o->n + o->n_extra && batch->n > 0; i++) {
        prs_cursor *extra = o->children[i];
        prs_batch_keep_floor(batch, prs_floor_less(floor, clamp(rest)));
        rest -= extra->most;
        PRS_TRY(extra->ops->probe(extra, batch, prs_floor_less(floor, clamp(rest)), o->scratch->hit,
                                  err));
    }
    prs_batch_keep_floor(batch, floor);
    return PRISM_OK;
}

static prism_status next_match(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                               prs_batch *out, prism_error *err) {
    cur_or *o = self(c);
    out->n = 0;
    out->next = from;
    while (out->n == 0 && from < to) {
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        uint32_t end = to;
        if (floor > 0 && !o->flat) {
            PRS_TRY(open_range(o, from, floor, &end, err));
            end = PRS_MIN(to, end);
        } else {
            o->n_essential = o->n;
            o->sum_rest = 0;
        }
        if (o->min_match > 1) {
            if (o->n_essential > 0)
                PRS_TRY(counted_window(o, from, end, floor, out, err));
            else
                out->next = end;
        } else {
            PRS_TRY(next_of_range(o, from, end, floor, out, err));
        }
        from = out->next;
    }
    return PRISM_OK;
}

static prism_status or_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                            prs_batch *out, prism_error *err) {
    cur_or *o = self(c);
    int32_t needed = prs_floor_less(floor, clamp(o->most_extra));
    if (o->n_extra == 0) return next_match(c, from, to, floor, out, err);
    do {
        PRS_TRY(next_match(c, from, to, needed, out, err));
        PRS_TRY(add_extras(o, floor, out, err));
        from = out->next;
    } while (out->n == 0 && from < to);
    return PRISM_OK;
}

/* The most that a child can add to the candidates. */
static int32_t most_of(const cur_or *o, uint32_t k, bool bounded) {
    return bounded ? PRS_MAX(o->max[k], 0) : o->children[k]->most;
}

/* One child is enough, and there are no extras: the score so far and what the children behind can
 * add tell whether a candidate is still of use. */
static prism_status any_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                              prism_error *err) {
    cur_or *o = self(c);
    uint32_t n = batch->n;
    if (n == 0) return PRISM_OK;
    bool bounded = batch->docs[0] >= o->max_from && batch->docs[n - 1] < o->max_to;
    int64_t rest = 0;
    for (uint32_t k = 0; k < o->n; k++) rest += most_of(o, k, bounded);
    memset(hit, 0, n);
    for (uint32_t i = 0; i < o->n; i++) {
        uint32_t k = o->order[i];
        prs_cursor *child = o->children[k];
        rest -= most_of(o, k, bounded);
        PRS_TRY(child->ops->probe(child, batch, prs_floor_less(floor, clamp(rest)), o->scratch->hit,
                                  err));
        for (uint32_t j = 0; j < n; j++) hit[j] |= o->scratch->hit[j];
    }
    return PRISM_OK;
}

/* Every child is asked about every candidate: which of them would be enough is not known. */
static prism_status count_hits(cur_or *o, prs_batch *mine, uint8_t *hit, prism_error *err) {
    uint16_t *count = o->scratch->count;
    for (uint32_t k = 0; k < o->n; k++) {
        PRS_TRY(o->children[k]->ops->probe(o->children[k], mine, 0, hit, err));
        for (uint32_t i = 0; i < mine->n; i++) count[i] = (uint16_t)(count[i] + hit[i]);
    }
    for (uint32_t k = o->n; k < o->n + o->n_extra; k++)
        PRS_TRY(o->children[k]->ops->probe(o->children[k], mine, 0, hit, err));
    return PRISM_OK;
}

static prism_status or_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                             prism_error *err) {
    cur_or *o = self(c);
    if (o->min_match == 1 && o->n_extra == 0) return any_probe(c, batch, floor, hit, err);
    prs_batch *mine = &o->scratch->batch;
    uint32_t n = batch->n;
    memcpy(mine->docs, batch->docs, n * sizeof *batch->docs);
    memset(mine->scores, 0, n * sizeof *mine->scores);
    mine->n = n;
    uint16_t *count = o->scratch->count;
    prism_status status = count_hits(o, mine, hit, err);
    for (uint32_t i = 0; i < n; i++) {
        hit[i] = count[i] >= o->min_match;
        if (hit[i]) batch->scores[i] += mine->scores[i];
        count[i] = 0;
    }
    return status;
}

static prism_status or_fill(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                            prism_error *err) {
    cur_or *o = self(c);
    for (uint32_t i = 0; i < o->n; i++) {
        PRS_TRY(prs_cursor_fill(o->children[i], base, words, n_words, &o->scratch->batch, err));
    }
    return PRISM_OK;
}

/* The documents that one child vouches for score at least as much with the others. */
static int32_t or_prime(const prs_cursor *c, uint32_t k) {
    const cur_or *o = (const cur_or *)c;
    int32_t best = 0;
    for (uint32_t i = 0; i < o->n; i++) {
        const prs_cursor *child = o->children[i];
        int32_t score = child->ops->prime == NULL ? 0 : child->ops->prime(child, k);
        best = PRS_MAX(best, score);
    }
    return best;
}

static const prs_cursor_ops any_ops = {or_bound, or_peek,  or_next, or_probe,
                                       or_fill,  or_prime, NULL};
static const prs_cursor_ops some_ops = {or_bound, or_peek, or_next, or_probe, NULL, NULL, NULL};

/* In a small segment, with the scores of frequent words at hand, everything may be added up. */
static prism_status find_flat(cur_or *o, prism_error *err) {
    uint64_t flat = 0, lists = 0, n_docs = o->base.plan->n_docs;
    if (o->base.plan->scores == NULL || n_docs > PRS_SCORE_TABLE_DOCS) return PRISM_OK;
    for (uint32_t i = 0; i < o->n + o->n_extra; i++) {
        bool has_table;
        PRS_TRY(prs_cur_word_tabulate(o->children[i], &has_table, err));
        if (i >= o->n) continue;
        lists += o->children[i]->cost;
        flat += has_table ? n_docs / PRS_TABLE_GAIN : o->children[i]->cost;
    }
    o->flat = flat <= lists / 2 || flat <= PRS_FLAT_FEW;
    o->tables = o->flat && flat < lists;
    return PRISM_OK;
}

static void sort_by_most(cur_or *o) {
    for (uint32_t i = 0; i < o->n; i++) {
        int32_t most = o->children[i]->most;
        uint32_t k = i;
        for (; k > 0 && o->children[o->by_most[k - 1]]->most > most; k--)
            o->by_most[k] = o->by_most[k - 1];
        o->by_most[k] = i;
    }
}

prism_status prs_cur_or_make(prs_plan *plan, prs_cursor **children, uint32_t n, uint32_t n_extra,
                             uint32_t min_match, uint32_t depth, bool scored, prs_cursor **out,
                             prism_error *err) {
    cur_or *o;
    PRS_TRY(prs_plan_cursor(plan, sizeof *o, min_match > 1 ? &some_ops : &any_ops, depth, scored,
                            &o, err));
    PRS_TRY(prs_plan_scratch(plan, depth, &o->scratch, err));
    o->children = children;
    o->n = n;
    o->n_extra = n_extra;
    o->min_match = min_match;
    for (uint32_t i = n; i < n + n_extra; i++) o->most_extra += children[i]->most;
    o->max = prs_arena_calloc(&plan->arena, n, sizeof *o->max);
    o->order = prs_arena_alloc(&plan->arena, n * sizeof *o->order);
    o->by_most = prs_arena_alloc(&plan->arena, n * sizeof *o->by_most);
    if (o->max == NULL || o->order == NULL || o->by_most == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < n; i++) {
        o->order[i] = i;
        o->base.cost += children[i]->cost;
    }
    sort_by_most(o);
    o->n_essential = n;
    if (scored && min_match == 1 && n > 1) PRS_TRY(find_flat(o, err));
    *out = &o->base;
    return PRISM_OK;
}
