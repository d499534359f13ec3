/* test_docstore.c - does every document come back, from frames of the promised size? */
#include "harness/test.h"

#include "format/docstore.h"
#include "format/zstd_frame.h"
#include "harness/section_file.h"

#include <stdlib.h>

#define MAX_DOCS 3000u

typedef struct texts {
    uint32_t n;
    size_t len[MAX_DOCS];
    uint64_t seed[MAX_DOCS];
} texts;

/* Text of a document: pseudo-random but compressible. */
static uint8_t *text_of(const texts *t, uint32_t doc) {
    uint8_t *bytes = malloc(t->len[doc] + 1);
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < t->len[doc]; i++) {
        bytes[i] = (uint8_t)('a' + (t->seed[doc] * (i / 7 + 1) >> 13) % 26);
    }
    return bytes;
}

static void make_texts(texts *t, uint32_t n, size_t most, test_rng *rng) {
    t->n = n;
    for (uint32_t doc = 0; doc < n; doc++) {
        t->len[doc] = (size_t)test_rng_below(rng, most + 1);
        t->seed[doc] = test_rng_next(rng);
    }
}

static prism_status write_texts(const texts *t, prs_mem *mem, section_file *f) {
    prs_docstore_writer *dw;
    PRS_TRY(section_file_begin(f, mem, PRS_COMPONENT_DOCS));
    PRS_TRY(prs_docstore_writer_new(mem, f->out, 1, &dw, NULL));
    for (uint32_t doc = 0; doc < t->n; doc++) {
        uint8_t *text = text_of(t, doc);
        prs_docstore_writer_add(dw, prs_bytes_of(text, t->len[doc]));
        free(text);
    }
    ck_assert_uint_gt(prs_docstore_writer_bytes(dw), 0);
    prism_status status = prs_docstore_writer_finish(dw, t->n, NULL);
    prs_docstore_writer_free(dw);
    return status;
}

static prism_status open_store(section_file *f, bool pread, uint32_t n_docs, prs_docstore *store) {
    prs_section docs, index;
    PRS_TRY(section_file_open(f, PRS_COMPONENT_DOCS, pread, &docs));
    ck_assert(prs_in_section(f->in, PRS_COMPONENT_DOC_INDEX, PRS_FIELD_NONE, &index));
    return prs_docstore_open(store, &docs, &index, n_docs, NULL);
}

static prism_status check_doc(const texts *t, const prs_docstore *store,
                              prs_docstore_cursor *cursor, uint32_t doc) {
    prs_bytes json;
    PRS_TRY(prs_docstore_get(store, cursor, doc, &json, NULL));
    uint8_t *text = text_of(t, doc);
    bool equal = prs_bytes_equal(json, prs_bytes_of(text, t->len[doc]));
    free(text);
    ck_assert_msg(equal, "document %u", doc);
    return PRISM_OK;
}

static prism_status check_store(const texts *t, const prs_docstore *store, prs_mem *mem,
                                test_rng *rng) {
    prs_docstore_cursor cursor;
    prism_status status = PRISM_OK;
    prs_docstore_cursor_init(&cursor, mem);
    for (uint32_t doc = 0; doc < t->n && status == PRISM_OK; doc++) {
        status = check_doc(t, store, &cursor, doc);
    }
    for (int i = 0; i < 20 && status == PRISM_OK && t->n > 0; i++) {
        status = check_doc(t, store, &cursor, (uint32_t)test_rng_below(rng, t->n));
    }
    prs_bytes json;
    if (status == PRISM_OK)
        ck_assert_int_eq(prs_docstore_get(store, &cursor, t->n, &json, NULL), PRISM_EINVAL);
    prs_docstore_cursor_fini(&cursor);
    return status;
}

/* Frames are full, and never larger than they may be. */
static void check_frames(const texts *t, const prs_docstore *store) {
    uint32_t doc = 0;
    for (uint32_t i = 0; i < store->n_frames; i++) {
        prs_docstore_frame f;
        ck_assert_int_eq(prs_docstore_frame_get(store, i, &f, NULL), PRISM_OK);
        ck_assert_uint_eq(f.first_doc, doc);
        uint64_t len = 8 + 4 * (uint64_t)f.n_docs;
        for (uint32_t k = 0; k < f.n_docs; k++) len += t->len[doc++];
        ck_assert_uint_eq(f.unpacked_len, len);
        ck_assert(f.n_docs == 1 || len <= PRS_DOCSTORE_FRAME);
        if (doc < t->n && len <= PRS_DOCSTORE_FRAME)
            ck_assert_uint_gt(len + 4 + t->len[doc], PRS_DOCSTORE_FRAME);
    }
    ck_assert_uint_eq(doc, t->n);
    prs_docstore_frame f;
    ck_assert_int_eq(prs_docstore_frame_get(store, store->n_frames, &f, NULL), PRISM_EINVAL);
}

