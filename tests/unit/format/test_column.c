/* test_column.c - do values come back by document, in order, with ranges that hold? */
#include "harness/test.h"

#include "format/column.h"
#include "harness/section_file.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_DOCS 3000u
#define MAX_PER_DOC 40u

typedef struct model { /* what each document should have: distinct, ascending */
    prs_column_type type;
    bool many;
    uint32_t n_docs;
    uint32_t n[MAX_DOCS];
    int64_t ints[MAX_DOCS][MAX_PER_DOC];
    char words[MAX_DOCS][MAX_PER_DOC][16];
} model;

static int64_t random_int(test_rng *rng, int kind) {
    static const int64_t edges[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
    switch (kind) {
    case 0: return 42;
    case 1: return (int64_t)test_rng_below(rng, 1000) - 500;
    case 2: return (int64_t)test_rng_next(rng);
    default: return edges[test_rng_below(rng, PRS_COUNT(edges))];
    }
}

static int compare_ints(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static int compare_words(const void *a, const void *b) {
    return strcmp(a, b);
}

static void sort_doc(model *m, uint32_t doc) {
    uint32_t n = m->n[doc], k = 0;
    if (m->type == PRS_COLUMN_INT) {
        qsort(m->ints[doc], n, sizeof m->ints[doc][0], compare_ints);
        for (uint32_t i = 0; i < n; i++) {
            if (k == 0 || m->ints[doc][i] != m->ints[doc][k - 1])
                m->ints[doc][k++] = m->ints[doc][i];
        }
    } else {
        qsort(m->words[doc], n, sizeof m->words[doc][0], compare_words);
        for (uint32_t i = 0; i < n; i++) {
            if (k > 0 && strcmp(m->words[doc][i], m->words[doc][k - 1]) == 0) continue;
            memmove(m->words[doc][k++], m->words[doc][i], sizeof m->words[doc][i]);
        }
    }
    m->n[doc] = k;
}

static void make_model(model *m, prs_column_type type, bool many, uint32_t n_docs, int kind,
                       test_rng *rng) {
    uint64_t density = test_rng_below(rng, 4); /* 0: no values at all */
    m->type = type;
    m->many = many;
    m->n_docs = n_docs;
    for (uint32_t doc = 0; doc < n_docs; doc++) {
        bool has = density > 0 && (density == 3 || test_rng_one_in(rng, density * 2));
        m->n[doc] =
            !has   ? 0
            : many ? (uint32_t)test_rng_below(rng, test_rng_one_in(rng, 9) ? MAX_PER_DOC : 4) + 1
                   : 1;
        for (uint32_t i = 0; i < m->n[doc]; i++) {
            m->ints[doc][i] = random_int(rng, kind);
            snprintf(m->words[doc][i], 16, "w%llu",
                     (unsigned long long)test_rng_below(rng, kind == 0 ? 1 : 300));
            if (test_rng_one_in(rng, 40)) m->words[doc][i][0] = '\0'; /* the empty word is a word */
        }
    }
}

static void add_doc(const model *m, prs_column_writer *cw, uint32_t doc) {
    prs_bytes words[MAX_PER_DOC];
    if (m->type == PRS_COLUMN_INT) {
        prs_column_writer_ints(cw, doc, m->ints[doc], m->n[doc]);
        return;
    }
    for (uint32_t i = 0; i < m->n[doc]; i++)
        words[i] = prs_bytes_of(m->words[doc][i], strlen(m->words[doc][i]));
    prs_column_writer_words(cw, doc, words, m->n[doc]);
}

static prism_status write_model(const model *m, prs_mem *mem, section_file *f) {
    prs_column_writer *cw;
    uint32_t n_with = 0;
    PRS_TRY(section_file_begin(f, mem, PRS_COMPONENT_COLUMN));
    PRS_TRY(prs_column_writer_new(mem, m->type, m->many, &cw, NULL));
    for (uint32_t doc = 0; doc < m->n_docs; doc++) {
        if (m->n[doc] == 0) continue;
        add_doc(m, cw, doc);
        n_with++;
    }
    prism_status status = prs_column_writer_finish(cw, f->out, m->n_docs, NULL);
    if (status == PRISM_OK) ck_assert_uint_eq(prs_column_writer_docs_with(cw), n_with);
    ck_assert_uint_gt(prs_column_writer_bytes(cw), 0);
    prs_column_writer_free(cw);
    return status;
}

static void check_doc(const model *m, const prs_column *c, uint32_t doc) {
    uint64_t first, end = prs_column_values(c, doc, &first);
    ck_assert_uint_eq(end - first, m->n[doc]);
    ck_assert_int_eq(prs_column_has(c, doc), m->n[doc] > 0);
    for (uint32_t i = 0; i < m->n[doc]; i++) {
        if (m->type == PRS_COLUMN_INT) {
            int64_t min, max, v = prs_column_int(c, first + i);
            ck_assert_int_eq(v, m->ints[doc][i]);
            prs_column_range(c, (uint32_t)((first + i) / PRS_COLUMN_BLOCK), &min, &max);
            ck_assert(min <= v && v <= max);
            continue;
        }
        prs_bytes want = prs_bytes_of(m->words[doc][i], strlen(m->words[doc][i]));
        uint32_t word = prs_column_word(c, first + i);
        bool exact;
        ck_assert(prs_bytes_equal(prs_column_word_bytes(c, word), want));
        ck_assert_uint_eq(prs_column_find_word(c, want, &exact), word);
        ck_assert(exact);
    }
}

static void check_model(const model *m, const prs_column *c) {
    ck_assert_int_eq(prs_column_touch(c, NULL), PRISM_OK);
    ck_assert_int_eq(prs_column_check(c, NULL), PRISM_OK);
    for (uint32_t doc = 0; doc < m->n_docs; doc++) check_doc(m, c, doc);
    uint64_t first;
    ck_assert_uint_eq(prs_column_values(c, m->n_docs, &first), 0);
    ck_assert(!prs_column_has(c, UINT32_MAX));
    if (m->type != PRS_COLUMN_INT || c->n_values == 0) return;
    int64_t *all = calloc(c->n_values + 5, sizeof *all);
    prs_column_ints(c, 0, (uint32_t)c->n_values + 5, all);
    for (uint64_t v = 0; v < c->n_values; v++) ck_assert_int_eq(all[v], prs_column_int(c, v));
    for (uint64_t v = 0; v < 5; v++) ck_assert_int_eq(all[c->n_values + v], 0);
    free(all);
}

static prism_status round_trip(prs_mem *mem, const model *m, bool pread) {
    section_file f;
    prs_section s;
    prs_column c;
    prism_status status = write_model(m, mem, &f);
    if (status == PRISM_OK) status = section_file_open(&f, PRS_COMPONENT_COLUMN, pread, &s);
    if (status == PRISM_OK) status = prs_column_open(&c, &s, m->n_docs, NULL);
    if (status == PRISM_OK) check_model(m, &c);
    section_file_end(&f);
    return status;
}

static void sort_model(model *m) {
    for (uint32_t doc = 0; doc < m->n_docs; doc++) sort_doc(m, doc);
}

START_TEST(values_come_back) {
    static const uint32_t sizes[] = {1, 2, 63, 64, 65, 1023, 1024, 1025, 2048, MAX_DOCS};
    static model m;
    test_rng rng = test_rng_of("column");
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    for (size_t i = 0; i < PRS_COUNT(sizes) * 16; i++) {
        prs_column_type type = i & 1 ? PRS_COLUMN_INT : PRS_COLUMN_WORD;
        make_model(&m, type, (i & 2) != 0, sizes[i / 16], (int)(i >> 2 & 3), &rng);
        section_file f; /* written as given, compared with sorted and distinct */
        prs_section s;
        prs_column c;
        ck_assert_int_eq(write_model(&m, &mem, &f), PRISM_OK);
        ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_COLUMN, i % 3 == 0, &s), PRISM_OK);
        ck_assert_int_eq(prs_column_open(&c, &s, m.n_docs, NULL), PRISM_OK);
        sort_model(&m);
        check_model(&m, &c);
        section_file_end(&f);
        ck_assert_uint_eq(atomic_load(&mem.live), 0);
    }
}
END_TEST

