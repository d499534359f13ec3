/* cur_meet.c - which documents have all of some words, when lists are all there is to ask?
 *
 * Structure   The shortest list leads, block by block.  Its documents are looked for in the blocks
 *             of the others, the shorter ones first; freqs are read for those that all have, and
 *             scores made when some have come together.
 *
 *                 shortest   [17 19 40 52 ..]                     a block of documents, no freqs
 *                 second     [17    40      ]     + freq          as stored where it is dense,
 *                 third      [      40      ]     + freq          decoded where it is not
 *                                    |
 *                 matches    docs, a row of freqs a list  ->  lengths, scores  ->  floor
 *
 * Skipping    Where the first two stand on blocks without a document in common both go on
 *             undecoded.  There are no bounds: with few matches in a block they save little, and
 *             cost as much; where matches are many, cur_and.c lets the leader score first.
 * Invariants  - Of `rows` the first n_met of each list are the weighted freqs of docs[0 .. n_met).
 *             - A list never moves past a document that a later call may ask for: all calls ask
 *               all lists about the same documents.
 * Why so      Of two words that 2 % of the documents have, one document in fifty of the rarer one
 *             matches: scoring the leader first would be fifty scores for one that is wanted.
 * Cost        For each block decoded 50 ns; 2 ns for each candidate in it; 3 ns a match and list.
 * Tested by   tests/unit/search/test_cur_meet.c, test_plan.c, test_pruning.c */
#include "kernel/select.h"
#include "search/group.h"
#include "search/lane.h"
#include "search/meet.h"
#include "search/plan.h"
#include "search/sieve.h"

#define MET_MOST (2u * PRS_BLOCK)
#define MET_ROOM (MET_MOST + PRS_SCORE_LANES)
#define PRS_MEET_STEP 32u /* blocks between two looks at the watch */
#define MET_ENOUGH 64u    /* matches for a batch: the floor may have risen */

typedef struct met_list {
    prs_postings *p;
    const prs_group *group; /* NULL: not scored */
    uint32_t weight;
    uint32_t *row; /* freqs of the matches */
} met_list;

typedef struct cur_meet {
    prs_cursor base;
    prs_cursor **children; /* by cost */
    met_list *lists;
    uint32_t n;
    bool same_lengths; /* of all groups */
    bool leading;      /* candidates are of list 0: of it places are kept, not freqs */
    /* the candidates of one block, then the matches of it */
    uint32_t n_cand;
    uint32_t cand[PRS_BLOCK + PRS_SCORE_LANES];
    uint8_t lead_place[PRS_BLOCK];
    /* matches without scores yet */
    uint32_t n_met;
    uint32_t docs[MET_ROOM];
} cur_meet;

static cur_meet *self(prs_cursor *c) {
    return (cur_meet *)c;
}

/* ---- candidates ------------------------------------------------------------------------------ */

static inline uint32_t weighted(uint32_t freq, uint32_t weight) {
    return weight == 1 ? freq : prs_weigh_add(0, freq, weight);
}

/* Candidate at[i] of those from `first` on becomes candidate m + i, for `met` of them. */
static void keep_candidates(cur_meet *t, uint32_t list, uint32_t first, uint32_t m,
                            const uint16_t *at, uint32_t met) {
    for (uint32_t i = 0; i < met; i++) t->cand[m + i] = t->cand[first + at[i]];
    if (!t->base.scored) return;
    if (t->leading)
        for (uint32_t i = 0; i < met; i++) t->lead_place[m + i] = t->lead_place[first + at[i]];
    for (uint32_t k = t->leading; k < list; k++) {
        uint32_t *row = t->lists[k].row + t->n_met;
        for (uint32_t i = 0; i < met; i++) row[m + i] = row[first + at[i]];
    }
}

