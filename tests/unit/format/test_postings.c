/* Postings: lists of every shape and size read back, whatever the pieces they were written in;
 * impacts and dominance points keep their promise; blocks copied; nothing leaks when memory runs
 * out. */
#include "list_file.h"

#include <stdlib.h>

static test_alloc counter;
static prs_mem mem;

static void begin(void) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
}

static bool bounded(const prs_impact *pairs, uint32_t n, uint32_t freq, uint32_t length) {
    for (uint32_t i = 0; i < n; i++)
        if (pairs[i].freq >= freq && pairs[i].length <= length) return true;
    return false;
}

static void check_ascending(const prs_impact *pairs, uint32_t n, uint32_t max) {
    ck_assert_uint_ge(n, 1);
    ck_assert_uint_le(n, max);
    for (uint32_t i = 1; i < n; i++) {
        ck_assert_uint_lt(pairs[i - 1].freq, pairs[i].freq);
        ck_assert_uint_lt(pairs[i - 1].length, pairs[i].length);
    }
}

static void check_dominance(const prs_postings *p, const field_model *field,
                            const list_model *list) {
    static const uint32_t ks[] = {10, 100, 1000};
    ck_assert_uint_eq(p->n_dominance, list->df < 1000 ? 2 : 3);
    for (uint32_t d = 0; d < p->n_dominance; d++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < list->df; i++)
            n += list->freqs[i] >= p->dominance[d].freq &&
                 field->length[list->docs[i]] <= p->dominance[d].length;
        ck_assert_uint_ge(n, ks[d]);
        ck_assert_uint_ge(p->dominance[d].freq, 1);
    }
}

static void check_block(prs_postings *p, const field_model *field, const list_model *list,
                        uint32_t from) {
    const prs_impact *pairs;
    uint32_t n_pairs;
    ck_assert_int_eq(prs_postings_load(p, NULL), PRISM_OK);
    ck_assert_int_eq(prs_postings_freqs(p, NULL), PRISM_OK);
    ck_assert_int_eq(prs_postings_block_impacts(p, &pairs, &n_pairs, NULL), PRISM_OK);
    ck_assert_uint_eq(p->docs[p->n], PRS_DOC_END);
    ck_assert_uint_eq(p->docs[p->n - 1], p->last_doc);
    ck_assert_mem_eq(p->docs, list->docs + from, p->n * sizeof(uint32_t));
    ck_assert_mem_eq(p->freqs, list->freqs + from, p->n * sizeof(uint32_t));
    ck_assert_uint_eq(pairs != NULL, list->df > PRS_BLOCK);
    if (pairs == NULL) return;
    check_ascending(pairs, n_pairs, PRS_BLOCK_IMPACTS);
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t freq = p->freqs[i], length = field->length[p->docs[i]];
        ck_assert(bounded(pairs, n_pairs, freq, length));
        ck_assert(bounded(p->group_impacts, p->n_group_impacts, freq, length));
        ck_assert(bounded(p->list_impacts, p->n_list_impacts, freq, length));
    }
}

/* Scan everything; blocks of 128 but for the last. */
static void check_scan(const list_file *lf, const field_model *field, const list_model *list) {
    prs_postings p;
    uint32_t from = 0;
    ck_assert_uint_eq(lf->info.df, list->df);
    ck_assert_uint_eq(lf->info.cf, list->cf);
    ck_assert_uint_eq(lf->info.inlined, list->df <= 4 && list->cf <= 32);
    ck_assert_int_eq(prs_postings_open(&p, &lf->source, &lf->info, NULL), PRISM_OK);
    if (list->df > PRS_BLOCK) {
        ck_assert_uint_eq(p.n_groups, (list->df + 4095) / 4096);
        check_ascending(p.list_impacts, p.n_list_impacts, PRS_GROUP_IMPACTS);
        check_dominance(&p, field, list);
    }
    while (p.last_doc != PRS_DOC_END) {
        ck_assert_uint_le(p.last_doc, p.group_last_doc);
        check_block(&p, field, list, from);
        ck_assert_uint_eq(p.n, PRS_MIN(PRS_BLOCK, list->df - from));
        from += p.n;
        ck_assert_int_eq(prs_postings_next_block(&p, NULL), PRISM_OK);
    }
    ck_assert_uint_eq(from, list->df);
    ck_assert_int_eq(prs_postings_load(&p, NULL), PRISM_OK);
    ck_assert_uint_eq(p.n, 0);
    ck_assert_uint_eq(p.docs[0], PRS_DOC_END);
    ck_assert_int_eq(prs_postings_next_block(&p, NULL), PRISM_OK);
    ck_assert_uint_eq(p.last_doc, PRS_DOC_END);
}

