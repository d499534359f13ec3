/* cur_phrase.c - which documents have these words standing as asked, and how often?
 *
 * Structure   A phrase lies in one field; matches in several fields add up as the freqs of a word
 *             do.  So each field gives candidates (phrase_field.c), for one range of documents at a
 *             time, and what is left of them is counted (phrase_count.c):
 *
 *                 range       to where the first block of any field's two rarest lists ends
 *                 title  7 31                         candidates: both lists have them
 *                 body     12 31 40                   at most 2 1 3 matches, by freqs
 *                 merged 7 12 31 40                   most matches over the fields, scored: which
 *                                                     of them can reach the floor?
 *                 counted  12    40                   positions of those alone
 *
 * Skipping    As for words: groups and blocks whose impacts cannot reach the floor are passed
 *             unread.  No match is better than the pairs of the rarest list allow, each with no
 *             more than the other list's largest freq and no less than its least length.
 * Invariants  - wide_max holds for [.., wide_to), near_max for [near_from, near_to).
 *             - A cursor that does not score reads no freqs but those that positions need.
 * Cost        About 2 ns a posting of the two rarest lists, 50-100 ns a candidate that can compete.
 * Source      FORMAT.md section 17.
 * Tested by   tests/unit/search/test_cur_phrase.c, test_pruning.c */
#include "search/group.h"
#include "search/phrase_field.h"

typedef struct cur_phrase {
    prs_cursor base;
    const prs_node *node;
    prs_group group;
    prs_phrase_field *fields;
    uint32_t n_fields;
    prs_near *nears;
    bool two; /* one field, two words: counted by blocks (phrase_many.c) */
    uint32_t wide_to;
    int32_t wide_max;
    uint32_t near_from, near_to;
    int32_t near_max;
    /* candidates of all fields: a block of each, at most a window */
    uint32_t n, cap;
    uint32_t *docs, *freqs;
} cur_phrase;

static cur_phrase *self(prs_cursor *c) {
    return (cur_phrase *)c;
}

/* ---- bounds ---------------------------------------------------------------------------------- */

/* Pairs above all matches of a field, from those of its rarest list in a range; `most` and `least`
 * are freq and length of the other. */
static void cover_field(const prs_phrase_field *f, const prs_cover *lead, uint32_t most,
                        uint32_t least, prs_cover *cover) {
    cover->n = 0;
    for (uint32_t i = 0; i < lead->n; i++) {
        uint32_t freq = PRS_MIN(lead->pairs[i].freq / f->lead_need, most);
        if (freq > 0) prs_cover_add(cover, freq, PRS_MAX(lead->pairs[i].length, least));
    }
}

static prism_status bound_field(prs_phrase_field *f, uint32_t from, uint32_t *to, prs_cover *cover,
                                prism_error *err) {
    prs_cover lead, other;
    uint32_t most = UINT32_MAX, least = 0;
    cover->n = 0;
    if (f->over) return PRISM_OK;
    if (f->lead == NULL) { /* unions know no bounds */
        prs_cover_add(cover, UINT32_MAX, 0);
        return PRISM_OK;
    }
    PRS_TRY(prs_lane_skip(f->lead, from, err));
    PRS_TRY(prs_lane_range(f->lead, from, to, &lead, err));
    if (lead.n == 0) return PRISM_OK;
    if (f->other != NULL) {
        PRS_TRY(prs_lane_skip(f->other, from, err));
        PRS_TRY(prs_lane_range(f->other, from, to, &other, err));
        if (other.n == 0) return PRISM_OK;
        most = other.pairs[other.n - 1].freq / f->other_need;
        least = other.pairs[0].length;
    }
    cover_field(f, &lead, most, least, cover);
    return PRISM_OK;
}

/* By the groups of the rarest lists alone. */
static prism_status bound_groups(cur_phrase *p, uint32_t from, prism_error *err) {
    prs_cover all = {0}, lead, one;
    uint32_t to = p->base.plan->n_docs;
    for (uint32_t i = 0; i < p->n_fields; i++) {
        prs_phrase_field *f = &p->fields[i];
        if (f->over) continue;
        one.n = 0;
        if (f->lead == NULL) {
            prs_cover_add(&one, UINT32_MAX, 0);
        } else {
            PRS_TRY(prs_lane_group(f->lead, from, &to, &lead, err));
            cover_field(f, &lead, UINT32_MAX, 0, &one);
        }
        prs_cover_join(&all, &one, f->weight);
    }
    p->wide_to = to;
    p->wide_max = prs_cover_bound(&all, &p->group.scorer);
    return PRISM_OK;
}

