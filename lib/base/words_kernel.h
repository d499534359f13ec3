/* words_kernel.h - the loops of words.c, written once for the levels of the CPU.
 *
 * Define PRS_WORDS_COUNT, PRS_WORDS_COUNT_LESS and PRS_WORDS_SIFT (names of the functions) before
 * including. */
#ifndef PRS_WORDS_COUNT
#error "define PRS_WORDS_COUNT, PRS_WORDS_COUNT_LESS and PRS_WORDS_SIFT"
#endif

#include "base/prs.h"

uint32_t PRS_WORDS_COUNT(const uint8_t *words, uint32_t n);
uint32_t PRS_WORDS_COUNT_LESS(const uint8_t *words, const uint8_t *less, uint32_t n);
void PRS_WORDS_SIFT(uint64_t *words, const uint64_t *these, uint32_t n, uint64_t flip);

typedef uint64_t prs_words_8 __attribute__((vector_size(64)));

static inline uint64_t word_at(const uint8_t *words, uint32_t i) {
    uint64_t word; /* in any order of bytes: their ones are the same */
    memcpy(&word, words + 8 * (size_t)i, sizeof word);
    return word;
}

uint32_t PRS_WORDS_COUNT(const uint8_t *words, uint32_t n) {
    uint32_t ones = 0;
    for (uint32_t i = 0; i < n; i++) ones += (uint32_t)__builtin_popcountll(word_at(words, i));
    return ones;
}

uint32_t PRS_WORDS_COUNT_LESS(const uint8_t *words, const uint8_t *less, uint32_t n) {
    uint32_t ones = 0;
    for (uint32_t i = 0; i < n; i++)
        ones += (uint32_t)__builtin_popcountll(word_at(words, i) & ~word_at(less, i));
    return ones;
}

/* Eight words a step, which the compiler turns into the vectors of the level. */
void PRS_WORDS_SIFT(uint64_t *words, const uint64_t *these, uint32_t n, uint64_t flip) {
    uint32_t i = 0;
    for (; i + 8 <= n; i += 8) {
        prs_words_8 a, b;
        memcpy(&a, words + i, sizeof a);
        memcpy(&b, these + i, sizeof b);
        a &= b ^ flip;
        memcpy(words + i, &a, sizeof a);
    }
    for (; i < n; i++) words[i] &= these[i] ^ flip;
}
