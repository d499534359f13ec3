/* cur_word.c - a word that stands in one field of this segment: which documents, and what does each
 * score?
 *
 * Structure   The one posting list, block by block, without copying it: documents and freqs are
 *             scored where they were decoded.
 *
 *                 group of 32 blocks    wide_max
 *                 block  0  1  2 ...    block_max[]    all made at once, when the group is entered
 *                        |
 *                        docs, freqs -> lengths -> scores -> those that reach the floor
 *
 *             Blocks stored as bits are scored without listing their documents (word_block.c), and
 *             added to windows as bits (dense.c).  Where there is a table of all scores
 *             (score_table.c), adding and probing look at nothing else.
 * Skipping    Groups, then blocks, whose best score is below the floor are passed unread.  A
 *             list of one block has no impacts; its scores are computed once, and its bounds are
 *             exact.
 * Probing     Candidates are taken a block at a time: if none of them can reach the floor with the
 *             best of the block, it is not decoded (meet.c).
 * Invariants  - wide_max holds for [.., wide_to); block_max[] for the group `maxima_of`.
 *             - A cursor that does not score reads no freqs and no lengths; its bounds are 0.
 * Cost        AVX-512: 0.6 ns per posting decoded, scored and added to a window.
 * Source      FORMAT.md sections 7 and 17; Ding & Suel, SIGIR 2011.
 * Tested by   tests/unit/search/test_cur_word.c, test_pruning.c */
#include "kernel/select.h"
#include "search/group.h"
#include "search/meet.h"
#include "search/plan.h"
#include "search/score_table.h"
#include "search/word_block.h"

#define NO_GROUP UINT32_MAX
#define FEW_IN_GROUP 2u

typedef struct cur_word {
    prs_cursor base;
    prs_word_block b;
    prs_lane *lane;     /* of b.space */
    const float *table; /* of the whole segment; NULL = there is none */
    uint32_t field;     /* of the segment */
    uint32_t wide_to;
    int32_t wide_max;
    uint32_t maxima_of;
    int32_t block_max[PRS_GROUP_BLOCKS];
} cur_word;

static cur_word *self(prs_cursor *c) {
    return (cur_word *)c;
}

/* ---- bounds ---------------------------------------------------------------------------------- */

static int32_t most_of(const int32_t *scores, uint32_t n) {
    int32_t most = PRS_NO_MATCH;
    for (uint32_t i = 0; i < n; i++) most = PRS_MAX(most, scores[i]);
    return most;
}

static int32_t score_pair(const cur_word *t, prs_impact pair) {
    uint32_t weight = t->lane->weight;
    return prs_group_one(&t->b.group, prs_weigh_add(0, pair.freq, weight),
                         prs_weigh_add(0, pair.length, weight));
}

/* Of the group that reaches `from`, or of what is left of a list of one block. */
static prism_status bound_group(cur_word *t, uint32_t from, prism_error *err) {
    prs_postings *p = &t->lane->p;
    PRS_TRY(prs_postings_skip_group(p, from, err));
    bool last = p->n_groups == 0 || p->group + 1 >= p->n_groups;
    t->wide_to = last ? t->base.plan->n_docs : p->group_last_doc + 1;
    t->wide_max = PRS_NO_MATCH;
    if (prs_lane_ended(t->lane)) return PRISM_OK;
    if (!t->base.scored) {
        t->wide_max = 0;
    } else if (p->n_groups == 0) {
        const int32_t *scores;
        PRS_TRY(prs_word_scores(&t->b, 0, p->n, &scores, err));
        t->wide_max = most_of(scores, p->n);
    }
    for (uint32_t i = 0; t->base.scored && i < p->n_group_impacts; i++)
        t->wide_max = PRS_MAX(t->wide_max, score_pair(t, p->group_impacts[i]));
    return PRISM_OK;
}

