/* repair.h - a new commit from what is whole of an index that is not. */
#ifndef PRS_MAINTAIN_REPAIR_H
#define PRS_MAINTAIN_REPAIR_H

#include "maintain/check.h"
#include "index/commit.h"

#include <prismsearch/maintain.h>

/** See prism_index_repair and prism_index_salvage; opts filled up to its full size. */
prism_status prs_repair_index(const char *path, bool salvage, const prism_repair_opts *opts,
                              prism_repair_stats *stats, prism_error *err) PRS_NODISCARD;

/** The same over check->core, whose directory was given by the caller (tests): not locked here. */
prism_status prs_repair_run(prs_check *check, const prism_repair_opts *opts,
                            prism_repair_stats *stats, prism_error *err) PRS_NODISCARD;
prism_status prs_salvage_run(prs_check *check, const prism_repair_opts *opts,
                             prism_repair_stats *stats, prism_error *err) PRS_NODISCARD;

/* ---- between the files of repair ------------------------------------------------------------- */

/** Is this status the fault of a file's bytes (and not of system, memory, version)? */
bool prs_repair_is_damage(prism_status status, const prism_error *own);
/** Open and check a segment; *whole tells, findings are told.  deleted may be NULL. */
prism_status prs_repair_judge(prs_check *check, const prs_manifest_segment *files,
                              const prs_bitset *deleted, bool *whole,
                              prism_error *err) PRS_NODISCARD;
/** The next generation number that nobody has used.   Errors: ELIMIT */
prism_status prs_repair_next(prs_dir *dir, uint64_t *generation, prism_error *err) PRS_NODISCARD;

/** Deletions by segment of a manifest; words NULL = none.  Memory of mem. */
typedef struct prs_deletions {
    prs_mem *mem;
    prs_bitset *sets;
    uint32_t n;
} prs_deletions;
prism_status prs_deletions_init(prs_deletions *d, prs_mem *mem, uint32_t n,
                                prism_error *err) PRS_NODISCARD;
void prs_deletions_fini(prs_deletions *d);
/** Read a commit's deletes file and add what it says to the segments of `manifest` (which may be
 *  another commit's).   Errors : as prs_in_open, ECORRUPT */
prism_status prs_deletions_read(prs_deletions *d, prs_dir *dir, const prs_commit *of,
                                const prs_manifest *manifest, prism_error *err) PRS_NODISCARD;
/** Add what must be deleted because a later document has the same key; the segments must be whole.
 */
prism_status prs_deletions_add_superseded(prs_deletions *d, prs_core *core,
                                          const prs_manifest *manifest,
                                          prism_error *err) PRS_NODISCARD;
/** Write deletes-G for a manifest, and fill in its three members; none if nothing is deleted. */
prism_status prs_deletions_write(const prs_deletions *d, prs_dir *dir, const prs_id *uuid,
                                 prs_manifest *manifest, prism_error *err) PRS_NODISCARD;

#endif
