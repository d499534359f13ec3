/* searcher.c - how do the segments of a snapshot, and several threads, give one list of hits and
 * one count?
 *
 * Structure   Ranges of documents, oldest arrivals first.  On one thread a range is a segment, and
 *             all share one heap: what the first have found is the floor for the next.  On several,
 *             large segments are cut, each thread takes the next range that nobody has taken, has
 *             a heap of its own, and learns from the others what score k documents reach.
 *
 *                 ranges    |seg 0   |seg 1   :        :        |seg 2 |
 *                 threads    A        B        A        B        B          -> two heaps -> one
 *
 * Invariants  - Who belongs to the k best does not depend on who found it: the order of hits is
 *               total, and every floor is one that k documents reach.  So hits are the same, bit
 *               for bit, with any number of threads; exact totals, being sums, too.
 *             - A search that may use so many steps only (max_work) runs on one thread: what it
 *               finds depends on the steps taken.
 * Why so      Threads are started for each search that is worth it: some ten microseconds each, but
 *             nothing to own, to shut down, or to survive a fork.
 * Tested by   tests/unit/search/test_searcher.c, test_pruning.c, tests/diff */
#include "search/searcher.h"

#include "search/ranker.h"

#define PRS_RANGE_LEAST 32768u   /* documents; a smaller range is not worth a plan of its own */
#define PRS_RANGES_A_THREAD 4u   /* so that threads end at about the same time */
#define PRS_THREADS_COST 100000u /* documents to look at that are worth a thread */
#define PRS_SEARCH_THREADS_MAX 64u

typedef struct range {
    uint32_t leaf, from, to;
} range;

typedef struct searching {
    const prs_search_request *request;
    prs_mem *mem;
    prs_search_result *result;
    range *ranges;
    uint32_t n_ranges, cap;
    atomic_uint next;   /* the first range that nobody has taken */
    atomic_int reached; /* prs_ranker.reached */
    atomic_bool failed; /* somebody has: the others may stop */
} searching;

typedef struct worker {
    searching *s;
    prs_thread thread;
    bool started;
    prs_watch watch;
    prs_topk top;
    prs_ranker ranker;
    prism_status status;
    prism_error err;
} worker;

/* ---- ranges --------------------------------------------------------------------------------- */

/* Documents of a range. */
static uint32_t range_size(const prs_search_request *request) {
    if (request->range_docs != 0) return request->range_docs;
    uint64_t size = request->snap->n_docs / (request->threads * PRS_RANGES_A_THREAD);
    size = PRS_MAX(size, PRS_RANGE_LEAST);
    return (uint32_t)PRS_MIN(size, PRISM_MAX_SEGMENT_DOCS) / PRS_WINDOW * PRS_WINDOW;
}

static prism_status cut_ranges(searching *s, prism_error *err) {
    const prism_snapshot *snap = s->request->snap;
    uint32_t size = range_size(s->request);
    for (uint32_t i = 0; i < snap->n_leaves; i++)
        s->cap += snap->leaves[i].segment->n_docs / size + 1;
    s->ranges = prs_mem_alloc(s->mem, s->cap * sizeof *s->ranges);
    if (s->ranges == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < snap->n_leaves; i++) {
        uint32_t n_docs = snap->leaves[i].segment->n_docs;
        for (uint32_t from = 0; from < n_docs;) {
            uint32_t to = n_docs - from > size ? from + size : n_docs;
            s->ranges[s->n_ranges++] = (range){i, from, to};
            from = to;
        }
    }
    return PRISM_OK;
}

/* ---- one worker ----------------------------------------------------------------------------- */

static prism_status run_ranges(searching *s, prs_ranker *ranker, prism_error *err) {
    while (!atomic_load_explicit(&s->failed, memory_order_relaxed)) {
        uint32_t i = atomic_fetch_add_explicit(&s->next, 1u, memory_order_relaxed);
        if (i >= s->n_ranges) break;
        const range *r = &s->ranges[i];
        PRS_TRY(prs_ranker_run(ranker, r->leaf, r->from, r->to, err));
    }
    return PRISM_OK;
}

static void work(void *arg) {
    worker *w = (worker *)arg;
    searching *s = w->s;
    w->status = prs_ranker_init(&w->ranker, s->request, &w->watch, &w->top, s->mem, &w->err);
    w->ranker.reached = &s->reached;
    if (w->status == PRISM_OK) w->status = run_ranges(s, &w->ranker, &w->err);
    if (w->status != PRISM_OK) atomic_store_explicit(&s->failed, true, memory_order_relaxed);
}

/* ---- several -------------------------------------------------------------------------------- */

/* What a thread has found is part of the whole; its error is the search's, if there was none. */
static prism_status gather(searching *s, worker *w, bool *pruned, prism_status status,
                           prism_error *err) {
    prs_watch *watch = s->request->watch;
    watch->work += w->watch.work;
    if (watch->why == PRISM_STOP_NONE) watch->why = w->watch.why;
    s->result->total += w->ranker.total;
    *pruned = *pruned || w->ranker.pruned;
    /* What was found counts, whoever was stopped. */
    prism_status offered = PRISM_OK;
    for (size_t i = 0; i < w->top.n && offered == PRISM_OK; i++)
        offered = prs_topk_offer(&s->result->top, w->top.heap[i], err);
    if (offered != PRISM_OK && (status == PRISM_OK || status == PRISM_ECANCELED)) status = offered;
    bool worse = w->status != PRISM_OK && w->status != PRISM_ECANCELED; /* than being stopped */
    if (w->status == PRISM_OK || (status != PRISM_OK && !(status == PRISM_ECANCELED && worse)))
        return status;
    if (err != NULL && err->size >= sizeof *err) *err = w->err;
    return w->status;
}

