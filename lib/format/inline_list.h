/* inline_list.h - lists so short that they live in the dictionary (FORMAT.md section 6). */
#ifndef PRS_FORMAT_INLINE_LIST_H
#define PRS_FORMAT_INLINE_LIST_H

#include "format/terms.h"

#define PRS_INLINE_MAX_BYTES 256u /* of a payload: 4 documents, 4 freqs, 32 positions */

/** Write the payload of n postings, cf positions in all; returns the bytes.
 *  Params : positions [borrowed], those of a document ascending; NULL without */
size_t prs_inline_put(const uint32_t *docs, const uint32_t *freqs, const uint32_t *positions,
                      uint32_t n, uint64_t cf, uint8_t out[PRS_INLINE_MAX_BYTES]);

/* One of the lists that are to become one. */
typedef struct prs_inline_part {
    const prs_term_info *info; /* inlined */
    uint32_t base, n_docs;     /* new number of its segment's first document; their number */
} prs_inline_part;

/** Join lists that are an inline list together, all with positions or all without; no document is
 *  deleted, bases ascend.  Positions are copied, not looked at.
 *  Params : payload of PRS_INLINE_MAX_BYTES: info->payload borrows it
 *           *part (out) = the one that is unsound
 *  Returns: false if one is unsound, whatever its bytes are */
bool prs_inline_join(const prs_inline_part *parts, uint32_t n, uint8_t *payload,
                     prs_term_info *info, uint32_t *part);

#endif
