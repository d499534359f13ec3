/* memo_bench.c - what does it cost to look a word up, or to learn it?
 *
 *     memo_bench [--json] [--rounds N] [--only TEXT]
 *
 * Structure   Tables of as many words or pairs of characters as a small, a middle and a large
 *             vocabulary has; look-ups are drawn so that rank r comes 1 / r of the time
 *             (bench/zipf.h).  Ways: one by one; in batches of 16 whose slots are fetched ahead, as
 *             the lexicon does; adding all of them to an empty table.
 * Invariants  Every look-up finds what was put there. */
#include "micro.h"

#include "../zipf.h"
#include "analysis/memo.h"

#include <stdio.h>
#include <stdlib.h>

enum { LOOK_UPS = 1 << 16, BATCH = 16 };

typedef struct memo_bench {
    prs_mem mem;
    uint32_t n; /* of the vocabulary */
    prs_word_memo words;
    prs_pair_memo pairs;
    prs_word_key *word_of; /* n */
    uint32_t *pair_of;     /* n */
    uint32_t asked[LOOK_UPS];
} memo_bench;

static const uint64_t seed[2] = {UINT64_C(0x243f6a8885a308d3), UINT64_C(0x13198a2e03707344)};

static prs_word_key key_of(uint32_t rank) {
    uint8_t text[16] = {0};
    char word[16];
    size_t len = zipf_word(ZIPF_ASCII, rank + 1, word);
    memcpy(text, word, len);
    return (prs_word_key){prs_load64(text), prs_load64(text + 8)};
}

/* ---- words
 * ------------------------------------------------------------------------------------- */

static void learn_words(memo_bench *b) {
    prs_word_memo_init(&b->words, &b->mem, seed);
    for (uint32_t i = 0; i < b->n; i++) {
        prs_word_entry entry = {b->word_of[i], i, PRS_MEMO_NONE};
        micro_need(prs_word_memo_reserve(&b->words, 1) == PRISM_OK, "out of memory");
        prs_word_memo_add(&b->words, &entry);
    }
}

static uint64_t add_words(void *ctx) {
    memo_bench *b = ctx;
    prs_word_memo_fini(&b->words);
    learn_words(b);
    return b->words.n;
}

static uint64_t find_words(void *ctx) {
    const memo_bench *b = ctx;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < LOOK_UPS; i++) {
        prs_word_key key = b->word_of[b->asked[i]];
        sum += prs_word_memo_find(&b->words, key, prs_word_memo_hash(&b->words, key))->id;
    }
    return sum;
}

static uint64_t find_words_ahead(void *ctx) {
    const memo_bench *b = ctx;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < LOOK_UPS; i += BATCH) {
        uint64_t hashes[BATCH];
        for (uint32_t k = 0; k < BATCH; k++) {
            hashes[k] = prs_word_memo_hash(&b->words, b->word_of[b->asked[i + k]]);
            prs_word_memo_prefetch(&b->words, hashes[k]);
        }
        for (uint32_t k = 0; k < BATCH; k++)
            sum += prs_word_memo_find(&b->words, b->word_of[b->asked[i + k]], hashes[k])->id;
    }
    return sum;
}

/* ---- pairs
 * ------------------------------------------------------------------------------------- */

static void learn_pairs(memo_bench *b) {
    prs_pair_memo_init(&b->pairs, &b->mem, seed[0]);
    for (uint32_t i = 0; i < b->n; i++) {
        micro_need(prs_pair_memo_reserve(&b->pairs, 1) == PRISM_OK, "out of memory");
        prs_pair_memo_add(&b->pairs, b->pair_of[i], i);
    }
}

static uint64_t add_pairs(void *ctx) {
    memo_bench *b = ctx;
    prs_pair_memo_fini(&b->pairs);
    learn_pairs(b);
    return b->pairs.n;
}

static uint64_t find_pairs(void *ctx) {
    const memo_bench *b = ctx;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < LOOK_UPS; i++) {
        uint32_t key = b->pair_of[b->asked[i]];
        sum += prs_pair_memo_find(&b->pairs, key, prs_pair_memo_hash(&b->pairs, key));
    }
    return sum;
}

static uint64_t find_pairs_ahead(void *ctx) {
    const memo_bench *b = ctx;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < LOOK_UPS; i += BATCH) {
        uint64_t hashes[BATCH];
        for (uint32_t k = 0; k < BATCH; k++) {
            hashes[k] = prs_pair_memo_hash(&b->pairs, b->pair_of[b->asked[i + k]]);
            prs_pair_memo_prefetch(&b->pairs, hashes[k]);
        }
        for (uint32_t k = 0; k < BATCH; k++)
            sum += prs_pair_memo_find(&b->pairs, b->pair_of[b->asked[i + k]], hashes[k]);
    }
    return sum;
}

/* ---- all
 * --------------------------------------------------------------------------------------- */

static void fill(memo_bench *b, const zipf_law *law, uint32_t n) {
    zipf_random random = {n};
    b->n = n;
    b->word_of = calloc(n, sizeof *b->word_of);
    b->pair_of = calloc(n, sizeof *b->pair_of);
    micro_need(b->word_of != NULL && b->pair_of != NULL, "out of memory");
    for (uint32_t i = 0; i < n; i++) {
        b->word_of[i] = key_of(i);
        b->pair_of[i] = (0x4e00 + i % 7000) << 16 | (0x4e00 + i / 7000 * 13);
    }
    for (uint32_t i = 0; i < LOOK_UPS; i++) {
        uint64_t rank;
        do rank = zipf_law_rank(law, &random);
        while (rank > n);
        b->asked[i] = (uint32_t)rank - 1;
    }
    learn_words(b);
    learn_pairs(b);
    for (uint32_t i = 0; i < n; i++) {
        prs_word_key key = b->word_of[i];
        const prs_word_entry *entry =
            prs_word_memo_find(&b->words, key, prs_word_memo_hash(&b->words, key));
        micro_need(entry != NULL && entry->id == i, "a word was lost");
    }
}

static void bench_size(micro_frame *m, const zipf_law *law, uint32_t n) {
    static memo_bench b;
    char name[40];
    prs_mem_init(&b.mem, NULL);
    fill(&b, law, n);
    micro_way words[] = {{"one by one", find_words, NULL, &b, LOOK_UPS},
                         {"fetched ahead", find_words_ahead, NULL, &b, LOOK_UPS},
                         {"learn", add_words, NULL, &b, n}};
    micro_way pairs[] = {{"one by one", find_pairs, NULL, &b, LOOK_UPS},
                         {"fetched ahead", find_pairs_ahead, NULL, &b, LOOK_UPS},
                         {"learn", add_pairs, NULL, &b, n}};
    snprintf(name, sizeof name, "words, %u", n);
    micro_compare(m, name, "words", words, PRS_COUNT(words));
    snprintf(name, sizeof name, "pairs, %u", n);
    micro_compare(m, name, "pairs", pairs, PRS_COUNT(pairs));
    prs_word_memo_fini(&b.words);
    prs_pair_memo_fini(&b.pairs);
    free(b.word_of);
    free(b.pair_of);
}

int main(int argc, char **argv) {
    static const uint32_t sizes[] = {1000, 30000, 1000000};
    micro_frame m;
    if (!micro_begin(&m, "memo", &argc, argv) || argc > 1) return 2;
    zipf_law *law = zipf_law_new();
    micro_need(law != NULL, "out of memory");
    for (size_t i = 0; i < PRS_COUNT(sizes); i++) bench_size(&m, law, sizes[i]);
    free(law);
    return micro_end(&m);
}
