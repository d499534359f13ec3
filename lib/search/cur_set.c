/* cur_set.c - a filter whose documents were found beforehand: prefix, exists, range; how are they
 * walked with one score for all?
 *
 * Structure   A bitset of the segment's documents, made by doc_set.c and shared by all clauses of
 *             the query that ask for the same, and a walk over its ones.  A prefix that is all of a
 *             query, of which k hits are wanted, is found whole only below a document that enough
 *             stand before: all score the same, so the first are the best.  Whoever asks for more
 *             has the rest found then.
 * Invariants  Constant score, so the bound is the score; there is no cursor for an empty set.
 * Cost        One word of 64 documents a step.
 * Tested by   tests/unit/search/test_cur_set.c, test_plan.c */
#include "base/words.h"
#include "search/doc_set.h"
#include "search/sieve.h"

typedef struct cur_set {
    prs_cursor base;
    const uint64_t *words;
    int32_t units;
    /* The root of a search for the first k: a set that is whole below `whole_to`; NULL: it is whole
     * everywhere. */
    const prs_weighted *rest;
    uint64_t *rest_words;
    uint32_t whole_to;
} cur_set;

static prism_status find_set(prs_plan *plan, const prs_weighted *at, uint64_t *words,
                             prs_doc_first *first, prism_error *err);

/* Find the rest of a set of which more is asked than was found. */
static prism_status complete(cur_set *s, prism_error *err) {
    if (PRS_LIKELY(s->rest == NULL)) return PRISM_OK;
    PRS_TRY(find_set(s->base.plan, s->rest, s->rest_words, NULL, err));
    s->rest = NULL;
    return PRISM_OK;
}

static bool has(const cur_set *s, uint32_t doc) {
    return (s->words[doc >> 6] >> (doc & 63)) & 1;
}

/* First document of the set in [from, to), or `to`. */
static uint32_t first_in(const cur_set *s, uint32_t from, uint32_t to) {
    while (from < to) {
        uint64_t word = s->words[from >> 6] >> (from & 63);
        if (word != 0) return PRS_MIN(from + (uint32_t)__builtin_ctzll(word), to);
        from = (from | 63) + 1;
    }
    return to;
}

static prism_status set_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    PRS_TRY(complete((cur_set *)c, err));
    uint32_t first = first_in((cur_set *)c, from, c->plan->n_docs);
    *doc = first < c->plan->n_docs ? first : PRS_DOC_END;
    return PRISM_OK;
}

static prism_status set_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                              int32_t *max, prism_error *err) {
    (void)min_to;
    cur_set *s = (cur_set *)c;
    PRS_TRY(complete(s, err));
    uint32_t look = PRS_MIN(*to, from + PRS_WINDOW); /* far enough to pass what is empty */
    uint32_t first = first_in(s, from, look);
    *max = first < look || look < *to ? s->units : PRS_NO_MATCH;
    return PRISM_OK;
}

/* Documents of one score after which the floor is asked for again. */
static uint32_t enough_of(const prs_plan *plan) {
    return plan->k == 0 ? PRS_WINDOW : PRS_MAX(PRS_MIN(plan->k, PRS_WINDOW), 64u);
}

static prism_status set_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                             prs_batch *out, prism_error *err) {
    cur_set *s = (cur_set *)c;
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    out->n = 0;
    out->next = to;
    if (floor > s->units) return PRISM_OK;
    uint32_t enough = enough_of(c->plan);
    if (s->rest != NULL && from < s->whole_to) to = PRS_MIN(to, s->whole_to);
    if (s->rest != NULL && from >= s->whole_to) PRS_TRY(complete(s, err));
    while (from < to && out->n < enough) { /* all are equal: k of them may do */
        from = first_in(s, from, to);
        if (from == to) break;
        out->docs[out->n] = from++;
        out->scores[out->n++] = s->units;
    }
    out->next = from;
    return PRISM_OK;
}

static prism_status set_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                              prism_error *err) {
    (void)floor;
    cur_set *s = (cur_set *)c;
    PRS_TRY(complete(s, err));
    for (uint32_t i = 0; i < batch->n; i++) {
        hit[i] = has(s, batch->docs[i]);
        batch->scores[i] += hit[i] != 0 ? s->units : 0;
    }
    return PRISM_OK;
}

static prism_status set_fill(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                             prism_error *err) {
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    cur_set *s = (cur_set *)c;
    PRS_TRY(complete(s, err));
    uint32_t end = (c->plan->n_docs + 63) / 64;
    for (uint32_t i = 0, at = base / 64; i < n_words && at < end; i++, at++)
        words[i] |= s->words[at];
    return PRISM_OK;
}

static prism_status set_sift(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                             bool keep, prism_error *err) {
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    cur_set *s = (cur_set *)c;
    PRS_TRY(complete(s, err));
    uint32_t at = base / 64, end = (c->plan->n_docs + 63) / 64;
    if (at < end) prs_words_sift(words, s->words + at, PRS_MIN(n_words, end - at), keep);
    return PRISM_OK;
}

static const prs_sieve_ops set_sieve = {set_sift, NULL};
static const prs_cursor_ops set_ops = {set_bound, set_peek, set_next, set_probe,
                                       set_fill,  NULL,     NULL};

