/* positions_read.c - where in a document does a term stand?
 *
 * Structure   The positions of a block are one run of bits, a group per document.  A group's size
 *             follows from the document's freq and span, so group i begins at the sum of the sizes
 *             before it:
 *
 *                 pos_bits[0] = 0, pos_bits[j + 1] = pos_bits[j] + bits(freq j, span j)
 *
 *             Inline lists: varints in the payload, walked from the start (32 positions at most).
 * Invariants  - No bit beyond the block's run is interpreted; a run that is not filled by its
 *               groups is refused when the last one is read.
 *             - Positions ascend (not strictly) and are below the document's span.
 * Cost        About 2 ns per document before the wanted one, once per block; then 1 ns per
 *             position.
 * Source      FORMAT.md section 8.   Tested by tests/unit/format/test_positions_read.c */
#include "base/cur.h"
#include "base/error.h"
#include "codec/eliasfano.h"
#include "format/postings_cursor.h"

static prism_status read_inline(prs_postings *p, uint32_t i, uint32_t *out, prism_error *err) {
    prs_cur c = {p->at, p->end, false};
    uint64_t position = 0;
    for (uint32_t j = 0; j < i; j++)
        for (uint32_t k = 0; k < p->freqs[j]; k++) (void)prs_cur_varint32(&c);
    for (uint32_t k = 0; k < p->freqs[i]; k++) {
        position += prs_cur_varint32(&c);
        out[k] = (uint32_t)position;
    }
    bool last = i + 1 == p->n;
    if (c.bad || position >= prs_lengths_get(p->src->spans, p->docs[i]) || (last && c.at != c.end))
        return prs_cursor_corrupt(p, p->info.payload, err,
                                  "positions of an inline list are unsound");
    return PRISM_OK;
}

/* Make pos_bits[0 .. i + 1] valid; false if the groups do not fit the run. */
static bool find_groups(prs_postings *p, uint32_t i, uint64_t run_bits) {
    uint64_t bit = p->pos_bits[p->n_pos_bits];
    while (p->n_pos_bits <= i) {
        uint32_t j = p->n_pos_bits, span = prs_lengths_get(p->src->spans, p->docs[j]);
        if (PRS_UNLIKELY(span == 0)) return false;
        bit += prs_ef_bits(p->freqs[j], span);
        if (PRS_UNLIKELY(bit > run_bits)) return false;
        p->pos_bits[++p->n_pos_bits] = bit;
    }
    return p->n_pos_bits < p->n || (bit + 7) / 8 == run_bits / 8;
}

prism_status prs_cursor_position_bits(prs_postings *p, const uint8_t **run, prism_error *err) {
    PRS_ASSERT(p->n > 0 && p->freqs_ready && !p->info.inlined);
    const prs_section *lists = &p->src->lists;
    uint64_t from = p->info.off + p->block_pos_off[p->block];
    uint64_t len = p->block_pos_off[p->block + 1] - p->block_pos_off[p->block];
    *run = lists->ptr + from;
    if (p->n_pos_bits == 0) {
        PRS_TRY(prs_cursor_status(p, prs_in_touch(lists, from, len, err)));
        p->pos_bits[0] = 0;
    }
    if (PRS_LIKELY(find_groups(p, p->n - 1, 8 * len))) return PRISM_OK;
    return prs_cursor_corrupt(p, *run, err, "positions of a block are unsound");
}

prism_status prs_postings_positions(prs_postings *p, uint32_t i, uint32_t *out, prism_error *err) {
    PRS_ASSERT(i < p->n && p->freqs_ready);
    if (!p->info.has_positions || p->src->spans == NULL)
        return prs_error_set(err, PRISM_EMISUSE, "this list has no positions");
    if (p->info.inlined) return read_inline(p, i, out, err);

    const prs_section *lists = &p->src->lists;
    uint64_t from = p->info.off + p->block_pos_off[p->block];
    uint64_t len = p->block_pos_off[p->block + 1] - p->block_pos_off[p->block];
    const uint8_t *run = lists->ptr + from;
    if (p->n_pos_bits == 0) {
        PRS_TRY(prs_cursor_status(p, prs_in_touch(lists, from, len, err)));
        p->pos_bits[0] = 0;
    }
    bool sound = (i < p->n_pos_bits || find_groups(p, i, 8 * len)) &&
                 prs_ef_decode(run, p->pos_bits[i], p->freqs[i],
                               prs_lengths_get(p->src->spans, p->docs[i]), out);
    return PRS_LIKELY(sound) ? PRISM_OK
                             : prs_cursor_corrupt(p, run, err, "positions of a block are unsound");
}
