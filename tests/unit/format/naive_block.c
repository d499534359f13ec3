/* naive_block.c - what do the bytes of a block say, when nobody is in a hurry? */
#include "naive_block.h"

#include <stdlib.h>

/* ---- making ---------------------------------------------------------------------------------- */

static uint32_t below(test_rng *rng, uint32_t n) {
    return (uint32_t)test_rng_below(rng, n);
}

static uint32_t next_gap(block_shape shape, test_rng *rng) {
    switch (shape) {
    case BLOCK_CONSECUTIVE: return 1;
    case BLOCK_CLOSE: return 1 + below(rng, 3);
    case BLOCK_SPARSE: return 1 + below(rng, 1000);
    case BLOCK_UNEVEN:
        return test_rng_one_in(rng, 20) ? 1 + below(rng, 1000000) : 1 + below(rng, 90);
    default: return 1 + below(rng, (1u << 31) / 200);
    }
}

static uint32_t some_freq(freq_shape shape, test_rng *rng) {
    switch (shape) {
    case FREQ_ONES: return 1;
    case FREQ_SMALL: return 1 + below(rng, 5);
    case FREQ_UNEVEN: return test_rng_one_in(rng, 12) ? 1 + below(rng, 100000) : 1 + below(rng, 3);
    default: return test_rng_one_in(rng, 3) ? UINT32_MAX - below(rng, 2) : 1 + below(rng, 1u << 31);
    }
}

void block_model_make(block_model *b, uint32_t n, block_shape docs, freq_shape freqs,
                      test_rng *rng) {
    b->n = n;
    uint32_t doc = docs == BLOCK_HUGE ? 0 : below(rng, 3) == 0 ? 0 : below(rng, 5000);
    for (uint32_t i = 0; i < n; i++) {
        b->docs[i] = doc;
        b->freqs[i] = some_freq(freqs, rng);
        doc += next_gap(docs, rng);
    }
    if (docs == BLOCK_HUGE) b->docs[n - 1] = INT32_MAX - 1;
    uint32_t first = b->docs[0];
    b->before = first == 0 || test_rng_one_in(rng, 3) ? UINT32_MAX : first - 1 - below(rng, first);
}

/* ---- reading --------------------------------------------------------------------------------- */

typedef struct reader {
    const uint8_t *in;
    size_t len, at;
    bool bad;
} reader;

static uint8_t byte(reader *r) {
    if (r->bad || r->at == r->len) {
        r->bad = true;
        return 0;
    }
    return r->in[r->at++];
}

/* A varint below 2^32. */
static uint64_t varint(reader *r) {
    uint64_t v = 0;
    for (uint32_t i = 0; i < 10; i++) {
        uint64_t b = byte(r);
        if (i == 9 && b > 1) r->bad = true;
        v |= (b & 127) << (7 * i);
        if (b < 128) {
            if (v > UINT32_MAX) r->bad = true;
            return v;
        }
    }
    r->bad = true;
    return 0;
}

static uint32_t bit(const uint8_t *bytes, size_t i) {
    return (uint32_t)bytes[i / 8] >> (i % 8) & 1u;
}

/* Bit k of value i: a bit array, or four lanes of words for 128 values. */
static size_t place_of(uint32_t m, uint32_t w, uint32_t i, uint32_t k) {
    if (m < 128) return (size_t)i * w + k;
    size_t in_lane = (size_t)(i / 4) * w + k;
    return 32 * (4 * (in_lane / 32) + i % 4) + in_lane % 32;
}

static void patched(reader *r, uint32_t m, uint64_t *values) {
    uint32_t w = byte(r), n_exceptions = byte(r), last = 0;
    size_t body = ((size_t)m * w + 7) / 8;
    if (r->bad || w > 32 || n_exceptions > m || r->len - r->at < body + n_exceptions) {
        r->bad = true;
        return;
    }
    for (uint32_t i = 0; i < m; i++) {
        values[i] = 0;
        for (uint32_t k = 0; k < w; k++)
            values[i] |= (uint64_t)bit(r->in + r->at, place_of(m, w, i, k)) << k;
    }
    const uint8_t *places = r->in + r->at + body;
    r->at += body + n_exceptions;
    for (uint32_t e = 0; e < n_exceptions; e++) {
        uint64_t high = varint(r);
        if (r->bad || places[e] >= m || (e > 0 && places[e] <= last) || high == 0 ||
            high << w > UINT32_MAX) {
            r->bad = true;
            return;
        }
        last = places[e];
        values[last] |= high << w;
    }
}

