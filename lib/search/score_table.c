/* score_table.c - what is a union of frequent words over a small segment, when the same words are
 * asked for again and again?
 *
 * Structure   table   x0 x1 -0 x3 ...    w / (1 + norm / freq) of every document, -0 where the word
 *                                        is not
 *             slots   += x * 2^s         16 documents at a time, nothing decoded
 *
 * Invariants  - A table holds what score.h computes, before it is scaled: the scale is the query's,
 *               the rest the word's.  Bits are those of the postings.
 * Why so      A posting of a dense list costs over a nanosecond to decode and score, a document of
 *             a table a tenth of one.  Tables of all words would be a second index of several times
 *             the size; those of the few words that stand in one document in PRS_TABLE_RARE and
 *             come again are what unions spend their time on.
 * Cost        Made once: some ns a posting.
 * Tested by   tests/unit/search/test_score_table.c, test_cur_word.c, test_cur_or.c, tests/diff */
#define PRS_TABLE_KERNEL prs_score_table_add_base
#define PRS_TABLE_BYTES 16
#include "search/score_table.h"

#include "base/cpu.h"
#include "kernel/score_table_kernel.h"

#define PRS_TABLE_RARE 16u

void prs_score_table_add_avx2(const float *table, uint32_t n, float scale, int32_t times,
                              int32_t *slots);
void prs_score_table_add_avx512(const float *table, uint32_t n, float scale, int32_t times,
                                int32_t *slots);

void prs_score_table_add(const float *table, uint32_t n, float scale, int32_t times,
                         int32_t *slots) {
    switch (prs_cpu()) {
#ifdef __x86_64__
    case PRS_CPU_AVX512: prs_score_table_add_avx512(table, n, scale, times, slots); return;
    case PRS_CPU_AVX2: prs_score_table_add_avx2(table, n, scale, times, slots); return;
#endif
    default: prs_score_table_add_base(table, n, scale, times, slots); return;
    }
}

/* ---- making ---------------------------------------------------------------------------------- */

static prism_status fill_table(prs_plan *plan, const prs_group *group, prs_lane *lane,
                               float *scores, prism_error *err) {
    prs_postings *p = &lane->p;
    while (!prs_lane_ended(lane)) {
        uint32_t lengths[PRS_BLOCK + PRS_SCORE_LANES];
        PRS_TRY(prs_watch_tick(plan->watch, err));
        PRS_TRY(prs_postings_load(p, err));
        PRS_TRY(prs_postings_freqs(p, err));
        prs_group_lengths(group, p->docs, p->n, lengths);
        for (uint32_t i = 0; i < p->n; i++)
            scores[p->docs[i]] = prs_score_ratio(&group->scorer, p->freqs[i], lengths[i]);
        PRS_TRY(prs_postings_next_block(p, err));
    }
    return PRISM_OK;
}

static prism_status make_table(prs_plan *plan, const prs_score_name *name, const prs_group *group,
                               prs_lane *lane, prs_bits **out, prism_error *err) {
    prs_term_info info = lane->p.info;
    if (prs_score_table_new(plan->scores->kept.mem, plan->n_docs, out, NULL) != PRISM_OK) {
        *out = NULL; /* it can be done without */
        return PRISM_OK;
    }
    prism_status status = fill_table(plan, group, lane, prs_score_table_of(*out), err);
    if (status == PRISM_OK)
        status = prs_lane_open(lane, lane->p.src, &info, lane->lengths, lane->weight, err);
    if (status == PRISM_OK) {
        prs_score_cache_put(plan->scores, name, *out);
        return PRISM_OK;
    }
    prs_bits_unref(*out);
    *out = NULL;
    return status;
}

prism_status prs_score_table_find(prs_plan *plan, const prs_group *group, prs_lane *lane,
                                  uint32_t field, const float **table, prism_error *err) {
    const prs_term_info *info = &lane->p.info;
    *table = NULL;
    bool can = plan->scores != NULL && plan->n_docs <= PRS_SCORE_TABLE_DOCS && group->plain &&
               group->fields[0].lengths == lane->lengths && lane->weight == 1 &&
               plan->watch->max_work == 0 && lane->p.n_groups != 0 &&
               lane->p.src == &plan->segment->fields[field].source && /* not a list of pairs */
               (uint64_t)info->df * PRS_TABLE_RARE >= plan->n_docs;
    if (!can || plan->n_tables == PRS_PLAN_TABLES) return PRISM_OK;
    const prs_scorer *scorer = &group->scorer;
    uint64_t list = (uintptr_t)lane->p.list; /* words and pairs of words have places of their own */
    prs_score_name name = {list, plan->leaf_no, field, scorer->w, scorer->c0, scorer->c1, 0};
    bool worth;
    prs_bits *bits = prs_score_cache_get(plan->scores, &name, plan->n_docs, &worth);
    if (bits == NULL && worth) PRS_TRY(make_table(plan, &name, group, lane, &bits, err));
    if (bits == NULL) return PRISM_OK;
    *table = prs_score_table_of(bits);
    plan->n_tables++;
    return prs_plan_hold(plan, bits, err);
}
