/* spot.c - how does a slot that many words may fill become one list of positions?
 *
 * Structure   A union keeps the dictionary entries of its lists, and for a window of documents
 *             their positions, counted, then filled, like the transposition of an index:
 *
 *                 lists      d1: 4 9   d3: 2        window  starts   d1   d2   d3   end
 *                            d1: 7                          0    3    3    5
 *                            d3: 8                  positions 4 7 9 | | 2 8
 *
 *             A lone Han character in a phrase is such a slot: all pairs that begin with it, and
 *             its list of run ends, a few thousand lists of which most have some entries.
 * Invariants  - The window holds all positions of documents [base, end); seeks go forward.
 *             - Positions of a document are sorted; several lists may give the same one.
 * Why so      A heap of thousands of open cursors would hold 5 KiB each and cost a heap step a
 *             posting; the lists are opened again for each window, which costs less than one such
 *             step.
 * Cost        Of a window: every list is opened twice, its postings there decoded twice.
 * Tested by   tests/unit/search/test_cur_phrase.c */
#include "search/spot.h"

#include <stdlib.h>

#define PRS_UNION_WINDOW 65536u

struct prs_union {
    prs_plan *plan;
    const prs_postings_source *source;
    prs_buf *infos; /* prs_term_info */
    uint32_t n;
    uint32_t base, end, doc;
    uint32_t *starts; /* PRS_UNION_WINDOW + 2 */
    uint32_t total;   /* of the positions in the window */
    prs_buf *positions;
    prs_postings *list;
};

/* ---- opening --------------------------------------------------------------------------------- */

static prism_status add_info(prs_buf *infos, const prs_term_info *info, prism_error *err) {
    if (!info->has_positions) return PRISM_OK;
    prs_buf_put(infos, info, sizeof *info);
    return prs_buf_status(infos, err);
}

static prism_status gather_infos(prs_plan *plan, const prs_segment_field *field,
                                 const prs_slot *slot, prs_buf *infos, prism_error *err) {
    for (uint32_t i = 0; i < slot->n_keys; i++) {
        prs_term_info info;
        bool found;
        PRS_TRY(prs_terms_find(&field->terms, slot->keys[i], &info, &found, err));
        if (found) PRS_TRY(add_info(infos, &info, err));
    }
    if (slot->prefix.len == 0 || field->terms.n_terms == 0) return PRISM_OK;
    prs_terms_cursor cursor;
    PRS_TRY(prs_terms_cursor_seek(&cursor, &field->terms, slot->prefix, err));
    for (;;) {
        bool more;
        PRS_TRY(prs_watch_tick(plan->watch, err));
        PRS_TRY(prs_terms_cursor_next(&cursor, &more, err));
        if (!more || cursor.key_len < slot->prefix.len) break;
        if (memcmp(cursor.key, slot->prefix.ptr, slot->prefix.len) != 0) break;
        PRS_TRY(add_info(infos, &cursor.info, err));
    }
    return PRISM_OK;
}

static prism_status open_union(prs_spot *spot, prs_plan *plan, const prs_segment_field *field,
                               prs_buf *infos, prism_error *err) {
    prs_union *u = prs_arena_calloc(&plan->arena, 1, sizeof *u);
    if (u == NULL) return prs_error_nomem(err);
    u->plan = plan;
    u->source = &field->source;
    u->infos = infos;
    u->n = (uint32_t)(infos->len / sizeof(prs_term_info));
    u->list = prs_arena_alloc(&plan->arena, sizeof *u->list);
    u->starts = prs_arena_alloc(&plan->arena, (PRS_UNION_WINDOW + 2) * sizeof *u->starts);
    if (u->list == NULL || u->starts == NULL) return prs_error_nomem(err);
    PRS_TRY(prs_plan_buffer(plan, &u->positions, err));
    spot->many = u;
    for (uint32_t i = 0; i < u->n; i++) {
        prs_term_info info;
        memcpy(&info, infos->ptr + i * sizeof info, sizeof info);
        spot->cost += info.df;
    }
    return PRISM_OK;
}

prism_status prs_spot_open(prs_spot *spot, prs_plan *plan, const prs_segment_field *field,
                           const prs_slot *slot, prism_error *err) {
    memset(spot, 0, sizeof *spot);
    spot->slot = slot;
    spot->need = 1;
    prs_buf *infos;
    PRS_TRY(prs_plan_buffer(plan, &infos, err));
    PRS_TRY(prs_plan_buffer(plan, &spot->positions, err));
    PRS_TRY(gather_infos(plan, field, slot, infos, err));
    if (infos->len == 0) return PRISM_OK;
    if (infos->len > sizeof(prs_term_info)) return open_union(spot, plan, field, infos, err);
    prs_term_info info;
    memcpy(&info, infos->ptr, sizeof info);
    spot->lane = prs_arena_alloc(&plan->arena, sizeof *spot->lane);
    if (spot->lane == NULL) return prs_error_nomem(err);
    spot->cost = info.df;
    return prs_lane_open(spot->lane, &field->source, &info,
                         field->has_lengths ? &field->lengths : NULL, 1, err);
}

/* ---- unions ---------------------------------------------------------------------------------- */

/* The file was written to between counting and filling. */
static prism_status changed(prism_error *err) {
    return prs_error_set(err, PRISM_ECORRUPT, "a posting list changed while it was read");
}

