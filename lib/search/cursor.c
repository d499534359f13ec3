/* cursor.c - how do documents change between their two forms, the list and the window?
 *
 * Structure   batch   docs  17 19 40 ...   scores  5 3 9 ...       what lists decode to
 *             window  slots 0 0 5 0 3 0 ...  (taken, so that a score of 0 shows)   where lists meet
 *
 * Invariants  - A drained window is all zero: accumulating may start at once.
 *             - Documents come from `next`, which promises [from, to); a document outside the
 *               window is a broken promise and would write outside the arrays, so it is checked and
 *               reported.
 * Tested by   tests/unit/search/test_cursor.c */
#include "search/plan.h"

_Static_assert(PRS_WINDOW == 64 * PRS_SLOT_PART, "a bit of `touched` for each part");

#define FEW_IN_PART 32u /* slots to a document: nearly all parts are touched */

prs_scratch *prs_scratch_new(prs_mem *mem, prs_spares *spares) {
    bool used = false;
    prs_scratch *scratch = spares != NULL ? prs_spares_borrow(spares, mem, &used)
                                          : prs_mem_alloc(mem, PRS_SNAPSHOT_SPARE_BYTES);
    if (scratch == NULL || used) return scratch;
    memset(&scratch->window, 0, sizeof scratch->window);
    memset(scratch->count, 0, sizeof scratch->count);
    return scratch;
}

void prs_scratch_free(prs_scratch *scratch, prs_mem *mem, prs_spares *spares) {
    if (scratch == NULL) return;
    if (spares == NULL) {
        prs_mem_free(mem, scratch, PRS_SNAPSHOT_SPARE_BYTES);
        return;
    }
    prs_spares_return(spares, mem, scratch);
}

static prism_status outside(prism_error *err) {
    return prs_error_set(err, PRISM_ECORRUPT, "a posting list gave a document out of order");
}

prism_status prs_window_add(prs_window *window, const uint32_t *docs, const int32_t *scores,
                            uint32_t n, prism_error *err) {
    uint32_t base = window->base;
    if (n == 0) return PRISM_OK;
    if (PRS_UNLIKELY(docs[0] < base || docs[n - 1] - base >= PRS_WINDOW)) return outside(err);
    uint64_t touched = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = (docs[i] - base) % PRS_WINDOW;
        window->slots[at] = (window->slots[at] + scores[i]) | PRS_SLOT_TAKEN;
        touched |= UINT64_C(1) << at / PRS_SLOT_PART;
    }
    window->touched |= touched;
    return PRISM_OK;
}

prism_status prs_window_add_list(prs_window *window, const uint32_t *docs, const int32_t *scores,
                                 uint32_t n, prism_error *err) {
    uint32_t base = window->base;
    if (n == 0) return PRISM_OK;
    if (PRS_UNLIKELY(docs[0] < base || docs[n - 1] - base >= PRS_WINDOW)) return outside(err);
    int32_t *slots = window->slots;
    if (docs[n - 1] - docs[0] < n * FEW_IN_PART) {
        for (uint32_t i = 0; i < n; i++) {
            int32_t *slot = slots + (docs[i] - base);
            *slot = (*slot + scores[i]) | PRS_SLOT_TAKEN;
        }
        prs_window_touch(window, docs[0], docs[n - 1]);
        return PRISM_OK;
    }
    uint64_t touched = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = docs[i] - base;
        slots[at] = (slots[at] + scores[i]) | PRS_SLOT_TAKEN;
        touched |= UINT64_C(1) << at / PRS_SLOT_PART;
    }
    window->touched |= touched;
    return PRISM_OK;
}

prism_status prs_cursor_accumulate(prs_cursor *c, uint32_t from, uint32_t to, prs_window *window,
                                   prs_batch *space, prism_error *err) {
    if (c->ops->add != NULL) return c->ops->add(c, from, to, window, err);
    while (from < to) {
        PRS_TRY(c->ops->next(c, from, to, 0, space, err));
        PRS_TRY(prs_window_add(window, space->docs, space->scores, space->n, err));
        from = space->next;
    }
    return PRISM_OK;
}

prism_status prs_cursor_fill(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                             prs_batch *space, prism_error *err) {
    if (c->ops->fill != NULL && (c->sieve != NULL || n_words <= PRS_WINDOW_WORDS))
        return c->ops->fill(c, base, words, n_words, err);
    if (c->ops->fill != NULL) { /* one that knows no larger windows */
        PRS_TRY(c->ops->fill(c, base, words, PRS_WINDOW_WORDS, err));
        return prs_cursor_fill(c, base + PRS_WINDOW, words + PRS_WINDOW_WORDS,
                               n_words - PRS_WINDOW_WORDS, space, err);
    }
    uint32_t from = base, to = PRS_MIN(base + 64 * n_words, c->plan->n_docs);
    while (from < to) {
        PRS_TRY(c->ops->next(c, from, to, 0, space, err));
        for (uint32_t i = 0; i < space->n; i++) {
            uint32_t at = space->docs[i] - base;
            if (PRS_UNLIKELY(at >= 64 * n_words)) return outside(err);
            words[at >> 6] |= UINT64_C(1) << (at & 63);
        }
        from = space->next;
    }
    return PRISM_OK;
}

void prs_window_drain(prs_window *window, int32_t floor, prs_batch *out) {
    out->n += prs_select_slots(window->slots, window->touched, window->base, floor,
                               out->docs + out->n, out->scores + out->n);
    window->touched = 0;
}

void prs_batch_keep_hits(prs_batch *batch, const uint8_t *hit, uint8_t want) {
    batch->n = prs_select_hits(batch->docs, batch->scores, hit, batch->n, want);
}

void prs_batch_drop_deleted(prs_batch *batch, const prs_bitset *deleted) {
    uint32_t n = 0;
    if (deleted == NULL) return;
    for (uint32_t i = 0; i < batch->n; i++) {
        uint32_t doc = batch->docs[i];
        batch->docs[n] = doc;
        batch->scores[n] = batch->scores[i];
        n += doc < deleted->n && !prs_bitset_get(deleted, doc);
    }
    batch->n = n;
}

void prs_batch_keep_floor(prs_batch *batch, int32_t floor) {
    if (floor <= 0) return;
    batch->n =
        prs_select_floor(batch->docs, batch->scores, batch->n, floor, batch->docs, batch->scores);
}
