/* highlight.c - why is this document a hit, shown in its own text?
 *
 * Structure   clauses     the leaves of the query that are searched in this field, without
 *                         must_not and extra
 *             sightings   tokens of the text that a clause asks for, found by analyzing it again
 *             marks       those that take part in a match
 *
 *                 "big data"  ->  slots  1: big  2: data
 *                 text        a big dog has big data   sightings  big@1 big@4 data@5
 *                 beginnings  4                        marks      big@4 data@5
 *
 * Invariants  - The same analysis and the same matching (match.h) as the index, so a marked phrase
 *               is one that the search counted.
 *             - Marks are byte ranges of tokens: whole clusters, with the signs that belong to
 *               them.
 *             - A bool inside the query counts only if the document matches it as a whole; the
 *               index is asked, because part of it may lie in other fields.
 * Why so      Offsets in the index would cost a byte or more a token in every index, for the ten
 *             texts a page shows.
 * Tested by   tests/unit/show/test_highlight.c */
#include "show/highlight.h"

#include "kernel/match.h"
#include "search/leaf_fields.h"
#include "search/plan.h"

#include <stdlib.h>

#define PRS_PREFIX_ID 0x80000000u

/* ---- what the query asks for
 * ------------------------------------------------------------------- */

static prism_status add_key(prs_highlight *h, prs_bytes key, uint32_t *id, prism_error *err) {
    bool added;
    return prs_map_add(&h->keys, key, id, &added) == PRISM_OK ? PRISM_OK : prs_error_nomem(err);
}

static prism_status add_prefix(prs_highlight *h, prs_bytes prefix, uint32_t *id, prism_error *err) {
    for (size_t i = 0; i < h->prefixes.n; i++) {
        *id = PRS_PREFIX_ID + (uint32_t)i;
        if (prs_bytes_equal(h->prefixes.ptr[i], prefix)) return PRISM_OK;
    }
    *id = PRS_PREFIX_ID + (uint32_t)h->prefixes.n;
    return prs_prefixes_push(&h->prefixes, prefix) ? PRISM_OK : prs_error_nomem(err);
}

static prism_status add_slot(prs_highlight *h, const prs_slot *slot, prs_slot_keys *out,
                             prism_error *err) {
    uint32_t *ids = prs_arena_alloc(&h->arena, (slot->n_keys + 1) * sizeof *ids);
    if (ids == NULL) return prs_error_nomem(err);
    uint32_t n = 0;
    for (uint32_t i = 0; i < slot->n_keys; i++) PRS_TRY(add_key(h, slot->keys[i], &ids[n++], err));
    if (slot->prefix.len > 0) PRS_TRY(add_prefix(h, slot->prefix, &ids[n++], err));
    *out = (prs_slot_keys){ids, n, slot->pos};
    return PRISM_OK;
}

/* How rare is a key in this field? */
static prism_status rarity(const prs_highlight *h, prs_bytes key, double *out, prism_error *err) {
    uint64_t df = 0;
    for (uint32_t i = 0; i < h->snap->n_leaves; i++) {
        const prs_segment_field *field = &h->snap->leaves[i].segment->fields[h->field];
        prs_term_info info;
        bool found = false;
        if (field->present) PRS_TRY(prs_terms_find(&field->terms, key, &info, &found, err));
        if (found) df += info.df;
    }
    *out = prs_score_idf(h->snap->n_docs, df);
    return PRISM_OK;
}

/* Words and prefixes: one slot. */
static prism_status fill_single(prs_highlight *h, prs_clause *clause, prism_error *err) {
    const prs_node *node = clause->node;
    prs_slot slot = {.keys = &node->key, .n_keys = node->kind == PRS_NODE_TERM};
    if (node->kind == PRS_NODE_PREFIX) slot.prefix = node->key;
    clause->weight = 1.0;
    if (node->kind == PRS_NODE_TERM) PRS_TRY(rarity(h, node->key, &clause->weight, err));
    return add_slot(h, &slot, &clause->slots[0], err);
}

static prism_status add_clause(prs_highlight *h, const prs_node *node, prism_error *err) {
    prs_clause clause = {.node = node};
    bool single = node->kind == PRS_NODE_TERM || node->kind == PRS_NODE_PREFIX;
    clause.n_slots = single ? 1 : node->n_slots;
    clause.slots = prs_arena_calloc(&h->arena, clause.n_slots, sizeof *clause.slots);
    if (clause.slots == NULL) return prs_error_nomem(err);
    if (single) PRS_TRY(fill_single(h, &clause, err));
    for (uint32_t i = 0; !single && i < node->n_slots; i++) {
        double weight = 0.0;
        PRS_TRY(add_slot(h, &node->slots[i], &clause.slots[i], err));
        if (node->slots[i].idf_key.len > 0)
            PRS_TRY(rarity(h, node->slots[i].idf_key, &weight, err));
        clause.weight += weight;
    }
    return prs_clauses_push(&h->clauses, clause) ? PRISM_OK : prs_error_nomem(err);
}

