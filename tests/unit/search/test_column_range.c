/* test_column_range.c - has every document a value between the ends, and no other? */
#include "harness/section_file.h"

#include "base/bitset.h"
#include "search/column_range.h"

#include <stdio.h>
#include <stdlib.h>

#define MOST_DOCS 5000u
#define MOST_VALUES 5u

typedef struct model {
    bool words, many;
    uint32_t n_docs, n[MOST_DOCS];
    int64_t ints[MOST_DOCS][MOST_VALUES];
    char texts[MOST_DOCS][MOST_VALUES][8];
} model;

static model m; /* large */

/* Kind 0: ascending with the document, as dates of news; 1: anything small; 2: anything. */
static int64_t random_int(test_rng *rng, int kind, uint32_t doc) {
    if (kind == 0) return (int64_t)doc * 10 + (int64_t)test_rng_below(rng, 300);
    if (kind == 1) return (int64_t)test_rng_below(rng, 50) - 20;
    return test_rng_one_in(rng, 9) ? (test_rng_one_in(rng, 2) ? INT64_MIN : INT64_MAX)
                                   : (int64_t)test_rng_next(rng);
}

static void make_model(test_rng *rng, bool words, bool many, int kind) {
    m.words = words;
    m.many = many;
    m.n_docs = 1 + (uint32_t)test_rng_below(rng, test_rng_one_in(rng, 3) ? 70 : MOST_DOCS);
    bool sparse = test_rng_one_in(rng, 2);
    for (uint32_t doc = 0; doc < m.n_docs; doc++) {
        m.n[doc] = many ? (uint32_t)test_rng_below(rng, MOST_VALUES + 1) : 1;
        if (sparse && !test_rng_one_in(rng, 4)) m.n[doc] = 0;
        for (uint32_t i = 0; i < m.n[doc]; i++) {
            m.ints[doc][i] = random_int(rng, kind, doc);
            snprintf(m.texts[doc][i], 8, "%c%u", 'a' + (int)test_rng_below(rng, 3),
                     (unsigned)test_rng_below(rng, 40));
        }
    }
}

static void write_column(prs_mem *mem, section_file *f) {
    prs_column_writer *cw;
    ck_assert_int_eq(section_file_begin(f, mem, PRS_COMPONENT_COLUMN), PRISM_OK);
    ck_assert_int_eq(prs_column_writer_new(mem, m.words ? PRS_COLUMN_WORD : PRS_COLUMN_INT, m.many,
                                           &cw, NULL),
                     PRISM_OK);
    for (uint32_t doc = 0; doc < m.n_docs; doc++) {
        prs_bytes words[MOST_VALUES];
        for (uint32_t i = 0; i < m.n[doc]; i++)
            words[i] = prs_bytes_of(m.texts[doc][i], strlen(m.texts[doc][i]));
        if (m.n[doc] == 0) continue;
        if (m.words)
            prs_column_writer_words(cw, doc, words, m.n[doc]);
        else
            prs_column_writer_ints(cw, doc, m.ints[doc], m.n[doc]);
    }
    ck_assert_int_eq(prs_column_writer_finish(cw, f->out, m.n_docs, NULL), PRISM_OK);
    prs_column_writer_free(cw);
}

static prism_status find(const prs_column *column, int64_t from, int64_t to,
                         const prs_word_range *range, prs_watch *watch, prs_bitset *set) {
    return m.words ? prs_column_range_words(column, range, set->words, watch, NULL)
                   : prs_column_range_ints(column, from, to, set->words, watch, NULL);
}

static bool word_inside(const char *text, const prs_word_range *r) {
    prs_bytes word = prs_bytes_of(text, strlen(text));
    int a = r->from.ptr != NULL ? prs_bytes_compare(word, r->from) : 1;
    int b = r->to.ptr != NULL ? prs_bytes_compare(word, r->to) : -1;
    return (r->above ? a > 0 : a >= 0) && (r->below ? b < 0 : b <= 0);
}

static bool wanted(uint32_t doc, int64_t from, int64_t to, const prs_word_range *range) {
    for (uint32_t i = 0; i < m.n[doc]; i++) {
        if (m.words ? word_inside(m.texts[doc][i], range)
                    : m.ints[doc][i] >= from && m.ints[doc][i] <= to)
            return true;
    }
    return false;
}

static prs_bytes random_end(test_rng *rng, char *space) {
    if (test_rng_one_in(rng, 5)) return prs_bytes_of(NULL, 0);
    snprintf(space, 8, "%c%u", 'a' + (int)test_rng_below(rng, 4) - 0,
             (unsigned)test_rng_below(rng, 45));
    return prs_bytes_of(space, test_rng_one_in(rng, 9) ? 0 : strlen(space));
}

static void check_range(test_rng *rng, const prs_column *column, prs_mem *mem, int kind) {
    char a[8], b[8];
    prs_bitset set;
    prs_watch watch = prs_watch_of(0, NULL, 0);
    uint32_t doc = (uint32_t)test_rng_below(rng, m.n_docs);
    int64_t from = random_int(rng, kind, doc), to = random_int(rng, kind, doc + doc / 3);
    if (test_rng_one_in(rng, 6)) from = INT64_MIN;
    if (test_rng_one_in(rng, 6)) to = INT64_MAX;
    prs_word_range range = {random_end(rng, a), random_end(rng, b), test_rng_one_in(rng, 2),
                            test_rng_one_in(rng, 2)};
    range.above = range.above && range.from.ptr != NULL;
    range.below = range.below && range.to.ptr != NULL;
    ck_assert_int_eq(prs_bitset_init(&set, mem, m.n_docs), PRISM_OK);
    ck_assert_int_eq(find(column, from, to, &range, &watch, &set), PRISM_OK);
    for (uint32_t d = 0; d < m.n_docs; d++)
        ck_assert_msg(prs_bitset_get(&set, d) == wanted(d, from, to, &range), "document %u", d);
    ck_assert_uint_eq(set.words[prs_bitset_words(m.n_docs)], 0);
    prs_bitset_fini(&set);
}

