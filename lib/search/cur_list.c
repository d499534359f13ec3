/* cur_list.c - which documents have a word, when nobody asks how often?
 *
 * Structure   One cursor for one posting list; a word in several fields is any of its lists
 *             (cur_any.c).
 *
 *                 fill    stored blocks become words of bits            many documents
 *                 sift    asked, those of a block together              few bits
 *                         filled beside and compared                    many bits
 *                 probe   asked, those of a block together
 *
 * Invariants  - Never reads freqs, impacts or lengths.
 *             - `cost` is the number of its documents, deleted ones too: `exact`.
 * Cost        A packed block 0.3 ns a document to decode, dense blocks 64 documents an operation.
 * Tested by   tests/unit/search/test_cur_list.c, test_plan.c */
#include "base/words.h"
#include "search/sieve.h"

/* One question costs about as much as setting so many bits. */
#define PRS_LIST_QUESTION 32u
#define PRS_LIST_FEW 8u /* so few are asked, whatever else */
#define SIFT_DOCS 512u  /* that are asked together */

typedef struct cur_list {
    prs_cursor base;
    const prs_postings_source *source;
    prs_term_info info;
    prs_postings *p; /* NULL: not opened */
} cur_list;

/* Opened when somebody asks for more than its length. */
prism_status prs_cur_list_open(prs_cursor *c, prs_postings **out, prism_error *err) {
    cur_list *l = (cur_list *)c;
    *out = l->p;
    if (PRS_LIKELY(l->p != NULL)) return PRISM_OK;
    prs_postings *p = prs_arena_alloc(&c->plan->arena, sizeof *p);
    if (p == NULL) return prs_error_nomem(err);
    PRS_TRY(prs_postings_open(p, l->source, &l->info, err));
    *out = l->p = p;
    return PRISM_OK;
}

static prism_status list_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                               int32_t *max, prism_error *err) {
    prs_postings *p;
    *max = PRS_NO_MATCH;
    PRS_TRY(prs_cur_list_open(c, &p, err));
    PRS_TRY(prs_postings_skip_to(p, from, err));
    if (p->last_doc == PRS_DOC_END) return PRISM_OK;
    uint32_t begin = p->before_block + 1u; /* wraps to 0 before the first */
    if (p->n != 0) PRS_TRY(prs_postings_seek(p, from, &begin, err));
    if (begin >= *to) return PRISM_OK;
    *max = 0;
    if (p->last_doc < *to && p->last_doc + 1 >= PRS_MIN(min_to, *to)) *to = p->last_doc + 1;
    return PRISM_OK;
}

static prism_status list_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    prs_postings *p;
    *doc = PRS_DOC_END;
    PRS_TRY(prs_cur_list_open(c, &p, err));
    PRS_TRY(prs_postings_skip_to(p, from, err));
    if (p->last_doc == PRS_DOC_END) return PRISM_OK;
    if (p->n == 0 && p->last_doc - (p->before_block + 1u) < PRS_WINDOW) {
        *doc = PRS_MAX(from, p->before_block + 1u); /* near enough */
        return PRISM_OK;
    }
    return prs_postings_seek(p, from, doc, err);
}

static prism_status list_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                              prs_batch *out, prism_error *err) {
    prs_postings *p;
    out->n = 0;
    out->next = to;
    if (floor > 0) return PRISM_OK;
    PRS_TRY(prs_cur_list_open(c, &p, err));
    while (from < to && out->n + PRS_BLOCK <= PRS_WINDOW) {
        uint32_t first;
        PRS_TRY(prs_watch_tick(c->plan->watch, err));
        PRS_TRY(prs_postings_seek(p, from, &first, err));
        uint32_t end = p->i;
        from = to;
        if (first >= to) break;
        if (p->last_doc < to) {
            end = p->n;
            from = p->last_doc + 1;
        } else {
            while (p->docs[end] < to) end++;
        }
        memcpy(out->docs + out->n, p->docs + p->i, (end - p->i) * sizeof *out->docs);
        out->n += end - p->i;
    }
    memset(out->scores, 0, out->n * sizeof *out->scores);
    out->next = from;
    return PRISM_OK;
}

/* ---- questions ------------------------------------------------------------------------------ */

/* Which of n documents, that ascend and are not behind the block stood on, are in it. */
static prism_status ask_block(prs_postings *p, const uint32_t *docs, uint32_t n, uint8_t *hit,
                              prism_error *err) {
    uint16_t at[PRS_BLOCK + 1];
    uint8_t place[PRS_BLOCK + 1];
    prs_block_bits bits;
    PRS_TRY(prs_postings_bits(p, &bits, err));
    if (bits.n == 0) {
        PRS_TRY(prs_postings_load(p, err));
        uint32_t met = prs_select_in_docs(p->docs, p->n, docs, n, at, place);
        for (uint32_t i = 0; i < met; i++) hit[at[i]] = 1;
        return PRISM_OK;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t bit = docs[i] - bits.first;
        if (docs[i] < bits.first) continue;
        hit[i] = bits.words == NULL || (bits.words[bit >> 3] >> (bit & 7) & 1) != 0;
    }
    return PRISM_OK;
}

/* Which of n documents, that ascend, are in the list. */
static prism_status ask(prs_postings *p, const uint32_t *docs, uint32_t n, uint8_t *hit,
                        prism_error *err) {
    memset(hit, 0, n);
    for (uint32_t first = 0, end; first < n; first = end) {
        PRS_TRY(prs_postings_skip_to(p, docs[first], err));
        if (p->last_doc == PRS_DOC_END) break;
        end = prs_select_place(docs, first + 1, n, p->last_doc + 1);
        PRS_TRY(ask_block(p, docs + first, end - first, hit + first, err));
    }
    return PRISM_OK;
}

