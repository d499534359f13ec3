/* matches.h - all documents of a snapshot that a query matches, without scores. */
#ifndef PRS_SEARCH_MATCHES_H
#define PRS_SEARCH_MATCHES_H

#include "query/ast.h"
#include "search/watch.h"

#include "index/snapshot.h"

typedef struct prs_matches {
    prs_mem *mem;
    prs_bitset *sets; /* by leaf; words NULL = none */
    uint32_t n_sets;
    uint64_t n; /* documents */
} prs_matches;

/** Find the live documents that match, as bits by segment.
 *  Params : out: prs_matches_fini, after an error too
 *  Errors : ENOMEM, ECORRUPT, EIO, ELIMIT; ECANCELED by the watch
 *  Cost   : that of counting; a bit a document of the segments with a match */
prism_status prs_matches_find(const prism_snapshot *snap, const prism_query *query, prs_mem *mem,
                              prs_watch *watch, prs_matches *out, prism_error *err) PRS_NODISCARD;
void prs_matches_fini(prs_matches *matches);

#endif
