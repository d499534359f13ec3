/* dense.h - a dense block as it is stored, without a list of its documents: their lengths, and
 * their scores into the slots of a window.
 *
 * Results do not depend on the CPU level. */
#ifndef PRS_KERNEL_DENSE_H
#define PRS_KERNEL_DENSE_H

#include "kernel/select.h"

/* Bits of a block in question, and the slot of its bit 0, which may lie before the window. */
typedef struct prs_dense_part {
    uint32_t from, to;
    int64_t slot;
} prs_dense_part;

/** Lengths of the documents of a block, in their order; false if one is not in the column but
 *  behind it (PRS_LENGTH_OVER).
 *  Params : array: the column's entry of the block's first document, and 30 bytes more than those
 *           of its documents; lengths: room for PRS_SCORE_LANES more than there are
 *  Cost   : AVX-512 about 0.05 ns a document between the first and the last */
bool prs_dense_lengths(const prs_block_bits *bits, const uint8_t *array, uint32_t *lengths);
/** Add scores[k] to the slot of the k-th document of a block, for those whose bit is in [from, to),
 *  and mark the slot taken.
 *  Params : scores: of all documents of the block, room for PRS_SCORE_LANES more; slots: n_slots,
 *           those of [from, to) among them */
void prs_dense_add(const prs_block_bits *bits, const prs_dense_part *part, const int32_t *scores,
                   int32_t *slots, uint32_t n_slots);
/** The first document >= from; there is one. */
uint32_t prs_dense_first(const prs_block_bits *bits, uint32_t from);

#endif
