/* terms.h - the dictionary of one field of one segment: term key -> term info, exact and ordered.
 *
 * FORMAT.md section 6.  The reader is immutable and shareable; a cursor belongs to one thread. */
#ifndef PRS_FORMAT_TERMS_H
#define PRS_FORMAT_TERMS_H

#include "base/buf.h"
#include "store/in.h"

typedef struct prs_term_info {
    uint32_t df;
    uint64_t cf;
    bool inlined, has_positions;
    const uint8_t *payload;  /* inlined: borrowed from the mapping */
    uint32_t payload_len;
    uint64_t postings_off, postings_len;   /* else: in POSTINGS */
    uint64_t positions_off, positions_len; /* in POSITIONS; 0, 0 without */
    uint64_t ord;
} prs_term_info;

/* ---- writing: keys strictly ascending ------------------------------------------------------- */
typedef struct prs_terms_writer prs_terms_writer;
/** Writes the TERMS section while terms come (the caller has begun it with prs_out_section), keeps the
 *  index in memory; finish writes the TERMS_INDEX section.  Errors are sticky, reported by finish. */
prism_status prs_terms_writer_new(prs_mem *mem, prs_out *out, prs_terms_writer **tw, prism_error *err);
void prs_terms_writer_add(prs_terms_writer *tw, prs_bytes key, const prs_term_info *info);
prism_status prs_terms_writer_finish(prs_terms_writer *tw, uint16_t field, uint16_t index_component,
                                     uint64_t *n_terms, prism_error *err);
void prs_terms_writer_free(prs_terms_writer *tw);

/* ---- reading -------------------------------------------------------------------------------- */
typedef struct prs_terms {
    prs_section terms, index;
    uint64_t n_terms;
    uint32_t n_blocks, n_docs;
    const uint8_t *prefixes, *block_offs, *key_offs, *keys; /* parts of TERMS_INDEX */
    uint64_t postings_len, positions_len;                   /* lengths of those sections, for bounds */
} prs_terms;

/** Checks TERMS_INDEX whole.  An absent section (len 0) is an empty dictionary. */
prism_status prs_terms_open(prs_terms *terms, const prs_section *terms_section,
                            const prs_section *index_section, uint64_t postings_len,
                            uint64_t positions_len, uint32_t n_docs, prism_error *err);
/** Exact look-up.  *found false (and info zero) if the term is not there.  Cost: ~0.3 us warm. */
prism_status prs_terms_find(const prs_terms *terms, prs_bytes key, prs_term_info *info, bool *found,
                            prism_error *err);

typedef struct prs_terms_cursor {
    const prs_terms *terms;
    uint32_t block, place, n_in_block;
    const uint8_t *key_at, *keys_end, *info_at, *info_end;
    uint64_t post_off, pos_off;
    uint8_t key[PRISM_MAX_TERM_BYTES];
    uint32_t key_len;
    prs_term_info info; /* of the current term */
    bool valid;         /* false before the first next and past the end */
} prs_terms_cursor;

/** Stand before the first term >= key (an empty key: the first of all); then next() steps onto it. */
prism_status prs_terms_cursor_seek(prs_terms_cursor *cursor, const prs_terms *terms, prs_bytes key,
                                   prism_error *err);
/** Onto the next term; *more false at the end. */
prism_status prs_terms_cursor_next(prs_terms_cursor *cursor, bool *more, prism_error *err);

#endif
