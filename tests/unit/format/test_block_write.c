/* test_block_write.c - does a block hold its postings in the shortest allowed form, whatever
 * comes before it? */
#include "naive_block.h"

#include "format/block.h"

static const uint32_t sizes[] = {1, 2, 3, 31, 32, 33, 63, 64, 65, 126, 127, 128};

#define ROOM (PRS_BLOCK_MAX_BYTES + 8)

static size_t encode(const block_model *b, uint32_t before, uint8_t *out) {
    memset(out, 0xc5, ROOM + 16);
    size_t len = prs_block_encode(b->docs, b->freqs, b->n, before, out);
    ck_assert_uint_le(len, PRS_BLOCK_MAX_BYTES);
    for (size_t i = ROOM; i < ROOM + 16; i++) ck_assert_uint_eq(out[i], 0xc5);
    return len;
}

/* The bytes mean the postings, and nothing shorter is allowed: but for a bitset, which may be 8
 * longer. */
static void check(const block_model *b) {
    uint8_t out[ROOM + 16];
    size_t len = encode(b, b->before, out);
    block_model read = {.before = b->before};
    ck_assert(naive_block_read(out, len, &read));
    ck_assert_uint_eq(read.n, b->n);
    ck_assert_mem_eq(read.docs, b->docs, b->n * sizeof *b->docs);
    ck_assert_mem_eq(read.freqs, b->freqs, b->n * sizeof *b->freqs);

    uint32_t values[128] = {0}, range = b->docs[b->n - 1] - b->docs[0], gap;
    gap = b->docs[0] - (b->before + 1);
    size_t head = 2, freqs, docs = 0;
    do head++;
    while ((gap >>= 7) != 0);
    for (uint32_t i = 1; i < b->n; i++) values[i] = b->docs[i] - b->docs[i - 1] - 1;
    bool full = b->n == 128, ones = true;
    size_t plain =
        b->n == 1 ? 0 : naive_patched_len(full ? values : values + 1, full ? 128 : b->n - 1);
    uint32_t form = out[0] & PRS_BLOCK_FORM;
    if (range == b->n - 1) {
        ck_assert_uint_eq(form, PRS_BLOCK_RUN);
    } else if (form == PRS_BLOCK_BITSET) {
        docs = 1 + 8 * (size_t)(range / 64 + 1);
        ck_assert_uint_le(docs, plain + 8);
    } else {
        ck_assert_uint_eq(form, PRS_BLOCK_PACKED);
        docs = plain;
        if (range / 64 + 1 <= 255) ck_assert_uint_gt(1 + 8 * (size_t)(range / 64 + 1), plain + 8);
    }
    for (uint32_t i = 0; i < b->n; i++) {
        values[i] = b->freqs[i] - 1;
        ones = ones && values[i] == 0;
    }
    ck_assert_int_eq((out[0] & PRS_BLOCK_ONES) != 0, ones);
    size_t patched = naive_patched_len(values, b->n), planes = naive_planes_len(b->freqs, b->n);
    ck_assert_int_eq((out[0] & PRS_BLOCK_PLANES) != 0, !ones && planes < patched);
    freqs = ones ? 0 : PRS_MIN(patched, planes);
    ck_assert_uint_eq(len, head + docs + freqs);
}

START_TEST(every_size_and_shape) {
    test_rng rng = test_rng_of("block-write");
    for (size_t s = 0; s < PRS_COUNT(sizes); s++) {
        for (block_shape d = 0; d < N_BLOCK_SHAPES; d++) {
            for (freq_shape f = 0; f < N_FREQ_SHAPES; f++) {
                for (int round = 0; round < 8; round++) {
                    block_model b;
                    block_model_make(&b, sizes[s], d, f, &rng);
                    check(&b);
                }
            }
        }
    }
}
END_TEST

/* The shapes above do ask for all three forms. */
START_TEST(forms_are_what_the_shapes_ask_for) {
    static const prs_block_form want[] = {PRS_BLOCK_RUN, PRS_BLOCK_BITSET, PRS_BLOCK_PACKED,
                                          PRS_BLOCK_PACKED, PRS_BLOCK_PACKED};
    test_rng rng = test_rng_of("block-forms");
    for (block_shape d = 0; d < N_BLOCK_SHAPES; d++) {
        block_model b;
        uint8_t out[ROOM + 16];
        block_model_make(&b, 128, d, FREQ_SMALL, &rng);
        (void)encode(&b, b.before, out);
        ck_assert_uint_eq(out[0] & PRS_BLOCK_FORM, want[d]);
    }
}
END_TEST

/* Where documents are so far apart that a bitset is no longer worth it: on both sides of the
 * edge. */
START_TEST(a_bitset_is_chosen_up_to_the_edge) {
    test_rng rng = test_rng_of("block-edge");
    uint32_t n_forms[3] = {0};
    for (uint32_t round = 0; round < 300; round++) {
        block_model b = {.n = 100 + round % 29, .before = UINT32_MAX};
        uint8_t out[ROOM + 16];
        uint32_t most = 2 + round % 4, doc = 0;
        for (uint32_t i = 0; i < b.n; i++) {
            b.docs[i] = doc;
            b.freqs[i] = 1;
            doc += 1 + (uint32_t)test_rng_below(&rng, most);
        }
        check(&b);
        (void)encode(&b, b.before, out);
        n_forms[out[0] & PRS_BLOCK_FORM]++;
    }
    ck_assert(n_forms[PRS_BLOCK_BITSET] > 20 && n_forms[PRS_BLOCK_PACKED] > 20);
}
END_TEST

START_TEST(only_the_head_knows_what_comes_before) {
    test_rng rng = test_rng_of("block-before");
    for (block_shape d = 0; d < N_BLOCK_SHAPES; d++) {
        block_model b;
        uint8_t one[ROOM + 16], other[ROOM + 16], head[PRS_BLOCK_HEAD_BYTES];
        block_model_make(&b, 100, d, FREQ_UNEVEN, &rng);
        for (uint32_t i = 0; i < b.n; i++) b.docs[i] = PRS_MIN(b.docs[i] + 300u, 0x7ffffffeu);
        if (d == BLOCK_HUGE) continue; /* no room above */
        size_t len = encode(&b, b.docs[0] - 1, one), more = encode(&b, PRS_NO_DOC, other);
        size_t head_one = prs_block_put_head(one[0], b.n, b.docs[0], b.docs[0] - 1, head);
        ck_assert_uint_eq(head_one, 3);
        ck_assert_mem_eq(head, one, head_one);
        size_t head_other = prs_block_put_head(other[0], b.n, b.docs[0], PRS_NO_DOC, head);
        ck_assert_mem_eq(head, other, head_other);
        ck_assert_uint_eq(len - head_one, more - head_other);
        ck_assert_mem_eq(one + head_one, other + head_other, len - head_one);
    }
}
END_TEST

START_TEST(the_largest_head) {
    uint8_t head[PRS_BLOCK_HEAD_BYTES + 1] = {[PRS_BLOCK_HEAD_BYTES] = 0xc5};
    ck_assert_uint_eq(prs_block_put_head(0, 128, INT32_MAX - 1, PRS_NO_DOC, head),
                      PRS_BLOCK_HEAD_BYTES);
    ck_assert_uint_eq(head[1], 127);
    ck_assert_uint_eq(head[PRS_BLOCK_HEAD_BYTES], 0xc5);
}
END_TEST

TEST_SUITE(block_write, every_size_and_shape, forms_are_what_the_shapes_ask_for,
           a_bitset_is_chosen_up_to_the_edge, only_the_head_knows_what_comes_before,
           the_largest_head)
