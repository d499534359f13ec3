/* bisect.c - in which order of documents do lists have the shortest gaps?
 *
 *   range of documents   | d0 d1 d2 d3 | d4 d5 d6 d7 |     halves A and B
 *   of each term         a documents in A, b in B          costs about a log(n/a) + b log(n/b) bits
 *   of each document     what its terms would gain if it stood in the other half
 *   exchange             the best of A with the best of B, then the next ones, while a pair gains
 *   again                until few are exchanged; then each half is a range
 *
 * Structure   Ranges wait on a stack.  Of a range: one walk over its documents counts a and b; a
 *             round gives every term its two gains, walks the documents to sum them up, sorts each
 *             half by gain and exchanges; the counts follow those that moved.
 * Names       A term that only one document of a range has, or all of them, tells nothing about it
 *             nor about any range inside.  The first walk drops it from the lists and gives those
 *             that are left new numbers without gaps, good in this range and all inside: deep
 *             levels, where most words are rare, have short lists and tables that fit a cache.
 *             (Half of the time of tables over all terms.)
 * Invariants  - Integers only, in fixed point; equal gains stay in their order: the result does not
 *               depend on the machine.
 *             - order is a permutation at any time, so that a search that is stopped is no damage.
 * Why so      Sorting documents by URL or date needs such a key, and clusters worse (Dhulipala et
 *             al.); other orders by content (travelling salesman over similarities, minhash) cost
 *             more or give less.
 * Source      Dhulipala, Kabiljo, Karrer, Ottaviano, Pupyrev, Shalita: Compressing Graphs and
 *             Indexes with Recursive Graph Bisection, KDD 2016; Mackenzie, Petri, Moffat: Faster
 *             Index Reordering with Bipartite Graph Partitioning, SIGIR 2021 (ideas only).
 * Tested by   tests/unit/merge/test_bisect.c */
#include "merge/bisect.h"

#include "base/error.h"
#include "base/sort.h"
#include "base/vec.h"

#define LEAF 16u     /* documents that are not divided any more */
#define ROUNDS 10u   /* at most, a range */
#define SETTLED 4    /* rounds end when one gains less than one of so many parts of the first */
#define TABLE 4096u  /* of growth */
#define FRACTION 10u /* bits behind the point of a gain: of 25 at most, so that 16 bits hold it */
#define DROPPED UINT32_MAX
#define MAX_DEPTH 64u

typedef struct gain {
    int64_t gain;
    uint32_t doc;
} gain;

typedef struct range {
    uint32_t from, to;
    uint32_t n_terms; /* the terms in its documents' lists are below */
} range;

typedef struct bisection {
    prs_forward *forward;
    prs_mem *mem;
    uint32_t *order;
    uint32_t *a, *b;       /* by term: documents of each half that have it */
    int16_t *to_a, *to_b;  /* ... what a document gains by going there */
    uint32_t *names;       /* ... what it is called in this range; DROPPED */
    gain *gains, *scratch; /* by place in the order */
    int16_t growth[TABLE];
    prs_bisect_poll poll;
    void *ctx;
} bisection;

#define GAIN_BEFORE(ctx, x, y) ((void)(ctx), (x)->gain > (y)->gain)
PRS_SORT_DEFINE(sort_gains, gain, GAIN_BEFORE)

/* ---- logarithms ------------------------------------------------------------------------------ */

/* log2 of v >= 1, 32 bits behind the point. */
static uint64_t log2_fixed(uint32_t v) {
    uint32_t whole = prs_bit_width32(v) - 1;
    uint64_t x = (uint64_t)v << (31 - whole); /* in [2^31, 2^32): 1 to 2 */
    uint64_t log = (uint64_t)whole << 32;
    for (uint32_t bit = 32; bit-- > 8;) {
        x = x * x >> 31;
        if (x >> 32 != 0) {
            x >>= 1;
            log |= UINT64_C(1) << bit;
        }
    }
    return log;
}

