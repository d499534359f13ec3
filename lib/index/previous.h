/* previous.h - commits before the newest one: only who asks for them gets them (R13). */
#ifndef PRS_INDEX_PREVIOUS_H
#define PRS_INDEX_PREVIOUS_H

#include "index/core.h"

/** The generations of the commit files of a directory, newest first, in `arena`. */
prism_status prs_previous_list(prs_dir *dir, prs_arena *arena, uint64_t **generations, size_t *n,
                               prism_error *err) PRS_NODISCARD;
/** Load and pin the newest commit that opens, passing over `back` >= 1 of the newest ones.
 *  Errors : ENOTFOUND there are not so many; ECORRUPT none of them opens, told of the newest of
 *           these; what is not the fault of the files */
prism_status prs_previous_load(prs_core *core, unsigned back, prism_error *err) PRS_NODISCARD;
/** Load and pin one commit and open all its files, to see that they are there and are those meant.
 *  Errors : as prs_snapshot_open; the core is then as before */
prism_status prs_previous_try(prs_core *core, uint64_t generation, prism_error *err) PRS_NODISCARD;

#endif
