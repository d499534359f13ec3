/* cur_term.c - which documents have a word in any of its fields, and what does each score?
 *
 * Structure   One lane per field that has the word in this segment, merged by document:
 *
 *                 title x 2   . . 7 . . . 31 . .          documents of a range [from, end)
 *                 body  x 1   3 . 7 9 . .  . 40 44
 *                 out         3   7 9     31 40 44        freq = 2 f_title + f_body, length
 *                             likewise
 *
 *             A range ends where the first of the lanes' blocks ends, so every lane gives at most
 *             one block.
 * Skipping    Before a range is decoded, the pairs of its blocks (joined over the fields) are
 * scored; if none
 *             reaches the floor, the range is passed unread.  Above blocks stand groups of 32:
 *             `wide` keeps the bound of the groups stood on, so that a list without a chance is
 *             passed 4096 postings at a time.
 * Invariants  - wide_max holds for [.., wide_to); lanes stand at or before `from`.
 *             - A cursor that does not score reads no freqs and no lengths.
 * Cost        About 1 ns per posting decoded and scored.
 * Source      FORMAT.md section 17; Robertson & Zaragoza, CIKM 2004 (BM25F); Ding & Suel, SIGIR
 *             2011.
 * Tested by   tests/unit/search/test_cur_term.c, test_pruning.c */
#include "search/lane.h"
#include "search/meet.h"
#include "search/plan.h"

typedef struct term_postings { /* of a range, being merged */
    uint32_t n;
    uint32_t *docs, *freqs;
} term_postings;

typedef struct cur_term {
    prs_cursor base;
    prs_group group;
    prs_lane *lanes; /* df descending: the first has the narrowest blocks */
    uint32_t n_lanes;
    uint32_t wide_to;
    int32_t wide_max;
    uint32_t near_from, near_to; /* the range of the last bound of blocks */
    int32_t near_max;
    term_postings merged, other; /* room for one block of every lane, at most a window */
} cur_term;

static cur_term *self(prs_cursor *c) {
    return (cur_term *)c;
}

/* ---- bounds ---------------------------------------------------------------------------------- */

static prism_status bound_groups(cur_term *t, uint32_t from, prism_error *err) {
    prs_cover all = {0}, one;
    uint32_t to = t->base.plan->n_docs;
    for (uint32_t i = 0; i < t->n_lanes; i++) {
        PRS_TRY(prs_lane_group(&t->lanes[i], from, &to, &one, err));
        prs_cover_join(&all, &one, t->lanes[i].weight);
    }
    t->wide_to = to;
    t->wide_max = t->base.scored || all.n == 0 ? prs_group_bound(&t->group, &all) : 0;
    return PRISM_OK;
}

static prism_status skip_all(cur_term *t, uint32_t from, prism_error *err) {
    for (uint32_t i = 0; i < t->n_lanes; i++) PRS_TRY(prs_lane_skip(&t->lanes[i], from, err));
    return PRISM_OK;
}

/* Where the first of the blocks stood on ends. */
static uint32_t blocks_end(const cur_term *t, uint32_t to) {
    for (uint32_t i = 0; i < t->n_lanes; i++) {
        if (!prs_lane_ended(&t->lanes[i]) && t->lanes[i].p.last_doc < to)
            to = t->lanes[i].p.last_doc + 1;
    }
    return to;
}

/* Bound of [from, *to), *to lowered to the end of the first block.  Lanes stand on their blocks. */
static prism_status bound_blocks(cur_term *t, uint32_t from, uint32_t *to, int32_t *max,
                                 prism_error *err) {
    prs_cover all = {0}, one;
    *to = blocks_end(t, *to);
    if (from == t->near_from && *to == t->near_to) {
        *max = t->near_max;
        return PRISM_OK;
    }
    for (uint32_t i = 0; i < t->n_lanes; i++) {
        prs_lane *lane = &t->lanes[i];
        bool wide = !prs_lane_ended(lane) && lane->p.last_doc >= *to;
        if (wide) PRS_TRY(prs_lane_load(lane, from, err)); /* is it in the range at all? */
        PRS_TRY(prs_lane_block(lane, from, to, &one, err));
        prs_cover_join(&all, &one, lane->weight);
    }
    *max = t->base.scored || all.n == 0 ? prs_group_bound(&t->group, &all) : 0;
    t->near_from = from;
    t->near_to = *to;
    t->near_max = *max;
    return PRISM_OK;
}

