/* commit.h - one commit file: written and published, found and read. */
#ifndef PRS_INDEX_COMMIT_H
#define PRS_INDEX_COMMIT_H

#include "format/manifest.h"
#include "format/names.h"
#include "schema/schema.h"

typedef struct prs_commit {
    prs_manifest manifest;
    prs_id uuid;
    prs_bytes schema;  /* JSON text */
    prs_bytes payload; /* empty: none */
    bool unsynced;     /* published without syncs: a power loss may take any file it names */
} prs_commit;

/** Write commit-G.tmp, sync it, rename it to commit-G, sync the directory (FORMAT.md section 18, R1
 *  c to e).  Everything it names must be durable already.
 *  Errors : EUNKNOWN published or not (R8); all others: nothing was published, the tmp is
 *           unlinked */
prism_status prs_commit_publish(prs_dir *dir, const prs_commit *commit,
                                prism_error *err) PRS_NODISCARD;
/** Make durable what an unsynced commit names: all its files, by their names.
 *  Errors : EIO, ENOSPC: that file is not to be tried again (R7) */
prism_status prs_commit_sync_files(prs_dir *dir, const prs_manifest *manifest,
                                   prism_error *err) PRS_NODISCARD;
/** The same of one segment. */
prism_status prs_commit_sync_segment(prs_dir *dir, const prs_id *id,
                                     prism_error *err) PRS_NODISCARD;
/** Read commit-G.  All that it points to lives in the arena; the file is closed again.
 *  Errors : ENOTFOUND, ECORRUPT, ETOONEW, EIO, ENOMEM.   *read_only (may be NULL): see
 *           prs_in_read_only */
prism_status prs_commit_read(prs_dir *dir, uint64_t generation, prs_arena *arena,
                             prs_commit *commit, bool *read_only, prism_error *err) PRS_NODISCARD;
/** EREADONLY: what prs_in_read_only says of the newest commit, to whoever wants to write. */
prism_status prs_commit_refuse(prism_error *err) PRS_NODISCARD;
/** The highest published generation, 0 if there is none.   Cost: one directory listing */
prism_status prs_commit_find_newest(prs_dir *dir, uint64_t *generation,
                                    prism_error *err) PRS_NODISCARD;
/** The newest commit, read again when it vanishes between listing and opening (R29).
 *  Errors : ENOTFOUND there is no index; EBUSY it kept vanishing */
prism_status prs_commit_read_newest(prs_dir *dir, prs_arena *arena, prs_commit *commit,
                                    bool *read_only, prism_error *err) PRS_NODISCARD;

#define PRS_OPEN_TRIES 100u /* how often a reader starts again when files vanish below it */

#endif
