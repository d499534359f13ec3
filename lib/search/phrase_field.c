/* phrase_field.c - which documents of a field may have the phrase?
 *
 * Structure   Two lists lead, those of the fewest documents, a block of each at a time:
 *
 *                 lead    | 17        31        90 |            128 documents
 *                 other   | 11 17 20 31 33 |  | 52 ...          its blocks are narrower
 *                 range   [from ... 34)                         ends where the first of them ends
 *                 docs      17 31       places 0 1 and 1 3      (intersect.h)
 *
 *             The places are kept: freqs and positions of a candidate are found by them.
 *             A field of nothing but unions (spot.h) goes document by document.
 * Invariants  - With `over`, no candidate stands at or after the last `from`.
 *             - lead->p.i and other->p.i never pass a document that may be asked for later.
 * Why so      Positions of two rare words agree far less often than both words meet, so the common
 *             words of a phrase are not sought in candidates that those two rule out.
 * Cost        About 1 ns a posting of the blocks that meet.
 * Tested by   tests/unit/search/test_phrase_field.c, test_cur_phrase.c */
#include "search/phrase_field.h"

#include "kernel/intersect.h"

/* A word in fewer than one of so many documents is sought before positions are read. */
#define PRS_PHRASE_EARLY 4u

/* ---- opening --------------------------------------------------------------------------------- */

static bool same_slot(const prs_slot *a, const prs_slot *b) {
    if (a->n_keys != b->n_keys || !prs_bytes_equal(a->prefix, b->prefix)) return false;
    for (uint32_t i = 0; i < a->n_keys; i++) {
        if (!prs_bytes_equal(a->keys[i], b->keys[i])) return false;
    }
    return true;
}

/* One spot for each different slot. */
static prism_status open_spots(prs_phrase_field *f, prs_plan *plan, const prs_node *node,
                               const prs_segment_field *field, bool *nowhere, prism_error *err) {
    for (uint32_t s = 0; s < node->n_slots; s++) {
        uint32_t i = 0;
        while (i < f->n_spots && !same_slot(f->spots[i].slot, &node->slots[s])) i++;
        if (i < f->n_spots) {
            if (node->kind == PRS_NODE_NEAR) f->spots[i].need++;
            continue;
        }
        PRS_TRY(prs_spot_open(&f->spots[i], plan, field, &node->slots[s], err));
        f->n_spots++;
        *nowhere = f->spots[i].cost == 0;
        if (*nowhere) return PRISM_OK;
    }
    return PRISM_OK;
}

static bool stands_before(const prs_spot *a, const prs_spot *b) {
    if ((a->lane == NULL) != (b->lane == NULL)) return b->lane == NULL;
    return a->cost < b->cost;
}

static void sort_spots(prs_phrase_field *f) {
    for (uint32_t i = 1; i < f->n_spots; i++) {
        prs_spot spot = f->spots[i];
        uint32_t k = i;
        for (; k > 0 && stands_before(&spot, &f->spots[k - 1]); k--) f->spots[k] = f->spots[k - 1];
        f->spots[k] = spot;
    }
}

/* The slots' places in the phrase, gathered spot by spot. */
static void gather_places(prs_phrase_field *f, const prs_node *node) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->n_spots; i++) {
        f->first_place[i] = n;
        for (uint32_t s = 0; s < node->n_slots; s++) {
            if (same_slot(f->spots[i].slot, &node->slots[s])) f->places[n++] = node->slots[s].pos;
        }
    }
    f->first_place[f->n_spots] = n;
}

/* ---- pairs ----------------------------------------------------------------------------------- */

uint32_t prs_phrase_pair(const prs_node *node, uint32_t s, const prs_stops *stops,
                         uint8_t key[PRS_PAIR_KEY_MAX]) {
    const prs_slot *a = &node->slots[s], *b = a + 1;
    if (a->n_keys != 1 || b->n_keys != 1 || a->prefix.len != 0 || b->prefix.len != 0) return 0;
    if (b->pos != a->pos + 1) return 0;
    if (prs_stops_find(stops, a->keys[0]) == PRS_STOPS_MAX) return 0;
    if (prs_stops_find(stops, b->keys[0]) == PRS_STOPS_MAX) return 0;
    return prs_stops_pair(a->keys[0], b->keys[0], key);
}

