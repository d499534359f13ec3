/* terms.h - the dictionary of one field of one segment: term key -> term info, exact and ordered.
 *
 * FORMAT.md section 6.  A field's terms and lists are written together, in one pass, into one open
 * section LISTS; only TERMS_INDEX (about 1/64 of the dictionary) waits in memory:
 *
 *     prs_out_section(out, PRS_COMPONENT_LISTS, field, PRS_COMPONENT_VERSION);
 *     for each term, keys ascending
 *         prs_postings_writer_begin / add ... / finish(&info)      (format/postings_writer.h)
 *         prs_terms_writer_add(terms, key, &info);
 *     prs_terms_writer_finish(terms, PRS_COMPONENT_TERMS_INDEX, field, &totals, err);
 *
 * The reader is immutable and shareable; a cursor belongs to one thread. */
#ifndef PRS_FORMAT_TERMS_H
#define PRS_FORMAT_TERMS_H

#include "format/term_infos.h"
#include "format/term_keys.h"
#include "format/terms_memo.h"
#include "store/in.h"

/* ---- writing: keys strictly ascending ------------------------------------------------------- */
typedef struct prs_terms_writer prs_terms_writer;

typedef struct prs_terms_totals {
    uint64_t n_terms, sum_df, sum_cf;
    uint64_t terms_len, postings_len, positions_len; /* bytes of LISTS */
} prs_terms_totals;

/** A writer for one field of a segment of n_docs documents.  `out` stands in the field's section
 *  LISTS. */
prism_status prs_terms_writer_new(prs_mem *mem, prs_out *out, uint32_t n_docs,
                                  prs_terms_writer **tw, prism_error *err) PRS_NODISCARD;
/** The next term.  Its list must be the last thing written to the section.  Errors are sticky and
 *  reported by finish.   Memory: about 300 KiB, and key + 20 bytes per 64 terms */
void prs_terms_writer_add(prs_terms_writer *tw, prs_bytes key, const prs_term_info *info);
/** Write what is left of LISTS, then the section TERMS_INDEX (`component`, as pairs have their
 *  own).  With no terms nothing is written (and LISTS stays empty).  Does not free.
 *  Errors : ENOMEM; ELIMIT key bytes of TERMS_INDEX over 4 GiB; those of `out` */
prism_status prs_terms_writer_finish(prs_terms_writer *tw, uint16_t component, uint16_t field,
                                     prs_terms_totals *totals, prism_error *err) PRS_NODISCARD;
void prs_terms_writer_free(prs_terms_writer *tw);

/* ---- reading -------------------------------------------------------------------------------- */
typedef struct prs_terms {
    prs_section lists, index;
    uint64_t n_terms;
    uint64_t terms_len, postings_len, positions_len; /* as in prs_terms_totals */
    uint32_t n_blocks, n_docs;
    const uint8_t *prefixes, *block_offs, *key_offs, *keys; /* parts of TERMS_INDEX */
    prs_terms_memo *memo; /* of terms found; NULL = none is kept, as after open */
} prs_terms;

/** Checks TERMS_INDEX whole.  Absent sections (len 0) make an empty dictionary.  Errors :
 *  ECORRUPT */
prism_status prs_terms_open(prs_terms *terms, const prs_section *lists, const prs_section *index,
                            uint32_t n_docs, prism_error *err) PRS_NODISCARD;
/** Exact look-up.  *found false (and info zero) if the term is not there.  Errors : ECORRUPT */
prism_status prs_terms_find(const prs_terms *terms, prs_bytes key, prs_term_info *info, bool *found,
                            prism_error *err) PRS_NODISCARD;

typedef struct prs_terms_cursor {
    const prs_terms *terms;
    prs_term_info info;                /* of the current term */
    uint8_t key[PRISM_MAX_TERM_BYTES]; /* its key */
    uint32_t key_len;
    bool valid; /* there is a current term */
    /* Private to terms_read.c ----------------------------------------------------------------- */
    bool pending, ended; /* found by seek and not yet returned by next; nothing more comes */
    uint32_t block, n_in_block, n_read;
    prs_term_keys keys;
    prs_term_infos infos; /* of the block, behind what was read */
    /* Bytes of LISTS, of blocks and of lists, that what was passed since seek did not have. */
    uint64_t blocks_left, lists_left;
} prs_terms_cursor;

/** Stand before the first term >= key (an empty key: the first of all); next() then steps onto
 *  it. */
prism_status prs_terms_cursor_seek(prs_terms_cursor *cursor, const prs_terms *terms, prs_bytes key,
                                   prism_error *err) PRS_NODISCARD;
/** Onto the next term: key, key_len, info.  *more false at the end.
 *  Errors : ECORRUPT, also where blocks or lists have more bytes together than there are: terms
 *           that share lists would make a little file a lot of work */
prism_status prs_terms_cursor_next(prs_terms_cursor *cursor, bool *more,
                                   prism_error *err) PRS_NODISCARD;
/** Bytes of LISTS that belong to nothing, of a cursor at its end that was sought to the first
 *  term. */
static inline uint64_t prs_terms_cursor_unused(const prs_terms_cursor *cursor) {
    return cursor->blocks_left + cursor->lists_left;
}

#endif
