/* marks.h - where the groups of positions of each 32nd posting of a block begin (FORMAT.md
 * section 8). */
#ifndef PRS_FORMAT_MARKS_H
#define PRS_FORMAT_MARKS_H

#include "codec/bits.h"

#define PRS_MARK_EVERY 32u
#define PRS_MARKS_MAX 4u        /* of a block, the first posting's too, which is 0 and not stored */
#define PRS_MARKS_MAX_BYTES 23u /* 6 + 3 x 57 bits */

/* Marks of n postings, the first posting's too. */
static inline uint32_t prs_marks_count(uint32_t n) {
    return (n + PRS_MARK_EVERY - 1) / PRS_MARK_EVERY;
}

/** Write the marks of a block of n postings, whose groups take n_bits bits.
 *  Params : marks: bits before posting 32 k, for each k there is; out: 8 bytes more than
 *           PRS_MARKS_MAX_BYTES
 *  Returns: bytes; 0 where there is only the first */
uint32_t prs_marks_put(const uint64_t *marks, uint32_t n, uint64_t n_bits, uint8_t *out);
/** Read them from a run of `len` bytes with 64 readable behind; marks ascend and none is larger
 *  than the bits that are left for groups.  False if the bytes are not so.
 *  Params : head: bytes before the groups */
bool prs_marks_read(const uint8_t *run, uint64_t len, uint32_t n, uint64_t marks[PRS_MARKS_MAX],
                    uint32_t *head);

#endif