/* Does the pair of slots s and s + 1 stand in the phrase before? */
static bool is_again(const prs_node *node, uint32_t s) {
    for (uint32_t t = 0; t < s; t++) {
        const prs_slot *a = &node->slots[t];
        if (a[1].pos == a[0].pos + 1 && same_slot(a, &node->slots[s]) &&
            same_slot(a + 1, &node->slots[s + 1]))
            return true;
    }
    return false;
}

/* Open the list of one pair. */
static prism_status open_pair(prs_phrase_field *f, const prs_segment_field *field,
                              const prs_term_info *info, prism_error *err) {
    prs_lane *lane = &f->pairs[f->n_pairs];
    f->n_pairs++;
    return prs_lane_open(lane, &field->pair_source, info,
                         field->has_lengths ? &field->lengths : NULL, 1, err);
}

/* Open the lists of all pairs of stop words in the phrase; *nowhere if one is not in the field. */
static prism_status open_pairs(prs_phrase_field *f, prs_plan *plan, const prs_node *node,
                               const prs_segment_field *field, bool *nowhere, prism_error *err) {
    const prs_stops *stops = field->stop_words;
    if (node->kind != PRS_NODE_PHRASE || node->n_slots < 2 || stops == NULL) return PRISM_OK;
    for (uint32_t s = 0; s + 1 < node->n_slots; s++) {
        uint8_t key[PRS_PAIR_KEY_MAX];
        prs_term_info info;
        bool found;
        uint32_t len = prs_phrase_pair(node, s, stops, key);
        if (len == 0 || is_again(node, s)) continue;
        PRS_TRY(prs_terms_find(&field->pair_terms, prs_bytes_of(key, len), &info, &found, err));
        *nowhere = !found;
        if (*nowhere) return PRISM_OK;
        if (f->pairs == NULL)
            f->pairs = prs_arena_alloc(&plan->arena, node->n_slots * sizeof *f->pairs);
        if (f->pairs == NULL) return prs_error_nomem(err);
        PRS_TRY(open_pair(f, field, &info, err));
    }
    f->is_pair = f->n_pairs == 1 && node->n_slots == 2;
    return PRISM_OK;
}

/* ---- who leads ------------------------------------------------------------------------------- */

static void offer_lead(prs_phrase_field *f, prs_lane *lane, uint32_t need) {
    if (f->lead == NULL || lane->p.info.df < f->lead->p.info.df) {
        f->other = f->lead;
        f->other_need = f->lead_need;
        f->lead = lane;
        f->lead_need = need;
    } else if (f->other == NULL || lane->p.info.df < f->other->p.info.df) {
        f->other = lane;
        f->other_need = need;
    }
}

static void choose_lead(prs_phrase_field *f, uint32_t n_docs) {
    for (uint32_t i = 0; i < f->n_pairs; i++) offer_lead(f, &f->pairs[i], 1);
    for (uint32_t i = 0; i < f->n_spots; i++) {
        if (f->spots[i].lane != NULL) offer_lead(f, f->spots[i].lane, f->spots[i].need);
    }
    f->cost = f->lead != NULL ? f->lead->p.info.df : f->spots[0].cost;
    f->two_plain = f->n_spots > 1 && f->lead == f->spots[0].lane && f->other == f->spots[1].lane &&
                   f->other != NULL && f->first_place[2] == 2 && !f->lead->p.info.inlined &&
                   !f->other->p.info.inlined;
    while (f->n_early < f->n_spots && f->spots[f->n_early].lane != NULL &&
           f->spots[f->n_early].cost < n_docs / PRS_PHRASE_EARLY)
        f->n_early++;
}

/* Both pairs of "a b c" lead: how often b stands there may say how often all three do. */
static void find_middle(prs_phrase_field *f, const prs_node *node) {
    bool lead = f->n_pairs == 2 && node->n_slots == 3 && f->lead != NULL && f->other != NULL &&
                (f->lead == &f->pairs[0] || f->other == &f->pairs[0]) &&
                (f->lead == &f->pairs[1] || f->other == &f->pairs[1]);
    for (uint32_t i = 0; lead && i < f->n_spots; i++) {
        if (f->spots[i].lane != NULL && same_slot(f->spots[i].slot, &node->slots[1]))
            f->middle = &f->spots[i];
    }
}

