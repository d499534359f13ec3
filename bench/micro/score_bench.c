/* score_bench.c - what does a posting cost from decoded numbers to its slot in a window?
 *
 *     score_bench [--json] [--rounds N] [--only TEXT]
 *
 * Structure   Lists of one document in 1.4, 3, 10 and 20 over a million documents, as blocks of 128
 *             documents and freqs that are decoded already; the first two are bits, too.  Ways, as
 *             cur_word.c goes them: by numbers of documents (lengths one by one, slots one by one),
 *             and by bits (16 side by side).  Then a table of scores, by documents.
 * Invariants  Both ways give the same window, or the program ends. */
#include "micro.h"

#include "index/score_cache.h"
#include "search/cursor.h"
#include "kernel/dense.h"
#include "search/score_table.h"

#include <stdio.h>
#include <stdlib.h>

enum { DOCS = 1 << 20, SPAN = 4096 };

static uint8_t column[2 * DOCS + 64];
static uint32_t docs[DOCS + 64], freqs[DOCS + 64], n_postings;
static uint64_t words[DOCS / 64 + 64];
static float table[DOCS + 16];
static prs_window by_list, by_bits;
static const prs_scorer scorer = {3.1f, .3f, .034f, 1 << 20};

static void make_list(double density) {
    uint64_t random = 7;
    n_postings = 0;
    memset(words, 0, sizeof words);
    for (uint32_t i = 0; i < DOCS; i++) {
        uint64_t length = 20 + micro_random(&random) % 13;
        column[2 * i] = (uint8_t)length;
        table[i] = PRS_SCORE_ABSENT;
        if ((double)(micro_random(&random) >> 11) * 0x1p-53 >= density) continue;
        uint32_t freq = 1;
        while (freq < 7 && micro_random(&random) % 4 == 0) freq++;
        table[i] = prs_score_ratio(&scorer, freq, (uint32_t)length);
        words[i / 64] |= UINT64_C(1) << i % 64;
        docs[n_postings] = i;
        freqs[n_postings++] = freq;
    }
    n_postings &= ~(PRS_BLOCK - 1);
}

/* A block whose documents are inside of one window is added to it; the others are left out. */
static bool window_of(uint32_t at, prs_window *window) {
    window->base = docs[at] - docs[at] % (SPAN / 2);
    return docs[at + PRS_BLOCK - 1] - window->base < SPAN;
}

static void add_list(uint32_t at, prs_window *window) {
    uint32_t lengths[PRS_BLOCK + PRS_SCORE_LANES];
    int32_t scores[PRS_BLOCK + PRS_SCORE_LANES];
    for (uint32_t i = 0; i < PRS_BLOCK; i++)
        lengths[i] = prs_load16(column + 2 * (size_t)docs[at + i]);
    prs_score_block(&scorer, freqs + at, lengths, PRS_BLOCK, scores);
    micro_need(prs_window_add_list(window, docs + at, scores, PRS_BLOCK, NULL) == PRISM_OK,
               "a document outside of its window");
}

/* The block's bits begin with its first document, as they are stored. */
static void add_bits(uint32_t at, prs_window *window) {
    uint64_t own[SPAN / 64 + 1];
    uint32_t lengths[PRS_BLOCK + PRS_SCORE_LANES];
    int32_t scores[PRS_BLOCK + PRS_SCORE_LANES];
    uint32_t first = docs[at], last = docs[at + PRS_BLOCK - 1], n = (last - first) / 64 + 1;
    for (uint32_t w = 0; w < n; w++) {
        uint32_t bit = first + 64 * w;
        uint64_t low = words[bit / 64] >> bit % 64, high = words[bit / 64 + 1];
        own[w] = bit % 64 == 0 ? low : low | high << (64 - bit % 64);
    }
    if ((last - first) % 64 != 63) own[n - 1] &= (UINT64_C(2) << (last - first) % 64) - 1;
    prs_block_bits bits = {(const uint8_t *)own, n, first, PRS_BLOCK};
    prs_dense_lengths(&bits, column + 2 * (size_t)first, lengths);
    prs_score_block(&scorer, freqs + at, lengths, PRS_BLOCK, scores);
    prs_dense_part part = {0, last - first + 1, (int64_t)first - window->base};
    prs_dense_add(&bits, &part, scores, window->slots, PRS_WINDOW);
    prs_window_touch(window, first, last);
}

static uint64_t run_list(void *ctx) {
    (void)ctx;
    for (uint32_t at = 0; at < n_postings; at += PRS_BLOCK)
        if (window_of(at, &by_list)) add_list(at, &by_list);
    return by_list.touched;
}

static uint64_t run_bits(void *ctx) {
    (void)ctx;
    for (uint32_t at = 0; at < n_postings; at += PRS_BLOCK)
        if (window_of(at, &by_bits)) add_bits(at, &by_bits);
    return by_bits.touched;
}

static uint64_t run_table(void *ctx) {
    (void)ctx;
    for (uint32_t from = 0; from < DOCS; from += SPAN)
        prs_score_table_add(table + from, SPAN, scorer.scale, 1, by_list.slots);
    return (uint64_t)by_list.slots[0];
}

static void compare(micro_frame *m, const char *name, double density) {
    if (!micro_wants(m, name)) return;
    make_list(density);
    memset(&by_list, 0, sizeof by_list);
    memset(&by_bits, 0, sizeof by_bits);
    run_list(NULL);
    run_bits(NULL);
    micro_need(memcmp(by_list.slots, by_bits.slots, sizeof by_bits.slots) == 0,
               "bits and lists differ");
    micro_way ways[] = {{"list", run_list, NULL, NULL, n_postings},
                        {"bits", run_bits, NULL, NULL, n_postings},
                        {"table", run_table, NULL, NULL, n_postings}};

    micro_compare(m, name, "postings", ways, 3);
}

int main(int argc, char **argv) {
    static micro_frame m;
    if (!micro_begin(&m, "score", &argc, argv)) return 2;
    compare(&m, "one in 1.4", 0.7);
    compare(&m, "one in 3", 0.33);
    compare(&m, "one in 10", 0.1);
    compare(&m, "one in 20", 0.05);
    return micro_end(&m);
}
