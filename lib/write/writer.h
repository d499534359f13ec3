/* writer.h - the one writer of an index, inside: pending documents, the segments of the next
 * commit, what to keep.
 *
 *   put/delete -> pending --flush--> working segments --merge--> ... --publish--> commit
 *                                    (committed ones and new ones, each with its deletions)
 *
 * Files: writer.c (life, put, delete, flush, rollback), upsert.c (old versions of keys),
 * delete_docs.c (by query), publish.c (commit, clean-up), writer_schema.c (another schema),
 * writer_snapshot.c (finding what is not committed), merge_run.c (when and what), merge_job.c (one
 * merge), merge_thread.c (a thread that runs them).  All functions but those of api expect the
 * writer's lock to be held.
 *
 * Locks  writer->lock is taken first, and by no one who holds another.  Under it come, each alone
 *        and for a few instructions: the schema's cache, a segment's cache, the directory in
 *        memory's.  The merge thread holds writer->lock to begin and to install a merge, never
 *        while it reads or writes a file of one.  Who waits for it (merger.settled) gives the lock
 *        to it alone: other calls stay outside, so that a commit is as undivided as ever. */
#ifndef PRS_WRITE_WRITER_H
#define PRS_WRITE_WRITER_H

#include "base/pool.h"
#include "index/commit.h"
#include "invert/pending.h"
#include "merge/reorder.h"
#include "index/segment.h"
#include "index/unsynced.h"
#include "index/stopper.h"

#include <prismsearch/writer.h>

#define PRS_WRITER_MIN_MEMORY ((size_t)16 << 20)
#define PRS_WRITER_DEFAULT_MEMORY ((size_t)256 << 20)
#define PRS_WRITER_MAX_SEGMENTS 30u
#define PRS_WRITER_MAX_THREADS 256u

typedef struct prs_working { /* a segment of the next commit */
    prs_segment *segment;
    prs_bitset deleted; /* words NULL = none */
    uint32_t n_deleted;
    bool is_new;  /* not in the last commit */
    bool merging; /* an input of a merge that is under way */
    /* its names may be lost: the directory sync that should have confirmed them did not */
    bool suspect;
    /* its bytes may be lost: a sync of its files failed.  What still comes back is believed by its
     * checksums alone */
    bool doubtful;
    prs_unsynced unsynced; /* its files, where they still wait for their sync */
} prs_working;

PRS_VEC_DEFINE(prs_workings, prs_working)

typedef struct prs_kept { /* a commit on disk whose files must stay */
    prs_arena arena;      /* holds the manifest */
    prs_manifest manifest;
} prs_kept;

typedef struct prs_writer_options {
    size_t memory;
    uint32_t keep_commits, max_segments;
    uint32_t threads; /* over 1: so many build, and merges run in a thread of their own */
    bool merge_here;  /* no thread merges, however many build (tests) */
    bool load, durable, strict_schema;
    bool afresh; /* begin with no segment, by core->recipe: the next commit replaces them all */
    /* of documents that are analyzed in one go; 0 = by the budget, else even where that is too
     * small for more than one thread (tests) */
    size_t batch_text;
    uint64_t stop_tokens;     /* as in prism_writer_opts */
    const char *reorder_text; /* needed by open alone */
    prs_reorder reorder;      /* made from it by open */
    uint64_t id_seed;         /* 0 = random segment ids; else ids follow from it (golden indexes) */
} prs_writer_options;

struct prism_writer {
    prs_core *core;
    prs_mem *mem;
    prs_recipe *recipe; /* of the next commit; the newest commit's unless it is being changed */
    prs_mutex lock;
    void *file_lock;
    size_t usual_cap; /* greatest block of the handle, while no writer has a budget above it */
    int64_t pid;
    prs_writer_options options;
    prs_json_reader *reader;
    prs_document document;
    prs_pending pending;
    prs_workings segments; /* ascending by arrival */
    uint64_t next_arrival; /* of the first pending document */
    uint64_t generation;   /* highest used or seen */
    prs_kept *kept;        /* newest last; room for keep_commits + 1 */
    uint32_t n_kept;
    bool changed;         /* segments differ from the last commit */
    bool deletes_changed; /* deletions differ from the last commit's deletes file */
    bool base_unsynced;   /* the last commit was published without syncs: its files come first */
    prs_buf payload;      /* of the last commit */
    uint64_t n_ids;       /* segment ids made so far */
    prism_error failure;  /* code != 0: sticky (R9) */
    bool poisoned;        /* the failure cannot be rolled back (R8) */
    prism_writer_stats stats;
    prs_stopper stopper;       /* of the call at work, where it may be stopped */
    prs_pool *pool;            /* NULL: the caller's thread does all but merges */
    struct prs_merge_job *job; /* the merge under way; NULL: none */
    struct prs_merger *merger; /* NULL: no merge thread */
};

