/* notes.c - is an oddity of a query told, or is it an error?
 *
 * Lenient: the caller's callback gets the sentence and the query goes on.  Strict: the same
 *          sentence is the error, at the same byte.  Tested by tests/unit/query/test_notes.c */
#include "query/notes.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

prism_status prs_note(const prs_notes *notes, size_t at, const char *fmt, ...) {
    char text[200];
    const prism_query_opts *opts = notes->opts;
    if (!opts->strict && opts->note == NULL) return PRISM_OK;
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (!opts->strict) {
        opts->note(opts->note_ctx, at, text);
        return PRISM_OK;
    }
    prs_error_set(notes->err, PRISM_EPARSE, "%s", text);
    prs_error_at(notes->err, at, 0, (uint32_t)PRS_MIN(at, (size_t)UINT32_MAX - 1) + 1);
    return PRISM_EPARSE;
}
