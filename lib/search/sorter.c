/* sorter.c - how are the first k documents found in an order by values?
 *
 *     segment -> matches, a batch at a time, less the deleted -> values of their columns
 *             -> behind the place where the page begins?  before the last of the k so far?
 *             -> a heap of k, the last of them at its root
 *
 * Structure   Every match is looked at, so the count is exact.  Most are settled by one comparison
 *             with the root: first by the least and greatest value of their block of 1024 in the
 *             first criterion's column, then by their own value; further criteria are read only
 *             where those before are equal.
 * Words       Within a segment words are compared by number, across segments by bytes.  The place
 *             where a page begins is looked up in each segment's dictionary once: a word between
 *             two of them stands at half a number, so numbers are doubled.
 * Invariants  Ties end with the arrival, so any two documents have an order, and it does not depend
 *             on how the index is cut into segments.
 * Cost        About 4 ns a match and criterion that is looked at.
 * Tested by   tests/unit/search/test_sorter.c, tests/diff */
#include "search/sorter.h"

#include "base/heap.h"

#define NO_BLOCK UINT32_MAX

/* A criterion in the segment at hand. */
typedef struct source {
    const prs_column *column; /* NULL: no document has a value */
    int64_t place; /* words: twice the number of the page's word, or 1 less between two */
} source;

typedef struct sorter {
    const prs_search_request *request;
    const prs_sort *sort;
    const prs_page *page;
    int shift;
    prs_plan plan;
    prs_batch *batch;
    prs_sorted *out;
    const prs_leaf *leaf;
    uint32_t leaf_no;
    source *sources;       /* by criterion */
    prs_sort_value *fresh; /* values of the candidate at hand */
    uint32_t block;        /* of the first criterion's column, looked at last ... */
    bool hopeless;         /* ... in which all documents stand behind the root */
} sorter;

typedef struct slot { /* of the heap: where a document's hit and values are */
    const sorter *owner;
    uint32_t no;
} slot;

/* ---- order ---------------------------------------------------------------------------------- */

static int compare_words(const prs_sort_value *a, const prs_sort_value *b, bool same_leaf) {
    if (same_leaf) return (a->v > b->v) - (a->v < b->v);
    return prs_bytes_compare(a->text, b->text);
}

/* As prs_sort_compare, with words of one segment by number. */
static int compare_key(const prs_sort_key *key, const prs_sort_value *a, const prs_sort_value *b,
                       bool same_leaf) {
    if (key->kind != PRISM_SORT_KEYWORD || a->missing || b->missing)
        return prs_sort_compare(key, a, b);
    int order = compare_words(a, b, same_leaf);
    return key->desc ? -order : order;
}

static bool stands_behind(const slot *a, const slot *b) {
    const sorter *s = a->owner;
    const prs_sorted_hit *x = &s->out->hits[a->no], *y = &s->out->hits[b->no];
    for (uint32_t i = 0; i < s->sort->n; i++) {
        int order = compare_key(&s->sort->keys[i], &x->values[i], &y->values[i],
                                x->hit.leaf == y->hit.leaf);
        if (order != 0) return order > 0;
    }
    return x->hit.arrival > y->hit.arrival;
}

PRS_HEAP_DEFINE(slots, slot, stands_behind)

/* ---- values --------------------------------------------------------------------------------- */

/* Which of a document's values counts; they ascend. */
static uint64_t choose(const prs_column *column, uint32_t doc, bool desc, bool *missing) {
    uint64_t first, end = prs_column_values(column, doc, &first);
    *missing = first >= end;
    return desc && !*missing ? end - 1 : first;
}

static void load(const sorter *s, uint32_t i, const prs_top_hit *hit, prs_sort_value *out) {
    const prs_sort_key *key = &s->sort->keys[i];
    const prs_column *column = s->sources[i].column;
    *out = (prs_sort_value){.missing = false};
    if (key->kind == PRISM_SORT_SCORE) {
        out->v = hit->score;
    } else if (key->kind == PRISM_SORT_ARRIVAL) {
        out->v = (int64_t)hit->arrival;
    } else if (column == NULL) {
        out->missing = true;
    } else {
        uint64_t v = choose(column, hit->doc, key->desc, &out->missing);
        if (out->missing) return;
        out->v = key->kind == PRISM_SORT_KEYWORD ? prs_column_word(column, v)
                                                 : prs_column_int(column, v);
    }
}

/* The bytes of words, for comparisons with other segments: only of what is kept. */
static void load_texts(const sorter *s, prs_sort_value *values) {
    for (uint32_t i = 0; i < s->sort->n; i++) {
        if (s->sort->keys[i].kind != PRISM_SORT_KEYWORD || values[i].missing) continue;
        values[i].text = prs_column_word_bytes(s->sources[i].column, (uint32_t)values[i].v);
    }
}