prism_status prs_writer_open(prs_core *core, const prs_writer_options *options, prism_writer **out,
                             prism_error *err) PRS_NODISCARD;
void prs_writer_close(prism_writer *writer);

/** Take the writer for one call.  In a child process the lock is not touched: who holds it may not
 *  exist there.
 *  Errors : EMISUSE after fork */
prism_status prs_writer_lock(prism_writer *writer, prism_error *err) PRS_NODISCARD;
void prs_writer_unlock(prism_writer *writer);
/** May the writer be used?  EMISUSE after fork, else its sticky failure. */
prism_status prs_writer_check(const prism_writer *writer, prism_error *err) PRS_NODISCARD;
/** Put a document read before; flushes when the budget is spent. */
prism_status prs_writer_put(prism_writer *writer, const prs_document *doc, bool replace,
                            prism_error *err) PRS_NODISCARD;
prism_status prs_writer_delete(prism_writer *writer, prs_bytes key, uint64_t *n,
                               prism_error *err) PRS_NODISCARD;
prism_status prs_writer_commit(prism_writer *writer, prs_bytes payload, bool with_payload,
                               uint64_t *generation, prism_error *err) PRS_NODISCARD;
prism_status prs_writer_rollback(prism_writer *writer, prism_error *err) PRS_NODISCARD;
/** writer_schema.c: put by another schema from now on, and commit it with the next commit.
 *  Errors : EINVAL the change is none that can be made, EANALYZER: all is as before.  Of the flush:
 *           sticky */
prism_status prs_writer_set_schema(prism_writer *writer, const prism_schema *schema,
                                   prism_error *err) PRS_NODISCARD;
prism_status prs_writer_merge(prism_writer *writer, uint32_t max_segments,
                              prism_progress_fn progress, void *ctx,
                              prism_error *err) PRS_NODISCARD;
/** writer_snapshot.c: what a commit would hold now, found without one.  *out owned:
 *  prs_snapshot_unref.
 *  Errors : of flush: sticky; of merges, ENOMEM: none is lost */
prism_status prs_writer_snapshot(prism_writer *writer, prism_snapshot **out,
                                 prism_error *err) PRS_NODISCARD;
/** The same without merging first. */
prism_status prs_writer_view(prism_writer *writer, prism_snapshot **out,
                             prism_error *err) PRS_NODISCARD;

/* ---- between the files of the writer --------------------------------------------------------- */

/** Give `own` to the caller, now and from every call until rollback. */
prism_status prs_writer_fail(prism_writer *writer, const prism_error *own,
                             prism_error *err) PRS_NODISCARD;
/** Remember an error for good: not even rollback helps (R8). */
void prs_writer_poison(prism_writer *writer, const prism_error *own);
/** Write by this recipe from now on (referenced): nothing may be pending, the working segments must
 *  be opened with it.  On an error all is as it was. */
prism_status prs_writer_take_recipe(prism_writer *writer, prs_recipe *recipe,
                                    prism_error *err) PRS_NODISCARD;
/** The id of the next segment. */
prism_status prs_writer_next_id(prism_writer *writer, prs_id *id, prism_error *err) PRS_NODISCARD;
/** Pending documents become a working segment, their old versions elsewhere are deleted.
 *  Errors : they are still pending; ECORRUPT is sticky: stored documents do not come back */
prism_status prs_writer_flush(prism_writer *writer, prism_error *err) PRS_NODISCARD;
/** The same without fsync: the files are synced by the next commit.  At most PRS_MAX_UNSYNCED
 *  segments wait so, each with two descriptors; more are synced at once. */
prism_status prs_writer_flush_unsynced(prism_writer *writer, prism_error *err) PRS_NODISCARD;
#define PRS_MAX_UNSYNCED 16u
/** Sync what waits for it.  A segment that fails becomes doubtful; the others go on waiting. */
prism_status prs_writer_sync(prism_writer *writer, prism_error *err) PRS_NODISCARD;
/** Drop the reference and the bits of a working segment; unlink: also its files. */
void prs_working_fini(prs_working *working, prs_dir *dir, bool unlink);
/** Mark a document deleted.  *fresh = it was not yet. */
prism_status prs_working_delete(prs_working *working, uint32_t doc, prs_mem *mem, bool *fresh,
                                prism_error *err) PRS_NODISCARD;