/* Beside the caller's thread, whose ranker has begun. */
static prism_status run_beside(searching *s, prs_ranker *own, uint32_t n, prism_error *err) {
    worker *workers = prs_mem_calloc(s->mem, n, sizeof *workers);
    if (workers == NULL) return prs_error_nomem(err);
    own->reached = &s->reached;
    s->request->watch->failed = &s->failed;
    for (uint32_t i = 0; i < n; i++) {
        worker *w = &workers[i];
        w->s = s;
        w->err = (prism_error)PRISM_ERROR_INIT;
        w->watch = *s->request->watch;
        w->watch.work = 0;
        w->watch.progress = NULL; /* called by the caller's thread alone */
        prs_topk_init(&w->top, s->mem, s->request->k);
        /* fewer threads do as well */
        w->started = prs_thread_start(&w->thread, work, w, NULL) == PRISM_OK;
        if (!w->started) break;
    }
    prism_status status = run_ranges(s, own, err);
    if (status != PRISM_OK) atomic_store_explicit(&s->failed, true, memory_order_relaxed);
    for (uint32_t i = 0; i < n && workers[i].started; i++) {
        prs_thread_join(&workers[i].thread);
        status = gather(s, &workers[i], &own->pruned, status, err);
        prs_ranker_fini(&workers[i].ranker);
        prs_topk_fini(&workers[i].top);
    }
    s->request->watch->failed = NULL;
    prs_mem_free(s->mem, workers, n * sizeof *workers);
    return status;
}

/* Documents to look at in all segments: as in the largest, or, where that has none, in the others
 * together. */
static prism_status estimate_cost(searching *s, prs_ranker *own, uint64_t *cost, prism_error *err) {
    const prism_snapshot *snap = s->request->snap;
    uint32_t largest = 0;
    for (uint32_t i = 1; i < snap->n_leaves; i++) {
        if (snap->leaves[i].segment->n_docs > snap->leaves[largest].segment->n_docs) largest = i;
    }
    PRS_TRY(prs_ranker_cost(own, largest, cost, err));
    double n_docs = PRS_MAX(snap->leaves[largest].segment->n_docs, 1u);
    *cost = (uint64_t)((double)*cost / n_docs * (double)snap->n_docs);
    bool others = *cost == 0;
    for (uint32_t i = 0; others && i < snap->n_leaves; i++) {
        uint64_t more = 0;
        if (i != largest) PRS_TRY(prs_ranker_cost(own, i, &more, err));
        *cost += more;
    }
    return PRISM_OK;
}

/* Threads that the search is worth, beside the caller's. */
static prism_status choose_threads(searching *s, prs_ranker *own, uint32_t *n, prism_error *err) {
    const prs_search_request *request = s->request;
    uint32_t most = PRS_MIN(PRS_MIN(request->threads, PRS_SEARCH_THREADS_MAX), s->n_ranges);
    *n = 0;
    if (most <= 1 || request->watch->max_work != 0) return PRISM_OK;
    *n = most - 1;
    if (request->range_docs != 0) return PRISM_OK;
    uint64_t cost;
    PRS_TRY(estimate_cost(s, own, &cost, err));
    *n = (uint32_t)PRS_MIN(*n, cost / PRS_THREADS_COST);
    return PRISM_OK;
}

static prism_status run_alone(searching *s, prs_ranker *own, prism_error *err) {
    const prism_snapshot *snap = s->request->snap;
    for (uint32_t i = 0; i < snap->n_leaves; i++)
        PRS_TRY(prs_ranker_run(own, i, 0, snap->leaves[i].segment->n_docs, err));
    return PRISM_OK;
}

static prism_status run(searching *s, prs_ranker *own, prism_error *err) {
    uint32_t n;
    if (s->request->threads <= 1) return run_alone(s, own, err);
    PRS_TRY(cut_ranges(s, err));
    PRS_TRY(choose_threads(s, own, &n, err));
    return n > 0 ? run_beside(s, own, n, err) : run_ranges(s, own, err);
}

prism_status prs_searcher_run(const prs_search_request *request, prs_mem *mem,
                              prs_search_result *result, prism_error *err) {
    searching s = {.request = request, .mem = mem, .result = result};
    prs_ranker own;
    prism_status status = prs_ranker_init(&own, request, request->watch, &result->top, mem, err);
    if (status == PRISM_OK) status = run(&s, &own, err);
    result->total += own.total;
    prs_ranker_fini(&own);
    prs_mem_free(mem, s.ranges, s.cap * sizeof *s.ranges);
    /* Ranges of a segment are right together only: the first may count what others take off. */
    if (prs_watch_stopped(request->watch) && s.n_ranges > request->snap->n_leaves)
        result->total = prs_topk_n(&result->top);
    if (prs_watch_stopped(request->watch))
        result->total = PRS_MAX(result->total, prs_topk_n(&result->top));
    result->total_exact = !prs_watch_stopped(request->watch) &&
                          (request->exact_count || request->k == 0 || !own.pruned);
    if (prs_watch_stopped(request->watch) && status == PRISM_ECANCELED) status = PRISM_OK;
    prs_topk_sort(&result->top);
    return status;
}
