/* cur_phrase.c - which documents have these words standing as asked, and how often?
 *
 * Structure   Per field, one spot for each different slot; a document is a candidate when all spots
 *             of some field have it, and a match when their positions agree.
 *
 *                 spots by cost   [rare] -> 17   31   90        leapfrog: each seeks what the
 *                 others found
 *                                 [common]  17   31   90
 *                 freqs           2, 9      at most 2 matches   can that reach the floor?  no: next
 *                 positions       rare first; beginnings narrowed slot by slot (match.h)
 *
 *             A phrase lies in one field; matches in several fields add up as the freqs of a word
 *             do.
 * Skipping    As for words, with the least of the spots' largest freqs and the greatest of their
 * smallest lengths.
 *             And again per candidate: freqs are decoded before positions, and bound the matches.
 * Invariants  - While field->stands, field->doc is the first candidate at or after the last
 *               document asked for, and every spot stands on it.
 *             - A slot that stands in several places of the phrase is one spot; its positions are
 *               read once.
 * Cost        Leapfrogging, about 10-50 ns a step; positions of candidates that can compete.
 * Source      FORMAT.md section 17.
 * Tested by   tests/unit/search/test_cur_phrase.c, test_pruning.c */
#include "search/group.h"
#include "search/spot.h"

#define PRS_PHRASE_BATCH 128u

typedef struct phrase_slot {
    uint32_t spot; /* in field->spots */
    uint32_t pos;
} phrase_slot;

typedef struct phrase_field {
    uint32_t weight;
    prs_spot *spots;
    uint32_t n_spots;
    uint32_t *order;    /* spots by cost, for seeking */
    uint32_t *by_freq;  /* spots by freq in the document, for positions */
    phrase_slot *slots; /* phrase: all of them */
    uint32_t doc;       /* PRS_DOC_END: none left */
    bool stands;        /* all spots have doc */
    uint32_t most;      /* matches in doc, at most */
} phrase_field;

typedef struct cur_phrase {
    prs_cursor base;
    const prs_node *node;
    prs_group group;
    phrase_field *fields;
    uint32_t n_fields;
    prs_buf *found; /* beginnings or ends of matches */
    prs_near *nears;
    uint32_t near_from, near_to;
    int32_t near_max;
} cur_phrase;

static cur_phrase *self(prs_cursor *c) {
    return (cur_phrase *)c;
}

/* ---- candidates ------------------------------------------------------------------------------ */

/* Move a field to its first document >= target that has all spots. */
static prism_status seek_field(phrase_field *f, uint32_t target, prism_error *err) {
    if (f->stands && f->doc >= target) return PRISM_OK;
    uint32_t doc = target;
    for (uint32_t i = 0; i < f->n_spots;) {
        uint32_t found;
        PRS_TRY(prs_spot_seek(&f->spots[f->order[i]], doc, &found, err));
        if (found == doc || i == 0) {
            doc = found;
            i++;
        } else {
            doc = found;
            i = 0;
        }
        if (doc == PRS_DOC_END) break;
    }
    f->doc = doc;
    f->stands = true;
    return PRISM_OK;
}

/* First candidate >= target of any field. */
static prism_status seek_candidate(cur_phrase *p, uint32_t target, uint32_t *doc,
                                   prism_error *err) {
    *doc = PRS_DOC_END;
    for (uint32_t i = 0; i < p->n_fields; i++) {
        PRS_TRY(seek_field(&p->fields[i], target, err));
        *doc = PRS_MIN(*doc, p->fields[i].doc);
    }
    return PRISM_OK;
}

/* ---- counting -------------------------------------------------------------------------------- */

/* Decode the freqs of the field's document; the least of them bounds the matches. */
static prism_status count_most(phrase_field *f, prism_error *err) {
    f->most = UINT32_MAX;
    for (uint32_t i = 0; i < f->n_spots; i++) {
        prs_spot *spot = &f->spots[i];
        PRS_TRY(prs_spot_freq(spot, err));
        f->most = PRS_MIN(f->most, spot->freq / spot->need);
        uint32_t k = i;
        for (; k > 0 && f->spots[f->by_freq[k - 1]].freq > spot->freq; k--)
            f->by_freq[k] = f->by_freq[k - 1];
        f->by_freq[k] = i;
    }
    return PRISM_OK;
}

