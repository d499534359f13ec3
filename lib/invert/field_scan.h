/* field_scan.h - the values of one field of one document, appended to a stream of the field. */
#ifndef PRS_INVERT_FIELD_SCAN_H
#define PRS_INVERT_FIELD_SCAN_H

#include "invert/transpose.h"
#include "schema/schema.h"

/** Append one value to the document `into`, which already spans into->span positions of the field.
 *  Params : limit = bytes that streams may hold, 0 = no limit: bounds what is asked for ahead of
 *           the scan, no more
 *  Errors : ENOMEM, ELIMIT, those of a tokenizer: the stream may hold a part of it, and is to be
 *           cut back by the caller */
prism_status prs_field_scan(const prs_field *field, prs_lexicon *lexicon, prs_bytes text,
                            size_t limit, prs_stream *stream, prs_stream_doc *into, uint64_t *n_bad,
                            prism_error *err) PRS_NODISCARD;

#endif
