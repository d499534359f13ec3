/* count.c - how many documents match, when none of them is wanted?
 *
 * Structure   by the rest   One list says how long it is.  Of "any of these" the longest is taken
 *                           at its word and only what the others have beyond it is counted:
 *
 *                               |A or B or C| = |A| + |(B or C) not A|
 *                               |A not B|     = |A| - |A and B|
 *
 *                           B and C are windows of bits, A is asked about those bits alone.
 *                           Deleted documents of A are found in the same pass, and taken off.
 *             by windows    4096 documents at a time as bits, less the deleted
 *             by batches    where candidates are few and far between, or come as lists anyway
 *
 * Invariants  - A part that is taken at its word is `exact`: its cost is its number of documents.
 *               It has a sift of its own.
 *             - What a range adds does not depend on how the segment was cut into ranges, but for
 *               the length of A, which the first one adds.
 * Cost        count.h
 * Tested by   tests/unit/search/test_count.c, tests/diff */
#include "search/count.h"

#include "base/words.h"
#include "search/sieve.h"

#define PRS_COUNT_SPARSE 128u /* fewer than one candidate in so many go as a list */
#define PRS_COUNT_DENSE 12u   /* and of lists, which meet block by block */
#define PRS_COUNT_DELETED 16u /* more than one deleted document in so many of A are a window each */

typedef struct counting {
    prs_plan *plan;
    const prs_bitset *deleted; /* NULL = none */
    uint32_t from, to;
    prs_batch *space;
    uint64_t *n;
} counting;

static const uint64_t *deleted_at(const counting *c, uint32_t base) {
    return c->deleted == NULL ? NULL : c->deleted->words + (base >> 6);
}

static uint32_t words_from(const counting *c, uint32_t base) {
    return PRS_MIN((c->to - base + 63) / 64, PRS_SIEVE_WORDS);
}

/* ---- by windows ----------------------------------------------------------------------------- */

static prism_status count_windows(const counting *c, prism_error *err) {
    prs_cursor *root = c->plan->root;
    for (uint32_t at = c->from; at < c->to;) {
        uint64_t words[PRS_SIEVE_WORDS] = {0};
        uint32_t doc;
        PRS_TRY(root->ops->peek(root, at, &doc, err));
        if (doc >= c->to) break;
        uint32_t base = doc & ~63u, n_words = words_from(c, base);
        const uint64_t *deleted = deleted_at(c, base);
        PRS_TRY(prs_cursor_fill(root, base, words, n_words, c->space, err));
        *c->n += deleted == NULL ? prs_words_count(words, n_words)
                                 : prs_words_count_less(words, deleted, n_words);
        at = base + 64 * n_words;
    }
    return PRISM_OK;
}

static prism_status count_batches(const counting *c, prism_error *err) {
    prs_cursor *root = c->plan->root;
    for (uint32_t at = c->from; at < c->to; at = c->space->next) {
        PRS_TRY(root->ops->next(root, at, c->to, 0, c->space, err));
        prs_batch_drop_deleted(c->space, c->deleted);
        *c->n += c->space->n;
    }
    return PRISM_OK;
}

/* ---- by the rest ---------------------------------------------------------------------------- */

typedef struct known { /* a set whose size is known, and the others */
    prs_cursor *whole;
    prs_cursor **others; /* n of them, `whole` perhaps among them */
    uint32_t n;
    bool less; /* the others are taken away from the whole; else they join it */
} known;

static uint64_t cost_of(prs_cursor *const *cursors, uint32_t n) {
    uint64_t cost = 0;
    for (uint32_t i = 0; i < n; i++) cost += cursors[i]->cost;
    return cost;
}

/* Is there a set to be taken at its word, with less to look at beside it? */
static bool find_known(const counting *c, known *k) {
    prs_cursor *root = c->plan->root;
    uint64_t n_deleted = c->deleted == NULL ? 0 : c->plan->leaf->n_deleted;
    *k = (known){root, NULL, 0, true};
    if (!root->exact) {
        k->whole = prs_cur_all_less(root, &k->others, &k->n);
        k->less = k->whole != NULL;
        if (k->less)
            return k->whole->exact && cost_of(k->others, k->n) + n_deleted < k->whole->cost;
        k->n = prs_cur_any_children(root, &k->others);
        for (uint32_t i = 0; i < k->n; i++) {
            prs_cursor *child = k->others[i];
            if (child->exact && (k->whole == NULL || child->cost > k->whole->cost))
                k->whole = child;
        }
    }
    return k->whole != NULL && n_deleted * PRS_COUNT_DELETED < PRS_MAX(k->whole->cost, 1u);
}

/* First document from `at` on that one of the others may have, or that is deleted. */
static prism_status peek_rest(const counting *c, const known *k, uint32_t at, uint32_t *doc,
                              prism_error *err) {
    *doc = c->deleted != NULL ? prs_bitset_next(c->deleted, at) : PRS_DOC_END;
    for (uint32_t i = 0; i < k->n && *doc != at; i++) {
        uint32_t here;
        if (k->others[i] == k->whole) continue;
        PRS_TRY(k->others[i]->ops->peek(k->others[i], at, &here, err));
        *doc = PRS_MIN(*doc, here);
    }
    return PRISM_OK;
}