/* Where the rarest lists' blocks end. */
static prism_status narrow(cur_phrase *p, uint32_t from, uint32_t min_to, uint32_t *to,
                           prism_error *err) {
    for (uint32_t i = 0; i < p->n_fields; i++) {
        prs_lane *lane = p->fields[i].lead;
        if (lane == NULL || p->fields[i].over) continue;
        PRS_TRY(prs_lane_skip(lane, from, err));
        if (lane->p.last_doc < *to) *to = PRS_MAX(lane->p.last_doc + 1, PRS_MIN(min_to, *to));
    }
    return PRISM_OK;
}

/* By impacts alone. */
static prism_status bound_blocks(cur_phrase *p, uint32_t from, uint32_t min_to, uint32_t *to,
                                 int32_t *max, prism_error *err) {
    prs_cover all = {0}, one;
    PRS_TRY(narrow(p, from, min_to, to, err));
    for (uint32_t i = 0; i < p->n_fields; i++) {
        PRS_TRY(bound_field(&p->fields[i], from, to, &one, err));
        prs_cover_join(&all, &one, p->fields[i].weight);
    }
    *max = p->base.scored || all.n == 0 ? prs_cover_bound(&all, &p->group.scorer) : 0;
    p->near_from = from;
    p->near_to = *to;
    p->near_max = *max;
    return PRISM_OK;
}

/* Can [from, *to) be passed unread?  *to is lowered to where what is known ends. */
static prism_status pass_range(cur_phrase *p, uint32_t from, uint32_t *to, int32_t floor,
                               bool *pass, prism_error *err) {
    *pass = false;
    if (floor <= 0) return PRISM_OK;
    if (!p->base.scored) { /* its bound is 0 */
        *pass = true;
        return PRISM_OK;
    }
    if (from >= p->wide_to) PRS_TRY(bound_groups(p, from, err));
    *to = PRS_MIN(*to, p->wide_to);
    *pass = p->wide_max < floor;
    if (*pass) return PRISM_OK;
    if (from < p->near_from || from >= p->near_to) {
        uint32_t near_to = p->base.plan->n_docs;
        int32_t max;
        PRS_TRY(bound_blocks(p, from, from + 1, &near_to, &max, err));
    }
    *to = PRS_MIN(*to, p->near_to);
    *pass = p->near_max < floor;
    return PRISM_OK;
}

/* ---- candidates ------------------------------------------------------------------------------ */

/* The next candidate of any field, with the most matches that it may have; false: none left. */
static bool next_candidate(cur_phrase *p, uint32_t *doc, uint32_t *most) {
    *doc = PRS_DOC_END;
    *most = 0;
    for (uint32_t i = 0; i < p->n_fields; i++) {
        const prs_phrase_field *f = &p->fields[i];
        if (f->at < f->n) *doc = PRS_MIN(*doc, f->docs[f->at]);
    }
    if (*doc == PRS_DOC_END) return false;
    for (uint32_t i = 0; i < p->n_fields; i++) {
        prs_phrase_field *f = &p->fields[i];
        if (f->at == f->n || f->docs[f->at] != *doc) continue;
        *most = prs_weigh_add(*most, f->most[f->at++], f->weight);
    }
    return true;
}

/* Take the candidates of all fields together. */
static void merge_candidates(cur_phrase *p) {
    p->n = 0;
    if (p->n_fields == 1) {
        const prs_phrase_field *f = &p->fields[0];
        for (uint32_t i = 0; i < f->n; i++) {
            p->docs[p->n] = f->docs[i];
            p->freqs[p->n] = prs_weigh_add(0, f->most[i], f->weight);
            p->n += f->most[i] > 0;
        }
        return;
    }
    uint32_t doc, most;
    while (next_candidate(p, &doc, &most)) {
        p->docs[p->n] = doc;
        p->freqs[p->n] = most;
        p->n += most > 0;
    }
    for (uint32_t i = 0; i < p->n_fields; i++) p->fields[i].at = 0;
}

/* Leave out what cannot reach the floor. */
static void keep_scores(cur_phrase *p, int32_t floor) {
    int32_t scores[PRS_GROUP_CHUNK];
    uint32_t kept = 0;
    for (uint32_t at = 0; at < p->n; at += PRS_GROUP_CHUNK) {
        uint32_t n = PRS_MIN(p->n - at, PRS_GROUP_CHUNK);
        prs_group_score(&p->group, p->docs + at, p->freqs + at, n, scores);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t freq = p->freqs[at + i];
            p->docs[kept] = p->docs[at + i];
            p->freqs[kept] = freq;
            kept += scores[i] >= floor;
        }
    }
    p->n = kept;
}

