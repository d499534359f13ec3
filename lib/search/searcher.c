/* searcher.c - how do the segments of a snapshot give one list of hits and one count?
 *
 * Structure   Segments one after the other, oldest arrivals first, sharing the heap: what the first
 *             have found is the floor for the next.
 *
 *                 rank    plan with scores,    floor = what it takes to get into the heap
 *                 count   plan without scores: count.c
 *
 *             An exact count with hits is two passes, because pruning skips documents that must be
 *             counted, and counting needs no scores; where there is little to skip, one pass
 *             without a floor does both.
 * Floor       Nothing while the heap has room; then the worst score in it, plus 1 where all
 * documents to come
 *             arrived later (FORMAT.md: equal scores stand by arrival), which is so in a segment
 *             that keeps arrival order and begins behind all arrivals seen.  Before anything is
 *             found, dominance points of the lists may promise k documents of a score (cursor.h,
 *             prime).
 * Pages       What does not stand behind the place where the page begins is counted, and never
 *             offered to the heap; the floor is that of the page's own hits.
 * Invariants  Pruned, exhaustive and counted answers are of the same documents: tests compare them.
 * Tested by   tests/unit/search/test_searcher.c, test_pruning.c, tests/diff */
#include "search/searcher.h"

#include "search/count.h"

#define PRS_ONE_PASS_DOCS 2048u /* so few candidates are scored faster than planned twice */

typedef struct searching {
    const prs_search_request *request;
    prs_search_result *result;
    prs_plan plan;
    prs_batch *batch;
    bool pruned; /* some documents may have been skipped */
} searching;

static prism_status offer_batch(searching *s, uint32_t leaf, int32_t least, prism_error *err) {
    prs_batch *batch = s->batch;
    const prs_segment *segment = s->plan.segment;
    const prs_page *page = s->request->page;
    int shift = s->request->shift;
    prs_batch_keep_floor(batch, least);
    for (uint32_t i = 0; i < batch->n; i++) {
        if (batch->scores[i] < prs_topk_floor(&s->result->top, false)) continue;
        uint64_t arrival = prs_segment_arrival(segment, batch->docs[i]);
        if (page != NULL && !prs_page_is_behind(page, batch->scores[i], shift, arrival)) continue;
        prs_top_hit hit = {batch->scores[i], leaf, batch->docs[i], arrival};
        PRS_TRY(prs_topk_offer(&s->result->top, hit, err));
    }
    return PRISM_OK;
}

/* The best of one segment into the heap; without pruning this also counts. */
static prism_status rank_segment(searching *s, uint32_t leaf, bool prune, bool count,
                                 prism_error *err) {
    const prs_leaf *at = &s->request->snap->leaves[leaf];
    prs_cursor *root = s->plan.root;
    prs_topk *top = &s->result->top;
    bool later = at->segment->order.bits == NULL &&
                 (!top->any || at->segment->arrival_base > top->last_arrival);
    bool may_prime = prune && s->request->page == NULL; /* those promised may stand before it */
    int32_t prime = may_prime ? prs_plan_prime(&s->plan, s->request->k) : 0;
    for (uint32_t from = 0; from < s->plan.n_docs; from = s->batch->next) {
        int32_t least = prs_topk_floor(top, later);
        int32_t floor = prune ? PRS_MAX(least, prime) : 0;
        s->pruned = s->pruned || floor > 0;
        PRS_TRY(root->ops->next(root, from, s->plan.n_docs, floor, s->batch, err));
        prs_batch_drop_deleted(s->batch, at->deleted);
        if (count) s->result->total += s->batch->n;
        PRS_TRY(offer_batch(s, leaf, least, err));
    }
    return PRISM_OK;
}

static prism_status count_segment(searching *s, uint32_t leaf, prism_error *err) {
    const prs_leaf *at = &s->request->snap->leaves[leaf];
    PRS_TRY(prs_plan_make(&s->plan, at, s->request->root, false, err));
    if (s->plan.root == NULL) return PRISM_OK;
    return prs_count(&s->plan, 0, s->plan.n_docs, s->batch, &s->result->total, err);
}

static prism_status search_segment(searching *s, uint32_t leaf, prism_error *err) {
    const prs_search_request *r = s->request;
    if (r->k == 0) return count_segment(s, leaf, err);
    PRS_TRY(prs_plan_make(&s->plan, &r->snap->leaves[leaf], r->root, true, err));
    if (s->plan.root == NULL) return PRISM_OK;
    bool one_pass = r->exhaustive || (r->exact_count && s->plan.root->cost <= PRS_ONE_PASS_DOCS);
    PRS_TRY(rank_segment(s, leaf, !one_pass, one_pass || !r->exact_count, err));
    return one_pass || !r->exact_count ? PRISM_OK : count_segment(s, leaf, err);
}

prism_status prs_searcher_run(const prs_search_request *request, prs_mem *mem,
                              prs_search_result *result, prism_error *err) {
    searching s = {.request = request, .result = result};
    s.batch = prs_mem_alloc(mem, sizeof *s.batch);
    if (s.batch == NULL) return prs_error_nomem(err);
    prs_plan_init(&s.plan, mem, request->watch);
    prism_status status = PRISM_OK;
    for (uint32_t leaf = 0; leaf < request->snap->n_leaves && status == PRISM_OK; leaf++) {
        status = search_segment(&s, leaf, err);
    }
    prs_plan_fini(&s.plan);
    prs_mem_free(mem, s.batch, sizeof *s.batch);
    result->total_exact = !prs_watch_stopped(request->watch) &&
                          (request->exact_count || request->k == 0 || !s.pruned);
    if (prs_watch_stopped(request->watch) && status == PRISM_ECANCELED) status = PRISM_OK;
    prs_topk_sort(&result->top);
    return status;
}
