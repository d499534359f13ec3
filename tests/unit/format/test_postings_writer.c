/* test_postings_writer.c - at the edges of what a list may hold: is each list written in its
 * form, and does what is read back equal what was added, from the first document there may be to
 * the last? */
#include "list_file.h"

#include "harness/fault_dir.h"

#include "format/block.h"

#include <stdlib.h>

static test_alloc counter;
static prs_mem mem;

static void begin(void) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
}

static uint32_t below(test_rng *rng, uint64_t n) {
    return (uint32_t)test_rng_below(rng, n);
}

#define N_DOCS ((uint32_t)INT32_MAX) /* the largest segment: documents 0 .. 2^31 - 2 */

/* A field without lengths or positions, so that no array of 2^31 lengths is needed. */
typedef struct long_list {
    uint32_t df;
    uint64_t cf;
    uint32_t *docs, *freqs;
} long_list;

typedef enum shape { WIDE, ALL_HUGE_FREQS, LAST_ONES, FIRST_AND_LAST, N_SHAPES_HERE } shape;

static long_list make(uint32_t df, shape s, test_rng *rng) {
    long_list l = {df, 0, calloc(df, sizeof(uint32_t)), calloc(df, sizeof(uint32_t))};
    for (uint32_t i = 0; i < df; i++) {
        uint32_t left = df - i; /* documents still to come, this one counted */
        switch (s) {
        case WIDE: l.docs[i] = (uint32_t)((uint64_t)(N_DOCS - 1) * (i + 1) / df); break;
        case FIRST_AND_LAST: l.docs[i] = i < df / 2 ? i : N_DOCS - left; break;
        default: l.docs[i] = N_DOCS - left;
        }
        l.freqs[i] = s == ALL_HUGE_FREQS ? UINT32_MAX : 1 + below(rng, 3);
        if (test_rng_one_in(rng, 50)) l.freqs[i] = INT32_MAX - 1 + below(rng, 4);
        l.cf += l.freqs[i];
    }
    return l;
}

static void free_list(long_list *l) {
    free(l->docs);
    free(l->freqs);
}

typedef struct file {
    section_file f;
    prs_postings_writer *pw;
    prs_section section;
    prs_postings_source source;
} file;

static void open_file(file *w) {
    ck_assert_int_eq(section_file_begin(&w->f, &mem, PRS_COMPONENT_LISTS), PRISM_OK);
    ck_assert_int_eq(prs_postings_writer_new(&mem, w->f.out, N_DOCS, NULL, NULL, &w->pw, NULL),
                     PRISM_OK);
}

static void read_file(file *w) {
    prs_postings_writer_free(w->pw);
    w->pw = NULL;
    ck_assert_int_eq(section_file_open(&w->f, PRS_COMPONENT_LISTS, false, &w->section), PRISM_OK);
    w->source = (prs_postings_source){w->section, NULL, N_DOCS};
}

/* Write in pieces of 1 .. most; a payload is copied to `payload`. */
static void write_list(file *w, const long_list *l, uint32_t most, test_rng *rng,
                       prs_term_info *info, uint8_t *payload) {
    prs_postings_writer_begin(w->pw, false);
    for (uint32_t i = 0, n; i < l->df; i += n) {
        n = 1 + below(rng, most);
        n = PRS_MIN(n, l->df - i);
        prs_postings_writer_add(w->pw, l->docs + i, l->freqs + i, NULL, n);
    }
    ck_assert_int_eq(prs_postings_writer_finish(w->pw, info, NULL), PRISM_OK);
    if (!info->inlined) return;
    list_payload_keep(info, payload);
}

static void check_list(const file *w, const prs_term_info *info, const long_list *l) {
    prs_postings p;
    uint32_t at = 0;
    ck_assert_uint_eq(info->df, l->df);
    ck_assert_uint_eq(info->cf, l->cf);
    ck_assert_int_eq(info->inlined, l->df <= 4 && l->cf <= 32);
    ck_assert_int_eq(prs_postings_open(&p, &w->source, info, NULL), PRISM_OK);
    ck_assert_int_eq(p.n_groups != 0, l->df > 128);
    while (p.last_doc != PRS_DOC_END) {
        ck_assert_int_eq(prs_postings_load(&p, NULL), PRISM_OK);
        ck_assert_int_eq(prs_postings_freqs(&p, NULL), PRISM_OK);
        ck_assert_uint_le(p.n, l->df - at);
        ck_assert_mem_eq(p.docs, l->docs + at, p.n * sizeof *p.docs);
        ck_assert_mem_eq(p.freqs, l->freqs + at, p.n * sizeof *p.freqs);
        at += p.n;
        ck_assert_int_eq(prs_postings_next_block(&p, NULL), PRISM_OK);
    }
    ck_assert_uint_eq(at, l->df);
    for (int i = 0; i < 2 && l->df > 0;
         i++) { /* the last one is found too, and nothing behind it */
        uint32_t doc;
        ck_assert_int_eq(prs_postings_open(&p, &w->source, info, NULL), PRISM_OK);
        ck_assert_int_eq(prs_postings_seek(&p, l->docs[l->df - 1] + (uint32_t)i, &doc, NULL),
                         PRISM_OK);
        ck_assert_uint_eq(doc, i == 0 ? l->docs[l->df - 1] : PRS_DOC_END);
    }
}

static const uint32_t sizes[] = {1,   2,   4,    5,    127,  128,  129,  255,
                                 256, 257, 3968, 3969, 4096, 4097, 4224, 4225};

