/* cur_range.c - which documents have a number between two ends, when others say which are worth
 * asking about?
 *
 * Structure   The column itself, one value a document, in blocks of 1024 with their least and
 *             greatest value:
 *
 *                 probe, sift of few bits    the value of each
 *                 fill, sift of many         window by window: column_range.c
 *
 *             So a filter beside rare words costs a look at their documents, not at all values.
 * Invariants  - Does not score; several fields, several values a document and words are sets found
 *               beforehand (cur_set.c).
 *             - The column was touched: its getters cannot fail.
 *             - `cost` is its documents and what finding them costs: a rarer list leads, and the
 *               range is asked.
 * Cost        A value about 4 ns; a window 0.05 to 0.3 ns a document.
 * Tested by   tests/unit/search/test_cur_range.c, tests/diff */
#include "base/words.h"
#include "search/column_range.h"
#include "search/sieve.h"

#define PRS_RANGE_QUESTION 32u /* one costs about as much as so many documents of a window */
#define PRS_RANGE_WALK 64u     /* to lead is to look at all values: one candidate in so many */
#define PRS_RANGE_SAMPLES 64u  /* blocks that are looked at for an estimate */
#define PRS_RANGE_LOOK 64u     /* blocks that are looked at for a bound */

typedef struct cur_range {
    prs_cursor base;
    const prs_column *column;
    int64_t from, to;
} cur_range;

static bool has(const cur_range *r, uint32_t doc) {
    int64_t value = prs_column_int(r->column, doc);
    return value >= r->from && value <= r->to && prs_column_has(r->column, doc);
}

static bool block_may(const cur_range *r, uint32_t block) {
    int64_t min, max;
    prs_column_range(r->column, block, &min, &max);
    return max >= r->from && min <= r->to;
}

/* First document of [from, to) in a block that may have some, or `to`. */
static uint32_t first_in(const cur_range *r, uint32_t from, uint32_t to) {
    while (from < to && !block_may(r, from / PRS_COLUMN_BLOCK))
        from = (from / PRS_COLUMN_BLOCK + 1) * PRS_COLUMN_BLOCK;
    return PRS_MIN(from, to);
}

static prism_status range_bound(prs_cursor *c, uint32_t from, uint32_t min_to, uint32_t *to,
                                int32_t *max, prism_error *err) {
    (void)min_to;
    (void)err;
    uint32_t far = PRS_RANGE_LOOK * PRS_COLUMN_BLOCK;
    uint32_t look = *to - from > far ? from + far : *to;
    uint32_t first = first_in((const cur_range *)c, from, look);
    *max = first < look || look < *to ? 0 : PRS_NO_MATCH;
    return PRISM_OK;
}

static prism_status range_peek(prs_cursor *c, uint32_t from, uint32_t *doc, prism_error *err) {
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    uint32_t first = first_in((const cur_range *)c, from, c->plan->n_docs);
    *doc = first < c->plan->n_docs ? first : PRS_DOC_END;
    return PRISM_OK;
}

static prism_status range_next(prs_cursor *c, uint32_t from, uint32_t to, int32_t floor,
                               prs_batch *out, prism_error *err) {
    out->n = 0;
    out->next = to;
    return floor > 0 ? PRISM_OK : prs_sieve_next(c, from, to, NULL, out, err);
}

static prism_status range_probe(prs_cursor *c, prs_batch *batch, int32_t floor, uint8_t *hit,
                                prism_error *err) {
    (void)floor;
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    for (uint32_t i = 0; i < batch->n; i++) hit[i] = has((const cur_range *)c, batch->docs[i]);
    return PRISM_OK;
}

static prism_status range_fill(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                               prism_error *err) {
    const cur_range *r = (const cur_range *)c;
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    prs_column_range_window(r->column, r->from, r->to, base, words, n_words);
    return PRISM_OK;
}

static void sift_by_bits(const cur_range *r, uint32_t base, uint64_t *words, uint32_t n_words,
                         bool keep) {
    for (uint32_t w = 0; w < n_words; w++) {
        for (uint64_t word = words[w]; word != 0; word &= word - 1) {
            if (has(r, base + w * 64 + (uint32_t)__builtin_ctzll(word)) != keep)
                words[w] &= ~(word & -word);
        }
    }
}

static prism_status range_sift(prs_cursor *c, uint32_t base, uint64_t *words, uint32_t n_words,
                               bool keep, prism_error *err) {
    PRS_TRY(prs_watch_tick(c->plan->watch, err));
    if (prs_words_count(words, n_words) * PRS_RANGE_QUESTION <= 64 * n_words) {
        sift_by_bits((const cur_range *)c, base, words, n_words, keep);
        return PRISM_OK;
    }
    uint64_t mine[PRS_SIEVE_WORDS];
    memset(mine, 0, n_words * sizeof *mine);
    PRS_TRY(range_fill(c, base, mine, n_words, err));
    prs_words_sift(words, mine, n_words, keep);
    return PRISM_OK;
}

static const prs_cursor_ops range_ops = {range_bound, range_peek, range_next, range_probe,
                                         range_fill,  NULL,       NULL};
static const prs_sieve_ops range_sieve = {range_sift, NULL};

/* About how many documents: as if the values of a block were evenly spread. */
static uint64_t estimate(const cur_range *r, uint32_t n_docs) {
    double sum = 0.0;
    uint32_t n = r->column->n_blocks, step = n / PRS_RANGE_SAMPLES + 1, samples = 0;
    for (uint32_t b = 0; b < n; b += step, samples++) {
        int64_t min, max;
        prs_column_range(r->column, b, &min, &max);
        int64_t low = PRS_MAX(min, r->from), high = PRS_MIN(max, r->to);
        if (low <= high) sum += ((double)high - (double)low + 1) / ((double)max - (double)min + 1);
    }
    return samples == 0 ? 0 : (uint64_t)(sum / samples * n_docs) + 1;
}

prism_status prs_cur_range_make(prs_plan *plan, const prs_weighted *at, uint32_t depth,
                                prs_cursor **out, prism_error *err) {
    const prs_column *column = &plan->segment->fields[at->fields.ptr[0].field].column;
    cur_range *r;
    PRS_TRY(prs_column_touch(column, err));
    PRS_TRY(prs_plan_cursor(plan, sizeof *r, &range_ops, depth, false, &r, err));
    r->base.sieve = &range_sieve;
    r->column = column;
    r->from = at->node->from;
    r->to = at->node->to;
    r->base.cost = estimate(r, plan->n_docs) + plan->n_docs / PRS_RANGE_WALK;
    if (first_in(r, 0, plan->n_docs) < plan->n_docs) *out = &r->base;
    return PRISM_OK;
}

bool prs_cur_range_can(const prs_plan *plan, const prs_weighted *at) {
    const prs_node *node = at->node;
    if (node->kind != PRS_NODE_RANGE || node->range_of != PRS_RANGE_NUMBERS || at->fields.n != 1)
        return false;
    const prs_segment_field *field = &plan->segment->fields[at->fields.ptr[0].field];
    return field->present && field->has_column && field->column.type == PRS_COLUMN_INT &&
           !field->column.many;
}