/* Room for the matches of a field: no more than the rarest spot has positions. */
static prism_status make_room(cur_phrase *p, const phrase_field *f, uint32_t **found,
                              prism_error *err) {
    prs_buf_clear(p->found);
    prs_buf_extend(p->found, (size_t)f->spots[f->by_freq[0]].freq * sizeof **found);
    *found = (uint32_t *)(void *)p->found->ptr; /* memory of the hook: aligned for any type */
    return prs_buf_status(p->found, err);
}

static prism_status count_phrase(cur_phrase *p, phrase_field *f, uint32_t *n, prism_error *err) {
    uint32_t *starts;
    bool begun = false;
    *n = 0;
    PRS_TRY(make_room(p, f, &starts, err));
    for (uint32_t i = 0; i < f->n_spots && (*n > 0 || !begun); i++) {
        uint32_t which = f->by_freq[i];
        PRS_TRY(prs_spot_positions(&f->spots[which], err));
        for (uint32_t s = 0; s < p->node->n_slots; s++) {
            if (f->slots[s].spot != which) continue;
            prs_run run = f->spots[which].run;
            *n = begun ? prs_match_narrow(starts, *n, run, f->slots[s].pos)
                       : prs_match_begin(run, f->slots[s].pos, starts);
            begun = true;
        }
    }
    return PRISM_OK;
}

static prism_status count_near(cur_phrase *p, phrase_field *f, uint32_t *n, prism_error *err) {
    uint32_t *ends;
    PRS_TRY(make_room(p, f, &ends, err));
    for (uint32_t i = 0; i < f->n_spots; i++) {
        prs_spot *spot = &f->spots[f->by_freq[i]];
        PRS_TRY(prs_spot_positions(spot, err));
        prs_spot_make_distinct(spot);
        p->nears[i] = (prs_near){spot->run, spot->need, 0};
    }
    uint64_t width = (uint64_t)p->node->n_slots + p->node->slop;
    *n = prs_match_near(p->nears, f->n_spots, width, ends);
    return PRISM_OK;
}

/* Freq of a candidate over its fields: 0 if it is no match, or cannot reach the floor. */
static prism_status count_matches(cur_phrase *p, uint32_t doc, int32_t so_far, int32_t floor,
                                  uint32_t *freq, prism_error *err) {
    uint32_t most = 0;
    *freq = 0;
    for (uint32_t i = 0; i < p->n_fields; i++) {
        phrase_field *f = &p->fields[i];
        if (!f->stands || f->doc != doc) continue;
        PRS_TRY(count_most(f, err));
        most = prs_weigh_add(most, f->most, f->weight);
    }
    if (most == 0) return PRISM_OK;
    if (floor > 0 && p->base.scored) {
        int32_t best = prs_score_one(&p->group.scorer, most, prs_group_length(&p->group, doc));
        if (so_far + best < floor) return PRISM_OK;
    }
    for (uint32_t i = 0; i < p->n_fields; i++) {
        phrase_field *f = &p->fields[i];
        uint32_t n;
        if (!f->stands || f->doc != doc) continue;
        if (p->node->kind == PRS_NODE_PHRASE) {
            PRS_TRY(count_phrase(p, f, &n, err));
        } else {
            PRS_TRY(count_near(p, f, &n, err));
        }
        *freq = prs_weigh_add(*freq, n, f->weight);
    }
    return PRISM_OK;
}

static int32_t score_match(const cur_phrase *p, uint32_t doc, uint32_t freq) {
    if (!p->base.scored) return 0;
    return prs_score_one(&p->group.scorer, freq, prs_group_length(&p->group, doc));
}

/* ---- bounds ---------------------------------------------------------------------------------- */

/* The one pair above all matches of a field in [from, *to); no pair if a spot has nothing there. */
static prism_status bound_field(phrase_field *f, uint32_t from, uint32_t *to, prs_cover *cover,
                                prism_error *err) {
    uint32_t freq = UINT32_MAX, length = 0;
    cover->n = 0;
    for (uint32_t i = 0; i < f->n_spots; i++) {
        prs_spot *spot = &f->spots[f->order[i]];
        prs_cover one;
        if (spot->lane == NULL) continue; /* a union knows no bounds */
        PRS_TRY(prs_lane_skip(spot->lane, from, err));
        PRS_TRY(prs_lane_range(spot->lane, from, to, &one, err));
        if (one.n == 0) return PRISM_OK;
        freq = PRS_MIN(freq, one.pairs[one.n - 1].freq / spot->need);
        length = PRS_MAX(length, one.pairs[0].length);
    }
    if (freq > 0) prs_cover_add(cover, freq, length);
    return PRISM_OK;
}

