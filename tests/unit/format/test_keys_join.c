/* test_keys_join.c - are joined tables of keys the table of all their keys, byte for byte, and is
 * damage refused? */
#include "harness/section_file.h"

#include "format/keys_join.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_PARTS = 5, MAX_DOCS = 3000 };

typedef struct joining {
    uint32_t n_parts, n_docs[MAX_PARTS], n_left;
    uint32_t number[MAX_PARTS][MAX_DOCS]; /* of the result */
    section_file files[MAX_PARTS];
    prs_keys keys[MAX_PARTS];
    const prs_keys *inputs[MAX_PARTS];
    section_file whole; /* written from the keys that are left */
    prs_section expected;
    uint32_t n_polled;
} joining;

static uint32_t number_of(void *ctx, uint32_t input, uint32_t doc) {
    const joining *j = ctx;
    return j->number[input][doc];
}

static bool next(void *ctx, prs_join_step *step) {
    const joining *j = ctx;
    for (;;) { /* own[0]: the next document of the input */
        if (step->input == j->n_parts) return false;
        if (step->own[0] == j->n_docs[step->input]) {
            step->input++;
            step->own[0] = 0;
        } else if (j->number[step->input][step->own[0]++] != PRS_KEYS_GONE) {
            step->doc = step->own[0] - 1;
            return true;
        }
    }
}

static prism_status poll(void *ctx, uint32_t n, prism_error *err) {
    joining *j = ctx;
    (void)err;
    j->n_polled += n;
    return PRISM_OK;
}

/* Keys that are often the same, now and then empty or long. */
static prs_bytes some_key(char *text, uint32_t n, test_rng *rng) {
    int len = snprintf(text, PRISM_MAX_KEY_BYTES, "k%u", (unsigned)test_rng_below(rng, 2 * n));
    if (test_rng_one_in(rng, 50)) len = 0;
    if (test_rng_one_in(rng, 50)) {
        len = (int)test_rng_below(rng, PRISM_MAX_KEY_BYTES + 1);
        memset(text, 'x', (size_t)len);
    }
    return prs_bytes_of(text, (size_t)len);
}

static void make_part(joining *j, uint32_t i, uint32_t gone_in, prs_mem *mem, prs_keys_writer *all,
                      test_rng *rng) {
    char text[PRISM_MAX_KEY_BYTES + 1];
    prs_keys_writer *kw;
    prs_section section;
    ck_assert_int_eq(section_file_begin(&j->files[i], mem, PRS_COMPONENT_KEYS), PRISM_OK);
    ck_assert_int_eq(prs_keys_writer_new(mem, &kw, NULL), PRISM_OK);
    for (uint32_t doc = 0; doc < j->n_docs[i]; doc++) {
        prs_bytes key = some_key(text, j->n_docs[i], rng);
        prs_keys_writer_add(kw, key);
        j->number[i][doc] = PRS_KEYS_GONE;
        if (gone_in != 0 && test_rng_one_in(rng, gone_in)) continue;
        prs_keys_writer_add(all, key);
        j->number[i][doc] = j->n_left++;
    }
    ck_assert_int_eq(prs_keys_writer_finish(kw, j->files[i].out, j->n_docs[i], NULL), PRISM_OK);
    prs_keys_writer_free(kw);
    ck_assert_int_eq(section_file_open(&j->files[i], PRS_COMPONENT_KEYS, false, &section),
                     PRISM_OK);
    ck_assert_int_eq(prs_keys_open(&j->keys[i], &section, j->n_docs[i], NULL), PRISM_OK);
    j->inputs[i] = &j->keys[i];
}

static joining *make(uint32_t max_docs, uint32_t gone_in, prs_mem *mem, test_rng *rng) {
    joining *j = calloc(1, sizeof *j);
    prs_keys_writer *all;
    j->n_parts = 1 + (uint32_t)test_rng_below(rng, MAX_PARTS);
    ck_assert_int_eq(prs_keys_writer_new(mem, &all, NULL), PRISM_OK);
    for (uint32_t i = 0; i < j->n_parts; i++) {
        j->n_docs[i] = 1 + (uint32_t)test_rng_below(rng, max_docs);
        make_part(j, i, gone_in, mem, all, rng);
    }
    ck_assert_int_eq(section_file_begin(&j->whole, mem, PRS_COMPONENT_KEYS), PRISM_OK);
    if (j->n_left > 0)
        ck_assert_int_eq(prs_keys_writer_finish(all, j->whole.out, j->n_left, NULL), PRISM_OK);
    prs_keys_writer_free(all);
    ck_assert_int_eq(section_file_open(&j->whole, PRS_COMPONENT_KEYS, false, &j->expected),
                     PRISM_OK);
    return j;
}

static void end(joining *j) {
    for (uint32_t i = 0; i < j->n_parts; i++) section_file_end(&j->files[i]);
    section_file_end(&j->whole);
    free(j);
}

static prism_status join_err(joining *j, prs_mem *mem, section_file *f, prism_error *err) {
    prs_keys_join join = {.inputs = j->inputs,
                          .n_inputs = j->n_parts,
                          .n_docs = j->n_left,
                          .ctx = j,
                          .next = next,
                          .number = number_of,
                          .poll = poll};
    PRS_TRY(section_file_begin(f, mem, PRS_COMPONENT_KEYS));
    return prs_keys_join_write(&join, mem, f->out, err);
}

