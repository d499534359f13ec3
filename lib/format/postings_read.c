/* postings_read.c - which documents does the block hold that a cursor stands on, and how often?
 *
 * Structure   inline list    part of the dictionary entry, decoded by open
 *             df <= 128      a short list, its documents decoded by open (short_list.c)
 *             more           groups of blocks: moving is postings_skip.c, decoding is here
 *
 *             All three end in the same state, docs[0..n), so that a caller sees one kind of list.
 * Invariants  - Documents ascend, are below n_docs, and lie between the block before and the
 *               block's own last document, whatever the bytes were.
 *             - docs[n] = PRS_DOC_END for a loaded block.
 *             - A cursor that failed stands at the end.
 * Why so      The struct is about 5 KiB and is not cleared by open: only what `n`, `n_groups` and
 *             the ready flags guard is ever read.
 * Cost        load 0.3 ns per document of a packed block; freqs 0.15.
 * Source      FORMAT.md sections 6 and 7.   Tested by tests/unit/format/test_postings.c */
#include "base/cur.h"
#include "format/postings_cursor.h"
#include "format/short_list.h"

void prs_cursor_end(prs_postings *p) {
    p->n = p->i = 0;
    p->seen = PRS_BLOCK_UNSEEN;
    p->docs[0] = p->last_doc = p->group_last_doc = PRS_DOC_END;
    p->group = p->n_groups;
    p->n_group_impacts = 0;
    p->blocks_ready = p->impacts_ready = p->freqs_ready = true;
}

prism_status prs_cursor_corrupt(prs_postings *p, const void *at, prism_error *err,
                                const char *what) {
    prs_cursor_end(p);
    return prs_section_corrupt(&p->src->lists, at, err, what);
}

/* ---- opening -------------------------------------------------------------------------------- */

/* A list without skip data is loaded: all of its documents are there. */
static void stand_on_short(prs_postings *p) {
    p->n = p->info.df;
    p->docs[p->n] = PRS_DOC_END;
    p->last_doc = p->group_last_doc = p->docs[p->n - 1];
    p->run = NULL;
    p->pos_from = p->pos_to = 0;
}

static prism_status open_inline(prs_postings *p, prism_error *err) {
    if (PRS_UNLIKELY(!prs_inline_read(&p->info, p->src->n_docs, p->docs, p->freqs, &p->bits)))
        return prs_cursor_corrupt(p, prs_cursor_payload(p), err, "inline list is unsound");
    p->freqs_ready = true;
    stand_on_short(p);
    return PRISM_OK;
}

static prism_status open_short(prs_postings *p, prism_error *err) {
    const prs_section *lists = &p->src->lists;
    uint64_t len = p->info.positions_len + p->info.postings_len;
    PRS_TRY(prs_cursor_status(p, prs_in_touch(lists, p->info.off, len, err)));
    p->list = lists->ptr + p->info.off;
    p->list_end = p->list + len;
    p->bits = prs_bit_cur_of(p->list, 0, 8 * len);
    if (PRS_UNLIKELY(p->info.df == 0 ||
                     !prs_short_read_docs(&p->bits, p->info.df, p->src->n_docs, false, p->docs)))
        return prs_cursor_corrupt(p, p->list, err, "documents of a short list are unsound");
    stand_on_short(p);
    return PRISM_OK;
}

/* Decode the documents of the block [in, end). */
static prism_status load_block(prs_postings *p, const uint8_t *in, const uint8_t *end,
                               prism_error *err) {
    prs_block_head head;
    const uint8_t *at = NULL;
    if (PRS_LIKELY(prs_block_read_head(in, end, p->before_block, &head)))
        at = prs_block_read_docs(&head, end, p->docs);
    if (PRS_UNLIKELY(at == NULL))
        return prs_cursor_corrupt(p, in, err, "documents of a block are unsound");
    p->n = head.n;
    p->i = 0;
    p->tag = head.tag;
    p->at = at;
    p->end = end;
    p->freqs_ready = false;
    p->run = NULL;
    p->pos_from = p->pos_to = 0;
    return PRISM_OK;
}

