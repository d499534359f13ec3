/* merge_terms.c - how do the dictionaries and lists of one field of several segments become one, in
 * one pass?
 *
 *   cursors    A: apple  B: apple  C: bee       heap by (key, input)
 *   term       apple: list of A, then of B      documents ascend because the inputs do
 *   block      nothing deleted, long list: copied as it is, first document shifted; else decoded
 *              and added
 *
 * Invariants  - A term whose documents are all deleted is not written.
 *             - Positions are taken only with kinds and fields that have them in the result.
 * Why so      Decoding and encoding a block again costs ten times its copy; blocks own their
 *             positions and hold differences, so only the directory above them changes.  Short
 *             lists are encoded again: a list of few blocks would become mostly short ones.
 * Cost        copied blocks: memory speed; others ~20 ns per posting with positions.
 * Tested by   tests/unit/index/test_merge.c */
#include "base/error.h"
#include "base/heap.h"
#include "base/vec.h"
#include "format/components.h"
#include "format/postings_writer.h"
#include "format/segment_meta.h"
#include "index/merge.h"
#include "index/merge_sort.h"

#define COPY_MIN_DF (8u * PRS_BLOCK) /* shorter lists are encoded again */

PRS_VEC_DEFINE(prs_position_vec, uint32_t)

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

typedef struct term_merge {
    prs_merge *merge;
    uint32_t field;
    bool positions; /* the field of the result has them */
    prs_postings_writer *postings;
    prs_terms_writer *terms;
    source *sources;
    source_ptr *heap, *same; /* same: the sources of one key */
    size_t n_heap;
    prs_postings cursor;
    prs_position_vec flat;
    prs_merge_sorter *sorter; /* NULL = documents of the inputs come in the order of the result */
    prs_bitset with; /* documents with a term, where nothing else tells; words NULL: not wanted */
    bool begun;      /* the current term has a document */
} term_merge;

/* ---- one list -------------------------------------------------------------------------------- */

static void begin_list(term_merge *m, bool positions) {
    if (!m->begun) prs_postings_writer_begin(m->postings, positions);
    m->begun = true;
}

/* The positions of the kept documents of the loaded block, flat. */
static prism_status read_positions(term_merge *m, const uint8_t *keep, uint32_t n,
                                   prism_error *err) {
    prs_position_vec_clear(&m->flat);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t *to = prs_position_vec_extend(&m->flat, m->cursor.freqs[keep[i]]);
        if (to == NULL) return prs_error_nomem(err);
        PRS_TRY(prs_postings_positions(&m->cursor, keep[i], to, err));
    }
    return PRISM_OK;
}

static prism_status add_block(term_merge *m, const prs_docmap *map, bool positions,
                              prism_error *err) {
    uint32_t docs[PRS_BLOCK], freqs[PRS_BLOCK];
    uint8_t keep[PRS_BLOCK];
    PRS_TRY(prs_postings_load(&m->cursor, err));
    PRS_TRY(prs_postings_freqs(&m->cursor, err));
    memcpy(docs, m->cursor.docs, m->cursor.n * sizeof *docs);
    memcpy(freqs, m->cursor.freqs, m->cursor.n * sizeof *freqs);
    uint32_t n = prs_docmap_apply(map, docs, freqs, m->cursor.n, keep);
    if (n == 0) return PRISM_OK;
    if (positions) PRS_TRY(read_positions(m, keep, n, err));
    for (uint32_t i = 0; m->with.words != NULL && i < n; i++) prs_bitset_set(&m->with, docs[i]);
    begin_list(m, positions);
    const uint32_t *flat = positions ? m->flat.ptr : NULL;
    if (m->sorter != NULL) return prs_merge_sorter_add(m->sorter, docs, freqs, flat, n, err);
    prs_postings_writer_add(m->postings, docs, freqs, flat, n);
    return PRISM_OK;
}

static prism_status copy_block(term_merge *m, const prs_docmap *map, bool positions,
                               prism_error *err) {
    bool copied;
    begin_list(m, positions);
    PRS_TRY(prs_postings_writer_copy(m->postings, &m->cursor, map->base, &copied, err));
    return copied ? PRISM_OK : add_block(m, map, positions, err);
}

static prism_status add_list(term_merge *m, const source *from, bool positions, prism_error *err) {
    const prs_docmap *map = &m->merge->maps[from->input];
    const prs_segment_field *field = &m->merge->inputs[from->input].segment->fields[m->field];
    const prs_term_info *info = &from->cursor.info;
    if (positions && !info->has_positions) {
        return prs_error_set(err, PRISM_EUNSUPPORTED,
                             "field %s has no positions in an older segment: reindex",
                             m->merge->recipe->schema->fields[m->field].name);
    }
    bool copy = m->sorter == NULL && map->deleted == NULL && info->df >= COPY_MIN_DF &&
                info->has_positions == positions && m->with.words == NULL;
    PRS_TRY(prs_postings_open(&m->cursor, &field->source, info, err));
    while (m->cursor.last_doc != PRS_DOC_END) {
        if (copy) {
            PRS_TRY(copy_block(m, map, positions, err));
        } else {
            PRS_TRY(add_block(m, map, positions, err));
        }
        PRS_TRY(prs_merge_poll(m->merge, copy ? PRS_BLOCK : m->cursor.n, err));
        PRS_TRY(prs_postings_next_block(&m->cursor, err));
    }
    return PRISM_OK;
}