/* Is the leaf searched in our field? */
static prism_status is_ours(prs_highlight *h, const prs_node *node, bool *ours, prism_error *err) {
    prs_fields here;
    PRS_TRY(prs_leaf_fields_map(&h->arena, h->schema, h->snap->schema, &node->fields, &here, err));
    *ours = false;
    for (uint32_t i = 0; i < here.n; i++) *ours = *ours || here.ptr[i].field == h->field;
    return PRISM_OK;
}

/* Does the document match a node?  A plan of that node alone, asked about one document. */
static prism_status document_matches(prs_highlight *h, const prs_node *node, bool *matches,
                                     prism_error *err) {
    uint32_t doc;
    const prs_leaf *leaf = prs_snapshot_leaf(h->snap, h->gdoc, &doc);
    *matches = false;
    if (leaf == NULL) return PRISM_OK;
    prs_weighted *root;
    PRS_TRY(prs_weigh_nothing(&h->arena, h->snap, h->schema, node, &root, err));
    prs_watch watch = prs_watch_of(0, NULL, 0);
    prs_plan plan;
    prs_plan_init(&plan, h->mem, &watch);
    prs_batch *batch = prs_mem_alloc(h->mem, sizeof *batch);
    prism_status status = batch == NULL ? prs_error_nomem(err) : PRISM_OK;
    if (status == PRISM_OK) status = prs_plan_make(&plan, leaf, root, false, err);
    if (status == PRISM_OK && plan.root != NULL) {
        uint8_t hit = 0;
        batch->n = 1;
        batch->docs[0] = doc;
        batch->scores[0] = 0;
        status = plan.root->ops->probe(plan.root, batch, 0, &hit, err);
        *matches = hit != 0;
    }
    prs_mem_free(h->mem, batch, sizeof *batch);
    prs_plan_fini(&plan);
    return status;
}

static prism_status gather(prs_highlight *h, const prs_node *node, bool top, prism_error *err);

static prism_status gather_all(prs_highlight *h, prs_node *const *nodes, uint32_t n,
                               prism_error *err) {
    for (uint32_t i = 0; i < n; i++) PRS_TRY(gather(h, nodes[i], false, err));
    return PRISM_OK;
}

/* Depth is bounded by PRISM_MAX_QUERY_DEPTH. */
static prism_status gather(prs_highlight *h, const prs_node *node, bool top, prism_error *err) {
    bool wanted = false;
    switch (node->kind) {
    case PRS_NODE_TERM:
    case PRS_NODE_PHRASE:
    case PRS_NODE_NEAR:
    case PRS_NODE_PREFIX:
        PRS_TRY(is_ours(h, node, &wanted, err));
        return wanted ? add_clause(h, node, err) : PRISM_OK;
    case PRS_NODE_BOOL:
        if (!top) {
            PRS_TRY(document_matches(h, node, &wanted, err));
            if (!wanted) return PRISM_OK;
        }
        break;
    default: break;
    }
    PRS_TRY(gather_all(h, node->must, node->n_must, err));
    PRS_TRY(gather_all(h, node->should, node->n_should, err));
    return gather_all(h, node->filter, node->n_filter, err);
}

prism_status prs_highlight_init(prs_highlight *h, prs_mem *mem, const prism_snapshot *snap,
                                const prism_query *query, uint16_t field, uint64_t gdoc,
                                prism_error *err) {
    memset(h, 0, sizeof *h);
    h->mem = mem;
    h->snap = snap;
    h->schema = query->schema;
    h->field = field;
    h->gdoc = gdoc;
    prs_arena_init(&h->arena, mem, 0);
    prs_map_init(&h->keys, mem, 0);
    prs_clauses_init(&h->clauses, mem);
    prs_prefixes_init(&h->prefixes, mem);
    prs_sightings_init(&h->sightings, mem);
    prs_marks_init(&h->marks, mem);
    prs_buf_init(&h->run_space, mem);
    prs_buf_init(&h->match_space, mem);
    prs_analyzer *analyzer = prs_snapshot_analyzer(snap, field);
    if (analyzer == NULL) return PRISM_OK; /* numbers: nothing to mark */
    PRS_TRY(gather(h, query->root, true, err));
    return prs_analysis_new(analyzer, mem, &h->analysis, err);
}

void prs_highlight_fini(prs_highlight *h) {
    prs_analysis_free(h->analysis);
    prs_buf_fini(&h->match_space);
    prs_buf_fini(&h->run_space);
    prs_marks_fini(&h->marks);
    prs_sightings_fini(&h->sightings);
    prs_prefixes_fini(&h->prefixes);
    prs_clauses_fini(&h->clauses);
    prs_map_fini(&h->keys);
    prs_arena_fini(&h->arena);
}

