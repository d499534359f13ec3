/* ref_block.c - which documents, freqs and positions does one block hold?
 * (FORMAT.md sections 7 and 8: block, PATCHED, impacts, position groups)
 *
 * Everything bit by bit, in the words of FORMAT.md; no table, no shortcut.
 * Tested by: tests/golden (golden.sh, and examples.sh for the worked examples). */
#include "ref/ref_parts.h"

#define BLOCK 128u

/* Value i of m values of w bits under the two layouts. */
static uint32_t low_bits(const uint8_t *at, uint32_t m, uint32_t w, uint32_t i) {
    if (m < BLOCK) return (uint32_t)ref_bits(at, (uint64_t)i * w, w);
    uint32_t lane = i % 4, row = i / 4, v = 0;
    for (uint32_t b = 0; b < w; b++) {
        uint32_t bit = row * w + b, word = 4 * (bit / 32) + lane;
        v |= (uint32_t)ref_bits(at, 32 * (uint64_t)word + bit % 32, 1) << b;
    }
    return v;
}

/* Returns the number of exceptions. */
static uint32_t patched(ref_cur *c, uint32_t m, uint32_t *out) {
    uint32_t w = ref_u8(c), n_exceptions = ref_u8(c);
    ref_must(w <= 32, "PATCHED", "w is 0..32");
    ref_must(n_exceptions <= m, "PATCHED", "there are no more exceptions than values");
    uint64_t bytes = m == BLOCK ? 16 * (uint64_t)w : ref_bit_bytes((uint64_t)m * w);
    const uint8_t *at = ref_take(c, bytes);
    for (uint32_t i = 0; i < m; i++) out[i] = low_bits(at, m, w, i);
    if (m < BLOCK) ref_tail_zero(at, (uint64_t)m * w, bytes, "PATCHED");
    const uint8_t *place = ref_take(c, n_exceptions);
    for (uint32_t i = 0; i < n_exceptions; i++) {
        uint64_t high = ref_varint32(c);
        ref_must(place[i] < m && (i == 0 || place[i - 1] < place[i]), "PATCHED",
                 "the places of exceptions ascend and are those of values");
        ref_must(high != 0 && w < 32 && high >> (32 - w) == 0, "PATCHED",
                 "an exception is not zero and a value has 32 bits");
        out[place[i]] |= (uint32_t)(high << w);
    }
    return n_exceptions;
}

/* PLANES of n freqs, each less 1. */
static void planes(ref_cur *c, uint32_t n, uint32_t *out) {
    uint32_t head = ref_u8(c), depth = head & 7, w = head >> 3 == 31 ? 32 : head >> 3;
    ref_bit_cur bits = ref_bit_cur_of(c);
    ref_must(depth >= 1, "PLANES", "there are 1 to 7 planes");
    for (uint32_t i = 0; i < n; i++) out[i] = 0;
    for (uint32_t q = 0; q < depth; q++)
        for (uint32_t i = 0; i < n; i++)
            if (out[i] == q) out[i] += (uint32_t)ref_bits_next(&bits, 1);
    for (uint32_t i = 0; i < n; i++) {
        if (out[i] < depth) continue;
        uint64_t freq = out[i] + ref_bits_next(&bits, w);
        ref_must(freq < UINT32_MAX, "PLANES", "a freq has 32 bits");
        out[i] = (uint32_t)freq;
    }
    ref_tail_zero(c->at, bits.bit, ref_bit_bytes(bits.bit), "PLANES");
    ref_take(c, ref_bit_bytes(bits.bit));
}

/* A document number that must be new and in the segment. */
static uint32_t checked_doc(const ref_list *l, int64_t doc) {
    ref_must(doc >= 0 && doc < l->n_docs, "block", "documents are in the segment");
    return (uint32_t)doc;
}

static void packed_docs(ref_list *l, ref_cur *c, uint32_t n, uint32_t *docs) {
    uint32_t gaps[BLOCK] = {0};
    if (n == BLOCK) {
        l->n_exceptions += patched(c, BLOCK, gaps);
        ref_must(gaps[0] == 0, "block", "the first of 128 packed documents is 0");
    } else if (n > 1) {
        l->n_exceptions += patched(c, n - 1, gaps + 1);
    }
    for (uint32_t i = 1; i < n; i++) docs[i] = checked_doc(l, (int64_t)docs[i - 1] + gaps[i] + 1);
}

static void bitset_docs(const ref_list *l, ref_cur *c, uint32_t n, uint32_t *docs) {
    uint32_t n_words = ref_u8(c), found = 0, first = docs[0];
    const uint8_t *bits = ref_take(c, 8 * (uint64_t)n_words);
    for (uint32_t j = 0; j < 64 * n_words; j++) {
        if (ref_bits(bits, j, 1) == 0) continue;
        ref_must(found > 0 || j == 0, "block", "bit 0 of a bitset is set");
        ref_must(found < n, "block", "n bits of a bitset are set");
        docs[found++] = checked_doc(l, (int64_t)first + j);
    }
    ref_must(found == n, "block", "n bits of a bitset are set");
    ref_must(ref_bits(bits, 64 * (uint64_t)(n_words - 1), 64) != 0, "block",
             "the last word of a bitset is not zero");
}