static const uint32_t sizes[] = {1,   2,   3,   4,   5,    31,   63,   64,   65,   127,  128,  129,
                                 130, 255, 256, 257, 1000, 4095, 4096, 4097, 8192, 8193, 20000};

START_TEST(lists_of_all_sizes_and_shapes) {
    begin();
    test_rng rng = test_rng_of("postings-shapes");
    field_model *field = field_model_new(&mem, 400000, &rng);
    for (list_shape shape = 0; shape < N_SHAPES; shape++) {
        for (size_t s = 0; s < PRS_COUNT(sizes); s++) {
            list_model *list = list_model_new(field, shape, sizes[s], s % 3 == 0 ? 1 : 4000, &rng);
            list_file lf;
            list_file_make(&lf, &mem, field, list, s % 2 == 0, 0, &rng);
            check_scan(&lf, field, list);
            list_file_end(&lf);
            list_model_free(list);
        }
    }
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

START_TEST(long_lists) {
    begin();
    test_rng rng = test_rng_of("postings-long");
    field_model *field = field_model_new(&mem, 600000, &rng);
    static const list_shape shapes[] = {SHAPE_ALL, SHAPE_DENSE, SHAPE_MIXED};
    for (size_t s = 0; s < PRS_COUNT(shapes); s++) {
        list_model *list = list_model_new(field, shapes[s], 0, 50, &rng);
        list_file lf;
        ck_assert_uint_gt(list->df, 10000);
        list_file_make(&lf, &mem, field, list, false, 0, &rng);
        check_scan(&lf, field, list);
        list_file_end(&lf);
        list_model_free(list);
    }
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

/* A dense list costs next to nothing: the promise of runs and single freqs. */
START_TEST(runs_and_ones_are_free) {
    begin();
    test_rng rng = test_rng_of("postings-runs");
    field_model *field = field_model_new(&mem, 100000, &rng);
    list_model *list = list_model_new(field, SHAPE_ALL, 0, 1, &rng);
    list_file lf;
    list_file_make(&lf, &mem, field, list, false, 0, &rng);
    ck_assert_uint_lt(lf.info.postings_len, 100000 / PRS_BLOCK * 24);
    list_file_end(&lf);
    list_model_free(list);
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

START_TEST(pieces_do_not_change_the_bytes) {
    begin();
    test_rng rng = test_rng_of("postings-pieces");
    field_model *field = field_model_new(&mem, 60000, &rng);
    static const uint32_t dfs[] = {3, 128, 129, 257, 5000, 20000};
    static const uint32_t pieces[] = {1, 7, 128, 129, 500};
    for (size_t s = 0; s < PRS_COUNT(dfs); s++) {
        list_model *list = list_model_new(field, SHAPE_HALF, dfs[s], 40, &rng);
        list_file whole;
        list_file_make(&whole, &mem, field, list, true, 0, &rng);
        for (size_t k = 0; k < PRS_COUNT(pieces); k++) {
            list_file pieced;
            list_file_make(&pieced, &mem, field, list, true, pieces[k], &rng);
            const prs_term_info *a = &whole.info, *b = &pieced.info;
            ck_assert_uint_eq(a->cf, b->cf);
            ck_assert_uint_eq(a->payload_bits, b->payload_bits);
            if (a->payload_bits != 0) ck_assert_mem_eq(a->payload, b->payload, list_payload_len(a));
            ck_assert_uint_eq(a->positions_len, b->positions_len);
            ck_assert_uint_eq(a->postings_len, b->postings_len);
            size_t len = (size_t)(a->positions_len + a->postings_len);
            ck_assert_int_eq(prs_in_touch(&whole.section, a->off, len, NULL), PRISM_OK);
            ck_assert_int_eq(prs_in_touch(&pieced.section, b->off, len, NULL), PRISM_OK);
            if (len != 0)
                ck_assert_mem_eq(whole.section.ptr + a->off, pieced.section.ptr + b->off, len);
            list_file_end(&pieced);
        }
        list_file_end(&whole);
        list_model_free(list);
    }
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

/* Many lists by one writer, short and long by turns, without lengths. */
START_TEST(one_writer_serves_many_lists) {
    begin();
    test_rng rng = test_rng_of("postings-many");
    field_model *field = field_model_new(&mem, 20000, &rng);
    enum { N = 300 };
    static list_model *lists[N];
    static prs_term_info infos[N];
    static uint8_t payloads[N][256];
    section_file f;
    prs_section section;
    prs_postings_writer *pw;
    ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_LISTS), PRISM_OK);
    ck_assert_int_eq(prs_postings_writer_new(&mem, f.out, field->n_docs, NULL, &field->spans, &pw,
                                             NULL),
                     PRISM_OK);
    for (int i = 0; i < N; i++) {
        uint32_t df = test_rng_one_in(&rng, 4) ? 5000 : 1 + (uint32_t)test_rng_below(&rng, 9);
        lists[i] = list_model_new(field, (list_shape)test_rng_below(&rng, N_SHAPES), df, 9, &rng);
        ck_assert_int_eq(list_model_write(lists[i], pw, i % 2 == 0, 300, &rng, &infos[i]),
                         PRISM_OK);
        list_payload_keep(&infos[i], payloads[i]);
    }
    prs_postings_writer_free(pw);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_LISTS, false, &section), PRISM_OK);
    prs_postings_source source = {section, &field->spans, field->n_docs};
    for (int i = 0; i < N; i++) {
        prs_postings p;
        uint32_t at = 0;
        ck_assert_int_eq(prs_postings_open(&p, &source, &infos[i], NULL), PRISM_OK);
        if (p.n_groups != 0) {
            ck_assert_uint_eq(p.n_list_impacts, 1);
            ck_assert_uint_eq(p.list_impacts[0].length, 0);
        }
        while (p.last_doc != PRS_DOC_END) {
            ck_assert_int_eq(prs_postings_load(&p, NULL), PRISM_OK);
            ck_assert_int_eq(prs_postings_freqs(&p, NULL), PRISM_OK);
            ck_assert_mem_eq(p.docs, lists[i]->docs + at, p.n * sizeof(uint32_t));
            ck_assert_mem_eq(p.freqs, lists[i]->freqs + at, p.n * sizeof(uint32_t));
            at += p.n;
            ck_assert_int_eq(prs_postings_next_block(&p, NULL), PRISM_OK);
        }
        ck_assert_uint_eq(at, lists[i]->df);
        list_model_free(lists[i]);
    }
    section_file_end(&f);
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

START_TEST(mistakes_of_the_caller_are_told) {
    begin();
    test_rng rng = test_rng_of("postings-mistakes");
    field_model *field = field_model_new(&mem, 300, &rng);
    section_file f;
    prs_postings_writer *pw;
    prs_term_info info;
    ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_LISTS), PRISM_OK);
    ck_assert_int_eq(prs_postings_writer_new(&mem, f.out, field->n_docs, &field->lengths,
                                             &field->spans, &pw, NULL),
                     PRISM_OK);
    prs_postings_writer_begin(pw, true);
    ck_assert_int_eq(prs_postings_writer_finish(pw, &info, NULL), PRISM_EINVAL);
    list_model *list = list_model_new(field, SHAPE_ALL, 200, 3, &rng);
    list->positions[list->cf - 1] = field->span[list->docs[list->df - 1]];
    ck_assert_int_eq(list_model_write(list, pw, true, 0, &rng, &info), PRISM_EINVAL);
    list->positions[list->cf - 1] = 0;
    for (uint64_t k = list->first[list->df - 1]; k < list->cf; k++) list->positions[k] = 0;
    ck_assert_int_eq(list_model_write(list, pw, true, 0, &rng, &info), PRISM_OK);
    prs_postings_writer_free(pw);
    section_file_end(&f);
    list_model_free(list);
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