START_TEST(from_the_first_document_to_the_last) {
    enum { N = PRS_COUNT(sizes) };
    static uint8_t payloads[N][64];
    begin();
    test_rng rng = test_rng_of("writer-edges");
    for (shape s = 0; s < N_SHAPES_HERE; s++) {
        file w;
        long_list lists[N];
        prs_term_info infos[N];
        open_file(&w);
        for (uint32_t i = 0; i < N; i++) {
            lists[i] = make(sizes[i], s, &rng);
            write_list(&w, &lists[i], i % 2 == 0 ? sizes[i] : 200, &rng, &infos[i], payloads[i]);
        }
        read_file(&w);
        for (uint32_t i = 0; i < N; i++) {
            check_list(&w, &infos[i], &lists[i]);
            free_list(&lists[i]);
        }
        section_file_end(&w.f);
    }
    test_alloc_check_empty(&counter);
}
END_TEST

/* 4 documents and 32 positions are the most of an inline list. */
START_TEST(what_is_inline_is_decided_by_both_counts) {
    static const struct {
        uint32_t df, first_freq;
        bool inlined;
    } cases[] = {{4, 29, true}, {4, 30, false}, {1, 32, true}, {1, 33, false}, {5, 1, false}};
    begin();
    test_rng rng = test_rng_of("writer-inline");
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        file w;
        uint8_t payload[64];
        prs_term_info info;
        long_list l = make(cases[i].df, WIDE, &rng);
        l.cf = cases[i].first_freq + cases[i].df - 1;
        for (uint32_t d = 0; d < l.df; d++) l.freqs[d] = d == 0 ? cases[i].first_freq : 1;
        open_file(&w);
        write_list(&w, &l, 3, &rng, &info, payload);
        ck_assert_int_eq(info.inlined, cases[i].inlined);
        ck_assert_int_eq(prs_out_offset(w.f.out) == 0, cases[i].inlined);
        read_file(&w);
        check_list(&w, &info, &l);
        section_file_end(&w.f);
        free_list(&l);
    }
    test_alloc_check_empty(&counter);
}
END_TEST

/* ---- failures -------------------------------------------------------------------------------- */

/* A file that cannot be written: the list says so, and nothing is left of it. */
START_TEST(a_full_disk_comes_out_at_finish) {
    begin();
    prs_dir *dir;
    fault_dir fault;
    test_rng rng = test_rng_of("writer-full");
    prs_id id = {{1}};
    ck_assert_int_eq(prs_dir_mem_new(&mem, &dir, NULL), PRISM_OK);
    fault_dir_init(&fault, dir);
    fault.calls = FAULT_WRITE;
    fault.fail_at = 1;
    fault.fail_on = true;
    fault.status = PRISM_ENOSPC;
    prs_out *out;
    prs_postings_writer *pw;
    prs_term_info info;
    long_list l = make(400000, WIDE, &rng);
    ck_assert_int_eq(prs_out_open(&fault.base, "x", PRS_FILE_IDX, &id, 0, &out, NULL), PRISM_OK);
    prs_out_section(out, PRS_COMPONENT_LISTS, 0, 1);
    ck_assert_int_eq(prs_postings_writer_new(&mem, out, N_DOCS, NULL, NULL, &pw, NULL), PRISM_OK);
    prs_postings_writer_begin(pw, false);
    prs_postings_writer_add(pw, l.docs, l.freqs, NULL, l.df);
    ck_assert_int_eq(prs_postings_writer_finish(pw, &info, NULL), PRISM_ENOSPC);
    ck_assert_uint_eq(info.df, 0);
    prs_postings_writer_free(pw);
    prs_out_abandon(out);
    free_list(&l);
    dir->vt->close_dir(dir);
    test_alloc_check_empty(&counter);
}
END_TEST

/* A position beyond the span is an error in whichever way the list is written, and of that list
 * alone. */
START_TEST(a_position_beyond_its_document) {
    static const uint32_t dfs[] = {5, 128, 129, 200, 257, 300};
    begin();
    test_rng rng = test_rng_of("writer-beyond");
    field_model *field = field_model_new(&mem, 400, &rng);
    section_file f;
    prs_postings_writer *pw;
    prs_term_info info;
    ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_LISTS), PRISM_OK);
    ck_assert_int_eq(prs_postings_writer_new(&mem, f.out, field->n_docs, &field->lengths,
                                             &field->spans, &pw, NULL),
                     PRISM_OK);
    for (size_t i = 0; i < PRS_COUNT(dfs); i++) {
        list_model *good = list_model_new(field, SHAPE_ALL, dfs[i], 5, &rng);
        uint32_t doc = below(&rng, good->df), *last = &good->positions[good->first[doc + 1] - 1];
        uint32_t keep = *last;
        for (uint32_t piece = 0; piece <= 100; piece += 100) {
            *last = field->span[good->docs[doc]];
            ck_assert_int_eq(list_model_write(good, pw, true, piece, &rng, &info), PRISM_EINVAL);
            ck_assert_uint_eq(info.df, 0);
            *last = keep;
            ck_assert_int_eq(list_model_write(good, pw, true, piece, &rng, &info), PRISM_OK);
        }
        list_model_free(good);
    }
    prs_postings_writer_free(pw);
    prs_postings_writer_free(NULL);
    section_file_end(&f);
    field_model_free(field);
    test_alloc_check_empty(&counter);
}
END_TEST

TEST_SUITE(postings_writer, from_the_first_document_to_the_last,
           what_is_inline_is_decided_by_both_counts, a_full_disk_comes_out_at_finish,
           a_position_beyond_its_document)
