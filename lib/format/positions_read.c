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
 * Cost        About 1 ns per document before the wanted one, once per block; then 1 ns per
 *             position.
 * Source      FORMAT.md section 8.   Tested by tests/unit/format/test_positions_read.c */
#include "base/error.h"
#include "codec/eliasfano.h"
#include "format/postings_cursor.h"

#define PRS_POSITIONS_STEP 32u /* groups are found so many at a time */

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
    PRS_TRY(prs_cursor_open_positions(p, err));
    uint64_t from = p->info.off + p->block_pos_off[p->block];
    uint64_t len = p->block_pos_off[p->block + 1] - p->block_pos_off[p->block];
    *end = (run_end){8 * len, 7};
    if (p->n_pos_bits != 0) return PRISM_OK;
    p->run = lists->ptr + from;
    p->pos_bits[0] = 0;
    return prs_cursor_status(p, prs_in_touch(lists, from, len, err));
}

/* Make pos_bits[0 .. i + 1] valid, and some further ones; false if the groups do not fit the
 * run. */
static bool find_groups(prs_postings *p, uint32_t i, run_end end) {
    uint32_t spans[PRS_BLOCK], from = p->n_pos_bits;
    uint32_t to = PRS_MIN(p->n, (i | (PRS_POSITIONS_STEP - 1)) + 1);
    prs_lengths_take(p->src->spans, p->docs + from, to - from, spans);
    if (!prs_ef_ends(p->freqs + from, spans, to - from, p->pos_bits[from], p->pos_bits + from + 1))
        return false;
    uint64_t bit = p->pos_bits[to];
    p->n_pos_bits = to;
    return bit <= end.bit && (to < p->n || end.bit - bit <= end.slack);
}

/* Keep the beginnings behind which one of a few positions stands. */
static uint32_t narrow_plainly(const uint32_t *positions, uint32_t freq, uint32_t pos,
                               uint32_t *starts, uint32_t n) {
    uint32_t kept = 0;
    for (uint32_t s = 0, at = 0; s < n; s++) {
        uint64_t target = (uint64_t)starts[s] + pos;
        while (at < freq && positions[at] < target) at++;
        starts[kept] = starts[s];
        kept += at < freq && positions[at] == target;
    }
    return kept;
}

/* The run of the loaded block, with pos_bits[0 .. i + 1]. */
static prism_status reach_group(prs_postings *p, uint32_t i, const uint8_t **run,
                                prism_error *err) {
    if (i >= p->n_pos_bits) {
        run_end end;
        PRS_TRY(find_run(p, &end, err));
        if (PRS_UNLIKELY(!find_groups(p, i, end)))
            return prs_cursor_corrupt(p, p->run, err, "positions of a block are unsound");
    }
    *run = p->run;
    return PRISM_OK;
}

prism_status prs_cursor_position_bits(prs_postings *p, const uint8_t **run, prism_error *err) {
    PRS_ASSERT(p->n > 0 && p->freqs_ready && !prs_cursor_is_lonely(p));
    return reach_group(p, p->n - 1, run, err);
}

static prism_status without_positions(const prs_postings *p, prism_error *err) {
    if (PRS_LIKELY(p->info.has_positions && p->src->spans != NULL)) return PRISM_OK;
    return prs_error_set(err, PRISM_EMISUSE, "this list has no positions");
}

prism_status prs_postings_locate(prs_postings *p, uint32_t i, prs_positions_at *at,
                                 prism_error *err) {
    PRS_ASSERT(i < p->n && p->freqs_ready && !prs_cursor_is_lonely(p));
    PRS_TRY(without_positions(p, err));
    PRS_TRY(reach_group(p, i, &at->base, err));
    at->bit = p->pos_bits[i];
    at->freq = p->freqs[i];
    at->span = prs_lengths_get(p->src->spans, p->docs[i]);
    return PRISM_OK;
}

static prism_status read_lonely(prs_postings *p, uint32_t *out, prism_error *err) {
    PRS_TRY(without_positions(p, err));
    out[0] = p->info.position;
    if (PRS_LIKELY(out[0] < prs_lengths_get(p->src->spans, p->docs[0]))) return PRISM_OK;
    return prs_cursor_corrupt(p, prs_cursor_payload(p), err,
                              "positions of an inline list are unsound");
}

prism_status prs_postings_positions(prs_postings *p, uint32_t i, uint32_t *out, prism_error *err) {
    prs_positions_at at;
    if (prs_cursor_is_lonely(p)) return read_lonely(p, out, err);
    PRS_TRY(prs_postings_locate(p, i, &at, err));
    if (PRS_LIKELY(prs_ef_decode(at.base, at.bit, at.freq, at.span, out))) return PRISM_OK;
    return prs_cursor_corrupt(p, at.base, err, "positions of a block are unsound");
}

prism_status prs_postings_narrow(prs_postings *p, uint32_t i, uint32_t pos, uint32_t *starts,
                                 uint32_t *n, prism_error *err) {
    prs_positions_at at;
    if (prs_cursor_is_lonely(p)) {
        uint32_t position;
        PRS_TRY(read_lonely(p, &position, err));
        *n = narrow_plainly(&position, 1, pos, starts, *n);
        return PRISM_OK;
    }
    PRS_TRY(prs_postings_locate(p, i, &at, err));
    *n = prs_ef_narrow(at.base, at.bit, at.freq, at.span, pos, starts, *n);
    return PRISM_OK;
}
