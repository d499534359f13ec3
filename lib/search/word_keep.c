/* word_keep.c - which documents of a block reach a floor, and how many have the word?
 *
 * Structure   no floor     all of the block are scored (word_block.c), and may be asked for again
 *             a floor      documents, freqs and lengths are looked at together, and forgotten
 *                          (score_keep.c); lengths of a dense block come by its bits
 * Invariants  - What is kept, and its scores, are the same either way.
 * Tested by   tests/unit/search/test_cur_word.c, test_pruning.c */
#include "search/word_block.h"

/* The documents of the block stood on in [from, to), and their number. */
typedef struct part {
    const uint32_t *docs; /* NULL: they are not listed yet; their places are */
    const uint32_t *freqs, *lengths;
    uint32_t n;
} part;

/* A dense block, whose lengths are read by its bits; false: it has to be loaded. */
static bool look_at_bits(prs_word_block *b, const prs_block_bits *bits, uint32_t *lengths) {
    if (bits->n == 0 || b->space->lane.p.last_doc >= b->group.n_docs) return false;
    const uint8_t *array = b->group.fields[0].lengths->array;
    return prs_dense_lengths(bits, array + 2 * (size_t)bits->first, lengths);
}

static prism_status look_at(prs_word_block *b, uint32_t from, uint32_t to, uint32_t *lengths,
                            part *out, prism_error *err) {
    prs_lane *lane = &b->space->lane;
    prs_block_bits bits = {0};
    if (b->group.plain) PRS_TRY(prs_postings_bits(&lane->p, &bits, err));
    if (look_at_bits(b, &bits, lengths)) {
        if (bits.first >= from && lane->p.last_doc < to) {
            *out = (part){NULL, NULL, lengths, bits.n};
            return prs_word_freqs(b, 0, bits.n, &out->freqs, err);
        }
        uint32_t n = prs_postings_bits_docs(&bits, b->space->docs);
        uint32_t i = prs_select_place(b->space->docs, 0, n, from);
        if (lane->p.last_doc >= to) n = prs_select_place(b->space->docs, i, n, to);
        *out = (part){b->space->docs + i, NULL, lengths + i, n - i};
        PRS_TRY(prs_word_freqs(b, 0, bits.n, &out->freqs, err));
        out->freqs += i;
        return PRISM_OK;
    }
    PRS_TRY(prs_lane_load(lane, from, err));
    uint32_t i = lane->p.i, n = prs_lane_place(lane, to) - i;
    prs_group_lengths(&b->group, lane->p.docs + i, n, lengths);
    *out = (part){lane->p.docs + i, NULL, lengths, n};
    return prs_word_freqs(b, i, n, &out->freqs, err);
}

#define EIGHT(n) n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7
#define PLACES(n) EIGHT(n), EIGHT(n + 8), EIGHT(n + 16), EIGHT(n + 24)
static const uint32_t places[PRS_WORD_ROOM] = {PLACES(0), PLACES(32), PLACES(64), PLACES(96)};

/* Documents at places of a dense block. */
static prism_status list_kept(prs_word_block *b, uint32_t *docs, uint32_t n, prism_error *err) {
    prs_block_bits bits;
    PRS_TRY(prs_postings_bits(&b->space->lane.p, &bits, err));
    (void)prs_postings_bits_docs(&bits, b->space->docs);
    for (uint32_t i = 0; i < n; i++) docs[i] = b->space->docs[docs[i]];
    return PRISM_OK;
}

static prism_status keep_reaching(prs_word_block *b, uint32_t from, uint32_t to, int32_t floor,
                                  prs_batch *out, prism_error *err) {
    uint32_t lengths[PRS_WORD_ROOM + PRS_SCORE_LANES];
    part in;
    PRS_TRY(look_at(b, from, to, lengths, &in, err));
    if (floor != b->floor.floor)
        b->floor = prs_score_floor_of(&b->group.scorer, floor, b->group.times);
    uint32_t *docs = out->docs + out->n;
    uint32_t kept = prs_score_keep(&b->group.scorer, &b->floor, in.docs != NULL ? in.docs : places,
                                   in.freqs, in.lengths, in.n, docs, out->scores + out->n);
    if (in.docs == NULL && kept > 0) PRS_TRY(list_kept(b, docs, kept, err));
    out->n += kept;
    out->n_left += in.n - kept;
    return PRISM_OK;
}

static prism_status keep_scored(prs_word_block *b, uint32_t from, uint32_t to, int32_t floor,
                                prs_batch *out, prism_error *err) {
    prs_lane *lane = &b->space->lane;
    PRS_TRY(prs_lane_load(lane, from, err));
    uint32_t i = lane->p.i, end = prs_lane_place(lane, to);
    const int32_t *scores;
    PRS_TRY(prs_word_scores(b, i, end, &scores, err));
    uint32_t kept = prs_select_floor(lane->p.docs + i, scores, end - i, floor, out->docs + out->n,
                                     out->scores + out->n);
    out->n += kept;
    out->n_left += end - i - kept;
    return PRISM_OK;
}

/* Lists of one block are scored once. */
prism_status prs_word_keep(prs_word_block *b, uint32_t from, uint32_t to, int32_t floor,
                           prs_batch *out, prism_error *err) {
    bool once = !b->scored || b->space->lane.p.n_groups == 0 || floor <= 0;
    return once ? keep_scored(b, from, to, floor, out, err)
                : keep_reaching(b, from, to, floor, out, err);
}