/* ---- what the text has
 * ------------------------------------------------------------------------- */

static prism_status see(prs_highlight *h, const prs_token *token, uint32_t id) {
    bool han = token->kind == PRS_KIND_HAN1 || token->kind == PRS_KIND_HAN2 ||
               token->kind == PRS_KIND_HANEND || token->kind == PRS_KIND_HANWORD;
    prs_sighting sighting = {id, token->pos, token->start, token->end, han};
    return prs_sightings_push(&h->sightings, sighting) ? PRISM_OK : PRISM_ENOMEM;
}

static prism_status see_token(void *ctx, const prs_token *token) {
    prs_highlight *h = ctx;
    uint8_t key[1 + PRISM_MAX_TERM_BYTES];
    if (token->len > PRISM_MAX_TERM_BYTES) return PRISM_OK; /* never indexed */
    key[0] = token->kind;
    memcpy(key + 1, token->term, token->len);
    uint32_t id = prs_map_find(&h->keys, prs_bytes_of(key, token->len + 1));
    if (id != UINT32_MAX) PRS_TRY(see(h, token, id));
    for (size_t i = 0; i < h->prefixes.n; i++) {
        prs_bytes prefix = h->prefixes.ptr[i];
        if (prefix.len > token->len + 1 || memcmp(key, prefix.ptr, prefix.len) != 0) continue;
        PRS_TRY(see(h, token, PRS_PREFIX_ID + (uint32_t)i));
    }
    return PRISM_OK;
}

static bool may_stand(const prs_slot_keys *slot, uint32_t id) {
    for (uint32_t i = 0; i < slot->n; i++) {
        if (slot->ids[i] == id) return true;
    }
    return false;
}

/* ---- what of it counts
 * -------------------------------------------------------------------------- */

static prism_status add_mark(prs_highlight *h, const prs_sighting *seen, uint32_t clause,
                             prism_error *err) {
    prs_mark mark = {seen->start, seen->end, clause, seen->han};
    return prs_marks_push(&h->marks, mark) ? PRISM_OK : prs_error_nomem(err);
}

static const uint32_t *numbers(const prs_buf *buf) {
    return (const uint32_t *)(const void *)buf->ptr; /* memory of the hook: aligned for any type */
}

/* Positions at which a slot stands, at the end of run_space; *first = where they begin in it, in
 * numbers. */
static prism_status put_run(prs_highlight *h, const prs_slot_keys *slot, uint32_t *first,
                            uint32_t *n, prism_error *err) {
    *first = (uint32_t)(h->run_space.len / sizeof(uint32_t));
    *n = 0;
    for (size_t i = 0; i < h->sightings.n; i++) {
        const prs_sighting *seen = &h->sightings.ptr[i];
        if (!may_stand(slot, seen->id)) continue;
        if (*n > 0 && numbers(&h->run_space)[*first + *n - 1] == seen->pos) continue;
        prs_buf_put(&h->run_space, &seen->pos, sizeof seen->pos);
        ++*n;
    }
    return prs_buf_status(&h->run_space, err);
}

/* Room for n matches. */
static prism_status take_room(prs_highlight *h, uint32_t n, uint32_t **out, prism_error *err) {
    prs_buf_clear(&h->match_space);
    prs_buf_extend(&h->match_space, (size_t)n * sizeof(uint32_t));
    *out = (uint32_t *)(void *)h->match_space.ptr;
    return prs_buf_status(&h->match_space, err);
}

static bool is_among(const uint32_t *sorted, uint32_t n, uint32_t value, uint32_t *place) {
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (sorted[mid] < value) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    *place = low;
    return low < n && sorted[low] == value;
}

static prism_status mark_phrase(prs_highlight *h, const prs_clause *clause, uint32_t no,
                                prism_error *err) {
    uint32_t *starts = NULL, n = 0, first, len;
    for (uint32_t s = 0; s < clause->n_slots; s++) {
        prs_buf_clear(&h->run_space);
        PRS_TRY(put_run(h, &clause->slots[s], &first, &len, err));
        prs_run run = {numbers(&h->run_space), len};
        if (s == 0) {
            PRS_TRY(take_room(h, len, &starts, err));
            n = prs_match_begin(run, clause->slots[s].pos, starts);
        } else {
            n = prs_match_narrow(starts, n, run, clause->slots[s].pos);
        }
        if (n == 0) return PRISM_OK;
    }
    for (size_t i = 0; i < h->sightings.n; i++) {
        const prs_sighting *seen = &h->sightings.ptr[i];
        for (uint32_t s = 0; s < clause->n_slots; s++) {
            const prs_slot_keys *slot = &clause->slots[s];
            uint32_t place;
            if (seen->pos < slot->pos || !may_stand(slot, seen->id)) continue;
            if (!is_among(starts, n, seen->pos - slot->pos, &place)) continue;
            PRS_TRY(add_mark(h, seen, no, err));
            break;
        }
    }
    return PRISM_OK;
}

