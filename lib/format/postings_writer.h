/* postings_writer.h - write the lists of one field, one after another, into its open section LISTS.
 *
 *     prs_postings_writer_begin(pw, true);
 *     prs_postings_writer_add(pw, docs, freqs, positions, n);      any number of times, any n
 *     PRS_TRY(prs_postings_writer_finish(pw, &info, err));         df, cf, where it went
 *     prs_terms_writer_add(tw, key, &info);
 *
 * Postings may come in one call (flush) or in pieces (merge): the bytes are the same.  Positions go
 * to `out` block by block; encoded documents and freqs of the current list wait in memory, at most
 * about 1.4 bytes per posting (less for dense lists), because the skip directory precedes them. */
#ifndef PRS_FORMAT_POSTINGS_WRITER_H
#define PRS_FORMAT_POSTINGS_WRITER_H

#include "format/lengths.h"
#include "format/postings.h"
#include "format/terms.h"

typedef struct prs_postings_writer prs_postings_writer;

/** A writer for one field of a segment of n_docs documents.  `out` stands in the field's section
 *  LISTS.
 *  Params : lengths [borrowed] of all documents of the segment; NULL = a field without lengths
 *           spans [borrowed] likewise; NULL = the lengths.  Both must outlive the writer. */
prism_status prs_postings_writer_new(prs_mem *mem, prs_out *out, uint32_t n_docs,
                                     const prs_lengths *lengths, const prs_lengths *spans,
                                     prs_postings_writer **pw, prism_error *err) PRS_NODISCARD;
void prs_postings_writer_free(prs_postings_writer *pw);

/** Begin the next list. */
void prs_postings_writer_begin(prs_postings_writer *pw, bool has_positions);
/** Append n postings.  Errors are sticky and reported by finish.
 *  Shapes : docs[n] ascending and above all before; freqs[n] >= 1; positions[sum of freqs], those
 *           of a document ascending and below its span; NULL for a list without positions
 *  Cost   : see bench/micro/codec_bench.c */
void prs_postings_writer_add(prs_postings_writer *pw, const uint32_t *docs, const uint32_t *freqs,
                             const uint32_t *positions, uint32_t n);
/** A list of up to 128 postings at once, instead of begin, add and finish: the same bytes.
 *  Shapes : as prs_postings_writer_add, 1 <= n <= 128.   Errors : as prs_postings_writer_finish */
prism_status prs_postings_writer_whole(prs_postings_writer *pw, bool has_positions,
                                       const uint32_t *docs, const uint32_t *freqs,
                                       const uint32_t *positions, uint32_t n, prs_term_info *info,
                                       prism_error *err) PRS_NODISCARD;
/** End the list.  info->payload is borrowed until the next begin.  df = 0 is EINVAL.
 *  Errors : ENOMEM; those of `out` */
prism_status prs_postings_writer_finish(prs_postings_writer *pw, prs_term_info *info,
                                        prism_error *err) PRS_NODISCARD;

#endif
