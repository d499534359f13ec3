/* word_df.h - in how many documents of a segment does a word stand in any of a set of fields? */
#ifndef PRS_SEARCH_WORD_DF_H
#define PRS_SEARCH_WORD_DF_H

#include "index/segment.h"
#include "query/ast.h"
#include "search/watch.h"

/** Exact document frequency of a term key over fields (numbers of the segment's snapshot), deleted
 *  documents included.
 *  Out    : infos[i] what the dictionary of fields->ptr[i] says, zeroed (df 0) where it is not
 *           there; room for fields->n
 *  Errors : ECORRUPT, EIO, ENOMEM, ECANCELED
 *  Threads: any.   Cost: a look-up a field; with the word in several fields, their lists */
prism_status prs_word_df(const prs_segment *segment, const prs_fields *fields, prs_bytes key,
                         prs_mem *mem, prs_watch *watch, prs_term_info *infos, uint32_t *df,
                         prism_error *err) PRS_NODISCARD;

#endif