/* Make block_max[] those of the group stood on, which has skip data. */
static prism_status bound_blocks(cur_word *t, prism_error *err) {
    prs_postings *p = &t->lane->p;
    if (t->maxima_of == p->group) return PRISM_OK;
    uint32_t freqs[PRS_GROUP_BLOCKS * PRS_BLOCK_IMPACTS];
    uint32_t lengths[PRS_GROUP_BLOCKS * PRS_BLOCK_IMPACTS];
    int32_t scores[PRS_GROUP_BLOCKS * PRS_BLOCK_IMPACTS];
    const prs_impact *pairs;
    uint32_t n = 0, at = 0;
    PRS_TRY(prs_postings_block_impacts(p, &pairs, &n, err));
    n = 0;
    for (uint32_t b = 0; b < p->n_blocks; b++) {
        for (uint32_t i = 0; i < p->n_impacts[b]; i++, n++) {
            freqs[n] = prs_weigh_add(0, p->impacts[b][i].freq, t->lane->weight);
            lengths[n] = prs_weigh_add(0, p->impacts[b][i].length, t->lane->weight);
        }
    }
    for (uint32_t i = n; i % PRS_SCORE_LANES != 0; i++) freqs[i] = lengths[i] = 1;
    prs_score_block(&t->b.group.scorer, freqs, lengths, n, scores);
    for (uint32_t b = 0; b < p->n_blocks; at += p->n_impacts[b++])
        t->block_max[b] =
            t->base.scored ? most_of(scores + at, p->n_impacts[b]) * t->b.group.times : 0;
    t->maxima_of = p->group;
    return PRISM_OK;
}

/* The best of the places of [from, to) in the loaded block. */
static prism_status bound_loaded(cur_word *t, uint32_t from, uint32_t to, int32_t *max,
                                 prism_error *err) {
    PRS_TRY(prs_lane_load(t->lane, from, err));
    uint32_t i = t->lane->p.i, end = prs_lane_place(t->lane, to);
    if (i == end) {
        *max = PRS_NO_MATCH;
    } else if (t->lane->p.n_groups == 0) {
        const int32_t *scores;
        PRS_TRY(prs_word_scores(&t->b, i, end, &scores, err));
        *max = most_of(scores, end - i);
    } else {
        *max = t->block_max[t->lane->p.block];
    }
    return PRISM_OK;
}

/* Is a range so large a part of its group that the group's bound will do? */
static bool is_wide(const cur_word *t, uint32_t from, uint32_t to) {
    const prs_postings *p = &t->lane->p;
    if (p->n_groups == 0 || t->maxima_of == p->group) return false;
    return to - from > (p->group_last_doc - p->before_group) / 4;
}

static prism_status word_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                               int32_t *max, prism_error *err) {
    cur_word *t = self(c);
    prs_postings *p = &t->lane->p;
    if (from >= t->wide_to) PRS_TRY(bound_group(t, from, err));
    *to = PRS_MIN(*to, t->wide_to);
    *max = t->wide_max;
    if (t->wide_max < 0 || is_wide(t, from, PRS_MIN(min_to, *to))) return PRISM_OK;
    PRS_TRY(prs_lane_skip(t->lane, from, err));
    if (prs_lane_ended(t->lane)) {
        *max = PRS_NO_MATCH;
        return PRISM_OK;
    }
    if (p->n_groups > 0) PRS_TRY(bound_blocks(t, err));
    if (p->n_groups == 0 || p->last_doc >= *to - 1) return bound_loaded(t, from, *to, max, err);
    uint32_t b = p->block, end = PRS_MIN(min_to, *to);
    *max = t->block_max[b];
    while (p->block_last[b] + 1 < end && b + 1 < p->n_blocks) {
        b++;
        *max = PRS_MAX(*max, t->block_max[b]);
    }
    if (b + 1 < p->n_blocks) *to = PRS_MIN(*to, p->block_last[b] + 1);
    return PRISM_OK;
}

/* ---- what comes next ------------------------------------------------------------------------- */

/* Stand on the first block at or behind *from that can reach the floor; *from = to if there is none
 * before. */
