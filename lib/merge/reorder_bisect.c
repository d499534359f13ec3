/* reorder_bisect.c - which words does each document of a merge have, for bisect.c?
 *
 *   dictionaries of all inputs, merged    three walks
 *     1  how often                        df of each term of all analyzed fields: a histogram
 *     2  count                            per document its terms in the band
 *     3  scatter                          lists become rows: firsts, terms
 *
 * Band        Rare terms (below LEAST documents) have few postings, and their lists stand inside
 *             the dictionary; terms of more than a part of the documents tell little about which
 *             belong together, and have most of the postings.  What does not fit the memory is
 *             left out from the frequent end.
 * Why so      Lists are decoded twice, documents only, at 1 ns a posting: a copy of them would cost
 *             as much memory as the rows.
 * Memory      4 bytes a posting of the band, 16 a document; bisect.h.
 * Tested by   tests/unit/merge/test_reorder_bisect.c */
#include "base/error.h"
#include "base/heap.h"
#include "merge/bisect.h"
#include "merge/merge.h"

#define LEAST 16u    /* documents of a term */
#define PART 64u     /* terms of more than one document of so many are left out ... */
#define MOST 256u    /* ... if they are more than that */
#define MANY 4194304 /* postings, from which every second term must do */
#define CLASSES 128u /* of df: four to a doubling */
#define MAX_ROWS ((size_t)32 << 20)

typedef struct source { /* the dictionary of one input */
    prs_terms_cursor cursor;
    uint32_t input;
} source;

static bool source_before(source *const *a, source *const *b) {
    int c = prs_bytes_compare(prs_bytes_of((*a)->cursor.key, (*a)->cursor.key_len),
                              prs_bytes_of((*b)->cursor.key, (*b)->cursor.key_len));
    return c != 0 ? c < 0 : (*a)->input < (*b)->input;
}

typedef source *source_ptr;
PRS_HEAP_DEFINE(source_heap, source_ptr, source_before)

typedef struct gathering {
    prs_merge *merge;
    prs_mem *mem;
    uint32_t field;
    source *sources;
    source_ptr *heap, *same;
    size_t n_heap;
    prs_postings list;
    uint64_t sums[CLASSES]; /* postings by class of df */
    uint32_t most;          /* documents of a term of the band */
    bool half;              /* every second term of it */
    uint64_t n_met;         /* terms of the band so far */
    prs_forward forward;
    prism_status (*each)(struct gathering *g, size_t n_same, uint64_t df, prism_error *err);
    void (*take)(struct gathering *g, uint32_t place);
} gathering;

/* ---- a walk over all terms ------------------------------------------------------------------- */

static prism_status advance(gathering *g, source *from, prism_error *err) {
    bool more;
    PRS_TRY(prs_terms_cursor_next(&from->cursor, &more, err));
    if (more) source_heap_push(g->heap, &g->n_heap, from);
    return PRISM_OK;
}

static prism_status open_sources(gathering *g, prism_error *err) {
    g->n_heap = 0;
    for (uint32_t i = 0; i < g->merge->n_inputs; i++) {
        const prs_segment_field *field = &g->merge->inputs[i].segment->fields[g->field];
        if (!field->present || field->terms.n_terms == 0) continue;
        g->sources[i].input = i;
        PRS_TRY(prs_terms_cursor_seek(&g->sources[i].cursor, &field->terms, prs_bytes_of(NULL, 0),
                                      err));
        PRS_TRY(advance(g, &g->sources[i], err));
    }
    return PRISM_OK;
}

static prism_status walk_field(gathering *g, prism_error *err) {
    PRS_TRY(open_sources(g, err));
    while (g->n_heap > 0) {
        size_t n = 0;
        uint64_t df = 0;
        do {
            g->same[n] = source_heap_pop(g->heap, &g->n_heap);
            df += g->same[n++]->cursor.info.df;
        } while (g->n_heap > 0 &&
                 prs_bytes_equal(prs_bytes_of(g->same[0]->cursor.key, g->same[0]->cursor.key_len),
                                 prs_bytes_of(g->heap[0]->cursor.key, g->heap[0]->cursor.key_len)));
        PRS_TRY(g->each(g, n, df, err));
        for (size_t i = 0; i < n; i++) PRS_TRY(advance(g, g->same[i], err));
    }
    return PRISM_OK;
}

static prism_status walk_all(gathering *g, prism_error *err) {
    for (g->field = 0; g->field < g->merge->recipe->n_fields; g->field++) {
        if (prs_recipe_is_analyzed(&g->merge->recipe->schema->fields[g->field]))
            PRS_TRY(walk_field(g, err));
    }
    return PRISM_OK;
}

/* ---- what the walks do ----------------------------------------------------------------------- */

static uint32_t class_of(uint64_t df) {
    uint32_t v = (uint32_t)PRS_MIN(df, UINT32_MAX), width = prs_bit_width32(v);
    return width < 3 ? v : 4 * (width - 2) + (v >> (width - 3) & 3);
}

static prism_status add_to_histogram(gathering *g, size_t n_same, uint64_t df, prism_error *err) {
    (void)n_same;
    g->sums[class_of(df)] += df;
    return prs_merge_poll(g->merge, 1, err);
}

