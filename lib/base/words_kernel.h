/* words_kernel.h - the loops of words.c, written once for the levels of the CPU.
 *
 * Define PRS_WORDS_COUNT, PRS_WORDS_COUNT_LESS, PRS_WORDS_SIFT and PRS_WORDS_TAKE_MAP (names of the
 * functions) before including. */
#ifndef PRS_WORDS_COUNT
#error "define PRS_WORDS_COUNT, PRS_WORDS_COUNT_LESS, PRS_WORDS_SIFT and PRS_WORDS_TAKE_MAP"
#endif

#include "base/prs.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

uint32_t PRS_WORDS_COUNT(const uint8_t *words, uint32_t n);
uint32_t PRS_WORDS_COUNT_LESS(const uint8_t *words, const uint8_t *less, uint32_t n);
void PRS_WORDS_SIFT(uint64_t *words, const uint64_t *these, uint32_t n, uint64_t flip);
void PRS_WORDS_TAKE_MAP(uint64_t *words, uint8_t *map, uint32_t n);

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

/* The highest bits of 64 bytes, which become 0. */
static inline uint64_t take_64(uint8_t *map) {
    uint64_t word = 0;
#if defined(__AVX2__)
    for (uint32_t k = 0; k < 2; k++) {
        __m256i *at = (__m256i *)(void *)(map + 32 * (size_t)k);
        word |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_loadu_si256(at)) << 32 * k;
        _mm256_storeu_si256(at, _mm256_setzero_si256());
    }
#elif defined(__x86_64__)
    for (uint32_t k = 0; k < 4; k++) {
        __m128i *at = (__m128i *)(void *)(map + 16 * (size_t)k);
        word |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_loadu_si128(at)) << 16 * k;
        _mm_storeu_si128(at, _mm_setzero_si128());
    }
#else
    for (uint32_t k = 0; k < 64; k++) {
        word |= (uint64_t)(map[k] >> 7) << k;
        map[k] = 0;
    }
#endif
    return word;
}

void PRS_WORDS_TAKE_MAP(uint64_t *words, uint8_t *map, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) words[i] |= take_64(map + 64 * (size_t)i);
}
