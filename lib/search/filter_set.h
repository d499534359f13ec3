/* filter_set.h - a filter whose documents are kept with the snapshot for searches to come. */
#ifndef PRS_SEARCH_FILTER_SET_H
#define PRS_SEARCH_FILTER_SET_H

#include "search/plan.h"

/* A part of a weighted tree that is looked for in the snapshot's cache. */
struct prs_kept_filter {
    const prs_weighted *at;
    prs_bytes name; /* what it matches, as text: equal names match the same documents */
    prism_snapshot *snap;
    size_t most; /* bytes of all that is kept */
};

/** Is a set of the plan's segment small enough to be kept? */
bool prs_filter_set_fits(const prs_plan *plan, const prs_kept_filter *filter);
/** The filter's documents in the plan's segment, if they are kept; else NULL.  The plan holds the
 *  set.   Errors : ENOMEM */
prism_status prs_filter_set_find(prs_plan *plan, const prs_kept_filter *filter, prs_bits **out,
                                 prism_error *err) PRS_NODISCARD;
/** Make and keep them.  The plan holds the set.
 *  Params : cursor: of the filter, not asked anything yet; at its end afterwards; NULL = none match
 *  Errors : ENOMEM, ECORRUPT, EIO, ECANCELED */
prism_status prs_filter_set_make(prs_plan *plan, const prs_kept_filter *filter, prs_cursor *cursor,
                                 prs_bits **out, prism_error *err) PRS_NODISCARD;

#endif
