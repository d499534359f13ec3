/* merge_terms.c - how do the dictionaries and lists of one field of several segments become one, in
 * one pass?
 *
 *   cursors    A: apple  B: apple  C: bee       heap by (key, input)
 *   term       apple: list of A, then of B      documents ascend because the inputs do
 *   list       few documents: joined in their dictionary form (format/short_list.c)
 *              else block by block              copied or encoded again (format/postings_join.c)
 *
 * Invariants  - A term whose documents are all deleted is not written.
 *             - Positions are taken only with kinds and fields that have them in the result.
 * Why so      Most terms have a handful of documents in one or two inputs, most postings are in
 *             long lists: both go over nearly as they are.
 * Cost        about 100 ns a term of an input, then see the two files.
 * Tested by   tests/unit/merge/test_merge.c */
#include "base/error.h"
#include "base/heap.h"
#include "base/vec.h"
#include "format/components.h"
#include "format/postings_join.h"
#include "format/postings_writer.h"
#include "format/segment_meta.h"
#include "format/short_list.h"
#include "format/terms_block.h"
#include "merge/merge_pairs.h"
#include "merge/merge_sort.h"

PRS_VEC_DEFINE(prs_position_vec, uint32_t)

#define TWICE_DF (UINT64_C(2) << 20) /* a longer list does not wait in memory: 3 MiB */

typedef struct source { /* the dictionary of one input */
    prs_terms_cursor cursor;
    uint32_t input;
} source;

typedef struct source_ptr {
    uint64_t prefix; /* of the key: decides nearly every comparison */
    source *from;
} source_ptr;

static prs_bytes key_of(const source *from) {
    return prs_bytes_of(from->cursor.key, from->cursor.key_len);
}

static bool source_before(const source_ptr *a, const source_ptr *b) {
    if (a->prefix != b->prefix) return a->prefix < b->prefix;
    int c = prs_bytes_compare(key_of(a->from), key_of(b->from));
    return c != 0 ? c < 0 : a->from->input < b->from->input;
}

PRS_HEAP_DEFINE(source_heap, source_ptr, source_before)

typedef struct term_merge {
    prs_merge *merge;
    uint32_t field;
    bool of_pairs;    /* its pairs of stop words, not its terms */
    bool positions;   /* what is merged has them in the result */
    bool has_lengths; /* likewise */
    prs_postings_joiner *postings;
    /* instead, where documents of the inputs do not come in the order of the result */
    prs_merge_sorter *sorter; /* NULL = they do */
    prs_postings_writer *sorted;
    prs_position_vec flat;
    prs_terms_writer *terms;
    source *sources;
    source_ptr *heap, *same; /* same: the sources of one key */
    size_t n_heap;
    prs_postings cursor;
    prs_kept kept;
    prs_bitset with; /* documents with a term, where nothing else tells; words NULL: not wanted */
    bool any;        /* the current term has a document */
    prs_top_words *top; /* of the terms so far; NULL with pairs */
} term_merge;

/* ---- one list -------------------------------------------------------------------------------- */

static const prs_segment_field *field_of(const term_merge *m, const source *from) {
    return &m->merge->inputs[from->input].segment->fields[m->field];
}

static const prs_terms *terms_of(const term_merge *m, const prs_segment_field *field) {
    return m->of_pairs ? &field->pair_terms : &field->terms;
}

static const prs_postings_source *source_of(const term_merge *m, const source *from) {
    const prs_segment_field *field = field_of(m, from);
    return m->of_pairs ? &field->pair_source : &field->source;
}

/* What is left of the block that the cursor stands on. */
static void keep_live(term_merge *m, const prs_docmap *map) {
    const prs_postings *p = &m->cursor;
    prs_kept *kept = &m->kept;
    kept->n = prs_docmap_keep(map, p->docs, p->n, kept->docs, kept->places);
    /* Numbers only close up, so the ends tell of all between them. */
    kept->shifted = kept->n == p->n &&
                    p->docs[p->n - 1] - p->docs[0] == kept->docs[kept->n - 1] - kept->docs[0];
}

/* The positions of the kept documents of the loaded block, flat. */
static prism_status read_positions(term_merge *m, prism_error *err) {
    prs_position_vec_clear(&m->flat);
    for (uint32_t i = 0; i < m->kept.n; i++) {
        uint32_t place = m->kept.places[i];
        uint32_t *to = prs_position_vec_extend(&m->flat, m->cursor.freqs[place]);
        if (to == NULL) return prs_error_nomem(err);
        PRS_TRY(prs_postings_positions(&m->cursor, place, to, err));
    }
    return PRISM_OK;
}

