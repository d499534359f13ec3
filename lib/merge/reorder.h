/* reorder.h - in which order shall the documents of a segment stand?
 *
 *   NULL          by arrival
 *   "bp"          documents of like words beside each other (bisect.h): smaller lists, faster
 *                 searches
 *   "FIELD", "-FIELD", "+FIELD"   ascending or descending by a column; without a value: last
 *   "random:N"    drawn from a number: what an order is worth, and tests
 *
 * Whatever it is, hits stand as they would without: equal scores by arrival. */
#ifndef PRS_MERGE_REORDER_H
#define PRS_MERGE_REORDER_H

#include "schema/schema.h"

typedef enum prs_reorder_kind {
    PRS_REORDER_NONE = 0,
    PRS_REORDER_BISECT,
    PRS_REORDER_FIELD,
    PRS_REORDER_RANDOM,
} prs_reorder_kind;

#define PRS_REORDER_NAME 256u

typedef struct prs_reorder {
    prs_reorder_kind kind;
    bool desc;
    char field[PRS_REORDER_NAME]; /* FIELD: looked up by name in each schema it meets */
    uint64_t seed;                /* RANDOM */
    size_t memory;                /* BISECT: bytes it may take */
} prs_reorder;

/** Read what a caller wrote; NULL and "" are PRS_REORDER_NONE.
 *  Errors : EINVAL no such order; no such field, or one without a column */
prism_status prs_reorder_parse(const char *text, const prism_schema *schema, prs_reorder *out,
                               prism_error *err) PRS_NODISCARD;

#endif