/* Where the rarest lists' blocks end. */
static prism_status narrow(cur_phrase *p, uint32_t from, uint32_t min_to, uint32_t *to,
                           prism_error *err) {
    for (uint32_t i = 0; i < p->n_fields; i++) {
        prs_lane *lane = p->fields[i].spots[p->fields[i].order[0]].lane;
        if (lane == NULL) continue;
        PRS_TRY(prs_lane_skip(lane, from, err));
        if (lane->p.last_doc < *to) *to = PRS_MAX(lane->p.last_doc + 1, PRS_MIN(min_to, *to));
    }
    return PRISM_OK;
}

static prism_status phrase_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                                 int32_t *max, prism_error *err) {
    cur_phrase *p = self(c);
    prs_cover all = {0}, one;
    PRS_TRY(narrow(p, from, min_to, to, err));
    for (uint32_t i = 0; i < p->n_fields; i++) {
        phrase_field *f = &p->fields[i];
        if (f->stands && f->doc == PRS_DOC_END) continue;
        PRS_TRY(bound_field(f, from, to, &one, err));
        prs_cover_join(&all, &one, f->weight);
    }
    *max = c->scored || all.n == 0 ? prs_cover_bound(&all, &p->group.scorer) : 0;
    p->near_from = from;
    p->near_to = *to;
    p->near_max = *max;
    return PRISM_OK;
}

/* ---- the cursor ------------------------------------------------------------------------------ */

static prism_status phrase_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    return seek_candidate(self(c), from, doc, err);
}

/* Matches of a range that is worth reading, until the batch has enough. */
static prism_status read_range(cur_phrase *p, uint32_t from, uint32_t to, int32_t floor,
                               prs_batch *out, prism_error *err) {
    while (from < to && out->n < PRS_PHRASE_BATCH) {
        uint32_t doc, freq;
        PRS_TRY(prs_watch_tick(p->base.plan->watch, err));
        PRS_TRY(seek_candidate(p, from, &doc, err));
        if (doc >= to) {
            from = to;
            break;
        }
        PRS_TRY(count_matches(p, doc, 0, floor, &freq, err));
        from = doc + 1;
        if (freq == 0) continue;
        int32_t score = score_match(p, doc, freq);
        if (score < floor) continue;
        out->docs[out->n] = doc;
        out->scores[out->n++] = score;
    }
    out->next = from;
    return PRISM_OK;
}

static prism_status phrase_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                                prs_batch *out, prism_error *err) {
    cur_phrase *p = self(c);
    out->n = 0;
    out->next = from;
    while (out->n == 0 && from < to) {
        uint32_t end = to;
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        if (floor > 0) {
            if (from < p->near_from || from >= p->near_to) {
                uint32_t near_to = c->plan->n_docs;
                int32_t max;
                PRS_TRY(phrase_bound(c, from, from + 1, &near_to, &max, err));
            }
            end = PRS_MIN(to, p->near_to);
        }
        if (floor > 0 && p->near_max < floor) {
            out->next = end;
        } else {
            PRS_TRY(read_range(p, from, end, floor, out, err));
        }
        from = out->next;
    }
    return PRISM_OK;
}

/* Does a field have a candidate exactly at `doc`?  Stops at the first spot that does not have
 * it. */
static prism_status stand_at(phrase_field *f, uint32_t doc, prism_error *err) {
    if (f->stands && f->doc >= doc) return PRISM_OK;
    f->stands = false;
    for (uint32_t i = 0; i < f->n_spots; i++) {
        uint32_t found;
        PRS_TRY(prs_spot_seek(&f->spots[f->order[i]], doc, &found, err));
        if (found != doc) return PRISM_OK;
    }
    f->doc = doc;
    f->stands = true;
    return PRISM_OK;
}

static prism_status phrase_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                                 prism_error *err) {
    cur_phrase *p = self(c);
    for (uint32_t i = 0; i < batch->n; i++) {
        uint32_t doc = batch->docs[i], freq;
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        for (uint32_t f = 0; f < p->n_fields; f++) PRS_TRY(stand_at(&p->fields[f], doc, err));
        PRS_TRY(count_matches(p, doc, batch->scores[i], floor, &freq, err));
        hit[i] = freq > 0;
        if (freq > 0) batch->scores[i] += score_match(p, doc, freq);
    }
    return PRISM_OK;
}

static const prs_cursor_ops phrase_ops = {phrase_bound, phrase_peek, phrase_next, phrase_probe,
                                          NULL,         NULL,        NULL};