static prism_status join(joining *j, prs_mem *mem, section_file *f) {
    return join_err(j, mem, f, NULL);
}

START_TEST(joined_keys_are_bytes_of_one_table) {
    prs_mem mem;
    test_rng rng = test_rng_of("keys-join");
    prs_mem_init(&mem, NULL);
    for (uint32_t i = 0; i < 120; i++) {
        static const uint32_t gone_in[] = {0, 2, 100};
        joining *j = make(i % 4 == 0 ? MAX_DOCS : 1 + i, gone_in[i % 3], &mem, &rng);
        section_file f;
        prs_section section;
        if (j->n_left > 0) {
            ck_assert_int_eq(join(j, &mem, &f), PRISM_OK);
            ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_KEYS, false, &section), PRISM_OK);
            ck_assert_uint_eq(section.len, j->expected.len);
            ck_assert_mem_eq(section.ptr, j->expected.ptr, (size_t)section.len);
            ck_assert_uint_ge(j->n_polled, 2 * j->n_left);
            section_file_end(&f);
        }
        end(j);
    }
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

/* Whatever the bytes are: an error, or a section. */
START_TEST(damaged_tables_are_refused) {
    prs_mem mem;
    test_rng rng = test_rng_of("keys-join-damage");
    uint32_t n_refused = 0;
    prs_mem_init(&mem, NULL);
    for (uint32_t i = 0; i < 1000; i++) {
        joining *j = make(i % 4 == 0 ? 1500 : 40, i % 3 == 0 ? 3 : 0, &mem, &rng);
        prs_section *section = &j->keys[0].section;
        section_copy copy = section_copy_of(section, (size_t)section->len);
        section_copy_damage(&copy, &rng);
        section_file f;
        *section = prs_section_of(copy.bytes, copy.len);
        if (j->n_left > 0) {
            prism_status status = join(j, &mem, &f);
            ck_assert(status == PRISM_OK || status == PRISM_ECORRUPT);
            n_refused += status != PRISM_OK;
            section_file_end(&f);
        }
        section_copy_free(&copy);
        end(j);
    }
    ck_assert_uint_gt(n_refused, 100);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(too_few_documents_are_an_error) {
    prs_mem mem;
    test_rng rng = test_rng_of("keys-join-few");
    prs_mem_init(&mem, NULL);
    joining *j = make(100, 0, &mem, &rng);
    section_file f;
    for (int k = 0; k < 2; k++) {
        j->n_left += k == 0 ? 1 : (uint32_t)-2;
        ck_assert_int_ne(join(j, &mem, &f), PRISM_OK);
        section_file_end(&f);
    }
    end(j);
}
END_TEST

/* Every key the same long bytes: a small file must not become a large one.  The keys between end
 * before they begin, and their documents are gone. */
START_TEST(keys_do_not_overlap) {
    prs_mem mem;
    test_rng rng = test_rng_of("keys-join-overlap");
    prs_mem_init(&mem, NULL);
    joining *j = make(MAX_DOCS, 0, &mem, &rng);
    const prs_section *section = &j->keys[0].section;
    section_copy copy = section_copy_of(section, (size_t)section->len);
    prism_error err = PRISM_ERROR_INIT;
    section_file f;
    ck_assert_uint_eq(j->keys[0].off_width, 4);
    for (uint32_t doc = 0; doc <= j->n_docs[0]; doc++)
        prs_store32(copy.bytes + j->keys[0].offs + 4 * (size_t)doc, doc % 2 ? 1024 : 0);
    j->n_left = 0;
    for (uint32_t i = 0; i < j->n_parts; i++)
        for (uint32_t doc = 0; doc < j->n_docs[i]; doc++)
            j->number[i][doc] = i == 0 && doc % 2 ? PRS_KEYS_GONE : j->n_left++;
    ck_assert_uint_gt(j->n_docs[0] / 2 * 1024, 2 * j->n_parts * j->keys[0].bytes_len);
    j->keys[0].section = prs_section_of(copy.bytes, copy.len);
    ck_assert_int_eq(join_err(j, &mem, &f, &err), PRISM_ECORRUPT);
    ck_assert_ptr_nonnull(strstr(err.text, "overlap"));
    section_file_end(&f);
    section_copy_free(&copy);
    end(j);
}
END_TEST

START_TEST(memory_may_run_out) {
    test_rng rng = test_rng_of("keys-join-memory");
    prs_mem plain;
    prs_mem_init(&plain, NULL);
    joining *j = make(100, 0, &plain, &rng);
    prism_status status = PRISM_ENOMEM;
    for (size_t at = 1; status == PRISM_ENOMEM && at < 1000; at++) {
        test_alloc counter = {.fail_at = at};
        prism_allocator hook = test_alloc_hook(&counter);
        prs_mem mem;
        section_file f;
        prs_mem_init(&mem, &hook);
        status = join(j, &mem, &f);
        section_file_end(&f);
        test_alloc_check_empty(&counter);
    }
    ck_assert_int_eq(status, PRISM_OK);
    end(j);
}
END_TEST

TEST_SUITE(keys_join, joined_keys_are_bytes_of_one_table, damaged_tables_are_refused,
           too_few_documents_are_an_error, keys_do_not_overlap, memory_may_run_out)
