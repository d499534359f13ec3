/* test_zstd_frame.c - is zstd held to sizes, and is its memory ours? */
#include "harness/test.h"

#include "format/zstd_frame.h"

#include <stdlib.h>

static prism_status pack_and_unpack(prs_mem *mem, void *ctx) {
    size_t len = *(const size_t *)ctx;
    prs_zstd_packer *packer = NULL;
    prs_zstd_unpacker *unpacker = NULL;
    prs_buf packed;
    bool no_memory = false;
    uint8_t *text = malloc(len + 1), *back = malloc(len + 1);
    ck_assert(text != NULL && back != NULL);
    for (size_t i = 0; i < len; i++) text[i] = (uint8_t)(i * i >> 7);
    prs_buf_init(&packed, mem);
    prism_status status = prs_zstd_packer_new(mem, 3, &packer, NULL);
    if (status == PRISM_OK) status = prs_zstd_pack(packer, prs_bytes_of(text, len), &packed, NULL);
    if (status == PRISM_OK) status = prs_zstd_unpacker_new(mem, &unpacker, NULL);
    if (status == PRISM_OK) {
        prs_bytes frame = prs_bytes_of(packed.ptr, packed.len);
        if (prs_zstd_unpack(unpacker, frame, back, len, &no_memory)) {
            ck_assert_mem_eq(text, back, len);
        } else {
            ck_assert(no_memory);
            status = PRISM_ENOMEM;
        }
    }
    prs_zstd_packer_free(packer);
    prs_zstd_unpacker_free(unpacker);
    prs_buf_fini(&packed);
    free(text);
    free(back);
    return status;
}

START_TEST(texts_come_back) {
    static size_t sizes[] = {0, 1, 100, 65536, 5000000};
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    for (size_t i = 0; i < PRS_COUNT(sizes); i++) {
        ck_assert_int_eq(pack_and_unpack(&mem, &sizes[i]), PRISM_OK);
        ck_assert_uint_eq(atomic_load(&mem.live), 0);
        ck_assert_uint_gt(atomic_load(&mem.peak), 10000); /* contexts count */
    }
    ck_assert_uint_gt(test_oom_sweep(pack_and_unpack, &sizes[3]), 4);
}
END_TEST

START_TEST(wrong_sizes_are_refused) {
    prs_mem mem;
    prs_zstd_packer *packer;
    prs_zstd_unpacker *unpacker;
    prs_buf packed;
    uint8_t back[64];
    bool no_memory;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&packed, &mem);
    ck_assert_int_eq(prs_zstd_packer_new(&mem, 0, &packer, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prs_zstd_packer_new(&mem, 20, &packer, NULL), PRISM_EINVAL);
    ck_assert_int_eq(prs_zstd_packer_new(&mem, 19, &packer, NULL), PRISM_OK);
    ck_assert_int_eq(prs_zstd_unpacker_new(&mem, &unpacker, NULL), PRISM_OK);
    ck_assert_int_eq(prs_zstd_pack(packer, prs_bytes_of("hello, hello, hello", 19), &packed, NULL),
                     PRISM_OK);
    prs_bytes frame = prs_bytes_of(packed.ptr, packed.len);
    ck_assert(prs_zstd_unpack(unpacker, frame, back, 19, &no_memory));
    ck_assert_mem_eq(back, "hello, hello, hello", 19);
    ck_assert(!prs_zstd_unpack(unpacker, frame, back, 18, &no_memory));
    ck_assert(!prs_zstd_unpack(unpacker, frame, back, 20, &no_memory));
    for (size_t len = 0; len < frame.len; len++) {
        ck_assert(!prs_zstd_unpack(unpacker, prs_bytes_of(frame.ptr, len), back, 19, &no_memory));
        ck_assert(!no_memory);
    }
    prs_buf_put8(&packed, 0); /* something behind the frame */
    ck_assert(
        !prs_zstd_unpack(unpacker, prs_bytes_of(packed.ptr, packed.len), back, 19, &no_memory));
    packed.ptr[packed.len - 2] ^= 1; /* the checksum's last byte */
    ck_assert(
        !prs_zstd_unpack(unpacker, prs_bytes_of(packed.ptr, packed.len - 1), back, 19, &no_memory));
    prs_zstd_packer_free(packer);
    prs_zstd_unpacker_free(unpacker);
    prs_buf_fini(&packed);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

TEST_SUITE(zstd_frame, texts_come_back, wrong_sizes_are_refused)
