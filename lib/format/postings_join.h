/* postings_join.h - write the lists of one field from those of other segments, one after another,
 * into its open section LISTS.
 *
 *     prs_postings_joiner_begin(pj, true);
 *     for each list of the term, for each of its blocks, loaded, with freqs
 *         PRS_TRY(prs_postings_joiner_add(pj, &cursor, lengths, &kept, err));
 *     PRS_TRY(prs_postings_joiner_finish(pj, &info, err));         df, cf, where it went
 *
 * As prs_postings_writer, whose bytes a list of fewer than 8 blocks has.  Positions are moved as
 * bits: a document's group depends on its freq and span alone, and a merge changes neither. */
#ifndef PRS_FORMAT_POSTINGS_JOIN_H
#define PRS_FORMAT_POSTINGS_JOIN_H

#include "format/lengths.h"
#include "format/postings.h"
#include "format/terms.h"

typedef struct prs_postings_joiner prs_postings_joiner;

/** A joiner for one field of a segment of n_docs documents.  `out` stands in the field's section
 *  LISTS.
 *  Params : mean_length of the documents that have the field; 0 = a field without lengths */
prism_status prs_postings_joiner_new(prs_mem *mem, prs_out *out, uint32_t n_docs, float mean_length,
                                     prs_postings_joiner **pj, prism_error *err) PRS_NODISCARD;
void prs_postings_joiner_free(prs_postings_joiner *pj);

/** Begin the next list.
 *  Params : max_df: documents that it will have, at most twice: it is too long to wait in memory,
 *           see prs_postings_joiner_again */
void prs_postings_joiner_begin(prs_postings_joiner *pj, bool has_positions, uint64_t max_df,
                               bool twice);

/* What is to be taken of a block. */
typedef struct prs_kept {
    uint32_t n;                /* 1 .. from->n */
    bool shifted;              /* the block is whole, each document has moved equally far */
    uint32_t docs[PRS_BLOCK];  /* new numbers, ascending and above all before */
    uint8_t places[PRS_BLOCK]; /* of these documents in the block, ascending */
} prs_kept;

/** Append what is kept of the block that `from` stands on.  Its bytes are copied where it is whole,
 *  its list long, and at most one block in ten is short because of it.
 *  Params : from loaded, with freqs; it has positions if the list has
 *           lengths [borrowed] of from's segment; NULL = a field without lengths
 *  Errors : ECORRUPT `from` is unsound.  ENOMEM is sticky and reported by finish */
prism_status prs_postings_joiner_add(prs_postings_joiner *pj, prs_postings *from,
                                     const prs_lengths *lengths, const prs_kept *kept,
                                     prism_error *err) PRS_NODISCARD;

/** Of a list begun as `twice`, when all is added: *again true if all must be added once more, the
 *  same, before it is finished.
 *  Errors : ENOMEM; those of `out` */
prism_status prs_postings_joiner_again(prs_postings_joiner *pj, bool *again,
                                       prism_error *err) PRS_NODISCARD;

/** As prs_postings_writer_finish; ECORRUPT what was added twice was not the same. */
prism_status prs_postings_joiner_finish(prs_postings_joiner *pj, prs_term_info *info,
                                        prism_error *err) PRS_NODISCARD;

#endif
