/* test_frames.c - are stored documents the same bytes whoever packs them, and does nothing get lost
 * where one cannot? */
#include "harness/test.h"

#include "format/docstore.h"
#include "format/frames.h"
#include "harness/section_file.h"

#include <stdlib.h>

enum { DOCS = 3000 };

/* Write documents; returns the bytes of DOCS, of malloc. */
static uint8_t *write_docs(prs_mem *mem, prs_pool *pool, uint32_t n_workers, size_t *len) {
    section_file f;
    prs_section section;
    prs_docstore_writer *dw;
    test_rng rng = test_rng_of("frames");
    static char text[3000];
    ck_assert_int_eq(section_file_begin(&f, mem, PRS_COMPONENT_DOCS), PRISM_OK);
    ck_assert_int_eq(prs_docstore_writer_new(mem, f.out, 1, &dw, NULL), PRISM_OK);
    if (pool != NULL)
        ck_assert_int_eq(prs_docstore_writer_employ(dw, pool, n_workers, NULL), PRISM_OK);
    for (uint32_t doc = 0; doc < DOCS; doc++) {
        size_t n = (size_t)test_rng_below(&rng, sizeof text);
        for (size_t i = 0; i < n; i++) text[i] = (char)('a' + (doc * (i / 9 + 1) >> 5) % 26);
        prs_docstore_writer_add(dw, prs_bytes_of((const uint8_t *)text, n));
    }
    ck_assert_uint_gt(prs_docstore_writer_bytes(dw), 0);
    ck_assert_int_eq(prs_docstore_writer_finish(dw, DOCS, NULL), PRISM_OK);
    prs_docstore_writer_free(dw);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_DOCS, false, &section), PRISM_OK);
    uint8_t *copy = malloc((size_t)section.len);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, section.ptr, (size_t)section.len);
    *len = (size_t)section.len;
    section_file_end(&f);
    return copy;
}

START_TEST(the_bytes_are_the_same) {
    prs_mem mem;
    size_t len, want_len;
    prs_mem_init(&mem, NULL);
    uint8_t *want = write_docs(&mem, NULL, 0, &want_len);
    for (uint32_t threads = 1; threads < 5; threads++) {
        prs_pool *pool;
        ck_assert_int_eq(prs_pool_new(&mem, threads, &pool, NULL), PRISM_OK);
        uint8_t *got = write_docs(&mem, pool, threads == 4 ? 2 : threads + 1, &len);
        ck_assert_uint_eq(len, want_len);
        ck_assert_int_eq(memcmp(got, want, len), 0);
        free(got);
        prs_pool_free(pool);
    }
    free(want);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(a_ring_in_order) {
    prs_mem mem;
    prs_pool *pool;
    prs_frames *frames;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(prs_pool_new(&mem, 2, &pool, NULL), PRISM_OK);
    ck_assert_int_eq(prs_frames_new(&mem, pool, 3, 3, &frames, NULL), PRISM_OK);
    ck_assert(!prs_frames_any(frames));
    ck_assert(!prs_frames_is_oldest_done(frames));
    for (uint32_t doc = 0, oldest = 0; doc < 40; doc++) {
        if (prs_frames_is_full(frames)) {
            ck_assert_uint_eq(prs_frames_oldest(frames)->first_doc, oldest++);
            ck_assert(prs_frames_is_oldest_done(frames));
            ck_assert_int_eq(prs_frames_oldest(frames)->status, PRISM_OK);
            prs_frames_drop_oldest(frames);
        }
        prs_frame *frame = prs_frames_next(frames);
        prs_buf_clear(&frame->unpacked);
        prs_buf_put(&frame->unpacked, "some text to be packed", 22);
        frame->first_doc = doc;
        prs_frames_submit(frames);
    }
    prs_frames_free(frames); /* with frames under way */
    prs_pool_free(pool);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

TEST_SUITE(frames, the_bytes_are_the_same, a_ring_in_order)