static prism_status add_to_sorter(term_merge *m, bool positions, prism_error *err) {
    uint32_t freqs[PRS_BLOCK];
    for (uint32_t i = 0; i < m->kept.n; i++) freqs[i] = m->cursor.freqs[m->kept.places[i]];
    if (positions) PRS_TRY(read_positions(m, err));
    return prs_merge_sorter_add(m->sorter, m->kept.docs, freqs, positions ? m->flat.ptr : NULL,
                                m->kept.n, err);
}

static prism_status add_block(term_merge *m, const source *from, bool positions, prism_error *err) {
    PRS_TRY(prs_postings_load(&m->cursor, err));
    PRS_TRY(prs_postings_freqs(&m->cursor, err));
    keep_live(m, &m->merge->maps[from->input]);
    if (m->kept.n == 0) return PRISM_OK;
    for (uint32_t i = 0; m->with.words != NULL && i < m->kept.n; i++)
        prs_bitset_set(&m->with, m->kept.docs[i]);
    m->any = true;
    if (m->sorter != NULL) return add_to_sorter(m, positions, err);
    const prs_lengths *lengths = m->has_lengths ? &field_of(m, from)->lengths : NULL;
    return prs_postings_joiner_add(m->postings, &m->cursor, lengths, &m->kept, err);
}

static prism_status add_list(term_merge *m, const source *from, bool positions, prism_error *err) {
    const prs_term_info *info = &from->cursor.info;
    if (positions && (!info->has_positions || source_of(m, from)->spans == NULL)) {
        return prs_error_set(err, PRISM_EUNSUPPORTED,
                             "field %s has no positions in an older segment: reindex",
                             m->merge->recipe->schema->fields[m->field].name);
    }
    PRS_TRY(prs_postings_open(&m->cursor, source_of(m, from), info, err));
    while (m->cursor.last_doc != PRS_DOC_END) {
        PRS_TRY(add_block(m, from, positions, err));
        PRS_TRY(prs_merge_poll(m->merge, m->cursor.n, err));
        PRS_TRY(prs_postings_next_block(&m->cursor, err));
    }
    return PRISM_OK;
}

static void put_term(term_merge *m, prs_bytes key, const prs_term_info *info) {
    prs_terms_writer_add(m->terms, key, info);
    if (m->top != NULL) prs_top_words_offer(m->top, key, info->cf);
}

/* ---- one term -------------------------------------------------------------------------------- */

/* Are the lists of these sources one inline list together, with nothing deleted? */
static bool join_inline(const term_merge *m, size_t n_same, bool positions) {
    uint64_t df = 0, cf = 0;
    if (m->with.words != NULL || m->sorter != NULL || n_same > PRS_INLINE_MAX_DF) return false;
    for (size_t i = 0; i < n_same; i++) {
        const source *from = m->same[i].from;
        const prs_term_info *info = &from->cursor.info;
        df += info->df;
        cf += info->cf;
        if (!info->inlined || info->has_positions != positions) return false;
        if (m->merge->maps[from->input].deleted != NULL) return false;
    }
    return df <= PRS_INLINE_MAX_DF && cf <= PRS_INLINE_MAX_CF;
}

static prism_status merge_inline(term_merge *m, size_t n_same, prism_error *err) {
    prs_inline_part parts[PRS_INLINE_MAX_DF];
    uint8_t payload[PRS_INLINE_MAX_BYTES];
    prs_term_info info;
    uint32_t bad;
    for (size_t i = 0; i < n_same; i++) {
        const prs_docmap *map = &m->merge->maps[m->same[i].from->input];
        parts[i] = (prs_inline_part){&m->same[i].from->cursor.info, map->base, map->n_docs,
                                     field_of(m, m->same[i].from)->source.spans};
    }
    if (!prs_inline_join(parts, (uint32_t)n_same, m->merge->n_docs, payload, &info, &bad)) {
        const prs_section *lists = &source_of(m, m->same[bad].from)->lists;
        const uint8_t *at = parts[bad].info->payload;
        return prs_section_corrupt(lists, at != NULL ? at : lists->ptr, err,
                                   "inline list is unsound");
    }
    put_term(m, key_of(m->same[0].from), &info);
    return prs_merge_poll(m->merge, info.df, err);
}

static uint64_t sum_df(const term_merge *m, size_t n_same) {
    uint64_t sum = 0;
    for (size_t i = 0; i < n_same; i++) sum += m->same[i].from->cursor.info.df;
    return sum;
}

static prism_status add_lists(term_merge *m, size_t n_same, bool positions, prism_error *err) {
    for (size_t i = 0; i < n_same; i++) PRS_TRY(add_list(m, m->same[i].from, positions, err));
    return PRISM_OK;
}

