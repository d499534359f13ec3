/* lane_words_kernel.h - the walk of lane_words.h, written once for the levels of the CPU.
 *
 *   bytes   T h e _ e n d , _ i t ' s _ o f _       64 of them
 *   in      1 1 1 . 1 1 1 . . 1 1 . 1 . 1 1 .       letters and digits
 *   ok      . . . 1 . . . 1 1 . . . . 1 . . 1       surely separators, whatever stands around them
 *   L                               ^               the first that is neither
 *
 * Words that end before L are surely whole.  Behind the last of them everything up to L is
 * separators, or the beginning of a word that the block cuts or L touches: there the walk goes on.
 * A run of 16 bytes of words is too long, so L is its beginning.
 *
 * Which separators are sure is a part of what lexicon_lane.c knows, which sees what is left:
 * plain bytes; , and ; that follow no word, or before a plain byte; a full stop before a plain byte
 * that does not follow a single letter (U. S.); hyphen-like bytes that follow no word, or ' - _ &
 * before a plain byte.
 *
 * Define PRS_LANE_WORDS (name of the function) before including. */
#ifndef PRS_LANE_WORDS
#error "define PRS_LANE_WORDS"
#endif

#include "analysis/ascii_word.h"
#include "analysis/lane_words.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

uint32_t PRS_LANE_WORDS(const uint8_t *text, uint32_t len, bool spaced, prs_lane_queue *queue,
                        bool *stop);

#define BLOCK 64u
#define BLOCK_LOOK (BLOCK + PRS_ASCII_WORD_KEY) /* bytes that are read from a block on */

/* ---- 64 bytes, and bits of those that are something ------------------------------------------ */