prism_status prs_postings_open(prs_postings *p, const prs_postings_source *src,
                               const prs_term_info *info, prism_error *err) {
    p->src = src;
    p->info = *info;
    p->n = p->i = p->n_groups = p->group = 0;
    p->n_list_impacts = p->n_group_impacts = p->n_dominance = 0;
    p->blocks_ready = p->impacts_ready = true;
    p->freqs_ready = false;
    p->seen = PRS_BLOCK_UNSEEN;
    p->before_block = PRS_NO_DOC;
    if (info->inlined) return open_inline(p, err);

    const prs_section *lists = &src->lists;
    uint64_t off = info->off, len = lists->len;
    if (off > len || info->positions_len > len - off ||
        info->postings_len > len - off - info->positions_len)
        return prs_cursor_corrupt(p, lists->ptr, err, "a list lies outside its section");
    if (info->df <= PRS_SHORT_MAX_DF) return open_short(p, err);
    p->list = lists->ptr + off + info->positions_len;
    p->list_end = p->list + info->postings_len;
    return prs_cursor_open_list(p, err);
}

/* ---- the block stood on --------------------------------------------------------------------- */

prism_status prs_postings_load(prs_postings *p, prism_error *err) {
    if (p->n != 0 || p->last_doc == PRS_DOC_END) return PRISM_OK;
    PRS_TRY(prs_cursor_open_blocks(p, err));
    const uint8_t *end, *in = prs_cursor_block(p, &end);
    PRS_TRY(load_block(p, in, end, err));
    if (PRS_UNLIKELY(p->docs[p->n - 1] != p->last_doc))
        return prs_cursor_corrupt(p, in, err, "a block does not end where its group says");
    return PRISM_OK;
}

/* A position costs at least a bit, but for a lonely one: no freq may exceed the bits that are
 * there.  `all`: every freq ored, which is nearly always proof enough. */
static bool freqs_fit(const prs_postings *p, uint32_t n, uint32_t all, uint64_t bits) {
    uint32_t max = 0;
    if (PRS_LIKELY(all <= bits)) return true;
    for (uint32_t i = 0; i < n; i++) max = PRS_MAX(max, p->freqs[i]);
    return max <= bits || max == 1;
}

static bool read_freqs(prs_postings *p, uint32_t n) {
    if (p->n_groups == 0) {
        if (!prs_short_read_freqs(&p->bits, n, p->info.cf, p->freqs)) return false;
        uint64_t left = prs_bit_cur_left(&p->bits);
        return p->info.has_positions ? freqs_fit(p, n, UINT32_MAX, left) : left < 8;
    }
    prs_block_head head = {p->tag, n, 0, NULL};
    uint32_t all;
    if (!prs_block_read_freqs(&head, p->at, p->end, p->freqs, &all)) return false;
    if (!p->info.has_positions) return true;
    uint64_t pos_len = p->block_pos_off[p->block + 1] - p->block_pos_off[p->block];
    return freqs_fit(p, n, all, 8 * pos_len);
}

prism_status prs_postings_freqs(prs_postings *p, prism_error *err) {
    bool seen = p->seen == PRS_BLOCK_FULL || p->seen == PRS_BLOCK_BITS;
    uint32_t n = p->n != 0 || !seen ? p->n : p->seen_n;
    if (p->freqs_ready || n == 0) return PRISM_OK;
    if (p->n_groups != 0 && p->info.has_positions) PRS_TRY(prs_cursor_open_positions(p, err));
    if (PRS_UNLIKELY(!read_freqs(p, n)))
        return prs_cursor_corrupt(p, p->list, err, "freqs of a block are unsound");
    p->freqs_ready = true;
    return PRISM_OK;
}

prism_status prs_cursor_stored(prs_postings *p, prs_bytes *body, prs_bytes *positions,
                               prism_error *err) {
    const uint8_t *end, *in = prs_cursor_block(p, &end);
    prs_block_head head;
    if (!prs_block_read_head(in, end, p->before_block, &head))
        return prs_cursor_corrupt(p, in, err, "head of a block is unsound");
    PRS_TRY(prs_cursor_open_positions(p, err));
    uint64_t from = p->block_pos_off[p->block], len = p->block_pos_off[p->block + 1] - from;
    PRS_TRY(prs_cursor_status(p, prs_in_touch(&p->src->lists, p->info.off + from, len, err)));
    *body = prs_bytes_of(head.body, (size_t)(end - head.body));
    *positions = prs_bytes_of(p->src->lists.ptr + p->info.off + from, (size_t)len);
    return PRISM_OK;
}

prism_status prs_postings_seek(prs_postings *p, uint32_t target, uint32_t *doc, prism_error *err) {
    *doc = PRS_DOC_END;
    PRS_TRY(prs_postings_skip_to(p, target, err));
    PRS_TRY(prs_postings_load(p, err));
    if (p->n == 0) return PRISM_OK;
    p->i = prs_cursor_place(p->docs, p->i, p->n, target);
    *doc = p->docs[p->i];
    return PRISM_OK;
}