/* ---- making ---------------------------------------------------------------------------------- */

static bool same_slot(const prs_slot *a, const prs_slot *b) {
    if (a->n_keys != b->n_keys || !prs_bytes_equal(a->prefix, b->prefix)) return false;
    for (uint32_t i = 0; i < a->n_keys; i++) {
        if (!prs_bytes_equal(a->keys[i], b->keys[i])) return false;
    }
    return true;
}

/* The spot of slot s: one that an equal slot before it made, or a new one. */
static prism_status open_slot(cur_phrase *p, phrase_field *f, const prs_segment_field *field,
                              uint32_t s, prism_error *err) {
    const prs_slot *slot = &p->node->slots[s];
    f->slots[s].pos = slot->pos;
    for (uint32_t i = 0; i < f->n_spots; i++) {
        if (!same_slot(f->spots[i].slot, slot)) continue;
        f->slots[s].spot = i;
        if (p->node->kind == PRS_NODE_NEAR) f->spots[i].need++;
        return PRISM_OK;
    }
    uint32_t i = f->n_spots;
    PRS_TRY(prs_spot_open(&f->spots[i], p->base.plan, field, slot, err));
    f->slots[s].spot = i;
    f->n_spots++;
    uint32_t k = i;
    for (; k > 0 && f->spots[f->order[k - 1]].cost > f->spots[i].cost; k--)
        f->order[k] = f->order[k - 1];
    f->order[k] = i;
    return PRISM_OK;
}

/* Open all slots in a field; *nowhere if one of them does not occur in it. */
static prism_status open_field(cur_phrase *p, phrase_field *f, const prs_segment_field *field,
                               uint32_t weight, bool *nowhere, prism_error *err) {
    prs_arena *arena = &p->base.plan->arena;
    uint32_t n = p->node->n_slots;
    memset(f, 0, sizeof *f);
    f->weight = weight;
    f->spots = prs_arena_alloc(arena, n * sizeof *f->spots);
    f->slots = prs_arena_alloc(arena, n * sizeof *f->slots);
    f->order = prs_arena_alloc(arena, n * sizeof *f->order);
    f->by_freq = prs_arena_alloc(arena, n * sizeof *f->by_freq);
    if (f->spots == NULL || f->slots == NULL || f->order == NULL || f->by_freq == NULL)
        return prs_error_nomem(err);
    *nowhere = false;
    for (uint32_t s = 0; s < n && !*nowhere; s++) {
        PRS_TRY(open_slot(p, f, field, s, err));
        *nowhere = f->spots[f->slots[s].spot].cost == 0;
    }
    if (!*nowhere) p->base.cost += f->spots[f->order[0]].cost;
    return PRISM_OK;
}

static prism_status open_fields(cur_phrase *p, const prs_weighted *at, prism_error *err) {
    prs_plan *plan = p->base.plan;
    p->fields = prs_arena_alloc(&plan->arena, at->fields.n * sizeof *p->fields);
    if (p->fields == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < at->fields.n; i++) {
        const prs_segment_field *field = &plan->segment->fields[at->fields.ptr[i].field];
        bool nowhere = true;
        if (!field->present || !field->has_positions) continue;
        PRS_TRY(
            open_field(p, &p->fields[p->n_fields], field, at->fields.ptr[i].weight, &nowhere, err));
        if (!nowhere) p->n_fields++;
    }
    return PRISM_OK;
}

prism_status prs_cur_phrase_make(prs_plan *plan, const prs_weighted *at, uint32_t depth,
                                 bool scored, prs_cursor **out, prism_error *err) {
    cur_phrase *p;
    *out = NULL;
    PRS_TRY(prs_plan_cursor(plan, sizeof *p, &phrase_ops, depth, scored, &p, err));
    p->node = at->node;
    if (p->node->n_slots == 0) return PRISM_OK;
    PRS_TRY(open_fields(p, at, err));
    if (p->n_fields == 0) return PRISM_OK;
    PRS_TRY(prs_group_init(&p->group, &plan->arena, plan->segment, &at->fields, &at->scorer, err));
    PRS_TRY(prs_plan_buffer(plan, &p->found, err));
    p->nears = prs_arena_alloc(&plan->arena, p->node->n_slots * sizeof *p->nears);
    if (p->nears == NULL) return prs_error_nomem(err);
    p->near_from = UINT32_MAX;
    *out = &p->base;
    return PRISM_OK;
}
