/* topk.c - which k documents are the best, when most are not worth comparing?
 *
 * Structure   k <= TOP_HEAP   a heap: the worst at the root, replaced by what is better
 *             more            a list, and how many of it have what score, in bins:
 *
 *                 least          floor
 *                 | 40 | 31 | 17 | 9 | 12 | 3 | 0 | 1 ...      9 + 12 + 3 + ... >= k
 *
 *                 What reaches the floor is appended and counted; when k of the list stand above
 *                 the floor's bin, it rises to the next.  When the list is twice as long as it
 *                 should be, what is below the floor goes, and the bins are made anew.
 * Invariants  - k of those held reach the floor: what does not is not among the k best.
 *             - What is kept depends on what was offered, not on its order.
 * Why so      A heap of 1000 moves ten hits for each that gets in, each move a branch that nobody
 *             can foretell: 40 ns.  Appending and counting are a few.
 * Cost        k <= TOP_HEAP: log k a hit that gets in; more: some ns; log k where all are equal.
 * Tested by   tests/unit/kernel/test_topk.c */
#include "kernel/topk.h"

#include "base/error.h"
#include "base/heap.h"
#include "base/sort.h"

enum { TOP_HEAP = 256 }; /* with 100 a heap is the faster */

/* Is a worse than b? */
static bool worse(const prs_top_hit *a, const prs_top_hit *b) {
    if (a->score != b->score) return a->score < b->score;
    return a->arrival > b->arrival;
}

static bool better(const void *ctx, const prs_top_hit *a, const prs_top_hit *b) {
    (void)ctx;
    return worse(b, a);
}

PRS_HEAP_DEFINE(hits, prs_top_hit, worse)
PRS_SORT_DEFINE(sort_hits, prs_top_hit, better)

void prs_topk_init(prs_topk *top, prs_mem *mem, uint32_t k) {
    memset(top, 0, offsetof(prs_topk, in_bin)); /* the bins are cleared when they are made */
    top->mem = mem;
    top->k = k;
}

void prs_topk_fini(prs_topk *top) {
    prs_mem_free(top->mem, top->heap, top->cap * sizeof *top->heap);
    top->heap = NULL;
    top->n = top->cap = 0;
}

/* Hits that are held at most. */
static size_t most_held(const prs_topk *top) {
    return top->k <= TOP_HEAP ? top->k : 2 * top->k;
}

static prism_status resize(prs_topk *top, size_t cap, prism_error *err) {
    void *p =
        prs_mem_resize(top->mem, top->heap, top->cap * sizeof *top->heap, cap * sizeof *top->heap);
    if (p == NULL) return prs_error_nomem(err);
    top->heap = p;
    top->cap = cap;
    return PRISM_OK;
}

/* ---- bins ------------------------------------------------------------------------------------ */

static uint32_t bin_of(const prs_topk *top, int32_t score) {
    uint32_t bin = ((uint32_t)score - (uint32_t)top->least) >> top->shift;
    return PRS_MIN(bin, PRS_TOP_BINS - 1);
}

/* The floor is that of the highest bin that k hits reach. */
static void raise_floor(prs_topk *top) {
    while (top->reach - top->in_bin[top->bin] >= top->k) top->reach -= top->in_bin[top->bin++];
    top->floor = (int32_t)((uint32_t)top->least + (top->bin << top->shift));
}

/* Count those held in bins over `range` from `least` on. */
static void count_bins(prs_topk *top, uint32_t range) {
    top->shift = 0;
    while (range >> top->shift >= PRS_TOP_BINS / 2) top->shift++;
    memset(top->in_bin, 0, sizeof top->in_bin);
    for (size_t i = 0; i < top->n; i++) top->in_bin[bin_of(top, top->heap[i].score)]++;
}

/* The bin below which three quarters are. */
static uint32_t crowded_bin(const prs_topk *top) {
    size_t sum = top->in_bin[0];
    uint32_t bin = 0;
    while (sum < top->n - top->n / 4) sum += top->in_bin[++bin];
    return bin;
}

/* Bins for the scores that are held, at least k, and for some above them.  A few high scores must
 * not make one bin of all others: the range shrinks to where most are. */
static void make_bins(prs_topk *top) {
    int32_t most = INT32_MIN;
    top->least = INT32_MAX;
    for (size_t i = 0; i < top->n; i++) {
        top->least = PRS_MIN(top->least, top->heap[i].score);
        most = PRS_MAX(most, top->heap[i].score);
    }
    count_bins(top, (uint32_t)most - (uint32_t)top->least);
    for (uint32_t bin; top->shift > 0 && (bin = crowded_bin(top)) < PRS_TOP_BINS / 16;)
        count_bins(top, ((bin + 1) << top->shift) - 1);
    top->bin = 0;
    top->reach = top->n;
    raise_floor(top);
}

/* ---- the k best ------------------------------------------------------------------------------ */

/* Keep the best k of those held, the worst of them first. */
static void keep_by_heap(prs_topk *top) {
    prs_top_hit *heap = top->heap;
    size_t k = top->k, m = 0;
    for (size_t i = 0; i < k; i++) hits_push(heap, &m, heap[i]);
    for (size_t i = k; i < top->n; i++) {
        if (!worse(&heap[0], &heap[i])) continue;
        heap[0] = heap[i];
        hits_down(heap, k);
    }
    top->n = k;
}