prism_status prs_phrase_open(prs_phrase_field *f, prs_plan *plan, const prs_node *node,
                             const prs_segment_field *field, uint32_t weight, bool *nowhere,
                             prism_error *err) {
    prs_arena *arena = &plan->arena;
    uint32_t n = node->n_slots;
    memset(f, 0, offsetof(prs_phrase_field, sifted));
    f->weight = weight;
    f->spots = prs_arena_alloc(arena, n * sizeof *f->spots);
    f->places = prs_arena_alloc(arena, n * sizeof *f->places);
    f->first_place = prs_arena_alloc(arena, (n + 1) * sizeof *f->first_place);
    if (f->spots == NULL || f->places == NULL || f->first_place == NULL)
        return prs_error_nomem(err);
    *nowhere = false;
    PRS_TRY(open_pairs(f, plan, node, field, nowhere, err));
    if (!*nowhere && !f->is_pair) PRS_TRY(open_spots(f, plan, node, field, nowhere, err));
    if (*nowhere) return PRISM_OK;
    sort_spots(f);
    gather_places(f, node);
    choose_lead(f, plan->n_docs);
    find_middle(f, node);
    return prs_plan_buffer(plan, &f->starts, err);
}

/* ---- ranges ---------------------------------------------------------------------------------- */

/* Without lists: the first document >= from of all unions. */
static prism_status seek_unions(prs_phrase_field *f, uint32_t from, prism_error *err) {
    uint32_t doc = from;
    for (uint32_t i = 0; i < f->n_spots && doc != PRS_DOC_END;) {
        uint32_t found;
        PRS_TRY(prs_spot_seek(&f->spots[i], doc, &found, err));
        i = found == doc || i == 0 ? i + 1 : 0;
        doc = found;
    }
    f->union_doc = doc;
    f->over = doc == PRS_DOC_END;
    return PRISM_OK;
}

/* Stand both lists on blocks, loaded, that may have a document in common, at the first of their
 * documents >= from. */
static prism_status meet(prs_phrase_field *f, uint32_t from, prism_error *err) {
    for (;;) {
        PRS_TRY(prs_lane_skip(f->lead, from, err));
        f->over = prs_lane_ended(f->lead);
        if (f->over) return PRISM_OK;
        PRS_TRY(prs_lane_load(f->lead, from, err));
        if (f->other == NULL) return PRISM_OK;
        uint32_t doc = f->lead->p.docs[f->lead->p.i];
        PRS_TRY(prs_lane_skip(f->other, doc, err));
        f->over = prs_lane_ended(f->other);
        if (f->over) return PRISM_OK;
        PRS_TRY(prs_lane_load(f->other, doc, err));
        from = f->other->p.docs[f->other->p.i];
        if (from <= f->lead->p.last_doc) return PRISM_OK;
    }
}

prism_status prs_phrase_cut(prs_phrase_field *f, uint32_t from, uint32_t *to, prism_error *err) {
    f->n = f->at = 0;
    if (f->over) return PRISM_OK;
    if (f->lead == NULL) {
        if (f->union_doc < from || from == 0) PRS_TRY(seek_unions(f, from, err));
        if (!f->over && f->union_doc < *to) *to = f->union_doc + 1;
        return PRISM_OK;
    }
    PRS_TRY(meet(f, from, err));
    if (f->over) return PRISM_OK;
    uint32_t last = f->lead->p.last_doc;
    if (f->other != NULL) last = PRS_MIN(last, f->other->p.last_doc);
    if (last < *to) *to = last + 1;
    return PRISM_OK;
}

/* What both lists have of [p.i, their ends). */
static void take_both(prs_phrase_field *f, uint32_t a_end, uint32_t b_end) {
    const prs_postings *left = &f->lead->p, *right = &f->other->p;
    uint32_t a = left->i, b = right->i;
    f->n = prs_intersect(left->docs + a, a_end - a, right->docs + b, b_end - b, f->lead_place,
                         f->other_place);
    for (uint32_t i = 0; i < f->n; i++) {
        f->lead_place[i] = (uint8_t)(f->lead_place[i] + a);
        f->other_place[i] = (uint8_t)(f->other_place[i] + b);
        f->docs[i] = left->docs[f->lead_place[i]];
    }
}