/* One block, appended to the list; c is past it afterwards. */
void ref_block_read(ref_list *l, ref_cur *c, int64_t last_before) {
    uint32_t tag = ref_u8(c), n = ref_u8(c) + 1u, freqs[BLOCK];
    ref_must(tag < 12 && (tag & 3) < 3 && n <= BLOCK, "block", "tag and size are allowed");
    ref_must(n <= l->df - l->n, "block", "a list has no more postings than df");
    uint32_t *docs = l->docs + l->n;
    docs[0] = checked_doc(l, last_before + 1 + ref_varint32(c));
    if ((tag & 3) == 0) packed_docs(l, c, n, docs);
    if ((tag & 3) == 1)
        for (uint32_t i = 1; i < n; i++) docs[i] = checked_doc(l, (int64_t)docs[0] + i);
    if ((tag & 3) == 2) bitset_docs(l, c, n, docs);
    for (uint32_t i = 0; i < n; i++) freqs[i] = 0;
    if ((tag & 8) != 0)
        planes(c, n, freqs);
    else if ((tag & 4) == 0)
        l->n_exceptions += patched(c, n, freqs);
    for (uint32_t i = 0; i < n; i++) {
        ref_must(freqs[i] < UINT32_MAX, "block", "a freq has 32 bits");
        l->freqs[l->n + i] = freqs[i] + 1;
    }
    l->n += n;
    l->n_blocks++;
    *((tag & 3) == 0 ? &l->n_packed : (tag & 3) == 1 ? &l->n_run : &l->n_bitset) += 1;
}

/* Is mark k of the block right, whose groups take so many bytes, and so many bits before it? */
static void check_mark(ref_bit_cur *marks, uint32_t w, uint64_t k, uint64_t n, uint64_t n_bytes,
                       uint64_t bits) {
    int64_t off = (int64_t)(bits - 8 * n_bytes * 32 * k / n);
    uint64_t zigzag = off < 0 ? (uint64_t)(-2 * off - 1) : (uint64_t)(2 * off);
    ref_must(ref_bits_next(marks, w) == zigzag, "positions", "marks are where groups begin");
}

static uint64_t group_bits(const ref_list *l, uint64_t i) {
    uint64_t f = l->freqs[i], s = l->spans[l->docs[i]];
    ref_must(s > 0, "positions", "a document with positions has a span");
    if (f == 1) return ref_bits_of(s - 1);
    uint32_t low = s < f ? 0 : ref_bits_of(s / f) - 1;
    return f * low + f + ((s - 1) >> low);
}

/* The marks before the groups of n postings; they are used up. */
static void block_marks(const ref_list *l, uint64_t first, uint64_t n, ref_cur *run) {
    ref_bit_cur c = ref_bit_cur_of(run);
    uint64_t count = (n - 1) / 32, bits = 0;
    if (count == 0) return;
    ref_must(l->spans != NULL, "positions", "a field with positions has spans");
    uint32_t w = (uint32_t)ref_bits_next(&c, 6);
    uint64_t bytes = ref_bit_bytes(6 + count * w);
    ref_must(w <= 57 && bytes <= ref_left(run), "positions", "marks fit their run");
    for (uint64_t i = 0; i < n; i++) {
        if (i > 0 && i % 32 == 0) check_mark(&c, w, i / 32, n, ref_left(run) - bytes, bits);
        bits += group_bits(l, first + i);
    }
    ref_tail_zero(run->at, c.bit, bytes, "positions");
    ref_take(run, bytes);
}

/* The run of the block whose first posting is `first`; the run is used up. */
void ref_block_positions(ref_list *l, uint64_t first, ref_cur *run) {
    block_marks(l, first, l->n - first, run);
    ref_bit_cur c = ref_bit_cur_of(run);
    ref_groups_read(l, first, &c);
    ref_must(ref_left(run) == ref_bit_bytes(c.bit), "positions", "a run ends with its last group");
    ref_tail_zero(run->at, c.bit, ref_left(run), "positions");
}

void ref_impacts_read(ref_cur *c, uint32_t at_most, ref_impacts *out) {
    out->n = ref_u8(c);
    ref_must(out->n >= 1 && out->n <= at_most, "impacts", "there are 1 to 4 (or 8) pairs");
    for (uint32_t i = 0; i < out->n; i++) {
        uint64_t freq = ref_varint32(c), length = ref_varint32(c);
        if (i > 0) {
            freq += (uint64_t)out->freq[i - 1] + 1;
            length += (uint64_t)out->length[i - 1] + 1;
        }
        ref_must(freq <= UINT32_MAX && length <= UINT32_MAX, "impacts", "a pair has 32 bits each");
        out->freq[i] = (uint32_t)freq;
        out->length[i] = (uint32_t)length;
    }
}

void ref_impacts_hold(const ref_impacts *impacts, const ref_list *l, uint64_t first,
                      const char *what) {
    for (uint64_t i = first; i < l->n; i++) {
        uint32_t length = l->lengths == NULL ? 0 : l->lengths[l->docs[i]], holds = 0;
        for (uint32_t k = 0; k < impacts->n; k++)
            holds |= impacts->freq[k] >= l->freqs[i] && impacts->length[k] <= length;
        ref_must((int)holds, what, "some pair of impacts dominates every posting");
    }
}
