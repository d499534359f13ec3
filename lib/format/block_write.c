/* block_write.c - in which of its forms is a block of postings shortest?
 *
 * Structure   | tag | n - 1 | first document | documents | freqs |     documents: nothing, PATCHED
 *             or a bitset; freqs: nothing, PATCHED or PLANES
 * Invariants  The bytes depend on the postings and `before` alone, through the head only: the rest
 *             may be copied to another place of another list.
 * Why so      A run costs nothing.  A bitset is chosen when it is at most 8 bytes longer than
 *             PATCHED: it is slower to turn into numbers, but an operator on windows takes it as it
 *             is, 64 documents at a time, and dense lists are where counts and filters spend their
 *             time.
 * Cost        bench/micro/codec_bench.c: about 4 ns per posting.
 * Source      FORMAT.md section 7.   Tested by tests/unit/format/test_block_write.c */
#include "format/block.h"

#define BITSET_BIAS 8u /* bytes that a bitset may be longer */
#define BITSET_MAX_WORDS 255u

size_t prs_block_put_head(uint8_t tag, uint32_t n, uint32_t first, uint32_t before, uint8_t *out) {
    uint8_t *at = out;
    *at++ = tag;
    *at++ = (uint8_t)(n - 1);
    return (size_t)(prs_varint_put(at, first - before - 1) - out);
}

static size_t put_bitset(const uint32_t *docs, uint32_t n, uint32_t n_words, uint8_t *out) {
    *out++ = (uint8_t)n_words;
    memset(out, 0, 8 * (size_t)n_words);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t bit = docs[i] - docs[0];
        out[bit >> 3] = (uint8_t)(out[bit >> 3] | 1u << (bit & 7));
    }
    return 1 + 8 * (size_t)n_words;
}

/* Documents behind the first, in the form that is chosen; returns the bytes. */
static size_t put_docs(const uint32_t *docs, uint32_t n, prs_block_form *form, uint8_t *out) {
    uint32_t range = docs[n - 1] - docs[0];
    *form = PRS_BLOCK_RUN;
    if (range == n - 1) return 0;
    *form = PRS_BLOCK_PACKED;
    uint32_t deltas[PRS_BLOCK];
    deltas[0] = 0;
    for (uint32_t i = 1; i < n; i++) deltas[i] = docs[i] - docs[i - 1] - 1;
    const uint32_t *values = n == PRS_BLOCK ? deltas : deltas + 1;
    uint32_t n_values = n == PRS_BLOCK ? n : n - 1;
    prs_pack_plan plan = prs_pack_measure(values, n_values);
    uint32_t n_words = range / 64 + 1;
    if (n_words <= BITSET_MAX_WORDS && 1 + 8 * (size_t)n_words <= plan.len + BITSET_BIAS) {
        *form = PRS_BLOCK_BITSET;
        return put_bitset(docs, n, n_words, out);
    }
    return prs_pack_encode(values, n_values, &plan, out);
}

size_t prs_block_encode(const uint32_t *docs, const uint32_t *freqs, uint32_t n, uint32_t before,
                        uint8_t *out) {
    PRS_ASSERT(n >= 1 && n <= PRS_BLOCK);
    uint32_t more[PRS_BLOCK], any = 0;
    for (uint32_t i = 0; i < n; i++) {
        PRS_ASSERT(freqs[i] >= 1);
        more[i] = freqs[i] - 1;
        any |= more[i];
    }
    prs_block_form form;
    size_t head = prs_block_put_head(0, n, docs[0], before, out);
    size_t len = head + put_docs(docs, n, &form, out + head);
    prs_pack_plan patched = prs_pack_measure(more, n);
    prs_planes_plan planes = prs_planes_measure(freqs, n);
    bool by_planes = planes.len < patched.len;
    out[0] = (uint8_t)((uint32_t)form | (any == 0    ? PRS_BLOCK_ONES
                                         : by_planes ? PRS_BLOCK_PLANES
                                                     : 0));
    if (any == 0) return len;
    return len + (by_planes ? prs_planes_encode(freqs, n, &planes, out + len)
                            : prs_pack_encode(more, n, &patched, out + len));
}
