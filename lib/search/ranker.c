/* ranker.c - how does a range of documents give its best and its number?
 *
 *     rank    plan with scores,    floor = what it takes to get into the heap
 *     count   plan without scores: count.c
 *
 * An exact count with hits is two passes, because pruning skips documents that must be counted, and
 * counting needs no scores; where there is little to skip, or where phrases lead, whose matches
 * cost far more than their scores, one pass without a floor does both.
 *
 * Floor       Nothing while the heap has room; then the worst score in it, plus 1 where all those
 *             to come arrived later (FORMAT.md: equal scores stand by arrival), which is so in a
 *             segment that keeps arrival order and begins behind all arrivals seen.  Before
 *             anything is found, dominance points of the lists may promise k documents of a score
 *             (cursor.h, prime).  What a heap of another thread has reached is a floor, too; never
 *             plus 1, since nothing is known of its arrivals.
 * Pages       What does not stand behind the place where the page begins is counted, and never
 *             offered to the heap; the floor is that of the page's own hits.
 * Invariants  - Pruned, exhaustive and counted answers are of the same documents: tests compare
 *               them.
 *             - Plans go forward only, so a segment's is kept for its next range.
 * Tested by   tests/unit/search/test_ranker.c, test_searcher.c, test_pruning.c, tests/diff */
#include "search/ranker.h"

#include "search/count.h"

#define PRS_OFFERED 64u         /* documents that are looked at together */
#define PRS_ONE_PASS_DOCS 2048u /* so few candidates are scored faster than planned twice */

/* Most searches need one of the two. */
static void plan_ready(prs_ranker *r, prs_ranker_plan *p) {
    if (p->ready) return;
    prs_plan_init(&p->plan, r->mem, r->watch);
    prs_plan_lend(&p->plan, r->spares, r->arenas);
    p->plan.scores = r->request->scores;
    p->plan.kept = r->request->kept;
    if (p == &r->counting && r->ranking.ready) p->plan.lender = &r->ranking.plan;
    p->leaf = UINT32_MAX;
    p->ready = true;
}

prism_status prs_ranker_init(prs_ranker *r, const prs_search_request *request, prs_watch *watch,
                             prs_topk *top, prs_mem *mem, prism_error *err) {
    r->request = request;
    r->watch = watch;
    r->top = top;
    r->reached = NULL;
    r->total = 0;
    r->pruned = r->ranking.ready = r->counting.ready = false;
    r->mem = mem;
    r->spares = request->spares;
    r->arenas = request->arenas;
    r->space = prs_scratch_new(mem, r->spares);
    if (r->space == NULL) return prs_error_nomem(err);
    r->batch = &r->space->batch;
    return PRISM_OK;
}

void prs_ranker_fini(prs_ranker *r) {
    if (r->counting.ready) prs_plan_fini(&r->counting.plan);
    if (r->ranking.ready) prs_plan_fini(&r->ranking.plan);
    prs_scratch_free(r->space, r->mem, r->spares);
}

static prism_status plan_leaf(prs_ranker *r, prs_ranker_plan *p, uint32_t leaf, bool scored,
                              prism_error *err) {
    const prs_search_request *request = r->request;
    plan_ready(r, p);
    if (p->leaf == leaf) return PRISM_OK;
    p->leaf = UINT32_MAX;
    p->plan.leaf_no = leaf;
    p->plan.k = request->exact_count || request->exhaustive ? 0 : request->k;
    PRS_TRY(prs_plan_make(&p->plan, &request->snap->leaves[leaf], request->root, scored, err));
    p->leaf = leaf;
    return PRISM_OK;
}

/* The first document from i on, by parts, beside one that may get into the heap. */
static uint32_t pass_hopeless(const prs_ranker *r, uint32_t i, bool later) {
    const prs_batch *batch = r->batch;
    int32_t floor = prs_topk_floor(r->top, later);
    while (i < batch->n &&
           !prs_select_any(batch->scores + i, PRS_MIN(batch->n - i, PRS_OFFERED), floor))
        i = PRS_MIN(batch->n, i + PRS_OFFERED);
    return i;
}

