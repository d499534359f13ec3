/* test_spool.c - do bytes come out as they went in, in the pieces in which they went in? */
#include "harness/test.h"

#include "store/in.h"
#include "store/spool.h"

static uint8_t piece_byte(uint64_t piece, size_t i) {
    return (uint8_t)(piece * 31 + i);
}

static size_t piece_len(uint64_t piece) {
    return piece % 50 == 7 ? 65536 : (size_t)(piece * 37 % 300);
}

static prism_status fill_and_replay(prs_mem *mem, void *ctx) {
    uint64_t n = *(const uint64_t *)ctx, off = 0;
    prs_spool spool;
    prs_dir *dir = NULL;
    prs_out *out = NULL;
    prs_in *in = NULL;
    prs_section section;
    prs_id id = {{1}};
    prs_spool_init(&spool, mem);
    for (uint64_t i = 0; i < n; i++) {
        uint8_t *at = prs_spool_extend(&spool, piece_len(i));
        for (size_t k = 0; at != NULL && k < piece_len(i); k++) at[k] = piece_byte(i, k);
    }
    prism_status status = prs_spool_status(&spool, NULL);
    if (status == PRISM_OK) status = prs_dir_mem_new(mem, &dir, NULL);
    if (status == PRISM_OK) status = prs_out_open(dir, "f", PRS_FILE_IDX, &id, 0, &out, NULL);
    if (status == PRISM_OK) {
        prs_out_section(out, 1, 0, 1);
        prs_spool_replay(&spool, out);
        status = prs_out_finish(out, NULL, NULL, NULL);
    }
    if (status == PRISM_OK)
        status = prs_in_open(dir, "f", PRS_FILE_IDX, &id, 0, NULL, PRS_CHECKSUM_OFF, &in, NULL);
    if (status == PRISM_OK) {
        ck_assert(prs_in_section(in, 1, 0, &section));
        ck_assert_uint_eq(section.len, spool.len);
        prs_spool_reader reader = prs_spool_read(&spool);
        for (uint64_t i = 0; i < n; i++) {
            if (piece_len(i) == 0) continue;
            const uint8_t *at = prs_spool_next(&reader, piece_len(i));
            ck_assert_ptr_nonnull(at);
            ck_assert_ptr_eq(at, prs_spool_at(&spool, off));
            size_t good = 0;
            while (good < piece_len(i) && at[good] == piece_byte(i, good)) good++;
            ck_assert_uint_eq(good, piece_len(i));
            ck_assert_mem_eq(section.ptr + off, at, piece_len(i));
            off += piece_len(i);
        }
        ck_assert_ptr_null(prs_spool_next(&reader, 1));
        ck_assert_uint_eq(off, spool.len);
    }
    prs_in_close(in);
    if (dir != NULL) dir->vt->close_dir(dir);
    prs_spool_fini(&spool);
    return status;
}

START_TEST(bytes_are_replayed) {
    static uint64_t sizes[] = {0, 1, 5, 40, 1000};
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    for (size_t i = 0; i < PRS_COUNT(sizes); i++) {
        ck_assert_int_eq(fill_and_replay(&mem, &sizes[i]), PRISM_OK);
        ck_assert_uint_eq(atomic_load(&mem.live), 0);
    }
    ck_assert_uint_gt(test_oom_sweep(fill_and_replay, &sizes[3]), 5);
}
END_TEST

