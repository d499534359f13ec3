/* cur_all.c - all of these sets and none of those?
 *
 * Structure   The rarest required part leads.  Of a window it gives the bits, which the other
 *             parts narrow in order of rarity, then those that are prohibited, the most frequent
 *             first; nothing is asked about an empty window.  Where candidates are few they go
 *             as a list instead.
 *
 *                 leader   . 1 . . 1 . 1 .       list   [17 40 52]
 *                 second   . 1 . . . . 1 .              [17    52]
 *                 not      . . . . . . 1 .              [      52]
 *
 * Tested by   tests/unit/search/test_cur_all.c, test_plan.c */
#include "base/words.h"
#include "search/sieve.h"

typedef struct cur_all {
    prs_cursor base;
    prs_cursor **required; /* by cost */
    uint32_t n_required;
    prs_cursor **prohibited; /* by cost, the largest first */
    uint32_t n_prohibited;
    uint32_t depth;
    prs_cursor *lead; /* of `next`: all lists that are required, or required[0]; NULL: not made */
    prs_cursor **followers; /* what is required beside it, by cost */
    uint32_t n_followers;
    prs_scratch *scratch; /* NULL while nothing needed it: sieves mostly do without */
} cur_all;

static cur_all *self(prs_cursor *c) {
    return (cur_all *)c;
}

static prism_status all_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                              int32_t *max, prism_error *err) {
    cur_all *a = self(c);
    for (uint32_t i = 0; i < a->n_required; i++) {
        prs_cursor *child = a->required[i];
        PRS_TRY(child->ops->bound(child, from, i == 0 ? min_to : *to, to, max, err));
        if (*max < 0) return PRISM_OK;
    }
    *max = 0;
    return PRISM_OK;
}

static prism_status all_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    cur_all *a = self(c);
    *doc = from;
    for (uint32_t i = 0; i < a->n_required && *doc != PRS_DOC_END; i++)
        PRS_TRY(a->required[i]->ops->peek(a->required[i], *doc, doc, err));
    return PRISM_OK;
}

/* ---- windows -------------------------------------------------------------------------------- */

/* Narrow by the required parts from `first` on and by the prohibited. */
static prism_status narrow(cur_all *a, uint32_t first, uint32_t base, uint64_t *words,
                           uint32_t n_words, prism_error *err) {
    for (uint32_t i = first; i < a->n_required + a->n_prohibited; i++) {
        bool keep = i < a->n_required;
        prs_cursor *child = keep ? a->required[i] : a->prohibited[i - a->n_required];
        if (prs_window_is_empty(words, n_words)) return PRISM_OK;
        PRS_TRY(prs_cursor_sift(child, base, words, n_words, keep, a->scratch, err));
    }
    return PRISM_OK;
}

static prism_status all_fill(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                             prism_error *err) {
    cur_all *a = self(c);
    uint64_t mine[PRS_SIEVE_WORDS];
    memset(mine, 0, n_words * sizeof *mine);
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    PRS_TRY(
        prs_cursor_fill(a->required[0], base, mine, n_words, prs_scratch_batch(a->scratch), err));
    PRS_TRY(narrow(a, 1, base, mine, n_words, err));
    for (uint32_t i = 0; i < n_words; i++) words[i] |= mine[i];
    return PRISM_OK;
}

static prism_status all_sift(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                             bool keep, prism_error *err) {
    cur_all *a = self(c);
    if (keep) return narrow(a, 0, base, words, n_words, err);
    uint64_t mine[PRS_SIEVE_WORDS];
    memcpy(mine, words, n_words * sizeof *mine);
    PRS_TRY(narrow(a, 0, base, mine, n_words, err));
    prs_words_sift(words, mine, n_words, false);
    return PRISM_OK;
}

/* ---- lists ---------------------------------------------------------------------------------- */

/* Posting lists meet block by block; the others follow. */
static prism_status make_lead(cur_all *a, prism_error *err) {
    prs_plan *plan = a->base.plan;
    uint32_t n = 0;
    prs_cursor **lists = prs_arena_alloc(&plan->arena, a->n_required * sizeof *lists);
    a->followers = prs_arena_alloc(&plan->arena, a->n_required * sizeof *lists);
    if (lists == NULL || a->followers == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < a->n_required; i++)
        if (prs_cur_is_list(a->required[i])) lists[n++] = a->required[i];
    bool meet = n >= 2 && prs_cur_is_list(a->required[0]);
    for (uint32_t i = 0; i < a->n_required; i++) {
        bool leads = meet ? prs_cur_is_list(a->required[i]) : i == 0;
        if (!leads) a->followers[a->n_followers++] = a->required[i];
    }
    a->lead = a->required[0];
    return meet ? prs_cur_meet_make(plan, lists, n, false, &a->lead, err) : PRISM_OK;
}