/* later: arrivals ascend, all of them behind those that were offered. */
static prism_status offer_batch(prs_ranker *r, uint32_t leaf, int32_t least, bool later,
                                prism_error *err) {
    prs_batch *batch = r->batch;
    const prs_segment *segment = r->ranking.plan.segment;
    const prs_page *page = r->request->page;
    int shift = r->request->shift;
    prs_batch_keep_floor(batch, least);
    for (uint32_t i = 0; i < batch->n; i++) {
        if (i % PRS_OFFERED == 0) i = pass_hopeless(r, i, later);
        if (i == batch->n) break;
        if (batch->scores[i] < prs_topk_floor(r->top, later)) continue;
        uint64_t arrival = prs_segment_arrival(segment, batch->docs[i]);
        if (page != NULL && !prs_page_is_behind(page, batch->scores[i], shift, arrival)) continue;
        prs_top_hit hit = {batch->scores[i], leaf, batch->docs[i], arrival};
        PRS_TRY(prs_topk_offer(r->top, &hit, err));
    }
    return PRISM_OK;
}

/* Tell the others what k documents reach, and learn it from them. */
static int32_t share_floor(prs_ranker *r) {
    if (r->reached == NULL) return 0;
    int mine = prs_topk_floor(r->top, false);
    int all = atomic_load_explicit(r->reached, memory_order_relaxed);
    while (mine > all) {
        if (atomic_compare_exchange_weak_explicit(r->reached, &all, mine, memory_order_relaxed,
                                                  memory_order_relaxed))
            return mine;
    }
    return all;
}

/* The best of a range into the heap; without pruning this also counts. */
static prism_status rank(prs_ranker *r, uint32_t leaf, uint32_t from, uint32_t to, bool prune,
                         bool count, prism_error *err) {
    const prs_leaf *at = &r->request->snap->leaves[leaf];
    prs_cursor *root = r->ranking.plan.root;
    bool later = at->segment->order.bits == NULL &&
                 (!r->top->any || at->segment->arrival_base + from > r->top->last_arrival);
    /* those promised may stand before the page; without pruning they only keep others from the
     * heap */
    bool may_prime = !r->request->exhaustive && r->request->page == NULL;
    int32_t prime = may_prime ? prs_plan_prime(&r->ranking.plan, r->request->k) : 0;
    bool tally = !prune && root->tallies && at->deleted == NULL;
    r->ranking.plan.tally = tally;
    for (; from < to; from = r->batch->next) {
        int32_t least = prs_topk_floor(r->top, later);
        int32_t known = prune ? PRS_MAX(prime, share_floor(r)) : prime;
        int32_t floor = prune || tally ? PRS_MAX(least, known) : 0;
        r->pruned = r->pruned || (prune && floor > 0);
        PRS_TRY(root->ops->next(root, from, to, floor, r->batch, err));
        prs_batch_drop_deleted(r->batch, at->deleted);
        if (count) r->total += r->batch->n + (tally ? r->batch->n_left : 0);
        PRS_TRY(offer_batch(r, leaf, PRS_MAX(least, prime), later, err));
    }
    return PRISM_OK;
}

static prism_status count(prs_ranker *r, uint32_t leaf, uint32_t from, uint32_t to,
                          prism_error *err) {
    PRS_TRY(plan_leaf(r, &r->counting, leaf, false, err));
    if (r->counting.plan.root == NULL) return PRISM_OK;
    return prs_count(&r->counting.plan, from, to, r->batch, &r->total, err);
}

prism_status prs_ranker_run(prs_ranker *r, uint32_t leaf, uint32_t from, uint32_t to,
                            prism_error *err) {
    const prs_search_request *request = r->request;
    if (request->k == 0) return count(r, leaf, from, to, err);
    PRS_TRY(plan_leaf(r, &r->ranking, leaf, true, err));
    if (r->ranking.plan.root == NULL) return PRISM_OK;
    const prs_cursor *root = r->ranking.plan.root;
    bool once = root->heavy || root->one_pass || root->cost <= PRS_ONE_PASS_DOCS;
    bool one_pass = request->exhaustive || (request->exact_count && once);
    PRS_TRY(rank(r, leaf, from, to, !one_pass, one_pass || !request->exact_count, err));
    return one_pass || !request->exact_count ? PRISM_OK : count(r, leaf, from, to, err);
}

prism_status prs_ranker_cost(prs_ranker *r, uint32_t leaf, uint64_t *cost, prism_error *err) {
    bool scored = r->request->k > 0;
    prs_ranker_plan *p = scored ? &r->ranking : &r->counting;
    *cost = 0;
    PRS_TRY(plan_leaf(r, p, leaf, scored, err));
    if (p->plan.root != NULL) *cost = p->plan.root->cost;
    return PRISM_OK;
}