/* Keep the candidates that a list has, with their freqs there. */
static prism_status narrow(cur_meet *t, uint32_t list, prism_error *err) {
    met_list *l = &t->lists[list];
    prs_postings *p = l->p;
    uint32_t n = t->n_cand, m = 0, blocks = 0;
    const int32_t *any = (const int32_t *)(const void *)t->cand; /* all are >= INT32_MIN */
    prs_met met;
    for (uint32_t first = 0, end; first < n; first = end) {
        if (++blocks % PRS_MEET_STEP == 0) PRS_TRY(prs_watch_tick(t->base.plan->watch, err));
        PRS_TRY(prs_postings_skip_to(p, t->cand[first], err));
        if (p->last_doc == PRS_DOC_END) break;
        end = p->last_doc >= t->cand[n - 1]
                  ? n
                  : prs_select_place(t->cand, first + 1, n, p->last_doc + 1);
        PRS_TRY(prs_meet_block(p, t->cand + first, any + first, end - first, INT32_MIN, &met, err));
        if (met.n == 0) continue;
        keep_candidates(t, list, first, m, met.at, met.n);
        if (t->base.scored) {
            PRS_TRY(prs_postings_freqs(p, err));
            uint32_t *row = l->row + t->n_met + m;
            for (uint32_t i = 0; i < met.n; i++)
                row[i] = weighted(p->freqs[met.place[i]], l->weight);
        }
        m += met.n;
    }
    t->n_cand = m;
    return PRISM_OK;
}

/* The candidates, of which all others have been asked, are matches: the leader's freqs. */
static prism_status take_matches(cur_meet *t, prism_error *err) {
    met_list *lead = &t->lists[0];
    uint32_t n = t->n_cand;
    if (n == 0) return PRISM_OK;
    memcpy(t->docs + t->n_met, t->cand, n * sizeof *t->docs);
    if (t->base.scored) {
        PRS_TRY(prs_postings_freqs(lead->p, err));
        uint32_t *row = lead->row + t->n_met;
        for (uint32_t i = 0; i < n; i++)
            row[i] = weighted(lead->p->freqs[t->lead_place[i]], lead->weight);
    }
    t->n_met += n;
    return PRISM_OK;
}

/* Stand with the first two on blocks that overlap at or behind *from; *from = to if there are none
 * before. */
static prism_status align(cur_meet *t, uint32_t *from, uint32_t to, prism_error *err) {
    prs_postings *lead = t->lists[0].p, *next = t->lists[1].p;
    for (uint32_t turn = 1; *from < to; turn++) {
        if (turn % PRS_MEET_STEP == 0) PRS_TRY(prs_watch_tick(t->base.plan->watch, err));
        PRS_TRY(prs_postings_skip_to(lead, *from, err));
        if (lead->last_doc == PRS_DOC_END) break;
        *from = PRS_MAX(*from, lead->before_block + 1u);
        if (*from >= to) break;
        PRS_TRY(prs_postings_skip_to(next, *from, err));
        if (next->last_doc == PRS_DOC_END) break;
        *from = PRS_MAX(*from, next->before_block + 1u);
        if (*from <= lead->last_doc) return PRISM_OK;
    }
    *from = to;
    return PRISM_OK;
}

/* The matches in the leader's next block; *from is where it ended. */
static prism_status step(cur_meet *t, uint32_t *from, uint32_t to, prism_error *err) {
    prs_postings *lead = t->lists[0].p;
    PRS_TRY(prs_watch_tick(t->base.plan->watch, err));
    PRS_TRY(align(t, from, to, err));
    if (*from >= to) return PRISM_OK;
    PRS_TRY(prs_postings_load(lead, err));
    uint32_t i = lead->i = prs_select_place(lead->docs, lead->i, lead->n, *from);
    uint32_t end = lead->last_doc < to ? lead->n : prs_select_place(lead->docs, i, lead->n, to);
    *from = lead->last_doc < to ? lead->last_doc + 1 : to;
    t->leading = true;
    t->n_cand = end - i;
    memcpy(t->cand, lead->docs + i, t->n_cand * sizeof *t->cand);
    for (uint32_t k = 0; t->base.scored && k < t->n_cand; k++) t->lead_place[k] = (uint8_t)(i + k);
    for (uint32_t k = 1; k < t->n && t->n_cand > 0; k++) PRS_TRY(narrow(t, k, err));
    return take_matches(t, err);
}

