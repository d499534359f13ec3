/* test_term_infos.c - do the infos of a block come back, one by one and by place, in the bytes that
 * they should take?  Damage. */
#include "harness/section_file.h"

#include "codec/eliasfano.h"
#include "format/term_infos.h"

#include <stdlib.h>

enum { MOST = 64 };

static test_alloc counter;
static prs_mem mem;
static uint8_t payload[512];

static void begin(void) {
    memset(&counter, 0, sizeof counter);
    prism_allocator hook = test_alloc_hook(&counter);
    prs_mem_init(&mem, &hook);
}

typedef struct block {
    uint32_t n, n_docs;
    prs_term_info infos[MOST];
    uint64_t first_list, lists_len;
    prs_buf coded;
    prs_infos_positions positions;
} block;

static void make_info(prs_term_info *info, const block *b, uint32_t lonely_in, test_rng *rng) {
    memset(info, 0, sizeof *info);
    info->df = 1 + (uint32_t)test_rng_below(rng, PRS_MIN(b->n_docs, 4));
    if (test_rng_one_in(rng, 3)) info->df = 1 + (uint32_t)test_rng_below(rng, b->n_docs);
    if (!test_rng_one_in(rng, lonely_in)) info->df = 1;
    info->cf = info->df;
    if (test_rng_one_in(rng, lonely_in)) info->cf += test_rng_below(rng, 30);
    if (test_rng_one_in(rng, 40)) info->cf += test_rng_next(rng) >> 2;
    info->has_positions = b->positions == PRS_INFOS_ALL ||
                          (b->positions == PRS_INFOS_MIXED && test_rng_one_in(rng, 2));
    info->inlined = prs_terms_must_inline(info->df, info->cf);
    if (info->cf == 1) {
        info->doc = (uint32_t)test_rng_below(rng, b->n_docs);
        if (info->has_positions)
            info->position = (uint32_t)(test_rng_next(rng) >> (test_rng_one_in(rng, 20) ? 32 : 54));
    } else if (info->inlined) {
        info->payload = payload;
        info->payload_bit = (uint32_t)test_rng_below(rng, 8);
        info->payload_bits = (uint32_t)prs_ef_bits(info->df, b->n_docs);
        if (info->has_positions || info->cf != info->df)
            info->payload_bits += (uint32_t)test_rng_below(rng, 1000);
    } else {
        if (info->has_positions && info->df > 128) info->positions_len = test_rng_next(rng) >> 40;
        info->postings_len = 1 + (test_rng_next(rng) >> (40 + test_rng_below(rng, 20)));
    }
}

static void make(block *b, uint32_t round, test_rng *rng) {
    static const uint32_t sizes[] = {1, 2, 3, 24000, INT32_MAX - 1};
    b->n = round % 3 == 0 ? MOST : 1 + (uint32_t)test_rng_below(rng, MOST);
    b->n_docs = sizes[round % PRS_COUNT(sizes)];
    b->positions = (prs_infos_positions)(round / 5 % 3);
    b->first_list = test_rng_below(rng, 1000000);
    uint64_t off = b->first_list;
    for (uint32_t i = 0; i < b->n; i++) {
        prs_term_info *info = &b->infos[i];
        make_info(info, b, 1 + round % 7, rng);
        if (info->inlined) continue;
        info->off = off;
        off += info->positions_len + info->postings_len;
    }
    b->lists_len = off;
    prs_buf_init(&b->coded, &mem);
    prs_infos_positions positions = prs_term_infos_put(b->infos, b->n, b->n_docs, &b->coded);
    ck_assert(positions == b->positions || b->positions == PRS_INFOS_MIXED);
    b->positions = positions;
}

static bool begin_infos(prs_term_infos *infos, const block *b, const uint8_t *bytes, size_t len) {
    return prs_term_infos_begin(infos, b->positions, b->n, b->n_docs, b->first_list, b->lists_len,
                                prs_bytes_of(bytes, len));
}

static void check_info(const prs_term_info *got, const prs_term_info *want) {
    ck_assert_uint_eq(got->df, want->df);
    ck_assert_uint_eq(got->cf, want->cf);
    ck_assert_int_eq(got->inlined, want->inlined);
    ck_assert_int_eq(got->has_positions, want->has_positions);
    ck_assert_uint_eq(got->doc, want->doc);
    ck_assert_uint_eq(got->position, want->position);
    ck_assert_uint_eq(got->payload_bits, want->payload_bits);
    for (uint32_t bit = 0; bit < got->payload_bits; bit++)
        TEST_NEED(prs_bits_load(got->payload, got->payload_bit + bit, 1) ==
                  prs_bits_load(want->payload, want->payload_bit + bit, 1));
    ck_assert_uint_eq(got->off, want->off);
    ck_assert_uint_eq(got->positions_len, want->positions_len);
    ck_assert_uint_eq(got->postings_len, want->postings_len);
}

