/* postings_has.c - is this document in the list, when a few are asked for and blocks are dense?
 *
 * Structure   skip to the block that would hold it; then by how it is stored:
 *
 *                 run       first <= doc
 *                 bitset    its bit
 *                 packed    decoded once, searched from where the last question ended
 *
 * Invariants  - A block is believed as far as its other reader believes it: a bitset has as many
 *               bits as documents and ends with the block's last document, a run does too.
 *             - What was seen of a block holds until the cursor moves (`seen`).
 * Why so      Decoding a bitset into 128 numbers costs more than ten questions.
 * Source      FORMAT.md section 7.   Tested by tests/unit/format/test_postings_has.c */
#include "codec/unbits.h"
#include "format/postings_cursor.h"

/* Where the freqs of a block lie that is not going to be loaded. */
static void keep_freqs(prs_postings *p, const prs_block_head *head, const uint8_t *at,
                       const uint8_t *end) {
    p->seen_n = head->n;
    p->tag = head->tag;
    p->at = at;
    p->end = end;
    p->freqs_ready = false;
    p->run = NULL;
    p->pos_from = p->pos_to = 0;
}

/* What is stored in the block stood on, which is not loaded. */
static prism_status look(prs_postings *p, prism_error *err) {
    const uint8_t *end, *in = prs_cursor_block(p, &end);
    prs_block_head head;
    if (!prs_block_read_head(in, end, p->before_block, &head))
        return prs_cursor_corrupt(p, in, err, "head of a block is unsound");
    prs_block_form form = (prs_block_form)(head.tag & PRS_BLOCK_FORM);
    bool sound = true;
    uint32_t last = p->last_doc;
    p->seen = PRS_BLOCK_SPARSE;
    if (form == PRS_BLOCK_RUN) {
        last = head.first + (head.n - 1);
        p->seen = PRS_BLOCK_FULL;
        keep_freqs(p, &head, head.body, end);
    } else if (form == PRS_BLOCK_BITSET) {
        uint32_t n_words;
        p->seen_words = prs_block_read_words(&head, end, &n_words);
        sound = p->seen_words != NULL;
        if (sound) {
            uint64_t top = prs_load64(p->seen_words + 8 * (size_t)(n_words - 1));
            last = head.first + 64 * (n_words - 1) + 63 - (uint32_t)__builtin_clzll(top);
            keep_freqs(p, &head, p->seen_words + 8 * (size_t)n_words, end);
        }
        p->seen = PRS_BLOCK_BITS;
    }
    if (PRS_UNLIKELY(!sound || last != p->last_doc))
        return prs_cursor_corrupt(p, in, err, "documents of a block are unsound");
    p->seen_first = head.first;
    p->seen_end = last + 1;
    return PRISM_OK;
}

static prism_status has_loaded(prs_postings *p, uint32_t doc, bool *has, prism_error *err) {
    PRS_TRY(prs_postings_load(p, err));
    if (p->docs[p->i] < doc) p->i = prs_cursor_place(p->docs, p->i, p->n, doc);
    *has = p->docs[p->i] == doc;
    return PRISM_OK;
}

prism_status prs_postings_has(prs_postings *p, uint32_t doc, bool *has, prism_error *err) {
    *has = false;
    PRS_TRY(prs_postings_skip_to(p, doc, err));
    if (p->last_doc == PRS_DOC_END) return PRISM_OK;
    if (p->n != 0) return has_loaded(p, doc, has, err);
    if (p->seen == PRS_BLOCK_UNSEEN) PRS_TRY(look(p, err));
    if (doc < p->seen_first) return PRISM_OK;
    if (p->seen == PRS_BLOCK_SPARSE) return has_loaded(p, doc, has, err);
    uint32_t at = doc - p->seen_first; /* skip_to: not behind the last one */
    *has = p->seen == PRS_BLOCK_FULL || (p->seen_words[at >> 3] >> (at & 7) & 1) != 0;
    return PRISM_OK;
}

prism_status prs_postings_bits(prs_postings *p, prs_block_bits *bits, prism_error *err) {
    bits->n = 0;
    if (p->n != 0 || p->last_doc == PRS_DOC_END) return PRISM_OK;
    PRS_TRY(prs_cursor_open_blocks(p, err));
    if (p->seen == PRS_BLOCK_UNSEEN) {
        const uint8_t *end, *in = prs_cursor_block(p, &end);
        if ((in[0] & PRS_BLOCK_FORM) == PRS_BLOCK_PACKED) return PRISM_OK; /* load looks at it */
        PRS_TRY(look(p, err));
    }
    if (p->seen != PRS_BLOCK_FULL && p->seen != PRS_BLOCK_BITS) return PRISM_OK;
    bits->words = p->seen == PRS_BLOCK_BITS ? p->seen_words : NULL;
    bits->first = p->seen_first;
    bits->n = p->seen_n;
    bits->n_words = (p->seen_end - p->seen_first + 63) / 64;
    return PRISM_OK;
}

uint32_t prs_postings_bits_docs(const prs_block_bits *bits, uint32_t *docs) {
    if (bits->words != NULL) {
        (void)prs_unbits(bits->words, bits->n_words, bits->first, docs);
    } else {
        for (uint32_t i = 0; i < bits->n; i++) docs[i] = bits->first + i;
    }
    docs[bits->n] = PRS_DOC_END;
    return bits->n;
}
