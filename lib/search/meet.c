/* meet.c - which candidates are in the block that a list stands on, and at what places?
 *
 * Structure   by how the block is stored, and how many ask:
 *
 *                 dense    not decoded: a bit says whether, the bits before it where
 *                 packed   few candidates: each is searched for, from the one before
 *                          many: through a table by document
 *
 * Invariants  - The table says where to look, the block's documents say whether it is so: what an
 *               earlier block left in it does no harm, and it is never cleared.
 *             - A block that is loaded already is used as it is.
 * Why so      Whether a candidate is a hit cannot be foretold, so no step branches on it: between
 *             two frequent words every second one is.
 * Cost        About 2 ns a candidate, and 30 to 60 for a block.
 * Tested by   tests/unit/search/test_meet.c, test_cur_word.c, test_cur_term.c */
#include "search/meet.h"

#define PLACES 16384u /* documents from the first to the last of a block with a table */
#define FEW 12u       /* so few candidates are searched for */

static prism_status meet_by_table(prs_plan *plan, const prs_postings *p, const prs_batch *batch,
                                  uint32_t at, uint32_t end, int32_t need, prs_met *met,
                                  prism_error *err) {
    const uint32_t *docs = p->docs, first = docs[0];
    if (plan->places == NULL) {
        plan->places = prs_arena_calloc(&plan->arena, PLACES, sizeof *plan->places);
        if (plan->places == NULL) return prs_error_nomem(err);
    }
    uint8_t *place = plan->places;
    for (uint32_t k = 0; k < p->n; k++) place[docs[k] - first] = (uint8_t)k;
    uint32_t m = 0;
    while (at < end && batch->docs[at] < first) at++;
    for (; at < end; at++) {
        uint32_t doc = batch->docs[at], k = place[doc - first] % PRS_BLOCK;
        uint32_t is_hit = (uint32_t)(k < p->n) & (uint32_t)(docs[k] == doc) &
                          (uint32_t)(batch->scores[at] >= need);
        met->at[m] = (uint16_t)at;
        met->place[m] = (uint8_t)k;
        m += is_hit;
    }
    met->n = m;
    return PRISM_OK;
}

static void meet_by_search(const prs_postings *p, const prs_batch *batch, uint32_t at, uint32_t end,
                           int32_t need, prs_met *met) {
    uint32_t m = 0;
    for (uint32_t k = p->i; at < end; at++) {
        if (batch->scores[at] < need) continue;
        k = prs_select_place(p->docs, k, p->n, batch->docs[at]);
        met->at[m] = (uint16_t)at;
        met->place[m] = (uint8_t)k;
        m += p->docs[k] == batch->docs[at]; /* docs[n] is PRS_DOC_END */
    }
    met->n = m;
}

prism_status prs_meet_block(prs_plan *plan, prs_lane *lane, const prs_batch *batch, uint32_t at,
                            uint32_t end, int32_t need, prs_met *met, prism_error *err) {
    prs_postings *p = &lane->p;
    prs_block_bits bits;
    PRS_TRY(prs_postings_bits(p, &bits, err));
    if (bits.n > 0) {
        met->n = prs_select_in_bits(&bits, batch->docs + at, batch->scores + at, end - at, need,
                                    met->at, met->place);
        for (uint32_t i = 0; i < met->n; i++) met->at[i] = (uint16_t)(met->at[i] + at);
        return PRISM_OK;
    }
    PRS_TRY(prs_lane_load(lane, batch->docs[at], err));
    if (end - at > FEW && p->last_doc - p->docs[0] < PLACES)
        return meet_by_table(plan, p, batch, at, end, need, met, err);
    meet_by_search(p, batch, at, end, need, met);
    return PRISM_OK;
}
