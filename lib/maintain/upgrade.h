/* upgrade.h - segments of older formats, rewritten in the newest. */
#ifndef PRS_MAINTAIN_UPGRADE_H
#define PRS_MAINTAIN_UPGRADE_H

#include "write/writer.h"

/** Was it written by an older version of the library: file, or some component in it? */
bool prs_upgrade_is_old(const prs_segment *segment);
/** Merge each segment that `is_old` says yes to into one of the newest format, and commit if there
 *  was any.
 *  Errors : as prs_writer_merge: nothing is committed then */
prism_status prs_upgrade(prism_writer *writer, bool (*is_old)(const prs_segment *segment),
                         prism_progress_fn progress, void *ctx, uint64_t *n,
                         prism_error *err) PRS_NODISCARD;

#endif
