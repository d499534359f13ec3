/* orders.h - filters, orders and pages: the engine against the judge. */
#ifndef PRISM_DIFF_ORDERS_H
#define PRISM_DIFF_ORDERS_H

#include "diff/queries.h"

/* A random order, as text for the engine and as criteria for the judge. */
typedef struct diff_order {
    char text[128]; /* "" = best first */
    nv_sort by[4];
    int n_by;
    bool scored;
} diff_order;

void diff_order_make(diff_order *order, diff_world *w);

/** Ask a query with a filter (may be NULL) in an order, whole, in pages and from indexes merged, on
 *  a snapshot; NULL if the engine answers as the judge does, else what differs.
 *  Params : *n_pages is added to */
const char *diff_order_check(diff_world *w, prism_snapshot *snap, const diff_query *q,
                             const prism_query *query, const diff_query *filter_meaning,
                             const prism_query *filter, const diff_order *order, uint64_t *n_pages);

#endif