/* What the others have in a window. */
static prism_status fill_others(const counting *c, const known *k, uint32_t base, uint64_t *words,
                                uint32_t n_words, prism_error *err) {
    memset(words, 0, n_words * sizeof *words);
    return prs_cursors_fill(c->plan, k->others, k->n, k->whole, base, words, n_words, c->space,
                            err);
}

static void add_deleted(const counting *c, uint32_t base, uint64_t *words, uint32_t n_words) {
    const uint64_t *deleted = deleted_at(c, base);
    for (uint32_t i = 0; deleted != NULL && i < n_words; i++) words[i] |= deleted[i];
}

/* Off the whole: what the others have of it, and what is deleted. */
static prism_status take_off(const counting *c, const known *k, uint32_t base, uint32_t n_words,
                             prism_error *err) {
    uint64_t rest[PRS_SIEVE_WORDS];
    PRS_TRY(fill_others(c, k, base, rest, n_words, err));
    add_deleted(c, base, rest, n_words);
    PRS_TRY(k->whole->sieve->sift(k->whole, base, rest, n_words, true, err));
    *c->n -= prs_words_count(rest, n_words);
    return PRISM_OK;
}

/* To the whole: what the others have beyond it; less what is deleted of all.  The whole does not go
 * back, so it is asked about both at once. */
static prism_status put_on(const counting *c, const known *k, uint32_t base, uint32_t n_words,
                           prism_error *err) {
    uint64_t rest[PRS_SIEVE_WORDS], whole[PRS_SIEVE_WORDS];
    const uint64_t *deleted = deleted_at(c, base);
    PRS_TRY(fill_others(c, k, base, rest, n_words, err));
    if (deleted == NULL) {
        PRS_TRY(k->whole->sieve->sift(k->whole, base, rest, n_words, false, err));
        *c->n += prs_words_count(rest, n_words);
        return PRISM_OK;
    }
    memcpy(whole, rest, n_words * sizeof *whole);
    add_deleted(c, base, whole, n_words);
    PRS_TRY(k->whole->sieve->sift(k->whole, base, whole, n_words, true, err));
    prs_words_sift(rest, whole, n_words, false);
    *c->n += prs_words_count_less(rest, deleted, n_words);
    prs_words_sift(whole, deleted, n_words, true);
    *c->n -= prs_words_count(whole, n_words);
    return PRISM_OK;
}

/* One other with few documents goes as a list. */
static prism_status count_rest_by_batches(const counting *c, const known *k, prs_cursor *other,
                                          prism_error *err) {
    uint8_t *hit = prs_arena_alloc(&c->plan->arena, PRS_WINDOW);
    if (hit == NULL) return prs_error_nomem(err);
    for (uint32_t at = c->from; at < c->to; at = c->space->next) {
        uint32_t hits = 0;
        PRS_TRY(other->ops->next(other, at, c->to, 0, c->space, err));
        PRS_TRY(k->whole->ops->probe(k->whole, c->space, 0, hit, err));
        for (uint32_t i = 0; i < c->space->n; i++) hits += hit[i];
        *c->n += k->less ? -(uint64_t)hits : c->space->n - hits;
    }
    return PRISM_OK;
}

/* The only other, if it is to go as a list; else NULL. */
static prs_cursor *sparse_other(const counting *c, const known *k) {
    prs_cursor *other = NULL;
    for (uint32_t i = 0; i < k->n; i++) {
        if (k->others[i] == k->whole) continue;
        if (other != NULL) return NULL;
        other = k->others[i];
    }
    bool sparse = other != NULL && c->deleted == NULL &&
                  other->cost * PRS_COUNT_SPARSE < c->plan->n_docs &&
                  prs_cur_any_children(other, &(prs_cursor **){NULL}) == 0;
    return sparse ? other : NULL;
}

static prism_status add_by_rest(const counting *c, const known *k, prism_error *err) {
    if (c->from == 0) *c->n += k->whole->cost;
    if (k->n == 0 && c->deleted == NULL) return PRISM_OK;
    prs_cursor *other = sparse_other(c, k);
    if (other != NULL) return count_rest_by_batches(c, k, other, err);
    for (uint32_t at = c->from; at < c->to;) {
        uint32_t doc;
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        PRS_TRY(peek_rest(c, k, at, &doc, err));
        if (doc >= c->to) break;
        uint32_t base = doc & ~63u, n_words = words_from(c, base);
        PRS_TRY(k->less ? take_off(c, k, base, n_words, err) : put_on(c, k, base, n_words, err));
        at = base + 64 * n_words;
    }
    return PRISM_OK;
}

/* Half way the sum may be too large: when it is cut, it says nothing. */
static prism_status count_by_rest(const counting *c, const known *k, prism_error *err) {
    uint64_t before = *c->n;
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    prism_status status = add_by_rest(c, k, err);
    if (status != PRISM_OK) *c->n = before;
    return status;
}

prism_status prs_count(prs_plan *plan, uint32_t from, uint32_t to, prs_batch *space, uint64_t *n,
                       prism_error *err) {
    counting c = {plan, plan->leaf->deleted, from, to, space, n};
    known k;
    if (find_known(&c, &k)) return count_by_rest(&c, &k, err);
    uint64_t least = prs_cur_all_of_lists(plan->root) ? PRS_COUNT_DENSE : PRS_COUNT_SPARSE;
    bool sparse = plan->root->cost * least < plan->n_docs;
    return sparse || plan->root->ops->fill == NULL ? count_batches(&c, err)
                                                   : count_windows(&c, err);
}
