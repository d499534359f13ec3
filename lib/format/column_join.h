/* column_join.h - a COLUMN of a segment from those of others, without holding its values. */
#ifndef PRS_FORMAT_COLUMN_JOIN_H
#define PRS_FORMAT_COLUMN_JOIN_H

#include "format/column.h"
#include "format/join_step.h"

/* Values of which documents of which segments. */
typedef struct prs_column_join {
    prs_column_type type;            /* of all inputs */
    bool many;                       /* of the result; an input that is single may become many */
    const prs_column *const *inputs; /* NULL: no document of the segment has a value */
    uint32_t n_inputs;
    void *ctx;
    prs_join_next_fn next;
    /** Called now and then, n documents looked at since: an error ends it. */
    prism_status (*poll)(void *ctx, uint32_t n, prism_error *err);
    /* of the result, by prs_column_join_count */
    uint32_t n_docs, n_docs_with;
    uint64_t n_values;
} prs_column_join;

/** Verify the inputs and count what the result will have; where n_docs_with is 0 there is to be no
 *  section.
 *  Errors : ECORRUPT, EIO; ELIMIT 2^32 values of a many-valued column; those of poll */
prism_status prs_column_join_count(prs_column_join *join, prism_error *err) PRS_NODISCARD;
/** Write the section COLUMN, begun by the caller.
 *  Errors : ECORRUPT, ENOMEM; those of poll and `out`
 *  Memory : 40 KiB; keywords: 4 bytes for each distinct word of each input, in blocks of 4 MiB
 *  Cost   : about 10 ns a value */
prism_status prs_column_join_write(const prs_column_join *join, prs_mem *mem, prs_out *out,
                                   prism_error *err) PRS_NODISCARD;

/* ---- between column_join.c and column_join_words.c ------------------------------------------- */

/** Tell [first, end), the numbers of a document's values in its column, of each document of the
 *  result; first = end for none, and then column may be NULL. */
typedef prism_status (*prs_column_doc_fn)(void *ctx, uint32_t input, uint64_t first, uint64_t end,
                                          prism_error *err);
prism_status prs_column_join_each(const prs_column_join *join, prs_column_doc_fn fn, void *ctx,
                                  prism_error *err) PRS_NODISCARD;
/** ECORRUPT: the values of a document do not ascend. */
prism_status prs_column_join_unordered(const prs_column *column, prism_error *err);
/** Dictionary and numbers of a column of words: all behind the places. */
prism_status prs_column_join_words(const prs_column_join *join, prs_mem *mem, prs_out *out,
                                   prism_error *err) PRS_NODISCARD;

#endif
