/* test_column_write.c - is a document's value taken whole or not at all, and can a section be
 * written as often as it takes? */
#include "harness/test.h"

#include "format/column.h"
#include "harness/section_file.h"

#include <stdio.h>

enum { DOCS = 2600 }; /* single integers: two full blocks and an open one */

typedef struct bench {
    test_alloc alloc;
    prs_mem mem; /* of the writer */
    prs_column_writer *cw;
    bool ints, many;
} bench;

static void begin(bench *b, bool ints, bool many) {
    memset(b, 0, sizeof *b);
    prism_allocator hook = test_alloc_hook(&b->alloc);
    prs_mem_init(&b->mem, &hook);
    b->ints = ints;
    b->many = many;
    ck_assert_int_eq(prs_column_writer_new(&b->mem, ints ? PRS_COLUMN_INT : PRS_COLUMN_WORD, many,
                                           &b->cw, NULL),
                     PRISM_OK);
}

static void end(bench *b) {
    prs_column_writer_free(b->cw);
    test_alloc_check_empty(&b->alloc);
}

static uint32_t n_of(const bench *b, uint32_t doc) {
    if (doc % 7 == 3) return 0;
    return b->many ? 1 + doc % 5 : 1;
}

static prism_status ready(bench *b, uint32_t doc, uint32_t salt) {
    int64_t ints[8];
    char texts[8][24];
    prs_bytes words[8];
    uint32_t n = n_of(b, doc);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t v = (doc * 31 + i * 17) % 900 + salt;
        ints[i] = (int64_t)v * (doc % 500 == 0 ? INT64_C(1) << 40 : 1);
        snprintf(texts[i], sizeof texts[i], "word %u", v);
        words[i] = prs_bytes_of(texts[i], strlen(texts[i]));
    }
    return b->ints ? prs_column_writer_ready_ints(b->cw, doc, ints, n, NULL)
                   : prs_column_writer_ready_words(b->cw, doc, words, n, NULL);
}

/* The section, of malloc. */
static section_copy finish(bench *b, prs_mem *mem) {
    section_file f;
    prs_section s;
    ck_assert_int_eq(section_file_begin(&f, mem, PRS_COMPONENT_COLUMN), PRISM_OK);
    ck_assert_int_eq(prs_column_writer_finish(b->cw, f.out, DOCS, NULL), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_COLUMN, false, &s), PRISM_OK);
    section_copy copy = section_copy_of(&s, (size_t)s.len);
    section_file_end(&f);
    return copy;
}

static section_copy undisturbed(bool ints, bool many, prs_mem *mem) {
    bench b;
    begin(&b, ints, many);
    for (uint32_t doc = 0; doc < DOCS; doc++) {
        ck_assert_int_eq(ready(&b, doc, 0), PRISM_OK);
        prs_column_writer_take(b.cw);
    }
    section_copy copy = finish(&b, mem);
    end(&b);
    return copy;
}

static void expect_same(section_copy *got, const section_copy *want) {
    ck_assert_uint_eq(got->len, want->len);
    ck_assert_mem_eq(got->bytes, want->bytes, want->len);
    section_copy_free(got);
}

#define EACH_KIND(kind, ints, many)                                                                \
    for (int kind = 0; kind < 4; kind++)                                                           \
        for (bool ints = (kind & 1) != 0, many = (kind & 2) != 0, once = true; once; once = false)

/* Documents that are refused, at every allocation, or given up when all was ready, with words of
 * their own, leave no byte behind; those that are taken take no memory. */
START_TEST(a_document_that_was_not_taken_leaves_no_trace) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    EACH_KIND(kind, ints, many) {
        bench b;
        uint32_t n_refused = 0;
        section_copy want = undisturbed(ints, many, &mem);
        begin(&b, ints, many);
        for (uint32_t doc = 0; doc < DOCS; doc++) {
            for (size_t more = 1;; more++) {
                b.alloc.fail_at = atomic_load(&b.alloc.calls) + more;
                prism_status status = ready(&b, doc, more % 2 == 0 ? 0 : 5000);
                b.alloc.fail_at = 0;
                if (status == PRISM_OK) break;
                TEST_NEED(status == PRISM_ENOMEM);
                n_refused++;
            }
            prs_column_writer_forget(b.cw);
            TEST_NEED(ready(&b, doc, 0) == PRISM_OK);
            b.alloc.fail_at = atomic_load(&b.alloc.calls) + 1;
            prs_column_writer_take(b.cw);
            TEST_NEED(atomic_load(&b.alloc.calls) < b.alloc.fail_at);
        }
        b.alloc.fail_at = 0;
        ck_assert_uint_gt(n_refused, 3);
        section_copy got = finish(&b, &mem);
        expect_same(&got, &want);
        section_copy_free(&want);
        end(&b);
    }
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

/* What failed for memory or the file is written again, the same bytes. */
START_TEST(finish_uses_nothing_up) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    EACH_KIND(kind, ints, many) {
        bench b;
        section_copy want = undisturbed(ints, many, &mem);
        begin(&b, ints, many);
        for (uint32_t doc = 0; doc < DOCS - 5; doc++) { /* the last has no value: filled in */
            ck_assert_int_eq(ready(&b, doc, 0), PRISM_OK);
            prs_column_writer_take(b.cw);
        }
        uint32_t n_failed = 0;
        for (size_t more = 1;; more++) {
            section_file f;
            ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_COLUMN), PRISM_OK);
            b.alloc.fail_at = atomic_load(&b.alloc.calls) + more;
            prism_status status = prs_column_writer_finish(b.cw, f.out, DOCS - 5, NULL);
            b.alloc.fail_at = 0;
            section_file_end(&f);
            if (status == PRISM_OK) break;
            ck_assert_int_eq(status, PRISM_ENOMEM);
            n_failed++;
        }
        ck_assert(ints ? n_failed == 0 : n_failed >= 3);
        for (uint32_t doc = DOCS - 5; doc < DOCS; doc++) {
            ck_assert_int_eq(ready(&b, doc, 0), PRISM_OK);
            prs_column_writer_take(b.cw);
        }
        for (int again = 0; again < 2; again++) {
            section_copy got = finish(&b, &mem);
            expect_same(&got, &want);
        }
        section_copy_free(&want);
        end(&b);
    }
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

TEST_SUITE(column_write, a_document_that_was_not_taken_leaves_no_trace, finish_uses_nothing_up)