/* growth[d] = what the d-th document adds to d log2(d + 1). */
static void fill_growth(bisection *s) {
    uint64_t before = 0;
    s->growth[0] = 0;
    for (uint32_t d = 1; d < TABLE; d++) {
        uint64_t now = d * log2_fixed(d + 1);
        s->growth[d] = (int16_t)((now - before) >> (32 - FRACTION));
        before = now;
    }
}

/* It is log2(d) and a constant for large d. */
static int32_t growth_of(const bisection *s, uint32_t d) {
    int32_t more = 0;
    for (; d >= TABLE; d >>= 1) more += 1 << FRACTION;
    return s->growth[d] + more;
}

/* ---- one range ------------------------------------------------------------------------------- */

static void count_half(const bisection *s, uint32_t from, uint32_t to, uint32_t *counts) {
    const prs_forward *f = s->forward;
    for (uint32_t i = from; i < to; i++) {
        uint32_t doc = s->order[i];
        const uint32_t *terms = f->terms + f->firsts[doc];
        for (uint32_t k = 0; k < f->lens[doc]; k++) counts[terms[k]]++;
    }
}

/* Names for the terms that tell something; returns how many. */
static uint32_t name_terms(bisection *s, uint32_t n_terms, uint32_t n_docs) {
    uint32_t n = 0;
    for (uint32_t t = 0; t < n_terms; t++) {
        uint32_t a = s->a[t], b = s->b[t];
        bool tells = a + b >= 2 && a + b < n_docs;
        s->names[t] = tells ? n : DROPPED;
        s->a[n] = a;
        s->b[n] = b;
        n += tells;
    }
    return n;
}

static void value_terms(bisection *s, uint32_t n_terms) {
    for (uint32_t t = 0; t < n_terms; t++) {
        uint32_t a = s->a[t], b = s->b[t];
        s->to_a[t] = (int16_t)(growth_of(s, a + 1) - growth_of(s, b));
        s->to_b[t] = (int16_t)(growth_of(s, b + 1) - growth_of(s, a));
    }
}

static int64_t value_document(const bisection *s, uint32_t doc, const int16_t *gains) {
    const prs_forward *f = s->forward;
    const uint32_t *terms = f->terms + f->firsts[doc];
    int64_t sum = 0;
    for (uint32_t k = 0; k < f->lens[doc]; k++) sum += gains[terms[k]];
    return sum;
}

/* The first walk, which calls the terms by their names in this range. */
static int64_t rename_document(bisection *s, uint32_t doc, const int16_t *gains) {
    prs_forward *f = s->forward;
    uint32_t *terms = f->terms + f->firsts[doc], kept = 0;
    int64_t sum = 0;
    for (uint32_t k = 0; k < f->lens[doc]; k++) {
        uint32_t name = s->names[terms[k]];
        if (name == DROPPED) continue;
        sum += gains[name];
        terms[kept++] = name;
    }
    f->lens[doc] = kept;
    return sum;
}

static void value_documents(bisection *s, range r, uint32_t middle, bool first) {
    for (uint32_t i = r.from; i < r.to; i++) {
        uint32_t doc = s->order[i];
        const int16_t *gains = i < middle ? s->to_b : s->to_a;
        int64_t sum = first ? rename_document(s, doc, gains) : value_document(s, doc, gains);
        s->gains[i] = (gain){sum, doc};
    }
}

/* The counts of its terms follow a document that goes over. */
static void move_document(const bisection *s, uint32_t doc, uint32_t *from, uint32_t *to) {
    const prs_forward *f = s->forward;
    const uint32_t *terms = f->terms + f->firsts[doc];
    for (uint32_t k = 0; k < f->lens[doc]; k++) {
        from[terms[k]]--;
        to[terms[k]]++;
    }
}