typedef struct oom_case {
    const field_model *field;
    const list_model *lists[3];
} oom_case;

static prism_status write_lists(prs_mem *m, void *ctx) {
    const oom_case *c = (const oom_case *)ctx;
    section_file f;
    prs_postings_writer *pw = NULL;
    prs_term_info info;
    test_rng rng = test_rng_of("postings-oom-pieces");
    prism_status status = section_file_begin(&f, m, PRS_COMPONENT_LISTS);
    if (status == PRISM_OK)
        status = prs_postings_writer_new(m, f.out, c->field->n_docs, &c->field->lengths,
                                         &c->field->spans, &pw, NULL);
    for (int i = 0; i < 3 && status == PRISM_OK; i++)
        status = list_model_write(c->lists[i], pw, true, 200, &rng, &info);
    prs_postings_writer_free(pw);
    section_file_end(&f);
    return status;
}

START_TEST(memory_may_run_out_anywhere) {
    begin();
    test_rng rng = test_rng_of("postings-oom");
    field_model *field = field_model_new(&mem, 200000, &rng);
    oom_case c = {field,
                  {list_model_new(field, SHAPE_SPARSE, 3, 2, &rng),
                   list_model_new(field, SHAPE_HALF, 90, 9, &rng),
                   list_model_new(field, SHAPE_HALF, 75000, 9, &rng)}};
    ck_assert_uint_gt(test_oom_sweep(write_lists, &c), 10);
    for (int i = 0; i < 3; i++) list_model_free((list_model *)(uintptr_t)c.lists[i]);
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

/* Short lists lie in the dictionary; theirs may end with the last document, too. */
START_TEST(short_lists_reach_the_last_document) {
    begin();
    test_rng rng = test_rng_of("postings-short");
    for (uint32_t n = 1; n <= 4; n++) {
        field_model *field = field_model_new(&mem, n, &rng);
        list_model *list = list_model_new(field, SHAPE_ALL, 0, 1, &rng);
        ck_assert_uint_eq(list->df, n);
        for (int positions = 0; positions < 2; positions++) {
            list_file lf;
            list_file_make(&lf, &mem, field, list, positions != 0, 0, &rng);
            ck_assert(lf.info.inlined);
            check_scan(&lf, field, list);
            list_file_end(&lf);
        }
        list_model_free(list);
        field_model_free(field);
    }
    test_alloc_check_empty(&counter);
}
END_TEST

typedef struct list_use {
    list_file *lf;
    int what;
} list_use;

static prism_status scan_all(prs_postings *p) {
    const prs_impact *pairs;
    uint32_t n, *room = calloc(1 << 16, sizeof *room);
    prism_status status = PRISM_OK;
    while (status == PRISM_OK && p->last_doc != PRS_DOC_END) {
        status = prs_postings_block_impacts(p, &pairs, &n, NULL);
        if (status == PRISM_OK) status = prs_postings_load(p, NULL);
        if (status == PRISM_OK) status = prs_postings_freqs(p, NULL);
        for (uint32_t i = 0; i < p->n && status == PRISM_OK; i += 9)
            status = prs_postings_positions(p, i, room, NULL);
        if (status == PRISM_OK) status = prs_postings_next_block(p, NULL);
    }
    free(room);
    return status;
}

static prism_status use_list(prs_in *in, void *ctx) {
    const list_use *use = ctx;
    prs_postings p;
    prs_postings_source source = use->lf->source;
    uint64_t words[100];
    uint32_t doc = 0;
    ck_assert(prs_in_section(in, PRS_COMPONENT_LISTS, PRS_FIELD_NONE, &source.lists));
    prism_status status = prs_postings_open(&p, &source, &use->lf->info, NULL);
    if (status == PRISM_OK && use->what == 0) status = scan_all(&p);
    for (uint32_t to = 0; status == PRISM_OK && use->what == 1 && doc != PRS_DOC_END; to += 5000)
        status = prs_postings_seek(&p, to, &doc, NULL);
    for (uint32_t base = 0; status == PRISM_OK && use->what == 2 && base < source.n_docs;
         base += 6400) {
        memset(words, 0, sizeof words);
        status = prs_postings_fill_window(&p, base, words, 100, NULL);
    }
    if (status == PRISM_EIO) ck_assert_uint_eq(p.last_doc, PRS_DOC_END); /* an error ends it */
    return status;
}

START_TEST(every_read_may_fail) {
    begin();
    test_rng rng = test_rng_of("postings that cannot be read");
    field_model *field = field_model_new(&mem, 400000, &rng);
    for (int what = 0; what < 3; what++) {
        list_model *list = list_model_new(field, SHAPE_HALF, 180000, 20, &rng);
        list_file lf;
        list_file_make(&lf, &mem, field, list, true, 500, &rng);
        uint32_t n = section_file_sweep(&lf.file, use_list, &(list_use){&lf, what});
        uint32_t least = what == 0 ? 3 : 1;
        ck_assert_uint_ge(n, least);
        list_file_end(&lf);
        list_model_free(list);
    }
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

TEST_SUITE(postings, every_read_may_fail, short_lists_reach_the_last_document,
           lists_of_all_sizes_and_shapes, long_lists, runs_and_ones_are_free,
           pieces_do_not_change_the_bytes, one_writer_serves_many_lists,
           mistakes_of_the_caller_are_told, memory_may_run_out_anywhere)
