/* short_list.h - lists of up to 128 documents, bit by bit (FORMAT.md section 6): those that live in
 * the dictionary, and those in LISTS. */
#ifndef PRS_FORMAT_SHORT_LIST_H
#define PRS_FORMAT_SHORT_LIST_H

#include "codec/codes.h"
#include "format/lengths.h"
#include "format/terms.h"

/* Documents and freqs of n postings, and room to write: 35 bits each, at most. */
#define PRS_SHORT_HEAD_BYTES(n) (9u * (n) + 24u)
#define PRS_INLINE_MAX_BYTES 256u /* of a payload: 4 documents, 4 freqs, 32 positions, room */

/** Write documents and freqs of a list: n = 1..128, cf = the sum of freqs, documents below n_docs.
 *  Params : inlined: the form of the dictionary;  out zeroed, with room for PRS_SHORT_HEAD_BYTES(n)
 *  Returns: the bits written, from bit 0 on */
uint64_t prs_short_put(const uint32_t *docs, const uint32_t *freqs, uint32_t n, uint64_t cf,
                       uint32_t n_docs, bool inlined, uint8_t *out);
/** Documents of a list, n of them; they ascend below n_docs.  False if the bits are unsound. */
bool prs_short_read_docs(prs_bit_cur *c, uint32_t n, uint32_t n_docs, bool inlined, uint32_t *docs);
/** Freqs behind them: each >= 1, their sum is cf.  False if the bits are unsound. */
bool prs_short_read_freqs(prs_bit_cur *c, uint32_t n, uint64_t cf, uint32_t *freqs);

/** An inline list of n postings, cf positions in all; `info` becomes what the dictionary holds.
 *  Params : positions [borrowed], those of a document ascending and below its span; NULL without
 *           payload of PRS_INLINE_MAX_BYTES: info->payload borrows it */
void prs_inline_put(const uint32_t *docs, const uint32_t *freqs, const uint32_t *positions,
                    const uint32_t *spans, uint32_t n, uint64_t cf, uint32_t n_docs,
                    uint8_t *payload, prs_term_info *info);
/** As prs_inline_put where positions are groups already, n_bits of them from bit 0 of `run`; 9
 *  bytes behind them may be read. */
void prs_inline_put_run(const uint32_t *docs, const uint32_t *freqs, const uint8_t *run,
                        uint64_t n_bits, uint32_t n, uint64_t cf, uint32_t n_docs, uint8_t *payload,
                        prs_term_info *info);
/** Documents and freqs of an inline list; *run: the bits of its positions, empty without and where
 *  cf = 1 (see info->position).  False if it is unsound. */
bool prs_inline_read(const prs_term_info *info, uint32_t n_docs, uint32_t *docs, uint32_t *freqs,
                     prs_bit_cur *run);

/* One of the lists that are to become one. */
typedef struct prs_inline_part {
    const prs_term_info *info; /* inlined */
    uint32_t base, n_docs;     /* new number of its segment's first document; their number */
    const prs_lengths *spans;  /* of its segment; NULL without positions */
} prs_inline_part;

/** Join lists that are an inline list together, all with positions or all without; no document is
 *  deleted, bases ascend.  Positions are copied, not looked at.
 *  Params : n_docs of the result;  payload of PRS_INLINE_MAX_BYTES: info->payload borrows it
 *           *part (out) = the one that is unsound
 *  Returns: false if one is unsound, whatever its bytes are */
bool prs_inline_join(const prs_inline_part *parts, uint32_t n, uint32_t n_docs, uint8_t *payload,
                     prs_term_info *info, uint32_t *part);

#endif