START_TEST(values_decide) {
    test_rng rng = test_rng_of("column range");
    for (int round = 0; round < 120; round++) {
        prs_mem mem;
        section_file f;
        prs_section section;
        prs_column column;
        int kind = round % 3;
        make_model(&rng, round % 4 == 3, round % 2 != 0, kind);
        prs_mem_init(&mem, NULL);
        write_column(&mem, &f);
        ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_COLUMN, round % 5 == 0, &section),
                         PRISM_OK);
        ck_assert_int_eq(prs_column_open(&column, &section, m.n_docs, NULL), PRISM_OK);
        for (int i = 0; i < 12; i++) check_range(&rng, &column, &mem, kind);
        section_file_end(&f);
    }
}
END_TEST

/* Checksums off: any set of documents, none beyond the last. */
START_TEST(any_bytes_are_safe) {
    test_rng rng = test_rng_of("damaged column range");
    for (int round = 0; round < 400; round++) {
        prs_mem mem;
        section_file f;
        prs_section section;
        prs_column column;
        make_model(&rng, round % 3 == 2, round % 2 != 0, round % 3);
        prs_mem_init(&mem, NULL);
        write_column(&mem, &f);
        ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_COLUMN, false, &section), PRISM_OK);
        section_copy copy = section_copy_of(&section, (size_t)section.len);
        section_copy_damage(&copy, &rng);
        prs_section damaged = prs_section_of(copy.bytes, copy.len);
        if (prs_column_open(&column, &damaged, m.n_docs, NULL) == PRISM_OK &&
            (column.type == PRS_COLUMN_WORD) == m.words) {
            prs_bitset set;
            prs_watch watch = prs_watch_of(0, NULL, 0);
            prs_word_range range = {prs_bytes_of("a9", 2), prs_bytes_of("b3", 2), false, false};
            ck_assert_int_eq(prs_bitset_init(&set, &mem, m.n_docs), PRISM_OK);
            ck_assert_int_eq(find(&column, -5, 10000, &range, &watch, &set), PRISM_OK);
            ck_assert_uint_eq(set.words[prs_bitset_words(m.n_docs)], 0);
            prs_bitset_fini(&set);
        }
        section_copy_free(&copy);
        section_file_end(&f);
    }
}
END_TEST

/* Of forged places, each document has all values: still a step is some values. */
START_TEST(shared_values_are_counted) {
    prs_mem mem;
    section_file f;
    prs_section section;
    prs_column column;
    prs_bitset set;
    prs_watch watch = prs_watch_of(0, NULL, 0);
    prs_word_range some = {prs_bytes_of("zz", 2), {NULL, 0}, false, false};
    m.words = m.many = true;
    m.n_docs = MOST_DOCS;
    for (uint32_t doc = 0; doc < MOST_DOCS; doc++) {
        m.n[doc] = 1;
        snprintf(m.texts[doc][0], 8, "%s", doc == 3 ? "zz" : "a");
    }
    prs_mem_init(&mem, NULL);
    write_column(&mem, &f);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_COLUMN, false, &section), PRISM_OK);
    ck_assert_int_eq(prs_column_open(&column, &section, MOST_DOCS, NULL), PRISM_OK);
    section_copy copy = section_copy_of(&section, (size_t)section.len);
    uint8_t *places = copy.bytes + (column.places - section.ptr);
    for (uint32_t doc = 0; doc <= MOST_DOCS; doc++)
        prs_store32(places + 4 * (size_t)doc, doc % 2 ? MOST_DOCS : 4);
    prs_section forged = prs_section_of(copy.bytes, copy.len);
    ck_assert_int_eq(prs_column_open(&column, &forged, MOST_DOCS, NULL), PRISM_OK);
    ck_assert_int_eq(prs_bitset_init(&set, &mem, MOST_DOCS), PRISM_OK);
    ck_assert_int_eq(find(&column, 0, 0, &some, &watch, &set), PRISM_OK);
    ck_assert_uint_ge(watch.work, MOST_DOCS / 2); /* 12 million values */
    prs_bitset_fini(&set);
    section_copy_free(&copy);
    section_file_end(&f);
}
END_TEST

START_TEST(a_stop_is_heard) {
    test_rng rng = test_rng_of("stopped column range");
    volatile int stop = 1;
    for (int words = 0; words < 2; words++) {
        prs_mem mem;
        section_file f;
        prs_section section;
        prs_column column;
        prs_bitset set;
        prs_watch watch = prs_watch_of(0, &stop, 0);
        prs_word_range all = {{NULL, 0}, {NULL, 0}, false, false};
        make_model(&rng, words != 0, false, 1);
        m.n[0] = 1; /* some word */
        strcpy(m.texts[0][0], "a");
        prs_mem_init(&mem, NULL);
        write_column(&mem, &f);
        ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_COLUMN, false, &section), PRISM_OK);
        ck_assert_int_eq(prs_column_open(&column, &section, m.n_docs, NULL), PRISM_OK);
        ck_assert_int_eq(prs_bitset_init(&set, &mem, m.n_docs), PRISM_OK);
        ck_assert_int_eq(find(&column, 0, 1, &all, &watch, &set), PRISM_ECANCELED);
        prs_bitset_fini(&set);
        section_file_end(&f);
    }
}
END_TEST

TEST_SUITE(column_range, values_decide, any_bytes_are_safe, shared_values_are_counted,
           a_stop_is_heard)