START_TEST(numbers_and_long_runs) {
    static uint8_t large[300000];
    prs_mem mem;
    prs_spool spool;
    prs_mem_init(&mem, NULL);
    prs_spool_init(&spool, &mem);
    prs_spool_put16(&spool, 0x1234);
    prs_spool_put32(&spool, 0x56789abc);
    prs_spool_put64(&spool, UINT64_C(0xdef0123456789abc));
    for (size_t i = 0; i < sizeof large; i++) large[i] = (uint8_t)(i >> 5);
    prs_spool_put(&spool, large, sizeof large);
    ck_assert_uint_eq(spool.len, 14 + sizeof large);
    prs_spool_reader reader = prs_spool_read(&spool);
    ck_assert_uint_eq(prs_load16(prs_spool_next(&reader, 2)), 0x1234);
    ck_assert_uint_eq(prs_load32(prs_spool_next(&reader, 4)), 0x56789abc);
    ck_assert_uint_eq(prs_load64(prs_spool_next(&reader, 8)), UINT64_C(0xdef0123456789abc));
    size_t at = 0, n;
    for (const uint8_t *p; (p = prs_spool_next_run(&reader, &n)) != NULL; at += n)
        ck_assert_mem_eq(p, large + at, n);
    ck_assert_uint_eq(at, sizeof large);
    prs_spool_fini(&spool);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

START_TEST(no_block_grows_with_the_bytes) {
    test_alloc counter = {0};
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem mem;
    prs_spool spool;
    prs_mem_init(&mem, &hook);
    mem.single_cap = (1u << 20) + 64;
    prs_spool_init(&spool, &mem);
    for (uint32_t i = 0; i < 3000000; i++) prs_spool_put64(&spool, i);
    ck_assert_int_eq(prs_spool_status(&spool, NULL), PRISM_OK);
    ck_assert_uint_lt(spool.bytes, spool.len + (2u << 20));
    prs_spool_fini(&spool);
    test_alloc_check_empty(&counter);
}
END_TEST

/* Room that was had in advance: no append takes memory, whatever the sizes up to the one asked for,
 * and a refusal leaves the spool as it was. */
START_TEST(what_is_reserved_cannot_fail) {
    static const size_t pieces[] = {1, 7, 24, 1000, 8193, 65536};
    test_rng rng = test_rng_of("spool reserve");
    for (uint32_t round = 0; round < 200; round++) {
        test_alloc counter = {0};
        prism_allocator hook = test_alloc_hook(&counter);
        prs_mem mem;
        prs_spool spool;
        prs_mem_init(&mem, &hook);
        prs_spool_init(&spool, &mem);
        uint64_t n_all = 0;
        for (uint32_t step = 0; step < 20; step++) {
            size_t piece = pieces[test_rng_below(&rng, PRS_COUNT(pieces))];
            uint64_t n = test_rng_below(&rng, 30), len = spool.len;
            counter.fail_at = atomic_load(&counter.calls) + 1 + test_rng_below(&rng, 3);
            counter.fail_on = true;
            prism_status status = prs_spool_reserve(&spool, n, piece, NULL);
            ck_assert(!spool.failed && spool.len == len);
            counter.fail_at = 0;
            if (status != PRISM_OK) {
                ck_assert_int_eq(status, PRISM_ENOMEM);
                ck_assert_int_eq(prs_spool_reserve(&spool, n, piece, NULL), PRISM_OK);
            }
            size_t calls = atomic_load(&counter.calls);
            for (uint64_t i = 0; i < n; i++) {
                size_t k = 1 + (size_t)test_rng_below(&rng, piece);
                uint8_t *at = prs_spool_extend(&spool, k);
                ck_assert_ptr_nonnull(at);
                memset(at, (int)(n_all++ & 255), k);
            }
            ck_assert_uint_eq(atomic_load(&counter.calls), calls);
        }
        prs_spool_reader reader = prs_spool_read(&spool);
        uint64_t sum = 0, n_seen = 0;
        size_t n;
        uint8_t last = 255;
        for (const uint8_t *p; (p = prs_spool_next_run(&reader, &n)) != NULL; sum += n) {
            for (size_t i = 0; i < n; i++) {
                n_seen += p[i] != last;
                TEST_NEED(p[i] == last || p[i] == (uint8_t)(last + 1));
                last = p[i];
            }
        }
        ck_assert_uint_eq(sum, spool.len);
        ck_assert_uint_eq(n_seen, n_all);
        prs_spool_fini(&spool);
        test_alloc_check_empty(&counter);
    }
}
END_TEST

TEST_SUITE(spool, bytes_are_replayed, numbers_and_long_runs, no_block_grows_with_the_bytes,
           what_is_reserved_cannot_fail)