START_TEST(bytes_are_those_of_the_format) {
    static const uint8_t ints[] = {
        1,  0, 0, 0, 0, 0, 0, 0, 3,  0, 0, 0, 0, 0, 0, 0, /* type, many, 3 values */
        5,  0, 0, 0, 0, 0, 0, 0,                          /* docs 0 and 2 */
        10, 0, 0, 0, 0, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0,
        48, 0, 0, 0, 0, 0, 0, 0, 2,  3}; /* 13 - 10, absent, 0 */
    static const uint8_t words[] = {
        2,   1,   0,  0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0,
        2,   0,   0,  0, 3, 0, 0, 0, /* docs 0..2 begin at 0, 2, 2 */
        2,   0,   0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
        3,   0,   0,  0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, /* 0, 1, 0 */
        'a', 'z', 'z'};
    static model m = {PRS_COLUMN_INT, false, 3, {1, 0, 1}, {{13}, {0}, {10}}, {{{0}}}};
    prs_mem mem;
    section_file f;
    prs_section s;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(write_model(&m, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_COLUMN, false, &s), PRISM_OK);
    ck_assert_uint_eq(s.len, sizeof ints);
    ck_assert_mem_eq(s.ptr, ints, sizeof ints);
    section_file_end(&f);
    static model w = {PRS_COLUMN_WORD, true, 3, {3, 0, 1}, {{0}}, {{"zz", "a", "zz"}, {""}, {"a"}}};
    ck_assert_int_eq(write_model(&w, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_COLUMN, false, &s), PRISM_OK);
    ck_assert_uint_eq(s.len, sizeof words);
    ck_assert_mem_eq(s.ptr, words, sizeof words);
    section_file_end(&f);
}
END_TEST

