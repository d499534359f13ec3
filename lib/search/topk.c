/* topk.c - which k documents are the best, when most are not worth comparing? */
#include "search/topk.h"

#include "base/error.h"
#include "base/heap.h"

/* Is a worse than b? */
static bool worse(const prs_top_hit *a, const prs_top_hit *b) {
    if (a->score != b->score) return a->score < b->score;
    return a->arrival > b->arrival;
}

PRS_HEAP_DEFINE(hits, prs_top_hit, worse)

void prs_topk_init(prs_topk *top, prs_mem *mem, uint32_t k) {
    memset(top, 0, sizeof *top);
    top->mem = mem;
    top->k = k;
}

void prs_topk_fini(prs_topk *top) {
    prs_mem_free(top->mem, top->heap, top->cap * sizeof *top->heap);
    top->heap = NULL;
    top->n = top->cap = 0;
}

static prism_status grow(prs_topk *top, prism_error *err) {
    size_t cap = PRS_MIN(top->k, top->cap == 0 ? 16 : top->cap * 2);
    void *p =
        prs_mem_resize(top->mem, top->heap, top->cap * sizeof *top->heap, cap * sizeof *top->heap);
    if (p == NULL) return prs_error_nomem(err);
    top->heap = p;
    top->cap = cap;
    return PRISM_OK;
}

prism_status prs_topk_offer(prs_topk *top, prs_top_hit hit, prism_error *err) {
    if (!top->any || hit.arrival > top->last_arrival) top->last_arrival = hit.arrival;
    top->any = true;
    if (top->n < top->k) {
        if (top->n == top->cap) PRS_TRY(grow(top, err));
        hits_push(top->heap, &top->n, hit);
    } else if (top->k > 0 && worse(&top->heap[0], &hit)) {
        top->heap[0] = hit;
        hits_down(top->heap, top->n);
    }
    return PRISM_OK;
}

int32_t prs_topk_floor(const prs_topk *top, bool later) {
    if (top->n < top->k || top->k == 0) return 0;
    return top->heap[0].score + (later ? 1 : 0);
}

void prs_topk_sort(prs_topk *top) {
    for (size_t n = top->n; n > 1;) {
        prs_top_hit last = hits_pop(top->heap, &n);
        top->heap[n] = last;
    }
}
