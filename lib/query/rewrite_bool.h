/* rewrite_bool.h - a BOOL, made simpler without changing what it matches or how it scores. */
#ifndef PRS_QUERY_REWRITE_BOOL_H
#define PRS_QUERY_REWRITE_BOOL_H

#include "query/rewrite.h"

/** Simplify a BOOL whose children are final.
 *  Params : node is consumed; *out is its replacement, NULL when it has no clause left
 *  Errors : ELIMIT, ENOMEM */
prism_status prs_rewrite_bool(prs_rewrite *rw, prs_node *node, prs_node **out);

#endif
