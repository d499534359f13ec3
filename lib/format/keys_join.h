/* keys_join.h - KEYS of a segment from those of others, holding nothing: see keys.h for the
 * layout. */
#ifndef PRS_FORMAT_KEYS_JOIN_H
#define PRS_FORMAT_KEYS_JOIN_H

#include "format/join_step.h"
#include "format/keys.h"

#define PRS_KEYS_GONE UINT32_MAX

/* Which documents of which segments, and what they are called in the result. */
typedef struct prs_keys_join {
    const prs_keys *const *inputs; /* [n_inputs] */
    uint32_t n_inputs;
    uint32_t n_docs; /* of the result, >= 1 */
    void *ctx;
    prs_join_next_fn next;
    /** New number of a document (below its segment's n_docs), PRS_KEYS_GONE if it has none. */
    uint32_t (*number)(void *ctx, uint32_t input, uint32_t doc);
    /** Called now and then, n documents looked at since: an error ends it. */
    prism_status (*poll)(void *ctx, uint32_t n, prism_error *err);
} prs_keys_join;

/** Write the section KEYS (begun by the caller).
 *  Errors : ECORRUPT entries of an input do not ascend, or name no document; ENOMEM; those of poll
 *           and `out`
 *  Memory : a few bytes an input and 8 KiB.   Cost: about 100 ns a document */
prism_status prs_keys_join_write(const prs_keys_join *join, prs_mem *mem, prs_out *out,
                                 prism_error *err) PRS_NODISCARD;

#endif