/* ---- scores ---------------------------------------------------------------------------------- */

/* Scores of n <= PRS_GROUP_CHUNK matches from `at` on. */
static void score_chunk(const cur_meet *t, uint32_t at, uint32_t n, int32_t *scores) {
    uint32_t lengths[PRS_GROUP_CHUNK];
    int32_t own[PRS_GROUP_CHUNK];
    uint32_t end = (n + PRS_SCORE_LANES - 1) & ~(PRS_SCORE_LANES - 1);
    for (uint32_t i = n; i < end; i++) lengths[i] = 0;
    for (uint32_t k = 0; k < t->n; k++) {
        const prs_group *group = t->lists[k].group;
        int32_t *out = k == 0 ? scores : own;
        if (k == 0 || !t->same_lengths) prs_group_lengths(group, t->docs + at, n, lengths);
        prs_score_block(&group->scorer, t->lists[k].row + at, lengths, n, out);
        for (uint32_t i = 0; group->times != 1 && i < n; i++) out[i] *= group->times;
        for (uint32_t i = 0; k > 0 && i < n; i++) scores[i] += own[i];
    }
}

/* What is scored beside the last match. */
static void pad_rows(cur_meet *t) {
    for (uint32_t k = 0; k < t->n; k++)
        for (uint32_t i = t->n_met; i % PRS_SCORE_LANES != 0; i++) t->lists[k].row[i] = 1;
}

/* Move the matches to the batch, those that reach the floor. */
static void flush(cur_meet *t, int32_t floor, prs_batch *out) {
    int32_t scores[PRS_GROUP_CHUNK + PRS_SCORE_LANES] = {0};
    if (t->base.scored) pad_rows(t);
    for (uint32_t at = 0; at < t->n_met; at += PRS_GROUP_CHUNK) {
        uint32_t n = PRS_MIN(t->n_met - at, PRS_GROUP_CHUNK);
        if (t->base.scored) score_chunk(t, at, n, scores);
        out->n += prs_select_floor(t->docs + at, scores, n, floor, out->docs + out->n,
                                   out->scores + out->n);
    }
    t->n_met = 0;
}

/* ---- bounds ---------------------------------------------------------------------------------- */

static prism_status meet_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                               int32_t *max, prism_error *err) {
    cur_meet *t = self(c);
    int64_t sum = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        prs_cursor *child = t->children[i];
        PRS_TRY(child->ops->bound(child, from, i == 0 ? min_to : *to, to, max, err));
        if (*max < 0) return PRISM_OK;
        sum += *max;
    }
    *max = sum > INT32_MAX ? INT32_MAX : (int32_t)sum;
    return PRISM_OK;
}

/* ---- the cursor ------------------------------------------------------------------------------ */

static prism_status meet_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                              prs_batch *out, prism_error *err) {
    cur_meet *t = self(c);
    uint32_t enough = floor > 0 ? MET_ENOUGH : PRS_WINDOW - MET_MOST;
    out->n = t->n_met = 0;
    while (from < to && out->n + t->n_met < enough) {
        PRS_TRY(step(t, &from, to, err));
        if (t->n_met > PRS_BLOCK) flush(t, floor, out);
    }
    flush(t, floor, out);
    out->next = from;
    return PRISM_OK;
}

static prism_status meet_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    cur_meet *t = self(c);
    *doc = from;
    for (uint32_t i = 0; i < t->n && *doc != PRS_DOC_END; i++)
        PRS_TRY(t->children[i]->ops->peek(t->children[i], *doc, doc, err));
    return PRISM_OK;
}