static prism_status ask_each(cur_all *a, prs_cursor *const *cursors, uint32_t n, bool keep,
                             prs_batch *batch, prism_error *err) {
    for (uint32_t i = 0; i < n && batch->n > 0; i++) {
        PRS_TRY(prs_plan_scratch(a->base.plan, a->depth, &a->scratch, err));
        PRS_TRY(cursors[i]->ops->probe(cursors[i], batch, 0, a->scratch->hit, err));
        prs_batch_keep_hits(batch, a->scratch->hit, keep);
    }
    return PRISM_OK;
}

static prism_status all_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                             prs_batch *out, prism_error *err) {
    cur_all *a = self(c);
    out->n = 0;
    out->next = to;
    if (floor > 0) return PRISM_OK;
    if (a->lead == NULL) PRS_TRY(make_lead(a, err));
    for (out->next = from; out->n == 0 && from < to; from = out->next) {
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        PRS_TRY(a->lead->ops->next(a->lead, from, to, 0, out, err));
        PRS_TRY(ask_each(a, a->followers, a->n_followers, true, out, err));
        PRS_TRY(ask_each(a, a->prohibited, a->n_prohibited, false, out, err));
    }
    return PRISM_OK;
}

/* The candidates are copied, because they shrink. */
static prism_status all_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                              prism_error *err) {
    (void)floor;
    cur_all *a = self(c);
    PRS_TRY(prs_plan_scratch(c->plan, a->depth, &a->scratch, err));
    prs_batch *mine = &a->scratch->batch;
    memset(hit, 0, batch->n);
    memcpy(mine->docs, batch->docs, batch->n * sizeof *batch->docs);
    memset(mine->scores, 0, batch->n * sizeof *mine->scores);
    mine->n = batch->n;
    PRS_TRY(ask_each(a, a->required, a->n_required, true, mine, err));
    PRS_TRY(ask_each(a, a->prohibited, a->n_prohibited, false, mine, err));
    for (uint32_t i = 0, k = 0; k < mine->n; i++) {
        if (batch->docs[i] != mine->docs[k]) continue;
        hit[i] = 1;
        k++;
    }
    return PRISM_OK;
}

static const prs_cursor_ops all_ops = {all_bound, all_peek, all_next, all_probe,
                                       all_fill,  NULL,     NULL};
static const prs_sieve_ops all_sieve = {all_sift, NULL};

bool prs_cur_all_of_lists(const prs_cursor *c) {
    const cur_all *a = (const cur_all *)c;
    bool lists = c->ops == &all_ops;
    for (uint32_t i = 0; lists && i < a->n_required; i++) lists = prs_cur_is_list(a->required[i]);
    return lists;
}

prs_cursor *prs_cur_all_less(const prs_cursor *c, prs_cursor ***prohibited, uint32_t *n) {
    const cur_all *a = (const cur_all *)c;
    if (c->ops != &all_ops || a->n_required > 1) return NULL;
    *prohibited = a->prohibited;
    *n = a->n_prohibited;
    return a->required[0];
}

static prism_status sorted(prs_plan *plan, prs_cursor *const *from, uint32_t n, bool rising,
                           prs_cursor ***out, prism_error *err) {
    prs_cursor **to = prs_arena_alloc(&plan->arena, (n + 1) * sizeof *to);
    if (to == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = i;
        for (;
             k > 0 && (rising ? to[k - 1]->cost > from[i]->cost : to[k - 1]->cost < from[i]->cost);
             k--)
            to[k] = to[k - 1];
        to[k] = from[i];
    }
    *out = to;
    return PRISM_OK;
}

prism_status prs_cur_all_make(prs_plan *plan, const prs_and_parts *parts, uint32_t depth,
                              prs_cursor **out, prism_error *err) {
    cur_all *a;
    PRS_TRY(prs_plan_cursor(plan, sizeof *a, &all_ops, depth, false, &a, err));
    a->base.sieve = &all_sieve;
    a->depth = depth;
    if (!prs_all_are_sieves(parts->required, parts->n_required) ||
        !prs_all_are_sieves(parts->prohibited, parts->n_prohibited))
        PRS_TRY(prs_plan_scratch(plan, depth, &a->scratch, err));
    a->n_required = parts->n_required;
    a->n_prohibited = parts->n_prohibited;
    PRS_TRY(sorted(plan, parts->required, parts->n_required, true, &a->required, err));
    PRS_TRY(sorted(plan, parts->prohibited, parts->n_prohibited, false, &a->prohibited, err));
    a->base.cost = a->required[0]->cost;
    *out = &a->base;
    return PRISM_OK;
}
