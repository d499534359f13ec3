/* block_read.c - which documents and freqs does a block hold, if it holds any?
 *
 * Structure   head -> documents (run, PATCHED or bitset, all to the same array) -> freqs, when
 *             asked for
 * Invariants  - Whatever the bytes are: documents strictly ascend from `first` and stay below 2^31
 *               - 1, there are n of them, freqs are >= 1, and nothing is read beyond 64 bytes
 *                 behind `end`.
 *             - A block is accepted only if its parts fill it to the last byte.
 * Cost        bench/micro/codec_bench.c: 0.3 ns per document of a full packed block, about 1 of
 *             others.
 * Source      FORMAT.md section 7.   Tested by tests/unit/format/test_block_read.c */
#include "format/block.h"

#include "base/cur.h"
#include "base/words.h"
#include "codec/unbits.h"

bool prs_block_read_head(const uint8_t *in, const uint8_t *end, uint32_t before,
                         prs_block_head *head) {
    prs_cur c = {in, end, false};
    head->tag = prs_cur_8(&c);
    head->n = prs_cur_8(&c) + 1u;
    uint64_t first = (uint64_t)prs_cur_varint32(&c) + (uint32_t)(before + 1u);
    head->first = (uint32_t)first;
    head->body = c.at;
    return !c.bad && head->n <= PRS_BLOCK && head->tag <= (PRS_BLOCK_BITSET | PRS_BLOCK_PLANES) &&
           (head->tag & PRS_BLOCK_FORM) <= PRS_BLOCK_BITSET && first < PRS_DOC_END;
}

const uint8_t *prs_block_read_words(const prs_block_head *head, const uint8_t *end,
                                    uint32_t *n_words) {
    prs_cur c = {head->body, end, false};
    *n_words = prs_cur_8(&c);
    const uint8_t *words = prs_cur_take(&c, 8 * (size_t)*n_words);
    if (words == NULL || *n_words == 0) return NULL;
    uint32_t n = prs_words_count(words, *n_words);
    uint64_t top = prs_load64(words + 8 * (size_t)(*n_words - 1));
    bool sound = n == head->n && (words[0] & 1) != 0 && top != 0;
    return sound ? words : NULL;
}

static const uint8_t *read_bitset(const prs_block_head *head, const uint8_t *end, uint32_t *docs) {
    uint32_t n_words;
    const uint8_t *words = prs_block_read_words(head, end, &n_words);
    if (words == NULL) return NULL;
    (void)prs_unbits(words, n_words, head->first, docs); /* at most 255 words: no overflow */
    return words + 8 * (size_t)n_words;
}

/* Fewer than 128: the deltas behind the first document, summed one by one. */
static const uint8_t *read_short(const prs_block_head *head, const uint8_t *end, uint32_t *docs) {
    size_t len = 0;
    if (head->n > 1) {
        len = prs_pack_decode(head->body, end, head->n - 1, docs + 1);
        if (len == 0) return NULL;
    }
    uint64_t doc = docs[0] = head->first;
    for (uint32_t i = 1; i < head->n; i++) {
        doc += (uint64_t)docs[i] + 1;
        docs[i] = (uint32_t)doc;
    }
    return doc < PRS_DOC_END ? head->body + len : NULL;
}

const uint8_t *prs_block_read_docs(const prs_block_head *head, const uint8_t *end, uint32_t *docs) {
    const uint8_t *at = head->body;
    prs_block_form form = (prs_block_form)(head->tag & PRS_BLOCK_FORM);
    if (form == PRS_BLOCK_RUN) {
        for (uint32_t i = 0; i < PRS_BLOCK; i++)
            docs[i] = head->first + i; /* all: a constant count is one loop */
    } else if (form == PRS_BLOCK_BITSET) {
        at = read_bitset(head, end, docs);
    } else if (head->n < PRS_BLOCK) {
        at = read_short(head, end, docs);
    } else {
        size_t len = prs_pack_decode_docs(at, end, head->first, docs);
        at = len == 0 ? NULL : at + len;
    }
    if (PRS_UNLIKELY(at == NULL || docs[head->n - 1] >= PRS_DOC_END)) return NULL;
    docs[head->n] = PRS_DOC_END;
    return at;
}

/* Stored is freq - 1.  *all: every freq ored; false if one was 2^32 - 1.  With n = 128 a constant
 * count, so that it is a handful of vector operations. */
static inline bool add_one(uint32_t *freqs, uint32_t n, uint32_t *all) {
    uint32_t bits = 0, wrapped = 0;
    for (uint32_t i = 0; i < n; i++) {
        freqs[i]++;
        bits |= freqs[i];
        wrapped |= freqs[i] == 0;
    }
    *all = bits;
    return wrapped == 0;
}

bool prs_block_read_freqs(const prs_block_head *head, const uint8_t *at, const uint8_t *end,
                          uint32_t *freqs, uint32_t *all) {
    *all = 1;
    if ((head->tag & PRS_BLOCK_ONES) != 0) {
        for (uint32_t i = 0; i < PRS_BLOCK; i++) freqs[i] = 1;
        return at == end;
    }
    if ((head->tag & PRS_BLOCK_PLANES) != 0) {
        size_t planes = prs_planes_decode(at, end, head->n, freqs, all);
        return planes != 0 && at + planes == end;
    }
    size_t len = prs_pack_decode(at, end, head->n, freqs);
    if (PRS_UNLIKELY(len == 0 || at + len != end)) return false;
    return PRS_LIKELY(head->n == PRS_BLOCK) ? add_one(freqs, PRS_BLOCK, all)
                                            : add_one(freqs, head->n, all);
}