static prism_status find_block(cur_word *t, uint32_t *from, uint32_t to, int32_t floor,
                               prism_error *err) {
    prs_postings *p = &t->lane->p;
    while (*from < to) {
        if (floor > 0) {
            if (*from >= t->wide_to) PRS_TRY(bound_group(t, *from, err));
            if (t->wide_max < floor) {
                *from = t->wide_to;
                PRS_TRY(prs_watch_tick(t->base.plan->watch, err));
                continue;
            }
        }
        PRS_TRY(prs_lane_skip(t->lane, *from, err));
        if (prs_lane_ended(t->lane)) break;
        if (p->n_groups == 0 || floor <= 0) return PRISM_OK;
        PRS_TRY(bound_blocks(t, err));
        uint32_t b = p->block;
        while (b < p->n_blocks && t->block_max[b] < floor) b++;
        if (b == p->block) return PRISM_OK;
        *from = b == p->n_blocks ? t->wide_to : p->block_last[b - 1] + 1;
    }
    *from = to;
    return PRISM_OK;
}

static prism_status word_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                              prs_batch *out, prism_error *err) {
    cur_word *t = self(c);
    out->n = out->n_left = 0;
    while (from < to && out->n + PRS_BLOCK <= PRS_WINDOW) {
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        PRS_TRY(find_block(t, &from, to, c->plan->tally ? 0 : floor, err));
        if (from >= to) break;
        PRS_TRY(prs_word_keep(&t->b, from, to, floor, out, err));
        from = PRS_MIN(to, t->lane->p.last_doc + 1);
        if (out->n > 0 && floor > 0) break; /* the floor may have risen */
    }
    out->next = PRS_MIN(from, to);
    return PRISM_OK;
}

/* Add the documents of a dense block in [from, to). */
static void add_dense(cur_word *t, const prs_block_bits *bits, uint32_t from, uint32_t to,
                      prs_window *window) {
    uint32_t first = bits->first, end = PRS_MIN(to, t->lane->p.last_doc + 1);
    from = PRS_MAX(from, first);
    if (from >= end) return;
    prs_dense_part part = {from - first, end - first, (int64_t)first - window->base};
    prs_dense_add(bits, &part, t->b.space->scores, window->slots, PRS_WINDOW);
    prs_window_touch(window, from, end - 1);
}

static prism_status word_add(prs_cursor *c, uint32_t from, uint32_t to, prs_window *window,
                             prism_error *err) {
    cur_word *t = self(c);
    prs_postings *p = &t->lane->p;
    if (t->table != NULL && from < to) {
        const prs_group *group = &t->b.group;
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        prs_score_table_add(t->table + from, to - from, group->scorer.scale, group->times,
                            window->slots + (from - window->base));
        prs_window_touch(window, from, to - 1);
        return PRISM_OK;
    }
    while (from < to) {
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        PRS_TRY(prs_lane_skip(t->lane, from, err));
        if (prs_lane_ended(t->lane)) break;
        prs_block_bits bits;
        PRS_TRY(prs_word_dense(&t->b, &bits, err));
        if (bits.n > 0) {
            add_dense(t, &bits, from, to, window);
        } else {
            PRS_TRY(prs_lane_load(t->lane, from, err));
            uint32_t i = p->i, end = prs_lane_place(t->lane, to);
            if (i == end) break;
            const int32_t *scores;
            PRS_TRY(prs_word_scores(&t->b, i, end, &scores, err));
            PRS_TRY(prs_window_add_list(window, p->docs + i, scores, end - i, err));
        }
        from = p->last_doc + 1;
    }
    return PRISM_OK;
}

static prism_status word_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    cur_word *t = self(c);
    prs_block_bits bits;
    *doc = PRS_DOC_END;
    PRS_TRY(prs_lane_skip(t->lane, from, err));
    if (prs_lane_ended(t->lane)) return PRISM_OK;
    PRS_TRY(prs_postings_bits(&t->lane->p, &bits, err));
    if (bits.n > 0) {
        *doc = prs_dense_first(&bits, from);
        return PRISM_OK;
    }
    PRS_TRY(prs_lane_load(t->lane, from, err));
    *doc = t->lane->p.docs[t->lane->p.i];
    return PRISM_OK;
}

