/* positions_read.c - where in a document does a term stand?
 *
 * Structure   The positions of a block are one run of bits, a group per document.  A group's size
 *             follows from the document's freq and span, so group i begins at the sum of the sizes
 *             before it, from the last mark on (marks.h):
 *
 *                 pos_bits[32 k] = marks[k], pos_bits[j + 1] = pos_bits[j] + bits(freq j, span j)
 *
 *             In a short list the run stands behind the freqs, and has no marks.  A lonely posting
 *             of the dictionary has its position in the info.
 * Invariants  - No bit beyond the block's run is interpreted; a run that is not filled by its
 *               groups, or a mark that is not where they end, is refused when the last one before
 *               it is read.
 *             - Positions ascend (not strictly) and are below the document's span.
 * Cost        About 1 ns per document between the last mark and the wanted one; then 1 ns per
 *             position.
 * Source      FORMAT.md section 8.   Tested by tests/unit/format/test_positions_read.c */
#include "base/error.h"
#include "codec/eliasfano.h"
#include "format/postings_cursor.h"

#define PRS_POSITIONS_STEP PRS_EF_ENDS_STEP /* groups are found so many at a time */

/* The run of the loaded block, with its marks. */
static prism_status find_run(prs_postings *p, prism_error *err) {
    const prs_section *lists = &p->src->lists;
    uint32_t head;
    p->pos_from = p->pos_to = 0;
    p->n_marks = 1;
    if (p->n_groups == 0) {
        p->run = p->bits.base;
        p->run_end = p->bits.end;
        p->run_slack = p->info.inlined ? 0 : 7;
        p->marks[0] = p->bits.bit;
        return PRISM_OK;
    }
    PRS_TRY(prs_cursor_open_positions(p, err));
    uint64_t from = p->info.off + p->block_pos_off[p->block];
    uint64_t len = p->block_pos_off[p->block + 1] - p->block_pos_off[p->block];
    PRS_TRY(prs_cursor_status(p, prs_in_touch(lists, from, len, err)));
    if (PRS_UNLIKELY(!prs_marks_read(lists->ptr + from, len, p->n, p->marks, &head)))
        return prs_cursor_corrupt(p, lists->ptr + from, err, "marks of a block are unsound");
    p->n_marks = prs_marks_count(p->n);
    p->run = lists->ptr + from + head;
    p->run_end = 8 * (len - head);
    p->run_slack = 7;
    return PRISM_OK;
}

/* Stand at a place from which group i is found; false if that is not where the groups before it
 * end. */
static bool begin_groups(prs_postings *p, uint32_t i) {
    uint32_t mark = p->n_marks > 1 ? i / PRS_MARK_EVERY : 0, first = mark * PRS_MARK_EVERY;
    if (p->pos_from < p->pos_to && p->pos_from <= i && p->pos_to >= first)
        return p->pos_to > first || p->pos_bits[first] == p->marks[mark];
    p->pos_from = p->pos_to = first;
    p->pos_bits[first] = p->marks[mark];
    return true;
}

/* Groups [from, to), of which the first begins at pos_bits[from]; at most a step. */
static bool add_groups(prs_postings *p, uint32_t from, uint32_t to) {
    const prs_lengths *spans = p->src->spans;
    if (PRS_LIKELY(p->docs[to - 1] < spans->n_docs && spans->array != NULL) &&
        PRS_LIKELY(prs_ef_ends_of(spans->array, p->docs + from, p->freqs + from, to - from,
                                  p->pos_bits[from], p->spans + from, p->pos_bits + from + 1)))
        return true;
    prs_lengths_take(spans, p->docs + from, to - from, p->spans + from);
    return prs_ef_ends(p->freqs + from, p->spans + from, to - from, p->pos_bits[from],
                       p->pos_bits + from + 1);
}

/* Make pos_bits[i], pos_bits[i + 1] and spans[i] known, and some further ones; false if the groups
 * do not fit the run. */
