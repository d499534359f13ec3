/* test_block_read.c - are exactly the blocks read that FORMAT.md allows, whatever bytes are
 * given? */
#include "naive_block.h"

#include "format/block.h"

#include <stdlib.h>

/* By the library: as a caller does it. */
static bool read_block(const uint8_t *in, size_t len, block_model *b) {
    uint32_t docs[PRS_BLOCK + 16], freqs[PRS_BLOCK + 16];
    const uint8_t *end = in + len;
    prs_block_head head;
    if (!prs_block_read_head(in, end, b->before, &head)) return false;
    const uint8_t *at = prs_block_read_docs(&head, end, docs);
    if ((head.tag & PRS_BLOCK_FORM) == PRS_BLOCK_BITSET) {
        uint32_t n_words;
        const uint8_t *words = prs_block_read_words(&head, end, &n_words);
        if (at != NULL) {
            ck_assert_ptr_nonnull(words);
            ck_assert_ptr_eq(words + 8 * (size_t)n_words, at);
        }
    }
    if (at == NULL) return false;
    uint32_t all, most = 0;
    TEST_NEED(at <= end && docs[head.n] == PRS_DOC_END);
    if (!prs_block_read_freqs(&head, at, end, freqs, &all)) return false;
    for (uint32_t i = 0; i < head.n; i++) most |= freqs[i];
    TEST_NEED(all == most);
    b->n = head.n;
    memcpy(b->docs, docs, head.n * sizeof *docs);
    memcpy(b->freqs, freqs, head.n * sizeof *freqs);
    return true;
}

/* Both readers agree about the bytes; returns whether they are a block. */
static bool agree(const uint8_t *bytes, size_t len, uint32_t before) {
    block_model ours = {.before = before}, naive = {.before = before};
    uint8_t *copy = naive_guarded(bytes, len);
    bool good = read_block(copy, len, &ours);
    if (good != naive_block_read(copy, len, &naive)) ck_abort_msg("accepted: %d", good);
    if (good) {
        TEST_NEED(ours.n == naive.n);
        TEST_NEED(memcmp(ours.docs, naive.docs, ours.n * sizeof *ours.docs) == 0);
        TEST_NEED(memcmp(ours.freqs, naive.freqs, ours.n * sizeof *ours.freqs) == 0);
        for (uint32_t i = 0; i < ours.n; i++) {
            TEST_NEED(ours.docs[i] < PRS_DOC_END && ours.freqs[i] >= 1);
            TEST_NEED(i == 0 || ours.docs[i] > ours.docs[i - 1]);
        }
    }
    free(copy);
    return good;
}

static const uint32_t sizes[] = {1, 2, 3, 31, 32, 33, 64, 65, 127, 128};

/* A valid block of every kind, given to `each`. */
static void for_each_kind(const char *name, int rounds,
                          void (*each)(const block_model *, const uint8_t *, size_t, test_rng *)) {
    test_rng rng = test_rng_of(name);
    for (size_t s = 0; s < PRS_COUNT(sizes); s++) {
        for (block_shape d = 0; d < N_BLOCK_SHAPES; d++) {
            for (freq_shape f = 0; f < N_FREQ_SHAPES; f++) {
                for (int round = 0; round < rounds; round++) {
                    block_model b;
                    uint8_t out[PRS_BLOCK_MAX_BYTES + 8];
                    block_model_make(&b, sizes[s], d, f, &rng);
                    each(&b, out, prs_block_encode(b.docs, b.freqs, b.n, b.before, out), &rng);
                }
            }
        }
    }
}

static void read_back(const block_model *b, const uint8_t *bytes, size_t len, test_rng *rng) {
    (void)rng;
    block_model read = {.before = b->before};
    ck_assert(agree(bytes, len, b->before));
    ck_assert(read_block(bytes, len, &read));
    ck_assert_uint_eq(read.n, b->n);
    ck_assert_mem_eq(read.docs, b->docs, b->n * sizeof *b->docs);
    ck_assert_mem_eq(read.freqs, b->freqs, b->n * sizeof *b->freqs);
}

START_TEST(what_is_written_is_read) {
    for_each_kind("block-read", 10, read_back);
}
END_TEST

static void cut(const block_model *b, const uint8_t *bytes, size_t len, test_rng *rng) {
    (void)rng;
    for (size_t n = 0; n < len; n++) TEST_NEED(!agree(bytes, n, b->before));
    uint8_t longer[PRS_BLOCK_MAX_BYTES + 8];
    memcpy(longer, bytes, len);
    longer[len] = 0;
    TEST_NEED(!agree(longer, len + 1, b->before)); /* filled to the last byte */
}