/** delete_docs.c: delete documents that prs_writer_view showed; *n counts them.
 *  Params : docs by leaf of snap: bits, words NULL = none
 *  Errors : ENOMEM, EINVAL a segment that was merged since: nothing is deleted */
prism_status prs_writer_delete_docs(prism_writer *writer, const prism_snapshot *snap,
                                    const prs_bitset *docs, uint64_t *n,
                                    prism_error *err) PRS_NODISCARD;
/** upsert.c: delete the live documents of a key in all working segments; *n counts them. */
prism_status prs_upsert_delete(prism_writer *writer, prs_bytes key, uint64_t *n,
                               prism_error *err) PRS_NODISCARD;
/** upsert.c: delete, in the working segments before `last`, all documents with a key of those
 *  documents of the last one whose bit in `replace` is set. */
prism_status prs_upsert_resolve(prism_writer *writer, const prs_words *replace, uint32_t n_replace,
                                prism_error *err) PRS_NODISCARD;

/** publish.c: load the newest commit into the writer: segments, deletions, kept commits. */
prism_status prs_publish_load(prism_writer *writer, prism_error *err) PRS_NODISCARD;
/** publish.c: write and publish the working segments as the next generation; then clean up (best
 *  effort). */
prism_status prs_publish(prism_writer *writer, prs_bytes payload, prism_error *err) PRS_NODISCARD;
/** publish.c: unlink what is ours, no kept commit names and no pending, flushed or merging segment
 *  is.  Best effort (R28). */
void prs_publish_clean_up(prism_writer *writer);

/** merge_job.c: is that the id of the segment that a merge is writing? */
bool prs_merge_job_writes(const prism_writer *writer, const prs_id *id);
/** merge_job.c: the names of what a merge is writing may be lost. */
void prs_merge_job_suspect(prism_writer *writer);
/** merge_run.c: the next range that the policy wants merged; n 0 = none.  Drops dead segments.  Of
 *  a poisoned writer nothing is merged or dropped. */
struct prs_merge_range;
prism_status prs_merge_next(prism_writer *writer, struct prs_merge_range *range,
                            prism_error *err) PRS_NODISCARD;
/** merge_run.c: write segments whose names or bytes may be lost anew, under other names (R7).
 *  Errors : of merges; ECORRUPT is sticky: what was written does not come back */
prism_status prs_merge_suspects(prism_writer *writer, prism_error *err) PRS_NODISCARD;
/** merge_run.c: merge what the policy, `load` or a wish for fewer segments asks for. */
prism_status prs_merge_at_commit(prism_writer *writer, prism_error *err) PRS_NODISCARD;
prism_status prs_merge_between(prism_writer *writer, prism_error *err) PRS_NODISCARD;
prism_status prs_merge_down(prism_writer *writer, uint32_t max_segments, prism_progress_fn progress,
                            void *ctx, prism_error *err) PRS_NODISCARD;
/** Rewrite the working segment number `at` alone, without its deleted documents; one without a live
 *  document is dropped, and all others of the kind with it. */
prism_status prs_merge_rewrite(prism_writer *writer, uint32_t at, prism_progress_fn progress,
                               void *ctx, prism_error *err) PRS_NODISCARD;

/* ---- merge_thread.c: none of these does anything where there is no merge thread
 * --------------- */

/** Start it; out: stop it, with the lock not held. */
prism_status prs_merger_start(prism_writer *writer, prism_error *err) PRS_NODISCARD;
void prs_merger_stop(prism_writer *writer);
/** The lock was just taken: stay outside while someone waits with it given up, or while a merge is
 *  to be installed. */
void prs_merger_let_in(prism_writer *writer);
/** The segments have changed: there may be something to merge. */
void prs_merger_wake(prism_writer *writer);
/** Wake it, and wait until at most `most` segments are left or it gives up.  The lock is given up
 *  meanwhile, to it alone.
 *  Errors : ECANCELED by writer->stopper: it merges on */
prism_status prs_merger_bound(prism_writer *writer, uint32_t most, prism_error *err) PRS_NODISCARD;
/** Stop what it is merging and wait until that is gone.  The lock is given up meanwhile, to it
 *  alone. */
void prs_merger_cancel(prism_writer *writer);
/** What it has failed at. */
void prs_merger_get_stats(const prism_writer *writer, prism_writer_stats *stats);

#endif
