/* list_file.c - how do tests of postings get fields and lists of every shape? */
#include "list_file.h"

#include <stdlib.h>

static uint32_t some_bits(test_rng *rng, uint32_t max_bits) {
    return (uint32_t)(test_rng_next(rng) >> (64 - test_rng_below(rng, max_bits) - 1));
}

field_model *field_model_new(prs_mem *mem, uint32_t n_docs, test_rng *rng) {
    field_model *field = calloc(1, sizeof *field);
    field->n_docs = n_docs;
    field->length = calloc(n_docs, sizeof(uint32_t));
    field->span = calloc(n_docs, sizeof(uint32_t));
    prs_lengths_builder_init(&field->length_builder, mem);
    prs_lengths_builder_init(&field->span_builder, mem);
    for (uint32_t doc = 0; doc < n_docs; doc++) {
        field->length[doc] = 1 + some_bits(rng, test_rng_one_in(rng, 1000) ? 20 : 11);
        field->span[doc] = field->length[doc];
        if (test_rng_one_in(rng, 5)) field->span[doc] += some_bits(rng, 10);
        prs_lengths_builder_add(&field->length_builder, field->length[doc]);
        prs_lengths_builder_add(&field->span_builder, field->span[doc]);
    }
    ck_assert_int_eq(prs_lengths_builder_view(&field->length_builder, &field->lengths, NULL),
                     PRISM_OK);
    ck_assert_int_eq(prs_lengths_builder_view(&field->span_builder, &field->spans, NULL), PRISM_OK);
    return field;
}

void field_model_free(field_model *field) {
    prs_lengths_builder_fini(&field->length_builder);
    prs_lengths_builder_fini(&field->span_builder);
    free(field->length);
    free(field->span);
    free(field);
}

