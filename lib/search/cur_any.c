/* cur_any.c - any of these sets, or at least so many of them?
 *
 * Structure   any of       words of all children, or-ed; sifting asks a child only about bits that
 *                          no child before it had
 *             at least m   counters of one bit a document and plane, added up as in paper and
 *                          pencil: plane p holds bit p of the number of children so far
 *
 *                              child   0 1 1 0 1      planes  1: 0 1 1 0 0   carry goes up
 *                              + child 1 1 0 0 1              2: 0 1 0 0 1
 *
 * Invariants  - Children of a plain any-of are not plain any-ofs: they are taken in.
 *             - With min_match 1 there are no planes.
 * Tested by   tests/unit/search/test_cur_any.c, test_plan.c */
#include "base/words.h"
#include "search/sieve.h"

typedef struct cur_any {
    prs_cursor base;
    prs_cursor **children; /* by cost, the largest first */
    uint32_t n, min_match;
    uint32_t n_planes;
    uint64_t *planes; /* n_planes x PRS_SIEVE_WORDS */
    uint32_t depth;
    prs_scratch *scratch; /* NULL while nothing needed it: sieves mostly do without */
} cur_any;

static cur_any *self(prs_cursor *c) {
    return (cur_any *)c;
}

static prism_status any_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                              int32_t *max, prism_error *err) {
    cur_any *a = self(c);
    uint32_t some = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        int32_t one;
        prs_cursor *child = a->children[i];
        PRS_TRY(child->ops->bound(child, from, min_to, to, &one, err));
        some += one >= 0;
    }
    *max = some >= a->min_match ? 0 : PRS_NO_MATCH;
    return PRISM_OK;
}

static prism_status any_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    cur_any *a = self(c);
    *doc = PRS_DOC_END;
    for (uint32_t i = 0; i<a->n && * doc> from; i++) {
        uint32_t here;
        PRS_TRY(a->children[i]->ops->peek(a->children[i], from, &here, err));
        *doc = PRS_MIN(*doc, here);
    }
    return PRISM_OK;
}

/* ---- windows -------------------------------------------------------------------------------- */

static void clear_planes(cur_any *a) {
    memset(a->planes, 0, (size_t)a->n_planes * PRS_SIEVE_WORDS * sizeof *a->planes);
}

/* Add one to the counters of the bits. */
static void add_to_planes(cur_any *a, const uint64_t *bits, uint32_t n_words) {
    for (uint32_t w = 0; w < n_words; w++) {
        uint64_t carry = bits[w];
        for (uint32_t p = 0; p < a->n_planes && carry != 0; p++) {
            uint64_t *plane = a->planes + (size_t)p * PRS_SIEVE_WORDS + w;
            uint64_t up = *plane & carry;
            *plane ^= carry;
            carry = up;
        }
    }
}

/* Where is the counter >= min_match?  From the highest plane down: equal so far, or above. */
static uint64_t enough(const cur_any *a, uint32_t w) {
    uint64_t above = 0, equal = UINT64_MAX;
    for (uint32_t p = a->n_planes; p-- > 0;) {
        uint64_t bit = a->planes[(size_t)p * PRS_SIEVE_WORDS + w];
        if ((a->min_match >> p & 1) != 0) {
            equal &= bit;
        } else {
            above |= equal & bit;
            equal &= ~bit;
        }
    }
    return above | equal;
}

static prism_status fill_counted(cur_any *a, uint32_t base, uint64_t *words, uint32_t n_words,
                                 prism_error *err) {
    clear_planes(a);
    for (uint32_t i = 0; i < a->n; i++) {
        uint64_t one[PRS_SIEVE_WORDS];
        memset(one, 0, n_words * sizeof *one);
        PRS_TRY(prs_cursor_fill(a->children[i], base, one, n_words, prs_scratch_batch(a->scratch),
                                err));
        add_to_planes(a, one, n_words);
    }
    for (uint32_t w = 0; w < n_words; w++) words[w] |= enough(a, w);
    return PRISM_OK;
}

static prism_status any_fill(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                             prism_error *err) {
    cur_any *a = self(c);
    if (a->min_match > 1) return fill_counted(a, base, words, n_words, err);
    return prs_cursors_fill(c->plan, a->children, a->n, NULL, base, words, n_words,
                            prs_scratch_batch(a->scratch), err);
}

/* Every child narrows the bits for itself, and its rest is counted. */
static prism_status sift_counted(cur_any *a, uint32_t base, uint64_t *words, uint32_t n_words,
                                 bool keep, prism_error *err) {
    uint64_t one[PRS_SIEVE_WORDS];
    clear_planes(a);
    for (uint32_t i = 0; i < a->n; i++) {
        memcpy(one, words, n_words * sizeof *one);
        PRS_TRY(prs_cursor_sift(a->children[i], base, one, n_words, true, a->scratch, err));
        add_to_planes(a, one, n_words);
    }
    for (uint32_t w = 0; w < n_words; w++) one[w] = enough(a, w);
    prs_words_sift(words, one, n_words, keep);
    return PRISM_OK;
}

