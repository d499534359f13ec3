/* join_step.h - the documents of a segment that is made from others, one by one: what joining keys
 * and columns asks of who knows them. */
#ifndef PRS_FORMAT_JOIN_STEP_H
#define PRS_FORMAT_JOIN_STEP_H

#include "base/prs.h"

typedef struct prs_join_step {
    uint32_t input, doc; /* at hand: a document of an input */
    uint32_t own[3];     /* of who steps */
} prs_join_step;

/** Step to the next document of the result, beginning with {0}; false behind the last one. */
typedef bool (*prs_join_next_fn)(void *ctx, prs_join_step *step);

#endif
