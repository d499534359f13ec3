/* test_dense.c - are dense blocks scored as bits what they are as lists, wherever they stand in a
 * window, on every level of the CPU? */
#include "harness/test.h"

#include "base/cpu.h"
#include "kernel/dense.h"

enum { MOST_WORDS = 255, COLUMN = 64 * MOST_WORDS + 600, SLOTS = 4096, SPACE = 64 };

typedef struct block {
    prs_block_bits bits;
    uint32_t docs[PRS_BLOCK + PRS_SCORE_LANES];
    uint64_t words[MOST_WORDS];
} block;

static void make_block(block *b, bool run, test_rng *rng) {
    memset(b, 0, sizeof *b);
    uint32_t first = (uint32_t)test_rng_below(rng, 500), n = 0, at = 0;
    uint32_t most =
        test_rng_one_in(rng, 3) ? 1 + (uint32_t)test_rng_below(rng, PRS_BLOCK) : PRS_BLOCK;
    uint64_t gap = run ? 1 : 1 + test_rng_below(rng, test_rng_one_in(rng, 4) ? 120 : 5);
    for (; n < most; at += 1 + (uint32_t)test_rng_below(rng, gap)) {
        if (at >= 64 * MOST_WORDS) break;
        b->words[at / 64] |= UINT64_C(1) << at % 64;
        b->docs[n++] = first + at;
    }
    uint32_t last = b->docs[n - 1] - first;
    b->bits = (prs_block_bits){run ? NULL : (const uint8_t *)b->words, last / 64 + 1, first, n};
}

static void check_docs(const block *b, test_rng *rng) {
    uint32_t docs[PRS_BLOCK + PRS_SCORE_LANES];
    ck_assert_uint_eq(prs_postings_bits_docs(&b->bits, docs), b->bits.n);
    for (uint32_t i = 0; i < b->bits.n; i++) TEST_NEED(docs[i] == b->docs[i]);
    TEST_NEED(docs[b->bits.n] == PRS_DOC_END);
    uint32_t k = (uint32_t)test_rng_below(rng, b->bits.n);
    uint32_t before = k == 0 ? 0 : b->docs[k - 1] + 1;
    uint32_t from = before + (uint32_t)test_rng_below(rng, b->docs[k] - before + 1);
    TEST_NEED(prs_dense_first(&b->bits, from) == b->docs[k]);
}

static void check_lengths(const block *b, test_rng *rng) {
    static uint8_t column[2 * COLUMN + 64];
    uint32_t lengths[PRS_BLOCK + PRS_SCORE_LANES];
    test_rng_fill(rng, column, sizeof column);
    bool over = false;
    if (test_rng_one_in(rng, 4))
        memset(column + 2 * (size_t)b->docs[test_rng_below(rng, b->bits.n)], 0xff, 2);
    bool good = prs_dense_lengths(&b->bits, column + 2 * (size_t)b->bits.first, lengths);
    for (uint32_t i = 0; i < b->bits.n; i++) {
        uint32_t length = prs_load16(column + 2 * (size_t)b->docs[i]);
        over = over || length == PRS_LENGTH_OVER;
        TEST_NEED(lengths[i] == length);
    }
    TEST_NEED(good == !over);
}

/* Into a window that begins before the block or in it, and ends before or behind it. */
static void check_add(const block *b, test_rng *rng) {
    static int32_t memory[SLOTS + 2 * SPACE], want[SLOTS + 2 * SPACE];
    int32_t scores[PRS_BLOCK + PRS_SCORE_LANES];
    uint32_t first = b->bits.first, end = b->docs[b->bits.n - 1] + 1;
    uint32_t base = (uint32_t)test_rng_below(rng, end);
    uint32_t size = 1 + (uint32_t)test_rng_below(rng, SLOTS);
    uint32_t to = PRS_MIN(end, base + size);
    uint32_t from = PRS_MAX(first, base);
    if (from >= to) return;
    test_rng_fill(rng, (uint8_t *)memory, sizeof memory);
    for (uint32_t i = 0; i < SLOTS + 2 * SPACE; i++) want[i] = memory[i] &= 0x0fffffff;
    for (uint32_t i = 0; i < b->bits.n; i++) {
        uint32_t doc = b->docs[i];
        scores[i] = (int32_t)test_rng_below(rng, 1u << 28);
        if (doc < from || doc >= to) continue;
        int32_t *slot = &want[SPACE + doc - base];
        *slot = (*slot + scores[i]) | PRS_SLOT_TAKEN;
    }
    prs_dense_part part = {from - first, to - first, (int64_t)first - base};
    prs_dense_add(&b->bits, &part, scores, memory + SPACE, SLOTS);
    TEST_NEED(memcmp(memory, want, sizeof want) == 0);
}

START_TEST(every_level_as_lists) {
    static block b;
    test_rng rng = test_rng_of("dense");
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        if (!prs_cpu_supports((prs_cpu_level)level)) continue;
        ck_assert_int_eq(prs_cpu_force((prs_cpu_level)level, NULL), PRISM_OK);
        for (int round = 0; round < 2000; round++) {
            make_block(&b, round % 3 == 0, &rng);
            check_docs(&b, &rng);
            check_lengths(&b, &rng);
            check_add(&b, &rng);
        }
        prs_cpu_unforce();
    }
}
END_TEST

TEST_SUITE(dense, every_level_as_lists)