START_TEST(doubles_keep_their_order) {
    static const double values[] = {-1e308, -2.5, -1, -1e-320, 0, 1e-320, 0.5, 1, 3, 1e308};
    for (size_t i = 0; i < PRS_COUNT(values); i++) {
        ck_assert(prs_column_to_f64(prs_column_from_f64(values[i])) == values[i]);
        if (i > 0)
            ck_assert_int_lt(prs_column_from_f64(values[i - 1]), prs_column_from_f64(values[i]));
    }
    ck_assert_int_eq(prs_column_from_f64(-0.0), prs_column_from_f64(0.0));
    ck_assert_int_eq(prs_column_from_f64(0.0), 0);
}
END_TEST

static prism_status misuse(prs_mem *mem, uint32_t first, uint32_t second, uint32_t n,
                           uint32_t n_docs) {
    static const int64_t values[2] = {1, 2};
    prs_column_writer *cw;
    section_file f;
    ck_assert_int_eq(section_file_begin(&f, mem, PRS_COMPONENT_COLUMN), PRISM_OK);
    ck_assert_int_eq(prs_column_writer_new(mem, PRS_COLUMN_INT, false, &cw, NULL), PRISM_OK);
    prs_column_writer_ints(cw, first, values, n);
    prs_column_writer_ints(cw, second, values, 1);
    prism_status status = prs_column_writer_finish(cw, f.out, n_docs, NULL);
    prs_column_writer_free(cw);
    section_file_end(&f);
    return status;
}

