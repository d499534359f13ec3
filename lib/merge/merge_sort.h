/* merge_sort.h - the postings of one list, which come in any order of documents, given to the
 * postings writer in the right one. */
#ifndef PRS_MERGE_MERGE_SORT_H
#define PRS_MERGE_MERGE_SORT_H

#include "format/postings_writer.h"

typedef struct prs_merge_sorter prs_merge_sorter;

/** Params : numbers [borrowed], by place: what the documents are called in the list that is
 *  written; n_docs of them */
prism_status prs_merge_sorter_new(prs_mem *mem, const uint32_t *numbers, uint32_t n_docs,
                                  prs_merge_sorter **out, prism_error *err) PRS_NODISCARD;
void prs_merge_sorter_free(prs_merge_sorter *sorter);
/** As prs_postings_writer_add, with places for documents.   Errors: ENOMEM, ELIMIT a list of 2^32
 *  positions */
prism_status prs_merge_sorter_add(prs_merge_sorter *sorter, const uint32_t *places,
                                  const uint32_t *freqs, const uint32_t *positions, uint32_t n,
                                  prism_error *err) PRS_NODISCARD;
/** Give all that was added to the list begun in pw, and forget it.   Cost: ~5 ns a posting, and a
 *  sort for rare terms */
prism_status prs_merge_sorter_drain(prs_merge_sorter *sorter, prs_postings_writer *pw,
                                    prism_error *err) PRS_NODISCARD;

#endif
