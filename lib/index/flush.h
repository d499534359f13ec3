/* flush.h - the pending documents become the two files of a segment. */
#ifndef PRS_INDEX_FLUSH_H
#define PRS_INDEX_FLUSH_H

#include "format/manifest.h"
#include "index/pending.h"
#include "index/unsynced.h"

/** Write `<id>.doc` and `<id>.idx` of the pending documents, at least one, and sync them unless
 *  `unsynced` (may be NULL) is there to take them: they can then be opened, and wait for it.
 *  Params : arrival_base = arrival number of the first; scratch = bytes wanted for transposing
 *           *files is filled for the manifest; n_deleted counts the documents marked in
 *           pending->deleted
 *  Errors : EIO, ENOSPC, ENOMEM, ELIMIT: the files are unlinked, the pending documents cannot be
 *           saved any more
 *  Cost   : see transpose.h; ~1.2 bytes written per byte of stream */
prism_status prs_flush(prs_pending *pending, uint64_t arrival_base, size_t scratch,
                       prs_manifest_segment *files, prs_unsynced *unsynced,
                       prism_error *err) PRS_NODISCARD;

#endif
