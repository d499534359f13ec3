/* notes.h - what the parser ignored or read otherwise: told to the caller, or refused in strict
 * mode. */
#ifndef PRS_QUERY_NOTES_H
#define PRS_QUERY_NOTES_H

#include "base/prs.h"

#include <prismsearch/query.h>

typedef struct prs_notes {
    const prism_query_opts *opts;
    prism_error *err;
} prs_notes;

/** Tell of something at a byte of the query text.
 *  Errors : EPARSE in strict mode, with the offset and the column */
prism_status prs_note(const prs_notes *notes, size_t at, const char *fmt, ...) PRS_PRINTF(3, 4);

#endif
