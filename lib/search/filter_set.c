/* filter_set.c - which documents of a segment does a filter leave, if somebody has found them
 * before?
 *
 * A filter that is asked for again and again is one bit a document, deleted ones too: what it
 * matches depends on the segment alone.  Made whole the first time, whatever the search needs of
 * it.
 * Tested by   tests/unit/search/test_filter_set.c, tests/diff */
#include "search/filter_set.h"

#include "search/sieve.h"

bool prs_filter_set_fits(const prs_plan *plan, const prs_kept_filter *filter) {
    size_t set = ((size_t)prs_bitset_words(plan->n_docs) + 1) * sizeof(uint64_t);
    return set + sizeof(prs_bits) + filter->name.len + 64 <= filter->most;
}

static uint32_t leaf_no(const prs_plan *plan, const prism_snapshot *snap) {
    return (uint32_t)(plan->leaf - snap->leaves);
}

prism_status prs_filter_set_find(prs_plan *plan, const prs_kept_filter *filter, prs_bits **out,
                                 prism_error *err) {
    *out = prs_bits_cache_get(&filter->snap->cache, filter->name, leaf_no(plan, filter->snap));
    return *out == NULL ? PRISM_OK : prs_plan_hold(plan, *out, err);
}

prism_status prs_filter_set_make(prs_plan *plan, const prs_kept_filter *filter, prs_cursor *cursor,
                                 prs_bits **out, prism_error *err) {
    prs_bits *bits;
    PRS_TRY(prs_bits_new(filter->snap->mem, plan->n_docs, &bits, err));
    *out = bits;
    PRS_TRY(prs_plan_hold(plan, bits, err));
    if (cursor != NULL) {
        prs_scratch *scratch = NULL;
        if (cursor->ops->fill == NULL)
            PRS_TRY(prs_plan_scratch(plan, PRS_PLAN_MAX_DEPTH - 1, &scratch, err));
        PRS_TRY(
            prs_cursor_fill_set(cursor, &bits->set, scratch == NULL ? NULL : &scratch->batch, err));
    }
    bits->n = prs_bitset_count(&bits->set);
    prs_bits_cache_put(&filter->snap->cache, filter->name, leaf_no(plan, filter->snap), bits,
                       filter->most);
    return PRISM_OK;
}
