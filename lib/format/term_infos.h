/* term_infos.h - what the dictionary says of the terms of one block (FORMAT.md section 6). */
#ifndef PRS_FORMAT_TERM_INFOS_H
#define PRS_FORMAT_TERM_INFOS_H

#include "base/buf.h"
#include "codec/codes.h"
#include "format/term_info.h"

/* Which terms of a block have positions. */
typedef enum prs_infos_positions {
    PRS_INFOS_NONE,
    PRS_INFOS_ALL,
    PRS_INFOS_MIXED
} prs_infos_positions;

/** Append the infos of n = 1..64 terms of a segment of n_docs documents.
 *  Errors : out of memory is sticky in `out` */
prs_infos_positions prs_term_infos_put(const prs_term_info *infos, uint32_t n, uint32_t n_docs,
                                       prs_buf *out);

typedef struct prs_term_infos {
    uint32_t n_docs;
    uint64_t lists_len;  /* lists lie below */
    uint64_t next_list;  /* where the list of the next term begins that has one */
    uint64_t lonely;     /* terms of a single posting, a bit each */
    uint64_t positioned; /* terms with positions */
    uint32_t doc_width, width, over_width, n_over;
    uint64_t docs, positions, over; /* of lonely postings: where they begin, in bits */
    prs_bit_cur rest;               /* the others, one after another */
} prs_term_infos;

/** Begin the infos of n terms.  False if the bytes are unsound. */
bool prs_term_infos_begin(prs_term_infos *infos, prs_infos_positions positions, uint32_t n,
                          uint32_t n_docs, uint64_t first_list, uint64_t lists_len,
                          prs_bytes bytes);
/** Info of the term at `place`, after those of all places before it, but for its `ord`.  Numbers of
 *  documents and lists are within bounds.  False if the bits are unsound. */
bool prs_term_infos_next(prs_term_infos *infos, uint32_t place, prs_term_info *info);
/** The same, just after begin. */
bool prs_term_infos_find(prs_term_infos *infos, uint32_t place, prs_term_info *info);
/** Were the infos read to their last byte? */
static inline bool prs_term_infos_done(const prs_term_infos *infos) {
    return prs_bit_cur_left(&infos->rest) < 8;
}

#endif