static void find_place(sorter *s, uint32_t i) {
    bool exact;
    const prs_sort_value *value = &s->page->values[i];
    s->sources[i].place = 0;
    if (value->missing || s->sources[i].column == NULL) return;
    uint32_t word = prs_column_find_word(s->sources[i].column, value->text, &exact);
    s->sources[i].place = 2 * (int64_t)word - !exact;
}

static prism_status open_sources(sorter *s, prism_error *err) {
    for (uint32_t i = 0; i < s->sort->n; i++) {
        const prs_sort_key *key = &s->sort->keys[i];
        s->sources[i].column = NULL;
        if (key->kind == PRISM_SORT_SCORE || key->kind == PRISM_SORT_ARRIVAL) continue;
        const prs_segment_field *field = &s->plan.segment->fields[key->field];
        prs_column_type type = key->kind == PRISM_SORT_KEYWORD ? PRS_COLUMN_WORD : PRS_COLUMN_INT;
        if (!field->present || !field->has_column || field->column.type != type) continue;
        PRS_TRY(prs_column_touch(&field->column, err));
        s->sources[i].column = &field->column;
        if (s->page != NULL && type == PRS_COLUMN_WORD) find_place(s, i);
    }
    return PRISM_OK;
}

/* ---- candidates ----------------------------------------------------------------------------- */

/* Where a document stands to the page's place under one criterion. */
static int compare_place(const sorter *s, uint32_t i, const prs_top_hit *hit,
                         const prs_sort_value *value) {
    const prs_sort_key *key = &s->sort->keys[i];
    const prs_sort_value *place = &s->page->values[i];
    int order;
    switch (key->kind) {
    case PRISM_SORT_SCORE: order = prs_page_compare_score(s->page, hit->score, s->shift); break;
    case PRISM_SORT_ARRIVAL: order = prs_page_compare_arrival(s->page, hit->arrival); break;
    case PRISM_SORT_KEYWORD:
        if (value->missing || place->missing) return (int)value->missing - (int)place->missing;
        order = (2 * value->v > s->sources[i].place) - (2 * value->v < s->sources[i].place);
        break;
    default: return prs_sort_compare(key, value, place);
    }
    return key->desc ? -order : order;
}

/* Behind the place?  Values from number *loaded on are loaded as they are needed. */
static bool is_behind(sorter *s, const prs_top_hit *hit, uint32_t *loaded) {
    for (uint32_t i = 0; i < s->sort->n; i++) {
        if (i == *loaded) load(s, (*loaded)++, hit, &s->fresh[i]);
        int order = compare_place(s, i, hit, &s->fresh[i]);
        if (order != 0) return order > 0;
    }
    return prs_page_compare_arrival(s->page, hit->arrival) > 0;
}

/* Before the last of those kept? */
static bool is_before(sorter *s, const slot *last, const prs_top_hit *hit, uint32_t *loaded) {
    const prs_sorted_hit *other = &s->out->hits[last->no];
    bool same_leaf = other->hit.leaf == hit->leaf;
    for (uint32_t i = 0; i < s->sort->n; i++) {
        const prs_sort_key *key = &s->sort->keys[i];
        if (i == *loaded) load(s, (*loaded)++, hit, &s->fresh[i]);
        if (key->kind == PRISM_SORT_KEYWORD && !same_leaf && !s->fresh[i].missing)
            s->fresh[i].text = prs_column_word_bytes(s->sources[i].column, (uint32_t)s->fresh[i].v);
        int order = compare_key(key, &s->fresh[i], &other->values[i], same_leaf);
        if (order != 0) return order < 0;
    }
    return hit->arrival < other->hit.arrival;
}

/* Do all documents of a block of the first criterion's column stand behind the last one kept?  Told
 * by its least or greatest value. */
static bool is_hopeless(const sorter *s, const slot *last, uint32_t block) {
    const prs_sort_key *key = &s->sort->keys[0];
    const prs_column *column = s->sources[0].column;
    const prs_sort_value *value = &s->out->hits[last->no].values[0];
    int64_t min, max;
    if (column == NULL || column->many || column->type != PRS_COLUMN_INT || value->missing)
        return false;
    prs_column_range(column, block, &min, &max);
    return key->desc ? max < value->v : min > value->v;
}

static void put(sorter *s, uint32_t no, const prs_top_hit *hit, uint32_t loaded) {
    for (; loaded < s->sort->n; loaded++) load(s, loaded, hit, &s->fresh[loaded]);
    load_texts(s, s->fresh);
    memcpy(s->out->hits[no].values, s->fresh, s->sort->n * sizeof *s->fresh);
    s->out->hits[no].hit = *hit;
}

static prism_status put_new(sorter *s, const prs_top_hit *hit, uint32_t loaded, prism_error *err) {
    prs_sort_value *values = prs_arena_alloc(&s->out->arena, s->sort->n * sizeof *values);
    if (values == NULL) return prs_error_nomem(err);
    s->out->hits[s->out->n].values = values;
    put(s, s->out->n++, hit, loaded);
    return PRISM_OK;
}

