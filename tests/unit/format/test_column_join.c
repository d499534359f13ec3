/* test_column_join.c - are joined columns the column of all their values, byte for byte, and is
 * damage harmless? */
#include "harness/section_file.h"

#include "codec/bits.h"
#include "codec/bits.h"
#include "format/column_join.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_PARTS = 5, MAX_DOCS = 5000, MAX_PER_DOC = 6 };

typedef struct joining {
    uint32_t n_parts, n_left, n_with;
    bool gone[MAX_PARTS][MAX_DOCS];
    section_file files[MAX_PARTS];
    prs_column columns[MAX_PARTS];
    uint32_t n_docs[MAX_PARTS];
    const prs_column *inputs[MAX_PARTS];
    prs_column_type type;
    bool many;
    section_file whole; /* written from the values that are left */
    prs_section expected;
} joining;

static bool next(void *ctx, prs_join_step *step) {
    const joining *j = ctx;
    for (;;) { /* own[0]: the next document of the input */
        if (step->input == j->n_parts) return false;
        if (step->own[0] == j->n_docs[step->input]) {
            step->input++;
            step->own[0] = 0;
        } else if (!j->gone[step->input][step->own[0]++]) {
            step->doc = step->own[0] - 1;
            return true;
        }
    }
}

static prism_status poll(void *ctx, uint32_t n, prism_error *err) {
    (void)ctx;
    (void)n;
    (void)err;
    return PRISM_OK;
}

typedef struct values {
    uint32_t n;
    int64_t ints[MAX_PER_DOC];
    char texts[MAX_PER_DOC][32];
    prs_bytes words[MAX_PER_DOC];
} values;

static void some_values(values *v, bool many, uint32_t one_in, uint64_t n_words, test_rng *rng) {
    v->n = 0;
    if (!test_rng_one_in(rng, one_in)) return;
    v->n = many ? 1 + (uint32_t)test_rng_below(rng, MAX_PER_DOC) : 1;
    for (uint32_t i = 0; i < v->n; i++) {
        uint64_t word = test_rng_below(rng, n_words);
        v->ints[i] = test_rng_one_in(rng, 3000) ? (int64_t)test_rng_next(rng) : (int64_t)word - 50;
        int len =
            snprintf(v->texts[i], sizeof v->texts[i], "word of %llu", (unsigned long long)word);
        v->words[i] = prs_bytes_of(v->texts[i], test_rng_one_in(rng, 99) ? 0 : (size_t)len);
    }
}

static void add_values(prs_column_writer *cw, const joining *j, uint32_t doc, const values *v) {
    if (v->n == 0) return;
    if (j->type == PRS_COLUMN_INT) {
        prs_column_writer_ints(cw, doc, v->ints, v->n);
    } else {
        prs_column_writer_words(cw, doc, v->words, v->n);
    }
}

static void make_part(joining *j, uint32_t i, uint32_t gone_in, bool many, prs_mem *mem,
                      prs_column_writer *all, test_rng *rng) {
    uint32_t n = j->n_docs[i], one_in = 1 + (uint32_t)test_rng_below(rng, 4);
    uint64_t n_words = 1 + (test_rng_next(rng) >> (40 + test_rng_below(rng, 23)));
    prs_column_writer *cw;
    prs_section section;
    ck_assert_int_eq(section_file_begin(&j->files[i], mem, PRS_COMPONENT_COLUMN), PRISM_OK);
    ck_assert_int_eq(prs_column_writer_new(mem, j->type, many, &cw, NULL), PRISM_OK);
    for (uint32_t doc = 0; doc < n; doc++) {
        values v;
        some_values(&v, many, one_in, n_words, rng);
        add_values(cw, j, doc, &v);
        j->gone[i][doc] = gone_in != 0 && test_rng_one_in(rng, gone_in);
        if (!j->gone[i][doc]) add_values(all, j, j->n_left++, &v);
    }
    ck_assert_int_eq(prs_column_writer_finish(cw, j->files[i].out, n, NULL), PRISM_OK);
    prs_column_writer_free(cw);
    ck_assert_int_eq(section_file_open(&j->files[i], PRS_COMPONENT_COLUMN, false, &section),
                     PRISM_OK);
    ck_assert_int_eq(prs_column_open(&j->columns[i], &section, n, NULL), PRISM_OK);
    j->inputs[i] = &j->columns[i];
}

