/* flush_lists.h - the lists and the dictionary of one pending field. */
#ifndef PRS_INVERT_FLUSH_LISTS_H
#define PRS_INVERT_FLUSH_LISTS_H

#include "index/stopper.h"
#include "invert/inverter.h"
#include "invert/term_encode.h"

typedef struct prs_flush_lists {
    prs_mem *mem;
    uint32_t n_docs;   /* of the segment */
    prs_pool *pool;    /* NULL: the caller's thread does all */
    size_t scratch;    /* bytes wanted for transposing and lists on their way */
    size_t run_places; /* about as many places are encoded in one go; 0 = as is good */
    const prs_lengths *lengths, *spans; /* NULL = none */
    const prs_stopper *stopper;         /* asked between runs; NULL = nobody */
    uint64_t done;                      /* documents to tell it, of n_docs */
} prs_flush_lists;

/** Write LISTS and TERMS_INDEX of a field to `out`.  The bytes hang neither on the pool nor on the
 *  scratch.
 *  Errors : ENOMEM, ELIMIT, those of `out`; ECANCELED */
prism_status prs_flush_lists_write(const prs_flush_lists *how, const prs_inverter_field *field,
                                   prs_out *out, prs_terms_totals *totals,
                                   prism_error *err) PRS_NODISCARD;

#endif