/* ---- all terms ------------------------------------------------------------------------------- */

/* Step a source onto its next term; it goes back to the heap if there is one. */
static prism_status advance(term_merge *m, source *from, prism_error *err) {
    bool more;
    PRS_TRY(prs_terms_cursor_next(&from->cursor, &more, err));
    if (more) source_heap_push(m->heap, &m->n_heap, from);
    return PRISM_OK;
}

static prism_status merge_term(term_merge *m, size_t n_same, prism_error *err) {
    prs_bytes key = prs_bytes_of(m->same[0]->cursor.key, m->same[0]->cursor.key_len);
    bool positions = m->positions && prs_kind_has_positions(key.ptr[0]);
    m->begun = false;
    for (size_t i = 0; i < n_same; i++) PRS_TRY(add_list(m, m->same[i], positions, err));
    if (!m->begun) return PRISM_OK;
    if (m->sorter != NULL) PRS_TRY(prs_merge_sorter_drain(m->sorter, m->postings, err));
    prs_term_info info;
    PRS_TRY(prs_postings_writer_finish(m->postings, &info, err));
    prs_terms_writer_add(m->terms, key, &info);
    return PRISM_OK;
}

static prism_status merge_all(term_merge *m, prism_error *err) {
    while (m->n_heap > 0) {
        size_t n = 0;
        m->same[n++] = source_heap_pop(m->heap, &m->n_heap);
        prs_bytes key = prs_bytes_of(m->same[0]->cursor.key, m->same[0]->cursor.key_len);
        while (m->n_heap > 0 && prs_bytes_equal(key, prs_bytes_of(m->heap[0]->cursor.key,
                                                                  m->heap[0]->cursor.key_len))) {
            m->same[n++] = source_heap_pop(m->heap, &m->n_heap);
        }
        PRS_TRY(merge_term(m, n, err));
        for (size_t i = 0; i < n; i++) PRS_TRY(advance(m, m->same[i], err));
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
        if (!field->present || field->terms.n_terms == 0) continue;
        m->sources[i].input = i;
        PRS_TRY(prs_terms_cursor_seek(&m->sources[i].cursor, &field->terms, prs_bytes_of(NULL, 0),
                                      err));
        PRS_TRY(advance(m, &m->sources[i], err));
    }
    return PRISM_OK;
}

static prism_status run(term_merge *m, prs_out *out, const prs_lengths *lengths,
                        const prs_lengths *spans, prs_field_meta *meta, prism_error *err) {
    prs_mem *mem = &m->merge->core->mem;
    const prs_field *field = &m->merge->recipe->schema->fields[m->field];
    prs_terms_totals totals;
    m->positions = (field->flags & PRISM_FIELD_POSITIONS) != 0;
    bool wanted = (field->flags & (PRISM_FIELD_LENGTHS | PRISM_FIELD_COLUMN)) == 0;
    if (wanted && prs_bitset_init(&m->with, mem, m->merge->n_docs) != PRISM_OK)
        return prs_error_nomem(err);
    PRS_TRY(open_sources(m, err));
    if (m->n_heap == 0) return PRISM_OK;
    if (m->merge->docs != NULL)
        PRS_TRY(prs_merge_sorter_new(mem, m->merge->docs, m->merge->n_docs, &m->sorter, err));
    prs_out_section(out, PRS_COMPONENT_LISTS, field->no, PRS_COMPONENT_VERSION);
    PRS_TRY(prs_postings_writer_new(mem, out, lengths, spans, &m->postings, err));
    PRS_TRY(prs_terms_writer_new(mem, out, &m->terms, err));
    PRS_TRY(merge_all(m, err));
    PRS_TRY(prs_terms_writer_finish(m->terms, PRS_COMPONENT_TERMS_INDEX, field->no, &totals, err));
    meta->n_terms = totals.n_terms;
    meta->sum_df = totals.sum_df;
    meta->sum_cf = totals.sum_cf;
    if (wanted) meta->n_docs_with = prs_bitset_count(&m->with);
    return PRISM_OK;
}

prism_status prs_merge_terms(prs_merge *merge, uint32_t field, prs_out *out,
                             const prs_lengths *lengths, const prs_lengths *spans,
                             prs_field_meta *meta, prism_error *err) {
    prs_mem *mem = &merge->core->mem;
    size_t n = merge->n_inputs;
    term_merge *m = prs_mem_calloc(mem, 1, sizeof *m);
    if (m == NULL) return prs_error_nomem(err);
    m->merge = merge;
    m->field = field;
    prs_position_vec_init(&m->flat, mem);
    prism_status status = run(m, out, lengths, spans, meta, err);
    prs_postings_writer_free(m->postings);
    prs_terms_writer_free(m->terms);
    prs_merge_sorter_free(m->sorter);
    prs_position_vec_fini(&m->flat);
    if (m->with.words != NULL) prs_bitset_fini(&m->with);
    prs_mem_free(mem, m->sources, n * sizeof *m->sources);
    prs_mem_free(mem, m->heap, n * sizeof(source_ptr));
    prs_mem_free(mem, m->same, n * sizeof(source_ptr));
    prs_mem_free(mem, m, sizeof *m);
    return status;
}