/* An input that does not know the field. */
static void make_none(joining *j, uint32_t i, prs_mem *mem) {
    prs_section section;
    ck_assert_int_eq(section_file_begin(&j->files[i], mem, PRS_COMPONENT_COLUMN), PRISM_OK);
    ck_assert_int_eq(section_file_open(&j->files[i], PRS_COMPONENT_COLUMN, false, &section),
                     PRISM_OK);
    j->n_left += j->n_docs[i];
}

static joining *make(prs_column_type type, bool many, uint32_t max_docs, uint32_t gone_in,
                     prs_mem *mem, test_rng *rng) {
    joining *j = calloc(1, sizeof *j);
    prs_column_writer *all;
    j->type = type;
    j->many = many;
    j->n_parts = 1 + (uint32_t)test_rng_below(rng, MAX_PARTS);
    ck_assert_int_eq(prs_column_writer_new(mem, type, many, &all, NULL), PRISM_OK);
    for (uint32_t i = 0; i < j->n_parts; i++) {
        j->n_docs[i] = 1 + (uint32_t)test_rng_below(rng, max_docs);
        if (i > 0 && test_rng_one_in(rng, 5)) {
            make_none(j, i, mem);
        } else {
            make_part(j, i, gone_in, many && !test_rng_one_in(rng, 4), mem, all, rng);
        }
    }
    ck_assert_int_eq(section_file_begin(&j->whole, mem, PRS_COMPONENT_COLUMN), PRISM_OK);
    j->n_with = prs_column_writer_docs_with(all);
    ck_assert_int_eq(prs_column_writer_finish(all, j->whole.out, j->n_left, NULL), PRISM_OK);
    prs_column_writer_free(all);
    ck_assert_int_eq(section_file_open(&j->whole, PRS_COMPONENT_COLUMN, false, &j->expected),
                     PRISM_OK);
    return j;
}

static void end(joining *j) {
    for (uint32_t i = 0; i < j->n_parts; i++) section_file_end(&j->files[i]);
    section_file_end(&j->whole);
    free(j);
}

static prism_status join(joining *j, prs_mem *mem, section_file *f, prs_column_join *join) {
    *join = (prs_column_join){.type = j->type,
                              .many = j->many,
                              .inputs = j->inputs,
                              .n_inputs = j->n_parts,
                              .ctx = j,
                              .next = next,
                              .poll = poll};
    PRS_TRY(section_file_begin(f, mem, PRS_COMPONENT_COLUMN));
    PRS_TRY(prs_column_join_count(join, NULL));
    return prs_column_join_write(join, mem, f->out, NULL);
}

START_TEST(joined_columns_are_bytes_of_one) {
    prs_mem mem;
    test_rng rng = test_rng_of("column-join");
    prs_mem_init(&mem, NULL);
    for (uint32_t i = 0; i < 240; i++) {
        static const uint32_t gone_in[] = {0, 2, 100};
        joining *j = make(i % 2 == 0 ? PRS_COLUMN_INT : PRS_COLUMN_WORD, i % 4 < 2,
                          i % 8 < 2 ? MAX_DOCS : 1 + i, gone_in[i % 3], &mem, &rng);
        section_file f;
        prs_section section;
        prs_column_join made;
        ck_assert_int_eq(join(j, &mem, &f, &made), PRISM_OK);
        ck_assert_uint_eq(made.n_docs, j->n_left);
        ck_assert_uint_eq(made.n_docs_with, j->n_with);
        ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_COLUMN, false, &section), PRISM_OK);
        ck_assert_uint_eq(section.len, j->expected.len);
        ck_assert_mem_eq(section.ptr, j->expected.ptr, (size_t)section.len);
        section_file_end(&f);
        end(j);
    }
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

