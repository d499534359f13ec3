/* postings_read.c - which documents does the block hold that a cursor stands on, and how often?
 *
 * Structure   inline list    payload of the dictionary entry, decoded by open
 *             df <= 128      one block, its documents decoded by open
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
#include "format/terms_block.h"

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

static prism_status open_inline(prs_postings *p, prism_error *err) {
    prs_cur c = prs_cur_of(p->info.payload, p->info.payload_len);
    uint32_t n = p->info.df;
    uint64_t next = 0, cf = 0;
    /* The dictionary was asked too; but freqs[i] sizes the memory of who reads positions. */
    if (n == 0 || !prs_terms_must_inline(n, p->info.cf))
        return prs_cursor_corrupt(p, c.at, err, "inline list is empty or too long");
    for (uint32_t i = 0; i < n; i++) {
        next += (uint64_t)prs_cur_varint32(&c) + 1;
        p->docs[i] = (uint32_t)(next - 1);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint64_t freq = p->info.cf == n ? 1 : (uint64_t)prs_cur_varint32(&c) + 1;
        cf += freq;
        p->freqs[i] = (uint32_t)freq;
    }
    if (c.bad || next > p->src->n_docs || cf != p->info.cf ||
        (!p->info.has_positions && c.at != c.end))
        return prs_cursor_corrupt(p, p->info.payload, err, "inline list is unsound");
    p->docs[n] = PRS_DOC_END;
    p->n = n;
    p->last_doc = p->group_last_doc = p->docs[n - 1];
    p->freqs_ready = true;
    p->at = c.at;
    p->end = c.end;
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
    p->n_pos_bits = 0;
    return PRISM_OK;
}

static prism_status open_single(prs_postings *p, prism_error *err) {
    p->block = 0;
    p->block_pos_off[0] = 0;
    p->block_pos_off[1] = p->info.positions_len;
    PRS_TRY(load_block(p, p->list, p->list_end, err));
    uint32_t last = p->docs[p->n - 1];
    if (p->n != p->info.df || last >= p->src->n_docs)
        return prs_cursor_corrupt(p, p->list, err, "a block does not hold its term's documents");
    p->last_doc = p->group_last_doc = last;
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
    p->list = lists->ptr + off + info->positions_len;
    p->list_end = p->list + info->postings_len;
    if (info->df > PRS_BLOCK) return prs_cursor_open_list(p, err);
    PRS_TRY(prs_cursor_status(p, prs_in_touch(lists, off + info->positions_len, info->postings_len,
                                              err)));
    return open_single(p, err);
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
static bool freqs_fit(const prs_postings *p, uint32_t n, uint32_t all) {
    uint64_t bits = 8 * (p->block_pos_off[p->block + 1] - p->block_pos_off[p->block]);
    uint32_t max = 0;
    if (PRS_LIKELY(all <= bits)) return true;
    for (uint32_t i = 0; i < n; i++) max = PRS_MAX(max, p->freqs[i]);
    return max <= bits || max == 1;
}

prism_status prs_postings_freqs(prs_postings *p, prism_error *err) {
    bool seen = p->seen == PRS_BLOCK_FULL || p->seen == PRS_BLOCK_BITS;
    uint32_t n = p->n != 0 || !seen ? p->n : p->seen_n;
    if (p->freqs_ready || n == 0) return PRISM_OK;
    prs_block_head head = {p->tag, n, 0, NULL};
    uint32_t all;
    bool sound = prs_block_read_freqs(&head, p->at, p->end, p->freqs, &all) &&
                 (!p->info.has_positions || freqs_fit(p, n, all));
    if (PRS_UNLIKELY(!sound))
        return prs_cursor_corrupt(p, p->at, err, "freqs of a block are unsound");
    p->freqs_ready = true;
    return PRISM_OK;
}

prism_status prs_cursor_stored(prs_postings *p, prs_bytes *body, prs_bytes *positions,
                               prism_error *err) {
    const uint8_t *end, *in = prs_cursor_block(p, &end);
    prs_block_head head;
    if (!prs_block_read_head(in, end, p->before_block, &head))
        return prs_cursor_corrupt(p, in, err, "head of a block is unsound");
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