static prism_status offer(sorter *s, slot *heap, size_t *n, const prs_top_hit *hit,
                          prism_error *err) {
    uint32_t loaded = 0;
    if (s->page != NULL) {
        if (!is_behind(s, hit, &loaded)) return PRISM_OK;
        s->out->behind++;
    }
    if (*n < s->request->k) {
        slot one = {s, s->out->n};
        PRS_TRY(put_new(s, hit, loaded, err));
        slots_push(heap, n, one);
    } else if (*n > 0 && is_before(s, &heap[0], hit, &loaded)) {
        put(s, heap[0].no, hit, loaded);
        slots_down(heap, *n);
    }
    return PRISM_OK;
}

static prism_status offer_batch(sorter *s, slot *heap, size_t *n, prism_error *err) {
    const prs_batch *batch = s->batch;
    bool full = *n == s->request->k && *n > 0 && s->page == NULL;
    s->block = NO_BLOCK;
    for (uint32_t i = 0; i < batch->n; i++) {
        uint32_t doc = batch->docs[i];
        if (full && doc / PRS_COLUMN_BLOCK != s->block) {
            s->block = doc / PRS_COLUMN_BLOCK;
            s->hopeless = is_hopeless(s, &heap[0], s->block);
        }
        if (full && s->hopeless) continue;
        prs_top_hit hit = {s->sort->scored ? batch->scores[i] : 0, s->leaf_no, doc,
                           prs_segment_arrival(s->plan.segment, doc)};
        PRS_TRY(offer(s, heap, n, &hit, err));
    }
    return PRISM_OK;
}

/* ---- segments ------------------------------------------------------------------------------- */

static prism_status sort_segment(sorter *s, uint32_t leaf_no, slot *heap, size_t *n,
                                 prism_error *err) {
    s->leaf_no = leaf_no;
    s->leaf = &s->request->snap->leaves[leaf_no];
    PRS_TRY(prs_plan_make(&s->plan, s->leaf, s->request->root, s->sort->scored, err));
    prs_cursor *root = s->plan.root;
    if (root == NULL) return PRISM_OK;
    PRS_TRY(open_sources(s, err));
    for (uint32_t from = 0; from < s->plan.n_docs; from = s->batch->next) {
        PRS_TRY(root->ops->next(root, from, s->plan.n_docs, 0, s->batch, err));
        prs_batch_drop_deleted(s->batch, s->leaf->deleted);
        s->out->total += s->batch->n;
        PRS_TRY(offer_batch(s, heap, n, err));
    }
    return PRISM_OK;
}

/* The heap gives the order from its last on. */
static prism_status put_in_order(sorter *s, slot *heap, size_t n, prism_error *err) {
    prs_sorted_hit *ordered = prs_arena_alloc(&s->out->arena, n * sizeof *ordered);
    if (ordered == NULL) return prs_error_nomem(err);
    while (n > 0) {
        slot last = slots_pop(heap, &n);
        ordered[n] = s->out->hits[last.no];
    }
    s->out->hits = ordered;
    return PRISM_OK;
}

static prism_status run(sorter *s, slot *heap, prism_error *err) {
    size_t n = 0;
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; i < s->request->snap->n_leaves && status == PRISM_OK; i++)
        status = sort_segment(s, i, heap, &n, err);
    if (prs_watch_stopped(s->request->watch) && status == PRISM_ECANCELED) status = PRISM_OK;
    if (s->page == NULL) s->out->behind = s->out->total;
    return status == PRISM_OK ? put_in_order(s, heap, n, err) : status;
}

prism_status prs_sorter_run(const prs_search_request *request, const prs_sort *sort,
                            const prs_page *page, int shift, prs_mem *mem, prs_sorted *out,
                            prism_error *err) {
    sorter s = {.request = request, .sort = sort, .page = page, .shift = shift, .out = out};
    prs_arena arena;
    memset(out, 0, sizeof *out);
    prs_arena_init(&out->arena, mem, 0);
    prs_arena_init(&arena, mem, 0);
    prs_plan_init(&s.plan, mem, request->watch);
    prs_plan_lend(&s.plan, request->spares, request->arenas);
    s.plan.kept = request->kept;
    s.batch = prs_arena_alloc(&arena, sizeof *s.batch);
    s.sources = prs_arena_calloc(&arena, sort->n, sizeof *s.sources);
    s.fresh = prs_arena_calloc(&arena, sort->n, sizeof *s.fresh);
    slot *heap = prs_arena_alloc(&arena, request->k * sizeof *heap);
    out->hits = prs_arena_alloc(&out->arena, request->k * sizeof *out->hits);
    bool room = s.batch != NULL && s.sources != NULL && s.fresh != NULL && heap != NULL &&
                out->hits != NULL;
    prism_status status = room ? run(&s, heap, err) : prs_error_nomem(err);
    prs_plan_fini(&s.plan);
    prs_arena_fini(&arena);
    return status;
}

void prs_sorted_fini(prs_sorted *sorted) {
    prs_arena_fini(&sorted->arena);
}