/* Whatever the bytes are: an error, or a section. */
START_TEST(any_bytes) {
    prs_mem mem;
    test_rng rng = test_rng_of("column-join-damage");
    prs_mem_init(&mem, NULL);
    for (uint32_t i = 0; i < 1000; i++) {
        joining *j = make(i % 3 == 0 ? PRS_COLUMN_INT : PRS_COLUMN_WORD, i % 4 < 2, 200,
                          i % 5 == 0 ? 3 : 0, &mem, &rng);
        const prs_section *section = &j->columns[0].section;
        section_copy copy = section_copy_of(section, (size_t)section->len);
        section_copy_damage(&copy, &rng);
        prs_section damaged = prs_section_of(copy.bytes, copy.len);
        section_file f;
        prs_column_join made;
        if (prs_column_open(&j->columns[0], &damaged, j->n_docs[0], NULL) == PRISM_OK) {
            prism_status status = join(j, &mem, &f, &made);
            ck_assert(status == PRISM_OK || status == PRISM_ECORRUPT || status == PRISM_EINVAL ||
                      status == PRISM_ELIMIT);
            section_file_end(&f);
        }
        section_copy_free(&copy);
        end(j);
    }
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

/* Documents that say they have all values of the column: a small file must not become a large
 * one. */
START_TEST(values_are_not_shared) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    for (int k = 1; k <= 2; k++) {
        test_rng rng = test_rng_of("column-join-shared");
        joining *j = make((prs_column_type)k, true, 100, 0, &mem, &rng);
        while (j->columns[0].n_values < 20 || !j->columns[0].many) {
            end(j);
            j = make((prs_column_type)k, true, 100, 0, &mem, &rng);
        }
        const prs_section *section = &j->columns[0].section;
        section_copy copy = section_copy_of(section, (size_t)section->len);
        uint8_t *places = copy.bytes + (j->columns[0].places - section->ptr);
        for (uint32_t doc = 0; doc < j->n_docs[0]; doc++)
            prs_store32(places + 4 * doc, doc % 2 ? (uint32_t)j->columns[0].n_values : 0);
        prs_section shared = prs_section_of(copy.bytes, copy.len);
        section_file f;
        prs_column_join made;
        ck_assert_int_eq(prs_column_open(&j->columns[0], &shared, j->n_docs[0], NULL), PRISM_OK);
        ck_assert_int_eq(join(j, &mem, &f, &made), PRISM_ECORRUPT);
        section_file_end(&f);
        section_copy_free(&copy);
        end(j);
    }
}
END_TEST

/* A document that has one value twice, or a larger one before. */
START_TEST(values_ascend) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    for (int k = 0; k < 4; k++) {
        section_file in, f;
        prs_section s;
        prs_column_writer *cw;
        prs_column_join made;
        joining *j = calloc(1, sizeof *j);
        const int64_t ints[] = {1, 2, 3};
        const prs_bytes words[] = {prs_bytes_of("a", 1), prs_bytes_of("b", 1),
                                   prs_bytes_of("c", 1)};
        j->type = k < 2 ? PRS_COLUMN_INT : PRS_COLUMN_WORD;
        ck_assert_int_eq(section_file_begin(&in, &mem, PRS_COMPONENT_COLUMN), PRISM_OK);
        ck_assert_int_eq(prs_column_writer_new(&mem, j->type, true, &cw, NULL), PRISM_OK);
        if (k < 2) prs_column_writer_ints(cw, 0, ints, 3);
        if (k >= 2) prs_column_writer_words(cw, 0, words, 3);
        ck_assert_int_eq(prs_column_writer_finish(cw, in.out, 1, NULL), PRISM_OK);
        prs_column_writer_free(cw);
        ck_assert_int_eq(section_file_open(&in, PRS_COMPONENT_COLUMN, false, &s), PRISM_OK);
        section_copy copy = section_copy_of(&s, (size_t)s.len);
        prs_section damaged = prs_section_of(copy.bytes, copy.len);
        prs_column *c = &j->columns[0];
        ck_assert_int_eq(prs_column_open(c, &damaged, 1, NULL), PRISM_OK);
        uint8_t *bits = copy.bytes + (k < 2 ? prs_load64(c->blocks + 16) + 1
                                            : (uint64_t)(c->numbers - copy.bytes));
        *bits = k % 2 ? 0x25 : 0x11; /* two bits each: 1 1 2, or 1 0 1 */
        j->many = true;
        j->n_parts = 1;
        j->n_docs[0] = 1;
        j->inputs[0] = c;
        ck_assert_int_eq(join(j, &mem, &f, &made), PRISM_ECORRUPT);
        section_file_end(&f);
        section_copy_free(&copy);
        section_file_end(&in);
        free(j);
    }
}
END_TEST

