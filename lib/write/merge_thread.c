/* merge_thread.c - how does a writer merge while it goes on writing?
 *
 *   caller    flush, commit -> woken                      cancel
 *   thread    asleep -> pick, begin | run (no lock) | install -> pick ... nothing left -> asleep
 *                       `-- lock --'                  `-lock-'
 *
 * Structure   One thread, one merge at a time: two would share one disk, and a range must not be
 *             taken twice.  The policy is asked again after each merge.
 * Invariants  - Under the lock, writer->job is set from begin to the end of install: its files are
 *               not cleaned up, its inputs are marked.
 *             - Who waits for the thread has `waiting` set, and prs_merger_let_in keeps all other
 *               calls out: for them it is as if the lock had been held all the time.
 *             - A result that is ready goes before the next call (`ready`): a caller that puts
 *               without a pause would else hold it off for as long as mutexes are unfair.
 *             - After a failure the next 1, 3, 7 ... 63 wakings are let pass: a disk that is full
 *               or a file that is damaged is not read at every flush.  The inputs stay; what failed
 *               is told by the statistics.
 * Locks       write/writer.h
 * Source      rules R10, R11, R33, R34, R40.
 * Tested by   tests/unit/write/test_merge_thread.c, test_faults.c, tests/stress */
#include "base/error.h"
#include "write/merge_job.h"

#define MAX_PAUSE 63u
#define ASK_MS 20u /* who waits is asked whether to go on */

typedef struct prs_merger {
    prs_thread thread;
    prs_cond wake;    /* woken or quit */
    prs_cond settled; /* a merge ended, or nothing was left to do, or `waiting` is over */
    bool woken;       /* look for something to merge */
    bool quit;
    bool waiting;       /* a call waits with the lock given up */
    atomic_bool ready;  /* the thread wants the lock, to end a merge */
    atomic_bool cancel; /* the merge under way is not wanted any more */
    uint32_t pause;     /* wakings to let pass */
    uint32_t next_pause;
    uint64_t n_failed;
    prism_error error; /* of the last failure */
} prs_merger;

/* ---- the thread ------------------------------------------------------------------------------ */

static int is_cancelled(void *ctx, uint64_t done, uint64_t total) {
    prs_merger *merger = ctx;
    (void)done;
    (void)total;
    return atomic_load_explicit(&merger->cancel, memory_order_relaxed);
}

static void remember(prs_merger *merger, const prism_error *error) {
    merger->error = *error;
    merger->n_failed++;
    merger->next_pause = PRS_MIN(merger->next_pause * 2 + 1, MAX_PAUSE);
    merger->pause = merger->next_pause;
    merger->woken = false;
}

/* Begin the next merge, if there is one. */
static bool begin(prism_writer *writer, prs_merge_job *job) {
    prism_error own = PRISM_ERROR_INIT;
    prs_merge_range range;
    prism_status status = prs_merge_next(writer, &range, &own);
    if (status == PRISM_OK && range.n == 0) return false;
    if (status == PRISM_OK) {
        status = prs_merge_job_begin(writer, range, job, &own);
        if (status != PRISM_OK) prs_merge_job_end(job);
    }
    if (status != PRISM_OK) remember(writer->merger, &own);
    return status == PRISM_OK;
}

/* Run the merge that was begun.  The lock is held before and after, not meanwhile. */
static void run(prism_writer *writer, prs_merge_job *job) {
    prs_merger *merger = writer->merger;
    prism_error own = PRISM_ERROR_INIT;
    atomic_store(&merger->cancel, false);
    prs_mutex_unlock(&writer->lock);
    prism_status status = prs_merge_job_run(job, is_cancelled, merger, &own);
    atomic_store(&merger->ready, true);
    prs_mutex_lock(&writer->lock);
    atomic_store(&merger->ready, false);
    bool cancelled = atomic_load(&merger->cancel);
    if (status == PRISM_OK && !cancelled) status = prs_merge_job_install(writer, job, &own);
    if (status == PRISM_OK && !cancelled) {
        merger->next_pause = 0;
    } else if (!cancelled && status != PRISM_ECANCELED) {
        remember(merger, &own);
    }
    prs_merge_job_leave(writer, job);
    prs_merge_job_end(job);
    prs_cond_wake_all(&merger->settled);
}

