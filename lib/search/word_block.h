/* word_block.h - the scores of one block of a word that stands in one field. */
#ifndef PRS_SEARCH_WORD_BLOCK_H
#define PRS_SEARCH_WORD_BLOCK_H

#include "kernel/dense.h"
#include "kernel/score_keep.h"
#include "search/cursor.h"
#include "search/lane.h"

#define PRS_WORD_ROOM (PRS_BLOCK + PRS_SCORE_LANES)

/* What need not be cleared. */
typedef struct prs_word_space {
    prs_lane lane;
    int32_t scores[PRS_WORD_ROOM];
    uint32_t freqs[PRS_WORD_ROOM]; /* weighted, or those of hits */
    uint32_t docs[PRS_WORD_ROOM];  /* of a dense block */
} prs_word_space;

typedef struct prs_word_block {
    prs_group group;
    prs_word_space *space;
    bool scored;
    bool whole;            /* of a list of one block: scores[] are those of all its documents */
    uint32_t dense_of;     /* block whose scores[] are all there; PRS_NO_BLOCK = none */
    prs_score_floor floor; /* the last one asked for; of floor 0: none yet */
} prs_word_block;

#define PRS_NO_BLOCK UINT32_MAX

/** Freqs of the loaded block from place i on, as they count. */
prism_status prs_word_freqs(prs_word_block *b, uint32_t i, uint32_t n, const uint32_t **freqs,
                            prism_error *err) PRS_NODISCARD;
/** Scores of the places [i, end) of the loaded block: *scores, until the next call. */
prism_status prs_word_scores(prs_word_block *b, uint32_t i, uint32_t end, const int32_t **scores,
                             prism_error *err) PRS_NODISCARD;
/** Where the block stood on is stored as bits and not loaded, and can be scored so: its bits, and
 *  space->scores[] are those of its documents.  Else bits->n = 0. */
prism_status prs_word_dense(prs_word_block *b, prs_block_bits *bits,
                            prism_error *err) PRS_NODISCARD;
/** The documents of the block stood on in [from, to) that reach a floor, and their scores, to the
 *  end of a batch; out->n_left: + those that do not. */
prism_status prs_word_keep(prs_word_block *b, uint32_t from, uint32_t to, int32_t floor,
                           prs_batch *out, prism_error *err) PRS_NODISCARD;

#endif