START_TEST(infos_come_back_in_order_and_by_place) {
    begin();
    test_rng rng = test_rng_of("term-infos");
    test_rng_fill(&rng, payload, sizeof payload);
    static block b;
    for (uint32_t round = 0; round < 1500; round++) {
        prs_term_infos infos, found;
        prs_term_info info;
        make(&b, round, &rng);
        ck_assert(begin_infos(&infos, &b, b.coded.ptr, b.coded.len));
        for (uint32_t i = 0; i < b.n; i++) {
            ck_assert(prs_term_infos_next(&infos, i, &info));
            check_info(&info, &b.infos[i]);
            ck_assert(begin_infos(&found, &b, b.coded.ptr, b.coded.len));
            ck_assert(prs_term_infos_find(&found, i, &info));
            check_info(&info, &b.infos[i]);
        }
        ck_assert(prs_term_infos_done(&infos));
        prs_buf_fini(&b.coded);
    }
    test_alloc_check_empty(&counter);
}
END_TEST

/* 64 lonely postings of 10-bit positions, three of them large, in 2^15 documents. */
START_TEST(lonely_postings_take_their_bits) {
    begin();
    static block b = {.n = MOST, .n_docs = 32768, .positions = PRS_INFOS_ALL};
    for (uint32_t i = 0; i < MOST; i++)
        b.infos[i] = (prs_term_info){.df = 1,
                                     .cf = 1,
                                     .inlined = true,
                                     .has_positions = true,
                                     .doc = 7 * i,
                                     .position = i % 25 == 13 ? 1 << 20 : 15 * i};
    prs_buf_init(&b.coded, &mem);
    ck_assert_int_eq(prs_term_infos_put(b.infos, MOST, b.n_docs, &b.coded), PRS_INFOS_ALL);
    ck_assert_uint_eq(b.coded.len, (64 + 18 + 64 * 15 + 64 * 10 + 3 * 21 + 7) / 8);
    prs_buf_fini(&b.coded);
}
END_TEST

static bool walk_any(const block *b, const uint8_t *bytes, size_t len) {
    prs_term_infos infos;
    prs_term_info info;
    if (!begin_infos(&infos, b, bytes, len)) return false;
    for (uint32_t i = 0; i < b->n; i++) {
        if (!prs_term_infos_next(&infos, i, &info)) return false;
        TEST_NEED(info.df >= 1 && info.df <= b->n_docs && info.cf >= info.df);
        TEST_NEED(info.inlined == prs_terms_must_inline(info.df, info.cf));
        if (info.cf == 1) TEST_NEED(info.doc < b->n_docs);
        if (info.payload != NULL)
            TEST_NEED(info.payload >= bytes &&
                      8 * (uint64_t)(info.payload - bytes) + info.payload_bit + info.payload_bits <=
                          8 * len);
        if (!info.inlined) {
            TEST_NEED(info.off <= b->lists_len && info.positions_len <= b->lists_len - info.off);
            TEST_NEED(info.postings_len <= b->lists_len - info.off - info.positions_len);
        }
    }
    return prs_term_infos_done(&infos);
}

START_TEST(any_bytes_are_refused_or_in_bounds) {
    begin();
    test_rng rng = test_rng_of("term-infos-any");
    static block b;
    uint32_t n_refused = 0;
    for (uint32_t round = 0; round < 300; round++) {
        make(&b, round, &rng);
        for (size_t cut = 0; cut < b.coded.len; cut++) {
            uint8_t *bytes = malloc(cut + 64);
            memcpy(bytes, b.coded.ptr, cut);
            TEST_NEED(!walk_any(&b, bytes, cut));
            free(bytes);
        }
        for (int i = 0; i < 60; i++) {
            uint8_t *bytes = malloc(b.coded.len + 64);
            memcpy(bytes, b.coded.ptr, b.coded.len);
            section_copy copy = {bytes, b.coded.len};
            section_copy_damage(&copy, &rng);
            n_refused += !walk_any(&b, bytes, copy.len);
            free(bytes);
        }
        prs_buf_fini(&b.coded);
    }
    ck_assert_uint_gt(n_refused, 3000);
}
END_TEST

TEST_SUITE(term_infos, infos_come_back_in_order_and_by_place, lonely_postings_take_their_bits,
           any_bytes_are_refused_or_in_bounds)
