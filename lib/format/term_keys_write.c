/* term_keys_write.c - in which of its forms are the keys of a term block shortest?
 *
 * Structure   raw       | varint | heads: 4 bits shared, 4 bits rest | extras | rests, bytes |
 *             letters   the same, rests in nibbles: one for each of 13 letters, two for 48 others
 *             pairs     a byte for most: how far the second character lies behind the one before
 * Invariants  The form follows from the keys alone: the shortest, of equals the first.
 * Why so      Dictionaries of English are half keys, those of Chinese a third: four bytes a pair of
 *             Han characters before, one now.  An alphabet of its own for each block costs as much
 *             as it saves; Huffman codes would take a tenth less than nibbles, but a rest could
 *             not be passed without decoding it.
 * Cost        about 10 ns a key.
 * Source      FORMAT.md section 6.   Tested by tests/unit/format/test_term_keys.c */
#include "format/term_keys.h"

#include "format/term_keys_code.h"

/* 0: not a letter; to 13: a nibble and one more; else two nibbles. */
static const uint8_t code_of[256] = {
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xe8, 0x00, 0x00, 0x00, 0xeb, 0x00, 0xe7, 0xe9, 0x00,
    0xdd, 0xde, 0xdf, 0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xea,
    0x00, 0x04, 0xd5, 0x0a, 0x0b, 0x01, 0xd4, 0xd0, 0xd2, 0x03, 0xdb, 0xd7, 0x09, 0xd1, 0x05, 0x08,
    0x0c, 0xdc, 0x07, 0x06, 0x02, 0x0d, 0xd6, 0xd8, 0xd9, 0xd3, 0xda, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0xed, 0xee, 0xef, 0xf0, 0xf1, 0x00, 0x00, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0x00, 0xf7, 0xf8, 0xf9,
    0x00, 0xfa, 0x00, 0xfb, 0xfc, 0xfd, 0xfe, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0xec, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};

enum { MOST_KEYS = 64 };

typedef struct key_run {
    const uint8_t *keys;
    const uint32_t *ends;
    uint32_t n;
    /* Of keys 1 .. n - 1: bytes in common with the one before, nibbles of the rest. */
    uint16_t shared[MOST_KEYS], nibbles[MOST_KEYS];
} key_run;

static prs_bytes key_at(const key_run *run, uint32_t i) {
    uint32_t from = i == 0 ? 0 : run->ends[i - 1];
    return prs_bytes_of(run->keys + from, run->ends[i] - from);
}

static size_t shared_with(prs_bytes before, prs_bytes key) {
    size_t max = PRS_MIN(before.len, key.len), i = 0;
    while (i < max && before.ptr[i] == key.ptr[i]) i++;
    return i;
}

/* ---- bytes and letters ----------------------------------------------------------------------- */

/* Nibbles of a rest; 0 if it has a byte that is no letter. */
static uint32_t nibbles_of(const uint8_t *rest, size_t len) {
    uint32_t n = 0, least = UINT32_MAX;
    for (size_t i = 0; i < len; i++) {
        uint32_t code = code_of[rest[i]];
        n += code <= PRS_LETTERS_SHORT ? 1u : 2u;
        least = PRS_MIN(least, code);
    }
    return least == 0 ? 0 : n;
}

/* What one of the two forms would take. */
typedef struct form_size {
    size_t units, extras;
    bool fits;
} form_size;

static inline size_t extra_len(size_t v) {
    return PRS_LIKELY(v < PRS_HEAD_MAX) ? 0 : (prs_bit_width64((v - PRS_HEAD_MAX) | 1) + 6) / 7;
}

static void measure(key_run *run, form_size *raw, form_size *letters) {
    *raw = *letters = (form_size){0, 0, true};
    prs_bytes before = key_at(run, 0);
    for (uint32_t i = 1; i < run->n; i++) {
        prs_bytes key = key_at(run, i);
        size_t shared = shared_with(before, key), rest = key.len - shared;
        size_t extra = extra_len(shared);
        run->shared[i] = (uint16_t)shared;
        raw->units += rest;
        raw->extras += extra + extra_len(rest - PRS_REST_LEAST);
        before = key;
        if (!letters->fits) continue;
        uint32_t nibbles = nibbles_of(key.ptr + shared, rest);
        run->nibbles[i] = (uint16_t)nibbles;
        letters->fits = nibbles != 0;
        letters->units += nibbles;
        letters->extras += extra + extra_len(nibbles - PRS_REST_LEAST);
    }
}

