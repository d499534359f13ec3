/* json_text.h - Jansson on our terms: errors with a byte place, output into a prs_buf, no
 * free(). */
#ifndef PRS_SCHEMA_JSON_TEXT_H
#define PRS_SCHEMA_JSON_TEXT_H

#include "base/buf.h"

#include <jansson.h>

/** Append a value as JSON text.   Params: flags JSON_COMPACT ...; sets buf->failed when out of
 *  memory */
void prs_json_put(prs_buf *buf, const json_t *value, size_t flags);
/** Append a quoted string; each ill-formed part of `text` becomes U+FFFD.  Quotes, backslashes and
 *  control characters are escaped, everything else is left as it is. */
void prs_json_put_string(prs_buf *buf, const char *text, size_t len);

/** EPARSE for a text that Jansson refused, with the offset, line and byte column where the refused
 *  token begins.
 *  Params : where, filled by json_loadb over the same text; what = "the schema", "the document",
 *           begins the sentence
 *  Errors : ENOMEM when that was Jansson's reason */
prism_status prs_json_syntax_error(const char *text, size_t len, const json_error_t *where,
                                   const char *what, prism_error *err);
/** As prs_json_syntax_error, for a text that another reader refused: Jansson reads it again to find
 *  the place. */
prism_status prs_json_locate_error(const char *text, size_t len, const char *what,
                                   prism_error *err);
/** Give an error its place: offset, and line and byte column (from 1) of that offset in the
 *  text. */
void prs_json_error_at(prism_error *err, const char *text, size_t len, size_t offset);

/** Bytes of the ill-formed part at text[at], 0 if a well-formed character stands there, whose bytes
 *  are *n. */
size_t prs_json_ill_formed(const char *text, size_t len, size_t at, size_t *n);

#endif