static bool find_groups(prs_postings *p, uint32_t i) {
    if (!begin_groups(p, i)) return false;
    uint32_t from = p->pos_to, to = from;
    while (to <= i) {
        to = PRS_MIN(p->n, (to | (PRS_POSITIONS_STEP - 1)) + 1);
        if (!add_groups(p, from, to)) return false;
        from = to;
    }
    uint64_t bit = p->pos_bits[to];
    p->pos_to = to;
    if (to == p->n) return bit <= p->run_end && p->run_end - bit <= p->run_slack;
    bool at_mark = p->n_marks > 1 && to % PRS_MARK_EVERY == 0;
    return at_mark ? bit == p->marks[to / PRS_MARK_EVERY] : bit <= p->run_end;
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

static prism_status reach_group(prs_postings *p, uint32_t i, prism_error *err) {
    if (p->run == NULL) PRS_TRY(find_run(p, err));
    if (prs_positions_known(p, i)) return PRISM_OK;
    if (PRS_LIKELY(find_groups(p, i))) return PRISM_OK;
    return prs_cursor_corrupt(p, p->run, err, "positions of a block are unsound");
}

prism_status prs_cursor_position_bits(prs_postings *p, const uint8_t **run, prism_error *err) {
    PRS_ASSERT(p->n > 0 && p->freqs_ready && !prs_cursor_is_lonely(p));
    if (p->pos_from != 0) p->pos_from = p->pos_to = 0;
    for (uint32_t i = 0; i < p->n; i += PRS_MARK_EVERY)
        PRS_TRY(reach_group(p, PRS_MIN(i + PRS_MARK_EVERY, p->n) - 1, err));
    *run = p->run;
    return PRISM_OK;
}

static prism_status without_positions(const prs_postings *p, prism_error *err) {
    if (PRS_LIKELY(p->info.has_positions && p->src->spans != NULL)) return PRISM_OK;
    return prs_error_set(err, PRISM_EMISUSE, "this list has no positions");
}

prism_status prs_postings_locate(prs_postings *p, uint32_t i, prism_error *err) {
    PRS_ASSERT(i < p->n && p->freqs_ready && !prs_cursor_is_lonely(p));
    if (prs_positions_known(p, i)) return PRISM_OK;
    PRS_TRY(without_positions(p, err));
    return reach_group(p, i, err);
}

static prism_status read_lonely(prs_postings *p, uint32_t *out, prism_error *err) {
    PRS_TRY(without_positions(p, err));
    out[0] = p->info.position;
    if (PRS_LIKELY(out[0] < prs_lengths_get(p->src->spans, p->docs[0]))) return PRISM_OK;
    return prs_cursor_corrupt(p, prs_cursor_payload(p), err,
                              "positions of an inline list are unsound");
}

prism_status prs_postings_positions(prs_postings *p, uint32_t i, uint32_t *out, prism_error *err) {
    if (prs_cursor_is_lonely(p)) return read_lonely(p, out, err);
    PRS_TRY(prs_postings_locate(p, i, err));
    prs_positions_at at = prs_positions_of(p, i);
    if (PRS_LIKELY(prs_ef_decode(at.base, at.bit, at.freq, at.span, out))) return PRISM_OK;
    return prs_cursor_corrupt(p, at.base, err, "positions of a block are unsound");
}

prism_status prs_postings_narrow(prs_postings *p, uint32_t i, uint32_t pos, uint32_t *starts,
                                 uint32_t *n, prism_error *err) {
    if (prs_cursor_is_lonely(p)) {
        uint32_t position;
        PRS_TRY(read_lonely(p, &position, err));
        *n = narrow_plainly(&position, 1, pos, starts, *n);
        return PRISM_OK;
    }
    PRS_TRY(prs_postings_locate(p, i, err));
    prs_positions_at at = prs_positions_of(p, i);
    *n = prs_ef_narrow(at.base, at.bit, at.freq, at.span, pos, starts, *n);
    return PRISM_OK;
}
