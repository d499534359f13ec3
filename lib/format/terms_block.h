/* terms_block.h - numbers of FORMAT.md section 6, between the files of format that write and read
 * terms and lists. */
#ifndef PRS_FORMAT_TERMS_BLOCK_H
#define PRS_FORMAT_TERMS_BLOCK_H

#include "format/terms.h"

#define PRS_TERMS_INDEX_HEAD 40u /* bytes of TERMS_INDEX before the prefixes */
#define PRS_TERMS_BLOCK_HEAD 31u /* bytes before the keys, at most: a byte and three varints */

/* The first 8 bytes of a key as a number that orders like the key. */
static inline uint64_t prs_terms_prefix(prs_bytes key) {
    uint64_t prefix = 0;
    for (size_t i = 0; i < 8; i++) prefix = prefix << 8 | (i < key.len ? key.ptr[i] : 0);
    return prefix;
}

#endif