static prism_status word_fill(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                              prism_error *err) {
    cur_word *t = self(c);
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    PRS_TRY(prs_lane_skip(t->lane, base, err));
    if (prs_lane_ended(t->lane)) return PRISM_OK;
    return prs_postings_fill_window(&t->lane->p, base, words, n_words, err);
}

/* ---- candidates of others -------------------------------------------------------------------- */

static prism_status score_hits(cur_word *t, const uint32_t *from, int32_t *sums,
                               const prs_met *hits, prism_error *err) {
    uint32_t docs[PRS_BLOCK];
    prs_postings *p = &t->lane->p;
    uint32_t n = hits->n;
    if (p->n_groups == 0) {
        const int32_t *all;
        PRS_TRY(prs_word_scores(&t->b, 0, p->n, &all, err));
        for (uint32_t i = 0; i < n; i++) sums[hits->at[i]] += all[hits->place[i]];
        return PRISM_OK;
    }
    PRS_TRY(prs_postings_freqs(p, err));
    uint32_t *freqs = t->b.space->freqs;
    int32_t scores[PRS_WORD_ROOM];
    for (uint32_t i = 0; i < n; i++) {
        docs[i] = from[hits->at[i]];
        freqs[i] = p->freqs[hits->place[i]];
    }
    for (uint32_t i = n; i % PRS_SCORE_LANES != 0; i++) freqs[i] = 1;
    for (uint32_t i = 0; t->lane->weight != 1 && i < n; i++)
        freqs[i] = prs_weigh_add(0, freqs[i], t->lane->weight);
    prs_group_score(&t->b.group, docs, freqs, n, scores);
    for (uint32_t i = 0; i < n; i++) sums[hits->at[i]] += scores[i];
    return PRISM_OK;
}

/* The candidates [at, end), all in the block stood on, those with scores >= need. */
static prism_status probe_block(cur_word *t, prs_batch *batch, uint32_t at, uint32_t end,
                                int32_t need, uint8_t *hit, prism_error *err) {
    prs_met hits;
    const uint32_t *docs = batch->docs + at;
    int32_t *scores = batch->scores + at;
    PRS_TRY(prs_meet_block(&t->lane->p, docs, scores, end - at, need, &hits, err));
    for (uint32_t i = 0; i < hits.n; i++) hit[at + hits.at[i]] = 1;
    if (!t->base.scored || hits.n == 0) return PRISM_OK;
    return score_hits(t, docs, scores, &hits, err);
}

/* Candidates in one group of blocks; without a floor, all. */
typedef struct word_part {
    uint32_t at, end;
    int32_t need; /* the scores that they must have for the group */
} word_part;

/* The first group from part->end on in which a candidate can reach the floor; at = batch->n if
 * there is none. */
static prism_status next_part(cur_word *t, const prs_batch *batch, int32_t floor, word_part *part,
                              prism_error *err) {
    bool pruned = floor > 0 && t->base.scored;
    for (part->at = part->end; part->at < batch->n; part->at = part->end) {
        part->end = batch->n;
        part->need = INT32_MIN;
        if (!pruned) return PRISM_OK;
        uint32_t doc = batch->docs[part->at];
        if (doc >= t->wide_to) PRS_TRY(bound_group(t, doc, err));
        part->end = prs_select_place(batch->docs, part->at, batch->n, t->wide_to);
        if (t->wide_max < 0) continue;
        part->need = floor - t->wide_max;
        if (prs_select_any(batch->scores + part->at, part->end - part->at, part->need))
            return PRISM_OK;
    }
    return PRISM_OK;
}

/* The scores that candidates of the block stood on must have.  For a few in a group its blocks are
 * not bounded: that costs as much as asking some blocks in vain. */
static prism_status need_of_block(cur_word *t, const word_part *part, int32_t floor, int32_t *need,
                                  prism_error *err) {
    const prs_postings *p = &t->lane->p;
    *need = part->need;
    if (part->need == INT32_MIN || p->n_groups == 0) return PRISM_OK;
    if (t->maxima_of != p->group && part->end - part->at <= FEW_IN_GROUP) return PRISM_OK;
    PRS_TRY(bound_blocks(t, err));
    *need = floor - t->block_max[p->block];
    return PRISM_OK;
}