/* Exchange the best of both halves; returns what it should gain. */
static int64_t exchange(bisection *s, range r, uint32_t middle) {
    uint32_t most = PRS_MIN(middle - r.from, r.to - middle);
    gain *a = s->gains + r.from, *b = s->gains + middle;
    int64_t sum = 0;
    sort_gains(a, s->scratch, middle - r.from, NULL);
    sort_gains(b, s->scratch, r.to - middle, NULL);
    for (uint32_t i = 0; i < most && a[i].gain + b[i].gain > 0; i++) {
        uint32_t doc = a[i].doc;
        sum += a[i].gain + b[i].gain;
        a[i].doc = b[i].doc;
        b[i].doc = doc;
        move_document(s, a[i].doc, s->b, s->a);
        move_document(s, b[i].doc, s->a, s->b);
    }
    for (uint32_t i = r.from; i < r.to; i++) s->order[i] = s->gains[i].doc;
    return sum;
}

static prism_status divide(bisection *s, range *r, uint32_t middle, prism_error *err) {
    int64_t first = 0;
    memset(s->a, 0, r->n_terms * sizeof *s->a);
    memset(s->b, 0, r->n_terms * sizeof *s->b);
    count_half(s, r->from, middle, s->a);
    count_half(s, middle, r->to, s->b);
    r->n_terms = name_terms(s, r->n_terms, r->to - r->from);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        value_terms(s, r->n_terms);
        value_documents(s, *r, middle, round == 0);
        int64_t sum = exchange(s, *r, middle);
        PRS_TRY(s->poll(s->ctx, r->to - r->from, err));
        if (sum == 0 || sum < first / SETTLED) break;
        if (round == 0) first = sum;
    }
    return PRISM_OK;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static prism_status divide_all(bisection *s, prism_error *err) {
    range stack[MAX_DEPTH]; /* halves of halves: two for each level */
    uint32_t n = 0;
    fill_growth(s);
    stack[n++] = (range){0, s->forward->n_docs, s->forward->n_terms};
    while (n > 0) {
        range r = stack[--n];
        if (r.to - r.from <= LEAF) continue;
        uint32_t middle = r.from + (r.to - r.from) / 2;
        PRS_TRY(divide(s, &r, middle, err));
        stack[n++] = (range){middle, r.to, r.n_terms};
        stack[n++] = (range){r.from, middle, r.n_terms};
    }
    return PRISM_OK;
}

prism_status prs_bisect(prs_forward *forward, uint32_t *order, prs_mem *mem, prs_bisect_poll poll,
                        void *ctx, prism_error *err) {
    size_t docs = forward->n_docs, terms = forward->n_terms;
    bisection *s = prs_mem_calloc(mem, 1, sizeof *s);
    if (s == NULL) return prs_error_nomem(err);
    *s = (bisection){.forward = forward, .order = order, .mem = mem, .poll = poll, .ctx = ctx};
    s->a = prs_mem_alloc(mem, terms * sizeof *s->a);
    s->b = prs_mem_alloc(mem, terms * sizeof *s->b);
    s->to_a = prs_mem_alloc(mem, terms * sizeof *s->to_a);
    s->to_b = prs_mem_alloc(mem, terms * sizeof *s->to_b);
    s->names = prs_mem_alloc(mem, terms * sizeof *s->names);
    s->gains = prs_mem_alloc(mem, docs * sizeof *s->gains);
    s->scratch = prs_mem_alloc(mem, (docs / 2 + 1) * sizeof *s->scratch);
    bool room = s->a != NULL && s->b != NULL && s->to_a != NULL && s->to_b != NULL &&
                s->names != NULL && s->gains != NULL && s->scratch != NULL;
    prism_status status = room ? divide_all(s, err) : prs_error_nomem(err);
    prs_mem_free(mem, s->a, terms * sizeof *s->a);
    prs_mem_free(mem, s->b, terms * sizeof *s->b);
    prs_mem_free(mem, s->to_a, terms * sizeof *s->to_a);
    prs_mem_free(mem, s->to_b, terms * sizeof *s->to_b);
    prs_mem_free(mem, s->names, terms * sizeof *s->names);
    prs_mem_free(mem, s->gains, docs * sizeof *s->gains);
    prs_mem_free(mem, s->scratch, (docs / 2 + 1) * sizeof *s->scratch);
    prs_mem_free(mem, s, sizeof *s);
    return status;
}
