/* ascii_word.h - the ASCII word at p: its length, and its bytes as one lower-cased 16-byte key.
 *
 *   p      R u n n i n g _ i n   ->  len 7, key "running" and nine zeros, has_digit false
 *
 * 32 bytes are looked at; a length of 32 means "32 or more".  Written twice, with SSE2 and in plain
 * C; test_lexicon.c holds one against the other. */
#ifndef PRS_ANALYSIS_ASCII_WORD_H
#define PRS_ANALYSIS_ASCII_WORD_H

#include "analysis/memo.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define PRS_ASCII_WORD_LOOK 32u /* bytes that must be readable at p */
#define PRS_ASCII_WORD_KEY 16u  /* longest word that has a key */

typedef struct prs_ascii_word {
    prs_word_key key; /* only if len <= PRS_ASCII_WORD_KEY */
    uint32_t len;     /* 0..32 */
    bool has_digit;
} prs_ascii_word;

static inline bool prs_ascii_is_digit(uint8_t c) {
    return (uint8_t)(c - '0') < 10;
}
static inline bool prs_ascii_is_letter(uint8_t c) {
    return (uint8_t)((c | 0x20) - 'a') < 26;
}

static inline prs_ascii_word prs_ascii_word_plain(const uint8_t *p) {
    prs_ascii_word word = {{0, 0}, 0, false};
    uint8_t key[PRS_ASCII_WORD_KEY] = {0};
    while (word.len < PRS_ASCII_WORD_LOOK) {
        uint8_t c = p[word.len];
        bool is_digit = prs_ascii_is_digit(c);
        if (!is_digit && !prs_ascii_is_letter(c)) break;
        if (word.len < PRS_ASCII_WORD_KEY) key[word.len] = c | 0x20; /* a digit has that bit */
        word.has_digit |= is_digit;
        word.len++;
    }
    memcpy(&word.key.lo, key, 8);
    memcpy(&word.key.hi, key + 8, 8);
    return word;
}

#ifdef __SSE2__
/* Bytes c with low <= c < low + n, n < 128, as 0xff. */
static inline __m128i prs_ascii_within(__m128i bytes, uint8_t low, uint8_t n) {
    __m128i moved = _mm_add_epi8(bytes, _mm_set1_epi8((char)(0x80 - low)));
    return _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(0x80 + n)));
}

static inline prs_ascii_word prs_ascii_word_sse2(const uint8_t *p) {
    static const uint8_t keep[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    const __m128i lower = _mm_set1_epi8(0x20);
    __m128i a = _mm_loadu_si128((const void *)p), b = _mm_loadu_si128((const void *)(p + 16));
    __m128i a_digit = prs_ascii_within(a, '0', 10), b_digit = prs_ascii_within(b, '0', 10);
    __m128i a_lower = _mm_or_si128(a, lower), b_lower = _mm_or_si128(b, lower);
    __m128i a_word = _mm_or_si128(a_digit, prs_ascii_within(a_lower, 'a', 26));
    __m128i b_word = _mm_or_si128(b_digit, prs_ascii_within(b_lower, 'a', 26));
    uint64_t other = ~((uint64_t)(uint32_t)_mm_movemask_epi8(a_word) |
                       (uint64_t)(uint32_t)_mm_movemask_epi8(b_word) << 16);
    uint64_t digits = (uint64_t)(uint32_t)_mm_movemask_epi8(a_digit) |
                      (uint64_t)(uint32_t)_mm_movemask_epi8(b_digit) << 16;
    prs_ascii_word word;
    word.len = (uint32_t)__builtin_ctzll(other);
    word.has_digit = (digits & ((UINT64_C(1) << word.len) - 1)) != 0;
    uint32_t cut = word.len < 16 ? word.len : 16;
    __m128i key = _mm_and_si128(a_lower, _mm_loadu_si128((const void *)(keep + 16 - cut)));
    word.key.lo = (uint64_t)_mm_cvtsi128_si64(key);
    word.key.hi = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(key, key));
    return word;
}
#endif

/* The first len < PRS_ASCII_WORD_KEY bytes at p as a key, in lower case or as they are;
 * PRS_ASCII_WORD_KEY bytes must be readable. */
static inline prs_word_key prs_ascii_key(const uint8_t *p, uint32_t len, bool as_is) {
    prs_word_key key;
#ifdef __SSE2__
    static const uint8_t keep[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    __m128i bytes = _mm_loadu_si128((const void *)p);
    if (!as_is) bytes = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    bytes = _mm_and_si128(bytes, _mm_loadu_si128((const void *)(keep + 16 - len)));
    key.lo = (uint64_t)_mm_cvtsi128_si64(bytes);
    key.hi = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(bytes, bytes));
#else
    uint8_t bytes[PRS_ASCII_WORD_KEY] = {0};
    for (uint32_t i = 0; i < len; i++) bytes[i] = as_is ? p[i] : p[i] | 0x20;
    memcpy(&key.lo, bytes, 8);
    memcpy(&key.hi, bytes + 8, 8);
#endif
    return key;
}

static inline prs_ascii_word prs_ascii_word_at(const uint8_t *p) {
#ifdef __SSE2__
    return prs_ascii_word_sse2(p);
#else
    return prs_ascii_word_plain(p);
#endif
}

#endif