static prism_status merge_sorted(term_merge *m, size_t n_same, bool positions, prism_error *err) {
    m->any = false;
    PRS_TRY(add_lists(m, n_same, positions, err));
    if (!m->any) return PRISM_OK;
    prs_term_info info;
    prs_postings_writer_begin(m->sorted, positions);
    PRS_TRY(prs_merge_sorter_drain(m->sorter, m->sorted, err));
    PRS_TRY(prs_postings_writer_finish(m->sorted, &info, err));
    put_term(m, key_of(m->same[0].from), &info);
    return PRISM_OK;
}

static prism_status merge_term(term_merge *m, size_t n_same, prism_error *err) {
    prs_bytes key = key_of(m->same[0].from);
    bool positions = m->positions && prs_kind_has_positions(key.ptr[0]); /* pairs: never */
    if (m->sorter != NULL) return merge_sorted(m, n_same, positions, err);
    if (join_inline(m, n_same, positions)) return merge_inline(m, n_same, err);
    uint64_t max_df = sum_df(m, n_same);
    bool twice = max_df > TWICE_DF, again = false;
    m->any = false;
    prs_postings_joiner_begin(m->postings, positions, max_df, twice);
    PRS_TRY(add_lists(m, n_same, positions, err));
    if (!m->any) return PRISM_OK;
    if (twice) PRS_TRY(prs_postings_joiner_again(m->postings, &again, err));
    if (again) PRS_TRY(add_lists(m, n_same, positions, err));
    prs_term_info info;
    PRS_TRY(prs_postings_joiner_finish(m->postings, &info, err));
    put_term(m, key, &info);
    return PRISM_OK;
}

/* ---- all terms ------------------------------------------------------------------------------- */

/* Step a source onto its next term; it goes back to the heap if there is one. */
static prism_status advance(term_merge *m, source *from, prism_error *err) {
    bool more;
    PRS_TRY(prs_terms_cursor_next(&from->cursor, &more, err));
    source_ptr item = {prs_terms_prefix(key_of(from)), from};
    if (more) source_heap_push(m->heap, &m->n_heap, item);
    return PRISM_OK;
}

static bool same_key(const source_ptr *a, const source_ptr *b) {
    return a->prefix == b->prefix && prs_bytes_equal(key_of(a->from), key_of(b->from));
}

static prism_status merge_all(term_merge *m, prism_error *err) {
    while (m->n_heap > 0) {
        size_t n = 0;
        m->same[n++] = source_heap_pop(m->heap, &m->n_heap);
        while (m->n_heap > 0 && same_key(&m->same[0], &m->heap[0]))
            m->same[n++] = source_heap_pop(m->heap, &m->n_heap);
        PRS_TRY(merge_term(m, n, err));
        for (size_t i = 0; i < n; i++) PRS_TRY(advance(m, m->same[i].from, err));
    }
    return PRISM_OK;
}

static prism_status open_sources(term_merge *m, prism_error *err) {
    size_t n = m->merge->n_inputs;
    prs_mem *mem = &m->merge->core->mem;
    m->sources = prs_mem_alloc(mem, n * sizeof *m->sources);
    m->heap = prs_mem_alloc(mem, n * sizeof(source_ptr));
    m->same = prs_mem_alloc(mem, n * sizeof(source_ptr));
    if (m->sources == NULL || m->heap == NULL || m->same == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < n; i++) {
        const prs_segment_field *field = &m->merge->inputs[i].segment->fields[m->field];
        if (!field->present || terms_of(m, field)->n_terms == 0) continue;
        m->sources[i].input = i;
        PRS_TRY(prs_terms_cursor_seek(&m->sources[i].cursor, terms_of(m, field),
                                      prs_bytes_of(NULL, 0), err));
        PRS_TRY(advance(m, &m->sources[i], err));
    }
    return PRISM_OK;
}

/* Merge all lists into the section that is opened here, and their dictionary behind it. */
static prism_status run_lists(term_merge *m, prs_out *out, const prs_lengths *lengths,
                              const prs_lengths *spans, const prs_field_meta *meta,
                              prs_terms_totals *totals, prism_error *err) {
    prs_mem *mem = &m->merge->core->mem;
    uint16_t no = m->merge->recipe->schema->fields[m->field].no;
    uint16_t component = m->of_pairs ? PRS_COMPONENT_PAIR_LISTS : PRS_COMPONENT_LISTS;
    uint16_t index = m->of_pairs ? PRS_COMPONENT_PAIR_TERMS_INDEX : PRS_COMPONENT_TERMS_INDEX;
    prs_out_section(out, component, no, PRS_COMPONENT_VERSION);
    uint32_t n_docs = meta->n_docs_with; /* with lengths: whose mean it is */
    float mean = m->has_lengths && n_docs > 0 ? (float)meta->sum_length / (float)n_docs : 0;
    PRS_TRY(prs_postings_joiner_new(mem, out, m->merge->n_docs, mean, &m->postings, err));
    if (m->merge->docs != NULL) {
        PRS_TRY(prs_merge_sorter_new(mem, m->merge->docs, m->merge->n_docs, &m->sorter, err));
        PRS_TRY(
            prs_postings_writer_new(mem, out, m->merge->n_docs, lengths, spans, &m->sorted, err));
    }
    PRS_TRY(prs_terms_writer_new(mem, out, m->merge->n_docs, &m->terms, err));
    PRS_TRY(merge_all(m, err));
    return prs_terms_writer_finish(m->terms, index, no, totals, err);
}