START_TEST(misuse_is_told) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(misuse(&mem, 1, 2, 1, 3), PRISM_OK);
    ck_assert_int_eq(misuse(&mem, 1, 1, 1, 3), PRISM_EINVAL); /* the same document twice */
    ck_assert_int_eq(misuse(&mem, 2, 1, 1, 3), PRISM_EINVAL); /* backwards */
    ck_assert_int_eq(misuse(&mem, 0, 1, 2, 3), PRISM_EINVAL); /* two values in a single column */
    ck_assert_int_eq(misuse(&mem, 0, 1, 1, 1), PRISM_EINVAL); /* behind the last document */
}
END_TEST

static prism_status write_and_read(prs_mem *mem, void *ctx) {
    return round_trip(mem, ctx, false);
}

START_TEST(memory_may_run_out) {
    static model m;
    test_rng rng = test_rng_of("column oom");
    for (int i = 0; i < 4; i++) {
        do {
            make_model(&m, i & 1 ? PRS_COLUMN_INT : PRS_COLUMN_WORD, (i & 2) != 0, 200, 1, &rng);
            sort_model(&m);
        } while (m.n[0] == 0 || m.n[1] == 0);
        ck_assert_uint_gt(test_oom_sweep(write_and_read, &m), 10);
    }
}
END_TEST

/* Ask everything of a section that may be any bytes. */
static void ask(const section_copy *copy, const model *m) {
    prs_section s = prs_section_of(copy->bytes, copy->len);
    prs_column c;
    volatile uint64_t sink = 0;
    int64_t out[64], min, max;
    bool exact;
    if (prs_column_open(&c, &s, m->n_docs, NULL) != PRISM_OK) return;
    (void)!prs_column_check(&c, NULL);
    for (uint32_t doc = 0; doc <= m->n_docs; doc++) {
        uint64_t first, end = prs_column_values(&c, doc, &first);
        for (uint64_t v = first; v < PRS_MIN(end, first + 20); v++) {
            sink += (uint64_t)prs_column_int(&c, v);
            prs_bytes word = prs_column_word_bytes(&c, prs_column_word(&c, v));
            for (size_t i = 0; i < word.len; i++) sink += word.ptr[i];
        }
        prs_column_ints(&c, first, 64, out);
        prs_column_range(&c, doc, &min, &max);
    }
    sink += prs_column_find_word(&c, prs_bytes_of("w17", 3), &exact);
    (void)sink;
}

START_TEST(any_bytes_are_safe) {
    static model m;
    test_rng rng = test_rng_of("column hostile");
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    for (int i = 0; i < 8; i++) {
        section_file f;
        prs_section s;
        make_model(&m, i & 1 ? PRS_COLUMN_INT : PRS_COLUMN_WORD, (i & 2) != 0, 50, i % 4, &rng);
        ck_assert_int_eq(write_model(&m, &mem, &f), PRISM_OK);
        ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_COLUMN, false, &s), PRISM_OK);
        for (int round = 0; round < 800; round++) {
            bool cut = round < 200;
            section_copy copy =
                section_copy_of(&s, cut ? (size_t)test_rng_below(&rng, s.len) : (size_t)s.len);
            for (uint64_t k = cut ? 0 : test_rng_below(&rng, 4) + 1; k > 0; k--)
                section_copy_damage(&copy, &rng);
            ask(&copy, &m);
            section_copy_free(&copy);
        }
        section_file_end(&f);
    }
}
END_TEST

START_TEST(check_finds_a_wrong_value) {
    /* every single bit of a column that is not padding or a word's text is under some rule or
     * changes a value */
    static model m = {PRS_COLUMN_WORD, true, 3, {2, 0, 1}, {{0}}, {{"a", "zz"}, {""}, {"a"}}};
    prs_mem mem;
    section_file f;
    prs_section s;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(write_model(&m, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_COLUMN, false, &s), PRISM_OK);
    for (size_t at = 0; at < 64; at++) { /* head, places, number of words, offsets */
        section_copy copy = section_copy_of(&s, (size_t)s.len);
        copy.bytes[at] ^= 0x10;
        prs_section damaged = prs_section_of(copy.bytes, copy.len);
        prs_column c;
        bool found = prs_column_open(&c, &damaged, 3, NULL) != PRISM_OK ||
                     prs_column_check(&c, NULL) == PRISM_ECORRUPT;
        ck_assert_msg(found, "byte %zu", at);
        section_copy_free(&copy);
    }
    section_file_end(&f);
}
END_TEST