enum { N_LONG = 64, LONG = 400 };

/* A column of single words, as long as many. */
static void write_long(section_file *f, prs_section *s, prs_mem *mem) {
    static char texts[N_LONG][LONG];
    prs_column_writer *cw;
    ck_assert_int_eq(section_file_begin(f, mem, PRS_COMPONENT_COLUMN), PRISM_OK);
    ck_assert_int_eq(prs_column_writer_new(mem, PRS_COLUMN_WORD, false, &cw, NULL), PRISM_OK);
    for (uint32_t i = 0; i < N_LONG; i++) {
        memset(texts[i], 'a', LONG);
        texts[i][LONG - 1] = (char)('0' + i);
        prs_bytes word = prs_bytes_of(texts[i], LONG);
        prs_column_writer_words(cw, i, &word, 1);
    }
    ck_assert_int_eq(prs_column_writer_finish(cw, f->out, N_LONG, NULL), PRISM_OK);
    prs_column_writer_free(cw);
    ck_assert_int_eq(section_file_open(f, PRS_COMPONENT_COLUMN, false, s), PRISM_OK);
}

/* What becomes of it joined alone. */
static prism_status join_long(const section_copy *copy, prs_mem *mem) {
    section_file f;
    prs_column_join made;
    joining *j = calloc(1, sizeof *j);
    prs_section section = prs_section_of(copy->bytes, copy->len);
    ck_assert_int_eq(prs_column_open(&j->columns[0], &section, N_LONG, NULL), PRISM_OK);
    j->type = PRS_COLUMN_WORD;
    j->n_parts = 1;
    j->n_docs[0] = N_LONG;
    j->inputs[0] = &j->columns[0];
    prism_status status = join(j, mem, &f, &made);
    section_file_end(&f);
    free(j);
    return status;
}

/* Words that lie over each other, though each is larger than the one before: 0, 2, 4 ... begin at
 * 0 and grow; the others end before they begin, and no document has them. */
START_TEST(words_do_not_overlap) {
    prs_mem mem;
    section_file in;
    prs_section s;
    prs_column c;
    prs_mem_init(&mem, NULL);
    write_long(&in, &s, &mem);
    ck_assert_int_eq(prs_column_open(&c, &s, N_LONG, NULL), PRISM_OK);
    section_copy copy = section_copy_of(&s, (size_t)s.len);
    uint8_t *offs = copy.bytes + (c.word_offs - s.ptr);
    uint8_t *numbers = copy.bytes + (c.numbers - s.ptr);
    ck_assert_int_eq(join_long(&copy, &mem), PRISM_OK);
    memset(copy.bytes + (c.word_bytes - s.ptr), 'a', (size_t)N_LONG * LONG);
    for (uint64_t i = 0; i <= N_LONG; i++)
        prs_store64(offs + 8 * i, i % 2 ? LONG * (N_LONG / 2) + i : 0);
    memset(numbers, 0, (size_t)prs_bits_bytes(N_LONG, c.width));
    for (uint32_t i = 0; i < N_LONG; i++)
        prs_bits_store(numbers, (uint64_t)i * c.width, c.width, i & ~1u);
    ck_assert_int_eq(join_long(&copy, &mem), PRISM_ECORRUPT);
    section_copy_free(&copy);
    section_file_end(&in);
}
END_TEST