/* Give every position of the list in the window to its document: count it, or put it down. */
static prism_status walk_list(prs_union *u, const prs_term_info *info, bool count,
                              prism_error *err) {
    prs_postings *p = u->list;
    uint32_t *positions = (uint32_t *)(void *)u->positions->ptr;
    PRS_TRY(prs_watch_tick(u->plan->watch, err));
    PRS_TRY(prs_postings_open(p, u->source, info, err));
    PRS_TRY(prs_postings_skip_to(p, u->base, err));
    while (p->last_doc != PRS_DOC_END) {
        PRS_TRY(prs_postings_load(p, err));
        PRS_TRY(prs_postings_freqs(p, err));
        for (uint32_t i = 0; i < p->n && p->docs[i] < u->end; i++) {
            if (p->docs[i] < u->base) continue;
            uint32_t *slot = &u->starts[p->docs[i] - u->base + 1];
            if (!count) {
                if (p->freqs[i] > u->total - *slot) return changed(err);
                PRS_TRY(prs_postings_positions(p, i, positions + *slot, err));
            }
            *slot += p->freqs[i];
        }
        if (p->last_doc >= u->end - 1) break;
        PRS_TRY(prs_postings_next_block(p, err));
    }
    return PRISM_OK;
}

static prism_status walk_lists(prs_union *u, bool count, prism_error *err) {
    for (uint32_t i = 0; i < u->n; i++) {
        prs_term_info info;
        memcpy(&info, u->infos->ptr + i * sizeof info, sizeof info);
        PRS_TRY(walk_list(u, &info, count, err));
    }
    return PRISM_OK;
}

/* Counts in starts[1 ..] become beginnings, in starts[1 ..], one place further than where they end
 * up. */
static prism_status make_room(prs_union *u, prism_error *err) {
    uint64_t total = 0;
    for (uint32_t i = 1; i <= PRS_UNION_WINDOW + 1; i++) {
        uint32_t n = u->starts[i];
        u->starts[i] = (uint32_t)total;
        total += n;
        if (total > UINT32_MAX)
            return prs_error_set(err, PRISM_ELIMIT, "a phrase has too many positions");
    }
    u->total = (uint32_t)total;
    prs_buf_clear(u->positions);
    prs_buf_extend(u->positions, (size_t)total * sizeof(uint32_t));
    return prs_buf_status(u->positions, err);
}

/* After filling, starts[d + 1] is the end of document d, starts[0] = 0 its beginning. */
static prism_status fill_window(prs_union *u, uint32_t base, prism_error *err) {
    uint32_t n_docs = u->plan->n_docs;
    u->base = base;
    u->end = n_docs - base > PRS_UNION_WINDOW ? base + PRS_UNION_WINDOW : n_docs;
    memset(u->starts, 0, (PRS_UNION_WINDOW + 2) * sizeof *u->starts);
    PRS_TRY(walk_lists(u, true, err));
    PRS_TRY(make_room(u, err));
    return walk_lists(u, false, err);
}

static prism_status seek_union(prs_union *u, uint32_t target, uint32_t *doc, prism_error *err) {
    target = PRS_MAX(target, u->base); /* windows before held nothing from an earlier target on */
    while (target < u->plan->n_docs) {
        if (target >= u->end) PRS_TRY(fill_window(u, target, err));
        for (uint32_t at = target - u->base; at < u->end - u->base; at++) {
            if (u->starts[at + 1] == u->starts[at]) continue;
            u->doc = *doc = u->base + at;
            return PRISM_OK;
        }
        target = u->end;
    }
    *doc = PRS_DOC_END;
    return PRISM_OK;
}

static int compare_positions(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* ---- both kinds ------------------------------------------------------------------------------ */

prism_status prs_spot_seek(prs_spot *spot, uint32_t target, uint32_t *doc, prism_error *err) {
    if (spot->lane != NULL) {
        if (target < PRS_DOC_END) return prs_postings_seek(&spot->lane->p, target, doc, err);
    } else if (spot->many != NULL) {
        return seek_union(spot->many, target, doc, err);
    }
    *doc = PRS_DOC_END;
    return PRISM_OK;
}

prism_status prs_spot_freq(prs_spot *spot, prism_error *err) {
    if (spot->lane != NULL) {
        PRS_TRY(prs_postings_freqs(&spot->lane->p, err));
        spot->freq = spot->lane->p.freqs[spot->lane->p.i];
        return PRISM_OK;
    }
    const prs_union *u = spot->many;
    uint32_t at = u->doc - u->base;
    spot->freq = u->starts[at + 1] - u->starts[at];
    return PRISM_OK;
}

prism_status prs_spot_positions(prs_spot *spot, prism_error *err) {
    prs_buf *buf = spot->positions;
    prs_buf_clear(buf);
    prs_buf_extend(buf, (size_t)spot->freq * sizeof(uint32_t));
    PRS_TRY(prs_buf_status(buf, err));
    uint32_t *out = (uint32_t *)(void *)buf->ptr; /* memory of the hook: aligned for any type */
    if (spot->lane != NULL) {
        PRS_TRY(prs_postings_positions(&spot->lane->p, spot->lane->p.i, out, err));
    } else {
        const prs_union *u = spot->many;
        const uint32_t *all = (const uint32_t *)(const void *)u->positions->ptr;
        memcpy(out, all + u->starts[u->doc - u->base], (size_t)spot->freq * sizeof *out);
        qsort(out, spot->freq, sizeof *out, compare_positions);
    }
    spot->run = (prs_run){out, spot->freq};
    return PRISM_OK;
}

void prs_spot_make_distinct(prs_spot *spot) {
    uint32_t *out = (uint32_t *)(void *)spot->positions->ptr;
    spot->run.n = prs_match_distinct(out, spot->run.n);
}