static prism_status term_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                               int32_t *max, prism_error *err) {
    cur_term *t = self(c);
    if (from >= t->wide_to) PRS_TRY(bound_groups(t, from, err));
    if (*to > t->wide_to) *to = t->wide_to;
    PRS_TRY(skip_all(t, from, err));
    if (blocks_end(t, *to) >= PRS_MIN(min_to, *to)) return bound_blocks(t, from, to, max, err);
    *max = t->wide_max;
    return PRISM_OK;
}

/* ---- decoding -------------------------------------------------------------------------------- */

/* Postings of a lane in [from, to) as they are. */
static prism_status take_lane(const cur_term *t, prs_lane *lane, uint32_t from, uint32_t to,
                              term_postings *out, prism_error *err) {
    out->n = 0;
    if (prs_lane_ended(lane)) return PRISM_OK;
    PRS_TRY(prs_lane_load(lane, from, err));
    uint32_t first = lane->p.i, end = prs_lane_place(lane, to);
    out->n = end - first;
    if (out->n == 0) return PRISM_OK;
    memcpy(out->docs, lane->p.docs + first, out->n * sizeof *out->docs);
    if (!t->base.scored) return PRISM_OK;
    PRS_TRY(prs_postings_freqs(&lane->p, err));
    memcpy(out->freqs, lane->p.freqs + first, out->n * sizeof *out->freqs);
    for (uint32_t i = 0; lane->weight != 1 && i < out->n; i++) {
        out->freqs[i] = prs_weigh_add(0, out->freqs[i], lane->weight);
    }
    return PRISM_OK;
}

static uint32_t copy_postings(const term_postings *in, uint32_t from, uint32_t to,
                              term_postings *out, uint32_t n) {
    memcpy(out->docs + n, in->docs + from, (to - from) * sizeof *out->docs);
    memcpy(out->freqs + n, in->freqs + from, (to - from) * sizeof *out->freqs);
    return n + (to - from);
}

/* The loaded postings [b, b_end) of a lane and t->merged together into t->other.  Mostly few come
 * to many: what lies between two of them is copied as it is. */
static void insert_lane(cur_term *t, const prs_lane *lane, uint32_t b, uint32_t b_end) {
    const term_postings *old = &t->merged;
    term_postings *out = &t->other;
    uint32_t a = 0, n = 0;
    for (; b < b_end; b++) {
        uint32_t doc = lane->p.docs[b], freq = 0;
        uint32_t place = prs_select_place(old->docs, a, old->n, doc);
        n = copy_postings(old, a, place, out, n);
        a = place;
        if (a < old->n && old->docs[a] == doc) freq = old->freqs[a++];
        out->docs[n] = doc;
        out->freqs[n++] = t->base.scored ? prs_weigh_add(freq, lane->p.freqs[b], lane->weight) : 0;
    }
    out->n = copy_postings(old, a, old->n, out, n);
}

/* Merge a lane's postings in [from, to) into t->merged. */
static prism_status merge_lane(cur_term *t, prs_lane *lane, uint32_t from, uint32_t to,
                               prism_error *err) {
    if (prs_lane_ended(lane)) return PRISM_OK;
    PRS_TRY(prs_lane_load(lane, from, err));
    uint32_t b = lane->p.i, b_end = prs_lane_place(lane, to);
    if (b == b_end) return PRISM_OK;
    if (t->base.scored) PRS_TRY(prs_postings_freqs(&lane->p, err));
    insert_lane(t, lane, b, b_end);
    term_postings swap = t->merged;
    t->merged = t->other;
    t->other = swap;
    return PRISM_OK;
}

/* Postings of the whole word in [from, to), which no lane's block ends inside of. */
static prism_status take_range(cur_term *t, uint32_t from, uint32_t to, prism_error *err) {
    PRS_TRY(take_lane(t, &t->lanes[0], from, to, &t->merged, err));
    for (uint32_t i = 1; i < t->n_lanes; i++) PRS_TRY(merge_lane(t, &t->lanes[i], from, to, err));
    return PRISM_OK;
}