static bool same_keys(const prs_slot_keys *a, const prs_slot_keys *b) {
    return a->n == b->n && (a->n == 0 || memcmp(a->ids, b->ids, a->n * sizeof *a->ids) == 0);
}

/* One near for each different slot, with its run. */
static prism_status gather_nears(prs_highlight *h, const prs_clause *clause, prs_near *nears,
                                 uint32_t *n_out, prism_error *err) {
    uint32_t n = 0, first[PRISM_MAX_PHRASE_TERMS], of[PRISM_MAX_PHRASE_TERMS];
    prs_buf_clear(&h->run_space);
    for (uint32_t s = 0; s < clause->n_slots; s++) {
        uint32_t k = 0;
        while (k < n && !same_keys(&clause->slots[of[k]], &clause->slots[s])) k++;
        if (k < n) {
            nears[k].need++;
            continue;
        }
        of[n] = s;
        nears[n].need = 1;
        PRS_TRY(put_run(h, &clause->slots[s], &first[n], &nears[n].run.n, err));
        n++;
    }
    const uint32_t *all = numbers(&h->run_space); /* NULL while no run has had anything */
    for (uint32_t k = 0; k < n; k++) nears[k].run.at = all != NULL ? all + first[k] : NULL;
    *n_out = n;
    return PRISM_OK;
}

static prism_status mark_near(prs_highlight *h, const prs_clause *clause, uint32_t no,
                              prism_error *err) {
    uint32_t n, *ends;
    if (clause->n_slots > PRISM_MAX_PHRASE_TERMS) return PRISM_OK;
    prs_near *nears = prs_arena_alloc(&h->arena, clause->n_slots * sizeof *nears);
    if (nears == NULL) return prs_error_nomem(err);
    PRS_TRY(gather_nears(h, clause, nears, &n, err));
    PRS_TRY(take_room(h, nears[0].run.n, &ends, err));
    uint64_t width = (uint64_t)clause->n_slots + clause->node->slop;
    uint32_t n_ends = prs_match_near(nears, n, width, ends);
    for (size_t i = 0; i < h->sightings.n; i++) {
        const prs_sighting *seen = &h->sightings.ptr[i];
        uint32_t place;
        is_among(ends, n_ends, seen->pos, &place); /* first end at or behind it */
        if (place == n_ends || seen->pos + width <= ends[place]) continue;
        bool asked = false;
        for (uint32_t s = 0; s < clause->n_slots; s++)
            asked = asked || may_stand(&clause->slots[s], seen->id);
        if (asked) PRS_TRY(add_mark(h, seen, no, err));
    }
    return PRISM_OK;
}

static prism_status mark_single(prs_highlight *h, const prs_clause *clause, uint32_t no,
                                prism_error *err) {
    for (size_t i = 0; i < h->sightings.n; i++) {
        const prs_sighting *seen = &h->sightings.ptr[i];
        if (may_stand(&clause->slots[0], seen->id)) PRS_TRY(add_mark(h, seen, no, err));
    }
    return PRISM_OK;
}

static int compare_marks(const void *a, const void *b) {
    const prs_mark *x = a, *y = b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    if (x->end != y->end) return x->end > y->end ? -1 : 1;
    return x->clause < y->clause ? -1 : x->clause > y->clause;
}

prism_status prs_highlight_run(prs_highlight *h, prs_bytes text, prism_error *err) {
    prs_sightings_clear(&h->sightings);
    prs_marks_clear(&h->marks);
    if (h->analysis == NULL || h->clauses.n == 0) return PRISM_OK;
    uint32_t n_pos;
    uint64_t n_bad;
    prism_status status =
        prs_analysis_run(h->analysis, text.ptr, text.len, see_token, h, &n_pos, &n_bad, err);
    if (status == PRISM_ENOMEM) return prs_error_nomem(err); /* ours, or the analysis's */
    PRS_TRY(status);
    for (uint32_t i = 0; i < h->clauses.n; i++) {
        const prs_clause *clause = &h->clauses.ptr[i];
        switch (clause->node->kind) {
        case PRS_NODE_PHRASE: PRS_TRY(mark_phrase(h, clause, i, err)); break;
        case PRS_NODE_NEAR: PRS_TRY(mark_near(h, clause, i, err)); break;
        default: PRS_TRY(mark_single(h, clause, i, err)); break;
        }
    }
    if (h->marks.n > 0) qsort(h->marks.ptr, h->marks.n, sizeof *h->marks.ptr, compare_marks);
    return PRISM_OK;
}
