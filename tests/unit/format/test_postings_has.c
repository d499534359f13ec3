/* test_postings_has.c - is a document found if and only if the list has it, asked for by few and by
 * all, from stored blocks and from decoded ones? */
#include "list_file.h"

static test_alloc counter;
static prs_mem mem;

static void walk(const list_file *lf, const list_model *list, uint32_t n_docs, uint64_t step,
                 test_rng *rng) {
    prs_postings p;
    uint32_t k = 0;
    ck_assert_int_eq(prs_postings_open(&p, &lf->source, &lf->info, NULL), PRISM_OK);
    for (uint32_t doc = 0; doc < n_docs; doc += 1 + (uint32_t)test_rng_below(rng, step)) {
        bool has, want;
        if (test_rng_one_in(rng, 40)) { /* something else loads its block */
            ck_assert_int_eq(prs_postings_skip_to(&p, doc, NULL), PRISM_OK);
            ck_assert_int_eq(prs_postings_load(&p, NULL), PRISM_OK);
        }
        while (k < list->df && list->docs[k] < doc) k++;
        want = k < list->df && list->docs[k] == doc;
        ck_assert_int_eq(prs_postings_has(&p, doc, &has, NULL), PRISM_OK);
        TEST_NEED(has == want);
        ck_assert_int_eq(prs_postings_has(&p, doc, &has, NULL), PRISM_OK); /* and again */
        TEST_NEED(has == want);
    }
}

/* Every block as bits where it is stored so, with its freqs; then decoded. */
static void look(const list_file *lf, const list_model *list) {
    prs_postings p;
    uint32_t k = 0;
    ck_assert_int_eq(prs_postings_open(&p, &lf->source, &lf->info, NULL), PRISM_OK);
    while (p.last_doc != PRS_DOC_END) {
        prs_block_bits bits;
        ck_assert_int_eq(prs_postings_bits(&p, &bits, NULL), PRISM_OK);
        uint32_t j = k;
        for (uint32_t i = 0; bits.n > 0 && i < 64 * bits.n_words; i++) {
            bool set = bits.words == NULL ? i < bits.n : (bits.words[i / 8] >> i % 8 & 1) != 0;
            if (set) TEST_NEED(j < list->df && list->docs[j++] == bits.first + i);
        }
        TEST_NEED(j - k == bits.n);
        if (bits.n > 0) {
            uint32_t docs[PRS_BLOCK + 64];
            TEST_NEED(prs_postings_bits_docs(&bits, docs) == bits.n);
            for (uint32_t i = 0; i < bits.n; i++) TEST_NEED(docs[i] == list->docs[k + i]);
            TEST_NEED(docs[bits.n] == PRS_DOC_END);
        }
        for (int twice = 0; twice < 2; twice++) { /* as it is stored, then loaded */
            ck_assert_int_eq(prs_postings_freqs(&p, NULL), PRISM_OK);
            uint32_t n = p.n != 0 ? p.n : bits.n;
            for (uint32_t i = 0; i < n; i++) TEST_NEED(p.freqs[i] == list->freqs[k + i]);
            ck_assert_int_eq(prs_postings_load(&p, NULL), PRISM_OK);
        }
        ck_assert_int_eq(prs_postings_bits(&p, &bits, NULL), PRISM_OK);
        TEST_NEED(bits.n == 0); /* it is loaded now */
        k += p.n;
        ck_assert_int_eq(prs_postings_next_block(&p, NULL), PRISM_OK);
    }
    TEST_NEED(k == list->df);
}

START_TEST(documents_are_found) {
    static const uint32_t sizes[] = {1, 4, 100, 128, 129, 1000, 5000, 0};
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
    test_rng rng = test_rng_of("has");
    field_model *field = field_model_new(&mem, 20000, &rng);
    for (list_shape shape = 0; shape < N_SHAPES; shape++) {
        for (size_t s = 0; s < PRS_COUNT(sizes); s++) {
            list_model *list = list_model_new(field, shape, sizes[s], 2, &rng);
            list_file lf;
            list_file_make(&lf, &mem, field, list, false, 0, &rng);
            walk(&lf, list, field->n_docs, 1, &rng);
            walk(&lf, list, field->n_docs, 30, &rng);
            walk(&lf, list, field->n_docs, 2000, &rng);
            look(&lf, list);
            list_file_end(&lf);
            list_model_free(list);
        }
    }
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

TEST_SUITE(postings_has, documents_are_found)