#if defined(__AVX512BW__)
typedef struct block {
    __m512i bytes;
} block;
static inline block load_block(const uint8_t *p) {
    return (block){_mm512_loadu_si512(p)};
}
static inline block lower_case(block b) {
    return (block){_mm512_or_si512(b.bytes, _mm512_set1_epi8(0x20))};
}
/* low <= byte < low + n, n < 128 */
static inline uint64_t within(block b, uint8_t low, uint8_t n) {
    __m512i moved = _mm512_sub_epi8(b.bytes, _mm512_set1_epi8((char)low));
    return _mm512_cmplt_epu8_mask(moved, _mm512_set1_epi8((char)n));
}
static inline uint64_t equal(block b, uint8_t c) {
    return _mm512_cmpeq_epi8_mask(b.bytes, _mm512_set1_epi8((char)c));
}
static inline uint64_t high(block b) {
    return _mm512_movepi8_mask(b.bytes);
}
#elif defined(__AVX2__)
typedef struct block {
    __m256i half[2];
} block;
static inline uint64_t bits_of(__m256i a, __m256i b) {
    return (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}
static inline block load_block(const uint8_t *p) {
    return (block){
        {_mm256_loadu_si256((const void *)p), _mm256_loadu_si256((const void *)(p + 32))}};
}
static inline block lower_case(block b) {
    const __m256i bit = _mm256_set1_epi8(0x20);
    return (block){{_mm256_or_si256(b.half[0], bit), _mm256_or_si256(b.half[1], bit)}};
}
static inline uint64_t within(block b, uint8_t low, uint8_t n) {
    const __m256i add = _mm256_set1_epi8((char)(0x80 - low)),
                  end = _mm256_set1_epi8((char)(0x80 + n));
    return bits_of(_mm256_cmpgt_epi8(end, _mm256_add_epi8(b.half[0], add)),
                   _mm256_cmpgt_epi8(end, _mm256_add_epi8(b.half[1], add)));
}
static inline uint64_t equal(block b, uint8_t c) {
    const __m256i wanted = _mm256_set1_epi8((char)c);
    return bits_of(_mm256_cmpeq_epi8(b.half[0], wanted), _mm256_cmpeq_epi8(b.half[1], wanted));
}
static inline uint64_t high(block b) {
    return bits_of(b.half[0], b.half[1]);
}
#elif defined(__SSE2__)
typedef struct block {
    __m128i part[4];
} block;
static inline block load_block(const uint8_t *p) {
    block b;
    for (uint32_t i = 0; i < 4; i++)
        b.part[i] = _mm_loadu_si128((const void *)(p + 16 * (size_t)i));
    return b;
}
static inline block lower_case(block b) {
    for (uint32_t i = 0; i < 4; i++) b.part[i] = _mm_or_si128(b.part[i], _mm_set1_epi8(0x20));
    return b;
}
static inline uint64_t high(block b) {
    uint64_t bits = 0;
    for (uint32_t i = 0; i < 4; i++)
        bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(b.part[i]) << 16 * i;
    return bits;
}
static inline uint64_t within(block b, uint8_t low, uint8_t n) {
    for (uint32_t i = 0; i < 4; i++) b.part[i] = prs_ascii_within(b.part[i], low, n);
    return high(b);
}
static inline uint64_t equal(block b, uint8_t c) {
    for (uint32_t i = 0; i < 4; i++) b.part[i] = _mm_cmpeq_epi8(b.part[i], _mm_set1_epi8((char)c));
    return high(b);
}
#else
typedef struct block {
    uint8_t bytes[BLOCK];
} block;
static inline block load_block(const uint8_t *p) {
    block b;
    memcpy(b.bytes, p, BLOCK);
    return b;
}
static inline block lower_case(block b) {
    for (uint32_t i = 0; i < BLOCK; i++) b.bytes[i] |= 0x20;
    return b;
}
static inline uint64_t within(block b, uint8_t low, uint8_t n) {
    uint64_t bits = 0;
    for (uint32_t i = 0; i < BLOCK; i++) bits |= (uint64_t)((uint8_t)(b.bytes[i] - low) < n) << i;
    return bits;
}
static inline uint64_t equal(block b, uint8_t c) {
    return within(b, c, 1);
}
static inline uint64_t high(block b) {
    uint64_t bits = 0;
    for (uint32_t i = 0; i < BLOCK; i++) bits |= (uint64_t)(b.bytes[i] >> 7) << i;
    return bits;
}
#endif

/* ---- what is a word, and what separates ------------------------------------------------------ */

/* Bytes of words, and separators that are sure. */
typedef struct masks {
    uint64_t in, ok;
} masks;

/* A byte that separates whatever stands before it, or , or ; */
static inline bool is_end_byte(uint8_t c) {
    bool is_word = prs_ascii_is_digit(c) || prs_ascii_is_letter(c);
    bool is_sign = (uint8_t)(c - '#') < 5 || c == '*' || c == '+' || c == '-' || c == '.' ||
                   c == '@' || c == '_';
    return c < 0x80 && !is_word && !is_sign;
}

/* Signs that separate here; `behind` is the byte behind the block. */
static inline uint64_t sure_signs(block b, uint64_t in, uint64_t plain, uint8_t behind) {
    uint64_t comma = equal(b, ',') | equal(b, ';');
    uint64_t joiner = equal(b, '\'') | equal(b, '-') | equal(b, '_') | equal(b, '&');
    uint64_t hyphen = joiner | equal(b, '%') | equal(b, '+');
    uint64_t before_end = (plain | comma) >> 1 | (uint64_t)is_end_byte(behind) << 63;
    uint64_t after_word = in << 1, after_single = (in & ~(in << 1) & ~(in >> 1)) << 1;
    return ((comma | hyphen) & ~after_word) | ((comma | joiner) & before_end) |
           (equal(b, '.') & before_end & ~after_single);
}

static inline masks look(const uint8_t *p, bool spaced) {
    block b = load_block(p);
    if (spaced) return (masks){within(b, 0x21, 0x5f), equal(b, ' ') | within(b, '\t', 5)};
    uint64_t in = within(b, '0', 10) | within(lower_case(b), 'a', 26);
    uint64_t signs =
        within(b, '#', 5) | within(b, '*', 5) | equal(b, ';') | equal(b, '@') | equal(b, '_');
    uint64_t plain = ~(in | signs | high(b));
    return (masks){in, signs == 0 ? plain : plain | sure_signs(b, in, plain, p[BLOCK])};
}

/* ---- the walk -------------------------------------------------------------------------------- */

/* The first len < 16 bytes at p, of which 16 are there. */
static inline prs_word_key key_at(const uint8_t *p, uint32_t len, bool spaced) {
#if defined(__AVX512BW__) && defined(__AVX512VL__)
    __mmask16 keep = (__mmask16)((1u << len) - 1);
    __m128i bytes = _mm_maskz_loadu_epi8(keep, p);
    if (!spaced) bytes = _mm_or_si128(bytes, _mm_maskz_set1_epi8(keep, 0x20));
    return (prs_word_key){(uint64_t)_mm_cvtsi128_si64(bytes),
                          (uint64_t)_mm_extract_epi64(bytes, 1)};
#else
    return prs_ascii_key(p, len, spaced);
#endif
}

/* Queue the words of 64 bytes; returns the bytes that are done, below 64 only where a word is cut
 * or with *stop. */
__attribute__((always_inline)) static inline uint32_t walk_block(const uint8_t *p, bool spaced,
                                                                 const prs_word_memo *memo,
                                                                 prs_lane_queue *queue,
                                                                 bool *stop) {
    masks m = look(p, spaced);
    uint64_t in = m.in, run = in & in >> 1;
    run &= run >> 2;
    run &= run >> 4;
    run &= run >> 8; /* 16 in a row from here on */
    uint64_t bad = ~(in | m.ok) | run;
    uint32_t limit = bad == 0 ? BLOCK : (uint32_t)__builtin_ctzll(bad);
    uint64_t below = bad == 0 ? UINT64_MAX : (bad & -bad) - 1;
    uint64_t starts = in & ~(in << 1) & below, ends = ~in & in << 1 & below;
    prs_lane_word *item = queue->words + queue->n, *first = item;
    uint32_t entry = queue->entry;
    for (; ends != 0; ends &= ends - 1, starts &= starts - 1, item++) {
        uint32_t start = (uint32_t)__builtin_ctzll(starts);
        uint32_t size = (uint32_t)__builtin_ctzll(ends) - start;
        prs_word_key key = key_at(p + start, size, spaced);
        uint64_t hash = prs_word_memo_hash(memo, key);
        prs_word_memo_prefetch(memo, hash);
        *item = (prs_lane_word){key, hash, entry++};
    }
    queue->n += (uint32_t)(item - first);
    queue->entry = entry;
    *stop = bad != 0;
    return starts == 0 ? limit : (uint32_t)__builtin_ctzll(starts);
}

__attribute__((always_inline)) static inline uint32_t
walk(const uint8_t *text, uint32_t len, bool spaced, prs_lane_queue *queue, bool *stop) {
    const prs_word_memo memo = queue->memo;
    uint32_t at = 0;
    *stop = false;
    while (!*stop && at < len && queue->cap - queue->n >= PRS_LANE_WORDS_ROOM) {
        if (PRS_LIKELY(len - at >= BLOCK_LOOK)) {
            at += walk_block(text + at, spaced, &memo, queue, stop);
            continue;
        }
        uint8_t last[BLOCK_LOOK + 1];
        memset(last, ' ', sizeof last);
        memcpy(last, text + at, len - at);
        uint32_t done = walk_block(last, spaced, &memo, queue, stop);
        at += PRS_MIN(done, len - at);
    }
    return at;
}

uint32_t PRS_LANE_WORDS(const uint8_t *text, uint32_t len, bool spaced, prs_lane_queue *queue,
                        bool *stop) {
    return spaced ? walk(text, len, true, queue, stop) : walk(text, len, false, queue, stop);
}
