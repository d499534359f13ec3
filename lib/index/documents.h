/* documents.h - a stored document of a snapshot, by key or by number. */
#ifndef PRS_INDEX_DOCUMENTS_H
#define PRS_INDEX_DOCUMENTS_H

#include "index/snapshot.h"

/** Number of the live document with this key: the newest, should an append have made several.
 *  Errors : ENOTFOUND, ECORRUPT.   Cost: one look-up per segment */
prism_status prs_document_find(const prism_snapshot *snap, prs_bytes key, uint64_t *gdoc,
                               prism_error *err) PRS_NODISCARD;
/** The stored JSON.   Out: *json owned: prs_text_free; len may be NULL
 *  Errors : ENOTFOUND out of range or deleted, ECORRUPT, ENOMEM */
prism_status prs_document_get(const prism_snapshot *snap, uint64_t gdoc, char **json, size_t *len,
                              prism_error *err) PRS_NODISCARD;

/** Call `each` for every live document by ascending number; see prism_document_each. */
prism_status prs_document_each(const prism_snapshot *snap, prism_document_fn each, void *ctx,
                               prism_error *err) PRS_NODISCARD;

#endif