static void drop_below_floor(prs_topk *top) {
    size_t n = 0;
    for (size_t i = 0; i < top->n; i++) {
        prs_top_hit hit = top->heap[i];
        top->heap[n] = hit;
        n += hit.score >= top->floor;
    }
    top->n = n;
}

/* Make room in a list that is full.  New bins raise the floor, as they are cut finer where most
 * are; where even that does not help, many scores are equal. */
static void make_room(prs_topk *top) {
    drop_below_floor(top);
    make_bins(top);
    drop_below_floor(top);
    if (top->n <= top->k + top->k / 4) return;
    keep_by_heap(top);
    make_bins(top);
}

/* Member by member: a hit that was just put together cannot be read as a whole until its parts have
 * been written. */
static inline void put(prs_top_hit *at, const prs_top_hit *hit) {
    at->score = hit->score;
    at->leaf = hit->leaf;
    at->doc = hit->doc;
    at->arrival = hit->arrival;
}

/* later: behind all that were offered, so that k of a score are enough. */
static void offer_to_list(prs_topk *top, const prs_top_hit *hit, bool later) {
    if (top->full && hit->score < top->floor + (later ? 1 : 0)) return;
    put(&top->heap[top->n++], hit);
    if (!top->full) {
        top->full = top->n == top->k;
        if (top->full) make_bins(top);
        return;
    }
    top->in_bin[bin_of(top, hit->score)]++;
    top->reach++;
    raise_floor(top);
    if (top->n == most_held(top)) make_room(top);
}

/* The root goes, the hit finds its place.  Which child is the worse nobody can foretell: no branch
 * asks. */
static void replace_root(prs_top_hit *heap, size_t n, const prs_top_hit *hit) {
    size_t i = 0, child = 1;
    for (; child < n; i = child, child = 2 * i + 1) {
        size_t other = child + (child + 1 < n);
        child += (size_t)(other - child) & (size_t)worse(&heap[other], &heap[child]);
        if (!worse(&heap[child], hit)) break;
        heap[i] = heap[child];
    }
    put(&heap[i], hit);
}

static void push(prs_top_hit *heap, size_t i, const prs_top_hit *hit) {
    for (; i > 0 && worse(hit, &heap[(i - 1) / 2]); i = (i - 1) / 2) heap[i] = heap[(i - 1) / 2];
    put(&heap[i], hit);
}

static void offer_to_heap(prs_topk *top, const prs_top_hit *hit) {
    if (!top->full)
        push(top->heap, top->n++, hit);
    else if (worse(&top->heap[0], hit))
        replace_root(top->heap, top->n, hit);
    top->full = top->n == top->k;
    top->floor = top->heap[0].score;
}

prism_status prs_topk_offer(prs_topk *top, const prs_top_hit *hit, prism_error *err) {
    bool later = !top->any || hit->arrival > top->last_arrival;
    if (later) top->last_arrival = hit->arrival;
    top->any = true;
    if (top->k == 0) return PRISM_OK;
    if (top->n == top->cap && top->cap < most_held(top))
        PRS_TRY(resize(top, PRS_MIN(most_held(top), top->cap == 0 ? 16 : top->cap * 2), err));
    if (top->k <= TOP_HEAP)
        offer_to_heap(top, hit);
    else
        offer_to_list(top, hit, later);
    return PRISM_OK;
}

/* ---- in order -------------------------------------------------------------------------------- */

/* heap: they are one, the worst at the root. */
static void sort_in_place(prs_top_hit *hits, size_t n, bool heap) {
    size_t m = heap ? n : 0;
    while (m < n) hits_push(hits, &m, hits[m]);
    while (m > 1) {
        prs_top_hit last = hits_pop(hits, &m);
        hits[m] = last;
    }
}

/* By bins into `space`, the best first, each bin sorted there. */
static void sort_by_bins(prs_topk *top, prs_top_hit *space) {
    uint32_t end[PRS_TOP_BINS], sum = 0;
    prs_top_hit *hits = top->heap;
    make_bins(top);
    for (uint32_t b = PRS_TOP_BINS; b-- > 0;) end[b] = sum += top->in_bin[b];
    for (size_t i = top->n; i-- > 0;) space[--end[bin_of(top, hits[i].score)]] = hits[i];
    for (uint32_t b = 0; b < PRS_TOP_BINS; b++) /* end[] are the beginnings now */
        sort_hits(space + end[b], hits + end[b], top->in_bin[b], NULL);
    memcpy(hits, space, top->n * sizeof *hits);
}

void prs_topk_sort(prs_topk *top) {
    if (top->n > top->k) drop_below_floor(top);
    size_t n = top->n;
    bool by_bins = n > TOP_HEAP && (top->cap >= 2 * n || resize(top, 2 * n, NULL) == PRISM_OK);
    if (by_bins)
        sort_by_bins(top, top->heap + n);
    else
        sort_in_place(top->heap, n, top->k <= TOP_HEAP);
    top->n = prs_topk_n(top);
}
