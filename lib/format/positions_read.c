/* positions_read.c - where in a document does a term stand?
 *
 * Structure   The positions of a block are one run of bits, a group per document.  A group's size
 *             follows from the document's freq and span, so group i begins at the sum of the sizes
 *             before it:
 *
 *                 pos_bits[0] = 0, pos_bits[j + 1] = pos_bits[j] + bits(freq j, span j)
 *
 *             In a short list the run stands behind the freqs.  A lonely posting of the dictionary
 *             has its position in the info.
 * Invariants  - No bit beyond the block's run is interpreted; a run that is not filled by its
 *               groups is refused when the last one is read.
 *             - Positions ascend (not strictly) and are below the document's span.
 * Cost        About 2 ns per document before the wanted one, once per block; then 1 ns per
 *             position.
 * Source      FORMAT.md section 8.   Tested by tests/unit/format/test_positions_read.c */
#include "base/error.h"
#include "codec/eliasfano.h"
#include "format/postings_cursor.h"

static prism_status read_lonely(prs_postings *p, uint32_t *out, prism_error *err) {
    out[0] = p->info.position;
    if (PRS_LIKELY(out[0] < prs_lengths_get(p->src->spans, p->docs[0]))) return PRISM_OK;
    return prs_cursor_corrupt(p, prs_cursor_payload(p), err,
                              "positions of an inline list are unsound");
}

/* The run of the loaded block: where it ends, in bits, and how many zeros may fill it up. */
typedef struct run_end {
    uint64_t bit;
    uint32_t slack;
} run_end;

static prism_status find_run(prs_postings *p, run_end *end, prism_error *err) {
    if (p->n_groups == 0) {
        *end = (run_end){p->bits.end, p->info.inlined ? 0 : 7};
        if (p->n_pos_bits != 0) return PRISM_OK;
        p->run = p->bits.base;
        p->pos_bits[0] = p->bits.bit;
        return PRISM_OK;
    }
    const prs_section *lists = &p->src->lists;
    uint64_t from = p->info.off + p->block_pos_off[p->block];
    uint64_t len = p->block_pos_off[p->block + 1] - p->block_pos_off[p->block];
    *end = (run_end){8 * len, 7};
    if (p->n_pos_bits != 0) return PRISM_OK;
    p->run = lists->ptr + from;
    p->pos_bits[0] = 0;
    return prs_cursor_status(p, prs_in_touch(lists, from, len, err));
}

/* Make pos_bits[0 .. i + 1] valid; false if the groups do not fit the run. */
static bool find_groups(prs_postings *p, uint32_t i, run_end end) {
    uint64_t bit = p->pos_bits[p->n_pos_bits];
    while (p->n_pos_bits <= i) {
        uint32_t j = p->n_pos_bits, span = prs_lengths_get(p->src->spans, p->docs[j]);
        if (PRS_UNLIKELY(span == 0)) return false;
        bit += prs_ef_bits(p->freqs[j], span);
        if (PRS_UNLIKELY(bit > end.bit)) return false;
        p->pos_bits[++p->n_pos_bits] = bit;
    }
    return p->n_pos_bits < p->n || end.bit - bit <= end.slack;
}

prism_status prs_cursor_position_bits(prs_postings *p, const uint8_t **run, prism_error *err) {
    PRS_ASSERT(p->n > 0 && p->freqs_ready && !prs_cursor_is_lonely(p));
    run_end end;
    PRS_TRY(find_run(p, &end, err));
    *run = p->run;
    if (PRS_LIKELY(find_groups(p, p->n - 1, end))) return PRISM_OK;
    return prs_cursor_corrupt(p, p->run, err, "positions of a block are unsound");
}

prism_status prs_postings_positions(prs_postings *p, uint32_t i, uint32_t *out, prism_error *err) {
    PRS_ASSERT(i < p->n && p->freqs_ready);
    if (!p->info.has_positions || p->src->spans == NULL)
        return prs_error_set(err, PRISM_EMISUSE, "this list has no positions");
    if (prs_cursor_is_lonely(p)) return read_lonely(p, out, err);
    run_end end;
    PRS_TRY(find_run(p, &end, err));
    bool sound = (i < p->n_pos_bits || find_groups(p, i, end)) &&
                 prs_ef_decode(p->run, p->pos_bits[i], p->freqs[i],
                               prs_lengths_get(p->src->spans, p->docs[i]), out);
    return PRS_LIKELY(sound)
               ? PRISM_OK
               : prs_cursor_corrupt(p, p->run, err, "positions of a block are unsound");
}