/* The documents of one list, those that are live. */
static prism_status take_list(gathering *g, const source *from, prism_error *err) {
    const prs_docmap *map = &g->merge->maps[from->input];
    const prs_segment_field *field = &g->merge->inputs[from->input].segment->fields[g->field];
    PRS_TRY(prs_postings_open(&g->list, &field->source, &from->cursor.info, err));
    while (g->list.last_doc != PRS_DOC_END) {
        PRS_TRY(prs_postings_load(&g->list, err));
        for (uint32_t i = 0; i < g->list.n; i++) {
            uint32_t doc = g->list.docs[i];
            if (prs_docmap_is_live(map, doc)) g->take(g, prs_docmap_get(map, doc));
        }
        PRS_TRY(prs_merge_poll(g->merge, g->list.n, err));
        PRS_TRY(prs_postings_next_block(&g->list, err));
    }
    return PRISM_OK;
}

static prism_status take_term(gathering *g, size_t n_same, uint64_t df, prism_error *err) {
    if (df < LEAST || df > g->most) return PRISM_OK;
    if (g->half && g->n_met++ % 2 != 0) return PRISM_OK;
    for (size_t i = 0; i < n_same; i++) PRS_TRY(take_list(g, g->same[i], err));
    g->forward.n_terms++;
    return PRISM_OK;
}

static void count(gathering *g, uint32_t place) {
    g->forward.lens[place]++;
}

static void scatter(gathering *g, uint32_t place) {
    g->forward.terms[g->forward.firsts[place] + g->forward.lens[place]++] = g->forward.n_terms;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void choose_band(gathering *g) {
    uint32_t n_docs = g->merge->n_docs, first = class_of(LEAST);
    uint64_t sum = 0, room = PRS_MIN(g->merge->reorder->memory / 4 / sizeof(uint32_t), MAX_ROWS);
    g->most = PRS_MAX(n_docs / PART, PRS_MIN(n_docs / 2, MOST));
    for (uint32_t c = first; c <= class_of(g->most); c++) sum += g->sums[c];
    g->half = sum > MANY;
    for (; g->most >= LEAST && sum / (g->half ? 2 : 1) > room; g->most -= g->most / 8) {
        uint32_t c = class_of(g->most);
        if (class_of(g->most - g->most / 8) < c) sum -= g->sums[c];
    }
}

/* Between counting and scattering. */
static prism_status make_rows(gathering *g, prism_error *err) {
    prs_forward *f = &g->forward;
    uint64_t sum = 0;
    for (uint32_t doc = 0; doc < f->n_docs; doc++) {
        f->firsts[doc] = sum;
        sum += f->lens[doc];
        f->lens[doc] = 0;
    }
    f->firsts[f->n_docs] = sum;
    f->terms = prs_mem_alloc(g->mem, (size_t)sum * sizeof *f->terms);
    return f->terms == NULL ? prs_error_nomem(err) : PRISM_OK;
}

static prism_status gather(gathering *g, prism_error *err) {
    prs_forward *f = &g->forward;
    if (g->sources == NULL || g->heap == NULL || g->same == NULL || f->firsts == NULL ||
        f->lens == NULL)
        return prs_error_nomem(err);
    g->each = add_to_histogram;
    PRS_TRY(walk_all(g, err));
    choose_band(g);
    g->each = take_term;
    g->take = count;
    PRS_TRY(walk_all(g, err));
    PRS_TRY(make_rows(g, err));
    f->n_terms = 0;
    g->n_met = 0;
    g->take = scatter;
    return walk_all(g, err);
}

static prism_status poll_merge(void *ctx, uint32_t n, prism_error *err) {
    return prs_merge_poll(ctx, n, err);
}

static void end(gathering *g) {
    prs_forward *f = &g->forward;
    size_t n = g->merge->n_inputs, docs = f->n_docs;
    if (f->terms != NULL)
        prs_mem_free(g->mem, f->terms, (size_t)f->firsts[docs] * sizeof *f->terms);
    prs_mem_free(g->mem, f->firsts, (docs + 1) * sizeof *f->firsts);
    prs_mem_free(g->mem, f->lens, docs * sizeof *f->lens);
    prs_mem_free(g->mem, g->sources, n * sizeof *g->sources);
    prs_mem_free(g->mem, g->heap, n * sizeof(source_ptr));
    prs_mem_free(g->mem, g->same, n * sizeof(source_ptr));
    prs_mem_free(g->mem, g, sizeof *g);
}

prism_status prs_reorder_bisect(prs_merge *merge, uint32_t *places, prism_error *err) {
    prs_mem *mem = &merge->core->mem;
    size_t n = merge->n_inputs, docs = merge->n_docs;
    gathering *g = prs_mem_calloc(mem, 1, sizeof *g);
    if (g == NULL) return prs_error_nomem(err);
    g->merge = merge;
    g->mem = mem;
    g->forward.n_docs = merge->n_docs;
    g->forward.firsts = prs_mem_calloc(mem, docs + 1, sizeof *g->forward.firsts);
    g->forward.lens = prs_mem_calloc(mem, docs, sizeof *g->forward.lens);
    g->sources = prs_mem_alloc(mem, n * sizeof *g->sources);
    g->heap = prs_mem_alloc(mem, n * sizeof(source_ptr));
    g->same = prs_mem_alloc(mem, n * sizeof(source_ptr));
    prism_status status = gather(g, err);
    if (status == PRISM_OK) status = prs_bisect(&g->forward, places, mem, poll_merge, merge, err);
    end(g);
    return status;
}