START_TEST(words_are_distinct) {
    prs_mem mem;
    section_file in;
    prs_section s;
    prs_column c;
    prs_mem_init(&mem, NULL);
    write_long(&in, &s, &mem);
    ck_assert_int_eq(prs_column_open(&c, &s, N_LONG, NULL), PRISM_OK);
    section_copy copy = section_copy_of(&s, (size_t)s.len);
    uint8_t *words = copy.bytes + (c.word_bytes - s.ptr);
    memcpy(words + 8 * LONG, words + 7 * LONG, LONG);
    ck_assert_int_eq(join_long(&copy, &mem), PRISM_ECORRUPT);
    section_copy_free(&copy);
    section_file_end(&in);
}
END_TEST

/* Several inputs have the word that one of them has twice, whichever it is. */
START_TEST(words_are_distinct_in_each_input) {
    prs_mem mem;
    section_file in;
    prs_section s;
    prs_column c;
    prs_mem_init(&mem, NULL);
    write_long(&in, &s, &mem);
    ck_assert_int_eq(prs_column_open(&c, &s, N_LONG, NULL), PRISM_OK);
    section_copy copy = section_copy_of(&s, (size_t)s.len);
    prs_section forged = prs_section_of(copy.bytes, copy.len);
    uint8_t *words = copy.bytes + (c.word_bytes - s.ptr);
    for (uint32_t bad = 0; bad <= MAX_PARTS; bad++) { /* MAX_PARTS: none */
        for (uint32_t twice = 0; twice + 1 < N_LONG; twice += 7) {
            section_file f;
            prs_column_join made;
            joining *j = calloc(1, sizeof *j);
            j->type = PRS_COLUMN_WORD;
            j->n_parts = MAX_PARTS;
            memcpy(words, c.word_bytes, (size_t)N_LONG * LONG);
            memcpy(words + (twice + 1) * LONG, words + twice * LONG, LONG);
            for (uint32_t i = 0; i < MAX_PARTS; i++) {
                const prs_section *own = i == bad ? &forged : &s;
                ck_assert_int_eq(prs_column_open(&j->columns[i], own, N_LONG, NULL), PRISM_OK);
                j->n_docs[i] = N_LONG;
                j->inputs[i] = &j->columns[i];
            }
            prism_status status = join(j, &mem, &f, &made);
            ck_assert_int_eq(status, bad < MAX_PARTS ? PRISM_ECORRUPT : PRISM_OK);
            section_file_end(&f);
            free(j);
        }
    }
    section_copy_free(&copy);
    section_file_end(&in);
}
END_TEST

START_TEST(memory_may_run_out) {
    test_rng rng = test_rng_of("column-join-memory");
    prs_mem plain;
    prs_mem_init(&plain, NULL);
    for (int k = 1; k <= 2; k++) {
        joining *j = make((prs_column_type)k, true, 100, 0, &plain, &rng);
        prism_status status = PRISM_ENOMEM;
        for (size_t at = 1; status == PRISM_ENOMEM && at < 1000; at++) {
            test_alloc counter = {.fail_at = at};
            prism_allocator hook = test_alloc_hook(&counter);
            prs_mem mem;
            section_file f;
            prs_column_join made;
            prs_mem_init(&mem, &hook);
            status = join(j, &mem, &f, &made);
            section_file_end(&f);
            test_alloc_check_empty(&counter);
        }
        ck_assert_int_eq(status, PRISM_OK);
        end(j);
    }
}
END_TEST

TEST_SUITE(column_join, joined_columns_are_bytes_of_one, any_bytes, values_are_not_shared,
           values_ascend, words_do_not_overlap, words_are_distinct,
           words_are_distinct_in_each_input, memory_may_run_out)