/* Score t->merged and append what reaches the floor. */
static void emit_range(const cur_term *t, int32_t floor, prs_batch *out) {
    const term_postings *in = &t->merged;
    int32_t scores[PRS_GROUP_CHUNK + PRS_SCORE_LANES];
    for (uint32_t at = 0; at < in->n; at += PRS_GROUP_CHUNK) {
        uint32_t n = PRS_MIN(in->n - at, PRS_GROUP_CHUNK), m = out->n;
        if (t->base.scored) {
            prs_group_score(&t->group, in->docs + at, in->freqs + at, n, scores);
        } else {
            memset(scores, 0, n * sizeof scores[0]);
        }
        out->n =
            m + prs_select_floor(in->docs + at, scores, n, floor, out->docs + m, out->scores + m);
    }
}

/* ---- the cursor ------------------------------------------------------------------------------ */

static prism_status term_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    cur_term *t = self(c);
    uint32_t first = PRS_DOC_END;
    for (uint32_t i = 0; i < t->n_lanes; i++) {
        prs_lane *lane = &t->lanes[i];
        PRS_TRY(prs_lane_skip(lane, from, err));
        if (prs_lane_ended(lane)) continue;
        PRS_TRY(prs_lane_load(lane, from, err));
        first = PRS_MIN(first, lane->p.docs[lane->p.i]);
    }
    *doc = first;
    return PRISM_OK;
}

/* Can [from, *to) be passed unread?  If not, *to is where the first block ends. */
static prism_status pass_range(cur_term *t, uint32_t from, uint32_t *to, int32_t floor, bool *pass,
                               prism_error *err) {
    *pass = true;
    if (floor > 0) {
        if (from >= t->wide_to) PRS_TRY(bound_groups(t, from, err));
        *to = PRS_MIN(*to, t->wide_to);
        if (t->wide_max < floor) return PRISM_OK;
    }
    PRS_TRY(skip_all(t, from, err));
    *to = blocks_end(t, *to);
    if (t->n_lanes * PRS_BLOCK > PRS_WINDOW && *to - from > PRS_WINDOW) *to = from + PRS_WINDOW;
    int32_t max = 0;
    if (floor > 0) PRS_TRY(bound_blocks(t, from, to, &max, err));
    *pass = max < floor;
    return PRISM_OK;
}

static prism_status term_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                              prs_batch *out, prism_error *err) {
    cur_term *t = self(c);
    uint32_t room = PRS_MIN(t->n_lanes * PRS_BLOCK, PRS_WINDOW);
    out->n = 0;
    while (from < to && out->n + room <= PRS_WINDOW) {
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        uint32_t end = to;
        bool pass;
        PRS_TRY(pass_range(t, from, &end, floor, &pass, err));
        if (!pass) {
            PRS_TRY(take_range(t, from, end, err));
            emit_range(t, floor, out);
        }
        from = end;
        if (out->n > 0 && floor > 0) break; /* the floor may have risen */
    }
    out->next = from;
    return PRISM_OK;
}

/* What a lane adds to the freqs of the candidates [at, end), of which only those with scores >=
 * need matter; freqs[0] is that of candidate `first`. */
static prism_status add_freqs(cur_term *t, prs_lane *lane, const prs_batch *batch, uint32_t first,
                              uint32_t end, int32_t need, uint32_t *freqs, prism_error *err) {
    prs_postings *p = &lane->p;
    prs_met met;
    for (uint32_t at = first, stop; at < end; at = stop) {
        PRS_TRY(prs_lane_skip(lane, batch->docs[at], err));
        if (prs_lane_ended(lane)) return PRISM_OK;
        for (stop = at + 1; stop < end && batch->docs[stop] <= p->last_doc;) stop++;
        PRS_TRY(
            prs_meet_block(p, batch->docs + at, batch->scores + at, stop - at, need, &met, err));
        if (t->base.scored && met.n > 0) PRS_TRY(prs_postings_freqs(p, err));
        for (uint32_t i = 0; i < met.n; i++) {
            uint32_t *freq = &freqs[at + met.at[i] - first];
            *freq = t->base.scored ? prs_weigh_add(*freq, p->freqs[met.place[i]], lane->weight) : 1;
        }
    }
    return PRISM_OK;
}

