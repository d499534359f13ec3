/* terms_walk.h - the dictionary of a field over all segments of a snapshot. */
#ifndef PRS_INDEX_TERMS_WALK_H
#define PRS_INDEX_TERMS_WALK_H

#include "index/snapshot.h"

/** Call `each` for every term that begins with prefix, in key order within each kind; df and cf are
 *  sums.
 *  Errors : ENOTFOUND no such field; ECANCELED the callback stopped; ECORRUPT; ENOMEM */
prism_status prs_terms_walk(const prism_snapshot *snap, const char *field, prs_bytes prefix,
                            prism_term_fn each, void *ctx, prism_error *err) PRS_NODISCARD;
/** "word", "han1", "han2", "hanend", "exact", "hanword"; "?" for a number that is no kind. */
const char *prs_kind_name(uint8_t kind);

#endif