static void probe_table(const cur_word *t, prs_batch *batch, uint8_t *hit) {
    const prs_group *group = &t->b.group;
    for (uint32_t i = 0; i < batch->n; i++) {
        float score = t->table[batch->docs[i]]; /* absent: 0 units */
        hit[i] = !prs_score_is_absent(score);
        batch->scores[i] += prs_score_units(score, group->scorer.scale) * group->times;
    }
}

static prism_status word_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                               prism_error *err) {
    cur_word *t = self(c);
    word_part part = {0};
    if (t->table != NULL) {
        probe_table(t, batch, hit);
        return prs_watch_tick(c->plan->watch, err);
    }
    memset(hit, 0, batch->n);
    for (uint32_t at = 0;;) {
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        if (at >= part.end) {
            PRS_TRY(next_part(t, batch, floor, &part, err));
            at = part.at;
        }
        if (at == batch->n) break;
        PRS_TRY(prs_lane_skip(t->lane, batch->docs[at], err));
        if (prs_lane_ended(t->lane)) break;
        int32_t need;
        PRS_TRY(need_of_block(t, &part, floor, &need, err));
        uint32_t end = prs_select_place(batch->docs, at, part.end, t->lane->p.last_doc + 1);
        if (need == INT32_MIN || prs_select_any(batch->scores + at, end - at, need))
            PRS_TRY(probe_block(t, batch, at, end, need, hit, err));
        at = end;
    }
    return PRISM_OK;
}

/* ---- the cursor ------------------------------------------------------------------------------ */

static int32_t word_prime(const prs_cursor *c, uint32_t k) {
    const cur_word *t = (const cur_word *)c;
    return c->scored ? prs_lane_prime(t->lane, &t->b.group, k) : 0;
}

static const prs_cursor_ops word_ops = {word_bound, word_peek,  word_next, word_probe,
                                        word_fill,  word_prime, word_add};

prs_lane *prs_cur_word_lane(prs_cursor *c, const prs_group **group) {
    if (c->ops != &word_ops) return NULL;
    cur_word *t = self(c);
    *group = &t->b.group;
    return t->lane;
}

prism_status prs_cur_word_tabulate(prs_cursor *c, bool *does, prism_error *err) {
    *does = false;
    if (c->ops != &word_ops || !c->scored) return PRISM_OK;
    cur_word *t = self(c);
    PRS_TRY(prs_score_table_find(c->plan, &t->b.group, t->lane, t->field, &t->table, err));
    *does = t->table != NULL;
    return PRISM_OK;
}

prism_status prs_cur_word_make(prs_plan *plan, const prs_weighted *at,
                               const prs_postings_source *source, const prs_term_info *info,
                               uint32_t field, uint32_t depth, bool scored, prs_cursor **out,
                               prism_error *err) {
    cur_word *t;
    const prs_field_weight *f = &at->fields.ptr[field];
    const prs_segment_field *in = &plan->segment->fields[f->field];
    PRS_TRY(prs_plan_cursor(plan, sizeof *t, &word_ops, depth, scored, &t, err));
    PRS_TRY(
        prs_group_init(&t->b.group, &plan->arena, plan->segment, &at->fields, &at->scorer, err));
    t->b.group.times = (int32_t)at->more + 1;
    t->b.space = prs_arena_alloc(&plan->arena, sizeof *t->b.space);
    if (t->b.space == NULL) return prs_error_nomem(err);
    t->b.scored = scored;
    t->b.dense_of = PRS_NO_BLOCK;
    t->lane = &t->b.space->lane;
    PRS_TRY(prs_lane_open(t->lane, source, info, in->has_lengths ? &in->lengths : NULL, f->weight,
                          err));
    t->maxima_of = NO_GROUP;
    t->field = f->field;
    t->base.cost = info->df;
    t->base.tallies = scored;
    *out = &t->base;
    return PRISM_OK;
}
