/* word_block.c - what do the documents of one block score, however it is stored?
 *
 * Structure   loaded   documents and freqs, scored where they were decoded
 *             dense    bits, scored without listing the documents (dense.c); the scores are kept
 *                      while the list stands on the block, since two windows may share it
 *
 * Invariants  - A cursor that does not score reads no freqs and no lengths.
 *             - dense_of names a block only while scores[] hold all of it.
 * Tested by   tests/unit/search/test_cur_word.c, test_word_block.c */
#include "search/word_block.h"

prism_status prs_word_freqs(prs_word_block *b, uint32_t i, uint32_t n, const uint32_t **out,
                            prism_error *err) {
    prs_word_space *space = b->space;
    PRS_TRY(prs_postings_freqs(&space->lane.p, err));
    const uint32_t *freqs = space->lane.p.freqs + i;
    *out = freqs;
    if (space->lane.weight == 1) return PRISM_OK;
    for (uint32_t k = 0; k < n; k++)
        space->freqs[k] = prs_weigh_add(0, freqs[k], space->lane.weight);
    *out = space->freqs;
    return PRISM_OK;
}

prism_status prs_word_scores(prs_word_block *b, uint32_t i, uint32_t end, const int32_t **out,
                             prism_error *err) {
    prs_word_space *space = b->space;
    prs_postings *p = &space->lane.p;
    b->dense_of = PRS_NO_BLOCK;
    if (!b->scored) {
        memset(space->scores, 0, sizeof space->scores);
        *out = space->scores;
        return PRISM_OK;
    }
    bool single = p->n_groups == 0;
    *out = space->scores + (single ? i : 0);
    if (single && b->whole) return PRISM_OK;
    uint32_t first = single ? 0 : i, last = single ? p->n : end;
    const uint32_t *freqs;
    PRS_TRY(prs_word_freqs(b, first, last - first, &freqs, err));
    prs_group_score(&b->group, p->docs + first, freqs, last - first, space->scores);
    b->whole = single;
    return PRISM_OK;
}

prism_status prs_word_dense(prs_word_block *b, prs_block_bits *bits, prism_error *err) {
    prs_postings *p = &b->space->lane.p;
    bits->n = 0;
    if (!b->scored || !b->group.plain || p->n_groups == 0) return PRISM_OK;
    PRS_TRY(prs_postings_bits(p, bits, err));
    if (bits->n == 0) return PRISM_OK;
    uint32_t here = p->group * PRS_GROUP_BLOCKS + p->block;
    if (b->dense_of == here) return PRISM_OK;
    uint32_t lengths[PRS_WORD_ROOM];
    const uint32_t *freqs;
    PRS_TRY(prs_word_freqs(b, 0, bits->n, &freqs, err));
    b->dense_of = PRS_NO_BLOCK;
    if (!prs_group_score_bits(&b->group, bits, p->last_doc, freqs, lengths, b->space->scores)) {
        bits->n = 0;
        return PRISM_OK;
    }
    b->dense_of = here;
    return PRISM_OK;
}