static void take_lead(prs_phrase_field *f, uint32_t a, uint32_t a_end) {
    for (uint32_t i = a; i < a_end; i++) {
        f->docs[i - a] = f->lead->p.docs[i];
        f->lead_place[i - a] = (uint8_t)i;
    }
    f->n = a_end - a;
}

prism_status prs_phrase_bound(prs_phrase_field *f, bool freqs, prism_error *err) {
    uint32_t need = f->lead_need, all = 0;
    if (!freqs) {
        for (uint32_t i = 0; i < f->n; i++) f->most[i] = UINT32_MAX;
        return PRISM_OK;
    }
    PRS_TRY(prs_postings_freqs(&f->lead->p, err));
    for (uint32_t i = 0; i < f->n; i++) all |= f->most[i] = f->lead->p.freqs[f->lead_place[i]];
    for (uint32_t i = 0; need > 1 && i < f->n; i++) f->most[i] /= need;
    if (f->other == NULL) return PRISM_OK;
    need = f->other_need;
    if (all == 1 && need == 1) return PRISM_OK; /* the other list cannot have fewer */
    PRS_TRY(prs_postings_freqs(&f->other->p, err));
    for (uint32_t i = 0; i < f->n; i++) {
        uint32_t freq = f->other->p.freqs[f->other_place[i]];
        if (need > 1) freq /= need;
        f->most[i] = PRS_MIN(f->most[i], freq);
    }
    return PRISM_OK;
}

static prism_status take_union(prs_phrase_field *f, uint32_t to, prism_error *err) {
    f->n = f->union_doc < to;
    if (f->n == 0) return PRISM_OK;
    f->docs[0] = f->union_doc;
    f->most[0] = UINT32_MAX;
    for (uint32_t i = 0; i < f->n_spots; i++) {
        PRS_TRY(prs_spot_freq(&f->spots[i], err));
        f->most[0] = PRS_MIN(f->most[0], f->spots[i].freq / f->spots[i].need);
    }
    return PRISM_OK;
}

prism_status prs_phrase_take(prs_phrase_field *f, uint32_t to, bool freqs, prism_error *err) {
    f->n = f->at = 0;
    if (f->over) return PRISM_OK;
    if (f->lead == NULL) return take_union(f, to, err);
    uint32_t a = f->lead->p.i, a_end = prs_lane_place(f->lead, to);
    if (a == a_end) return PRISM_OK;
    if (f->other == NULL) {
        take_lead(f, a, a_end);
    } else {
        take_both(f, a_end, prs_lane_place(f->other, to));
    }
    return f->n > 0 ? prs_phrase_bound(f, freqs, err) : PRISM_OK;
}

/* ---- one document ---------------------------------------------------------------------------- */

prism_status prs_phrase_stand(prs_phrase_field *f, uint32_t doc, bool freqs, prism_error *err) {
    f->n = f->at = 0;
    if (f->over) return PRISM_OK;
    if (f->lead == NULL) {
        if (f->union_doc < doc || doc == 0) PRS_TRY(seek_unions(f, doc, err));
        return f->union_doc == doc ? take_union(f, doc + 1, err) : PRISM_OK;
    }
    bool has;
    PRS_TRY(prs_lane_has(f->lead, doc, &has, err));
    if (has && f->other != NULL) PRS_TRY(prs_lane_has(f->other, doc, &has, err));
    if (!has) return PRISM_OK;
    f->n = 1;
    f->docs[0] = doc;
    f->lead_place[0] = (uint8_t)f->lead->p.i;
    if (f->other != NULL) f->other_place[0] = (uint8_t)f->other->p.i;
    return prs_phrase_bound(f, freqs, err);
}

prism_status prs_phrase_peek(prs_phrase_field *f, uint32_t from, uint32_t *doc, prism_error *err) {
    for (;;) {
        uint32_t to = PRS_DOC_END;
        PRS_TRY(prs_phrase_cut(f, from, &to, err));
        *doc = f->over ? PRS_DOC_END : f->union_doc;
        if (f->over || f->lead == NULL) return PRISM_OK;
        PRS_TRY(prs_phrase_take(f, to, false, err));
        *doc = f->docs[0];
        if (f->n > 0) return PRISM_OK;
        from = to;
    }
}