/* Ask all lists about the candidates [at, at + n). */
static prism_status probe_chunk(cur_meet *t, prs_batch *batch, uint32_t at, uint32_t n,
                                uint8_t *hit, prism_error *err) {
    int32_t scores[PRS_GROUP_CHUNK + PRS_SCORE_LANES] = {0};
    t->n_met = 0;
    t->leading = false;
    t->n_cand = n;
    memcpy(t->cand, batch->docs + at, n * sizeof *t->cand);
    for (uint32_t k = 0; k < t->n && t->n_cand > 0; k++) PRS_TRY(narrow(t, k, err));
    memcpy(t->docs, t->cand, t->n_cand * sizeof *t->docs);
    t->n_met = t->n_cand;
    if (t->base.scored && t->n_met > 0) {
        pad_rows(t);
        score_chunk(t, 0, t->n_met, scores);
    }
    for (uint32_t i = 0, k = at; i < t->n_met; i++, k++) {
        while (batch->docs[k] != t->docs[i]) k++;
        hit[k] = 1;
        batch->scores[k] += scores[i];
    }
    t->n_met = 0;
    return PRISM_OK;
}

static prism_status meet_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                               prism_error *err) {
    (void)floor;
    memset(hit, 0, batch->n);
    for (uint32_t at = 0; at < batch->n; at += PRS_BLOCK) {
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        PRS_TRY(probe_chunk(self(c), batch, at, PRS_MIN(batch->n - at, PRS_BLOCK), hit, err));
    }
    return PRISM_OK;
}

static const prs_cursor_ops meet_ops = {meet_bound, meet_peek, meet_next, meet_probe,
                                        NULL,       NULL,      NULL};

/* ---- making ---------------------------------------------------------------------------------- */

static bool share_lengths(const prs_group *a, const prs_group *b) {
    bool same = a->n_fields == b->n_fields;
    for (uint32_t i = 0; same && i < a->n_fields; i++)
        same = a->fields[i].lengths == b->fields[i].lengths &&
               a->fields[i].weight == b->fields[i].weight;
    return same;
}

static prism_status take_word(cur_meet *t, uint32_t i, prism_error *err) {
    prs_lane *lane = prs_cur_word_lane(t->children[i], &t->lists[i].group);
    t->lists[i].p = &lane->p;
    t->lists[i].weight = lane->weight;
    t->lists[i].row = prs_arena_alloc(&t->base.plan->arena, MET_ROOM * sizeof *t->lists[i].row);
    if (t->lists[i].row == NULL) return prs_error_nomem(err);
    t->same_lengths = t->same_lengths && share_lengths(t->lists[0].group, t->lists[i].group);
    return PRISM_OK;
}

prism_status prs_cur_meet_make(prs_plan *plan, prs_cursor **children, uint32_t n, bool scored,
                               prs_cursor **out, prism_error *err) {
    cur_meet *t = prs_arena_alloc(&plan->arena, sizeof *t);
    if (t == NULL) return prs_error_nomem(err);
    memset(t, 0, offsetof(cur_meet, cand));
    t->base = (prs_cursor){.ops = &meet_ops, .plan = plan, .scored = scored};
    t->n = n;
    t->children = children;
    t->lists = prs_arena_calloc(&plan->arena, n, sizeof *t->lists);
    if (t->lists == NULL) return prs_error_nomem(err);
    t->same_lengths = scored;
    for (uint32_t i = 0; i < n; i++) {
        PRS_TRY(scored ? take_word(t, i, err)
                       : prs_cur_list_open(children[i], &t->lists[i].p, err));
        t->base.most += children[i]->most;
    }
    t->n_met = 0;
    t->base.one_pass = scored;
    t->base.cost = children[0]->cost;
    *out = &t->base;
    return PRISM_OK;
}