static prism_status list_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                               prism_error *err) {
    (void)floor;
    prs_postings *p;
    PRS_TRY(prs_cur_list_open(c, &p, err));
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    return ask(p, batch->docs, batch->n, hit, err);
}

/* ---- windows -------------------------------------------------------------------------------- */

static prism_status list_fill(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                              prism_error *err) {
    prs_postings *p;
    PRS_TRY(prs_cur_list_open(c, &p, err));
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    return prs_postings_fill_window(p, base, words, n_words, err);
}

static prism_status list_fill_map(prs_cursor *c, uint32_t base, uint64_t *words, uint8_t *map,
                                  uint32_t n_words, prism_error *err) {
    prs_postings *p;
    PRS_TRY(prs_cur_list_open(c, &p, err));
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    return prs_postings_fill_map(p, base, words, map, n_words, err);
}

/* ---- narrowing ------------------------------------------------------------------------------ */

/* Unset those of n bits that do not stay. */
static prism_status sift_docs(prs_postings *p, const uint32_t *docs, uint32_t n, uint32_t base,
                              uint64_t *words, bool keep, prism_error *err) {
    uint8_t hit[SIFT_DOCS + 64];
    PRS_TRY(ask(p, docs, n, hit, err));
    for (uint32_t i = 0; i < n; i++) {
        uint32_t bit = docs[i] - base;
        words[bit >> 6] &= ~((uint64_t)((hit[i] != 0) != keep) << (bit & 63));
    }
    return PRISM_OK;
}

static prism_status sift_by_bits(prs_postings *p, uint32_t base, uint64_t *words, uint32_t n_words,
                                 bool keep, prism_error *err) {
    uint32_t docs[SIFT_DOCS + 64 + PRS_SCORE_LANES], n = 0; /* kernels read lanes behind the last */
    for (uint32_t w = 0; w < n_words; w++) {
        for (uint64_t word = words[w]; word != 0; word &= word - 1)
            docs[n++] = base + w * 64 + (uint32_t)__builtin_ctzll(word);
        if (n < SIFT_DOCS) continue;
        PRS_TRY(sift_docs(p, docs, n, base, words, keep, err));
        n = 0;
    }
    return sift_docs(p, docs, n, base, words, keep, err);
}

static prism_status list_sift(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                              bool keep, prism_error *err) {
    uint32_t ones = prs_words_count(words, n_words);
    prs_postings *p;
    if (ones == 0) return PRISM_OK;
    PRS_TRY(prs_cur_list_open(c, &p, err));
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    uint64_t here = c->cost * 64 * n_words / c->plan->n_docs; /* documents, if evenly spread */
    if (n_words == 1 || ones <= PRS_LIST_FEW || (uint64_t)ones * PRS_LIST_QUESTION <= here)
        return sift_by_bits(p, base, words, n_words, keep, err);
    uint64_t mine[PRS_SIEVE_WORDS];
    memset(mine, 0, n_words * sizeof *mine);
    PRS_TRY(prs_cursors_fill(c->plan, &c, 1, NULL, base, mine, n_words, NULL, err));
    prs_words_sift(words, mine, n_words, keep);
    return PRISM_OK;
}

static const prs_cursor_ops list_ops = {list_bound, list_peek, list_next, list_probe,
                                        list_fill,  NULL,      NULL};
static const prs_sieve_ops list_sieve = {list_sift, list_fill_map};

bool prs_cur_is_list(const prs_cursor *c) {
    return c->ops == &list_ops;
}

/* ---- making --------------------------------------------------------------------------------- */

prism_status prs_cur_list_new(prs_plan *plan, const prs_postings_source *source,
                              const prs_term_info *info, uint32_t depth, prs_cursor **out,
                              prism_error *err) {
    cur_list *l;
    PRS_TRY(prs_plan_cursor(plan, sizeof *l, &list_ops, depth, false, &l, err));
    l->source = source;
    l->info = *info;
    l->base.sieve = &list_sieve;
    l->base.cost = info->df;
    l->base.exact = true;
    *out = &l->base;
    return PRISM_OK;
}

static prism_status make_one(prs_plan *plan, const prs_weighted *at, uint32_t i, uint32_t depth,
                             prs_cursor **out, prism_error *err) {
    prs_term_info space;
    const prs_term_info *info;
    *out = NULL;
    PRS_TRY(prs_plan_find(plan, at, i, &space, &info, err));
    if (info->df == 0) return PRISM_OK;
    const prs_segment_field *field = &plan->segment->fields[at->fields.ptr[i].field];
    return prs_cur_list_new(plan, &field->source, info, depth, out, err);
}

prism_status prs_cur_list_make(prs_plan *plan, const prs_weighted *at, uint32_t depth,
                               prs_cursor **out, prism_error *err) {
    if (at->fields.n == 1) return make_one(plan, at, 0, depth, out, err);
    *out = NULL;
    uint32_t n = 0;
    prs_cursor **made = prs_arena_alloc(&plan->arena, at->fields.n * sizeof *made);
    if (made == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < at->fields.n; i++) {
        PRS_TRY(make_one(plan, at, i, depth, &made[n], err));
        n += made[n] != NULL;
    }
    if (n == 1) *out = made[0];
    return n < 2 ? PRISM_OK : prs_cur_any_make(plan, made, n, 1, depth, out, err);
}