START_TEST(documents_come_back) {
    static const struct {
        uint32_t n;
        size_t most;
    } cases[] = {{1, 0},         {1, 65536 - 12}, {1, 65536 - 11}, {3, 0},
                 {MAX_DOCS, 60}, {200, 5000},     {40, 200000}};
    static texts t;
    test_rng rng = test_rng_of("docstore");
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    for (size_t i = 0; i < PRS_COUNT(cases) * 2; i++) {
        section_file f;
        prs_docstore store;
        make_texts(&t, cases[i / 2].n, cases[i / 2].most, &rng);
        if (t.n == 1) t.len[0] = cases[i / 2].most;
        ck_assert_int_eq(write_texts(&t, &mem, &f), PRISM_OK);
        ck_assert_int_eq(open_store(&f, i % 2 != 0, t.n, &store), PRISM_OK);
        ck_assert_int_eq(check_store(&t, &store, &mem, &rng), PRISM_OK);
        check_frames(&t, &store);
        section_file_end(&f);
        ck_assert_uint_eq(atomic_load(&mem.live), 0);
    }
}
END_TEST

START_TEST(the_largest_document_fits) {
    static texts t = {3, {5, PRISM_MAX_DOC_BYTES, 7}, {3, 5, 7}};
    test_rng rng = test_rng_of("large document");
    prs_mem mem;
    section_file f;
    prs_docstore store;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(write_texts(&t, &mem, &f), PRISM_OK);
    ck_assert_int_eq(open_store(&f, false, 3, &store), PRISM_OK);
    ck_assert_uint_eq(store.n_frames, 3);
    ck_assert_int_eq(check_store(&t, &store, &mem, &rng), PRISM_OK);
    section_file_end(&f);
    t.len[1] = PRS_DOCSTORE_MAX_FRAME - 11;
    ck_assert_int_eq(write_texts(&t, &mem, &f), PRISM_ELIMIT);
    section_file_end(&f);
}
END_TEST

START_TEST(frames_are_copied_whole) {
    static texts t;
    static texts twice;
    test_rng rng = test_rng_of("docstore frames");
    prs_mem mem;
    section_file from, to;
    prs_docstore store;
    prs_docstore_writer *dw;
    prs_mem_init(&mem, NULL);
    make_texts(&t, 100, 9000, &rng);
    ck_assert_int_eq(write_texts(&t, &mem, &from), PRISM_OK);
    ck_assert_int_eq(open_store(&from, false, t.n, &store), PRISM_OK);
    ck_assert_uint_gt(store.n_frames, 3);
    ck_assert_int_eq(section_file_begin(&to, &mem, PRS_COMPONENT_DOCS), PRISM_OK);
    ck_assert_int_eq(prs_docstore_writer_new(&mem, to.out, 0, &dw, NULL), PRISM_OK);
    prs_docstore_writer_add(dw,
                            prs_bytes_of("", 0)); /* a document of its own before and behind them */
    twice.n = 1;
    for (uint32_t i = 0; i < store.n_frames; i++) {
        prs_docstore_frame f;
        ck_assert_int_eq(prs_docstore_frame_get(&store, i, &f, NULL), PRISM_OK);
        prs_docstore_writer_add_frame(dw, f.packed, f.unpacked_len, f.n_docs);
    }
    for (uint32_t doc = 0; doc < t.n; doc++) {
        twice.len[twice.n] = t.len[doc];
        twice.seed[twice.n++] = t.seed[doc];
    }
    prs_docstore_writer_add(dw, prs_bytes_of("", 0));
    twice.n++;
    ck_assert_int_eq(prs_docstore_writer_finish(dw, twice.n, NULL), PRISM_OK);
    prs_docstore_writer_free(dw);
    prs_docstore copy;
    ck_assert_int_eq(open_store(&to, false, twice.n, &copy), PRISM_OK);
    ck_assert_int_eq(check_store(&twice, &copy, &mem, &rng), PRISM_OK);
    section_file_end(&from);
    section_file_end(&to);
}
END_TEST

