/* term_sort.h - term ids of a lexicon into the byte-wise order of their keys. */
#ifndef PRS_INVERT_TERM_SORT_H
#define PRS_INVERT_TERM_SORT_H

#include "analysis/lexicon.h"

/** Sort ids by their keys, which are all different.
 *  Params : heads = [out] their keys in the same order, as prs_term_head_key reads
 *           them, 0 for one of more than 7 bytes; NULL = not wanted
 *  Cost   : 32 bytes of scratch per id; ~40 ns per id */
prism_status prs_term_sort(const prs_lexicon *lexicon, uint32_t *ids, uint32_t n, uint64_t *heads,
                           prs_mem *mem, prism_error *err) PRS_NODISCARD;

/** The key of a head that is not 0, its bytes in `room`. */
static inline prs_bytes prs_term_head_key(uint64_t head, uint8_t room[8]) {
    prs_store64(room, __builtin_bswap64(head)); /* its highest byte first */
    return prs_bytes_of(room, head & 0xff);
}

#endif
