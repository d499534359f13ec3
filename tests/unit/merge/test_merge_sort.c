/* test_merge_sort.c - is a list that came in any order written as if it had come in the right one?
 */
#include "harness/test.h"

#include "format/components.h"
#include "merge/merge_sort.h"
#include "harness/section_file.h"

#include <stdlib.h>

enum { DOCS = 5000, MOST = 64, SPAN = 5 * MOST + 20 };

typedef struct posting_list { /* by document of the result: its freq, 0 = it is not in the list */
    uint32_t freqs[DOCS];
    uint32_t n;
} posting_list;

static uint32_t numbers[DOCS]; /* doc by place */

static void shuffle(test_rng *rng) {
    for (uint32_t i = 0; i < DOCS; i++) numbers[i] = i;
    for (uint32_t i = DOCS; i > 1; i--) {
        uint32_t k = (uint32_t)test_rng_below(rng, i), at = numbers[i - 1];
        numbers[i - 1] = numbers[k];
        numbers[k] = at;
    }
}

static void make_list(posting_list *l, uint32_t one_in, test_rng *rng) {
    memset(l, 0, sizeof *l);
    for (uint32_t doc = 0; doc < DOCS; doc++) {
        if (!test_rng_one_in(rng, one_in) && !(doc == DOCS - 1 && l->n == 0)) continue;
        uint32_t most = one_in == 1 ? MOST : 5; /* more positions in all than a chunk of them */
        l->freqs[doc] = most - (uint32_t)test_rng_below(rng, 5);
        l->n++;
    }
}

/* Positions that tell the document. */
static void fill_positions(uint32_t doc, uint32_t freq, uint32_t *to) {
    for (uint32_t k = 0; k < freq; k++) to[k] = doc % 19 + 5 * k;
}

/* In order of documents, straight to the writer. */
static void write_plain(const posting_list *l, bool positions, prs_postings_writer *pw) {
    for (uint32_t doc = 0; doc < DOCS; doc++) {
        uint32_t at[MOST];
        if (l->freqs[doc] == 0) continue;
        fill_positions(doc, l->freqs[doc], at);
        prs_postings_writer_add(pw, &doc, &l->freqs[doc], positions ? at : NULL, 1);
    }
}

/* In order of places, in pieces of any size. */
static prism_status write_sorted(const posting_list *l, bool positions, prs_merge_sorter *sorter,
                                 test_rng *rng) {
    static uint32_t some[100], freqs[100], at[100 * MOST];
    uint32_t n = 0, n_at = 0;
    for (uint32_t place = 0; place < DOCS; place++) {
        uint32_t doc = numbers[place];
        if (l->freqs[doc] != 0) {
            fill_positions(doc, l->freqs[doc], at + n_at);
            n_at += l->freqs[doc];
            some[n] = place;
            freqs[n++] = l->freqs[doc];
        }
        if (n == 100 || test_rng_one_in(rng, 40) || place == DOCS - 1) {
            PRS_TRY(prs_merge_sorter_add(sorter, some, freqs, positions ? at : NULL, n, NULL));
            n = n_at = 0;
        }
    }
    return PRISM_OK;
}

/* Writes lists of all densities one way or the other. */
static prism_status write_all(prs_mem *mem, section_file *f, bool sorted, bool positions) {
    static const uint32_t densities[] = {1, 2, 7, 30, 40, 300, 2000, 5000};
    test_rng rng = test_rng_of("merge sort"), pieces = test_rng_of("pieces");
    prs_postings_writer *pw = NULL;
    prs_merge_sorter *sorter = NULL;
    prs_lengths_builder builder;
    prs_lengths lengths;
    prs_lengths_builder_init(&builder, mem);
    for (uint32_t i = 0; i < DOCS; i++) prs_lengths_builder_add(&builder, SPAN);
    prism_status status = prs_lengths_builder_view(&builder, &lengths, NULL);
    if (status == PRISM_OK) status = section_file_begin(f, mem, PRS_COMPONENT_LISTS);
    if (status == PRISM_OK)
        status = prs_postings_writer_new(mem, f->out, DOCS, &lengths, NULL, &pw, NULL);
    if (status == PRISM_OK) status = prs_merge_sorter_new(mem, numbers, DOCS, &sorter, NULL);
    for (size_t i = 0; i < PRS_COUNT(densities) && status == PRISM_OK; i++) {
        static posting_list l;
        make_list(&l, densities[i], &rng);
        prs_term_info info;
        prs_postings_writer_begin(pw, positions);
        if (sorted) {
            status = write_sorted(&l, positions, sorter, &pieces);
            if (status == PRISM_OK) status = prs_merge_sorter_drain(sorter, pw, NULL);
        } else {
            write_plain(&l, positions, pw);
        }
        if (status == PRISM_OK) status = prs_postings_writer_finish(pw, &info, NULL);
        if (status == PRISM_OK) ck_assert_uint_eq(info.df, l.n);
    }
    prs_merge_sorter_free(sorter);
    prs_postings_writer_free(pw);
    prs_lengths_builder_fini(&builder);
    return status;
}

START_TEST(bytes_are_those_of_a_sorted_list) {
    test_rng rng = test_rng_of("shuffle");
    shuffle(&rng);
    for (int positions = 0; positions < 2; positions++) {
        prs_mem mem;
        section_file a, b;
        prs_section sa, sb;
        prs_mem_init(&mem, NULL);
        ck_assert_int_eq(write_all(&mem, &a, true, positions), PRISM_OK);
        ck_assert_int_eq(write_all(&mem, &b, false, positions), PRISM_OK);
        ck_assert_int_eq(section_file_open(&a, PRS_COMPONENT_LISTS, false, &sa), PRISM_OK);
        ck_assert_int_eq(section_file_open(&b, PRS_COMPONENT_LISTS, false, &sb), PRISM_OK);
        ck_assert_uint_gt(sa.len, DOCS / 8);
        ck_assert_uint_eq(sa.len, sb.len);
        ck_assert_mem_eq(sa.ptr, sb.ptr, (size_t)sa.len);
        section_file_end(&a);
        section_file_end(&b);
        ck_assert_uint_eq(atomic_load(&mem.live), 0);
    }
}
END_TEST

static prism_status work(prs_mem *mem, void *ctx) {
    section_file f = {0};
    (void)ctx;
    prism_status status = write_all(mem, &f, true, true);
    section_file_end(&f);
    return status;
}

START_TEST(memory_may_run_out) {
    test_rng rng = test_rng_of("shuffle");
    shuffle(&rng);
    ck_assert_uint_ge(test_oom_sweep(work, NULL), 20);
}
END_TEST

TEST_SUITE(merge_sort, bytes_are_those_of_a_sorted_list, memory_may_run_out)