/* Freqs - 1, as PATCHED gives them. */
static void planes(reader *r, uint32_t n, uint64_t *values) {
    uint32_t head = byte(r), depth = head & 7, width = head >> 3 == 31 ? 32 : head >> 3;
    uint64_t n_bits = r->bad ? 0 : 8 * (uint64_t)(r->len - r->at), at = 0;
    const uint8_t *bits = r->in + r->at;
    if (depth == 0) r->bad = true;
    for (uint32_t q = 1; q <= depth + 1; q++) { /* the last time round: what is above */
        for (uint32_t i = 0; i < n && !r->bad; i++) {
            uint32_t w = q <= depth ? 1 : width;
            if (values[i] != q - 1) continue;
            if (w > n_bits - at) {
                r->bad = true;
                return;
            }
            uint64_t more = 0;
            for (uint32_t k = 0; k < w; k++, at++) more |= (uint64_t)bit(bits, at) << k;
            values[i] += more;
        }
    }
    r->at += (size_t)((at + 7) / 8);
}

static void bitset(reader *r, block_model *b, uint32_t first) {
    uint32_t n_words = byte(r), n = 0;
    if (r->bad || n_words == 0 || r->len - r->at < (size_t)8 * n_words) {
        r->bad = true;
        return;
    }
    const uint8_t *bits = r->in + r->at;
    r->at += (size_t)8 * n_words;
    bool top = false;
    for (uint32_t i = 0; i < 64 * n_words; i++) {
        if (bit(bits, i) == 0) continue;
        if (n < 128) b->docs[n] = first + i;
        n++;
        top |= i / 64 == n_words - 1;
    }
    r->bad = n != b->n || bit(bits, 0) == 0 || !top;
}

static void packed(reader *r, block_model *b, uint32_t first) {
    uint64_t values[128] = {0}, doc = first;
    if (b->n > 1) patched(r, b->n == 128 ? 128 : b->n - 1, b->n == 128 ? values : values + 1);
    if (values[0] != 0) r->bad = true;
    for (uint32_t i = 0; i < b->n && !r->bad; i++) {
        if (i > 0) doc += values[i] + 1;
        if (doc >= INT32_MAX) r->bad = true;
        b->docs[i] = (uint32_t)doc;
    }
}

bool naive_block_read(const uint8_t *in, size_t len, block_model *b) {
    reader r = {in, len, 0, false};
    uint8_t tag = byte(&r);
    b->n = byte(&r) + 1u;
    uint64_t first = varint(&r) + (b->before == UINT32_MAX ? 0 : b->before + UINT64_C(1));
    if (r.bad || tag > 10 || (tag & 3) == 3 || b->n > 128 || first >= INT32_MAX) return false;
    switch (tag & 3) {
    case 0: packed(&r, b, (uint32_t)first); break;
    case 1:
        for (uint32_t i = 0; i < b->n; i++) b->docs[i] = (uint32_t)first + i;
        break;
    default: bitset(&r, b, (uint32_t)first);
    }
    if (r.bad || b->docs[b->n - 1] >= INT32_MAX) return false;
    uint64_t freqs[128] = {0};
    if ((tag & 8) != 0)
        planes(&r, b->n, freqs);
    else if ((tag & 4) == 0)
        patched(&r, b->n, freqs);
    for (uint32_t i = 0; i < b->n; i++) {
        if (freqs[i] >= UINT32_MAX) return false;
        b->freqs[i] = (uint32_t)freqs[i] + 1;
    }
    return !r.bad && r.at == r.len;
}

/* ---- measuring ------------------------------------------------------------------------------- */

size_t naive_patched_len(const uint32_t *values, uint32_t n) {
    size_t best = SIZE_MAX;
    for (uint32_t w = 0; w <= 32; w++) {
        size_t len = 2 + ((size_t)n * w + 7) / 8;
        for (uint32_t i = 0; i < n; i++) {
            uint64_t high = (uint64_t)values[i] >> w;
            if (high == 0) continue;
            len++;
            do {
                len++;
                high >>= 7;
            } while (high != 0);
        }
        best = PRS_MIN(best, len);
    }
    return best;
}

uint8_t *naive_guarded(const uint8_t *bytes, size_t len) {
    uint8_t *copy = malloc(len + 64);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, len);
    memset(copy + len, 0xee, 64);
    return copy;
}

size_t naive_planes_len(const uint32_t *values, uint32_t n) {
    uint64_t best = UINT64_MAX, planes = 0;
    for (uint32_t depth = 1; depth <= 7; depth++) {
        uint32_t width = 0, rest = 0;
        for (uint32_t i = 0; i < n; i++) {
            planes += values[i] >= depth;
            if (values[i] <= depth) continue;
            rest++;
            while ((uint64_t)(values[i] - depth - 1) >> width != 0) width++;
        }
        best = PRS_MIN(best, planes + (uint64_t)rest * (width == 31 ? 32 : width));
    }
    return 1 + (size_t)((best + 7) / 8);
}
