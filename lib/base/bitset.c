/* bitset.c - how are sets of documents counted, walked and combined, 64 at a time?
 *
 * Invariants: bits at and above n are zero, also in the word kept behind the last, so that count,
 *             next and the set operations need no special last step.  fill is the one place that
 *             could break this, and masks.  All operations are O(words).
 * Tested by tests/unit/base/test_bitset.c */
#include "base/bitset.h"

#include "base/words.h"

/* Ones in bits 0 .. n-1 of a word, n 0..63. */
static uint64_t low_bits(uint32_t n) {
    return (UINT64_C(1) << n) - 1;
}

static uint32_t popcount(uint64_t word) {
    return (uint32_t)__builtin_popcountll(word);
}

prism_status prs_bitset_init(prs_bitset *set, prs_mem *mem, uint32_t n) {
    set->mem = mem;
    set->n = 0;
    set->words = prs_mem_calloc(mem, (size_t)prs_bitset_words(n) + 1, sizeof *set->words);
    if (set->words == NULL) return PRISM_ENOMEM;
    set->n = n;
    return PRISM_OK;
}

void prs_bitset_fini(prs_bitset *set) {
    prs_mem_free(set->mem, set->words, ((size_t)prs_bitset_words(set->n) + 1) * sizeof *set->words);
    set->words = NULL;
    set->n = 0;
}

uint32_t prs_bitset_count(const prs_bitset *set) {
    return prs_words_count(set->words, prs_bitset_words(set->n));
}

uint32_t prs_bitset_count_range(const prs_bitset *set, uint32_t from, uint32_t to) {
    if (to > set->n) to = set->n;
    if (from >= to) return 0;
    uint32_t first = from >> 6, last = to >> 6;
    uint64_t head = set->words[first] & ~low_bits(from & 63);
    if (first == last) return popcount(head & low_bits(to & 63));
    uint32_t total = popcount(head);
    total += prs_words_count(set->words + first + 1, last - first - 1);
    return total + popcount(set->words[last] & low_bits(to & 63));
}

uint32_t prs_bitset_next(const prs_bitset *set, uint32_t i) {
    if (i >= set->n) return set->n;
    uint32_t words = prs_bitset_words(set->n);
    uint32_t at = i >> 6;
    uint64_t word = set->words[at] & ~low_bits(i & 63);
    while (word == 0) {
        if (++at == words) return set->n;
        word = set->words[at];
    }
    return (at << 6) + (uint32_t)__builtin_ctzll(word);
}

void prs_bitset_and(prs_bitset *set, const prs_bitset *other) {
    PRS_ASSERT(set->n == other->n);
    uint32_t words = prs_bitset_words(set->n);
    for (uint32_t i = 0; i < words; i++) set->words[i] &= other->words[i];
}

void prs_bitset_or(prs_bitset *set, const prs_bitset *other) {
    PRS_ASSERT(set->n == other->n);
    uint32_t words = prs_bitset_words(set->n);
    for (uint32_t i = 0; i < words; i++) set->words[i] |= other->words[i];
}

void prs_bitset_andnot(prs_bitset *set, const prs_bitset *other) {
    PRS_ASSERT(set->n == other->n);
    uint32_t words = prs_bitset_words(set->n);
    for (uint32_t i = 0; i < words; i++) set->words[i] &= ~other->words[i];
}

void prs_bitset_fill(prs_bitset *set) {
    uint32_t words = prs_bitset_words(set->n);
    for (uint32_t i = 0; i < words; i++) set->words[i] = UINT64_MAX;
    if ((set->n & 63) != 0) set->words[words - 1] = low_bits(set->n & 63);
}