/* Count the matches of one document over its fields. */
static prism_status count_matches(cur_phrase *p, uint32_t doc, uint32_t *freq, prism_error *err) {
    *freq = 0;
    PRS_TRY(prs_watch_tick(p->base.plan->watch, err));
    for (uint32_t i = 0; i < p->n_fields; i++) {
        prs_phrase_field *f = &p->fields[i];
        uint32_t n;
        while (f->at < f->n && f->docs[f->at] < doc) f->at++;
        if (f->at == f->n || f->docs[f->at] != doc) continue;
        PRS_TRY(prs_phrase_count(f, p->node, f->at, p->nears, &n, err));
        *freq = prs_weigh_add(*freq, n, f->weight);
        if (n > 0 && !p->base.scored) break;
    }
    return PRISM_OK;
}

/* Count the candidates; those that match stay, with their freqs. */
static prism_status keep_matches(cur_phrase *p, prism_error *err) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t freq;
        PRS_TRY(count_matches(p, p->docs[i], &freq, err));
        p->docs[kept] = p->docs[i];
        p->freqs[kept] = freq;
        kept += freq > 0;
    }
    p->n = kept;
    return PRISM_OK;
}

static void emit(const cur_phrase *p, int32_t floor, prs_batch *out) {
    int32_t scores[PRS_GROUP_CHUNK] = {0};
    uint32_t m = out->n;
    for (uint32_t at = 0; at < p->n; at += PRS_GROUP_CHUNK) {
        uint32_t n = PRS_MIN(p->n - at, PRS_GROUP_CHUNK);
        if (p->base.scored) prs_group_score(&p->group, p->docs + at, p->freqs + at, n, scores);
        for (uint32_t i = 0; i < n; i++) {
            out->docs[m] = p->docs[at + i];
            out->scores[m] = scores[i];
            m += scores[i] >= floor;
        }
    }
    out->n = m;
}

/* Candidates of [from, *to), which is lowered to where the first block ends. */
static prism_status take_range(cur_phrase *p, uint32_t from, uint32_t *to, int32_t floor,
                               prism_error *err) {
    if (floor > 0 && p->n_fields == 1 && p->fields[0].other != NULL)
        return prs_phrase_take_sifted(&p->fields[0], &p->group, from, to, floor, err);
    if (*to - from > p->cap && p->cap == PRS_WINDOW) *to = from + PRS_WINDOW;
    for (uint32_t i = 0; i < p->n_fields; i++)
        PRS_TRY(prs_phrase_cut(&p->fields[i], from, to, err));
    for (uint32_t i = 0; i < p->n_fields; i++)
        PRS_TRY(prs_phrase_take(&p->fields[i], *to, p->base.scored, err));
    return PRISM_OK;
}

static prism_status read_range(cur_phrase *p, uint32_t from, uint32_t *to, int32_t floor,
                               prs_batch *out, prism_error *err) {
    if (p->two) {
        PRS_TRY(prs_phrase_count_block(&p->fields[0], &p->group, from, to, floor,
                                       p->base.plan->watch, p->docs, p->freqs, &p->n, err));
        emit(p, floor, out);
        return PRISM_OK;
    }
    PRS_TRY(take_range(p, from, to, floor, err));
    merge_candidates(p);
    if (p->n == 0) return PRISM_OK;
    if (floor > 0) keep_scores(p, floor);
    PRS_TRY(keep_matches(p, err));
    emit(p, floor, out);
    return PRISM_OK;
}

/* ---- the cursor ------------------------------------------------------------------------------ */

static prism_status phrase_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    cur_phrase *p = self(c);
    *doc = PRS_DOC_END;
    for (uint32_t i = 0; i < p->n_fields; i++) {
        uint32_t found;
        PRS_TRY(prs_phrase_peek(&p->fields[i], from, &found, err));
        *doc = PRS_MIN(*doc, found);
    }
    return PRISM_OK;
}

/* Who asks has other words, for which it is worth much to know how far there is no candidate. */
static prism_status phrase_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                                 int32_t *max, prism_error *err) {
    uint32_t first;
    PRS_TRY(phrase_peek(c, from, &first, err));
    *max = PRS_NO_MATCH;
    if (first >= *to) return PRISM_OK;
    return bound_blocks(self(c), from, min_to, to, max, err);
}

static prism_status phrase_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                                prs_batch *out, prism_error *err) {
    cur_phrase *p = self(c);
    out->n = 0;
    while (from < to && out->n + p->cap <= PRS_WINDOW) {
        uint32_t end = to;
        bool pass;
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        PRS_TRY(pass_range(p, from, &end, floor, &pass, err));
        if (!pass) PRS_TRY(read_range(p, from, &end, floor, out, err));
        from = end;
        if (out->n > 0 && c->scored) break; /* the floor may rise */
    }
    out->next = from;
    return PRISM_OK;
}