START_TEST(one_cursor_serves_many_stores) {
    static texts t[2];
    test_rng rng = test_rng_of("docstore cursor");
    prs_mem mem;
    section_file f[2];
    prs_docstore store[2];
    prs_docstore_cursor cursor;
    prs_mem_init(&mem, NULL);
    prs_docstore_cursor_init(&cursor, &mem);
    for (int i = 0; i < 2; i++) {
        make_texts(&t[i], 50, 100, &rng);
        ck_assert_int_eq(write_texts(&t[i], &mem, &f[i]), PRISM_OK);
        ck_assert_int_eq(open_store(&f[i], false, 50, &store[i]), PRISM_OK);
    }
    for (uint32_t doc = 0; doc < 100; doc++) {
        ck_assert_int_eq(check_doc(&t[doc % 2], &store[doc % 2], &cursor, doc / 2), PRISM_OK);
    }
    prs_docstore_cursor_fini(&cursor);
    for (int i = 0; i < 2; i++) section_file_end(&f[i]);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

static prism_status write_and_read(prs_mem *mem, void *ctx) {
    const texts *t = ctx;
    test_rng rng = test_rng_of("docstore oom");
    section_file f;
    prs_docstore store;
    prism_status status = write_texts(t, mem, &f);
    if (status == PRISM_OK) status = open_store(&f, false, t->n, &store);
    if (status == PRISM_OK) status = check_store(t, &store, mem, &rng);
    section_file_end(&f);
    return status;
}

START_TEST(memory_may_run_out) {
    static texts t = {4, {10, 70000, 10, 10}, {3, 5, 7, 9}};
    ck_assert_uint_gt(test_oom_sweep(write_and_read, &t), 10);
}
END_TEST

static void ask(const section_copy *docs, const section_copy *index, uint32_t n_docs,
                prs_mem *mem) {
    prs_section docs_section = prs_section_of(docs->bytes, docs->len);
    prs_section index_section = prs_section_of(index->bytes, index->len);
    prs_docstore store;
    prs_docstore_cursor cursor;
    volatile uint64_t sink = 0;
    if (prs_docstore_open(&store, &docs_section, &index_section, n_docs, NULL) != PRISM_OK) return;
    prs_docstore_cursor_init(&cursor, mem);
    for (uint32_t doc = 0; doc < n_docs; doc += 3) {
        prs_bytes json;
        if (prs_docstore_get(&store, &cursor, doc, &json, NULL) != PRISM_OK) continue;
        for (size_t i = 0; i < json.len; i++) sink += json.ptr[i];
    }
    (void)sink;
    prs_docstore_cursor_fini(&cursor);
}

START_TEST(any_bytes_are_safe) {
    static texts t;
    test_rng rng = test_rng_of("docstore hostile");
    prs_mem mem;
    section_file f;
    prs_docstore store;
    prs_mem_init(&mem, NULL);
    make_texts(&t, 60, 4000, &rng);
    ck_assert_int_eq(write_texts(&t, &mem, &f), PRISM_OK);
    ck_assert_int_eq(open_store(&f, false, t.n, &store), PRISM_OK);
    for (int round = 0; round < 2000; round++) {
        bool cut = test_rng_one_in(&rng, 5);
        section_copy index =
            section_copy_of(&store.index, cut ? (size_t)test_rng_below(&rng, store.index.len)
                                              : (size_t)store.index.len);
        section_copy docs = section_copy_of(&store.docs, (size_t)store.docs.len);
        section_copy_damage(round % 2 ? &docs : &index, &rng);
        ask(&docs, &index, t.n, &mem);
        section_copy_free(&index);
        section_copy_free(&docs);
    }
    section_file_end(&f);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(damaged_frames_are_told) {
    /* zstd's own checksum finds what region checksums would have: here there are none */
    static texts t = {1, {30000}, {12345}};
    prs_mem mem;
    section_file f;
    prs_docstore store;
    test_rng rng = test_rng_of("docstore damage");
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(write_texts(&t, &mem, &f), PRISM_OK);
    ck_assert_int_eq(open_store(&f, false, t.n, &store), PRISM_OK);
    for (int round = 0; round < 300; round++) {
        section_copy docs = section_copy_of(&store.docs, (size_t)store.docs.len);
        docs.bytes[test_rng_below(&rng, docs.len)] ^= (uint8_t)(1u << test_rng_below(&rng, 8));
        prs_section damaged = prs_section_of(docs.bytes, docs.len);
        prs_docstore other;
        prs_docstore_cursor cursor;
        ck_assert_int_eq(prs_docstore_open(&other, &damaged, &store.index, 1, NULL), PRISM_OK);
        prs_docstore_cursor_init(&cursor, &mem);
        prs_bytes json;
        prism_status status = prs_docstore_get(&other, &cursor, 0, &json, NULL);
        if (status == PRISM_OK) { /* a bit that zstd ignores: the text must be right all the same */
            ck_assert_int_eq(check_doc(&t, &other, &cursor, 0), PRISM_OK);
        } else {
            ck_assert_int_eq(status, PRISM_ECORRUPT);
            ck_assert_ptr_null(json.ptr);
        }
        prs_docstore_cursor_fini(&cursor);
        section_copy_free(&docs);
    }
    section_file_end(&f);
}
END_TEST

/* A cursor that met a damaged frame has forgotten the one before. */
START_TEST(a_cursor_goes_on_behind_damage) {
    static texts t;
    prs_mem mem;
    section_file f;
    prs_docstore store, other;
    prs_docstore_cursor cursor;
    prs_docstore_frame frame;
    test_rng rng = test_rng_of("docstore cursor");
    prs_mem_init(&mem, NULL);
    make_texts(&t, 400, 1000, &rng);
    ck_assert_int_eq(write_texts(&t, &mem, &f), PRISM_OK);
    ck_assert_int_eq(open_store(&f, false, t.n, &store), PRISM_OK);
    ck_assert_int_eq(prs_docstore_frame_get(&store, 1, &frame, NULL), PRISM_OK);
    ck_assert_uint_gt(frame.first_doc, 1);
    section_copy docs = section_copy_of(&store.docs, (size_t)store.docs.len);
    docs.bytes[(size_t)(frame.packed.ptr - store.docs.ptr) + frame.packed.len / 2] ^= 0xff;
    prs_section damaged = prs_section_of(docs.bytes, docs.len);
    ck_assert_int_eq(prs_docstore_open(&other, &damaged, &store.index, t.n, NULL), PRISM_OK);
    prs_docstore_cursor_init(&cursor, &mem);
    for (int round = 0; round < 2; round++) {
        prs_bytes json;
        for (uint32_t doc = 0; doc < frame.first_doc; doc++)
            ck_assert_int_eq(check_doc(&t, &other, &cursor, doc), PRISM_OK);
        ck_assert_int_eq(prs_docstore_get(&other, &cursor, frame.first_doc, &json, NULL),
                         PRISM_ECORRUPT);
        ck_assert_int_eq(prs_docstore_get(&other, &cursor, frame.first_doc, &json, NULL),
                         PRISM_ECORRUPT);
    }
    prs_docstore_cursor_fini(&cursor);
    section_copy_free(&docs);
    section_file_end(&f);
}
END_TEST

/* A frame of the right checksum and length whose inside was never written by us. */
START_TEST(frames_must_make_sense) {
    static texts t = {3, {10, 0, 20}, {5, 6, 7}};
    static const struct {
        uint32_t at, value; /* a word of the frame: documents, ends of the texts, texts */
        bool good;
    } cases[] = {{0, 3, true},  {0, 2, false},  {0, 4, false},          {1, 0, true},
                 {1, 1, false}, {2, 10, true},  {2, 11, false},         {2, UINT32_MAX, false},
                 {3, 9, false}, {3, 31, false}, {4, 29, false},         {4, 31, false},
                 {4, 30, true}, {3, 30, true},  {2, 0x80000000, false}, {4, 0, false}};
    prs_mem mem;
    section_file f;
    prs_docstore store;
    prs_zstd_packer *packer;
    prs_buf packed;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&packed, &mem);
    ck_assert_int_eq(write_texts(&t, &mem, &f), PRISM_OK);
    ck_assert_int_eq(open_store(&f, false, t.n, &store), PRISM_OK);
    ck_assert_int_eq(prs_zstd_packer_new(&mem, 1, &packer, NULL), PRISM_OK);
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        uint8_t frame[4 + 16 + 30] = {3, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 10, 0, 0, 0, 30};
        prs_store32(frame + 4 * (size_t)cases[i].at, cases[i].value);
        ck_assert_int_eq(prs_zstd_pack(packer, prs_bytes_of(frame, sizeof frame), &packed, NULL),
                         PRISM_OK);
        uint8_t *docs = calloc(1, packed.len + 64);
        memcpy(docs, packed.ptr, packed.len);
        section_copy index = section_copy_of(&store.index, (size_t)store.index.len);
        prs_store64(index.bytes + 8 + 16 + 8, packed.len); /* where the last frame ends */
        prs_section index_section = prs_section_of(index.bytes, index.len),
                    docs_section = prs_section_of(docs, packed.len);
        prs_docstore other;
        prs_docstore_cursor cursor;
        prs_bytes json;
        ck_assert_int_eq(prs_docstore_open(&other, &docs_section, &index_section, 3, NULL),
                         PRISM_OK);
        prs_docstore_cursor_init(&cursor, &mem);
        prism_status status = prs_docstore_get(&other, &cursor, 2, &json, NULL);
        ck_assert_msg(status == (cases[i].good ? PRISM_OK : PRISM_ECORRUPT), "case %zu", i);
        prs_docstore_cursor_fini(&cursor);
        section_copy_free(&index);
        free(docs);
    }
    prs_zstd_packer_free(packer);
    prs_buf_fini(&packed);
    section_file_end(&f);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

typedef struct store_use {
    const texts *t;
    prs_mem *mem;
} store_use;

static prism_status use_store(prs_in *in, void *ctx) {
    const store_use *use = ctx;
    prs_section docs, index;
    prs_docstore store;
    prs_docstore_cursor cursor;
    prs_docstore_frame frame;
    ck_assert(prs_in_section(in, PRS_COMPONENT_DOCS, PRS_FIELD_NONE, &docs));
    ck_assert(prs_in_section(in, PRS_COMPONENT_DOC_INDEX, PRS_FIELD_NONE, &index));
    PRS_TRY(prs_docstore_open(&store, &docs, &index, use->t->n, NULL));
    prs_docstore_cursor_init(&cursor, use->mem);
    prism_status status = PRISM_OK;
    for (uint32_t doc = 0; doc < use->t->n && status == PRISM_OK; doc++)
        status = check_doc(use->t, &store, &cursor, doc);
    if (status == PRISM_OK) status = prs_docstore_frame_get(&store, 0, &frame, NULL);
    prs_docstore_cursor_fini(&cursor);
    return status;
}

START_TEST(every_read_may_fail) {
    static texts t;
    test_rng rng = test_rng_of("texts that cannot be read");
    prs_mem mem;
    section_file f;
    prs_docstore store;
    prs_mem_init(&mem, NULL);
    make_texts(&t, 1500, 5000, &rng);
    ck_assert_int_eq(write_texts(&t, &mem, &f), PRISM_OK);
    ck_assert_int_eq(open_store(&f, true, t.n, &store), PRISM_OK);
    ck_assert_uint_gt(section_file_sweep(&f, use_store, &(store_use){&t, &mem}), 1);
    section_file_end(&f);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

/* Budgets hang on it: what is held grows by what is put, four bytes for an end among it. */
START_TEST(held_bytes_are_told) {
    enum { N = 6000 };
    prs_mem mem;
    section_file f;
    prs_docstore_writer *dw;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_DOCS), PRISM_OK);
    size_t before = atomic_load(&mem.live);
    ck_assert_int_eq(prs_docstore_writer_new(&mem, f.out, 1, &dw, NULL), PRISM_OK);
    size_t empty = prs_docstore_writer_bytes(dw);
    for (uint32_t doc = 0; doc < N; doc++) prs_docstore_writer_add(dw, prs_bytes_of("{}", 2));
    size_t full = prs_docstore_writer_bytes(dw);
    ck_assert_uint_ge(full - empty, 6 * N);
    ck_assert_uint_le(full, atomic_load(&mem.live) - before);
    prs_docstore_writer_free(dw);
    section_file_end(&f);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

TEST_SUITE(docstore, held_bytes_are_told, every_read_may_fail, frames_must_make_sense,
           a_cursor_goes_on_behind_damage, documents_come_back, the_largest_document_fits,
           frames_are_copied_whole, one_cursor_serves_many_stores, memory_may_run_out,
           any_bytes_are_safe, damaged_frames_are_told)