static void merge_on(void *arg) {
    prism_writer *writer = arg;
    prs_merger *merger = writer->merger;
    prs_mutex_lock(&writer->lock);
    while (!merger->quit) {
        prs_merge_job job;
        if (!merger->woken) {
            prs_cond_wait(&merger->wake, &writer->lock);
        } else if (begin(writer, &job)) {
            run(writer, &job);
        } else {
            merger->woken = false;
            prs_cond_wake_all(&merger->settled);
        }
    }
    prs_mutex_unlock(&writer->lock);
}

/* ---- start and stop -------------------------------------------------------------------------- */

static void free_merger(prism_writer *writer) {
    prs_mem_free(writer->mem, writer->merger, sizeof *writer->merger);
    writer->merger = NULL;
}

static prism_status start(prism_writer *writer, prism_error *err) {
    prs_merger *merger = writer->merger;
    PRS_TRY(prs_cond_init(&merger->wake, err));
    prism_status status = prs_cond_init(&merger->settled, err);
    if (status == PRISM_OK) {
        status = prs_thread_start(&merger->thread, merge_on, writer, err);
        if (status != PRISM_OK) prs_cond_fini(&merger->settled);
    }
    if (status != PRISM_OK) prs_cond_fini(&merger->wake);
    return status;
}

prism_status prs_merger_start(prism_writer *writer, prism_error *err) {
    if (writer->options.threads < 2 || writer->options.load) return PRISM_OK;
    if (writer->options.merge_here) return PRISM_OK;
    if (writer->options.max_segments == PRISM_NO_MERGE) return PRISM_OK;
    writer->merger = prs_mem_calloc(writer->mem, 1, sizeof *writer->merger);
    if (writer->merger == NULL) return prs_error_nomem(err);
    writer->merger->error = (prism_error)PRISM_ERROR_INIT;
    prism_status status = start(writer, err);
    if (status != PRISM_OK) free_merger(writer);
    return status;
}

void prs_merger_stop(prism_writer *writer) {
    prs_merger *merger = writer->merger;
    if (merger == NULL) return;
    prs_mutex_lock(&writer->lock);
    merger->quit = true;
    atomic_store(&merger->cancel, true);
    prs_cond_wake_all(&merger->wake);
    prs_mutex_unlock(&writer->lock);
    prs_thread_join(&merger->thread);
    prs_cond_fini(&merger->wake);
    prs_cond_fini(&merger->settled);
    free_merger(writer);
}

/* ---- calls that meet it ---------------------------------------------------------------------- */

void prs_merger_let_in(prism_writer *writer) {
    prs_merger *merger = writer->merger;
    while (merger != NULL && (merger->waiting || atomic_load(&merger->ready)))
        prs_cond_wait(&merger->settled, &writer->lock);
}

void prs_merger_wake(prism_writer *writer) {
    prs_merger *merger = writer->merger;
    if (merger == NULL) return;
    if (merger->pause > 0) {
        merger->pause--;
        return;
    }
    merger->woken = true;
    prs_cond_wake_all(&merger->wake);
}

static void end_waiting(prs_merger *merger) {
    merger->waiting = false;
    prs_cond_wake_all(&merger->settled);
}

prism_status prs_merger_bound(prism_writer *writer, uint32_t most, prism_error *err) {
    prs_merger *merger = writer->merger;
    prism_status status = PRISM_OK;
    if (merger == NULL) return PRISM_OK;
    prs_merger_wake(writer);
    merger->waiting = true;
    while (status == PRISM_OK && writer->segments.n > most &&
           (merger->woken || writer->job != NULL)) {
        if (writer->stopper.progress == NULL)
            prs_cond_wait(&merger->settled, &writer->lock);
        else
            prs_cond_wait_ms(&merger->settled, &writer->lock, ASK_MS);
        status = prs_stopper_ask(&writer->stopper, 0, writer->next_arrival, err);
    }
    end_waiting(merger);
    return status;
}

void prs_merger_cancel(prism_writer *writer) {
    prs_merger *merger = writer->merger;
    if (merger == NULL) return;
    atomic_store(&merger->cancel, true);
    merger->woken = false;
    merger->waiting = true;
    while (writer->job != NULL) prs_cond_wait(&merger->settled, &writer->lock);
    end_waiting(merger);
}

void prs_merger_get_stats(const prism_writer *writer, prism_writer_stats *stats) {
    stats->merge_error = (prism_error)PRISM_ERROR_INIT;
    if (writer->merger == NULL) return;
    stats->failed_merges = writer->merger->n_failed;
    stats->merge_error = writer->merger->error;
}