/* Where a word ends before it begins, though inside all words. */
START_TEST(words_do_not_overlap) {
    static model m = {PRS_COLUMN_WORD, true, 2, {2, 1}, {{0}}, {{"bbbb", "cccc"}, {"aaaa"}}};
    prs_mem mem;
    section_file f;
    prs_section s;
    prs_column c;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(write_model(&m, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_COLUMN, false, &s), PRISM_OK);
    ck_assert_int_eq(prs_column_open(&c, &s, 2, NULL), PRISM_OK);
    ck_assert_uint_eq(c.n_words, 3);
    size_t offs = (size_t)(c.word_offs - s.ptr), words = (size_t)(c.word_bytes - s.ptr);
    for (uint64_t first = 0; first <= 12; first++) {
        for (uint64_t second = 0; second <= 12; second++) {
            section_copy copy = section_copy_of(&s, (size_t)s.len);
            prs_store64(copy.bytes + offs + 8, first);
            prs_store64(copy.bytes + offs + 16, second);
            prs_section damaged = prs_section_of(copy.bytes, copy.len);
            prism_error err = PRISM_ERROR_INIT;
            prism_status status = prs_column_open(&c, &damaged, 2, NULL);
            if (status == PRISM_OK) status = prs_column_check(&c, &err);
            if (first > second) ck_assert_int_eq(status, PRISM_ECORRUPT);
            if (first == 4 && second == 8) ck_assert_int_eq(status, PRISM_OK);
            section_copy_free(&copy);
        }
    }
    section_copy twice = section_copy_of(&s, (size_t)s.len); /* a word that is there two times */
    memcpy(twice.bytes + words, "aaaaaaaa", 8);
    prs_section damaged = prs_section_of(twice.bytes, twice.len);
    ck_assert_int_eq(prs_column_open(&c, &damaged, 2, NULL), PRISM_OK);
    ck_assert(prs_bytes_equal(prs_column_word_bytes(&c, 0), prs_column_word_bytes(&c, 1)));
    ck_assert_int_eq(prs_column_check(&c, NULL), PRISM_ECORRUPT);
    section_copy_free(&twice);
    section_file_end(&f);
}
END_TEST

static prism_status use_column(prs_in *in, void *ctx) {
    const model *m = ctx;
    prs_section s;
    prs_column c;
    ck_assert(prs_in_section(in, PRS_COMPONENT_COLUMN, PRS_FIELD_NONE, &s));
    PRS_TRY(prs_column_open(&c, &s, m->n_docs, NULL));
    return prs_column_check(&c, NULL);
}

START_TEST(every_read_may_fail) {
    static model m;
    test_rng rng = test_rng_of("column that cannot be read");
    for (int kind = 0; kind < 4; kind++) {
        prs_mem mem;
        section_file f;
        prs_section s;
        prs_mem_init(&mem, NULL);
        do {
            make_model(&m, kind < 2 ? PRS_COLUMN_INT : PRS_COLUMN_WORD, kind % 2 == 1, MAX_DOCS, 2,
                       &rng);
        } while (m.n[0] == 0);
        ck_assert_int_eq(write_model(&m, &mem, &f), PRISM_OK);
        ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_COLUMN, true, &s), PRISM_OK);
        ck_assert_uint_ge(section_file_sweep(&f, use_column, &m), 1);
        section_file_end(&f);
    }
}
END_TEST

TEST_SUITE(column, every_read_may_fail, words_do_not_overlap, values_come_back,
           bytes_are_those_of_the_format, doubles_keep_their_order, misuse_is_told,
           memory_may_run_out, any_bytes_are_safe, check_finds_a_wrong_value)
