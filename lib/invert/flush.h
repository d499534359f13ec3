/* flush.h - the pending documents become the two files of a segment. */
#ifndef PRS_INVERT_FLUSH_H
#define PRS_INVERT_FLUSH_H

#include "format/manifest.h"
#include "invert/pending.h"
#include "index/unsynced.h"

/** Write `<id>.doc` and `<id>.idx` of the pending documents, at least one, and sync them unless
 *  `unsynced` (may be NULL) is there to take the `.idx` file: they can then be opened, and wait for
 *  it.  The `.doc` file stays with the pending documents until prs_pending_keep_file.
 *  Params : arrival_base = arrival number of the first; scratch = bytes wanted for transposing
 *           *files is filled for the manifest; n_deleted counts the documents marked in
 *           pending->deleted
 *  Errors : EIO, ENOSPC, ENOMEM, ELIMIT, ECANCELED by pending->stopper: the `.idx` file is
 *           unlinked; the documents stay pending, for another try after prs_pending_move
 *  Cost   : see transpose.h; ~1.2 bytes written per byte of stream */
prism_status prs_flush(prs_pending *pending, uint64_t arrival_base, size_t scratch,
                       prs_manifest_segment *files, prs_unsynced *unsynced,
                       prism_error *err) PRS_NODISCARD;

#endif