/* Probe the candidates [at, end), at most PRS_GROUP_CHUNK. */
static prism_status probe_chunk(cur_term *t, prs_batch *batch, uint32_t at, uint32_t end,
                                int32_t need, uint8_t *hit, prism_error *err) {
    uint32_t docs[PRS_GROUP_CHUNK], freqs[PRS_GROUP_CHUNK + PRS_SCORE_LANES] = {0}, m = 0;
    int32_t scores[PRS_GROUP_CHUNK];
    uint8_t place[PRS_GROUP_CHUNK];
    for (uint32_t i = 0; i < t->n_lanes; i++)
        PRS_TRY(add_freqs(t, &t->lanes[i], batch, at, end, need, freqs, err));
    for (uint32_t i = 0; at + i < end; i++) {
        uint32_t freq = freqs[i];
        docs[m] = batch->docs[at + i];
        freqs[m] = freq;
        place[m] = (uint8_t)i;
        hit[at + i] = freq > 0;
        m += freq > 0;
    }
    if (!t->base.scored || m == 0) return PRISM_OK;
    prs_group_score(&t->group, docs, freqs, m, scores);
    for (uint32_t i = 0; i < m; i++) batch->scores[at + place[i]] += scores[i];
    return PRISM_OK;
}

/* The candidates [at, *end) that one bound covers, and what they need to reach the floor with
 * it. */
static prism_status bound_candidates(cur_term *t, const prs_batch *batch, uint32_t at,
                                     uint32_t *end, int32_t floor, int32_t *need,
                                     prism_error *err) {
    uint32_t doc = batch->docs[at];
    *need = INT32_MIN;
    *end = PRS_MIN(batch->n, at + PRS_GROUP_CHUNK);
    if (floor <= 0 || !t->base.scored) return PRISM_OK;
    if (doc < t->near_from || doc >= t->near_to) {
        uint32_t to = t->base.plan->n_docs;
        int32_t max;
        PRS_TRY(skip_all(t, doc, err));
        PRS_TRY(bound_blocks(t, doc, &to, &max, err));
    }
    uint32_t n = 1;
    while (at + n < *end && batch->docs[at + n] < t->near_to) n++;
    *end = at + n;
    *need = t->near_max < 0 ? INT32_MAX : floor - t->near_max;
    return PRISM_OK;
}

static prism_status term_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                               prism_error *err) {
    cur_term *t = self(c);
    for (uint32_t at = 0, end; at < batch->n; at = end) {
        int32_t need;
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        PRS_TRY(bound_candidates(t, batch, at, &end, floor, &need, err));
        if (need == INT32_MIN || prs_select_any(batch->scores + at, end - at, need))
            PRS_TRY(probe_chunk(t, batch, at, end, need, hit, err));
        else
            memset(hit + at, 0, end - at);
    }
    return PRISM_OK;
}

static prism_status term_fill(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                              prism_error *err) {
    cur_term *t = self(c);
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    PRS_TRY(skip_all(t, base, err));
    for (uint32_t i = 0; i < t->n_lanes; i++) {
        if (prs_lane_ended(&t->lanes[i])) continue;
        PRS_TRY(prs_postings_fill_window(&t->lanes[i].p, base, words, n_words, err));
    }
    return PRISM_OK;
}

static int32_t term_prime(const prs_cursor *c, uint32_t k) {
    const cur_term *t = (const cur_term *)c;
    int32_t best = 0;
    for (uint32_t i = 0; c->scored && i < t->n_lanes; i++)
        best = PRS_MAX(best, prs_lane_prime(&t->lanes[i], &t->group, k));
    return best;
}

static const prs_cursor_ops term_ops = {term_bound, term_peek,  term_next, term_probe,
                                        term_fill,  term_prime, NULL};

/* ---- making ---------------------------------------------------------------------------------- */

/* The fields that have the word, the longest list first. */
typedef struct found_lists {
    prs_term_info *space; /* by place in at->fields */
    const prs_term_info **infos;
    uint32_t *order, n;
} found_lists;

