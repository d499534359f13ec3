/* postings_cursor.h - between the files that implement prs_postings: postings_read, _skip, _window,
 * positions_read. */
#ifndef PRS_FORMAT_POSTINGS_CURSOR_H
#define PRS_FORMAT_POSTINGS_CURSOR_H

#include "format/block.h"
#include "format/postings.h"

/* postings_read.c */

/** Stand at the end: no block, every number answers PRS_DOC_END. */
void prs_cursor_end(prs_postings *p);
/** End, and tell where the bytes are unsound. */
prism_status prs_cursor_corrupt(prs_postings *p, const void *at, prism_error *err,
                                const char *what);
/** End if a call below failed. */
static inline prism_status prs_cursor_status(prs_postings *p, prism_status status) {
    if (PRS_UNLIKELY(status != PRISM_OK)) prs_cursor_end(p);
    return status;
}

/** The loaded block of a list with skip data as it is stored: documents behind the head and freqs;
 *  positions. */
prism_status prs_cursor_stored(prs_postings *p, prs_bytes *body, prs_bytes *positions,
                               prism_error *err);

/* What an error of an inline list points at. */
static inline const uint8_t *prs_cursor_payload(const prs_postings *p) {
    return p->info.payload != NULL ? p->info.payload : p->src->lists.ptr;
}

/* Is the list a single posting in the dictionary, whose position is no group? */
static inline bool prs_cursor_is_lonely(const prs_postings *p) {
    return p->info.inlined && p->info.cf == 1;
}

/* positions_read.c */

/** Positions of the loaded block as they are stored: those of documents i .. j - 1 are the bits
 *  [pos_bits[i], pos_bits[j]) of the run.  prs_postings_freqs first; not for lonely postings, nor
 *  for lists without positions.
 *  Errors : ECORRUPT the groups do not fill the run */
prism_status prs_cursor_position_bits(prs_postings *p, const uint8_t **run, prism_error *err);

/* postings_skip.c */

/** Read the head of a list of more than 128 documents and stand on its first block. */
prism_status prs_cursor_open_list(prs_postings *p, prism_error *err);
/** Decode the numbers of the group's blocks and stand on the first one, if that was not done. */
prism_status prs_cursor_open_blocks(prs_postings *p, prism_error *err);
/** Make block_pos_off[] that of the group, whose blocks are open. */
prism_status prs_cursor_open_positions(prs_postings *p, prism_error *err);

/* First place at or after `from` whose document is >= target; there is one.  Near places first. */
static inline uint32_t prs_cursor_place(const uint32_t *docs, uint32_t from, uint32_t n,
                                        uint32_t target) {
    uint32_t step = 1, low = from, high = from;
    while (high < n && docs[high] < target) {
        low = high + 1;
        high = low + step;
        step *= 2;
    }
    high = PRS_MIN(high, n - 1);
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (docs[mid] < target)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* The block stood on; blocks_ready. */
static inline const uint8_t *prs_cursor_block(const prs_postings *p, const uint8_t **end) {
    *end = p->blocks + p->block_off[p->block + 1];
    return p->blocks + p->block_off[p->block];
}

#endif
