/* select.h - which of many documents are worth keeping: the loops that leave most of them out.
 *
 * Arrays of documents and scores have room for PRS_SCORE_LANES more than is in them; what lies
 * there is read, never used, and may be overwritten.  Results do not depend on the CPU level. */
#ifndef PRS_KERNEL_SELECT_H
#define PRS_KERNEL_SELECT_H

#include "format/postings.h"
#include "kernel/score.h"

/* A slot of a window that holds a document: this and its score.  Sums of scores stay below it. */
#define PRS_SLOT_TAKEN 0x40000000

/** Those with score >= floor, in their order; their number.
 *  Params : out_docs, out_scores may be docs, scores themselves */
uint32_t prs_select_floor(const uint32_t *docs, const int32_t *scores, uint32_t n, int32_t floor,
                          uint32_t *out_docs, int32_t *out_scores);
/** Keep those with hit[i] == want; their number. */
uint32_t prs_select_hits(uint32_t *docs, int32_t *scores, const uint8_t *hit, uint32_t n,
                         uint8_t want);
#define PRS_SLOT_PART 64u /* slots to a bit of `parts` */

/** The taken slots with score >= floor, ascending; their number.
 *  Params : slots of the parts [i * PRS_SLOT_PART, ...) whose bit i is set in `parts`; all of them
 *           are 0 afterwards.  Slot i is document base + i */
uint32_t prs_select_slots(int32_t *slots, uint64_t parts, uint32_t base, int32_t floor,
                          uint32_t *out_docs, int32_t *out_scores);
/** First place >= from with docs[place] >= target; n if there is none.
 *  Params : docs ascend */
uint32_t prs_select_place(const uint32_t *docs, uint32_t from, uint32_t n, uint32_t target);
/** Of n documents, which ascend, those with score >= need that are among the documents of a dense
 *  block: their place among the n, and in the block; their number.
 *  Params : docs[n - 1] is not behind the block's last; at, place have room for one more than the
 *           block has documents */
uint32_t prs_select_in_bits(const prs_block_bits *bits, const uint32_t *docs, const int32_t *scores,
                            uint32_t n, int32_t need, uint16_t *at, uint8_t *place);
/** Of n documents, which ascend, those that are among the m of a decoded block: their place among
 *  the n, and in the block; their number.
 *  Params : block[] ascends, m = 1..PRS_BLOCK, readable for PRS_SCORE_LANES behind PRS_BLOCK;
 *           docs[n - 1] <= block[m - 1]; at, place have room for one more than the smaller of both
 *  Cost   : AVX2: 2.3 ns for each of a few documents, .8 for each of many */
uint32_t prs_select_in_docs(const uint32_t *block, uint32_t m, const uint32_t *docs, uint32_t n,
                            uint16_t *at, uint8_t *place);
/** Does any score reach `need`? */
bool prs_select_any(const int32_t *scores, uint32_t n, int32_t need);

#endif
