/* leaf_fields.h - the fields of a query's leaf, by name for statistics and by number in a snapshot
 * for lists.
 *
 * A query numbers fields as the schema it was parsed with, a snapshot as its own; names join
 * them. */
#ifndef PRS_SEARCH_LEAF_FIELDS_H
#define PRS_SEARCH_LEAF_FIELDS_H

#include "query/ast.h"

typedef struct prs_named_fields {
    prs_bytes names; /* sorted, joined by '\n': the identity of the set */
    uint32_t n;
    prs_field_weight *sorted; /* in order of the names; numbers of the query's schema */
} prs_named_fields;

/** Name a leaf's fields.  Everything lives in the arena.
 *  Errors : ENOMEM; EINVAL for a number that the schema does not have */
prism_status prs_leaf_fields_name(prs_arena *arena, const prism_schema *schema,
                                  const prs_fields *fields, prs_named_fields *out,
                                  prism_error *err) PRS_NODISCARD;

/** The same fields as numbers of another schema, ascending; fields it lacks are left out.
 *  Errors : ENOMEM, EINVAL */
prism_status prs_leaf_fields_map(prs_arena *arena, const prism_schema *from, const prism_schema *to,
                                 const prs_fields *fields, prs_fields *out,
                                 prism_error *err) PRS_NODISCARD;

/** Does ranking know lengths of the field? */
bool prs_leaf_field_has_lengths(const prism_schema *schema, uint16_t field);

#endif