static prism_status find_set(prs_plan *plan, const prs_weighted *at, uint64_t *words,
                             prs_doc_first *first, prism_error *err) {
    const prs_node *node = at->node;
    switch (node->kind) {
    case PRS_NODE_PREFIX:
        return prs_doc_set_prefix(plan->segment, &at->fields, node->key, words, first, plan->watch,
                                  err);
    case PRS_NODE_EXISTS:
        return prs_doc_set_exists(plan->segment, &at->fields, words, plan->watch, err);
    default: return prs_doc_set_range(plan->segment, &at->fields, node, words, plan->watch, err);
    }
}

/* ---- sharing --------------------------------------------------------------------------------- */

static bool same_fields(const prs_fields *a, const prs_fields *b) {
    if (a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++) {
        if (a->ptr[i].field != b->ptr[i].field) return false; /* weights find nothing */
    }
    return true;
}

/* Ends that are open are NULL; those that are empty are not. */
static bool same_end(prs_bytes a, prs_bytes b) {
    return (a.ptr == NULL) == (b.ptr == NULL) && prs_bytes_equal(a, b);
}

static bool same_words(const prs_word_range *a, const prs_word_range *b) {
    return a->above == b->above && a->below == b->below && same_end(a->from, b->from) &&
           same_end(a->to, b->to);
}

static bool same_set(const prs_weighted *a, const prs_weighted *b) {
    const prs_node *x = a->node, *y = b->node;
    return x->kind == y->kind && prs_bytes_equal(x->key, y->key) && x->range_of == y->range_of &&
           x->from == y->from && x->to == y->to && same_words(&x->words, &y->words) &&
           same_fields(&a->fields, &b->fields);
}

static const prs_plan_set *find_shared(const prs_plan *plan, const prs_weighted *at) {
    for (const prs_plan_set *set = plan->sets; set != NULL; set = set->next) {
        if (same_set(set->at, at)) return set;
    }
    return NULL;
}

/* Bits for all documents. */
static prism_status new_words(prs_plan *plan, uint64_t **out, prism_error *err) {
    prs_buf *buf;
    PRS_TRY(prs_plan_buffer(plan, &buf, err));
    prs_buf_zero(buf, ((size_t)(plan->n_docs + 63) / 64 + 1) * sizeof(uint64_t));
    PRS_TRY(prs_buf_status(buf, err));
    *out = (uint64_t *)(void *)buf->ptr; /* memory of the hook: aligned for any type */
    return PRISM_OK;
}

/* The set of a clause, found once however many clauses ask for it. */
static prism_status share_set(prs_plan *plan, const prs_weighted *at, const prs_plan_set **out,
                              prism_error *err) {
    *out = find_shared(plan, at);
    if (*out == NULL && plan->lender != NULL && plan->lender->leaf == plan->leaf)
        *out = find_shared(plan->lender, at);
    if (*out != NULL) return PRISM_OK;
    uint32_t n_words = (plan->n_docs + 63) / 64;
    uint64_t *words;
    PRS_TRY(new_words(plan, &words, err));
    PRS_TRY(find_set(plan, at, words, NULL, err));
    prs_plan_set *set = prs_arena_alloc(&plan->arena, sizeof *set);
    if (set == NULL) return prs_error_nomem(err);
    *set = (prs_plan_set){at, words, 0, plan->sets};
    set->n = prs_words_count(words, n_words);
    plan->sets = set;
    *out = set;
    return PRISM_OK;
}

prism_status prs_cur_words_make(prs_plan *plan, const uint64_t *words, uint64_t n, int32_t units,
                                uint32_t depth, bool scored, prs_cursor **out, prism_error *err) {
    cur_set *s;
    PRS_TRY(prs_plan_cursor(plan, sizeof *s, &set_ops, depth, scored, &s, err));
    s->words = words;
    s->units = units;
    s->base.cost = n;
    s->base.exact = true;
    s->base.sieve = &set_sieve;
    *out = &s->base;
    return PRISM_OK;
}

/* A prefix that is all of a query, of which a few documents are wanted. */
static prism_status make_first(prs_plan *plan, const prs_weighted *at, uint32_t depth,
                               prs_cursor **out, prism_error *err) {
    uint64_t *words;
    PRS_TRY(new_words(plan, &words, err));
    prs_doc_first first = {enough_of(plan), plan->n_docs, 0, 0};
    PRS_TRY(find_set(plan, at, words, &first, err));
    uint64_t n = prs_words_count(words, (plan->n_docs + 63) / 64);
    if (n == 0) return PRISM_OK;
    PRS_TRY(prs_cur_words_make(plan, words, n, at->units, depth, true, out, err));
    if (first.end >= plan->n_docs) return PRISM_OK;
    cur_set *s = (cur_set *)*out;
    s->rest = at;
    s->rest_words = words;
    s->whole_to = first.end;
    s->base.exact = false;
    return PRISM_OK;
}

prism_status prs_cur_set_make(prs_plan *plan, const prs_weighted *at, uint32_t depth, bool scored,
                              prs_cursor **out, prism_error *err) {
    *out = NULL;
    const prs_plan_set *set = NULL;
    if (plan->k > 0 && scored && depth == 0 && at->node->kind == PRS_NODE_PREFIX)
        return make_first(plan, at, depth, out, err);
    PRS_TRY(share_set(plan, at, &set, err));
    if (set->n == 0) return PRISM_OK;
    return prs_cur_words_make(plan, set->words, set->n, scored ? at->units : 0, depth, scored, out,
                              err);
}