static prism_status any_sift(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                             bool keep, prism_error *err) {
    cur_any *a = self(c);
    uint64_t left[PRS_SIEVE_WORDS]; /* what no child has had */
    if (prs_window_is_empty(words, n_words)) return PRISM_OK;
    if (a->min_match > 1) return sift_counted(a, base, words, n_words, keep, err);
    memcpy(left, words, n_words * sizeof *left);
    for (uint32_t i = 0; i < a->n; i++)
        PRS_TRY(prs_cursor_sift(a->children[i], base, left, n_words, false, a->scratch, err));
    prs_words_sift(words, left, n_words, !keep); /* `left` is a part of `words` */
    return PRISM_OK;
}

/* ---- lists ---------------------------------------------------------------------------------- */

static prism_status any_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                             prs_batch *out, prism_error *err) {
    out->n = 0;
    out->next = to;
    return floor > 0 ? PRISM_OK : prs_sieve_next(c, from, to, self(c)->scratch, out, err);
}

/* Every child is asked about every candidate: which of them would be enough is not known. */
static prism_status any_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                              prism_error *err) {
    (void)floor;
    cur_any *a = self(c);
    prism_status status = prs_plan_scratch(c->plan, a->depth, &a->scratch, err);
    if (status != PRISM_OK) return status;
    uint16_t *count = a->scratch->count;
    for (uint32_t k = 0; k < a->n && status == PRISM_OK; k++) {
        status = a->children[k]->ops->probe(a->children[k], batch, 0, hit, err);
        for (uint32_t i = 0; i < batch->n && status == PRISM_OK; i++)
            count[i] = (uint16_t)(count[i] + hit[i]);
    }
    for (uint32_t i = 0; i < batch->n; i++) {
        hit[i] = count[i] >= a->min_match;
        count[i] = 0;
    }
    return status;
}

static const prs_cursor_ops any_ops = {any_bound, any_peek, any_next, any_probe,
                                       any_fill,  NULL,     NULL};
static const prs_sieve_ops any_sieve = {any_sift, NULL};

uint32_t prs_cur_any_children(const prs_cursor *c, prs_cursor ***children) {
    const cur_any *a = (const cur_any *)c;
    if (c->ops != &any_ops || a->min_match > 1) return 0;
    *children = a->children;
    return a->n;
}

/* Children, those of plain any-ofs among them in their place, the largest first. */
static prism_status take_children(cur_any *a, prs_cursor **children, uint32_t n, prism_error *err) {
    uint32_t all = 0;
    prs_cursor **of;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t m = a->min_match > 1 ? 0 : prs_cur_any_children(children[i], &of);
        all += PRS_MAX(m, 1u);
    }
    a->children = prs_arena_alloc(&a->base.plan->arena, all * sizeof *a->children);
    if (a->children == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t m = a->min_match > 1 ? 0 : prs_cur_any_children(children[i], &of);
        for (uint32_t j = 0; j < PRS_MAX(m, 1u); j++) {
            prs_cursor *child = m > 0 ? of[j] : children[i];
            uint32_t k = a->n++;
            for (; k > 0 && a->children[k - 1]->cost < child->cost; k--)
                a->children[k] = a->children[k - 1];
            a->children[k] = child;
            a->base.cost += child->cost;
        }
    }
    return PRISM_OK;
}

prism_status prs_cur_any_make(prs_plan *plan, prs_cursor **children, uint32_t n, uint32_t min_match,
                              uint32_t depth, prs_cursor **out, prism_error *err) {
    cur_any *a;
    PRS_TRY(prs_plan_cursor(plan, sizeof *a, &any_ops, depth, false, &a, err));
    a->base.sieve = &any_sieve;
    a->min_match = min_match;
    a->depth = depth;
    PRS_TRY(take_children(a, children, n, err));
    if (!prs_all_are_sieves(a->children, a->n))
        PRS_TRY(prs_plan_scratch(plan, depth, &a->scratch, err));
    if (min_match > 1) {
        while (a->n >> a->n_planes != 0) a->n_planes++;
        a->planes = prs_arena_alloc(&plan->arena,
                                    (size_t)a->n_planes * PRS_SIEVE_WORDS * sizeof *a->planes);
        if (a->planes == NULL) return prs_error_nomem(err);
    }
    *out = &a->base;
    return PRISM_OK;
}