/* Nibbles go out as bytes when there are two. */
typedef struct nibble_out {
    uint8_t *at;
    uint32_t bits, n; /* waiting; how many bits of them: 0 or 4 */
} nibble_out;

static inline void put_letters(nibble_out *out, const uint8_t *rest, size_t len) {
    uint8_t *at = out->at;
    uint32_t bits = out->bits, n = out->n;
    for (size_t i = 0; i < len; i++) {
        uint32_t code = code_of[rest[i]];
        bool is_short = code <= PRS_LETTERS_SHORT;
        bits |= (is_short ? code - 1 : code >> 4 | (code & 15) << 4) << n;
        n += is_short ? 4 : 8;
        if (n < 8) continue;
        *at++ = (uint8_t)bits;
        bits >>= 8;
        n -= 8;
    }
    *out = (nibble_out){at, bits, n};
}

static void put_rests(const key_run *run, bool letters, const form_size *size, prs_buf *out) {
    size_t n_bytes = letters ? (size->units + 1) / 2 : size->units;
    prs_buf_varint(out, size->extras);
    uint8_t *head = prs_buf_extend(out, run->n - 1 + size->extras + n_bytes);
    if (head == NULL) return;
    uint8_t *extra = head + run->n - 1;
    nibble_out rests = {extra + size->extras, 0, 0};
    for (uint32_t i = 1; i < run->n; i++) {
        prs_bytes key = key_at(run, i);
        size_t shared = run->shared[i], len = key.len - shared;
        size_t more = (letters ? run->nibbles[i] : len) - PRS_REST_LEAST;
        *head++ = (uint8_t)(PRS_MIN(shared, PRS_HEAD_MAX) | PRS_MIN(more, PRS_HEAD_MAX) << 4);
        if (shared >= PRS_HEAD_MAX) extra = prs_varint_put(extra, shared - PRS_HEAD_MAX);
        if (more >= PRS_HEAD_MAX) extra = prs_varint_put(extra, more - PRS_HEAD_MAX);
        if (letters) {
            put_letters(&rests, key.ptr + shared, len);
        } else {
            memcpy(rests.at, key.ptr + shared, len);
            rests.at += len;
        }
    }
    if (rests.n != 0) *rests.at = (uint8_t)rests.bits;
}

/* ---- pairs ----------------------------------------------------------------------------------- */

static uint8_t *put_pair(uint8_t *at, uint32_t first, uint32_t second, uint32_t was_first,
                         uint32_t was_second) {
    uint32_t far = second - was_second - 1;
    if (first == was_first && far < PRS_PAIR_NEAR) {
        *at++ = (uint8_t)far;
    } else if (first == was_first && far - PRS_PAIR_NEAR < PRS_PAIR_FAR) {
        far -= PRS_PAIR_NEAR;
        *at++ = (uint8_t)(PRS_PAIR_NEAR + (far >> 8));
        *at++ = (uint8_t)far;
    } else {
        *at++ = PRS_PAIR_OTHER;
        at = prs_varint_put(at, first - was_first);
        at = prs_varint_put(at, first == was_first ? far : second);
    }
    return at;
}

/* False, and nothing is written, if a key is no pair. */
static bool put_pairs(const key_run *run, prs_buf *out) {
    uint32_t first, second, was_first, was_second;
    if (!prs_pair_of(key_at(run, 0), &was_first, &was_second)) return false;
    if (!prs_buf_reserve(out, 9 * (size_t)run->n)) return true;
    uint8_t *at = out->ptr + out->len;
    for (uint32_t i = 1; i < run->n; i++) {
        if (!prs_pair_of(key_at(run, i), &first, &second)) return false;
        at = put_pair(at, first, second, was_first, was_second);
        was_first = first;
        was_second = second;
    }
    out->len = (size_t)(at - out->ptr);
    return true;
}

prs_keys_form prs_term_keys_put(const uint8_t *keys, const uint32_t *ends, uint32_t n,
                                prs_buf *out) {
    key_run run;
    run.keys = keys;
    run.ends = ends;
    run.n = n;
    form_size raw, letters;
    if (put_pairs(&run, out)) return PRS_KEYS_PAIRS;
    measure(&run, &raw, &letters);
    bool is_shorter =
        letters.fits && (letters.units + 1) / 2 + letters.extras < raw.units + raw.extras;
    put_rests(&run, is_shorter, is_shorter ? &letters : &raw, out);
    return is_shorter ? PRS_KEYS_LETTERS : PRS_KEYS_RAW;
}
