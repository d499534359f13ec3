/* pack_rows.h - PATCHED kernels on rows of four values, with the compiler's vector types.
 *
 * Question    How are 128 packed values turned into integers, or documents, at a few cycles a row?
 * Structure   A row is one 128-bit vector: lane l of row r is value 4 r + l.  Row r of width w
 *             begins at bit r w of every lane, so one shift amount serves all four lanes:
 *
 *                 word 0 (16 bytes)   | lane 0 | lane 1 | lane 2 | lane 3 |   rows 0, 1, 2 ...
 *                 word 1              |        |        |        |        |   low bits first
 *
 *             A kernel is one always-inlined function with w a constant, expanded for each of 33
 *             widths by a switch, so that shifts and word numbers are constants and rows are
 *             straight-line code.
 * Invariants  - Loads and stores are unaligned; nothing outside 16 w bytes and 128 values is
 *               touched.
 *             - Sums are modulo 2^32; pack.c checks that documents ascend.
 * Why so      Compiler vectors, so that SSE2 and NEON are one source.  There is no AVX2 twin: a
 *             256-bit register would hold two rows that need different shifts, and the same rows in
 *             AVX2 encoding gain less than 3 % (measured), because unpacking is already one store
 *             per cycle.
 * Source      The layout of Lemire & Boytsov, Decoding billions of integers per second through
 *             vectorization (2015), with widths patched; FORMAT.md section 7.
 * Tested by   tests/unit/codec/test_pack.c (every level against pack_scalar.c) */
#ifndef PRS_CODEC_PACK_ROWS_H
#define PRS_CODEC_PACK_ROWS_H

#include "codec/pack_kernels.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "vector kernels are for little-endian targets; use pack_scalar.c"
#endif

#if defined(__clang__)
#define PRS_UNROLL_ROWS _Pragma("clang loop unroll(full)")
#else
#define PRS_UNROLL_ROWS _Pragma("GCC unroll 32")
#endif

#define PRS_ROWS 32
#define PRS_INLINE static inline __attribute__((always_inline))

typedef uint32_t prs_row __attribute__((vector_size(16)));

PRS_INLINE prs_row row_load(const void *p) {
    prs_row row;
    memcpy(&row, p, sizeof row);
    return row;
}

PRS_INLINE void row_store(void *p, prs_row row) {
    memcpy(p, &row, sizeof row);
}

PRS_INLINE prs_row row_of(uint32_t v) {
    return (prs_row){v, v, v, v};
}

#if defined(__clang__)
#define PRS_ROW_MIX(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define PRS_ROW_MIX(a, b, ...) __builtin_shuffle(a, b, (prs_row){__VA_ARGS__})
#endif

/* Inclusive sums of a row: lane l becomes the sum of lanes 0..l. */
PRS_INLINE prs_row row_sums(prs_row row) {
    const prs_row zero = {0, 0, 0, 0};
    row += PRS_ROW_MIX(zero, row, 0, 4, 5, 6);
    row += PRS_ROW_MIX(zero, row, 0, 1, 4, 5);
    return row;
}

PRS_INLINE prs_row row_last(prs_row row) {
    return PRS_ROW_MIX(row, row, 3, 3, 3, 3);
}

/* Store the documents of a row of deltas - 1; the last one, in all lanes, for the next row. */
PRS_INLINE prs_row row_put_docs(prs_row deltas, prs_row before, uint32_t *out) {
    prs_row docs = row_sums(deltas + row_of(1)) + before;
    row_store(out, docs);
    return row_last(docs);
}

/* Row r of width w; both are constants after inlining. */
PRS_INLINE prs_row row_unpack(const uint8_t *in, int w, int r) {
    if (w == 0) return row_of(0);
    int k = r * w / 32, shift = r * w % 32;
    prs_row row = row_load(in + 16 * k) >> shift;
    if (shift + w > 32) row |= row_load(in + 16 * (k + 1)) << (32 - shift);
    return shift + w == 32 ? row : row & row_of((uint32_t)((UINT64_C(1) << w) - 1));
}

PRS_INLINE void unpack_rows(const uint8_t *in, int w, uint32_t *out) {
    PRS_UNROLL_ROWS
    for (int r = 0; r < PRS_ROWS; r++) row_store(out + 4 * r, row_unpack(in, w, r));
}

PRS_INLINE void unpack_sum_rows(const uint8_t *in, int w, uint32_t before, uint32_t *out) {
    prs_row last = row_of(before);
    PRS_UNROLL_ROWS
    for (int r = 0; r < PRS_ROWS; r++) last = row_put_docs(row_unpack(in, w, r), last, out + 4 * r);
}

/* One case for each width 0..32. */
#define PRS_CASE(call, w)                                                                          \
    case w:                                                                                        \
        call(w);                                                                                   \
        break;
#define PRS_CASES_8(call, w)                                                                       \
    PRS_CASE(call, w)                                                                              \
    PRS_CASE(call, w + 1)                                                                          \
    PRS_CASE(call, w + 2)                                                                          \
    PRS_CASE(call, w + 3)                                                                          \
    PRS_CASE(call, w + 4) PRS_CASE(call, w + 5) PRS_CASE(call, w + 6) PRS_CASE(call, w + 7)
#define PRS_ALL_WIDTHS(call)                                                                       \
    PRS_CASES_8(call, 0)                                                                           \
    PRS_CASES_8(call, 8) PRS_CASES_8(call, 16) PRS_CASES_8(call, 24) PRS_CASE(call, 32)

static void unpack(const uint8_t *in, uint32_t w, uint32_t *out) {
#define PRS_CALL(width) unpack_rows(in, width, out)
    switch (w) { PRS_ALL_WIDTHS(PRS_CALL) default : break; }
#undef PRS_CALL
}

static void unpack_sum(const uint8_t *in, uint32_t w, uint32_t before, uint32_t *out) {
#define PRS_CALL(width) unpack_sum_rows(in, width, before, out)
    switch (w) { PRS_ALL_WIDTHS(PRS_CALL) default : break; }
#undef PRS_CALL
}

static void sum(uint32_t *values, uint32_t before) {
    prs_row last = row_of(before);
    for (int r = 0; r < PRS_ROWS; r++)
        last = row_put_docs(row_load(values + 4 * r), last, values + 4 * r);
}

/* Packing is not specialised by width: it is one pass among several when a block is written. */
static void pack(const uint32_t *values, uint32_t w, uint8_t *out) {
    if (w == 0) return;
    const prs_row mask = row_of((uint32_t)((UINT64_C(1) << w) - 1));
    prs_row word = row_of(0);
    uint32_t n_bits = 0;
    for (int r = 0; r < PRS_ROWS; r++) {
        prs_row row = row_load(values + 4 * r) & mask;
        word |= row << n_bits;
        n_bits += w;
        if (n_bits < 32) continue;
        row_store(out, word);
        out += 16;
        n_bits -= 32;
        word = n_bits == 0 ? row_of(0) : row >> (w - n_bits);
    }
}

#endif
