/* merge_job.h - one merge of neighbouring working segments: begun and installed under the writer's
 * lock, run without it. */
#ifndef PRS_WRITE_MERGE_JOB_H
#define PRS_WRITE_MERGE_JOB_H

#include "merge/merge.h"
#include "merge/merge_policy.h"
#include "write/writer.h"

typedef struct prs_merge_job {
    prs_core *core;
    prs_recipe *recipe;      /* referenced */
    prs_merge_input *inputs; /* segments referenced; deletions point into `deleted` */
    prs_bitset *deleted;     /* by input, as they were at begin; words NULL = none */
    uint32_t n;
    bool doubtful; /* a sync of an input's files had failed at begin */
    prs_reorder reorder;
    uint64_t stop_tokens; /* as in prism_writer_opts */
    uint64_t n_live;      /* documents of the result */
    prs_id id;
    prs_working merged; /* the result; segment NULL = none, or installed */
} prs_merge_job;

/** Take a range of the working segments, at least one live document among them, which stay in their
 *  places and are marked `merging`; one job of a writer at a time.  Under the lock.   Out: leave
 *  and end it, whatever comes.
 *  Errors : ENOMEM, EIO: nothing is marked */
prism_status prs_merge_job_begin(prism_writer *writer, prs_merge_range range, prs_merge_job *job,
                                 prism_error *err) PRS_NODISCARD;
/** Merge.  Looks at nothing that the lock guards.
 *  Errors : as prs_merge_run and prs_segment_open; no file is left */
prism_status prs_merge_job_run(prs_merge_job *job, prism_progress_fn progress, void *ctx,
                               prism_error *err) PRS_NODISCARD;
/** Put the result in the place of its inputs, without what was deleted of them since begin (R34).
 *  Under the lock.
 *  Errors : ENOMEM, ECANCELED the inputs are not all there any more, or a sync of one failed since:
 *           nothing was changed */
prism_status prs_merge_job_install(prism_writer *writer, prs_merge_job *job,
                                   prism_error *err) PRS_NODISCARD;
/** Behind install, or instead of it, under the lock: inputs that are still there are no longer
 *  marked, files of the result no longer safe from clean-up. */
void prs_merge_job_leave(prism_writer *writer, const prs_merge_job *job);
/** Drop what is held, and the result's files if it was not installed.  Needs no lock. */
void prs_merge_job_end(prs_merge_job *job);

#endif