/* Freq of a candidate that has `so_far`; 0 if it is no match, or cannot reach the floor. */
static prism_status probe_one(cur_phrase *p, uint32_t doc, int32_t so_far, int32_t floor,
                              uint32_t *freq, prism_error *err) {
    bool scored = p->base.scored;
    uint32_t most = 0, n = 0;
    *freq = 0;
    for (uint32_t i = 0; i < p->n_fields; i++) {
        prs_phrase_field *f = &p->fields[i];
        PRS_TRY(prs_phrase_stand(f, doc, scored, err));
        n += f->n;
        if (f->n > 0 && scored) most = prs_weigh_add(most, f->most[0], f->weight);
    }
    if (n == 0 || (scored && most == 0)) return PRISM_OK;
    if (scored && floor > 0) {
        int32_t best = prs_score_one(&p->group.scorer, most, prs_group_length(&p->group, doc));
        if (so_far + best < floor) return PRISM_OK;
    }
    return count_matches(p, doc, freq, err);
}

static prism_status phrase_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                                 prism_error *err) {
    cur_phrase *p = self(c);
    for (uint32_t i = 0; i < batch->n; i++) {
        uint32_t doc = batch->docs[i], freq;
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        PRS_TRY(probe_one(p, doc, batch->scores[i], floor, &freq, err));
        hit[i] = freq > 0;
        if (freq == 0 || !c->scored) continue;
        batch->scores[i] += prs_score_one(&p->group.scorer, freq, prs_group_length(&p->group, doc));
    }
    return PRISM_OK;
}

static const prs_cursor_ops phrase_ops = {phrase_bound, phrase_peek, phrase_next, phrase_probe,
                                          NULL,         NULL,        NULL};

/* ---- making ---------------------------------------------------------------------------------- */

static prism_status open_fields(cur_phrase *p, const prs_weighted *at, prism_error *err) {
    prs_plan *plan = p->base.plan;
    p->fields = prs_arena_alloc(&plan->arena, at->fields.n * sizeof *p->fields);
    if (p->fields == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < at->fields.n; i++) {
        const prs_segment_field *field = &plan->segment->fields[at->fields.ptr[i].field];
        prs_phrase_field *f = &p->fields[p->n_fields];
        bool nowhere;
        if (!field->present || !field->has_positions) continue;
        PRS_TRY(prs_phrase_open(f, plan, p->node, field, at->fields.ptr[i].weight, &nowhere, err));
        if (nowhere) continue;
        p->base.cost += f->cost;
        p->n_fields++;
    }
    return PRISM_OK;
}

/* Room for the candidates of a range. */
static prism_status make_room(cur_phrase *p, prism_error *err) {
    prs_arena *arena = &p->base.plan->arena;
    p->cap = (uint32_t)PRS_MIN((uint64_t)p->n_fields * PRS_BLOCK, PRS_WINDOW);
    size_t n = p->cap + PRS_SCORE_LANES;
    p->docs = prs_arena_alloc(arena, n * sizeof *p->docs);
    p->freqs = prs_arena_alloc(arena, n * sizeof *p->freqs);
    p->nears = prs_arena_alloc(arena, p->node->n_slots * sizeof *p->nears);
    if (p->docs == NULL || p->freqs == NULL || p->nears == NULL) return prs_error_nomem(err);
    memset(p->freqs, 0, n * sizeof *p->freqs); /* the scorer reads a few behind the last */
    return PRISM_OK;
}

prism_status prs_cur_phrase_make(prs_plan *plan, const prs_weighted *at, uint32_t depth,
                                 bool scored, prs_cursor **out, prism_error *err) {
    cur_phrase *p;
    bool is_pair = false;
    *out = NULL;
    if (at->node->n_slots == 0) return PRISM_OK;
    PRS_TRY(prs_cur_pair_make(plan, at, depth, scored, &is_pair, out, err));
    if (is_pair) return PRISM_OK;
    PRS_TRY(prs_plan_cursor(plan, sizeof *p, &phrase_ops, depth, scored, &p, err));
    p->node = at->node;
    PRS_TRY(open_fields(p, at, err));
    if (p->n_fields == 0) return PRISM_OK;
    PRS_TRY(prs_group_init(&p->group, &plan->arena, plan->segment, &at->fields, &at->scorer, err));
    PRS_TRY(make_room(p, err));
    p->near_from = UINT32_MAX;
    p->two = p->n_fields == 1 && prs_phrase_is_two(&p->fields[0], p->node);
    p->base.heavy = true;
    *out = &p->base;
    return PRISM_OK;
}