/* Steps to the next document. */
static uint32_t gap(list_shape shape, uint32_t i, test_rng *rng) {
    if (shape == SHAPE_MIXED) shape = (list_shape)(i / 500 % SHAPE_MIXED);
    switch (shape) {
    case SHAPE_ALL: return 1;
    case SHAPE_DENSE: return test_rng_one_in(rng, 8) ? 2 : 1;
    case SHAPE_HALF: return 1 + (uint32_t)test_rng_below(rng, 3);
    case SHAPE_RUNS: return test_rng_one_in(rng, 300) ? 1 + (uint32_t)test_rng_below(rng, 500) : 1;
    default: return 1 + some_bits(rng, 9);
    }
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t some_freq(uint32_t max_freq, test_rng *rng) {
    if (max_freq <= 1 || !test_rng_one_in(rng, 3)) return 1;
    uint32_t freq = 1 + some_bits(rng, test_rng_one_in(rng, 30) ? 12 : 3);
    return PRS_MIN(freq, max_freq);
}

static void add_positions(list_model *list, uint32_t span, uint32_t freq, test_rng *rng) {
    uint32_t *at = list->positions + list->cf;
    for (uint32_t k = 0; k < freq; k++) at[k] = (uint32_t)test_rng_below(rng, span);
    qsort(at, freq, sizeof *at, by_value);
    list->cf += freq;
}

list_model *list_model_new(const field_model *field, list_shape shape, uint32_t max_df,
                           uint32_t max_freq, test_rng *rng) {
    list_model *list = calloc(1, sizeof *list);
    if (max_df == 0 || max_df > field->n_docs) max_df = field->n_docs;
    list->docs = calloc(max_df, sizeof(uint32_t));
    list->freqs = calloc(max_df, sizeof(uint32_t));
    list->first = calloc(max_df + 1, sizeof(uint64_t));
    uint32_t doc =
        (uint32_t)test_rng_below(rng, 1 + PRS_MIN(field->n_docs - 1, shape == SHAPE_ALL ? 0 : 100));
    bool ones = max_freq > 1 && test_rng_one_in(rng, 5);
    for (; list->df < max_df && doc < field->n_docs; doc += gap(shape, list->df, rng)) {
        uint32_t freq = ones ? 1 : some_freq(max_freq, rng);
        list->docs[list->df] = doc;
        list->freqs[list->df++] = freq;
        list->cf += freq;
    }
    list->positions = calloc((size_t)list->cf, sizeof(uint32_t));
    list->cf = 0;
    for (uint32_t i = 0; i < list->df; i++) {
        add_positions(list, field->span[list->docs[i]], list->freqs[i], rng);
        list->first[i + 1] = list->cf;
    }
    return list;
}

void list_model_free(list_model *list) {
    free(list->docs);
    free(list->freqs);
    free(list->positions);
    free(list->first);
    free(list);
}

prism_status list_model_write(const list_model *list, prs_postings_writer *pw, bool positions,
                              uint32_t piece, test_rng *rng, prs_term_info *info) {
    if (piece == 0 && list->df <= PRS_BLOCK)
        return prs_postings_writer_whole(pw, positions, list->docs, list->freqs,
                                         positions ? list->positions : NULL, list->df, info, NULL);
    prs_postings_writer_begin(pw, positions);
    for (uint32_t i = 0, n; i < list->df; i += n) {
        n = piece == 0 ? list->df : 1 + (uint32_t)test_rng_below(rng, piece);
        n = PRS_MIN(n, list->df - i);
        prs_postings_writer_add(pw, list->docs + i, list->freqs + i,
                                positions ? list->positions + list->first[i] : NULL, n);
    }
    return prs_postings_writer_finish(pw, info, NULL);
}

void list_file_make(list_file *lf, prs_mem *mem, const field_model *field, const list_model *list,
                    bool positions, uint32_t piece, test_rng *rng) {
    prs_postings_writer *pw;
    ck_assert_int_eq(section_file_begin(&lf->file, mem, PRS_COMPONENT_LISTS), PRISM_OK);
    if (test_rng_one_in(rng, 2)) prs_out_write(lf->file.out, "what came before", 16);
    ck_assert_int_eq(prs_postings_writer_new(mem, lf->file.out, field->n_docs, &field->lengths,
                                             &field->spans, &pw, NULL),
                     PRISM_OK);
    ck_assert_int_eq(list_model_write(list, pw, positions, piece, rng, &lf->info), PRISM_OK);
    if (lf->info.inlined) {
        ck_assert_uint_le(list_payload_len(&lf->info), sizeof lf->payload);
        list_payload_keep(&lf->info, lf->payload);
    } else {
        ck_assert_uint_eq(lf->info.off + lf->info.positions_len + lf->info.postings_len,
                          prs_out_offset(lf->file.out));
    }
    prs_postings_writer_free(pw);
    ck_assert_int_eq(section_file_open(&lf->file, PRS_COMPONENT_LISTS, test_rng_one_in(rng, 3),
                                       &lf->section),
                     PRISM_OK);
    lf->source = (prs_postings_source){lf->section, &field->spans, field->n_docs};
}

void list_file_end(list_file *lf) {
    section_file_end(&lf->file);
}

/* ---- any bytes ------------------------------------------------------------------------------- */

static bool ended(const prs_postings *p, prism_status status) {
    if (status == PRISM_OK) return false;
    TEST_NEED(status == PRISM_ECORRUPT && p->last_doc == PRS_DOC_END);
    return true;
}

/* Positions of document i, into memory of exactly its freq. */
static bool walk_positions(prs_postings *p, uint32_t i) {
    uint32_t *out = malloc(p->freqs[i] * sizeof *out), freq = p->freqs[i];
    uint32_t span = prs_lengths_get(p->src->spans, p->docs[i]);
    ck_assert_ptr_nonnull(out);
    bool good = !ended(p, prs_postings_positions(p, i, out, NULL));
    for (uint32_t k = 0; good && k < freq; k++)
        TEST_NEED(out[k] < span && (k == 0 || out[k - 1] <= out[k]));
    free(out);
    return good;
}

static bool walk_block(prs_postings *p, uint32_t *next_doc, test_rng *rng) {
    const prs_impact *pairs;
    uint32_t n_pairs;
    if (ended(p, prs_postings_block_impacts(p, &pairs, &n_pairs, NULL))) return false;
    TEST_NEED(n_pairs <= PRS_BLOCK_IMPACTS);
    if (ended(p, prs_postings_load(p, NULL)) || ended(p, prs_postings_freqs(p, NULL))) return false;
    TEST_NEED(p->n >= 1 && p->n <= PRS_BLOCK && p->docs[p->n] == PRS_DOC_END);
    for (uint32_t i = 0; i < p->n; i++) {
        TEST_NEED(p->docs[i] >= *next_doc && p->docs[i] < p->src->n_docs && p->freqs[i] >= 1);
        *next_doc = p->docs[i] + 1;
    }
    if (!p->info.has_positions) return true;
    uint32_t first = (uint32_t)test_rng_below(rng, p->n); /* the groups are found from there */
    for (uint32_t i = 0; i < p->n; i++)
        if (!walk_positions(p, (first + i) % p->n)) return false;
    return true;
}

static bool walk_blocks(const prs_postings_source *src, const prs_term_info *info, test_rng *rng) {
    prs_postings p;
    uint32_t next_doc = 0;
    if (ended(&p, prs_postings_open(&p, src, info, NULL))) return false;
    while (p.last_doc != PRS_DOC_END) {
        if (!walk_block(&p, &next_doc, rng)) return false;
        if (ended(&p, prs_postings_next_block(&p, NULL))) return false;
    }
    return true;
}

static bool walk_seeks(const prs_postings_source *src, const prs_term_info *info, test_rng *rng) {
    prs_postings p;
    if (ended(&p, prs_postings_open(&p, src, info, NULL))) return false;
    for (uint64_t target = 0; target < src->n_docs;) {
        uint32_t doc;
        if (ended(&p, prs_postings_seek(&p, (uint32_t)target, &doc, NULL))) return false;
        TEST_NEED(doc >= target && (doc < src->n_docs || doc == PRS_DOC_END));
        if (doc == PRS_DOC_END) break;
        target = doc + 1 + test_rng_below(rng, src->n_docs / 8 + 1);
    }
    return true;
}

static bool walk_windows(const prs_postings_source *src, const prs_term_info *info, test_rng *rng) {
    enum { WORDS = 3 };
    prs_postings p;
    bool good = true;
    uint64_t *words = malloc(WORDS * sizeof *words);
    ck_assert_ptr_nonnull(words);
    good = !ended(&p, prs_postings_open(&p, src, info, NULL));
    for (uint64_t base = 0; good && base < src->n_docs;) {
        memset(words, 0, WORDS * sizeof *words);
        good = !ended(&p, prs_postings_fill_window(&p, (uint32_t)base, words, WORDS, NULL));
        base += 64 * (WORDS + test_rng_below(rng, src->n_docs / 256 + 1));
    }
    free(words);
    return good;
}

bool list_walk_any_bytes(const prs_postings_source *src, const prs_term_info *info, test_rng *rng) {
    bool good = walk_blocks(src, info, rng);
    (void)walk_seeks(src, info, rng);
    (void)walk_windows(src, info, rng);
    return good;
}
