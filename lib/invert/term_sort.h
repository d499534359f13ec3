/* term_sort.h - term ids of a lexicon into the byte-wise order of their keys. */
#ifndef PRS_INVERT_TERM_SORT_H
#define PRS_INVERT_TERM_SORT_H

#include "analysis/lexicon.h"

/** Sort ids by their keys, which are all different.
 *  Cost   : 32 bytes of scratch per id; ~40 ns per id */
prism_status prs_term_sort(const prs_lexicon *lexicon, uint32_t *ids, uint32_t n, prs_mem *mem,
                           prism_error *err) PRS_NODISCARD;

#endif
