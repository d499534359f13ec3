/* block.h - one block of postings: up to 128 documents and freqs (FORMAT.md section 7, "block"). */
#ifndef PRS_FORMAT_BLOCK_H
#define PRS_FORMAT_BLOCK_H

#include "codec/pack.h"
#include "codec/planes.h"
#include "format/postings.h"

#define PRS_NO_DOC                                                                                 \
    UINT32_MAX /* "the document before" of a list's first block: PRS_NO_DOC + 1 = 0 */
#define PRS_BLOCK_HEAD_BYTES 7u
#define PRS_BLOCK_MAX_BYTES (PRS_BLOCK_HEAD_BYTES + 2u * PRS_PACK_MAX_BYTES)
#define PRS_BLOCK_FORM 3u   /* bits of the tag */
#define PRS_BLOCK_ONES 4u   /* every freq is 1 */
#define PRS_BLOCK_PLANES 8u /* freqs are PLANES, not PATCHED */

/** Write n = 1..128 postings behind document `before`; returns the bytes.  out has room for
 *  PRS_BLOCK_MAX_BYTES + 8. */
size_t prs_block_encode(const uint32_t *docs, const uint32_t *freqs, uint32_t n, uint32_t before,
                        uint8_t *out);
/** Write the head of a block: all that depends on what comes before it; returns the bytes. */
size_t prs_block_put_head(uint8_t tag, uint32_t n, uint32_t first, uint32_t before, uint8_t *out);

typedef struct prs_block_head {
    uint8_t tag;
    uint32_t n, first;
    const uint8_t *body; /* documents, then freqs */
} prs_block_head;

/** Read the head of the block [in, end) behind `before`.  False if it is unsound (first > INT32_MAX
 *  - 1 too). */
bool prs_block_read_head(const uint8_t *in, const uint8_t *end, uint32_t before,
                         prs_block_head *head);
/** Documents into docs (room for 144), docs[n] = PRS_DOC_END behind them.  They ascend below 2^31 -
 *  1.  Returns where the freqs begin, NULL if the bytes are unsound. */
const uint8_t *prs_block_read_docs(const prs_block_head *head, const uint8_t *end, uint32_t *docs);
/** Freqs into freqs (room for 144), all >= 1; they must end at `end`.  False if the bytes are
 *  unsound.   Params : *all every freq ored: none is larger */
bool prs_block_read_freqs(const prs_block_head *head, const uint8_t *at, const uint8_t *end,
                          uint32_t *freqs, uint32_t *all);
/** Words of a bitset block, n_words x 8 bytes; NULL if unsound or the bits do not fit the head. */
const uint8_t *prs_block_read_words(const prs_block_head *head, const uint8_t *end,
                                    uint32_t *n_words);

#endif
