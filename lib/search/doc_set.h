/* doc_set.h - the documents of a filter, found at once: terms with a prefix, fields with a value,
 * values in a range. */
#ifndef PRS_SEARCH_DOC_SET_H
#define PRS_SEARCH_DOC_SET_H

#include "index/segment.h"
#include "query/ast.h"
#include "search/watch.h"

/* Only the first documents of a set are wanted. */
typedef struct prs_doc_first {
    uint32_t enough; /* so many */
    uint32_t end;    /* the set is whole below; at first the documents of the segment */
    uint64_t most;   /* bits set below `end`, about; 0 at first */
    uint64_t due;    /* bits that are worth the next count; 0 at first */
} prs_doc_first;

/** Set the bit of every document that has, in any of the fields, a term that begins with `prefix`
 *  (empty: any term).
 *  Params : words: bits of all documents of the segment, one word more behind them; first: the set
 *           need be whole only below first->end, which is lowered to where enough are found; NULL =
 *           everywhere
 *  Errors : ECORRUPT, EIO, ECANCELED.   Cost: the postings of all such terms; however many there
 *           are */
prism_status prs_doc_set_prefix(prs_segment *segment, const prs_fields *fields, prs_bytes prefix,
                                uint64_t *words, prs_doc_first *first, prs_watch *watch,
                                prism_error *err) PRS_NODISCARD;
/** ... that has a position or a value in any of the fields. */
prism_status prs_doc_set_exists(prs_segment *segment, const prs_fields *fields, uint64_t *words,
                                prs_watch *watch, prism_error *err) PRS_NODISCARD;
/** ... that has a value in the range of a RANGE node in any of the fields: through the column, or
 *  through the dictionary (ast.h). */
prism_status prs_doc_set_range(prs_segment *segment, const prs_fields *fields, const prs_node *node,
                               uint64_t *words, prs_watch *watch, prism_error *err) PRS_NODISCARD;

#endif