static prism_status run(term_merge *m, prs_out *out, const prs_lengths *lengths,
                        const prs_lengths *spans, prs_field_meta *meta, prism_error *err) {
    prs_mem *mem = &m->merge->core->mem;
    const prs_field *field = &m->merge->recipe->schema->fields[m->field];
    prs_terms_totals totals;
    m->positions = !m->of_pairs && (field->flags & PRISM_FIELD_POSITIONS) != 0;
    m->has_lengths = (field->flags & PRISM_FIELD_LENGTHS) != 0;
    bool wanted = (field->flags & (PRISM_FIELD_LENGTHS | PRISM_FIELD_COLUMN)) == 0 && !m->of_pairs;
    if (wanted && prs_bitset_init(&m->with, mem, m->merge->n_docs) != PRISM_OK)
        return prs_error_nomem(err);
    PRS_TRY(open_sources(m, err));
    if (m->n_heap == 0) return PRISM_OK;
    PRS_TRY(run_lists(m, out, lengths, spans, meta, &totals, err));
    if (m->of_pairs) return PRISM_OK;
    meta->n_terms = totals.n_terms;
    meta->sum_df = totals.sum_df;
    meta->sum_cf = totals.sum_cf;
    if (wanted) meta->n_docs_with = prs_bitset_count(&m->with);
    return PRISM_OK;
}

/* top: of its terms; NULL: merge its pairs instead. */
static prism_status merge_dictionary(prs_merge *merge, uint32_t field, prs_top_words *top,
                                     prs_out *out, const prs_lengths *lengths,
                                     const prs_lengths *spans, prs_field_meta *meta,
                                     prism_error *err) {
    prs_mem *mem = &merge->core->mem;
    size_t n = merge->n_inputs;
    term_merge *m = prs_mem_calloc(mem, 1, sizeof *m);
    if (m == NULL) return prs_error_nomem(err);
    m->merge = merge;
    m->field = field;
    m->of_pairs = top == NULL;
    m->top = top;
    prs_position_vec_init(&m->flat, mem);
    prism_status status = run(m, out, lengths, spans, meta, err);
    prs_postings_joiner_free(m->postings);
    prs_postings_writer_free(m->sorted);
    prs_merge_sorter_free(m->sorter);
    prs_position_vec_fini(&m->flat);
    prs_terms_writer_free(m->terms);
    if (m->with.words != NULL) prs_bitset_fini(&m->with);
    prs_mem_free(mem, m->sources, n * sizeof *m->sources);
    prs_mem_free(mem, m->heap, n * sizeof(source_ptr));
    prs_mem_free(mem, m->same, n * sizeof(source_ptr));
    prs_mem_free(mem, m, sizeof *m);
    return status;
}

/* ---- the whole field --------------------------------------------------------------------------- */

prism_status prs_merge_terms(prs_merge *merge, uint32_t field, prs_out *out,
                             const prs_lengths *lengths, const prs_lengths *spans,
                             prs_field_meta *meta, prism_error *err) {
    const prs_field *own = &merge->recipe->schema->fields[field];
    prs_top_words top;
    prs_stops stops;
    bool same;
    top.n = 0;
    PRS_TRY(merge_dictionary(merge, field, &top, out, lengths, spans, meta, err));
    if (meta->n_terms == 0 || (own->flags & PRISM_FIELD_POSITIONS) == 0) return PRISM_OK;
    PRS_TRY(prs_merge_stops(merge, field, &top, meta->sum_cf, &stops, &same, err));
    if (stops.n == 0) return PRISM_OK;
    if (same)
        PRS_TRY(merge_dictionary(merge, field, NULL, out, lengths, NULL, meta, err));
    else
        PRS_TRY(prs_merge_pairs(merge, field, &stops, out, lengths, meta, err));
    prs_stops_write(&stops, own->no, out);
    return prs_out_status(out, err);
}