static prism_status find_lists(prs_plan *plan, const prs_weighted *at, found_lists *found,
                               prism_error *err) {
    uint32_t n = at->fields.n;
    found->space = prs_arena_alloc(&plan->arena, n * sizeof *found->space);
    found->infos = prs_arena_alloc(&plan->arena, n * sizeof *found->infos);
    found->order = prs_arena_alloc(&plan->arena, n * sizeof *found->order);
    if (found->space == NULL || found->infos == NULL || found->order == NULL)
        return prs_error_nomem(err);
    found->n = 0;
    for (uint32_t i = 0; i < n; i++) {
        const prs_term_info **infos = found->infos;
        PRS_TRY(prs_plan_find(plan, at, i, &found->space[i], &infos[i], err));
        if (infos[i]->df == 0) continue;
        uint32_t k = found->n++;
        for (; k > 0 && infos[found->order[k - 1]]->df < infos[i]->df; k--)
            found->order[k] = found->order[k - 1];
        found->order[k] = i;
    }
    return PRISM_OK;
}

static prism_status open_lanes(cur_term *t, const prs_weighted *at, const found_lists *found,
                               prism_error *err) {
    prs_plan *plan = t->base.plan;
    t->lanes = prs_arena_alloc(&plan->arena, found->n * sizeof *t->lanes);
    if (t->lanes == NULL) return prs_error_nomem(err);
    for (uint32_t k = 0; k < found->n; k++) {
        const prs_term_info *info = found->infos[found->order[k]];
        prs_field_weight f = at->fields.ptr[found->order[k]];
        const prs_segment_field *field = &plan->segment->fields[f.field];
        PRS_TRY(prs_lane_open(&t->lanes[k], &field->source, info,
                              field->has_lengths ? &field->lengths : NULL, f.weight, err));
        t->base.cost += info->df;
    }
    t->n_lanes = found->n;
    return PRISM_OK;
}

static prism_status make_room(cur_term *t, term_postings *room, prism_error *err) {
    size_t n = PRS_MIN(t->n_lanes * PRS_BLOCK, PRS_WINDOW) + PRS_SCORE_LANES;
    room->docs = prs_arena_calloc(&t->base.plan->arena, n, sizeof *room->docs);
    room->freqs = prs_arena_calloc(&t->base.plan->arena, n, sizeof *room->freqs);
    return room->docs == NULL || room->freqs == NULL ? prs_error_nomem(err) : PRISM_OK;
}

static const prs_postings_source *source_of(const prs_plan *plan, const prs_weighted *at,
                                            uint32_t i) {
    return &plan->segment->fields[at->fields.ptr[i].field].source;
}

prism_status prs_cur_term_make(prs_plan *plan, const prs_weighted *at, uint32_t depth, bool scored,
                               prs_cursor **out, prism_error *err) {
    *out = NULL;
    cur_term *t;
    found_lists found = {0};
    if (at->fields.n == 1) {
        prs_term_info space;
        const prs_term_info *info;
        PRS_TRY(prs_plan_find(plan, at, 0, &space, &info, err));
        if (info->df == 0) return PRISM_OK;
        return prs_cur_word_make(plan, at, source_of(plan, at, 0), info, 0, depth, scored, out,
                                 err);
    }
    PRS_TRY(find_lists(plan, at, &found, err));
    if (found.n == 0) return PRISM_OK;
    if (found.n == 1) {
        uint32_t i = found.order[0];
        return prs_cur_word_make(plan, at, source_of(plan, at, i), found.infos[i], i, depth, scored,
                                 out, err);
    }
    PRS_TRY(prs_plan_cursor(plan, sizeof *t, &term_ops, depth, scored, &t, err));
    PRS_TRY(open_lanes(t, at, &found, err));
    PRS_TRY(make_room(t, &t->merged, err));
    if (t->n_lanes > 1) PRS_TRY(make_room(t, &t->other, err));
    PRS_TRY(prs_group_init(&t->group, &plan->arena, plan->segment, &at->fields, &at->scorer, err));
    t->group.times = (int32_t)at->more + 1;
    t->near_from = UINT32_MAX;
    *out = &t->base;
    return PRISM_OK;
}
