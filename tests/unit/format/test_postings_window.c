/* test_postings_window.c - has a window exactly the bits of the list's documents in it, from
 * stored blocks and from decoded ones, at every offset of the two to each other? */
#include "list_file.h"

#include "base/words.h"

#include <stdlib.h>

static test_alloc counter;
static prs_mem mem;

static void begin(void) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
}

/* Bits of [base, base + 64 n_words) against the list; what was set before stays set. */
static void check_window(prs_postings *p, const list_model *list, uint32_t base, uint32_t n_words,
                         test_rng *rng) {
    uint64_t *words = malloc(n_words * sizeof *words); /* its end is guarded */
    uint64_t *want = malloc(n_words * sizeof *want);
    for (uint32_t i = 0; i < n_words; i++)
        words[i] = want[i] = test_rng_one_in(rng, 2) ? 0 : UINT64_C(1) << test_rng_below(rng, 64);
    for (uint32_t i = 0; i < list->df; i++) {
        uint32_t at = list->docs[i] - base;
        if (list->docs[i] >= base && at < 64 * n_words) want[at / 64] |= UINT64_C(1) << at % 64;
    }
    if (test_rng_one_in(rng, 2)) {
        ck_assert_int_eq(prs_postings_fill_window(p, base, words, n_words, NULL), PRISM_OK);
    } else { /* in part as bytes */
        uint8_t *map = calloc(n_words, 64);
        ck_assert_int_eq(prs_postings_fill_map(p, base, words, map, n_words, NULL), PRISM_OK);
        prs_words_take_map(words, map, n_words);
        free(map);
    }
    for (uint32_t i = 0; i < n_words; i++) TEST_NEED(words[i] == want[i]);
    free(words);
    free(want);
}

static void walk(const list_file *lf, const list_model *list, uint32_t n_docs, uint32_t most_words,
                 test_rng *rng) {
    prs_postings p;
    ck_assert_int_eq(prs_postings_open(&p, &lf->source, &lf->info, NULL), PRISM_OK);
    uint32_t base = (uint32_t)test_rng_below(rng, 200);
    while (base < n_docs + 500) {
        uint32_t n_words = 1 + (uint32_t)test_rng_below(rng, most_words);
        if (test_rng_one_in(
                rng, 4)) { /* something else moves the cursor meanwhile, or loads its block */
            if (p.last_doc < base) ck_assert_int_eq(prs_postings_skip_to(&p, base, NULL), PRISM_OK);
            ck_assert_int_eq(prs_postings_load(&p, NULL), PRISM_OK);
        }
        check_window(&p, list, base, n_words, rng);
        base += 64 * n_words;
        if (test_rng_one_in(rng, 3)) base += (uint32_t)test_rng_below(rng, 1000); /* any offset */
    }
    check_window(&p, list, base, most_words, rng); /* behind everything */
    ck_assert_uint_eq(p.last_doc, PRS_DOC_END);
}

START_TEST(windows_hold_what_the_list_does) {
    static const uint32_t sizes[] = {1, 4, 100, 128, 129, 1000, 5000, 0};
    begin();
    test_rng rng = test_rng_of("window");
    field_model *field = field_model_new(&mem, 20000, &rng);
    for (list_shape shape = 0; shape < N_SHAPES; shape++) {
        for (size_t s = 0; s < PRS_COUNT(sizes); s++) {
            list_model *list = list_model_new(field, shape, sizes[s], 2, &rng);
            list_file lf;
            list_file_make(&lf, &mem, field, list, false, 0, &rng);
            walk(&lf, list, field->n_docs, 1, &rng);
            walk(&lf, list, field->n_docs, 4, &rng);
            walk(&lf, list, field->n_docs, 100, &rng);
            list_file_end(&lf);
            list_model_free(list);
        }
    }
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

TEST_SUITE(postings_window, windows_hold_what_the_list_does)