START_TEST(every_truncation_is_refused) {
    for_each_kind("block-cut", 1, cut);
}
END_TEST

static void flip(const block_model *b, const uint8_t *bytes, size_t len, test_rng *rng) {
    (void)rng;
    uint8_t flipped[PRS_BLOCK_MAX_BYTES + 8];
    memcpy(flipped, bytes, len);
    for (size_t i = 0; i < 8 * len; i++) {
        flipped[i / 8] ^= (uint8_t)(1u << i % 8);
        (void)agree(flipped, len, b->before);
        flipped[i / 8] ^= (uint8_t)(1u << i % 8);
    }
}

START_TEST(every_flipped_bit_is_read_alike) {
    for_each_kind("block-flip", 1, flip);
}
END_TEST

static void damage(const block_model *b, const uint8_t *bytes, size_t len, test_rng *rng) {
    static const uint8_t extremes[] = {0, 1, 2, 31, 32, 33, 127, 128, 254, 255};
    uint8_t damaged[PRS_BLOCK_MAX_BYTES + 8];
    for (int round = 0; round < 40; round++) {
        memcpy(damaged, bytes, len);
        for (uint64_t n = test_rng_below(rng, 4) + 1; n > 0; n--) {
            size_t at =
                (size_t)test_rng_below(rng, test_rng_one_in(rng, 2) ? PRS_MIN(len, 12u) : len);
            damaged[at] = test_rng_one_in(rng, 2)
                              ? extremes[test_rng_below(rng, PRS_COUNT(extremes))]
                              : (uint8_t)test_rng_next(rng);
        }
        uint32_t before = test_rng_one_in(rng, 3)
                              ? INT32_MAX - 2 - (uint32_t)test_rng_below(rng, 300)
                              : b->before;
        (void)agree(damaged, len, before);
    }
}

START_TEST(damaged_bytes_are_read_alike) {
    for_each_kind("block-damage", 2, damage);
}
END_TEST

/* Documents end below 2^31 - 1, in each form. */
START_TEST(the_last_document_there_may_be) {
    static const uint8_t run[] = {PRS_BLOCK_RUN | PRS_BLOCK_ONES, 9, 0};
    static const uint8_t bits[] = {
        PRS_BLOCK_BITSET | PRS_BLOCK_ONES, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 128};
    static const uint8_t packed[] = {PRS_BLOCK_PACKED | PRS_BLOCK_ONES, 1, 0, 8, 0, 99};
    ck_assert(agree(run, sizeof run, INT32_MAX - 12u));
    ck_assert(!agree(run, sizeof run, INT32_MAX - 10u));
    ck_assert(agree(bits, sizeof bits, INT32_MAX - 65u));
    ck_assert(!agree(bits, sizeof bits, INT32_MAX - 64u));
    ck_assert(agree(packed, sizeof packed, INT32_MAX - 102u));
    ck_assert(!agree(packed, sizeof packed, INT32_MAX - 101u));
    ck_assert(!agree(run, sizeof run, INT32_MAX - 1u)); /* nothing comes behind the last */
}
END_TEST

/* The head alone refuses it: whoever takes a run or a bitset as it is stored asks no further. */
START_TEST(a_head_knows_the_last_first_document) {
    static const uint8_t bytes[] = {PRS_BLOCK_RUN | PRS_BLOCK_ONES, 0, 1};
    prs_block_head head;
    const uint8_t *end = bytes + sizeof bytes;
    ck_assert(prs_block_read_head(bytes, end, INT32_MAX - 3, &head));
    ck_assert_uint_eq(head.first, INT32_MAX - 1);
    ck_assert(!prs_block_read_head(bytes, end, INT32_MAX - 2, &head));
    ck_assert(!prs_block_read_head(bytes, end, UINT32_MAX - 1, &head)); /* nor does it wrap */
}
END_TEST

START_TEST(a_freq_of_2_to_the_32_is_none) {
    uint8_t one[] = {PRS_BLOCK_RUN, 0, 5, 32, 0, 0xfe, 0xff, 0xff, 0xff};
    ck_assert(agree(one, sizeof one, PRS_NO_DOC));
    one[5] = 0xff;
    ck_assert(!agree(one, sizeof one, PRS_NO_DOC));
}
END_TEST

TEST_SUITE(block_read, what_is_written_is_read, every_truncation_is_refused,
           every_flipped_bit_is_read_alike, damaged_bytes_are_read_alike,
           the_last_document_there_may_be, a_head_knows_the_last_first_document,
           a_freq_of_2_to_the_32_is_none)
