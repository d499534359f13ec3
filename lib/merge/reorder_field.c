/* reorder_field.c - in which order do documents stand by the values of a column?
 *
 * Structure   One number a place: integers as they are; of words their rank among the words of all
 *             inputs, which are sorted once.  Then one stable sort of (number, place).
 * Invariants  Documents without a value stand last in both directions; of several values the least
 *             counts for ascending, the greatest for descending; equals stay in their order: as in
 *             search/sort.c.
 * Cost        16 bytes a document twice over, and 32 a word of each input; sorting.
 * Tested by   tests/unit/merge/test_reorder_field.c */
#include "base/error.h"
#include "base/sort.h"
#include "merge/merge.h"

typedef struct placed {
    int64_t value;
    uint32_t place;
    bool missing;
} placed;

typedef struct word { /* of some input */
    prs_bytes bytes;
    uint32_t input, no;
} word;

typedef struct sorting {
    prs_merge *merge;
    prs_mem *mem;
    bool desc;
    const prs_column **columns; /* by input; NULL = none */
    uint32_t **ranks;           /* by input, of its words; NULL = integers */
    placed *items;              /* twice n_docs */
} sorting;

static bool placed_before(const void *ctx, const placed *a, const placed *b) {
    const sorting *s = ctx;
    if (a->missing || b->missing) return !a->missing && b->missing;
    return s->desc ? a->value > b->value : a->value < b->value;
}

static bool word_before(const void *ctx, const word *a, const word *b) {
    (void)ctx;
    return prs_bytes_compare(a->bytes, b->bytes) < 0;
}

PRS_SORT_DEFINE(sort_placed, placed, placed_before)
PRS_SORT_DEFINE(sort_words, word, word_before)

/* ---- words ----------------------------------------------------------------------------------- */

static void rank_words(sorting *s, word *words, size_t n) {
    size_t at = 0;
    for (uint32_t i = 0; i < s->merge->n_inputs; i++) {
        for (uint32_t no = 0; s->ranks[i] != NULL && no < s->columns[i]->n_words; no++)
            words[at++] = (word){prs_column_word_bytes(s->columns[i], no), i, no};
    }
    sort_words(words, words + n, n, NULL);
    uint32_t rank = 0;
    for (size_t k = 0; k < n; k++) {
        rank += k > 0 && !prs_bytes_equal(words[k].bytes, words[k - 1].bytes);
        s->ranks[words[k].input][words[k].no] = rank;
    }
}

static prism_status make_ranks(sorting *s, prism_error *err) {
    size_t n = 0;
    for (uint32_t i = 0; i < s->merge->n_inputs; i++) {
        const prs_column *column = s->columns[i];
        if (column == NULL || column->type != PRS_COLUMN_WORD) continue;
        s->ranks[i] = prs_mem_calloc(s->mem, column->n_words, sizeof(uint32_t));
        if (s->ranks[i] == NULL) return prs_error_nomem(err);
        n += column->n_words;
    }
    if (n == 0) return PRISM_OK;
    word *words = prs_mem_alloc(s->mem, 2 * n * sizeof *words);
    if (words == NULL) return prs_error_nomem(err);
    rank_words(s, words, n);
    prs_mem_free(s->mem, words, 2 * n * sizeof *words);
    return PRISM_OK;
}

/* ---- values ---------------------------------------------------------------------------------- */

static placed value_of(const sorting *s, uint32_t input, uint32_t doc, uint32_t place) {
    const prs_column *column = s->columns[input];
    placed item = {.place = place, .missing = true};
    if (column == NULL) return item;
    uint64_t first, end = prs_column_values(column, doc, &first);
    if (first >= end) return item;
    uint64_t v = s->desc ? end - 1 : first;
    item.missing = false;
    if (column->type == PRS_COLUMN_INT) {
        item.value = prs_column_int(column, v);
    } else {
        uint32_t no = prs_column_word(column, v);
        item.value = no < column->n_words ? s->ranks[input][no] : 0;
    }
    return item;
}

static prism_status find_columns(sorting *s, prism_error *err) {
    const char *name = s->merge->reorder->field;
    const prs_field *field = prs_schema_field(s->merge->recipe->schema, name, strlen(name));
    for (uint32_t i = 0; field != NULL && i < s->merge->n_inputs; i++) {
        const prs_segment_field *from = &s->merge->inputs[i].segment->fields[field->no];
        if (!from->present || !from->has_column) continue;
        PRS_TRY(prs_column_touch(&from->column, err));
        s->columns[i] = &from->column;
    }
    return PRISM_OK;
}

static prism_status sort_places(sorting *s, uint32_t *places, prism_error *err) {
    uint32_t n = s->merge->n_docs;
    if (s->columns == NULL || s->ranks == NULL || s->items == NULL) return prs_error_nomem(err);
    PRS_TRY(find_columns(s, err));
    PRS_TRY(make_ranks(s, err));
    prs_merge_walk walk = {0}; /* docs is not there yet: by place */
    while (prs_merge_walk_next(s->merge, &walk)) {
        PRS_TRY(prs_merge_poll(s->merge, 1, err));
        s->items[walk.to] = value_of(s, walk.input, walk.doc, walk.to);
    }
    sort_placed(s->items, s->items + n, n, s);
    for (uint32_t i = 0; i < n; i++) places[i] = s->items[i].place;
    return PRISM_OK;
}

prism_status prs_reorder_field(prs_merge *merge, uint32_t *places, prism_error *err) {
    prs_mem *mem = &merge->core->mem;
    uint32_t n = merge->n_inputs;
    size_t items = 2 * (size_t)merge->n_docs * sizeof(placed);
    sorting s = {.merge = merge, .mem = mem, .desc = merge->reorder->desc};
    s.columns = prs_mem_calloc(mem, n, sizeof *s.columns);
    s.ranks = prs_mem_calloc(mem, n, sizeof *s.ranks);
    s.items = prs_mem_alloc(mem, items);
    prism_status status = sort_places(&s, places, err);
    for (uint32_t i = 0; s.ranks != NULL && i < n; i++) {
        if (s.ranks[i] != NULL)
            prs_mem_free(mem, s.ranks[i], s.columns[i]->n_words * sizeof(uint32_t));
    }
    prs_mem_free(mem, s.columns, n * sizeof *s.columns);
    prs_mem_free(mem, s.ranks, n * sizeof *s.ranks);
    prs_mem_free(mem, s.items, items);
    return status;
}
